"""Readers of a provider's JSON: each checks one field and returns its value."""

from collections.abc import Callable, Mapping
import re
from typing import Any, Final

from ..oauth2.frozen import Frozen
from ..oauth2.message import CONNECTION_HEADERS

_OF_IDENTIFIERS: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_")
_LONGEST_IDENTIFIER: Final = 64
# Patterns are compiled when they are used: no start needs one.
# A URL that begins with a variable.
_BASE: Final = r"\{[a-z_]+\}(/|$)"
# Which grants a service ends: those of applications in testing, unused ones, or all.
_REASONS_TO_END: Final = frozenset({"testing", "unused", "always"})
_CALLBACK_NAMES: Final = frozenset({"code", "state"})
# RFC 9110, 5.1 and 5.5. A line break in a name or value could add further headers.
_HEADER: Final = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+: [^\x00-\x1f\x7f-\x9f\ud800-\udfff]+"
# Headers of the connection, and headers that are set for each request.
_RESERVED_HEADERS: Final = CONNECTION_HEADERS | {"cookie", "dpop"}
_NO_TOKEN_HEADERS: Final = frozenset({"accept", "content-encoding", "content-type"})


class InvalidProvider(ValueError):
    """A provider's JSON does not fit the schema. The text names the key."""


class UnknownProvider(ValueError):
    """The catalogue has no provider of this id."""


class InvalidVariable(ValueError):
    """A value does not fit its variable. `name` is the variable's."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


type Reader = Callable[[object, str], Any]


def text(value: object, where: str) -> str:
    """Return a non-empty text."""
    if not isinstance(value, str) or not value:
        raise InvalidProvider(where)
    return value


def identifier(value: object, where: str) -> str:
    """Return an id: lower-case letters, digits and underscores."""
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_IDENTIFIER:
        raise InvalidProvider(where)
    # Not a pattern: compiling one at each start would take longer than reading a provider.
    if value.startswith("_") or not _OF_IDENTIFIERS.issuperset(value):
        raise InvalidProvider(where)
    return value


def url(value: object, where: str) -> str:
    """Return a URL, which may contain variables."""
    if not isinstance(value, str) or value.split() != [value]:
        raise InvalidProvider(where)
    if not value.startswith(("https://", "http://")) and not re.match(_BASE, value):
        raise InvalidProvider(where)
    return value


def flag(value: object, where: str) -> bool:
    """Return true or false."""
    if not isinstance(value, bool):
        raise InvalidProvider(where)
    return value


def lifetime(value: object, where: str) -> int:
    """Return a number of seconds."""
    if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
        raise InvalidProvider(where)
    return value


def day_counts(value: object, where: str) -> Mapping[str, int]:
    """Return how many days grants last, by the reason for their end."""
    if not isinstance(value, Mapping) or value.keys() - _REASONS_TO_END:
        raise InvalidProvider(where)
    return {reason: lifetime(days, where) for reason, days in value.items()}


def names(value: object, where: str) -> tuple[str, ...]:
    """Return a list of texts."""
    if not isinstance(value, list):
        raise InvalidProvider(where)
    return tuple(text(item, where) for item in value)


def mapping(value: object, where: str) -> Mapping[str, str]:
    """Return texts by name."""
    if not isinstance(value, Mapping):
        raise InvalidProvider(where)
    return {text(key, where): text(item, where) for key, item in value.items()}


def callback_names(value: object, where: str) -> Mapping[str, str]:
    """Return a server's names of authorization response parameters by the RFC's (RFC 6749, 4.1.2)."""
    named = mapping(value, where)
    if named.keys() - _CALLBACK_NAMES:
        raise InvalidProvider(where)
    return named


def lists(value: object, where: str) -> Mapping[str, tuple[str, ...]]:
    """Return lists of texts by name."""
    return {
        identifier(name, where): names(each, where)
        for name, each in json_object(value, where).items()
    }


def json_object(value: object, where: str) -> Mapping[str, Any]:
    """Return a JSON object, unparsed."""
    if not isinstance(value, Mapping):
        raise InvalidProvider(where)
    return value


def requests(value: object, where: str) -> tuple[Mapping[str, Any], ...]:
    """Return a list of JSON objects, each with a URL, unparsed."""
    if not isinstance(value, list) or not all(
        isinstance(item, Mapping) for item in value
    ):
        raise InvalidProvider(where)
    for item in value:
        text(item.get("url"), "url")
    return tuple(value)


def headers(value: object, where: str) -> Mapping[str, str]:
    """Return headers by name. Headers that control routing or framing are invalid."""
    named = mapping(value, where)
    for name, content in named.items():
        _check_header(name, content, where)
    return named


def token_header(value: object, where: str) -> str:
    """Return the header for the token, with `{token}` in its place."""
    name, colon, template = text(value, where).partition(": ")
    _check_header(name, template, where)
    if not colon or template.count("{token}") != 1 or name.lower() in _NO_TOKEN_HEADERS:
        raise InvalidProvider(where)
    return f"{name}: {template}"


def _check_header(name: str, content: str, where: str) -> None:
    reserved = name.lower() in _RESERVED_HEADERS
    if reserved or not re.fullmatch(_HEADER, f"{name}: {content}"):
        raise InvalidProvider(where)


def one_of(*choices: str) -> Reader:
    """Return the reader of a text that is one of a few."""

    def read(value: object, where: str) -> str:
        if not isinstance(value, str) or value not in choices:
            raise InvalidProvider(where)
        return value

    return read


def read_fields(
    raw: Mapping[str, Any], readers: Mapping[str, Reader], *, required: tuple[str, ...]
) -> dict[str, Any]:
    """Return the parsed values of the keys that are present. Raises InvalidProvider."""
    for key in required:
        if key not in raw:
            raise InvalidProvider(key)
    return {key: readers[key](raw[key], key) for key in readers if key in raw}


def as_json(value: Any) -> Any:
    """Return a value as JSON, with only the fields of `Frozen` values that differ from their defaults."""
    match value:
        case Frozen():
            return as_json(value.differing_fields())
        case Mapping():
            return {key: as_json(each) for key, each in value.items()}
        case tuple():
            return [as_json(each) for each in value]
    return value
