"""An authorization server and the API behind it, on loopback, under whatever names are asked for."""

import asyncio
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
import json
import re
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import parse_qs, unquote, unquote_plus, urlsplit

from aiohttp import web

from .canned import Canned
from .faults import Fault
from .grants import Grants, Refused, shown

CLIENT_ID: Final = "conformance-client"
CLIENT_SECRET: Final = "conformance-client-secret"
# Who gives consent: the person of the entry, and another one.
ADA: Final = "ada"
GRACE: Final = "grace"
_LIFETIME: Final = 3600
# What a person may change: addresses, and names that are shown.
_ADDRESS: Final = re.compile(rb"[\w.+-]+@[\w-]+(\.[\w-]+)+")
_NAME: Final = re.compile(
    rb'("(?:display|full|nick|given|family|first|last)_?name"\s*:\s*")', re.IGNORECASE
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What came from the integration. `form` has a token request's parameters, wherever they are."""

    method: str
    host: str
    path: str
    query: Mapping[str, str]
    form: Mapping[str, Any]
    authorization: str
    # The values of all headers: some services have one of their own for the token.
    headers: tuple[str, ...] = ()

    @property
    def is_for_tokens(self) -> bool:
        """Whether it is a token request, whatever its address."""
        return "grant_type" in self.form

    @property
    def is_about_a_token(self) -> bool:
        """Whether it has a parameter `token`, as those that end a grant do (RFC 7009, 2.1)."""
        return "token" in self.form or "token" in self.query

    def names_in_address(self, text: str) -> bool:
        """Tell whether a text is in its address, which logs and histories keep."""
        return any(text in part for part in (*self.query.values(), unquote(self.path)))

    def mentions(self, text: str) -> bool:
        """Tell whether a text is in its parameters, its path or its authorization."""
        return any(
            text in part
            for part in (
                json.dumps(dict(self.form)),
                *self.query.values(),
                self.path,
                self.authorization,
                *self.headers,
            )
        )


@dataclass(slots=True)
class Server:
    """A provider on loopback, as a context manager. What it does is changed while it runs."""

    canned: Canned
    grants: Grants = field(default_factory=Grants)
    # In order, those that were answered with a fault too.
    requests: list[Request] = field(default_factory=list)
    # Token requests with a code or a refresh token that is not good, or no more.
    refused: list[Request] = field(default_factory=list)
    # Seconds.
    lifetime: int = _LIFETIME
    rotate: bool = True
    code_fault: Fault | None = None
    refresh_fault: Fault | None = None
    api_fault: Fault | None = None
    # Further fields of each token answer.
    more: dict[str, Any] = field(default_factory=dict)
    # Holds the answers to refreshes until it is set; `asked` is set when one came.
    held: asyncio.Event | None = None
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    person: str = ADA
    _runner: web.AppRunner | None = None
    port: int = 0

    async def __aenter__(self) -> Self:
        """Take a free port."""
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = web.AppRunner(
            application,
            access_log=None,
            handler_cancellation=True,
            shutdown_timeout=0.1,
        )
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Give the port back."""
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def code_requests(self) -> list[Request]:
        """The token requests of sign-ins."""
        return [request for request in self._token_requests if "code" in request.form]

    @property
    def refreshes(self) -> list[Request]:
        """The token requests that renew."""
        return [
            request
            for request in self._token_requests
            if request.form["grant_type"] == "refresh_token"
        ]

    @property
    def api_requests(self) -> list[Request]:
        """The requests that are not for tokens."""
        return [request for request in self.requests if not request.is_for_tokens]

    @property
    def _token_requests(self) -> list[Request]:
        return [request for request in self.requests if request.is_for_tokens]

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        response = await self._answer(request)
        # A connection that is kept would outlive a cut of the network.
        response.force_close()
        return response

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        read = await _read(request, self.canned)
        self.requests.append(read)
        if not read.is_for_tokens:
            return self._api(request, read)
        if read.form["grant_type"] == "refresh_token":
            # Made before it is held: a rotation takes effect when it is asked for.
            response = self._token(request, read, self.refresh_fault)
            self.asked.set()
            if self.held is not None:
                await self.held.wait()
            return response
        # One without a code asks whether somebody answers here.
        fault = self.code_fault if "code" in read.form else None
        return self._token(request, read, fault)

    def _api(self, request: web.Request, read: Request) -> web.StreamResponse:
        if self.api_fault is not None:
            return _faulty(request, self.api_fault)
        if read.path.startswith("/.well-known/"):
            return web.Response(status=404)
        body = self.canned.answer(
            read.method, read.host, read.path, other=self.person != ADA
        )
        if self.grants.renamed:
            body = _NAME.sub(rb"\g<0>new-", _ADDRESS.sub(rb"new-\g<0>", body))
        return web.Response(body=body, content_type="application/json")

    def _token(
        self, request: web.Request, read: Request, fault: Fault | None
    ) -> web.StreamResponse:
        if fault is not None and fault.rewrite is None:
            return _faulty(request, fault)
        try:
            grant = self.grants.redeem(read.form)
        except Refused as err:
            # One with neither asks whether somebody answers here.
            if read.form.keys() & {"code", "refresh_token"}:
                self.refused.append(read)
            return web.json_response({"error": str(err)}, status=400)
        other = grant.person != ADA
        rotate = self.rotate or "code" in read.form
        claims = self.canned.document("claims.json", other=other)
        answer = self.grants.issue(grant, self.lifetime, claims, rotate=rotate)
        answer = _completed(answer, self.canned.document("token.json", other=other))
        answer |= self.more
        if fault is not None and fault.rewrite is not None:
            body = fault.rewrite(answer)
            return web.Response(body=body, headers={"Content-Type": fault.content_type})
        return web.Response(body=shown(answer), content_type="application/json")


def _completed(answer: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """Add an author's fields; where one of them holds `TOKEN`, the answer belongs there."""
    for key, value in more.items():
        if isinstance(value, dict) and "TOKEN" in value:
            rest = {name: value[name] for name in value if name != "TOKEN"}
            return more | {key: answer | rest}
    return answer | more


async def _read(request: web.Request, canned: Canned) -> Request:
    text = (await request.read()).decode("utf-8", "replace")
    authorization = request.headers.get("Authorization", "")
    if authorization.startswith("Basic "):
        authorization = unquote_plus(
            b64decode(authorization[6:] + "==").decode("utf-8", "replace")
        )
    form = canned.standard(_form(request.content_type, text))
    if "grant_type" in (query := canned.standard(request.query)):
        # Some providers take token requests as a query.
        form = query
    return Request(
        method=request.method,
        host=urlsplit(f"//{request.host}").hostname or "",
        path=request.path,
        query=dict(request.query),
        form=form,
        authorization=authorization,
        headers=tuple(request.headers.values()),
    )


def _form(content_type: str, text: str) -> dict[str, Any]:
    if content_type == "application/json":
        try:
            document = json.loads(text)
        except ValueError:
            return {}
        return document if isinstance(document, dict) else {}
    return {key: values[-1] for key, values in parse_qs(text).items()}


def _faulty(request: web.Request, fault: Fault) -> web.StreamResponse:
    if fault.closed and request.transport is not None:
        request.transport.abort()
    headers = {"Content-Type": fault.content_type}
    if fault.location:
        headers["Location"] = fault.location
    return web.Response(status=fault.status, body=fault.body, headers=headers)
