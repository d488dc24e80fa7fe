"""Home Assistant's REST and WebSocket API, as its frontend uses them. Blocking."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
import json
import time
from typing import Any, Final
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

import aiohttp

_TIMEOUT: Final = 120
# Nothing here leaves the machine, whatever proxy it has.
_OPENER: Final = build_opener(ProxyHandler({}))


class RequestFailed(Exception):
    """Home Assistant answered with an error: its status and its body."""

    def __init__(self, status: int, body: str) -> None:
        super().__init__(f"{status}: {body}")
        self.status = status
        self.body = body


class Rest:
    """A signed-in session at a Home Assistant."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.client_id = f"{base_url}/"
        self.tokens: dict[str, Any] = {}
        self._expires = 0.0

    def onboard(self, name: str, username: str, password: str) -> None:
        """Make the owner; the other steps of a first start are prepared as done."""
        answer = self.request(
            "POST",
            "/api/onboarding/users",
            {
                "client_id": self.client_id,
                "name": name,
                "username": username,
                "password": password,
                "language": "en",
            },
        )
        self._exchange(answer["auth_code"])

    def fresh_tokens(self) -> dict[str, Any]:
        """Return tokens that another process can go on with."""
        self._access_token()
        return {**self.tokens, "expires": self._expires}

    def resume(self, tokens: Mapping[str, Any]) -> None:
        """Go on with the tokens of another process."""
        self.tokens = dict(tokens)
        self._expires = self.tokens.pop("expires")

    def request(self, method: str, path: str, document: object = None) -> Any:
        """Send a request and return its JSON; None where there is none.

        Raises RequestFailed, and OSError where nobody answers.
        """
        headers = {"HA-Frontend-Base": self.base_url}
        if self.tokens:
            headers["Authorization"] = f"Bearer {self._access_token()}"
        body = None
        if document is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(document).encode()
        return self._send(Request(self.base_url + path, body, headers, method=method))

    def websocket(self, command: Mapping[str, Any]) -> Any:
        """Send one command and return its result. Raises RequestFailed."""
        # In a thread of its own: a browser's driver may have a loop in this one.
        with ThreadPoolExecutor(1) as executor:
            return executor.submit(asyncio.run, self._websocket(command)).result()

    def frontend_tokens(self) -> str:
        """Return what the frontend keeps under `hassTokens` in a browser that is signed in."""
        return json.dumps(
            {
                **self.tokens,
                "hassUrl": self.base_url,
                "clientId": self.client_id,
                "expires": int(self._expires * 1000),
            }
        )

    def _exchange(self, code: str) -> None:
        self._token(grant_type="authorization_code", code=code)

    def _access_token(self) -> str:
        if time.time() > self._expires - 60:
            self._token(
                grant_type="refresh_token", refresh_token=self.tokens["refresh_token"]
            )
        return str(self.tokens["access_token"])

    def _token(self, **fields: str) -> None:
        body = urlencode({**fields, "client_id": self.client_id}).encode()
        answer = self._send(Request(f"{self.base_url}/auth/token", body))
        self.tokens = {**self.tokens, **answer}
        self._expires = time.time() + self.tokens["expires_in"]

    @staticmethod
    def _send(request: Request) -> Any:
        try:
            with _OPENER.open(request, timeout=_TIMEOUT) as response:
                content = response.read()
        except HTTPError as err:
            raise RequestFailed(err.code, err.read().decode()) from None
        return json.loads(content) if content.strip() else None

    async def _websocket(self, command: Mapping[str, Any]) -> Any:
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(f"{self.base_url}/api/websocket") as socket,
        ):
            await socket.receive_json()
            token = self._access_token()
            await socket.send_json({"type": "auth", "access_token": token})
            await socket.receive_json()
            await socket.send_json({"id": 1, **command})
            while (answer := await socket.receive_json()).get("type") != "result":
                pass
        if not answer["success"]:
            raise RequestFailed(0, json.dumps(answer["error"]))
        return answer["result"]
