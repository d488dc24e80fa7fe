"""To whom a token set belongs at the provider."""

from base64 import b64encode, urlsafe_b64encode
from collections.abc import Mapping
import json
import time
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
import jwt
from jwt.algorithms import ECAlgorithm
import pytest

from custom_components.oauth2_client.account.identity import (
    AccountIdentity,
    async_identify,
)
from custom_components.oauth2_client.catalogue import parse_provider
from custom_components.oauth2_client.oauth2 import (
    Client,
    RefusedByPolicy,
    TemporaryFailure,
    TokenSet,
)
from homeassistant.core import HomeAssistant

from ..fake_server import FakeServer, Fault

ME: dict[str, Any] = {"url": "/me", "id": ["id"], "name": ["login"]}
LIST: dict[str, Any] = {"url": "/me", "id": ["data", "0", "id"]}


CLAIMS: dict[str, Any] = {
    "iss": "https://issuer.example",
    "aud": "demo-client",
    "sub": "1",
    "nonce": "once",
}


def _id_token(**changed: Any) -> str:
    """Return an unsigned id token; claims that are None are left out."""
    moment = {"iat": int(time.time()), "exp": int(time.time()) + 300}
    claims = {k: v for k, v in {**CLAIMS, **moment, **changed}.items() if v is not None}
    return f"x.{urlsafe_b64encode(json.dumps(claims).encode()).decode()}.x"


async def _identify(
    hass: HomeAssistant,
    server: FakeServer,
    identity: dict[str, Any] | None = None,
    id_token: str | None = None,
    *,
    asked: bool = True,
    nonce: str | None = None,
    values: Mapping[str, str] | None = None,
    client: Client | None = Client(id="demo-client"),  # noqa: B008 - it is frozen
    **changed: Any,
) -> AccountIdentity:
    raw = {
        "id": "sandbox",
        "name": "Sandbox",
        "authorize_url": server.authorize_url,
        "token_url": server.token_url,
        "api_base_url": server.api_base_url,
        "api_headers": {"Client-Id": "{client_id}"},
        **changed,
    }
    if identity is not None:
        raw["identity"] = identity
    token_set = TokenSet(
        access_token="planted", received_at=1.0, id_token=id_token, values=values or {}
    )
    return await async_identify(
        hass,
        parse_provider(raw, category="dev"),
        client,
        token_set,
        asked=asked,
        nonce=nonce,
    )


async def test_nobody_is_known_where_nothing_tells(
    hass: HomeAssistant, server: FakeServer
) -> None:
    assert await _identify(hass, server) == AccountIdentity()
    assert server.api_requests == []


@pytest.mark.parametrize(
    ("claims", "identity"),
    [
        ({"sub": "1", "email": "a@b"}, AccountIdentity(id="1", name="a@b")),
        ({"sub": "1"}, AccountIdentity(id="1")),
    ],
)
async def test_the_id_token_tells(
    hass: HomeAssistant,
    server: FakeServer,
    claims: dict[str, str],
    identity: AccountIdentity,
) -> None:
    assert await _identify(hass, server, id_token=_id_token(**claims)) == identity


UNSIGNED_AND_WRONG: dict[str, dict[str, Any]] = {
    "audience": {"aud": "other-client"},
    "expired": {"exp": 1},
    "future": {"iat": 9_999_999_999},
    "nonce": {"nonce": "twice"},
    "nobody": {"sub": None},
    "no-issuer": {"iss": None},
}


@pytest.mark.parametrize("changed", UNSIGNED_AND_WRONG.values(), ids=UNSIGNED_AND_WRONG)
async def test_the_claims_are_checked_where_the_servers_keys_are_not_known(
    hass: HomeAssistant, server: FakeServer, changed: dict[str, Any]
) -> None:
    with pytest.raises(RefusedByPolicy, match="invalid_id_token"):
        await _identify(hass, server, id_token=_id_token(**changed), nonce="once")


async def test_the_issuer_is_checked_where_it_is_known(
    hass: HomeAssistant, server: FakeServer
) -> None:
    with pytest.raises(RefusedByPolicy, match="invalid_id_token"):
        await _identify(
            hass, server, id_token=_id_token(), issuer="https://other.example"
        )


async def test_an_id_token_that_was_not_asked_for_and_is_wrong_tells_nothing(
    hass: HomeAssistant, server: FakeServer
) -> None:
    server.api_faults.append(Fault.json(200, {"id": 5, "login": "ada"}))
    wrong = _id_token(aud="other-client", email="a@b")

    assert await _identify(hass, server, ME, wrong, asked=False) == AccountIdentity(
        id="5", name="ada"
    )


