"""The fake server is strict, so that what passes against it is worth something."""

from base64 import urlsafe_b64decode
from collections.abc import AsyncIterator
import json

import pytest

from tests.fake_server import Settings
from tests.fake_server.probe import CALLBACK, DEMO, VERIFIER, Probe, basic, probe, query

pytestmark = pytest.mark.usefixtures("socket_enabled")


@pytest.fixture
async def client(socket_enabled: None) -> AsyncIterator[Probe]:
    async with probe() as client:
        yield client


async def test_consent_leads_to_tokens_that_open_the_api(client: Probe) -> None:
    callback = await client.server.sign_in(client.authorize_url())
    assert callback.startswith(CALLBACK)
    assert query(callback)["state"] == "s&t=1"

    answer = await client.redeem(query(callback)["code"])
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


async def test_deny_tells_the_client_and_grants_nothing(client: Probe) -> None:
    callback = await client.server.sign_in(client.authorize_url(), allow=False)
    assert query(callback) == {"kept": "1", "error": "access_denied", "state": "s&t=1"}
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
    client: Probe, changed: dict[str, str | None], said: str
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
    client: Probe, changed: dict[str, str | None], error: str
) -> None:
    callback = await client.server.sign_in(client.authorize_url(**changed))
    assert query(callback)["error"] == error
    assert query(callback)["state"] == "s&t=1"


async def test_a_double_click_gives_one_grant_and_one_answer(client: Probe) -> None:
    async with client.session.get(client.authorize_url()) as response:
        ticket = (await response.text()).partition('name="ticket" value="')[2]
    url = f"{client.server.authorize_url}/decision"
    form = {"ticket": ticket.partition('"')[0], "decision": "allow"}
    callbacks = set()
    for _ in range(2):
        async with client.session.post(
            url, data=form, allow_redirects=False
        ) as response:
            callbacks.add(response.headers["Location"])
    assert len(callbacks) == len(client.server.grants) == 1


async def test_the_consent_page_escapes_what_was_asked(client: Probe) -> None:
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
    client: Probe, changed: dict[str, str]
) -> None:
    answer = await client.redeem(await client.code(), **changed)
    assert (answer.status, answer.document["error"]) == (400, "invalid_grant")


async def test_a_verifier_without_a_challenge_is_a_downgrade(client: Probe) -> None:
    client.server.settings.require_pkce = False
    code = await client.code(code_challenge=None, code_challenge_method=None)
    assert (await client.redeem(code)).document["error"] == "invalid_grant"


async def test_a_code_used_twice_revokes_the_grant(client: Probe) -> None:
    code = await client.code()
    tokens = (await client.redeem(code)).document
    assert (await client.redeem(code)).document["error"] == "invalid_grant"

    again = await client.refresh(tokens["refresh_token"])
    assert again.document["error"] == "invalid_grant"
    assert (await client.get("/me", tokens["access_token"])).status == 401


async def test_a_code_of_another_client_stays_good_for_its_own(client: Probe) -> None:
    client.server.settings.clients["other"] = None
    code = await client.code()
    stolen = await client.token(
        {},
        client_id="other",
        grant_type="authorization_code",
        code=code,
        redirect_uri=CALLBACK,
        code_verifier=VERIFIER,
    )
    assert stolen.document["error"] == "invalid_grant"
    assert (await client.redeem(code)).status == 200


async def test_reuse_of_a_refresh_token_revokes_the_grant(client: Probe) -> None:
    first = (await client.tokens())["refresh_token"]
    second = (await client.refresh(first)).document["refresh_token"]
    assert second != first

    assert (await client.refresh(first)).document["error"] == "invalid_grant"
    assert (await client.refresh(second)).document["error"] == "invalid_grant"


async def test_without_rotation_the_refresh_token_stays(client: Probe) -> None:
    client.server.settings.rotate = False
    token = (await client.tokens())["refresh_token"]
    for _ in range(2):
        answer = await client.refresh(token)
        assert answer.status == 200
        assert "refresh_token" not in answer.document


