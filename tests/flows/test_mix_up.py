"""An answer of one server is not taken for that of another one (RFC 9700, 4.4; RFC 9207)."""

from typing import Any, Final

from aiohttp.test_utils import TestClient
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from yarl import URL

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.http import current_request

from ..account_flow import AccountFlow, redirect_uris
from ..fake_server import FakeServer

CALLBACK: Final = "/auth/external/callback"
MY: Final = "https://my.home-assistant.io/redirect/oauth"
PROMISE: Final = {"authorization_response_iss_parameter_supported": True}


@pytest.fixture
async def browser(
    flow: AccountFlow, hass_client_no_auth: ClientSessionGenerator
) -> TestClient[Any, Any]:
    """A browser that is signed in nowhere."""
    return await hass_client_no_auth()


async def _come_back(flow: AccountFlow, **answer: str) -> Any:
    """Come back from the provider's consent with its answer, changed."""
    left = await flow.server.sign_in(await flow.open_window())
    callback = URL(CALLBACK).with_query({**URL(left).query, **answer})
    with pytest.MonkeyPatch.context() as patched:
        # Home Assistant's own, in place of the fixture's request that is always the same.
        patched.setattr("homeassistant.helpers.http.current_request", current_request)
        return await flow.come_back(str(callback))


async def _to_sign_in(flow: AccountFlow, **answers: Any) -> str:
    """Find a server that promises to name itself; return its own redirect URI."""
    await flow.discover(flow.server.base_url)
    result = await flow.confirm_found(
        name="Sandbox", api_base_url=flow.server.api_base_url
    )
    [own] = [uri for uri in redirect_uris(result) if "?oauth2_client=" in uri]
    await flow.to_sign_in(**answers)
    return own


@pytest.mark.parametrize("is_named", [True, False])
async def test_an_issuer_that_is_promised_has_to_be_in_the_answer(
    flow: AccountFlow, server: FakeServer, *, is_named: bool
) -> None:
    server.settings.metadata_changes.update(PROMISE)
    await _to_sign_in(flow)
    named = {"iss": server.base_url} if is_named else {}
    result = await _come_back(flow, **named)

    if is_named:
        assert result["type"] is FlowResultType.CREATE_ENTRY
        return
    assert result["errors"]["base"] == "issuer_missing"
    assert server.token_requests == []


async def test_an_answer_that_names_two_issuers_is_not_taken(
    flow: AccountFlow, server: FakeServer
) -> None:
    """RFC 6749, 3.1 and RFC 9207, 2.4: a second issuer hides nothing behind the first."""
    await _to_sign_in(flow)
    left = URL(await server.sign_in(await flow.open_window()))
    query = [
        *left.query.items(),
        ("iss", server.base_url),
        ("iss", "https://evil.example"),
    ]
    before = len(server.token_requests)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("homeassistant.helpers.http.current_request", current_request)
        result = await flow.come_back(str(URL(CALLBACK).with_query(query)))

    assert result["errors"]["base"] == "other_issuer"
    assert len(server.token_requests) == before


async def test_my_home_assistant_leaves_the_issuer_out(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    hass.config.components.add("my")
    server.settings.metadata_changes.update(PROMISE)
    await _to_sign_in(flow, redirect_uri=MY)

    result = await _come_back(flow)

    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_a_provider_has_a_redirect_uri_of_its_own(
    flow: AccountFlow, server: FakeServer
) -> None:
    own = await _to_sign_in(flow)
    host = URL(server.base_url).authority
    assert own == f"https://example.com{CALLBACK}?oauth2_client={host}"

    # Chosen the second time.
    await flow.discover(server.base_url)
    await flow.confirm_found(name="Second", api_base_url=server.api_base_url)
    await flow.to_sign_in(redirect_uri=own)
    result = await _come_back(flow)

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert server.token_requests[-1]["redirect_uri"] == own


@pytest.mark.parametrize("other", ["", "auth.example.com"])
@pytest.mark.parametrize("has_own", [True, False])
async def test_an_answer_that_arrives_elsewhere_is_of_another_server(
    flow: AccountFlow, server: FakeServer, other: str, *, has_own: bool
) -> None:
    if not has_own and not other:
        other = URL(server.base_url).authority
    own = await _to_sign_in(flow)
    if has_own:
        await flow.discover(server.base_url)
        await flow.confirm_found(name="Second", api_base_url=server.api_base_url)
        await flow.to_sign_in(redirect_uri=own)
    exchanged = len(server.token_requests)

    result = await _come_back(flow, oauth2_client=other)

    assert result["errors"]["base"] == "other_issuer"
    assert len(server.token_requests) == exchanged


@pytest.mark.parametrize("state", ["", "x", "eyJhbGciOiJIUzI1NiJ9.e30.x"])
async def test_an_answer_with_a_state_that_is_not_ours_is_not_taken(
    flow: AccountFlow, server: FakeServer, browser: TestClient[Any, Any], state: str
) -> None:
    await _to_sign_in(flow)
    server.token_requests.clear()

    await browser.get(CALLBACK, params={"code": "planted-code", "state": state})

    assert server.token_requests == []
    [waiting] = flow.hass.config_entries.flow.async_progress()
    assert waiting["step_id"] == "auth"


async def test_an_answer_is_taken_once(
    flow: AccountFlow, server: FakeServer, browser: TestClient[Any, Any]
) -> None:
    await _to_sign_in(flow)
    left = URL(await server.sign_in(await flow.open_window())).path_qs
    await flow.come_back(left)
    exchanged = len(server.token_requests)

    await browser.get(left)

    assert len(server.token_requests) == exchanged


async def test_the_window_that_leads_to_the_provider_tells_nobody_where_it_came_from(
    flow: AccountFlow, browser: TestClient[Any, Any]
) -> None:
    # The fake server takes pushed requests, so the window opens at Home Assistant.
    await _to_sign_in(flow)
    path = URL(flow.result["url"]).path
    opened = await browser.get(path, allow_redirects=False)

    assert opened.headers["Referrer-Policy"] == "no-referrer"
    assert opened.headers["Cache-Control"] == "no-store"
    # It leads to the provider of this sign-in, whatever is asked of it.
    asked = await browser.get(f"{path}?url=https://evil.example", allow_redirects=False)
    assert asked.headers["Location"].startswith(flow.server.authorize_url)
