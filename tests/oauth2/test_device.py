"""Signing in on another device (RFC 8628)."""

from base64 import b64encode
from collections.abc import Mapping
from copy import replace
import json
from typing import Any
from urllib.parse import parse_qsl

from hypothesis import example, given, strategies as st
import pytest

from custom_components.oauth2_client.oauth2 import (
    AuthorizationServer,
    Client,
    ClientRejected,
    GrantRejected,
    OAuth2Error,
    RefusedByPolicy,
    Request,
    Response,
    ScopeRejected,
    TemporaryFailure,
    TokenRequest,
    TokenSet,
)
from custom_components.oauth2_client.oauth2.device import (
    DeviceAuthorization,
    Wait,
    device_authorization_request,
    device_token_request,
    first_wait,
    parse_device_authorization,
    poll_outcome,
    web_address,
)

NOW = 1_800_000_000.0
SERVER = AuthorizationServer(
    authorize_url="https://server.example.com/authorize",
    token_url="https://server.example.com/token",
    device_authorization_url="https://server.example.com/device_authorization",
)
# RFC 8628, 3.1, 3.2 and 3.4.
PUBLIC = Client(id="1406020730")
CLIENT = Client(id="client-1", secret="very-secret")
DEVICE_CODE = "GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS"
ANSWER: Mapping[str, Any] = {
    "device_code": DEVICE_CODE,
    "user_code": "WDJB-MJHT",
    "verification_uri": "https://example.com/device",
    "verification_uri_complete": "https://example.com/device?user_code=WDJB-MJHT",
    "expires_in": 1800,
    "interval": 5,
}
AUTHORIZATION = DeviceAuthorization(
    device_code=DEVICE_CODE,
    user_code="WDJB-MJHT",
    verification_uri="https://example.com/device",
    verification_uri_complete="https://example.com/device?user_code=WDJB-MJHT",
    expires_at=NOW + 1800,
    interval=5,
)
PLANTED = "planted-in-the-body"
HTML = f"<html><body>{PLANTED}</body></html>".encode()


def _response(status: int = 200, /, **fields: Any) -> Response:
    return Response(status=status, body=json.dumps(fields).encode())


def _parse(**changed: Any) -> DeviceAuthorization:
    """Return the parsed answer of the RFC, with some fields changed, or omitted for None."""
    fields = {
        key: value for key, value in {**ANSWER, **changed}.items() if value is not None
    }
    return parse_device_authorization(_response(**fields), now=NOW)


def _poll(
    response: Response, *, interval: float = 5, **changed: Any
) -> TokenSet | Wait:
    return poll_outcome(response, server=SERVER, now=NOW, interval=interval, **changed)


def _wait(response: Response, *, interval: float = 5) -> Wait:
    outcome = _poll(response, interval=interval)
    assert isinstance(outcome, Wait)
    return outcome


def _fields(request: Request) -> list[tuple[str, str]]:
    return parse_qsl((request.body or b"").decode(), strict_parsing=True)


# The requests


def test_the_authorization_request_is_that_of_the_rfc() -> None:
    request = device_authorization_request(SERVER, PUBLIC, scopes=["example_scope"])

    assert (request.method, request.url) == ("POST", SERVER.device_authorization_url)
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert sorted(_fields(request)) == [
        ("client_id", "1406020730"),
        ("scope", "example_scope"),
    ]


def test_the_token_request_is_that_of_the_rfc() -> None:
    request = device_token_request(SERVER, PUBLIC, device_code=DEVICE_CODE)

    assert (request.method, request.url) == ("POST", SERVER.token_url)
    assert request.body == (
        b"grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code"
        b"&device_code=GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS"
        b"&client_id=1406020730"
    )


def test_without_scopes_none_are_sent() -> None:
    assert _fields(device_authorization_request(SERVER, PUBLIC)) == [
        ("client_id", "1406020730")
    ]


def test_scopes_are_joined_by_the_servers_separator() -> None:
    server = replace(SERVER, scope_separator=",")
    request = device_authorization_request(server, PUBLIC, scopes=["read", "write"])

    assert ("scope", "read,write") in _fields(request)


def test_without_a_device_endpoint_there_is_no_request() -> None:
    server = replace(SERVER, device_authorization_url=None)

    with pytest.raises(RefusedByPolicy) as caught:
        device_authorization_request(server, PUBLIC)
    assert caught.value.code == "no_device_authorization_endpoint"


def _start(server: AuthorizationServer, **changed: Any) -> Request:
    return device_authorization_request(server, CLIENT, **changed)


