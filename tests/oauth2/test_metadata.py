"""The metadata of servers and resources, and what of it is refused."""

from collections.abc import Callable
from dataclasses import fields
import json
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.oauth2_client.oauth2 import (
    OAuth2Error,
    RefusedByPolicy,
    Response,
    TemporaryFailure,
)
from custom_components.oauth2_client.oauth2.metadata import (
    IssuerMismatch,
    ResourceMetadata,
    ServerMetadata,
    parse_resource_metadata,
    parse_server_metadata,
)

from ..rows import check_rows

ISSUER = "https://server.example.com"
RESOURCE = "https://resource.example.com"
PLANTED = "planted-in-the-document"
# RFC 8414, 3.2, with what other RFCs add.
RFC_SERVER = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/authorize",
    "token_endpoint": f"{ISSUER}/token",
    "token_endpoint_auth_methods_supported": ["client_secret_basic", "private_key_jwt"],
    "token_endpoint_auth_signing_alg_values_supported": ["RS256", "ES256"],
    "userinfo_endpoint": f"{ISSUER}/userinfo",
    "jwks_uri": f"{ISSUER}/jwks.json",
    "registration_endpoint": f"{ISSUER}/register",
    "scopes_supported": ["openid", "profile", "email", "offline_access"],
    "response_types_supported": ["code", "code token"],
    "service_documentation": "http://server.example.com/service_documentation.html",
    "ui_locales_supported": ["en-US", "fr-FR"],
    # RFC 7009, RFC 7662, RFC 8628, RFC 9126, RFC 9449, RFC 7636.
    "revocation_endpoint": f"{ISSUER}/revoke",
    "introspection_endpoint": f"{ISSUER}/introspect",
    "device_authorization_endpoint": f"{ISSUER}/device",
    "pushed_authorization_request_endpoint": f"{ISSUER}/par",
    "require_pushed_authorization_requests": True,
    "dpop_signing_alg_values_supported": ["ES256", "PS256"],
    "code_challenge_methods_supported": ["plain", "S256"],
    "grant_types_supported": ["authorization_code", "refresh_token"],
}
# RFC 9728, 3.2.
RFC_RESOURCE = {
    "resource": RESOURCE,
    "authorization_servers": ["https://as1.example.com", "https://as2.example.net"],
    "bearer_methods_supported": ["header", "body"],
    "scopes_supported": ["profile", "email", "phone"],
    "resource_documentation": f"{RESOURCE}/resource_documentation.html",
}
LEAST = {"issuer": ISSUER, "token_endpoint": f"{ISSUER}/token"}
ENDPOINTS = {
    "authorization_endpoint": "authorize_url",
    "token_endpoint": "token_url",
    "device_authorization_endpoint": "device_authorization_url",
    "pushed_authorization_request_endpoint": "pushed_authorization_url",
    "revocation_endpoint": "revocation_url",
    "introspection_endpoint": "introspection_url",
    "registration_endpoint": "registration_url",
    "userinfo_endpoint": "userinfo_url",
    "jwks_uri": "jwks_url",
}
LISTS = {
    "scopes_supported": "scopes_supported",
    "grant_types_supported": "grant_types",
    "code_challenge_methods_supported": "code_challenge_methods",
    "token_endpoint_auth_methods_supported": "client_authentications",
    "dpop_signing_alg_values_supported": "dpop_algorithms",
    "revocation_endpoint_auth_methods_supported": "revocation_authentications",
    "introspection_endpoint_auth_methods_supported": "introspection_authentications",
}
# What a sign-in cannot do without.
NEEDED = ("token_endpoint", "authorization_endpoint")
OPTIONAL = [name for name in ENDPOINTS if name not in NEEDED]

type Parse = Callable[[Response], object]


def _response(document: object, *, status: int = 200) -> Response:
    return Response(status=status, body=json.dumps(document).encode())


def _server(
    document: object, *, issuer: str = ISSUER, allow_http: bool = False
) -> ServerMetadata:
    metadata = parse_server_metadata(
        _response(document), issuer=issuer, allow_http=allow_http
    )
    assert metadata is not None
    return metadata


