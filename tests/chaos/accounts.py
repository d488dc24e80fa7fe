"""An account in a real Home Assistant: how it is used, what it asks for, how it is signed in."""

from dataclasses import dataclass
import json
import time
from typing import Any, Final
from urllib.request import ProxyHandler, Request, build_opener

from tests.e2e.provider import Provider, sign_in
from tests.live.flows import (
    FlowFailed,
    credential_answers,
    finish_account,
    start_account,
    step,
    where,
)
from tests.live.rest import RequestFailed, Rest

from .report import Outcome

OURS: Final = "oauth2_client"
CORE: Final = "core_account"
_SCOPES: Final = ["openid", "email", "api:read"]
_FLOW: Final = "/api/config/config_entries/flow"
_ENTRY: Final = "/api/config/config_entries/entry"
_PAUSE_SECONDS: Final = 0.05
# Home Assistant itself tries a set-up again after 5 s, and after 10 s more.
_PATIENCE_SECONDS: Final = 40.0


class ReauthFailed(Exception):
    """A new sign-in that an account asks for does not make it work again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """An account of this integration or of core's helper."""

    rest: Rest
    domain: str
    entry_id: str
    login: str
    client: dict[str, str]
    # Of the server's API, what any account may read.
    url: str

    def use(self) -> int:
        """Send a request as the account; return its status. Raises RequestFailed."""
        path = f"/api/services/{self.domain}/request?return_response"
        data = {"account": self.entry_id, "url": self.url}
        answer = self.rest.request("POST", path, data)
        return int(answer["service_response"]["status"])

    def works(self) -> bool:
        """Send a request as the account; return whether it is answered."""
        try:
            return self.use() == 200
        except RequestFailed:
            return False

    def is_there(self) -> bool:
        """Return whether it outlived a kill."""
        entries = self.rest.request("GET", f"{_ENTRY}?domain={self.domain}")
        return any(entry["entry_id"] == self.entry_id for entry in entries)

    def asks_to_sign_in(self) -> bool:
        """Return whether Home Assistant shows that a new sign-in is needed."""
        return self._reauth() is not None

    def issues(self) -> list[str]:
        """Return the repairs that Home Assistant shows."""
        issues = self.rest.websocket({"type": "repairs/list_issues"})["issues"]
        return [
            issue["translation_key"]
            for issue in issues
            if issue["domain"] == self.domain
        ]

    def outcome(self, *, seconds: float = _PATIENCE_SECONDS) -> Outcome:
        """Use it until it works or asks to sign in, for so long at most."""
        if not self.is_there():
            return Outcome.GONE
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.works():
                return Outcome.WORKS
            if self.asks_to_sign_in():
                return Outcome.ASKS
            time.sleep(_PAUSE_SECONDS)
        return Outcome.STUCK

    def sign_in_again(self) -> None:
        """Do what it asks for. Raises ReauthFailed."""
        if (flow_id := self._reauth()) is None:
            raise ReauthFailed("nothing is asked for")
        result = step(self.rest, flow_id, {})
        if result.get("step_id") == "credential":
            credential = {**self.client, "details": {"scopes": _SCOPES}}
            result = step(self.rest, flow_id, credential_answers(result, credential))
        if result["type"] != "external":
            raise ReauthFailed(str(result))
        sign_in(result["url"], login=self.login)
        result = where(self.rest, flow_id)
        if result.get("reason") != "reauth_successful":
            raise ReauthFailed(str(result))
        if (outcome := self.outcome()) is not Outcome.WORKS:
            raise ReauthFailed(f"after the sign-in, the account {outcome}")

    def remove(self) -> None:
        """Remove it, which revokes its grant."""
        self.rest.request("DELETE", f"{_ENTRY}/{self.entry_id}")

    def _reauth(self) -> str | None:
        command = {"type": "config_entries/flow/progress"}
        for flow in self.rest.websocket(command):
            context = flow["context"]
            if context["source"] == "reauth" and context["entry_id"] == self.entry_id:
                return str(flow["flow_id"])
        return None


def add_account(
    rest: Rest, provider: Provider, *, login: str, client: dict[str, str]
) -> Account:
    """Add an account of this integration, with a provider and a credential of its own."""
    flow_id, url = start_account(
        rest,
        name=f"Certified for {login}",
        authorize_url=provider.authorize_url,
        token_url=provider.token_url,
        api_base_url=provider.api_base_url,
        scopes=_SCOPES,
        **client,
    )
    sign_in(url, login=login)
    entry_id = finish_account(rest, flow_id)
    return Account(
        rest=rest,
        domain=OURS,
        entry_id=entry_id,
        login=login,
        client=client,
        url=f"{provider.api_base_url}/me",
    )


def add_core_account(rest: Rest, provider: Provider, *, login: str) -> Account:
    """Add an account of core's helper, whose client is in configuration.yaml."""
    result = rest.request("POST", _FLOW, {"handler": CORE})
    if result["type"] != "external":
        raise FlowFailed(str(result))
    sign_in(result["url"], login=login)
    entry_id = finish_account(rest, result["flow_id"])
    return Account(
        rest=rest,
        domain=CORE,
        entry_id=entry_id,
        login=login,
        client={},
        url=f"{provider.api_base_url}/me",
    )


def register_client(provider: Provider, redirect_uri: str) -> dict[str, str]:
    """Return a client of its own, as a person registers one in a service's console."""
    document = {
        "redirect_uris": [redirect_uri],
        "grant_types": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_method": "client_secret_post",
    }
    request = Request(
        f"{provider.issuer}/reg",
        json.dumps(document).encode(),
        {"Content-Type": "application/json"},
    )
    with build_opener(ProxyHandler({})).open(request, timeout=10) as response:
        client: dict[str, Any] = json.load(response)
    return {name: client[name] for name in ("client_id", "client_secret")}
