"""Turns protocol errors into Home Assistant's. No other module does."""

from typing import Final

from homeassistant.exceptions import (
    ConfigEntryAuthFailed,
    ConfigEntryError,
    ConfigEntryNotReady,
    HomeAssistantError,
)
from homeassistant.helpers.update_coordinator import UpdateFailed

from .const import DOMAIN
from .oauth2 import (
    ClientRejected,
    GrantRejected,
    OAuth2Error,
    RefusedByPolicy,
    ScopeRejected,
    TemporaryFailure,
)

# Codes that have a message of their own; the others share the message of their class.
_OWN_MESSAGE: Final = frozenset(
    {
        "access_denied",
        "authorization_header",
        "cannot_connect",
        "host_not_allowed",
        "https_required",
        "invalid_url",
        "no_api_base_url",
        "rate_limited",
        "redirect_refused",
        "response_too_large",
        "timeout",
        "token_not_saved",
        "too_many_redirects",
    }
)
# The same, for codes that occur in the account flow only.
_FLOW_MESSAGE: Final = frozenset(
    {
        "expired_token",
        "grant_type_not_registered",
        "invalid_id_token",
        "invalid_metadata",
        "issuer_mismatch",
        "private_address",
        "redirect_uri_not_registered",
        "resource_mismatch",
    }
)
_CLASS_MESSAGE: Final[dict[type[OAuth2Error], str]] = {
    GrantRejected: "grant_rejected",
    ClientRejected: "client_rejected",
    ScopeRejected: "scope_rejected",
    TemporaryFailure: "temporary_failure",
    RefusedByPolicy: "refused_by_policy",
}


def message_key(err: OAuth2Error) -> str:
    """Return the translation key of an error, the same for exceptions, forms and issues."""
    if err.code in _OWN_MESSAGE | _FLOW_MESSAGE:
        return err.code
    return _CLASS_MESSAGE[type(err)]


def message_placeholders(err: OAuth2Error) -> dict[str, str]:
    """Return the placeholders of an error's message."""
    reason = f"{err.code}: {err.description}" if err.description else err.code
    scopes = ", ".join(err.scopes) if isinstance(err, ScopeRejected) else ""
    return {"reason": reason, "scopes": scopes}


def as_home_assistant_error(err: OAuth2Error) -> HomeAssistantError:
    """Return the error for an action: nothing is retried, the caller reads the message."""
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key=message_key(err),
        translation_placeholders=message_placeholders(err),
    )


def as_set_up_error(err: OAuth2Error) -> HomeAssistantError:
    """Return the error for the set-up of an entry: sign in again, try later, or give up."""
    match err:
        case GrantRejected():
            kind: type[HomeAssistantError] = ConfigEntryAuthFailed
        case RefusedByPolicy():
            kind = ConfigEntryError
        case _:
            kind = ConfigEntryNotReady
    return kind(
        translation_domain=DOMAIN,
        translation_key=message_key(err),
        translation_placeholders=message_placeholders(err),
    )


def as_update_failure(err: OAuth2Error) -> UpdateFailed | ConfigEntryAuthFailed:
    """Return the error for a coordinator: sign in again, or try at the next update."""
    if isinstance(err, GrantRejected):
        return ConfigEntryAuthFailed(
            translation_domain=DOMAIN,
            translation_key=message_key(err),
            translation_placeholders=message_placeholders(err),
        )
    return UpdateFailed(
        retry_after=err.retry_after if isinstance(err, TemporaryFailure) else None,
        translation_domain=DOMAIN,
        translation_key=message_key(err),
        translation_placeholders=message_placeholders(err),
    )
