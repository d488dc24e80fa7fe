"""No secret is seen anywhere, whatever happens to an account."""

import logging
from typing import Any, Final

import pytest
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)

from custom_components.oauth2_client.const import DOMAIN
from custom_components.oauth2_client.oauth2 import GrantRejected
from homeassistant.components import persistent_notification
from homeassistant.components.recorder.core import Recorder
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component

from ..account_flow import AccountFlow
from ..clock import StoppedClock
from ..resources import settle
from .lives import KINDS, LIVES, Life
from .planted import Secrets
from .surfaces import Watch, as_stored, diagnostics, fetched_by_reader, served_to_reader

# What may hold which secrets, by the beginning of the file's name.
_KEPT: Final = {
    f".storage/{DOMAIN}.token.": {
        "access token",
        "refresh token",
        "id token",
        "key of a token",
        # Until the next start finds that Home Assistant has saved the credential.
        "client secret",
        "client's key",
        "key file",
    },
    ".storage/application_credentials": {"client secret", "client's key", "key file"},
    # What a registration has answered: its token deletes the client one day.
    f".storage/{DOMAIN}": {"registration token"},
    # What a person has typed into a request of their own.
    ".storage/core.config_entries": {"key in a query"},
}


@pytest.fixture
async def watch(
    recorder_mock: Recorder,
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> Watch:
    """A Home Assistant that tells all that it does, each of its libraries too."""
    # The last level is that of the handler too.
    caplog.set_level(logging.INFO, "sqlalchemy.engine")
    caplog.set_level(logging.DEBUG)
    for component in ("trace", "diagnostics", "repairs", "system_health"):
        assert await async_setup_component(hass, component, {})
    # What the loop has run is logged with its arguments and results. The stack that is noted for
    # each holds only lines of code.
    monkeypatch.setattr("asyncio.constants.DEBUG_STACK_DEPTH", 1)
    monkeypatch.setattr("sys.tracebacklimit", 1, raising=False)
    hass.loop.set_debug(True)
    hass.loop.slow_callback_duration = 0
    return Watch(hass, caplog, hass_storage)


@pytest.fixture(params=LIVES)
async def life(
    request: pytest.FixtureRequest,
    watch: Watch,
    flow: AccountFlow,
    clock: StoppedClock,
) -> Life:
    """An account, signed in in each of the ways."""
    flow.seen = watch.results.append
    secrets = Secrets()
    result = await LIVES[request.param](flow, secrets)
    assert result["type"] is FlowResultType.CREATE_ENTRY, result
    await settle(watch.hass)
    entry: ConfigEntry = result["result"]
    secrets.harvest_stored(await as_stored(watch.hass, entry))
    secrets.harvest(flow.server)
    assert secrets.kinds >= KINDS[request.param]
    return Life(flow, clock, entry, secrets)


async def test_no_secret_is_seen_in_the_life_of_an_account(
    life: Life,
    watch: Watch,
    hass_client: ClientSessionGenerator,
    hass_ws_client: WebSocketGenerator,
    hass_read_only_access_token: str,
) -> None:
    await life.good_days()
    await life.bad_days()
    seen = await watch.surfaces()
    seen["diagnostics"] = await diagnostics(watch.hass, hass_client, life.entry)
    token = hass_read_only_access_token
    seen |= await served_to_reader(hass_ws_client, token, life.entry)
    seen |= await fetched_by_reader(hass_client, token, life.entry)
    await life.end()
    ended = await watch.surfaces()
    seen |= {f"{name} at the end": text for name, text in ended.items()}

    life.secrets.harvest(life.server)
    assert {
        name: found
        for name, text in seen.items()
        if (found := life.secrets.found_in(text))
    } == {}


async def test_secrets_are_stored_where_they_have_to_be_and_nowhere_else(
    life: Life, watch: Watch
) -> None:
    await life.good_days()
    life.secrets.harvest(life.server)
    elsewhere = {}
    for name, text in (await watch.stored()).items():
        kept = next(
            (kinds for begin, kinds in _KEPT.items() if name.startswith(begin)), set()
        )
        if found := [
            where
            for where in life.secrets.found_in(text)
            if not where.startswith(tuple(kept or {"nothing"}))
        ]:
            elsewhere[name] = found

    assert elsewhere == {}


async def test_what_is_planted_in_a_place_is_found_there(
    watch: Watch, flow: AccountFlow
) -> None:
    hass = watch.hass
    entry = await flow.add_account()
    secret = "not-to-be-found-anywhere"
    secrets = Secrets()
    secrets.plant("secret", secret)
    logging.getLogger("aiohttp.client").debug("%s", secret)
    hass.bus.async_fire(secret)
    hass.states.async_set("sensor.one", secret)
    persistent_notification.async_create(hass, secret)
    ir.async_create_issue(
        hass,
        DOMAIN,
        secret,
        is_fixable=False,
        severity=ir.IssueSeverity.ERROR,
        translation_key="client_rejected",
    )
    hass.data[f"{DOMAIN}.planted"] = [{"key": GrantRejected(secret)}]
    watch.results.append({"type": FlowResultType.FORM, "errors": {"base": secret}})
    entry.async_start_reauth(hass, {"title_placeholders": {"name": secret}})
    assert await async_setup_component(
        hass,
        "automation",
        {"automation": {"id": "a", "trigger": [], "action": [{"event": secret}]}},
    )
    await hass.services.async_call(
        "automation", "trigger", {"entity_id": "automation.automation_0"}, blocking=True
    )

    for name, text in (await watch.surfaces()).items():
        assert secrets.found_in(text) or name == "system health", name
    hass.data.pop(f"{DOMAIN}.planted")
