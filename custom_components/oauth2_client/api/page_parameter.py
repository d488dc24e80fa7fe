"""Reads and sets the parameter that chooses a page, in the query or the body of a request."""

from copy import replace
import json
import re
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from yarl import URL

from ..document.paths import InvalidPath, Path, compile_path
from . import ApiRequest, is_form

# A page or an offset. Its length is bounded, since `int` raises for too many digits.
_NUMBER: Final = r"[0-9]{1,15}"
_MAX_FORM_FIELDS: Final = 1000


def place_in_body(parameter: str) -> tuple[str, ...] | None:
    """Return the keys that lead to a parameter in a JSON body, None where its name is no path of keys.

    In GraphQL, the name is a path such as `variables.after`.
    """
    try:
        path = compile_path(parameter)
    except InvalidPath:
        return None
    if not isinstance(path, Path) or not path.segments:
        return None
    keys = tuple(key for key in path.segments if isinstance(key, str))
    return keys if len(keys) == len(path.segments) else None


def requested_number(
    request: ApiRequest, parameter: str, default: int, *, in_body: bool
) -> int:
    """Return the page or offset that a request asks for, `default` where it has no such number."""
    if in_body:
        value = str(_body_value(request.body, parameter))
    else:
        value = {**URL(request.url).query, **dict(request.query)}.get(parameter, "")
    return int(value) if re.fullmatch(_NUMBER, value) else default


def with_parameter(
    request: ApiRequest, parameter: str, value: str | int, *, in_body: bool
) -> ApiRequest | None:
    """Return the request with this value of its parameter, None where its body has no place for it."""
    if in_body:
        return _with_body(request, parameter, value)
    others = tuple(pair for pair in request.query if pair[0] != parameter)
    return replace(request, query=(*others, (parameter, str(value))))


def _body_value(body: bytes | None, parameter: str) -> object:
    text = (body or b"").decode(errors="replace")
    if is_form(text):
        return dict(_fields(text)).get(parameter, "")
    node: object = _object(text)
    for key in place_in_body(parameter) or ():
        node = node.get(key) if isinstance(node, dict) else None
    return "" if isinstance(node, bool | dict | list) else node


def _with_body(
    request: ApiRequest, parameter: str, value: str | int
) -> ApiRequest | None:
    text = (request.body or b"").decode(errors="replace")
    if is_form(text):
        others = [field for field in _fields(text) if field[0] != parameter]
        form = urlencode([*others, (parameter, value)])
        return replace(request, body=form.encode())
    document, keys = _object(text), place_in_body(parameter)
    if document is None or keys is None:
        return None
    node = document
    for key in keys[:-1]:
        # GraphQL: variables may be missing, or null.
        if not isinstance(inner := node.get(key), dict):
            inner = node[key] = {}
        node = inner
    # A value that was a text in the body stays a text.
    is_text = isinstance(node.get(keys[-1]), str)
    node[keys[-1]] = str(value) if is_text else value
    changed = replace(request, body=json.dumps(document).encode())
    return changed.with_content_type("application/json")


def _fields(text: str) -> list[tuple[str, str]]:
    return parse_qsl(text, keep_blank_values=True)[:_MAX_FORM_FIELDS]


def _object(text: str) -> dict[str, Any] | None:
    """Return the object in a JSON body, an empty one for no body, None for any other body."""
    if not text.strip():
        return {}
    try:
        document = json.loads(text)
    except ValueError, RecursionError:
        return None
    return document if isinstance(document, dict) else None
