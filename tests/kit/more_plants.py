"""Faults that reviewers found in others' integrations, to plant in the good one."""

from typing import Final

from .plants import Plant

_RUNTIME: Final = "    entry.runtime_data = Coordinator(hass, entry, session)\n"
_METHOD: Final = "    @override\n    async def _token_request("
_CREATE: Final = 'title=account["name"], data=data'
_ASK: Final = '            response = await self.session.async_request("GET", ME_URL)\n'
_UNLOAD: Final = "    return await hass.config_entries.async_unload_platforms("


def _at_set_up(*lines: str, found_by: tuple[str, ...]) -> Plant:
    """Return a fault of some lines in async_setup_entry."""
    added = "".join(f"    {line}\n" for line in lines)
    return Plant(
        file="__init__.py", there=_RUNTIME, then=_RUNTIME + added, found_by=found_by
    )


def _at_entry(then: str, *found_by: str) -> Plant:
    """Return a fault in what the entry is made of."""
    return Plant(file="config_flow.py", there=_CREATE, then=then, found_by=found_by)


def _at_identity(then: str, *found_by: str) -> Plant:
    """Return a fault in what the unique id is."""
    return Plant(
        file="config_flow.py",
        there="self.async_set_unique_id(account_id)",
        then=f"self.async_set_unique_id({then})",
        found_by=found_by,
    )


def _in_session(there: str, then: str, *found_by: str) -> Plant:
    return Plant(file="session.py", there=there, then=then, found_by=found_by)


def _in_implementation(there: str, then: str, *found_by: str) -> Plant:
    return Plant(file="implementation.py", there=there, then=then, found_by=found_by)


