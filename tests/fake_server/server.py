"""The server: its addresses, what it recorded, and what a test makes it do."""

from collections import deque
from email.utils import formatdate
import time
from types import TracebackType
from typing import Final, Self

import aiohttp
from aiohttp import web
from aiohttp.typedefs import Handler

from .api import Api, ApiRequest, lower_case, record
from .authorization import AuthorizationEndpoint
from .browser import answer_consent
from .client_authentication import OAuthError
from .client_documents import admit_client
from .client_endpoint import client_endpoint, read_parameters
from .device import DeviceRequest, Devices
from .faults import Fault, answer
from .grants import Clock, Grant, GrantStore
from .metadata import METADATA_PATHS, Metadata
from .pages import page, root_page
from .pushed import PushedRequests
from .settings import Settings
from .token_endpoint import TokenEndpoint
from .token_status import TokenStatus

_HOST: Final = "127.0.0.1"


def _now() -> float:
    """Look `time.time` up at each call, so that a test that freezes time is followed."""
    return time.time()


class FakeServer:
    """A provider on loopback, as a context manager.

    aiohttp's client repeats a GET, PUT or DELETE once when the connection is closed before the
    answer: the API needs two faults with `disconnect` in a row for such a request to fail.
    """

    def __init__(
        self, settings: Settings | None = None, *, clock: Clock = _now
    ) -> None:
        self.settings: Final = settings or Settings()
        self.token_faults: Final = deque[Fault]()
        self.api_faults: Final = deque[Fault]()
        self.metadata_faults: Final = deque[Fault]()
        self.revocation_faults: Final = deque[Fault]()
        # What could not be decoded is recorded as {}.
        self.token_requests: Final = list[dict[str, str]]()
        self.token_headers: Final = list[dict[str, str]]()
        self.revocations: Final = list[dict[str, str]]()
        self.pushed_requests: Final = list[dict[str, str]]()
        self.api_requests: Final = list[ApiRequest]()
        # Method and path of each request.
        self.requested: Final = list[str]()
        self._store: Final = GrantStore(self.settings, clock)
        self._api: Final = Api(self._store, clock)
        self._devices: Final = Devices(
            self.settings, self._store, lambda: self.base_url
        )
        self._runner: web.AppRunner | None = None
        self._port = 0

    async def __aenter__(self) -> Self:
        # A handler must not outlive its client, nor a slow one the test.
        runner = web.AppRunner(
            self._application(),
            access_log=None,
            handler_cancellation=True,
            shutdown_timeout=0.1,
        )
        await runner.setup()
        try:
            await web.TCPSite(runner, _HOST, self.settings.port).start()
        except OSError:
            await runner.cleanup()
            raise
        self._runner = runner
        self._port = runner.addresses[0][1]
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @property
    def base_url(self) -> str:
        return f"http://{_HOST}:{self._port}"

    @property
    def authorize_url(self) -> str:
        return f"{self.base_url}/authorize"

    @property
    def token_url(self) -> str:
        return f"{self.base_url}/token"

    @property
    def device_url(self) -> str:
        """Where a device asks, and where its user enters the code."""
        return f"{self.base_url}/device"

    @property
    def revocation_url(self) -> str:
        return f"{self.base_url}/revoke"

    @property
    def introspection_url(self) -> str:
        return f"{self.base_url}/introspect"

    @property
    def pushed_url(self) -> str:
        return f"{self.base_url}/par"

    @property
    def api_base_url(self) -> str:
        return f"{self.base_url}/api"

    @property
    def grants(self) -> tuple[Grant, ...]:
        """The grants in the order of their consent, the revoked ones too."""
        return tuple(self._store.grants)

    @property
    def issued(self) -> dict[str, list[str]]:
        """The secrets that were handed out, by their kind."""
        return {
            **self._store.issued,
            "device code": [asked.device_code for asked in self._devices.requests],
        }

    @property
    def device_requests(self) -> list[DeviceRequest]:
        """What devices asked for, in order; refused requests are not among them."""
        return self._devices.requests

    def decide_device(self, user_code: str, *, allow: bool) -> None:
        """Do what a user does at the page for devices; LookupError if there is nothing to decide."""
        self._devices.decide(user_code, allow=allow)

    def revoke_grants(self) -> None:
        """Do what a user does who removes the application from their account."""
        self._store.revoke_all()

    def expire_access_tokens(self) -> None:
        """Make every access token issued so far worthless; refresh tokens stay good."""
        self._store.expire_access_tokens()

    def forget(self) -> None:
        """Drop what was recorded of requests: a month of them is long."""
        self.token_requests.clear()
        self.token_headers.clear()
        self.revocations.clear()
        self.api_requests.clear()
        self.requested.clear()

    async def sign_in(
        self,
        authorize_url: str,
        *,
        allow: bool = True,
        client: aiohttp.ClientSession | None = None,
    ) -> str:
        """Go through the consent page and return the callback URL without following it."""
        decision = "allow" if allow else "deny"
        if client is not None:
            return await answer_consent(client, authorize_url, decision=decision)
        # The default resolver may start a thread, which the leak checks of HA's plugin see.
        connector = aiohttp.TCPConnector(resolver=aiohttp.ThreadedResolver())
        async with aiohttp.ClientSession(connector=connector) as session:
            return await answer_consent(session, authorize_url, decision=decision)

    def _application(self) -> web.Application:
        application = web.Application(
            middlewares=[self._dated, self._scripted],
            client_max_size=16 * 1024 * 1024,
        )
        metadata = Metadata(self.settings, lambda: self.base_url)
        application.add_routes(
            [
                web.get("/", self._root),
                *self._oauth_routes(),
                *metadata.routes(),
                *self._api.routes(),
            ]
        )
        return application

    def _oauth_routes(self) -> list[web.RouteDef]:
        settings, store, devices = self.settings, self._store, self._devices
        pushed = PushedRequests(settings, store.clock)
        authorization = AuthorizationEndpoint(settings, store, pushed)
        token = TokenEndpoint(settings, store, devices, lambda: self.base_url)
        status = TokenStatus(settings, store)
        return [
            web.get("/authorize", authorization.ask),
            web.post("/authorize/decision", authorization.decide),
            web.get("/device", devices.ask),
            web.post("/device/decision", devices.answer),
            web.post("/device", client_endpoint(settings, devices.start)),
            web.post("/par", client_endpoint(settings, pushed.push)),
            web.post("/token", client_endpoint(settings, token.answer, json_too=True)),
            web.post("/revoke", client_endpoint(settings, status.revoke)),
            web.post("/introspect", client_endpoint(settings, status.introspect)),
        ]

    @web.middleware
    async def _dated(
        self, request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        """Say in each answer what time it is here: aiohttp says what time it is where the test runs."""
        response = await handler(request)
        if not response.prepared:
            date = formatdate(self._store.clock(), usegmt=True)
            response.headers.setdefault("Date", date)
        return response

    @web.middleware
    async def _scripted(
        self, request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        """Record what comes from clients, and let faults answer first."""
        self.requested.append(f"{request.method} {request.path}")
        if (published := self.settings.published.get(request.path)) is not None:
            return await answer(deque([published]), request, handler)
        recorded = {
            "/token": self.token_requests,
            "/revoke": self.revocations,
            "/par": self.pushed_requests,
        }.get(request.path)
        if recorded is not None:
            recorded.append(await _parameters(request))
        if request.path in ("/authorize", "/par", "/token"):
            asked = request.query or await _parameters(request)
            await admit_client(self.settings, asked)
        if request.path == "/token":
            self.token_headers.append(lower_case(request.headers))
            return await answer(self.token_faults, request, handler)
        if request.path == "/revoke":
            return await answer(self.revocation_faults, request, handler)
        if request.path in METADATA_PATHS:
            return await answer(self.metadata_faults, request, handler)
        if request.path.startswith("/api/"):
            self.api_requests.append(await record(request))
            return await answer(self.api_faults, request, handler)
        return await handler(request)

    async def _root(self, request: web.Request) -> web.Response:
        endpoints = {
            "Authorization": self.authorize_url,
            "Token": self.token_url,
            "Pushed requests": self.pushed_url,
            "Device": self.device_url,
            "Revocation": self.revocation_url,
            "Introspection": self.introspection_url,
            "API": self.api_base_url,
        }
        return page(root_page(endpoints, self.settings.clients))


async def _parameters(request: web.Request) -> dict[str, str]:
    try:
        return await read_parameters(request)
    except OAuthError:
        return {}
