"""Lists providers, for forms."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from homeassistant.core import HomeAssistant

from ..catalogue import (
    USER_CATEGORY,
    Gone,
    Summary,
    load_gone,
    load_provider,
    load_summaries,
)
from .store import ProviderStore


async def async_summaries(hass: HomeAssistant, store: ProviderStore) -> list[Summary]:
    """Return the user's own providers, then those of the catalogue."""
    return await hass.async_add_executor_job(_summaries, store.own_names())


async def async_gone(hass: HomeAssistant) -> tuple[Gone, ...]:
    """Return the services that cannot be connected."""
    return await hass.async_add_executor_job(load_gone)


async def async_names_at(hass: HomeAssistant, host: str) -> list[str]:
    """Return the providers of the catalogue whose server is at a host, by their names."""
    return await hass.async_add_executor_job(_names_at, host)


def _summaries(own: Mapping[str, str]) -> list[Summary]:
    summaries = [
        Summary(id=key, name=name, category=USER_CATEGORY) for key, name in own.items()
    ]
    return [*summaries, *load_summaries()]


def _names_at(host: str) -> list[str]:
    providers = [load_provider(summary.id) for summary in load_summaries()]
    return [
        provider.name
        for provider in providers
        if urlsplit(provider.server.token_url).hostname == host
    ]
