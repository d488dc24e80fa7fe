"""Repair issues of an account, and the flow that leads to where the user fixes them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from inspect import signature
from typing import Any, Final

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import SOURCE_REAUTH, SOURCE_RECONFIGURE, ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.helpers.importlib import async_import_module
from homeassistant.util import dt as dt_util

from .const import (
    ADD_SCOPES,
    DOCUMENT_REJECTED,
    DOMAIN,
    REGISTER_ANEW,
    REGISTRATION_LOST,
    SECRET_EXPIRES,
)
from .credentials.collection import async_stored_credentials, is_own_document
from .definitions.account import AccountSettings
from .errors import as_markdown, message_placeholders, reauth_data
from .oauth2 import (
    ClientRejected,
    GrantRejected,
    OAuth2Error,
    Response,
    ScopeRejected,
    TokenSet,
    missing_scopes,
)
from .providers.store import async_get_provider_store

_CLIENT_REJECTED: Final = "client_rejected"
_SCOPE_REJECTED: Final = "scope_rejected"
_SCOPE_MISSING: Final = "scope_missing"
_SCOPE_REFUSED: Final = "scope_refused"
# How long before the secret of a registered client expires its issue is created.
_NOTICE: Final = timedelta(days=7)
ACCOUNT_ISSUES: Final = (
    _CLIENT_REJECTED,
    REGISTRATION_LOST,
    DOCUMENT_REJECTED,
    _SCOPE_REJECTED,
    _SCOPE_MISSING,
    _SCOPE_REFUSED,
    SECRET_EXPIRES,
)
# What a client that is refused leads to. Each has a remedy of its own.
_OF_CLIENTS: Final = (_CLIENT_REJECTED, REGISTRATION_LOST, DOCUMENT_REJECTED)


async def async_client_issue(hass: HomeAssistant, credential: str) -> str:
    """Return the issue that a credential leads to once its provider refuses it."""
    store = await async_get_provider_store(hass)
    if credential in store.registered():
        return REGISTRATION_LOST
    stored = async_stored_credentials(hass).get(credential)
    if stored is not None and is_own_document(stored.client_id):
        return DOCUMENT_REJECTED
    return _CLIENT_REJECTED


@callback
def async_report_refresh(
    hass: HomeAssistant,
    entry: ConfigEntry,
    err: OAuth2Error | None,
    client_issue: str = _CLIENT_REJECTED,
) -> None:
    """Start reauth or create an issue after a failed refresh; delete issues after a good one.

    `client_issue` is the one that a refused client leads to.
    """
    match err:
        case None:
            for key in (*_OF_CLIENTS, _SCOPE_REJECTED):
                ir.async_delete_issue(hass, DOMAIN, _issue_id(key, entry))
        case GrantRejected():
            entry.async_start_reauth_if_available(hass, data=reauth_data(err))
        case ClientRejected():
            _create_issue(
                hass, entry, client_issue, _as_text(message_placeholders(err))
            )
        case ScopeRejected():
            _create_issue(
                hass, entry, _SCOPE_REJECTED, _as_text(message_placeholders(err))
            )


async def async_report_forbidden(
    hass: HomeAssistant,
    entry: ConfigEntry,
    token_set: TokenSet,
    response: Response | None,
) -> None:
    """Create an issue for the scopes that an API says the account lacks (RFC 6750, 3.1).

    Where it forbids a request and names none, they are those that were asked for and not granted. An
    answer of None says that nothing is forbidden any more.
    """
    if response is None:
        for key in (_SCOPE_MISSING, _SCOPE_REFUSED):
            ir.async_delete_issue(hass, DOMAIN, _issue_id(key, entry))
        return
    await async_import_module(hass, f"{__package__}.oauth2.challenge")
    from .oauth2.challenge import insufficient_scopes  # noqa: PLC0415 - imported just now, off the event loop

    asked = AccountSettings.from_entry(entry).scopes
    lacking = insufficient_scopes(response)
    if not lacking and (lacking is not None or response.status == 403):
        lacking = missing_scopes(token_set, asked)
    if not lacking:
        return
    key, other = _SCOPE_REFUSED, _SCOPE_MISSING
    if further := tuple(scope for scope in lacking if scope not in asked):
        # Otherwise a sign-in with the same scopes has not helped.
        key, other, lacking = _SCOPE_MISSING, _SCOPE_REFUSED, further
    ir.async_delete_issue(hass, DOMAIN, _issue_id(other, entry))
    _create_issue(
        hass,
        entry,
        key,
        _as_text({"scopes": ", ".join(lacking)}),
        scopes=" ".join(lacking),
    )


async def async_watch_secret(hass: HomeAssistant, entry: ConfigEntry) -> CALLBACK_TYPE:
    """Create an issue a week before a registered client's secret expires (RFC 7591, 3.2.1).

    The returned function cancels that.
    """
    store = await async_get_provider_store(hass)
    registration = await store.async_registration(
        AccountSettings.from_entry(entry).credential
    )
    ir.async_delete_issue(hass, DOMAIN, _issue_id(SECRET_EXPIRES, entry))
    if registration is None or registration.secret_expires_at is None:
        return lambda: None
    end = dt_util.utc_from_timestamp(registration.secret_expires_at)
    date = dt_util.as_local(end).date().isoformat()

    @callback
    def report(_: datetime) -> None:
        _create_issue(hass, entry, SECRET_EXPIRES, {"date": date})

    now = dt_util.utcnow()
    if now < end - _NOTICE:
        return async_track_point_in_utc_time(hass, report, end - _NOTICE)
    report(now)
    return lambda: None


@callback
def async_forget(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Delete all issues of an account."""
    for key in ACCOUNT_ISSUES:
        ir.async_delete_issue(hass, DOMAIN, _issue_id(key, entry))


