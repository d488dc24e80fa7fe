"""Set-up, unload and removal of accounts: where the token is, and what is left behind."""

from collections.abc import Iterator, Sequence
from copy import replace
from datetime import timedelta
from importlib.abc import MetaPathFinder
from pathlib import Path
import stat
import sys
import threading
import time
from types import ModuleType
from typing import Any, override

import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.oauth2_client.account.leftovers import async_tidy
from custom_components.oauth2_client.const import DOMAIN, PACKAGE
from custom_components.oauth2_client.grant import refreshing
from custom_components.oauth2_client.grant.token_store import (
    TokenStore,
    async_get_token_store,
)
from custom_components.oauth2_client.oauth2 import TemporaryFailure, TokenSet
from custom_components.oauth2_client.providers.listing import async_summaries
from custom_components.oauth2_client.providers.store import (
    ProviderStore,
    async_get_provider_store,
)
from homeassistant.components.application_credentials import DATA_COMPONENT
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntry, ConfigEntryState
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.exceptions import ConfigEntryNotReady, HomeAssistantError
from homeassistant.helpers import device_registry as dr, issue_registry as ir
from homeassistant.helpers.importlib import DATA_IMPORT_CACHE
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util

from .account_flow import AccountFlow
from .fake_server import FakeServer, Fault


@pytest.fixture
async def account(flow: AccountFlow) -> ConfigEntry:
    """An account that works."""
    return await flow.add_account()


_TOKEN_STORE = "oauth2_client.token_store"


def _file(hass: HomeAssistant, entry: ConfigEntry) -> Path:
    return Path(hass.config.path(f".storage/{DOMAIN}.token.{entry.entry_id}"))


async def _stored(hass: HomeAssistant, entry: ConfigEntry) -> TokenSet:
    """Return what a new process would read."""
    stored = await TokenStore(hass).async_load(entry.entry_id)
    assert stored is not None
    return stored.token_set


async def _save(hass: HomeAssistant, entry: ConfigEntry, **changed: Any) -> None:
    stored = await TokenStore(hass).async_load(entry.entry_id)
    assert stored is not None
    token_set = TokenSet.from_dict(stored.token_set.as_dict() | changed)
    await TokenStore(hass).async_save(
        entry.entry_id, replace(stored, token_set=token_set)
    )


async def _restart(
    hass: HomeAssistant, entry: ConfigEntry, **changed: Any
) -> ConfigEntryState:
    """Unload and set up again, the stored token set changed in between."""
    if entry.state in (ConfigEntryState.LOADED, ConfigEntryState.SETUP_RETRY):
        assert await hass.config_entries.async_unload(entry.entry_id)
    if changed:
        await _save(hass, entry, **changed)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry.state


def _reauths(hass: HomeAssistant) -> list[Any]:
    return [
        progress
        for progress in hass.config_entries.flow.async_progress_by_handler(DOMAIN)
        if progress["context"]["source"] == SOURCE_REAUTH
    ]


