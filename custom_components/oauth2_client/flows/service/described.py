"""The placeholders with which forms describe a service, in Markdown."""

from typing import Final

from homeassistant.core import HomeAssistant

from ...catalogue import Provider
from ...errors import as_code, as_markdown
from ...providers.users import async_accounts_of
from ..words import async_words
from .exchange import left_out

_OWN_SERVICE: Final = "own_service"


async def async_service_placeholders(
    hass: HomeAssistant, provider: Provider
) -> dict[str, str]:
    """Return a provider's name and addresses, or that it has no such address."""
    words = await async_words(hass, _OWN_SERVICE)
    sign_in, base = provider.server.authorize_url, provider.api_base_url
    return {
        "provider": provider.name,
        "service": as_markdown(provider.name),
        "authorize_url": as_code(sign_in) if sign_in else words["no_authorize_url"],
        "token_url": as_code(provider.server.token_url),
        "api_base_url": as_code(base) if base else words["no_api_base_url"],
    }


async def async_own_service_placeholders(
    hass: HomeAssistant, provider: Provider, *, credentials: int = 0
) -> dict[str, str]:
    """Return also its accounts, what is left out when it is shared, and what is removed with it.

    `credentials` is how many of them are removed.
    """
    words = await async_words(hass, _OWN_SERVICE)
    titles = [entry.title for entry in async_accounts_of(hass, provider.id)]
    accounts = ", ".join(map(as_markdown, titles))
    names = ", ".join(map(as_markdown, left_out(provider)))
    removed = words["credential" if credentials == 1 else "credentials"]
    return {
        **await async_service_placeholders(hass, provider),
        "accounts": accounts or words["none"],
        "used": words["used"].format(accounts=accounts)
        if accounts
        else words["unused"],
        "left_out": words["left_out"].format(names=names) if names else "",
        "credentials": f"{removed.format(count=credentials)} " if credentials else "",
    }
