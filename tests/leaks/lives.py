"""How accounts come to be, one way for each kind of secret, and what then happens to each."""

from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from itertools import cycle
import json
from typing import Any, Final
from urllib.parse import quote

from cryptography.hazmat.primitives.asymmetric import ec
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.oauth2_client.const import DOMAIN
from custom_components.oauth2_client.oauth2 import JWT_BEARER_GRANT_TYPE
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util

from ..account_flow import AccountFlow, Result, key_file, private_pem
from ..clock import StoppedClock
from ..credentials.registering import made, register
from ..fake_server import FakeServer, Fault
from ..resources import add_resource, settle
from .planted import Secrets

_TOKENS: Final = {"access token", "refresh token"}
_CODE: Final = {"code", "code verifier"}
# With all that is spelled otherwise in a form, a header and JSON.
SECRET: Final = 'planted: "client" secret/+%&=ü'
API_KEY: Final = "planted-api-key-of-a-person"
_MOST_TOKENS: Final = 3
_ASK: Final = "ask_as_an_automation"


async def browser(flow: AccountFlow, secrets: Secrets) -> Result:
    """Sign in with a code, a verifier, and a secret in the Basic header."""
    flow.server.settings.clients["demo-client"] = SECRET
    flow.server.settings.id_token = {"sub": "user-1"}
    secrets.plant("client secret", SECRET)
    await flow.to_credential(
        client_authentication="client_secret_basic",
        revocation_url=flow.server.revocation_url,
    )
    await flow.to_sign_in(client_secret=SECRET)
    return await flow.sign_in()


async def device(flow: AccountFlow, secrets: Secrets) -> Result:
    """Sign in with a code on another device."""
    flow.server.settings.device_interval = 0
    await flow.to_credential(
        grants=["authorization_code", "device_code"],
        device_authorization_url=flow.server.device_url,
    )
    secrets.plant("client secret", "demo-secret")
    await flow.to_sign_in(details={"grant": "device_code"})
    [asked] = flow.server.device_requests
    flow.server.decide_device(asked.user_code, allow=True)
    return await _until_done(flow)


async def _until_done(flow: AccountFlow) -> Result:
    result = await flow.submit()
    while result["type"] in (
        FlowResultType.SHOW_PROGRESS,
        FlowResultType.SHOW_PROGRESS_DONE,
    ):
        await settle(flow.hass)
        result = await flow.hass.config_entries.flow.async_configure(result["flow_id"])
    return await flow.take(result)


async def itself(flow: AccountFlow, secrets: Secrets) -> Result:
    """Sign a client in for itself."""
    secrets.plant("client secret", "demo-secret")
    await flow.to_credential(grants=["client_credentials"])
    return await flow.to_sign_in()


async def service_account(flow: AccountFlow, secrets: Secrets) -> Result:
    """Sign in with a key file, and the assertion that it signs."""
    server = flow.server
    server.settings.metadata_changes = {
        "grant_types_supported": [JWT_BEARER_GRANT_TYPE]
    }
    content = key_file()
    secrets.plant_key("key file", json.loads(content)["private_key"])
    await flow.discover(server.base_url)
    await flow.confirm_found(name="Sandbox", api_base_url=server.api_base_url)
    # The server knows no assertions. It answers with tokens that it takes.
    for _ in range(_MOST_TOKENS):
        token = server._store.client_tokens("robot@example.com", "").access_token
        answer = {"access_token": token, "expires_in": 3600}
        server.token_faults.append(Fault.json(200, answer))
    return await flow.submit(client_secret=content, details={"scopes": []})


