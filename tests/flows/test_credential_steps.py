"""The forms of a credential: what they keep, and what is left when they are closed."""

from collections.abc import Mapping
from typing import Any

from custom_components.oauth2_client.credentials import async_stored_credentials
from custom_components.oauth2_client.providers.store import async_get_provider_store
from homeassistant.components.application_credentials import DATA_COMPONENT
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from ..account_flow import AccountFlow, suggested
from ..fake_server import FakeServer


async def _close(flow: AccountFlow) -> None:
    """Close the form, as a person does where the service shows an error."""
    flow.hass.config_entries.flow.async_abort(flow.result["flow_id"])
    await flow.hass.async_block_till_done()


def _clients(hass: HomeAssistant) -> list[str]:
    return [each.client_id for each in async_stored_credentials(hass).values()]


async def _to_credential_again(flow: AccountFlow) -> Mapping[str, Any]:
    """Begin anew with the service of an earlier flow, and return the form."""
    await flow.start()
    await flow.submit(next_step_id="catalogue")
    result: Mapping[str, Any] = await flow.submit(provider="Sandbox")
    return result


async def test_a_closed_form_leaves_no_credential(
    hass: HomeAssistant, flow: AccountFlow
) -> None:
    await flow.to_credential()
    await flow.to_sign_in("wrong-client", "wrong-secret")
    assert _clients(hass) == ["wrong-client"]

    await _close(flow)
    assert _clients(hass) == []


async def test_what_was_typed_before_the_form_was_closed_is_filled_in_the_next_time(
    hass: HomeAssistant, flow: AccountFlow
) -> None:
    await flow.to_credential()
    await flow.to_sign_in("wrong-client", "demo-secret")
    await _close(flow)
    result = await _to_credential_again(flow)

    assert result["step_id"] == "credential"
    assert suggested(result)["client_id"] == "wrong-client"
    assert suggested(result)["client_secret"] == "••••••••"
    await flow.to_sign_in("demo-client", "••••••••")
    assert (await flow.sign_in())["type"] is FlowResultType.CREATE_ENTRY
    [stored] = async_stored_credentials(hass).values()
    assert (stored.client_id, stored.client_secret) == ("demo-client", "demo-secret")


async def test_what_an_account_has_is_not_filled_in_for_the_next_one(
    hass: HomeAssistant, flow: AccountFlow
) -> None:
    await flow.to_credential()
    await flow.to_sign_in()
    await _close(flow)
    await _to_credential_again(flow)
    await flow.to_sign_in()
    await flow.sign_in()
    await hass.async_block_till_done()
    await _to_credential_again(flow)
    result = await flow.submit(credential="new", details={"scopes": []})

    assert suggested(result)["client_id"] == ""
    assert suggested(result)["client_secret"] == ""


async def test_the_credential_of_an_account_stays_when_a_form_is_closed(
    hass: HomeAssistant, flow: AccountFlow
) -> None:
    await flow.add_account()
    [credential] = async_stored_credentials(hass)
    await _to_credential_again(flow)
    await flow.submit(credential=credential, details={"scopes": []})
    await _close(flow)

    assert [*async_stored_credentials(hass)] == [credential]


async def test_a_second_form_keeps_the_credential_that_a_closed_one_stored(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    await flow.to_credential()
    await flow.to_sign_in()
    first = flow.result["flow_id"]
    [credential] = async_stored_credentials(hass)
    result = await _to_credential_again(flow)
    # The other form may still turn out to be wrong: its credential is filled in, and not in a list.
    assert result["step_id"] == "credential"
    assert suggested(result)["client_id"] == "demo-client"
    await flow.to_sign_in("demo-client", "••••••••")
    hass.config_entries.flow.async_abort(first)
    await hass.async_block_till_done()

    assert [*async_stored_credentials(hass)] == [credential]
    assert (await flow.sign_in())["type"] is FlowResultType.CREATE_ENTRY


async def test_a_credential_of_no_service_belongs_to_none_after_a_closed_form(
    hass: HomeAssistant, flow: AccountFlow
) -> None:
    await flow.start()
    collection = hass.data[DATA_COMPONENT]
    await collection.async_create_item(
        {
            "domain": "oauth2_client",
            "client_id": "demo-client",
            "client_secret": "demo-secret",
        }
    )
    await flow.to_credential()
    [credential] = async_stored_credentials(hass)
    store = await async_get_provider_store(hass)
    await flow.submit(credential=credential, details={"scopes": []})
    assert store.binding(credential) is not None

    await _close(flow)
    assert _clients(hass) == ["demo-client"]
    assert store.binding(credential) is None


async def test_a_credential_that_is_refused_as_connected_already_does_not_stay(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    server.settings.id_token = {"sub": "user-1"}
    server.settings.clients["other-client"] = "other-secret"
    await flow.add_account()
    await _to_credential_again(flow)
    await flow.to_sign_in("other-client", "other-secret")
    result = await flow.sign_in()
    await hass.async_block_till_done()

    assert result["reason"] == "already_configured"
    assert _clients(hass) == ["demo-client"]


async def test_a_secret_that_was_typed_for_one_service_is_not_kept_for_another(
    flow: AccountFlow,
) -> None:
    await flow.to_credential(name="First")
    await flow.submit(
        client_id="mine", client_secret="secret", way="correct", details={}
    )
    elsewhere = f"{flow.server.token_url}?elsewhere"
    result = await flow.submit(**flow.manual_form(name="First", token_url=elsewhere))

    assert suggested(result)["client_id"] == ""
    assert suggested(result)["client_secret"] == ""


async def test_what_was_typed_is_kept_while_the_service_is_corrected(
    flow: AccountFlow,
) -> None:
    await flow.to_credential(name="First")
    await flow.submit(
        client_id="mine", client_secret="secret", way="correct", details={}
    )
    result = await flow.submit(**flow.manual_form(name="Second"))

    assert suggested(result)["client_id"] == "mine"
    assert suggested(result)["client_secret"] == "••••••••"


async def test_new_and_stored_credentials_have_the_same_order_of_fields(
    hass: HomeAssistant, flow: AccountFlow
) -> None:
    def sections() -> list[str]:
        fields = map(str, flow.result["data_schema"].schema)
        return [each for each in fields if each in ("details", "redirect", "way")]

    await flow.to_credential()
    new = sections()
    await flow.to_sign_in()
    await flow.sign_in()
    await hass.async_block_till_done()
    await _to_credential_again(flow)
    assert flow.result["step_id"] == "stored_credential"

    assert sections() == new == ["details", "redirect", "way"]