def _resource(
    document: object, *, resource: str = RESOURCE, allow_http: bool = False
) -> ResourceMetadata:
    metadata = parse_resource_metadata(
        _response(document), resource=resource, allow_http=allow_http
    )
    assert metadata is not None
    return metadata


def _refusal(parse: Callable[..., object], *args: Any, **context: Any) -> str:
    with pytest.raises(RefusedByPolicy) as refused:
        parse(*args, **context)
    assert str(refused.value) == refused.value.code
    assert refused.value.description is None
    return refused.value.code


def _outcome(parse: Parse, response: Response) -> object:
    try:
        return parse(response)
    except OAuth2Error as error:
        return error


def _issuer(response: Response) -> object:
    return parse_server_metadata(response, issuer=ISSUER)


def _of_resource(response: Response) -> object:
    return parse_resource_metadata(response, resource=RESOURCE)


of_both = pytest.mark.parametrize("parse", [_issuer, _of_resource])


def test_the_metadata_of_a_server_is_read() -> None:
    assert _server(RFC_SERVER) == ServerMetadata(
        issuer=ISSUER,
        authorize_url=f"{ISSUER}/authorize",
        token_url=f"{ISSUER}/token",
        device_authorization_url=f"{ISSUER}/device",
        pushed_authorization_url=f"{ISSUER}/par",
        require_pushed=True,
        revocation_url=f"{ISSUER}/revoke",
        introspection_url=f"{ISSUER}/introspect",
        registration_url=f"{ISSUER}/register",
        userinfo_url=f"{ISSUER}/userinfo",
        jwks_url=f"{ISSUER}/jwks.json",
        scopes_supported=("openid", "profile", "email", "offline_access"),
        grant_types=("authorization_code", "refresh_token"),
        code_challenge_methods=("plain", "S256"),
        client_authentications=("client_secret_basic", "private_key_jwt"),
        dpop_algorithms=("ES256", "PS256"),
    )


def test_omitted_entries_have_the_defaults_of_the_rfc() -> None:
    assert _server(LEAST) == ServerMetadata(
        issuer=ISSUER,
        token_url=f"{ISSUER}/token",
        grant_types=("authorization_code", "implicit"),
        client_authentications=("client_secret_basic",),
    )


@pytest.mark.parametrize("nothing", [None, "", []])
def test_null_and_empty_entries_count_as_omitted(nothing: object) -> None:
    names = LISTS if nothing == [] else [*ENDPOINTS, "jwks_uri"]
    fields = {name: nothing for name in names if name not in LEAST}
    fields.pop("code_challenge_methods_supported", None)

    assert _server(LEAST | fields) == _server(LEAST)


def test_a_document_may_have_a_bom_and_blank_lines() -> None:
    body = b"\xef\xbb\xbf\r\n" + json.dumps(LEAST).encode()

    assert _issuer(Response(status=200, body=body)) == _server(LEAST)


def test_a_resource_is_read() -> None:
    assert _resource(RFC_RESOURCE) == ResourceMetadata(
        resource=RESOURCE,
        authorization_servers=("https://as1.example.com", "https://as2.example.net"),
        scopes_supported=("profile", "email", "phone"),
    )
    assert _resource({"resource": RESOURCE}) == ResourceMetadata(resource=RESOURCE)


