"""Lists providers, for forms."""

from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import urlsplit

from homeassistant.core import HomeAssistant

from ..catalogue import (
    USER_CATEGORY,
    Gone,
    InvalidProvider,
    Provider,
    Summary,
    load_gone,
    load_providers,
    load_summaries,
)
from .store import ProviderStore


async def async_summaries(hass: HomeAssistant, store: ProviderStore) -> list[Summary]:
    """Return the user's own providers, then those of the catalogue."""
    return await hass.async_add_executor_job(_summaries, store.own_names())


async def async_providers(hass: HomeAssistant, store: ProviderStore) -> list[Provider]:
    """Return the providers that `async_summaries` lists; invalid ones are left out."""
    own = []
    for provider_id in store.own_names():
        with suppress(InvalidProvider):
            own.append(await store.async_provider(provider_id))
    return [*own, *await hass.async_add_executor_job(_catalogue)]


async def async_gone(hass: HomeAssistant) -> tuple[Gone, ...]:
    """Return the services that cannot be connected."""
    return await hass.async_add_executor_job(load_gone)


async def async_names_at(hass: HomeAssistant, host: str) -> list[str]:
    """Return the names of the catalogue's providers whose token endpoint is at a host."""
    return await hass.async_add_executor_job(_names_at, host)


async def async_sign_in_parameters_at(
    hass: HomeAssistant, authorize_url: str
) -> dict[str, str]:
    """Return the parameters that all providers of the catalogue send to the host of an endpoint.

    Many give a refresh token only to who asks with one: Google (`access_type`), Dropbox, Reddit.
    """
    return await hass.async_add_executor_job(_sign_in_parameters_at, authorize_url)


def _summaries(own: Mapping[str, str]) -> list[Summary]:
    summaries = [
        Summary(id=key, name=name, category=USER_CATEGORY) for key, name in own.items()
    ]
    return [*summaries, *load_summaries()]


def _catalogue() -> list[Provider]:
    providers = {provider.id: provider for provider in load_providers()}
    listed = [summary.id for summary in load_summaries()]
    return [providers[each] for each in listed if each in providers]


def _names_at(host: str) -> list[str]:
    return [
        provider.name
        for provider in _catalogue()
        if urlsplit(provider.server.token_url).hostname == host
    ]


def _sign_in_parameters_at(authorize_url: str) -> dict[str, str]:
    host = urlsplit(authorize_url).hostname
    at_host = [
        provider.server.authorize_parameters
        for provider in _catalogue()
        if urlsplit(provider.server.authorize_url or "").hostname == host
    ]
    return {
        name: value
        for name, value in (at_host[0] if at_host else {}).items()
        # What has a placeholder is another one for each home.
        if "{" not in value and all(each.get(name) == value for each in at_host)
    }
