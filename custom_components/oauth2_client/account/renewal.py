"""Renews an account's token set before it expires, also while the account is not used."""

import logging
from typing import TYPE_CHECKING, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.config_entry_oauth2_flow import (
    ImplementationUnavailableError,
)
from homeassistant.helpers.event import async_call_at
from homeassistant.helpers.importlib import async_import_module

from ..const import DOMAIN, PACKAGE
from ..credentials import async_stored_credentials
from ..definitions.account import AccountSettings
from ..oauth2 import (
    Client,
    ClientRejected,
    GrantRejected,
    OAuth2Error,
    TemporaryFailure,
    TokenSet,
)
from . import Account

if TYPE_CHECKING:
    from ..credentials.any_implementation import AnyImplementation
    from ..credentials.provider_client import Keep

_LOGGER = logging.getLogger(__name__)

# Prevents a loop of requests if the clock is wrong, and delays an overdue renewal while Home Assistant
# starts.
_SHORTEST_DELAY_SECONDS: Final = 10.0


class Renewal:
    """Renews the token set of an entry. What that needs is imported when it is due."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, settings: AccountSettings
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._settings = settings
        self._implementation: AnyImplementation | None = None

    async def async_client(self) -> Client | None:
        """Return the account's client, None where another component does not reveal it.

        Raises what `async_implementation_of` does.
        """
        credentials = async_stored_credentials(self._hass)
        if (stored := credentials.get(self._settings.credential)) is not None:
            return Client(id=stored.client_id, secret=stored.client_secret or None)
        return (await self._async_implementation()).client

    async def __call__(self, current: TokenSet, keep: Keep) -> TokenSet:
        """Return a newer token set. Raises what `AnyImplementation.async_renew` does."""
        await async_import_module(self._hass, f"{PACKAGE}.health.story")
        from ..health.story import async_story  # noqa: PLC0415 - imported just now, off the event loop

        story = async_story(self._hass, self._entry.entry_id)
        return await story.recorded(self._async_renew)(current, keep)

    async def _async_renew(self, current: TokenSet, keep: Keep) -> TokenSet:
        try:
            implementation = await self._async_implementation()
        except ImplementationUnavailableError:
            raise TemporaryFailure("cannot_connect") from None
        except ValueError:
            # The credential was deleted after the set-up.
            raise ClientRejected("invalid_client") from None
        return await implementation.async_renew(
            current,
            grant_type=self._settings.grant_type,
            scopes=self._settings.scopes,
            keep=keep,
        )

    async def _async_implementation(self) -> AnyImplementation:
        if self._implementation is None:
            module = f"{PACKAGE}.credentials.any_implementation"
            await async_import_module(self._hass, module)
            from ..credentials.any_implementation import async_implementation_of  # noqa: PLC0415 - imported just now, off the event loop

            self._implementation = await async_implementation_of(
                self._hass, self._entry
            )
        return self._implementation


@callback
def async_keep_renewed(hass: HomeAssistant, account: Account) -> CALLBACK_TYPE:
    """Renew the token set whenever it is due, until the returned function is called.

    The grant reports failures. A grant that is rejected is not renewed any more.
    """
    cancel: CALLBACK_TYPE | None = None
    stopped = False

    @callback
    def schedule() -> None:
        nonlocal cancel
        cancel = None
        if stopped or (due_in := account.renew_in) is None:
            return
        delay = max(due_in, account.pause, _SHORTEST_DELAY_SECONDS)
        cancel = async_call_at(hass, renew, hass.loop.time() + delay)

    async def renew(_: object) -> None:
        try:
            await account.ensure_token_valid()
        except GrantRejected:
            return
        except OAuth2Error as err:
            _LOGGER.debug("Renewal failed: %s", err.code)
        schedule()

    @callback
    def stop() -> None:
        nonlocal stopped
        stopped = True
        if cancel is not None:
            cancel()

    if (due_in := account.renew_in) is not None and due_in <= 0 and hass.is_running:
        hass.async_create_task(renew(None), f"{DOMAIN} renewal")
    else:
        schedule()
    return stop
