"""Refusals of real servers, in the shapes that they send (A4): the place, the code, the words.

Each was documented, or reported in an issue. Ids, traces and addresses are changed.
"""

import json
from typing import Final
from urllib.parse import urlencode

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
    authorization_code_request,
    parse_token_response,
)

NOW = 1_800_000_000.0
SERVER = AuthorizationServer(
    authorize_url="https://auth.example/authorize",
    token_url="https://auth.example/token",
)
REQUEST = authorization_code_request(
    SERVER,
    Client(id="client-id-1", secret="s3cr3t-value"),
    code="authorization-code-1",
    redirect_uri="https://my.home-assistant.io/redirect/oauth",
)
PREVIOUS = TokenSet(access_token="access-0", refresh_token="refresh-0", received_at=NOW)

type Row = tuple[int, object, type[OAuth2Error], str, str | None]

IN_JSON: Final[list[Row]] = [
    # An object with the HTTP status, words and a constant.
    (
        400,
        {"error": {"code": 400, "message": "Bad client", "status": "INVALID_CLIENT"}},
        ClientRejected,
        "invalid_client",
        "Bad client",
    ),
    (
        429,
        {"error": {"code": 429, "message": "Quota exceeded", "status": "X"}},
        TemporaryFailure,
        "temporarily_unavailable",
        "Quota exceeded",
    ),
    # A number and the name of an exception.
    (
        400,
        {
            "error": {
                "message": "Error validating client secret.",
                "type": "SomeException",
                "code": 1,
            }
        },
        ClientRejected,
        "SomeException",
        "Error validating client secret.",
    ),
    (
        400,
        {
            "error_type": "SomeException",
            "code": 400,
            "error_message": "Matching authorization code was not found",
        },
        GrantRejected,
        "SomeException",
        "Matching authorization code was not found",
    ),
    # A list of what is wrong with which resource.
    (
        400,
        {
            "message": "Bad Request",
            "errors": [
                {"resource": "Application", "field": "client_id", "code": "invalid"}
            ],
        },
        ClientRejected,
        "invalid",
        "Bad Request",
    ),
    (
        400,
        {"errors": [{"code": "invalid_grant", "message": "Code was used before"}]},
        GrantRejected,
        "invalid_grant",
        "Code was used before",
    ),
    # A constant as the status, words beside it.
    (
        400,
        {"status": "BAD_CLIENT_ID", "message": "missing or unknown client id"},
        ClientRejected,
        "BAD_CLIENT_ID",
        "missing or unknown client id",
    ),
    (
        400,
        {"status": "BAD_REFRESH_TOKEN", "message": "unknown refresh token"},
        GrantRejected,
        "BAD_REFRESH_TOKEN",
        "unknown refresh token",
    ),
    (
        400,
        {"code": 400, "error_code": "refresh_token_not_found", "msg": "Not there"},
        GrantRejected,
        "refresh_token_not_found",
        "Not there",
    ),
    # A gateway's fault.
    (
        401,
        {
            "fault": {
                "faultstring": "Invalid client identifier x",
                "detail": {"errorcode": "oauth.v2.InvalidClientIdentifier"},
            }
        },
        ClientRejected,
        "oauth.v2.InvalidClientIdentifier",
        "Invalid client identifier x",
    ),
    (
        401,
        {"ErrorCode": "invalid_client", "Error": "ClientId is Invalid"},
        ClientRejected,
        "invalid_client",
        "ClientId is Invalid",
    ),
    # Words in other places.
    (
        401,
        {
            "errorCode": "invalid_client",
            "errorSummary": "Invalid value for 'client_id' parameter.",
            "errorId": "oaeABC",
        },
        ClientRejected,
        "invalid_client",
        "Invalid value for 'client_id' parameter.",
    ),
    (
        400,
        {"reason": "Invalid client_id or client_secret", "error": "invalid_client"},
        ClientRejected,
        "invalid_client",
        "Invalid client_id or client_secret",
    ),
    (
        400,
        {"error": "Invalid client secret"},
        ClientRejected,
        "invalid_client",
        "Invalid client secret",
    ),
    (
        200,
        {"errcode": 40125, "errmsg": "invalid appsecret"},
        ClientRejected,
        "40125",
        "invalid appsecret",
    ),
    (
        200,
        {"meta": {"code": 401, "message": "The client secret is wrong"}},
        ClientRejected,
        "401",
        "The client secret is wrong",
    ),
    (
        200,
        {"status": "error", "message": "Unknown client"},
        ClientRejected,
        "invalid_client",
        "Unknown client",
    ),
    (
        200,
        {"result": {"code": 7, "message": "Refresh token unknown"}},
        GrantRejected,
        "7",
        "Refresh token unknown",
    ),
    (
        200,
        {"status": 503, "body": {}, "error": "Invalid Params: invalid refresh_token"},
        GrantRejected,
        "invalid_grant",
        "Invalid Params: invalid refresh_token",
    ),
    # A code with something around it, and in other spellings.
    (
        400,
        {"error": "invalid_grant: Token is expired or invalid."},
        GrantRejected,
        "invalid_grant",
        "invalid_grant: Token is expired or invalid.",
    ),
    (400, {"code": "ERR_INVALID_CLIENT"}, ClientRejected, "ERR_INVALID_CLIENT", None),
    (400, {"code": "E_INVALID_GRANT"}, GrantRejected, "E_INVALID_GRANT", None),
    (400, {"error": "INVALIDSCOPE"}, ScopeRejected, "INVALIDSCOPE", None),
    (
        400,
        {"code": "invalidClientIdOrSecret", "message": "无效的clientId"},
        ClientRejected,
        "invalidClientIdOrSecret",
        "无效的clientId",
    ),
    (
        400,
        {
            "error": "invalid_client",
            "error_description": "AADSTS7000215: Invalid client secret provided.\r\nTrace ID: 1",
            "error_codes": [7000215],
        },
        ClientRejected,
        "invalid_client",
        "AADSTS7000215: Invalid client secret provided. Trace ID: 1",
    ),
    # A form's own way to name the fields.
    (
        400,
        {"client_id": ["This client is not registered."]},
        ClientRejected,
        "invalid_client",
        "client_id: This client is not registered.",
    ),
    (
        400,
        {"errors": {"client_secret": ["invalid"]}},
        ClientRejected,
        "invalid_client",
        "client_secret: invalid",
    ),
    (400, {"error": ["invalid_client"]}, ClientRejected, "invalid_client", None),
    (400, {"errors": "invalid_client"}, ClientRejected, "invalid_client", None),
    (400, {"errors": ["invalid_grant"]}, GrantRejected, "invalid_grant", None),
    (400, {"error": {"invalid_scope": "x"}}, ScopeRejected, "invalid_scope", None),
    (
        400,
        {"type": "error", "error": {"type": "x_error", "message": "invalid app key"}},
        ClientRejected,
        "x_error",
        "invalid app key",
    ),
    (
        200,
        {"retCode": "10003", "retMsg": "client_id无效"},
        ClientRejected,
        "10003",
        "client_id无效",
    ),
    # Localised words, where nothing is plain.
    (400, {"error": "x1", "message": "Ungültig, leider"}, GrantRejected, "x1", None),
    (400, {"error": "x2", "message": "Requête refusée"}, GrantRejected, "x2", None),
    (400, {"error": "x3", "message": "No se permite"}, GrantRejected, "x3", None),
    (400, {"error": "x4", "message": "拒绝"}, GrantRejected, "x4", None),
]


