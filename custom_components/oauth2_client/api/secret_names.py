"""Masks the values in a request whose names are those of secrets, before the request is shown."""

import json
import re
from typing import Final

MASK: Final = "…"

_MAX_TEXT_CHARACTERS: Final = 1000
# Parts of the names of secrets.
_SECRET_NAME: Final = r"key|token|secret|passw|auth|signature|credential|session|cookie"
_SECRET: Final = re.compile(_SECRET_NAME, re.IGNORECASE)
# A field of a form: its name, and its value.
_FORM_FIELD: Final = re.compile(r"(?:(?<=&)|^)([^=&]*+)=[^&]*+")
# An element of XML; then a field of any other format: its value in quotes, or the rest of the line.
# A name is looked at from its beginning only.
_ELEMENT: Final = re.compile(
    rf"(<(?=[^<>/]*?(?:{_SECRET_NAME}))[^<>]*+>)[^<]++", re.IGNORECASE
)
_FIELD: Final = re.compile(
    rf"((?<![\w-])(?=[\w-]*?(?:{_SECRET_NAME}))[\w-]++[\"']?\s*+[:=]\s*+)"
    r"""("(?:[^"\\]|\\.)*+"|'(?:[^'\\]|\\.)*+'|[^\r\n]++)""",
    re.IGNORECASE,
)


def masked(name: str, value: str) -> str:
    """Return a value, or a mask where it is named like a secret."""
    return MASK if _SECRET.search(name) else value


def masked_body(text: str, *, is_form: bool) -> str:
    """Return a body (JSON, a form, XML or text) with the values of secret names masked."""
    try:
        document = _masked_document(json.loads(text))
    except ValueError, RecursionError:
        text = text[:_MAX_TEXT_CHARACTERS]
        if is_form:
            return _FORM_FIELD.sub(_masked_field, text)
        return _FIELD.sub(rf"\1{MASK}", _ELEMENT.sub(rf"\1{MASK}", text))
    if not isinstance(document, dict | list):
        return text
    return json.dumps(document, ensure_ascii=False)


def _masked_field(field: re.Match[str]) -> str:
    name = field[1]
    return f"{name}={MASK}" if _SECRET.search(name) else field[0]


def _masked_document(node: object) -> object:
    match node:
        case dict():
            return {
                name: MASK if _SECRET.search(name) else _masked_document(item)
                for name, item in node.items()
            }
        case list():
            return [_masked_document(item) for item in node]
    return node
