"""Maps error codes to errors, which are named after their remedy."""

from collections.abc import Callable, Sequence
import re
from typing import Final

from .errors import (
    ClientRejected,
    GrantRejected,
    OAuth2Error,
    ScopeRejected,
    TemporaryFailure,
)

# RFC 6749, 5.2: printable ASCII without quotation mark and backslash. The length limit is our own.
_CODE: Final = re.compile(r"[\x20-\x21\x23-\x5B\x5D-\x7E]{1,64}")

_GRANT: Final = frozenset(
    {
        "invalid_grant",
        "access_denied",
        "expired_token",
        "invalid_token",
        "token_expired",
        "token_revoked",
        "interaction_required",
        "login_required",
        "consent_required",
        "account_selection_required",
        # An authorization code that is wrong, has expired or was used before.
        "bad_verification_code",
        # The user, or what the user allowed, is no longer there.
        "invalid_auth",
        "account_inactive",
        "invalid_refresh_token",
    }
)
_CLIENT: Final = frozenset(
    {
        "invalid_client",
        "unauthorized_client",
        # The application's registration does not allow the grant type.
        "device_flow_disabled",
        "incorrect_client_credentials",
        "redirect_uri_mismatch",
        "bad_client_secret",
        "invalid_client_id",
        # Not about the secret, but corrected in the same form.
        "unsupported_grant_type",
        "unsupported_response_type",
        "invalid_request",
        "invalid_redirect_uri",
    }
)
_SCOPE: Final = frozenset({"invalid_scope", "insufficient_scope"})
_TEMPORARY: Final = frozenset(
    {
        "temporarily_unavailable",
        "server_error",
        "slow_down",
        # Too many requests, in three spellings.
        "rate_limit_exceeded",
        "rate_limited",
        "ratelimited",
    }
)
KNOWN_CODES: Final = _GRANT | _CLIENT | _SCOPE | _TEMPORARY


def is_code(text: object) -> bool:
    """Tell whether a text has the syntax of an error code, so that it can be shown."""
    return isinstance(text, str) and _CODE.fullmatch(text) is not None


def error_from_code(
    code: str,
    *,
    scopes: Sequence[str] = (),
    description: str | None = None,
    retry_after: float | None = None,
    server_code: str | None = None,
) -> OAuth2Error | None:
    """Return the error of a known code (RFC 6749, 4.1.2.1 and 5.2), None for an unknown one.

    `server_code` is the code that the server sent, where `code` is the RFC's code for it.
    """
    shown = server_code or code
    if code in _SCOPE:
        return ScopeRejected(shown, scopes=tuple(scopes), description=description)
    if code in _TEMPORARY:
        return TemporaryFailure(shown, retry_after=retry_after, description=description)
    for codes, error in _PLAIN:
        if code in codes:
            return error(shown, description=description)
    return None


def fit_to_show(code: str | None, sent: Sequence[str]) -> str | None:
    """Return an error code, or `unknown_error` for an unknown one that contains a value of `sent`."""
    if code is None or error_from_code(code) is not None:
        return code
    return "unknown_error" if any(value in code for value in sent) else code


_PLAIN: Final[tuple[tuple[frozenset[str], Callable[..., OAuth2Error]], ...]] = (
    (_GRANT, GrantRejected),
    (_CLIENT, ClientRejected),
)
