"""Error codes and their remedies, and descriptions that repeat nothing that was sent."""

from base64 import b64encode
from collections.abc import Mapping
from copy import replace
import json
from typing import Any
from urllib.parse import quote_plus

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
    authorization_code_request,
    parse_token_response,
    refresh_request,
    shown_target,
)
from custom_components.oauth2_client.oauth2.error_codes import error_from_code

NOW = 1_800_000_000.0
SERVER = AuthorizationServer(
    authorize_url="https://auth.example/authorize",
    token_url="https://auth.example/token",
)
SECRET = "s3cr3t/+ &=:value"
CLIENT = Client(id="client-id-1", secret=SECRET)


def _refresh(**deviations: Any) -> Request:
    return refresh_request(
        replace(SERVER, **deviations), CLIENT, refresh_token="refresh-token-1"
    )


def _exchange(**deviations: Any) -> Request:
    return authorization_code_request(
        replace(SERVER, **deviations),
        CLIENT,
        code="authorization-code-1",
        redirect_uri="https://my.home-assistant.io/redirect/oauth",
        code_verifier="v3rifier" * 8,
    )


def _error(
    answer: Mapping[str, object], request: Request | None = None, status: int = 400
) -> OAuth2Error:
    response = Response(status=status, body=json.dumps(answer).encode())
    with pytest.raises(OAuth2Error) as refused:
        parse_token_response(response, server=SERVER, now=NOW, request=request)
    return refused.value


def _description(text: str, request: Request | None = None) -> str | None:
    answer = {"error": "invalid_grant", "error_description": text}
    return _error(answer, request).description


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("invalid_grant", GrantRejected),
        ("access_denied", GrantRejected),
        ("expired_token", GrantRejected),
        ("invalid_token", GrantRejected),
        ("bad_verification_code", GrantRejected),
        ("invalid_auth", GrantRejected),
        ("invalid_refresh_token", GrantRejected),
        ("interaction_required", GrantRejected),
        ("invalid_client", ClientRejected),
        ("unauthorized_client", ClientRejected),
        ("incorrect_client_credentials", ClientRejected),
        ("redirect_uri_mismatch", ClientRejected),
        ("invalid_client_id", ClientRejected),
        ("bad_client_secret", ClientRejected),
        ("unsupported_grant_type", ClientRejected),
        ("invalid_request", ClientRejected),
        ("invalid_scope", ScopeRejected),
        ("insufficient_scope", ScopeRejected),
        ("temporarily_unavailable", TemporaryFailure),
        ("server_error", TemporaryFailure),
        ("slow_down", TemporaryFailure),
        ("ratelimited", TemporaryFailure),
    ],
)
@pytest.mark.parametrize("status", [200, 400, 401, 403])
def test_a_code_is_named_after_its_remedy_whichever_the_status(
    code: str, error: type[OAuth2Error], status: int
) -> None:
    raised = _error({"error": code}, status=status)

    assert (type(raised), raised.code) == (error, code)


@pytest.mark.parametrize("code", ["", "unheard_of", "INVALID_GRANT", "invalid_grant "])
def test_no_error_is_made_of_an_unknown_code(code: str) -> None:
    assert error_from_code(code) is None


def test_what_belongs_to_an_error_is_carried() -> None:
    scope = error_from_code("invalid_scope", scopes=["read"], description="No.")
    wait = error_from_code("slow_down", retry_after=5, description="Later.")

    assert isinstance(scope, ScopeRejected)
    assert (scope.scopes, scope.description) == (("read",), "No.")
    assert isinstance(wait, TemporaryFailure)
    assert (wait.retry_after, wait.description) == (5, "Later.")


