"""The health of one account: its issues, and requests to sign in again.

The other modules of this package are imported when there is something to do, so that the start of an
account without problems loads none of them.
"""

from homeassistant.config_entries import ConfigEntry, ConfigEntryChange
from homeassistant.const import CONF_TOKEN
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.importlib import async_import_module

from ..catalogue import Provider
from ..const import DOMAIN, STORAGE_NOT_WRITABLE
from ..definitions.account import CONF_GRANTS_LASTED, AccountSettings
from ..oauth2 import OAuth2Error, Response, TokenSet
from ..providers import async_get_providers


class AccountHealth:
    """Acts on what happens to an account: creates and deletes issues, and asks to sign in."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        self._hass = hass
        self._entry = entry

    async def async_begin(self) -> None:
        """Delete the issues that a sign-in has solved, if the user has just signed in."""
        if CONF_TOKEN not in self._entry.data:
            return
        await self._async_import("refreshes")
        from .refreshes import async_signed_in  # noqa: PLC0415 - imported just now, off the event loop

        async_signed_in(self._hass, self._entry)

    async def async_tell_endings(self, provider: Provider) -> None:
        """Create an issue where the account's grants end again and again."""
        if CONF_GRANTS_LASTED not in self._entry.data:
            return
        await self._async_import("endings")
        from .endings import async_tell_endings  # noqa: PLC0415 - imported just now, off the event loop

        async_tell_endings(self._hass, self._entry, provider)

    async def async_look(self) -> CALLBACK_TYPE:
        """Check an account whose set-up succeeded: delete issues about its requests, watch its secret.

        Requests that still fail create their issues again. The returned function stops watching for the
        end of the client's secret.
        """
        providers = await async_get_providers(self._hass)
        credential = AccountSettings.from_entry(self._entry).credential
        if credential not in providers.registered() and not self._has_issues():
            return lambda: None
        await self._async_import("issues")
        from .issues import async_forget_requests, async_watch_secret  # noqa: PLC0415 - imported just now, off the event loop

        async_forget_requests(self._hass, self._entry)
        return await async_watch_secret(self._hass, self._entry)

    async def async_note_provider(self, gone: str | None) -> None:
        """Act on a provider that no longer exists; `gone` is its id, None where it exists."""
        if gone is None and not self._has_issues():
            return
        await self._async_import("issues")
        from .issues import async_report_provider  # noqa: PLC0415 - imported just now, off the event loop

        async_report_provider(self._hass, self._entry, gone)

    async def async_note_refresh(
        self, provider: Provider, err: OAuth2Error | None
    ) -> None:
        """Act on a refresh; `err` is None where it succeeded."""
        await self._async_import("refreshes")
        from .refreshes import async_refreshed  # noqa: PLC0415 - imported just now, off the event loop

        await async_refreshed(self._hass, self._entry, provider, err)

    async def async_note_forbidden(
        self, token_set: TokenSet, response: Response | None
    ) -> None:
        """Act on an API's response that refuses a scope; None where none refuses one any more."""
        await self._async_import("issues")
        from .issues import async_report_forbidden  # noqa: PLC0415 - imported just now, off the event loop

        await async_report_forbidden(self._hass, self._entry, token_set, response)

    @callback
    def note_host(self, host: str | None) -> None:
        """Act on a request to a host that may not receive the token; None where none is left."""
        self._hass.async_create_task(
            self._async_note_host(host), f"{DOMAIN} host that is not allowed"
        )

    async def _async_note_host(self, host: str | None) -> None:
        await self._async_import("issues")
        from .issues import async_report_host  # noqa: PLC0415 - imported just now, off the event loop

        async_report_host(self._hass, self._entry, host)

    def _has_issues(self) -> bool:
        return any(
            domain == DOMAIN and issue_id.endswith(self._entry.entry_id)
            for domain, issue_id in ir.async_get(self._hass).issues
        )

    async def _async_import(self, name: str) -> None:
        await async_import_module(self._hass, f"{__package__}.{name}")


async def async_note_storage(hass: HomeAssistant, *, writable: bool) -> None:
    """Act on a write of a token set that failed or succeeded."""
    if writable and not ir.async_get(hass).async_get_issue(
        DOMAIN, STORAGE_NOT_WRITABLE
    ):
        return
    await async_import_module(hass, f"{__package__}.storage")
    from .storage import async_report_storage  # noqa: PLC0415 - imported just now, off the event loop

    async_report_storage(hass, writable=writable)


async def async_forget_disabled(
    hass: HomeAssistant, _: ConfigEntryChange, entry: ConfigEntry
) -> None:
    """Delete the issues of an account that was disabled, since they need no repair now."""
    if entry.domain == DOMAIN and entry.disabled_by is not None:
        await async_forget(hass, entry)


async def async_forget(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Delete all issues of an account."""
    await async_import_module(hass, f"{__package__}.issues")
    from .issues import ACCOUNT_ISSUES, async_delete  # noqa: PLC0415 - imported just now, off the event loop

    async_delete(hass, entry, ACCOUNT_ISSUES)
