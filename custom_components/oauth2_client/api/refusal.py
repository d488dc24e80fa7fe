"""The error of a refused request: the message that the API sent, and the translation key."""

from collections.abc import Mapping
import re
from typing import TYPE_CHECKING, Final

from homeassistant.exceptions import HomeAssistantError

from ..const import DOMAIN
from ..document.parsing import parse_document
from ..document.parsing.formats import parse_plain_json
from ..oauth2 import Response, retry_after
from .answer import ApiRefused
from .redaction import Redaction

if TYPE_CHECKING:
    from ..document.reported_error import ReportedError

_KEYS_BY_STATUS: Final[Mapping[int, str]] = {
    401: "api_unauthorized",
    403: "api_forbidden",
    404: "api_not_found",
    429: "api_busy",
    503: "api_busy",
}
_MAX_BODY_BYTES: Final = 64 * 1024
# A longer body is read only as plain JSON: other formats would block the event loop for too long.
_MAX_LENIENT_BYTES: Final = 16 * 1024
_MAX_MESSAGE_CHARACTERS: Final = 200
# The patterns are compiled when used, since few APIs refuse. The length of a title is bounded, so that a
# page full of `<title` takes no longer than others.
_TITLE: Final = r"(?i)<title[^>]{0,200}>([^<]{1,400})</title>"
_UNPRINTABLE: Final = r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+"


def refusal(response: Response, *, now: float, redaction: Redaction) -> ApiRefused:
    """Return the error of a response that is not a success.

    `now` is in seconds since the epoch, for a `Retry-After` that is a date.
    """
    return ApiRefused(
        response.status,
        retry_after=retry_after(response, now=now),
        message=provider_message(response, redaction),
    )


def reported_refusal(
    error: ReportedError, *, wait: float | None, redaction: Redaction
) -> ApiRefused:
    """Return the error that a success reports. `wait` is in seconds, None where the answer has none."""
    message = _shown(error.message, redaction)
    return ApiRefused(error.status, retry_after=wait, message=message, is_reported=True)


def refusal_key(status: int) -> str:
    """Return the translation key of an API's refusal, the same for exceptions and forms.

    Each translation may use {status} and {quotation}.
    """
    if 200 <= status < 300:
        return "api_reported_error"
    return _KEYS_BY_STATUS.get(status, "api_refused")


def quotation(message: str) -> str:
    """Return a server's message as it follows the status in a text for the user; empty without one."""
    return f": “{message}”" if message else ""


def refusal_error(status: int, message: str, address: str) -> HomeAssistantError:
    """Return the error for the caller of an action: the API's message, and the address of the request.

    The query is left out, since Home Assistant logs the errors of automations.
    """
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key=refusal_key(status),
        translation_placeholders={
            "status": str(status),
            "quotation": quotation(message),
            "address": address.partition("?")[0],
        },
    )


def provider_message(response: Response, redaction: Redaction) -> str:
    """Return the message in a refusal, on one line, cut and redacted; empty without one."""
    return _shown(_message(response), redaction)


def one_line(text: str, *, most: int) -> str:
    """Return what a server wrote, on one line, without control characters, and cut."""
    text = " ".join(re.sub(_UNPRINTABLE, " ", text).split())
    return text if len(text) <= most else f"{text[:most]}…"


def _shown(text: str, redaction: Redaction) -> str:
    return one_line(redaction.redact(text), most=_MAX_MESSAGE_CHARACTERS)


def _message(response: Response) -> str:
    from ..document.reported_error import message_of  # noqa: PLC0415 - few APIs refuse

    message = message_of(_document(response))
    if message is not None:
        return message
    page = response.body[:_MAX_LENIENT_BYTES].decode(errors="replace")
    title = re.search(_TITLE, page)
    if title is None:
        return ""
    from html import unescape  # noqa: PLC0415 - a table of two thousand names, needed for pages only

    return unescape(title[1])


def _document(response: Response) -> object:
    body = response.body[:_MAX_BODY_BYTES]
    try:
        if len(body) > _MAX_LENIENT_BYTES:
            return parse_plain_json(body)
        return parse_document(body, response.header("Content-Type"))
    except ValueError:
        return None
