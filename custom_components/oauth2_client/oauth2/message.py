"""HTTP requests and responses as values, and their parameters. The caller sends them."""

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import urlencode, urlsplit, urlunsplit

from .frozen import Frozen

# Headers that control routing, framing and the connection. The HTTP client sets those it needs.
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
    # Secret, since a query may contain a token or a client secret.
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
        if name in self.headers:
            return self.headers[name]
        lower_name = name.lower()
        if lower_name not in map(str.lower, self.headers):
            return None
        return next(
            value for key, value in self.headers.items() if key.lower() == lower_name
        )


def renamed(
    parameters: Mapping[str, str], names: Mapping[str, str]
) -> Mapping[str, str]:
    """Return parameters under a server's own names."""
    if not names:
        return parameters
    return {names.get(name, name): value for name, value in parameters.items()}


def added_to_query(url: str, pairs: Sequence[tuple[str, str]]) -> str:
    """Return a URL with parameters added to its query, without a fragment (RFC 6749, 3.1 and 3.2)."""
    parts = urlsplit(url)
    query = "&".join(filter(None, (parts.query, urlencode(pairs))))
    return urlunsplit(parts._replace(query=query, fragment=""))


def filled_parameters(
    parameters: Mapping[str, str], **values: str | None
) -> dict[str, str]:
    """Return a server's additional parameters, with each placeholder `{name}` replaced by its value.

    A parameter with the placeholder of an empty value, or of None, is left out.
    """
    filled = dict(parameters)
    for name, value in values.items():
        placeholder = f"{{{name}}}"
        for key in [key for key, text in filled.items() if placeholder in text]:
            if value:
                filled[key] = filled[key].replace(placeholder, value)
            else:
                del filled[key]
    return filled
