"""The action `request`: what it sends and returns, and which calls it refuses."""

import asyncio
import json
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
import voluptuous as vol

from custom_components.oauth2_client.const import DOMAIN
from custom_components.oauth2_client.providers.store import async_get_provider_store
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntry
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import (
    HomeAssistantError,
    ServiceValidationError,
    Unauthorized,
)

from .account_flow import AccountFlow
from .fake_server import FakeServer, Fault, grants
from .request_action import send_request


@pytest.fixture
async def account(flow: AccountFlow) -> ConfigEntry:
    """An account that works."""
    return await flow.add_account()


async def _refused(
    hass: HomeAssistant, account: ConfigEntry, *args: Any, **asked: Any
) -> HomeAssistantError:
    """Return the error of a request that is refused."""
    with pytest.raises(HomeAssistantError) as raised:
        await send_request(hass, account, *args, **asked)
    return raised.value


async def test_a_request_is_sent_as_the_account_and_answered_in_three_parts(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    answer = await send_request(hass, account, "/me")

    assert set(answer) == {"status", "headers", "data"}
    assert answer["status"] == 200
    assert answer["headers"]["content-type"] == "application/json; charset=utf-8"
    assert answer["data"]["name"] == "Ada Lovelace"
    [sent] = server.api_requests
    assert (sent.method, sent.path, sent.body) == ("GET", "/api/me", b"")
    token = account.runtime_data.account.token_set.access_token
    assert sent.headers["authorization"] == f"Bearer {token}"
    assert sent.headers["accept"] == "application/json, */*;q=0.5"


async def test_a_complete_address_is_requested_as_it_is(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    url = f"{server.api_base_url}/echo/a%2Fb?q=x%20y"
    answer = await send_request(hass, account, url)

    assert answer["data"]["path"] == "/api/echo/a/b"
    assert answer["data"]["query"] == {"q": "x y"}


async def test_query_and_headers_are_sent_as_text(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    answer = await send_request(
        hass,
        account,
        "/echo?a=1&b=2",
        query={"b": "3 & 4", "count": 5, "share": 0.5, "on": True, "off": False},
        headers={"X-Mine": "yes", "X-Count": 5, "accept": "text/plain"},
    )

    assert answer["data"]["query"] == {
        "a": "1",
        "b": "3 & 4",
        "count": "5",
        "share": "0.5",
        "on": "true",
        "off": "false",
    }
    sent = answer["data"]["headers"]
    assert (sent["x-mine"], sent["x-count"]) == ("yes", "5")
    assert sent["accept"] == "text/plain"


@pytest.mark.parametrize(
    "document", [{"steps": [1, None, "ä"]}, [], {}, 0, False, "", "text"]
)
async def test_a_json_body_is_sent_as_json(
    hass: HomeAssistant, account: ConfigEntry, document: object
) -> None:
    answer = await send_request(hass, account, method="POST", json=document)

    assert answer["data"]["method"] == "POST"
    assert answer["data"]["headers"]["content-type"] == "application/json"
    assert json.loads(answer["data"]["body"]) == document


async def test_a_text_body_is_sent_as_it_is(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    answer = await send_request(hass, account, method="put", text="a=1&b=ä\n")

    assert (answer["data"]["method"], answer["data"]["body"]) == ("PUT", "a=1&b=ä\n")
    kind = answer["data"]["headers"]["content-type"]
    assert kind == "text/plain; charset=utf-8"

    answer = await send_request(
        hass,
        account,
        method="PATCH",
        text="a=1",
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    kind = answer["data"]["headers"]["content-type"]
    assert kind == "application/x-www-form-urlencoded"


@pytest.mark.parametrize("method", ["DELETE", "HEAD", "OPTIONS"])
async def test_the_other_methods_are_sent_too(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry, method: str
) -> None:
    answer = await send_request(hass, account, method=method)

    assert answer["status"] == 200
    assert server.api_requests[-1].method == method
    if method == "HEAD":
        assert answer["data"] == ""


@pytest.mark.parametrize(
    ("kind", "body", "expected", "data"),
    [
        ("application/json", b'{"a": [1]}', "auto", {"a": [1]}),
        ("application/json", b'{"a": [1]}', "json", {"a": [1]}),
        ("application/json", b'{"a": [1]}', "text", '{"a": [1]}'),
        ("text/plain", b"17", "json", 17),
        ("text/plain", b"null", "auto", None),
        ("text/html", b"<html>", "auto", "<html>"),
        ("text/html", b"<html>", "text", "<html>"),
        ("text/plain; charset=iso-8859-1", b"\xe9t\xe9", "auto", "été"),
        ("text/plain; charset=iso-8859-1", b"\xe9t\xe9", "text", "été"),
        ("text/plain; charset=klingon", b"\xe9t\xe9", "text", "\ufffdt\ufffd"),
        # Python has this codec, but it refuses errors="replace".
        ("text/plain; charset=idna", b"\xe9t\xe9", "text", "\ufffdt\ufffd"),
        ("text/plain; charset*=idna''a%00", b"\xe9t\xe9", "auto", "\ufffdt\ufffd"),
        ("image/png", b"\x89PNG", "auto", "\ufffdPNG"),
        ("text/plain", b"", "auto", ""),
    ],
)
async def test_an_answer_is_read_as_it_is_expected(
    hass: HomeAssistant,
    server: FakeServer,
    account: ConfigEntry,
    kind: str,
    body: bytes,
    expected: str,
    data: object,
) -> None:
    server.api_faults.append(Fault(200, {"Content-Type": kind}, body))
    answer = await send_request(hass, account, expected=expected)

    assert answer["data"] == data


@pytest.mark.parametrize(
    ("body", "reason"), [(b"<html>", "html"), (b"", "empty"), (b"{", "not_json")]
)
async def test_an_answer_that_is_not_the_json_expected_is_told(
    hass: HomeAssistant,
    server: FakeServer,
    account: ConfigEntry,
    body: bytes,
    reason: str,
) -> None:
    server.api_faults.append(Fault(200, {}, body))
    error = await _refused(hass, account, expected="json")

    assert error.translation_key == f"answer_{reason}"


@pytest.mark.parametrize(
    ("status", "key"),
    [
        (403, "api_forbidden"),
        (404, "api_not_found"),
        (429, "api_busy"),
        (500, "api_refused"),
    ],
)
async def test_an_answer_that_is_an_error_fails_unless_asked_not_to(
    hass: HomeAssistant,
    account: ConfigEntry,
    server: FakeServer,
    status: int,
    key: str,
) -> None:
    # The query may have secrets, and Home Assistant logs the error.
    error = await _refused(hass, account, f"/status/{status}?who=ada")
    assert (error.translation_domain, error.translation_key) == (DOMAIN, key)
    assert error.translation_placeholders == {
        "status": str(status),
        "address": f"{server.api_base_url}/status/{status}",
        "quotation": "",
    }

    answer = await send_request(hass, account, f"/status/{status}", fail_on_error=False)
    assert (answer["status"], answer["data"]) == (status, {"status": status})


async def test_an_answer_that_is_neither_success_nor_error_is_an_answer(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    assert (await send_request(hass, account, "/status/204")) | {"headers": {}} == {
        "status": 204,
        "headers": {},
        "data": "",
    }
    assert (await send_request(hass, account, "/status/304"))["status"] == 304


async def test_the_answer_need_not_be_asked_for(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    asked = {"account": account.entry_id, "url": "/echo", "method": "POST"}
    assert await hass.services.async_call(DOMAIN, "request", asked, blocking=True) is (
        None
    )
    assert [request.method for request in server.api_requests] == ["POST"]

    # Called without a response, the action does not parse the answer.
    server.api_faults.append(Fault(200, {}, b"<html>"))
    await hass.services.async_call(
        DOMAIN, "request", {**asked, "expected": "json"}, blocking=True
    )
    with pytest.raises(HomeAssistantError):
        await hass.services.async_call(
            DOMAIN, "request", {**asked, "url": "/nothing"}, blocking=True
        )


async def test_only_administrators_may_send(
    hass: HomeAssistant,
    server: FakeServer,
    account: ConfigEntry,
    hass_read_only_user: MockUser,
    hass_admin_user: MockUser,
) -> None:
    asked = {"account": account.entry_id, "url": "/me"}
    with pytest.raises(Unauthorized):
        await hass.services.async_call(
            DOMAIN,
            "request",
            asked,
            blocking=True,
            return_response=True,
            context=Context(user_id=hass_read_only_user.id),
        )
    assert server.api_requests == []

    answer = await hass.services.async_call(
        DOMAIN,
        "request",
        asked,
        blocking=True,
        return_response=True,
        context=Context(user_id=hass_admin_user.id),
    )
    assert answer is not None
    assert answer["status"] == 200


async def test_an_account_that_is_not_there_is_told(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    other = MockConfigEntry(domain="other", title="Other")
    other.add_to_hass(hass)
    missing = MockConfigEntry(domain=DOMAIN)
    keys = [(await _refused(hass, entry)).translation_key for entry in (missing, other)]
    assert keys == [
        "service_config_entry_not_found",
        "service_config_entry_wrong_domain",
    ]

    assert await hass.config_entries.async_unload(account.entry_id)
    error = await _refused(hass, account)
    assert isinstance(error, ServiceValidationError)
    assert error.translation_key == "service_config_entry_not_loaded"
    assert error.translation_placeholders is not None
    assert error.translation_placeholders["entry_title"] == "Sandbox"


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        ({"url": "https://example.com/"}, "host_not_allowed"),
        ({"url": "https://127.0.0.1/api/me"}, "host_not_allowed"),
        ({"url": "http://example.com/"}, "https_required"),
        ({"url": "ftp://example.com/"}, "invalid_url"),
        ({"url": "https://ada:secret@127.0.0.1/"}, "invalid_url"),
        ({"headers": {"Authorization": "Bearer mine"}}, "authorization_header"),
        ({"headers": {"authorization": "Bearer mine"}}, "authorization_header"),
    ],
)
async def test_what_would_give_the_token_away_is_not_sent(
    hass: HomeAssistant,
    server: FakeServer,
    account: ConfigEntry,
    asked: dict[str, Any],
    key: str,
) -> None:
    error = await _refused(hass, account, **asked)

    assert (error.translation_domain, error.translation_key) == (DOMAIN, key)
    assert server.api_requests == []


@pytest.mark.parametrize(
    "name",
    [
        "Host",
        "connection",
        "Content-Length",
        "Transfer-Encoding",
        "TE",
        "Proxy-Authorization",
    ],
)
async def test_headers_of_the_connection_are_not_the_callers(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry, name: str
) -> None:
    error = await _refused(hass, account, headers={name: "1"})

    assert isinstance(error, ServiceValidationError)
    assert error.translation_key == "header_not_allowed"
    assert error.translation_placeholders == {"header": name}
    assert server.api_requests == []


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Mine": "a\r\nX-Yours: b"},
        {"X-Mine": "a\nb"},
        {"X-Mine": "a\x00"},
        {"X-Mine: a\r\nX-Yours": "b"},
        {"X Mine": "a"},
        {"Authorization ": "Bearer mine"},
        {"": "a"},
        {"X-Mine\n": "a"},
    ],
)
async def test_characters_that_end_a_header_early_are_refused(
    hass: HomeAssistant,
    server: FakeServer,
    account: ConfigEntry,
    headers: dict[str, str],
) -> None:
    error = await _refused(hass, account, headers=headers)

    assert isinstance(error, ServiceValidationError)
    assert error.translation_key == "invalid_header"
    assert server.api_requests == []


@pytest.mark.parametrize(
    "asked",
    [
        {"method": "TRACE"},
        {"method": "CONNECT"},
        {"method": "GET /me HTTP/1.1"},
        {"expected": "xml"},
        {"timeout": 0},
        {"timeout": 301},
        {"query": {"a": ["b"]}},
        {"token": "mine"},
    ],
)
async def test_what_the_action_does_not_know_is_refused(
    hass: HomeAssistant,
    server: FakeServer,
    account: ConfigEntry,
    asked: dict[str, Any],
) -> None:
    with pytest.raises(vol.Invalid):
        await send_request(hass, account, **asked)
    assert server.api_requests == []


async def test_the_token_is_not_in_the_answer_of_an_api_that_echoes_it(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    token = account.runtime_data.account.token_set.access_token
    document = {"seen": [f"Bearer {token}", {token: 1}], "count": 1}
    echo = Fault.json(200, document, X_Seen=f"<{token}>")
    server.api_faults.extend([echo, echo])
    answer = await send_request(hass, account)

    assert answer["data"] == {
        "seen": ["Bearer **redacted**", {"**redacted**": 1}],
        "count": 1,
    }
    assert answer["headers"]["x-seen"] == "<**redacted**>"
    answer = await send_request(hass, account, expected="text")
    assert answer["data"] == json.dumps(document).replace(token, "**redacted**")


async def test_a_token_that_is_renewed_meanwhile_is_not_in_the_answer_either(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    token = account.runtime_data.account.token_set.access_token
    echo = Fault(200, {}, token.encode(), delay=0.2)
    server.api_faults.extend([echo, Fault.json(401, {})])
    answers = await asyncio.gather(
        *(send_request(hass, account, expected="text") for _ in range(2))
    )

    assert account.runtime_data.account.token_set.access_token != token
    assert "**redacted**" in [answer["data"] for answer in answers]


async def test_a_token_that_is_renewed_on_the_way_is_not_in_the_answer_either(
    hass: HomeAssistant,
    server: FakeServer,
    account: ConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The token that the server issues next, known beforehand.
    monkeypatch.setattr(grants, "_planted", lambda kind: f"planted-{kind}-next")
    server.api_faults.extend(
        [Fault.json(401, {}), Fault.json(200, ["planted-access-next"])]
    )

    assert (await send_request(hass, account))["data"] == ["**redacted**"]


async def test_sessions_and_challenges_of_the_api_are_withheld(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    withheld = {"Set-Cookie": "a=b", "WWW-Authenticate": "Basic", "X-Mine": "yes"}
    server.api_faults.append(Fault(200, withheld, b"{}"))
    answer = await send_request(hass, account)

    assert not {"set-cookie", "www-authenticate"} & set(answer["headers"])
    assert answer["headers"]["x-mine"] == "yes"


async def test_an_api_that_sends_on_to_another_host_does_not_get_the_token_there(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    error = await _refused(hass, account, "/redirect?to=https://example.com/")
    assert error.translation_key == "redirect_refused"

    answer = await send_request(hass, account, "/redirect?to=/api/me")
    assert answer["data"]["login"] == "ada"


async def test_a_token_that_has_expired_is_renewed_on_the_way(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    server.expire_access_tokens()

    assert (await send_request(hass, account, "/me"))["status"] == 200


async def test_an_api_that_takes_no_token_is_told(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    server.api_faults.extend([Fault.json(401, {})] * 2)
    error = await _refused(hass, account)

    assert error.translation_key == "api_unauthorized"


async def test_a_grant_that_has_ended_is_told_and_asked_for(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    server.revoke_grants()
    error = await _refused(hass, account)
    await hass.async_block_till_done()

    assert error.translation_key == "grant_rejected"
    [reauth] = [
        progress
        for progress in hass.config_entries.flow.async_progress()
        if progress["context"]["source"] == SOURCE_REAUTH
    ]
    assert reauth["context"]["entry_id"] == account.entry_id


async def test_an_api_that_cannot_be_reached_or_is_slow_is_told(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    server.api_faults.extend([Fault(disconnect=True)] * 2)
    assert (await _refused(hass, account)).translation_key == "cannot_connect"

    error = await _refused(hass, account, "/slow?seconds=30", timeout=1)
    assert error.translation_key == "timeout"


async def test_a_provider_without_an_api_address_needs_complete_ones(
    hass: HomeAssistant, flow: AccountFlow
) -> None:
    store = await async_get_provider_store(hass)
    draft = store.draft_provider(
        {
            "name": "Sandbox",
            "authorize_url": flow.server.authorize_url,
            "token_url": flow.server.token_url,
        }
    )
    await store.async_keep_provider(draft)
    await flow.choose("Sandbox")
    await flow.to_sign_in()
    account = (await flow.sign_in())["result"]
    await hass.async_block_till_done()
    error = await _refused(hass, account, "/me")

    assert error.translation_key == "no_api_base_url"
