"""*Find by address* with the address of an API: its metadata and challenges lead to its server."""

from typing import Any

import pytest

from custom_components.oauth2_client.flows.service.manual_provider import (
    form_from_found,
    is_plain_http,
)
from custom_components.oauth2_client.oauth2 import ServerMetadata
from custom_components.oauth2_client.providers.found import Found
from homeassistant.core import HomeAssistant

from .account_flow import AccountFlow, suggested
from .fake_server import FakeServer, Fault

# Answers of the host's own two metadata documents, which are asked for last.
_NOTHING_AT_THE_HOST = (Fault(404), Fault(404))


def _challenge(server: FakeServer, path: str) -> Fault:
    """Return an API's answer to who has no token (RFC 9728, 5.1)."""
    url = f"{server.base_url}{path}"
    return Fault(401, {"WWW-Authenticate": f'Bearer resource_metadata="{url}"'})


def _only_challenge(server: FakeServer, challenge: Fault) -> str:
    """Let only the challenge of an API lead on; return the API's address."""
    # The first two are asked for what servers publish below their own address.
    server.api_faults.extend([Fault(404), Fault(404), challenge])
    address = f"{server.api_base_url}/me"
    server.settings.metadata_changes = {"resource": address}
    return address


async def test_the_challenge_of_an_api_leads_to_its_server(
    flow: AccountFlow, server: FakeServer
) -> None:
    challenge = _challenge(server, "/.well-known/oauth-protected-resource/api")
    address = _only_challenge(server, challenge)
    found = suggested(await flow.discover(address))

    assert found["token_url"] == server.token_url
    assert found["api_base_url"] == address


@pytest.mark.parametrize(
    "challenge",
    [
        Fault(200),
        Fault(401),
        Fault(401, {"WWW-Authenticate": "Bearer"}),
        Fault(401, {"WWW-Authenticate": 'Bearer resource_metadata="nowhere"'}),
    ],
    ids=["no-refusal", "no-challenge", "no-metadata", "no-address"],
)
async def test_a_challenge_that_names_no_metadata_leads_nowhere(
    flow: AccountFlow, server: FakeServer, challenge: Fault
) -> None:
    server.metadata_faults.extend(_NOTHING_AT_THE_HOST)
    result = await flow.discover(_only_challenge(server, challenge))

    assert result["errors"] == {"address": "nothing_found"}


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"resource": "https://example.com/"}, "resource_mismatch"),
        ({"authorization_servers": []}, "nothing_found"),
        ({"authorization_servers": ["http://127.0.0.1:9/"]}, "nothing_found"),
    ],
    ids=["of-another-api", "no-server", "no-answer"],
)
async def test_metadata_of_an_api_that_leads_to_no_server_is_told(
    flow: AccountFlow, server: FakeServer, changes: dict[str, Any], error: str
) -> None:
    server.settings.metadata_changes = changes
    # The first is asked for the API's metadata, and answers as it is.
    server.metadata_faults.extend([Fault(None), *_NOTHING_AT_THE_HOST])
    result = await flow.discover(server.api_base_url)

    assert result["errors"] == {"address": error}


def _document(server: FakeServer, path: str = "", **changes: Any) -> dict[str, Any]:
    """Return metadata of a server whose issuer has a path."""
    return {
        "issuer": server.base_url + path,
        "authorization_endpoint": server.authorize_url,
        "token_endpoint": server.token_url,
        **changes,
    }


def _resource(server: FakeServer, **changes: Any) -> dict[str, Any]:
    return {
        "resource": server.api_base_url,
        "authorization_servers": [server.base_url],
        **changes,
    }


PRM = "/.well-known/oauth-protected-resource/api"


