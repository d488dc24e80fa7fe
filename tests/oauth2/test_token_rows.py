"""Every answer of a token endpoint that was seen in the wild, and what becomes of it.

Each is read twice: on refresh, where what is left out is kept, and on first sign-in.
"""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from copy import replace
from dataclasses import dataclass, field
import json
from typing import Any

import pytest

from custom_components.oauth2_client.catalogue import load_provider
from custom_components.oauth2_client.oauth2 import (
    AuthorizationServer,
    ClientRejected,
    GrantRejected,
    OAuth2Error,
    RefusedByPolicy,
    Response,
    ScopeRejected,
    TemporaryFailure,
    TokenSet,
    missing_scopes,
    parse_token_response,
)

NOW = 1_800_000_000.0
YEAR = 366 * 86400
SERVER = AuthorizationServer(
    authorize_url="https://auth.example/authorize",
    token_url="https://auth.example/token",
)
PREVIOUS = TokenSet(
    access_token="access-0",
    refresh_token="refresh-0",
    received_at=NOW - 3600,
    expires_at=NOW - 1,
    scopes=("read", "write"),
    id_token="a.b.c",
)
REQUESTED = ("read", "write", "admin")
# From the catalogue: the meaning of its error numbers is data of the provider.
WITHINGS = load_provider("withings").server
# A secret in parts of a body where a server may put anything.
PLANTED = "planted-in-the-body"
HTML = f"<!DOCTYPE html><html><body><form>{PLANTED}</form></body></html>".encode()

on_both = pytest.mark.parametrize(
    "previous", [PREVIOUS, None], ids=["on-refresh", "on-first-sign-in"]
)


def _server(**deviations: Any) -> AuthorizationServer:
    return replace(SERVER, **deviations)


def _json(**fields: Any) -> bytes:
    return json.dumps(fields).encode()


def _token(**fields: Any) -> bytes:
    return _json(access_token="access-1", token_type="Bearer", **fields)


def _jwt(**claims: Any) -> str:
    payload = urlsafe_b64encode(_json(**claims)).rstrip(b"=").decode()
    return f"eyJhbGciOiJub25lIn0.{payload}.c2lnbmF0dXJl"


def _content_type(name: str) -> dict[str, str]:
    return {"Content-Type": name}


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """An answer that gives a token set. Omitted values are None."""

    body: bytes
    headers: Mapping[str, str] = field(
        default_factory=lambda: _content_type("application/json")
    )
    status: int = 200
    server: AuthorizationServer = SERVER
    access_token: str = "access-1"
    refresh_token: str | None = None
    expires_in: float | None = None
    scopes: tuple[str, ...] | None = None
    id_token: str | None = None


@dataclass(frozen=True, kw_only=True)
class Refused:
    """An answer that gives an error."""

    body: bytes
    error: type[OAuth2Error]
    code: str
    headers: Mapping[str, str] = field(
        default_factory=lambda: _content_type("application/json")
    )
    status: int = 400
    server: AuthorizationServer = SERVER
    description: str | None = None
    retry_after: float | None = None
    scopes: tuple[str, ...] = ()

    def expected(self, previous: TokenSet | None) -> tuple[type[OAuth2Error], str]:
        """Return the error and its code.

        A1: what refuses a first sign-in without a reason refuses the credential.
        """
        unclear = self.code == f"http_{self.status}" and 400 <= self.status < 500
        if unclear and previous is None and self.status not in (408, 425, 429):
            return ClientRejected, self.code
        return self.error, self.code


_NOTHING_SAID: list[Any] = ["", " ", ",", [], [""], [None], "[]", {}, None]