def _ask(server: AuthorizationServer, **changed: Any) -> Request:
    return device_token_request(server, CLIENT, device_code="device-1", **changed)


on_both = pytest.mark.parametrize("build", [_start, _ask])


@on_both
def test_the_client_authenticates_in_the_body(build: Any) -> None:
    assert {("client_id", "client-1"), ("client_secret", "very-secret")} <= {
        *_fields(build(SERVER))
    }


@on_both
def test_the_client_authenticates_with_basic(build: Any) -> None:
    request = build(replace(SERVER, client_authentication="client_secret_basic"))

    credentials = b64encode(b"client-1:very-secret").decode()
    assert request.headers["Authorization"] == f"Basic {credentials}"
    assert b"secret" not in request.body


@on_both
def test_the_authentication_that_is_passed_takes_precedence(build: Any) -> None:
    def authenticate(request: TokenRequest, client: Client) -> TokenRequest:
        return replace(request, parameters={**request.parameters, "made": client.id})

    request = build(
        replace(SERVER, client_authentication="private_key_jwt"),
        authenticate=authenticate,
    )
    assert ("made", "client-1") in _fields(request)


@on_both
def test_a_signing_method_without_an_authentication_is_an_error(build: Any) -> None:
    with pytest.raises(ClientRejected) as caught:
        build(replace(SERVER, client_authentication="private_key_jwt"))
    assert caught.value.code == "unsupported_client_authentication"


@on_both
def test_the_servers_headers_and_resources_are_sent(build: Any) -> None:
    request = build(
        replace(
            SERVER,
            token_headers={"User-Agent": "Home Assistant"},
            resources=("https://a.example/", "https://b.example/?x=1&y=2"),
        )
    )

    assert request.headers["User-Agent"] == "Home Assistant"
    assert _fields(request)[-2:] == [
        ("resource", "https://a.example/"),
        ("resource", "https://b.example/?x=1&y=2"),
    ]


def test_parameters_of_the_token_endpoint_go_there_only() -> None:
    server = replace(SERVER, token_parameters={"audience": "api"})

    assert ("audience", "api") in _fields(_ask(server))
    assert ("audience", "api") not in _fields(_start(server))


def test_json_goes_to_the_token_endpoint_only() -> None:
    server = replace(SERVER, token_encoding="json")

    assert json.loads(_ask(server).body or b"")["device_code"] == "device-1"
    assert ("client_id", "client-1") in _fields(_start(server))


@on_both
def test_no_secret_is_in_the_repr_of_a_request(build: Any) -> None:
    assert repr(build(SERVER)) == "Request(method='POST')"


# The answer of the device authorization endpoint


def test_the_answer_of_the_rfc_is_read() -> None:
    assert _parse() == AUTHORIZATION


def test_the_device_code_is_not_in_the_repr() -> None:
    assert DEVICE_CODE not in repr(_parse())
    assert "WDJB-MJHT" in repr(_parse())


def test_googles_answer_is_read() -> None:
    body = (
        b'{"device_code": "4/4-GMMhmHCXhWEzkobqIHGG_EnNYYsAkukHspeYUk9E8",'
        b'"user_code": "GQVQ-JKEC", "verification_url": "https://www.google.com/device",'
        b'"expires_in": 1800, "interval": 5}'
    )
    assert parse_device_authorization(
        Response(status=200, body=body), now=NOW
    ) == DeviceAuthorization(
        device_code="4/4-GMMhmHCXhWEzkobqIHGG_EnNYYsAkukHspeYUk9E8",
        user_code="GQVQ-JKEC",
        verification_uri="https://www.google.com/device",
        expires_at=NOW + 1800,
        interval=5,
    )


def test_a_byte_order_mark_is_ignored() -> None:
    body = b"\xef\xbb\xbf" + json.dumps(ANSWER).encode()

    assert (
        parse_device_authorization(Response(status=200, body=body), now=NOW)
        == AUTHORIZATION
    )


@pytest.mark.parametrize(
    ("sent", "seconds"),
    [
        (None, 5),
        (1, 1),
        (7, 7),
        (2.5, 2.5),
        (60, 60),
        ("10", 10),
        (0, 1),
        (-5, 1),
        (61, 61),
        # As long as the code lasts.
        (1800, 1800),
        (1801, 1800),
        (10**400, 1800),
        (float("inf"), 1800),
        (float("nan"), 1),
        (True, 5),
        ("soon", 5),
        ("9" * 5000, 5),
        ("²", 5),
        ([], 5),
        ({}, 5),
    ],
)
def test_the_interval_is_bounded(sent: object, seconds: float) -> None:
    assert _parse(interval=sent).interval == seconds


