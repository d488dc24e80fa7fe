"""The claims of a JWT, without checks (RFC 7519, 3)."""

from base64 import urlsafe_b64decode
from collections.abc import Mapping
import json
from typing import Final

_LONGEST_TOKEN: Final = 64 * 1024


def unverified_claims(token: str) -> Mapping[str, object]:
    """Return the claims of a JWT, empty for any other text.

    Trustworthy only for tokens that came directly from the token endpoint over TLS (OpenID Connect
    Core, 3.1.3.7).
    """
    parts = token.split(".")
    if len(parts) != 3 or len(token) > _LONGEST_TOKEN:
        return {}
    try:
        padding = "=" * (-len(parts[1]) % 4)
        claims = json.loads(urlsafe_b64decode(parts[1] + padding))
    except ValueError, RecursionError:
        return {}
    return claims if isinstance(claims, dict) else {}


def id_token_subject(id_token: str) -> str | None:
    """Return the id of the user who signed in: `sub` (OpenID Connect Core, 2)."""
    return _text(unverified_claims(id_token).get("sub"))


def id_token_name(id_token: str) -> str | None:
    """Return a name that the user recognizes: the first of the usual claims that is present."""
    claims = unverified_claims(id_token)
    for claim in ("email", "preferred_username", "name"):
        if name := _text(claims.get(claim)):
            return name
    return None


def id_token_tenant(id_token: str) -> str | None:
    """Return the tenant that Microsoft names in an id token: `tid`."""
    return _text(unverified_claims(id_token).get("tid"))


def _text(claim: object) -> str | None:
    return claim if isinstance(claim, str) and claim else None
