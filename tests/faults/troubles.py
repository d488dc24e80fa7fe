"""The faults of the network and of answers: a row of the matrix each, and how it is made.

Every one is real: bytes on a connection to a server on loopback, or an address at which none answers.
Nothing of a client is replaced.
"""

from collections.abc import Callable, Iterable, Mapping
from copy import replace
from dataclasses import dataclass
from email.utils import formatdate
import gzip
from http import HTTPStatus
from itertools import chain, repeat
import json
from typing import Any, Final
import zlib

from multidict import CIMultiDict

from ..fake_server import Fault
from .places import Place

# The hour at which everything happens: pauses may be given as a date.
NOW: Final = 1_800_000_000.0
AN_HOUR: Final = 3600
_FOREVER: Final = 3600.0
# Longer than any answer that is read: of a token endpoint 256 KiB, of an API 16 MiB.
_TOO_LARGE: Final = 17 * 1024 * 1024
_PIECE: Final = b" " * 524288
_HTML: Final = {"Content-Type": "text/html; charset=utf-8"}
_JSON: Final = {"Content-Type": "application/json"}
_PORTAL: Final = (
    b"<!doctype html><html><head><title>Sign in to the Wi-Fi</title></head><body>"
    b'<a href="/login?access_token=1&error=none">Continue</a></body></html>'
)
_HEAD: Final = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
_BEGUN: Final = b'Content-Length: 500\r\n\r\n{"access_token": "planted-be'


@dataclass(frozen=True, slots=True)
class Trouble:
    """What an endpoint does, or the place at which there is none.

    `is_slow`: it ends with the client's patience only. Some depend on the time, in seconds since the
    epoch.
    """

    fault: Fault | Place | Callable[[float], Fault]
    is_slow: bool = False

    def answer(self, now: float) -> Fault | None:
        """Return what an endpoint answers at a time, None where there is none."""
        if isinstance(self.fault, Place):
            return None
        return self.fault if isinstance(self.fault, Fault) else self.fault(now)


def _page(status: int) -> Trouble:
    """Return a page for people, as proxies and firewalls send them."""
    title = f"<title>{status} {HTTPStatus(status).phrase}</title>".encode()
    return Trouble(Fault(status, _HTML, b"<html><head>" + title + b"</head></html>"))


def _answer(status: int, document: object, **headers: str) -> Trouble:
    return Trouble(Fault.json(status, document, **headers))


def _refusal(status: int, error: str, **more: str) -> Trouble:
    """Return a refusal of RFC 6749, 5.2."""
    return _answer(status, {"error": error, **more})


def _raw(*pieces: bytes | Iterable[bytes], **how: Any) -> Trouble:
    parts = [[piece] if isinstance(piece, bytes) else piece for piece in pieces]
    endless = any(isinstance(part, repeat) for part in parts)
    # A chain ends where it was left: each request needs its own.
    raw = _Again(lambda: chain(*parts)) if endless else list(chain(*parts))
    is_slow = how.pop("is_slow", False)
    return Trouble(Fault(raw=raw, **how), is_slow=is_slow)


@dataclass(frozen=True, slots=True)
class _Again:
    begin: Callable[[], Iterable[bytes]]

    def __iter__(self) -> Any:
        return iter(self.begin())


def _but(headers: Mapping[str, str] = _JSON, **changed: object) -> Trouble:
    """Return the real answer with some of its fields changed, or under other headers."""

    def rewrite(body: bytes) -> Fault:
        document = json.dumps(json.loads(body) | changed)
        return Fault(200, headers, document.encode())

    return Trouble(Fault(rewrite=rewrite))


def _without(*names: str) -> Trouble:
    """Return the real answer without some of its fields."""

    def rewrite(body: bytes) -> Fault:
        document = json.loads(body)
        return Fault.json(
            200, {key: document[key] for key in document.keys() - {*names}}
        )

    return Trouble(Fault(rewrite=rewrite))