@pytest.mark.parametrize(
    ("sent", "seconds"),
    [
        (None, 900),
        (600, 600),
        ("600", 600),
        (600.5, 600.5),
        (3600, 3600),
        (3601, 3600),
        (10**400, 900),
        # A date, which other servers send; the second in milliseconds.
        (NOW + 60, 60),
        ((NOW + 7200) * 1000, 3600),
        (0, 900),
        (-1, 900),
        (float("nan"), 900),
        (True, 900),
        ("soon", 900),
        ([], 900),
    ],
)
def test_the_lifetime_is_bounded(sent: object, seconds: float) -> None:
    assert _parse(expires_in=sent).expires_at == NOW + seconds


@pytest.mark.parametrize("code", ["WDJB-MJHT", " 123 456 ", "äöü", "a" * 64])
def test_user_codes_are_shown(code: str) -> None:
    assert _parse(user_code=code).user_code == code.strip()


@pytest.mark.parametrize(
    "changed",
    [
        {"user_code": None},
        {"user_code": ""},
        {"user_code": "  "},
        {"user_code": 1234},
        {"user_code": "a" * 65},
        {"user_code": "a\nb"},
        {"user_code": "a\x00b"},
        {"user_code": "a\x1b[31mb"},
        {"user_code": "a\u202eb"},
        {"user_code": "a\ud800b"},
        {"device_code": None},
        {"device_code": ""},
        {"device_code": 1},
        {"device_code": ["x"]},
        {"device_code": "x" * 4097},
        {"device_code": "x\r\ny"},
        {"device_code": "ä"},
        {"verification_uri": None},
        {"verification_uri": ["https://example.com"]},
        {"verification_uri": "javascript:alert(1)"},
        {"verification_uri": None, "verification_url": "file:///etc/passwd"},
    ],
)
def test_codes_that_cannot_be_shown_or_sent_are_refused(
    changed: dict[str, Any],
) -> None:
    with pytest.raises(TemporaryFailure) as caught:
        _parse(**changed)
    assert caught.value.code == "invalid_device_response"


