"""Codes and messages of refusals: where they are found, what they mean, what is shown (A3, A4, A5, A9, A13)."""

from collections.abc import Callable
from copy import replace
import json
import subprocess
import sys
from urllib.parse import urlencode

from hypothesis import given, strategies as st
import pytest

from custom_components.oauth2_client.oauth2 import (
    AuthorizationServer,
    Client,
    ClientRejected,
    GrantRejected,
    OAuth2Error,
    Response,
    ScopeRejected,
    TemporaryFailure,
    TokenSet,
    authorization_error,
    device_authorization_request,
    introspection_request,
    named_parameters,
    parse_device_authorization,
    parse_introspection,
    parse_pushed,
    parse_registration,
    parse_token_response,
    poll_outcome,
    pushed_request,
    refresh_request,
    registration_request,
)

NOW = 1_800_000_000.0
SERVER = AuthorizationServer(
    authorize_url="https://auth.example/authorize",
    token_url="https://auth.example/token",
)
PREVIOUS = TokenSet(access_token="access-0", refresh_token="refresh-0", received_at=NOW)
SECRET = "s3cr3t-value"
REQUEST = refresh_request(
    SERVER, Client(id="client-id-1", secret=SECRET), refresh_token="refresh-token-1"
)


def _refused(
    document: object, previous: TokenSet | None = None, status: int = 400
) -> OAuth2Error:
    response = Response(status=status, body=json.dumps(document).encode())
    return _error(response, previous)


def _error(response: Response, previous: TokenSet | None = None) -> OAuth2Error:
    with pytest.raises(OAuth2Error) as refused:
        parse_token_response(
            response, server=SERVER, now=NOW, previous=previous, request=REQUEST
        )
    return refused.value


@pytest.mark.parametrize("previous", [None, PREVIOUS], ids=["sign-in", "refresh"])
@pytest.mark.parametrize(
    ("document", "error"),
    [
        ({"error": {"code": "invalid_client"}}, ClientRejected),
        ({"error": {"type": "invalid_grant"}}, GrantRejected),
        ({"status": "invalid_grant"}, GrantRejected),
        ({"code": "INVALID_CLIENT"}, ClientRejected),
        ({"errorCode": "InvalidGrant"}, GrantRejected),
        ({"ERROR_CODE": "INVALID-SCOPE"}, ScopeRejected),
        ({"message": "Client secret is wrong"}, ClientRejected),
        ({"msg": "refresh token expired"}, GrantRejected),
        ({"message": "Bad", "errors": [{"resource": "Application"}]}, ClientRejected),
        ({"message": "Bad", "errors": [{"resource": "RefreshToken"}]}, GrantRejected),
        ({"error": "OVER_RATE_LIMIT"}, TemporaryFailure),
        ({"detail": "Too many simultaneous requests"}, TemporaryFailure),
        ({"error": 17, "message": "Application unknown"}, ClientRejected),
        ([{"error": "invalid_client"}], ClientRejected),
    ],
    ids=lambda value: f"A4-{json.dumps(value)}" if isinstance(value, dict) else None,
)
def test_a4_a_code_or_a_message_in_any_place_leads_to_the_remedy(
    document: object, error: type[OAuth2Error], previous: TokenSet | None
) -> None:
    assert type(_refused(document, previous)) is error


def test_a4_a_form_and_a_challenge_are_read() -> None:
    form = Response(
        status=400, body=urlencode({"error_code": "INVALID_CLIENT"}).encode()
    )
    challenge = Response(
        status=401, headers={"WWW-Authenticate": 'Basic error="invalid_client"'}
    )

    assert isinstance(_error(form), ClientRejected)
    assert isinstance(_error(challenge), ClientRejected)
    page = replace(challenge, body=b"<html><title>Unauthorized</title></html>")
    assert isinstance(_error(page), ClientRejected)


def test_a4_an_unknown_code_and_a_localised_message_are_shown() -> None:
    raised = _refused({"error": "foutje", "message": "Ongeldige aanvraag, sorry"})

    assert (raised.code, raised.description) == ("foutje", "Ongeldige aanvraag, sorry")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("two\r\nlines", "two lines"),
        ('client-id-1 is "unknown"', 'client-id-1 is "unknown"'),
        ("неверный клиент", "неверный клиент"),
        ("see [this](https://x.example) now", "see [this](https://x.example) now"),
        ("turned \u202e round", "turned round"),
        (f"secret {SECRET} is wrong", "secret … is wrong"),
        ("word " * 100, "word " * 40 + "…"),
    ],
)
def test_a5_words_are_shown_on_one_line_without_secrets(text: str, shown: str) -> None:
    answer = {"error": "invalid_client", "error_description": text}

    assert _refused(answer).description == shown


