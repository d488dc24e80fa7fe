"""Services whose answers to the browser have other names than the RFC's."""

from typing import Any, Final

from aiohttp.test_utils import TestClient
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from yarl import URL

from homeassistant.data_entry_flow import FlowResultType

from ..account_flow import AccountFlow, suggested
from ..fake_server import FakeServer

NAMES: Final = {"code": "authCode", "state": "external_id"}
PATH: Final = "/api/oauth2_client/callback/user_sandbox"
MY: Final = "https://my.home-assistant.io/redirect/oauth"


async def _answered(flow: AccountFlow, url: str, *, allow: bool = True) -> URL:
    """Return where the browser is sent, with the service's own names."""
    sent = URL(await flow.server.sign_in(url, allow=allow))
    return sent.with_query({NAMES.get(k, k): v for k, v in sent.query.items()})


async def _to_sign_in(flow: AccountFlow, **answers: Any) -> Any:
    await flow.connect_pasted(callback_names=NAMES)
    return await flow.to_sign_in(**answers)


async def test_a_code_and_a_state_under_other_names_lead_to_an_account(
    flow: AccountFlow, server: FakeServer
) -> None:
    await _to_sign_in(flow)
    url = await flow.open_window()
    asked = URL(url).query["redirect_uri"]
    result = await flow.come_back(str(await _answered(flow, url)))

    assert result["type"] is FlowResultType.CREATE_ENTRY, result
    assert URL(asked).path == PATH
    assert server.token_requests[-1]["redirect_uri"] == asked


async def test_the_form_shows_only_redirect_uris_that_know_the_names(
    hass: Any, flow: AccountFlow
) -> None:
    hass.config.components.add("my")
    result = await flow.connect_pasted(callback_names=NAMES)

    listed = result["description_placeholders"]["redirect_uris"].replace("\\", "")
    assert {URL(line.strip("- ")).path for line in listed.split("\n")} == {PATH}
    assert suggested(result)["redirect"]["redirect_uri"].endswith(PATH)


async def test_a_refusal_keeps_its_usual_name(flow: AccountFlow) -> None:
    await _to_sign_in(flow)
    url = await flow.open_window()
    result = await flow.come_back(str(await _answered(flow, url, allow=False)))

    assert result["errors"] == {"base": "access_denied"}


async def test_an_answer_under_other_names_can_be_pasted(flow: AccountFlow) -> None:
    local = "http://localhost:8080/callback"
    result = await _to_sign_in(flow, redirect_uri="paste", other_redirect_uri=local)
    url = result["description_placeholders"]["authorize_url"]
    result = await flow.submit(callback=str(await _answered(flow, url)))

    assert result["type"] is FlowResultType.CREATE_ENTRY, result


@pytest.fixture
async def browser(hass_client_no_auth: ClientSessionGenerator) -> TestClient[Any, Any]:
    """A browser that is signed in nowhere."""
    return await hass_client_no_auth()


async def test_nobody_is_led_on_from_the_path_of_another_service(
    flow: AccountFlow, browser: TestClient[Any, Any]
) -> None:
    await _to_sign_in(flow)
    await flow.open_window()
    response = await browser.get("/api/oauth2_client/callback/other?authCode=1")

    assert response.status == 404


async def test_the_browser_is_led_to_home_assistant_only(
    flow: AccountFlow, browser: TestClient[Any, Any]
) -> None:
    await _to_sign_in(flow)
    query = "authCode=1&code=2&external_id=3&site=//evil.example"
    response = await browser.get(f"{PATH}?{query}", allow_redirects=False)

    location = URL(response.headers["Location"])
    assert (response.status, location.path) == (302, "/auth/external/callback")
    assert not location.absolute
    # The service's own name counts.
    assert location.query["code"] == "1"
    assert location.query["state"] == "3"
    assert location.query["site"] == "//evil.example"