async def test_d9_the_resource_is_sent_at_authorize_token_and_refresh(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    found = suggested(await flow.discover(server.api_base_url))
    assert found["details"]["resources"] == [server.api_base_url]
    await flow.confirm_found(name="Sandbox")
    await flow.to_sign_in()
    result = await flow.sign_in()
    await hass.async_block_till_done()

    [pushed] = server.pushed_requests
    assert pushed["resource"] == server.api_base_url
    server.expire_access_tokens()
    account = result["result"].runtime_data.account
    assert (await account.request("GET", "/me")).status == 200
    asked = [request["grant_type"] for request in server.token_requests]
    assert asked == ["authorization_code", "refresh_token"]
    assert {request["resource"] for request in server.token_requests} == {
        server.api_base_url
    }


async def test_d9_no_resource_is_sent_where_no_metadata_names_one(
    flow: AccountFlow, server: FakeServer
) -> None:
    found = suggested(await flow.discover(server.base_url))

    assert found["details"]["resources"] == []


@pytest.mark.parametrize(
    ("challenge", "resource", "supported", "preset"),
    [
        ('Bearer scope="a b"', ["c"], ["a", "b", "c"], "a b"),
        ("Bearer", ["c", "d"], ["e"], "c d"),
        ("Bearer", None, ["e", "openid"], ""),
        ("Bearer", "c", ["openid"], ""),
        ('Bearer scope="a offline_access"', None, ["a"], "a"),
        ('Bearer scope="a"', None, ["a", "offline_access"], "a offline_access"),
        ("Bearer", ["c", "offline_access"], None, "c"),
        ("Bearer", None, ["offline_access"], ""),
        ("DPoP", ["c"], ["c"], "c"),
        ('Bearer scope="a\\"b c"', None, None, "c"),
    ],
)
async def test_d10_the_scopes_that_an_api_names_are_preset(
    flow: AccountFlow,
    server: FakeServer,
    challenge: str,
    resource: Any,
    supported: list[str] | None,
    preset: str,
) -> None:
    server.settings.published = {
        "/api": Fault(401, {"WWW-Authenticate": challenge}),
        PRM: Fault.json(200, _resource(server, scopes_supported=resource)),
    }
    server.settings.metadata_changes = {"scopes_supported": supported}
    found = suggested(await flow.discover(server.api_base_url))

    assert found["scopes"] == preset


@pytest.mark.parametrize("status", [404, 405, 406])
async def test_d11_an_api_that_takes_only_post_is_asked_with_one(
    flow: AccountFlow, server: FakeServer, status: int
) -> None:
    address = f"{server.api_base_url}/mcp"
    challenge = _challenge(server, "/metadata")
    # Below its own address, there are no documents.
    server.api_faults.extend([Fault(404), Fault(404), Fault(status), challenge])
    server.settings.published = {
        "/metadata": Fault.json(200, _resource(server, resource=address))
    }
    found = suggested(await flow.discover(address))

    assert found["api_base_url"] == address
    asked = server.api_requests[-2:]
    assert [request.method for request in asked] == ["GET", "POST"]
    assert asked[1].body == b""
    assert "authorization" not in asked[1].headers


async def test_d11_a_page_is_not_asked_with_a_post(
    flow: AccountFlow, server: FakeServer
) -> None:
    server.settings.publish_metadata = False
    await flow.discover(server.base_url)

    assert not [asked for asked in server.requested if asked.startswith("POST")]


@pytest.mark.parametrize(
    "path",
    [
        "/realm/.well-known/oauth-authorization-server",
        "/.well-known/oauth-authorization-server/realm",
        "/realm/.well-known/openid-configuration",
        "/.well-known/openid-configuration/realm",
    ],
)
@pytest.mark.parametrize("pasted", [False, True])
async def test_d1_metadata_is_found_where_others_place_it(
    flow: AccountFlow, server: FakeServer, path: str, pasted: bool
) -> None:
    server.settings.published = {path: Fault.json(200, _document(server, "/realm"))}
    address = server.base_url + (path if pasted else "/realm")
    result = await flow.discover(address)

    assert result["step_id"] == "found"
    if pasted:
        assert server.requested[0] == f"GET {path}"


SERVER = "/.well-known/oauth-authorization-server"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_d2_redirects_within_the_origin_are_followed(
    flow: AccountFlow, server: FakeServer, status: int
) -> None:
    server.settings.publish_metadata = False
    server.settings.published = {
        SERVER: Fault(status, {"Location": "/hop"}),
        "/hop": Fault(status, {"Location": f"{server.base_url}/metadata"}),
        "/metadata": Fault.json(200, _document(server)),
    }
    result = await flow.discover(server.base_url)

    assert result["step_id"] == "found"
    assert suggested(result)["token_url"] == server.token_url


@pytest.mark.parametrize(
    "location",
    [
        SERVER,
        "",
        "http://localhost:{port}/metadata",
        "https://127.0.0.1:{port}/metadata",
        "http://127.0.0.1:1/metadata",
        "http://127.0.0.1:{port}@example.com/metadata",
        "//example.com/metadata",
        "file:///metadata",
        "http://[",
    ],
)
async def test_d2_no_other_redirect_is_followed(
    flow: AccountFlow, server: FakeServer, location: str
) -> None:
    port = server.base_url.rpartition(":")[2]
    server.settings.publish_metadata = False
    server.settings.published = {
        SERVER: Fault(302, {"Location": location.replace("{port}", port)}),
        "/metadata": Fault.json(200, _document(server)),
    }
    result = await flow.discover(server.base_url)

    assert result["errors"] == {"address": "nothing_found"}
    assert "GET /metadata" not in server.requested
    # A circle is bounded.
    assert server.requested.count(f"GET {SERVER}") <= 4


async def test_d2_a_redirect_changes_nothing_of_whose_document_it_is(
    flow: AccountFlow, server: FakeServer
) -> None:
    server.settings.publish_metadata = False
    server.settings.published = {
        SERVER: Fault(302, {"Location": "/metadata"}),
        "/metadata": Fault.json(200, _document(server, issuer="https://example.com")),
    }
    result = await flow.discover(server.base_url)

    assert result["errors"] == {"address": "issuer_mismatch"}


async def test_d3_a_way_without_its_endpoint_is_not_offered(
    flow: AccountFlow, server: FakeServer
) -> None:
    server.settings.metadata_changes = {"device_authorization_endpoint": None}
    result = await flow.discover(server.base_url)

    details = result["data_schema"].schema["details"].schema.schema
    assert "device_code" not in details["grants"].config["options"]
    assert "device_authorization_url" not in {str(key) for key in details}
    assert suggested(result)["details"]["grants"] == [
        "authorization_code",
        "client_credentials",
    ]
    result = await flow.confirm_found(name="Sandbox", api_base_url=server.api_base_url)
    assert result["step_id"] == "credential"


async def test_d3_a_server_without_a_page_to_sign_in_offers_a_code(
    flow: AccountFlow, server: FakeServer
) -> None:
    server.settings.metadata_changes = {"authorization_endpoint": None}
    result = await flow.discover(server.base_url)

    assert suggested(result)["details"]["grants"] == [
        "device_code",
        "client_credentials",
    ]
    result = await flow.confirm_found(name="Sandbox", api_base_url=server.api_base_url)
    assert result["step_id"] == "credential_without_browser"


@pytest.mark.parametrize("order", [0, 1])
async def test_d4_both_documents_are_read(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer, order: int
) -> None:
    """Userinfo is only in one document, revocation only in the other: both are used."""
    extra = [
        {"revocation_endpoint": server.revocation_url},
        {"userinfo_endpoint": f"{server.api_base_url}/me"},
    ]
    paths = [SERVER, "/.well-known/openid-configuration"]
    server.settings.published = {
        path: Fault.json(200, _document(server, **extra[(index + order) % 2]))
        for index, path in enumerate(paths)
    }
    await flow.discover(server.base_url)
    await flow.confirm_found(name="Sandbox", api_base_url=server.api_base_url)
    server.settings.id_token = {"sub": "user-1"}
    server.api_faults.append(
        Fault.json(200, {"sub": "user-1", "email": "ada@example.com"})
    )
    await flow.to_sign_in(scopes=["openid"])
    result = await flow.sign_in()
    assert result["title"] == "Sandbox · ada@example.com"
    await hass.async_block_till_done()
    await hass.config_entries.async_remove(result["result"].entry_id)

    assert server.grants[-1].revoked


async def test_d4_a_document_of_another_issuer_is_not_joined(
    flow: AccountFlow, server: FakeServer
) -> None:
    server.settings.published = {
        SERVER: Fault.json(200, _document(server)),
        "/.well-known/openid-configuration": Fault.json(
            200,
            _document(
                server, "/other", registration_endpoint=f"{server.base_url}/register"
            ),
        ),
    }
    await flow.discover(server.base_url)
    result = await flow.confirm_found(name="Sandbox", api_base_url=server.api_base_url)

    assert result["step_id"] == "credential"
    assert "register" not in {str(key) for key in result["data_schema"].schema}


@pytest.mark.parametrize(
    "changes",
    [
        {"scopes_supported": "openid profile"},
        {"userinfo_endpoint": "/userinfo"},
        {"jwks_uri": 5},
        {"code_challenge_methods_supported": "S256"},
        {"require_pushed_authorization_requests": "yes"},
    ],
)
async def test_d7_an_odd_entry_is_left_out(
    flow: AccountFlow, server: FakeServer, changes: dict[str, Any]
) -> None:
    server.settings.metadata_changes = changes
    result = await flow.discover(server.base_url)

    assert result["step_id"] == "found"
    assert suggested(result)["token_url"] == server.token_url


async def test_d13_a_bare_host_at_home_is_tried_with_http(
    flow: AccountFlow, server: FakeServer
) -> None:
    result = await flow.discover(server.base_url.removeprefix("http://"))

    assert result["step_id"] == "found"
    assert suggested(result)["token_url"] == server.token_url


async def test_d13_an_api_at_home_is_asked_for_its_challenge_over_http(
    flow: AccountFlow, server: FakeServer
) -> None:
    result = await flow.discover(server.api_base_url.removeprefix("http://"))

    assert suggested(result)["api_base_url"] == server.api_base_url


@pytest.mark.parametrize(
    ("token_url", "plain"),
    [
        ("http://192.168.1.5:9421/token", True),
        ("http://nas/token", True),
        # What is sent there does not leave this machine.
        ("http://127.0.0.1:9421/token", False),
        ("https://nas/token", False),
    ],
)
def test_d13_the_form_says_where_it_was_found_over_http(
    token_url: str, plain: bool
) -> None:
    found = Found(metadata=ServerMetadata(issuer=token_url, token_url=token_url))

    assert is_plain_http(found) is plain
    assert form_from_found(found, {})["details"]["allow_http"] is plain


GUID = "8f0a1b2c-0000-4000-8000-123456789abc"


@pytest.mark.parametrize("issuer", [f"/{GUID}/v2.0", "/{tenantid}/v2.0", "/other"])
async def test_d8_what_was_found_of_a_variant_is_offered_by_hand(
    flow: AccountFlow, server: FakeServer, issuer: str
) -> None:
    server.settings.metadata_changes = {"issuer": server.base_url + issuer}
    result = await flow.discover(server.base_url)

    assert (result["step_id"], result["errors"]) == (
        "manual",
        {"base": "issuer_differs"},
    )
    assert result["description_placeholders"]["stated"] == server.base_url + issuer
    assert result["description_placeholders"]["asked"] == server.base_url
    found = suggested(result)
    assert found["token_url"] == server.token_url
    assert found["details"]["device_authorization_url"] == server.device_url
    result = await flow.confirm_found(name="Sandbox", api_base_url=server.api_base_url)
    assert result["step_id"] == "credential"
    # D12: it was read just now.
    assert server.token_requests == []


async def test_d8_a_tenants_number_is_followed_to_its_own_document(
    flow: AccountFlow, server: FakeServer
) -> None:
    server.settings.metadata_changes = {"issuer": f"{server.base_url}/{GUID}"}
    server.settings.published = {
        f"/{GUID}/.well-known/openid-configuration": Fault.json(
            200, _document(server, f"/{GUID}")
        )
    }
    result = await flow.discover(server.base_url)

    assert result["step_id"] == "found"


async def test_d8_a_known_service_is_named(
    flow: AccountFlow, server: FakeServer
) -> None:
    server.settings.metadata_changes = {
        "issuer": f"{server.base_url}/{{tenantid}}",
        "token_endpoint": "https://github.com/login/oauth/access_token",
    }
    result = await flow.discover(server.base_url)

    assert result["errors"] == {"base": "issuer_differs_known"}
    assert result["description_placeholders"]["known"] == "GitHub"


async def test_d8_another_host_is_refused_and_named(
    flow: AccountFlow, server: FakeServer
) -> None:
    server.settings.metadata_changes = {"issuer": "https://example.com"}
    result = await flow.discover(server.base_url)

    assert (result["step_id"], result["errors"]) == (
        "discover",
        {"address": "issuer_mismatch"},
    )
    assert result["description_placeholders"]["stated"] == "https://example.com"


@pytest.mark.parametrize("upper", [True, False])
async def test_d8_another_spelling_of_the_issuer_is_the_same(
    flow: AccountFlow, server: FakeServer, upper: bool
) -> None:
    issuer = server.base_url.replace("http:", "HTTP:") + ("" if upper else "/")
    server.settings.metadata_changes = {"issuer": issuer}
    result = await flow.discover(server.base_url)

    assert result["step_id"] == "found"
