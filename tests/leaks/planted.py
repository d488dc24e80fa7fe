"""The secrets of a life of an account, and their spellings."""

from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable, Iterator, Mapping
import json
from typing import Any, Final
from urllib.parse import quote, quote_plus

from ..fake_server import FakeServer

# What is shorter stands in texts by chance.
_SHORTEST: Final = 8
# A secret of which so much is shown is known. Tokens of the fake server are as random there.
_PART: Final = 14
_PARAMETERS: Final = {
    "assertion": "assertion",
    "client_assertion": "client assertion",
    "client_secret": "client secret",
    "code": "code",
    "code_verifier": "code verifier",
    "device_code": "device code",
    "refresh_token": "refresh token",
    "token": "token",
}
_SHOWN_AROUND: Final = 60


class Secrets:
    """Secrets by their kind; finds them in texts, however they are spelled."""

    def __init__(self) -> None:
        self._kinds: dict[str, str] = {}

    @property
    def kinds(self) -> set[str]:
        """The kinds of which there is one."""
        return set(self._kinds.values())

    def plant(self, kind: str, *secrets: str) -> None:
        """Add secrets of one kind."""
        for secret in secrets:
            assert len(secret) >= _SHORTEST, kind
            self._kinds.setdefault(secret, kind)

    def plant_key(self, kind: str, pem: str) -> None:
        """Add a private key: each line of it."""
        lines = pem.replace("\\n", "\n").splitlines()
        self.plant(kind, *(line for line in lines if len(line) > 40))

    def of(self, kind: str) -> list[str]:
        """Return the secrets of a kind."""
        return [secret for secret, each in self._kinds.items() if each == kind]

    def harvest_stored(self, token_set: Mapping[str, Any]) -> None:
        """Add what only the stored token set has."""
        if id_token := token_set.get("id_token"):
            self.plant("id token", id_token)
        for text in (token_set.get("dpop_key") or {}).values():
            if isinstance(text, str) and len(text) > _PART:
                self.plant("key of a token", text)

    def harvest(self, server: FakeServer) -> None:
        """Add all that the server has handed out and was sent."""
        for kind, issued in server.issued.items():
            self.plant(kind, *issued)
        for sent in (
            *server.token_requests,
            *server.pushed_requests,
            *server.revocations,
        ):
            for name in _PARAMETERS.keys() & sent.keys():
                self.plant(_PARAMETERS[name], sent[name])
        self._harvest_headers(server.token_headers)
        self._harvest_headers(request.headers for request in server.api_requests)

    def _harvest_headers(self, sent: Iterable[Mapping[str, str]]) -> None:
        for headers in sent:
            scheme, _, value = headers.get("authorization", "").partition(" ")
            if value:
                basic = scheme.lower() == "basic"
                self.plant("Basic header" if basic else "access token", value)

    def found_in(self, text: str) -> list[str]:
        """Return which secrets a text holds, how, and what stands around them."""
        # Markdown's escapes.
        text += text.replace("\\", "")
        return [
            f"{kind} as {spelling}: …{_around(text, needle)}…"
            for secret, kind in self._kinds.items()
            for spelling, needle in _spellings(secret)
            if needle in text
        ]


def _around(text: str, needle: str) -> str:
    at = text.index(needle)
    return text[max(0, at - _SHOWN_AROUND) : at + len(needle) + _SHOWN_AROUND]


def _spellings(secret: str) -> Iterator[tuple[str, str]]:
    yield "it is", secret
    if len(secret) >= 2 * _PART:
        yield "its middle", secret[len(secret) // 2 : len(secret) // 2 + _PART]
        yield "its end", secret[-_PART:]
    raw = secret.encode()
    yield "percent-encoded", quote(secret, safe="")
    yield "percent-encoded", quote_plus(secret)
    yield "percent-encoded", "".join(f"%{byte:02X}" for byte in raw)
    yield "JSON", json.dumps(secret)[1:-1]
    yield "hexadecimal", raw.hex()
    for encode in (b64encode, urlsafe_b64encode):
        for offset in range(3):
            # What stands before and after it changes the characters at its ends.
            encoded = encode(bytes(offset) + raw).decode().rstrip("=")
            yield "base64", encoded[-(-offset * 8 // 6) : (offset + len(raw)) * 8 // 6]