@pytest.mark.parametrize(
    ("asked", "stated", "same"),
    [
        ("https://a.example", "https://a.example", True),
        ("https://a.example", "https://a.example/", True),
        ("https://a.example/", "https://a.example", True),
        ("https://a.example/t", "https://a.example/t/", True),
        ("https://a.example/t", "https://a.example/t//", False),
        ("https://a.example/t", "https://a.example/T", False),
        ("https://a.example/t", "https://a.example", False),
        ("https://a.example", "https://a.example/t", False),
        ("https://a.example", "https://A.example", True),
        ("https://a.example", "HTTPS://a.example", True),
        ("https://a.example", "http://a.example", False),
        ("https://a.example", "https://a.example:443", True),
        ("https://a.example", "https://a.example:443/", True),
        ("https://a.example", "https://a.example:8443", False),
        ("https://a.example", "https://a.example:80", False),
        ("https://a.example", "https://a.example.", True),
        ("https://a.example", " https://a.example", False),
        ("https://a.example", "https://b.example", False),
        ("https://a.example", "https://a.example@b.example", False),
        ("https://a.example/%7Et", "https://a.example/~t", True),
        ("https://a.example/a%2fb", "https://a.example/a%2Fb", True),
        ("https://a.example/a%2Fb", "https://a.example/a/b", False),
        ("https://a.example/t", "https://a.example/{tenantid}", False),
        ("https://a.example/t1", "https://a.example/t2", False),
        ("https://a.example/\u00e9", "https://a.example/e\u0301", False),
    ],
)
def test_d8_the_issuer_has_to_be_the_requested_url_after_normalization(
    asked: str, stated: str, same: bool
) -> None:
    document = LEAST | {"issuer": stated}

    if same:
        assert _server(document, issuer=asked).issuer == stated
    else:
        assert _refusal(_server, document, issuer=asked) == "issuer_mismatch"


@pytest.mark.parametrize(
    ("asked", "stated", "same"),
    [
        ("https://a.example", "https://a.example", True),
        ("https://a.example", "https://a.example/", True),
        ("https://a.example/", "https://a.example", True),
        ("https://a.example/v1", "https://a.example/v1", True),
        ("https://a.example/v1", "https://A.example:443/v1", True),
        ("https://a.example/v1?k=v", "https://a.example/v1?k=v", True),
        ("https://a.example/v1", "https://a.example/v1/", False),
        ("https://a.example/v1", "https://a.example/v2", False),
        ("https://a.example/v1", "https://a.example/v", False),
        ("https://a.example/v1", "https://a.example", False),
        ("https://a.example/v1", "https://a.example/v1?k=v", False),
        ("https://a.example", "https://b.example", False),
        ("https://a.example", "http://a.example", False),
    ],
)
def test_d8_the_resource_has_to_be_the_requested_url_after_normalization(
    asked: str, stated: str, same: bool
) -> None:
    document = {"resource": stated}

    if same:
        assert _resource(document, resource=asked).resource == stated
    else:
        assert _refusal(_resource, document, resource=asked) == "resource_mismatch"


@pytest.mark.parametrize(
    ("stated", "shown"),
    [
        ("https://login.example.com/{tenantid}/v2.0", True),
        (f"{ISSUER}/8f0a1b2c-0000-4000-8000-123456789abc", True),
        ("https://elsewhere.example", True),
        ("two\nlines", False),
        ("x" * 201, False),
    ],
)
def test_d8_an_issuer_mismatch_carries_the_rest_of_the_metadata(
    stated: str, shown: bool
) -> None:
    with pytest.raises(IssuerMismatch) as refused:
        _server(RFC_SERVER | {"issuer": stated})

    error = refused.value
    assert (error.stated, error.asked) == (stated if shown else "", ISSUER)
    assert error.metadata == _server(RFC_SERVER)


def test_d8_an_issuer_mismatch_carries_no_metadata_with_a_forbidden_url() -> None:
    document = RFC_SERVER | {"issuer": "https://elsewhere.example"}

    for url in ("https://192.168.1.5/token", "javascript:alert(1)"):
        with pytest.raises(IssuerMismatch) as refused:
            _server(document | {"token_endpoint": url})
        assert refused.value.metadata is None


