"""Requests as an account: where they go, and how they stay signed in."""

import asyncio
from copy import replace
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.oauth2_client.account import Account
from custom_components.oauth2_client.api import ApiRequest
from custom_components.oauth2_client.grant.token_store import TokenStore
from custom_components.oauth2_client.oauth2 import (
    GrantRejected,
    OAuth2Error,
    RefusedByPolicy,
    Response,
    TemporaryFailure,
)
from custom_components.oauth2_client.runtime import async_get_account
from custom_components.oauth2_client.wire import async_get_transport
from custom_components.oauth2_client.wire.clock import CLOCK
from custom_components.oauth2_client.wire.thread import async_get_threaded_transport
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError

from ..account_flow import AccountFlow
from ..clock import StoppedClock
from ..fake_server import FakeServer, Fault
from ..waiting import until


@pytest.fixture
async def entry(flow: AccountFlow) -> ConfigEntry:
    """The config entry of an account that works."""
    return await flow.add_account()


@pytest.fixture
def account(entry: ConfigEntry) -> Account:
    """An account that works."""
    account: Account = entry.runtime_data.account
    return account


def _challenge(status: int, challenge: str) -> Fault:
    return Fault(status, {"WWW-Authenticate": challenge})


def _refreshes(server: FakeServer) -> int:
    grants = [request.get("grant_type") for request in server.token_requests]
    return grants.count("refresh_token")


async def test_a_request_is_sent_as_it_was_asked_for(
    server: FakeServer, account: Account
) -> None:
    response = await account.request(
        "post",
        "/echo/x?a=1",
        query={"b": "2 3", "c": "ü"},
        headers={"X-Own": "yes"},
        json={"n": 1},
    )

    assert response.status == 200
    [request] = server.api_requests[-1:]
    assert (request.method, request.path) == ("POST", "/api/echo/x")
    assert dict(request.query) == {"a": "1", "b": "2 3", "c": "ü"}
    assert request.headers["x-own"] == "yes"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["accept"] == "application/json, */*;q=0.5"
    assert request.headers["authorization"].startswith("Bearer planted-access-")
    assert request.body == b'{"n":1}'


async def test_text_is_sent_as_utf_8(server: FakeServer, account: Account) -> None:
    await account.request("PUT", "/echo", text="ü", headers={"content-type": "a/b"})

    assert server.api_requests[-1].body == "ü".encode()
    assert server.api_requests[-1].headers["content-type"] == "a/b"


async def test_an_error_of_the_api_is_an_answer(account: Account) -> None:
    assert (await account.request("GET", "/status/500")).status == 500
    assert (await account.request("GET", "/nothing")).status == 404


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://example.com/", "host_not_allowed"),
        ("http://example.com/", "https_required"),
        ("//example.com/me", None),
        ("http://127.0.0.1:1/", "host_not_allowed"),
        ("https://[::1", "invalid_url"),
        ("ftp://x/", "invalid_url"),
    ],
)
async def test_the_token_goes_to_no_other_host(
    server: FakeServer, account: Account, url: str, code: str | None
) -> None:
    before = len(server.api_requests)
    if code is None:
        # Two slashes begin no host here: whatever has no scheme is below the API's base.
        assert account.resolve_url(url).host == "127.0.0.1"
        return
    with pytest.raises(RefusedByPolicy, match=code):
        await account.request("GET", url)
    assert len(server.api_requests) == before


async def test_the_authorization_header_is_the_accounts_own(account: Account) -> None:
    with pytest.raises(RefusedByPolicy, match="authorization_header"):
        await account.request("GET", "/me", headers={"authorization": "Basic eA=="})


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"X-Own": "a\r\nX-Other: b"}, "invalid_header"),
        ({"X-Own\n": "a"}, "invalid_header"),
        ({"X-Own": "\ud800"}, "invalid_header"),
        ({"Content-Length": "1"}, "header_not_allowed"),
    ],
)
async def test_a_header_that_cannot_be_sent_is_no_trouble_of_the_network(
    server: FakeServer, account: Account, headers: dict[str, str], code: str
) -> None:
    before = len(server.api_requests)
    with pytest.raises(RefusedByPolicy, match=code):
        await account.request("GET", "/me", headers=headers)
    assert len(server.api_requests) == before


