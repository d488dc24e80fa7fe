"""Authorization requests, and the errors of authorization responses."""

from copy import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from custom_components.oauth2_client.oauth2 import (
    AuthorizationServer,
    Client,
    ClientRejected,
    GrantRejected,
    OAuth2Error,
    ScopeRejected,
    TemporaryFailure,
    authorization_error,
    authorization_parameters,
    authorization_url,
)

SERVER = AuthorizationServer(
    authorize_url="https://auth.example/authorize",
    token_url="https://auth.example/token",
)
CLIENT = Client(id="client 1", secret="very-secret")
REDIRECT_URI = "https://my.home-assistant.io/redirect/oauth"
BASE = {
    "response_type": "code",
    "client_id": "client 1",
    "redirect_uri": REDIRECT_URI,
    "state": "st&te",
}


def _url(server: AuthorizationServer = SERVER, **changed: Any) -> str:
    parameters = authorization_parameters(
        server, CLIENT, redirect_uri=REDIRECT_URI, state="st&te", **changed
    )
    return authorization_url(server, parameters)


def _query(url: str) -> dict[str, str]:
    parameters = parse_qsl(urlsplit(url).query, strict_parsing=True)
    assert len(parameters) == len(dict(parameters))
    return dict(parameters)


def test_a_provider_can_replace_the_response_type() -> None:
    server = replace(SERVER, authorize_parameters={"response_type": "auth_code"})

    assert _query(_url(server)) == {**BASE, "response_type": "auth_code"}


def test_a_provider_cannot_replace_other_protocol_parameters() -> None:
    server = replace(
        SERVER, authorize_parameters={"state": "x", "client_id": "x", "a": "b"}
    )

    assert _query(_url(server)) == {**BASE, "a": "b"}


def test_parameters_are_added_to_a_fragment_that_is_a_path() -> None:
    server = replace(SERVER, authorize_url="https://app.example/#/oauth/authorize")
    start, _, query = _url(server).partition("?")

    assert start == "https://app.example/#/oauth/authorize"
    assert dict(parse_qsl(query)) == BASE


def test_the_url_asks_for_a_code() -> None:
    url = _url()

    assert url.startswith("https://auth.example/authorize?")
    assert _query(url) == BASE


@pytest.mark.parametrize(
    ("authorize_url", "start"),
    [
        (
            "https://auth.example/authorize?tenant=a%20b",
            "https://auth.example/authorize?tenant=a%20b&response_type=code&",
        ),
        (
            "https://auth.example/authorize?p=1&q",
            "https://auth.example/authorize?p=1&q&response_type=code&",
        ),
        (
            "https://auth.example:8443/a/authorize?",
            "https://auth.example:8443/a/authorize?response_type=code&",
        ),
        ("https://auth.example", "https://auth.example?response_type=code&"),
    ],
)
def test_the_url_keeps_its_own_query(authorize_url: str, start: str) -> None:
    assert _url(replace(SERVER, authorize_url=authorize_url)).startswith(start)


def test_the_url_loses_its_fragment() -> None:
    url = _url(replace(SERVER, authorize_url="https://auth.example/authorize#login"))

    assert urlsplit(url).fragment == ""
    assert _query(url) == BASE


@pytest.mark.parametrize(
    ("separator", "scopes", "sent"),
    [
        (" ", ["read"], "read"),
        (" ", ["read", "https://api.example/write"], "read https://api.example/write"),
        (",", ["read", "write"], "read,write"),
        ("+", ["read", "write"], "read+write"),
    ],
)
def test_scopes_are_joined_by_the_servers_separator(
    separator: str, scopes: list[str], sent: str
) -> None:
    url = _url(replace(SERVER, scope_separator=separator), scopes=scopes)

    assert _query(url)["scope"] == sent


def test_without_scopes_there_is_no_scope_parameter() -> None:
    assert "scope" not in _query(_url(scopes=[]))


def test_parameters_of_the_provider_are_added_to_the_url() -> None:
    server = replace(
        SERVER, authorize_parameters={"access_type": "offline", "prompt": "consent"}
    )

    assert _query(_url(server)) == BASE | {
        "access_type": "offline",
        "prompt": "consent",
    }


def test_a_verifier_is_sent_as_its_challenge() -> None:
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    url = _url(code_verifier=verifier)

    assert _query(url) == BASE | {
        "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        "code_challenge_method": "S256",
    }
    assert verifier not in url


def test_the_secret_is_not_in_the_url() -> None:
    assert "very-secret" not in _url(code_verifier="v" * 64, scopes=["read"])


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("access_denied", GrantRejected),
        ("login_required", GrantRejected),
        ("consent_required", GrantRejected),
        ("interaction_required", GrantRejected),
        ("unauthorized_client", ClientRejected),
        ("invalid_request", ClientRejected),
        ("unsupported_response_type", ClientRejected),
        ("redirect_uri_mismatch", ClientRejected),
        ("invalid_scope", ScopeRejected),
        ("server_error", TemporaryFailure),
        ("temporarily_unavailable", TemporaryFailure),
    ],
)
def test_an_error_of_the_authorization_response_is_named_after_its_remedy(
    code: str, error: type[OAuth2Error]
) -> None:
    found = authorization_error(code)

    assert (type(found), found.code) == (error, code)


@pytest.mark.parametrize("code", ["", "two\nlines", 'a"b', "x" * 10_000])
def test_a_text_that_is_not_an_error_code_is_not_repeated(code: str) -> None:
    # Anybody who makes a link to the callback can choose this text.
    found = authorization_error(code)

    assert (type(found), found.code) == (
        GrantRejected,
        "unknown_error",
    )
