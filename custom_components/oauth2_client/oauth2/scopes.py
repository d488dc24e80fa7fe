"""Scopes: as servers write them, and those that a token set lacks."""

from collections.abc import Sequence
import re
from typing import Final

from .token_set import TokenSet

# OpenID Connect Core, 3.1.2.1: the scope that asks for an ID token.
OPENID_SCOPE: Final = "openid"
# OpenID Connect Core, 5.4 and 11: scopes about the user, not about what an API may be asked for.
_OPENID_SCOPES: Final = frozenset(
    {"openid", "profile", "email", "address", "phone", "offline_access"}
)


def missing_scopes(token_set: TokenSet, requested: Sequence[str]) -> tuple[str, ...]:
    """Return the scopes that were requested and that the server did not name as granted.

    That is a hint and no proof. Some servers name granted scopes differently: Microsoft adds a URL
    (`https://…/User.Read`) and changes the case, Google names `email` by a URL, and both omit
    `offline_access`; others answer with a wider scope. A server that names none says nothing.
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

    They are separated by spaces (RFC 6749, 3.3), or by what servers write instead: commas,
    semicolons, the server's own separator.
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
    return scope.rstrip("/").rpartition("/")[2].casefold()
