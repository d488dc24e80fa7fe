"""A server on loopback takes the part of each service: sign-in, refresh and one request succeed."""

from base64 import b64decode
from collections.abc import Mapping
from copy import replace
import json
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from aiohttp import web
from aiohttp.test_utils import TestServer
import pytest
from yarl import URL

from custom_components.oauth2_client.account import Account
from custom_components.oauth2_client.account.identity import async_identify
from custom_components.oauth2_client.catalogue import (
    AUTHORIZATION_CODE,
    CLIENT_CREDENTIALS,
    DEVICE_CODE,
    Provider,
)
from custom_components.oauth2_client.credentials.provider_client import (
    Keep,
    ProviderClient,
)
from custom_components.oauth2_client.credentials.sign_in import (
    async_authorize_url,
    async_device_authorization,
    async_own_token,
)
from custom_components.oauth2_client.credentials.token_requests import (
    async_exchange,
    async_refresh,
    async_token_set,
)
from custom_components.oauth2_client.grant import Grant
from custom_components.oauth2_client.oauth2 import (
    Client,
    DeviceAuthorization,
    OAuth2Error,
    TokenSet,
    device_token_request,
)
from custom_components.oauth2_client.oauth2.callback import usual_names
from custom_components.oauth2_client.wire import async_get_transport
from custom_components.oauth2_client.wire.clock import async_get_clock
from homeassistant.core import HomeAssistant

from .completed import ACCOUNT_ID, completed, every_provider, told_values

_BACK: Final = "https://home.example/back"
_VERIFIER: Final = "v" * 43
_ID, _SECRET = "demo-client", "demo-secret"


