"""Reads what the challenge of an API says (RFC 6750, 3; RFC 9110, 11.6.1; RFC 9728, 5.1)."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
import re
from typing import Final

from .discovery import refusal, split_url
from .endpoint_answer import json_object
from .home_network import is_at_home
from .message import Response
from .scopes import split_scopes

_LONGEST_HEADER: Final = 8192
# RFC 9110, 11.2: a parameter, a quoted string without a name, or an unclosed quote.
_PARAMETER: Final = re.compile(
    r"(?<![!#$%&'*+.^_`|~0-9A-Za-z-])([!#$%&'*+.^_`|~0-9A-Za-z-]++)[ \t]*+=[ \t]*+"
    r'(?:"((?:[^"\\]|\\.)*+)"|([^\s,"]++))'
    r'|"(?:[^"\\]|\\.)*+"|(")'
)
_INSUFFICIENT_SCOPE: Final = "insufficient_scope"
# RFC 6749, 3.3.
_SCOPE: Final = re.compile(r"[\x21\x23-\x5B\x5D-\x7E]{1,200}")
_MOST_SCOPES: Final = 50


def resource_metadata_url(
    response: Response, *, api_url: str | None = None, at_home: bool = False
) -> str | None:
    """Return the URL of an API's metadata from its challenge (RFC 9728, 5.1).

    `api_url` is the URL that was requested: only an API at home may name a URL at home, also with http.
    `at_home` tells that the API is known to be at home, even if its name does not show it. None where
    the challenge names no URL, or none that may be used.
    """
    api = split_url(api_url) if api_url else None
    home = at_home or (api is not None and is_at_home(api.hostname or ""))
    for name, url in _parameters(response):
        if name != "resource_metadata":
            continue
        parts = split_url(url)
        if parts and not refusal(parts, home=home, allow_http=home):
            return url
    return None


def challenged_scopes(response: Response) -> tuple[str, ...]:
    """Return the scopes that an API requires by its challenge (RFC 6750, 3), empty without any."""
    for name, scopes in _parameters(response):
        if name == "scope":
            return usable_scopes(scopes.split(" "))
    return ()


def insufficient_scopes(response: Response) -> tuple[str, ...] | None:
    """Return the scopes of the error `insufficient_scope` (RFC 6750, 3.1), empty where it names none.

    Some APIs have the error in the body. None where the response has another error, or none.
    """
    challenge: Mapping[str, object] = dict(_parameters(response))
    if challenge.get("error") != _INSUFFICIENT_SCOPE:
        challenge = json_object(response.body) or {}
    if challenge.get("error") != _INSUFFICIENT_SCOPE:
        return None
    scopes = challenge.get("scope")
    if not isinstance(scopes, str | list):
        return ()
    return usable_scopes(split_scopes(scopes))


def usable_scopes(scopes: Iterable[str]) -> tuple[str, ...]:
    """Return the scopes with valid syntax (RFC 6749, 3.3), each once, at most `_MOST_SCOPES`."""
    usable = (scope for scope in scopes if _SCOPE.fullmatch(scope))
    return tuple(islice(dict.fromkeys(usable), _MOST_SCOPES))


def _parameters(response: Response) -> Iterator[tuple[str, str]]:
    """Yield names, in lower case, and values of the parameters of all challenges."""
    header = response.header("WWW-Authenticate") or ""
    if len(header) > _LONGEST_HEADER:
        return
    for found in _PARAMETER.finditer(header):
        name, quoted, plain, unclosed = found.groups()
        if unclosed:
            return
        if name is not None:
            yield (
                name.lower(),
                plain if quoted is None else re.sub(r"\\(.)", r"\1", quoted),
            )
