"""An error of a resource, a form or an action names where its request went, less secrets."""

from typing import Any

import pytest

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from ..account_flow import AccountFlow
from ..fake_server import FakeServer, Fault
from ..request_action import send_request
from ..resources import LEVEL, SubentryFlow, add_resource, settle


@pytest.fixture
async def account(flow: AccountFlow) -> ConfigEntry:
    """An account that works."""
    return await flow.add_account()


async def _told(
    hass: HomeAssistant,
    server: FakeServer,
    account: ConfigEntry,
    *faults: Fault,
    **changed: Any,
) -> str:
    """Return the message of a resource whose fetch fails."""
    server.api_faults.extend([Fault.json(200, {"level": 1})] * 2)
    await add_resource(hass, account, **{**LEVEL, **changed})
    [coordinator] = account.runtime_data.resources.values()
    server.api_faults.extend(faults)
    with pytest.raises(HomeAssistantError) as raised:
        await coordinator.async_fetch_now()
    return str(raised.value)


@pytest.mark.parametrize(
    "fault",
    [
        Fault.json(500, {}),
        Fault.json(404, {}),
        Fault.json(429, {}),
        Fault(200, {}, b"<html>Sign in</html>"),
        Fault(200),
        Fault.json(200, {"error": {"message": "gone"}}),
    ],
)
async def test_a_poll_that_fails_names_its_address_without_the_query(
    hass: HomeAssistant,
    server: FakeServer,
    account: ConfigEntry,
    caplog: pytest.LogCaptureFixture,
    fault: Fault,
) -> None:
    told = await _told(hass, server, account, fault, url="/tank?appid=s3cret&since=1")

    assert f"{server.api_base_url}/tank" in told
    assert told in caplog.text
    assert "s3cret" not in caplog.text


async def test_a_poll_that_reaches_nothing_names_its_address(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    told = await _told(hass, server, account, *[Fault(disconnect=True)] * 2)

    assert f"{server.api_base_url}/tank" in told


@pytest.mark.parametrize(
    ("location", "further"),
    [
        ("/api/status/500?key=s3cret", "{base}/status/500"),
        ("https://other.example/a?key=s3cret", "https://other.example/a"),
    ],
)
async def test_where_a_request_was_sent_on_to_is_named_as_well(
    hass: HomeAssistant,
    server: FakeServer,
    account: ConfigEntry,
    location: str,
    further: str,
) -> None:
    base = server.api_base_url
    told = await _told(
        hass, server, account, Fault(302, {"Location": location}), url="/tank?a=1"
    )

    assert f"{base}/tank → {further.format(base=base)}" in told


@pytest.mark.parametrize(
    "location", ["https://xn--a/", "//xn--a/", "https:///a", "javascript:alert(1)"]
)
async def test_a_redirect_that_leads_nowhere_is_refused_with_the_address_that_was_asked(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry, location: str
) -> None:
    told = await _told(hass, server, account, Fault(302, {"Location": location}))

    assert f"({server.api_base_url}/tank)" in told


async def test_a_redirect_of_the_last_time_is_not_told_again(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    fault = Fault(302, {"Location": "/api/status/500"})
    await _told(hass, server, account, fault)
    [coordinator] = account.runtime_data.resources.values()
    server.api_faults.append(Fault.json(500, {}))
    with pytest.raises(HomeAssistantError) as raised:
        await coordinator.async_fetch_now()

    assert f"{server.api_base_url}/tank" in str(raised.value)


async def test_a_secret_that_a_server_puts_into_an_address_is_not_told(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    token = account.runtime_data.account.token_set.access_token
    for place in (f"/api/status/500/{token}", f"https://{token}.example/"):
        fault = Fault(302, {"Location": place})
        told = await _told(hass, server, account, fault)
        [subentry] = account.subentries
        hass.config_entries.async_remove_subentry(account, subentry)
        await hass.async_block_till_done()

        assert token.lower() not in told.lower()


async def test_where_the_token_cannot_be_refreshed_the_server_for_tokens_is_named(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    server.token_faults.extend([Fault.json(503, {})] * 2)
    told = await _told(hass, server, account, Fault.json(401, {}))

    assert server.token_url in told
    assert f"{server.api_base_url}/tank" not in told


async def test_a_form_names_both_with_the_query_that_was_entered(
    server: FakeServer, hass: HomeAssistant, account: ConfigEntry
) -> None:
    flow = SubentryFlow(hass, account)
    await flow.start()
    server.api_faults.append(Fault(302, {"Location": "/api/status/404?key=s3cret"}))
    result = await flow.submit(url="/tank?since=1&api_key=s3cret")

    assert result["description_placeholders"]["address"] == (
        f"{server.api_base_url}/tank?since=1&api_key=…"
        f" → {server.api_base_url}/status/404"
    )


async def test_an_action_names_both_without_a_query(
    server: FakeServer, hass: HomeAssistant, account: ConfigEntry
) -> None:
    server.api_faults.append(Fault(302, {"Location": "/api/status/404?key=s3cret"}))
    with pytest.raises(HomeAssistantError) as raised:
        await send_request(hass, account, url="/tank?since=1")

    base = server.api_base_url
    assert f"{base}/tank → {base}/status/404" in str(raised.value)


@pytest.mark.parametrize(
    ("format_", "body", "key"),
    [
        ("auto", b"", "answer_empty"),
        ("auto", b"<html>Sign in</html>", "answer_html"),
        ("json", b"<a/>", "answer_not_json"),
        ("xml", b"{}", "answer_not_xml"),
        ("csv", b"a\n" + b"x" * 200_000, "answer_not_csv"),
        ("text", b"a\0b c", "answer_not_text"),
        ("json", b"[" * 2000 + b"]" * 2000, "answer_too_deep"),
        ("json", b"[" + b"1," * 1_000_001 + b"1]", "answer_too_large"),
    ],
)
async def test_an_answer_that_cannot_be_read_names_where_it_came_from(
    hass: HomeAssistant,
    server: FakeServer,
    account: ConfigEntry,
    format_: str,
    body: bytes,
    key: str,
) -> None:
    server.api_faults.extend([Fault.json(200, {"level": 1})] * 2)
    subentry = await add_resource(hass, account, **LEVEL)
    data = {**subentry.data, "format": format_}
    hass.config_entries.async_update_subentry(account, subentry, data=data)
    await settle(hass)
    [coordinator] = account.runtime_data.resources.values()
    server.api_faults.append(Fault(200, {}, body))
    with pytest.raises(HomeAssistantError) as raised:
        await coordinator.async_fetch_now()

    assert raised.value.translation_key == key
    assert f"{server.api_base_url}/tank" in str(raised.value)


@pytest.mark.parametrize(
    ("url", "key"),
    [("/a/{{ 1 / 0 }}", "template_failed"), ("/a/{{ '..' }}", "leaves_segment")],
)
async def test_what_could_not_be_sent_names_no_address(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry, url: str, key: str
) -> None:
    server.api_faults.extend([Fault.json(200, {"level": 1})] * 2)
    subentry = await add_resource(hass, account, **LEVEL)
    data = {**subentry.data, "url": url}
    hass.config_entries.async_update_subentry(account, subentry, data=data)
    await settle(hass)
    [coordinator] = account.runtime_data.resources.values()
    with pytest.raises(HomeAssistantError) as raised:
        await coordinator.async_fetch_now()

    assert raised.value.translation_key == key
    assert server.base_url not in str(raised.value)
