"""Creates the repair issues of accounts, and deletes them as soon as the problem is gone."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.helpers.importlib import async_import_module
from homeassistant.util import dt as dt_util

from ..const import (
    ADD_SCOPES,
    DOCUMENT_REJECTED,
    DOMAIN,
    REGISTRATION_LOST,
    SECRET_EXPIRES,
)
from ..credentials.yaml_import import (
    YAML_PROVIDER_UNKNOWN,
    async_import_yaml_credential,
)
from ..definitions.account import AccountSettings
from ..errors import as_markdown
from ..oauth2 import Response, TokenSet
from ..providers.store import async_get_provider_store

CLIENT_REJECTED: Final = "client_rejected"
SCOPE_REJECTED: Final = "scope_rejected"
SCOPE_MISSING: Final = "scope_missing"
SCOPE_REFUSED: Final = "scope_refused"
HOST_NOT_ALLOWED: Final = "host_not_allowed"
PROVIDER_GONE: Final = "provider_gone"
GRANT_ENDS: Final = "grant_ends"
# How long before its expiry a registered client's secret gets an issue.
_NOTICE_PERIOD: Final = timedelta(days=7)
# The issues of a refused client. Each has a remedy of its own.
_CLIENT_ISSUES: Final = (CLIENT_REJECTED, REGISTRATION_LOST, DOCUMENT_REJECTED)
_SCOPE_ISSUES: Final = (SCOPE_MISSING, SCOPE_REFUSED)
# The issues that a new sign-in solves.
SIGN_IN_ISSUES: Final = (
    *_CLIENT_ISSUES,
    SCOPE_REJECTED,
    *_SCOPE_ISSUES,
    SECRET_EXPIRES,
)
ACCOUNT_ISSUES: Final = (
    *SIGN_IN_ISSUES,
    HOST_NOT_ALLOWED,
    PROVIDER_GONE,
    GRANT_ENDS,
)

# The key of the host in the data of its issue.
HOST: Final = "host"

type IssueValue = str | int | float | None


async def async_watch_secret(hass: HomeAssistant, entry: ConfigEntry) -> CALLBACK_TYPE:
    """Create an issue a week before a registered client's secret expires (RFC 7591, 3.2.1).

    The returned function cancels the timer.
    """
    store = await async_get_provider_store(hass)
    registration = await store.async_registration(
        AccountSettings.from_entry(entry).credential
    )
    async_delete(hass, entry, (SECRET_EXPIRES,))
    if registration is None or registration.secret_expires_at is None:
        return lambda: None
    end = dt_util.utc_from_timestamp(registration.secret_expires_at)

    @callback
    def report(_: datetime) -> None:
        # Computed only here: a date at the end of the year 9999 may have no local date.
        date = dt_util.as_local(end).date().isoformat()
        async_create(hass, entry, SECRET_EXPIRES, {"date": date})

    now = dt_util.utcnow()
    if now < end - _NOTICE_PERIOD:
        return async_track_point_in_utc_time(hass, report, end - _NOTICE_PERIOD)
    report(now)
    return lambda: None


async def async_look_for_providers(hass: HomeAssistant) -> None:
    """Set up the accounts whose provider is back, which deletes their issues.

    A credential of configuration.yaml that waits for its provider is imported.
    """
    issues = ir.async_get(hass)
    if issues.async_get_issue(DOMAIN, YAML_PROVIDER_UNKNOWN) is not None:
        await async_import_yaml_credential(hass)
    store = await async_get_provider_store(hass)
    for issue in list(issues.issues.values()):
        if (issue.domain, issue.translation_key) != (DOMAIN, PROVIDER_GONE):
            continue
        entry = async_entry_of(hass, issue.data)
        if entry is None:
            continue
        binding = AccountSettings.from_entry(entry).binding
        if await store.async_complete_provider(binding) is not None:
            async_report_provider(hass, entry, None)
            hass.config_entries.async_schedule_reload(entry.entry_id)


@callback
def async_forget_requests(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Delete the issues that an account's requests create; requests that still fail create them again."""
    async_delete(hass, entry, (*_SCOPE_ISSUES, HOST_NOT_ALLOWED))


