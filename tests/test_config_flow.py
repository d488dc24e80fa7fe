"""The account flow, through its front door, at a real server: adding an account."""

from typing import Any, override

import pytest
from yarl import URL

from custom_components.oauth2_client.const import DOMAIN
from custom_components.oauth2_client.providers.store import async_get_provider_store
from homeassistant.components.application_credentials import DATA_COMPONENT
from homeassistant.config_entries import ConfigEntryState, FlowType
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import config_entry_oauth2_flow

from .account_flow import SCOPES, AccountFlow, redirect_uris
from .fake_server import FakeServer, Fault

CALLBACK = "https://example.com/auth/external/callback"
ADA = {"sub": "user-1", "email": "ada@example.com"}
GRACE = {"sub": "user-2", "email": "grace@example.com"}


def _stored(hass: HomeAssistant) -> dict[str, str]:
    """Return the secrets of the stored credentials by client id."""
    return {
        item["client_id"]: item["client_secret"]
        for item in hass.data[DATA_COMPONENT].async_items()
    }


def _options(result: Any, field: str) -> list[str]:
    selector = result["data_schema"].schema[field]
    return [option["value"] for option in selector.config["options"]]


def _suggested(result: Any) -> dict[str, Any]:
    suggested: dict[str, Any] = {}
    for key, value in result["data_schema"].schema.items():
        if key == "details":
            suggested |= _suggested({"data_schema": value.schema})
        elif key.description and "suggested_value" in key.description:
            suggested[str(key)] = key.description["suggested_value"]
    return suggested


async def test_four_forms_lead_to_an_account(
    hass: HomeAssistant, flow: AccountFlow
) -> None:
    result = await flow.start()
    assert (result["type"], result["step_id"]) == (FlowResultType.MENU, "user")
    result = await flow.submit(next_step_id="manual")
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "manual")
    result = await flow.submit(**flow.manual_form())
    assert (result["step_id"], result["errors"]) == ("credential", None)
    await flow.to_sign_in()
    result = await flow.sign_in()

    assert result["type"] is FlowResultType.CREATE_ENTRY, result
    await hass.async_block_till_done()
    entry = result["result"]
    assert entry.title == "Sandbox"
    assert entry.state is ConfigEntryState.LOADED
    assert entry.data["scopes"] == SCOPES
    assert entry.data["provider"] == "user_sandbox"
    assert "token" not in entry.data


async def test_the_first_resource_is_asked_for_right_away(
    hass: HomeAssistant, flow: AccountFlow
) -> None:
    await flow.to_credential()
    await flow.to_sign_in()
    result = await flow.sign_in()

    kind, flow_id = result["next_flow"]
    assert kind is FlowType.CONFIG_SUBENTRIES_FLOW
    [progress] = hass.config_entries.subentries.async_progress()
    assert progress["flow_id"] == flow_id
    assert progress["step_id"] == "address"


async def test_the_redirect_uri_that_is_shown_is_the_one_that_is_sent(
    flow: AccountFlow, server: FakeServer
) -> None:
    result = await flow.to_credential()
    assert result["description_placeholders"]["redirect_uri"] == f"`{CALLBACK}`"
    # One address is enough to register: all others are in a section that is closed.
    assert result["data_schema"].schema["redirect"].options == {"collapsed": True}
    # Nothing is known of the pages of a service that was entered by hand.
    pages = result["description_placeholders"]["developer_pages"]
    assert pages.startswith("- They are not known here.")
    assert server.base_url in pages
    await flow.to_sign_in()
    await flow.sign_in()

    assert server.token_requests[-1]["redirect_uri"] == CALLBACK


