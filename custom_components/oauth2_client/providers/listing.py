"""Lists providers, for forms. Reads files."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from homeassistant.core import HomeAssistant

from ..catalogue import Summary, load_provider, load_summaries


def summaries(own: Mapping[str, str]) -> list[Summary]:
    """Return summaries of the user's providers, names by ids, then those of the catalogue."""
    users = [Summary(id=key, name=name) for key, name in own.items()]
    return [*users, *load_summaries()]


async def async_names_at(hass: HomeAssistant, host: str) -> list[str]:
    """Return the providers of the catalogue whose server is at a host, by their names."""
    return await hass.async_add_executor_job(_names_at, host)


def _names_at(host: str) -> list[str]:
    providers = [load_provider(summary.id) for summary in load_summaries()]
    return [
        provider.name
        for provider in providers
        if urlsplit(provider.server.token_url).hostname == host
    ]
