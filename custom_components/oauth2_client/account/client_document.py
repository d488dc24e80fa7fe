"""Serves Home Assistant's client metadata document, whose URL is its client id.

OAuth Client ID Metadata Document: the authorization server reads it when somebody signs in, so that
nobody has to register a client.
"""

from typing import Any, Final

from aiohttp import web
from yarl import URL

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import http
from homeassistant.helpers.config_entry_oauth2_flow import (
    AUTH_CALLBACK_PATH,
    MY_AUTH_CALLBACK_PATH,
)
from homeassistant.helpers.network import NoURLAvailableError, get_url
from homeassistant.helpers.singleton import singleton
from homeassistant.util.hass_dict import HassKey

from ..catalogue import AUTHORIZATION_CODE, Provider
from ..const import CLIENT_DOCUMENT_PATH, DOMAIN
from ..credentials import async_stored_credentials, is_own_document
from ..oauth2 import client_document, is_at_home, is_client_document_url

_CLIENT_NAME: Final = "Home Assistant"
_LOGO_PATH: Final = "/static/icons/favicon-192x192.png"
# Servers may cache the document for an hour.
_HEADERS: Final = {"Cache-Control": "public, max-age=3600"}
_MY: Final = "my"
_FRONTEND: Final = "frontend"


@callback
def async_client_id(hass: HomeAssistant, provider: Provider) -> str | None:
    """Return the URL of the document as a client id, None where the provider could not read it.

    Home Assistant needs an external URL with https. If only the home can reach that, the provider has
    to be at home too.
    """
    if (client_id := _async_current(hass)) is None:
        return None
    host, server = URL(client_id).host or "", URL(provider.server.token_url).host or ""
    return None if is_at_home(host) and not is_at_home(server) else client_id


def reads_documents(provider: Provider) -> bool:
    """Return whether a provider accepts the URL of a document as a client id, with the browser."""
    is_supported = provider.server.client_id_metadata_document
    return is_supported and AUTHORIZATION_CODE in provider.grant_types


@callback
def async_document_redirect_uris(hass: HomeAssistant, client_id: str) -> list[str]:
    """Return the redirect URIs of a document; the first one is that of My Home Assistant, if in use."""
    base = client_id.removesuffix(CLIENT_DOCUMENT_PATH)
    my_uris = [MY_AUTH_CALLBACK_PATH] if _MY in hass.config.components else []
    return [*my_uris, f"{base}{AUTH_CALLBACK_PATH}"]


class ClientDocumentView(http.HomeAssistantView):
    """Serves the document without authentication: it has no secret, only names and addresses."""

    requires_auth = False
    url = CLIENT_DOCUMENT_PATH
    name = f"api:{DOMAIN}:client_document"

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass

    async def get(self, request: web.Request) -> web.Response:
        """Return the document of the client id that was requested."""
        client_id = self._client_id(request)
        if client_id is None:
            return web.Response(status=404)
        return self.json(self._document(client_id), headers=_HEADERS)

    def _client_id(self, request: web.Request) -> str | None:
        """Return the client id that is the requested URL, or else the current one.

        After the external URL has changed, the client ids of accounts keep the host that they had.
        """
        requested = f"https://{request.host}{CLIENT_DOCUMENT_PATH}".lower()
        for credential in async_stored_credentials(self._hass).values():
            if credential.client_id.lower() == requested:
                return credential.client_id
        return _async_current(self._hass)

    def _document(self, client_id: str) -> dict[str, Any]:
        base = client_id.removesuffix(CLIENT_DOCUMENT_PATH)
        # The frontend serves the logo.
        has_logo = _FRONTEND in self._hass.config.components
        return client_document(
            client_id,
            name=_CLIENT_NAME,
            redirect_uris=async_document_redirect_uris(self._hass, client_id),
            client_uri=f"{base}/",
            logo_uri=f"{base}{_LOGO_PATH}" if has_logo else None,
        )


@singleton(HassKey[ClientDocumentView](f"{DOMAIN}.client_document"))
@callback
def async_serve_client_document(hass: HomeAssistant) -> ClientDocumentView:
    """Return the view, registered when it is first needed."""
    view = ClientDocumentView(hass)
    hass.http.register_view(view)
    return view


@callback
def _async_current(hass: HomeAssistant) -> str | None:
    try:
        base = get_url(
            hass, allow_internal=False, prefer_external=True, require_ssl=True
        )
    except NoURLAvailableError:
        return None
    client_id = f"{base}{CLIENT_DOCUMENT_PATH}"
    is_usable = is_own_document(client_id) and is_client_document_url(client_id)
    return client_id if is_usable else None
