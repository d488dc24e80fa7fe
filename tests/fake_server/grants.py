"""What users allowed: codes, grants and their tokens."""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
import hashlib
import hmac
import re
import secrets
from typing import Final

from .settings import Settings, User

# RFC 6749, 4.1.2: a maximum of ten minutes is recommended.
_CODE_LIFETIME: Final = 600.0
# RFC 7636, 4.1
_VERIFIER: Final = re.compile(r"[A-Za-z0-9._~-]{43,128}")

type Clock = Callable[[], float]


class InvalidGrant(Exception):
    """The code or refresh token is not, or no longer, good (RFC 6749, 5.2)."""


class InvalidScope(Exception):
    """A refresh asked for more than the grant holds (RFC 6749, 6)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AuthorizationRequest:
    """What a client asks a user for (RFC 6749, 4.1.1)."""

    client_id: str
    redirect_uri: str
    scope: str
    state: str | None
    code_challenge: str | None
    nonce: str | None = None


@dataclass(kw_only=True, slots=True)
class Grant:
    """What one user allowed one client, from the consent to its revocation."""

    # Without a redirect URI where none was needed: a device's, or a client's own grant.
    request: AuthorizationRequest
    user: User
    scope: str
    code_expires_at: float = 0.0
    code_used: bool = False
    # The one refresh token that is good now.
    refresh_token: str | None = None
    refreshes: int = 0
    revoked: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class IssuedTokens:
    """The tokens of one answer."""

    access_token: str
    refresh_token: str | None
    scope: str
    lifetime: int | None
    nonce: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ActiveToken:
    """An access or refresh token that is good now; a refresh token has no end of its own."""

    grant: Grant
    scope: str
    expires_at: float | None = None


@dataclass(slots=True)
class GrantStore:
    """All grants, and which code or token belongs to which."""

    settings: Settings
    clock: Clock
    grants: list[Grant] = field(default_factory=list)
    _codes: dict[str, Grant] = field(default_factory=dict)
    _access_tokens: dict[str, ActiveToken] = field(default_factory=dict)
    _issued_access_tokens: list[str] = field(default_factory=list)
    # Rotated refresh tokens are kept, so that their reuse is noticed.
    _refresh_tokens: dict[str, Grant] = field(default_factory=dict)

    @property
    def issued(self) -> dict[str, list[str]]:
        """The codes and tokens that were handed out, the ended ones too."""
        return {
            "code": list(self._codes),
            "access token": list(self._issued_access_tokens),
            "refresh token": list(self._refresh_tokens),
        }

    def allow(self, request: AuthorizationRequest) -> str:
        """Note the user's consent and return its code."""
        grant = self._add(request, self.settings.signed_in_user())
        grant.code_expires_at = self.clock() + _CODE_LIFETIME
        code = _planted("code")
        self._codes[code] = grant
        return code

    def allow_device(self, client_id: str, scope: str) -> Grant:
        """Note the user's consent at another screen; there is no code to redeem."""
        return self._add(_direct(client_id, scope), self.settings.signed_in_user())

    def first_tokens(self, grant: Grant) -> IssuedTokens:
        """Issue what a user's consent leads to."""
        if grant.revoked:
            raise InvalidGrant("grant revoked")
        if self.settings.send_refresh_token:
            self._rotate(grant)
        return self._issue(grant, grant.scope, refresh_token=grant.refresh_token)

    def client_tokens(self, client_id: str, scope: str) -> IssuedTokens:
        """Issue an access token to a client for itself (RFC 6749, 4.4.3: nothing to refresh)."""
        itself = User(id=client_id, login=client_id, name=client_id)
        grant = self._add(_direct(client_id, scope), itself)
        return self._issue(grant, grant.scope, refresh_token=None)

    def redeem(
        self,
        code: str,
        *,
        client_id: str,
        redirect_uri: str | None,
        verifier: str | None,
    ) -> IssuedTokens:
        """Exchange a code; any attempt by its client uses it up, and a second one revokes."""
        grant = self._codes.get(code)
        if grant is None or grant.request.client_id != client_id:
            raise InvalidGrant("unknown code")
        if grant.code_used:
            # RFC 6749, 4.1.2: tokens issued for a code that is used twice should be revoked.
            grant.revoked = True
            raise InvalidGrant("code used twice, grant revoked")
        grant.code_used = True
        if grant.revoked or self.clock() >= grant.code_expires_at:
            raise InvalidGrant("code expired or revoked")
        if redirect_uri != grant.request.redirect_uri:
            raise InvalidGrant("redirect_uri differs from the authorization request")
        if not _proves(verifier, grant.request.code_challenge):
            raise InvalidGrant("code_verifier does not match")
        return self.first_tokens(grant)

    def refresh(self, token: str, *, client_id: str, scope: str | None) -> IssuedTokens:
        """Issue a new access token, and with rotation a new refresh token."""
        grant = self._refresh_tokens.get(token)
        if grant is None or grant.request.client_id != client_id:
            raise InvalidGrant("unknown refresh token")
        if grant.revoked:
            raise InvalidGrant("grant revoked")
        if token != grant.refresh_token:
            # RFC 9700, 4.14.2
            grant.revoked = True
            raise InvalidGrant("refresh token reused, grant revoked")
        wanted = grant.scope if scope is None else scope
        if not set(wanted.split()) <= set(grant.scope.split()):
            raise InvalidScope("more than was granted")
        grant.refreshes += 1
        rotates = self.settings.rotate and self.settings.send_refresh_token
        if rotates:
            self._rotate(grant)
        return self._issue(
            grant, wanted, refresh_token=grant.refresh_token if rotates else None
        )

    def holder(self, access_token: str) -> Grant | None:
        """Return the grant of an access token that is good now."""
        found = self._active_access(access_token)
        return found.grant if found else None

    def active(self, token: str, *, client_id: str) -> ActiveToken | None:
        """Return what a client may know of a token: nothing unless it is good and its own."""
        found = self._active_access(token) or self._active_refresh(token)
        if found is None or found.grant.request.client_id != client_id:
            return None
        return found

    def revoke(self, token: str, *, client_id: str) -> None:
        """End one access token, or with a refresh token the grant (RFC 7009, 2.1)."""
        found = self._active_access(token) or self._active_refresh(token)
        if found is None:
            return
        if found.grant.request.client_id != client_id:
            raise InvalidGrant("the token was issued to another client")
        if self._access_tokens.pop(token, None) is None:
            found.grant.revoked = True

    def revoke_all(self) -> None:
        for grant in self.grants:
            grant.revoked = True

    def expire_access_tokens(self) -> None:
        self._access_tokens.clear()

    def _active_access(self, token: str) -> ActiveToken | None:
        found = self._access_tokens.get(token)
        if found is None or found.grant.revoked:
            return None
        if found.expires_at is not None and self.clock() >= found.expires_at:
            return None
        return found

    def _active_refresh(self, token: str) -> ActiveToken | None:
        grant = self._refresh_tokens.get(token)
        if grant is None or grant.revoked or grant.refresh_token != token:
            return None
        return ActiveToken(grant=grant, scope=grant.scope)

    def _add(self, request: AuthorizationRequest, user: User) -> Grant:
        granted = self.settings.granted_scopes
        scope = request.scope if granted is None else granted
        grant = Grant(request=request, user=user, scope=scope)
        self.grants.append(grant)
        return grant

    def _rotate(self, grant: Grant) -> None:
        grant.refresh_token = _planted("refresh")
        self._refresh_tokens[grant.refresh_token] = grant

    def _issue(
        self, grant: Grant, scope: str, *, refresh_token: str | None
    ) -> IssuedTokens:
        access_token = _planted("access")
        self._issued_access_tokens.append(access_token)
        lifetime = self.settings.lifetime_for(grant.user.login)
        self._access_tokens[access_token] = ActiveToken(
            grant=grant,
            scope=scope,
            expires_at=None if lifetime is None else self.clock() + lifetime,
        )
        return IssuedTokens(
            access_token=access_token,
            refresh_token=refresh_token,
            scope=scope,
            lifetime=lifetime,
            nonce=grant.request.nonce,
        )


def _direct(client_id: str, scope: str) -> AuthorizationRequest:
    """Return a request that comes without a browser's redirect."""
    return AuthorizationRequest(
        client_id=client_id,
        redirect_uri="",
        scope=" ".join(scope.split()),
        state=None,
        code_challenge=None,
    )


def _proves(verifier: str | None, challenge: str | None) -> bool:
    """Compare as RFC 7636, 4.6 says."""
    if challenge is None:
        # RFC 9700, 4.8.2: a verifier without a challenge is a sign of a downgrade.
        return verifier is None
    if verifier is None or not _VERIFIER.fullmatch(verifier):
        return False
    digest = hashlib.sha256(verifier.encode()).digest()
    made = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return hmac.compare_digest(made, challenge)


def _planted(kind: str) -> str:
    """Return a secret that can be recognized wherever it should not be."""
    return f"planted-{kind}-{secrets.token_urlsafe(24)}"
