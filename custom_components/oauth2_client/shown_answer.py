"""What an automation sees of an answer: its headers and data, less the account's secrets."""

from collections.abc import Set as AbstractSet
from email.message import Message
from typing import Any, Final

from .document import UnreadableDocument, parse_document
from .oauth2 import Response

EXPECTED: Final = ("auto", "json", "text")

# Sessions and challenges of the API: secrets, or of no use to an automation.
_WITHHELD_HEADERS: Final = frozenset(
    {
        "authentication-info",
        "authorization",
        "proxy-authenticate",
        "set-cookie",
        "set-cookie2",
        "www-authenticate",
    }
)
_REDACTED: Final = "**redacted**"


def shown_data(response: Response, expected: str) -> Any:
    """Return the body: a document, or text where that is expected or nothing else is there.

    Raises UnreadableDocument where a document is expected and there is none.
    """
    if expected == "text":
        return _text(response)
    try:
        return parse_document(response.body, response.header("Content-Type"))
    except UnreadableDocument:
        if expected != "auto":
            raise
        return _text(response)


def shown_headers(response: Response) -> dict[str, str]:
    """Return the response's headers by lower-case name, less those that are withheld."""
    return {
        name.lower(): value
        for name, value in response.headers.items()
        if name.lower() not in _WITHHELD_HEADERS
    }


def without_secrets(answer: Any, secrets: AbstractSet[str]) -> Any:
    """Return a document with the secrets replaced wherever they occur in its texts."""
    match answer:
        case str():
            for secret in secrets:
                answer = answer.replace(secret, _REDACTED)
            return answer
        case list():
            return [without_secrets(item, secrets) for item in answer]
        case dict():
            return {
                without_secrets(key, secrets): without_secrets(item, secrets)
                for key, item in answer.items()
            }
    return answer


def bytes_without_secrets(content: bytes, secrets: AbstractSet[str]) -> bytes:
    """Return what is saved of a body: the folder may be one that is shown to others."""
    for secret in secrets:
        content = content.replace(secret.encode(), _REDACTED.encode())
    return content


def _text(response: Response) -> str:
    """Return the body as text, in its own charset where Python knows it, else UTF-8."""
    header = Message()
    header["Content-Type"] = response.header("Content-Type") or "text/plain"
    charset = header.get_content_charset("utf-8")
    try:
        return response.body.decode(charset, errors="replace")
    except LookupError, ValueError:
        # ValueError: a codec that Python has, and that does not read text so.
        return response.body.decode(errors="replace")
