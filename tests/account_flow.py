"""Drives the account flow as a person does: forms, the provider's consent page, the callback."""

from collections.abc import Callable
import json
from typing import Any, Final

from aiohttp.test_utils import TestClient
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
import voluptuous as vol
from yarl import URL

from custom_components.oauth2_client.const import DOMAIN
from custom_components.oauth2_client.providers.entered import (
    API_TOKEN_HEADER,
    PAIRS,
    TOKEN_PATH,
)
from homeassistant.config_entries import SOURCE_RECONFIGURE, SOURCE_USER, ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, section

from .fake_server import FakeServer
from .translations import ENGLISH, check_result

# A typed dictionary whose keys depend on where the flow stands: no use to a test.
type Result = Any

SCOPES: Final = ["read", "write"]
# The name of a service that Markdown would mark up, and make links of.
ODD_NAME: Final = "*Odd* _name_ <b>1.</b> [a](b) `c` ada@example.com"
# The fields of a new credential only, and those of its redirect URI.
_OF_NEW: Final[tuple[str, ...]] = ("client_id", "client_secret", "key_file")
_REDIRECT: Final[tuple[str, ...]] = ("redirect_uri", "other_redirect_uri")
_DETAILS: Final = {
    "client_authentication": "client_secret_post",
    "pkce": True,
    "dpop": False,
    "scope_separator": "space",
    "token_encoding": "form",
    "grants": ["authorization_code"],
    "allow_http": False,
}


