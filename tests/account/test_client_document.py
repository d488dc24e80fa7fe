"""Home Assistant's client metadata document, whose URL is the client id: nobody registers a client."""

from collections.abc import Mapping
from typing import Any, Final

from aiohttp.test_utils import TestClient
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from yarl import URL

from custom_components.oauth2_client import async_setup
from custom_components.oauth2_client.account import client_document
from custom_components.oauth2_client.account.client_document import async_client_id
from custom_components.oauth2_client.catalogue import parse_provider
from custom_components.oauth2_client.const import CLIENT_DOCUMENT_PATH
from custom_components.oauth2_client.oauth2 import ClientRejected
from homeassistant.components.application_credentials import DATA_COMPONENT
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir

from ..account_flow import SCOPES, AccountFlow, suggested
from ..fake_server import FakeServer, Fault

HOME: Final = "https://home.example.org"
CLIENT_ID: Final = f"{HOME}{CLIENT_DOCUMENT_PATH}"
CALLBACK: Final = f"{HOME}/auth/external/callback"
MY: Final = "https://my.home-assistant.io/redirect/oauth"
OTHER: Final = "https://other.example.org"


@pytest.fixture
async def browser(
    flow: AccountFlow, hass_client_no_auth: ClientSessionGenerator
) -> TestClient[Any, Any]:
    """Somebody outside who has no user account at this Home Assistant."""
    return await hass_client_no_auth()


@pytest.fixture
async def reads(
    hass: HomeAssistant, server: FakeServer, browser: TestClient[Any, Any]
) -> None:
    """A server that takes documents, and an address at which it reads this Home Assistant's."""
    await hass.config.async_update(external_url=HOME)
    server.settings.metadata_changes["client_id_metadata_document_supported"] = True

    async def fetch(url: str) -> tuple[str, bytes]:
        asked = URL(url)
        response = await browser.get(asked.path, headers={"Host": asked.authority})
        assert response.status == 200, url
        return response.content_type, await response.read()

    server.settings.fetch_document = fetch


async def _to_credential(flow: AccountFlow, **changed: Any) -> Any:
    await flow.discover(flow.server.base_url)
    return await flow.confirm_found(
        name="Sandbox", api_base_url=flow.server.api_base_url, **changed
    )


async def _send(flow: AccountFlow, **changed: Any) -> Any:
    """Send the form as it is filled in."""
    form = {
        key: value for key, value in suggested(flow.result).items() if value != ""
    } | changed
    details = form.pop("details")
    return await flow.submit(**form, details={**details, "scopes": SCOPES})


async def _account(flow: AccountFlow) -> ConfigEntry:
    await _to_credential(flow)
    await _send(flow)
    result = await flow.sign_in()
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await flow.hass.async_block_till_done()
    entry: ConfigEntry = result["result"]
    return entry


def _ids(hass: HomeAssistant) -> list[str]:
    return [item["client_id"] for item in hass.data[DATA_COMPONENT].async_items()]


def _issues(hass: HomeAssistant) -> list[str | None]:
    issues = ir.async_get(hass).issues.values()
    return [each.translation_key for each in issues if each.domain == "oauth2_client"]


