"""The forms to choose a service, to look for one, and to fill in its variables."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import voluptuous as vol

from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)

from ...catalogue import Provider, Summary
from ...definitions.account import CONF_PROVIDER

CONF_ADDRESS: Final = "address"
# How a service is added: the choice of another way leads there, with what was typed.
CONF_WAY: Final = "way"
CATALOGUE: Final = "catalogue"
CHOSEN: Final = "chosen"
CORRECT: Final = "correct"
GO_ON: Final = "go_on"
OWN_SERVICES: Final = "own_services"
DISCOVER: Final = "discover"
FOUND: Final = "found"
MANUAL: Final = "manual"
# Variables whose form asks for them by a title of its own.
TITLED_VARIABLES: Final = frozenset({"base_url", "host", "region", "tenant"})
# Those that the translations have a label for.
KNOWN_VARIABLES: Final = TITLED_VARIABLES | {
    *("account", "api_key", "project_id", "realm", "subdomain", "version")
}


def services_schema(
    summaries: Iterable[Summary], *, mode: SelectSelectorMode = SelectSelectorMode.LIST
) -> vol.Schema:
    """Return the form to choose a service, or to find or enter one that is not offered.

    A dropdown takes any text, and shows the value that was chosen: the name of a service.
    """
    by_name = mode is SelectSelectorMode.DROPDOWN
    options = [
        *(
            SelectOptionDict(
                value=each.name if by_name else each.id, label=_label(each)
            )
            for each in summaries
        ),
        *(SelectOptionDict(value=way, label=way) for way in (DISCOVER, MANUAL)),
    ]
    selector = SelectSelector(
        SelectSelectorConfig(
            options=options,
            mode=mode,
            translation_key=CONF_PROVIDER,
            # The frontend lets people search only where they may type anything.
            custom_value=by_name,
        )
    )
    # Of a required field, the frontend would choose the first one.
    return vol.Schema({vol.Optional(CONF_PROVIDER): selector})


def catalogue_schema(summaries: Iterable[Summary]) -> vol.Schema:
    """Return the form to choose a service by its name, with a search."""
    return services_schema(summaries, mode=SelectSelectorMode.DROPDOWN)


def own_services_schema(names: Mapping[str, str]) -> vol.Schema:
    """Return the form to choose one of the services of one's own, names by ids."""
    options = [SelectOptionDict(value=key, label=name) for key, name in names.items()]
    selector = SelectSelector(
        SelectSelectorConfig(options=options, mode=SelectSelectorMode.LIST)
    )
    return vol.Schema(
        {
            vol.Optional(CONF_PROVIDER): selector,
            **way_field(CHOSEN, OWN_SERVICES, words=GO_ON),
        }
    )


def discovery_schema() -> vol.Schema:
    """Return the form for the address to search at."""
    return vol.Schema(
        {
            vol.Optional(CONF_ADDRESS): TextSelector(),
            **way_field(DISCOVER, MANUAL, CATALOGUE),
        }
    )


def variables_schema(provider: Provider) -> vol.Schema:
    """Return the form for a provider's variables."""
    fields: dict[Any, Any] = {
        vol.Optional(
            variable.name,
            description=variable.default and {"suggested_value": variable.default},
        ): TextSelector()
        for variable in provider.variables
    }
    return vol.Schema({**fields, **way_field(CHOSEN, CATALOGUE, words=GO_ON)})


def variables_step(provider: Provider) -> str:
    """Return the step that asks for a provider's variables."""
    names = {variable.name for variable in provider.variables}
    return min(names) if len(names) == 1 and names <= TITLED_VARIABLES else "variables"


def way_field(*ways: str, words: str = CONF_WAY) -> dict[Any, Any]:
    """Return the field to go on in another way than the first one, which is selected.

    `words` is the translation key of the ways.
    """
    selector = SelectSelector(
        SelectSelectorConfig(
            options=list(ways),
            mode=SelectSelectorMode.DROPDOWN,
            translation_key=words,
        )
    )
    return {vol.Required(CONF_WAY, default=ways[0]): selector}


def _label(summary: Summary) -> str:
    """Return a service's name with its other names, which the frontend finds as well."""
    if not summary.aliases:
        return summary.name
    return f"{summary.name} ({', '.join(summary.aliases)})"
