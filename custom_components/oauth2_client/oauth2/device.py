"""Sign in on another device (RFC 8628)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
import re
from typing import Final, NoReturn
from urllib.parse import urlsplit

from .client import Client, ClientAuthentication
from .dpop import DpopKey
from .endpoint_answer import json_object
from .endpoint_request import endpoint_request, token_request
from .errors import GrantRejected, OAuth2Error, RefusedByPolicy, TemporaryFailure
from .lifetime import expires_at
from .message import Request, Response
from .server import AuthorizationServer
from .token_response import parse_token_response
from .token_set import TokenSet

DEVICE_CODE_GRANT_TYPE: Final = "urn:ietf:params:oauth:grant-type:device_code"

_DEVICE_CODE: Final = re.compile(r"[\x20-\x7E]{1,4096}")
_LONGEST_USER_CODE: Final = 64
# RFC 3986, 2: what a URI is made of; nothing that ends a line, a link or an attribute.
_ADDRESS: Final = re.compile(
    r"https?://[\w.~:/?#\[\]@!$&'()*+,;=%-]{1,2000}", re.ASCII | re.IGNORECASE
)
_LIFETIME: Final = 15 * 60
_LONGEST_LIFETIME: Final = 3600.0
# RFC 8628, 3.2 and 3.5.
_INTERVAL: Final = 5.0
_SLOWER: Final = 5.0
_SHORTEST_INTERVAL: Final = 1.0
_LONGEST_INTERVAL: Final = 60.0
# The codes with which a server ends it (RFC 8628, 3.5).
_ENDED: Final = frozenset({"access_denied", "expired_token"})
# Errors are read as those of a token endpoint, without any provider's deviations.
_PLAIN_SERVER: Final = AuthorizationServer(authorize_url="", token_url="")


@dataclass(frozen=True, kw_only=True, slots=True)
class DeviceAuthorization:
    """What the user types where, and what we ask with meanwhile (RFC 8628, 3.2).

    `expires_at` is in seconds since the epoch, `interval` the seconds from one poll to the next.
    """

    device_code: str = field(repr=False)
    user_code: str
    verification_uri: str
    verification_uri_complete: str | None = None
    expires_at: float
    interval: float = _INTERVAL


@dataclass(frozen=True, kw_only=True, slots=True)
class Wait:
    """The user has not decided yet: poll again after `interval` seconds, and so from now on."""

    interval: float


def device_authorization_request(
    server: AuthorizationServer,
    client: Client,
    *,
    scopes: Sequence[str] = (),
    authenticate: ClientAuthentication | None = None,
) -> Request:
    """Return the request that starts a sign-in on another device (RFC 8628, 3.1).

    Raises RefusedByPolicy where the server has no such endpoint.
    """
    if server.device_authorization_url is None:
        raise RefusedByPolicy("no_device_authorization_endpoint")
    parameters = {}
    if scopes:
        parameters["scope"] = server.scope_separator.join(scopes)
    return endpoint_request(
        server,
        client,
        server.device_authorization_url,
        parameters,
        resources=server.resources,
        authenticate=authenticate,
    )


def parse_device_authorization(
    response: Response, *, now: float, request: Request | None = None
) -> DeviceAuthorization:
    """Return what to show to the user (RFC 8628, 3.2).

    `request`, what was sent, keeps secrets out of the error's description.

    Raises what parse_token_response raises for an error, TemporaryFailure for nonsense.
    """
    answer = json_object(response.body) or {}
    if response.status >= 300 or answer.get("error") or answer.get("errors"):
        _refuse(response, now, request)
    device_code = answer.get("device_code")
    user_code = _user_code(answer.get("user_code"))
    # Google's name is that of an early draft.
    verification_uri = web_address(answer.get("verification_uri")) or web_address(
        answer.get("verification_url")
    )
    if (
        not isinstance(device_code, str)
        or not _DEVICE_CODE.fullmatch(device_code)
        or user_code is None
        or verification_uri is None
    ):
        raise TemporaryFailure("invalid_device_response")
    return DeviceAuthorization(
        device_code=device_code,
        user_code=user_code,
        verification_uri=verification_uri,
        # Only a convenience: without it, or with one that is no address, the code is typed.
        verification_uri_complete=web_address(answer.get("verification_uri_complete"))
        or web_address(answer.get("verification_url_complete")),
        expires_at=_expires_at(answer.get("expires_in"), now),
        interval=_interval(answer.get("interval")),
    )


def device_token_request(
    server: AuthorizationServer,
    client: Client,
    *,
    device_code: str,
    authenticate: ClientAuthentication | None = None,
) -> Request:
    """Return the request that asks whether the user has decided (RFC 8628, 3.4)."""
    parameters = {"grant_type": DEVICE_CODE_GRANT_TYPE, "device_code": device_code}
    return token_request(
        server,
        client,
        {**parameters, **server.token_parameters},
        authenticate=authenticate,
    )


def poll_outcome(
    response: Response,
    *,
    server: AuthorizationServer,
    now: float,
    interval: float,
    request: Request | None = None,
    dpop_key: DpopKey | None = None,
) -> TokenSet | Wait:
    """Return the token set, or how long to wait for the next poll (RFC 8628, 3.5).

    Raises GrantRejected with `access_denied` or `expired_token` where the sign-in has ended, else
    what parse_token_response raises; a TemporaryFailure is a longer wait.
    """
    try:
        # Without the request, so that no code is hidden because it looks like what was sent.
        return parse_token_response(response, server=server, now=now, dpop_key=dpop_key)
    except OAuth2Error as error:
        refusal = error
    if refusal.code == "authorization_pending":
        return Wait(interval=interval)
    if refusal.code == "slow_down":
        return Wait(interval=interval + _SLOWER)
    if refusal.code in _ENDED:
        raise GrantRejected(refusal.code)
    if isinstance(refusal, TemporaryFailure):
        # RFC 8628, 3.5: exponential backoff; what slow_down made longer stays so.
        longer = max(interval * 2, refusal.retry_after or 0.0)
        return Wait(interval=max(interval, min(longer, _LONGEST_INTERVAL)))
    return parse_token_response(response, server=server, now=now, request=request)


def web_address(value: object) -> str | None:
    """Return the address of a web page, None for all else."""
    if not isinstance(value, str) or not _ADDRESS.fullmatch(value):
        return None
    try:
        parts = urlsplit(value)
        # Raises for a port that is none.
        _ = parts.port
    except ValueError:
        return None
    # A user name in front is there to look like a host.
    return value if parts.hostname and "@" not in parts.netloc else None


def _refuse(response: Response, now: float, request: Request | None) -> NoReturn:
    """Raise the error of an answer that is an error (RFC 8628, 3.2; RFC 6749, 5.2)."""
    parse_token_response(response, server=_PLAIN_SERVER, now=now, request=request)
    raise TemporaryFailure("invalid_device_response")


def _user_code(value: object) -> str | None:
    """Return a code that can be shown: no line breaks, no marks that turn text around."""
    if not isinstance(value, str):
        return None
    code = value.strip()
    fit = 0 < len(code) <= _LONGEST_USER_CODE and code.isprintable()
    return code if fit else None


def _expires_at(lifetime: object, now: float) -> float:
    expires = expires_at(
        {"expires_in": lifetime},
        name=str,
        now=now,
        default=_LIFETIME,
        access_token="",
    )
    return min(expires or now + _LIFETIME, now + _LONGEST_LIFETIME)


def _interval(value: object) -> float:
    if isinstance(value, str) and len(value) <= 8 and value.isdecimal():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return _INTERVAL
    if value > _LONGEST_INTERVAL:
        return _LONGEST_INTERVAL
    # Not `max`: what is no number at all (NaN) counts as the shortest, too.
    return float(value) if value > _SHORTEST_INTERVAL else _SHORTEST_INTERVAL
