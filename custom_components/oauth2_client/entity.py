"""The base class of a resource's entities, their names, and the devices."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
import logging
import re
from types import MappingProxyType
from typing import Any, Final, Literal, override

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import TemplateError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.importlib import async_import_module
from homeassistant.helpers.template import Template, result_as_boolean
from homeassistant.helpers.translation import async_get_cached_translations
from homeassistant.helpers.update_coordinator import CoordinatorEntity
from homeassistant.util import slugify

from .catalogue import Provider
from .const import DOMAIN, PACKAGE, WAITS_FOR
from .coordinator import ResourceCoordinator
from .definitions.readings import Readings, render_value
from .definitions.value import Value
from .document.paths import MISSING
from .runtime import OAuth2ClientConfigEntry, account_device

# A set of icons and a name in it: `mdi:lan`.
_ICON: Final = r"[\w-]+:[\w-]+"
_LOGGER = logging.getLogger(__name__)


class ResourceEntity(CoordinatorEntity[ResourceCoordinator]):
    """An entity that shows one value of a resource."""

    _attr_has_entity_name = True
    # The templates that fail at present. A failure is logged once, until the template works again.
    _failing: tuple[Template, ...] = ()
    # The templates that have met a null, compiled again.
    _quiet_templates: Mapping[Template, Template] = MappingProxyType({})

    def __init__(
        self,
        coordinator: ResourceCoordinator,
        value: Value,
        description: EntityDescription,
        *,
        name: str | None,
        subentry_id: str,
        device: DeviceInfo,
    ) -> None:
        super().__init__(coordinator)
        self.entity_description = description
        self._attr_name = name
        self._attr_unique_id = f"{subentry_id}_{value.key}"
        self._attr_device_info = device
        self._key = value.key
        # The entity id to take over. It is of no use once the user has changed the value's platform,
        # since the platform is a part of the id.
        has_platform = (value.replaces or "").startswith(f"{value.platform}.")
        self._replaced_id = value.replaces if has_platform else None
        if self._replaced_id and _is_unused(coordinator.hass, self._replaced_id):
            # Home Assistant uses this only for an entity that is not registered yet.
            self.entity_id = self._replaced_id
        self._attr_icon = None if value.icon_template else value.icon
        self._template, self._availability, self._icon_template = (
            None if text is None else Template(text, coordinator.hass)
            for text in (value.template, value.availability, value.icon_template)
        )
        self._has_templates = bool(value.templates)

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        entry = self.registry_entry
        options: Mapping[str, Any] = {}
        if entry is not None:
            options = entry.options.get(DOMAIN, {})
        # The id that was stored for the entity counts: the value may name another one by now.
        if not (wanted_id := options.get(WAITS_FOR, self._replaced_id)):
            return
        await async_import_module(self.hass, f"{PACKAGE}.entity_ids")
        from .entity_ids import async_take_entity_id  # noqa: PLC0415 - imported just now, off the event loop

        async_take_entity_id(self, wanted_id)

    @property
    @override
    def available(self) -> bool:
        found = self.found
        if found is MISSING or not super().available:
            return False
        if self._availability is None:
            return True
        rendered = self._rendered(self._availability, found)
        # As elsewhere in Home Assistant, a template that fails does not make the entity unavailable.
        return rendered is None or result_as_boolean(rendered)

    @property
    @override
    def icon(self) -> str | None:
        if self._icon_template is None or (found := self.found) is MISSING:
            return self._attr_icon
        icon = (self._rendered(self._icon_template, found) or "").strip()
        return icon if re.fullmatch(_ICON, icon) else None

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        readings: Readings | None = self.coordinator.data
        return None if readings is None else readings.attributes.get(self._key)

    @property
    def found(self) -> object:
        """The value as it is in the document, MISSING if it is not in there."""
        readings: Readings | None = self.coordinator.data
        return MISSING if readings is None else readings.values[self._key]

    @property
    def value(self) -> object:
        """The value to show: the one that was found, or the result of its template."""
        if self._template is None or (found := self.found) is MISSING:
            return self.found
        return self._rendered(self._template, found)

    def _rendered(self, template: Template, found: object) -> str | None:
        """Return the result of a template, None where it fails."""
        if found is None:
            return self._rendered_of_null(template)
        try:
            rendered = render_value(template, found, self.coordinator.data)
        except TemplateError as err:
            if template not in self._failing:
                _LOGGER.warning("The template of %s failed: %s", self.entity_id, err)
                self._failing = (*self._failing, template)
            return None
        if self._failing:
            self._failing = tuple(each for each in self._failing if each != template)
        return rendered

    def _rendered_of_null(self, template: Template) -> str | None:
        """Return what a template makes of null, None for nothing.

        Most are written for a value. That they fail is no fault of theirs, so nothing is logged.
        """
        if (quiet := self._quiet_templates.get(template)) is None:
            # Home Assistant compiles a template for one way of logging.
            quiet = Template(template.template, self.hass)
            self._quiet_templates = {**self._quiet_templates, template: quiet}
        try:
            readings = self.coordinator.data
            return render_value(quiet, None, readings, log_fn=_log_nothing) or None
        except TemplateError:
            return None

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        if self.coordinator.must_write(self._key):
            super()._handle_coordinator_update()


def _log_nothing(_level: int, _message: str) -> None:
    """Stands for the logger of a template."""


def _is_unused(hass: HomeAssistant, entity_id: str) -> bool:
    """Return whether an entity id has neither a registered entity nor a state."""
    is_registered = er.async_get(hass).async_is_registered(entity_id)
    return not is_registered and hass.states.async_available(entity_id)


@callback
def async_add_resource_entities(
    hass: HomeAssistant,
    entry: OAuth2ClientConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    *,
    platform: Platform,
    entity_class: type[ResourceEntity],
    describe: Callable[[Value], EntityDescription],
) -> None:
    """Add a platform's entities of every resource; remove those of deleted values."""
    for subentry_id, coordinator in entry.runtime_data.resources.items():
        subentry = entry.subentries[subentry_id]
        device = resource_device(hass, entry, subentry)
        names = entity_names(subentry.title, coordinator.resource.values)
        entities = [
            entity_class(
                coordinator,
                value,
                describe(value),
                name=names[value.key],
                subentry_id=subentry_id,
                device=device,
            )
            for value in coordinator.resource.values
            if value.platform == platform
        ]
        _async_remove_stale(
            hass, entry, subentry, platform, {entity.unique_id for entity in entities}
        )
        async_add_entities(entities, config_subentry_id=subentry_id)


