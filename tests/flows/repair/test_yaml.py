"""What is left in configuration.yaml is looked at again, without a restart."""

from pathlib import Path
from typing import Any

import pytest

from custom_components.oauth2_client.const import DOMAIN
from homeassistant.components.application_credentials import DATA_COMPONENT
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component

from ...account_flow import AccountFlow
from ...issue_flow import IssueFlow, issue_keys

YAML: dict[str, Any] = {
    "provider": "github",
    "client_id": "from-yaml",
    "client_secret": "yaml-secret",
}


@pytest.fixture
def file(hass: HomeAssistant) -> Path:
    """The file, which nothing of ours is in."""
    path = Path(hass.config.path("configuration.yaml"))
    path.write_text("homeassistant:\n")
    return path


def _write(file: Path, **changed: str) -> None:
    lines = [f"  {key}: {value}" for key, value in (YAML | changed).items()]
    file.write_text("\n".join(["oauth2_client:", *lines, ""]))


async def _start(hass: HomeAssistant, **changed: str) -> None:
    assert await async_setup_component(hass, "repairs", {})
    assert await async_setup_component(hass, DOMAIN, {DOMAIN: {**YAML, **changed}})


@pytest.fixture
async def imported(
    hass: HomeAssistant, issue_pages: None, integration: None, file: Path
) -> None:
    """A credential that was imported."""
    _write(file)
    await _start(hass)


@pytest.fixture
async def unknown(
    hass: HomeAssistant, issue_pages: None, integration: None, file: Path
) -> None:
    """A credential whose provider does not exist."""
    _write(file, provider="user_sandbox")
    await _start(hass, provider="user_sandbox")


async def test_it_goes_once_the_file_is_without_it(
    hass: HomeAssistant, imported: None, file: Path, issue: IssueFlow
) -> None:
    await issue.open("yaml_imported")
    assert (await issue.submit())["errors"] == {"base": "yaml_still_there"}
    file.write_text("a: [")
    assert (await issue.submit())["errors"] == {"base": "yaml_unreadable"}
    file.write_text("homeassistant:\n")
    assert (await issue.submit())["type"] == "create_entry"

    assert issue_keys(hass) == []


async def test_a_provider_that_was_corrected_is_imported_at_once(
    hass: HomeAssistant, unknown: None, file: Path, issue: IssueFlow
) -> None:
    await issue.open("yaml_provider_unknown")
    assert (await issue.submit())["errors"] == {"base": "yaml_provider_unknown"}
    file.write_text("oauth2_client:\n  provider: github\n")
    result = await issue.submit()
    assert result["errors"] == {"base": "yaml_wrong"}
    _write(file)
    assert (await issue.submit())["type"] == "create_entry"

    assert issue_keys(hass) == ["yaml_imported"]
    [item] = hass.data[DATA_COMPONENT].async_items()
    assert item["client_id"] == "from-yaml"


async def test_a_provider_that_is_entered_takes_the_issue_back_at_once(
    hass: HomeAssistant, unknown: None, flow: AccountFlow
) -> None:
    assert issue_keys(hass) == ["yaml_provider_unknown"]
    await flow.to_credential()
    await flow.to_sign_in()

    assert issue_keys(hass) == ["yaml_imported"]