def _error(response: Response, previous: TokenSet | None = None) -> OAuth2Error:
    with pytest.raises(OAuth2Error) as refused:
        parse_token_response(
            response, server=SERVER, now=NOW, request=REQUEST, previous=previous
        )
    return refused.value


@pytest.mark.parametrize("row", IN_JSON, ids=lambda row: f"A4-{json.dumps(row[1])}")
def test_a4_a_refusal_in_json_is_read_and_shown(row: Row) -> None:
    status, document, kind, code, words = row
    raised = _error(Response(status=status, body=json.dumps(document).encode()))

    assert (type(raised), raised.code) == (kind, code)
    told = words or (document.get("message") if isinstance(document, dict) else None)
    assert raised.description == told


_XML: Final = """<OAuth>
  <error_description>Client unknown</error_description>
  <error>invalid_client</error>
</OAuth>"""
_CDATA: Final = """<?xml version="1.0"?>
<Response xmlns="urn:x"><ns:Error>
  <ns:Code>InvalidGrant</ns:Code><ns:Message><![CDATA[Code <x> was used]]></ns:Message>
</ns:Error></Response>"""
_HTML_WORDS: Final = """Error 400 (OAuth2 Error) – Authorization Error – \
invalid_client: the "secret" is wrong"""
_HTML: Final = (
    "<!DOCTYPE html><html><head><title>Error 400 (OAuth2 Error)</title></head>"
    "<body><h1>Authorization Error</h1><p>invalid_client: the &quot;secret&quot; is wrong"
    "</p></body></html>"
)