async def test_the_token_is_in_a_private_file_and_not_in_the_entry(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    path = _file(hass, account)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "token" not in account.data
    assert "planted-refresh" in path.read_text()
    assert "planted" not in str(account.as_dict())


async def test_a_restart_needs_no_token_request(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    requests = len(server.token_requests)

    assert await _restart(hass, account) is ConfigEntryState.LOADED
    assert (await account.runtime_data.account.request("GET", "/me")).status == 200
    assert len(server.token_requests) == requests


async def test_an_expired_token_is_refreshed_at_set_up_and_kept(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    before = await _stored(hass, account)

    assert await _restart(hass, account, expires_at=1.0) is ConfigEntryState.LOADED
    assert server.token_requests[-1]["grant_type"] == "refresh_token"
    assert (await _stored(hass, account)).refresh_token != before.refresh_token


async def test_a_server_that_hangs_does_not_hold_a_set_up_for_long(
    hass: HomeAssistant,
    server: FakeServer,
    account: ConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(f"{PACKAGE}._TOKEN_WAIT_SECONDS", 0.05)
    server.token_faults.append(Fault(None, delay=0.5))
    assert await hass.config_entries.async_unload(account.entry_id)
    await _save(hass, account, expires_at=1.0)
    requests = len(server.token_requests)
    assert await hass.config_entries.async_setup(account.entry_id)

    assert account.state is ConfigEntryState.LOADED
    # The request that is under way is waited for, and no other one is sent.
    assert (await account.runtime_data.account.request("GET", "/me")).status == 200
    assert len(server.token_requests) == requests + 1


async def test_a_set_up_that_fails_leaves_no_refresh_behind(
    hass: HomeAssistant,
    server: FakeServer,
    account: ConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(f"{PACKAGE}._TOKEN_WAIT_SECONDS", 0.05)
    server.token_faults.append(Fault(None, delay=0.5))
    assert await hass.config_entries.async_unload(account.entry_id)
    await _save(hass, account, expires_at=1.0)

    async def fail(*_: object) -> None:
        raise ConfigEntryNotReady

    with monkeypatch.context() as broken:
        broken.setattr(f"{PACKAGE}.async_make_coordinators", fail)
        await hass.config_entries.async_setup(account.entry_id)
    assert account.state is ConfigEntryState.SETUP_RETRY
    refresh_token = (await _stored(hass, account)).refresh_token

    assert refresh_token == server.grants[-1].refresh_token
    assert await _restart(hass, account) is ConfigEntryState.LOADED
    assert not server.grants[-1].revoked


async def test_while_home_assistant_starts_a_token_that_works_is_left_alone(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    requests = len(server.token_requests)
    hass.set_state(CoreState.starting)
    now = time.time()
    old = {"received_at": now - 3590, "expires_at": now + 60}
    assert await _restart(hass, account, **old) is ConfigEntryState.LOADED
    assert (await account.runtime_data.account.request("GET", "/me")).status == 200
    assert len(server.token_requests) == requests

    hass.set_state(CoreState.running)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=11))
    await hass.async_block_till_done()

    assert len(server.token_requests) == requests + 1


async def test_nothing_is_asked_for_while_the_disk_takes_nothing(
    hass: HomeAssistant,
    server: FakeServer,
    account: ConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    requests = len(server.token_requests)
    following = _file(hass, account).with_name(f"{_file(hass, account).name}.next")
    following.mkdir()
    server.expire_access_tokens()
    for _ in range(2):
        with pytest.raises(TemporaryFailure, match="token_not_saved"):
            await account.runtime_data.account.request("GET", "/me")
    assert len(server.token_requests) == requests
    assert "Traceback" not in caplog.text

    following.rmdir()

    assert (await account.runtime_data.account.request("GET", "/me")).status == 200


async def test_a_sign_in_wins_over_a_token_set_from_the_future(
    hass: HomeAssistant, server: FakeServer, flow: AccountFlow, account: ConfigEntry
) -> None:
    later = time.time() + 365 * 86400
    await _save(hass, account, received_at=later, expires_at=later + 3600)
    server.revoke_grants()
    await flow.reconfigure(account)
    await flow.to_sign_in()
    await flow.sign_in()
    await hass.async_block_till_done()

    stored = await _stored(hass, account)
    assert stored.refresh_token == server.grants[-1].refresh_token
    assert (await account.runtime_data.account.request("GET", "/me")).status == 200


async def test_a_refresh_changes_nothing_in_the_entry(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    changed: list[object] = []

    async def noted(_: HomeAssistant, entry: ConfigEntry) -> None:
        changed.append(entry)

    account.add_update_listener(noted)
    server.expire_access_tokens()

    assert (await account.runtime_data.account.request("GET", "/me")).status == 200
    await hass.async_block_till_done()
    assert server.token_requests[-1]["grant_type"] == "refresh_token"
    assert changed == []


@pytest.mark.parametrize(("received_at", "kept"), [(1.0, "stored"), (9e9, "handed")])
async def test_of_two_token_sets_the_newer_one_is_kept(
    hass: HomeAssistant, account: ConfigEntry, received_at: float, kept: str
) -> None:
    # After a kill, an entry may hold the token set of the flow again.
    await hass.config_entries.async_unload(account.entry_id)
    handed = {"access_token": "handed", "received_at": received_at}
    hass.config_entries.async_update_entry(
        account, data={**account.data, "token": handed}
    )
    await _save(hass, account, access_token="stored")

    assert await _restart(hass, account) is ConfigEntryState.LOADED
    assert (await _stored(hass, account)).access_token == kept
    assert "token" not in account.data


async def test_a_token_that_cannot_be_written_stays_in_the_entry(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    await hass.config_entries.async_unload(account.entry_id)
    handed = {"access_token": "handed", "received_at": 9e9}
    hass.config_entries.async_update_entry(
        account, data={**account.data, "token": handed}
    )
    path = _file(hass, account)
    path.unlink()
    path.mkdir()

    assert await _restart(hass, account) is ConfigEntryState.SETUP_RETRY
    assert account.data["token"] == handed
    path.rmdir()
    assert await _restart(hass, account) is ConfigEntryState.LOADED
    assert (await _stored(hass, account)).access_token == "handed"


async def test_without_a_token_the_person_is_asked_to_sign_in(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    await hass.config_entries.async_unload(account.entry_id)
    _file(hass, account).unlink()

    assert await _restart(hass, account) is ConfigEntryState.SETUP_ERROR
    assert account.error_reason_translation_key == "no_token_set"
    assert len(_reauths(hass)) == 1


@pytest.mark.parametrize("content", ["", "{", "[]", '{"version": 1, "data": {"x": 1}}'])
async def test_a_damaged_token_file_leads_to_sign_in(
    hass: HomeAssistant, account: ConfigEntry, content: str
) -> None:
    await hass.config_entries.async_unload(account.entry_id)
    _file(hass, account).write_text(content)

    assert await _restart(hass, account) is ConfigEntryState.SETUP_ERROR
    assert len(_reauths(hass)) == 1


@pytest.mark.parametrize(
    ("fault", "state", "issues", "reauths"),
    [
        (Fault(503), ConfigEntryState.SETUP_RETRY, [], 0),
        (Fault(disconnect=True), ConfigEntryState.SETUP_RETRY, [], 0),
        (
            Fault.json(400, {"error": "invalid_grant"}),
            ConfigEntryState.SETUP_ERROR,
            [],
            1,
        ),
        # A3: the description decides what is wrong.
        (
            Fault.json(
                400,
                {
                    "error": "invalid_request",
                    "error_description": "The refresh token is invalid",
                },
            ),
            ConfigEntryState.SETUP_ERROR,
            [],
            1,
        ),
        (
            Fault.json(
                400,
                {
                    "error": "invalid_request",
                    "error_description": "The client secret is wrong",
                },
            ),
            ConfigEntryState.SETUP_RETRY,
            ["client_rejected"],
            0,
        ),
        (
            Fault.json(401, {"error": "invalid_client"}),
            ConfigEntryState.SETUP_RETRY,
            ["client_rejected"],
            0,
        ),
        (
            Fault.json(400, {"error": "invalid_scope"}),
            ConfigEntryState.SETUP_RETRY,
            ["scope_rejected"],
            0,
        ),
        (Fault(302, {"Location": "/"}), ConfigEntryState.SETUP_ERROR, [], 0),
    ],
)
async def test_what_a_provider_answers_at_set_up_decides_what_is_asked_of_the_person(
    hass: HomeAssistant,
    server: FakeServer,
    account: ConfigEntry,
    fault: Fault,
    state: ConfigEntryState,
    issues: list[str],
    reauths: int,
) -> None:
    before = (await _stored(hass, account)).refresh_token
    server.token_faults.append(fault)

    assert await _restart(hass, account, expires_at=1.0) is state
    keys = [
        issue.translation_key
        for issue in ir.async_get(hass).issues.values()
        if issue.domain == DOMAIN
    ]
    assert keys == issues
    assert len(_reauths(hass)) == reauths
    assert (await _stored(hass, account)).refresh_token == before


async def test_an_account_without_refresh_token_is_asked_for_when_it_expires(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    server.settings.send_refresh_token = False
    account = await flow.add_account()

    state = await _restart(hass, account, expires_at=1.0)
    assert state is ConfigEntryState.SETUP_ERROR
    assert len(_reauths(hass)) == 1


async def test_unload_waits_for_a_refresh_in_flight(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    before = await _stored(hass, account)
    server.expire_access_tokens()
    server.token_faults.append(Fault(None, delay=0.2))
    request = hass.async_create_task(account.runtime_data.account.request("GET", "/me"))
    while server.token_requests[-1]["grant_type"] != "refresh_token":
        await hass.async_add_executor_job(lambda: None)

    assert await hass.config_entries.async_unload(account.entry_id)
    assert (await _stored(hass, account)).refresh_token != before.refresh_token
    assert (await request).status == 200


async def test_removal_leaves_nothing(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    server.settings.clients["demo-client"] = "other-secret"
    assert await _restart(hass, account, expires_at=1.0) is ConfigEntryState.SETUP_RETRY
    path = _file(hass, account)
    assert path.exists()

    await hass.config_entries.async_remove(account.entry_id)
    await hass.async_block_till_done()
    assert not path.exists()
    assert not ir.async_get(hass).issues
    assert not dr.async_get(hass).devices


async def test_an_account_that_signs_in_while_leftovers_are_removed_keeps_its_token(
    hass: HomeAssistant, flow: AccountFlow, monkeypatch: pytest.MonkeyPatch
) -> None:
    await hass.async_block_till_done()
    signed_in, glob = threading.Event(), Path.glob
    late_ones = [signed_in]

    def late(folder: Path, pattern: str) -> Iterator[Path]:
        while late_ones:
            late_ones.pop().wait(60)
        return glob(folder, pattern)

    monkeypatch.setattr(Path, "glob", late)
    removal = hass.async_create_background_task(async_tidy(hass), "removal")
    while late_ones:
        await hass.async_add_executor_job(lambda: None)
    account = await flow.add_account()
    signed_in.set()
    await removal

    assert _file(hass, account).exists()


async def test_a_credential_in_use_is_guarded_by_home_assistant(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    collection = hass.data[DATA_COMPONENT]
    credential = account.data["auth_implementation"]
    with pytest.raises(HomeAssistantError, match="in use"):
        await collection.async_delete_item(credential)

    await hass.config_entries.async_remove(account.entry_id)
    await collection.async_delete_item(credential)


async def test_what_deleted_accounts_and_credentials_left_is_removed_at_set_up(
    hass: HomeAssistant, integration: None
) -> None:
    folder = Path(hass.config.path(".storage"))
    folder.mkdir(exist_ok=True)
    orphan = folder / f"{DOMAIN}.token.gone"
    orphan.write_text("{}")
    other = folder / "other.token.gone"
    other.write_text("{}")
    kept = folder / f"{DOMAIN}.token.kept"
    kept.write_text("{}")
    MockConfigEntry(domain=DOMAIN, entry_id="kept", disabled_by=None).add_to_hass(hass)
    assert await async_setup_component(hass, DOMAIN, {})
    await hass.async_block_till_done()

    assert not orphan.exists()
    assert other.exists()
    assert kept.exists()


async def test_a_service_whose_first_sign_in_was_killed_is_gone_after_it(
    hass: HomeAssistant, hass_storage: dict[str, Any], integration: None
) -> None:
    store = ProviderStore(hass)
    draft = store.draft_provider(
        {
            "name": "My Server",
            "authorize_url": "https://example.com/authorize",
            "token_url": "https://example.com/token",
        }
    )
    # Home Assistant has saved neither the credential nor the account.
    await store.async_keep_provider(draft)
    assert await async_setup_component(hass, DOMAIN, {})
    await hass.async_block_till_done()

    assert hass_storage[DOMAIN]["data"]["providers"] == {}


async def test_a_service_outlives_its_last_account(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    credential = account.data["auth_implementation"]
    await hass.config_entries.async_remove(account.entry_id)
    await hass.data[DATA_COMPONENT].async_delete_item(credential)
    await hass.async_block_till_done()
    later = ProviderStore(hass)
    await later.async_load()
    await later.async_unbind_all_but([])
    await later.async_remove_drafts([])

    assert "user_sandbox" in [item.id for item in await async_summaries(hass, later)]


async def test_a_lost_binding_is_found_again(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    store = await async_get_provider_store(hass)
    await store.async_unbind_all_but([])

    assert await _restart(hass, account, expires_at=1.0) is ConfigEntryState.LOADED
    binding = store.binding(account.data["auth_implementation"])
    assert binding is not None
    assert binding.provider == "user_sandbox"


async def test_a_provider_that_is_gone_is_told(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    hass.config_entries.async_update_entry(
        account, data={**account.data, "provider": "gone"}
    )

    assert await _restart(hass, account) is ConfigEntryState.SETUP_ERROR
    assert account.error_reason_translation_key == "unknown_provider"


async def test_the_account_is_a_service_device(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, account.entry_id), account.entry_id
    )
    assert device is not None
    assert (device.name, device.manufacturer) == ("Sandbox", "Sandbox")
    assert device.entry_type is dr.DeviceEntryType.SERVICE


async def test_a7_scopes_that_are_named_otherwise_are_no_issue(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    server.settings.granted_scopes = "read"
    account = await flow.add_account()
    assert not ir.async_get(hass).issues
    # An issue that an earlier version has created.
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"scope_missing_{account.entry_id}",
        is_fixable=True,
        severity=ir.IssueSeverity.ERROR,
        translation_key="scope_missing",
    )

    await _restart(hass, account)
    assert not ir.async_get(hass).issues


@pytest.mark.parametrize(
    "fault",
    [
        Fault.json(400, {"error": "invalid_grant"}),
        Fault.json(401, {"error": "invalid_client"}),
        Fault(400),
        Fault(302, {"Location": "/"}),
    ],
)
async def test_a2_while_the_token_works_a_refused_refresh_asks_nothing_of_the_person(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry, fault: Fault
) -> None:
    server.token_faults.extend([fault] * 5)
    asked = len(server.token_requests)
    now = time.time()
    state = await _restart(hass, account, received_at=now - 3590, expires_at=now + 60)

    assert state is ConfigEntryState.LOADED
    assert len(server.token_requests) == asked + 1
    assert _reauths(hass) == []
    assert [
        issue for issue in ir.async_get(hass).issues.values() if issue.domain == DOMAIN
    ] == []


async def test_a6_a_pause_is_kept_across_set_ups_and_restarts(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    server.token_faults.append(Fault.json(429, {}, Retry_After="3600"))
    asked = len(server.token_requests)
    assert await _restart(hass, account, expires_at=1.0) is ConfigEntryState.SETUP_RETRY
    assert await _restart(hass, account) is ConfigEntryState.SETUP_RETRY
    # As after a restart: nothing is in memory.
    hass.data.pop(_TOKEN_STORE)
    assert await _restart(hass, account) is ConfigEntryState.SETUP_RETRY

    assert len(server.token_requests) == asked + 1


async def test_a6_going_on_with_a_pause_imports_nothing_on_the_event_loop(
    hass: HomeAssistant,
    server: FakeServer,
    account: ConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server.token_faults.append(Fault.json(429, {}, Retry_After="3600"))
    await _restart(hass, account, expires_at=1.0)
    # As after a restart.
    monkeypatch.delitem(sys.modules, refreshing.__name__)
    hass.data.pop(DATA_IMPORT_CACHE)
    importing: list[int] = []

    class Watch(MetaPathFinder):
        @override
        def find_spec(
            self,
            fullname: str,
            path: Sequence[str] | None,
            target: ModuleType | None = None,
        ) -> None:
            if fullname == refreshing.__name__:
                importing.append(threading.get_ident())

    monkeypatch.setattr(sys, "meta_path", [Watch(), *sys.meta_path])
    await _restart(hass, account)

    assert importing
    assert threading.get_ident() not in importing


async def test_a6_a_sign_in_ends_the_pause(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    server.token_faults.append(Fault.json(429, {}, Retry_After="3600"))
    await _restart(hass, account, expires_at=1.0)
    store = async_get_token_store(hass)
    assert store.backoff(account.entry_id) is not None
    # A sign-in saves a token set.
    stored = await store.async_load(account.entry_id)
    assert stored is not None
    token_set = replace(stored.token_set, expires_at=None)
    await store.async_save(account.entry_id, replace(stored, token_set=token_set))

    assert await _restart(hass, account) is ConfigEntryState.LOADED
    hass.data.pop(_TOKEN_STORE)
    store = async_get_token_store(hass)
    await store.async_load(account.entry_id)
    assert store.backoff(account.entry_id) is None


async def test_a_pause_that_cannot_be_read_is_none(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    path = Path(hass.config.path(f".storage/{DOMAIN}.backoff.{account.entry_id}"))
    path.write_text("[]", encoding="utf-8")

    assert await _restart(hass, account, expires_at=1.0) is ConfigEntryState.LOADED
    assert not path.exists()
