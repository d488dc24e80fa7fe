"""Where a sign-in comes back, and sign-ins that are begun more than once, at a certified provider."""

from collections.abc import Callable, Iterator
from http.cookiejar import CookieJar
from typing import Any, Final
from urllib.request import HTTPCookieProcessor, ProxyHandler, build_opener

import pytest

from tests.live import HomeAssistant
from tests.live.flows import find_account, finish_account, suggested

from .conftest import running_home_assistant
from .provider import Provider, running_provider, sign_in

_FLOW: Final = "/api/config/config_entries/flow"
_CALLBACK: Final = "/auth/external/callback"


@pytest.fixture(scope="module")
def home_assistant(
    tmp_path_factory: pytest.TempPathFactory, say: Callable[[str], None]
) -> Iterator[HomeAssistant]:
    """One Home Assistant for all tests here."""
    config = tmp_path_factory.mktemp("redirects") / "config"
    with running_home_assistant(config, say) as running:
        yield running


def _find(
    home_assistant: HomeAssistant, provider: Provider, name: str, **credential: str
) -> Any:
    """Find the provider, ask for a scope that tells nobody's identity; return where the flow stands."""
    return find_account(
        home_assistant.rest,
        address=provider.issuer,
        changed={"name": name, "api_base_url": provider.api_base_url},
        details={},
        credential={
            "register": False,
            "client_id": provider.client_id,
            "client_secret": provider.client_secret,
            **credential,
            "details": {"scopes": ["api:read"], "grant": "authorization_code"},
        },
    )


def _again(home_assistant: HomeAssistant, name: str) -> Any:
    """Choose a provider of the list, and what its form is filled in with."""
    rest = home_assistant.rest
    flow = rest.request("POST", _FLOW, {"handler": "oauth2_client"})
    path = f"{_FLOW}/{flow['flow_id']}"
    rest.request("POST", path, {"next_step_id": "catalogue"})
    form = rest.request("POST", path, {"provider": name})
    answers = suggested(form["data_schema"])
    answers["details"] = {"scopes": ["api:read"], "grant": "authorization_code"}
    return rest.request("POST", path, answers)


def _sign_in(home_assistant: HomeAssistant, result: Any, login: str) -> str:
    assert result["type"] == "external", result
    sign_in(result["url"], login=login)
    return finish_account(home_assistant.rest, result["flow_id"])


def _temperature(home_assistant: HomeAssistant, entry_id: str) -> float:
    answer = home_assistant.call_action(
        "oauth2_client", "request", account=entry_id, url="/home"
    )
    return float(answer["data"]["home"]["temperature"])


def test_two_accounts_of_one_application_that_tells_no_identity(
    home_assistant: HomeAssistant,
) -> None:
    callback = f"{home_assistant.base_url}{_CALLBACK}"
    with running_provider(callback, access_token_lifetime=3600) as provider:
        first = _sign_in(
            home_assistant, _find(home_assistant, provider, "Two"), login="ada"
        )
        second = _sign_in(home_assistant, _again(home_assistant, "Two"), login="bob")

        assert first != second
        for account in (first, second):
            assert _temperature(home_assistant, account) == 21.5


def test_a_window_that_is_closed_and_opened_again_is_pushed_anew(
    home_assistant: HomeAssistant,
) -> None:
    callback = f"{home_assistant.base_url}{_CALLBACK}"
    with running_provider(callback, access_token_lifetime=3600) as provider:
        result = _find(home_assistant, provider, "Closed")
        for _ in range(2):
            # Opened, looked at and closed: its request can be used once only.
            browser = build_opener(HTTPCookieProcessor(CookieJar()), ProxyHandler({}))
            browser.open(result["url"], timeout=120).close()
        account = _sign_in(home_assistant, result, login="ada")

        assert provider.seen()["pushed"] == 3
        assert _temperature(home_assistant, account) == 21.5


def test_the_redirect_uri_that_is_chosen_is_the_one_that_the_provider_gets(
    home_assistant: HomeAssistant,
) -> None:
    port = home_assistant.base_url.rpartition(":")[2]
    external = f"http://localhost:{port}"
    assert external != home_assistant.base_url
    command = {"type": "config/core/update", "external_url": external}
    home_assistant.rest.websocket(command)
    chosen = f"{external}{_CALLBACK}"
    # It takes no other one.
    with running_provider(chosen, access_token_lifetime=3600) as provider:
        result = _find(home_assistant, provider, "Chosen", redirect_uri=chosen)
        account = _sign_in(home_assistant, result, login="ada")

        assert _temperature(home_assistant, account) == 21.5