async def test_a_refresh_cannot_widen_the_scope(client: Probe) -> None:
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
        (basic("demo-client", "wrong"), {}),
        (basic("nobody", "demo-secret"), {}),
        ({"Authorization": "Basic %%%"}, {}),
        ({}, {"client_id": "demo-client", "client_secret": "wrong"}),
        ({}, {"client_id": "demo-client"}),
        ({}, {}),
    ],
)
async def test_a_wrong_secret_is_401(
    client: Probe, headers: dict[str, str], parameters: dict[str, str]
) -> None:
    answer = await client.token(headers, grant_type="refresh_token", **parameters)
    assert (answer.status, answer.document["error"]) == (401, "invalid_client")
    assert answer.headers["WWW-Authenticate"].startswith("Basic")


async def test_two_ways_of_authentication_are_one_too_many(client: Probe) -> None:
    answer = await client.token(
        grant_type="refresh_token", client_id="demo-client", client_secret="demo-secret"
    )
    assert (answer.status, answer.document["error"]) == (400, "invalid_request")


async def test_basic_halves_are_form_decoded(client: Probe) -> None:
    client.server.settings.clients["a:b"] = "p+w %"
    accepted = await client.token(basic("a%3Ab", "p%2Bw+%25"), grant_type="x")
    assert accepted.document["error"] == "unsupported_grant_type"
    refused = await client.token(basic("a%3Ab", "p+w %"), grant_type="x")
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
    client: Probe, content_type: str, body: str
) -> None:
    headers = DEMO | {"Content-Type": content_type}
    async with client.session.post(
        client.server.token_url, data=body.encode(), headers=headers
    ) as response:
        assert response.status == 400
        assert (await response.json())["error"] == "invalid_request"
    assert client.server.token_requests == [{}]


async def test_a_json_body_works_like_a_form(client: Probe) -> None:
    body = {
        "grant_type": "authorization_code",
        "code": await client.code(),
        "redirect_uri": CALLBACK,
        "code_verifier": VERIFIER,
        "client_id": "demo-client",
        "client_secret": "demo-secret",
    }
    async with client.session.post(client.server.token_url, json=body) as response:
        assert response.status == 200
    assert client.server.token_requests == [body]


async def test_settings_shape_the_next_answer(client: Probe) -> None:
    settings: Settings = client.server.settings
    settings.access_token_lifetime = None
    settings.send_refresh_token = False
    settings.granted_scopes = "read"
    settings.id_token = {"sub": "user-1"}
    tokens = await client.tokens()
    payload = tokens.pop("id_token").split(".")[1]
    claims = json.loads(urlsafe_b64decode(payload + "=="))
    assert (claims["sub"], claims["aud"]) == ("user-1", "demo-client")
    assert tokens.keys() == {"access_token", "token_type", "scope"}
    assert tokens["scope"] == "read"


async def test_another_user_is_another_account(client: Probe) -> None:
    client.server.settings.user = "grace"
    tokens = await client.tokens()
    me = await client.get("/me", tokens["access_token"])
    assert (me.document["id"], me.document["name"]) == ("user-2", "Grace Hopper")


async def test_an_expired_access_token_is_replaced_by_a_refresh(
    client: Probe,
) -> None:
    tokens = await client.tokens()
    client.server.expire_access_tokens()
    refused = await client.get("/me", tokens["access_token"])
    assert refused.status == 401
    assert refused.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'

    renewed = (await client.refresh(tokens["refresh_token"])).document
    assert (await client.get("/me", renewed["access_token"])).status == 200


async def test_a_revoked_grant_is_over(client: Probe) -> None:
    tokens = await client.tokens()
    client.server.revoke_grants()
    assert (await client.get("/me", tokens["access_token"])).status == 401
    answer = await client.refresh(tokens["refresh_token"])
    assert answer.document["error"] == "invalid_grant"
