"""The issue about grants that end again and again, until one lasts longer."""

from typing import Any

import pytest

from custom_components.oauth2_client.catalogue import load_provider
from custom_components.oauth2_client.health.endings import (
    async_note_ending,
    async_note_refresh,
    async_note_sign_in,
    async_tell_endings,
)
from custom_components.oauth2_client.oauth2 import GrantRejected
from custom_components.oauth2_client.wire.clock import CLOCK
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

from ..account_flow import AccountFlow
from ..clock import StoppedClock
from ..fake_server import FakeServer
from ..issue_flow import issue_keys

DAY = 86400.0


@pytest.fixture
def time(hass: HomeAssistant) -> StoppedClock:
    """The time, which tests move."""
    stopped = StoppedClock(time=1_800_000_000.0)
    hass.data[CLOCK] = stopped.clock
    return stopped


@pytest.fixture
async def account(time: StoppedClock, flow: AccountFlow) -> ConfigEntry:
    """An account that was signed in just now."""
    return await flow.add_account()


async def _end(server: FakeServer, entry: ConfigEntry) -> None:
    """Let the provider end the grant, and find that out."""
    server.revoke_grants()
    server.expire_access_tokens()
    with pytest.raises(GrantRejected):
        await entry.runtime_data.account.request("GET", "/me")


async def _sign_in(flow: AccountFlow, entry: ConfigEntry) -> None:
    await flow.reconfigure(entry)
    await flow.submit(
        credential=entry.data["auth_implementation"], details={"scopes": ["read"]}
    )
    await flow.sign_in()
    await flow.hass.async_block_till_done()


async def _end_again_and_again(
    flow: AccountFlow, time: StoppedClock, entry: ConfigEntry, *lasted: float
) -> None:
    for seconds in lasted:
        time.move(seconds)
        await _end(flow.server, entry)
        await _sign_in(flow, entry)


async def test_a_grant_that_ends_every_week_has_an_issue(
    hass: HomeAssistant, flow: AccountFlow, time: StoppedClock, account: ConfigEntry
) -> None:
    await _end_again_and_again(flow, time, account, 7 * DAY)
    assert issue_keys(hass) == []
    await _end_again_and_again(flow, time, account, 7.1 * DAY)

    # A new sign-in does not mend it.
    assert issue_keys(hass) == ["grant_ends"]
    [issue] = ir.async_get(hass).issues.values()
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["days"] == "7"


async def test_the_issue_is_created_when_the_grant_ends_and_after_a_restart(
    hass: HomeAssistant, flow: AccountFlow, time: StoppedClock, account: ConfigEntry
) -> None:
    await _end_again_and_again(flow, time, account, 7 * DAY)
    time.move(7 * DAY)
    await _end(flow.server, account)
    assert issue_keys(hass) == ["grant_ends"]
    ir.async_get(hass).issues.clear()
    await hass.config_entries.async_reload(account.entry_id)

    assert issue_keys(hass) == ["grant_ends"]


async def test_a_grant_that_lasts_clearly_longer_deletes_the_issue(
    hass: HomeAssistant, flow: AccountFlow, time: StoppedClock, account: ConfigEntry
) -> None:
    await _end_again_and_again(flow, time, account, 7 * DAY, 7 * DAY)
    api = account.runtime_data.account
    for days, keys in ((7, ["grant_ends"]), (4, [])):
        time.move(days * DAY)
        flow.server.expire_access_tokens()
        await api.request("GET", "/me")
        assert issue_keys(hass) == keys
    await hass.config_entries.async_reload(account.entry_id)

    assert issue_keys(hass) == []


async def test_grants_that_last_unequally_long_have_no_issue(
    hass: HomeAssistant, flow: AccountFlow, time: StoppedClock, account: ConfigEntry
) -> None:
    await _end_again_and_again(flow, time, account, 7 * DAY, 30 * DAY, 3 * DAY)

    assert issue_keys(hass) == []


async def test_the_end_of_a_grant_counts_once(
    hass: HomeAssistant, flow: AccountFlow, time: StoppedClock, account: ConfigEntry
) -> None:
    time.move(7 * DAY)
    await _end(flow.server, account)
    for _ in range(3):
        await hass.config_entries.async_reload(account.entry_id)

    assert issue_keys(hass) == []


async def test_a_voluntary_sign_in_is_not_the_end_of_a_grant(
    hass: HomeAssistant, flow: AccountFlow, time: StoppedClock, account: ConfigEntry
) -> None:
    for _ in range(3):
        time.move(7 * DAY)
        await _sign_in(flow, account)

    assert issue_keys(hass) == []


@pytest.mark.parametrize(
    ("provider", "lasted", "key", "known"),
    [
        ("google", 7 * DAY, "grant_ends_testing", "7"),
        ("google", 180 * DAY, "grant_ends_unused", "180"),
        ("google", 30 * DAY, "grant_ends", "0"),
        ("spotify", 180 * DAY, "grant_ends_always", "180"),
        ("dropbox", 7 * DAY, "grant_ends", "0"),
        ("dropbox", 3600.0, "grant_ends_hours", "0"),
    ],
)
async def test_the_issue_names_the_reason_in_the_catalogue(
    hass: HomeAssistant,
    time: StoppedClock,
    account: ConfigEntry,
    provider: str,
    lasted: float,
    key: str,
    known: str,
) -> None:
    service = await hass.async_add_executor_job(load_provider, provider)
    for _ in range(2):
        async_note_sign_in(hass, account)
        time.move(lasted)
        async_note_ending(hass, account, service)

    [issue] = ir.async_get(hass).issues.values()
    told: Any = issue.translation_placeholders
    assert (issue.translation_key, told["known"]) == (key, known)
    assert issue.learn_more_url == service.console_url


async def test_a_grant_does_not_count_after_the_clock_was_set_back(
    hass: HomeAssistant, time: StoppedClock, account: ConfigEntry
) -> None:
    service = await hass.async_add_executor_job(load_provider, "google")
    for _ in range(2):
        async_note_sign_in(hass, account)
        time.move(-7 * DAY)
        async_note_refresh(hass, account)
        async_note_ending(hass, account, service)
    async_tell_endings(hass, account, service)

    assert issue_keys(hass) == []
