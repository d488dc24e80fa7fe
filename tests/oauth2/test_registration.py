"""Dynamic client registration."""

from copy import replace
import json
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.oauth2_client.oauth2 import (
    AuthorizationServer,
    Client,
    ClientRejected,
    OAuth2Error,
    RefusedByPolicy,
    Request,
    Response,
    ScopeRejected,
    TemporaryFailure,
)
from custom_components.oauth2_client.oauth2.registration import (
    Registration,
    deletion_request,
    parse_registration,
    registration_request,
)

NOW = 1_800_000_000.0
SERVER = AuthorizationServer(
    authorize_url="https://server.example.com/authorize",
    token_url="https://server.example.com/token",
    registration_url="https://server.example.com/register",
    scope_separator=",",
    token_headers={"User-Agent": "Home Assistant"},
)
REDIRECT_URI = "https://my.home-assistant.io/redirect/oauth"
PLANTED = "planted-in-the-body"
# RFC 7591, 3.2.1, with what RFC 7592, 3 adds.
REGISTERED: dict[str, Any] = {
    "client_id": "s6BhdRkqt3",
    "client_secret": "cf136dc3c1fc93f31185e5885805d",
    "client_id_issued_at": 2893256800,
    "client_secret_expires_at": 2893276800,
    "redirect_uris": ["https://client.example.org/callback"],
    "grant_types": ["authorization_code", "refresh_token"],
    "client_name": "My Example Client",
    "token_endpoint_auth_method": "client_secret_basic",
    "registration_access_token": "reg-23410913-abewfq.123483",
    "registration_client_uri": "https://server.example.com/register/s6BhdRkqt3",
}
EXPECTED = Registration(
    client=Client(id="s6BhdRkqt3", secret="cf136dc3c1fc93f31185e5885805d"),
    client_authentication="client_secret_basic",
    secret_expires_at=2893276800.0,
    management_url="https://server.example.com/register/s6BhdRkqt3",
    management_token="reg-23410913-abewfq.123483",
)
UNMANAGED = replace(EXPECTED, management_url=None, management_token=None)


def _answer(status: int = 201, **fields: Any) -> Response:
    return Response(status=status, body=json.dumps(fields).encode())


def _register(**changed: Any) -> Request:
    asked: Any = {
        "redirect_uris": [REDIRECT_URI],
        "name": "Küche",
        "client_authentication": "client_secret_basic",
    }
    return registration_request(SERVER, **(asked | changed))


def test_a_client_is_registered() -> None:
    request = _register()

    assert (request.method, request.url) == ("POST", SERVER.registration_url)
    assert request.headers == {
        "Accept": "application/json",
        "Content-Type": "application/json",
        "User-Agent": "Home Assistant",
    }
    assert json.loads(request.body or b"") == {
        "redirect_uris": [REDIRECT_URI],
        "client_name": "Küche",
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "client_secret_basic",
    }


def test_a_client_without_the_browser_has_no_redirect_uris() -> None:
    asked = json.loads(_register(grant_types=["client_credentials"]).body or b"")

    assert asked["grant_types"] == ["client_credentials"]
    assert asked["response_types"] == []
    assert "redirect_uris" not in asked


def test_without_a_registration_endpoint_there_is_no_request() -> None:
    with pytest.raises(RefusedByPolicy, match="^no_registration_endpoint$"):
        registration_request(
            replace(SERVER, registration_url=None),
            redirect_uris=[REDIRECT_URI],
            name="n",
            client_authentication="none",
        )


def test_the_registered_client_is_read_as_the_rfc_shows() -> None:
    assert parse_registration(_answer(**REGISTERED), now=NOW) == EXPECTED


def test_no_secret_is_in_the_repr_of_a_registration() -> None:
    shown = repr(EXPECTED)

    assert "cf136dc3" not in shown
    assert "reg-23410913" not in shown
    assert "/register/" not in shown


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"client_secret_expires_at": 0}, replace(EXPECTED, secret_expires_at=None)),
        ({"client_secret_expires_at": None}, replace(EXPECTED, secret_expires_at=None)),
        ({"client_secret_expires_at": True}, replace(EXPECTED, secret_expires_at=None)),
        ({"client_secret_expires_at": "9"}, replace(EXPECTED, secret_expires_at=None)),
        (
            {"client_secret_expires_at": NOW - 1},
            replace(EXPECTED, secret_expires_at=None),
        ),
        (
            {"client_secret_expires_at": 10**400},
            replace(EXPECTED, secret_expires_at=None),
        ),
        (
            {"client_secret_expires_at": float("nan")},
            replace(EXPECTED, secret_expires_at=None),
        ),
        # RFC 7591, 2: the default.
        ({"token_endpoint_auth_method": None}, EXPECTED),
        (
            {"token_endpoint_auth_method": "client_secret_post"},
            replace(EXPECTED, client_authentication="client_secret_post"),
        ),
        (
            {"token_endpoint_auth_method": "client_secret_jwt"},
            replace(EXPECTED, client_authentication="client_secret_jwt"),
        ),
        (
            {"token_endpoint_auth_method": "none"},
            replace(EXPECTED, client_authentication="none"),
        ),
        (
            {"token_endpoint_auth_method": None, "client_secret": None},
            replace(
                EXPECTED,
                client=Client(id="s6BhdRkqt3"),
                client_authentication="none",
                secret_expires_at=None,
            ),
        ),
        (
            {
                "token_endpoint_auth_method": "client_secret_post",
                "client_secret": None,
            },
            replace(
                EXPECTED,
                client=Client(id="s6BhdRkqt3"),
                client_authentication="none",
                secret_expires_at=None,
            ),
        ),
        ({"token_endpoint_auth_method": ""}, EXPECTED),
        ({"token_endpoint_auth_method": "CLIENT_SECRET_BASIC"}, EXPECTED),
        # RFC 7592, 3: both or none.
        ({"registration_access_token": None}, UNMANAGED),
        ({"registration_access_token": "a\r\nX: y"}, UNMANAGED),
        ({"registration_access_token": 7}, UNMANAGED),
        ({"registration_client_uri": None}, UNMANAGED),
        ({"registration_client_uri": "/register/1"}, UNMANAGED),
        ({"registration_client_uri": "file:///etc/passwd"}, UNMANAGED),
        ({"registration_client_uri": "https://a b/"}, UNMANAGED),
        ({"registration_client_uri": "https://user@host/"}, UNMANAGED),
        ({"registration_client_uri": "https://[::1/"}, UNMANAGED),
        ({"registration_client_uri": "https://:443/"}, UNMANAGED),
        ({"registration_client_uri": "https://a/#b"}, UNMANAGED),
        ({"registration_client_uri": "https://a/" + "b" * 3000}, UNMANAGED),
    ],
)
def test_optional_entries_of_a_registration_are_read(
    changed: Any, expected: Registration
) -> None:
    assert parse_registration(_answer(**(REGISTERED | changed)), now=NOW) == expected