class Service:
    """Takes the part of one service after the other: strict about what it has in its entry."""

    def __init__(self) -> None:
        self.provider: Provider
        self.way = ""
        self.refreshed = False
        self.problems: list[str] = []
        self.asked: list[str] = []

    async def answer(self, request: web.Request) -> web.Response:
        """Answer as the endpoint at this path."""
        server = self.provider.server
        path = URL(str(request.url)).path
        body = (await request.read()).decode()
        paths = {
            urlsplit(url).path: kind
            for kind, url in (
                ("exchange", server.exchange_url),
                ("exchange", server.renewal_url),
                ("device", server.device_authorization_url),
                ("token", server.refresh_url),
                ("token", server.token_url),
            )
            if url is not None
        }
        kind = paths.get(path, "api")
        if kind == "token" and "planted-access" in request.query.values():
            # At the same address, with the method of its own.
            kind = "exchange"
        is_device = server.device_authorization_url == server.token_url
        if kind == "token" and is_device and "grant_type" not in body:
            # At the same address, without a grant.
            kind = "device"
        if kind == "api" or (
            kind == "token" and not self._is_token_request(request, body)
        ):
            return self._api(request, body)
        self.asked.append(kind)
        if kind == "device":
            return web.json_response(
                {
                    "device_code": "planted-device",
                    "user_code": "ABCD",
                    "verification_uri": "https://example.com/enter",
                    "expires_in": 60,
                }
            )
        if kind == "token":
            self._check(request, body)
        return web.json_response(self._tokens(body))

    def _is_token_request(self, request: web.Request, body: str) -> bool:
        """Tell apart what one address is for two things."""
        named = self.provider.server.token_parameter_names
        grant_type = named.get("grant_type", "grant_type")
        return grant_type in body or grant_type in request.query or "code" in body

    def _check(self, request: web.Request, body: str) -> None:
        server = self.provider.server
        names = {**server.parameter_names, **server.token_parameter_names}
        sent = dict(request.query) | _fields(body)
        if request.method != server.token_method:
            self._problem("method")
        if bool(body) is (
            server.token_encoding == "query" or server.token_method == "GET"
        ):
            self._problem("place of the parameters")
        if body and (server.token_encoding == "json") is not body.startswith("{"):
            self._problem("encoding")
        client_id = sent.get(names.get("client_id", "client_id"))
        if server.client_authentication.startswith("client_secret_basic"):
            credentials = request.headers.get("Authorization", "").removeprefix(
                "Basic "
            )
            client_id = b64decode(credentials).decode().partition(":")[0]
        if client_id != _ID:
            self._problem("client")
        self._check_headers(request, server.token_headers)
        grant_type = sent.get(names.get("grant_type", "grant_type"))
        if grant_type == "authorization_code":
            if sent.get(names.get("code", "code")) != "planted-code":
                self._problem("code")
            if (
                sent.get(names.get("code_verifier", "code_verifier")) == _VERIFIER
            ) is not server.pkce:
                self._problem("verifier")
            wanted = server.token_parameters
        else:
            wanted = server.refresh_parameters if self.refreshed else {}
        for name, value in wanted.items():
            if self.way == DEVICE_CODE and value == "{redirect_uri}":
                # No browser came back anywhere.
                continue
            if sent.get(names.get(name, name)) not in (value, _BACK):
                self._problem(f"parameter {name}")

    def _tokens(self, body: str) -> dict[str, Any]:
        server = self.provider.server
        names = server.token_fields
        answer: dict[str, Any] = {
            names.get("refresh_token", "refresh_token"): "planted-refresh",
            names.get("access_token", "access_token"): "planted-access",
            names.get("expires_in", "expires_in"): 3600,
        }
        told = told_values(self.provider)
        for name, path in server.token_values.items():
            if path.startswith(("access_token.", "id_token.")):
                continue
            keys = path.split(".")
            inner = answer
            for key in keys[:-1]:
                inner = inner.setdefault(key, {})
            inner[keys[-1]] = told[name]
        for key in reversed(server.token_path):
            answer = {key: answer}
        return answer

    def _api(self, request: web.Request, body: str) -> web.Response:
        provider = self.provider
        name, _, template = provider.api_token_header.partition(": ")
        found = (
            request.query.get(provider.api_token_query)
            if provider.api_token_query
            else request.headers.get(name)
        )
        wanted = (
            "planted-access"
            if provider.api_token_query
            else template.replace("{token}", "planted-access")
        )
        if found != wanted:
            self._problem("token at the API")
        self._check_headers(request, provider.api_headers)
        for key in provider.api_query:
            if key not in request.query:
                self._problem(f"query {key}")
        self.asked.append("api")
        answer: Any = ACCOUNT_ID
        identity = provider.identity
        keys = () if identity is None else identity.id or identity.name
        for key in reversed(keys):
            answer = (
                [*([None] * int(key)), answer] if key.isdecimal() else {key: answer}
            )
        return web.json_response(answer)

    def _check_headers(self, request: web.Request, wanted: Mapping[str, str]) -> None:
        for header, value in wanted.items():
            shown = value.replace("{client_id}", _ID).replace(
                "{client_secret}", _SECRET
            )
            if request.headers.get(header) != shown:
                self._problem(f"header {header}")

    def _problem(self, what: str) -> None:
        self.problems.append(f"{self.provider.id}: {what}")


def _fields(body: str) -> dict[str, str]:
    if body.startswith("{"):
        fields: dict[str, str] = json.loads(body)
        return fields
    return dict(parse_qsl(body))


def _moved(provider: Provider, origin: str) -> Provider:
    """Return a provider whose addresses, and nothing else, are those of the loopback server."""

    def moved(url: Any) -> Any:
        if not url or not url.startswith("https://"):
            return url
        parts = urlsplit(url)
        return f"{origin}{parts.path}" + (f"?{parts.query}" if parts.query else "")

    server = provider.server
    urls = {
        name: moved(getattr(server, name))
        for name in vars(server)
        if name.endswith("_url") and name not in ("userinfo_url", "jwks_url")
    }
    identity, first = provider.identity, provider.first_request
    return replace(
        provider,
        server=replace(server, **urls, issuer=None, jwks_url=None, userinfo_url=None),
        api_base_url=moved(provider.api_base_url) or origin,
        api_hosts=(),
        identity=identity and replace(identity, url=moved(identity.url)),
        first_request=first and replace(first, url=moved(first.url)),
        allow_http=True,
    )


