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
    async_address_hint,
    check_request,
    form_from_request,
    request_fields,
    request_from_form,
)

# Most commands change something at the API.
_DEFAULT_METHOD: Final = "POST"


def command_schema() -> vol.Schema:
    """Return the form of a command."""
    return vol.Schema(
        {
            vol.Required(CONF_NAME): TextSelector(),
            vol.Required(CONF_URL): TextSelector(),
            vol.Required(SECTION_REQUEST): section(
                vol.Schema(request_fields(method=_DEFAULT_METHOD)), {"collapsed": False}
            ),
        }
    )


class CommandFlow(ConfigSubentryFlow):
    """Adds a command to an account, or changes one, without sending it."""

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
        error: FormError | None = None
        if user_input is not None:
            try:
                command = _command_from_form(user_input, self._taken_slugs())
                check_request(self.hass, account, command.request)
            except FormError as err:
                error = err
            else:
                return self._finish(command)
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(
                command_schema(), user_input or self._stored()
            ),
            errors={} if error is None else {error.field: error.key},
            description_placeholders={
                "account": as_markdown(account.title),
                "address_form": await async_address_hint(self.hass, account),
                **({} if error is None else error.placeholders),
            },
        )

    def _taken_slugs(self) -> set[str]:
        """Return the slugs that the names of the account's other commands become in entity ids."""
        entry = self._get_entry()
        own_id = None
        if self.source == SOURCE_RECONFIGURE:
            own_id = self._get_reconfigure_subentry().subentry_id
        return {
            slugify(command.title)
            for command in entry.get_subentries_of_type(SUBENTRY_COMMAND)
            if command.subentry_id != own_id
        }

    def _stored(self) -> dict[str, Any]:
        """Return the stored command as suggested values of the form; none for a new one."""
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


def _command_from_form(form: dict[str, Any], taken_slugs: set[str]) -> Command:
    """Return the command of a filled-in form. Raises FormError, also where its name is taken.

    Home Assistant would number the entity ids of a second command of the same name.
    """
    if not (name := form[CONF_NAME].strip()):
        raise FormError(CONF_NAME, "name_missing")
    if slugify(name) in taken_slugs:
        raise FormError(CONF_NAME, "name_taken")
    if not form[CONF_URL].strip():
        raise FormError(CONF_URL, "address_missing")
    return Command(
        name=name, request=request_from_form(form[CONF_URL], form[SECTION_REQUEST])
    )