@pytest.mark.parametrize(
    ("words", "at_refresh"),
    [
        ("The refresh token is invalid", GrantRejected),
        ("Token was revoked", GrantRejected),
        ("Missing parameter: refresh_token", ClientRejected),
        ("Client secret is wrong", ClientRejected),
    ],
)
def test_a3_invalid_request_about_the_refresh_token_ends_the_grant_only_at_a_refresh(
    words: str, at_refresh: type[OAuth2Error]
) -> None:
    answer = {"error": "invalid_request", "error_description": words}

    assert type(_refused(answer, PREVIOUS)) is at_refresh
    assert type(_refused(answer)) is ClientRejected


@pytest.mark.parametrize("status", [400, 403, 418])
def test_a9_codes_of_a_device_flow_are_found_in_other_places(status: int) -> None:
    def poll(document: object) -> object:
        response = Response(status=status, body=json.dumps(document).encode())
        return poll_outcome(response, server=SERVER, now=NOW, interval=5)

    assert poll({"message": "Authorization is pending"}).interval == 5  # type: ignore[attr-defined]  # a Wait
    assert poll({"error": "SLOW-DOWN"}).interval == 10  # type: ignore[attr-defined]  # a Wait
    for document in (
        {"error": "authorization_declined"},
        {"message": "User denied it"},
    ):
        with pytest.raises(GrantRejected, match="access_denied"):
            poll(document)


def test_a13_an_error_of_the_authorization_response_keeps_its_code_and_scopes() -> None:
    scope = authorization_error("invalid_scope", scopes=("read",))

    assert isinstance(scope, ScopeRejected)
    assert scope.scopes == ("read",)
    assert authorization_error("foutje").code == "foutje"
    assert isinstance(authorization_error("application_suspended"), ClientRejected)


@pytest.mark.parametrize(
    ("code", "words", "shown"),
    [
        ("access_denied", "The user said no", "The user said no"),
        ("foutje", "Neen,\r\nbedankt \u202e", "Neen, bedankt"),
        ("not\na code", "x" * 300, "x" * 200 + "…"),
        ("invalid_scope", None, None),
    ],
)
def test_a13_the_description_of_the_authorization_response_is_shown(
    code: str, words: str | None, shown: str | None
) -> None:
    error = authorization_error(code, description=words)

    assert error.description == shown


def test_a13_the_description_tells_what_an_unknown_code_means() -> None:
    error = authorization_error("error_7", description="Client secret has expired")

    assert (type(error), error.code) == (ClientRejected, "error_7")


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.just(f"a {SECRET}"),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["error", "errors", "code", "message", "status", "data"]),
            inner,
        )
    ),
)


@given(document=_JSON, status=st.sampled_from([400, 401, 403, 429, 500]))
def test_a4_any_refusal_is_an_error_without_a_secret(
    document: object, status: int
) -> None:
    raised = _refused(document, status=status)

    assert SECRET not in f"{raised.code} {raised.description}"
    assert len(raised.description or "") <= 201


def _endpoints() -> dict[str, Callable[[Response], object]]:
    """Return what reads the refusal of each endpoint beside the token endpoint."""
    client = Client(id="client-id-1", secret=SECRET)
    server = replace(
        SERVER,
        pushed_authorization_url="https://auth.example/par",
        registration_url="https://auth.example/register",
        introspection_url="https://auth.example/introspect",
        device_authorization_url="https://auth.example/device",
    )
    asked = ("read", "write")
    pushed = pushed_request(server, client, parameters={"scope": "read write"})
    registered = registration_request(
        replace(server, token_headers={"X-Key": SECRET}),
        redirect_uris=["https://a.example/"],
        name="Home Assistant",
        client_authentication="none",
    )
    introspected = introspection_request(server, client, token="access-token-1")
    device = device_authorization_request(server, client)
    return {
        "pushed": lambda response: parse_pushed(
            response, now=NOW, request=pushed, requested_scopes=asked
        ),
        "registration": lambda response: parse_registration(
            response, now=NOW, request=registered, requested_scopes=asked
        ),
        "introspection": lambda response: parse_introspection(
            response, now=NOW, request=introspected
        ),
        "device": lambda response: parse_device_authorization(
            response, now=NOW, request=device, requested_scopes=asked
        ),
        "poll": lambda response: poll_outcome(
            response,
            server=server,
            now=NOW,
            interval=5,
            request=device,
            requested_scopes=asked,
        ),
        "token": lambda response: parse_token_response(
            response, server=server, now=NOW, request=REQUEST, requested_scopes=asked
        ),
    }


