"""The moments at which a fault can meet an account, and what is seen of it afterwards."""

from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
import json
from pathlib import Path
import sys
from types import FunctionType, ModuleType
from typing import Any, Final, NamedTuple

import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.oauth2_client.actions.schema import request_schema
from custom_components.oauth2_client.const import DOMAIN
from custom_components.oauth2_client.health.issues import async_report_host
from custom_components.oauth2_client.providers.store import async_get_provider_store
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntry, ConfigEntryState
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.update_coordinator import UpdateFailed
from homeassistant.util import dt as dt_util

from ..account_flow import SCOPES, AccountFlow
from ..clock import StoppedClock
from ..fake_server import FakeServer, Fault
from ..request_action import send_request
from ..resources import add_resource, entity_ids, settle, state_of
from .places import Place, address_of
from .troubles import AN_HOUR, Trouble, for_any_body

_PROVIDER: Final = "user_sandbox"
_PROVIDER_NAME: Final = "Sandbox"
# More than a client sends at one moment.
_REPEATED: Final = 12
# What a slow fault is waited for. The rest is loopback: no answer takes as long.
_PATIENCE_SECONDS: Final = 0.2
_LEAST_ACTION_SECONDS: Final = 1.0
# Errors of a refresh whose remedy is to wait.
_WAITING: Final = frozenset(
    {"cannot_connect", "response_too_large", "temporary_failure", "timeout"}
)
# Those whose remedy is to change an address.
_FINAL: Final = frozenset({"redirect_refused"})
_BY_ISSUE: Final = {"client_rejected": "credential", "scope_rejected": "scopes"}
_NOT_SIGNED_OUT: Final = "could not be signed out at the provider"


