"""The requests that exchange a code and that refresh."""

from base64 import b64encode
from copy import replace
import json
from typing import Any
from urllib.parse import parse_qsl

import pytest

from custom_components.oauth2_client.oauth2 import (
    AuthorizationServer,
    Client,
    Request,
    TokenEncoding,
    authorization_code_request,
    refresh_request,
)

SERVER = AuthorizationServer(
    authorize_url="https://auth.example/authorize",
    token_url="https://auth.example/token",
)
CLIENT = Client(id="client-1", secret="very-secret")
REDIRECT_URI = "https://my.home-assistant.io/redirect/oauth"
CREDENTIALS = {"client_id": "client-1", "client_secret": "very-secret"}
EXCHANGE = {
    "grant_type": "authorization_code",
    "code": "c/d+e",
    "redirect_uri": REDIRECT_URI,
}
REFRESH = {"grant_type": "refresh_token", "refresh_token": "r/s+t"}


def _exchange(server: AuthorizationServer = SERVER, **changed: Any) -> Request:
    return authorization_code_request(
        server, CLIENT, code="c/d+e", redirect_uri=REDIRECT_URI, **changed
    )


def _refresh(server: AuthorizationServer = SERVER, **changed: Any) -> Request:
    return refresh_request(server, CLIENT, refresh_token="r/s+t", **changed)


def _fields(request: Request) -> dict[str, str]:
    parameters = parse_qsl((request.body or b"").decode(), strict_parsing=True)
    assert len(parameters) == len(dict(parameters))
    return dict(parameters)


def test_a_code_is_exchanged() -> None:
    request = _exchange()

    assert (request.method, request.url) == ("POST", SERVER.token_url)
    assert _fields(request) == EXCHANGE | CREDENTIALS


def test_a_code_is_exchanged_with_the_verifier() -> None:
    assert _fields(_exchange(code_verifier="v" * 64)) == (
        EXCHANGE | CREDENTIALS | {"code_verifier": "v" * 64}
    )


def test_a_token_is_refreshed() -> None:
    request = _refresh()

    assert (request.method, request.url) == ("POST", SERVER.token_url)
    assert _fields(request) == REFRESH | CREDENTIALS


def test_a_token_is_refreshed_at_the_refresh_url() -> None:
    server = replace(SERVER, refresh_url="https://auth.example/refresh")

    assert _refresh(server).url == "https://auth.example/refresh"
    assert _exchange(server).url == "https://auth.example/token"


def test_each_request_has_the_parameters_of_the_provider_for_it() -> None:
    server = replace(
        SERVER,
        authorize_parameters={"prompt": "consent"},
        token_parameters={"audience": "api"},
        refresh_parameters={"redirect_uri": REDIRECT_URI},
    )

    assert _fields(_exchange(server)) == EXCHANGE | CREDENTIALS | {"audience": "api"}
    assert _fields(_refresh(server)) == (
        REFRESH | CREDENTIALS | {"redirect_uri": REDIRECT_URI}
    )


@pytest.mark.parametrize("build", [_exchange, _refresh])
def test_the_providers_headers_are_sent(build: Any) -> None:
    server = replace(SERVER, token_headers={"User-Agent": "Home Assistant"})

    assert build(server).headers == {
        "Accept": "application/json",
        "Content-Type": "application/x-www-form-urlencoded",
        "User-Agent": "Home Assistant",
    }


@pytest.mark.parametrize(
    ("build", "parameters"), [(_exchange, EXCHANGE), (_refresh, REFRESH)]
)
def test_the_request_is_json_at_a_server_that_takes_json(
    build: Any, parameters: dict[str, str]
) -> None:
    request = build(replace(SERVER, token_encoding="json"))

    assert request.headers["Content-Type"] == "application/json"
    assert json.loads(request.body) == parameters | CREDENTIALS


@pytest.mark.parametrize(
    ("build", "parameters"), [(_exchange, EXCHANGE), (_refresh, REFRESH)]
)
def test_the_client_authenticates_with_basic_at_a_server_that_takes_basic(
    build: Any, parameters: dict[str, str]
) -> None:
    request = build(replace(SERVER, client_authentication="client_secret_basic"))
    credentials = b64encode(b"client-1:very-secret").decode()

    assert request.headers["Authorization"] == f"Basic {credentials}"
    assert _fields(request) == parameters


@pytest.mark.parametrize(
    ("build", "parameters"), [(_exchange, EXCHANGE), (_refresh, REFRESH)]
)
def test_a_public_client_sends_only_its_id(
    build: Any, parameters: dict[str, str]
) -> None:
    request = build(replace(SERVER, client_authentication="none"))

    assert "Authorization" not in request.headers
    assert _fields(request) == parameters | {"client_id": "client-1"}


@pytest.mark.parametrize("build", [_exchange, _refresh])
@pytest.mark.parametrize("encoding", ["form", "json"])
@pytest.mark.parametrize(
    "authentication", ["client_secret_basic", "client_secret_post", "none"]
)
def test_no_secret_is_in_the_repr_of_a_request(
    build: Any, encoding: TokenEncoding, authentication: str
) -> None:
    server = replace(
        SERVER,
        token_url="https://auth.example/token?key=very-secret",
        token_encoding=encoding,
        client_authentication=authentication,
    )

    assert repr(build(server)) == "Request(method='POST')"
