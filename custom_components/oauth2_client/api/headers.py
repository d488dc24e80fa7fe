"""Checks the headers that a person or an automation sets."""

from collections.abc import Mapping
import re
from typing import Final

from ..oauth2.message import CONNECTION_HEADERS

# RFC 9110, 5.1 and 5.5. A line break in a name or value could add headers of its own.
_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE: Final = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f]*")


class InvalidHeader(ValueError):
    """A header cannot be sent or must not be set. `key` is the translation key of the message."""

    def __init__(self, key: str, header: str) -> None:
        super().__init__(key)
        self.key = key
        self.header = header


def check_headers(headers: Mapping[str, str]) -> None:
    """Raise InvalidHeader: `invalid_header` or `header_not_allowed`."""
    for name, value in headers.items():
        if not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
            raise InvalidHeader("invalid_header", name)
        if name.lower() in CONNECTION_HEADERS:
            raise InvalidHeader("header_not_allowed", name)
