"""The fake server is strict, so that what passes against it is worth something."""

from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
import hashlib
import json
import time
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp
import pytest

from tests.fake_server import FakeServer, Fault, Settings

pytestmark = pytest.mark.usefixtures("socket_enabled")

_CALLBACK: Final = "http://127.0.0.1:9/callback?kept=1"
_VERIFIER: Final = "v" * 43
_CHALLENGE: Final = (
    urlsafe_b64encode(hashlib.sha256(_VERIFIER.encode()).digest()).rstrip(b"=").decode()
)


def _basic(client_id: str, secret: str) -> dict[str, str]:
    credentials = b64encode(f"{client_id}:{secret}".encode()).decode()
    return {"Authorization": f"Basic {credentials}"}


_DEMO: Final = _basic("demo-client", "demo-secret")


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    document: Any


@dataclass(frozen=True, slots=True)
class _Client:
    """An OAuth2 client that can also do things wrong."""

    server: FakeServer
    session: aiohttp.ClientSession

    def authorize_url(self, **changed: str | None) -> str:
        parameters = {
            "response_type": "code",
            "client_id": "demo-client",
            "redirect_uri": _CALLBACK,
            "scope": "read write",
            "state": "s&t=1",
            "code_challenge": _CHALLENGE,
            "code_challenge_method": "S256",
        } | changed
        given = {name: value for name, value in parameters.items() if value is not None}
        return f"{self.server.authorize_url}?{urlencode(given)}"

    async def code(self, **changed: str | None) -> str:
        return _query(await self.server.sign_in(self.authorize_url(**changed)))["code"]

    async def token(
        self, headers: Mapping[str, str] = _DEMO, /, **parameters: str
    ) -> _Answer:
        async with self.session.post(
            self.server.token_url, data=parameters, headers=headers
        ) as response:
            return _Answer(response.status, response.headers, await response.json())

    async def redeem(self, code: str, **changed: str) -> _Answer:
        parameters = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": _CALLBACK,
            "code_verifier": _VERIFIER,
        }
        return await self.token(**parameters | changed)

    async def refresh(self, token: str) -> _Answer:
        return await self.token(grant_type="refresh_token", refresh_token=token)

    async def tokens(self) -> Any:
        answer = await self.redeem(await self.code())
        assert answer.status == 200
        return answer.document

    async def get(self, path: str, access_token: str) -> _Answer:
        async with self.session.get(
            self.server.api_base_url + path,
            headers={"Authorization": f"Bearer {access_token}"},
            allow_redirects=False,
        ) as response:
            text = await response.text()
            document = json.loads(text) if "json" in response.content_type else text
            return _Answer(response.status, response.headers, document)


def _query(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


@pytest.fixture
async def client(socket_enabled: None) -> AsyncIterator[_Client]:
    connector = aiohttp.TCPConnector(resolver=aiohttp.ThreadedResolver())
    timeout = aiohttp.ClientTimeout(total=5)
    async with (
        FakeServer() as server,
        aiohttp.ClientSession(connector=connector, timeout=timeout) as session,
    ):
        yield _Client(server, session)


async def test_consent_leads_to_tokens_that_open_the_api(client: _Client) -> None:
    callback = await client.server.sign_in(client.authorize_url())
    assert callback.startswith(_CALLBACK)
    assert _query(callback)["state"] == "s&t=1"

    answer = await client.redeem(_query(callback)["code"])
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.document["expires_in"] == 3600
    assert answer.document["scope"] == "read write"

    me = await client.get("/me", answer.document["access_token"])
    assert me.document == {
        "id": "user-1",
        "login": "ada",
        "name": "Ada Lovelace",
        "followers": 42,
    }


async def test_deny_tells_the_client_and_grants_nothing(client: _Client) -> None:
    callback = await client.server.sign_in(client.authorize_url(), allow=False)
    assert _query(callback) == {"kept": "1", "error": "access_denied", "state": "s&t=1"}
    assert client.server.grants == ()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            {"client_id": "<b>"},
            "Unknown client: no application is registered as “&lt;b&gt;”",
        ),
        ({"client_id": None}, "must name exactly one client"),
        ({"redirect_uri": None}, "exactly one redirect_uri"),
        ({"redirect_uri": "/relative"}, "not an absolute"),
        ({"redirect_uri": "javascript:alert(1)"}, "not an absolute"),
        ({"redirect_uri": "https://a.example/#fragment"}, "not an absolute"),
        ({"redirect_uri": "https://[broken"}, "not an absolute"),
    ],
)
async def test_a_person_is_told_what_cannot_be_sent_back(
    client: _Client, changed: dict[str, str | None], said: str
) -> None:
    async with client.session.get(client.authorize_url(**changed)) as response:
        assert response.status == 400
        assert said in await response.text()


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": None}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
    ],
)
async def test_a_wrong_request_is_sent_back_without_asking(
    client: _Client, changed: dict[str, str | None], error: str
) -> None:
    callback = await client.server.sign_in(client.authorize_url(**changed))
    assert _query(callback)["error"] == error
    assert _query(callback)["state"] == "s&t=1"


