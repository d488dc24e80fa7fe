"""HTTP requests and responses as values. Sending is the caller's."""

from collections.abc import Mapping
from typing import Final

from .frozen import Frozen

# Headers that decide where a request goes, where it ends and what the connection becomes. Those that
# are needed are set where the request is sent.
CONNECTION_HEADERS: Final = frozenset(
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


class Request(Frozen, secret=("url", "headers", "body")):
    """An HTTP request, ready to send."""

    method: str
    # Queries may hold secrets.
    url: str
    headers: Mapping[str, str] = {}
    body: bytes | None = None


class Response(Frozen, secret=("headers", "body")):
    """An HTTP response with its whole body."""

    status: int
    headers: Mapping[str, str] = {}
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """Return a header's value, whatever the case of its name (RFC 9110, 5.1)."""
        wanted = name.lower()
        for key, value in self.headers.items():
            if key.lower() == wanted:
                return value
        return None
