"""Every service of the catalogue, with examples in the place of what a person or a sign-in tells."""

from typing import Final

from custom_components.oauth2_client.catalogue import Provider, parse_provider
from custom_components.oauth2_client.catalogue.load import read_entries

ACCOUNT_ID: Final = "7"
_EXAMPLES: Final = {
    "text": "example",
    "host": "service.example",
    "url": "https://service.example",
}


def every_provider() -> list[Provider]:
    """Return all services, in the order of their ids, as they are in the catalogue."""
    read = [parse_provider(raw, category=category) for category, raw in read_entries()]
    return sorted(read, key=lambda each: each.id)


def told_values(provider: Provider) -> dict[str, str]:
    """Return what a sign-in could tell."""
    server = provider.server
    told = dict.fromkeys((*server.token_values, *server.callback_values), ACCOUNT_ID)
    base = provider.api_base_url or ""
    return told | {
        name: f"eu.{hosts[0]}"
        if base.startswith(f"https://{{{name}}}")
        else f"https://eu.{hosts[0]}"
        for name, hosts in provider.value_hosts.items()
    }


def examples(provider: Provider) -> dict[str, str]:
    """Return what a person could type for a service's variables."""
    return {
        variable.name: variable.default or _EXAMPLES[variable.kind]
        for variable in provider.variables
    }


def completed(provider: Provider) -> Provider:
    """Return a service whose user has typed examples and signed in."""
    signed_in = told_values(provider)
    return provider.resolve(examples(provider)).signed_in(signed_in, ACCOUNT_ID)