async def test_redirects_are_followed_within_the_allowed_hosts(
    server: FakeServer, account: Account
) -> None:
    target = f"{server.api_base_url}/me"
    response = await account.request("GET", "/redirect", query={"to": target})

    assert response.status == 200
    assert [request.path for request in server.api_requests[-2:]] == [
        "/api/redirect",
        "/api/me",
    ]


@pytest.mark.parametrize(
    "target",
    [
        "https://example.com/",
        "http://localhost/x",
        "https://[::1",
        "https://xn--a/",
        "https:///x",
        "https:x",
        "file:///x",
        "javascript:x",
    ],
)
async def test_redirects_to_other_hosts_are_refused(
    account: Account, target: str
) -> None:
    with pytest.raises(RefusedByPolicy, match="redirect_refused"):
        await account.request("GET", "/redirect", query={"to": target})


async def test_a_token_that_is_renewed_many_times_meanwhile_is_known_still(
    hass: HomeAssistant, server: FakeServer, flow: AccountFlow
) -> None:
    clock = StoppedClock(time=1_800_000_000.0)
    hass.data[CLOCK] = clock.clock
    entry = await flow.add_account()
    account: Account = entry.runtime_data.account
    token, let = account.token_set.access_token, asyncio.Event()
    server.api_faults.append(Fault(200, {}, token.encode(), let=let))
    slow = hass.async_create_task(account.request("GET", "/echo", timeout=300))
    await until(lambda: not server.api_faults)
    for _ in range(5):
        clock.move(61)
        server.api_faults.append(Fault.json(401, {}))
        await account.request("GET", "/echo")
    let.set()
    response = await slow

    assert _refreshes(server) == 5
    assert account.redaction().redact(response.body) == b"**redacted**"


async def test_redirects_in_a_circle_end(server: FakeServer, account: Account) -> None:
    server.api_faults.extend([Fault(307, {"Location": "/api/echo"})] * 10)
    with pytest.raises(TemporaryFailure, match="too_many_redirects"):
        await account.request("GET", "/echo")


@pytest.mark.parametrize(
    ("status", "method"),
    [(301, "GET"), (302, "GET"), (303, "GET"), (307, "POST"), (308, "POST")],
)
async def test_a_redirected_post_is_what_the_rfc_says(
    server: FakeServer, account: Account, status: int, method: str
) -> None:
    server.api_faults.append(Fault(status, {"Location": "/api/echo/there"}))
    await account.request("POST", "/echo", json={"n": 1})

    assert server.api_requests[-1].method == method
    assert server.api_requests[-1].body == (b'{"n":1}' if method == "POST" else b"")


async def test_a_401_is_answered_by_one_refresh_and_one_more_try(
    server: FakeServer, account: Account
) -> None:
    server.expire_access_tokens()

    assert (await account.request("GET", "/me")).status == 200
    assert _refreshes(server) == 1


async def test_a_401_that_stays_is_the_answer_and_no_loop(
    server: FakeServer, account: Account
) -> None:
    server.api_faults.extend([Fault(401)] * 20)

    for _ in range(5):
        assert (await account.request("GET", "/me")).status == 401
    assert _refreshes(server) == 1


async def test_a_hundred_requests_on_an_expired_token_make_one_token_request(
    server: FakeServer, account: Account
) -> None:
    server.expire_access_tokens()
    server.token_faults.append(Fault(None, delay=0.05))
    responses = await asyncio.gather(
        *(account.request("GET", "/me") for _ in range(100))
    )

    assert {response.status for response in responses} == {200}
    assert _refreshes(server) == 1


async def test_a_caller_that_is_cancelled_loses_no_token(
    hass: HomeAssistant, server: FakeServer, entry: ConfigEntry, account: Account
) -> None:
    server.expire_access_tokens()
    server.token_faults.append(Fault(None, delay=0.1, process=True))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await account.request("GET", "/me")
    await account.close()

    assert _refreshes(server) == 1
    stored = await TokenStore(hass).async_load(entry.entry_id)
    assert stored is not None
    assert stored.token_set == account.token_set
    assert stored.token_set.refresh_token == server.grants[-1].refresh_token
    assert (await account.request("GET", "/me")).status == 200
    assert _refreshes(server) == 1