def test_d4_two_documents_of_an_issuer_are_joined() -> None:
    openid = _server(
        LEAST
        | {
            "userinfo_endpoint": f"{ISSUER}/userinfo",
            "jwks_uri": f"{ISSUER}/jwks",
            "scopes_supported": ["openid"],
        }
    )
    rfc = _server(
        LEAST
        | {
            "revocation_endpoint": f"{ISSUER}/revoke",
            "jwks_uri": f"{ISSUER}/keys",
            "scopes_supported": ["read"],
            "token_endpoint_auth_methods_supported": ["none"],
        }
    )

    joined = rfc.joined_with(openid)
    assert joined.revocation_url == f"{ISSUER}/revoke"
    assert joined.userinfo_url == f"{ISSUER}/userinfo"
    # Where both say something, the first counts.
    assert joined.jwks_url == f"{ISSUER}/keys"
    assert joined.scopes_supported == ("read", "openid")
    assert joined.client_authentications == ("none",)
    assert openid.joined_with(rfc).client_authentications == ("none",)


@pytest.mark.parametrize("status", [201, 204, 301, 302, 400, 401, 403, 404, 405, 410])
@of_both
def test_a_response_without_a_document_counts_as_not_published(
    parse: Parse, status: int
) -> None:
    assert parse(_response(RFC_SERVER, status=status)) is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" \r\n",
        f"<!DOCTYPE html><title>{PLANTED}</title>".encode(),
        b"\xef\xbb\xbf\n<html>" + b" " * 1024 * 1024,
    ],
)
@of_both
def test_a_web_page_counts_as_not_published(parse: Parse, body: bytes) -> None:
    assert parse(Response(status=200, body=body)) is None


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
@of_both
def test_a_failing_server_is_a_temporary_failure(parse: Parse, status: int) -> None:
    with pytest.raises(TemporaryFailure) as failed:
        parse(_response({PLANTED: PLANTED}, status=status))

    assert str(failed.value) == f"http_{status}"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "invalid_metadata"),
        (b"null", "invalid_metadata"),
        (b"[]", "invalid_metadata"),
        (b'"text"', "invalid_metadata"),
        (b"{}", "invalid_metadata"),
        (b'{"error": "not found"}', "invalid_metadata"),
        (b'{"issuer": "\xff"}', "invalid_metadata"),
        (b"1" * 10_000, "invalid_metadata"),
        (b"[" * 200_000, "invalid_metadata"),
        (b'{"a":' * 40_000 + b"1" + b"}" * 40_000, "invalid_metadata"),
        (b'{"a": "' + b"a" * 256 * 1024 + b'"}', "response_too_large"),
    ],
    ids=lambda value: value if isinstance(value, str) else value[:12].decode("latin-1"),
)
@of_both
def test_an_invalid_document_is_refused(parse: Parse, body: bytes, code: str) -> None:
    assert _refusal(parse, Response(status=200, body=body)) == code


@pytest.mark.parametrize("value", [7, True, {}, ["https://a.example"], {"a": []}])
@pytest.mark.parametrize("name", ["issuer", *NEEDED])
def test_an_entry_for_a_url_has_to_be_text(name: str, value: object) -> None:
    assert _refusal(_server, LEAST | {name: value}) == "invalid_metadata"


@pytest.mark.parametrize("value", [7, True, {}, ["https://a.example"], {"a": []}])
@pytest.mark.parametrize("name", OPTIONAL)
def test_d7_an_optional_url_of_another_type_is_left_out(
    name: str, value: object
) -> None:
    assert _server(LEAST | {name: value}) == _server(LEAST)


@pytest.mark.parametrize("value", [7, True, {}, "S256", [None], [7], [["S256"]]])
@pytest.mark.parametrize("name", LISTS)
def test_d7_an_entry_that_is_not_a_list_is_left_out(name: str, value: object) -> None:
    assert _server(LEAST | {name: value}) == _server(LEAST)


@pytest.mark.parametrize("name", LISTS)
def test_d7_an_odd_entry_of_a_list_is_left_out(name: str) -> None:
    document = LEAST | {name: ["a", 7, None, "b"]}

    assert getattr(_server(document), LISTS[name]) == ("a", "b")


@pytest.mark.parametrize("value", [7, {}, True, [None], [{}]])
@pytest.mark.parametrize("name", ["resource", "authorization_servers"])
def test_entries_of_a_resource_have_to_be_of_their_type(
    name: str, value: object
) -> None:
    assert _refusal(_resource, RFC_RESOURCE | {name: value}) == "invalid_metadata"