INVALID = "invalid_registration_response"


@pytest.mark.parametrize(
    ("response", "error", "code"),
    [
        *(
            (_answer(400, error=code), ClientRejected, code)
            for code in (
                "invalid_redirect_uri",
                "invalid_client_metadata",
                "invalid_software_statement",
                "unapproved_software_statement",
            )
        ),
        # The server lets only authorized clients register.
        (_answer(401, error="invalid_token"), ClientRejected, "invalid_token"),
        (_answer(403, error="access_denied"), ClientRejected, "access_denied"),
        (_answer(400, error="invalid_scope"), ScopeRejected, "invalid_scope"),
        (_answer(400, error=PLANTED), ClientRejected, "unknown_error"),
        (_answer(400, error="\n"), ClientRejected, "unknown_error"),
        (_answer(403), ClientRejected, "http_403"),
        (_answer(429), TemporaryFailure, "http_429"),
        (_answer(502), TemporaryFailure, "http_502"),
        (_answer(308), RefusedByPolicy, "redirect_refused"),
        (_answer(), TemporaryFailure, INVALID),
        (_answer(client_id=""), TemporaryFailure, INVALID),
        (_answer(client_id=1), TemporaryFailure, INVALID),
        (_answer(client_id="ä"), TemporaryFailure, INVALID),
        (_answer(client_id="c" * 1025), TemporaryFailure, INVALID),
        (_answer(client_id="c", client_secret=1), TemporaryFailure, INVALID),
        (_answer(client_id="c", client_secret="a\n"), TemporaryFailure, INVALID),
        (
            _answer(client_id="c", token_endpoint_auth_method="tls_client_auth"),
            ClientRejected,
            "unsupported_client_authentication",
        ),
        (
            _answer(client_id="c", token_endpoint_auth_method=["none"]),
            ClientRejected,
            "unsupported_client_authentication",
        ),
        (Response(status=201, body=b"[]"), TemporaryFailure, INVALID),
        (Response(status=200, body=b"<html>"), TemporaryFailure, INVALID),
    ],
)
def test_an_answer_without_a_usable_client_is_an_error(
    response: Response, error: type[OAuth2Error], code: str
) -> None:
    with pytest.raises(error) as raised:
        parse_registration(response, now=NOW)

    assert type(raised.value) is error
    assert (raised.value.code, raised.value.description) == (code, None)


def test_a_client_is_deleted_with_its_own_token() -> None:
    request = deletion_request(EXPECTED)

    # RFC 7592, 2.3.
    assert request is not None
    assert (request.method, request.url) == ("DELETE", EXPECTED.management_url)
    assert request.headers == {"Authorization": "Bearer reg-23410913-abewfq.123483"}
    assert request.body is None
    assert "reg-" not in repr(request)


def test_a_client_that_is_not_managed_is_not_deleted() -> None:
    assert deletion_request(UNMANAGED) is None


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
BODIES = st.binary() | st.dictionaries(
    st.sampled_from([*REGISTERED, "error"]), VALUES
).map(lambda fields: json.dumps(REGISTERED | fields).encode())


@given(st.sampled_from([200, 201, 302, 400, 401, 403, 500]), BODIES)
def test_any_answer_is_a_client_or_an_oauth2_error(status: int, body: bytes) -> None:
    try:
        read = parse_registration(Response(status=status, body=body), now=NOW)
    except OAuth2Error as error:
        refused = error
    else:
        request = deletion_request(read)
        assert request is None or request.headers["Authorization"].isprintable()
        return
    assert refused.description is None
    assert refused.code.isascii() and len(refused.code) <= 64


@given(st.text("abc://[]@:#?%.1", max_size=30))
def test_any_management_url_is_used_or_left_out(rest: str) -> None:
    answer = _answer(**(REGISTERED | {"registration_client_uri": f"https://{rest}"}))

    assert parse_registration(answer, now=NOW).management_url in {
        None,
        f"https://{rest}",
    }


@given(st.sampled_from([400, 401, 403, 500]))
def test_an_error_shows_nothing_of_the_body(status: int) -> None:
    with pytest.raises(OAuth2Error) as raised:
        parse_registration(
            _answer(status, error=PLANTED, error_description=PLANTED), now=NOW
        )

    assert PLANTED not in f"{raised.value} {raised.value!r} {raised.value.description}"
