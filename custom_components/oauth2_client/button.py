"""Buttons: one for each command, and one that fetches all resources of an account."""

import logging
from typing import TYPE_CHECKING, Any, Final, override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.importlib import async_import_module

from .const import DOMAIN, SUBENTRY_COMMAND
from .coordinator import async_fetch_all_now
from .definitions import InvalidDefinition
from .definitions.request_template import RequestRenderer, Variables
from .entity import account_device, command_signal
from .runtime import OAuth2ClientConfigEntry

if TYPE_CHECKING:
    from .actions.command import Sent
    from .definitions.command import Command

_LOGGER = logging.getLogger(__name__)

# The account limits how many requests are sent at once.
PARALLEL_UPDATES = 0

ATTR_LAST_STATUS: Final = "last_status"
ATTR_LAST_MESSAGE: Final = "last_message"

_COMMAND: Final = ButtonEntityDescription(key="command", translation_key="command")
_REFRESH: Final = ButtonEntityDescription(key="refresh", translation_key="refresh")


async def async_setup_entry(
    hass: HomeAssistant,
    entry: OAuth2ClientConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the button of the account, and one for every command."""
    async_add_entities([RefreshButton(entry)])
    subentries = list(entry.get_subentries_of_type(SUBENTRY_COMMAND))
    if not subentries:
        return
    await async_import_module(hass, f"{__package__}.definitions.command")
    from .definitions.command import Command  # noqa: PLC0415 - imported just now, off the event loop

    for subentry in subentries:
        try:
            command = Command.from_subentry(subentry)
        except InvalidDefinition as err:
            _LOGGER.error(
                "Command %s is stored wrongly at %s", subentry.subentry_id, err
            )
            continue
        _async_leave_own_device(hass, entry, subentry.subentry_id)
        async_add_entities(
            [CommandButton(hass, entry, subentry, command)],
            config_subentry_id=subentry.subentry_id,
        )


@callback
def _async_leave_own_device(
    hass: HomeAssistant, entry: OAuth2ClientConfigEntry, subentry_id: str
) -> None:
    """Move what is registered of a command to the account's device, and remove its own.

    Earlier versions made a device for each command. What the user called it, and where it is, stays.
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


class RefreshButton(ButtonEntity):
    """Fetches every resource of an account now."""

    entity_description = _REFRESH
    _attr_has_entity_name = True

    def __init__(self, entry: OAuth2ClientConfigEntry) -> None:
        self._runtime = entry.runtime_data
        self._attr_unique_id = f"{entry.entry_id}_{_REFRESH.key}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, entry.entry_id)})

    @override
    async def async_press(self) -> None:
        await async_fetch_all_now(self._runtime.resources.values())


class CommandButton(ButtonEntity):
    """Sends a command. Its attributes show the status and message of the last answer.

    More-info shows no attributes of a button: a sensor beside it says the same as its state.
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
        self._answered = command_signal(subentry)
        self._attr_unique_id = f"{subentry.subentry_id}_command"
        self._attr_name = command.name
        # As an entry, since a device that is described would become the subentry's.
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
        await async_import_module(self.hass, f"{__package__}.actions.command")
        from .actions.command import async_send  # noqa: PLC0415 - imported just now, off the event loop

        sent: Sent | None = None
        try:
            sent = await async_send(self.hass, self._account, self._renderer, variables)
            sent.check()
        except HomeAssistantError as err:
            self._tell(sent, str(err))
            raise
        self._tell(sent, None)
        return sent.as_answer()

    @callback
    def _tell(self, sent: Sent | None, error: str | None) -> None:
        """Show how the API answered; without an answer, why there is none."""
        status = None if sent is None else sent.status
        self._attr_extra_state_attributes = {
            ATTR_LAST_STATUS: status,
            ATTR_LAST_MESSAGE: error if sent is None else sent.message or None,
        }
        self.async_write_ha_state()
        async_dispatcher_send(self.hass, self._answered, error or str(status))
