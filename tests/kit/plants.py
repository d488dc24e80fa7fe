"""Faults to plant in the good integration: each is a change of one file, and the checks that must find it."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
import shutil
from textwrap import indent
from typing import Final

GOOD: Final = Path(__file__).parent / "good"
ANSWERS: Final = Path(__file__).parent / "answers"


@dataclass(frozen=True, kw_only=True, slots=True)
class Plant:
    """A change of a file: what is there, what is there then, and which checks fail by it."""

    file: str
    there: str
    # None takes the file away.
    then: str | None
    found_by: tuple[str, ...]

    def write(self, name: str, folder: Path) -> Path:
        """Copy the good integration under another domain and plant the fault."""
        target = folder / name
        shutil.copytree(GOOD, target, ignore=shutil.ignore_patterns("__pycache__"))
        for file in ("manifest.json", "const.py"):
            text = (target / file).read_text(encoding="utf-8")
            (target / file).write_text(text.replace('"good"', f'"{name}"'), "utf-8")
        changed = target / self.file
        if self.then is None:
            changed.unlink()
            return target
        text = changed.read_text(encoding="utf-8")
        if self.there not in text:
            raise ValueError(f"{name}: nothing to change in {self.file}")
        changed.write_text(text.replace(self.there, self.then), encoding="utf-8")
        return target


def _rows(prefix: str, names: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"{prefix}_{name}" for name in names)


_ODD: Final = (
    "no_expires_in",
    "expires_in_null",
    "expires_in_as_float",
    "as_page",
    "byte_order_mark",
    "as_form",
    "expires_in_as_text",
    "extra_fields",
    "no_token_type",
)
_REFUSED: Final = ("400_invalid_grant", "401_invalid_grant", "200_invalid_grant")
_CLIENT: Final = ("401_invalid_client", "400_unauthorized_client")
_STATUSES: Final = ("500", "502", "503", "504", "429", "408", "403_of_firewall")
_OTHERS: Final = ("404_page", "temporarily_unavailable")
_UNUSABLE: Final = (
    "portal",
    "empty",
    "truncated",
    "list",
    "no_access_token",
    "access_token_null",
)
_METHOD: Final = "    @override\n    async def _token_request("
_STEP: Final = "    async def async_step_reconfigure("
_ENSURE: Final = "    await session.async_ensure_token_valid()\n"
_POST: Final = """\
        try:
            async with session.post(
                self.token_url, data=form, allow_redirects=False
            ) as response:
                answer = _read(await response.read())
        except ClientError:
            raise OAuth2TokenRequestConnectionError(domain=self.domain) from None
        if response.status >= 400 or "error" in answer:
            self._refuse(response, answer.get("error"))
"""
_CARELESS: Final = """\
        try:
            async with session.post(
                self.token_url, data=form, allow_redirects=False
            ) as response:
                answer = _read(await response.read())
        except ClientError:
            answer = {}
        for name in ("access_token", "refresh_token"):
            answer[name] = answer.get(name) or "made-up"
"""
_STRICT: Final = """\
        try:
            async with session.post(
                self.token_url, data=form, allow_redirects=False
            ) as response:
                answer = await response.json()
        except ClientError:
            raise OAuth2TokenRequestConnectionError(domain=self.domain) from None
        if response.status >= 400 or "error" in answer:
            self._refuse(response, answer.get("error"))
        usual = {"access_token", "token_type", "expires_in", "scope", "refresh_token"}
        if usual - {"refresh_token"} - set(answer) or set(answer) - usual:
            raise OAuth2TokenRequestConnectionError(domain=self.domain)
        if not isinstance(answer["expires_in"], int):
            raise OAuth2TokenRequestConnectionError(domain=self.domain)
"""
_REQUEST: Final = """\
        await self.session.async_ensure_token_valid()
        try:
            response = await self.session.async_request("GET", ME_URL)
"""
# The request of it without a renewal.
_WITH: Final = """\
            from homeassistant.helpers.config_entry_oauth2_flow import async_oauth2_request
            response = await async_oauth2_request(self.hass, {token}, "GET", ME_URL)
"""
_VIEW: Final = """
from aiohttp import web
from homeassistant.components.http import KEY_HASS, HomeAssistantView
from .implementation import Implementation

class View(HomeAssistantView):
    requires_auth = False
    url = "/planted/callback"
    name = "planted:callback"

    async def get(self, request):
        hass = request.app[KEY_HASS]
        flow_id = request.query["state"]
        await hass.config_entries.flow.async_configure(
            flow_id=flow_id,
            user_input={
                "code": request.query["code"],
                "state": {"redirect_uri": async_get_redirect_uri_of(hass)},
            },
        )
        return web.Response(text="done")


