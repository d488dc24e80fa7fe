"""Renews an account's token set before it expires, also while the account is not used."""

import logging
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_at

from ..const import DOMAIN
from ..oauth2 import GrantRejected, OAuth2Error
from .account import Account

_LOGGER = logging.getLogger(__name__)

# No loop of requests, whatever the clock says. While Home Assistant starts, it is when to look again.
_SHORTEST_DELAY_SECONDS: Final = 10.0


@callback
def async_keep_renewed(hass: HomeAssistant, account: Account) -> CALLBACK_TYPE:
    """Renew the token set each time that it is due, until the returned function is called.

    The grant reports failures. After a rejected grant there are no further renewals.
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
            await account.usable_token()
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
