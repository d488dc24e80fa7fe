"""Sends one request with aiohttp and reads one bounded response."""

from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import ClientError, ClientResponse, ClientTimeout, DummyCookieJar
from yarl import URL

from homeassistant.const import EVENT_HOMEASSISTANT_CLOSE
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers.aiohttp_client import async_create_clientsession
from homeassistant.helpers.singleton import singleton
from homeassistant.util.hass_dict import HassKey

from ..oauth2 import Request, Response, TemporaryFailure

type Send = Callable[[Request], Awaitable[Response]]

DEFAULT_TIMEOUT_SECONDS: Final = 30.0
# Token answers are a few kilobytes; this leaves room for id tokens full of claims.
MAX_TOKEN_BYTES: Final = 256 * 1024
MAX_API_BYTES: Final = 16 * 1024 * 1024
_CHUNK_BYTES: Final = 64 * 1024


class Transport:
    """Sends requests; follows no redirect, keeps no cookie, reads no more than it was told to."""

    def __init__(self, hass: HomeAssistant) -> None:
        # A session of its own: the shared one keeps cookies, which two accounts of one provider
        # must not share. Set-up of an entry would detach it at unload, hence no auto_cleanup.
        self._session = async_create_clientsession(
            hass, auto_cleanup=False, cookie_jar=DummyCookieJar()
        )

    async def send(
        self,
        request: Request,
        *,
        timeout: float = DEFAULT_TIMEOUT_SECONDS,
        max_bytes: int = MAX_TOKEN_BYTES,
    ) -> Response:
        """Send a request and return its response, whatever the status.

        `timeout` is in seconds and covers everything from the name look-up to the last byte.

        Raises TemporaryFailure: `timeout`, `cannot_connect` or `response_too_large`.
        """
        try:
            async with self._session.request(
                request.method,
                # Built and encoded by us: what was signed or compared is what is sent.
                URL(request.url, encoded=True),
                headers=request.headers,
                data=request.body,
                allow_redirects=False,
                timeout=ClientTimeout(total=timeout),
            ) as response:
                return Response(
                    status=response.status,
                    headers=_headers(response),
                    body=await _read(response, max_bytes),
                )
        except TimeoutError:
            raise TemporaryFailure("timeout") from None
        except ClientError, OSError, ValueError:
            # aiohttp's texts quote URLs, whose queries may hold secrets: none of it goes on.
            raise TemporaryFailure("cannot_connect") from None

    @callback
    def detach(self, _event: Event | None = None) -> None:
        """Let go of the connections, which belong to Home Assistant."""
        self._session.detach()


@singleton(HassKey[Transport]("oauth2_client.transport"))
@callback
def async_get_transport(hass: HomeAssistant) -> Transport:
    """Return the transport that all accounts and flows share."""
    transport = Transport(hass)
    hass.bus.async_listen_once(EVENT_HOMEASSISTANT_CLOSE, transport.detach)
    return transport


def _headers(response: ClientResponse) -> dict[str, str]:
    """Return headers; one that stands there more than once is a list (RFC 9110, 5.3)."""
    headers = response.headers
    joined = dict(headers)
    if len(joined) < len(headers):
        joined = {name: ", ".join(headers.getall(name)) for name in joined}
    return joined


async def _read(response: ClientResponse, max_bytes: int) -> bytes:
    """Return a body. Raises TemporaryFailure (`response_too_large`)."""
    length = response.content_length
    if length is not None and length <= max_bytes and not _is_encoded(response):
        # aiohttp takes as many bytes as were announced, and no more.
        return await response.read()
    body = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK_BYTES):
        body += chunk
        if len(body) > max_bytes:
            raise TemporaryFailure("response_too_large")
    return bytes(body)


def _is_encoded(response: ClientResponse) -> bool:
    """Tell whether a body grows when it is unpacked (RFC 9110, 8.4)."""
    return "Content-Encoding" in response.headers
