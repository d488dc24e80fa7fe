"""Our requests compared with those that Authlib builds of the same values."""

from types import SimpleNamespace
from urllib.parse import parse_qsl, urlsplit

from authlib.oauth2.auth import encode_client_secret_basic
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from hypothesis import given, strategies as st

from custom_components.oauth2_client.oauth2 import (
    AuthorizationServer,
    Client,
    TokenRequest,
    authorization_parameters,
    authorization_url,
    client_secret_basic,
    code_challenge,
    refresh_request,
)

SERVER = AuthorizationServer(
    authorize_url="https://example.com/authorize?tenant=a",
    token_url="https://example.com/token",
    client_authentication="none",
)
UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
TEXT = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1)


@given(st.text(UNRESERVED, min_size=43, max_size=128))
def test_a_code_challenge_is_that_of_authlib(verifier: str) -> None:
    assert code_challenge(verifier) == create_s256_code_challenge(verifier)


@given(client_id=TEXT, state=TEXT)
def test_an_authorization_url_is_that_of_authlib(client_id: str, state: str) -> None:
    parameters = authorization_parameters(
        SERVER,
        Client(id=client_id),
        redirect_uri="https://home.example/callback",
        state=state,
        scopes=["read", "write"],
    )
    theirs = prepare_grant_uri(
        SERVER.authorize_url,
        client_id,
        "code",
        redirect_uri="https://home.example/callback",
        scope="read write",
        state=state,
    )
    assert _query(authorization_url(SERVER, parameters)) == _query(theirs)


@given(refresh_token=TEXT)
def test_a_refresh_request_is_that_of_authlib(refresh_token: str) -> None:
    ours = refresh_request(SERVER, Client(id="id"), refresh_token=refresh_token)
    theirs = prepare_token_request(
        "refresh_token", refresh_token=refresh_token, client_id="id"
    )
    body = (ours.body or b"").decode()
    assert sorted(parse_qsl(body)) == sorted(parse_qsl(theirs))


@given(client_id=st.text(UNRESERVED[:62]), secret=st.text(UNRESERVED[:62]))
def test_basic_is_that_of_authlib_where_nothing_needs_encoding(
    client_id: str, secret: str
) -> None:
    theirs = SimpleNamespace(client_id=client_id, client_secret=secret)
    _, headers, _ = encode_client_secret_basic(theirs, "POST", SERVER.token_url, {}, "")
    ours = client_secret_basic(
        TokenRequest(url=SERVER.token_url, parameters={}),
        Client(id=client_id, secret=secret),
    )
    assert ours.headers["Authorization"] == headers["Authorization"]


def _query(url: str) -> list[tuple[str, str]]:
    return sorted(parse_qsl(urlsplit(url).query, keep_blank_values=True))
