"""Creates every issue of OAuth2 Client that a repair mends: the first account gets all of its kinds.

What leads to each is tested where it happens. Here they are looked at, and mended.
"""

from typing import Final

from custom_components.oauth2_client.const import (
    ADD_SCOPES,
    DOCUMENT_REJECTED,
    DOMAIN,
    REGISTRATION_LOST,
    SECRET_EXPIRES,
)
from custom_components.oauth2_client.credentials.yaml_import import (
    YAML_IMPORTED,
    YAML_PROVIDER_UNKNOWN,
)
from custom_components.oauth2_client.grant.token_store import async_get_token_store
from custom_components.oauth2_client.health.issues import (
    CLIENT_REJECTED,
    HOST,
    HOST_NOT_ALLOWED,
    PROVIDER_GONE,
    SCOPE_MISSING,
    SCOPE_REFUSED,
    SCOPE_REJECTED,
    as_text,
    async_create,
)
from custom_components.oauth2_client.health.storage import async_report_storage
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.typing import ConfigType

_REASON: Final = "invalid_client: The <client> was *not* found"
_SCOPES: Final = "api:write, user_read"
# As they are handed over by what creates them.
_PLACEHOLDERS: Final = {
    CLIENT_REJECTED: as_text({"reason": _REASON, "scopes": ""}),
    DOCUMENT_REJECTED: as_text({"reason": _REASON, "scopes": ""}),
    HOST_NOT_ALLOWED: {HOST: "files.example.com"},
    PROVIDER_GONE: {"provider": "user_certifed"},
    REGISTRATION_LOST: as_text({"reason": _REASON, "scopes": ""}),
    SCOPE_MISSING: as_text({"scopes": _SCOPES}),
    SCOPE_REFUSED: as_text({"scopes": _SCOPES}),
    SCOPE_REJECTED: as_text({"reason": "invalid_scope", "scopes": f": {_SCOPES}"}),
    SECRET_EXPIRES: {"date": "2026-12-31"},
}
_DATA: Final = {
    HOST_NOT_ALLOWED: {HOST: "files.example.com"},
    SCOPE_MISSING: {ADD_SCOPES: "api:write"},
    SCOPE_REFUSED: {ADD_SCOPES: "api:write"},
}


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register the action that creates them."""

    async def create(_: ServiceCall) -> None:
        first, *others = hass.config_entries.async_entries(DOMAIN)
        for key, placeholders in _PLACEHOLDERS.items():
            async_create(hass, first, key, placeholders, **_DATA.get(key, {}))
        for entry in others:
            # Without a token set, no credential can be proven.
            await async_get_token_store(hass).async_remove(entry.entry_id)
            words = _PLACEHOLDERS[CLIENT_REJECTED]
            async_create(hass, entry, CLIENT_REJECTED, words)
        async_report_storage(hass, writable=False)
        for key in (YAML_IMPORTED, YAML_PROVIDER_UNKNOWN):
            ir.async_create_issue(
                hass,
                DOMAIN,
                key,
                is_fixable=True,
                severity=ir.IssueSeverity.WARNING,
                translation_key=key,
                translation_placeholders={"provider": "certified"},
            )

    hass.services.async_register("raised_issues", "create", create)
    return True
