"""Collects the diagnostics of an account, by an allow-list: only what is named here is in them."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime
import re
from typing import Any, Final

from homeassistant.config_entries import ConfigEntryState, ConfigSubentry
from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.config_entry_oauth2_flow import (
    ImplementationUnavailableError,
)
from homeassistant.helpers.importlib import async_import_module

from ..account import Account
from ..catalogue import USER_CATEGORY
from ..const import PACKAGE, SUBENTRY_COMMAND, SUBENTRY_RESOURCE
from ..coordinator import ResourceCoordinator
from ..definitions import InvalidDefinition
from ..definitions.account import CONF_SIGNED_IN_AT, AccountSettings, stored_seconds
from ..definitions.resource import Resource
from ..health.endings import past_durations
from ..health.story import Refreshed, async_story
from ..oauth2 import AuthorizationServer, OAuth2Error, TokenSet, missing_scopes
from ..runtime import OAuth2ClientConfigEntry

# A person waits for the download.
_INTROSPECTION_TIMEOUT_SECONDS: Final = 10.0
# The ids of clients and tenants, which are private, and may be in scopes (`api://<id>/.default`).
_IDENTIFIER: Final = r"[0-9a-fA-F-]{12,}|\d{5,}|@"
_STATUS_CODE: Final = r"http_\d{3}"


async def async_diagnosis(
    hass: HomeAssistant, entry: OAuth2ClientConfigEntry
) -> dict[str, Any]:
    """Return what helps to find out why an account does not work, without what identifies the account.

    There are no URLs in it: they often contain hosts, tenants and user ids.
    """
    # Modules that the functions below import, and a start does not.
    for module in (
        "credentials.any_implementation",
        "api.paging",
        "oauth2.error_codes",
    ):
        await async_import_module(hass, f"{PACKAGE}.{module}")
    settings = AccountSettings.from_entry(entry)
    loaded = entry.state is ConfigEntryState.LOADED
    account = entry.runtime_data.account if loaded else None
    coordinators = entry.runtime_data.resources if loaded else {}
    return {
        "entry": {
            "state": entry.state.value,
            "version": f"{entry.version}.{entry.minor_version}",
            "scopes_asked": _scopes(settings.scopes),
            "allowed_hosts": len(settings.allowed_hosts),
        },
        "story": _story(hass, entry),
        "pauses": None
        if account is None
        else {
            "refresh": round(account.pause),
            "requests": round(account.request_pause),
        },
        "provider": None if account is None else _provider(account),
        "token": None
        if account is None
        else {
            **_token(account.token_set),
            # Only a hint: servers may call granted scopes by other names.
            "scopes_not_named": _scopes(
                missing_scopes(account.token_set, settings.scopes)
            ),
            "active": await _async_active(hass, entry, account.token_set),
        },
        "resources": [
            _resource(hass, entry, subentry, coordinators.get(subentry.subentry_id))
            for subentry in entry.get_subentries_of_type(SUBENTRY_RESOURCE)
        ],
        "commands": len(list(entry.get_subentries_of_type(SUBENTRY_COMMAND))),
    }


async def _async_active(
    hass: HomeAssistant, entry: OAuth2ClientConfigEntry, token_set: TokenSet
) -> bool | str | None:
    """Return whether the access token is active, by introspection (RFC 7662).

    None where the provider cannot be asked; the code of the error where the request failed.
    """
    from ..credentials.any_implementation import async_implementation_of  # noqa: PLC0415 - imported before, off the event loop

    try:
        async with asyncio.timeout(_INTROSPECTION_TIMEOUT_SECONDS):
            implementation = await async_implementation_of(hass, entry)
            return await implementation.async_introspect(token_set)
    except OAuth2Error as err:
        return err.code
    # ValueError is raised where the credential was deleted.
    except ImplementationUnavailableError, TimeoutError, ValueError:
        return None


def _provider(account: Account) -> dict[str, Any]:
    provider = account.provider
    # The id and name of a provider that the user entered are private: the name is often its host.
    bundled = provider.category != USER_CATEGORY
    return {
        "id": provider.id if bundled else None,
        "name": provider.name if bundled else None,
        "category": provider.category,
        "allow_http": provider.allow_http,
        "api_base_url": provider.api_base_url is not None,
        "api_hosts": len(provider.api_hosts),
        "api_headers": sorted(provider.api_headers),
        "api_token_header": provider.api_token_header.partition(":")[0],
        "identity": provider.identity is not None,
        "server": _server(provider.server),
    }


def _server(server: AuthorizationServer) -> dict[str, Any]:
    return {
        "refresh_url": server.refresh_url is not None,
        "client_authentication": server.client_authentication,
        "assertion_audience": server.assertion_audience,
        "token_encoding": server.token_encoding,
        "scope_separator": server.scope_separator,
        "pkce": server.pkce,
        "authorize_parameters": sorted(server.authorize_parameters),
        "device_parameters": sorted(server.device_parameters),
        "token_parameters": sorted(server.token_parameters),
        "refresh_parameters": sorted(server.refresh_parameters),
        "token_headers": sorted(server.token_headers),
        "token_path": list(server.token_path),
        "token_fields": sorted(server.token_fields),
        "token_errors": sorted(server.token_errors),
        "token_lifetime": server.token_lifetime,
    }


def _token(token_set: TokenSet) -> dict[str, Any]:
    return {
        "type": token_set.token_type,
        "received_at": _iso_time(token_set.received_at),
        "expires_at": _iso_time(token_set.expires_at),
        "has_refresh_token": token_set.refresh_token is not None,
        "has_id_token": token_set.id_token is not None,
        "scopes_granted": _scopes(token_set.scopes),
    }


def _story(hass: HomeAssistant, entry: OAuth2ClientConfigEntry) -> dict[str, Any]:
    """Return how the account's refreshes went since the start, and how long its grants have lasted."""
    story = async_story(hass, entry.entry_id)
    lifetimes = {
        refreshed.lifetime
        for refreshed in story.refreshes
        if refreshed.lifetime is not None
    }
    return {
        "signed_in_at": _iso_time(stored_seconds(entry.data.get(CONF_SIGNED_IN_AT))),
        "grants_lasted": [round(lasted) for lasted in past_durations(entry)],
        "refreshes_succeeded": story.succeeded,
        "refreshes_failed": story.failed,
        "lifetimes": sorted(lifetimes),
        "rotation_seen": any(refreshed.rotated for refreshed in story.refreshes),
        "refreshes": [
            {
                "at": _iso_time(refreshed.at),
                "outcome": _outcome(refreshed),
                "lifetime": refreshed.lifetime,
                "rotated": refreshed.rotated,
            }
            for refreshed in story.refreshes
        ],
    }


