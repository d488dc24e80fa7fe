"""Checks the headers that a person or an automation sets."""

from collections.abc import Mapping
import re
from typing import Final

from ..oauth2.message import CONNECTION_HEADERS

# RFC 9110, 5.1 and 5.5. With a line break, a name or value could inject further headers. UTF-8 has no
# surrogates.
_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE: Final = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]*")


class InvalidHeader(ValueError):
    """A header is malformed, or not for a user to set. `key` is the translation key of the message."""

    def __init__(self, key: str, header: str) -> None:
        super().__init__(key)
        self.key = key
        self.header = header


def check_headers(headers: Mapping[str, str]) -> None:
    """Raise InvalidHeader, with the key `invalid_header` or `header_not_allowed`."""
    for name, value in headers.items():
        if not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
            raise InvalidHeader("invalid_header", name)
        if name.lower() in CONNECTION_HEADERS:
            raise InvalidHeader("header_not_allowed", name)
