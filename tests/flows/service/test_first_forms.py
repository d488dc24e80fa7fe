"""The first forms of every service of the catalogue."""

import re
from typing import Any, Final

from custom_components.oauth2_client.catalogue import Provider
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


# Variables whose hint says where one service shows them.
_OF_ONE_SERVICE: Final = {
    "application_key": "philips_hue",
    "cluster": "twinfield",
    "company_alias": "maximizer",
    "data_center": "mailchimp",
    "project_id": "google_nest_sdm",
    "ru_name": "ebay",
    "server": "docusign",
    "shop_domain": "judgeme_oauth",
    "storage_account": "azure_storage",
}


def test_a_hint_that_is_about_one_service_is_shown_for_that_one_only() -> None:
    asked = {
        (variable.name, provider.id)
        for provider in every_provider()
        for variable in provider.variables
        if variable.name in _OF_ONE_SERVICE
    }

    assert asked == {*_OF_ONE_SERVICE.items()}


async def test_the_key_of_a_bridge_is_explained(flow: AccountFlow) -> None:
    result = await flow.choose("Philips Hue")
    hint = STEPS["variables"]["data_description"]["application_key"]

    assert "/debug/clip.html" in hint
    assert "{bridge_request}" in hint
    told = result["description_placeholders"]["bridge_request"]
    assert told == '{"devicetype": "home"}'