@callback
def async_signed_in(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Take back what a sign-in has mended: the account's issues, and its open requests to sign in.

    It proves the client too, so that its issues go from all accounts that have the same one. What is
    still wrong is found again.
    """
    async_forget(hass, entry)
    credential = AccountSettings.from_entry(entry).credential
    for other in hass.config_entries.async_entries(DOMAIN):
        if AccountSettings.from_entry(other).credential == credential:
            for key in _OF_CLIENTS:
                ir.async_delete_issue(hass, DOMAIN, _issue_id(key, other))
    for flow in list(entry.async_get_active_flows(hass, {SOURCE_REAUTH})):
        hass.config_entries.flow.async_abort(flow["flow_id"])


class ReconfigureFlow(RepairsFlow):
    """Opens the account's reconfigure flow, where credential and scopes are changed.

    `answers` are given there without its form.
    """

    def __init__(self, entry_id: str, answers: dict[str, Any] | None = None) -> None:
        super().__init__()
        self._entry_id = entry_id
        self._answers = answers

    async def async_step_init(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Show what is wrong."""
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Go on to the reconfigure flow, once confirmed."""
        issue = ir.async_get(self.hass).async_get_issue(self.handler, self.issue_id)
        placeholders = issue.translation_placeholders if issue else None
        if user_input is None:
            return self.async_show_form(
                step_id="confirm", description_placeholders=placeholders
            )
        if not opens_flows():
            return self.async_abort(
                reason="reconfigure_by_hand", description_placeholders=placeholders
            )
        from homeassistant.components.repairs.const import FlowType  # noqa: PLC0415 - 2026.8 does not have it

        result = await self.hass.config_entries.flow.async_init(
            DOMAIN,
            context={"source": SOURCE_RECONFIGURE, "entry_id": self._entry_id},
            data=self._answers,
        )
        if result["type"] is FlowResultType.ABORT:
            if result["reason"] == "reconfigure_successful":
                # A client that signs in for itself: there is nothing left to open.
                return self.async_create_entry(data={})
            return self.async_abort(
                reason="reconfigure_by_hand", description_placeholders=placeholders
            )
        return self.async_create_entry(
            data={}, next_flow=(FlowType.CONFIG_FLOW, result["flow_id"])
        )


def _as_text(placeholders: Mapping[str, str]) -> dict[str, str]:
    """Return a server's words for an issue, which is Markdown."""
    return {name: as_markdown(text) for name, text in placeholders.items()}


def opens_flows() -> bool:
    """Tell whether a repair flow can open another flow, which it cannot in Home Assistant 2026.8."""
    return "next_flow" in signature(RepairsFlow.async_create_entry).parameters


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Return the flow that fixes an issue of an account."""
    given = data or {}
    answers: dict[str, Any] | None = None
    if issue_id.startswith((f"{REGISTRATION_LOST}_", f"{SECRET_EXPIRES}_")):
        answers = REGISTER_ANEW
    elif ADD_SCOPES in given:
        answers = {ADD_SCOPES: str(given[ADD_SCOPES]).split()}
    return ReconfigureFlow(str(given["entry_id"]), answers)


def _issue_id(key: str, entry: ConfigEntry) -> str:
    return f"{key}_{entry.entry_id}"


def _create_issue(
    hass: HomeAssistant,
    entry: ConfigEntry,
    key: str,
    placeholders: dict[str, str],
    *,
    scopes: str | None = None,
) -> None:
    """Create an issue; `scopes`, separated by spaces, are asked for when it is fixed."""
    data: dict[str, str | int | float | None] = {"entry_id": entry.entry_id}
    if scopes is not None:
        data[ADD_SCOPES] = scopes
    ir.async_create_issue(
        hass,
        DOMAIN,
        _issue_id(key, entry),
        data=data,
        is_fixable=True,
        severity=ir.IssueSeverity.ERROR,
        translation_key=key,
        translation_placeholders={"account": entry.title, **placeholders},
    )