@pytest.mark.usefixtures("reads")
async def test_an_account_is_made_without_a_client_id(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    result = await _to_credential(flow)
    assert suggested(result)["document"] is True
    assert result["description_placeholders"]["document_url"] == CLIENT_ID
    assert suggested(result)["redirect"]["redirect_uri"] == CALLBACK
    entry = await _account_from_here(flow)
    server.expire_access_tokens()
    assert (await entry.runtime_data.account.request("GET", "/me")).status == 200

    [pushed] = server.pushed_requests
    assert (pushed["client_id"], pushed["redirect_uri"]) == (CLIENT_ID, CALLBACK)
    assert pushed["code_challenge_method"] == "S256"
    for sent, headers in zip(server.token_requests, server.token_headers, strict=True):
        assert sent["client_id"] == CLIENT_ID
        assert not sent.keys() & {"client_secret", "client_assertion"}
        assert "authorization" not in headers
    [item] = hass.data[DATA_COMPONENT].async_items()
    assert (item["client_id"], item["client_secret"]) == (CLIENT_ID, "")


async def _account_from_here(flow: AccountFlow) -> ConfigEntry:
    await _send(flow)
    result = await flow.sign_in()
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await flow.hass.async_block_till_done()
    entry: ConfigEntry = result["result"]
    return entry


@pytest.mark.usefixtures("reads")
async def test_the_document_is_read_at_the_authorize_page_too(
    flow: AccountFlow, server: FakeServer
) -> None:
    endpoint = "pushed_authorization_request_endpoint"
    server.settings.metadata_changes[endpoint] = None
    result = await _to_credential(flow)
    assert suggested(result)["document"] is True
    await _send(flow)
    asked = URL(flow.result["url"]).query
    assert (asked["client_id"], asked["redirect_uri"]) == (CLIENT_ID, CALLBACK)
    assert asked["code_challenge_method"] == "S256"
    # The server refuses a redirect URI that the document does not list.
    assert (await flow.sign_in())["type"] is FlowResultType.CREATE_ENTRY
    await flow.hass.async_block_till_done()


@pytest.mark.usefixtures("reads")
async def test_a_code_is_proven_also_where_the_form_says_no_to_pkce(
    flow: AccountFlow, server: FakeServer
) -> None:
    await _to_credential(flow, details={"pkce": False})
    await _account_from_here(flow)

    assert "code_challenge" in server.pushed_requests[0]


@pytest.mark.usefixtures("reads")
async def test_the_document_says_how_to_come_back_and_nothing_of_the_home(
    hass: HomeAssistant, browser: TestClient[Any, Any]
) -> None:
    response = await browser.get(CLIENT_DOCUMENT_PATH)

    assert response.status == 200
    assert response.content_type == "application/json"
    assert "max-age" in response.headers["Cache-Control"]
    assert await response.json() == {
        "client_id": CLIENT_ID,
        "client_name": "Home Assistant",
        "client_uri": f"{HOME}/",
        "redirect_uris": [CALLBACK],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "none",
    }
    hass.config.components |= {"my", "frontend"}
    document = await (await browser.get(CLIENT_DOCUMENT_PATH)).json()
    assert document["redirect_uris"] == [MY, CALLBACK]
    assert URL(document["logo_uri"]).host == URL(HOME).host


@pytest.mark.usefixtures("reads")
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "HEAD", "OPTIONS"])
async def test_the_document_is_only_read(
    browser: TestClient[Any, Any], method: str
) -> None:
    response = await browser.request(method, CLIENT_DOCUMENT_PATH)

    assert response.status in (403, 405)


async def test_without_an_external_address_there_is_no_document(
    hass: HomeAssistant, browser: TestClient[Any, Any]
) -> None:
    assert (await browser.get(CLIENT_DOCUMENT_PATH)).status == 404
    await hass.config.async_update(external_url="http://home.example.org")
    assert (await browser.get(CLIENT_DOCUMENT_PATH)).status == 404


@pytest.mark.parametrize(
    ("external", "token_url", "offered"),
    [
        (HOME, "https://auth.example.com/token", True),
        (f"{HOME}:8443", "https://auth.example.com/token", True),
        ("https://hass.local", "https://auth.local/token", True),
        # A server outside cannot read what only the home can reach.
        ("https://hass.local", "https://auth.example.com/token", False),
        ("https://192.168.1.2", "https://auth.example.com/token", False),
        ("http://home.example.org", "https://auth.example.com/token", False),
        (None, "https://auth.example.com/token", False),
    ],
)
async def test_a_document_is_offered_where_the_server_can_read_it(
    hass: HomeAssistant, external: str | None, token_url: str, offered: bool
) -> None:
    await hass.config.async_update(external_url=external)
    provider = parse_provider(
        {
            "id": "user_x",
            "name": "X",
            "token_url": token_url,
            "client_id_metadata_document": True,
        },
        category="user",
    )

    wanted = f"{external}{CLIENT_DOCUMENT_PATH}" if offered else None
    assert async_client_id(hass, provider) == wanted


