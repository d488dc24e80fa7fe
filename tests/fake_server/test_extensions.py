"""Discovery, pushed requests, devices, and the status of tokens are as strict as their RFCs."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from . import FakeServer, Fault
from .probe import CALLBACK, Probe, basic, probe, query
from .settings import DEVICE_CODE

pytestmark = pytest.mark.usefixtures("socket_enabled")

WELL_KNOWN = "/.well-known"
SERVER = f"{WELL_KNOWN}/oauth-authorization-server"
RESOURCE = f"{WELL_KNOWN}/oauth-protected-resource/api"
OTHER = basic("other", "other-secret")


class Now:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def now() -> Now:
    return Now()


@pytest.fixture
async def client(socket_enabled: None, now: Now) -> AsyncIterator[Probe]:
    async with probe(FakeServer(clock=now)) as client:
        client.server.settings.clients |= {"other": "other-secret", "public": None}
        yield client


async def _published(client: Probe, path: str) -> Any:
    async with client.session.get(client.server.base_url + path) as response:
        return await response.json() if response.status == 200 else response.status


@pytest.mark.parametrize("path", [SERVER, f"{WELL_KNOWN}/openid-configuration"])
async def test_the_metadata_names_every_endpoint(client: Probe, path: str) -> None:
    server = client.server
    document = await _published(client, path)
    assert document["issuer"] == server.base_url
    assert {
        document[f"{name}_endpoint"]
        for name in (
            "authorization",
            "token",
            "device_authorization",
            "revocation",
            "introspection",
            "pushed_authorization_request",
        )
    } == {
        server.authorize_url,
        server.token_url,
        server.device_url,
        server.revocation_url,
        server.introspection_url,
        server.pushed_url,
    }
    assert document["grant_types_supported"] == list(server.settings.grant_types)


async def test_the_resource_names_its_server(client: Probe) -> None:
    document = await _published(client, RESOURCE)
    assert document["resource"] == client.server.api_base_url
    assert document["authorization_servers"] == [client.server.base_url]
    assert document["scopes_supported"] == ["read", "write"]


async def test_the_metadata_lies_fails_and_goes_as_it_is_told(client: Probe) -> None:
    server = client.server
    server.settings.metadata_changes = {
        "issuer": "https://a.example",
        "token_endpoint": None,
    }
    document = await _published(client, SERVER)
    assert document["issuer"] == "https://a.example"
    assert "token_endpoint" not in document

    server.metadata_faults.append(Fault.json(503, {}))
    assert await _published(client, RESOURCE) == 503
    server.settings.publish_metadata = False
    assert await _published(client, RESOURCE) == 404


async def _device(client: Probe, **parameters: str) -> Any:
    answer = await client.post(client.server.device_url, scope="read", **parameters)
    assert answer.status == 200
    return answer.document


async def _poll(client: Probe, started: Any) -> Any:
    code = started["device_code"]
    answer = await client.token(grant_type=DEVICE_CODE, device_code=code)
    assert answer.status == (200 if "access_token" in answer.document else 400)
    return answer.document.get("error") or answer.document


async def test_a_device_gets_tokens_once_its_user_allows_it(client: Probe) -> None:
    server = client.server
    started = await _device(client)
    assert (started["expires_in"], started["interval"]) == (600, 1)
    assert await _poll(client, started) == "authorization_pending"

    uri = started["verification_uri_complete"]
    async with client.session.get(uri) as response:
        page = await response.text()
    assert f'value="{started["user_code"]}"' in page and "demo-client" in page
    # As a person may type it.
    typed = started["user_code"].replace("-", " ").lower()
    form = {"user_code": typed, "decision": "allow"}
    assert (await client.post(f"{server.device_url}/decision", **form)).status == 200
    assert (await client.post(f"{server.device_url}/decision", **form)).status == 400

    tokens = await _poll(client, started)
    assert tokens["scope"] == "read"
    assert (await client.get("/me", tokens["access_token"])).document["login"] == "ada"
    assert (await client.refresh(tokens["refresh_token"])).status == 200
    assert await _poll(client, started) == "invalid_grant"
    assert server.device_requests[0].polls == 2


async def test_a_device_is_told_why_it_gets_none(client: Probe, now: Now) -> None:
    denied, late = await _device(client), await _device(client)
    client.server.decide_device(denied["user_code"], allow=False)
    assert await _poll(client, denied) == "access_denied"
    now.time += 600
    assert await _poll(client, late) == "expired_token"
    for code in (denied["user_code"], late["user_code"], ""):
        with pytest.raises(LookupError):
            client.server.decide_device(code, allow=True)


async def test_a_device_that_hurries_is_slowed_down(client: Probe, now: Now) -> None:
    client.server.settings.device_strict_polling = True
    started = await _device(client)
    said = []
    for waited in (0.0, 0.5, 5.9, 11.0):
        now.time += waited
        said.append(await _poll(client, started))
    pending = "authorization_pending"
    # RFC 8628, 3.5: each slow_down adds five seconds.
    assert said == [pending, "slow_down", "slow_down", pending]


async def test_a_device_code_is_its_clients(client: Probe) -> None:
    started = await _device(client)
    client.server.decide_device(started["user_code"], allow=True)
    code = started["device_code"]
    stolen = await client.token(OTHER, grant_type=DEVICE_CODE, device_code=code)
    assert stolen.document["error"] == "invalid_grant"
    assert "access_token" in await _poll(client, started)


async def test_a_client_gets_a_token_for_itself(client: Probe) -> None:
    answer = await client.token(grant_type="client_credentials", scope="read")
    assert answer.document.keys() == {
        "access_token",
        "token_type",
        "expires_in",
        "scope",
    }
    assert (await client.get("/me", answer.document["access_token"])).status == 200

    public = await client.token({}, grant_type="client_credentials", client_id="public")
    assert public.document["error"] == "unauthorized_client"
    client.server.settings.grant_types = ["authorization_code"]
    refused = await client.token(grant_type="client_credentials")
    assert refused.document["error"] == "unsupported_grant_type"


async def test_a_revoked_refresh_token_ends_the_grant(client: Probe) -> None:
    tokens = await client.tokens()
    asked = {"token": tokens["refresh_token"], "token_type_hint": "access_token"}
    url = client.server.revocation_url
    assert (await client.post(url, OTHER, **asked)).document["error"] == "invalid_grant"
    assert (await client.get("/me", tokens["access_token"])).status == 200

    assert (await client.post(url, **asked)).status == 200
    assert (await client.get("/me", tokens["access_token"])).status == 401
    assert (await client.refresh(asked["token"])).document["error"] == "invalid_grant"
    assert (await client.post(url, token="unknown")).status == 200
    assert (await client.post(url)).document["error"] == "invalid_request"
    assert (await client.post(url, {}, token="unknown")).status == 401
    assert client.server.revocations[:2] == [asked, asked]


async def test_a_revoked_access_token_leaves_the_grant(client: Probe) -> None:
    tokens = await client.tokens()
    await client.post(client.server.revocation_url, token=tokens["access_token"])
    assert (await client.get("/me", tokens["access_token"])).status == 401
    assert (await client.refresh(tokens["refresh_token"])).status == 200


async def test_introspection_tells_a_client_of_its_own_good_tokens(
    client: Probe, now: Now
) -> None:
    tokens, url = await client.tokens(), client.server.introspection_url
    token = tokens["access_token"]
    known = {
        "active": True,
        "scope": "read write",
        "client_id": "demo-client",
        "sub": "user-1",
    }
    assert (await client.post(url, token=token)).document == known | {"exp": 4600}
    renewable = await client.post(url, token=tokens["refresh_token"])
    assert renewable.document == known

    assert (await client.post(url, OTHER, token=token)).document == {"active": False}
    public = await client.post(url, {}, token=token, client_id="public")
    assert (public.status, public.document["error"]) == (401, "invalid_client")
    now.time += 3600
    assert (await client.post(url, token=token)).document == {"active": False}


async def test_a_pushed_request_is_good_for_one_visit(client: Probe) -> None:
    server = client.server
    server.settings.require_pushed = True
    parameters = query(client.authorize_url())
    answer = await client.post(server.pushed_url, **parameters)
    assert (answer.status, answer.document["expires_in"]) == (201, 60)
    assert server.pushed_requests == [parameters]

    uri = answer.document["request_uri"]
    stolen = f"{server.authorize_url}?client_id=other&request_uri={uri}"
    visit = (
        f"{server.authorize_url}?client_id=demo-client&request_uri={uri}&state=not-this"
    )
    async with client.session.get(stolen) as response:
        assert response.status == 400
    callback = await server.sign_in(visit)
    assert callback.startswith(CALLBACK) and query(callback)["state"] == "s&t=1"
    assert (await client.redeem(query(callback)["code"])).status == 200
    async with client.session.get(visit) as response:
        assert response.status == 400

    direct = await server.sign_in(client.authorize_url())
    assert query(direct)["error"] == "invalid_request"


async def test_a_pushed_request_ends_after_a_minute(client: Probe, now: Now) -> None:
    parameters = query(client.authorize_url())
    answer = await client.post(client.server.pushed_url, **parameters)
    uri = answer.document["request_uri"]
    now.time += 60
    url = f"{client.server.authorize_url}?client_id=demo-client&request_uri={uri}"
    async with client.session.get(url) as response:
        assert response.status == 400
        assert "too old" in await response.text()


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"client_id": ""}, "invalid_request"),
        ({"redirect_uri": "/relative"}, "invalid_request"),
        ({"request_uri": "urn:a"}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
    ],
)
async def test_a_wrong_request_cannot_be_pushed(
    client: Probe, changed: dict[str, str], error: str
) -> None:
    parameters = query(client.authorize_url()) | changed
    answer = await client.post(client.server.pushed_url, **parameters)
    assert (answer.status, answer.document["error"]) == (400, error)


@pytest.mark.parametrize("path", ["/device", "/par", "/revoke", "/introspect"])
async def test_only_a_form_of_a_known_client_is_read(client: Probe, path: str) -> None:
    url = client.server.base_url + path
    wrong = await client.post(url, basic("demo-client", "wrong"), token="t")
    assert (wrong.status, wrong.document["error"]) == (401, "invalid_client")
    body = {"client_id": "demo-client", "client_secret": "demo-secret", "token": "t"}
    async with client.session.post(url, json=body) as response:
        assert response.status == 400
