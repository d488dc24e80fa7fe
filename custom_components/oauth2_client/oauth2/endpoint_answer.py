"""Parses answers of endpoints other than the token endpoint: JSON, or an error (RFC 6749, 5.2)."""

from collections.abc import Mapping, Sequence
import json
from typing import Final

from .echo import shown_target
from .error_codes import PROXY_STATUSES, error_from_code, is_code
from .errors import ClientRejected, OAuth2Error, RefusedByPolicy, TemporaryFailure
from .message import Response
from .refusal import Refusal, known_code, read_refusal, shown_code, shown_words
from .retry import is_temporary, retry_after

# The answers of these endpoints have a few kilobytes at most.
_MAX_BYTES: Final = 64 * 1024


def answered_object(
    response: Response,
    *,
    now: float,
    client_codes: frozenset[str] = frozenset(),
    scopes: Sequence[str] = (),
    sent: Sequence[str] | None = None,
) -> Mapping[str, object] | None:
    """Return the JSON object of a response, None where the body is no JSON object.

    `client_codes` are error codes of this endpoint, besides those of RFC 6749, that mean ClientRejected.
    `scopes` are the requested ones. `sent` are the request's secrets, which the error must not repeat:
    without it, the error has neither an unknown code nor a description.

    Raises OAuth2Error where the response is an error.
    """
    if 300 <= response.status < 400:
        # Secrets never follow a redirect.
        raise RefusedByPolicy("redirect_refused", description=shown_target(response))
    answer = json_object(response.body)
    error = (answer or {}).get("error")
    if error or response.status >= 400:
        is_one_word = isinstance(error, str) and is_code(error) and " " not in error
        code = str(error) if is_one_word else None
        refusal = read_refusal(answer, response, first=code)
        raise _error(
            response.status,
            refusal,
            is_client_code=code in client_codes,
            has_error=bool(error),
            scopes=scopes,
            sent=sent,
            wait=retry_after(response, now=now),
        )
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
    refusal: Refusal,
    *,
    is_client_code: bool,
    has_error: bool,
    scopes: Sequence[str],
    sent: Sequence[str] | None,
    wait: float | None,
) -> OAuth2Error:
    code, meaning = shown_code(refusal, sent), known_code(refusal)
    words = None if sent is None else shown_words(refusal.words, sent)
    known = (
        ClientRejected(refusal.codes[0], description=words)
        if is_client_code
        else error_from_code(
            meaning or "",
            server_code=code,
            scopes=scopes,
            description=words,
            retry_after=wait,
        )
    )
    if is_temporary(status):
        return TemporaryFailure(
            known.code if known else f"http_{status}",
            retry_after=wait,
            description=words,
        )
    if known is not None:
        return known
    if status in PROXY_STATUSES:
        # The endpoint is not there.
        return ClientRejected(f"http_{status}")
    # An unknown code, or none: such a refusal nearly always concerns the client.
    reason = "unknown_error" if refusal.codes or has_error else f"http_{status}"
    return ClientRejected(code or reason, description=words)