@pytest.mark.parametrize("value", [7, {}, True, "profile", [None], [{}]])
def test_d7_scopes_of_a_resource_that_cannot_be_read_are_left_out(
    value: object,
) -> None:
    document = RFC_RESOURCE | {"scopes_supported": value}

    assert _resource(document).scopes_supported == ()
    assert _resource(document).authorization_servers


@pytest.mark.parametrize("value", [1, "true", "false", [], {}])
def test_d7_a_flag_that_is_not_a_boolean_is_left_out(value: object) -> None:
    name = "require_pushed_authorization_requests"

    assert _server(LEAST | {name: value}) == _server(LEAST)


@pytest.mark.parametrize("name", ["issuer", "token_endpoint"])
@pytest.mark.parametrize("nothing", [None, ""])
def test_issuer_and_token_endpoint_are_required(name: str, nothing: str | None) -> None:
    assert _refusal(_server, LEAST | {name: nothing}) == "invalid_metadata"


ASTRAY = {
    "http://server.example.com/x": "https_required",
    "http://10.0.0.1/x": "https_required",
    "http://nas/x": "https_required",
    "http://localhost.example.com/x": "https_required",
    "http://localhost/x": "private_address",
    "http://127.0.0.1:8123/x": "private_address",
    "http://[::1]/x": "private_address",
    "https://localhost/x": "private_address",
    "https://LOCALHOST./x": "private_address",
    "https://192.168.1.1/x": "private_address",
    "https://169.254.169.254/latest/meta-data": "private_address",
    "https://[fe80::1]/x": "private_address",
    "https://[::ffff:10.0.0.1]/x": "private_address",
    "https://homeassistant.local/x": "private_address",
    "https://supervisor/x": "private_address",
    "https://127.1/x": "invalid_metadata",
    "https://2130706433/x": "invalid_metadata",
    "https://0x7f.0.0.1/x": "invalid_metadata",
    "https://user@server.example.com/x": "invalid_metadata",
    "https://user:secret@server.example.com/x": "invalid_metadata",
    "https://@server.example.com/x": "invalid_metadata",
    "https://server.example.com/x#y": "invalid_metadata",
    "https://server.example.com/x#": "invalid_metadata",
    "https:///x": "invalid_metadata",
    "https:x": "invalid_metadata",
    "//server.example.com/x": "invalid_metadata",
    "/x": "invalid_metadata",
    "ftp://server.example.com/x": "invalid_metadata",
    "javascript:alert(1)": "invalid_metadata",
    "https://server.example.com:0/x": "invalid_metadata",
    "https://server.example.com:x/x": "invalid_metadata",
    "https://[::1/x": "invalid_metadata",
    "https://server.example.com\\@b.example/x": "invalid_metadata",
    "https://server.example.com/x y": "invalid_metadata",
    "https://server.example.com/x\r\nHost: b.example": "invalid_metadata",
    " https://server.example.com/x": "invalid_metadata",
    "https://s\u0435rver.example.com/x": "invalid_metadata",
    "https://server.example.com/\ud800": "invalid_metadata",
    "https://server.example.com/" + "x" * 2048: "invalid_metadata",
}


@pytest.mark.parametrize("name", ENDPOINTS)
def test_a_forbidden_endpoint_is_refused(name: str) -> None:
    def check(url: str) -> None:
        if ASTRAY[url] == "invalid_metadata" and name in OPTIONAL:
            # D7: what is no URL leads nowhere.
            assert _server(LEAST | {name: url}) == _server(LEAST)
        else:
            assert _refusal(_server, LEAST | {name: url}) == ASTRAY[url]

    check_rows({url: url for url in ASTRAY}, check)


@pytest.mark.parametrize("name", ENDPOINTS)
def test_an_endpoint_may_be_on_another_public_host_and_have_a_query(name: str) -> None:
    url = "https://tokens.example.net:8443/x?tenant=1"

    assert getattr(_server(LEAST | {name: url}), ENDPOINTS[name]) == url