FORM = Accepted(
    body=b"access_token=access-1&expires_in=3600&refresh_token=refresh-1&scope=read+write",
    headers=_content_type("application/x-www-form-urlencoded"),
    refresh_token="refresh-1",
    expires_in=3600,
    scopes=("read", "write"),
)
TYPED = Accepted(
    body=_token(expires_in=3600, refresh_token="refresh-1"),
    refresh_token="refresh-1",
    expires_in=3600,
)
WRAPPED = {"access_token": "access-1", "expires_in": 3600, "refresh_token": "refresh-1"}

ACCEPTED = {
    "form-encoded-200": FORM,
    "form-encoded-as-html-200": replace(FORM, headers=_content_type("text/html")),
    "form-encoded-with-line-end-200": replace(FORM, body=FORM.body + b"\r\n"),
    "form-encoded-other-names-200": replace(
        FORM,
        body=b"accessToken=access-1&expiresIn=3600",
        server=_server(
            token_fields={"access_token": "accessToken", "expires_in": "expiresIn"}
        ),
        refresh_token=None,
        scopes=None,
    ),
    "json-200": TYPED,
    "json-201": replace(TYPED, status=201),
    "json-with-charset": replace(
        TYPED, headers=_content_type("application/json; charset=UTF-8")
    ),
    "json-as-text-plain": replace(TYPED, headers=_content_type("text/plain")),
    "json-as-text-html": replace(TYPED, headers=_content_type("text/html")),
    "json-as-text-javascript": replace(TYPED, headers=_content_type("text/javascript")),
    "json-without-content-type": replace(TYPED, headers={}),
    "json-with-bom": replace(TYPED, body=b"\xef\xbb\xbf" + TYPED.body),
    "json-amid-blank-lines": replace(TYPED, body=b"\r\n" + TYPED.body + b"\r\n"),
    "error-null-200": replace(
        TYPED, body=_token(expires_in=3600, refresh_token="refresh-1", error=None)
    ),
    "error-empty-200": replace(
        TYPED, body=_token(expires_in=3600, refresh_token="refresh-1", error="")
    ),
    "errors-empty-list-200": replace(
        TYPED, body=_token(expires_in=3600, refresh_token="refresh-1", errors=[])
    ),
    "no-expires-in": Accepted(body=_token()),
    "no-expires-in-with-providers-lifetime": Accepted(
        body=_token(), server=_server(token_lifetime=7200), expires_in=7200
    ),
    "no-expires-in-with-jwt": Accepted(
        body=_json(access_token=_jwt(exp=NOW + 1800)),
        access_token=_jwt(exp=NOW + 1800),
        expires_in=1800,
    ),
    "no-expires-in-with-providers-lifetime-and-jwt": Accepted(
        body=_json(access_token=_jwt(exp=NOW + 1800)),
        access_token=_jwt(exp=NOW + 1800),
        server=_server(token_lifetime=7200),
        expires_in=7200,
    ),
    "expires-in-null": Accepted(body=_token(expires_in=None)),
    "expires-in-null-with-providers-lifetime": Accepted(
        body=_token(expires_in=None),
        server=_server(token_lifetime=7200),
        expires_in=7200,
    ),
    "expires-in-null-with-rotation": Accepted(
        body=_token(expires_in=None, refresh_token="refresh-1"),
        refresh_token="refresh-1",
    ),
    "expires-in-text": Accepted(body=_token(expires_in="3600"), expires_in=3600),
    "expires-in-text-of-a-float": Accepted(
        body=_token(expires_in="3600.0", refresh_token="refresh-1"),
        refresh_token="refresh-1",
        expires_in=3600,
    ),
    "expires-in-float": Accepted(body=_token(expires_in=3600.5), expires_in=3600.5),
    "expires-in-no-number": Accepted(body=_token(expires_in="soon")),
    "expires-in-object": Accepted(body=_token(expires_in={"seconds": 3600})),
    "expires-in-boolean": Accepted(body=_token(expires_in=True)),
    "expires-in-zero": Accepted(body=_token(expires_in=0)),
    "expires-in-negative": Accepted(body=_token(expires_in=-1)),
    "expires-in-infinite": Accepted(
        body=b'{"access_token": "access-1", "expires_in": 1e999}'
    ),
    "expires-in-not-a-number": Accepted(
        body=b'{"access_token": "access-1", "expires_in": NaN}'
    ),
    "expires-in-beyond-a-float": Accepted(
        body=b'{"access_token": "access-1", "expires_in": 1' + b"0" * 400 + b"}"
    ),
    "expires-in-ten-years": Accepted(
        body=_token(expires_in=10 * YEAR), expires_in=YEAR
    ),
    "expires-in-as-epoch": Accepted(
        body=_token(expires_in=NOW + 3600), expires_in=3600
    ),
    "expires-in-as-epoch-in-ms": Accepted(
        body=_token(expires_in=(NOW + 3600) * 1000), expires_in=3600
    ),
    "expires-at-epoch": Accepted(body=_token(expires_at=NOW + 3600), expires_in=3600),
    "expires-at-epoch-in-ms": Accepted(
        body=_token(expires_at=(NOW + 3600) * 1000), expires_in=3600
    ),
    "expires-at-epoch-as-text": Accepted(
        body=_token(expires_at=str(int(NOW) + 3600)), expires_in=3600
    ),
    "expires-lifetime": Accepted(body=_token(expires=3600), expires_in=3600),
    "expires-epoch": Accepted(body=_token(expires=NOW + 3600), expires_in=3600),
    "expires-epoch-in-ms": Accepted(
        body=_token(expires=(NOW + 3600) * 1000), expires_in=3600
    ),
    "expires-by-providers-name": Accepted(
        body=_token(validUntil=NOW + 3600),
        server=_server(token_fields={"expires_at": "validUntil"}),
        expires_in=3600,
    ),
    "wrapped-in-body": Accepted(
        body=_json(status=0, body=WRAPPED),
        server=WITHINGS,
        refresh_token="refresh-1",
        expires_in=3600,
    ),
    "wrapped-in-data": Accepted(
        body=_json(data=WRAPPED),
        server=_server(token_path=("data",)),
        refresh_token="refresh-1",
        expires_in=3600,
    ),
    "wrapped-in-authed-user": Accepted(
        body=_json(ok=True, access_token="bot", authed_user=WRAPPED),
        server=_server(token_path=("authed_user",)),
        refresh_token="refresh-1",
        expires_in=3600,
    ),
    "wrapped-twice": Accepted(
        body=_json(response={"token": WRAPPED}),
        server=_server(token_path=("response", "token")),
        refresh_token="refresh-1",
        expires_in=3600,
    ),
    "not-wrapped-after-all": Accepted(
        body=_json(**WRAPPED),
        server=_server(token_path=("data",)),
        refresh_token="refresh-1",
        expires_in=3600,
    ),
    "not-wrapped-beside-an-empty-wrapping": Accepted(
        body=_token(data={}), server=_server(token_path=("data",))
    ),
    "camel-case": Accepted(
        body=_json(
            accessToken="access-1",
            refreshToken="refresh-1",
            expiresIn=3600,
            tokenType="Bearer",
            grantedScope="read",
            idToken="d.e.f",
        ),
        server=_server(
            token_fields={
                "access_token": "accessToken",
                "refresh_token": "refreshToken",
                "expires_in": "expiresIn",
                "token_type": "tokenType",
                "scope": "grantedScope",
                "id_token": "idToken",
            }
        ),
        refresh_token="refresh-1",
        expires_in=3600,
        scopes=("read",),
        id_token="d.e.f",
    ),
    "camel-case-wrapped": Accepted(
        body=_json(data={"accessToken": "access-1"}),
        server=_server(
            token_path=("data",), token_fields={"access_token": "accessToken"}
        ),
    ),
    "no-refresh-token": Accepted(body=_token(expires_in=3600), expires_in=3600),
    "refresh-token-null": Accepted(body=_token(refresh_token=None)),
    "refresh-token-empty": Accepted(body=_token(refresh_token="")),
    "refresh-token-new": Accepted(
        body=_token(refresh_token="refresh-1"), refresh_token="refresh-1"
    ),
    "token-type-absent": Accepted(body=_json(access_token="access-1")),
    "token-type-null": Accepted(body=_json(access_token="access-1", token_type=None)),
    "token-type-lower-case": Accepted(
        body=_json(access_token="access-1", token_type="bearer")
    ),
    "token-type-upper-case": Accepted(
        body=_json(access_token="access-1", token_type="BEARER")
    ),
    **{
        f"token-type-{name}": Accepted(
            body=_json(access_token="access-1", token_type=name)
        )
        for name in (
            "",
            "BearerToken",
            "bearer_token",
            "Bearer Token",
            "bot",
            "user",
            "app",
            "Token",
            "access_token",
            "OAuth2",
            "oauth_token",
            "JWT",
            "urn:ietf:params:oauth:token-type:access_token",
        )
    },
    "token-type-at-another-path": Accepted(
        body=_json(authed_user={"access_token": "access-1", "token_type": "user"}),
        server=_server(token_path=("authed_user",)),
    ),
    "scope-smaller-than-asked": Accepted(body=_token(scope="read"), scopes=("read",)),
    **{
        # A7: a server that names none says nothing.
        f"a7-nothing-said-{place}": Accepted(body=_token(scope=said))
        for place, said in enumerate(_NOTHING_SAID)
    },
    "a7-nothing-said-form-encoded": Accepted(
        body=b"access_token=access-1&scope=&token_type=bearer"
    ),
    **{
        f"a7-two-scopes-{place}": Accepted(
            body=_token(scope=said), scopes=("read", "write")
        )
        for place, said in enumerate(
            [
                "read,write",
                "read;write",
                " read, write; ",
                "read write read",
                ["read", "write", "read"],
                ["read write"],
                ["read", None, 7, "", "write"],
                '["read", "write"]',
            ]
        )
    },
    "a7-list-form-encoded": Accepted(
        body=b"access_token=access-1&scope=%5B%22read%22%2C%22write%22%5D",
        scopes=("read", "write"),
    ),
    "a7-another-key": Accepted(
        body=_token(scopes=["read", "write"]), scopes=("read", "write")
    ),
    "a7-another-case": Accepted(
        body=_token(scope="Read read"), scopes=("Read", "read")
    ),
    "scope-comma-separated": Accepted(
        body=_token(scope="read,write"),
        server=_server(scope_separator=","),
        scopes=("read", "write"),
    ),
    "scope-space-separated-where-commas-were-asked": Accepted(
        body=_token(scope="read write"),
        server=_server(scope_separator=","),
        scopes=("read", "write"),
    ),
    "scope-list": Accepted(
        body=_token(scope=["read", "write"]), scopes=("read", "write")
    ),
    "scope-no-text": Accepted(body=_token(scope=7)),
}

