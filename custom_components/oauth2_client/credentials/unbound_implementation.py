"""The implementation of a stored credential that belongs to no known provider."""

from typing import Any, override

from homeassistant.components.application_credentials import ClientCredential
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.config_entry_oauth2_flow import AbstractOAuth2Implementation

from ..const import DOMAIN


class UnboundImplementation(AbstractOAuth2Implementation):
    """Raises an error that says what is missing, but only when it is used.

    Home Assistant creates all implementations at once, so an error then would hide the others.
    """

    def __init__(self, credential_id: str, credential: ClientCredential) -> None:
        self._credential_id = credential_id
        self._name = credential.name or credential.client_id

    @property
    @override
    def name(self) -> str:
        return self._name

    @property
    @override
    def domain(self) -> str:
        return self._credential_id

    @override
    async def async_generate_authorize_url(self, flow_id: str) -> str:
        raise self._error()

    @override
    async def async_resolve_external_data(self, external_data: Any) -> dict[str, Any]:
        raise self._error()

    @override
    async def _async_refresh_token(self, token: dict[str, Any]) -> dict[str, Any]:
        raise self._error()

    def _error(self) -> HomeAssistantError:
        return HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="credential_without_provider",
            translation_placeholders={"credential": self._name},
        )
