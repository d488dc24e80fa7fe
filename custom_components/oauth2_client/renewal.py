"""Renews an account's token set in time, also where nobody uses the account."""

import logging
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_at
from homeassistant.util import dt as dt_util

from .account import Account
from .oauth2 import GrantRejected, OAuth2Error

_LOGGER = logging.getLogger(__name__)

# Seconds; a wrong clock must not make a loop of requests.
_SHORTEST: Final = 10.0


@callback
def async_keep_renewed(hass: HomeAssistant, account: Account) -> CALLBACK_TYPE:
    """Renew when it is time, until the returned function is called.

    What fails is reported by the account; a grant that is rejected is not tried again.
    """
    cancel: CALLBACK_TYPE | None = None
    stopped = False

    @callback
    def schedule() -> None:
        nonlocal cancel
        cancel = None
        if stopped or (due := account.renew_at) is None:
            return
        delay = max(due - dt_util.utcnow().timestamp(), account.pause, _SHORTEST)
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

    schedule()
    return stop