UNUSABLE = Refused(
    body=b"", status=200, error=TemporaryFailure, code="invalid_token_response"
)
INVALID_GRANT = Refused(
    body=_json(error="invalid_grant", **{PLANTED: PLANTED}),
    error=GrantRejected,
    code="invalid_grant",
)
REDIRECT = Refused(
    body=HTML,
    status=302,
    headers={"Location": f"https://elsewhere.example/{PLANTED}"},
    error=RefusedByPolicy,
    code="redirect_refused",
    # D14: where it points; not the path, which may be a secret of that server.
    description="https://elsewhere.example",
)


def _http(status: int, **changed: Any) -> Refused:
    page = Refused(
        body=HTML,
        status=status,
        headers=_content_type("text/html"),
        error=TemporaryFailure,
        code=f"http_{status}",
    )
    return replace(page, **changed)


REFUSED = {
    # What a good answer has besides says nothing of a refusal.
    **{
        f"200-without-token-but-{name}": replace(
            UNUSABLE, body=_json(access_token=None, **{name: said})
        )
        for name, said in {
            "scope": "read write",
            "scopes": ["read"],
            "refresh_token": "deadbeef",
            "client_id": "Sandbox",
            "code": "verified",
        }.items()
    },
    "200-error-invalid-grant": replace(INVALID_GRANT, status=200),
    "200-error-described": Refused(
        status=200,
        body=_json(error="invalid_grant", error_description="Token has been revoked."),
        error=GrantRejected,
        code="invalid_grant",
        description="Token has been revoked.",
    ),
    "200-error-unknown-to-us": Refused(
        status=200,
        body=_json(error="token_is_sad"),
        error=GrantRejected,
        code="token_is_sad",
    ),
    "200-error-beside-a-token": replace(
        INVALID_GRANT, status=200, body=_token(error="invalid_grant")
    ),
    "200-error-temporary": Refused(
        status=200,
        body=_json(error="temporarily_unavailable"),
        error=TemporaryFailure,
        code="temporarily_unavailable",
    ),
    "200-error-object": Refused(
        status=200,
        body=_json(error={"type": "OAuthException", "message": PLANTED}),
        error=GrantRejected,
        code="OAuthException",
    ),
    "200-error-form-encoded": Refused(
        status=200,
        body=b"error=bad_verification_code&error_description=The+code+is+wrong.",
        headers=_content_type("application/x-www-form-urlencoded"),
        error=GrantRejected,
        code="bad_verification_code",
        description="The code is wrong.",
    ),
    "200-withings-too-many-requests": Refused(
        status=200,
        body=_json(status=601, body={}, error="Too Many Request"),
        server=WITHINGS,
        error=TemporaryFailure,
        code="rate_limited",
        description="Too Many Request",
    ),
    "200-withings-wrong-token": Refused(
        status=200,
        body=_json(status=503, body={}, error="Invalid Params: invalid refresh_token"),
        server=WITHINGS,
        error=GrantRejected,
        code="invalid_grant",
        description="Invalid Params: invalid refresh_token",
    ),
    "200-withings-another-number": Refused(
        status=200,
        body=_json(status=293, body={}),
        server=WITHINGS,
        error=GrantRejected,
        code="unknown_error",
    ),
    "200-code-of-the-servers-own": Refused(
        status=200,
        body=_json(error="busy"),
        server=_server(token_errors={"busy": "temporarily_unavailable"}),
        error=TemporaryFailure,
        code="temporarily_unavailable",
    ),
    "200-error-outside-of-the-wrapping": replace(
        INVALID_GRANT,
        status=200,
        body=_json(status=401, body={}, error="invalid_grant"),
        server=_server(token_path=("body",)),
    ),
    "200-error-beside-a-filled-wrapping": replace(
        INVALID_GRANT,
        status=200,
        body=_json(body={"userid": 7}, error="invalid_grant"),
        server=_server(token_path=("body",)),
    ),
    "200-error-inside-of-the-wrapping": replace(
        INVALID_GRANT,
        status=200,
        body=_json(data={"error": "invalid_grant"}),
        server=_server(token_path=("data",)),
    ),
    "200-slack": Refused(
        status=200,
        body=_json(ok=False, error="invalid_auth"),
        server=_server(token_path=("authed_user",)),
        error=GrantRejected,
        code="invalid_auth",
    ),
    "json-array": replace(UNUSABLE, body=json.dumps([PLANTED]).encode()),
    "json-number": replace(UNUSABLE, body=b"42"),
    "json-string": replace(UNUSABLE, body=json.dumps(PLANTED).encode()),
    "json-null": replace(UNUSABLE, body=b"null"),
    "json-object-without-a-token": replace(UNUSABLE, body=_json(planted=PLANTED)),
    "empty-body": UNUSABLE,
    "empty-body-204": replace(UNUSABLE, status=204),
    "truncated-json": replace(UNUSABLE, body=b'{"access_token": "planted-in-the-body'),
    "deep-json": replace(UNUSABLE, body=b"[" * 200_000),
    "endless-digits": replace(UNUSABLE, body=b"1" * 200_000),
    "not-text": replace(UNUSABLE, body=b"\x00\xff\xfe\x80"),
    "oversized-body": replace(
        UNUSABLE, body=b" " * (256 * 1024) + _token(refresh_token="refresh-1")
    ),
    "wrapped-where-no-path-is-known": replace(
        UNUSABLE, body=_json(data={"access_token": PLANTED})
    ),
    "other-names-where-none-are-known": replace(
        UNUSABLE, body=_json(accessToken=PLANTED)
    ),
    "access-token-empty": replace(UNUSABLE, body=_json(access_token="")),
    "access-token-number": replace(UNUSABLE, body=_json(access_token=7)),
    "access-token-with-a-line-break": replace(
        UNUSABLE, body=_json(access_token="planted\r\nin-the-body")
    ),
    "token-type-mac": Refused(
        status=200,
        body=_json(access_token=PLANTED, token_type="mac"),
        error=ClientRejected,
        code="unsupported_token_type",
    ),
    **{
        f"token-type-{name}": Refused(
            status=200,
            body=_json(access_token=PLANTED, token_type=name),
            error=ClientRejected,
            code="unsupported_token_type",
        )
        for name in ("hmac", "pop", "N_A", "Bearer+mac", "refresh_token", "example")
    },
    "token-type-dpop": Refused(
        status=200,
        body=_json(access_token=PLANTED, token_type="DPoP"),
        error=ClientRejected,
        code="unsupported_token_type",
    ),
    "token-type-list": Refused(
        status=200,
        body=_json(access_token=PLANTED, token_type=["bearer"]),
        error=ClientRejected,
        code="unsupported_token_type",
    ),
    "400-invalid-grant": INVALID_GRANT,
    "401-invalid-grant": replace(INVALID_GRANT, status=401),
    "403-invalid-grant": replace(INVALID_GRANT, status=403),
    "400-invalid-grant-form-encoded": replace(
        INVALID_GRANT, body=b"error=invalid_grant"
    ),
    "400-invalid-grant-as-html": replace(
        INVALID_GRANT, headers=_content_type("text/html")
    ),
    "400-invalid-grant-in-a-list": replace(
        INVALID_GRANT,
        body=_json(
            errors=[{"errorType": "invalid_grant", "message": PLANTED}], success=False
        ),
    ),
    "400-unknown-code": Refused(
        body=_json(error="user_gone"), error=GrantRejected, code="user_gone"
    ),
    "400-json-without-a-code": Refused(
        body=_json(message=PLANTED), error=TemporaryFailure, code="http_400"
    ),
    "400-code-that-cannot-be-shown": Refused(
        body=_json(error=f'"{PLANTED}"\r\n'), error=GrantRejected, code="unknown_error"
    ),
    "400-code-that-is-a-page": Refused(
        body=_json(error=PLANTED * 20), error=GrantRejected, code="unknown_error"
    ),
    "400-invalid-client": Refused(
        body=_json(error="invalid_client"), error=ClientRejected, code="invalid_client"
    ),
    "401-invalid-client": Refused(
        status=401,
        headers={"WWW-Authenticate": f'Basic realm="{PLANTED}"'},
        body=_json(error="invalid_client"),
        error=ClientRejected,
        code="invalid_client",
    ),
    "400-unauthorized-client": Refused(
        body=_json(error="unauthorized_client"),
        error=ClientRejected,
        code="unauthorized_client",
    ),
    "401-unauthorized-client": Refused(
        status=401,
        body=_json(error="unauthorized_client"),
        error=ClientRejected,
        code="unauthorized_client",
    ),
    "400-invalid-scope": Refused(
        body=_json(error="invalid_scope"),
        error=ScopeRejected,
        code="invalid_scope",
        scopes=REQUESTED,
    ),
    "400-temporarily-unavailable": Refused(
        body=_json(error="temporarily_unavailable"),
        error=TemporaryFailure,
        code="temporarily_unavailable",
    ),
    "400-temporarily-unavailable-with-retry-after": Refused(
        body=_json(error="temporarily_unavailable"),
        headers={"Retry-After": "30"},
        error=TemporaryFailure,
        code="temporarily_unavailable",
        retry_after=30,
    ),
    "429-with-a-repeated-retry-after": Refused(
        status=429,
        body=b"{}",
        headers={"Retry-After": "30, 30"},
        error=TemporaryFailure,
        code="http_429",
        retry_after=30,
    ),
    "429-with-a-fraction-of-milliseconds": Refused(
        status=429,
        body=b"{}",
        headers={"retry-after-ms": "1500"},
        error=TemporaryFailure,
        code="http_429",
        retry_after=1.5,
    ),
    "429-with-the-reset-of-a-limit": Refused(
        status=429,
        body=b"{}",
        headers={"RateLimit-Remaining": "0", "RateLimit-Reset": "30"},
        error=TemporaryFailure,
        code="http_429",
        retry_after=30,
    ),
    "429-with-a-wait-in-the-body": Refused(
        status=429,
        body=_json(error="slow_down", retry_after=30.5),
        error=TemporaryFailure,
        code="slow_down",
        retry_after=30.5,
    ),
    "408": _http(408),
    "408-with-invalid-grant": Refused(
        status=408,
        body=_json(error="invalid_grant"),
        error=TemporaryFailure,
        code="invalid_grant",
    ),
    "425": _http(425),
    "425-with-invalid-grant": Refused(
        status=425,
        body=_json(error="invalid_grant"),
        error=TemporaryFailure,
        code="invalid_grant",
    ),
    "400-html": _http(400),
    "401-html": _http(401),
    "403-html": _http(403),
    "403-html-with-retry-after": _http(
        403, headers={"Retry-After": "120"}, retry_after=120
    ),
    "403-json-of-a-gateway": _http(403, body=_json(message=PLANTED)),
    "404-html": _http(404),
    "404-empty": _http(404, body=b""),
    "404-json": _http(
        404,
        body=_json(status=404, error="Not Found", path=PLANTED),
        description="Not Found",
    ),
    "405-html": _http(405),
    "405-json": _http(
        405,
        body=_json(status=405, error="Method Not Allowed"),
        description="Method Not Allowed",
    ),
    "407-proxy-login-page": _http(407),
    "451-html": _http(451),
    "captive-portal-200": replace(
        UNUSABLE, body=HTML, headers=_content_type("text/html")
    ),
    "captive-portal-200-with-a-query": replace(
        UNUSABLE,
        body=b'<meta http-equiv="refresh" content="0; url=//gateway/?id=1&error=login">',
        headers=_content_type("text/html"),
    ),
    "429": _http(429),
    "429-retry-after-seconds": _http(
        429, headers={"Retry-After": "120"}, retry_after=120
    ),
    "429-retry-after-in-lower-case": _http(
        429, headers={"retry-after": "120"}, retry_after=120
    ),
    "429-retry-after-date": _http(
        429, headers={"Retry-After": "Fri, 15 Jan 2027 08:01:00 GMT"}, retry_after=60
    ),
    "429-retry-after-in-the-past": _http(
        429, headers={"Retry-After": "Fri, 15 Jan 2021 08:01:00 GMT"}, retry_after=0
    ),
    "429-retry-after-a-year": _http(
        429, headers={"Retry-After": "31536000"}, retry_after=86400
    ),
    "429-retry-after-nonsense": _http(429, headers={"Retry-After": PLANTED}),
    "429-json": _http(
        429,
        body=_json(error="rate_limited"),
        headers={"Retry-After": "5"},
        code="rate_limited",
        retry_after=5,
    ),
    "503-retry-after-seconds": _http(
        503, headers={"Retry-After": "120"}, retry_after=120
    ),
    "503-retry-after-date": _http(
        503, headers={"Retry-After": "Fri, 15 Jan 2027 08:01:00 GMT"}, retry_after=60
    ),
    "500": _http(500),
    "500-empty": _http(500, body=b""),
    "500-json": _http(500, body=_json(message=PLANTED)),
    "500-server-error": _http(
        500, body=_json(error="server_error"), code="server_error"
    ),
    "500-invalid-grant": _http(
        500, body=_json(error="invalid_grant"), code="invalid_grant"
    ),
    "502": _http(502),
    "504": _http(504),
    "520": _http(520),
    "301": replace(REDIRECT, status=301),
    "302": REDIRECT,
    "303": replace(REDIRECT, status=303),
    "304": replace(REDIRECT, status=304),
    "307": replace(REDIRECT, status=307),
    "308": replace(REDIRECT, status=308),
    "302-with-a-token": replace(REDIRECT, body=_token(refresh_token="refresh-1")),
}


