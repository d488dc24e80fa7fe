"""The credential of configuration.yaml."""

from typing import Any

import pytest

from custom_components.oauth2_client.application_credentials import (
    async_get_client_credential,
)
from custom_components.oauth2_client.const import DOMAIN
from custom_components.oauth2_client.definitions.account import Binding
from custom_components.oauth2_client.providers.store import async_get_provider_store
from homeassistant.components.application_credentials import DATA_COMPONENT
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component

YAML: dict[str, Any] = {
    "provider": "microsoft",
    "variables": {"tenant": "contoso"},
    "client_id": "from-yaml",
    "client_secret": "yaml-secret",
    "name": "At work",
}


async def _set_up(hass: HomeAssistant, **changed: Any) -> bool:
    return await async_setup_component(hass, DOMAIN, {DOMAIN: {**YAML, **changed}})


def _issues(hass: HomeAssistant) -> list[str]:
    return [
        issue_id for domain, issue_id in ir.async_get(hass).issues if domain == DOMAIN
    ]


async def test_the_credential_is_imported_once_and_the_yaml_can_be_removed(
    hass: HomeAssistant, integration: None
) -> None:
    assert await _set_up(hass)

    [item] = hass.data[DATA_COMPONENT].async_items()
    assert (item["client_id"], item["name"]) == ("from-yaml", "At work")
    store = await async_get_provider_store(hass)
    assert store.binding(item["id"]) == Binding(
        provider="microsoft", variables={"tenant": "contoso"}
    )
    assert _issues(hass) == ["yaml_imported"]


async def test_a_stored_credential_is_not_stored_again(
    hass: HomeAssistant, integration: None
) -> None:
    assert await async_setup_component(hass, "application_credentials", {})
    stored = {"domain": DOMAIN, "client_id": "from-yaml", "client_secret": "x"}
    await hass.data[DATA_COMPONENT].async_create_item(stored)

    assert await _set_up(hass)
    assert len(hass.data[DATA_COMPONENT].async_items()) == 1


async def test_the_hook_returns_the_credential(
    hass: HomeAssistant, integration: None
) -> None:
    await _set_up(hass)
    credential = await async_get_client_credential(hass)

    assert credential is not None
    assert credential.client_id == "from-yaml"
    assert credential.client_secret == "yaml-secret"


@pytest.mark.parametrize("changed", [{"provider": "gone"}, {"provider": "nextcloud"}])
async def test_an_unknown_provider_has_an_issue_and_nothing_is_stored(
    hass: HomeAssistant, integration: None, changed: dict[str, Any]
) -> None:
    assert await _set_up(hass, **changed)

    assert _issues(hass) == ["yaml_provider_unknown"]
    assert hass.data[DATA_COMPONENT].async_items() == []


async def test_an_invalid_credential_is_refused_without_showing_its_secret(
    hass: HomeAssistant, integration: None, caplog: pytest.LogCaptureFixture
) -> None:
    assert not await _set_up(hass, provider=None, client_secret="yaml-secret")
    assert "Invalid config for 'oauth2_client'" in caplog.text


KEYED: dict[str, Any] = {
    "provider": "volvo",
    "variables": {"api_key": "planted-key/+==", "vin": "YV1000TEST0000000"},
}


def _logged(caplog: pytest.LogCaptureFixture) -> str:
    """Return what we logged: the tests' own storage logs what it writes."""
    own = [each for each in caplog.records if each.name.startswith("custom_")]
    return " ".join(each.getMessage() for each in own)


async def test_a_secret_variable_is_bound_as_a_secret(
    hass: HomeAssistant,
    integration: None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert await _set_up(hass, **KEYED)

    [item] = hass.data[DATA_COMPONENT].async_items()
    binding = (await async_get_provider_store(hass)).binding(item["id"])
    assert binding is not None
    assert binding.variables == {"vin": "YV1000TEST0000000"}
    assert binding.secrets == {"api_key": "planted-key/+=="}
    assert _issues(hass) == ["yaml_imported"]
    issues = ir.async_get(hass).issues.values()
    assert "planted-key" not in f"{binding!r} {[*issues]} {_logged(caplog)}"


async def test_the_variables_of_an_unknown_provider_are_shown_nowhere(
    hass: HomeAssistant,
    integration: None,
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert await _set_up(hass, **{**KEYED, "provider": "gone"})

    assert _issues(hass) == ["yaml_provider_unknown"]
    issues = ir.async_get(hass).issues.values()
    assert "planted-key" not in f"{[*issues]} {_logged(caplog)}"
