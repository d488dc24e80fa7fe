"""Client authentication at the token endpoint, without showing the secret."""

from base64 import b64decode
from collections.abc import Callable
import json
from urllib.parse import parse_qs, unquote_plus

import pytest

from custom_components.oauth2_client.oauth2 import (
    CLIENT_AUTHENTICATION,
    CLIENT_AUTHENTICATIONS,
    SIGNING_AUTHENTICATIONS,
    Client,
    Request,
    TokenRequest,
    client_secret_basic,
    client_secret_post,
    none,
)

# The client of RFC 6749, 2.3.1.
CLIENT = Client(id="s6BhdRkqt3", secret="7Fjfp0ZBr1KtDRbnfVdmIw")
PUBLIC = Client(id="s6BhdRkqt3")
REQUEST = TokenRequest(
    url="https://auth.example/token",
    parameters={
        "grant_type": "refresh_token",
        "refresh_token": "tGzv3JOkF0XG5Qx2TlKWIA",
    },
    headers={"X-Provider": "1"},
)


def _fields(request: Request) -> dict[str, list[str]]:
    return parse_qs((request.body or b"").decode(), strict_parsing=True)


def test_basic_is_the_example_of_the_rfc() -> None:
    headers = client_secret_basic(REQUEST, CLIENT).headers

    assert headers["Authorization"] == (
        "Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3"
    )


@pytest.mark.parametrize(
    ("client_id", "secret"),
    [
        ("urn:client:1", "a:b"),
        ("with space", "plus+percent%slash/"),
        ("zürich", "€uro&=?"),
        ("id", "\u2028\U0001f511"),
        ("id", "line\r\nbreak"),
    ],
)
def test_basic_form_encodes_both_halves_first(client_id: str, secret: str) -> None:
    client = Client(id=client_id, secret=secret)

    header = client_secret_basic(REQUEST, client).headers["Authorization"]
    halves = b64decode(header.removeprefix("Basic ")).decode("ascii").split(":")

    assert [unquote_plus(half) for half in halves] == [client_id, secret]


def test_basic_encodes_a_space_as_a_plus() -> None:
    header = client_secret_basic(REQUEST, Client(id="a b", secret="c d")).headers

    assert b64decode(header["Authorization"].removeprefix("Basic ")) == b"a+b:c+d"


def test_basic_without_a_secret_has_an_empty_half() -> None:
    header = client_secret_basic(REQUEST, PUBLIC).headers["Authorization"]

    assert b64decode(header.removeprefix("Basic ")) == b"s6BhdRkqt3:"


def test_basic_adds_nothing_to_the_body() -> None:
    authenticated = client_secret_basic(REQUEST, CLIENT)

    assert authenticated.parameters == REQUEST.parameters


def test_basic_keeps_the_providers_headers() -> None:
    assert client_secret_basic(REQUEST, CLIENT).headers["X-Provider"] == "1"


def test_post_puts_id_and_secret_in_the_body() -> None:
    authenticated = client_secret_post(REQUEST, CLIENT)

    assert authenticated.parameters == {
        **REQUEST.parameters,
        "client_id": "s6BhdRkqt3",
        "client_secret": "7Fjfp0ZBr1KtDRbnfVdmIw",
    }
    assert authenticated.headers == REQUEST.headers


@pytest.mark.parametrize("secret", [None, ""])
def test_post_without_a_secret_names_the_client_only(secret: str | None) -> None:
    client = Client(id="s6BhdRkqt3", secret=secret)

    assert client_secret_post(REQUEST, client).parameters == {
        **REQUEST.parameters,
        "client_id": "s6BhdRkqt3",
    }


def test_none_never_sends_a_secret() -> None:
    authenticated = none(REQUEST, CLIENT)

    assert authenticated.parameters == {
        **REQUEST.parameters,
        "client_id": "s6BhdRkqt3",
    }
    assert authenticated.headers == REQUEST.headers


@pytest.mark.parametrize("authenticate", CLIENT_AUTHENTICATION.values())
def test_authenticating_does_not_change_the_original_request(
    authenticate: Callable[[TokenRequest, Client], TokenRequest],
) -> None:
    before = (dict(REQUEST.parameters), dict(REQUEST.headers))
    authenticate(REQUEST, CLIENT)

    assert (REQUEST.parameters, REQUEST.headers) == before


def test_authentication_methods_have_the_registered_names() -> None:
    ways = dict(CLIENT_AUTHENTICATION)

    # One more is our own, under a name that no server knows.
    assert ways.pop("client_secret_basic_unencoded") is not None
    assert ways == {
        "client_secret_basic": client_secret_basic,
        "client_secret_post": client_secret_post,
        "none": none,
    }


def test_a_request_is_a_form_unless_told_otherwise() -> None:
    sent = client_secret_post(REQUEST, Client(id="a b", secret="ü&=")).encode()

    assert (sent.method, sent.url) == ("POST", "https://auth.example/token")
    assert sent.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert _fields(sent) == {
        "grant_type": ["refresh_token"],
        "refresh_token": ["tGzv3JOkF0XG5Qx2TlKWIA"],
        "client_id": ["a b"],
        "client_secret": ["ü&="],
    }


def test_a_request_may_be_json() -> None:
    request = TokenRequest(
        url=REQUEST.url, parameters=REQUEST.parameters, encoding="json"
    )
    sent = client_secret_post(request, CLIENT).encode()

    assert sent.headers["Content-Type"] == "application/json"
    assert json.loads(sent.body or b"") == {
        **REQUEST.parameters,
        "client_id": "s6BhdRkqt3",
        "client_secret": "7Fjfp0ZBr1KtDRbnfVdmIw",
    }


def test_a_request_accepts_json() -> None:
    assert REQUEST.encode().headers["Accept"] == "application/json"


def test_a_header_of_the_provider_takes_precedence_over_ours() -> None:
    request = TokenRequest(
        url=REQUEST.url,
        parameters={},
        headers={"Accept": "application/vnd.github+json"},
    )

    assert request.encode().headers["Accept"] == "application/vnd.github+json"


@pytest.mark.parametrize("authenticate", CLIENT_AUTHENTICATION.values())
def test_no_secret_is_in_a_repr(
    authenticate: Callable[[TokenRequest, Client], TokenRequest],
) -> None:
    authenticated = authenticate(REQUEST, CLIENT)
    shown = repr((CLIENT, authenticated, authenticated.encode()))

    for secret in (
        "7Fjfp0ZBr1KtDRbnfVdmIw",
        "tGzv3JOkF0XG5Qx2TlKWIA",
        "czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3",
    ):
        assert secret not in shown


def test_each_method_has_a_function_or_signs() -> None:
    assert (*CLIENT_AUTHENTICATION, *SIGNING_AUTHENTICATIONS) == CLIENT_AUTHENTICATIONS