async def signing_client(flow: AccountFlow, secrets: Secrets) -> Result:
    """Sign in as a client that has a private key."""
    server = flow.server
    key = ec.generate_private_key(ec.SECP256R1())
    server.settings.client_keys["demo-client"] = key.public_key()
    audiences = (server.base_url, server.token_url, server.pushed_url)
    server.settings.assertion_audiences = dict.fromkeys(
        ("/par", "/token", "/revoke", "/introspect"), audiences
    )
    server.settings.metadata_changes = {
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "revocation_endpoint_auth_methods_supported": None,
        "introspection_endpoint_auth_methods_supported": None,
    }
    secrets.plant_key("client's key", private_pem(key))
    await flow.discover(server.base_url)
    await flow.confirm_found(name="Sandbox", api_base_url=server.api_base_url)
    await flow.to_sign_in(client_secret=private_pem(key))
    return await flow.sign_in()


async def bound(flow: AccountFlow, secrets: Secrets) -> Result:
    """Sign in with tokens that are bound to a key."""
    flow.server.settings.dpop = True
    secrets.plant("client secret", "demo-secret")
    await flow.to_credential(dpop=True)
    await flow.to_sign_in()
    return await flow.sign_in()


async def registered(flow: AccountFlow, secrets: Secrets) -> Result:
    """Sign in as a client that the provider makes."""
    answer = made(flow.server)
    secrets.plant("registration token", "planted-management")
    secrets.plant("client secret", "demo-secret")
    await register(flow, flow.server, answer)
    return await flow.sign_in()


_REFUSALS: Final = (
    (400, "invalid_request"),
    (401, "invalid_client"),
    (400, "invalid_scope"),
    (503, "temporarily_unavailable"),
    # The text itself.
    (400, None),
)

# The kinds of secrets that each life has to have.
KINDS: Final[Mapping[str, set[str]]] = {
    "browser": _TOKENS | _CODE | {"client secret", "Basic header", "id token"},
    "device": _TOKENS | {"client secret", "device code"},
    "itself": {"access token", "client secret"},
    "service_account": {"access token", "assertion", "key file"},
    "signing_client": _TOKENS | _CODE | {"client assertion", "client's key"},
    "bound": _TOKENS | _CODE | {"client secret", "key of a token"},
    "registered": _TOKENS | _CODE | {"client secret", "registration token"},
}

type Begin = Callable[[AccountFlow, Secrets], Awaitable[Result]]

LIVES: Final[Mapping[str, Begin]] = {
    begin.__name__: begin
    for begin in (
        browser,
        device,
        itself,
        service_account,
        signing_client,
        bound,
        registered,
    )
}