async def test_the_redirect_uri_that_is_chosen_is_sent_and_kept(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    hass.config.components.add("my")
    await hass.config.async_update(external_url="https://home.example.org")
    chosen = "https://home.example.org/auth/external/callback"
    result = await flow.to_credential()
    # The usual one first: My Home Assistant, where it is set up.
    assert redirect_uris(result)[0] == "https://my.home-assistant.io/redirect/oauth"
    assert CALLBACK in redirect_uris(result)
    result = await flow.to_sign_in(redirect_uri=chosen)
    assert URL(result["url"]).query["redirect_uri"] == chosen
    await flow.sign_in()
    assert server.token_requests[-1]["redirect_uri"] == chosen

    # The same one is selected and sent at the next sign-in, at whichever address.
    [account] = hass.config_entries.async_entries(DOMAIN)
    await hass.config.async_update(external_url="https://other.example.org")
    result = await flow.reconfigure(account)
    assert redirect_uris(result)[0] == chosen
    hass.config_entries.flow.async_abort(result["flow_id"])
    account.async_start_reauth(hass)
    await hass.async_block_till_done()
    [reauth] = [
        progress
        for progress in hass.config_entries.flow.async_progress()
        if progress["context"]["source"] == "reauth"
    ]
    result = await hass.config_entries.flow.async_configure(reauth["flow_id"], {})
    assert URL(str(result["url"])).query["redirect_uri"] == chosen


async def test_the_code_is_proven_and_the_scopes_are_asked_for(
    flow: AccountFlow, server: FakeServer
) -> None:
    await flow.to_credential()
    result = await flow.to_sign_in(scopes=["read"])
    assert "code_challenge_method=S256" in result["url"]
    assert "scope=read&" in f"{result['url']}&"
    await flow.sign_in()

    assert len(server.token_requests[-1]["code_verifier"]) >= 43


@pytest.mark.parametrize(
    ("changed", "field", "error"),
    [
        ({"authorize_url": "example.com"}, "authorize_url", "invalid_url"),
        ({"token_url": "http://example.com/token"}, "token_url", "https_required"),
        ({"token_url": "http://192.168.1.2/token"}, "token_url", "https_required"),
        ({"token_url": "ftp://example.com"}, "token_url", "invalid_url"),
        ({"token_url": "https://a:b@example.com"}, "token_url", "invalid_url"),
        ({"api_base_url": "http://example.com"}, "api_base_url", "https_required"),
        ({"api_base_url": "https://[::1"}, "api_base_url", "invalid_url"),
        ({"api_base_url": "https://x.com/?a=1"}, "api_base_url", "not_a_base_url"),
        ({"name": "  "}, "name", "name_missing"),
        ({"name": "github"}, "name", "name_taken"),
        ({"token_url": "http://127.0.0.1:9/"}, "token_url", "cannot_connect"),
    ],
)
async def test_a_mistake_is_told_at_its_field_and_the_answers_stay(
    flow: AccountFlow, changed: dict[str, str], field: str, error: str
) -> None:
    result = await flow.to_credential(**changed)

    assert result["step_id"] == "manual"
    assert result["errors"] == {field: error}
    typed = {**flow.manual_form(), **changed}
    assert (
        _suggested(result).items()
        >= {
            key: typed[key] for key in ("name", "authorize_url", "token_url", "scopes")
        }.items()
    )


async def test_what_is_not_an_oauth2_server_is_told_once(
    flow: AccountFlow, server: FakeServer
) -> None:
    form = {
        "authorize_url": f"{server.base_url}/nothing",
        "token_url": f"{server.base_url}/",
    }
    result = await flow.to_credential(**form)
    # The root answers a POST with 405, as an endpoint might.
    assert result["errors"] == {"authorize_url": "not_oauth2_server"}

    result = await flow.submit(**flow.manual_form(**form))
    assert result["step_id"] == "credential"


async def test_a_login_page_in_front_of_the_token_url_is_told(
    flow: AccountFlow, server: FakeServer
) -> None:
    server.token_faults.append(Fault(200, {}, b"<html>Sign in</html>"))

    result = await flow.to_credential()

    assert result["errors"] == {"token_url": "not_oauth2_server"}


async def test_nothing_is_kept_of_a_provider_without_a_credential(
    hass: HomeAssistant, flow: AccountFlow
) -> None:
    result = await flow.to_credential()
    hass.config_entries.flow.async_abort(result["flow_id"])

    result = await flow.choose("Sandbox")
    assert result["step_id"] == "not_listed"


async def test_a_provider_that_was_entered_can_be_chosen_for_a_second_account(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    server.settings.id_token = ADA
    await flow.add_account()
    server.settings.id_token = GRACE

    result = await flow.choose("sandbox")
    [stored, new] = _options(result, "credential")
    assert new == "new"
    await flow.submit(credential=stored, details={"scopes": SCOPES})
    result = await flow.sign_in()

    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    titles = [entry.title for entry in hass.config_entries.async_entries(DOMAIN)]
    assert titles == ["Sandbox · ada@example.com", "Sandbox · grace@example.com"]
    assert _stored(hass) == {"demo-client": "demo-secret"}


async def test_an_account_is_added_once(flow: AccountFlow, server: FakeServer) -> None:
    server.settings.id_token = ADA
    await flow.add_account()
    result = await flow.choose("Sandbox")
    [stored, _] = _options(result, "credential")
    await flow.submit(credential=stored, details={"scopes": SCOPES})
    result = await flow.sign_in()

    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"


async def test_the_identity_request_tells_whose_account_it_is(
    hass: HomeAssistant, flow: AccountFlow
) -> None:
    store = await async_get_provider_store(hass)
    draft = store.draft_provider(
        {
            "name": "Sandbox",
            "authorize_url": flow.server.authorize_url,
            "token_url": flow.server.token_url,
            "api_base_url": flow.server.api_base_url,
            "identity": {"url": "/me", "id": ["id"], "name": ["login"]},
        }
    )
    await store.async_keep_provider(draft)
    await flow.choose("Sandbox")
    await flow.to_sign_in()
    result = await flow.sign_in()

    assert result["title"] == "Sandbox · ada"
    assert result["result"].unique_id == "user_sandbox:user-1"


async def test_a_wrong_secret_is_told_where_it_is_typed_and_not_kept(
    hass: HomeAssistant, flow: AccountFlow
) -> None:
    await flow.to_credential()
    await flow.to_sign_in(client_secret="wrong-secret")
    result = await flow.sign_in()

    assert (result["step_id"], result["errors"]) == (
        "credential",
        {"base": "client_rejected", "client_secret": "look_at_client_secret"},
    )
    assert "invalid_client" in result["description_placeholders"]["reason"]
    assert _suggested(result)["client_id"] == "demo-client"
    assert "wrong-secret" not in str(result)
    assert _stored(hass) == {}

    await flow.to_sign_in()
    result = await flow.sign_in()
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert _stored(hass) == {"demo-client": "demo-secret"}


async def test_refused_consent_is_told_and_can_be_given_after_all(
    hass: HomeAssistant, flow: AccountFlow
) -> None:
    await flow.to_credential()
    await flow.to_sign_in()
    result = await flow.sign_in(allow=False)

    assert (result["step_id"], result["errors"]) == (
        "stored_credential",
        {"base": "access_denied"},
    )
    assert _stored(hass) == {"demo-client": "demo-secret"}
    [stored, _] = _options(result, "credential")
    await flow.submit(credential=stored, details={"scopes": SCOPES})
    result = await flow.sign_in()
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(503, {}, b"<html>down</html>"), "temporary_failure"),
        (Fault(disconnect=True), "cannot_connect"),
        (Fault(302, {"Location": "https://example.com/"}), "redirect_refused"),
        (Fault(200, {}, b"[]"), "temporary_failure"),
        (Fault(200, {}, b"x" * 300_000), "response_too_large"),
        (Fault.json(400, {"error": "invalid_scope"}), "scope_rejected"),
        (Fault.json(400, {"error": "invalid_grant"}), "grant_rejected"),
    ],
)
async def test_a_failed_exchange_is_told_and_can_be_tried_again(
    flow: AccountFlow, server: FakeServer, fault: Fault, error: str
) -> None:
    await flow.to_credential()
    await flow.to_sign_in(scopes=["read", "own"])
    server.token_faults.append(fault)
    result = await flow.sign_in()

    assert result["step_id"] == "stored_credential"
    assert result["errors"]["base"] == error
    assert _suggested(result)["scopes"] == ["read", "own"]
    [stored, _] = _options(result, "credential")
    await flow.submit(credential=stored, details={"scopes": SCOPES})
    result = await flow.sign_in()
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_a_new_credential_needs_a_client_id(flow: AccountFlow) -> None:
    await flow.to_credential()
    result = await flow.to_sign_in(client_id="  ")

    assert (result["step_id"], result["errors"]) == (
        "credential",
        {"client_id": "client_id_missing"},
    )


