"""Scripted answers of a token endpoint: what a provider, or the network before it, does on a bad day."""

from collections.abc import Callable
from dataclasses import dataclass
import json
from typing import Any, Final
from urllib.parse import urlencode

_JSON: Final = "application/json"
_HTML: Final = "text/html; charset=utf-8"
_PORTAL: Final = (
    b'<!doctype html><title>Sign in to the Wi-Fi</title><a href="/login">Continue</a>'
)


@dataclass(frozen=True, slots=True)
class Fault:
    """An answer in place of the real one.

    `rewrite` makes it of the real one, which then took effect. `closed` ends the connection instead.
    `location` is where the answer leads on to.
    """

    status: int = 200
    body: bytes = b""
    content_type: str = _JSON
    rewrite: Callable[[dict[str, Any]], bytes] | None = None
    closed: bool = False
    location: str = ""

    @property
    def words(self) -> str:
        """What it is, for the report."""
        if self.closed:
            return "nothing"
        if self.content_type == _HTML:
            return f"{self.status} with a page"
        return f"{self.status} with {self.body.decode()}"


def refusal(status: int, error: str) -> Fault:
    """Return a refusal (RFC 6749, 5.2)."""
    return Fault(status, json.dumps({"error": error}).encode())


def page(status: int) -> Fault:
    """Return a page for people, as proxies, firewalls and captive portals send them."""
    return Fault(status, _PORTAL, _HTML)


def saying(document: object, status: int = 200) -> Fault:
    """Return a JSON document."""
    return Fault(status, json.dumps(document).encode())


def but(content_type: str = _JSON, /, **changed: object) -> Fault:
    """Return the real answer with some fields changed; None leaves a field as null."""
    return Fault(
        content_type=content_type,
        rewrite=lambda answer: json.dumps(answer | changed).encode(),
    )


def without(name: str) -> Fault:
    """Return the real answer without one of its fields."""
    return Fault(
        rewrite=lambda answer: json.dumps(
            {key: value for key, value in answer.items() if key != name}
        ).encode()
    )


def _marked(answer: dict[str, Any]) -> bytes:
    return b"\xef\xbb\xbf" + json.dumps(answer).encode()


def _form(answer: dict[str, Any]) -> bytes:
    return urlencode(answer).encode()


CLOSED: Final = Fault(closed=True)
WITH_MARK: Final = Fault(rewrite=_marked)
AS_FORM: Final = Fault(rewrite=_form, content_type="application/x-www-form-urlencoded")
AS_PAGE: Final = but(_HTML)
