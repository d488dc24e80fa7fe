"""The form in which values are ticked: in groups, with a search where there are many."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

import voluptuous as vol

from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
)

from ...document.paths.syntax import path_text
from . import way_back
from .groups import Choice, Group

CONF_ADJUST: Final = "adjust"
CONF_PATHS: Final = "paths"
CONF_SEARCH: Final = "search"
CONF_TICKED: Final = "ticked"
SECTION_ANSWER: Final = "answer"
SECTION_LOST: Final = "lost"
SECTION_TOP: Final = "top"

# More values than these can be searched.
_MAX_WITHOUT_SEARCH: Final = 20
# Groups are open until so many values are shown.
_MAX_OPEN_VALUES: Final = 60


def pick_schema(
    groups: Iterable[Group],
    lost: Sequence[Choice] = (),
    *,
    picked: Collection[str] = (),
    searched: str | None = None,
    back: str,
) -> vol.Schema:
    """Return the form to pick values. `back` is the step that it leads back to.

    `searched` is the text of the search, None where the form has none.
    """
    fields: dict[Any, Any] = {}
    if searched is not None:
        suggested = {"suggested_value": searched}
        fields[vol.Optional(CONF_SEARCH, description=suggested)] = TextSelector()
    if lost:
        fields[vol.Required(SECTION_LOST)] = _list(
            {choice.path: choice.label_below(()) for choice in lost}, picked
        )
    open_values = 0
    for name, group in _sections(groups).items():
        labels = {
            choice.path: choice.label_below(group.prefix) for choice in group.choices
        }
        has_picked = not labels.keys().isdisjoint(picked)
        is_open = has_picked or open_values + len(labels) <= _MAX_OPEN_VALUES
        open_values += len(labels) if is_open else 0
        fields[vol.Required(name)] = _list(labels, picked, is_open=is_open)
    typed = TextSelector(TextSelectorConfig(multiple=True))
    return vol.Schema(
        {
            **fields,
            vol.Required(CONF_ADJUST, default=False): BooleanSelector(),
            # Above the section with the answer, which is long when it is open.
            **way_back(back),
            vol.Required(SECTION_ANSWER): section(
                vol.Schema({vol.Optional(CONF_PATHS): typed}), {"collapsed": True}
            ),
        }
    )


def is_searched(count: int) -> bool:
    """Tell whether a form with so many values has a search."""
    return count > _MAX_WITHOUT_SEARCH


def matching(choices: Iterable[Choice], searched: str) -> list[Choice]:
    """Return the choices whose label or path contains each word of a search."""
    words = searched.casefold().split()
    return [
        choice
        for choice in choices
        if all(word in f"{choice.label} {choice.path}".casefold() for word in words)
    ]


def group_names(groups: Iterable[Group], whole: str) -> dict[str, str]:
    """Return the placeholders for the names and paths of the form's sections.

    `whole` is shown as the path of the section of values at the top of the answer.
    """
    names: dict[str, str] = {}
    for name, group in _sections(groups).items():
        if group.name:
            names[f"{name}_name"] = f"{group.name} ({len(group.choices)})"
        names[f"{name}_path"] = path_text(group.prefix) if group.prefix else whole
    return names


def ticked(form: Mapping[str, Any]) -> list[str]:
    """Return the paths that are ticked in a filled-in form."""
    return [
        path
        for answers in form.values()
        if isinstance(answers, Mapping)
        for path in answers.get(CONF_TICKED, ())
    ]


def typed_paths(form: Mapping[str, Any]) -> list[str]:
    """Return the paths that are typed in a filled-in form."""
    typed = form[SECTION_ANSWER].get(CONF_PATHS, ())
    return [path.strip() for path in typed if path.strip()]


def _sections(groups: Iterable[Group]) -> dict[str, Group]:
    """Return the groups that have choices, by the keys of their sections."""
    named: dict[str, Group] = {}
    number = 0
    for group in groups:
        if not group.choices:
            continue
        if group.name:
            number += 1
        named[f"group_{number}" if group.name else SECTION_TOP] = group
    return named


def _list(
    labels: Mapping[str, str], picked: Collection[str], *, is_open: bool = True
) -> section:
    selector = SelectSelectorConfig(
        options=[
            SelectOptionDict(value=path, label=label) for path, label in labels.items()
        ],
        multiple=True,
        mode=SelectSelectorMode.LIST,
    )
    suggested = {"suggested_value": [path for path in labels if path in picked]}
    field = vol.Optional(CONF_TICKED, description=suggested)
    return section(
        vol.Schema({field: SelectSelector(selector)}), {"collapsed": not is_open}
    )