async def test_the_consent_page_escapes_what_was_asked(client: _Client) -> None:
    async with client.session.get(client.authorize_url(scope="<script>")) as response:
        page = await response.text()
    assert "&lt;script&gt;" in page
    assert "<script" not in page


@pytest.mark.parametrize(
    "changed",
    [
        {"code_verifier": "w" * 43},
        {"code_verifier": ""},
        {"redirect_uri": "http://127.0.0.1:9/callback"},
        {"redirect_uri": ""},
        {"code": "another"},
    ],
)
async def test_a_code_needs_its_verifier_and_redirect_uri(
    client: _Client, changed: dict[str, str]
) -> None:
    answer = await client.redeem(await client.code(), **changed)
    assert (answer.status, answer.document["error"]) == (400, "invalid_grant")


async def test_a_verifier_without_a_challenge_is_a_downgrade(client: _Client) -> None:
    client.server.settings.require_pkce = False
    code = await client.code(code_challenge=None, code_challenge_method=None)
    assert (await client.redeem(code)).document["error"] == "invalid_grant"


async def test_a_code_used_twice_revokes_the_grant(client: _Client) -> None:
    code = await client.code()
    tokens = (await client.redeem(code)).document
    assert (await client.redeem(code)).document["error"] == "invalid_grant"

    again = await client.refresh(tokens["refresh_token"])
    assert again.document["error"] == "invalid_grant"
    assert (await client.get("/me", tokens["access_token"])).status == 401


async def test_a_code_of_another_client_stays_good_for_its_own(client: _Client) -> None:
    client.server.settings.clients["other"] = None
    code = await client.code()
    stolen = await client.token(
        {},
        client_id="other",
        grant_type="authorization_code",
        code=code,
        redirect_uri=_CALLBACK,
        code_verifier=_VERIFIER,
    )
    assert stolen.document["error"] == "invalid_grant"
    assert (await client.redeem(code)).status == 200


async def test_reuse_of_a_refresh_token_revokes_the_grant(client: _Client) -> None:
    first = (await client.tokens())["refresh_token"]
    second = (await client.refresh(first)).document["refresh_token"]
    assert second != first

    assert (await client.refresh(first)).document["error"] == "invalid_grant"
    assert (await client.refresh(second)).document["error"] == "invalid_grant"


async def test_without_rotation_the_refresh_token_stays(client: _Client) -> None:
    client.server.settings.rotate = False
    token = (await client.tokens())["refresh_token"]
    for _ in range(2):
        answer = await client.refresh(token)
        assert answer.status == 200
        assert "refresh_token" not in answer.document


async def test_a_refresh_cannot_widen_the_scope(client: _Client) -> None:
    token = (await client.tokens())["refresh_token"]
    answer = await client.token(
        grant_type="refresh_token", refresh_token=token, scope="read admin"
    )
    assert answer.document["error"] == "invalid_scope"
    # The refused attempt did not rotate.
    assert (await client.refresh(token)).status == 200


