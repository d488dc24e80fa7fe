"""The forms of known resources: which of the service's, and of which things."""

from collections.abc import Iterable
from typing import Final

import voluptuous as vol

from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)

from ....catalogue import KnownResource
from .. import USER, way_back

CONF_KNOWN: Final = "known"
CONF_THINGS: Final = "things"
# The choice to enter an address, which can be ticked together with known resources.
OTHER: Final = "other"


def known_schema(known: Iterable[KnownResource]) -> vol.Schema:
    """Return the form to tick known resources, each with the names of its values."""
    options = [
        SelectOptionDict(value=item.id, label=f"{item.name} · {item.gives}")
        for item in known
    ]
    # Its label is in the translations.
    other = SelectOptionDict(value=OTHER, label=OTHER)
    selector = SelectSelectorConfig(
        options=[*options, other],
        multiple=True,
        mode=SelectSelectorMode.LIST,
        translation_key=CONF_KNOWN,
    )
    return vol.Schema({vol.Optional(CONF_KNOWN): SelectSelector(selector)})


def things_schema(known: Iterable[KnownResource]) -> vol.Schema:
    """Return the form to tick of which things there is to be a known resource."""
    selector = SelectSelectorConfig(
        options=[SelectOptionDict(value=item.id, label=item.name) for item in known],
        multiple=True,
        mode=SelectSelectorMode.LIST,
    )
    ticks = {vol.Optional(CONF_THINGS): SelectSelector(selector)}
    return vol.Schema({**ticks, **way_back(USER)})
