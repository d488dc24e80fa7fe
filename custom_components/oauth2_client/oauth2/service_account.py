"""Service accounts, which sign in with a key file instead of a user.

https://developers.google.com/identity/protocols/oauth2/service-account#httprest; RFC 7523, 2.1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
import re
from typing import Final

from .assertion import InvalidKey, SigningKey, parse_signing_key, sign_jwt
from .client import SERVICE_ACCOUNT_TYPE
from .device import web_address
from .endpoint_answer import json_object

_ALGORITHM: Final = "RS256"
# Google accepts one hour at most.
_LIFETIME_SECONDS: Final = 3600
# The types of Google's other credential files, which look alike.
_OTHER_TYPES: Final = frozenset(
    {
        "authorized_user",
        "external_account",
        "external_account_authorized_user",
        "gdch_service_account",
        "impersonated_service_account",
    }
)
_GOOGLE_TOKEN_URI: Final = "https://oauth2.googleapis.com/token"
# The hosts of Google's current and former token endpoints.
_GOOGLE: Final = re.compile(r"https://([a-z0-9-]+\.)?google(apis)?\.com/.*")
_NAME: Final = re.compile(r"[\x21-\x7E]{1,320}")


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceAccount:
    """The account of a program, from its key file."""

    client_email: str
    private_key: str = field(repr=False)
    key_id: str | None = None
    token_uri: str

    @property
    def is_googles(self) -> bool:
        """Whether the account is Google's, whose rules differ from RFC 7523."""
        return _GOOGLE.fullmatch(self.token_uri) is not None


def parse_service_account(text: str) -> ServiceAccount:
    """Return the account of a key file.

    The sender checks whether `token_uri` may be used.

    Raises InvalidKey, with `unsupported` also for Google's other kinds of credential files.
    """
    content = json_object(text) or {}
    kind = content.get("type")
    if isinstance(kind, str) and kind in _OTHER_TYPES:
        raise InvalidKey("unsupported")
    client_email = _name(content, "client_email")
    token_uri = web_address(content.get("token_uri", _GOOGLE_TOKEN_URI))
    private_key = content.get("private_key")
    if (
        kind != SERVICE_ACCOUNT_TYPE
        or client_email is None
        or token_uri is None
        or not isinstance(private_key, str)
    ):
        raise InvalidKey("not_a_key")
    key = parse_signing_key(private_key, algorithm=_ALGORITHM)
    return ServiceAccount(
        client_email=client_email,
        private_key=key.pem_or_jwk,
        key_id=_name(content, "private_key_id"),
        token_uri=token_uri,
    )


def service_account_assertion(
    account: ServiceAccount, *, scopes: Sequence[str] = (), now: float
) -> str:
    """Return the assertion for `bearer_assertion_request`. Raises InvalidKey."""
    issued_at = int(now)
    claims: dict[str, object] = {
        "iss": account.client_email,
        "aud": account.token_uri,
        "iat": issued_at,
        "exp": issued_at + _LIFETIME_SECONDS,
    }
    if not account.is_googles:
        # RFC 7523, 3 requires a subject. Google would take it for a user to impersonate.
        claims["sub"] = account.client_email
    if scopes:
        claims["scope"] = " ".join(scopes)
    key = SigningKey(
        pem_or_jwk=account.private_key, algorithm=_ALGORITHM, key_id=account.key_id
    )
    return sign_jwt(key, claims)


def _name(content: Mapping[str, object], key: str) -> str | None:
    value = content.get(key)
    return value if isinstance(value, str) and _NAME.fullmatch(value) else None