class Home:
    """A Home Assistant with one account, to which faults happen; time stands still in between."""

    def __init__(
        self,
        flow: AccountFlow,
        clock: StoppedClock,
        caplog: pytest.LogCaptureFixture,
        folder: Path,
    ) -> None:
        self.entry: ConfigEntry
        self._flow = flow
        self._hass: HomeAssistant = flow.hass
        self._server: FakeServer = flow.server
        self._clock = clock
        self._caplog = caplog
        self._folder = folder

    async def begin(self) -> None:
        """Add the account."""
        self.entry = await self._flow.add_account(
            revocation_url=self._server.revocation_url
        )

    async def sign_in(self, trouble: Trouble) -> str:
        """Return what the form says of a first sign-in whose code cannot be exchanged."""
        entries = len(self._hass.config_entries.async_entries(DOMAIN))
        async with self._at_token_endpoint(trouble):
            result = await self._flow.choose(_PROVIDER_NAME)
            await self._flow.submit(
                credential=_options(result)[0], details={"scopes": SCOPES}
            )
            result = await self._flow.sign_in()
        await settle(self._hass)
        made = len(self._hass.config_entries.async_entries(DOMAIN)) - entries
        if result["type"] is FlowResultType.CREATE_ENTRY:
            assert made == 1
            assert _stored(self._hass, result["result"]) == self._newest
            return "signed in"
        assert made == 0
        self._hass.config_entries.flow.async_abort(result["flow_id"])
        return ", ".join(sorted(set(result["errors"].values())))

    async def set_up(self, trouble: Trouble) -> str:
        """Return what becomes of a start with a token that has ended; then of the next one."""
        await self._start_anew()
        before = _stored_tokens(self._hass, self.entry)
        async with self._at_token_endpoint(trouble):
            self._clock.move(2 * AN_HOUR)
            await self._reload()
        seen = self._seen(before, done=self.entry.state is ConfigEntryState.LOADED)
        word, _, more = seen.partition(", ")
        if self.entry.state is ConfigEntryState.SETUP_RETRY and word == "retry":
            return ", ".join(filter(None, (await self._retried(), more)))
        return seen

    async def _retried(self) -> str:
        """Return how long the next start waits, and whether it is enough."""
        for pause, word in ((11, "retry"), (AN_HOUR + 1, "waits"), (86401, "waits")):
            self._clock.move(pause)
            await self._reload()
            if self.entry.state is ConfigEntryState.LOADED:
                assert _stored(self._hass, self.entry) == self._newest
                return word
            if _reauths(self._hass):
                return "too late"
        return "never"

    async def ahead(self, trouble: Trouble) -> str:
        """Return what becomes of a token that is renewed ahead of its end."""
        await self._start_anew()
        before = _stored_tokens(self._hass, self.entry)
        asked = len(self._server.token_requests)
        async with self._at_token_endpoint(trouble):
            await self._later(AN_HOUR - 10)
            is_used = await self._ask() is None
        if not isinstance(trouble.fault, Place):
            assert len(self._server.token_requests) > asked
        return self._seen(before, done=is_used)

    async def ended(self, trouble: Trouble) -> str:
        """Return what an action leads to whose token has ended."""
        await self._start_anew()
        return await self._act(trouble, ends=True)

    async def rejected(self, trouble: Trouble) -> str:
        """Return what an action leads to whose token the API refuses."""
        await self._start_anew()
        return await self._act(trouble, ends=False)

    async def _act(self, trouble: Trouble, *, ends: bool) -> str:
        before = _stored_tokens(self._hass, self.entry)
        async with self._at_token_endpoint(trouble):
            if ends:
                self._clock.move(2 * AN_HOUR)
            else:
                self._server.expire_access_tokens()
            error = await self._ask()
        seen = self._seen(before, done=error is None)
        if seen == "retry" and error in _FINAL:
            return "address"
        if seen.startswith("retry") and error not in _WAITING:
            return f"{seen}, told as {error}"
        return seen

    async def removal(self, trouble: Trouble) -> str:
        """Return whether the removal of the account is told to have ended its grant."""
        await self._start_anew()
        path = _path(self._hass, self.entry)
        assert path.exists()
        async with self._at("revocation_url", "/revoke", trouble):
            self._server.revocation_faults.extend(self._faults(trouble))
            self._caplog.clear()
            await self._hass.config_entries.async_remove(self.entry.entry_id)
        assert not path.exists()
        assert self.entry not in self._hass.config_entries.async_entries(DOMAIN)
        return "warned" if _NOT_SIGNED_OUT in self._caplog.text else "signed out"

    async def poll(self, trouble: Trouble) -> str:
        """Return what a poll leads to that the API answers so."""
        await self._start_anew()
        resource = await add_resource(self._hass, self.entry)
        entity_id = min(entity_ids(self._hass, resource).values())
        assert state_of(self._hass, entity_id) != STATE_UNAVAILABLE
        before = _stored_tokens(self._hass, self.entry)
        async with self._at_api(trouble):
            await self._later(62)
        told = self._told_of_host()
        assert self._seen(before, done=True) in ("renewed", "goes on")
        if state_of(self._hass, entity_id) != STATE_UNAVAILABLE:
            return "value"
        coordinator = self.entry.runtime_data.resources[resource.subentry_id]
        if coordinator.last_update_success:
            return "no value"
        assert isinstance(coordinator.last_exception, UpdateFailed)
        pause = coordinator.last_exception.retry_after
        if pause is None:
            return f"next poll{told}"
        return "soon" if pause < 60 else "as told"

    async def action(self, trouble: Trouble) -> str:
        """Return how the action `request` tells what the API answers."""
        await self._start_anew()
        before = _stored_tokens(self._hass, self.entry)
        async with self._at_api(trouble):
            how = {"timeout": _LEAST_ACTION_SECONDS} if trouble.is_slow else {}
            error = await self._ask(**how)
        told = self._told_of_host()
        assert self._seen(before, done=True) in ("renewed", "goes on")
        return f"{error or 'answered'}{told}"

    def _told_of_host(self) -> str:
        """Return whether an issue asks to allow a host, and take it back."""
        if "host_not_allowed" not in _issues(self._hass):
            return ""
        async_report_host(self._hass, self.entry, None)
        return ", host"

    async def _ask(self, **how: Any) -> str | None:
        """Send a request as an automation does; return the message of what it fails with."""
        try:
            await send_request(self._hass, self.entry, "/weather", **how)
        except HomeAssistantError as err:
            error = err
        else:
            return None
        await settle(self._hass)
        assert error.translation_domain == DOMAIN
        return str(error.translation_key)

    def _seen(self, before: _Tokens, *, done: bool) -> str:
        """Return what is asked of the person, and what became of the token set."""
        after = _stored_tokens(self._hass, self.entry)
        words = ["sign in"] * len(_reauths(self._hass))
        words += [_BY_ISSUE.get(key, key) for key in _issues(self._hass)]
        if after.access != before.access:
            is_newest = after.refresh == self._newest
            words.append("renewed" if done and is_newest else "another token set")
            return ", ".join(words)
        if done:
            words.append("goes on")
        if after.refresh != self._newest:
            words.append("lost")
        if not words:
            is_final = self.entry.state is ConfigEntryState.SETUP_ERROR
            words.append("address" if is_final else "retry")
        if after.refresh != before.refresh:
            words.append("rotated")
        return ", ".join(words)

    @property
    def _newest(self) -> str | None:
        """The one refresh token of the newest grant that is good now."""
        return self._server.grants[-1].refresh_token

    async def _start_anew(self) -> None:
        """Sign in again, a day later: whatever went wrong before is over with that."""
        self._clock.move(86401)
        if not _reauths(self._hass):
            self.entry.async_start_reauth(self._hass)
            await settle(self._hass)
        configure = self._hass.config_entries.flow.async_configure
        await self._flow.take(await configure(_reauths(self._hass)[0]["flow_id"]))
        await self._flow.submit()
        result = await self._flow.sign_in()
        assert result["reason"] == "reauth_successful", result
        await settle(self._hass)
        assert self.entry.state is ConfigEntryState.LOADED
        assert (_reauths(self._hass), _issues(self._hass)) == ([], [])
        assert _stored(self._hass, self.entry) == self._newest

    async def _later(self, seconds: float) -> None:
        """Let time pass, and what was planned happen."""
        self._clock.move(seconds)
        async_fire_time_changed(
            self._hass, dt_util.utcnow() + timedelta(seconds=seconds)
        )
        await settle(self._hass)

    async def _reload(self) -> None:
        await self._hass.config_entries.async_reload(self.entry.entry_id)
        await settle(self._hass)

    def _faults(self, trouble: Trouble) -> list[Fault]:
        fault = trouble.answer(self._clock.time)
        return [] if fault is None else [for_any_body(fault)] * _REPEATED

    @asynccontextmanager
    async def _at_token_endpoint(self, trouble: Trouble) -> AsyncGenerator[None]:
        async with self._at("token_url", "/token", trouble):
            self._server.token_faults.extend(self._faults(trouble))
            yield

    @asynccontextmanager
    async def _at_api(self, trouble: Trouble) -> AsyncGenerator[None]:
        async with self._at("api_base_url", "/api", trouble):
            self._server.api_faults.extend(self._faults(trouble))
            yield

    @asynccontextmanager
    async def _at(
        self, endpoint: str, path: str, trouble: Trouble
    ) -> AsyncGenerator[None]:
        """Let an endpoint be at the trouble's place while this lasts; faults end with it."""
        try:
            if isinstance(trouble.fault, Place):
                place = address_of(trouble.fault, self._folder)
                async with place as base_url, self._moved(endpoint, base_url + path):
                    yield
            elif trouble.is_slow:
                with _impatience():
                    yield
            else:
                yield
        finally:
            self._server.token_faults.clear()
            self._server.api_faults.clear()
            self._server.revocation_faults.clear()

    @asynccontextmanager
    async def _moved(self, endpoint: str, url: str) -> AsyncGenerator[None]:
        """Change an address of the provider, and set the account up with it."""
        store = await async_get_provider_store(self._hass)
        before = store._providers[_PROVIDER]
        store._providers[_PROVIDER] = {**before, endpoint: url}
        await self._reload()
        yield
        store._providers[_PROVIDER] = before


