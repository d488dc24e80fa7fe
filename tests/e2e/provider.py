"""The provider of tests/e2e/server as a process, and a sign-in there over HTTP."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
import json
import os
from pathlib import Path
from queue import SimpleQueue
import re
import subprocess
from threading import Thread
from typing import IO, Any, Final, override
from urllib.parse import urlencode
from urllib.request import (
    HTTPCookieProcessor,
    HTTPRedirectHandler,
    ProxyHandler,
    Request,
    build_opener,
)

from tests.live import free_port

_SERVER: Final = Path(__file__).parent / "server" / "server.mjs"
_FORM: Final = re.compile(r'<form[^>]* action="([^"]+)"')
_HIDDEN: Final = re.compile(r'type="hidden" name="(\w+)" value="([^"]+)"')
# Longer than the delay of a command, on a machine that is busy.
_LONGEST_SECONDS: Final = 120
# A device's confirmation, the login, the consent, the callback.
_MOST_PAGES: Final = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Rotation:
    """A refresh token that took another one's place, at so many seconds since the epoch."""

    login: str
    refresh_token: str = field(repr=False)
    at: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """An answer of the token endpoint that was sent, at so many seconds since the epoch."""

    refresh_token: str | None = field(repr=False, default=None)
    at: float


type Listener = Callable[[Rotation | Answer], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Provider:
    """The addresses of a running provider, and the client that is registered there."""

    issuer: str
    authorize_url: str
    token_url: str
    api_base_url: str
    client_id: str
    client_secret: str
    _commands: IO[bytes] = field(repr=False)
    _done: SimpleQueue[Any] = field(repr=False, default_factory=SimpleQueue)

    def command(self, **command: Any) -> None:
        """Send the server a command (server.mjs), and wait until it is done."""
        self._commands.write(f"{json.dumps(command)}\n".encode())
        self._commands.flush()
        self._done.get(timeout=_LONGEST_SECONDS)

    def listen(self, output: IO[bytes], listener: Listener) -> None:
        """Read what the server prints until it ends."""
        for line in output:
            if not line.startswith(b"{"):
                # What the library has to say.
                continue
            document = json.loads(line)
            [(event, told)] = document.items()
            if event == "done":
                self._done.put(told)
                continue
            told["at"] /= 1000
            listener(Rotation(**told) if event == "rotated" else Answer(**told))

    def seen(self) -> dict[str, Any]:
        """Return what the provider has been asked for: grants, pushed and revoked."""
        seen: dict[str, Any] = self._read("/seen")
        return seen

    def handled(self) -> list[dict[str, Any]]:
        """Return what the token endpoint was sent and has answered, in turn."""
        handled: list[dict[str, Any]] = self._read("/handled")
        return handled

    def end_grant(self) -> None:
        """End the grant whose refresh token was handed out last (RFC 7009)."""
        [*_, token] = [
            answer["refresh_token"]
            for answer in self.handled()
            if "refresh_token" in answer
        ]
        fields = {
            "token": token,
            "client_id": self.client_id,
            "client_secret": self.client_secret,
        }
        request = Request(f"{self.token_url}/revocation", urlencode(fields).encode())
        build_opener(ProxyHandler({})).open(request, timeout=_LONGEST_SECONDS).close()

    def _read(self, path: str) -> Any:
        opener = build_opener(ProxyHandler({}))
        with opener.open(
            f"{self.api_base_url}{path}", timeout=_LONGEST_SECONDS
        ) as response:
            return json.load(response)

    def rotations(self) -> int:
        """Return how many refreshes there have been."""
        return int(self.seen()["grants"].count("refresh_token"))


@contextmanager
def running_provider(
    redirect_uri: str,
    *,
    access_token_lifetime: int,
    device_code_lifetime: int = 600,
    key_client_jwks: str = "",
    service_account_jwk: str = "",
    home_urls: tuple[str, ...] = (),
    listener: Listener = lambda _: None,
) -> Iterator[Provider]:
    """Run the provider; access tokens and device codes live for so many seconds.

    `key_client_jwks` are the public keys of the client `key-client`, `service_account_jwk` is that
    of the service account robot@example.com. `home_urls` are Home Assistant's external address and
    where that is here: the provider reads a client's document there. `listener` is told at once of
    each rotation and each answer, in a thread of its own.
    """
    environment = {
        **os.environ,
        "REDIRECT_URIS": json.dumps([redirect_uri]),
        "ACCESS_TOKEN_TTL": str(access_token_lifetime),
        "DEVICE_CODE_TTL": str(device_code_lifetime),
        "KEY_CLIENT_JWKS": key_client_jwks,
        "SERVICE_ACCOUNT_JWK": service_account_jwk,
        "HOME_URLS": json.dumps(home_urls),
        # It may close them and listen there again.
        "PORTS": json.dumps([free_port(), free_port()]),
    }
    with subprocess.Popen(
        ["node", _SERVER],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            if process.stdin is None or process.stdout is None:
                raise RuntimeError("The provider has no output")
            addresses = json.loads(process.stdout.readline())
            provider = Provider(**addresses, _commands=process.stdin)
            listening = Thread(
                target=provider.listen, args=(process.stdout, listener), daemon=True
            )
            listening.start()
            try:
                yield provider
            finally:
                process.terminate()
                listening.join()
        finally:
            process.terminate()


class _Elsewhere(HTTPRedirectHandler):
    """Follows redirects to an address that is somewhere else here."""

    def __init__(self, address: str, place: str) -> None:
        self._address = address
        self._place = place

    @override
    def redirect_request(
        self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> Request | None:
        there = newurl
        if self._address and newurl.startswith(self._address):
            there = newurl.replace(self._address, self._place, 1)
        return super().redirect_request(req, fp, code, msg, headers, there)


def sign_in(address: str, *, login: str, home_urls: tuple[str, str] = ("", "")) -> None:
    """Sign in and consent as a browser does, up to the callback or the end of a device's page.

    `home_urls` are Home Assistant's external address and where that is here.
    """
    opener = build_opener(
        HTTPCookieProcessor(CookieJar()), ProxyHandler({}), _Elsewhere(*home_urls)
    )
    body = None
    for _ in range(_MOST_PAGES):
        with opener.open(address, body, timeout=_LONGEST_SECONDS) as response:
            page = response.read().decode()
        if (form := _FORM.search(page)) is None:
            return
        address = form[1]
        hidden = dict(_HIDDEN.findall(page))
        fields = {**hidden, "login": login, "password": "any"}
        body = urlencode(fields).encode()
