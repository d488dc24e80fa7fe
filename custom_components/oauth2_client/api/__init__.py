"""A request to an account's API, as a value. Most other modules of this package read its answer."""

from collections.abc import Mapping
from copy import replace
import re
from typing import Final

from yarl import URL

from homeassistant.util.json import JSON_DECODE_EXCEPTIONS, json_loads

from ..oauth2 import Client, RefusedByPolicy, Request, Response
from ..oauth2.frozen import Frozen

type Pairs = tuple[tuple[str, str], ...]

FORM: Final = "application/x-www-form-urlencoded"

_CONTENT_TYPE: Final = "Content-Type"
_CONDITIONAL_HEADERS: Final = frozenset({"if-none-match", "if-modified-since"})
# Fields separated by `&`, without white space.
_FORM_BODY: Final = r"[\w.\[\]%-]+=[^\s&]*(?:&[\w.\[\]%-]+=[^\s&]*)*"


class ApiRequest(Frozen, secret=("url", "query", "headers", "body", "named_by")):
    """A request to an API. It is hashable, since equal requests share one answer.

    `url` is absolute, or relative to the provider's API base; `query` is added to the query of `url`.
    `named_by` is the URL whose answer contained `url`, None where a person wrote it.
    """

    url: str
    method: str = "GET"
    query: Pairs = ()
    headers: Pairs = ()
    body: bytes | None = None
    named_by: str | None = None

    def with_content_type(self, content_type: str) -> ApiRequest:
        """Return the request with this Content-Type, unless it has one already."""
        if any(name.lower() == _CONTENT_TYPE.lower() for name, _ in self.headers):
            return self
        return replace(self, headers=(*self.headers, (_CONTENT_TYPE, content_type)))


class InvalidRequest(ValueError):
    """A rendered request cannot be sent. `key` is the translation key of the message."""

    def __init__(self, key: str, **placeholders: str) -> None:
        super().__init__(key)
        self.key = key
        self.placeholders = placeholders


def conditions(request: ApiRequest, response: Response) -> Pairs:
    """Return the headers that make the next request conditional (RFC 9110, 13).

    There are none where the response has no validator, or the request is conditional by itself.
    """
    names = {name.lower() for name, _ in request.headers}
    if request.method != "GET" or names & _CONDITIONAL_HEADERS:
        return ()
    if etag := response.header("ETag"):
        # RFC 9110, 13.1.3: with If-None-Match, servers ignore If-Modified-Since.
        return (("If-None-Match", etag),)
    if modified := response.header("Last-Modified"):
        return (("If-Modified-Since", modified),)
    return ()


def with_client(templates: Mapping[str, str], client: Client | None) -> dict[str, str]:
    """Return headers or parameters with the client's id and secret filled in.

    Raises RefusedByPolicy (`client_unknown`) where they are needed and the client is not known.
    """
    filled = {}
    for name, text in templates.items():
        if client is not None:
            text = text.replace("{client_id}", client.id)
            text = text.replace("{client_secret}", client.secret or "")
        elif "{client_id}" in text or "{client_secret}" in text:
            raise RefusedByPolicy("client_unknown")
        filled[name] = text
    return filled


def with_query(request: Request, query: Mapping[str, str]) -> Request:
    """Return a request with parameters set in the query of its URL."""
    url = URL(request.url, encoded=True).update_query(query)
    return replace(request, url=str(url))


def redirected(request: Request, status: int, url: str) -> Request:
    """Return the request that a redirect asks for (RFC 9110, 15.4).

    303 always becomes GET, 301 and 302 do so after a POST.
    """
    becomes_get = status == 303 or (status in (301, 302) and request.method == "POST")
    return Request(
        method="GET" if becomes_get else request.method,
        url=url,
        headers=request.headers,
        body=None if becomes_get else request.body,
    )


def content_type(body: str) -> str:
    """Guess the Content-Type of a body: JSON, a form or plain text."""
    try:
        json_loads(body)
    except JSON_DECODE_EXCEPTIONS:
        if is_form(body):
            return FORM
        return "text/plain; charset=utf-8"
    return "application/json"


def is_form(body: str) -> bool:
    """Return whether a body looks like the fields of a form."""
    return re.fullmatch(_FORM_BODY, body) is not None
