"""What a request sends that may be a secret: a server may repeat it in an error."""

from base64 import b64decode
import json
from typing import Final
from urllib.parse import parse_qsl, quote_plus, unquote_plus

from .message import Request

_SHORTEST_SECRET: Final = 6
# What a person has to see to correct it, and many descriptions name it.
_NO_SECRETS: Final = frozenset({"grant_type", "client_id", "redirect_uri", "scope"})


def sent_values(request: Request | None) -> list[str]:
    """Return the values in a request's body and headers that may be secrets."""
    if request is None:
        return []
    text = (request.body or b"").decode(errors="replace")
    try:
        fields = [(key, str(value)) for key, value in json.loads(text).items()]
    except ValueError, AttributeError:
        fields = parse_qsl(text)
    values = [value for key, value in fields if key not in _NO_SECRETS]
    for header in request.headers.values():
        values += [header, header.partition(" ")[2], *_basic_secret(header)]
    values += [quote_plus(value) for value in values]
    return [value for value in values if len(value) >= _SHORTEST_SECRET]


def _basic_secret(header: str) -> list[str]:
    """Return the secret of a Basic header, nothing for any other."""
    scheme, _, credentials = header.partition(" ")
    if scheme != "Basic":
        return []
    try:
        halves = b64decode(credentials).decode().split(":", 1)
    except ValueError:
        return []
    return [unquote_plus(half) for half in halves[1:]]
