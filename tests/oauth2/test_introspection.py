"""Token introspection."""

from copy import replace
import json
from typing import Any
from urllib.parse import parse_qsl

from hypothesis import given, strategies as st
import pytest

from custom_components.oauth2_client.oauth2 import (
    AuthorizationServer,
    Client,
    ClientRejected,
    GrantRejected,
    OAuth2Error,
    RefusedByPolicy,
    Response,
    TemporaryFailure,
    none,
)
from custom_components.oauth2_client.oauth2.introspection import (
    introspection_request,
    parse_introspection,
)

SERVER = AuthorizationServer(
    authorize_url="https://server.example.com/authorize",
    token_url="https://server.example.com/token",
    introspection_url="https://server.example.com/introspect",
    client_authentication="client_secret_basic",
)
CLIENT = Client(id="s6BhdRkqt3", secret="gX1fBat3bV")
PLANTED = "planted-in-the-body"


def _answer(status: int = 200, **fields: Any) -> Response:
    return Response(status=status, body=json.dumps(fields).encode())


def test_the_request_is_that_of_the_rfcs_example() -> None:
    # RFC 7662, 2.1.
    request = introspection_request(
        SERVER, CLIENT, token="mF_9.B5f-4.1JqM", hint="access_token"
    )

    assert (request.method, request.url) == ("POST", SERVER.introspection_url)
    assert request.headers["Accept"] == "application/json"
    assert request.headers["Authorization"] == "Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW"
    assert request.body == b"token=mF_9.B5f-4.1JqM&token_type_hint=access_token"
    assert "mF_9" not in repr(request)


def test_a_public_client_sends_its_id_and_the_token() -> None:
    request = introspection_request(SERVER, CLIENT, token="t", authenticate=none)

    assert dict(parse_qsl((request.body or b"").decode())) == {
        "token": "t",
        "client_id": "s6BhdRkqt3",
    }


def test_without_an_introspection_endpoint_there_is_no_request() -> None:
    server = replace(SERVER, introspection_url=None)
    with pytest.raises(RefusedByPolicy, match="^no_introspection_endpoint$"):
        introspection_request(server, CLIENT, token="t")


def test_the_answer_of_the_rfcs_example_is_active() -> None:
    # RFC 7662, 2.2.
    response = _answer(
        active=True,
        client_id="l238j323ds-23ij4",
        username="jdoe",
        scope="read write dolphin",
        sub="Z5O3upPC88QrAjx00dis",
        aud="https://protected.example.net/resource",
        iss="https://server.example.com/",
        exp=1419356238,
        iat=1419350238,
        extension_field="twenty-seven",
    )

    assert parse_introspection(response, now=0) is True


def test_an_inactive_token_is_reported() -> None:
    # RFC 7662, 2.2.
    assert parse_introspection(_answer(active=False), now=0) is False


INVALID = "invalid_introspection_response"


@pytest.mark.parametrize(
    ("response", "error", "code"),
    [
        (_answer(401, error="invalid_client"), ClientRejected, "invalid_client"),
        # RFC 7662, 2.3: where the client authenticates with a token.
        (_answer(401, error="invalid_token"), GrantRejected, "invalid_token"),
        (_answer(400, error=PLANTED), ClientRejected, "unknown_error"),
        (_answer(401), ClientRejected, "http_401"),
        (_answer(404), ClientRejected, "http_404"),
        (_answer(500), TemporaryFailure, "http_500"),
        (_answer(307), RefusedByPolicy, "redirect_refused"),
        (_answer(), TemporaryFailure, INVALID),
        (_answer(active="true"), TemporaryFailure, INVALID),
        (_answer(active=1), TemporaryFailure, INVALID),
        (_answer(active=None), TemporaryFailure, INVALID),
        (Response(status=200, body=b"[true]"), TemporaryFailure, INVALID),
        (Response(status=200, body=b"<html>"), TemporaryFailure, INVALID),
    ],
)
def test_an_answer_without_active_is_an_error(
    response: Response, error: type[OAuth2Error], code: str
) -> None:
    with pytest.raises(error) as raised:
        parse_introspection(response, now=0)

    assert type(raised.value) is error
    assert (raised.value.code, raised.value.description) == (code, None)


def test_a_server_that_is_busy_says_when_to_ask_again() -> None:
    with pytest.raises(TemporaryFailure) as raised:
        parse_introspection(Response(status=503, headers={"Retry-After": "120"}), now=0)

    assert raised.value.retry_after == 120


FIELDS = st.sampled_from(["active", "scope", "exp", "client_id", "error"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
BODIES = st.binary() | st.dictionaries(FIELDS, VALUES).map(
    lambda fields: json.dumps({"active": True} | fields).encode()
)


@given(st.sampled_from([200, 302, 400, 401, 403, 500]), BODIES)
def test_any_answer_is_a_result_or_an_oauth2_error(status: int, body: bytes) -> None:
    try:
        active = parse_introspection(Response(status=status, body=body), now=0)
    except OAuth2Error as error:
        refused = error
    else:
        assert active is json.loads(body)["active"]
        return
    assert refused.description is None
    assert refused.code.isascii() and len(refused.code) <= 64


@given(st.sampled_from([400, 401, 403, 500]))
def test_an_error_shows_nothing_of_the_body(status: int) -> None:
    with pytest.raises(OAuth2Error) as raised:
        parse_introspection(
            _answer(status, error=PLANTED, error_description=PLANTED), now=0
        )

    assert PLANTED not in f"{raised.value} {raised.value!r} {raised.value.description}"
