"""Turns protocol errors into Home Assistant's. No other module does."""

import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from yarl import URL

from homeassistant.const import CONF_ERROR
from homeassistant.exceptions import (
    ConfigEntryAuthFailed,
    ConfigEntryError,
    ConfigEntryNotReady,
    HomeAssistantError,
    TemplateError,
)
from homeassistant.helpers.update_coordinator import UpdateFailed

from .api import InvalidRequest
from .api.answer import ApiRefused
from .api.refusal import refusal_error
from .const import DOMAIN
from .document.parsing import UnreadableDocument
from .oauth2 import (
    ClientRejected,
    GrantRejected,
    IdTokenRejected,
    OAuth2Error,
    RefusedByPolicy,
    ScopeRejected,
    TemporaryFailure,
)

if TYPE_CHECKING:
    from .oauth2.errors import IdTokenFault

# Codes that have a message of their own; the others share the message of their class.
_OWN_MESSAGE: Final = frozenset(
    {
        "access_denied",
        "authorization_header",
        "cannot_connect",
        "client_unknown",
        "host_busy",
        "host_not_allowed",
        "https_required",
        "invalid_url",
        "no_api_base_url",
        "private_address",
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
        "callback_incomplete",
        "expired_token",
        "grant_type_not_registered",
        "invalid_metadata",
        "issuer_mismatch",
        "issuer_missing",
        "other_issuer",
        "redirect_uri_not_registered",
        "resource_mismatch",
    }
)
CONF_REFUSAL: Final = "refusal"
# The message for each fault of an id token, which occurs in the account flow only.
_ID_TOKEN_MESSAGE: Final[dict[IdTokenFault, str]] = {
    "malformed": "id_token_malformed",
    "audience": "id_token_audience",
    "issuer": "id_token_issuer",
    "no_nonce": "id_token_no_nonce",
    "nonce": "id_token_nonce",
    "expired": "id_token_expired",
    "not_yet": "id_token_not_yet",
    "signature": "id_token_signature",
    "key": "id_token_key",
    "algorithm": "id_token_algorithm",
}
_CLASS_MESSAGE: Final[dict[type[OAuth2Error], str]] = {
    GrantRejected: "grant_rejected",
    ClientRejected: "client_rejected",
    ScopeRejected: "scope_rejected",
    TemporaryFailure: "temporary_failure",
    RefusedByPolicy: "refused_by_policy",
}


def message_key(err: OAuth2Error) -> str:
    """Return the translation key of an error, the same for exceptions, forms and issues."""
    if isinstance(err, IdTokenRejected):
        return _ID_TOKEN_MESSAGE[err.fault]
    if err.code in _OWN_MESSAGE | _FLOW_MESSAGE:
        return err.code
    return _CLASS_MESSAGE[type(err)]


def message_placeholders(err: OAuth2Error) -> dict[str, str]:
    """Return the placeholders of an error's message."""
    reason = f"{err.code}: {err.description}" if err.description else err.code
    if err.description and (
        err.code == "unknown_error" or err.description.startswith(err.code)
    ):
        # The code would add nothing.
        reason = err.description
    scopes = ""
    if isinstance(err, ScopeRejected) and err.scopes:
        scopes = f": {', '.join(err.scopes)}"
    placeholders = {"reason": reason, "scopes": scopes, **sent_to()}
    if isinstance(err, IdTokenRejected):
        placeholders |= {
            "expected": err.expected,
            "found": err.found,
            # Both may be empty.
            "known": f" ({err.expected})" if err.expected else "",
            "stated": f" ({err.found})" if err.found else "",
        }
    return placeholders


def sent_to(address: str = "") -> dict[str, str]:
    """Return the placeholder that names the request in an exception, empty without an `address`.

    The query is left out, because Home Assistant logs the errors of automations.
    """
    return {"sent": f" ({address.partition('?')[0]})" if address else ""}


def unreadable(reason: str, address: str = "") -> dict[str, Any]:
    """Return how an exception says that an answer cannot be read, and where it came from."""
    return {
        "translation_domain": DOMAIN,
        "translation_key": f"answer_{reason}",
        "translation_placeholders": sent_to(address),
    }


def shown_address(url: str) -> str:
    """Return an address for a message, without its query and all else that may be secret."""
    try:
        asked = URL(url)
    except ValueError:
        return "…"
    return str(asked.with_user(None).with_query(None).with_fragment(None))


def reauth_data(err: OAuth2Error) -> dict[str, dict[str, str]]:
    """Return what a reauth flow is given, so that its notice says why it is there."""
    return {CONF_REFUSAL: {CONF_ERROR: message_key(err), **message_placeholders(err)}}


def as_markdown(text: str) -> str:
    """Return what a person or a server wrote so that Markdown shows it letter by letter, on one line.

    No part becomes a link. Descriptions, hints of fields and ends of flows are Markdown; titles, labels,
    errors and the messages of exceptions are not.
    """
    return re.sub(r"[!-/:-@\[-`{-~]", r"\\\g<0>", " ".join(text.split()))


def as_code(text: str) -> str:
    """Return a text as code in Markdown, which shows it letter by letter, on one line."""
    line = " ".join(text.split())
    longest = max((len(fence) for fence in re.findall("`+", line)), default=0)
    fence = "`" * (longest + 1)
    # What begins or ends with a backtick has to be kept apart from the fence.
    space = " " * bool(longest)
    return f"{fence}{space}{line}{space}{fence}"


def as_link(url: str) -> str:
    """Return an address so that it is a whole link in Markdown, and nothing else."""
    return quote(url, safe="%:/?#[]@!$&*+,;=~")


def as_home_assistant_error(err: OAuth2Error, address: str) -> HomeAssistantError:
    """Return the error for an action: nothing is retried, the caller reads the message.

    `address` is where the request was to be sent, its secrets masked.
    """
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key=message_key(err),
        translation_placeholders={**message_placeholders(err), **sent_to(address)},
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


# What the fetch of a resource ends with.
type FetchError = (
    OAuth2Error | ApiRefused | UnreadableDocument | TemplateError | InvalidRequest
)


def as_update_failure(
    err: FetchError, address: str
) -> UpdateFailed | ConfigEntryAuthFailed:
    """Return the error for a coordinator: sign in again, or try at the next update.

    `address` is where the request went, empty where none was sent.
    """
    match err:
        case OAuth2Error():
            return _as_update_failure(err, address)
        case ApiRefused():
            # Home Assistant logs this error, so the API's message is in it only where nothing else
            # says what is wrong.
            message = err.message if err.is_reported else ""
            refused = refusal_error(err.status, message, address)
            return UpdateFailed(
                retry_after=err.retry_after,
                translation_domain=DOMAIN,
                translation_key=refused.translation_key,
                translation_placeholders=refused.translation_placeholders,
            )
        case TemplateError():
            return UpdateFailed(
                translation_domain=DOMAIN, translation_key="template_failed"
            )
        case InvalidRequest():
            return UpdateFailed(
                translation_domain=DOMAIN,
                translation_key=err.key,
                translation_placeholders=err.placeholders,
            )
    return UpdateFailed(**unreadable(err.reason, address))


def _as_update_failure(
    err: OAuth2Error, address: str
) -> UpdateFailed | ConfigEntryAuthFailed:
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
        translation_placeholders={**message_placeholders(err), **sent_to(address)},
    )
