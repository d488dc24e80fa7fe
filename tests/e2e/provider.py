"""The provider of tests/e2e/server as a process, and a sign-in there over HTTP."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookiejar import CookieJar
import json
import os
from pathlib import Path
import re
import subprocess
from typing import Final
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, ProxyHandler, build_opener

_SERVER: Final = Path(__file__).parent / "server" / "server.mjs"
_FORM: Final = re.compile(r'<form[^>]* action="([^"]+)"')
_HIDDEN: Final = re.compile(r'name="prompt" value="(\w+)"')


@dataclass(frozen=True, kw_only=True, slots=True)
class Provider:
    """The addresses of a running provider, and the client that is registered there."""

    authorize_url: str
    token_url: str
    api_base_url: str
    client_id: str
    client_secret: str

    def rotations(self) -> int:
        """Return how many refreshes there have been."""
        opener = build_opener(ProxyHandler({}))
        with opener.open(f"{self.api_base_url}/rotations", timeout=10) as response:
            return int(json.load(response)["count"])


@contextmanager
def running_provider(
    redirect_uri: str, *, access_token_lifetime: int
) -> Iterator[Provider]:
    """Run the provider; access tokens live for so many seconds."""
    environment = {
        **os.environ,
        "REDIRECT_URIS": json.dumps([redirect_uri]),
        "ACCESS_TOKEN_TTL": str(access_token_lifetime),
    }
    with subprocess.Popen(
        ["node", _SERVER],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            if process.stdout is None:
                raise RuntimeError("The provider has no output")
            yield Provider(**json.loads(process.stdout.readline()))
        finally:
            process.terminate()


def sign_in(authorize_url: str, *, login: str) -> None:
    """Sign in and consent as a browser does, up to the callback at Home Assistant."""
    opener = build_opener(HTTPCookieProcessor(CookieJar()), ProxyHandler({}))
    address, body = authorize_url, None
    for _ in ("the login form", "the consent form", "the callback"):
        with opener.open(address, body, timeout=30) as response:
            page = response.read().decode()
        if (form := _FORM.search(page)) is None or (
            prompt := _HIDDEN.search(page)
        ) is None:
            return
        address = form[1]
        fields = {"prompt": prompt[1], "login": login, "password": "any"}
        body = urlencode(fields).encode()
