"""Sign-ins at servers that want more than the RFCs say."""

from collections.abc import Generator
from types import SimpleNamespace
from typing import Any, Final

from aiohttp.test_utils import make_mocked_request
import pytest
from yarl import URL

from custom_components.oauth2_client.catalogue import Provider, parse_provider
from custom_components.oauth2_client.credentials import sign_in
from custom_components.oauth2_client.credentials.provider_client import ProviderClient
from custom_components.oauth2_client.credentials.redirect_uri import callback_values
from custom_components.oauth2_client.credentials.sign_in import (
    async_device_authorization,
    async_device_token,
)
from custom_components.oauth2_client.credentials.token_requests import (
    async_exchange,
    async_refresh,
)
from custom_components.oauth2_client.oauth2 import (
    AuthorizationServer,
    ClientRejected,
    DeviceAuthorization,
    GrantRejected,
    RefusedByPolicy,
    Response,
    TemporaryFailure,
    TokenSet,
)
from custom_components.oauth2_client.wire.clock import CLOCK
from homeassistant.core import HomeAssistant
from homeassistant.helpers.http import current_request

from ..clock import StoppedClock
from ..fake_server import FakeServer, Fault

BACK: Final = "https://home.example/auth/external/callback"


def _client(hass: HomeAssistant, server: FakeServer, **changed: Any) -> ProviderClient:
    return ProviderClient(
        hass, _provider(server, **changed), "demo-client", "demo-secret"
    )


def _provider(server: FakeServer, **changed: Any) -> Provider:
    raw = {
        "id": "sandbox",
        "name": "Sandbox",
        "authorize_url": server.authorize_url,
        "token_url": server.token_url,
        **changed,
    }
    return parse_provider(raw, category="dev")


async def _exchange(client: ProviderClient, **values: str) -> TokenSet:
    return await async_exchange(
        client, code="code", redirect_uri=BACK, code_verifier=None, values=values
    )


@pytest.fixture
def coming_back() -> Generator[None]:
    """The browser has come back with more than a code."""
    path = str(URL(BACK).with_query(code="c", state="s", realmId="12").relative())
    token = current_request.set(make_mocked_request("GET", path))
    yield
    current_request.reset(token)


def _named(**callback: str) -> AuthorizationServer:
    return AuthorizationServer(token_url="https://x/", callback_values=callback)


@pytest.mark.usefixtures("coming_back")
def test_callback_values_are_kept() -> None:
    assert callback_values(_named(realm="realmId")) == {"realm": "12"}
    assert callback_values(_named()) == {}


def test_a_response_without_a_callback_value_is_refused() -> None:
    with pytest.raises(RefusedByPolicy) as raised:
        callback_values(_named(realm="realmId"))

    assert (raised.value.code, raised.value.description) == (
        "callback_incomplete",
        "realmId",
    )


async def test_callback_values_are_stored_with_the_token_set(
    hass: HomeAssistant, server: FakeServer
) -> None:
    server.token_faults.append(Fault.json(200, {"access_token": "planted-1"}))

    token_set = await _exchange(_client(hass, server), realm="12")

    assert token_set.values == {"realm": "12"}


async def test_a_refresh_sends_the_redirect_uri_where_the_server_requires_it(
    hass: HomeAssistant, server: FakeServer
) -> None:
    client = _client(
        hass, server, refresh_parameters={"redirect_uri": "{redirect_uri}"}
    )
    answer = {"access_token": "planted-1", "refresh_token": "planted-2"}
    server.token_faults.extend([Fault.json(200, answer), Fault.json(200, answer)])

    await async_refresh(client, await _exchange(client))

    assert server.token_requests[1]["redirect_uri"] == BACK


async def test_a_token_is_exchanged_for_one_that_lasts_longer(
    hass: HomeAssistant, server: FakeServer
) -> None:
    longer = {"access_token": "planted-long", "expires_in": 5_184_000}
    server.token_faults.append(
        Fault.json(200, {"access_token": "planted-short", "user_id": 7})
    )
    server.api_faults.append(Fault.json(200, longer))
    client = _client(
        hass,
        server,
        exchange_url=f"{server.api_base_url}/longer",
        exchange_parameters={"token": "{access_token}"},
        token_values={"user_id": "user_id"},
    )

    token_set = await _exchange(client)

    assert token_set.access_token == "planted-long"
    assert token_set.values == {"user_id": "7"}
    assert server.api_requests[0].query == {"token": "planted-short"}