async def test_the_new_token_is_on_disk_before_it_is_used(
    hass: HomeAssistant,
    server: FakeServer,
    entry: ConfigEntry,
    account: Account,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server.expire_access_tokens()
    on_disk: list[Any] = []
    transport = async_get_transport(hass)
    send = transport.send

    async def noted(request: Any, **options: Any) -> Any:
        on_disk.append(await TokenStore(hass).async_load(entry.entry_id))
        return await send(request, **options)

    monkeypatch.setattr(transport, "send", noted)
    await account.request("GET", "/me")
    assert on_disk[-1].token_set == account.token_set


async def test_a_token_that_was_received_as_the_time_ended_is_used(
    hass: HomeAssistant,
    server: FakeServer,
    account: Account,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    transport = async_get_threaded_transport(hass)
    send = transport.send

    async def too_late(request: Any, **options: Any) -> Any:
        await send(request, **options)
        raise TemporaryFailure("timeout")

    monkeypatch.setattr(transport, "send", too_late)
    server.expire_access_tokens()

    assert (await account.request("GET", "/me")).status == 200
    assert account.token_set.refresh_token == server.grants[-1].refresh_token


async def test_an_ended_grant_is_told_and_not_asked_for_again(
    server: FakeServer, account: Account
) -> None:
    server.revoke_grants()
    for _ in range(3):
        with pytest.raises(GrantRejected, match="invalid_grant"):
            await account.request("GET", "/me")
    assert _refreshes(server) == 1


@pytest.mark.parametrize("status", [429, 503])
async def test_a_host_that_asks_to_wait_is_left_alone(
    server: FakeServer, account: Account, status: int
) -> None:
    server.api_faults.append(Fault(status, {"Retry-After": "120"}))
    assert (await account.request("GET", "/me")).status == status
    before = len(server.api_requests)
    with pytest.raises(TemporaryFailure, match="rate_limited") as raised:
        await account.request("GET", "/me")

    assert len(server.api_requests) == before
    assert raised.value.retry_after == pytest.approx(120, abs=5)


async def test_a_403_that_says_how_long_is_waited_for_as_well(
    server: FakeServer, account: Account
) -> None:
    server.api_faults.append(Fault(403, {"Retry-After": "60"}))
    assert (await account.request("GET", "/me")).status == 403
    with pytest.raises(TemporaryFailure, match="rate_limited") as raised:
        await account.request("GET", "/me")

    assert raised.value.retry_after == pytest.approx(60, abs=5)


async def test_an_api_with_no_requests_left_is_left_alone_whatever_is_asked_of_it(
    server: FakeServer, account: Account, freezer: FrozenDateTimeFactory
) -> None:
    spent = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "600"}
    server.api_faults.append(Fault(200, spent, b"{}"))
    assert (await account.request("GET", "/me")).status == 200
    before = len(server.api_requests)
    for asked in (
        account.request("GET", "/weather"),
        account.send(ApiRequest(url="/usage")),
        account.answers.fetch(ApiRequest(url="/usage")),
    ):
        with pytest.raises(TemporaryFailure, match="rate_limited"):
            await asked
    assert len(server.api_requests) == before

    freezer.tick(601)
    assert (await account.request("GET", "/weather")).status == 200


async def test_a_listener_hears_of_each_new_limit_and_token_until_it_is_deaf(
    server: FakeServer, account: Account
) -> None:
    heard: list[int | None] = []

    def listener() -> None:
        limit = account.rate_limit
        heard.append(None if limit is None else limit.remaining)

    deafen = account.listen(listener)
    for left in ("9", "8"):
        server.api_faults.append(Fault(200, {"X-RateLimit-Remaining": left}, b"{}"))
        await account.request("GET", "/me")
    # An unchanged limit, and an answer without one, notify nobody.
    server.api_faults.append(Fault(200, {"X-RateLimit-Remaining": "8"}, b"{}"))
    await account.request("GET", "/me")
    await account.request("GET", "/me")
    assert heard == [9, 8]
    server.expire_access_tokens()
    await account.request("GET", "/me")
    assert heard == [9, 8, 8]

    deafen()
    server.api_faults.append(Fault(200, {"X-RateLimit-Remaining": "7"}, b"{}"))
    await account.request("GET", "/me")
    assert heard == [9, 8, 8]


async def test_bytes_are_sent_as_they_are(server: FakeServer, account: Account) -> None:
    kind = {"Content-Type": "image/png"}
    await account.request("PUT", "/echo", data=b"\x89PNG\xff", headers=kind)

    assert server.api_requests[-1].body == b"\x89PNG\xff"
    assert server.api_requests[-1].headers["content-type"] == "image/png"


async def _give_up(*tasks: asyncio.Task[Any]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_path_that_hangs_has_two_requests_under_way_and_delays_no_other(
    server: FakeServer, account: Account
) -> None:
    before = len(server.api_requests)
    hanging = [
        asyncio.create_task(account.request("GET", "/slow?seconds=2")) for _ in range(2)
    ]
    await asyncio.sleep(0)
    waiting = await asyncio.gather(
        *(account.request("GET", "/slow", timeout=0.05) for _ in range(38)),
        account.request("GET", "/me"),
        return_exceptions=True,
    )

    answer = waiting.pop()
    assert isinstance(answer, Response)
    assert answer.status == 200
    # Waiting for a place is part of a request's time.
    assert [str(failure) for failure in waiting] == ["host_busy"] * 38
    sent = [request.path for request in server.api_requests[before:]]
    assert sorted(sent) == ["/api/me", "/api/slow", "/api/slow"]
    await _give_up(*hanging)


async def test_polls_that_hang_do_not_delay_a_person(
    hass: HomeAssistant, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    transport = async_get_transport(hass)
    send = transport.send
    hanging = 0

    async def hang(request: Any, **options: Any) -> Any:
        nonlocal hanging
        if "echo" in request.url:
            hanging += 1
            await asyncio.Event().wait()
        return await send(request, **options)

    monkeypatch.setattr(transport, "send", hang)
    polls = [
        asyncio.create_task(
            account.send(ApiRequest(url=f"/echo/{number}"), is_poll=True)
        )
        for number in range(10)
    ]
    await asyncio.sleep(0)

    assert (await account.request("GET", "/me")).status == 200
    assert hanging == 3
    await _give_up(*polls)


async def test_polls_of_all_accounts_leave_connections_of_a_host_to_persons(
    hass: HomeAssistant, account: Account
) -> None:
    polls = async_get_transport(hass).polls("127.0.0.1")
    others = 0
    while not polls.locked():
        await polls.acquire()
        others += 1
    assert others == 64
    with pytest.raises(TemporaryFailure, match="host_busy"):
        await account.send(ApiRequest(url="/me"), timeout=0.05, is_poll=True)
    assert (await account.request("GET", "/me")).status == 200

    # Whoever gave up has left no place taken.
    waiting = [
        asyncio.create_task(account.send(ApiRequest(url="/me"), is_poll=True))
        for _ in range(3)
    ]
    for _ in range(others):
        polls.release()
    answers = await asyncio.gather(*waiting)
    assert [answer.status for answer in answers] == [200] * 3


async def test_a_token_endpoint_that_hangs_holds_no_place(
    server: FakeServer, account: Account
) -> None:
    server.expire_access_tokens()
    let = asyncio.Event()
    server.token_faults.append(Fault(None, let=let))
    tokens_before, before = len(server.token_requests), len(server.api_requests)
    # Their 401 makes all wait for the token endpoint: more of them than there are places.
    waiting = [
        asyncio.create_task(account.request("GET", f"/echo/{number}"))
        for number in range(12)
    ]
    await until(lambda: len(server.api_requests) == before + 12)
    with pytest.raises(TemporaryFailure, match="timeout"):
        await account.request("GET", "/echo/last", timeout=0.05)
    assert len(server.token_requests) == tokens_before + 1
    let.set()

    assert {answer.status for answer in await asyncio.gather(*waiting)} == {200}
    assert len(server.token_requests) == tokens_before + 1


@pytest.mark.parametrize(
    ("path", "options", "code"),
    [
        ("/slow?seconds=5", {"timeout": 0.1}, "timeout"),
        ("/large?bytes=3000", {"max_bytes": 2000}, "response_too_large"),
        ("/large?bytes=3000&chunked=1", {"max_bytes": 2000}, "response_too_large"),
    ],
)
async def test_time_and_size_are_bounded(
    account: Account, path: str, options: dict[str, Any], code: str
) -> None:
    with pytest.raises(TemporaryFailure, match=code):
        await account.request("GET", path, **options)


async def test_a_lost_connection_is_temporary(
    server: FakeServer, account: Account
) -> None:
    server.api_faults.extend([Fault(disconnect=True)] * 2)
    with pytest.raises(OAuth2Error, match="cannot_connect"):
        await account.request("GET", "/me")
    assert (await account.request("GET", "/me")).status == 200


async def test_other_integrations_ask_for_an_account_by_its_entry(
    hass: HomeAssistant, entry: ConfigEntry, account: Account
) -> None:
    assert async_get_account(hass, entry.entry_id) is account
    with pytest.raises(ServiceValidationError):
        async_get_account(hass, "unknown")
    await hass.config_entries.async_unload(entry.entry_id)
    with pytest.raises(ServiceValidationError):
        async_get_account(hass, entry.entry_id)


@pytest.mark.parametrize(
    ("fault", "refreshes"),
    [
        (_challenge(403, 'Bearer error="invalid_token"'), 1),
        (_challenge(400, 'Bearer realm="x", error=invalid_token'), 1),
        (_challenge(403, 'DPoP error="invalid_token", algs="ES256"'), 1),
        (Fault.json(403, {"error": "invalid_token"}), 1),
        (Fault.json(400, {"errors": [{"code": "invalid_token"}]}), 1),
        (Fault.json(403, {"error": "INVALID_TOKEN"}), 1),
        (Fault.json(498, {"error": {"code": 498, "message": "Sign in"}}), 1),
        (Fault(440), 1),
        (Fault.json(403, {"message": "Token expired"}), 1),
        (Fault.json(403, {"message": "jwt expired"}), 1),
        (Fault.json(400, {"code": "ExpiredToken"}), 1),
        (Fault.json(400, {"code": "TOKEN_EXPIRED"}), 1),
        (Fault.json(400, {"message": "Invalid OAuth access token."}), 1),
        (Fault.json(419, {"message": "Your session is no longer valid"}), 1),
        (Fault.json(400, {"error": {"message": "The token is not valid any more"}}), 1),
        (Fault.json(400, {"message": "Invalid page token"}), 0),
        (Fault.json(400, {"message": "The sync token has expired"}), 0),
        (Fault.json(403, {"message": "CSRF token invalid"}), 0),
        (Fault.json(403, {"message": "Invalid permissions of the token"}), 0),
        (Fault.json(403, {"message": "Token has invalid scopes"}), 0),
        (Fault.json(403, {"message": "User is not authorized"}), 0),
        (Fault.json(400, {"message": "Invalid date"}), 0),
        (_challenge(403, 'Bearer error="insufficient_scope", scope="x"'), 0),
        (
            _challenge(
                403,
                'Bearer error="insufficient_scope", error_description="no invalid_token"',
            ),
            0,
        ),
        (Fault.json(403, {"error": "insufficient_scope", "hint": "invalid_token"}), 0),
        (Fault.json(403, {"error": "forbidden"}), 0),
        (Fault(403), 0),
        (_challenge(404, 'Bearer error="invalid_token"'), 0),
    ],
)
async def test_a12_a_dead_token_is_told_with_any_status(
    server: FakeServer, account: Account, fault: Fault, refreshes: int
) -> None:
    server.api_faults.append(fault)
    response = await account.request("GET", "/me")

    assert _refreshes(server) == refreshes
    assert response.status == (200 if refreshes else fault.status)


async def test_a12_a_token_that_stays_dead_makes_no_loop(
    server: FakeServer, account: Account
) -> None:
    server.api_faults.extend([_challenge(403, 'Bearer error="invalid_token"')] * 20)
    for _ in range(5):
        assert (await account.request("GET", "/me")).status == 403

    assert _refreshes(server) == 1


def test_a_key_that_a_service_wants_beside_the_token_is_not_shown(
    account: Account,
) -> None:
    account.provider = replace(
        account.provider,
        api_headers={"X-Api-Key": "planted-subscription", "Version": "2022-06-28"},
        api_query={"apikey": "planted-in-the-query"},
    )

    shown = account.redaction().redact(
        "planted-subscription planted-in-the-query 2022-06-28"
    )
    assert "planted" not in shown
    assert "2022-06-28" in shown
