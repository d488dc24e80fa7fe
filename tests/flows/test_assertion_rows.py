"""C1: what an assertion is for, as servers differ in it (RFC 7523, 3)."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec
import jwt
import pytest

from custom_components.oauth2_client.const import DOMAIN
from custom_components.oauth2_client.diagnostics import (
    async_get_config_entry_diagnostics,
)
from custom_components.oauth2_client.providers.store import (
    ProviderStore,
    async_get_provider_store,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from ..account_flow import AccountFlow, private_pem
from ..fake_server import FakeServer, Fault

KEY: Final = ec.generate_private_key(ec.SECP256R1())
METHODS: Final = ("private_key_jwt", "client_secret_jwt")
PATHS: Final = ("/par", "/token", "/revoke", "/introspect", "/device")


def _takes(server: FakeServer, kinds: Mapping[str, str] | str) -> None:
    """Let each endpoint take assertions for one audience only."""
    audiences = {}
    for path in PATHS:
        kind = kinds if isinstance(kinds, str) else kinds.get(path, "issuer")
        audience = {
            "issuer": server.base_url,
            "endpoint": server.base_url + path,
            "token_endpoint": server.token_url,
            "nothing": "https://other.example/token",
        }[kind]
        audiences[path] = (audience,)
    server.settings.assertion_audiences = audiences


def _audiences(requests: list[dict[str, str]]) -> list[str]:
    """Return what the assertions of requests are for, each of which is its own."""
    claims = [
        jwt.decode(sent["client_assertion"], options={"verify_signature": False})
        for sent in requests
        if "client_assertion" in sent
    ]
    assert len({each["jti"] for each in claims}) == len(claims)
    return [each["aud"] for each in claims]


async def _to_window(flow: AccountFlow, method: str, **changed: Any) -> Any:
    """Find the server by its address, and send a credential."""
    server = flow.server
    server.settings.metadata_changes = {
        "token_endpoint_auth_methods_supported": [method],
        "revocation_endpoint_auth_methods_supported": None,
        "introspection_endpoint_auth_methods_supported": None,
        **changed,
    }
    secret = "demo-secret"
    if method == "private_key_jwt":
        server.settings.client_keys["demo-client"] = KEY.public_key()
        secret = private_pem(KEY)
    await flow.discover(server.base_url)
    await flow.confirm_found(name="Sandbox", api_base_url=server.api_base_url)
    return await flow.to_sign_in(client_secret=secret)


async def _account(flow: AccountFlow, method: str, **changed: Any) -> ConfigEntry:
    await _to_window(flow, method, **changed)
    result = await flow.sign_in()
    assert result["type"] is FlowResultType.CREATE_ENTRY, result.get("errors")
    await flow.hass.async_block_till_done()
    entry: ConfigEntry = result["result"]
    return entry


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "kinds",
    [
        "issuer",
        "endpoint",
        "token_endpoint",
        {"/par": "issuer", "/token": "endpoint"},
        {"/par": "endpoint", "/token": "issuer"},
        {"/par": "token_endpoint", "/token": "issuer"},
    ],
    ids=str,
)
async def test_c1_a_client_signs_for_whom_the_server_wants(
    flow: AccountFlow,
    server: FakeServer,
    method: str,
    kinds: Mapping[str, str] | str,
) -> None:
    _takes(server, kinds)
    entry = await _account(flow, method)
    pushed, asked = len(server.pushed_requests), len(server.token_requests)
    assert pushed <= 3 and asked <= 3
    # What worked is known from then on: one request for each refresh.
    account = entry.runtime_data.account
    server.expire_access_tokens()
    assert (await account.request("GET", "/me")).status == 200
    assert len(server.token_requests) == asked + 1
    _audiences([*server.pushed_requests, *server.token_requests])


async def test_c1_the_issuer_is_tried_first_then_the_endpoint(
    flow: AccountFlow, server: FakeServer
) -> None:
    _takes(server, "endpoint")
    await _account(flow, "private_key_jwt")

    assert _audiences(server.pushed_requests) == [server.base_url, server.pushed_url]
    # Learned from the push, so that the code is sent once.
    assert _audiences(server.token_requests) == [server.token_url]


async def test_c1_a_server_without_push_learns_at_the_token_endpoint(
    flow: AccountFlow, server: FakeServer
) -> None:
    _takes(server, "endpoint")
    await _account(
        flow, "client_secret_jwt", pushed_authorization_request_endpoint=None
    )

    assert _audiences(server.token_requests) == [server.base_url, server.token_url]
    codes = [sent["code"] for sent in server.token_requests]
    assert len(set(codes)) == 1


async def test_c1_what_worked_is_known_after_a_restart(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    _takes(server, "endpoint")
    entry = await _account(flow, "private_key_jwt")
    store = ProviderStore(hass)
    await store.async_load()

    assert store.assertion_audience(server.pushed_url) == "endpoint"
    hass.data.pop(f"{DOMAIN}.provider_store")
    assert await hass.config_entries.async_reload(entry.entry_id)
    server.token_requests.clear()
    server.expire_access_tokens()
    account = entry.runtime_data.account
    assert (await account.request("GET", "/me")).status == 200
    assert _audiences(server.token_requests) == [server.token_url]


async def test_c1_nothing_is_stored_where_the_first_audience_works(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    _takes(server, "issuer")
    await _account(flow, "private_key_jwt")
    store = await async_get_provider_store(hass)

    for url in (server.pushed_url, server.token_url):
        assert store.assertion_audience(url) is None


@pytest.mark.parametrize("kind", ["issuer", "endpoint", "token_endpoint"])
async def test_c1_the_sign_out_and_diagnostics_sign_so_too(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer, kind: str
) -> None:
    _takes(server, kind)
    entry = await _account(flow, "private_key_jwt")
    shown = await async_get_config_entry_diagnostics(hass, entry)
    assert shown["token"]["active"] is True
    await hass.config_entries.async_remove(entry.entry_id)

    audience = {
        "issuer": server.base_url,
        "endpoint": server.revocation_url,
        "token_endpoint": server.token_url,
    }[kind]
    assert _audiences(server.revocations)[-1] == audience
    assert all(grant.revoked for grant in server.grants)


@pytest.mark.parametrize("method", METHODS)
async def test_c1_a_client_that_is_refused_for_each_audience_is_told_so(
    flow: AccountFlow, server: FakeServer, method: str
) -> None:
    _takes(server, "nothing")
    result = await _to_window(flow, method)

    assert (result["step_id"], result["errors"]) == (
        "credential",
        {"base": "client_rejected"},
    )
    assert "invalid_client" in result["description_placeholders"]["reason"]
    # Bounded: each audience once, and none of another host.
    assert _audiences(server.pushed_requests) == [
        server.base_url,
        server.pushed_url,
        server.token_url,
    ]


@pytest.mark.parametrize(
    "refusal",
    [
        Fault.json(401, {"error": "invalid_client"}),
        Fault.json(400, {"error": "invalid_client"}),
        Fault.json(400, {"error": "invalid_request"}),
        Fault.json(401, {"error": "invalid_assertion"}),
        Fault.json(400, {"message": "audience"}),
        Fault(401),
        Fault(400),
    ],
    ids=["401", "400", "request", "unknown", "words", "silent-401", "silent-400"],
)
async def test_c1_a_refusal_in_any_shape_is_followed_by_the_next_audience(
    flow: AccountFlow, server: FakeServer, refusal: Fault
) -> None:
    _takes(server, "endpoint")
    server.token_faults.append(refusal)
    await _account(flow, "private_key_jwt", pushed_authorization_request_endpoint=None)

    assert _audiences(server.token_requests) == [server.base_url, server.token_url]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Fault(503), "temporary_failure"),
        (Fault.json(400, {"error": "invalid_grant"}), "grant_rejected"),
        (Fault.json(400, {"error": "unsupported_grant_type"}), "grant_type_rejected"),
        (
            Fault.json(200, {"access_token": "planted-1", "token_type": "mac"}),
            "client_rejected",
        ),
        (Fault(302, headers={"Location": "/x"}), "redirect_refused"),
    ],
    ids=["down", "grant", "grant-type", "token-type", "redirect"],
)
async def test_c1_what_is_no_refusal_of_the_client_ends_the_sign_in(
    flow: AccountFlow, server: FakeServer, answer: Fault, error: str
) -> None:
    _takes(server, "endpoint")
    await _to_window(
        flow, "private_key_jwt", pushed_authorization_request_endpoint=None
    )
    server.token_faults.append(answer)
    result = await flow.sign_in()

    assert result["errors"]["base"] == error
    assert len(server.token_requests) == 1


async def test_c1_a_code_that_the_first_refusal_spent_is_told_as_that_refusal(
    flow: AccountFlow, server: FakeServer
) -> None:
    _takes(server, "endpoint")
    await _to_window(
        flow, "private_key_jwt", pushed_authorization_request_endpoint=None
    )
    server.token_faults.extend(
        [
            Fault.json(401, {"error": "invalid_client"}),
            Fault.json(400, {"error": "invalid_grant"}),
        ]
    )
    result = await flow.sign_in()
    assert result["errors"] == {"base": "client_rejected"}
    assert "invalid_client" in result["description_placeholders"]["reason"]
    server.token_requests.clear()
    # The next code is sent once, with what was learned.
    await flow.to_sign_in(client_secret=private_pem(KEY))
    result = await flow.sign_in()
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert _audiences(server.token_requests) == [server.token_url]


async def test_c1_without_an_issuer_the_endpoint_is_tried_first(
    flow: AccountFlow, server: FakeServer
) -> None:
    server.settings.publish_metadata = False
    server.settings.client_keys["demo-client"] = KEY.public_key()
    _takes(server, "token_endpoint")
    await flow.to_credential(client_authentication="private_key_jwt")
    await flow.to_sign_in(client_secret=private_pem(KEY))
    result = await flow.sign_in()

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert _audiences(server.token_requests) == [server.token_url]


async def test_c1_the_issuer_of_a_server_that_is_entered_by_hand_is_looked_for(
    flow: AccountFlow, server: FakeServer
) -> None:
    server.settings.client_keys["demo-client"] = KEY.public_key()
    _takes(server, "issuer")
    await flow.to_credential(client_authentication="private_key_jwt")
    await flow.to_sign_in(client_secret=private_pem(KEY))
    result = await flow.sign_in()

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert _audiences(server.token_requests) == [server.base_url]


async def _found_with(
    flow: AccountFlow, method: str, *, grant: str, **details: Any
) -> Any:
    """Find the server, and send a credential for one way to sign in."""
    server = flow.server
    server.settings.metadata_changes |= {
        "token_endpoint_auth_methods_supported": [method],
    }
    await flow.discover(server.base_url)
    details = {"grants": ["authorization_code", grant], **details}
    await flow.confirm_found(
        name="Sandbox", api_base_url=server.api_base_url, details=details
    )
    return await flow.to_sign_in(details={"grant": grant})


@pytest.mark.parametrize("kind", ["issuer", "endpoint", "token_endpoint"])
async def test_c1_a_device_signs_so_too(
    flow: AccountFlow, server: FakeServer, kind: str
) -> None:
    _takes(server, kind)
    result = await _found_with(flow, "client_secret_jwt", grant="device_code")
    server.decide_device(result["description_placeholders"]["user_code"], allow=True)
    result = await flow.submit()
    while result["type"] in (
        FlowResultType.SHOW_PROGRESS,
        FlowResultType.SHOW_PROGRESS_DONE,
    ):
        await asyncio.sleep(0.05)
        result = await flow.hass.config_entries.flow.async_configure(result["flow_id"])

    assert result["type"] is FlowResultType.CREATE_ENTRY
    audience = server.base_url if kind == "issuer" else server.token_url
    # Learned where the code was asked for, so that each poll has it.
    assert {*_audiences(server.token_requests)} == {audience}


@pytest.mark.parametrize("kind", ["issuer", "endpoint"])
async def test_c1_a_client_that_signs_in_for_itself_signs_so_too(
    flow: AccountFlow, server: FakeServer, kind: str
) -> None:
    _takes(server, kind)
    result = await _found_with(flow, "client_secret_jwt", grant="client_credentials")

    assert result["type"] is FlowResultType.CREATE_ENTRY
    audience = server.base_url if kind == "issuer" else server.token_url
    assert _audiences(server.token_requests)[-1] == audience


async def test_c1_a_nonce_is_answered_with_another_assertion(
    flow: AccountFlow, server: FakeServer
) -> None:
    _takes(server, "issuer")
    server.settings.metadata_changes["dpop_signing_alg_values_supported"] = ["ES256"]
    wanted = Fault(
        400,
        headers={"DPoP-Nonce": "n-1", "Content-Type": "application/json"},
        body=b'{"error": "use_dpop_nonce"}',
    )
    server.token_faults.append(wanted)
    result = await _found_with(
        flow, "client_secret_jwt", grant="client_credentials", dpop=True
    )

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert _audiences(server.token_requests) == [server.base_url] * 2
    proof = jwt.decode(
        server.token_headers[-1]["dpop"], options={"verify_signature": False}
    )
    assert proof["nonce"] == "n-1"
