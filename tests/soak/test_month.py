"""A month of many accounts: none is lost, each is refreshed as often as it has to be.

`scripts/soak` runs it with 50 accounts, the fast tests with a few.
"""

import logging
import os
from typing import Final

import pytest

from custom_components.oauth2_client.const import DOMAIN
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir

from ..account_flow import SCOPES, AccountFlow
from ..fake_server import FakeServer, Fault
from ..request_action import send_request
from ..resources import add_resource, settle
from .weeks import DAY, HOUR, Outage, Weeks, alive

_DAYS: Final = 30
# How long tokens live, in seconds; None: for ever. By how many accounts have such tokens.
_FEW: Final[dict[float | None, int]] = {
    6 * HOUR: 2,
    8 * HOUR: 2,
    DAY: 3,
    7 * DAY: 2,
    None: 2,
}
_MANY: Final[dict[float | None, int]] = {
    HOUR: 4,
    2 * HOUR: 4,
    8 * HOUR: 10,
    DAY: 16,
    7 * DAY: 8,
    60 * DAY: 4,
    None: 4,
}
_OUTAGES: Final = (
    Outage(begins=3.2, lasts=6 / 24, fault=Fault(503)),
    Outage(begins=8.5, lasts=2.0, fault=Fault(disconnect=True)),
    Outage(begins=12.1, lasts=1 / 24, fault=Fault(429, {"Retry-After": "7200"})),
    Outage(begins=19.9, lasts=12 / 24, fault=Fault(200, {}, b"<html>Wi-Fi</html>")),
)
# How much later than its end a refresh may come: a Retry-After of two hours, a pause of one, and the
# hour in which the end is noticed.
_LATE_AFTER_OUTAGE: Final = 4 * HOUR
# 10 s doubling up to an hour: of an outage of two days, each account meets as many requests.
_MOST_FAILED: Final = 10 + 48
# Of objects that are alive, for what caches and the like hold now and then.
_TOLERANCE: Final = 0.02


async def _accounts(
    flow: AccountFlow, lifetimes: dict[float | None, int]
) -> dict[str, tuple[ConfigEntry, float | None]]:
    """Sign accounts in, each as a user of its own; return them by user with their lifetimes."""
    accounts: dict[str, tuple[ConfigEntry, float | None]] = {}
    settings = flow.server.settings
    wanted = [each for each, count in lifetimes.items() for _ in range(count)]
    for number, lifetime in enumerate(wanted):
        settings.user = login = f"user{number}"
        settings.id_token = {"sub": login}
        settings.lifetimes[login] = None if lifetime is None else int(lifetime)
        if accounts:
            result = await flow.choose("Sandbox")
            options = result["data_schema"].schema["credential"].config["options"]
            stored = options[0]["value"]
            await flow.submit(credential=stored, details={"scopes": SCOPES})
            result = await flow.sign_in()
            assert result["type"] is FlowResultType.CREATE_ENTRY, result
            await settle(flow.hass)
            entry = result["result"]
        else:
            entry = await flow.add_account()
        accounts[login] = entry, lifetime
    return accounts


def _planned(lifetime: float | None) -> tuple[float, float]:
    """Return how often a month refreshes a token at least and at most.

    It is renewed in the last 10 to 15 percent of its life, and after 0.95 to 1 day at the latest.
    """
    longest, shortest = DAY, 0.95 * DAY
    if lifetime is not None:
        longest, shortest = min(longest, 0.9 * lifetime), min(shortest, 0.85 * lifetime)
    lost = sum(each.lasts * DAY + _LATE_AFTER_OUTAGE for each in _OUTAGES)
    # One at each end of the month.
    return (_DAYS * DAY - lost) / longest - 2, _DAYS * DAY / shortest + 2


async def test_a_month_loses_no_account_and_refreshes_as_planned(
    hass: HomeAssistant,
    flow: AccountFlow,
    server: FakeServer,
    weeks: Weeks,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for logger in ("", f"custom_components.{DOMAIN}", "homeassistant"):
        # What is captured holds the errors that it tells of.
        caplog.set_level(logging.CRITICAL, logger)
    lifetimes = _MANY if os.environ.get("SOAK") else _FEW
    accounts = await _accounts(flow, lifetimes)
    for entry, _ in list(accounts.values())[:3]:
        await add_resource(hass, entry, interval=6 * HOUR)

    await weeks.pass_until(10, _OUTAGES)
    for entry, _ in accounts.values():
        await hass.config_entries.async_reload(entry.entry_id)
    server.settings.rotate = False
    await weeks.pass_until(15, _OUTAGES)
    first = alive()
    server.settings.rotate = True
    await weeks.pass_until(29, _OUTAGES)
    second = alive()
    await weeks.pass_until(_DAYS, _OUTAGES)

    assert {entry.state for entry, _ in accounts.values()} == {ConfigEntryState.LOADED}
    assert [issue for issue in ir.async_get(hass).issues if issue[0] == DOMAIN] == []
    sources = {
        flow["context"]["source"] for flow in hass.config_entries.flow.async_progress()
    }
    assert SOURCE_REAUTH not in sources
    for login, (entry, lifetime) in accounts.items():
        assert (await send_request(hass, entry, "/me"))["status"] == 200
        [grant] = [each for each in server.grants if each.user.login == login]
        least, most = _planned(lifetime)
        assert least <= grant.refreshes <= most, (login, lifetime)
    assert weeks.failed <= _MOST_FAILED * len(accounts) * len(_OUTAGES)
    assert _grown(first, second) == {}


def _grown(first: dict[str, int], second: dict[str, int]) -> dict[str, tuple[int, int]]:
    """Return of which types there are more objects after two weeks, and how many."""
    return {
        name: (first.get(name, 0), count)
        for name, count in second.items()
        if count > first.get(name, 0) * (1 + _TOLERANCE) + 5
    }