@pytest.mark.parametrize(
    ("headers", "parameters"),
    [
        (_basic("demo-client", "wrong"), {}),
        (_basic("nobody", "demo-secret"), {}),
        ({"Authorization": "Basic %%%"}, {}),
        ({}, {"client_id": "demo-client", "client_secret": "wrong"}),
        ({}, {"client_id": "demo-client"}),
        ({}, {}),
    ],
)
async def test_a_wrong_secret_is_401(
    client: _Client, headers: dict[str, str], parameters: dict[str, str]
) -> None:
    answer = await client.token(headers, grant_type="refresh_token", **parameters)
    assert (answer.status, answer.document["error"]) == (401, "invalid_client")
    assert answer.headers["WWW-Authenticate"].startswith("Basic")


async def test_two_ways_of_authentication_are_one_too_many(client: _Client) -> None:
    answer = await client.token(
        grant_type="refresh_token", client_id="demo-client", client_secret="demo-secret"
    )
    assert (answer.status, answer.document["error"]) == (400, "invalid_request")


async def test_basic_halves_are_form_decoded(client: _Client) -> None:
    client.server.settings.clients["a:b"] = "p+w %"
    accepted = await client.token(_basic("a%3Ab", "p%2Bw+%25"), grant_type="x")
    assert accepted.document["error"] == "unsupported_grant_type"
    refused = await client.token(_basic("a%3Ab", "p+w %"), grant_type="x")
    assert refused.document["error"] == "invalid_client"


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/x-www-form-urlencoded", "grant_type=a&grant_type=b"),
        ("application/x-www-form-urlencoded", "grant_type=%FF"),
        ("application/json", "{"),
        ("application/json", '["grant_type"]'),
        ("application/json", '{"grant_type": 1}'),
        ("application/json", '{"grant_type": "a", "grant_type": "b"}'),
        ("text/plain", "grant_type=refresh_token"),
    ],
)
async def test_a_body_that_is_not_clear_is_refused(
    client: _Client, content_type: str, body: str
) -> None:
    headers = _DEMO | {"Content-Type": content_type}
    async with client.session.post(
        client.server.token_url, data=body.encode(), headers=headers
    ) as response:
        assert response.status == 400
        assert (await response.json())["error"] == "invalid_request"
    assert client.server.token_requests == [{}]


async def test_a_json_body_works_like_a_form(client: _Client) -> None:
    body = {
        "grant_type": "authorization_code",
        "code": await client.code(),
        "redirect_uri": _CALLBACK,
        "code_verifier": _VERIFIER,
        "client_id": "demo-client",
        "client_secret": "demo-secret",
    }
    async with client.session.post(client.server.token_url, json=body) as response:
        assert response.status == 200
    assert client.server.token_requests == [body]


async def test_settings_shape_the_next_answer(client: _Client) -> None:
    settings: Settings = client.server.settings
    settings.access_token_lifetime = None
    settings.send_refresh_token = False
    settings.granted_scopes = "read"
    settings.id_token = {"sub": "user-1"}
    tokens = await client.tokens()
    payload = tokens.pop("id_token").split(".")[1]
    assert json.loads(urlsafe_b64decode(payload + "==")) == {"sub": "user-1"}
    assert tokens.keys() == {"access_token", "token_type", "scope"}
    assert tokens["scope"] == "read"


async def test_another_user_is_another_account(client: _Client) -> None:
    client.server.settings.user = "grace"
    tokens = await client.tokens()
    me = await client.get("/me", tokens["access_token"])
    assert (me.document["id"], me.document["name"]) == ("user-2", "Grace Hopper")