@pytest.mark.parametrize(
    "error",
    [
        GrantRejected("code-1", description="Words."),
        ClientRejected("code-1", description="Words."),
        ScopeRejected("code-1", scopes=("read",), description="Words."),
        TemporaryFailure("code-1", retry_after=5, description="Words."),
        RefusedByPolicy("code-1", description="Words."),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_shows_its_code_and_no_more(error: OAuth2Error) -> None:
    assert str(error) == "code-1"
    assert repr(error) == f"{type(error).__name__}('code-1')"
    assert error.args == ("code-1",)


@pytest.mark.parametrize(
    "text",
    ["Token has been revoked.", "AADSTS70008: the grant expired (code=1, trace=a-b)."],
)
def test_a_description_is_told(text: str) -> None:
    assert _description(text, _refresh()) == text


def test_a_long_description_is_cut() -> None:
    assert _description("word " * 100) == "word " * 40 + "…"


@pytest.mark.parametrize(
    "text",
    ["", " ", "\x1b", "\u202e", "\x00"],
)
def test_a_description_without_a_character_to_show_is_left_out(text: str) -> None:
    assert _description(text) is None


@pytest.mark.parametrize("text", [None, 7, {"text": "words"}])
def test_a_description_that_is_no_text_is_left_out(text: object) -> None:
    answer = {"error": "invalid_grant", "error_description": text}

    assert _error(answer).description is None


ECHOED = {
    "client-secret": (_refresh(), SECRET),
    "client-secret-in-json": (_refresh(token_encoding="json"), SECRET),
    "client-secret-in-basic": (
        _refresh(client_authentication="client_secret_basic"),
        SECRET,
    ),
    "client-secret-in-unencoded-basic": (
        _refresh(client_authentication="client_secret_basic_unencoded"),
        SECRET,
    ),
    "client-secret-form-encoded": (_refresh(), quote_plus(SECRET)),
    "basic-header": (
        _refresh(client_authentication="client_secret_basic"),
        _refresh(client_authentication="client_secret_basic").headers["Authorization"],
    ),
    "basic-credentials": (
        _refresh(client_authentication="client_secret_basic"),
        b64encode(f"client-id-1:{quote_plus(SECRET)}".encode()).decode(),
    ),
    "refresh-token": (_refresh(), "refresh-token-1"),
    "refresh-token-in-json": (_refresh(token_encoding="json"), "refresh-token-1"),
    "code": (_exchange(), "authorization-code-1"),
    "code-verifier": (_exchange(), "v3rifier" * 8),
    "header-of-the-provider": (
        _refresh(token_headers={"X-Api-Key": "api-key-1"}),
        "api-key-1",
    ),
    "parameter-of-the-provider": (
        _refresh(refresh_parameters={"api_key": "api-key-1"}),
        "api-key-1",
    ),
    "query-of-the-token-endpoint": (
        _refresh(token_url="https://auth.example/token?code=function-key-1"),
        "function-key-1",
    ),
}


@pytest.mark.parametrize(("request_", "echoed"), ECHOED.values(), ids=ECHOED)
@pytest.mark.parametrize(
    "words",
    ["{}", "Unknown value '{}'.", "long " * 39 + "{}"],
    ids=["bare", "amid-words", "across-the-cut"],
)
def test_a5_what_was_sent_is_taken_out_of_a_description(
    request_: Request, echoed: str, words: str
) -> None:
    shown = _description(words.format(echoed), request_)

    assert echoed not in (shown or "")


@pytest.mark.parametrize(("request_", "echoed"), ECHOED.values(), ids=ECHOED)
def test_a_code_that_repeats_what_was_sent_is_not_told(
    request_: Request, echoed: str
) -> None:
    raised = _error({"error": echoed}, request_)

    assert echoed not in f"{raised} {raised!r} {raised.code}"


@pytest.mark.parametrize(
    "answer",
    [
        {"error": "unknown: refresh-token-1"},
        {"errors": [{"errorType": "refresh-token-1"}]},
        {"errors": [{"code": "refresh-token-1"}]},
    ],
    ids=["with-words", "error-type-in-a-list", "code-in-a-list"],
)
@pytest.mark.parametrize("status", [200, 400, 429, 503])
def test_a_code_repeats_nothing_that_was_sent_wherever_it_stands(
    answer: Mapping[str, object], status: int
) -> None:
    raised = _error(answer, _refresh(), status)

    assert "refresh-token-1" not in f"{raised} {raised!r} {raised.code}"


@pytest.mark.parametrize("code", ["invalid_refresh_token", "unsupported_grant_type"])
def test_a_known_code_is_told_though_it_has_the_words_of_the_request(code: str) -> None:
    assert _error({"error": code}, _refresh()).code == code


@pytest.mark.parametrize(
    ("request_", "text"),
    [
        (_refresh(), "Invalid refresh_token."),
        (_refresh(), "Missing required parameter: refresh_token"),
        (_exchange(), "The authorization_code grant is not enabled."),
    ],
)
def test_a_description_may_name_the_grant(request_: Request, text: str) -> None:
    assert _description(text, request_) == text


@pytest.mark.parametrize(
    "header",
    ["Basic not-base64", "Basic /w==", "Basic é", "Basic ", "Basic", "Bearer x"],
)
def test_a_header_of_the_provider_in_any_form_does_not_hide_the_error(
    header: str,
) -> None:
    request = _refresh(token_headers={"Authorization": header})

    assert _description("Token has been revoked.", request) == "Token has been revoked."


@pytest.mark.parametrize(
    ("location", "shown"),
    [
        ("/token", "https://a.example/token"),
        ("https://a.example/token?code=planted#x", "https://a.example/token"),
        ("https://b.example/planted", "https://b.example"),
        ("https://b.example:8443/", "https://b.example:8443"),
        ("/sent-secret", None),
        ("", "https://a.example/token/"),
        ("https://user@b.example/", None),
        ("javascript:alert(1)", None),
        ("https://[", None),
        ("/[x](y)", None),
        ("/" + "x" * 201, None),
        ("/\u00e9", None),
    ],
)
def test_d14_where_a_redirect_points_is_shown_as_far_as_it_is_no_secret(
    location: str, shown: str | None
) -> None:
    response = Response(status=301, headers={"Location": location})

    assert (
        shown_target(response, url="https://a.example/token/", sent=["sent-secret"])
        == shown
    )
