"""Walks through config flows as a person does, with the callback of the sign-in over real HTTP."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final, override
from urllib.parse import parse_qsl, urlsplit

from aiohttp.test_utils import TestClient, make_mocked_request
import voluptuous as vol

from homeassistant.config_entries import ConfigFlowContext
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.data_entry_flow import (
    EVENT_DATA_ENTRY_FLOW_PROGRESSED,
    FlowResultType,
    UnknownFlow,
    section,
)
from homeassistant.helpers import http
from homeassistant.helpers.config_entry_oauth2_flow import (
    AUTH_CALLBACK_PATH,
    HEADER_FRONTEND_BASE,
)

from .canned import Canned
from .outcome import NotReached
from .server import Server

# Where Home Assistant believes to be.
HOME: Final = "https://home.conformance.example"
_STEPS: Final = 25
_PATIENCE_SECONDS: Final = 20.0


@dataclass(frozen=True, kw_only=True, slots=True)
class End:
    """How a flow ended. `crash` names the exception where it raised one."""

    kind: str
    reason: str = ""
    entry: Any = None
    crash: str = ""

    @property
    def is_reported(self) -> bool:
        """Whether the person saw a message, and no entry was made."""
        return self.kind in ("abort", "error")

    @override
    def __str__(self) -> str:
        """Say it for the report."""
        if self.kind == "slow":
            return f"the flow was {self.crash}"
        if self.crash:
            return f"the flow crashed ({self.crash})"
        return f"the flow ended with {self.kind} {self.reason}".rstrip()


@dataclass(slots=True)
class Flows:
    """A driver of the flows of one integration."""

    hass: HomeAssistant
    domain: str
    server: Server
    canned: Canned
    client: TestClient[Any, Any]
    # What each authorization request asked, and where its browser was sent.
    asked: list[dict[str, str]] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)
    # What was shown that needs a text of the integration's: keys of its translations under `config`.
    shown: dict[str, None] = field(default_factory=dict)
    # What filled in those texts.
    filled_in: list[str] = field(default_factory=list)
    # By flow: set where Home Assistant has gone on by itself.
    _progressed: defaultdict[str, asyncio.Event] = field(
        default_factory=lambda: defaultdict(asyncio.Event)
    )

    async def run(
        self,
        source: str = "user",
        *,
        person: str = "ada",
        deny: bool = False,
        entry: Any = None,
        stop_at_consent: bool = False,
    ) -> End:
        """Walk from the start of a flow to its end; whatever it raises becomes a crash."""
        self.server.person = person
        context = ConfigFlowContext(source=source)
        data = None
        if entry is not None:
            context["entry_id"] = entry.entry_id
            context["unique_id"] = entry.unique_id
            context["title_placeholders"] = {"name": entry.title}
            data = dict(entry.data) if source == "reauth" else None
        stop_listening = self._listen()
        try:
            with _in_browser():
                async with asyncio.timeout(_PATIENCE_SECONDS) as patience:
                    result = await self.hass.config_entries.flow.async_init(
                        self.domain, context=context, data=data
                    )
                    return await self._walk(
                        result, deny=deny, stop_at_consent=stop_at_consent
                    )
        except NotReached:
            raise
        except UnknownFlow:
            return End(kind="abort", reason="the flow is gone")
        except TimeoutError as err:
            if not patience.expired():
                return End(kind="crash", crash=f"TimeoutError: {str(err)[:120]}")
            seconds = f"{_PATIENCE_SECONDS:.0f} seconds"
            return End(kind="slow", crash=f"not done after {seconds}")
        except Exception as err:  # noqa: BLE001  # whatever a flow raises is what the check is about
            return End(kind="crash", crash=f"{type(err).__name__}: {str(err)[:120]}")
        finally:
            stop_listening()

    def _listen(self) -> CALLBACK_TYPE:
        """Note what Home Assistant tells the frontend of flows that go on by themselves."""

        @callback
        def note(event: Event) -> None:
            self._progressed[event.data["flow_id"]].set()

        return self.hass.bus.async_listen(EVENT_DATA_ENTRY_FLOW_PROGRESSED, note)

    async def _walk(self, result: Any, *, deny: bool, stop_at_consent: bool) -> End:
        seen: list[str] = []
        for _ in range(_STEPS):
            kind = FlowResultType(result["type"])
            self._note(kind, result)
            if kind is FlowResultType.ABORT:
                return End(kind="abort", reason=result["reason"])
            if kind is FlowResultType.CREATE_ENTRY:
                return End(kind="entry", entry=result["result"])
            if kind is FlowResultType.EXTERNAL_STEP and stop_at_consent:
                url = await self.opened(result["url"])
                return End(kind="consent", reason=url, entry=result)
            if kind is FlowResultType.FORM:
                if result["errors"] and seen.count(result["step_id"]) > 0:
                    self.hass.config_entries.flow.async_abort(result["flow_id"])
                    return End(kind="error", reason=str(result["errors"]))
                seen.append(result["step_id"])
            result = await self._next(kind, result, deny=deny)
        raise NotReached(f"the flow did not end: it went through {', '.join(seen)}")

    def _note(self, kind: FlowResultType, result: Any) -> None:
        """Note which texts a person sees."""
        self.filled_in.append(repr(result.get("description_placeholders")))
        if kind is FlowResultType.ABORT:
            if result.get("translation_domain") in (None, self.domain):
                self.shown[f"abort.{result['reason']}"] = None
        elif kind in (FlowResultType.FORM, FlowResultType.MENU):
            self.shown[f"step.{result['step_id']}"] = None
            for error in (result.get("errors") or {}).values():
                self.shown[f"error.{error}"] = None

    async def _next(self, kind: FlowResultType, result: Any, *, deny: bool) -> Any:
        flow_id = result["flow_id"]
        configure = self.hass.config_entries.flow.async_configure
        if kind is FlowResultType.EXTERNAL_STEP:
            await self.consent(result["url"], deny=deny)
            self._progressed[flow_id].clear()
            return await configure(flow_id)
        if kind is FlowResultType.FORM:
            return await configure(flow_id, self._filled(result))
        if kind is FlowResultType.MENU:
            options = list(result["menu_options"])
            chosen = self._kept(result["step_id"], options[0])
            return await configure(flow_id, {"next_step_id": chosen})
        if kind is FlowResultType.SHOW_PROGRESS:
            # Who asks before they are told, as no frontend does, lets the next step begin twice.
            await self._progressed[flow_id].wait()
            self._progressed[flow_id].clear()
        return await configure(flow_id)

    def _kept(self, step: str, otherwise: Any) -> Any:
        return self.canned.document("flow.json").get(step, otherwise)

    def _filled(self, result: Any) -> dict[str, Any]:
        """Return the author's input for a form, else its defaults."""
        kept = self._kept(result["step_id"], None)
        if kept is not None:
            return dict(kept)
        return defaults(result["data_schema"])

    async def in_browser[T](self, asked: Awaitable[T]) -> T:
        """Await something while Home Assistant believes that a browser asks."""
        with _in_browser():
            return await asked

    def step_of(self, flow_id: str) -> str | None:
        """Return the step that a flow is at, None where it is over."""
        for flow in self.hass.config_entries.flow.async_progress():
            if flow["flow_id"] == flow_id:
                return str(flow["step_id"])
        return None

    def abort(self, flow_id: str) -> None:
        """End a flow, which may be over."""
        with suppress(UnknownFlow):
            self.hass.config_entries.flow.async_abort(flow_id)

    async def consent(self, url: str, *, deny: bool = False) -> int:
        """Do what the person and the browser do at the provider; return the callback's status."""
        url = await self.opened(url)
        asked = self.query(url)
        self.asked.append(asked)
        self.urls.append(url)
        answer = {"state": asked.get("state", "")}
        if deny:
            answer["error"] = "access_denied"
        else:
            answer["code"] = self.server.grants.consent(self.server.person, asked)
        return await self.call_back(asked, answer)

    def query(self, url: str) -> dict[str, str]:
        """Return what an authorization request asks, under the names of RFC 6749."""
        return self.canned.standard(dict(parse_qsl(urlsplit(url).query)))

    async def opened(self, url: str) -> str:
        """Return where the provider is: a page of Home Assistant's may lead there."""
        if not url.startswith(("/", HOME)):
            return url
        path = url.removeprefix(HOME)
        async with self.client.get(path, allow_redirects=False) as response:
            return response.headers.get("Location", "")

    async def call_back(
        self, asked: Mapping[str, str], answer: Mapping[str, str]
    ) -> int:
        """Bring an answer to the redirect URI, as the browser does."""
        target = urlsplit(asked.get("redirect_uri", ""))
        path = target.path or AUTH_CALLBACK_PATH
        if not asked.get("redirect_uri", "").startswith(HOME):
            path = AUTH_CALLBACK_PATH
        async with self.client.get(path, params=dict(answer)) as response:
            return response.status