MORE: Final = {
    "token_copied": _at_entry(
        f'{_CREATE}, options={{"copy": data["token"]["access_token"]}}',
        "tokens_stored_once",
    ),
    "data_lost": _at_entry(
        'title=account["name"], data={**data, "region": "eu"}',
        *("reauth_keeps_data", "reconfigure_keeps_data"),
    ),
    "entry_replaced": Plant(
        file="config_flow.py",
        there="        self._abort_if_unique_id_configured()\n",
        then="",
        found_by=("same_account_once",),
    ),
    "unique_id_of_all": _at_identity("DOMAIN", "other_account_added"),
    "unique_id_is_number": _at_identity("len(account_id)", "unique_id"),
    "unique_id_is_name": _at_identity('account["display_name"]', "unique_id_lasts"),
    "identity_unchecked": Plant(
        file="config_flow.py",
        there="except ClientError, LookupError, TypeError:",
        then="except ZeroDivisionError:",
        found_by=("sign_in_tells_api_outage", "sign_in_tells_no_identity"),
    ),
    "entry_without_identity": Plant(
        file="config_flow.py",
        there='return self.async_abort(reason="cannot_connect")',
        then='account_id, account = None, {"name": "x"}',
        found_by=("sign_in_tells_api_outage", "sign_in_tells_no_identity"),
    ),
    "verifier_in_url": _in_implementation(
        _METHOD,
        "    @property\n    def extra_authorize_data(self):\n"
        '        return super().extra_authorize_data | {"code_verifier": self.code_verifier}\n\n'
        + _METHOD,
        "pkce_verifier",
    ),
    "abort_without_text": Plant(
        file="translations/en.json",
        there='"unique_id_mismatch"',
        then='"another"',
        found_by=("flow_texts",),
    ),
    "form_without_text": Plant(
        file="translations/en.json",
        there='"reauth_confirm"',
        then='"another"',
        found_by=("flow_texts",),
    ),
    "reauth_at_once": Plant(
        file="config_flow.py",
        there="return await self.async_step_reauth_confirm()",
        then="return await self.async_step_pick_implementation("
        '{"implementation": self._get_reauth_entry().data["auth_implementation"]})',
        found_by=("reauth_waits",),
    ),
    "title_lost_at_reconfigure": Plant(
        file="config_flow.py",
        there="self._get_reconfigure_entry(), data=data",
        then='self._get_reconfigure_entry(), data=data, title=account["name"]',
        found_by=("reconfigure_keeps_title",),
    ),
    "account_known_by_title": Plant(
        file="config_flow.py",
        there="if self.source == SOURCE_REAUTH:\n            self._abort_if_unique_id_mismatch()",
        then="if self.source == SOURCE_REAUTH:\n"
        '            if account["name"] != self._get_reauth_entry().title:\n'
        '                return self.async_abort(reason="unique_id_mismatch")',
        found_by=("reauth_keeps_title",),
    ),
    "token_kept_for_good": _in_session(
        _ASK,
        "            from homeassistant.helpers.config_entry_oauth2_flow import async_oauth2_request\n"
        '            kept = self.hass.data.setdefault("planted", dict(self.session.token))\n'
        '            response = await async_oauth2_request(self.hass, kept, "GET", ME_URL)\n',
        *("reauth_takes_effect", "running_uses_new_token"),
    ),
    "signed_out_at_unload": Plant(
        file="__init__.py",
        there=_UNLOAD,
        then=f"    await async_remove_entry(hass, entry)\n{_UNLOAD}",
        found_by=("unload_keeps_grant",),
    ),
    "action_removed": _at_set_up(
        'entry.async_on_unload(lambda: hass.services.async_remove(DOMAIN, "update"))',
        found_by=("actions_stay",),
    ),
    "failed_set_up_leaks": Plant(
        file="__init__.py",
        there="    await entry.runtime_data.async_config_entry_first_refresh()\n",
        then='    stop = hass.bus.async_listen("planted", lambda event: None)\n'
        "    await entry.runtime_data.async_config_entry_first_refresh()\n"
        "    stop()\n",
        found_by=("failed_set_up_leaves_nothing",),
    ),
    "update_listener_left": _at_set_up(
        "async def changed(hass, entry):",
        "    return",
        "entry.add_update_listener(changed)",
        found_by=("unload",),
    ),
    "signal_left": _at_set_up(
        "from homeassistant.helpers.dispatcher import async_dispatcher_connect",
        'async_dispatcher_connect(hass, "planted", lambda: None)',
        found_by=("unload",),
    ),
    "client_left": _at_set_up(
        "from aiohttp import ClientSession",
        "entry.runtime_data.client = ClientSession()",
        found_by=("unload",),
    ),
    "reloaded_by_renewal": _at_set_up(
        "async def changed(hass, entry):",
        "    await hass.config_entries.async_reload(entry.entry_id)",
        "entry.async_on_unload(entry.add_update_listener(changed))",
        found_by=("running_goes_on",),
    ),
    "renewed_at_each_use": _in_session(
        "        renewal = self.hass",
        "        self.hass.config_entries.async_update_entry(self.config_entry,"
        ' data={**self.config_entry.data, "token": {**self.token, "expires_at": 0}})\n'
        "        renewal = self.hass",
        "refresh_only_when_over",
    ),
    "no_lifetime_is_none": _in_implementation(
        "_LIFETIME: Final = 3600",
        "_LIFETIME: Final = 0",
        "token_lasts_without_expires_in",
    ),
    "refresh_pressed": _in_implementation(
        '        if response.status >= 400 or "error" in answer:\n',
        '        if response.status >= 400 or "error" in answer:\n'
        "            for _ in range(9):\n"
        "                await session.post(self.token_url, data=form)\n",
        "refresh_not_pressed",
    ),
    "api_pressed": _in_session(
        _ASK,
        f"            for _ in range(9):\n    {_ASK}"
        "                if response.status < 500:\n                    break\n",
        "api_not_pressed",
    ),
    "asked_at_each_update": _in_session(
        "                raise ConfigEntryAuthFailed(\n",
        "                entry = self.config_entry\n"
        "                self.hass.async_create_task(self.hass.config_entries.flow.async_init("
        'DOMAIN, context={"source": "reauth", "entry_id": entry.entry_id}, data=dict(entry.data)))\n'
        "                raise ConfigEntryAuthFailed(\n",
        "reauth_asked_once",
    ),
    "api_limit_is_refusal": _in_session(
        "if response.status == 401",
        "if response.status in (401, 429)",
        "api_retries_429",
    ),
    "silent_api_is_refusal": _in_session(
        "            raise UpdateFailed(\n",
        "            raise ConfigEntryAuthFailed(\n",
        *("api_retries_503", "api_retries_429"),
        *("api_retries_closed", "api_retries_portal"),
    ),
    "certificate_of_api_unchecked": _in_session(
        '"GET", ME_URL', '"GET", ME_URL, ssl=False', "tls_verified"
    ),
    "certificate_for_tokens_unchecked": _in_implementation(
        "async_get_clientsession(self.hass)",
        "async_get_clientsession(self.hass, verify_ssl=False)",
        "tls_verified",
    ),
    "loop_blocked": _in_session(
        _ASK,
        f"            import requests\n            requests.get(ME_URL, timeout=10)\n{_ASK}",
        "never_blocks",
    ),
    "token_in_address": _in_session(
        '"GET", ME_URL',
        '"GET", ME_URL, params={"access_token": self.session.token["access_token"]}',
        "secrets_not_in_addresses",
    ),
    "secrets_redirected": _in_implementation(
        ", allow_redirects=False", "", "secrets_not_redirected"
    ),
    "secret_in_event": _at_set_up(
        'hass.bus.async_fire("planted", {"token": dict(session.token)})',
        found_by=("secrets_not_shown",),
    ),
    "secret_in_notification": _at_set_up(
        "from homeassistant.components import persistent_notification",
        'persistent_notification.async_create(hass, session.token["access_token"])',
        found_by=("secrets_not_shown",),
    ),
    "secret_in_repair": _at_set_up(
        "from homeassistant.helpers import issue_registry as ir",
        'ir.async_create_issue(hass, DOMAIN, "x", is_fixable=False, severity="error",'
        ' translation_key="x", translation_placeholders={"t": session.token["access_token"]})',
        found_by=("secrets_not_shown",),
    ),
    "secret_in_form": Plant(
        file="config_flow.py",
        there='step_id="reauth_confirm"',
        then='step_id="reauth_confirm",'
        ' description_placeholders={"t": self._get_reauth_entry().data["token"]["access_token"]}',
        found_by=("secrets_not_shown",),
    ),
    "piece_logged": _at_set_up(
        "import logging",
        'logging.getLogger(__name__).debug("ends with %s", session.token["refresh_token"][-12:])',
        found_by=("secrets_not_logged",),
    ),
    "client_logged_in_base64": _at_set_up(
        "import base64, logging",
        'client = f"{implementation.client_id}:{implementation.client_secret}"',
        "encoded = base64.b64encode(client.encode()).decode()",
        'logging.getLogger(__name__).debug("as %s", encoded)',
        found_by=("secrets_not_logged",),
    ),
    "verifier_logged": _in_implementation(
        _METHOD,
        "    async def async_generate_authorize_url(self, flow_id):\n        import logging\n"
        '        logging.getLogger(__name__).debug("with %s", self.code_verifier)\n'
        "        return await super().async_generate_authorize_url(flow_id)\n\n"
        + _METHOD,
        "secrets_not_logged",
    ),
    "token_in_a_file": _at_set_up(
        'path = hass.config.path("planted.json")',
        'with open(path, "w") as file:',
        '    file.write(session.token["refresh_token"])',
        found_by=("removal",),
    ),
}