@pytest.mark.parametrize("endpoint", _endpoints())
@pytest.mark.parametrize(
    ("document", "kind", "code"),
    [
        (
            {"error": "invalid_client", "message": "{}"},
            ClientRejected,
            "invalid_client",
        ),
        (
            {"status": "ERR_INVALID_SCOPE", "msg": "{}"},
            ScopeRejected,
            "ERR_INVALID_SCOPE",
        ),
        (
            {"errors": [{"errorType": "invalidScope", "detail": "{}"}]},
            ScopeRejected,
            None,
        ),
    ],
    ids=["A4-message", "A4-status", "A4-list"],
)
def test_a4_refusals_of_all_endpoints_are_read_in_the_same_way(
    endpoint: str, document: object, kind: type[OAuth2Error], code: str | None
) -> None:
    words = f"Sorry [x](https://a.b) for {SECRET}, client-id-1"
    body = json.dumps(document).replace("{}", words)
    with pytest.raises(OAuth2Error) as refused:
        _endpoints()[endpoint](Response(status=400, body=body.encode()))
    raised = refused.value

    assert type(raised) is kind
    assert code in (None, raised.code)
    assert raised.description == "Sorry [x](https://a.b) for …, client-id-1"
    if isinstance(raised, ScopeRejected) and endpoint != "introspection":
        # A13: the scopes that were asked for.
        assert raised.scopes == ("read", "write")


@pytest.mark.parametrize("endpoint", ["pushed", "registration"])
@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 410, 413, 422])
def test_a4_a_refusal_at_a_first_sign_in_is_not_temporary(
    endpoint: str, status: int
) -> None:
    with pytest.raises(ClientRejected, match=f"http_{status}"):
        _endpoints()[endpoint](Response(status=status))


@pytest.mark.parametrize(
    ("error", "named"),
    [
        (ClientRejected("x", description="Invalid client secret"), ["client_secret"]),
        (ClientRejected("bad_client_secret"), ["client_secret"]),
        (ClientRejected("invalid_client_id"), ["client_id"]),
        (
            ClientRejected("x", description="Application with id 'a' was not found"),
            ["client_id"],
        ),
        (
            ClientRejected("x", description="Bad client_id or client_secret"),
            ["client_secret", "client_id"],
        ),
        (ClientRejected("redirect_uri_mismatch"), ["redirect_uri"]),
        (
            GrantRejected("invalid_grant", description="Incorrect redirect_uri"),
            ["redirect_uri"],
        ),
        (ClientRejected("unsupported_grant_type"), ["grant_type"]),
        (ScopeRejected("invalid_scope"), ["scope"]),
        (ClientRejected("invalid_client"), []),
        (
            ClientRejected(
                "invalid_client",
                description="Client authentication failed (e.g., unknown client, …)",
            ),
            [],
        ),
        (TemporaryFailure("x", description="No secret at the moment"), []),
        # Authlib, whatever is wrong with the client: the names of methods are no parameters.
        (
            ClientRejected(
                "invalid_client",
                description="The client cannot authenticate with methods: "
                "['client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'none']",
            ),
            [],
        ),
        (
            ClientRejected("x", description="use client_secret_basic; bad secret"),
            ["client_secret"],
        ),
    ],
)
def test_a4_the_parameters_to_correct_are_named(
    error: OAuth2Error, named: list[str]
) -> None:
    assert list(named_parameters(error)) == named


def test_a9_the_message_of_a_denial_is_shown() -> None:
    answer = {"error": "access_denied", "error_description": f"No, {SECRET}\n!"}
    response = Response(status=400, body=json.dumps(answer).encode())
    with pytest.raises(GrantRejected) as refused:
        poll_outcome(response, server=SERVER, now=NOW, interval=5, request=REQUEST)

    assert refused.value.description == "No, … !"


def test_a4_the_reader_is_loaded_before_a_token_request_is_sent() -> None:
    # `token_requests` is imported off the event loop; what it imports is there when an answer comes.
    package = "custom_components.oauth2_client"
    loaded = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import sys, {package}.credentials.token_requests; print(*sys.modules)",
        ],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()

    assert {f"{package}.oauth2.refusal", f"{package}.oauth2.error_page"} <= set(loaded)