async def _sign_in(client: ProviderClient, way: str) -> TokenSet:
    if way == AUTHORIZATION_CODE:
        pkce = client.server.pkce
        url = await async_authorize_url(
            client,
            redirect_uri=_BACK,
            state="state-1",
            verifier=_VERIFIER if pkce else None,
            nonce=None,
        )
        names = client.server.parameter_names
        query: Mapping[str, str] = URL(url).query
        assert query[names.get("client_id", "client_id")] == _ID
        state = query[names.get("state", "state")]
        assert ("code_challenge" in query) is pkce
        callback = client.server.callback_names
        brought = {
            callback.get("code", "code"): "planted-code",
            callback.get("state", "state"): state,
        }
        answer = dict(usual_names([*brought.items()], callback))
        assert answer["state"] == "state-1"
        return await async_exchange(
            client,
            code=answer["code"],
            redirect_uri=_BACK,
            code_verifier=_VERIFIER if pkce else None,
            values=dict.fromkeys(client.server.callback_values, ACCOUNT_ID),
        )
    if way == DEVICE_CODE:
        return await _polled(client, await async_device_authorization(client))
    assert way == CLIENT_CREDENTIALS
    return await async_own_token(client, way)


async def _polled(client: ProviderClient, device: DeviceAuthorization) -> TokenSet:
    """Poll at once: a service that is asked for the first time here says yes."""
    request = device_token_request(
        client.server,
        client.client,
        device_code=device.device_code,
        code_verifier=device.code_verifier,
    )
    return await async_token_set(client, lambda authenticate: request)


class _Stored:
    """A grant's storage that stores nothing."""

    written: TokenSet | None = None


async def _ask(
    hass: HomeAssistant, provider: Provider, client: Client, token_set: TokenSet
) -> int:
    async def refuse(_: TokenSet, _keep: Keep) -> TokenSet:
        raise AssertionError("nothing is to be refreshed")

    async def report(_: OAuth2Error | None) -> None:
        return

    clock = async_get_clock(hass)
    account = Account(
        entry_id="",
        title=provider.name,
        provider=provider,
        client=client,
        grant=Grant(
            token_set,
            refresh=refuse,
            storage=_Stored(),  # type: ignore[arg-type] # is not asked to store anything
            report=report,
            spawn=hass.async_create_task,
            clock=clock,
        ),
        transport=async_get_transport(hass),
        clock=clock,
    )
    return (await account.request("GET", "/anything")).status


@pytest.mark.usefixtures("socket_enabled")
async def test_signing_in_refreshing_and_asking_work_for_every_service(
    hass: HomeAssistant,
) -> None:
    service = Service()
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", service.answer)
    ways = 0
    async with TestServer(application) as running:
        origin = str(running.make_url("")).rstrip("/")
        for each in every_provider():
            provider = _moved(completed(each), origin)
            service.provider = provider
            for way in provider.grant_types:
                if way == "jwt_bearer":
                    continue
                ways += 1
                client = ProviderClient(hass, provider, _ID, _SECRET)
                client.scopes = provider.scopes
                service.way, service.refreshed = way, False
                token_set = await _sign_in(client, way)
                assert token_set.access_token == "planted-access", provider.id
                service.refreshed = True
                renewed = await async_refresh(client, token_set)
                signed_in = provider.signed_in(renewed.values, ACCOUNT_ID)
                identity = await async_identify(
                    hass, provider, client.client, renewed, asked=False
                )
                assert await _ask(hass, signed_in, client.client, renewed) == 200
                if provider.identity is not None and "token." not in "".join(
                    provider.server.token_values.values()
                ):
                    told = identity.id if provider.identity.id else identity.name
                    assert told == ACCOUNT_ID, provider.id
    assert service.problems == []
    assert ways >= 500


def test_the_account_id_of_an_address_is_no_id_tokens() -> None:
    # A sign-in that asks for an id token knows the account by the token's subject.
    for provider in every_provider():
        raw = provider.as_dict()
        named = "{account_id}" in json.dumps(raw)
        assert not named or "openid" not in raw.get("scopes", ()), provider.id