async def test_a_token_that_has_no_refresh_token_is_exchanged_for_a_newer_one(
    hass: HomeAssistant, server: FakeServer
) -> None:
    server.token_faults.append(Fault.json(200, {"access_token": "planted-first"}))
    newer = {"access_token": "planted-newer", "expires_in": 5_184_000}
    server.api_faults.append(Fault.json(200, newer))
    client = _client(
        hass,
        server,
        renewal_url=f"{server.api_base_url}/renew",
        renewal_parameters={"grant": "renew", "token": "{access_token}"},
        # What renews the token is the token itself.
        token_fields={"refresh_token": "access_token"},
    )

    token_set = await _exchange(client)
    assert token_set.refresh_token == "planted-first"
    renewed = await async_refresh(client, token_set)

    assert renewed.access_token == renewed.refresh_token == "planted-newer"
    assert server.api_requests[0].query == {"grant": "renew", "token": "planted-first"}
    assert len(server.token_requests) == 1


async def test_a_request_with_the_client_in_its_parameters_is_sent_once(
    hass: HomeAssistant, server: FakeServer
) -> None:
    server.api_faults.extend([Fault.json(401, {"error": "invalid_client"})] * 4)
    client = _client(
        hass,
        server,
        client_authentication="client_secret_basic",
        renewal_url=f"{server.api_base_url}/renew",
        renewal_parameters={"secret": "{client_secret}", "token": "{access_token}"},
    )
    token_set = TokenSet.from_dict(
        {"access_token": "planted-1", "refresh_token": "planted-1", "received_at": 0}
    )

    with pytest.raises(ClientRejected):
        await async_refresh(client, token_set)

    assert len(server.api_requests) == 1


async def test_callback_values_are_filled_in_token_urls_and_parameters(
    hass: HomeAssistant, server: FakeServer
) -> None:
    answer = {"access_token": "planted-1", "refresh_token": "planted-2"}
    server.token_faults.extend([Fault.json(200, answer), Fault.json(200, answer)])
    client = _client(
        hass,
        server,
        token_url=f"{server.token_url}?realm={{realm}}",
        token_parameters={"device": "{device}"},
        refresh_parameters={"device": "{device}"},
        callback_values={"realm": "realmId", "device": "device_id"},
    )

    token_set = await _exchange(client, realm="1/2", device="a b")
    await async_refresh(client, token_set)

    assert [each["device"] for each in server.token_requests] == ["a b", "a b"]
    assert client.server.token_url.endswith("?realm={realm}")


async def test_a_device_flow_with_pkce_sends_its_verifier(
    hass: HomeAssistant, server: FakeServer
) -> None:
    client = _client(
        hass, server, device_authorization_url=server.device_url, device_pkce=True
    )

    device = await async_device_authorization(client)
    server.decide_device(device.user_code, allow=True)
    await async_device_token(client, device)

    assert device.code_verifier is not None
    assert device.code_verifier not in repr(device)
    assert server.token_requests[-1]["code_verifier"] == device.code_verifier


@pytest.fixture
def slept(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long each pause between polls is, on a clock that moves by them alone."""
    time = StoppedClock(time=0)
    hass.data[CLOCK] = time.clock
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        time.move(seconds)

    monkeypatch.setattr(sign_in, "asyncio", SimpleNamespace(sleep=sleep))
    return pauses


def _device(interval: float, *, lasts: float) -> DeviceAuthorization:
    return DeviceAuthorization(
        device_code="d",
        user_code="u",
        verification_uri="https://example.com",
        expires_at=lasts,
        interval=interval,
    )


async def test_a_poll_waits_as_long_as_the_server_says(
    hass: HomeAssistant, server: FakeServer, slept: list[float]
) -> None:
    """RFC 8628, 3.5."""
    slow_down = Fault.json(400, {"error": "slow_down"})
    pending = Fault.json(400, {"error": "authorization_pending"})
    server.token_faults.extend([pending, slow_down, pending, pending])

    with pytest.raises(GrantRejected, match="expired_token"):
        await async_device_token(_client(hass, server), _device(300, lasts=1500))

    assert slept == [300, 300, 305, 305]


async def test_an_interval_as_long_as_the_code_lasts_leaves_one_poll(
    hass: HomeAssistant, server: FakeServer, slept: list[float]
) -> None:
    server.token_faults.append(Fault.json(200, {"access_token": "planted"}))

    await async_device_token(_client(hass, server), _device(900, lasts=900))

    assert slept == [810]


async def test_failed_polls_lengthen_a_long_interval_too(
    hass: HomeAssistant,
    server: FakeServer,
    slept: list[float],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = _client(hass, server)

    async def fail(*_: object) -> Response:
        raise TemporaryFailure("cannot_connect")

    monkeypatch.setattr(client, "async_send", fail)
    with pytest.raises(GrantRejected, match="expired_token"):
        await async_device_token(client, _device(100, lasts=400))

    assert slept == [100, 105, 110]


async def test_a_wait_that_outlasts_the_code_is_told(
    hass: HomeAssistant, server: FakeServer, slept: list[float]
) -> None:
    server.token_faults.append(Fault(503, headers={"Retry-After": "7200"}))

    with pytest.raises(TemporaryFailure) as caught:
        await async_device_token(_client(hass, server), _device(5, lasts=900))

    assert caught.value.retry_after == 7200
    assert slept == [5]
