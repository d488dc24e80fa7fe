"""The claims of a JWT, without checks (RFC 7519, 3)."""

from base64 import urlsafe_b64decode
from collections.abc import Mapping
import json
import re
from typing import Final

_LONGEST_TOKEN: Final = 64 * 1024
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}")
# The claims that may be a name that a person recognizes, the best one first (OpenID Connect Core, 5.1).
_NAME_CLAIMS: Final = ("email", "preferred_username", "name")


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
    """Return a name that the user recognizes: the first of the usual claims that is one."""
    return claimed_name(unverified_claims(id_token))


def claimed_name(claims: Mapping[str, object]) -> str | None:
    """Return the name in claims. Some servers repeat the subject, or another id, as the username."""
    for claim in _NAME_CLAIMS:
        name = _text(claims.get(claim))
        if name and name != claims.get("sub") and not _UUID.fullmatch(name):
            return name
    return None


def id_token_tenant(id_token: str) -> str | None:
    """Return the tenant that Microsoft names in an id token: `tid`."""
    return _text(unverified_claims(id_token).get("tid"))


def _text(claim: object) -> str | None:
    return claim if isinstance(claim, str) and claim else None