def _read(row: Accepted | Refused, previous: TokenSet | None) -> TokenSet:
    return parse_token_response(
        Response(status=row.status, headers=row.headers, body=row.body),
        server=row.server,
        now=NOW,
        previous=previous,
        requested_scopes=REQUESTED,
    )


@on_both
@pytest.mark.parametrize("row", ACCEPTED.values(), ids=ACCEPTED)
def test_an_answer_leads_to_its_token_set(
    row: Accepted, previous: TokenSet | None
) -> None:
    kept = previous or TokenSet(access_token="none", received_at=NOW)

    assert _read(row, previous) == TokenSet(
        access_token=row.access_token,
        refresh_token=row.refresh_token or kept.refresh_token,
        received_at=NOW,
        expires_at=None if row.expires_in is None else NOW + row.expires_in,
        scopes=kept.scopes if row.scopes is None else row.scopes,
        id_token=row.id_token or kept.id_token,
    )


@on_both
@pytest.mark.parametrize("row", REFUSED.values(), ids=REFUSED)
def test_an_answer_leads_to_its_error(row: Refused, previous: TokenSet | None) -> None:
    with pytest.raises(OAuth2Error) as refused:
        _read(row, previous)

    error = refused.value
    assert (type(error), error.code) == row.expected(previous)
    assert error.description == row.description
    if isinstance(error, TemporaryFailure):
        assert error.retry_after == row.retry_after
    assert getattr(error, "scopes", ()) == row.scopes


@on_both
@pytest.mark.parametrize("row", REFUSED.values(), ids=REFUSED)
def test_the_error_repeats_nothing_of_the_body(
    row: Refused, previous: TokenSet | None, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(OAuth2Error) as refused:
        _read(row, previous)

    error = refused.value
    assert str(error) == error.code
    assert repr(error) == f"{type(error).__name__}({error.code!r})"
    assert PLANTED not in repr(vars(error))
    # A chained JSON error, for example, holds the whole text.
    assert error.__cause__ is None
    assert error.__context__ is None
    assert caplog.text == ""


@pytest.mark.parametrize(
    ("scope", "missing"),
    [
        ("read write admin", ()),
        ("read", ("write", "admin")),
        ("", ()),
    ],
)
def test_scopes_that_were_not_granted_are_named(
    scope: str, missing: tuple[str, ...]
) -> None:
    granted = _read(Accepted(body=_token(scope=scope)), None)

    assert missing_scopes(granted, REQUESTED) == missing


def test_without_scopes_in_the_answer_none_are_missing() -> None:
    assert missing_scopes(_read(Accepted(body=_token()), None), REQUESTED) == ()
