"""Reads a published metadata document and its entries."""

from collections.abc import Mapping
import json
import re
from typing import Final
from urllib.parse import SplitResult

from .discovery import refusal, split_url
from .errors import RefusedByPolicy, TemporaryFailure
from .message import Response
from .retry import is_temporary

type Document = Mapping[str, object]

_MAX_BYTES: Final = 256 * 1024
MAX_ENTRIES: Final = 200
# Text that can be shown and stored: no control characters, no lone surrogates.
ENTRY: Final = re.compile(r"[^\x00-\x1F\x7F-\x9F\uD800-\uDFFF]{1,200}")


def check_url(url: str, *, home: bool, allow_http: bool) -> SplitResult:
    """Return the parts of a URL that may be used. Raises RefusedByPolicy."""
    parts = split_url(url)
    if parts is None:
        raise RefusedByPolicy("invalid_metadata")
    if code := refusal(parts, home=home, allow_http=allow_http):
        raise RefusedByPolicy(code)
    return parts


def check_identifier(url: str, *, home: bool, allow_http: bool) -> SplitResult:
    """Check an issuer, which has no query (RFC 8414, 2). Returns and raises as `check_url` does."""
    if "?" in url:
        raise RefusedByPolicy("invalid_metadata")
    return check_url(url, home=home, allow_http=allow_http)


def read_document(response: Response) -> Document | None:
    """Return the published document, None where nothing is published.

    Raises TemporaryFailure, RefusedByPolicy (`response_too_large`, `invalid_metadata`).
    """
    status = response.status
    if is_temporary(status):
        raise TemporaryFailure(f"http_{status}")
    body = response.body.removeprefix(b"\xef\xbb\xbf").lstrip()
    if status != 200 or not body or body.startswith(b"<"):
        # Redirects mostly lead to a login page, and some hosts answer any path with a web page.
        return None
    if len(body) > _MAX_BYTES:
        raise RefusedByPolicy("response_too_large")
    try:
        document = json.loads(body.decode())
    except ValueError, RecursionError:
        document = None
    if not isinstance(document, dict):
        raise RefusedByPolicy("invalid_metadata")
    return document


def optional_text(document: Document, name: str) -> str | None:
    """Return a text; null and an empty text count as omitted. Raises RefusedByPolicy."""
    value = document.get(name)
    if value is not None and not isinstance(value, str):
        raise RefusedByPolicy("invalid_metadata")
    return value or None


def required_text(document: Document, name: str) -> str:
    """Return a text. Raises RefusedByPolicy where it is omitted."""
    value = optional_text(document, name)
    if value is None:
        raise RefusedByPolicy("invalid_metadata")
    return value


def entries(document: Document, name: str) -> tuple[str, ...] | None:
    """Return the entries of a list that can be shown and stored, None where there is no list."""
    value = document.get(name)
    if not isinstance(value, list):
        return None
    readable = tuple(
        entry
        for entry in value[:MAX_ENTRIES]
        if isinstance(entry, str) and ENTRY.fullmatch(entry)
    )
    # An empty list means none; a list without a readable entry counts as omitted.
    return readable if readable or not value else None