async def test_an_expired_access_token_is_replaced_by_a_refresh(
    client: _Client,
) -> None:
    tokens = await client.tokens()
    client.server.expire_access_tokens()
    refused = await client.get("/me", tokens["access_token"])
    assert refused.status == 401
    assert refused.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'

    renewed = (await client.refresh(tokens["refresh_token"])).document
    assert (await client.get("/me", renewed["access_token"])).status == 200


async def test_a_revoked_grant_is_over(client: _Client) -> None:
    tokens = await client.tokens()
    client.server.revoke_grants()
    assert (await client.get("/me", tokens["access_token"])).status == 401
    answer = await client.refresh(tokens["refresh_token"])
    assert answer.document["error"] == "invalid_grant"


async def test_the_clock_ends_an_access_token() -> None:
    now = [1000.0]
    async with (
        FakeServer(Settings(access_token_lifetime=60), clock=lambda: now[0]) as server,
        aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(resolver=aiohttp.ThreadedResolver())
        ) as session,
    ):
        client = _Client(server, session)
        token = (await client.tokens())["access_token"]
        now[0] += 59
        assert (await client.get("/me", token)).status == 200
        now[0] += 1
        assert (await client.get("/me", token)).status == 401


async def test_faults_are_used_up_one_by_one(client: _Client) -> None:
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
    client: _Client, lost: Fault
) -> None:
    token = (await client.tokens())["refresh_token"]
    client.server.token_faults.append(replace(lost, process=True))
    if lost.disconnect:
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await client.refresh(token)
    else:
        assert (await client.refresh(token)).status == 502
    assert (await client.refresh(token)).document["error"] == "invalid_grant"


async def test_a_delayed_answer_is_the_real_one(client: _Client) -> None:
    token = (await client.tokens())["access_token"]
    client.server.api_faults.append(Fault(status=None, delay=0.05))
    started = time.monotonic()
    assert (await client.get("/me", token)).status == 200
    assert time.monotonic() - started >= 0.04


async def test_a_disconnect_is_seen_once_by_a_get(client: _Client) -> None:
    token = (await client.tokens())["access_token"]
    assert (await client.get("/me", token)).status == 200
    client.server.api_faults.append(Fault(disconnect=True))
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await client.get("/me", token)
    assert len(client.server.api_requests) == 2


async def test_the_server_ends_while_a_request_waits(client: _Client) -> None:
    token = (await client.tokens())["access_token"]
    slow = aiohttp.ClientTimeout(total=0.05)
    with pytest.raises(TimeoutError):
        async with client.session.get(
            f"{client.server.api_base_url}/slow?seconds=60",
            headers={"Authorization": f"Bearer {token}"},
            timeout=slow,
        ):
            pass


async def test_echo_says_what_was_sent_but_not_the_token(client: _Client) -> None:
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
async def test_the_api_answers(client: _Client, path: str, status: int) -> None:
    token = (await client.tokens())["access_token"]
    assert (await client.get(path, token)).status == status
    assert (await client.get(path, "wrong")).status == 401


@pytest.mark.parametrize(
    ("query", "length"), [("bytes=70000", "70000"), ("bytes=70000&chunked=1", None)]
)
async def test_a_large_answer_may_hide_its_length(
    client: _Client, query: str, length: str | None
) -> None:
    token = (await client.tokens())["access_token"]
    answer = await client.get(f"/large?{query}", token)
    assert answer.headers.get("Content-Length") == length
    assert len(answer.document) == 70000 - 2


async def test_the_weather_moves_with_each_call(client: _Client) -> None:
    token = (await client.tokens())["access_token"]
    first, second = [
        (await client.get("/weather", token)).document["current"]["temperature"]
        for _ in range(2)
    ]
    assert first != second
    assert abs(first - 21.5) < 1 and abs(second - 21.5) < 1


async def test_the_root_page_says_what_can_be_tried(client: _Client) -> None:
    async with client.session.get(client.server.base_url) as response:
        page = await response.text()
    for shown in (
        client.server.token_url,
        "demo-client",
        "demo-secret",
        "/api/weather",
    ):
        assert shown in page