class Life:
    """What happens to one account: good days and bad ones."""

    def __init__(
        self,
        flow: AccountFlow,
        clock: StoppedClock,
        entry: ConfigEntry,
        secrets: Secrets,
    ) -> None:
        self.server: FakeServer = flow.server
        self.entry = entry
        self.secrets = secrets
        self._clock = clock
        self._hass: HomeAssistant = flow.hass

    async def good_days(self) -> None:
        """Poll with a key in the query, ask as an automation, renew the token."""
        self.secrets.plant("key in a query", API_KEY)
        await add_resource(
            self._hass,
            self.entry,
            request={"headers": {"X-Api-Key": API_KEY}, "query": {"key": API_KEY}},
        )
        await self._automate()
        await self._ask("/weather")
        self.server.expire_access_tokens()
        await self._ask("/weather")
        await self._poll()

    async def bad_days(self) -> None:
        """Meet servers that repeat what they were sent, answers that break, and a dead grant."""
        for status in (200, 400, 401, 403, 404, 500):
            await self._echoed(status)
        for fault in (
            Fault(reset=True),
            Fault(302, {"Location": f"/api/x?access_token={self._sent()}"}),
            Fault(302, {"Location": f"https://elsewhere.example/?t={self._sent()}"}),
            Fault(200, {"Content-Type": self._sent()}, b"{"),
            Fault(500, {"Content-Type": "text/html"}, self._page()),
            Fault(raw=[self._sent().encode() + b"\r\n"]),
        ):
            self.server.api_faults.extend([fault] * 4)
            await self._ask("/weather")
            await self._poll()
            self.server.api_faults.clear()
        for fault in self._refusals():
            # What the one before has led to is over.
            self._clock.move(86400)
            # Each refresh asks up to four times: a way to authenticate may be what is refused.
            self.server.token_faults.extend([fault] * 16)
            await self._ask("/weather")
            await self._poll()
            await self._hass.config_entries.async_reload(self.entry.entry_id)
            await settle(self._hass)
            self.server.token_faults.clear()

    async def end(self) -> None:
        """Remove the account, where the provider refuses to sign it out."""
        self.server.revocation_faults.extend(
            Fault.json(400, {"error": "invalid_request", "error_description": text})
            for text in self._repeated()
        )
        await self._hass.config_entries.async_remove(self.entry.entry_id)
        await settle(self._hass)

    async def _echoed(self, status: int) -> None:
        """Let the API repeat the token in its answer to an automation and to a poll."""

        def repeat(_: bytes) -> Fault:
            token = self._sent()
            names = ("temperature", "condition")
            document = {
                "current": dict(zip(names, _spelled(token), strict=False)),
                "message": f"{token} is not good",
                "all": _spelled(token),
                "query": dict(self.server.api_requests[-1].query),
            }
            return Fault.json(status, document, X_Token=token)

        self.server.api_faults.extend([Fault(rewrite=repeat)] * 4)
        await self._ask("/weather")
        await self._poll()
        self.server.api_faults.clear()

    def _refusals(self) -> list[Fault]:
        """Return refusals of a refresh that repeat what was sent, and what it is about."""
        faults = [
            Fault.json(status, {"error": error or text, "error_description": text})
            for text, (status, error) in zip(
                self._repeated(), cycle(_REFUSALS), strict=False
            )
        ]
        page = Fault(400, {"Content-Type": "text/html"}, self._page())
        # Its refresh token is kept.
        useless = Fault(
            rewrite=lambda body: Fault.json(200, _without_access_token(body))
        )
        refused = Fault.json(400, {"error": "invalid_grant"})
        return [*faults, page, useless, refused]

    def _repeated(self) -> list[str]:
        """Return texts that repeat the newest secrets, one in one spelling each."""
        newest = self.secrets.of("client secret")
        if refresh_token := self.server.grants[-1].refresh_token:
            newest += [refresh_token, self._sent()]
        return [f"{text} is bad" for one in newest for text in _spelled(one)]

    def _sent(self) -> str:
        """Return the token that the API got last."""
        return self.server.api_requests[-1].headers["authorization"].split()[1]

    def _page(self) -> bytes:
        return "".join(f"<p>{text}</p>" for text in self._repeated()).encode()

    async def _automate(self) -> None:
        """Let an automation ask as the account, and tell the answer to everybody."""
        assert await async_setup_component(
            self._hass,
            "automation",
            {
                "automation": {
                    "id": "asks",
                    "alias": "Asks",
                    "trace": {"stored_traces": 200},
                    "trigger": {"trigger": "event", "event_type": _ASK},
                    "action": [
                        {
                            "action": f"{DOMAIN}.request",
                            "data": {
                                "account": self.entry.entry_id,
                                "url": "{{ trigger.event.data.url }}",
                                "fail_on_error": "{{ trigger.event.data.strict }}",
                            },
                            "response_variable": "answer",
                        },
                        {"event": "told", "event_data": {"answer": "{{ answer }}"}},
                    ],
                }
            },
        )

    async def _ask(self, url: str) -> None:
        for strict in (True, False):
            self._hass.bus.async_fire(_ASK, {"url": url, "strict": strict})
            await settle(self._hass)

    async def _poll(self) -> None:
        async_fire_time_changed(self._hass, dt_util.utcnow() + timedelta(seconds=70))
        await settle(self._hass)


def _spelled(secret: str) -> tuple[str, ...]:
    return secret, b64encode(secret.encode()).decode(), quote(secret, safe="")


def _without_access_token(body: bytes) -> Any:
    answer: Any = json.loads(body)
    return answer | {"access_token": None} if isinstance(answer, dict) else answer
