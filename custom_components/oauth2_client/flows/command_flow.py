"""The subentry flow of a command, and its form."""

from typing import Any, Final

import voluptuous as vol

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.const import CONF_NAME, CONF_URL
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import TextSelector
from homeassistant.util import slugify

from ..const import SUBENTRY_COMMAND
from ..definitions import InvalidDefinition
from ..definitions.command import Command
from ..errors import as_markdown
from ..runtime import OAuth2ClientConfigEntry, async_is_loaded
from .request_form import (
    SECTION_REQUEST,
    FormError,
    async_address_form,
    check_request,
    form_from_request,
    request_fields,
    request_from_form,
)

# Most commands change something at the API.
_USUAL_METHOD: Final = "POST"


def command_schema() -> vol.Schema:
    """Return the form of a command."""
    return vol.Schema(
        {
            vol.Required(CONF_NAME): TextSelector(),
            vol.Required(CONF_URL): TextSelector(),
            vol.Required(SECTION_REQUEST): section(
                vol.Schema(request_fields(method=_USUAL_METHOD)), {"collapsed": False}
            ),
        }
    )


class CommandFlow(ConfigSubentryFlow):
    """Adds a command to an account, or changes one. Nothing is sent."""

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Add a command."""
        return await self._async_edit("user", user_input)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change a command."""
        return await self._async_edit("reconfigure", user_input)

    async def _async_edit(
        self, step_id: str, user_input: dict[str, Any] | None
    ) -> SubentryFlowResult:
        entry: OAuth2ClientConfigEntry = self._get_entry()
        if not await async_is_loaded(entry):
            return self.async_abort(reason="entry_not_loaded")
        account = entry.runtime_data.account
        mistake: FormError | None = None
        if user_input is not None:
            try:
                command = _command_from_form(user_input, self._names())
                check_request(self.hass, account, command.request)
            except FormError as err:
                mistake = err
            else:
                return self._finish(command)
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(
                command_schema(), user_input or self._stored()
            ),
            errors={} if mistake is None else {mistake.field: mistake.key},
            description_placeholders={
                "account": as_markdown(account.title),
                "address_form": await async_address_form(self.hass, account),
                **({} if mistake is None else mistake.placeholders),
            },
        )

    def _names(self) -> set[str]:
        """Return the names of the account's other commands as they are in entity ids."""
        entry = self._get_entry()
        own = None
        if self.source == SOURCE_RECONFIGURE:
            own = self._get_reconfigure_subentry().subentry_id
        return {
            slugify(command.title)
            for command in entry.get_subentries_of_type(SUBENTRY_COMMAND)
            if command.subentry_id != own
        }

    def _stored(self) -> dict[str, Any]:
        """Return the stored command as answers of the form; none for a new one."""
        if self.source != SOURCE_RECONFIGURE:
            return {}
        try:
            command = Command.from_subentry(self._get_reconfigure_subentry())
        except InvalidDefinition:
            return {}
        return {
            CONF_NAME: command.name,
            CONF_URL: command.request.url,
            SECTION_REQUEST: form_from_request(command.request),
        }

    def _finish(self, command: Command) -> SubentryFlowResult:
        if self.source != SOURCE_RECONFIGURE:
            return self.async_create_entry(title=command.name, data=command.as_dict())
        return self.async_update_and_abort(
            self._get_entry(),
            self._get_reconfigure_subentry(),
            title=command.name,
            data=command.as_dict(),
        )


def _command_from_form(form: dict[str, Any], names: set[str]) -> Command:
    """Return the command of a filled-in form. Raises FormError.

    `names` are taken: Home Assistant would number the entity ids of a second one.
    """
    if not (name := form[CONF_NAME].strip()):
        raise FormError(CONF_NAME, "name_missing")
    if slugify(name) in names:
        raise FormError(CONF_NAME, "name_taken")
    if not form[CONF_URL].strip():
        raise FormError(CONF_URL, "address_missing")
    return Command(
        name=name, request=request_from_form(form[CONF_URL], form[SECTION_REQUEST])
    )
