"""Translated words that fill the placeholders of a form's description."""

from collections.abc import Mapping

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations

from ..const import DOMAIN


async def async_words(hass: HomeAssistant, selector: str) -> Mapping[str, str]:
    """Return the translated options of a selector, in the language of the home."""
    prefix = f"component.{DOMAIN}.selector.{selector}.options."
    words = await async_get_translations(
        hass, hass.config.language, "selector", {DOMAIN}
    )
    return {
        key.removeprefix(prefix): text
        for key, text in words.items()
        if key.startswith(prefix)
    }
