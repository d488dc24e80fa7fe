"""Tells other integrations what happens to an account, over all of its reloads."""

from collections.abc import Callable
from enum import StrEnum

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
    ConfigEntryState,
)
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from ..runtime import OAuth2ClientConfigEntry


class AccountChange(StrEnum):
    """What has happened to an account."""

    # It can be asked for again, with `async_get_account`.
    LOADED = "loaded"
    # It has a new token.
    RENEWED = "renewed"
    # It cannot be asked for: while it is reloaded, disabled, or cannot be set up.
    UNLOADED = "unloaded"
    REMOVED = "removed"


@callback
def async_listen(
    hass: HomeAssistant, entry_id: str, listener: Callable[[AccountChange], None]
) -> CALLBACK_TYPE:
    """Call `listener` on the event loop with each change of an account; return what ends that.

    `entry_id` is the id of the account's config entry, which need not be loaded.
    """
    watch = _Watch(listener)
    entry = hass.config_entries.async_get_entry(entry_id)
    if entry is not None and entry.state is ConfigEntryState.LOADED:
        watch.follow(entry)

    @callback
    def changed(change: ConfigEntryChange, entry: ConfigEntry) -> None:
        if entry.entry_id == entry_id:
            watch.changed(change, entry)

    stop = async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, changed)

    @callback
    def end() -> None:
        stop()
        watch.leave()

    return end


class _Watch:
    """Follows one account, and calls the listener when something has changed."""

    def __init__(self, listener: Callable[[AccountChange], None]) -> None:
        self._listener = listener
        self._leave: CALLBACK_TYPE | None = None

    def changed(
        self, change: ConfigEntryChange, entry: OAuth2ClientConfigEntry
    ) -> None:
        """Call the listener with what a change of the entry means for the account, if anything."""
        is_loaded = entry.state is ConfigEntryState.LOADED
        if self._leave is not None and not is_loaded:
            self.leave()
            self._listener(AccountChange.UNLOADED)
        if change is ConfigEntryChange.REMOVED:
            self._listener(AccountChange.REMOVED)
        elif self._leave is None and is_loaded:
            self.follow(entry)
            self._listener(AccountChange.LOADED)

    def follow(self, entry: OAuth2ClientConfigEntry) -> None:
        """Listen to the account that the entry has now."""
        account = entry.runtime_data.account
        known = account.token_set

        @callback
        def renewed() -> None:
            nonlocal known
            # An account also calls its listeners when its rate limit changes.
            if account.token_set is not known:
                known = account.token_set
                self._listener(AccountChange.RENEWED)

        self._leave = account.listen(renewed)

    def leave(self) -> None:
        """Listen no longer to the account that the entry had."""
        if self._leave is not None:
            self._leave()
            self._leave = None
