"""Home Assistant's application credentials platform: the four hooks."""

from typing import Any

import pytest

from custom_components.oauth2_client.application_credentials import (
    async_get_auth_implementation,
    async_get_authorization_server,
    async_get_client_credential,
    async_get_description_placeholders,
)
from custom_components.oauth2_client.const import DOMAIN
from custom_components.oauth2_client.credentials.unbound_implementation import (
    UnboundImplementation,
)
from custom_components.oauth2_client.definitions.account import Binding
from custom_components.oauth2_client.oauth2 import GrantRejected
from custom_components.oauth2_client.providers.store import async_get_provider_store
from homeassistant.components.application_credentials import (
    DATA_COMPONENT,
    ClientCredential,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.config_entry_oauth2_flow import async_get_implementations
from homeassistant.setup import async_setup_component

from .account_flow import AccountFlow

CREDENTIAL = ClientCredential("demo-client", "demo-secret", "Demo")


async def _store(hass: HomeAssistant, binding: Binding | None) -> str:
    item = await hass.data[DATA_COMPONENT].async_create_item(
        {"domain": DOMAIN, "client_id": "id", "client_secret": "demo-secret"}
    )
    credential: str = item["id"]
    if binding is not None:
        await (await async_get_provider_store(hass)).async_bind(credential, binding)
    return credential


async def test_the_server_of_the_provider_in_use_is_known(flow: AccountFlow) -> None:
    await flow.add_account()
    server = await async_get_authorization_server(flow.hass)

    assert server.authorize_url == flow.server.authorize_url
    assert server.token_url == flow.server.token_url


async def test_without_one_provider_the_answer_is_what_to_do(
    hass: HomeAssistant,
) -> None:
    with pytest.raises(HomeAssistantError) as raised:
        await async_get_authorization_server(hass)
    assert raised.value.translation_key == "which_provider"


@pytest.mark.parametrize("binding", [None, Binding(provider="gone")])
async def test_a_credential_of_no_known_provider_says_so_when_it_is_used(
    hass: HomeAssistant, binding: Binding | None
) -> None:
    if binding is not None:
        await (await async_get_provider_store(hass)).async_bind("item", binding)
    implementation = await async_get_auth_implementation(hass, "item", CREDENTIAL)

    assert isinstance(implementation, UnboundImplementation)
    assert (implementation.domain, implementation.name) == ("item", "Demo")
    for used in (
        implementation.async_generate_authorize_url("flow"),
        implementation.async_resolve_external_data({}),
        implementation.async_refresh_token({}),
    ):
        with pytest.raises(HomeAssistantError) as raised:
            await used
        assert raised.value.translation_key == "credential_without_provider"


async def test_one_broken_credential_hides_no_other(
    hass: HomeAssistant, integration: None
) -> None:
    assert await async_setup_component(hass, DOMAIN, {})
    credentials = {
        await _store(hass, binding)
        for binding in (
            None,
            Binding(provider="gone"),
            Binding(provider="microsoft", variables={"tenant": "../x"}),
            Binding(provider="github"),
        )
    }

    assert set(await async_get_implementations(hass, DOMAIN)) == credentials


async def test_the_items_id_is_the_implementations_domain(
    hass: HomeAssistant, integration: None
) -> None:
    assert await async_setup_component(hass, DOMAIN, {})
    credential = await _store(hass, Binding(provider="github"))

    [implementation] = (await async_get_implementations(hass, DOMAIN)).values()
    assert implementation.domain == credential


async def test_a_refresh_without_refresh_token_asks_for_sign_in(
    hass: HomeAssistant,
) -> None:
    store = await async_get_provider_store(hass)
    await store.async_bind("item", Binding(provider="github"))
    implementation = await async_get_auth_implementation(hass, "item", CREDENTIAL)
    with pytest.raises(GrantRejected, match="no_refresh_token"):
        await implementation.async_refresh_token(
            {"access_token": "planted-1", "received_at": 1.0}
        )


@pytest.mark.parametrize(
    ("config", "redirect_uris"),
    [
        (
            {"external_url": "https://home.example.com"},
            "- `https://home.example.com/auth/external/callback`",
        ),
        (
            {"internal_url": "http://192.168.1.2:8123"},
            "- `http://192.168.1.2:8123/auth/external/callback`",
        ),
        (
            {
                "external_url": "https://home.example.com",
                "internal_url": "http://192.168.1.2:8123",
            },
            (
                "- `https://home.example.com/auth/external/callback`\n"
                "- `http://192.168.1.2:8123/auth/external/callback`"
            ),
        ),
        ({}, "- `https://<HOME_ASSISTANT>/auth/external/callback`"),
    ],
)
async def test_home_assistants_dialog_shows_the_redirect_uri(
    hass: HomeAssistant, config: dict[str, Any], redirect_uris: str
) -> None:
    await hass.config.async_update(**config)

    placeholders = await async_get_description_placeholders(hass)
    assert placeholders["redirect_uris"] == redirect_uris
    assert placeholders["more_info_url"].startswith("https://")


async def test_there_is_no_credential_without_yaml(hass: HomeAssistant) -> None:
    assert await async_get_client_credential(hass) is None
