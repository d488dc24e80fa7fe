"""Splits scopes as servers write them, and finds the requested ones that were not granted."""

from collections.abc import Sequence
import re
from typing import Final

from .token_set import TokenSet

# OpenID Connect Core, 3.1.2.1: the scope that asks for an ID token.
OPENID_SCOPE: Final = "openid"
# OpenID Connect Core, 5.4 and 11: scopes that ask for claims or a refresh token, not for access to an API.
_OPENID_SCOPES: Final = frozenset(
    {"openid", "profile", "email", "address", "phone", "offline_access"}
)


def missing_scopes(token_set: TokenSet, requested: Sequence[str]) -> tuple[str, ...]:
    """Return the requested scopes that the server did not name as granted.

    The result is a hint, not a proof. Some servers name granted scopes differently: Microsoft adds a
    URL (`https://…/User.Read`) and changes the case, Google names `email` by a URL, and both omit
    `offline_access`; others grant a wider scope. Empty where the server names no scopes at all.
    """
    named = split_scopes(token_set.scopes or ())
    if not named:
        return ()
    granted = {_short(scope) for scope in named} | _OPENID_SCOPES
    return tuple(scope for scope in requested if _short(scope) not in granted)


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


def _short(scope: str) -> str:
    """Return a scope without a URL before it, in lower case, for comparison."""
    return scope.rstrip("/").rpartition("/")[2].casefold()