@pytest.mark.parametrize(
    ("body", "kind", "code", "words"),
    [
        (
            _XML,
            ClientRejected,
            "invalid_client",
            "Client unknown",
        ),
        (_CDATA, GrantRejected, "invalid_grant", "Code <x> was used"),
        (
            '<error code="invalid_scope" message="Scope x is not known"/>',
            ScopeRejected,
            "invalid_scope",
            "Scope x is not known",
        ),
        (
            _HTML,
            ClientRejected,
            "invalid_client",
            _HTML_WORDS,
        ),
        ("invalid_client", ClientRejected, "invalid_client", None),
        ('"invalid_client"', ClientRejected, "invalid_client", None),
        (
            "<error code='invalid_grant' message='Code was used'/>",
            GrantRejected,
            "invalid_grant",
            "Code was used",
        ),
        (
            "Invalid client credentials",
            ClientRejected,
            "invalid_client",
            "Invalid client credentials",
        ),
        (
            urlencode({"error": "invalid_grant", "error_description": "Code is old"}),
            GrantRejected,
            "invalid_grant",
            "Code is old",
        ),
    ],
    ids=[
        "xml",
        "xml-cdata",
        "xml-attributes",
        "html",
        "code",
        "json-text",
        "xml-quotes",
        "text",
        "form",
    ],
)
def test_a4_a_refusal_that_is_not_json_is_read_and_shown(
    body: str, kind: type[OAuth2Error], code: str, words: str | None
) -> None:
    raised = _error(Response(status=400, body=body.encode()))

    assert (type(raised), raised.code, raised.description) == (kind, code, words)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (403, "<html><title>Forbidden</title><p>Your client sent a bad token.</html>"),
        (404, "<html><title>Not found</title><p>The application is gone.</html>"),
        (403, "Client blocked by the firewall"),
        (
            403,
            "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>",
        ),
        (200, "<html><title>Welcome</title><p>Enter your client secret</html>"),
    ],
)
def test_a4_a_page_of_a_proxy_says_nothing_of_the_grant(status: int, body: str) -> None:
    raised = _error(Response(status=status, body=body.encode()), PREVIOUS)

    assert isinstance(raised, TemporaryFailure)


@pytest.mark.parametrize(
    "piece",
    [
        "<p ",
        "<![CDATA[",
        "<a>b</a>",
        'a="b" ',
        "[{",
        '{"error":',
        "client ",
        "A",
        "<title><p>",
        "error=",
    ],
)
def test_a4_a_refusal_is_read_up_to_a_bound(piece: str) -> None:
    body = (piece * 300_000).encode()[:250_000]
    headers = {"WWW-Authenticate": piece * 100_000}
    raised = _error(Response(status=400, body=body, headers=headers))

    assert len(raised.code) <= 64
    assert len(raised.description or "") <= 201
