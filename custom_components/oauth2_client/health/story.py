"""The last refreshes of an account, kept in memory for diagnostics."""

from collections import deque
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from ..errors import message_key
from ..oauth2 import OAuth2Error, TokenSet
from ..oauth2.frozen import Frozen
from ..wire.clock import Clock, async_get_clock

if TYPE_CHECKING:
    from ..credentials.provider_client import Keep

_MAX_REFRESHES_KEPT: Final = 40
# By entry id, so that an account's story goes on after a reload.
_STORIES: HassKey[dict[str, Story]] = HassKey("oauth2_client.stories")

type Renew = Callable[[TokenSet, Keep], Awaitable[TokenSet]]


class Refreshed(Frozen):
    """The outcome of one refresh, `at` seconds since the epoch.

    `code` is the error code, which may be a server's own, `key` the key of its message; both are None
    after a success. Then `lifetime` is that of the token in seconds, None where it is not known, and
    `rotated` whether the refresh token was replaced.
    """

    at: float
    code: str | None = None
    key: str | None = None
    lifetime: int | None = None
    rotated: bool = False


class Story:
    """What happened to the token set of one account since Home Assistant started."""

    def __init__(self, clock: Clock) -> None:
        self.refreshes: deque[Refreshed] = deque(maxlen=_MAX_REFRESHES_KEPT)
        self.succeeded = 0
        self.failed = 0
        self._clock = clock

    def recorded(self, renew: Renew) -> Renew:
        """Return a function that does what `renew` does and records the outcome."""

        async def async_renew(current: TokenSet, keep: Keep) -> TokenSet:
            try:
                renewed = await renew(current, keep)
            except OAuth2Error as err:
                self.failed += 1
                self.refreshes.append(
                    Refreshed(at=self._clock.now(), code=err.code, key=message_key(err))
                )
                raise
            self.succeeded += 1
            self.refreshes.append(
                Refreshed(
                    at=self._clock.now(),
                    lifetime=_lifetime(renewed),
                    rotated=renewed.refresh_token != current.refresh_token,
                )
            )
            return renewed

        return async_renew


def _lifetime(token_set: TokenSet) -> int | None:
    if token_set.expires_at is None:
        return None
    return round(token_set.expires_at - token_set.received_at)


@callback
def async_story(hass: HomeAssistant, entry_id: str) -> Story:
    """Return the story of an account."""
    stories = hass.data.setdefault(_STORIES, {})
    if (story := stories.get(entry_id)) is None:
        story = stories[entry_id] = Story(async_get_clock(hass))
    return story


@callback
def async_forget_story(hass: HomeAssistant, entry_id: str) -> None:
    """Forget an account that was removed."""
    hass.data.get(_STORIES, {}).pop(entry_id, None)