def defaults(schema: Any) -> dict[str, Any]:
    """Return what a person sends who changes nothing of a form."""
    fields = getattr(schema, "schema", None) or {}
    given = {str(key): default_of(key, value) for key, value in fields.items()}
    return {key: value for key, value in given.items() if value is not None}


def default_of(key: Any, value: Any) -> Any:
    """Return what a person would leave in a field, None where it stays empty."""
    if isinstance(value, section):
        return defaults(value.schema)
    if not isinstance(getattr(key, "default", vol.UNDEFINED), vol.Undefined):
        return key.default()
    if suggested := (getattr(key, "description", None) or {}).get("suggested_value"):
        return suggested
    if not isinstance(key, vol.Required):
        return None
    options = getattr(value, "container", None) or (
        getattr(value, "config", None) or {}
    ).get("options")
    if options:
        first = next(iter(options))
        chosen = first["value"] if isinstance(first, dict) else first
        return (
            [chosen]
            if (getattr(value, "config", None) or {}).get("multiple")
            else chosen
        )
    return "conformance"


@contextmanager
def _in_browser() -> Generator[None]:
    """Let Home Assistant believe that a browser asks, at its own address."""
    request = make_mocked_request("GET", "/", headers={HEADER_FRONTEND_BASE: HOME})
    token = http.current_request.set(request)
    try:
        yield
    finally:
        http.current_request.reset(token)
