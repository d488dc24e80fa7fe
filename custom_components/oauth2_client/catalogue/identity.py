"""Requests to an API after a sign-in: which account it is, and a request that the service requires."""

from collections.abc import Mapping
from typing import Final

from ..oauth2.frozen import Frozen
from .fields import InvalidProvider, Reader, names, read_fields, text


class Identity(Frozen):
    """The request that identifies the account.

    `id` and `name` are paths of keys in its answer: to an id that never changes, and to a name that the
    user recognizes. An id token's id goes before the one of the answer, which may have a name alone. `url`
    is absolute, or relative to `api_base_url`; without it, `id` and `name` are names of `token_values`.
    """

    url: str = ""
    method: str = "GET"
    body: str | None = None
    id: tuple[str, ...] = ()
    name: tuple[str, ...] = ()


class FirstRequest(Frozen):
    """A request that a service requires once after each sign-in. `url` is as in `Identity`."""

    url: str
    method: str = "POST"
    body: str | None = None


def identity(raw: object, where: str) -> Identity:
    """Return the request that identifies the account. Raises InvalidProvider."""
    if not isinstance(raw, Mapping) or raw.keys() - _IDENTITY.keys():
        raise InvalidProvider(where)
    read = Identity(**read_fields(raw, _IDENTITY, required=()))
    if not (read.id or read.name):
        raise InvalidProvider("id")
    return read


def first_request(raw: object, where: str) -> FirstRequest:
    """Return the request that a service requires first. Raises InvalidProvider."""
    if not isinstance(raw, Mapping) or raw.keys() - _FIRST_REQUEST.keys():
        raise InvalidProvider(where)
    return FirstRequest(**read_fields(raw, _FIRST_REQUEST, required=("url",)))


_IDENTITY: Final[Mapping[str, Reader]] = {
    "url": text,
    "method": text,
    "body": text,
    "id": names,
    "name": names,
}
_FIRST_REQUEST: Final[Mapping[str, Reader]] = {
    "url": text,
    "method": text,
    "body": text,
}
