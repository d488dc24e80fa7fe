"""The device authorization grant: sign in on another device (RFC 8628)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
import re
from typing import Final, NoReturn
from urllib.parse import urlsplit

from .client import ClientAuthentication
from .dpop import DpopKey
from .echo import sent_values
from .endpoint_answer import json_object
from .endpoint_request import endpoint_request, token_request
from .error_codes import error_from_code
from .errors import GrantRejected, OAuth2Error, RefusedByPolicy, TemporaryFailure
from .lifetime import expires_at
from .message import Request, Response, filled_parameters
from .pkce import code_challenge
from .refusal import Refusal, device_code_of, read_refusal, shown_words
from .retry import retry_after
from .server import AuthorizationServer, Client
from .token_response import parse_token_response
from .token_set import TokenSet

DEVICE_CODE_GRANT_TYPE: Final = "urn:ietf:params:oauth:grant-type:device_code"

_DEVICE_CODE: Final = re.compile(r"[\x20-\x7E]{1,4096}")
_LONGEST_USER_CODE: Final = 64
# The characters of a URI (RFC 3986, 2): none of them ends a line, a Markdown link or an attribute.
_ADDRESS: Final = re.compile(
    r"https?://[\w.~:/?#\[\]@!$&'()*+,;=%-]{1,2000}", re.ASCII | re.IGNORECASE
)
_DEFAULT_LIFETIME_SECONDS: Final = 15 * 60
_LONGEST_LIFETIME_SECONDS: Final = 3600.0
# RFC 8628, 3.2 and 3.5.
_DEFAULT_INTERVAL_SECONDS: Final = 5.0
_SLOW_DOWN_SECONDS: Final = 5.0
_SHORTEST_INTERVAL_SECONDS: Final = 1.0
# Where the doubling of the interval after failures ends.
_LONGEST_BACKOFF_SECONDS: Final = 60.0
# The last moment for a first poll, as a part of the time in which the code can be entered.
_LAST_FIRST_POLL: Final = 0.9
# The error codes that end the sign-in (RFC 8628, 3.5).
_FINAL_CODES: Final = frozenset({"access_denied", "expired_token"})
_WAITING_CODES: Final = frozenset({"authorization_pending", "slow_down"})
_DEVICE_CODES: Final = _FINAL_CODES | _WAITING_CODES
# Codes that some servers send instead of those of RFC 8628; the words beside them tell which is meant.
_GENERAL_CODES: Final = frozenset({"invalid_grant", "invalid_request"})
# Errors are parsed like those of a token endpoint, without a provider's deviations.
_PLAIN_SERVER: Final = AuthorizationServer(authorize_url="", token_url="")


@dataclass(frozen=True, kw_only=True, slots=True)
class DeviceAuthorization:
    """The code that the user enters, and the one that we poll with (RFC 8628, 3.2).

    `expires_at` is in seconds since the epoch, `interval` is the time between two polls in seconds.
    """

    device_code: str = field(repr=False)
    user_code: str
    verification_uri: str
    verification_uri_complete: str | None = None
    expires_at: float
    interval: float = _DEFAULT_INTERVAL_SECONDS
    # Sent with the token request, to prove that this client asked for the code.
    code_verifier: str | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Wait:
    """The user has not decided yet. Poll every `interval` seconds from now on.

    `pause` is the time before the next poll, longer than the interval where the server asks to wait.
    `failure` is why the last poll had no answer.
    """

    interval: float
    pause: float
    failure: TemporaryFailure | None = None


def device_authorization_request(
    server: AuthorizationServer,
    client: Client,
    *,
    scopes: Sequence[str] = (),
    code_verifier: str | None = None,
    authenticate: ClientAuthentication | None = None,
) -> Request:
    """Return the request that starts a sign-in on another device (RFC 8628, 3.1).

    With `code_verifier`, a few servers bind the device code to it (as RFC 7636 does for codes).

    Raises RefusedByPolicy where the server has no such endpoint.
    """
    if server.device_authorization_url is None:
        raise RefusedByPolicy("no_device_authorization_endpoint")
    # RFC 8628, 3.1 requires `client_id` of clients that do not authenticate; some servers always do.
    joined = server.scope_separator.join(scopes)
    parameters = filled_parameters(server.device_parameters, scopes=joined)
    parameters["client_id"] = client.id
    if scopes:
        parameters["scope"] = joined
    if code_verifier is not None:
        parameters["code_challenge"] = code_challenge(code_verifier)
        parameters["code_challenge_method"] = "S256"
    return endpoint_request(
        server,
        client,
        server.device_authorization_url,
        parameters,
        resources=server.resources,
        names=server.parameter_names,
        authenticate=authenticate,
    )


def parse_device_authorization(
    response: Response,
    *,
    now: float,
    request: Request | None = None,
    requested_scopes: Sequence[str] = (),
) -> DeviceAuthorization:
    """Return the codes and where to enter them (RFC 8628, 3.2).

    `request` is what was sent; the error does not repeat its secrets.

    Raises what parse_token_response raises, TemporaryFailure for an answer that cannot be used.
    """
    answer = json_object(response.body) or {}
    if response.status >= 300 or answer.get("error") or answer.get("errors"):
        _refuse(response, now, request, requested_scopes)
    device_code = answer.get("device_code")
    user_code = _user_code(answer.get("user_code"))
    # Some servers use the name of an early draft, `verification_url`.
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
    expiry = _expires_at(answer.get("expires_in"), now)
    return DeviceAuthorization(
        device_code=device_code,
        user_code=user_code,
        verification_uri=verification_uri,
        # Optional: without a valid one, the user types the code.
        verification_uri_complete=web_address(answer.get("verification_uri_complete"))
        or web_address(answer.get("verification_url_complete")),
        expires_at=expiry,
        # A longer interval than the code lasts means the same: a single poll.
        interval=_interval(answer.get("interval"), longest=expiry - now),
    )


def device_token_request(
    server: AuthorizationServer,
    client: Client,
    *,
    device_code: str,
    code_verifier: str | None = None,
    authenticate: ClientAuthentication | None = None,
) -> Request:
    """Return the token request that polls for the user's decision (RFC 8628, 3.4)."""
    parameters = {"grant_type": DEVICE_CODE_GRANT_TYPE, "device_code": device_code}
    # RFC 8628, 3.4: as in the first request.
    parameters["client_id"] = client.id
    if code_verifier is not None:
        parameters["code_verifier"] = code_verifier
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
    requested_scopes: Sequence[str] = (),
    dpop_key: DpopKey | None = None,
) -> TokenSet | Wait:
    """Return the token set, or how long to wait for the next poll (RFC 8628, 3.5).

    A temporary failure makes the interval longer. Raises GrantRejected with `access_denied` or
    `expired_token` where the sign-in has ended, else what parse_token_response raises.
    """
    try:
        return parse_token_response(
            response,
            server=server,
            now=now,
            request=request,
            requested_scopes=requested_scopes,
            dpop_key=dpop_key,
        )
    except OAuth2Error as error:
        refused = error
    refusal = read_refusal(json_object(response.body), response)
    code = _device_code(refused, refusal)
    if code in _WAITING_CODES:
        if code == "slow_down":
            interval += _SLOW_DOWN_SECONDS
        pause = retry_after(response, now=now) or 0.0
        return Wait(interval=interval, pause=max(interval, pause))
    if code in _FINAL_CODES:
        words = shown_words(refusal.words, sent_values(request))
        raise GrantRejected(code, description=words)
    if (
        isinstance(refused, TemporaryFailure)
        or refused.code == f"http_{response.status}"
    ):
        # A refusal without a reason may come from a proxy, so polling goes on.
        return wait_after(refused, interval)
    raise refused