@pytest.mark.usefixtures("reads")
async def test_the_document_goes_before_a_registration_and_a_typed_id_before_both(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    endpoint = f"{server.api_base_url}/register"
    server.settings.metadata_changes["registration_endpoint"] = endpoint
    result = await _to_credential(flow)
    fields = [str(key) for key in result["data_schema"].schema]
    assert fields.index("document") < fields.index("register")
    assert fields.index("register") < fields.index("client_id")
    form = suggested(result)
    assert (form["document"], form["register"]) == (True, False)
    await _send(flow, client_id="demo-client", client_secret="demo-secret")

    assert _ids(hass) == ["demo-client"]
    assert server.api_requests == []


@pytest.mark.parametrize("supported", [False, None, "true", 1])
async def test_a_server_that_does_not_say_so_is_not_offered_a_document(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer, supported: Any
) -> None:
    await hass.config.async_update(external_url=HOME)
    changes = {"client_id_metadata_document_supported": supported}
    server.settings.metadata_changes |= changes
    result = await _to_credential(flow)

    assert "document" not in suggested(result)
    assert result["errors"] is None


async def test_what_would_help_is_told_where_neither_way_is_possible(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    changes: Mapping[str, Any] = {"client_id_metadata_document_supported": True}
    server.settings.metadata_changes |= changes
    result = await _to_credential(flow)
    assert result["errors"] == {"base": "external_url_missing"}
    assert "document" not in suggested(result)
    # A typed client id works too.
    await flow.to_sign_in()
    assert (await flow.sign_in())["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()


async def test_a_registration_takes_the_place_of_a_document_that_nobody_can_read(
    flow: AccountFlow, server: FakeServer
) -> None:
    server.settings.metadata_changes |= {
        "client_id_metadata_document_supported": True,
        "registration_endpoint": f"{server.api_base_url}/register",
    }
    result = await _to_credential(flow)

    assert result["errors"] is None
    assert suggested(result)["register"] is True


@pytest.mark.usefixtures("reads")
async def test_the_browser_comes_back_only_to_where_the_document_says(
    hass: HomeAssistant, flow: AccountFlow
) -> None:
    await hass.config.async_update(internal_url="http://192.168.1.2:8123")
    await _to_credential(flow)
    elsewhere = "http://192.168.1.2:8123/auth/external/callback"
    result = await _send(flow, redirect_uri=elsewhere)
    key = "redirect_uri_not_listed"
    assert result["errors"] == {"base": key, "redirect": key}
    assert result["description_placeholders"]["document_uris"] == CALLBACK
    assert _ids(hass) == []
    result = await _send(flow, redirect_uri=CALLBACK)
    assert result["type"] is FlowResultType.EXTERNAL_STEP


@pytest.mark.usefixtures("reads")
async def test_an_address_is_pasted_only_where_the_document_lists_it(
    hass: HomeAssistant, flow: AccountFlow
) -> None:
    await _to_credential(flow)
    chosen = {"redirect_uri": "paste", "other_redirect_uri": "http://localhost"}
    result = await _send(flow, **chosen)
    key = "redirect_uri_not_listed"
    assert result["errors"] == {"base": key, "redirect": key}
    assert _ids(hass) == []
    # The form keeps the choice, so that it can be changed.
    assert suggested(result)["redirect"] == chosen
    # A browser that does not reach it is no reason not to use it.
    result = await _send(flow, **chosen | {"other_redirect_uri": CALLBACK})
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "paste")


@pytest.mark.usefixtures("reads")
async def test_my_home_assistant_is_a_place_to_come_back_to(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    hass.config.components.add("my")
    result = await _to_credential(flow)
    assert suggested(result)["redirect"]["redirect_uri"] == MY
    await _send(flow)
    await server.sign_in(await flow.open_window())

    assert server.pushed_requests[-1]["redirect_uri"] == MY


@pytest.mark.usefixtures("reads")
async def test_a_code_on_another_device_needs_a_client_id(flow: AccountFlow) -> None:
    result = await _to_credential(
        flow, details={"grants": ["authorization_code", "device_code"]}
    )
    form = suggested(result)
    form["details"]["grant"] = "device_code"
    result = await flow.submit(document=True, details=form["details"])

    assert result["errors"] == {"details": "document_needs_browser"}


@pytest.mark.usefixtures("reads")
async def test_a_document_that_is_refused_is_told_and_not_ticked_again(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    endpoint = f"{server.api_base_url}/register"
    server.settings.metadata_changes["registration_endpoint"] = endpoint
    await _to_credential(flow)
    await _send(flow)
    server.token_faults.append(Fault.json(401, {"error": "invalid_client"}))
    result = await flow.sign_in()

    assert result["errors"] == {"base": "document_rejected"}
    assert "invalid_client" in result["description_placeholders"]["reason"]
    form = suggested(result)
    assert (form["document"], form["register"]) == (False, True)
    assert form["client_id"] == ""
    assert _ids(hass) == []


@pytest.mark.usefixtures("reads")
async def test_two_accounts_share_the_client_id(
    hass: HomeAssistant, flow: AccountFlow
) -> None:
    first = await _account(flow)
    result = await flow.choose("Sandbox")
    form = suggested(result)
    assert form["credential"] == first.data["auth_implementation"]
    assert form["document"] is False
    await _account_from_here(flow)

    assert _ids(hass) == [CLIENT_ID]


@pytest.mark.usefixtures("reads")
async def test_after_a_restart_the_document_is_there_before_any_form(
    hass: HomeAssistant,
    flow: AccountFlow,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await _account(flow)
    served: list[HomeAssistant] = []
    monkeypatch.setattr(client_document, "async_serve_client_document", served.append)
    assert await async_setup(hass, {})
    assert served == [hass]

    # Without such a client, the document is not needed.
    [item] = hass.data[DATA_COMPONENT].async_items()
    hass.data[DATA_COMPONENT].data.pop(item["id"])
    assert await async_setup(hass, {})
    assert served == [hass]


@pytest.mark.usefixtures("reads")
async def test_the_former_document_is_served_while_its_host_leads_here(
    hass: HomeAssistant, flow: AccountFlow, browser: TestClient[Any, Any]
) -> None:
    await _account(flow)
    await hass.config.async_update(external_url=OTHER)

    for base in (HOME, OTHER):
        response = await browser.get(
            CLIENT_DOCUMENT_PATH, headers={"Host": str(URL(base).host)}
        )
        document = await response.json()
        assert document["client_id"] == f"{base}{CLIENT_DOCUMENT_PATH}"
        assert document["redirect_uris"] == [f"{base}/auth/external/callback"]


@pytest.mark.usefixtures("reads")
async def test_a_changed_address_ends_in_a_new_client_id(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    entry = await _account(flow)
    await hass.config.async_update(external_url=OTHER)
    server.settings.clients.pop(CLIENT_ID)
    server.settings.fetch_document = None
    server.expire_access_tokens()
    with pytest.raises(ClientRejected):
        await entry.runtime_data.account.request("GET", "/me")
    assert _issues(hass) == ["document_rejected"]

    new_id = f"{OTHER}{CLIENT_DOCUMENT_PATH}"
    server.settings.clients[new_id] = None
    entry.async_start_reauth(hass)
    await hass.async_block_till_done()
    [progress] = hass.config_entries.flow.async_progress_by_handler(
        "oauth2_client", match_context={"source": SOURCE_REAUTH}
    )
    configure = hass.config_entries.flow.async_configure
    await flow.take(await configure(progress["flow_id"]))
    result = await flow.submit()
    assert (result["step_id"], result["errors"]) == (
        "stored_credential",
        {"base": "address_changed"},
    )
    assert result["description_placeholders"]["document_url"] == new_id
    assert suggested(result)["document"] is True
    await _send(flow)
    assert (await flow.sign_in())["reason"] == "reauth_successful"
    await hass.async_block_till_done()
    assert _ids(hass) == [new_id]
    assert _issues(hass) == []


@pytest.mark.usefixtures("reads")
async def test_an_address_that_is_gone_is_told_when_signing_in_again(
    hass: HomeAssistant, flow: AccountFlow
) -> None:
    entry = await _account(flow)
    await hass.config.async_update(external_url=None)
    entry.async_start_reauth(hass)
    await hass.async_block_till_done()
    [progress] = hass.config_entries.flow.async_progress()
    configure = hass.config_entries.flow.async_configure
    await flow.take(await configure(progress["flow_id"]))
    result = await flow.submit()

    assert result["errors"] == {"base": "external_url_missing"}


@pytest.mark.usefixtures("reads")
async def test_the_address_of_the_document_may_be_typed_as_client_id(
    hass: HomeAssistant, flow: AccountFlow
) -> None:
    await _to_credential(flow)
    await _send(flow, document=False, client_id=CLIENT_ID)

    assert (await flow.sign_in())["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    assert _ids(hass) == [CLIENT_ID]


@pytest.mark.usefixtures("reads")
async def test_a_former_client_id_that_is_chosen_leads_to_the_new_one(
    hass: HomeAssistant, flow: AccountFlow
) -> None:
    entry = await _account(flow)
    await hass.config.async_update(external_url=OTHER)
    result = await flow.reconfigure(entry)
    assert result["errors"] == {"base": "address_changed"}
    result = await _send(flow, document=False)
    assert result["errors"] == {"base": "address_changed"}
    assert suggested(result)["document"] is True
    await hass.config.async_update(external_url=None)
    result = await _send(flow)
    assert result["errors"] == {"base": "external_url_missing"}
