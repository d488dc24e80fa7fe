"""Splits scopes as servers write them, and finds the requested ones that were not granted."""

from collections.abc import Mapping, Sequence
import json
import re
from typing import Final

from .token_set import TokenSet

# OpenID Connect Core, 3.1.2.1: the scope that asks for an ID token.
OPENID_SCOPE: Final = "openid"
# OpenID Connect Core, 5.4 and 11: scopes that ask for claims or a refresh token, not for access to an API.
_OPENID_SCOPES: Final = frozenset(
    {"openid", "profile", "email", "address", "phone", "offline_access"}
)
# Wider than RFC 6749, appendix A.4: any Unicode text that UTF-8 can encode.
_SCOPE: Final = re.compile(r"[^\s\x00-\x1F\uD800-\uDFFF]+")


def missing_scopes(token_set: TokenSet, requested: Sequence[str]) -> tuple[str, ...]:
    """Return the requested scopes that the server did not name as granted.

    The result is a hint, not a proof. Some servers name granted scopes differently: Microsoft adds a
    URL (`https://…/User.Read`) and changes the case, Google names `email` by a URL, and both omit
    `offline_access`; Oura has a word of its own before each (`extapi:daily`); others grant a wider
    scope. Empty where the server names no scopes at all.
    """
    named = split_scopes(token_set.scopes or ())
    if not named:
        return ()
    granted = {_comparable(scope) for scope in named}
    without_prefix = {scope.partition(":")[2] for scope in granted}
    known = granted | without_prefix | _OPENID_SCOPES
    return tuple(scope for scope in requested if _comparable(scope) not in known)


def split_scopes(
    scopes: str | Sequence[object], separator: str = " "
) -> tuple[str, ...]:
    """Return the scopes of a text, or of a list of texts, each once.

    Scopes are separated by spaces (RFC 6749, 3.3) or, at some servers, by commas, semicolons or the
    server's own `separator`.
    """
    texts = [scopes] if isinstance(scopes, str) else scopes
    found = (
        scope
        for text in texts
        if isinstance(text, str)
        for scope in re.split(r"[\s,;]", text.replace(separator or " ", " "))
    )
    return tuple(dict.fromkeys(scope for scope in found if scope))


def granted_scopes(
    answer: Mapping[str, object], field: str, separator: str
) -> tuple[str, ...] | None:
    """Return the granted scopes from a text, a list (Twitch), or a JSON list within a text.

    None where the answer names no scopes; an empty text counts as left out.
    """
    for name in (field, "scopes"):
        raw = answer.get(name)
        if isinstance(raw, str) and raw.lstrip().startswith("["):
            raw = _json_list(raw)
        if not isinstance(raw, str | list):
            continue
        scopes = split_scopes(raw, separator)
        if usable := tuple(scope for scope in scopes if _SCOPE.fullmatch(scope)):
            return usable
    return None


def _comparable(scope: str) -> str:
    """Return a scope without a URL before it, in lower case, for comparison."""
    return scope.rstrip("/").rpartition("/")[2].casefold()


def _json_list(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError, RecursionError:
        return text