@pytest.mark.parametrize(
    ("stated", "code"),
    [
        ("http://server.example.com", "https_required"),
        ("http://192.168.1.5", "https_required"),
        ("https://server.example.com/?tenant=1", "invalid_metadata"),
        ("https://server.example.com/?", "invalid_metadata"),
        ("https://server.example.com/#x", "invalid_metadata"),
        ("https://user@server.example.com", "invalid_metadata"),
        ("server.example.com", "invalid_metadata"),
    ],
)
def test_an_issuer_is_an_https_url_without_query_and_fragment(
    stated: str, code: str
) -> None:
    document = LEAST | {"issuer": stated}

    assert _refusal(_server, document, issuer=stated) == code


@pytest.mark.parametrize(
    "issuer",
    [
        "http://localhost:9000",
        "http://127.0.0.1:9000",
        "https://192.168.1.5/realms/home",
        "https://auth.local",
    ],
)
@pytest.mark.parametrize(
    "url",
    ["https://192.168.1.5/token", "http://localhost/token", "https://a.example/t"],
)
def test_a_server_at_home_may_have_its_endpoints_there(issuer: str, url: str) -> None:
    document = {"issuer": issuer, "token_endpoint": url}

    assert _server(document, issuer=issuer).token_url == url


def test_http_at_home_has_to_be_allowed() -> None:
    issuer = "http://192.168.1.5:9000"
    document = {"issuer": issuer, "token_endpoint": f"{issuer}/token"}

    assert _refusal(_server, document, issuer=issuer) == "https_required"
    assert _server(document, issuer=issuer, allow_http=True).issuer == issuer
    # Neither for a public server, nor for a URL at home that a public server names.
    outside = document | {"token_endpoint": "http://a.example/token"}
    assert (
        _refusal(_server, outside, issuer=issuer, allow_http=True) == "https_required"
    )
    inside = LEAST | {"token_endpoint": f"{issuer}/token"}
    assert _refusal(_server, inside, allow_http=True) == "private_address"


@pytest.mark.parametrize(
    ("server", "code"),
    [
        ("http://as.example.com", "https_required"),
        ("https://192.168.1.1", "private_address"),
        ("http://localhost", "private_address"),
        ("https://as.example.com?x", "invalid_metadata"),
        ("https://as.example.com#x", "invalid_metadata"),
        ("as.example.com", "invalid_metadata"),
    ],
)
def test_a_forbidden_url_of_a_resource_is_refused(server: str, code: str) -> None:
    servers = ["https://as1.example.com", server]

    assert (
        _refusal(_resource, RFC_RESOURCE | {"authorization_servers": servers}) == code
    )


def test_a_resource_at_home_may_have_its_server_there() -> None:
    resource = "http://192.168.1.5/api"
    document = {"resource": resource, "authorization_servers": ["http://192.168.1.6"]}

    assert _refusal(_resource, document, resource=resource) == "https_required"
    assert _resource(
        document, resource=resource, allow_http=True
    ).authorization_servers == ("http://192.168.1.6",)


def test_lists_are_cut_and_keep_only_entries_that_can_be_shown() -> None:
    scopes = ["a" * 200, "b" * 201, "", "c\nd", "\x1b[2J", "\ud800", "é 1"]
    many = [f"s{number}" for number in range(300)]

    assert _server(LEAST | {"scopes_supported": scopes}).scopes_supported == (
        "a" * 200,
        "é 1",
    )
    assert _server(LEAST | {"scopes_supported": many}).scopes_supported == tuple(
        many[:200]
    )
    assert _resource(RFC_RESOURCE | {"scopes_supported": many}).scopes_supported == (
        tuple(many[:200])
    )


def test_a_server_has_every_endpoint_of_its_metadata() -> None:
    metadata = _server(RFC_SERVER)
    server = metadata.as_server()

    for name in (*ENDPOINTS.values(), "issuer", "require_pushed"):
        assert getattr(server, name) == getattr(metadata, name)
    assert server.pkce
    assert not server.dpop