ADDRESSES = [
    "https://example.com",
    "http://192.168.1.2:8080/device",
    "HTTPS://example.com/device?user_code=A-B&x=%20#top",
    "https://[::1]:8123/",
]
NO_ADDRESSES = [
    None,
    1,
    "",
    "example.com/device",
    "//example.com/device",
    "ftp://example.com",
    "javascript:alert(1)",
    "data:text/html,x",
    "https://",
    "https:///device",
    "https://:443/",
    "https://google.com@evil.example/",
    "https://evil.example\\@google.com/",
    "https://example.com/a b",
    "https://example.com/\n",
    "https://example.com/\t",
    'https://example.com/"onclick="x',
    "https://example.com/<script>",
    "https://ex\u202eample.com/",
    "https://[::1",
    "https://example.com:port/",
    "https://example.com:99999/",
    "https://example.com/" + "x" * 2000,
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_verification_addresses_on_the_web_are_used(address: str) -> None:
    answer = _parse(verification_uri=address, verification_uri_complete=address)

    assert (answer.verification_uri, answer.verification_uri_complete) == (
        address,
        address,
    )


@pytest.mark.parametrize("address", NO_ADDRESSES)
def test_other_verification_addresses_are_not_used(address: object) -> None:
    assert web_address(address) is None
    # Optional: without it, the user types the code.
    assert _parse(verification_uri_complete=address).verification_uri_complete is None


@pytest.mark.parametrize(
    ("response", "error", "code"),
    [
        (_response(401, error="invalid_client"), ClientRejected, "invalid_client"),
        (_response(400, error="invalid_scope"), ScopeRejected, "invalid_scope"),
        (
            _response(400, error="unauthorized_client"),
            ClientRejected,
            "unauthorized_client",
        ),
        # GitHub refuses with 200.
        (_response(200, error="access_denied"), GrantRejected, "access_denied"),
        (
            _response(200, errors=[{"code": "invalid_client"}]),
            ClientRejected,
            "invalid_client",
        ),
        (_response(503, error="server_error"), TemporaryFailure, "server_error"),
        (_response(403, **ANSWER), ClientRejected, "http_403"),
        (_response(302, **ANSWER), RefusedByPolicy, "redirect_refused"),
        (Response(status=404, body=HTML), ClientRejected, "http_404"),
        (
            Response(status=200, body=HTML),
            TemporaryFailure,
            "invalid_device_response",
        ),
        (Response(status=200), TemporaryFailure, "invalid_device_response"),
        (
            _response(200, errors="of some kind", access_token="access-1"),
            TemporaryFailure,
            "invalid_device_response",
        ),
        (
            Response(status=200, body=b"[1]"),
            TemporaryFailure,
            "invalid_device_response",
        ),
        (
            Response(status=200, body=b"[" * 60_000),
            TemporaryFailure,
            "invalid_device_response",
        ),
        (
            Response(status=200, body=json.dumps(ANSWER).encode() + b" " * 70_000),
            TemporaryFailure,
            "invalid_device_response",
        ),
    ],
)
def test_the_error_says_what_mends_it(
    response: Response, error: type[OAuth2Error], code: str
) -> None:
    with pytest.raises(error) as caught:
        parse_device_authorization(response, now=NOW)
    assert caught.value.code == code
    assert PLANTED not in f"{caught.value!r}{caught.value}{caught.value.description}"


def test_the_description_does_not_repeat_what_was_sent() -> None:
    response = _response(
        401, error="invalid_client", error_description="no client has very-secret"
    )
    with pytest.raises(ClientRejected) as caught:
        parse_device_authorization(response, now=NOW, request=_start(SERVER))
    assert caught.value.description == "no client has …"


# The polls


def test_a_token_answer_ends_the_polling() -> None:
    outcome = _poll(_response(access_token="access-1", expires_in=3600))

    assert isinstance(outcome, TokenSet)
    assert (outcome.access_token, outcome.expires_at) == ("access-1", NOW + 3600)


@pytest.mark.parametrize(
    ("response", "interval"),
    [
        (_response(400, error="authorization_pending"), 5),
        # GitHub and Google.
        (_response(200, error="authorization_pending"), 5),
        (_response(428, error="authorization_pending"), 5),
        (_response(429, error="authorization_pending"), 5),
        (_response(400, error="slow_down"), 10),
        (_response(200, error="slow_down", interval=10), 10),
        (_response(403, error="slow_down"), 10),
        (_response(503), 10),
        (_response(429), 10),
        (_response(400, error="temporarily_unavailable"), 10),
        (Response(status=403, body=HTML), 10),
        (Response(status=200, body=HTML), 10),
        (Response(status=200), 10),
    ],
)
def test_each_answer_without_a_decision_sets_the_next_interval(
    response: Response, interval: float
) -> None:
    wait = _wait(response)

    assert (wait.interval, wait.pause) == (interval, interval)


@pytest.mark.parametrize(
    ("response", "interval", "pause"),
    [
        (Response(status=503, headers={"Retry-After": "3"}), 10, 10),
        (Response(status=503, headers={"Retry-After": "30"}), 10, 30),
        (Response(status=503, headers={"Retry-After": "7200"}), 10, 7200),
        (
            Response(
                status=429,
                headers={"Retry-After": "90"},
                body=b'{"error": "authorization_pending"}',
            ),
            5,
            90,
        ),
        (
            Response(
                status=400,
                headers={"Retry-After": "90"},
                body=b'{"error": "slow_down"}',
            ),
            10,
            90,
        ),
    ],
)
def test_a_wait_that_the_server_asks_for_is_kept_once(
    response: Response, interval: float, pause: float
) -> None:
    wait = _wait(response)

    assert (wait.interval, wait.pause) == (interval, pause)


def test_each_failure_makes_the_interval_longer() -> None:
    intervals = [5.0]
    while len(intervals) < 7:
        intervals.append(_wait(Response(status=503), interval=intervals[-1]).interval)
    assert intervals == [5, 10, 20, 40, 60, 65, 70]


@pytest.mark.parametrize("interval", [5, 60, 300])
def test_slow_down_always_adds_five_seconds(interval: float) -> None:
    wait = _wait(_response(400, error="slow_down"), interval=interval)

    assert (wait.interval, wait.pause) == (interval + 5, interval + 5)


@pytest.mark.parametrize(
    ("interval", "lifetime", "pause"),
    [(5, 1800, 5), (300, 1800, 300), (1800, 1800, 1620), (60, 60, 54)],
)
def test_the_first_poll_comes_before_the_code_expires(
    interval: float, lifetime: float, pause: float
) -> None:
    authorization = replace(AUTHORIZATION, interval=interval, expires_at=NOW + lifetime)

    assert first_wait(authorization, now=NOW) == Wait(interval=interval, pause=pause)


@pytest.mark.parametrize("code", ["access_denied", "expired_token"])
@pytest.mark.parametrize("status", [200, 400, 403, 404, 429])
def test_a_denial_or_an_expired_code_ends_the_polling(status: int, code: str) -> None:
    with pytest.raises(GrantRejected) as caught:
        _poll(_response(status, error=code))
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("response", "error", "code"),
    [
        (_response(401, error="invalid_client"), ClientRejected, "invalid_client"),
        (_response(400, error="invalid_grant"), GrantRejected, "invalid_grant"),
        (_response(400, error="of_our_own"), GrantRejected, "of_our_own"),
        (
            _response(400, error="unsupported_grant_type"),
            ClientRejected,
            "unsupported_grant_type",
        ),
        (Response(status=302), RefusedByPolicy, "redirect_refused"),
        (
            _response(access_token="a", token_type="mac"),
            ClientRejected,
            "unsupported_token_type",
        ),
    ],
)
def test_other_errors_are_those_of_the_token_endpoint(
    response: Response, error: type[OAuth2Error], code: str
) -> None:
    with pytest.raises(error) as caught:
        _poll(response)
    assert caught.value.code == code