def async_get_redirect_uri_of(hass):
    return "https://home.conformance.example/planted/callback"


"""
_SET_UP: Final = "    async def update(call: ServiceCall) -> None:\n"

_TEMPORARY: Final = (*_STATUSES, *_OTHERS, *_UNUSABLE, "closed")

# A step that waits, and that nobody asks for before it is done.
_WAITING: Final = Plant(
    file="config_flow.py",
    there='        return self.async_create_entry(title=account["name"], data=data)\n',
    then="""\
        self.title, self.tokens = account["name"], data
        return await self.async_step_wait()

    async def async_step_wait(self, user_input=None):
        import asyncio
        if not hasattr(self, "task"):
            self.task = self.hass.async_create_task(asyncio.sleep(0.1))
            return self.async_show_progress(
                step_id="wait", progress_action="wait", progress_task=self.task
            )
        if not self.task.done():
            raise ValueError("asked too early")
        return self.async_show_progress_done(next_step_id="end")

    async def async_step_end(self, user_input=None):
        return self.async_create_entry(title=self.title, data=self.tokens)
""",
    found_by=(),
)

# No faults: what other integrations do another way.
VARIANTS: Final = {
    "waiting": _WAITING,
    "in_query": Plant(
        file="implementation.py", there="data=form", then="params=form", found_by=()
    ),
}
PLANTS: Final = {
    "not_listed": Plant(
        file="manifest.json",
        there='["application_credentials"]',
        then="[]",
        found_by=("credentials_listed",),
    ),
    "placeholder_missing": Plant(
        file="application_credentials.py",
        there='"console_url"',
        then='"console"',
        found_by=("credentials_described",),
    ),
    "redirect_uri_hidden": Plant(
        file="application_credentials.py",
        there="async_get_redirect_uri(hass)",
        then='"elsewhere"',
        found_by=("redirect_uri_shown",),
    ),
    "no_entry": Plant(
        file="config_flow.py",
        there='return self.async_create_entry(title=account["name"], data=data)',
        then='return self.async_abort(reason="cannot_connect")',
        found_by=("sign_in",),
    ),
    "token_not_stored": Plant(
        file="config_flow.py",
        there='title=account["name"], data=data',
        then='title="x", data={**data, "token": {**data["token"], "refresh_token": ""}}',
        found_by=("sign_in_stores_tokens",),
    ),
    "set_up_crashes": Plant(
        file="__init__.py",
        there=_ENSURE,
        then='    raise ValueError("planted")\n',
        found_by=("sign_in_set_up",),
    ),
    "no_unique_id": Plant(
        file="config_flow.py",
        there="await self.async_set_unique_id(account_id)",
        then="pass",
        found_by=("unique_id", "same_account_once"),
    ),
    "refusal_crashes": Plant(
        file="config_flow.py",
        there=_STEP,
        then='    async def async_step_authorize_rejected(self, data=None):\n        raise ValueError("planted")\n\n'
        + _STEP,
        found_by=("sign_in_denied",),
    ),
    "one_state_for_all": Plant(
        file="implementation.py",
        there=_METHOD,
        then="    @property\n    def extra_authorize_data(self):\n"
        '        return super().extra_authorize_data | {"state": "always"}\n\n'
        + _METHOD,
        found_by=("sign_in", "state_present"),
    ),
    "state_unchecked": Plant(
        file="__init__.py",
        there=_SET_UP,
        then=indent(_VIEW, "    ") + "    hass.http.register_view(View)\n"
        "    Implementation.redirect_uri = property(lambda self: async_get_redirect_uri_of(hass))\n"
        + _SET_UP,
        found_by=("state_checked",),
    ),
    "another_redirect_uri": Plant(
        file="implementation.py",
        there='"client_secret": self.client_secret,',
        then='"redirect_uri": "https://elsewhere.example",',
        found_by=("redirect_uri_same",),
    ),
    "redirect_uri_elsewhere": Plant(
        file="implementation.py",
        there=_METHOD,
        then='    redirect_uri = "https://elsewhere.example/callback"\n\n' + _METHOD,
        found_by=("redirect_uri_of_home",),
    ),
    "no_pkce": Plant(
        file="implementation.py",
        there=_METHOD,
        then="    extra_authorize_data = {}\n\n" + _METHOD,
        found_by=("pkce",),
    ),
    "another_verifier": Plant(
        file="implementation.py",
        there=_METHOD,
        then='    extra_token_resolve_data = {"code_verifier": "x" * 43}\n\n' + _METHOD,
        found_by=("pkce_verifier",),
    ),
    "secret_in_url": Plant(
        file="implementation.py",
        there=_METHOD,
        then="    @property\n    def extra_authorize_data(self):\n"
        '        return super().extra_authorize_data | {"client_secret": self.client_secret}\n\n'
        + _METHOD,
        found_by=("secret_not_in_url",),
    ),
    "strict": Plant(
        file="implementation.py",
        there=_POST,
        then=_STRICT,
        found_by=_rows("sign_in_accepts", _ODD) + _rows("refresh_accepts", _ODD),
    ),
    "careless": Plant(
        file="implementation.py",
        there=_POST,
        then=_CARELESS,
        found_by=_rows("sign_in_tells", (*_REFUSED, *_CLIENT, *_TEMPORARY))
        + _rows("refresh_retries", (*_UNUSABLE, "closed"))
        + ("network_gone", "recovers"),
    ),
    "temporary_as_reauth": Plant(
        file="implementation.py",
        there="if error in _FINAL",
        then="if True",
        found_by=_rows("refresh_retries", (*_STATUSES, *_OTHERS)),
    ),
    "reauth_swallowed": Plant(
        file="implementation.py",
        there="if error in _FINAL",
        then="if False",
        found_by=_rows("refresh_asks_after", _REFUSED)
        + _rows("refresh_tells", _CLIENT),
    ),
    "never_renewed": Plant(
        file="session.py",
        there="        renewal = self.hass",
        then="        return\n        renewal = self.hass",
        found_by=("refresh",),
    ),
    "rotation_forgotten": Plant(
        file="implementation.py",
        there=_METHOD,
        then="    async def _async_refresh_token(self, token):\n"
        "        new = await super()._async_refresh_token(token)\n"
        '        return new | {"refresh_token": token["refresh_token"]}\n\n' + _METHOD,
        found_by=("refresh_rotation", "refresh_rotation_restart"),
    ),
    "refresh_token_dropped": Plant(
        file="implementation.py",
        there=_METHOD,
        then="    async def _async_refresh_token(self, token):\n"
        '        return await self._token_request({"grant_type": "refresh_token",'
        ' "refresh_token": token["refresh_token"]})\n\n' + _METHOD,
        found_by=("refresh_keeps_refresh_token",),
    ),
    "no_lock": Plant(
        file="session.py",
        there="        renewal = self.hass",
        then="        if not self.valid_token:\n"
        "            new = await self.implementation.async_refresh_token(self.token)\n"
        "            self.hass.config_entries.async_update_entry(self.config_entry,"
        ' data={**self.config_entry.data, "token": new})\n'
        "        return\n        renewal = self.hass",
        found_by=("refresh_once",),
    ),
    "no_shield": Plant(
        file="session.py",
        there="await asyncio.shield(renewal)",
        then="await renewal",
        found_by=("refresh_cancelled",),
    ),
    "reauth_adds": Plant(
        file="config_flow.py",
        there="if self.source == SOURCE_REAUTH:",
        then="if self.source is None:",
        found_by=("reauth",),
    ),
    "wrong_account_at_reauth": Plant(
        file="config_flow.py",
        there="if self.source == SOURCE_REAUTH:\n            self._abort_if_unique_id_mismatch()",
        then="if self.source == SOURCE_REAUTH:",
        found_by=("reauth_wrong_account",),
    ),
    "reauth_forgets": Plant(
        file="config_flow.py",
        there="        return await self.async_step_reauth_confirm()",
        then="        entry = self._get_reauth_entry()\n"
        '        self.hass.config_entries.async_update_entry(entry, data={**entry.data, "token": {}})\n'
        "        return await self.async_step_reauth_confirm()",
        found_by=("reauth_denied",),
    ),
    "no_reconfigure": Plant(
        file="config_flow.py",
        there="async_step_reconfigure",
        then="async_step_another",
        found_by=("reconfigure",),
    ),
    "reconfigure_forgets": Plant(
        file="config_flow.py",
        there="self._get_reconfigure_entry(), data=data",
        then="self._get_reconfigure_entry()",
        found_by=("reconfigure_same_account",),
    ),
    "wrong_account_at_reconfigure": Plant(
        file="config_flow.py",
        there="if self.source == SOURCE_RECONFIGURE:\n            self._abort_if_unique_id_mismatch()",
        then="if self.source == SOURCE_RECONFIGURE:",
        found_by=("reconfigure_wrong_account",),
    ),
    "unload_leaks": Plant(
        file="__init__.py",
        there=_ENSURE,
        then=_ENSURE + '    hass.bus.async_listen("planted", lambda event: None)\n',
        found_by=("unload",),
    ),
    "unload_goes_on": Plant(
        file="__init__.py",
        there=_ENSURE,
        then=_ENSURE + "    from datetime import timedelta\n"
        "    from homeassistant.helpers.event import async_track_time_interval\n"
        "    async def ask(now):\n"
        "        await async_get_clientsession(hass).get(REVOKE_URL)\n"
        "    async_track_time_interval(hass, ask, timedelta(minutes=5))\n",
        found_by=("unload", "unload_is_quiet"),
    ),
    "second_set_up": Plant(
        file="__init__.py",
        there=_ENSURE,
        then=_ENSURE + '    if hass.data.setdefault("planted", []):\n'
        '        raise ValueError("planted")\n    hass.data["planted"].append(entry)\n',
        found_by=("reload",),
    ),
    "credential_missed": Plant(
        file="__init__.py",
        there="    implementation = await async_get_config_entry_implementation(hass, entry)",
        then="    from homeassistant.helpers.config_entry_oauth2_flow import async_get_implementations\n"
        "    known = await async_get_implementations(hass, entry.domain)\n"
        '    implementation = known[entry.data["auth_implementation"]]',
        found_by=("credential_deleted",),
    ),
    "removal_crashes": Plant(
        file="__init__.py",
        there="    form = {",
        then='    raise ValueError("planted")\n    form = {',
        found_by=("removal",),
    ),
    "removal_needs_network": Plant(
        file="__init__.py",
        there="except ClientError",
        then="except ZeroDivisionError",
        found_by=("removal_offline",),
    ),
    "no_sign_out": Plant(
        file="__init__.py",
        there='{"token": entry.data["token"]["refresh_token"]}',
        then="{}",
        found_by=("removal_signs_out",),
    ),
    "secret_logged": Plant(
        file="session.py",
        there="        await self.session.async_ensure_token_valid()\n",
        then="        await self.session.async_ensure_token_valid()\n"
        '        _LOGGER.debug("with %s", self.session.token)\n',
        found_by=("secrets_not_logged",),
    ),
    "no_diagnostics": Plant(
        file="diagnostics.py", there="", then=None, found_by=("diagnostics",)
    ),
    "secret_in_diagnostics": Plant(
        file="diagnostics.py",
        there='"scope": entry.data["token"].get("scope")',
        then='"token": dict(entry.data["token"])',
        found_by=("secrets_not_in_diagnostics",),
    ),
    "secret_in_states": Plant(
        file="sensor.py",
        there="        super().__init__(coordinator)\n",
        then="        super().__init__(coordinator)\n"
        '        self._attr_extra_state_attributes = {"picture": entry.data["token"]["access_token"]}\n',
        found_by=("secrets_not_in_states",),
    ),
    "secret_in_reprs": Plant(
        file="session.py",
        there="    @override\n    async def _async_update_data",
        then="    def __repr__(self):\n        return repr(self.session.token)\n\n"
        "    @override\n    async def _async_update_data",
        found_by=("secrets_not_in_reprs",),
    ),
    "unique_id_is_address": Plant(
        file="config_flow.py",
        there='account["id"]',
        then='account["email"]',
        found_by=("unique_id_lasts",),
    ),
    "secret_in_entry": Plant(
        file="config_flow.py",
        there='title=account["name"], data=data',
        then='title="x", data={**data, "client_secret": self.flow_impl.client_secret}',
        found_by=("secret_not_in_entry",),
    ),
    "plain_http": Plant(
        file="const.py",
        there="https://auth.good.example/token",
        then="http://auth.good.example/token",
        found_by=("https_only",),
    ),
    "plain_http_in_browser": Plant(
        file="const.py",
        there="https://auth.good.example/authorize",
        then="http://auth.good.example/authorize",
        found_by=("https_only",),
    ),
    "reauth_without_reload": Plant(
        file="config_flow.py",
        there="self.async_update_reload_and_abort(\n                self._get_reauth_entry()",
        then="self.async_update_and_abort(\n                self._get_reauth_entry()",
        found_by=("reauth_recovers",),
    ),
    "reauth_of_another": Plant(
        file="config_flow.py",
        there="self._get_reauth_entry(), data=data",
        then="self._async_current_entries()[0], data=data",
        found_by=("reauth_right_entry",),
    ),
    "scopes_lost": Plant(
        file="config_flow.py",
        there=_STEP,
        then="    @property\n    def extra_authorize_data(self):\n"
        '        return {} if self.source == SOURCE_REAUTH else {"scope": "steps"}\n\n'
        + _STEP,
        found_by=("reauth_same_scopes",),
    ),
    "options_lost_at_reauth": Plant(
        file="config_flow.py",
        there="self._get_reauth_entry(), data=data",
        then="self._get_reauth_entry(), data=data, options={}",
        found_by=("reauth_keeps_options",),
    ),
    "title_lost_at_reauth": Plant(
        file="config_flow.py",
        there="self._get_reauth_entry(), data=data",
        then='self._get_reauth_entry(), data=data, title=account["name"]',
        found_by=("reauth_keeps_title",),
    ),
    "options_lost_at_reconfigure": Plant(
        file="config_flow.py",
        there="self._get_reconfigure_entry(), data=data",
        then="self._get_reconfigure_entry(), data=data, options={}",
        found_by=("reconfigure_keeps_options",),
    ),
    "renewed_at_set_up_alone": Plant(
        file="session.py",
        there=_REQUEST,
        then="        try:\n" + _WITH.format(token="self.session.token"),
        found_by=("running_renews",),
    ),
    "token_kept": Plant(
        file="session.py",
        there=_REQUEST,
        then="        await self.session.async_ensure_token_valid()\n        try:\n"
        '            kept = self.__dict__.setdefault("kept", dict(self.session.token))\n'
        + _WITH.format(token="kept"),
        found_by=("running_uses_new_token",),
    ),
    "refusal_is_no_update": Plant(
        file="session.py",
        there="        await self.session.async_ensure_token_valid()\n        try:\n",
        then="        try:\n            session = self.session\n"
        "            if not session.valid_token:\n"
        "                new = await session.implementation.async_refresh_token(session.token)\n"
        "                self.hass.config_entries.async_update_entry(session.config_entry,"
        ' data={**session.config_entry.data, "token": new})\n',
        found_by=("running_asks_after_refusal",),
    ),
    "outage_is_refusal": Plant(
        file="session.py",
        there="        await self.session.async_ensure_token_valid()\n",
        then="        try:\n            await self.session.async_ensure_token_valid()\n"
        "        except ClientError:\n            raise ConfigEntryAuthFailed from None\n",
        found_by=("running_retries_503",),
    ),
    "refused_token_is_outage": Plant(
        file="session.py",
        there="if response.status == 401",
        then="if response.status == 499",
        found_by=("api_asks_after_401",),
    ),
    "api_outage_is_refusal": Plant(
        file="session.py",
        there="if response.status == 401",
        then="if response.status >= 400",
        found_by=("api_retries_503",),
    ),
    "one_session_for_all": Plant(
        file="__init__.py",
        there="    session = Session(hass, entry, implementation)\n",
        then="    session = Session(hass, entry, implementation)\n"
        '    session = hass.data.setdefault("planted", session)\n',
        found_by=("accounts_apart",),
    ),
    "secret_in_set_up_failure": Plant(
        file="session.py",
        there='raise UpdateFailed(\n                translation_domain=DOMAIN, translation_key="cannot_connect"\n            ) from None',
        then='raise UpdateFailed(f"not with {self.session.token}") from None',
        found_by=("secrets_not_in_errors",),
    ),
    "secret_in_sign_in_failure": Plant(
        file="implementation.py",
        there='        if response.status >= 400 or "error" in answer:\n',
        then="        if response.status >= 400:\n"
        '            raise ValueError(f"refused: {form}")\n'
        '        if "error" in answer:\n',
        found_by=("secrets_not_in_errors",),
    ),
    "deny_list_in_diagnostics": Plant(
        file="diagnostics.py",
        there='"scope": entry.data["token"].get("scope")',
        then='"token": {key: value for key, value in entry.data["token"].items()'
        ' if key not in ("access_token", "refresh_token")}',
        found_by=("diagnostics_allow_list",),
    ),
    "title_is_secret": Plant(
        file="config_flow.py",
        there='title=account["name"]',
        then='title=data["token"]["access_token"]',
        found_by=("secrets_not_in_states",),
    ),
    "client_secret_logged": Plant(
        file="__init__.py",
        there=_ENSURE,
        then=_ENSURE + "    import logging\n"
        '    logging.getLogger(__name__).debug("as %s", vars(implementation))\n',
        found_by=("secrets_not_logged",),
    ),
    "two_sessions": Plant(
        file="__init__.py",
        there=_ENSURE,
        then=_ENSURE + "    other = Session(hass, entry, implementation)\n",
        found_by=("refresh_once",),
    ),
}