async def test_a_complete_id_token_makes_the_request_unnecessary(
    hass: HomeAssistant, server: FakeServer
) -> None:
    await _identify(hass, server, ME, _id_token(sub="1", name="Ada"))

    assert server.api_requests == []


@pytest.mark.parametrize(
    ("identity", "answer", "expected"),
    [
        (ME, {"id": 5, "login": "ada"}, AccountIdentity(id="5", name="ada")),
        (ME, {"id": "5"}, AccountIdentity(id="5")),
        (ME, {"id": None, "login": ""}, AccountIdentity()),
        (ME, {"id": True}, AccountIdentity()),
        (ME, {"id": {"x": 1}}, AccountIdentity()),
        (ME, [], AccountIdentity()),
        (LIST, {"data": [{"id": "7"}]}, AccountIdentity(id="7")),
        (LIST, {"data": []}, AccountIdentity()),
        ({**ME, "method": "POST"}, {"id": "5"}, AccountIdentity(id="5")),
    ],
)
async def test_the_identity_request_tells(
    hass: HomeAssistant,
    server: FakeServer,
    identity: dict[str, Any],
    answer: object,
    expected: AccountIdentity,
) -> None:
    server.api_faults.append(Fault.json(200, answer))

    assert await _identify(hass, server, identity) == expected
    assert server.api_requests[-1].method == identity.get("method", "GET")
    assert server.api_requests[-1].headers["client-id"] == "demo-client"


async def test_the_id_tokens_subject_counts_more_than_the_request(
    hass: HomeAssistant, server: FakeServer
) -> None:
    server.api_faults.append(Fault.json(200, {"id": "5", "login": "ada"}))

    identity = await _identify(hass, server, ME, _id_token(sub="1"))
    assert identity == AccountIdentity(id="1", name="ada")


@pytest.mark.parametrize(
    "fault", [Fault(401), Fault(403), Fault(500), Fault(200, {}, b"<html>")]
)
async def test_an_api_that_does_not_tell_leaves_it_unknown(
    hass: HomeAssistant, server: FakeServer, fault: Fault
) -> None:
    server.api_faults.append(fault)

    assert await _identify(hass, server, ME) == AccountIdentity()
    assert server.token_requests == []


async def test_an_account_is_not_named_by_the_token_that_an_api_repeats(
    hass: HomeAssistant, server: FakeServer
) -> None:
    answer = {"id": "Bearer planted", "login": b64encode(b"a:planted-1").decode()}
    server.api_faults.append(Fault.json(200, answer))

    assert await _identify(hass, server, ME) == AccountIdentity()


async def test_an_address_that_the_token_must_not_go_to_leaves_it_unknown(
    hass: HomeAssistant, server: FakeServer
) -> None:
    elsewhere = {**ME, "url": "https://example.com/me"}

    assert await _identify(hass, server, elsewhere) == AccountIdentity()


async def test_an_api_that_cannot_be_reached_is_temporary(
    hass: HomeAssistant, server: FakeServer
) -> None:
    server.api_faults.extend([Fault(disconnect=True)] * 2)
    with pytest.raises(TemporaryFailure):
        await _identify(hass, server, ME)


KEY = ec.generate_private_key(ec.SECP256R1())


def _signed(key: ec.EllipticCurvePrivateKey = KEY, **changed: str) -> str:
    moment = {"iat": int(time.time()), "exp": int(time.time()) + 300}
    return jwt.encode({**CLAIMS, **moment, **changed}, key, algorithm="ES256")


async def _accepts(
    hass: HomeAssistant, server: FakeServer, id_token: str, issuer: str
) -> bool:
    """Return whether an id token is accepted, checked with the keys of its server."""
    public = json.loads(ECAlgorithm.to_jwk(KEY.public_key()))
    server.api_faults.append(Fault.json(200, {"keys": [public]}))
    try:
        identity = await _identify(
            hass,
            server,
            id_token=id_token,
            nonce="once",
            issuer=issuer,
            jwks_url=f"{server.api_base_url}/keys",
        )
    except RefusedByPolicy as err:
        if err.code != "invalid_id_token":
            raise
        return False
    assert identity == AccountIdentity(id="1")
    return True


@pytest.mark.parametrize(
    ("id_token", "believed"),
    [
        (_signed(), True),
        (_signed(iss="https://other.example"), False),
        (_signed(aud="other-client"), False),
        (_signed(nonce="twice"), False),
        (_signed(ec.generate_private_key(ec.SECP256R1())), False),
        (_id_token(), False),
    ],
    ids=["right", "issuer", "audience", "nonce", "key", "unsigned"],
)
async def test_an_id_token_is_checked_where_its_servers_keys_are_known(
    hass: HomeAssistant, server: FakeServer, id_token: str, believed: bool
) -> None:
    assert await _accepts(hass, server, id_token, CLAIMS["iss"]) is believed