@contextmanager
def _impatience() -> Iterator[None]:
    """Shorten each time limit of the integration, wherever it is written."""
    # It is made once, and has a limit as a default.
    request_schema()
    with pytest.MonkeyPatch.context() as patch:
        for name, module in list(sys.modules.items()):
            if name.startswith(f"custom_components.{DOMAIN}"):
                _shorten(module, patch)
        yield


def _shorten(module: ModuleType, patch: pytest.MonkeyPatch) -> None:
    for name, value in list(vars(module).items()):
        if name.endswith("TIMEOUT_SECONDS"):
            patch.setattr(module, name, _PATIENCE_SECONDS)
        members = vars(value).values() if isinstance(value, type) else (value,)
        for function in members:
            defaults = getattr(function, "__kwdefaults__", None) or {}
            # Of ours, not of what a module imports.
            ours = getattr(function, "__module__", None) == module.__name__
            if ours and isinstance(function, FunctionType) and "timeout" in defaults:
                patch.setitem(defaults, "timeout", _PATIENCE_SECONDS)


def _path(hass: HomeAssistant, entry: ConfigEntry) -> Path:
    return Path(hass.config.path(f".storage/{DOMAIN}.token.{entry.entry_id}"))


class _Tokens(NamedTuple):
    access: str
    refresh: str


def _stored_tokens(hass: HomeAssistant, entry: ConfigEntry) -> _Tokens:
    """Return the tokens on disk."""
    data = json.loads(_path(hass, entry).read_text())["data"]
    return _Tokens(str(data["access_token"]), str(data["refresh_token"]))


def _stored(hass: HomeAssistant, entry: ConfigEntry) -> str:
    """Return the refresh token on disk."""
    return _stored_tokens(hass, entry).refresh


def _reauths(hass: HomeAssistant) -> list[Any]:
    return [
        progress
        for progress in hass.config_entries.flow.async_progress_by_handler(DOMAIN)
        if progress["context"]["source"] == SOURCE_REAUTH
    ]


def _options(result: Any) -> list[str]:
    """Return the credentials that a form offers."""
    schema = result["data_schema"].schema
    options = schema["credential"].config["options"]
    return [option["value"] for option in options]


def _issues(hass: HomeAssistant) -> list[str]:
    """Return the issues, but for that of grants that end again and again: here each one does."""
    return [
        str(issue.translation_key)
        for issue in ir.async_get(hass).issues.values()
        if issue.domain == DOMAIN and "grant_ends" not in str(issue.translation_key)
    ]
