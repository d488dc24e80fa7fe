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
# The field that chooses the step to go on with. Its options are names of steps, and these two:
# `CHOSEN` goes on with what was entered, `CORRECT` leads to the form of the service.
CONF_WAY: Final = "way"
CHOSEN: Final = "chosen"
CORRECT: Final = "correct"
# The translation key of the options in most forms.
GO_ON: Final = "go_on"

# Steps of the account flow.
CATALOGUE: Final = "catalogue"
DISCOVER: Final = "discover"
FOUND: Final = "found"
MANUAL: Final = "manual"
OWN_SERVICE: Final = "own_service"
OWN_SERVICES: Final = "own_services"
USER: Final = "user"

# The translation key of the categories of services.
CATEGORY: Final = "service_category"
# The category of services that cannot be connected.
GONE: Final = "gone"
# Variables whose step has a title of its own when it asks for one of them only.
TITLED_VARIABLES: Final = frozenset({"base_url", "host", "region", "tenant"})
# Variables that the translations have a label for.
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
    "stop",
    "storage_account",
    "subdomain",
    "version",
    "vin",
}


def services_schema(
    summaries: Iterable[Summary], categories: Mapping[str, str]
) -> vol.Schema:
    """Return the form to choose one of a few services of like names, or another way to add one.

    `categories` are the translated categories, shown with each.
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

    Values are names, since the field shows the value of the chosen option. The category is in the label
    where names are alike, and where a service cannot be connected.
    """
    summaries = tuple(summaries)
    gone = {each.id for each in summaries if each.category == GONE}
    categorized = _with_alike_names(summaries) | gone
    options = [
        SelectOptionDict(
            value=each.name,
            label=_label(
                each, categories[each.category] if each.id in categorized else ""
            ),
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
            # The frontend has a search only in a field that also takes other text.
            custom_value=mode is SelectSelectorMode.DROPDOWN,
        )
    )
    # Not required: in a required field, the frontend would select the first option.
    return vol.Schema({vol.Optional(CONF_PROVIDER): selector})


def own_services_schema(names: Mapping[str, str]) -> vol.Schema:
    """Return the form to choose one of the user's own services. `names` are by ids."""
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
    """Return the form for the address at which a service is looked for."""
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
    """Return the field that chooses the step to go on with. The first of `ways` is selected.

    `words` is the translation key of its options.
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
    """Return a service's name with its other names, which the frontend searches as well.

    One that is a part of the first name is left out, since it is found there.
    """
    label = summary.name
    named = label.casefold()
    if others := [each for each in summary.aliases if each.casefold() not in named]:
        label = f"{label} ({', '.join(others)})"
    return f"{label} · {category}" if category else label


def _with_alike_names(summaries: Iterable[Summary]) -> set[str]:
    """Return the ids of services whose names begin with the same word and whose categories differ."""
    by_first_word = defaultdict[str, list[Summary]](list)
    for summary in summaries:
        by_first_word[summary.name.casefold().split()[0]].append(summary)
    return {
        summary.id
        for group in by_first_word.values()
        if len({each.category for each in group}) > 1
        for summary in group
    }
