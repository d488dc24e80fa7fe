"""What an authorization server remembers: consents, codes, and the tokens made of them."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
import hashlib
import json
import secrets
import time
from typing import Any

import jwt


class Refused(Exception):
    """A token request is refused, with the code of RFC 6749, 5.2."""


@dataclass(kw_only=True, slots=True)
class Grant:
    """A person's consent, and what became of it."""

    person: str
    client_id: str
    scope: str
    redirect_uri: str | None
    challenge: str | None
    method: str | None
    refresh_token: str = ""
    access_tokens: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Grants:
    """Codes and tokens by their text. A refresh token is good once."""

    codes: dict[str, Grant] = field(default_factory=dict)
    all: list[Grant] = field(default_factory=list)
    # Every secret that was handed out, in order.
    access_tokens: list[str] = field(default_factory=list)
    refresh_tokens: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    # Whether the persons have other names and addresses now, which are no identity.
    renamed: bool = False

    def consent(self, person: str, asked: Mapping[str, str]) -> str:
        """Return a code for what an authorization request asked."""
        code = secrets.token_urlsafe(24)
        grant = Grant(
            person=person,
            client_id=asked.get("client_id", ""),
            # RFC 6749, 3.3: an answer has spaces, whatever a provider takes in a request.
            scope=asked.get("scope", "").replace(",", " "),
            redirect_uri=asked.get("redirect_uri"),
            challenge=asked.get("code_challenge"),
            method=asked.get("code_challenge_method"),
        )
        self.codes[code] = grant
        self.all.append(grant)
        self.others.append(code)
        return code

    def redeem(self, form: Mapping[str, Any]) -> Grant:
        """Return the grant that a token request is about; raises Refused."""
        if form.get("grant_type") == "refresh_token":
            return self._of_refresh_token(str(form.get("refresh_token")))
        grant = self.codes.pop(str(form.get("code")), None)
        if grant is None:
            raise Refused("invalid_grant")
        if verifier := form.get("code_verifier"):
            self.others.append(str(verifier))
        # RFC 6749, 4.1.3
        if form.get("redirect_uri", grant.redirect_uri) != grant.redirect_uri:
            raise Refused("invalid_grant")
        if grant.challenge is not None and not proves(
            form.get("code_verifier"), grant.challenge, grant.method
        ):
            raise Refused("invalid_grant")
        return grant

    def issue(
        self,
        grant: Grant,
        lifetime: int,
        claims: Mapping[str, Any],
        *,
        rotate: bool = True,
    ) -> dict[str, Any]:
        """Return a token answer (RFC 6749, 5.1)."""
        token = self._jwt(grant, lifetime, claims)
        self.access_tokens.append(token)
        grant.access_tokens.append(token)
        answer: dict[str, Any] = {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": lifetime,
            "scope": grant.scope,
        }
        if rotate:
            grant.refresh_token = secrets.token_urlsafe(24)
            self.refresh_tokens.append(grant.refresh_token)
            answer["refresh_token"] = grant.refresh_token
        if "openid" in grant.scope.split():
            identity = self._jwt(grant, 3600, claims)
            self.others.append(identity)
            answer["id_token"] = identity
        return answer

    def secrets(self) -> list[str]:
        """Return every text that nobody may be shown."""
        return [*self.access_tokens, *self.refresh_tokens, *self.others]

    def _of_refresh_token(self, token: str) -> Grant:
        for grant in self.all:
            if grant.refresh_token == token:
                return grant
        raise Refused("invalid_grant")

    def _jwt(self, grant: Grant, lifetime: int, claims: Mapping[str, Any]) -> str:
        now = int(time.time())
        named = {
            "email": f"{grant.person}@conformance.example",
            "name": grant.person.title(),
            "preferred_username": grant.person,
        }
        if self.renamed:
            claims = {**claims, **{name: f"new-{text}" for name, text in named.items()}}
        return jwt.encode(
            {
                "iss": "https://conformance.example",
                "sub": grant.person,
                "aud": grant.client_id,
                **named,
                "scope": grant.scope,
                "scp": grant.scope.split(),
                "iat": now,
                "exp": now + lifetime,
                "jti": secrets.token_hex(8),
                **claims,
            },
            "a key of the conformance kit, which nobody checks",
            algorithm="HS256",
        )


def proves(verifier: object, challenge: str, method: str | None) -> bool:
    """Compare as RFC 7636, 4.6 says for a method; where none is named, it is `plain` (4.3)."""
    if not isinstance(verifier, str):
        return False
    if method in (None, "plain"):
        return verifier == challenge
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == challenge


def shown(document: object) -> bytes:
    """Return a document as JSON."""
    return json.dumps(document).encode()
