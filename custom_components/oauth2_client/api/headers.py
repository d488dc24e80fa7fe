"""Which headers a person or an automation may set."""

from collections.abc import Mapping
import re
from typing import Final

# RFC 9110, 5.1 and 5.5. A line break in a name or value could add headers of its own.
_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE: Final = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f]*")
# They decide where a request goes, where it ends and what the connection becomes. Home Assistant
# sets those that are needed.
_OF_THE_CONNECTION: Final = frozenset(
    {
        "connection",
        "content-length",
        "expect",
        "host",
        "http2-settings",
        "keep-alive",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)


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
        if name.lower() in _OF_THE_CONNECTION:
            raise InvalidHeader("header_not_allowed", name)
