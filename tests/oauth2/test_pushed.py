"""Pushed authorization requests and the reference in their answer."""

from copy import replace
import json
from typing import Any
from urllib.parse import parse_qs, parse_qsl

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
    ScopeRejected,
    TemporaryFailure,
)
from custom_components.oauth2_client.oauth2.endpoint_answer import json_object
from custom_components.oauth2_client.oauth2.pushed import (
    parse_pushed,
    pushed_authorization_url,
    pushed_request,
)

NOW = 1_800_000_000.0
SERVER = AuthorizationServer(
    authorize_url="https://as.example.com/authorize",
    token_url="https://as.example.com/token",
    pushed_authorization_url="https://as.example.com/as/par",
    client_authentication="client_secret_basic",
)
# RFC 9126, 1.1 and 2.1.
CLIENT = Client(id="s6BhdRkqt3", secret="7Fjfp0ZBr1KtDRbnfVdmIw")
REDIRECT_URI = "https://client.example.org/cb"
REQUEST_URI = "urn:ietf:params:oauth:request_uri:6esc_11ACC5bwc014ltc14eY22c"
PARAMETERS = {
    "response_type": "code",
    "client_id": "s6BhdRkqt3",
    "redirect_uri": REDIRECT_URI,
    "state": "af0ifjsldkj",
}
PLANTED = "planted-in-the-body"


def _answer(status: int = 201, **fields: Any) -> Response:
    return Response(status=status, body=json.dumps(fields).encode())


def test_the_parameters_are_pushed_as_the_rfc_shows() -> None:
    request = pushed_request(SERVER, CLIENT, parameters=PARAMETERS)

    assert (request.method, request.url) == ("POST", SERVER.pushed_authorization_url)
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert request.headers["Authorization"] == (
        "Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3"
    )
    assert dict(parse_qsl((request.body or b"").decode())) == PARAMETERS


def test_a_push_is_form_encoded_even_if_the_token_endpoint_takes_json() -> None:
    server = replace(
        SERVER, token_encoding="json", client_authentication="client_secret_post"
    )
    request = pushed_request(server, CLIENT, parameters=PARAMETERS)

    assert dict(parse_qsl((request.body or b"").decode())) == (
        PARAMETERS | {"client_secret": CLIENT.secret}
    )


def test_a_request_uri_is_not_pushed() -> None:
    parameters = PARAMETERS | {"request_uri": REQUEST_URI}

    assert b"request_uri" not in (
        pushed_request(SERVER, CLIENT, parameters=parameters).body or b""
    )


def test_the_resources_of_the_server_are_pushed() -> None:
    server = replace(SERVER, resources=("https://a.example/", "https://b.example/"))
    body = (pushed_request(server, CLIENT, parameters=PARAMETERS).body or b"").decode()

    assert parse_qs(body)["resource"] == ["https://a.example/", "https://b.example/"]


def test_a_resource_among_the_parameters_replaces_those_of_the_server() -> None:
    server = replace(SERVER, resources=("https://a.example/",))
    parameters = PARAMETERS | {"resource": "https://c.example/"}
    body = (pushed_request(server, CLIENT, parameters=parameters).body or b"").decode()

    assert parse_qs(body)["resource"] == ["https://c.example/"]


def test_the_authentication_that_is_passed_is_used() -> None:
    request = pushed_request(
        SERVER,
        CLIENT,
        parameters=PARAMETERS,
        authenticate=lambda asked, client: replace(
            asked, parameters={**asked.parameters, "client_assertion": client.id}
        ),
    )

    assert "Authorization" not in request.headers
    assert b"client_assertion=s6BhdRkqt3" in (request.body or b"")


@pytest.mark.parametrize(
    ("changed", "error", "code"),
    [
        (
            {"pushed_authorization_url": None},
            RefusedByPolicy,
            "no_pushed_authorization_endpoint",
        ),
        (
            {"client_authentication": "tls_client_auth"},
            ClientRejected,
            "unsupported_client_authentication",
        ),
    ],
)
def test_a_push_without_endpoint_or_authentication_is_refused(
    changed: Any, error: type[OAuth2Error], code: str
) -> None:
    with pytest.raises(error, match=f"^{code}$"):
        pushed_request(replace(SERVER, **changed), CLIENT, parameters=PARAMETERS)


def test_the_reference_is_read_as_the_rfc_shows() -> None:
    # RFC 9126, 2.2.
    answer = _answer(request_uri=REQUEST_URI, expires_in=60)

    assert parse_pushed(answer, now=NOW) == REQUEST_URI


