"""One search for the metadata of a server: which URLs are fetched, and in which order."""

from dataclasses import replace
from functools import partial
from typing import Final
from urllib.parse import urlsplit

from ..oauth2 import (
    Candidate,
    IssuerMismatch,
    MetadataKind,
    OAuth2Error,
    RefusedByPolicy,
    Request,
    Response,
    ServerMetadata,
    TemporaryFailure,
    addresses,
    candidates,
    challenged_scopes,
    is_at_home,
    is_same_issuer,
    parse_resource_metadata,
    parse_server_metadata,
    redirect_target,
    resource_metadata_url,
)
from ..wire import Transport
from ..wire.host_policy import parse_url
from ..wire.named_address import async_is_there, async_leads_home, async_send_named
from .found import Found

# For each document.
_TIMEOUT_SECONDS: Final = 10.0
_MAX_BYTES: Final = 256 * 1024
# How many of the servers that a resource names are asked; usually it names one.
_MAX_SERVERS: Final = 2
_MAX_REDIRECTS: Final = 3
_WELL_KNOWN: Final = "/.well-known/"
# What an API answers to a GET where it takes POST requests only.
_ONLY_POST: Final = frozenset({400, 404, 405, 406, 415, 501})


class Search:
    """One search. A failure does not end the search; the first is raised if nothing is found."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._error: OAuth2Error | None = None
        self._answers = 0
        self._followed = False
        # The URL whose answer named a host, by host; None for a host that the user typed.
        self._named_by: dict[str, str | None] = {}

    async def async_run(self, address: str) -> Found | None:
        """Find the metadata for an address. Raises the error that kept it from being found."""
        urls = addresses(address)
        for url in urls:
            if (found := await self._async_find(url, alone=len(urls) == 1)) is not None:
                return found
        self._raise_noted()
        return None

    async def async_run_exactly(self, issuer: str) -> Found | None:
        """Find a server by its issuer, preferably by a document that names its keys."""
        issuer = candidates(issuer)[0].issuer_or_resource
        if (found := await self._async_issuer(issuer, first="openid")) is None:
            self._raise_noted()
        return found

    async def _async_find(self, url: str, *, alone: bool) -> Found | None:
        """Find the metadata for one URL.

        `alone` is False where other URLs are tried too: then a server that cannot be reached is not
        asked again.
        """
        first, *places = candidates(url)
        parts = urlsplit(url)
        origin, path = f"{parts.scheme}://{parts.netloc}", parts.path.strip("/")
        pasted = _WELL_KNOWN in parts.path
        answers = self._answers
        if (found := await self.async_try(first)) is not None:
            return found
        if answers == self._answers and not alone:
            return None
        servers = [place for place in places if place.kind != "resource"]
        # The path may be an API's. Metadata of its host alone counts only after what the API says.
        own = [place for place in servers if not path or not _is_of_host(place, origin)]
        if (found := await self._async_first(own)) is not None:
            return found
        resources = [place for place in places if place.kind == "resource"]
        api = first.issuer_or_resource if pasted else url
        challenge = await self._async_challenge(api)
        if (found := await self._async_challenged(challenge, api)) is None:
            others = [place for place in servers if place not in own]
            found = await self._async_first([*resources, *others])
        if found is None or challenge is None:
            return found
        return replace(found, challenged=challenged_scopes(challenge))

    async def _async_first(self, places: list[Candidate]) -> Found | None:
        for place in places:
            if (found := await self.async_try(place)) is not None:
                return found
        return None

    def _raise_noted(self) -> None:
        """Raise the noted error, unless a server answered and the error is temporary."""
        if self._error is not None and not (
            self._answers and isinstance(self._error, TemporaryFailure)
        ):
            raise self._error

    async def async_try(self, candidate: Candidate) -> Found | None:
        """Look at one place. An error is only noted."""
        if candidate.kind == "resource":
            return await self._async_resource(
                candidate.url, candidate.issuer_or_resource
            )
        return await self._async_server(candidate)

    async def _async_server(self, candidate: Candidate) -> Found | None:
        try:
            metadata = await self._async_metadata(candidate)
            if metadata is None:
                return None
            metadata = await self._async_join(metadata, candidate)
            metadata.as_server()
            await self._async_check_named(metadata)
        except IssuerMismatch as err:
            self._note(await self._async_refusal(err) or err)
            return await self._async_follow(err, candidate)
        except OAuth2Error as err:
            self._note(err)
            return None
        return Found(metadata=metadata)

    async def _async_metadata(self, candidate: Candidate) -> ServerMetadata | None:
        """Return the metadata at one place, None without any. Raises as `parse_server_metadata`."""
        if (response := await self._async_get(candidate.url)) is None:
            return None
        return parse_server_metadata(
            response,
            issuer=candidate.issuer_or_resource,
            allow_http=_is_at_home(candidate.url),
            at_home=await async_is_there(self._transport, candidate.url),
        )

    async def _async_check_named(self, metadata: ServerMetadata) -> None:
        """Raise RefusedByPolicy where a server outside names an endpoint that is at home.

        Each request is checked again. This check reports the error before anything is stored.
        """
        server = metadata.as_server()
        if await async_is_there(self._transport, server.issuer or server.token_url):
            return
        own = urlsplit(metadata.issuer).hostname
        named = {urlsplit(url).hostname: url for url in metadata.endpoints()}
        for host, url in named.items():
            if host != own and await async_leads_home(self._transport.hass, url):
                raise RefusedByPolicy("private_address")

    async def _async_refusal(self, err: IssuerMismatch) -> OAuth2Error | None:
        """Return the error of metadata with another issuer that not even a person may confirm."""
        try:
            if err.metadata is not None:
                await self._async_check_named(err.metadata)
        except OAuth2Error as refused:
            return refused
        return None

    async def _async_join(
        self, metadata: ServerMetadata, candidate: Candidate
    ) -> ServerMetadata:
        """Add the fields that only the issuer's other kind of document has."""
        for place in candidates(candidate.issuer_or_resource):
            other = place.kind not in (candidate.kind, "resource")
            if not other or place.issuer_or_resource != candidate.issuer_or_resource:
                continue
            try:
                more = await self._async_metadata(place)
            except OAuth2Error:
                # One good document is enough.
                continue
            if more is not None:
                return metadata.joined_with(more)
        return metadata

    async def _async_follow(
        self, err: IssuerMismatch, candidate: Candidate
    ) -> Found | None:
        """Look up the issuer that a document names instead, once, if it has the same origin.

        A tenant, for example, has a name and a number, and its documents name the number.
        """
        if self._followed or redirect_target(candidate.url, err.stated) is None:
            return None
        self._followed = True
        return await self._async_issuer(err.stated)

    async def _async_resource(self, url: str, resource: str) -> Found | None:
        """Find the server that a resource names (RFC 9728, 3)."""
        if (response := await self._async_get(url)) is None:
            return None
        try:
            published = parse_resource_metadata(
                response,
                resource=resource,
                allow_http=_is_at_home(url),
                at_home=await async_is_there(self._transport, url),
            )
        except OAuth2Error as err:
            self._note(err)
            return None
        if published is None:
            return None
        for issuer in published.authorization_servers[:_MAX_SERVERS]:
            self._note_named(issuer, by=url)
            if (found := await self._async_issuer(issuer)) is not None:
                return replace(
                    found,
                    resource=published.resource,
                    scopes=published.scopes_supported,
                )
        return None

    async def _async_issuer(
        self, issuer: str, *, first: MetadataKind = "server"
    ) -> Found | None:
        """Find the server with exactly this issuer, not another one at its host."""
        try:
            places = candidates(issuer)
        except RefusedByPolicy as err:
            self._note(err)
            return None
        named = [
            place
            for place in places
            if place.kind != "resource"
            and is_same_issuer(place.issuer_or_resource, issuer)
        ]
        named.sort(key=lambda place: place.kind != first)
        return await self._async_first(named)

    async def _async_challenge(self, url: str) -> Response | None:
        """Return an API's response with status 401 to a request without a token, None for another.

        An API that accepts only POST requests gets an empty one.
        """
        url = str(parse_url(url))
        for method in ("GET", "POST"):
            response = await self._async_send(method, url)
            if response is None:
                return None
            if response.status == 401:
                return response
            if response.status not in _ONLY_POST:
                return None
        return None

    async def _async_challenged(
        self, challenge: Response | None, url: str
    ) -> Found | None:
        """Find the server by the metadata that a challenge names (RFC 9728, 5.1)."""
        if challenge is None:
            return None
        at_home = await async_is_there(self._transport, url)
        named = resource_metadata_url(challenge, api_url=url, at_home=at_home)
        if named is None:
            return None
        self._note_named(named, by=url)
        return await self._async_resource(named, url)

    async def _async_get(self, url: str) -> Response | None:
        """Return the response for a document; redirects are followed within its origin."""
        for _ in range(_MAX_REDIRECTS + 1):
            response = await self._async_send("GET", url)
            if response is None or not 300 < response.status < 400:
                return response
            target = redirect_target(url, response.header("Location") or "")
            if target is None:
                return response
            url = target
        return response

    async def _async_send(self, method: str, url: str) -> Response | None:
        request = Request(
            method=method, url=url, headers={"Accept": "application/json"}
        )
        send = partial(self._transport.send)
        if (named_by := self._named_by.setdefault(_host(url), None)) is not None:
            send = partial(
                async_send_named,
                self._transport,
                named_by=named_by,
                # Only at home, and only where the server that named it is at home too.
                allow_http=True,
            )
        try:
            response = await send(
                request, timeout=_TIMEOUT_SECONDS, max_bytes=_MAX_BYTES
            )
        except (TemporaryFailure, RefusedByPolicy) as err:
            self._note(err)
            return None
        self._answers += 1
        return response

    def _note_named(self, url: str, *, by: str) -> None:
        """Remember who named a host, unless it was asked already."""
        self._named_by.setdefault(_host(url), by)

    def _note(self, err: OAuth2Error) -> None:
        """Keep the error to raise: the first refusal, or else the first failure."""
        if self._error is None or (
            isinstance(err, RefusedByPolicy)
            and not isinstance(self._error, RefusedByPolicy)
        ):
            self._error = err


def _is_of_host(place: Candidate, origin: str) -> bool:
    return place.issuer_or_resource == origin


def _host(url: str) -> str:
    return parse_url(url).host or ""


def _is_at_home(url: str) -> bool:
    return url.startswith("http://") and is_at_home(_host(url))
