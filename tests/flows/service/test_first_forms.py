"""The first forms of every service of the catalogue."""

import re
from typing import Any, Final

import pytest
import voluptuous as vol

from custom_components.oauth2_client.catalogue import Provider
from custom_components.oauth2_client.flows import provider_steps
from custom_components.oauth2_client.flows.service.form import catalogue_schema
from homeassistant.core import HomeAssistant

from ...account_flow import AccountFlow
from ...catalogue.completed import every_provider, examples
from ...translations import ENGLISH

STEPS: Final = ENGLISH["config"]["step"]
# Of what is said of one service: what fits on a phone with the fields below.
_MOST_CHARACTERS: Final = 900
_NOTES: Final = ("before", "at_console", "later")


def _read(result: Any) -> str:
    """Return a form's title and description as they are shown."""
    words, filled = STEPS[result["step_id"]], result["description_placeholders"]
    text = f"{words['title']}\n\n{words['description']}".format(**filled)
    # Names in Markdown are escaped.
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text)


async def _first_forms(flow: AccountFlow, provider: Provider) -> Any:
    result = await flow.choose(provider.name)
    if provider.variables:
        assert provider.name in _read(result)
        result = await flow.submit(**examples(provider))
    return result


@pytest.fixture
def one_list(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the list of all services once: it is the same for each that is chosen."""
    made: list[vol.Schema] = []

    def make(*services_and_words: Any) -> vol.Schema:
        if not made:
            made.append(catalogue_schema(*services_and_words))
        return made[0]

    monkeypatch.setattr(provider_steps, "catalogue_schema", make)


@pytest.mark.usefixtures("one_list")
async def test_each_service_has_its_forms_and_they_are_short(
    hass: HomeAssistant, flow: AccountFlow
) -> None:
    providers = [each for each in every_provider() if each.about.ended is None]
    assert len(providers) > 500
    longest: dict[str, int] = {}
    for provider in providers:
        # Each form is checked for words, and that they are filled in.
        result = await _first_forms(flow, provider)
        assert result["step_id"].startswith("credential"), provider.id
        text = _read(result)
        assert "{" not in text, (provider.id, text)
        assert provider.name in text
        told = result["description_placeholders"]
        longest[provider.id] = sum(len(told[note]) for note in _NOTES)
        hass.config_entries.flow.async_abort(result["flow_id"])

    most = max(longest, key=lambda each: longest[each])
    assert longest[most] <= _MOST_CHARACTERS, most