@pytest.mark.parametrize(
    ("response", "error", "code"),
    [
        (_answer(400, error="invalid_request"), ClientRejected, "invalid_request"),
        (_answer(401, error="invalid_client"), ClientRejected, "invalid_client"),
        (_answer(200, error="invalid_client"), ClientRejected, "invalid_client"),
        (_answer(400, error="invalid_scope"), ScopeRejected, "invalid_scope"),
        (_answer(400, error="access_denied"), GrantRejected, "access_denied"),
        (_answer(400, error="server_error"), TemporaryFailure, "server_error"),
        (_answer(400, error=PLANTED), ClientRejected, "unknown_error"),
        (_answer(400, error={"a": PLANTED}), ClientRejected, "unknown_error"),
        (_answer(404, error=PLANTED), ClientRejected, "http_404"),
        (_answer(413), ClientRejected, "http_413"),
        (_answer(429), TemporaryFailure, "http_429"),
        (_answer(503, error="slow_down"), TemporaryFailure, "slow_down"),
        (_answer(503, error=PLANTED), TemporaryFailure, "http_503"),
        (_answer(302), RefusedByPolicy, "redirect_refused"),
        (_answer(), TemporaryFailure, "invalid_pushed_response"),
        (_answer(request_uri=None), TemporaryFailure, "invalid_pushed_response"),
        (_answer(request_uri=["urn:x"]), TemporaryFailure, "invalid_pushed_response"),
        (_answer(request_uri=""), TemporaryFailure, "invalid_pushed_response"),
        (_answer(request_uri="urn:x y"), TemporaryFailure, "invalid_pushed_response"),
        (_answer(request_uri="urn:x\n"), TemporaryFailure, "invalid_pushed_response"),
        (
            _answer(request_uri="u" * 2049),
            TemporaryFailure,
            "invalid_pushed_response",
        ),
        (
            Response(status=200, body=b"<html>"),
            TemporaryFailure,
            "invalid_pushed_response",
        ),
        (
            Response(status=403, body=b"<html>"),
            ClientRejected,
            "http_403",
        ),
    ],
)
def test_an_answer_without_a_reference_is_an_error(
    response: Response, error: type[OAuth2Error], code: str
) -> None:
    with pytest.raises(error) as raised:
        parse_pushed(response, now=NOW)

    assert type(raised.value) is error
    assert (raised.value.code, raised.value.description) == (code, None)


def test_a_temporary_failure_says_how_long_to_wait() -> None:
    response = Response(status=503, headers={"retry-after": "7"})
    with pytest.raises(TemporaryFailure) as raised:
        parse_pushed(response, now=NOW)

    assert raised.value.retry_after == 7


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"a": 1}', {"a": 1}),
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        (b"[]", None),
        (b'"a"', None),
        (b"\xff", None),
        (b"", None),
        (b"[" * 100_000, None),
        (b'{"a": ' + b"1" * 10_000 + b"}", None),
        (b'{"a": "' + b"x" * 300_000 + b'"}', None),
    ],
)
def test_only_an_object_of_bounded_size_is_read(body: bytes, expected: object) -> None:
    assert json_object(body) == expected


def test_the_browsers_url_has_only_the_client_id_and_the_request_uri() -> None:
    # RFC 9126, 4.
    assert pushed_authorization_url(SERVER, CLIENT, REQUEST_URI) == (
        "https://as.example.com/authorize?client_id=s6BhdRkqt3&request_uri=urn%3Aietf"
        "%3Aparams%3Aoauth%3Arequest_uri%3A6esc_11ACC5bwc014ltc14eY22c"
    )


def test_the_browsers_url_keeps_its_query_without_the_providers_parameters() -> None:
    server = replace(
        SERVER,
        authorize_url="https://as.example.com/authorize?p=policy#top",
        authorize_parameters={"prompt": "consent"},
        resources=("https://a.example/",),
    )

    assert pushed_authorization_url(server, CLIENT, "urn:x") == (
        "https://as.example.com/authorize?p=policy&client_id=s6BhdRkqt3&request_uri=urn%3Ax"
    )


FIELDS = st.sampled_from(["request_uri", "expires_in", "expires_at", "error", "errors"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
BODIES = st.binary() | st.dictionaries(FIELDS, VALUES).map(
    lambda fields: json.dumps(fields).encode()
)


@given(st.integers(100, 599), BODIES, st.text(max_size=20))
def test_any_answer_is_a_request_uri_or_an_oauth2_error(
    status: int, body: bytes, wait: str
) -> None:
    response = Response(status=status, headers={"Retry-After": wait}, body=body)
    try:
        read = parse_pushed(response, now=NOW)
    except OAuth2Error as error:
        refused = error
    else:
        assert pushed_authorization_url(SERVER, CLIENT, read).isascii()
        return
    assert refused.description is None
    assert refused.code.isascii() and len(refused.code) <= 64


@given(st.sampled_from([200, 400, 401, 403, 500]), st.sampled_from(["error", "x"]))
def test_an_error_shows_nothing_of_the_body(status: int, key: str) -> None:
    with pytest.raises(OAuth2Error) as raised:
        parse_pushed(
            _answer(status, **{key: PLANTED, "error_description": PLANTED}), now=NOW
        )

    error = raised.value
    assert PLANTED not in f"{error} {error!r} {error.description}"
