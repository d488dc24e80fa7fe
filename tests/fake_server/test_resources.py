"""The fake server's faults and resources do what they say."""

from collections.abc import AsyncIterator
from copy import replace
import json
import time

import aiohttp
import pytest

from . import FakeServer, Fault, Settings
from .probe import Probe, probe

pytestmark = pytest.mark.usefixtures("socket_enabled")


@pytest.fixture
async def client(socket_enabled: None) -> AsyncIterator[Probe]:
    async with probe() as client:
        yield client


async def test_faults_are_used_up_one_by_one(client: Probe) -> None:
    token = (await client.tokens())["refresh_token"]
    client.server.token_faults.extend(
        [Fault.json(503, {"error": "busy"}, Retry_After="7"), Fault(disconnect=True)]
    )
    busy = await client.refresh(token)
    assert (busy.status, busy.document) == (503, {"error": "busy"})
    assert busy.headers["Retry-After"] == "7"
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await client.refresh(token)
    # Neither reached the grant.
    assert (await client.refresh(token)).status == 200
    assert len(client.server.token_requests) == len(client.server.token_headers) == 4


@pytest.mark.parametrize(
    "lost", [Fault(disconnect=True, process=True), Fault.json(502, {})]
)
async def test_a_processed_request_whose_answer_is_lost_has_rotated(
    client: Probe, lost: Fault
) -> None:
    token = (await client.tokens())["refresh_token"]
    client.server.token_faults.append(replace(lost, process=True))
    if lost.disconnect:
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await client.refresh(token)
    else:
        assert (await client.refresh(token)).status == 502
    assert (await client.refresh(token)).document["error"] == "invalid_grant"


async def test_a_connection_can_break(client: Probe) -> None:
    client.server.token_faults.append(Fault(reset=True))
    with pytest.raises(aiohttp.ClientOSError):
        await client.token(grant_type="refresh_token")


async def test_an_answer_can_be_written_byte_by_byte_and_break_off(
    client: Probe,
) -> None:
    head = b"HTTP/1.1 200 OK\r\nX: 1\r\nX: 2\r\nContent-Length: 2\r\n\r\n"
    client.server.token_faults.extend([Fault(raw=[head, b"{", b"}"])])
    whole = await client.token(grant_type="refresh_token")
    assert (whole.document, whole.headers.getall("X")) == ("{}", ["1", "2"])  # type: ignore[attr-defined]  # aiohttp's headers are a multidict
    client.server.token_faults.append(Fault(raw=[head, b"{"], reset=True))
    with pytest.raises(aiohttp.ClientError):
        await client.token(grant_type="refresh_token")


async def test_the_real_answer_can_be_changed(client: Probe) -> None:
    token = (await client.tokens())["refresh_token"]
    changed = Fault(rewrite=lambda body: Fault.json(201, {"was": json.loads(body)}))
    client.server.token_faults.append(changed)
    answer = await client.refresh(token)
    assert answer.status == 201
    assert answer.document["was"]["refresh_token"] != token


async def test_a_delayed_answer_is_the_real_one(client: Probe) -> None:
    token = (await client.tokens())["access_token"]
    client.server.api_faults.append(Fault(status=None, delay=0.05))
    started = time.monotonic()
    assert (await client.get("/me", token)).status == 200
    assert time.monotonic() - started >= 0.04


async def test_a_client_repeats_a_get_whose_connection_was_closed(
    client: Probe,
) -> None:
    token = (await client.tokens())["access_token"]
    client.server.api_faults.append(Fault(disconnect=True))
    assert (await client.get("/me", token)).status == 200
    assert len(client.server.api_requests) == 2

    client.server.api_faults.extend([Fault(disconnect=True)] * 2)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await client.get("/me", token)
    assert len(client.server.api_requests) == 4


async def test_the_server_ends_while_a_request_waits(client: Probe) -> None:
    token = (await client.tokens())["access_token"]
    slow = aiohttp.ClientTimeout(total=0.05)
    with pytest.raises(TimeoutError):
        async with client.session.get(
            f"{client.server.api_base_url}/slow?seconds=60",
            headers={"Authorization": f"Bearer {token}"},
            timeout=slow,
        ):
            pass


async def test_echo_says_what_was_sent_but_not_the_token(client: Probe) -> None:
    token = (await client.tokens())["access_token"]
    async with client.session.put(
        f"{client.server.api_base_url}/echo/deep?a=1&b=2&b=3",
        data="hello",
        headers={"Authorization": f"Bearer {token}", "X-Mine": "yes"},
    ) as response:
        echo = await response.json()
    assert (echo["method"], echo["path"]) == ("PUT", "/api/echo/deep")
    assert (echo["query"], echo["body"]) == ({"a": "1", "b": ["2", "3"]}, "hello")
    assert echo["headers"]["x-mine"] == "yes"
    assert token not in json.dumps(echo)

    recorded = client.server.api_requests[-1]
    assert (recorded.method, recorded.path, recorded.body) == (
        "PUT",
        "/api/echo/deep",
        b"hello",
    )
    assert recorded.query["a"] == "1"
    assert recorded.headers["authorization"] == f"Bearer {token}"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/weather", 200),
        ("/usage", 200),
        ("/status/204", 204),
        ("/status/429", 429),
        ("/status/999", 404),
        ("/redirect?to=https://a.example/", 302),
        ("/redirect", 400),
        ("/slow?seconds=0.01", 200),
        ("/slow?seconds=nan", 400),
        ("/large?bytes=1000", 200),
        ("/large?bytes=-1", 400),
        ("/nothing", 404),
    ],
)
async def test_the_api_answers(client: Probe, path: str, status: int) -> None:
    token = (await client.tokens())["access_token"]
    assert (await client.get(path, token)).status == status
    assert (await client.get(path, "wrong")).status == 401


@pytest.mark.parametrize(
    ("query", "length"), [("bytes=70000", "70000"), ("bytes=70000&chunked=1", None)]
)
async def test_a_large_answer_may_hide_its_length(
    client: Probe, query: str, length: str | None
) -> None:
    token = (await client.tokens())["access_token"]
    answer = await client.get(f"/large?{query}", token)
    assert answer.headers.get("Content-Length") == length
    assert len(answer.document) == 70000 - 2


async def test_the_weather_moves_with_each_call(client: Probe) -> None:
    token = (await client.tokens())["access_token"]
    first, second = [
        (await client.get("/weather", token)).document["current"]["temperature"]
        for _ in range(2)
    ]
    assert first != second
    assert abs(first - 21.5) < 1 and abs(second - 21.5) < 1


async def test_the_root_page_says_what_can_be_tried(client: Probe) -> None:
    async with client.session.get(client.server.base_url) as response:
        page = await response.text()
    for shown in (
        client.server.token_url,
        "demo-client",
        "demo-secret",
        "/api/weather",
    ):
        assert shown in page


async def test_the_clock_ends_an_access_token() -> None:
    now = [1000.0]
    settings = Settings(access_token_lifetime=60)
    async with probe(FakeServer(settings, clock=lambda: now[0])) as client:
        token = (await client.tokens())["access_token"]
        now[0] += 59
        assert (await client.get("/me", token)).status == 200
        now[0] += 1
        assert (await client.get("/me", token)).status == 401


async def test_an_answer_says_what_time_it_is_at_the_server() -> None:
    async with probe(FakeServer(clock=lambda: 1_800_000_000.0)) as client:
        answer = await client.get("/me", "unknown")

    assert answer.headers["Date"] == "Fri, 15 Jan 2027 08:00:00 GMT"