def _bytes(change: Callable[[bytes], bytes], headers: Mapping[str, str]) -> Trouble:
    """Return the real answer, its bytes changed."""
    return Trouble(Fault(rewrite=lambda body: Fault(200, headers, change(body))))


def _compressed() -> bytes:
    """Return few bytes that become many."""
    packer = zlib.compressobj(1, wbits=31)
    return packer.compress(bytes(_TOO_LARGE)) + packer.flush()


def _redirect(status: int, target: str) -> Trouble:
    return Trouble(Fault(status, {"Location": target}))


def _busy_for_hours(now: float) -> Fault:
    until = formatdate(now + 3 * AN_HOUR, usegmt=True)
    return Fault.json(429, {}, Retry_After=until)


_LENGTHS: Final = CIMultiDict(_JSON)
_LENGTHS.add("Content-Type", "text/html")
_PAUSES: Final = CIMultiDict(_JSON)
_PAUSES.add("Retry-After", "120")
_PAUSES.add("Retry-After", "240")
_GZIP: Final = _JSON | {"Content-Encoding": "gzip"}
_ELSEWHERE: Final = "https://elsewhere.example/token"

TROUBLES: Final[Mapping[str, Trouble]] = {
    # The network
    "connection refused": Trouble(Place.REFUSED),
    "name does not resolve": Trouble(Place.UNKNOWN_NAME),
    "TLS handshake fails": Trouble(Place.NO_TLS),
    "certificate not trusted": Trouble(Place.UNTRUSTED),
    "closed before the answer": Trouble(Fault(disconnect=True)),
    "reset before the answer": Trouble(Fault(reset=True)),
    "closed in the middle of the answer": _raw(_HEAD, _BEGUN),
    "reset in the middle of the answer": _raw(_HEAD, _BEGUN, reset=True),
    "answer lost after it took effect": Trouble(Fault(reset=True, process=True)),
    "502 though it took effect": Trouble(Fault(502, process=True)),
    "no answer": Trouble(Fault(delay=_FOREVER), is_slow=True),
    "answer that stops in the middle": _raw(
        _HEAD + _BEGUN, pause=_FOREVER, is_slow=True
    ),
    "answer that drips": _raw(
        _HEAD + b"Content-Length: 9999\r\n\r\n", repeat(b" "), pause=0.02, is_slow=True
    ),
    "endless body": _raw(_HEAD + b"\r\n", repeat(_PIECE)),
    "endless headers": _raw(_HEAD, repeat(b"X-More: more\r\n" * 2000)),
    "announced as enormous": _raw(
        _HEAD + b"Content-Length: 999999999999\r\n\r\n", repeat(_PIECE)
    ),
    "gzip bomb": Trouble(Fault(200, _GZIP, _compressed())),
    "no gzip, though announced": Trouble(Fault(200, _GZIP, b"{}")),
    "gzip that was cut": Trouble(Fault(200, _GZIP, gzip.compress(b'{"a": 1}')[:-9])),
    "not HTTP": _raw(b"SSH-2.0-OpenSSH_9.9\r\n"),
    "two lengths that differ": _raw(
        _HEAD + b"Content-Length: 2\r\nContent-Length: 20\r\n\r\n{}"
    ),
    # Statuses
    "301 to elsewhere": _redirect(301, _ELSEWHERE),
    "302 to a sign-in page": _redirect(302, "/login"),
    "307 to elsewhere": _redirect(307, _ELSEWHERE),
    "400 without a word": Trouble(Fault(400)),
    "400 with a page": _page(400),
    "401 without a word": Trouble(Fault(401)),
    "403 of a firewall": _page(403),
    "404 with a page": _page(404),
    "404 in JSON": _answer(404, {"message": "Not Found"}),
    "405": _page(405),
    "408": _page(408),
    "410": _page(410),
    "425": _page(425),
    "429": _answer(429, {"message": "Too Many Requests"}),
    "429, Retry-After in seconds": _answer(429, {}, Retry_After=str(AN_HOUR)),
    "429, Retry-After as a date": Trouble(_busy_for_hours),
    "429, absurd Retry-After": _answer(429, {}, Retry_After="9" * 30),
    "429, Retry-After in words": _answer(429, {}, Retry_After="soon"),
    "429, Retry-After twice": Trouble(Fault(429, _PAUSES, b"{}")),
    "500": _answer(500, {"message": "Internal Server Error"}),
    "500 with a page": _page(500),
    "502 of a proxy": _page(502),
    "503": _page(503),
    "503, Retry-After in seconds": _answer(503, {}, Retry_After=str(AN_HOUR)),
    "504 of a proxy": _page(504),
    # Refusals (RFC 6749, 5.2), and what servers make of them
    "400 invalid_request": _refusal(400, "invalid_request"),
    "400 invalid_client": _refusal(400, "invalid_client"),
    "401 invalid_client": _refusal(401, "invalid_client"),
    "400 invalid_grant": _refusal(400, "invalid_grant"),
    "401 invalid_grant": _refusal(401, "invalid_grant"),
    "400 unauthorized_client": _refusal(400, "unauthorized_client"),
    "400 unsupported_grant_type": _refusal(400, "unsupported_grant_type"),
    "400 invalid_scope": _refusal(400, "invalid_scope"),
    "400 temporarily_unavailable": _refusal(400, "temporarily_unavailable"),
    "400 with a code of its own": _refusal(400, "E1234"),
    "200 with invalid_grant": _refusal(200, "invalid_grant"),
    "200 with invalid_client": _refusal(200, "invalid_client"),
    "200 with temporarily_unavailable": _refusal(200, "temporarily_unavailable"),
    # Answers that say nothing
    "200, empty": Trouble(Fault(200, _JSON)),
    "204": Trouble(Fault(204)),
    "200 with a page (captive portal)": Trouble(Fault(200, _HTML, _PORTAL)),
    "200, truncated JSON": Trouble(Fault(200, _JSON, b'{"access_token": "plan')),
    "200, JSON list": _answer(200, []),
    "200, JSON number": _answer(200, 5),
    "200, nested too deep": Trouble(Fault(200, _JSON, b"[" * 100_000)),
    "200, bytes that are no text": Trouble(Fault(200, _JSON, bytes(range(256)))),
    "200 without access_token": _answer(200, {"token_type": "Bearer"}),
    "200, access_token is null": _but(access_token=None),
    "200, access_token with a line break": _but(access_token="planted-a\r\nX: y"),
    "200, access_token is empty": _but(access_token=""),
    "200, access_token is a number": _but(access_token=5),
    "200, refresh_token alone": _without("access_token", "token_type"),
    "200, another token_type": _but(token_type="mac"),
    "200, neither token is a text": _but(access_token=5, refresh_token=5),
    # Answers that are odd, and good
    "text/html around JSON": _but(_HTML),
    "no content type": _but({}),
    "content type twice": _but(_LENGTHS),
    "charset that does not exist": _but({"Content-Type": "text/json; charset=nope"}),
    "charset that is not true": _but({"Content-Type": "text/json; charset=utf-16"}),
    "byte order mark": _bytes(lambda body: b"\xef\xbb\xbf" + body, _JSON),
    "one odd byte": _bytes(
        lambda body: body.replace(b"{", b'{"name": "Andr\xe9", ', 1), _JSON
    ),
    "negative expires_in": _but(expires_in=-3600),
    "absurd expires_in": _but(expires_in=10**300),
    "expires_in in words": _but(expires_in="never"),
}


def for_any_body(fault: Fault) -> Fault:
    """Return a fault that can be made of an empty answer too."""
    if (rewrite := fault.rewrite) is None:
        return fault
    return replace(fault, rewrite=lambda body: rewrite(body or b"{}"))
