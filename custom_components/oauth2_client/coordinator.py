"""Polls one resource."""

from datetime import timedelta
import logging
from typing import Final, override

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.util import dt as dt_util

from .account import Account, OAuth2ClientConfigEntry
from .const import DOMAIN
from .document import UnreadableDocument
from .errors import as_update_failure
from .oauth2 import OAuth2Error
from .resource import (
    MIN_INTERVAL,
    ApiRefused,
    Resource,
    parse_answer,
    read_values,
    refusal_key,
)
from .transport import DEFAULT_TIMEOUT

_LOGGER = logging.getLogger(__name__)

# Bytes from which on parsing would be felt by everything else in the event loop.
_LARGE: Final = 64 * 1024
# Home Assistant counts a pause from the last full second. Without one more it would end too early,
# and a short one at once: a loop until the pause is over.
_FULL_SECOND: Final = 1.0


class ResourceCoordinator(DataUpdateCoordinator[dict[str, object]]):
    """Keeps the values of one resource, by key; there are none before the first good answer."""

    config_entry: OAuth2ClientConfigEntry

    def __init__(
        self, hass: HomeAssistant, entry: OAuth2ClientConfigEntry, resource: Resource
    ) -> None:
        super().__init__(
            hass,
            _LOGGER,
            config_entry=entry,
            name=resource.name,
            update_interval=timedelta(seconds=resource.interval),
            always_update=False,
        )
        self.resource = resource

    @override
    async def _async_update_data(self) -> dict[str, object]:
        try:
            document = await async_fetch_document(
                self.hass, self.config_entry.runtime_data, self.resource.url
            )
        except OAuth2Error as err:
            raise _later(as_update_failure(err)) from err
        except ApiRefused as err:
            raise _later(_update_failure(err)) from err
        except UnreadableDocument as err:
            raise UpdateFailed(
                translation_domain=DOMAIN, translation_key="answer_unreadable"
            ) from err
        return read_values(self.resource, document)


async def async_fetch_document(
    hass: HomeAssistant, account: Account, url: str, *, timeout: float = DEFAULT_TIMEOUT
) -> object:
    """Return the document that an API answers with. `timeout` is in seconds.

    Raises OAuth2Error, ApiRefused and UnreadableDocument.
    """
    response = await account.request("GET", url, timeout=timeout)
    now = dt_util.utcnow().timestamp()
    if len(response.body) < _LARGE:
        return parse_answer(response, now=now)
    return await hass.async_add_executor_job(lambda: parse_answer(response, now=now))


def _update_failure(err: ApiRefused) -> UpdateFailed:
    # A pause of no time would be a loop of requests.
    pause = None if err.retry_after is None else max(err.retry_after, MIN_INTERVAL)
    return UpdateFailed(
        retry_after=pause,
        translation_domain=DOMAIN,
        translation_key=refusal_key(err.status),
        translation_placeholders={"status": str(err.status)},
    )


def _later[Failure: HomeAssistantError](failure: Failure) -> Failure:
    """Return a failure whose pause, if it has one, is over when the next fetch begins."""
    if isinstance(failure, UpdateFailed) and failure.retry_after is not None:
        failure.retry_after += _FULL_SECOND
    return failure