def test_a_known_code_counts_although_it_contains_what_was_sent() -> None:
    request = device_token_request(SERVER, Client(id="pending"), device_code="slow_d")
    response = _response(400, error="authorization_pending")

    assert _poll(response, request=request) == Wait(interval=5, pause=5)


@pytest.mark.parametrize("field", ["error", "error_description"])
def test_the_error_of_a_poll_does_not_repeat_the_device_code(field: str) -> None:
    answer_fields = {"error": "invalid_grant", field: f"bad {DEVICE_CODE}"}
    request = device_token_request(SERVER, PUBLIC, device_code=DEVICE_CODE)

    with pytest.raises(GrantRejected) as caught:
        _poll(_response(400, **answer_fields), request=request)
    assert DEVICE_CODE not in f"{caught.value!r} {caught.value.description}"
    assert caught.value.__context__ is None


# Properties of any answer

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.sampled_from([*ADDRESSES, 10**400, "authorization_pending", "slow_down"]),
)
documents = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(), inner, max_size=3)
    ),
    max_leaves=5,
)
changes = st.dictionaries(
    st.sampled_from([*ANSWER, "verification_url", "error", "errors", "access_token"]),
    documents,
)
bodies = st.one_of(
    st.binary(max_size=300),
    documents.map(lambda document: json.dumps(document).encode()),
    changes.map(lambda changed: json.dumps(changed).encode()),
    changes.map(lambda changed: json.dumps({**ANSWER, **changed}).encode()),
)
statuses = st.one_of(st.sampled_from([200, 400, 503]), st.integers(100, 599))


@given(bodies, statuses)
@example(b'{"errors": []}', 200)
@example(b"access_token=x", 200)
def test_every_answer_is_an_authorization_or_an_error(body: bytes, status: int) -> None:
    response = Response(status=status, body=body)
    try:
        answer = parse_device_authorization(response, now=NOW)
    except OAuth2Error:
        return
    assert 1 <= answer.interval <= 3600
    assert NOW < answer.expires_at <= NOW + 3600
    assert answer.user_code.isprintable()
    assert answer.verification_uri.lower().startswith(("http://", "https://"))


@given(st.text("abcdefXYZ0123", min_size=12), st.sampled_from(["error", *ANSWER]))
def test_nothing_that_was_sent_leaks(sent: str, field: str) -> None:
    answer_fields = {
        "error": "invalid_client",
        "error_description": f"no {sent}",
        field: sent,
    }
    request = device_authorization_request(SERVER, Client(id="client-1", secret=sent))

    with pytest.raises(OAuth2Error) as caught:
        parse_device_authorization(
            _response(400, **answer_fields), now=NOW, request=request
        )
    error = caught.value
    assert sent not in f"{error} {error!r} {error.description}"


@given(bodies, statuses, st.floats(1, 100))
def test_every_poll_has_an_outcome(body: bytes, status: int, interval: float) -> None:
    try:
        outcome = _poll(Response(status=status, body=body), interval=interval)
    except GrantRejected, ClientRejected, ScopeRejected, RefusedByPolicy:
        return
    assert (
        isinstance(outcome, TokenSet) or outcome.pause >= outcome.interval >= interval
    )
