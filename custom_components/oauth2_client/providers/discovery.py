"""*Find by address*: fetches the metadata that a server publishes.

For a provider that is entered by hand, it adds what the form has no fields for.
"""

import asyncio
from typing import Final

from ..oauth2 import RefusedByPolicy, TemporaryFailure, candidates_above
from ..wire import Transport
from .found import Found
from .search import Search

# For a whole search, of several documents.
_TIMEOUT_SECONDS: Final = 45.0
# For a search that the user did not ask for.
_UNASKED_TIMEOUT_SECONDS: Final = 15.0


async def async_discover(transport: Transport, address: str) -> Found | None:
    """Return the metadata for an issuer, an API or a host, None where nothing is published.

    Raises RefusedByPolicy where the metadata is invalid or of another server, TemporaryFailure
    where no server answers.
    """
    try:
        async with asyncio.timeout(_TIMEOUT_SECONDS):
            return await Search(transport).async_run(address)
    except TimeoutError:
        raise TemporaryFailure("timeout") from None


async def async_ask_issuer(
    transport: Transport, issuer: str, *, token_url: str
) -> Found:
    """Return the metadata of an issuer, which has to name this token endpoint.

    Raises RefusedByPolicy and TemporaryFailure as `async_discover` does; RefusedByPolicy also where
    nothing is published (`nothing_found`), or for another token endpoint (`token_url_mismatch`).
    """
    try:
        async with asyncio.timeout(_TIMEOUT_SECONDS):
            found = await Search(transport).async_run_exactly(issuer)
    except TimeoutError:
        raise TemporaryFailure("timeout") from None
    if found is None:
        raise RefusedByPolicy("nothing_found")
    if not found.is_of(token_url):
        raise RefusedByPolicy("token_url_mismatch")
    return found


async def async_look_above(
    transport: Transport, *endpoints: str, token_url: str
) -> Found | None:
    """Return the metadata of the server with these endpoints.

    None where none is published, or only for another token endpoint. Never raises, since the user did
    not ask for this search.
    """
    places = [place for url in endpoints for place in candidates_above(url)]
    try:
        async with asyncio.timeout(_UNASKED_TIMEOUT_SECONDS):
            for place in dict.fromkeys(places):
                found = await Search(transport).async_try(place)
                if found is not None and found.is_of(token_url):
                    return found
    except TimeoutError:
        pass
    return None
