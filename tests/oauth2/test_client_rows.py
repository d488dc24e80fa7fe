"""Client authentication: rows C2, C5 and C6 of what servers do."""

from base64 import b64decode
from copy import replace
from typing import Any, Final
from urllib.parse import parse_qsl

import pytest

from custom_components.oauth2_client.oauth2 import (
    CLIENT_AUTHENTICATIONS,
    AuthorizationServer,
    Client,
    TokenSet,
    authorization_code_request,
    client_credentials_request,
    device_authorization_request,
    device_token_request,
    introspection_request,
    pushed_request,
    refresh_request,
    revocation_requests,
)

_SERVER: Final = AuthorizationServer(
    authorize_url="https://server.example.com/authorize",
    token_url="https://server.example.com/token",
    device_authorization_url="https://server.example.com/device",
    pushed_authorization_url="https://server.example.com/par",
    revocation_url="https://server.example.com/revoke",
    introspection_url="https://server.example.com/introspect",
)
_CLIENT: Final = Client(id="client-1", secret="secret-1")
_TOKENS: Final = TokenSet(
    access_token="access-1", refresh_token="refresh-1", received_at=0
)
_METHODS: Final = ("client_secret_basic", "client_secret_post", "none")

_REQUESTS: Final[dict[str, Any]] = {
    "code": lambda server, client: authorization_code_request(
        server, client, code="1", redirect_uri="https://home.example.com"
    ),
    "refresh": lambda server, client: refresh_request(
        server, client, refresh_token="1"
    ),
    "client credentials": client_credentials_request,
    "device": device_authorization_request,
    "device poll": lambda server, client: device_token_request(
        server, client, device_code="1"
    ),
    "pushed": lambda server, client: pushed_request(server, client, parameters={}),
    "revocation": lambda server, client: revocation_requests(server, client, _TOKENS)[
        0
    ],
    "introspection": lambda server, client: introspection_request(
        server, client, token="1"
    ),
}


def _fields(body: bytes | None) -> list[tuple[str, str]]:
    return parse_qsl((body or b"").decode(), keep_blank_values=True)


@pytest.mark.parametrize("method", _METHODS, ids=[f"C2-{each}" for each in _METHODS])
def test_c2_a_device_names_its_client_once_in_the_body(method: str) -> None:
    server = replace(_SERVER, client_authentication=method)
    request = device_authorization_request(server, _CLIENT, scopes=["read"])

    assert _fields(request.body).count(("client_id", "client-1")) == 1
    basic = "Authorization" in request.headers
    assert basic == (method == "client_secret_basic")


@pytest.mark.parametrize("method", _METHODS, ids=[f"C2-{each}" for each in _METHODS])
def test_c2_a_device_names_its_client_in_each_poll(method: str) -> None:
    """OAuthlib refuses a poll with Basic alone: `invalid_request` (django-allauth)."""
    server = replace(_SERVER, client_authentication=method)
    request = device_token_request(server, _CLIENT, device_code="device-1")

    assert _fields(request.body).count(("client_id", "client-1")) == 1
    basic = "Authorization" in request.headers
    assert basic == (method == "client_secret_basic")


@pytest.mark.parametrize(
    "method",
    CLIENT_AUTHENTICATIONS,
    ids=[f"C5-{each}" for each in CLIENT_AUTHENTICATIONS],
)
@pytest.mark.parametrize("secret", [None, ""])
@pytest.mark.parametrize("kind", _REQUESTS)
def test_c5_without_a_secret_only_the_id_is_sent(
    kind: str, secret: str | None, method: str
) -> None:
    server = replace(_SERVER, client_authentication=method)
    request = _REQUESTS[kind](server, Client(id="client-1", secret=secret))

    assert "Authorization" not in request.headers
    fields = _fields(request.body)
    assert fields.count(("client_id", "client-1")) == 1
    assert "client_secret" not in dict(fields)


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("client_secret_basic", b"client%2F1:a%2Bb+%25%2F%3D"),
        ("client_secret_basic_unencoded", b"client/1:a+b %/="),
    ],
    ids=["C6-encoded", "C6-as it is"],
)
@pytest.mark.parametrize("kind", _REQUESTS)
def test_c6_unencoded_basic_has_id_and_secret_unchanged(
    kind: str, method: str, expected: bytes
) -> None:
    server = replace(_SERVER, client_authentication=method)
    request = _REQUESTS[kind](server, Client(id="client/1", secret="a+b %/="))

    scheme, _, value = request.headers["Authorization"].partition(" ")
    assert (scheme, b64decode(value)) == ("Basic", expected)
    assert "client_secret" not in dict(_fields(request.body))