def first_wait(authorization: DeviceAuthorization, *, now: float) -> Wait:
    """Return how long to wait for the first poll.

    The interval is the time between two polls (RFC 8628, 3.5). Where it is longer than the code can be
    entered, the only poll comes shortly before the code expires.
    """
    interval = authorization.interval
    left = authorization.expires_at - now
    return Wait(interval=interval, pause=min(interval, left * _LAST_FIRST_POLL))


def wait_after(failure: OAuth2Error, interval: float) -> Wait:
    """Return how long to wait after a poll that failed, always longer than before (RFC 8628, 3.5)."""
    longer = interval * 2
    if longer > _LONGEST_BACKOFF_SECONDS:
        longer = max(_LONGEST_BACKOFF_SECONDS, interval + _SLOW_DOWN_SECONDS)
    if not isinstance(failure, TemporaryFailure):
        return Wait(interval=longer, pause=longer)
    pause = max(longer, failure.retry_after or 0.0)
    return Wait(interval=longer, pause=pause, failure=failure)


def web_address(value: object) -> str | None:
    """Return a value where it is the URL of a web page that can be shown, else None."""
    if not isinstance(value, str) or not _ADDRESS.fullmatch(value):
        return None
    try:
        parts = urlsplit(value)
        # Raises ValueError for an invalid port.
        _ = parts.port
    except ValueError:
        return None
    # User information before the host can be made to look like the host.
    return value if parts.hostname and "@" not in parts.netloc else None


def _device_code(error: OAuth2Error, refusal: Refusal) -> str:
    """Return the code of RFC 8628, 3.5 that an error means, else the error's own code."""
    if error.code in _DEVICE_CODES or (
        error.code not in _GENERAL_CODES and error_from_code(error.code) is not None
    ):
        return error.code
    return device_code_of(refusal) or error.code


def _refuse(
    response: Response, now: float, request: Request | None, scopes: Sequence[str]
) -> NoReturn:
    """Raise the error of a response (RFC 8628, 3.2; RFC 6749, 5.2)."""
    parse_token_response(
        response,
        server=_PLAIN_SERVER,
        now=now,
        request=request,
        requested_scopes=scopes,
    )
    raise TemporaryFailure("invalid_device_response")


def _user_code(value: object) -> str | None:
    """Return a user code that can be shown, None for one with control or direction characters."""
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
        default=_DEFAULT_LIFETIME_SECONDS,
        access_token="",
    )
    return min(
        expires or now + _DEFAULT_LIFETIME_SECONDS, now + _LONGEST_LIFETIME_SECONDS
    )


def _interval(value: object, *, longest: float) -> float:
    if isinstance(value, str) and len(value) <= 8 and value.isdecimal():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return _DEFAULT_INTERVAL_SECONDS
    if value > longest:
        return longest
    # Not `max`, which would return NaN; NaN becomes the shortest interval.
    return (
        float(value)
        if value > _SHORTEST_INTERVAL_SECONDS
        else _SHORTEST_INTERVAL_SECONDS
    )