def entity_names(device: str, values: Iterable[Value]) -> dict[str, str | None]:
    """Return the names of entities by the keys of their values; None means the name of the device.

    Home Assistant puts the device's name before each, so a value's name is shortened by the words at its
    beginning with which the device's name ends, unless two values would have the same name then.
    """
    full = {value.key: value.name for value in values}
    short = {key: _without_overlap(device, name) for key, name in full.items()}
    if short == full:
        return short
    counts = Counter(slugify(name or "") for name in short.values())
    return {
        key: name if counts[slugify(name or "")] == 1 else full[key]
        for key, name in short.items()
    }


def _without_overlap(device: str, name: str) -> str | None:
    device_words = [word.casefold() for word in device.split()]
    words = name.split()
    for count in range(len(words), 0, -1):
        if device_words[-count:] == [word.casefold() for word in words[:count]]:
            rest = " ".join(words[count:])
            return rest[:1].upper() + rest[1:] or None
    return name


@callback
def async_add_account_device(
    hass: HomeAssistant, entry: ConfigEntry, provider: Provider
) -> None:
    """Register the device of an account, which has the entities that belong to no resource."""
    dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={(DOMAIN, entry.entry_id)},
        name=entry.title,
        manufacturer=provider.name,
        model=_model(hass, "account"),
        entry_type=dr.DeviceEntryType.SERVICE,
        configuration_url=provider.console_url,
    )


@callback
def resource_device(
    hass: HomeAssistant, entry: OAuth2ClientConfigEntry, subentry: ConfigSubentry
) -> DeviceInfo:
    """Return the device of a resource, connected via the device of its account."""
    device = DeviceInfo(
        identifiers={(DOMAIN, subentry.subentry_id)},
        name=subentry.title,
        manufacturer=entry.runtime_data.account.provider.name,
        model=_model(hass, "resource"),
        entry_type=dr.DeviceEntryType.SERVICE,
    )
    if (account := account_device(hass, entry)) is not None:
        device["via_device_id"] = account.id
    return device


@callback
def _model(hass: HomeAssistant, kind: Literal["account", "resource"]) -> str | None:
    """Return the model of a device, translated here since devices have no translation key for it."""
    words = async_get_cached_translations(hass, hass.config.language, "device", DOMAIN)
    return words.get(f"component.{DOMAIN}.device.{kind}.name")


@callback
def _async_remove_stale(
    hass: HomeAssistant,
    entry: OAuth2ClientConfigEntry,
    subentry: ConfigSubentry,
    platform: Platform,
    unique_ids: set[str | None],
) -> None:
    registry = er.async_get(hass)
    for entity in er.async_entries_for_config_entry(registry, entry.entry_id):
        if (
            entity.config_subentry_id == subentry.subentry_id
            and entity.domain == platform
            and entity.unique_id not in unique_ids
        ):
            registry.async_remove(entity.entity_id)
