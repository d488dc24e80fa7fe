"""Masks values with secret names, where requests and answers are shown.

`redaction` removes the secrets that are known; here only the name shows that a value is secret.
"""

import json
import re
from typing import Final

from .secret_names import is_pin, is_sent_secretly, kind_of

MASK: Final = "…"

_MAX_TEXT_CHARACTERS: Final = 1000
# A shorter number is a count, or the number of a pin of a board.
_MIN_SECRET_DIGITS: Final = 4
# In an object such as `{"name": "password", "value": "hidden"}`: the members that name another member,
# and those that may be named so.
_NAME_MEMBERS: Final = ("name", "key", "id", "field", "label", "title", "type")
_VALUE_MEMBERS: Final = frozenset({"content", "data", "key", "text", "value"})

_FORM_FIELD: Final = re.compile(r"(?:(?<=&)|^)([^=&]*+)=([^&]*+)")
# An element of XML and its text.
_ELEMENT: Final = re.compile(r"<([^<>]++)>[^<]++")
_WORD: Final = re.compile(r"[\w-]+")
# The name of a field in any other format. Its value is in quotes, or the rest of the line.
_FIELD: Final = re.compile(r"(?<![\w-])([\w-]++)[\"']?\s*+[:=]\s*+")
_VALUE: Final = re.compile(
    r"\"(?:[^\"\\]|\\.)*+\"|'(?:[^'\\]|\\.)*+'|[^\r\n]++", re.DOTALL
)


def masked(name: str, value: str) -> str:
    """Return a value of a request, masked where its name is that of a secret."""
    if kind_of(name) == "several" and value.isdecimal():
        return value
    return MASK if is_sent_secretly(name) else value


def masked_body(text: str, *, is_form: bool) -> str:
    """Return a body (JSON, a form, XML or text) with the values of secret names masked."""
    try:
        document = _masked_sent(json.loads(text))
    except ValueError, RecursionError:
        text = text[:_MAX_TEXT_CHARACTERS]
        return _FORM_FIELD.sub(_masked_field, text) if is_form else _masked_text(text)
    if not isinstance(document, dict | list):
        return text
    return json.dumps(document, ensure_ascii=False)


def masked_document(document: object) -> object:
    """Return a document of an answer with the values of secret names masked.

    All text below such a name is masked too. Booleans and counts stay. A document that is a text is cut
    where something in it is masked, since only its beginning is searched.
    """
    if not isinstance(document, str):
        return _masked(document, inherited=False)
    text = document[:_MAX_TEXT_CHARACTERS]
    return document if (shown := _masked_text(text)) == text else shown


def _masked(node: object, *, inherited: bool, of_secret: bool = False) -> object:
    """Return what is shown of a node, the node itself where nothing in it is masked.

    `inherited`: a name above the node is that of a secret. `of_secret`: the node stands for one secret
    of a list of secrets. The recursion is bounded, since parsing bounds the depth of a document.
    """
    match node:
        case str():
            return MASK if inherited and node else node
        case list():
            items = [_masked(item, inherited=inherited) for item in node]
            is_same = all(one is other for one, other in zip(items, node, strict=True))
            return node if is_same else items
        case dict():
            named = _named_as_secret(node, of_secret=of_secret)
            members = {
                key: _masked_member(
                    key, value, of_secret=key in named, inherited=inherited
                )
                for key, value in node.items()
            }
            is_same = all(members[key] is value for key, value in node.items())
            return node if is_same else members
    return node


def _masked_member(
    key: str, value: object, *, of_secret: bool, inherited: bool
) -> object:
    kind = "one" if of_secret else kind_of(key)
    match value:
        case bool():
            return value
        case int() | float():
            is_secret = (kind == "one" or is_pin(key)) and _has_digits(str(value))
            return MASK if is_secret else value
        case str():
            is_secret = kind is not None or inherited
            is_secret = is_secret or (is_pin(key) and _has_digits(value))
            return MASK if is_secret and value else value
        case list() if kind == "several":
            # Texts are secrets. Of an object, only members such as `value` are.
            items = [
                _masked(item, inherited=isinstance(item, str), of_secret=True)
                for item in value
            ]
            is_same = all(one is other for one, other in zip(items, value, strict=True))
            return value if is_same else items
    return _masked(value, inherited=inherited or kind is not None)


def _masked_sent(node: object) -> object:
    """Return what is shown of a document in a request."""
    match node:
        case dict():
            return {
                name: MASK
                if is_sent_secretly(name) and not _is_count(name, item)
                else _masked_sent(item)
                for name, item in node.items()
            }
        case list():
            return [_masked_sent(item) for item in node]
    return node


def _masked_field(field: re.Match[str]) -> str:
    return f"{field[1]}={masked(field[1], field[2])}"


def _masked_text(text: str) -> str:
    """Return XML, or text of any other format, with the values of secret names masked."""
    text = _ELEMENT.sub(_masked_element, text)
    parts: list[str] = []
    shown_to = 0
    while field := _FIELD.search(text, shown_to):
        end = field.end()
        parts.append(text[shown_to:end])
        if is_sent_secretly(field[1]) and (value := _VALUE.match(text, end)):
            parts.append(MASK)
            end = value.end()
        shown_to = end
    return "".join((*parts, text[shown_to:]))


def _masked_element(element: re.Match[str]) -> str:
    if any(map(is_sent_secretly, _WORD.findall(element[1]))):
        return f"<{element[1]}>{MASK}"
    return element[0]


def _named_as_secret(node: dict[str, object], *, of_secret: bool) -> frozenset[str]:
    """Return the members such as `value`, where `of_secret` or another member names a secret."""
    if _VALUE_MEMBERS.isdisjoint(node):
        return frozenset()
    naming = {key for key in _NAME_MEMBERS if _names_a_secret(node.get(key))}
    return _VALUE_MEMBERS - naming if naming or of_secret else frozenset()


def _names_a_secret(value: object) -> bool:
    return isinstance(value, str) and kind_of(value) is not None


def _is_count(name: str, value: object) -> bool:
    return kind_of(name) == "several" and isinstance(value, int | float)


def _has_digits(text: str) -> bool:
    """Return whether a text is a number that is too long for a count."""
    return text.isdecimal() and len(text) >= _MIN_SECRET_DIGITS