def test_a_server_without_an_authorization_endpoint_has_an_empty_one() -> None:
    assert _server(LEAST).as_server().authorize_url == ""


@pytest.mark.parametrize(
    ("methods", "chosen"),
    [
        (None, "client_secret_basic"),
        ([], "client_secret_basic"),
        (["client_secret_post", "client_secret_basic"], "client_secret_basic"),
        (["none", "client_secret_post"], "client_secret_post"),
        (["private_key_jwt", "none"], "none"),
        (["client_secret_jwt", "private_key_jwt"], "private_key_jwt"),
        (["tls_client_auth", "client_secret_jwt"], "client_secret_jwt"),
    ],
)
def test_the_client_uses_a_method_that_the_server_supports(
    methods: list[str] | None, chosen: str
) -> None:
    document = LEAST | {"token_endpoint_auth_methods_supported": methods}

    assert _server(document).as_server().client_authentication == chosen


def test_a_server_without_a_method_of_ours_is_refused() -> None:
    metadata = _server(
        LEAST | {"token_endpoint_auth_methods_supported": ["tls_client_auth"]}
    )

    assert _refusal(metadata.as_server) == "unsupported_client_authentication"


@pytest.mark.parametrize(
    ("methods", "pkce"),
    [
        (None, True),
        (["S256"], True),
        (["plain", "S256"], True),
        (["plain"], False),
        (["s256"], False),
        ([], False),
    ],
)
def test_pkce_is_off_only_where_the_server_says_so(
    methods: list[str] | None, pkce: bool
) -> None:
    document = LEAST | {"code_challenge_methods_supported": methods}

    assert _server(document).as_server().pkce is pkce


urls = st.one_of(
    st.text(max_size=30),
    st.text("htps:/.[]@#?%\\1a", max_size=30).map(lambda rest: f"https://{rest}"),
    st.sampled_from([ISSUER, f"{ISSUER}/", RESOURCE, f"{ISSUER}/x?y", "http://[::1]"]),
)
values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), urls),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.text(max_size=4), inner, max_size=3),
    ),
    max_leaves=8,
)
documents = st.dictionaries(
    st.sampled_from([*RFC_SERVER, *RFC_RESOURCE]), values, max_size=6
)
bodies = st.one_of(
    st.binary(max_size=200),
    values.map(lambda value: json.dumps(value).encode()),
    documents.map(lambda fields: json.dumps(fields).encode()),
    documents.map(lambda fields: json.dumps({**RFC_SERVER, **fields}).encode()),
    documents.map(lambda fields: json.dumps({**RFC_RESOURCE, **fields}).encode()),
)
CODES = {
    "invalid_metadata",
    "issuer_mismatch",
    "resource_mismatch",
    "https_required",
    "private_address",
}


@given(
    status=st.one_of(st.just(200), st.integers(100, 599)),
    body=bodies,
    parse=st.sampled_from([_issuer, _of_resource]),
)
def test_any_answer_gives_metadata_nothing_or_an_oauth2_error(
    status: int, body: bytes, parse: Parse
) -> None:
    found = _outcome(parse, Response(status=status, body=body))

    if isinstance(found, OAuth2Error):
        assert found.code in CODES or found.code == f"http_{status}"
        assert str(found) == found.code
        assert found.description is None
        # A chained error would quote the document.
        assert found.__context__ is None
        return
    assert found is None or isinstance(found, ServerMetadata | ResourceMetadata)
    if found is not None:
        stored = {field.name: getattr(found, field.name) for field in fields(found)}
        # Home Assistant writes UTF-8, which has no lone surrogates.
        json.dumps(stored, ensure_ascii=False, allow_nan=False).encode()


@given(fields=documents)
def test_no_document_makes_a_server_that_sends_secrets_in_the_clear(
    fields: dict[str, object],
) -> None:
    try:
        metadata = _server({**RFC_SERVER, **fields})
    except OAuth2Error:
        return
    for name in ENDPOINTS.values():
        url = getattr(metadata, name)
        assert url is None or url.startswith("https://")