def _outcome(refreshed: Refreshed) -> str | None:
    """Return how a refresh ended: `ok`, or the error's code if it is a known one, else its message's key.

    A server's own code is free text, which may identify an account.
    """
    from ..oauth2.error_codes import KNOWN_CODES  # noqa: PLC0415 - imported before, off the event loop

    code = refreshed.code
    if code is None:
        return "ok"
    if code in KNOWN_CODES or re.fullmatch(_STATUS_CODE, code):
        return code
    return refreshed.key


def _resource(
    hass: HomeAssistant,
    entry: OAuth2ClientConfigEntry,
    subentry: ConfigSubentry,
    coordinator: ResourceCoordinator | None,
) -> dict[str, Any]:
    try:
        resource = Resource.from_subentry(subentry)
    except InvalidDefinition as err:
        return {"stored_wrongly_at": str(err)}
    states = [
        hass.states.get(entity.entity_id)
        for entity in er.async_entries_for_config_entry(
            er.async_get(hass), entry.entry_id
        )
        if entity.config_subentry_id == subentry.subentry_id
    ]
    request, schedule, pages = resource.request, resource.schedule, resource.pages
    return {
        "method": request.method,
        "relative_url": "://" not in request.url.partition("?")[0],
        "query": bool(request.query) or "?" in request.url,
        "headers": len(request.headers),
        "body": request.body is not None,
        "format": resource.format,
        "interval": schedule.interval,
        "hours": schedule.start is not None,
        "pages": None if pages is None else pages.kind,
        "values": [
            {
                "platform": str(value.platform),
                "unit": value.unit,
                "device_class": value.device_class,
                "state_class": value.state_class,
                "template": value.template is not None,
            }
            for value in resource.values
        ],
        "last_success": None
        if coordinator is None
        else _iso_time(coordinator.succeeded_at),
        "last_error": None
        if coordinator is None or coordinator.failed_at is None
        else {
            "at": _iso_time(coordinator.failed_at),
            "message": coordinator.failure,
        },
        "entities": len(states),
        "entities_available": sum(
            state is not None and state.state != STATE_UNAVAILABLE for state in states
        ),
    }


def _scopes(scopes: Iterable[str] | None) -> list[str] | None:
    """Return scopes, with `…` in place of those that contain an identifier."""
    if scopes is None:
        return None
    return ["…" if re.search(_IDENTIFIER, scope) else scope for scope in scopes]


def _iso_time(seconds: float | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat()
