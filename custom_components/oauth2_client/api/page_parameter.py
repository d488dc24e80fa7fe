"""Reads and sets the parameter of a request that asks for a page: in its query, or in its body."""

from copy import replace
import json
import re
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from yarl import URL

from ..document.paths import InvalidPath, Path, compile_path
from . import ApiRequest, is_form

# A page or an offset. Bounded, since `int` refuses numbers with too many digits.
_NUMBER: Final = r"[0-9]{1,15}"
_MOST_FIELDS: Final = 1000


def place_in_body(parameter: str) -> tuple[str, ...] | None:
    """Return the keys that lead to a parameter in a body of JSON, None where it has no such place.

    Its name is a path: GraphQL's is `variables.after`.
    """
    try:
        path = compile_path(parameter)
    except InvalidPath:
        return None
    if not isinstance(path, Path) or not path.segments:
        return None
    keys = tuple(key for key in path.segments if isinstance(key, str))
    return keys if len(keys) == len(path.segments) else None


def asked(request: ApiRequest, parameter: str, default: int, *, in_body: bool) -> int:
    """Return the number that a request has as its parameter."""
    if in_body:
        value = str(_in_body(request.body, parameter))
    else:
        value = {**URL(request.url).query, **dict(request.query)}.get(parameter, "")
    return int(value) if re.fullmatch(_NUMBER, value) else default


def with_parameter(
    request: ApiRequest, parameter: str, value: str | int, *, in_body: bool
) -> ApiRequest | None:
    """Return the request with another value of its parameter, None where it can have none."""
    if in_body:
        return _with_body(request, parameter, value)
    others = tuple(pair for pair in request.query if pair[0] != parameter)
    return replace(request, query=(*others, (parameter, str(value))))


def _in_body(body: bytes | None, parameter: str) -> object:
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
    # Where an API wants a text, a number stays one.
    is_text = isinstance(node.get(keys[-1]), str)
    node[keys[-1]] = str(value) if is_text else value
    made = replace(request, body=json.dumps(document).encode())
    return made.with_content_type("application/json")


def _fields(text: str) -> list[tuple[str, str]]:
    return parse_qsl(text, keep_blank_values=True)[:_MOST_FIELDS]


def _object(text: str) -> dict[str, Any] | None:
    """Return the object that a body of JSON is; an empty one where there is no body."""
    if not text.strip():
        return {}
    try:
        document = json.loads(text)
    except ValueError, RecursionError:
        return None
    return document if isinstance(document, dict) else None
