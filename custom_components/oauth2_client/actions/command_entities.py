"""The entities of commands: a button that sends one, and a sensor with the answer."""

import logging
from typing import TYPE_CHECKING, Any, Final, override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.components.sensor import SensorEntity, SensorEntityDescription
from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import MAX_LENGTH_STATE_STATE, EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.dispatcher import (
    async_dispatcher_connect,
    async_dispatcher_send,
)
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.importlib import async_import_module
from homeassistant.util.signal_type import SignalType

from ..const import DOMAIN, SUBENTRY_COMMAND
from ..definitions import InvalidDefinition, RequestRenderer, Variables
from ..definitions.command import Command
from ..runtime import OAuth2ClientConfigEntry, account_device

if TYPE_CHECKING:
    from .command import CommandAnswer

_LOGGER = logging.getLogger(__name__)

ATTR_LAST_STATUS: Final = "last_status"
ATTR_LAST_MESSAGE: Final = "last_message"

_COMMAND: Final = ButtonEntityDescription(key="command", translation_key="command")
_ANSWER: Final = SensorEntityDescription(key="answer", translation_key="answer")


@callback
def async_add_command_buttons(
    hass: HomeAssistant,
    entry: OAuth2ClientConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add a button for each command of an account."""
    for subentry in entry.get_subentries_of_type(SUBENTRY_COMMAND):
        try:
            command = Command.from_subentry(subentry)
        except InvalidDefinition as err:
            _LOGGER.error(
                "Command %s of %s (%s) is stored wrongly at %s: restore a backup, or delete it and add it "
                "again",
                subentry.title,
                entry.title,
                subentry.subentry_id,
                err,
            )
            continue
        _async_leave_own_device(hass, entry, subentry.subentry_id)
        async_add_entities(
            [CommandButton(hass, entry, subentry, command)],
            config_subentry_id=subentry.subentry_id,
        )


@callback
def async_add_command_sensors(
    hass: HomeAssistant,
    entry: OAuth2ClientConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add a sensor for the last answer to each command of an account."""
    for subentry in entry.get_subentries_of_type(SUBENTRY_COMMAND):
        async_add_entities(
            [CommandSensor(hass, entry, subentry)],
            config_subentry_id=subentry.subentry_id,
        )


class CommandButton(ButtonEntity):
    """Sends a command. Its attributes have the status and message of the last answer, for automations.

    The dialog of a button shows no attributes, so that a `CommandSensor` shows the answer as well.
    """

    entity_description = _COMMAND
    _attr_has_entity_name = True

    def __init__(
        self,
        hass: HomeAssistant,
        entry: OAuth2ClientConfigEntry,
        subentry: ConfigSubentry,
        command: Command,
    ) -> None:
        self._account = entry.runtime_data.account
        self._renderer = RequestRenderer(hass, command.request)
        self._signal = _command_signal(subentry)
        self._attr_unique_id = f"{subentry.subentry_id}_command"
        self._attr_name = command.name
        # Not as `device_info`, with which Home Assistant would add the subentry to the device.
        self.device_entry = account_device(hass, entry)

    @override
    async def async_press(self) -> None:
        await self.async_send_command()

    async def async_send_command(
        self, variables: Variables | None = None
    ) -> dict[str, Any]:
        """Send the command, its templates filled in with variables; return the answer.

        Raises HomeAssistantError, translated, with the API's message.
        """
        await async_import_module(self.hass, f"{__package__}.command")
        from .command import async_send  # noqa: PLC0415 - imported just now, off the event loop

        answer: CommandAnswer | None = None
        try:
            answer = await async_send(
                self.hass, self._account, self._renderer, variables
            )
            answer.check()
        except HomeAssistantError as err:
            self._show_answer(answer, str(err))
            raise
        self._show_answer(answer, None)
        return answer.as_response()

    @callback
    def _show_answer(self, answer: CommandAnswer | None, error: str | None) -> None:
        """Show how the API answered; without an answer, why there is none."""
        status = None if answer is None else answer.status
        self._attr_extra_state_attributes = {
            ATTR_LAST_STATUS: status,
            ATTR_LAST_MESSAGE: error if answer is None else answer.message or None,
        }
        self.async_write_ha_state()
        async_dispatcher_send(self.hass, self._signal, error or str(status))


class CommandSensor(SensorEntity):
    """How a command was answered last: the status, or a message that says what went wrong."""

    entity_description = _ANSWER
    _attr_has_entity_name = True
    _attr_should_poll = False
    _attr_entity_category = EntityCategory.DIAGNOSTIC

    def __init__(
        self,
        hass: HomeAssistant,
        entry: OAuth2ClientConfigEntry,
        subentry: ConfigSubentry,
    ) -> None:
        self._signal = _command_signal(subentry)
        self._attr_unique_id = f"{subentry.subentry_id}_answer"
        self._attr_translation_placeholders = {"command": subentry.title}
        # Not as `device_info`, with which Home Assistant would add the subentry to the device.
        self.device_entry = account_device(hass, entry)

    @override
    async def async_added_to_hass(self) -> None:
        self.async_on_remove(
            async_dispatcher_connect(self.hass, self._signal, self._answered)
        )

    @callback
    def _answered(self, outcome: str) -> None:
        if len(outcome) > MAX_LENGTH_STATE_STATE:
            outcome = f"{outcome[: MAX_LENGTH_STATE_STATE - 1]}…"
        self._attr_native_value = outcome
        self.async_write_ha_state()


@callback
def _async_leave_own_device(
    hass: HomeAssistant, entry: OAuth2ClientConfigEntry, subentry_id: str
) -> None:
    """Move a command's entities from its own device to the account's, and remove its own.

    Earlier versions made a device for each command. The name and the area that the user gave it stay, now
    as those of the entities.
    """
    devices, entities = dr.async_get(hass), er.async_get(hass)
    own = devices.async_get_device_by_identifier((DOMAIN, subentry_id), entry.entry_id)
    account = account_device(hass, entry)
    if own is None or account is None:
        return
    for entity in er.async_entries_for_device(
        entities, own.id, include_disabled_entities=True
    ):
        entities.async_update_entity(
            entity.entity_id,
            device_id=account.id,
            name=entity.name or own.name_by_user,
            area_id=entity.area_id or own.area_id,
        )
    devices.async_remove_device(own.id)


def _command_signal(subentry: ConfigSubentry) -> SignalType[str]:
    """Return the signal that is sent after a command, with the status or the message of the error."""
    return SignalType(f"{DOMAIN}_command_{subentry.subentry_id}")