async def test_a_public_client_has_no_secret(
    flow: AccountFlow, server: FakeServer
) -> None:
    server.settings.clients["public"] = None
    await flow.to_credential()
    await flow.to_sign_in(client_id="public", client_secret="")
    result = await flow.sign_in()

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert "client_secret" not in server.token_requests[-1]


async def test_basic_authentication_and_json_are_used_where_the_form_says_so(
    flow: AccountFlow, server: FakeServer
) -> None:
    await flow.add_account(
        client_authentication="client_secret_basic", token_encoding="json"
    )

    assert server.token_headers[-1]["authorization"].startswith("Basic ")
    assert server.token_headers[-1]["content-type"] == "application/json"
    assert "client_secret" not in server.token_requests[-1]


@pytest.mark.parametrize("typed", ["github", " GitHub ", "GITHUB"])
async def test_a_providers_name_can_be_typed(flow: AccountFlow, typed: str) -> None:
    result = await flow.choose(typed)

    assert result["step_id"] == "credential"
    assert result["description_placeholders"]["provider"] == "GitHub"
    assert result["description_placeholders"]["developer_pages"] == (
        "- https://github.com/settings/developers\n- https://docs.github.com/en/rest"
    )


async def test_a_name_that_is_nearly_one_is_asked_about(flow: AccountFlow) -> None:
    result = await flow.choose("gihtub")

    assert result["step_id"] == "which_service"
    assert _options(result, "provider") == ["github", "discover", "manual", "catalogue"]
    result = await flow.submit(provider="github")
    assert result["step_id"] == "credential"