class AccountFlow:
    """One flow at a time; `result` is where it stands."""

    def __init__(
        self,
        hass: HomeAssistant,
        server: FakeServer,
        client: TestClient[Any, Any],
    ) -> None:
        self.hass = hass
        self.server = server
        self.result: Result = None
        # Called with each result, for those who look at what a person is shown.
        self.seen: Callable[[Result], None] = lambda _: None
        self._client = client

    async def start(self) -> Result:
        """Add an integration."""
        return await self.take(
            await self.hass.config_entries.flow.async_init(
                DOMAIN, context={"source": SOURCE_USER}
            )
        )

    async def take(self, result: Result) -> Result:
        """Go on from where a flow stands, as long as there are words for it."""
        check_result(result, ENGLISH["config"])
        self.result = result
        self.seen(result)
        return result

    async def submit(self, **answers: Any) -> Result:
        """Send the form that is shown.

        Of a new credential, first choose so where stored ones are offered.
        """
        if "credential" in (fields := _fields(self.result)):
            answers = await self._choose_credential(answers)
        elif "credential" in answers and "client_id" in fields:
            answers.pop("credential")
        redirect = {key: answers.pop(key) for key in _REDIRECT if key in answers}
        if "key_file" in answers and "key_file" not in _fields(self.result):
            details = {**answers["details"], "key_file": answers.pop("key_file")}
            answers["details"] = details
        if "redirect" in _fields(self.result):
            answers["redirect"] = answers.get("redirect", {}) | redirect
        if "client_secret" in fields and (
            kept := suggested(self.result)["client_secret"]
        ):
            # As the browser sends it that was filled in.
            answers.setdefault("client_secret", kept)
        return await self.take(
            await self.hass.config_entries.flow.async_configure(
                self.result["flow_id"], answers
            )
        )

    async def _choose_credential(self, answers: dict[str, Any]) -> dict[str, Any]:
        """Return what is sent where stored credentials are offered, or of a new one after that."""
        of_new = {key: answers.pop(key) for key in _OF_NEW if key in answers}
        if not any(of_new.values()):
            return answers
        await self.submit(**{**answers, "credential": "new"})
        kept = {"details", "redirect", *_REDIRECT} & answers.keys()
        return {**of_new, **{key: answers[key] for key in kept}}

    async def choose(self, name: str) -> Result:
        """Add an integration and choose a provider."""
        await self.start()
        await self.submit(next_step_id="catalogue")
        return await self.submit(provider=name)

    async def enter_by_hand(self) -> Result:
        """Add an integration and open the form of a provider's endpoints."""
        await self.start()
        return await self.submit(next_step_id="manual")

    async def discover(self, address: str) -> Result:
        """Add an integration and look for a provider at an address."""
        await self.start()
        await self.submit(next_step_id="discover")
        return await self.submit(address=address)

    async def connect_pasted(self, **declared: Any) -> Result:
        """Paste a service at the fake server, with fields of the catalogue, and begin to connect it."""
        definition = {
            "name": "Sandbox",
            "authorize_url": self.server.authorize_url,
            "token_url": self.server.token_url,
            "api_base_url": self.server.api_base_url,
            "allow_http": True,
            **declared,
        }
        await self.start()
        await self.submit(next_step_id="own_services")
        await self.submit(next_step_id="import_service")
        await self.submit(definition=json.dumps(definition))
        return await self.submit(next_step_id="connect_own")

    async def confirm_found(self, **changed: Any) -> Result:
        """Send the form that was filled in with what was found."""
        form = suggested(self.result)
        details = form.pop("details") | changed.pop("details", {})
        return await self.submit(**form | changed, details=details)

    def manual_form(self, **changed: Any) -> dict[str, Any]:
        """Return the fake server's endpoints as a person would type them."""
        details = {key: changed.pop(key, value) for key, value in _DETAILS.items()}
        optional = {
            "device_authorization_url",
            "revocation_url",
            "resources",
            "issuer",
            *PAIRS,
            TOKEN_PATH,
            API_TOKEN_HEADER,
        }
        for key in optional & changed.keys():
            details[key] = changed.pop(key)
        return {
            "name": "Sandbox",
            "authorize_url": self.server.authorize_url,
            "token_url": self.server.token_url,
            "api_base_url": self.server.api_base_url,
            "scopes": " ".join(SCOPES),
            "details": details,
            **changed,
        }

    async def to_credential(self, **changed: Any) -> Result:
        """Go to the credential form of a provider that is entered by hand."""
        await self.enter_by_hand()
        return await self.submit(**self.manual_form(**changed))

    async def to_sign_in(
        self,
        client_id: str = "demo-client",
        client_secret: str = "demo-secret",
        *,
        scopes: list[str] | None = None,
        **answers: Any,
    ) -> Result:
        """Send a new credential."""
        details = {"scopes": SCOPES if scopes is None else scopes}
        return await self.submit(
            client_id=client_id,
            client_secret=client_secret,
            details={**details, **answers.pop("details", {})},
            **answers,
        )

    async def sign_in(self, *, allow: bool = True) -> Result:
        """Click through the provider's page, and come back."""
        assert self.result["type"] is FlowResultType.EXTERNAL_STEP, self.result
        return await self.come_back(
            await self.server.sign_in(await self.open_window(), allow=allow)
        )

    async def open_window(self) -> str:
        """Open the sign-in window, and return where it leads."""
        url: str = self.result["url"]
        if not (path := URL(url).path).startswith(f"/api/{DOMAIN}/"):
            return url
        response = await self._client.get(path, allow_redirects=False)
        assert response.status == 302
        return response.headers["Location"]

    async def come_back(self, callback: str) -> Result:
        """Open the callback as the browser does, and go on."""
        response = await self._client.get(URL(callback).path_qs)
        assert response.status == 200
        return await self.take(
            await self.hass.config_entries.flow.async_configure(self.result["flow_id"])
        )

    async def reconfigure(self, account: ConfigEntry) -> Result:
        """Choose *Reconfigure* in the account's menu, and to change the account itself."""
        result = await self.take(
            await self.hass.config_entries.flow.async_init(
                DOMAIN,
                context={"source": SOURCE_RECONFIGURE, "entry_id": account.entry_id},
            )
        )
        if result["type"] is FlowResultType.MENU:
            return await self.submit(next_step_id="account")
        return result

    async def add_account(self, **changed: Any) -> ConfigEntry:
        """Go all the way, and return the account."""
        await self.to_credential(**changed)
        await self.to_sign_in()
        result = await self.sign_in()
        assert result["type"] is FlowResultType.CREATE_ENTRY, result
        await self.hass.async_block_till_done()
        entry: ConfigEntry = result["result"]
        return entry


def _fields(result: Result) -> set[str]:
    schema = result.get("data_schema")
    return set() if schema is None else {str(key) for key in schema.schema}


def suggested(result: Result) -> dict[str, Any]:
    """Return what a form is filled in with."""
    values: dict[str, Any] = {}
    for key, field in result["data_schema"].schema.items():
        if isinstance(field, section):
            values[str(key)] = suggested({"data_schema": field.schema})
        elif key.description and "suggested_value" in key.description:
            values[str(key)] = key.description["suggested_value"]
        elif not isinstance(key.default, vol.Undefined):
            values[str(key)] = key.default()
    return values


def redirect_uris(result: Result) -> list[str]:
    """Return the redirect URIs that a form offers, the selected one first."""
    fields = result["data_schema"].schema["redirect"].schema.schema
    options = fields["redirect_uri"].config["options"]
    return [option["value"] for option in options]


def private_pem(key: Any) -> str:
    """Return a private key as people paste it."""
    pem: bytes = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return pem.decode()


def key_file(**changed: Any) -> str:
    """Return the key file of a service account."""
    content = {
        "type": "service_account",
        "client_email": "robot@example.com",
        "private_key_id": "1",
        "private_key": private_pem(rsa.generate_private_key(65537, 2048)),
        "token_uri": "https://oauth2.example.com/token",
    }
    return json.dumps(content | changed)
