"""The selector of accounts for the forms of other integrations."""

import pytest
import voluptuous as vol

from custom_components.oauth2_client.const import DOMAIN
from custom_components.oauth2_client.library import async_account_selector
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from ..account_flow import AccountFlow


async def test_without_an_account_there_is_nothing_to_choose(
    hass: HomeAssistant,
) -> None:
    assert async_account_selector(hass) is None


async def test_accounts_are_chosen_by_their_titles(
    hass: HomeAssistant, flow: AccountFlow
) -> None:
    entry: ConfigEntry = await flow.add_account()

    selector = async_account_selector(hass)

    assert selector is not None
    assert selector.config["options"] == [
        {"value": entry.entry_id, "label": entry.title}
    ]
    assert selector(entry.entry_id) == entry.entry_id
    with pytest.raises(vol.Invalid):
        selector("another")


async def test_accounts_of_other_services_are_not_offered(
    hass: HomeAssistant, flow: AccountFlow
) -> None:
    entry = await flow.add_account()

    assert entry.domain == DOMAIN
    assert async_account_selector(hass, "github") is None
    assert async_account_selector(hass, "github", entry.data["provider"]) is not None