async def test_whoever_means_none_of_the_names_that_are_alike_searches_again(
    flow: AccountFlow,
) -> None:
    await flow.choose("gihtub")
    result = await flow.submit(provider="catalogue")

    assert result["step_id"] == "catalogue"


async def test_variables_complete_a_provider(flow: AccountFlow) -> None:
    result = await flow.choose("Microsoft")
    assert (result["step_id"], _suggested(result)) == (
        "tenant",
        {"tenant": "common"},
    )
    result = await flow.submit(tenant="no tenant")
    assert result["errors"] == {"tenant": "invalid_variable"}
    assert _suggested(result)["tenant"] == "no tenant"
    await flow.submit(tenant=" contoso ")
    result = await flow.to_sign_in()

    assert result["url"].startswith(
        "https://login.microsoftonline.com/contoso/oauth2/v2.0/authorize?"
    )


@pytest.mark.parametrize(
    ("address", "step"),
    [
        ("http://192.168.1.5", "credential"),
        ("http://nextcloud.local/cloud/", "credential"),
        ("http://cloud.example.com", "base_url"),
        ("https://cloud.example.com", "credential"),
    ],
)
async def test_plain_http_is_for_the_home_network(
    flow: AccountFlow, address: str, step: str
) -> None:
    await flow.choose("Nextcloud")
    result = await flow.submit(base_url=address)

    assert result["step_id"] == step
    assert result["errors"] == (
        {"base_url": "https_required"} if step == "base_url" else None
    )


async def test_a_credential_of_another_provider_is_not_offered(
    flow: AccountFlow,
) -> None:
    await flow.add_account()
    result = await flow.choose("GitHub")

    assert "credential" not in result["data_schema"].schema


async def test_a_credential_of_no_provider_is_offered_and_then_belongs_to_this_one(
    hass: HomeAssistant, flow: AccountFlow
) -> None:
    item = await hass.data[DATA_COMPONENT].async_create_item(
        {"domain": DOMAIN, "client_id": "demo-client", "client_secret": "demo-secret"}
    )
    result = await flow.to_credential()
    assert _options(result, "credential") == [item["id"], "new"]
    await flow.submit(credential=item["id"], details={"scopes": SCOPES})
    result = await flow.sign_in()
    assert result["type"] is FlowResultType.CREATE_ENTRY

    result = await flow.choose("GitHub")
    assert "credential" not in result["data_schema"].schema


class _Linked(config_entry_oauth2_flow.LocalOAuth2Implementation):
    """What a component that links accounts offers."""

    @property
    @override
    def name(self) -> str:
        return "Account linking"


async def test_what_other_components_offer_can_be_chosen(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    linked = _Linked(
        hass,
        "linking",
        "demo-client",
        "demo-secret",
        server.authorize_url,
        server.token_url,
    )
    server.settings.require_pkce = False

    async def provide(
        _: HomeAssistant, domain: str
    ) -> list[config_entry_oauth2_flow.AbstractOAuth2Implementation]:
        return [linked] if domain == DOMAIN else []

    config_entry_oauth2_flow.async_add_implementation_provider(hass, "cloud", provide)
    result = await flow.to_credential()
    assert _options(result, "credential") == ["linking", "new"]
    await flow.submit(credential="linking", details={"scopes": SCOPES})
    result = await flow.sign_in()

    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    assert result["result"].state is ConfigEntryState.LOADED
    assert _stored(hass) == {}


async def test_two_flows_at_once_do_not_mix_their_providers(
    hass: HomeAssistant, flow: AccountFlow
) -> None:
    first = await flow.to_credential()
    await flow.choose("GitHub")
    await flow.take(first)
    result = await flow.to_sign_in()

    assert result["url"].startswith(flow.server.authorize_url)


async def test_a_client_id_that_is_typed_counts_more_than_what_is_still_ticked(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    await flow.add_account()
    server.settings.clients["second"] = "second-secret"
    result = await flow.choose("Sandbox")
    [stored, _] = _options(result, "credential")
    await flow.to_sign_in("second", "second-secret", credential=stored)
    result = await flow.sign_in()

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"]["auth_implementation"] != stored


async def test_a_credential_that_is_deleted_meanwhile_is_told(
    hass: HomeAssistant, flow: AccountFlow
) -> None:
    collection = hass.data[DATA_COMPONENT]
    item = await collection.async_create_item(
        {"domain": DOMAIN, "client_id": "demo-client", "client_secret": "demo-secret"}
    )
    await flow.to_credential()
    await collection.async_delete_item(item["id"])
    result = await flow.submit(credential=item["id"], details={"scopes": []})

    assert (result["step_id"], result["errors"]) == (
        "credential",
        {"base": "credential_gone"},
    )
