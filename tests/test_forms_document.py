"""docs/forms.md counts what is so: each way from *Add integration* to a sensor is gone here."""

from collections.abc import Callable, Coroutine
from pathlib import Path
import re
from typing import Any, Final

import pytest

from custom_components.oauth2_client.providers.store import async_get_provider_store
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from .account_flow import AccountFlow, suggested
from .credentials.registering import made
from .fake_server import FakeServer
from .resources import SubentryFlow, offered

_DOCUMENT: Final = Path(__file__).parents[1] / "docs/forms.md"
_CLIENT: Final = {"client_id": "demo-client", "client_secret": "demo-secret"}
_TEMPERATURE: Final = "$.current.temperature"
_KNOWN: Final = {
    "id": "weather",
    "name": "Weather",
    "url": "/weather",
    "values": [{"key": "outside", "name": "Outside", "path": _TEMPERATURE}],
}


class _Way:
    """Fills forms in as they are shown, types no more than it has to, and counts."""

    def __init__(self, hass: HomeAssistant, flow: AccountFlow) -> None:
        self.menus = self.forms = self.fields = self.ticks = 0
        self._hass = hass
        self.flow: AccountFlow | SubentryFlow = flow
        self.account = flow

    async def begin(self, option: str) -> None:
        """Add the integration and take an option of its menu."""
        result = await self.account.start()
        assert result["type"] is FlowResultType.MENU
        self.menus += 1
        await self.account.submit(next_step_id=option)

    async def fill(self, step: str, **typed: Any) -> None:
        """Send a form with what has to be typed or chosen."""
        self._count(step, len(typed))
        await self.flow.submit(**{**suggested(self.flow.result), **typed})

    async def sign_in(self) -> None:
        """Sign in at the service, and go on to the form that opens by itself."""
        result = await self.account.sign_in()
        assert result["type"] is FlowResultType.CREATE_ENTRY, result
        assert "next_flow" in result
        await self._hass.async_block_till_done()
        self.flow = SubentryFlow(self._hass, result["result"])
        await self.flow.start()

    async def tick(self, step: str, *ticked: str) -> None:
        """Tick what is known, or a value of the live answer."""
        assert isinstance(self.flow, SubentryFlow)
        self._count(step, 0)
        self.ticks += len(ticked)
        if step == "user":
            await self.flow.submit(known=[*ticked])
        else:
            assert {*ticked} <= offered(self.flow.result).keys()
            await self.flow.pick(*ticked)

    async def enter(self) -> None:
        """Enter an address of the API, and pick a value."""
        await self.fill("address", url="/weather")
        await self.tick("pick", _TEMPERATURE)

    def _count(self, step: str, fields: int) -> None:
        assert self.flow.result["step_id"] == step, self.flow.result
        self.forms += 1
        self.fields += fields


async def _share(hass: HomeAssistant, server: FakeServer) -> None:
    """Put a service with a known resource into the list."""
    store = await async_get_provider_store(hass)
    raw = {
        "name": "Sandbox",
        "authorize_url": server.authorize_url,
        "token_url": server.token_url,
        "api_base_url": server.api_base_url,
        "scopes": ["read"],
        "known_resources": [_KNOWN],
    }
    await store.async_keep_provider(store.draft_provider(raw))


async def _known(way: _Way, server: FakeServer) -> None:
    await _share(way.account.hass, server)
    await way.begin("catalogue")
    await way.fill("catalogue", provider="Sandbox")
    await way.fill("credential", **_CLIENT)
    await way.sign_in()
    await way.tick("user", "weather")


async def _other_address(way: _Way, server: FakeServer) -> None:
    await _share(way.account.hass, server)
    await way.begin("catalogue")
    await way.fill("catalogue", provider="Sandbox")
    await way.fill("credential", **_CLIENT)
    await way.sign_in()
    await way.tick("user", "other")
    await way.enter()


async def _found(way: _Way, server: FakeServer, **credential: str) -> None:
    await way.begin("discover")
    await way.fill("discover", address=server.base_url)
    await way.fill("found", api_base_url=server.api_base_url)
    await way.fill("credential", **credential)
    await way.sign_in()
    await way.enter()


async def _registered(way: _Way, server: FakeServer) -> None:
    endpoint = f"{server.api_base_url}/register"
    server.settings.metadata_changes |= {"registration_endpoint": endpoint}
    server.api_faults.append(made(server))
    await _found(way, server)


async def _found_with_client(way: _Way, server: FakeServer) -> None:
    await _found(way, server, **_CLIENT)


async def _by_hand(way: _Way, server: FakeServer) -> None:
    await way.begin("manual")
    await way.fill(
        "manual",
        name="Sandbox",
        authorize_url=server.authorize_url,
        token_url=server.token_url,
        api_base_url=server.api_base_url,
    )
    await way.fill("credential", **_CLIENT)
    await way.sign_in()
    await way.enter()


# In the order of the table.
_WAYS: Final[tuple[Callable[[_Way, FakeServer], Coroutine[Any, Any, None]], ...]] = (
    _known,
    _other_address,
    _registered,
    _found_with_client,
    _by_hand,
)


def _rows() -> list[tuple[int, ...]]:
    """Return the numbers of each row of the document: menus, forms, fields, ticks."""
    text = _DOCUMENT.read_text(encoding="utf-8")
    rows = re.findall(
        r"^\| .+? \| (\d) \| (\d).*? \| (\d).*? \| (\d).*? \|$", text, re.MULTILINE
    )
    return [tuple(map(int, row)) for row in rows]


@pytest.mark.parametrize("position", range(len(_WAYS)))
async def test_the_document_counts_the_forms_and_fields_of_each_way(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer, position: int
) -> None:
    way = _Way(hass, flow)
    await _WAYS[position](way, server)

    assert way.flow.result["type"] is FlowResultType.CREATE_ENTRY
    counted = way.menus, way.forms, way.fields, way.ticks
    assert counted == _rows()[position]


def test_the_document_has_no_way_that_is_not_counted() -> None:
    assert len(_rows()) == len(_WAYS)