async def test_userinfo_tells_what_the_id_token_does_not(
    hass: HomeAssistant, server: FakeServer
) -> None:
    server.api_faults.append(Fault.json(200, {"sub": "1", "email": "a@b"}))
    identity = await _identify(hass, server, userinfo_url=f"{server.api_base_url}/info")

    assert identity == AccountIdentity(id="1", name="a@b")
    assert server.api_requests[-1].path == "/api/info"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ada  Lovelace", "Ada Lovelace"),
        ("ada\nERROR It burns\x1b[31m", "ada ERROR It burns [31m"),
        ("a\u202eda\u2066", "a da"),
        ("x" * 1_000_000, "x" * 100 + "…"),
        ("", "user-1"),
    ],
)
async def test_a_name_is_shown_on_one_line_and_cut(
    hass: HomeAssistant, server: FakeServer, name: str, shown: str
) -> None:
    server.api_faults.append(Fault.json(200, {"sub": "user-1", "email": name}))
    identity = await _identify(hass, server, userinfo_url=f"{server.api_base_url}/info")

    assert identity.shown == shown


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        ({"email": "a@b", "name": "Ada"}, "a@b"),
        ({"preferred_username": "ada", "name": "Ada"}, "ada"),
        ({"preferred_username": "1", "name": "Ada"}, "Ada"),
        ({"preferred_username": "8f14e45f-ceea-467f-a830-3f1d6e2b9c10"}, None),
    ],
)
async def test_userinfo_has_the_claims_of_an_id_token(
    hass: HomeAssistant, server: FakeServer, answer: dict[str, str], name: str | None
) -> None:
    server.api_faults.append(Fault.json(200, {"sub": "1", **answer}))
    identity = await _identify(
        hass,
        server,
        id_token=_id_token(),
        userinfo_url=f"{server.api_base_url}/info",
    )

    assert identity == AccountIdentity(id="1", name=name)


async def test_a_username_that_is_an_id_lets_the_request_tell_the_name(
    hass: HomeAssistant, server: FakeServer
) -> None:
    server.api_faults.append(Fault.json(200, {"id": "5", "login": "ada"}))

    identity = await _identify(hass, server, ME, _id_token(preferred_username="1"))
    assert identity == AccountIdentity(id="1", name="ada")


async def test_a_request_may_tell_the_name_alone(
    hass: HomeAssistant, server: FakeServer
) -> None:
    named = {"url": "/me", "name": ["login"]}
    server.api_faults.extend([Fault.json(200, {"id": "5", "login": "ada"})] * 2)

    identity = await _identify(hass, server, named, _id_token())
    assert identity == AccountIdentity(id="1", name="ada")
    assert await _identify(hass, server, named) == AccountIdentity(name="ada")


@pytest.mark.parametrize(
    ("account_id", "known"),
    [
        ("ada", "ada"),
        ("12345678", "12345678"),
        ("ada.lovelace.1815@example.com", "ada.lovelace.1815@example.com"),
        ("8f14e45f-ceea-467f-a830-3f1d6e2b9c10", ""),
        ("auth0|5f7c8ec7c33c6c004bbafe82", ""),
        ("248289761001248289761001", ""),
    ],
)
def test_a_title_has_no_id_that_nobody_recognizes(account_id: str, known: str) -> None:
    assert AccountIdentity(id=account_id).known == known
    assert AccountIdentity(id=account_id).shown == account_id
    assert AccountIdentity(id=account_id, name="Ada").known == "Ada"


async def test_an_id_without_end_is_none(
    hass: HomeAssistant, server: FakeServer
) -> None:
    server.api_faults.append(Fault.json(200, {"sub": "1" * 1001, "email": "a@b"}))
    identity = await _identify(hass, server, userinfo_url=f"{server.api_base_url}/info")

    assert identity == AccountIdentity(name="a@b")


async def test_userinfo_of_somebody_else_is_not_used(
    hass: HomeAssistant, server: FakeServer
) -> None:
    server.api_faults.append(Fault.json(200, {"sub": "2", "email": "c@d"}))
    identity = await _identify(
        hass,
        server,
        id_token=_id_token(),
        userinfo_url=f"{server.api_base_url}/info",
    )

    assert identity == AccountIdentity(id="1")


