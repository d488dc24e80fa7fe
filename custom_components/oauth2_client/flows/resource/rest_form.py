"""The forms of an import of `rest:`: which definitions, what works differently, entity ids to keep."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import replace
from typing import Any, Final

import voluptuous as vol
from yarl import URL

from homeassistant.const import CONF_NAME
from homeassistant.core import HomeAssistant, valid_entity_id
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
from homeassistant.helpers.template import Template
from homeassistant.util import slugify

from ...definitions.rest_import import RestImport, imports_from_rest
from ...definitions.rest_values import InvalidRest, Note, OldEntity
from ...definitions.value import Value
from ...document.numbering import numbered_names
from ...document.paths import AnyPath, Path, compile_path
from ...document.paths.syntax import path_text
from ...errors import as_markdown
from ..request_form import FormError
from ..words import async_words
from . import ADDRESS, way_back

CONF_CHOSEN: Final = "chosen"
CONF_KEEP_ENTITY_IDS: Final = "keep_entity_ids"
CONF_REST: Final = "rest"
SECTION_IMPORT: Final = "import"

_REST: Final = "rest"
# The selector that has the translated notes.
_NOTES: Final = "rest_notes"
_NOTHING: Final = Note(key="nothing", names=())


def imports_of(hass: HomeAssistant, form: Mapping[str, Any]) -> tuple[RestImport, ...]:
    """Return the resources of the definitions that were pasted into a form. Raises FormError."""
    pasted = form.get(SECTION_IMPORT, {}).get(CONF_REST)
    if not pasted:
        return ()

    def render(template: str) -> str:
        return str(Template(template, hass).async_render(parse_result=False))

    try:
        return imports_from_rest(
            pasted, name=form.get(CONF_NAME, "").strip(), render=render
        )
    except InvalidRest as err:
        raise FormError(SECTION_IMPORT, err.key, place=err.place) from err


def choice_schema(imports: Sequence[RestImport], *, base: str | None) -> vol.Schema:
    """Return the form of several imports. Those at the host of `base` are ticked; without it, all."""
    host = None if base is None else URL(base).host
    urls = [imported.resource.request.url for imported in imports]
    options = [
        SelectOptionDict(
            value=str(index), label=f"{imported.resource.name} · {url.strip()}"
        )
        for index, (imported, url) in enumerate(zip(imports, urls, strict=True))
    ]
    ticked = [
        str(index)
        for index, url in enumerate(urls)
        if host is None or f"//{host}" in url or "//" not in url
    ]
    selector = SelectSelectorConfig(
        options=options, multiple=True, mode=SelectSelectorMode.LIST
    )
    return vol.Schema(
        {
            vol.Optional(CONF_CHOSEN, default=ticked): SelectSelector(selector),
            **way_back(ADDRESS),
        }
    )


def chosen_imports(
    imports: Sequence[RestImport], form: Mapping[str, Any]
) -> tuple[RestImport, ...]:
    """Return the imports that are ticked."""
    chosen = {*form.get(CONF_CHOSEN, ())}
    return tuple(each for index, each in enumerate(imports) if str(index) in chosen)


def rest_schema(*, offers_ids: bool) -> vol.Schema:
    """Return the form of one import. With `offers_ids`, it asks whether to keep entity ids."""
    keep = {vol.Required(CONF_KEEP_ENTITY_IDS, default=True): BooleanSelector()}
    return vol.Schema({**(keep if offers_ids else {}), **way_back(ADDRESS)})


async def async_notes_text(hass: HomeAssistant, notes: Iterable[Note]) -> str:
    """Return notes as a list in Markdown."""
    words = await async_words(hass, _NOTES)
    return "\n".join(
        "- " + words[note.key].format(names=_listed(note.names))
        for note in tuple(notes) or (_NOTHING,)
    )


async def async_listed_ids(hass: HomeAssistant, ids: Iterable[str]) -> str:
    """Return entity ids for Markdown, or that there are none to keep."""
    if listed := as_markdown(", ".join(ids)):
        return listed
    return (await async_words(hass, _NOTES))["no_entity_ids"]


def _listed(names: Iterable[str]) -> str:
    # As code, since names may contain Markdown.
    return ", ".join(f"`{name.replace('`', "'")}`" for name in names)


def entity_ids_of(hass: HomeAssistant, imported: RestImport) -> dict[str, str]:
    """Return the entity ids to keep, by the keys of the values that get them.

    One that an entity of another integration has is left out.
    """
    registry = er.async_get(hass)
    found: dict[str, str] = {}
    for old in imported.replaced:
        entity_id = _entity_id(registry, old, taken=found.values())
        holder = registry.async_get(entity_id)
        if valid_entity_id(entity_id) and (holder is None or holder.platform == _REST):
            found[old.key] = entity_id
    return found


def _entity_id(
    registry: er.EntityRegistry, old: OldEntity, *, taken: Iterable[str]
) -> str:
    """Return the id of an entity of `rest`: the registered one, or the one that it gets by its name."""
    if old.unique_id is not None:
        registered = registry.async_get_entity_id(old.platform, _REST, old.unique_id)
        if registered is not None:
            return registered
    used = {*taken}
    names = numbered_names(f"{old.platform}.{slugify(old.name)}")
    return next(name for name in names if name not in used)


def paths_in_first_elements(
    values: Iterable[Value], missing: Collection[str]
) -> dict[str, AnyPath]:
    """Return, for attributes that find nothing, their paths in the first element of a list.

    `rest` reads attributes of the first element where its path leads to a list.
    """
    paths = (path for value in values for path in value.attributes)
    return {
        path.text: compile_path(path_text((*path.segments[:-1], 0, path.segments[-1])))
        for path in paths
        if isinstance(path, Path) and path.text in missing
    }


def with_attribute_paths(
    values: Iterable[Value], paths: Mapping[str, AnyPath]
) -> tuple[Value, ...]:
    """Return values with other paths of their attributes, given by the text of the present ones."""
    return tuple(
        replace(
            value,
            attributes=tuple(paths.get(path.text, path) for path in value.attributes),
        )
        for value in values
    )


def with_entity_ids(
    values: Iterable[Value], entity_ids: Mapping[str, str]
) -> tuple[Value, ...]:
    """Return values whose entities take these ids, given by the values' keys."""
    return tuple(replace(value, replaces=entity_ids.get(value.key)) for value in values)
