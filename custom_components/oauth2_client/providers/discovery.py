"""*Find by address*: fetches the metadata that a server publishes.

Also fetches that of a provider entered by hand, for what the form does not have.
"""

import asyncio
from dataclasses import dataclass
from typing import Any, Final

from ..oauth2 import (
    Candidate,
    MetadataKind,
    OAuth2Error,
    RefusedByPolicy,
    Request,
    Response,
    ServerMetadata,
    TemporaryFailure,
    candidates,
    candidates_above,
    is_at_home,
    parse_resource_metadata,
    parse_server_metadata,
    resource_metadata_url,
)
from ..wire.host_policy import parse_url
from ..wire.transport import Transport

# For one document, and for all documents of a search.
_DOCUMENT_TIMEOUT_SECONDS: Final = 10.0
_TOTAL_TIMEOUT_SECONDS: Final = 45.0
# For a search that the user did not ask for.
_UNASKED_TIMEOUT_SECONDS: Final = 15.0
_MAX_DOCUMENT_BYTES: Final = 256 * 1024
_MAX_SHOWN_SCOPES: Final = 30
# Servers of one resource that are tried; nearly all resources name one.
_MAX_SERVERS: Final = 2
# What a provider entered by hand takes from its server: what checks id tokens, and what ends a
# sign-in. All else stays as it was entered.
_BESIDE_THE_FORM: Final = frozenset(
    {"issuer", "jwks_url", "userinfo_url", "revocation_url", "introspection_url"}
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What a search found. `api_base_url` is known where the address is that of a resource."""

    metadata: ServerMetadata
    api_base_url: str | None = None
    scopes: tuple[str, ...] = ()

    def offered(self) -> str:
        """Return the first scopes that are published, as one text."""
        offered = self.scopes or self.metadata.scopes_supported
        return ", ".join(offered[:_MAX_SHOWN_SCOPES]) or "–"

    def endpoints(self) -> dict[str, Any]:
        """Return the published endpoints that the form does not show, in the catalogue's shape."""
        server = self.metadata.as_server()
        shown = {
            "issuer": server.issuer,
            "pushed_authorization_url": server.pushed_authorization_url,
            "revocation_url": server.revocation_url,
            "introspection_url": server.introspection_url,
            "registration_url": server.registration_url,
            "userinfo_url": server.userinfo_url,
            "jwks_url": server.jwks_url,
        }
        known = {key: value for key, value in shown.items() if value is not None}
        return {**known, "require_pushed": server.require_pushed}

    def beside_the_form(self) -> dict[str, Any]:
        """Return what a provider entered by hand takes from its server, as in the catalogue."""
        return {
            key: value
            for key, value in self.endpoints().items()
            if key in _BESIDE_THE_FORM
        }

    def is_of(self, token_url: str) -> bool:
        """Return whether this is the server with this token endpoint."""
        return parse_url(self.metadata.token_url) == parse_url(token_url)


async def async_discover(transport: Transport, address: str) -> Found | None:
    """Return what an issuer, an API or a host publishes, None where it publishes nothing.

    Raises RefusedByPolicy where the metadata is invalid or of another server, TemporaryFailure
    where no server answers.
    """
    try:
        async with asyncio.timeout(_TOTAL_TIMEOUT_SECONDS):
            return await _Search(transport, address).async_run()
    except TimeoutError:
        raise TemporaryFailure("timeout") from None


async def async_ask_issuer(
    transport: Transport, issuer: str, *, token_url: str
) -> Found:
    """Return what an issuer publishes, if it is the server of this token endpoint.

    Raises RefusedByPolicy and TemporaryFailure as `async_discover` does. RefusedByPolicy also where
    nothing is published (`nothing_found`), or for another token endpoint (`token_url_mismatch`).
    """
    try:
        async with asyncio.timeout(_TOTAL_TIMEOUT_SECONDS):
            found = await _Search(transport, issuer).async_run_exactly()
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
    """Return what the OpenID provider with these endpoints publishes.

    None where none does, or only for another token endpoint. Never raises, since the user did not
    ask for this search.
    """
    places = [place for url in endpoints for place in candidates_above(url)]
    try:
        async with asyncio.timeout(_UNASKED_TIMEOUT_SECONDS):
            for place in dict.fromkeys(places):
                found = await _Search(transport, place.url).async_try(place)
                if found is not None and found.is_of(token_url):
                    return found
    except TimeoutError:
        pass
    return None


class _Search:
    """One search. Goes on after an error, and raises it where nothing is found."""

    def __init__(self, transport: Transport, address: str) -> None:
        self._transport = transport
        self._address = address.strip()
        self._error: OAuth2Error | None = None
        self._answered = False

    async def async_run(self) -> Found | None:
        """Find what an address leads to."""
        for candidate in candidates(self._address):
            if (found := await self.async_try(candidate)) is not None:
                return found
        if (found := await self._async_challenge()) is None:
            self._raise_what_failed()
        return found

    async def async_run_exactly(self) -> Found | None:
        """Find the server whose issuer is the address, preferring OpenID metadata: it has keys."""
        issuer = candidates(self._address)[0].issuer_or_resource
        if (found := await self._async_issuer(issuer, first="openid")) is None:
            self._raise_what_failed()
        return found

    def _raise_what_failed(self) -> None:
        """Raise the error to show, if there was one.

        Where a server has answered, a failure at another place is not the reason.
        """
        if self._error is not None and not (
            self._answered and isinstance(self._error, TemporaryFailure)
        ):
            raise self._error

    async def async_try(self, candidate: Candidate) -> Found | None:
        """Look at one place; an error there is noted, not raised."""
        if candidate.kind == "resource":
            return await self._async_resource(
                candidate.url, candidate.issuer_or_resource
            )
        return await self._async_server(candidate)

    async def _async_server(self, candidate: Candidate) -> Found | None:
        if (response := await self._async_get(candidate.url)) is None:
            return None
        try:
            metadata = parse_server_metadata(
                response,
                issuer=candidate.issuer_or_resource,
                allow_http=_is_at_home(candidate.url),
            )
            if metadata is not None:
                metadata.as_server()
        except OAuth2Error as err:
            self._note(err)
            return None
        return None if metadata is None else Found(metadata=metadata)

    async def _async_resource(self, url: str, resource: str) -> Found | None:
        """Find the server that a resource names (RFC 9728, 3)."""
        if (response := await self._async_get(url)) is None:
            return None
        try:
            published = parse_resource_metadata(
                response, resource=resource, allow_http=_is_at_home(url)
            )
        except OAuth2Error as err:
            self._note(err)
            return None
        if published is None:
            return None
        for issuer in published.authorization_servers[:_MAX_SERVERS]:
            if (found := await self._async_issuer(issuer)) is not None:
                return Found(
                    metadata=found.metadata,
                    api_base_url=published.resource,
                    scopes=published.scopes_supported,
                )
        return None

    async def _async_issuer(
        self, issuer: str, *, first: MetadataKind = "server"
    ) -> Found | None:
        """Find the server with exactly this issuer, not another one at the same host."""
        try:
            places = candidates(issuer)
        except RefusedByPolicy as err:
            self._note(err)
            return None
        for candidate in sorted(places, key=lambda place: place.kind != first):
            named = candidate.issuer_or_resource == issuer.rstrip("/")
            if candidate.kind == "resource" or not named:
                continue
            if (found := await self._async_server(candidate)) is not None:
                return found
        return None

    async def _async_challenge(self) -> Found | None:
        """Send a request without a token: the 401 may name the metadata (RFC 9728, 5.1)."""
        if "://" not in self._address:
            return None
        url = str(parse_url(self._address))
        if (response := await self._async_get(url)) is None or response.status != 401:
            return None
        named = resource_metadata_url(response, api_url=url)
        return None if named is None else await self._async_resource(named, url)

    async def _async_get(self, url: str) -> Response | None:
        request = Request(method="GET", url=url, headers={"Accept": "application/json"})
        try:
            response = await self._transport.send(
                request,
                timeout=_DOCUMENT_TIMEOUT_SECONDS,
                max_bytes=_MAX_DOCUMENT_BYTES,
            )
        except TemporaryFailure as err:
            self._note(err)
            return None
        self._answered = True
        return response

    def _note(self, err: OAuth2Error) -> None:
        """Keep the error to raise: the first refusal, or the first failure without a refusal."""
        if self._error is None or (
            isinstance(err, RefusedByPolicy)
            and not isinstance(self._error, RefusedByPolicy)
        ):
            self._error = err


def _is_at_home(url: str) -> bool:
    host = parse_url(url).host or ""
    return url.startswith("http://") and is_at_home(host)
