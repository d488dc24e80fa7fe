"""What a request sends that may be a secret: a server may repeat it in an error."""

from base64 import b64decode
import json
from typing import Final
from urllib.parse import parse_qsl, quote_plus, unquote_plus

from .message import Request

_SHORTEST_SECRET: Final = 6


def sent_values(request: Request | None) -> list[str]:
    """Return the values in a request's body and headers that may be secrets."""
    if request is None:
        return []
    text = (request.body or b"").decode(errors="replace")
    try:
        fields = [(key, str(value)) for key, value in json.loads(text).items()]
    except ValueError, AttributeError:
        fields = parse_qsl(text)
    # A grant type is no secret, and many descriptions name it.
    values = [value for key, value in fields if key != "grant_type"]
    for header in request.headers.values():
        values += [header, header.partition(" ")[2], *_basic_halves(header)]
    values += [quote_plus(value) for value in values]
    return [value for value in values if len(value) >= _SHORTEST_SECRET]


def _basic_halves(header: str) -> list[str]:
    """Return client id and secret of a Basic header, nothing for any other."""
    scheme, _, credentials = header.partition(" ")
    if scheme != "Basic":
        return []
    try:
        halves = b64decode(credentials).decode().split(":")
    except ValueError:
        return []
    return [unquote_plus(half) for half in halves]