async def async_report_forbidden(
    hass: HomeAssistant,
    entry: ConfigEntry,
    token_set: TokenSet,
    response: Response | None,
) -> None:
    """Create an issue for the scopes that the token lacks, by an API's response.

    A response of None deletes the issue: no request is refused any more.
    """
    if response is None:
        async_delete(hass, entry, _SCOPE_ISSUES)
        return
    await async_import_module(hass, f"{__package__}.scopes")
    from .scopes import lacking_scopes  # noqa: PLC0415 - imported just now, off the event loop

    requested = AccountSettings.from_entry(entry).scopes
    if not (lacking := lacking_scopes(response, token_set, requested)):
        return
    async_report_scopes(hass, entry, lacking)


@callback
def async_report_scopes(
    hass: HomeAssistant, entry: ConfigEntry, lacking: Sequence[str]
) -> None:
    """Create an issue whose fix signs in again with the scopes that the token lacks."""
    requested = AccountSettings.from_entry(entry).scopes
    key, other = SCOPE_MISSING, SCOPE_REFUSED
    if lacking[0] in requested:
        key, other = other, key
    async_delete(hass, entry, (other,))
    async_create(
        hass,
        entry,
        key,
        as_text({"scopes": ", ".join(lacking)}),
        **{ADD_SCOPES: " ".join(lacking)},
    )


@callback
def async_report_host(
    hass: HomeAssistant, entry: ConfigEntry, host: str | None
) -> None:
    """Create an issue for a host that a request leads to but that may not receive the token.

    A host of None deletes the issue: no request leads to such a host any more.
    """
    if host is None:
        async_delete(hass, entry, (HOST_NOT_ALLOWED,))
    else:
        async_create(hass, entry, HOST_NOT_ALLOWED, {HOST: host}, **{HOST: host})


@callback
def async_report_provider(
    hass: HomeAssistant, entry: ConfigEntry, gone: str | None
) -> None:
    """Create an issue for a provider that no longer exists; `gone` is its id, None deletes the issue."""
    if gone is None:
        async_delete(hass, entry, (PROVIDER_GONE,))
    else:
        async_create(hass, entry, PROVIDER_GONE, {"provider": gone})


@callback
def async_client_accepted(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Delete the issues about an account's client, also those of other accounts with the same client."""
    credential = AccountSettings.from_entry(entry).credential
    for issue in list(ir.async_get(hass).issues.values()):
        if issue.domain != DOMAIN or issue.translation_key not in _CLIENT_ISSUES:
            continue
        entry_id = issue.issue_id.removeprefix(f"{issue.translation_key}_")
        other = hass.config_entries.async_get_entry(entry_id)
        if (
            other is not None
            and AccountSettings.from_entry(other).credential == credential
        ):
            ir.async_delete_issue(hass, DOMAIN, issue.issue_id)


@callback
def async_entry_of(
    hass: HomeAssistant, data: Mapping[str, IssueValue] | None
) -> ConfigEntry | None:
    """Return the account of an issue by the issue's data, None where the account was removed."""
    return hass.config_entries.async_get_entry(str((data or {}).get("entry_id")))


def as_text(placeholders: Mapping[str, str]) -> dict[str, str]:
    """Return placeholders whose values are escaped for the Markdown of an issue."""
    return {name: as_markdown(text) for name, text in placeholders.items()}


def issue_id(key: str, entry: ConfigEntry) -> str:
    """Return the id of an account's issue."""
    return f"{key}_{entry.entry_id}"


@callback
def async_create(
    hass: HomeAssistant,
    entry: ConfigEntry,
    key: str,
    placeholders: Mapping[str, str],
    **data: IssueValue,
) -> None:
    """Create an issue of an account. `data` is for the flow that fixes the issue."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id(key, entry),
        data={"entry_id": entry.entry_id, **data},
        is_fixable=True,
        severity=ir.IssueSeverity.ERROR,
        translation_key=key,
        translation_placeholders={
            "account": entry.title,
            "whose": as_markdown(entry.title),
            **placeholders,
        },
    )


@callback
def async_delete(hass: HomeAssistant, entry: ConfigEntry, keys: Iterable[str]) -> None:
    """Delete issues of an account."""
    for key in keys:
        ir.async_delete_issue(hass, DOMAIN, issue_id(key, entry))
