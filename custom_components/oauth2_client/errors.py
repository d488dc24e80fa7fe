"""Turns protocol errors into Home Assistant's, as no other module does; escapes texts for Markdown."""

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

# Codes with a message of their own; all others share the message of their class.
_CODES_WITH_MESSAGE: Final = frozenset(
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
_CODES_WITH_FLOW_MESSAGE: Final = frozenset(
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
# How an API is not reached: by codes, and by the statuses of a gateway before it (RFC 9110, 15.6.3 to
# 15.6.5, and those of Cloudflare).
_UNREACHABLE_CODES: Final = frozenset({"cannot_connect", "host_busy", "timeout"})
_UNREACHABLE_STATUSES: Final = frozenset({502, 503, 504, *range(520, 528), 530})
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
    if err.code in _CODES_WITH_MESSAGE | _CODES_WITH_FLOW_MESSAGE:
        return err.code
    return _CLASS_MESSAGE[type(err)]


def message_placeholders(err: OAuth2Error) -> dict[str, str]:
    """Return the placeholders of an error's message."""
    reason = f"{err.code}: {err.description}" if err.description else err.code
    if err.description and (
        err.code == "unknown_error" or err.description.startswith(err.code)
    ):
        # The code would add nothing to the description.
        reason = err.description
    scopes = ""
    if isinstance(err, ScopeRejected) and err.scopes:
        scopes = f": {', '.join(err.scopes)}"
    placeholders = {"reason": reason, "scopes": scopes, **address_placeholder()}
    if isinstance(err, IdTokenRejected):
        placeholders |= {
            "expected": err.expected,
            "found": err.found,
            # Both may be empty.
            "known": f" ({err.expected})" if err.expected else "",
            "stated": f" ({err.found})" if err.found else "",
        }
    return placeholders


def address_placeholder(address: str = "") -> dict[str, str]:
    """Return the placeholder for the address of a request in an exception, empty where none was sent.

    The query is left out, because Home Assistant logs the errors of automations.
    """
    return {"sent": f" ({address.partition('?')[0]})" if address else ""}


def unreadable(reason: str, address: str = "") -> dict[str, Any]:
    """Return the arguments of an exception for an answer from `address` that cannot be read."""
    return {
        "translation_domain": DOMAIN,
        "translation_key": f"answer_{reason}",
        "translation_placeholders": address_placeholder(address),
    }


def shown_address(url: str) -> str:
    """Return an address for a message, without its query and other parts that may be secret."""
    try:
        parsed = URL(url)
    except ValueError:
        return "…"
    return str(parsed.with_user(None).with_query(None).with_fragment(None))


def reauth_data(err: OAuth2Error) -> dict[str, dict[str, str]]:
    """Return the data for a reauth flow, from which its form says why the user has to sign in again."""
    return {CONF_REFUSAL: {CONF_ERROR: message_key(err), **message_placeholders(err)}}


def as_markdown(text: str) -> str:
    """Return a text of a person or a server escaped, so that Markdown shows it literally, on one line.

    No part becomes a link. The frontend shows descriptions, hints of fields and ends of flows as Markdown;
    titles, labels, errors and the messages of exceptions as plain text.
    """
    return re.sub(r"[!-/:-@\[-`{-~]", r"\\\g<0>", " ".join(text.split()))


def as_code(text: str) -> str:
    """Return a text as code in Markdown, which shows it literally, on one line."""
    line = " ".join(text.split())
    longest = max((len(fence) for fence in re.findall("`+", line)), default=0)
    fence = "`" * (longest + 1)
    # A backtick at an end of the text has to be separate from the fence.
    space = " " * bool(longest)
    return f"{fence}{space}{line}{space}{fence}"


def as_link(url: str) -> str:
    """Return an address encoded, so that no character ends a link in Markdown early."""
    return quote(url, safe="%:/?#[]@!$&*+,;=~")


def as_home_assistant_error(err: OAuth2Error, address: str) -> HomeAssistantError:
    """Return the error for an action: nothing is retried, and the caller reads the message.

    `address` is the address of the request, without secrets.
    """
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key=message_key(err),
        translation_placeholders={
            **message_placeholders(err),
            **address_placeholder(address),
        },
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


# The errors with which the fetch of a resource may end.
type FetchError = (
    OAuth2Error | ApiRefused | UnreadableDocument | TemplateError | InvalidRequest
)


def is_unreachable(err: FetchError) -> bool:
    """Return whether a fetch failed on the way to the API, so that the next one may soon succeed."""
    if isinstance(err, ApiRefused):
        return err.status in _UNREACHABLE_STATUSES and not err.is_reported
    return isinstance(err, OAuth2Error) and err.code in _UNREACHABLE_CODES


def as_update_failure(
    err: FetchError, address: str
) -> UpdateFailed | ConfigEntryAuthFailed:
    """Return the error for a coordinator: sign in again, or try at the next update.

    `address` is the address of the request, empty where none was sent.
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
        translation_placeholders={
            **message_placeholders(err),
            **address_placeholder(address),
        },
    )
