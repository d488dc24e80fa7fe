"""Probes the endpoints that a person typed, before a credential is sent anywhere."""

from typing import Final, NamedTuple

from ..errors import message_key
from ..oauth2 import Request, TemporaryFailure, shown_target
from ..wire import Transport

_TIMEOUT_SECONDS: Final = 10.0
# Web pages are larger than answers of a token endpoint.
_MAX_BYTES: Final = 1024 * 1024


class Problem(NamedTuple):
    """What is wrong with an endpoint: the key of a message, and the target of a redirect."""

    message: str
    target: str = ""


async def async_probe_token_url(transport: Transport, url: str) -> Problem | None:
    """Return what is wrong with a token endpoint, None where nothing is.

    Nothing secret is sent.
    """
    request = Request(
        method="POST",
        url=url,
        headers={
            "Accept": "application/json",
            "Content-Type": "application/x-www-form-urlencoded",
        },
        body=b"grant_type=authorization_code",
    )
    # A token endpoint refuses a request without a code (RFC 6749, 5.2).
    return await _async_probe(transport, request, refuses=True)


async def async_probe_authorize_url(transport: Transport, url: str) -> Problem | None:
    """Return what is wrong with an authorization endpoint, as `async_probe_token_url` does."""
    request = Request(method="GET", url=url)
    return await _async_probe(transport, request, refuses=False)


async def _async_probe(
    transport: Transport, request: Request, *, refuses: bool
) -> Problem | None:
    try:
        response = await transport.send(
            request, timeout=_TIMEOUT_SECONDS, max_bytes=_MAX_BYTES
        )
    except TemporaryFailure as err:
        return Problem(message_key(err))
    if refuses and 300 <= response.status < 400:
        # Shown whole: nothing secret was sent that the target could contain.
        target = shown_target(response, url=request.url, whole=True)
        if target is not None:
            return Problem("endpoint_redirects", target)
    if response.status == 404 or (refuses and response.status < 400):
        return Problem("not_oauth2_server")
    return None
