"""What an API says when it refuses: its message, and the translation key."""

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

_REFUSALS: Final[Mapping[int, str]] = {
    401: "api_unauthorized",
    403: "api_forbidden",
    404: "api_not_found",
    429: "api_busy",
    503: "api_busy",
}
_MAX_BODY_BYTES: Final = 64 * 1024
# Of more than this, only plain JSON is read: all else would block the event loop for too long.
_MAX_PAGE_BYTES: Final = 16 * 1024
_MAX_MESSAGE_CHARACTERS: Final = 200
# Not compiled at import, since few APIs refuse.
# Bounded, so that a page full of begun titles takes no longer than another one.
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
    """Return the error that an answer tells of; `wait` is in seconds, None where it says nothing."""
    message = _shown(error.words, redaction)
    return ApiRefused(error.status, retry_after=wait, message=message, is_reported=True)


def refusal_key(status: int) -> str:
    """Return the translation key of an API's refusal, the same for exceptions and forms.

    Each translation may use {status} and {quotation}.
    """
    if 200 <= status < 300:
        return "api_reported_error"
    return _REFUSALS.get(status, "api_refused")


def quotation(message: str) -> str:
    """Return the words of a server as a message has them after the status, empty where it has none."""
    return f": “{message}”" if message else ""


def refusal_error(status: int, message: str, address: str) -> HomeAssistantError:
    """Return the error for the caller of an action: what the API said, and where it was sent.

    Home Assistant logs the errors of automations, so that the query is left out.
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
    """Return the message of a refusal, on one line, cut and redacted; empty without one."""
    return _shown(_words(response), redaction)


def one_line(text: str, *, most: int) -> str:
    """Return what a server wrote, on one line, without control characters, and cut."""
    text = " ".join(re.sub(_UNPRINTABLE, " ", text).split())
    return text if len(text) <= most else f"{text[:most]}…"


def _shown(text: str, redaction: Redaction) -> str:
    return one_line(redaction.redact(text), most=_MAX_MESSAGE_CHARACTERS)


def _words(response: Response) -> str:
    from ..document.reported_error import words_of  # noqa: PLC0415 - few APIs refuse

    found = words_of(_document(response))
    if found is not None:
        return found
    page = response.body[:_MAX_PAGE_BYTES].decode(errors="replace")
    title = re.search(_TITLE, page)
    if title is None:
        return ""
    from html import unescape  # noqa: PLC0415 - a table of two thousand names, needed for pages only

    return unescape(title[1])


def _document(response: Response) -> object:
    body = response.body[:_MAX_BODY_BYTES]
    try:
        if len(body) > _MAX_PAGE_BYTES:
            return parse_plain_json(body)
        return parse_document(body, response.header("Content-Type"))
    except ValueError:
        return None
