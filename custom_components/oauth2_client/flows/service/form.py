"""The forms to choose a service, to look for one, and to fill in its variables."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Final

import voluptuous as vol

from homeassistant.helpers.selector import (
    SelectOptionDict,
    Selector,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)

from ...catalogue import Provider, Summary, Variable
from ...definitions.account import CONF_PROVIDER

CONF_ADDRESS: Final = "address"
# How a service is added: the choice of another way leads there, with what was typed.
CONF_WAY: Final = "way"
CATALOGUE: Final = "catalogue"
# The words for the categories of services.
CATEGORY: Final = "service_category"
CHOSEN: Final = "chosen"
CORRECT: Final = "correct"
GO_ON: Final = "go_on"
OWN_SERVICE: Final = "own_service"
OWN_SERVICES: Final = "own_services"
DISCOVER: Final = "discover"
FOUND: Final = "found"
# The category of services that cannot be connected.
GONE: Final = "gone"
MANUAL: Final = "manual"
# The menu that the account flow begins with.
USER: Final = "user"
# Variables whose form asks for them by a title of its own.
TITLED_VARIABLES: Final = frozenset({"base_url", "host", "region", "tenant"})
# Those that the translations have a label for.
KNOWN_VARIABLES: Final = TITLED_VARIABLES | {
    "account",
    "account_identifier",
    "account_number",
    "api_key",
    "application_id",
    "application_key",
    "cluster",
    "company_alias",
    "data_center",
    "environment",
    "environment_id",
    "product_host",
    "project_id",
    "realm",
    "ru_name",
    "server",
    "shop_domain",
    "storage_account",
    "subdomain",
    "version",
    "vin",
}


def services_schema(
    summaries: Iterable[Summary], categories: Mapping[str, str]
) -> vol.Schema:
    """Return the form to choose one of a few services that are alike, or another way to add one.

    `categories` are the words for the categories, shown with each.
    """
    options = [
        SelectOptionDict(value=each.id, label=_label(each, categories[each.category]))
        for each in summaries
    ]
    return _services_schema(options, SelectSelectorMode.LIST, CATALOGUE)


def catalogue_schema(
    summaries: Iterable[Summary], categories: Mapping[str, str]
) -> vol.Schema:
    """Return the form to choose a service by its name, with a search, or another way to add one.

    The field shows the value that was chosen: the name of a service. Its list has no second line, so
    that the category stands beside those names that are alike, and beside what cannot be connected.
    """
    summaries = tuple(summaries)
    shown = _alike(summaries) | {each.id for each in summaries if each.category == GONE}
    options = [
        SelectOptionDict(
            value=each.name,
            label=_label(each, categories[each.category] if each.id in shown else ""),
        )
        for each in summaries
    ]
    schema = _services_schema(options, SelectSelectorMode.DROPDOWN)
    return schema.extend(way_field(CHOSEN, USER, words=GO_ON))


def _services_schema(
    options: Iterable[SelectOptionDict], mode: SelectSelectorMode, *back: str
) -> vol.Schema:
    ways = (DISCOVER, MANUAL, *back)
    others = [SelectOptionDict(value=way, label=way) for way in ways]
    selector = SelectSelector(
        SelectSelectorConfig(
            options=[*options, *others],
            mode=mode,
            translation_key=CONF_PROVIDER,
            # The frontend lets people search only where they may type anything.
            custom_value=mode is SelectSelectorMode.DROPDOWN,
        )
    )
    # Not required: in a required field, the frontend would select the first option.
    return vol.Schema({vol.Optional(CONF_PROVIDER): selector})


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
        ): _variable_selector(variable)
        for variable in provider.variables
    }
    return vol.Schema({**fields, **way_field(CHOSEN, CATALOGUE, words=GO_ON)})


def _variable_selector(variable: Variable) -> Selector[Any]:
    if variable.options:
        return SelectSelector(
            SelectSelectorConfig(
                options=list(variable.options), mode=SelectSelectorMode.DROPDOWN
            )
        )
    if variable.is_secret:
        return TextSelector(
            TextSelectorConfig(
                type=TextSelectorType.PASSWORD, autocomplete="new-password"
            )
        )
    return TextSelector()


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


def _label(summary: Summary, category: str) -> str:
    """Return a service's name with its other names, which the frontend finds as well.

    A name that is a part of the first is found without being shown twice.
    """
    label = summary.name
    named = label.casefold()
    if others := [each for each in summary.aliases if each.casefold() not in named]:
        label = f"{label} ({', '.join(others)})"
    return f"{label} · {category}" if category else label


def _alike(summaries: Iterable[Summary]) -> set[str]:
    """Return the ids of services whose names begin with the same word and whose categories differ."""
    same = defaultdict[str, list[Summary]](list)
    for each in summaries:
        same[each.name.casefold().split()[0]].append(each)
    return {
        each.id
        for those in same.values()
        if len({one.category for one in those}) > 1
        for each in those
    }
