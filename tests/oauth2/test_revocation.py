"""Token revocation."""

from copy import replace
import json
from urllib.parse import parse_qsl

from hypothesis import given, strategies as st
import pytest

from custom_components.oauth2_client.oauth2 import (
    AuthorizationServer,
    Client,
    Request,
    Response,
    TemporaryFailure,
    TokenSet,
    authentication_elsewhere,
    client_secret_basic,
    client_secret_post,
    none,
)
from custom_components.oauth2_client.oauth2.revocation import (
    is_revoked,
    revocation_error,
    revocation_requests,
)

SERVER = AuthorizationServer(
    authorize_url="https://server.example.com/authorize",
    token_url="https://server.example.com/token",
    revocation_url="https://server.example.com/revoke",
    client_authentication="client_secret_basic",
    token_encoding="json",
)
# RFC 7009, 2.1.
CLIENT = Client(id="s6BhdRkqt3", secret="gX1fBat3bV")
TOKENS = TokenSet(
    access_token="access-1", refresh_token="45ghiukldjahdnhzdauz", received_at=0
)


def _fields(request: Request) -> dict[str, str]:
    return dict(parse_qsl((request.body or b"").decode(), strict_parsing=True))


def test_the_refresh_token_is_revoked_first_and_as_the_rfc_shows() -> None:
    first, second = revocation_requests(SERVER, CLIENT, TOKENS)

    assert (first.method, first.url) == ("POST", SERVER.revocation_url)
    assert first.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert first.headers["Authorization"] == "Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW"
    assert first.body == b"token=45ghiukldjahdnhzdauz&token_type_hint=refresh_token"
    assert _fields(second) == {"token": "access-1", "token_type_hint": "access_token"}


def test_without_a_refresh_token_the_access_token_is_revoked() -> None:
    (only,) = revocation_requests(SERVER, CLIENT, replace(TOKENS, refresh_token=None))

    assert _fields(only)["token"] == "access-1"


def test_without_a_revocation_endpoint_there_are_no_requests() -> None:
    assert (
        revocation_requests(replace(SERVER, revocation_url=None), CLIENT, TOKENS) == ()
    )


def test_the_authentication_that_is_passed_is_used() -> None:
    for request in revocation_requests(SERVER, CLIENT, TOKENS, authenticate=none):
        assert "Authorization" not in request.headers
        assert _fields(request)["client_id"] == CLIENT.id


def test_no_token_is_in_the_repr_of_a_request() -> None:
    for request in revocation_requests(SERVER, CLIENT, TOKENS):
        assert "access-1" not in repr(request)
        assert "45ghiukldjahdnhzdauz" not in repr(request)


def _error(code: object) -> bytes:
    return json.dumps({"error": code}).encode()


@pytest.mark.parametrize(
    ("status", "body", "revoked"),
    [
        (200, b"", True),
        (200, b"{}", True),
        (200, b"OK", True),
        (204, b"", True),
        (200, b"<!doctype html><title>Sign in to the Wi-Fi</title>", False),
        (200, b"\n <HTML><body>", False),
        (200, _error(None), True),
        (200, _error("invalid_token"), True),
        (200, _error("unsupported_token_type"), False),
        (200, _error(["invalid_token"]), False),
        # Google, for a token that is expired or revoked.
        (400, _error("invalid_token"), True),
        (400, _error("unsupported_token_type"), False),
        (400, _error("invalid_request"), False),
        (401, _error("invalid_client"), False),
        (403, _error("invalid_token"), False),
        (302, b"", False),
        (404, b"", False),
        (503, _error("invalid_token"), False),
    ],
)
def test_a_response_tells_whether_the_token_is_revoked(
    status: int, body: bytes, revoked: bool
) -> None:
    assert is_revoked(Response(status=status, body=body)) is revoked


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (503, b"", "http_503"),
        (429, b"", "http_429"),
        (503, _error("temporarily_unavailable"), "temporarily_unavailable"),
        # The client is not at fault while the server is down.
        (503, _error("invalid_client"), "invalid_client"),
    ],
)
def test_a_server_that_is_busy_says_when_to_ask_again(
    status: int, body: bytes, code: str
) -> None:
    """RFC 7009, 2.2.1."""
    response = Response(status=status, headers={"Retry-After": "120"}, body=body)
    error = revocation_error(response, now=0)

    assert isinstance(error, TemporaryFailure)
    assert (error.code, error.retry_after) == (code, 120)


@given(st.integers(100, 599), st.binary())
def test_any_response_can_be_checked_for_revocation(status: int, body: bytes) -> None:
    assert is_revoked(Response(status=status, body=body)) in {True, False}


@pytest.mark.parametrize(
    ("own", "secret", "taken", "how"),
    [
        ("client_secret_basic", "s", (), None),
        ("client_secret_basic", "s", ("client_secret_basic", "none"), None),
        ("client_secret_basic", "s", ("client_secret_post",), client_secret_post),
        ("client_secret_post", "s", ("client_secret_basic",), client_secret_basic),
        ("client_secret_jwt", "s", ("client_secret_post",), client_secret_post),
        ("none", None, ("client_secret_basic",), None),
        ("client_secret_post", None, ("none",), none),
        ("client_secret_basic", "s", ("private_key_jwt",), None),
        # A private key is never sent.
        ("private_key_jwt", "key", ("client_secret_post",), None),
    ],
)
def test_d6_a_client_authenticates_with_a_method_that_the_endpoint_accepts(
    own: str, secret: str | None, taken: tuple[str, ...], how: object
) -> None:
    server = replace(SERVER, client_authentication=own)
    client = Client(id="id", secret=secret)

    assert authentication_elsewhere(server, client, taken) is how
