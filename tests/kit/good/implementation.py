"""Token requests whose answers are read as servers send them."""

import json
from typing import Any, Final, NoReturn, override
from urllib.parse import parse_qsl

from aiohttp import ClientError, ClientResponse

from homeassistant.components.application_credentials import ClientCredential
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import (
    OAuth2TokenRequestConnectionError,
    OAuth2TokenRequestReauthError,
    OAuth2TokenRequestTransientError,
)
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.config_entry_oauth2_flow import (
    LocalOAuth2ImplementationWithPkce,
)

from .const import AUTHORIZE_URL, TOKEN_URL

_FINAL: Final = {"invalid_grant", "invalid_client", "unauthorized_client"}
_LIFETIME: Final = 3600


class Implementation(LocalOAuth2ImplementationWithPkce):
    """One credential at the provider."""

    def __init__(
        self, hass: HomeAssistant, auth_domain: str, credential: ClientCredential
    ) -> None:
        super().__init__(
            hass,
            auth_domain,
            credential.client_id,
            AUTHORIZE_URL,
            TOKEN_URL,
            credential.client_secret,
        )

    @override
    async def _token_request(self, data: dict[str, Any]) -> dict[str, Any]:
        form = data | {
            "client_id": self.client_id,
            "client_secret": self.client_secret,
        }
        session = async_get_clientsession(self.hass)
        try:
            async with session.post(
                self.token_url, data=form, allow_redirects=False
            ) as response:
                answer = _read(await response.read())
        except ClientError:
            raise OAuth2TokenRequestConnectionError(domain=self.domain) from None
        if response.status >= 400 or "error" in answer:
            self._refuse(response, answer.get("error"))
        token = answer.get("access_token")
        if not isinstance(token, str) or not token:
            raise OAuth2TokenRequestConnectionError(domain=self.domain)
        return answer | {"expires_in": _seconds(answer.get("expires_in"))}

    def _refuse(self, response: ClientResponse, error: object) -> NoReturn:
        raised = (
            OAuth2TokenRequestReauthError
            if error in _FINAL
            else OAuth2TokenRequestTransientError
        )
        raise raised(
            request_info=response.request_info,
            status=response.status,
            domain=self.domain,
        )


def _read(body: bytes) -> dict[str, Any]:
    """Return an answer in JSON or as a form, {} where it is neither."""
    text = body.decode("utf-8-sig", "replace")
    try:
        document = json.loads(text)
    except ValueError:
        return dict(parse_qsl(text))
    return document if isinstance(document, dict) else {}


def _seconds(given: object) -> int:
    try:
        return int(float(str(given)))
    except ValueError:
        return _LIFETIME
