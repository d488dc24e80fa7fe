"""The answer of an endpoint other than the token endpoint: JSON, or an error (RFC 6749, 5.2)."""

from collections.abc import Mapping
import json
from typing import Final

from .echo import shown_target
from .error_codes import error_from_code
from .errors import ClientRejected, OAuth2Error, RefusedByPolicy, TemporaryFailure
from .message import Response
from .retry import is_temporary, retry_after

# The answers of these endpoints have a few kilobytes at most.
_MAX_BYTES: Final = 64 * 1024
# Often sent by a proxy or a wrong path, not by the endpoint, unless the body is an error of the RFCs.
_PROXY_STATUSES: Final = frozenset({404, 405})


def answered_object(
    response: Response,
    *,
    now: float | None,
    client_codes: frozenset[str] = frozenset(),
) -> Mapping[str, object] | None:
    """Return the JSON object of a response, None where the body is no JSON object.

    `client_codes` are error codes of this endpoint, besides those of RFC 6749, that the client is to
    blame for. An unknown code is not shown, since it may repeat what was sent.

    Raises OAuth2Error where the response is an error.
    """
    if 300 <= response.status < 400:
        # Secrets never follow a redirect.
        raise RefusedByPolicy("redirect_refused", description=shown_target(response))
    answer = json_object(response.body)
    error = (answer or {}).get("error")
    if error or response.status >= 400:
        wait = None if now is None else retry_after(response, now=now)
        raise _error(response.status, error, client_codes, wait)
    return answer


def json_object(content: bytes | str) -> Mapping[str, object] | None:
    """Return a JSON object, whatever its content type; None for anything else."""
    if len(content) > _MAX_BYTES:
        return None
    try:
        text = content if isinstance(content, str) else content.decode("utf-8-sig")
        parsed = json.loads(text)
    except ValueError, RecursionError:
        return None
    return parsed if isinstance(parsed, dict) else None


def _error(
    status: int,
    error: object,
    client_codes: frozenset[str],
    wait: float | None,
) -> OAuth2Error:
    code = error if isinstance(error, str) else ""
    if code in client_codes:
        known: OAuth2Error | None = ClientRejected(code)
    else:
        known = error_from_code(code, retry_after=wait)
    if is_temporary(status):
        return TemporaryFailure(
            known.code if known else f"http_{status}", retry_after=wait
        )
    if known is not None:
        return known
    if error and status not in _PROXY_STATUSES:
        # An error code that only this server knows. Nearly always it refuses the client.
        return ClientRejected("unknown_error")
    return TemporaryFailure(f"http_{status}", retry_after=wait)
