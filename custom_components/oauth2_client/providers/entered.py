"""Parses what a person types about a service's requests and answers into a provider's fields."""

from collections.abc import Callable, Iterable, Mapping
import re
from typing import Any, Final

from ..catalogue import InvalidProvider, headers, token_header

AUTHORIZE_PARAMETERS: Final = "authorize_parameters"
DEVICE_PARAMETERS: Final = "device_parameters"
# Fields that are typed as lines of `name=value`.
PAIRS: Final = (
    AUTHORIZE_PARAMETERS,
    DEVICE_PARAMETERS,
    "token_parameters",
    "refresh_parameters",
    "token_headers",
    "token_fields",
)
TOKEN_PATH: Final = "token_path"
API_TOKEN_HEADER: Final = "api_token_header"
# Parameters that we send ourselves (RFC 6749, 4.1 and 6; RFC 7636; RFC 7521; RFC 8628; RFC 9101).
_PROTOCOL_PARAMETERS: Final = frozenset(
    {
        "assertion",
        "client_assertion",
        "client_assertion_type",
        "client_id",
        "client_secret",
        "code",
        "code_challenge",
        "code_challenge_method",
        "code_verifier",
        "device_code",
        "grant_type",
        "nonce",
        "redirect_uri",
        "refresh_token",
        "request",
        "request_uri",
        "response_type",
        "state",
    }
)
# Fields of a token answer that we read (RFC 6749, 5.1 and 5.2; OpenID Connect Core, 3.1.3.3).
_TOKEN_FIELDS: Final = frozenset(
    {
        "access_token",
        "error",
        "expires_at",
        "expires_in",
        "id_token",
        "refresh_token",
        "scope",
        "token_type",
    }
)
_KEY_SEPARATORS: Final = re.compile(r"[./\s,]+")
# Placeholders that people and documentation write where the token goes.
_TOKEN_PLACE: Final = re.compile(
    r"(?<!\{)\{++[\w -]{1,40}+\}++|<[\w -]{1,40}>|\[[\w -]{1,40}\]|…|\.\.\."
    r"|\$?\b(?:[A-Z]++_)*+TOKEN\b"
)
_MAX_SHOWN_CHARACTERS: Final = 60


class InvalidEntry(ValueError):
    """A typed entry cannot be used. `key` is that of the message, `entry` the entry's name."""

    def __init__(self, key: str, entry: str) -> None:
        super().__init__(key)
        self.key = key
        self.entry = entry[:_MAX_SHOWN_CHARACTERS]


def provider_fields(details: Mapping[str, Any]) -> dict[str, Any]:
    """Return the typed fields in the shape of a provider's schema. Raises InvalidEntry."""
    typed: dict[str, Any] = {
        name: _READERS[name](details.get(name, ())) for name in PAIRS
    }
    path = _KEY_SEPARATORS.split(details.get(TOKEN_PATH, "").removeprefix("$"))
    typed[TOKEN_PATH] = [key for key in path if key]
    if (header := details.get(API_TOKEN_HEADER, "").strip()) != "":
        typed[API_TOKEN_HEADER] = _token_header(header)
    return {name: value for name, value in typed.items() if value}


def _pairs(lines: Iterable[str], separators: str = "=") -> dict[str, str]:
    """Return values by name. Each line has a name, a separator and a value. Raises InvalidEntry."""
    pairs: dict[str, str] = {}
    for line in "\n".join(lines).splitlines():
        if not line.strip():
            continue
        name, *values = (
            each.strip() for each in re.split(f"[{separators}]", line, maxsplit=1)
        )
        value = "".join(values)
        usable = name and value and (name + value).isprintable() and " " not in name
        if not usable or name in pairs:
            raise InvalidEntry("entry_wrong", name)
        pairs[name] = value
    return pairs


def _parameters(lines: Iterable[str]) -> dict[str, str]:
    parameters = _pairs(lines)
    for name in parameters:
        if name.lower() in _PROTOCOL_PARAMETERS:
            raise InvalidEntry("parameter_owned", name)
    return parameters


def _parameters_beside_scopes(lines: Iterable[str]) -> dict[str, str]:
    parameters = _parameters(lines)
    if "scope" in parameters:
        # The scopes have a field of their own.
        raise InvalidEntry("parameter_owned", "scope")
    return parameters


def _token_fields(lines: Iterable[str]) -> dict[str, str]:
    fields = _pairs(lines)
    for name in fields:
        if name not in _TOKEN_FIELDS:
            raise InvalidEntry("token_field_wrong", name)
    return fields


def _headers(lines: Iterable[str]) -> dict[str, str]:
    named = _pairs(lines, ":=")
    for name, value in named.items():
        try:
            headers({name: value}, name)
        except InvalidProvider:
            raise InvalidEntry("header_wrong", name) from None
    return named


def _token_header(text: str) -> str:
    """Return a header as in the schema: its name, and a value with `{token}` where the token goes.

    Services document the token's place with other placeholders, or leave it out.
    """
    name, _, template = (each.strip() for each in text.partition(":"))
    if "{token}" not in template:
        template, places = _TOKEN_PLACE.subn("{token}", template)
        if ":" in text and not places:
            template = f"{template} {{token}}".strip()
    try:
        return token_header(f"{name}: {template}", API_TOKEN_HEADER)
    except InvalidProvider:
        raise InvalidEntry("token_header_wrong", name) from None


_READERS: Final[Mapping[str, Callable[[Iterable[str]], dict[str, str]]]] = {
    AUTHORIZE_PARAMETERS: _parameters_beside_scopes,
    DEVICE_PARAMETERS: _parameters_beside_scopes,
    "token_parameters": _parameters,
    "refresh_parameters": _parameters,
    "token_headers": _headers,
    "token_fields": _token_fields,
}
