"""A bare client for the tests of the fake server; the integration is not involved."""

from base64 import b64encode, urlsafe_b64encode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
import hashlib
import json
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp

from .server import FakeServer

CALLBACK: Final = "http://127.0.0.1:9/callback?kept=1"
VERIFIER: Final = "v" * 43
_CHALLENGE: Final = (
    urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
)


def basic(client_id: str, secret: str) -> dict[str, str]:
    credentials = b64encode(f"{client_id}:{secret}".encode()).decode()
    return {"Authorization": f"Basic {credentials}"}


DEMO: Final = basic("demo-client", "demo-secret")


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    document: Any


@dataclass(frozen=True, slots=True)
class Probe:
    """An OAuth2 client that can also do things wrong, for the tests of the server itself."""

    server: FakeServer
    session: aiohttp.ClientSession

    def authorize_url(self, **changed: str | None) -> str:
        parameters = {
            "response_type": "code",
            "client_id": "demo-client",
            "redirect_uri": CALLBACK,
            "scope": "read write",
            "state": "s&t=1",
            "code_challenge": _CHALLENGE,
            "code_challenge_method": "S256",
        } | changed
        given = {name: value for name, value in parameters.items() if value is not None}
        return f"{self.server.authorize_url}?{urlencode(given)}"

    async def code(self, **changed: str | None) -> str:
        return query(await self.server.sign_in(self.authorize_url(**changed)))["code"]

    async def token(
        self, headers: Mapping[str, str] = DEMO, /, **parameters: str
    ) -> _Answer:
        return await self.post(self.server.token_url, headers, **parameters)

    async def post(
        self, url: str, headers: Mapping[str, str] = DEMO, /, **parameters: str
    ) -> _Answer:
        async with self.session.post(url, data=parameters, headers=headers) as response:
            text = await response.text()
            document = json.loads(text) if "json" in response.content_type else text
            return _Answer(response.status, response.headers, document)

    async def redeem(self, code: str, /, **changed: str) -> _Answer:
        parameters = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": VERIFIER,
        }
        return await self.token(**parameters | changed)

    async def refresh(self, token: str) -> _Answer:
        return await self.token(grant_type="refresh_token", refresh_token=token)

    async def tokens(self) -> Any:
        answer = await self.redeem(await self.code())
        assert answer.status == 200
        return answer.document

    async def get(self, path: str, access_token: str) -> _Answer:
        async with self.session.get(
            self.server.api_base_url + path,
            headers={"Authorization": f"Bearer {access_token}"},
            allow_redirects=False,
        ) as response:
            text = await response.text()
            document = json.loads(text) if "json" in response.content_type else text
            return _Answer(response.status, response.headers, document)


def query(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


@asynccontextmanager
async def probe(server: FakeServer | None = None) -> AsyncIterator[Probe]:
    # The default resolver may start a thread, which the leak checks of HA's plugin see.
    connector = aiohttp.TCPConnector(resolver=aiohttp.ThreadedResolver())
    timeout = aiohttp.ClientTimeout(total=60)
    async with (
        server or FakeServer() as running,
        aiohttp.ClientSession(connector=connector, timeout=timeout) as session,
    ):
        yield Probe(running, session)