@pytest.mark.parametrize(("tenant", "believed"), [("contoso", True), ("other", False)])
async def test_an_issuer_may_be_that_of_the_tokens_tenant(
    hass: HomeAssistant, server: FakeServer, tenant: str, believed: bool
) -> None:
    id_token = _signed(iss="https://login.example/contoso/v2.0", tid=tenant)
    issuer = "https://login.example/{tenantid}/v2.0"

    assert await _accepts(hass, server, id_token, issuer) is believed


async def test_what_the_sign_in_told_may_be_the_identity(
    hass: HomeAssistant, server: FakeServer
) -> None:
    told = {"user_id": "7", "user": "ada"}

    identity = await _identify(
        hass, server, {"id": ["user_id"], "name": ["user"]}, values=told
    )

    assert identity == AccountIdentity(id="7", name="ada")
    assert server.api_requests == []


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ('{"query": "{ me { id } }"}', "application/json"),
        ("action=getuser", "application/x-www-form-urlencoded"),
    ],
)
async def test_the_identity_request_may_have_a_body(
    hass: HomeAssistant, server: FakeServer, body: str, content_type: str
) -> None:
    server.api_faults.append(Fault.json(200, {"id": 5}))

    await _identify(hass, server, {**ME, "method": "POST", "body": body})

    [sent] = server.api_requests
    assert sent.body.decode() == body
    assert sent.headers["content-type"] == content_type


REGISTER: dict[str, Any] = {"url": "/users", "body": '{"member": "{user_id}"}'}


@pytest.mark.parametrize("status", [200, 201, 204, 409])
async def test_what_a_service_wants_first_is_sent_first(
    hass: HomeAssistant, server: FakeServer, status: int
) -> None:
    server.api_faults.extend([Fault(status), Fault.json(200, {"id": 5})])

    identity = await _identify(
        hass,
        server,
        ME,
        first_request=REGISTER,
        token_values={"user_id": "x_user_id"},
        values={"user_id": "7"},
    )

    assert identity.id == "5"
    assert [sent.path for sent in server.api_requests] == ["/api/users", "/api/me"]
    assert server.api_requests[0].body == b'{"member": "7"}'


async def test_what_a_service_wants_first_and_refuses_ends_the_sign_in(
    hass: HomeAssistant, server: FakeServer
) -> None:
    server.api_faults.append(Fault(403))

    with pytest.raises(TemporaryFailure, match="http_403"):
        await _identify(hass, server, ME, first_request=REGISTER)


async def test_a_token_may_have_to_be_in_the_query_and_is_nowhere_else(
    hass: HomeAssistant, server: FakeServer
) -> None:
    moved = Fault(307, {"Location": f"{server.api_base_url}/you?x=1"})
    server.api_faults.extend([moved, Fault.json(200, {"id": 5})])

    identity = await _identify(hass, server, ME, api_token_query="access_token")

    assert identity.id == "5"
    first, second = server.api_requests
    assert first.query == {"access_token": "planted"}
    assert second.query == {"x": "1", "access_token": "planted"}
    assert "authorization" not in {*first.headers, *second.headers}


async def test_a_service_may_want_its_clients_key_in_query_and_headers(
    hass: HomeAssistant, server: FakeServer
) -> None:
    await _identify(
        hass,
        server,
        ME,
        api_query={"key": "{client_id}"},
        api_headers={"X-Api-Key": "{client_id}:{client_secret}"},
    )

    [sent] = server.api_requests
    assert sent.query == {"key": "demo-client"}
    assert sent.headers["x-api-key"] == "demo-client:"
    assert sent.headers["authorization"] == "Bearer planted"


@pytest.mark.parametrize(
    "wants",
    [
        {"api_query": {"key": "{client_id}"}},
        {"api_headers": {"X-Api-Key": "{client_id}"}},
        {"api_headers": {"X-Api-Key": "Key {client_secret}"}},
    ],
)
async def test_without_a_known_client_nothing_that_needs_one_is_sent(
    hass: HomeAssistant, server: FakeServer, wants: dict[str, Any]
) -> None:
    with pytest.raises(RefusedByPolicy, match="client_unknown"):
        await _identify(
            hass,
            server,
            client=None,
            first_request={"url": "/me", "method": "POST"},
            **wants,
        )

    assert server.api_requests == []


async def test_a_request_without_a_body_names_no_type_of_one(
    hass: HomeAssistant, server: FakeServer
) -> None:
    await _identify(hass, server, {**ME, "method": "POST"})

    [sent] = server.api_requests
    assert sent.body == b""
    assert "content-type" not in sent.headers
