"""What is wrong with an id token is told, and no grant is left alive at the server (A10)."""

import asyncio
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
import jwt
import pytest

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, UnknownFlow

from ..account_flow import AccountFlow
from ..fake_server import FakeServer, Fault
from ..waiting import until

SCOPES = ["openid", "read"]


async def _to_sign_in(
    flow: AccountFlow, keys: str | None = None, **details: Any
) -> Any:
    """Go to the sign-in of a server whose revocation endpoint is known, and its `keys`, if any."""
    server = flow.server
    server.settings.metadata_changes["jwks_uri"] = keys
    await flow.discover(server.base_url)
    await flow.confirm_found(
        name="Sandbox", api_base_url=server.api_base_url, details=details
    )
    return await flow.to_sign_in(scopes=SCOPES)


async def _sign_in(flow: AccountFlow, **details: Any) -> Any:
    await _to_sign_in(flow, **details)
    result = await flow.sign_in()
    await flow.hass.async_block_till_done()
    return result


@pytest.mark.parametrize(
    ("claims", "message", "expected", "found"),
    [
        ({"nonce": None}, "id_token_no_nonce", "", ""),
        ({"nonce": "another"}, "id_token_nonce", "", ""),
        ({"aud": "other-client"}, "id_token_audience", "demo-client", "other-client"),
        (
            {"aud": ["a\nb", "[c](https://d.e)"]},
            "id_token_audience",
            "demo-client",
            "a b, [c](https://d.e)",
        ),
        (
            {"aud": ["demo-client", "b"], "azp": "b"},
            "id_token_audience",
            "demo-client",
            "b",
        ),
        (
            {"iss": "https://other.example"},
            "id_token_issuer",
            None,
            "https://other.example",
        ),
        ({"iss": "x" * 5000}, "id_token_issuer", None, "x" * 100 + "…"),
        ({"exp": 1_000_000_000}, "id_token_expired", None, "2001-09-09 01:46:40 UTC"),
        ({"iat": 9_999_999_999}, "id_token_not_yet", None, "2286-11-20 17:46:39 UTC"),
        ({"nbf": 1e200}, "id_token_not_yet", None, "1e+200"),
        ({"sub": ""}, "id_token_malformed", "", ""),
        ({"exp": "soon"}, "id_token_malformed", "", ""),
    ],
    ids=lambda value: f"A10-{value}" if isinstance(value, dict) else None,
)
async def test_a10_a_fault_has_a_message_and_leaves_no_grant(
    flow: AccountFlow,
    server: FakeServer,
    claims: dict[str, Any],
    message: str,
    expected: str | None,
    found: str,
) -> None:
    server.settings.id_token = {"sub": "user-1"} | claims
    result = await _sign_in(flow)

    assert result["step_id"] == "stored_credential"
    assert result["errors"] == {"base": message}
    shown = result["description_placeholders"]
    assert shown["found"] == found
    if message == "id_token_issuer":
        expected = server.base_url
    assert shown["expected"] == (expected or shown["expected"])
    assert [asked["token_type_hint"] for asked in server.revocations] == [
        "refresh_token"
    ]
    assert server.grants[-1].revoked


@pytest.mark.parametrize(
    ("is_published", "message"),
    [(True, "id_token_signature"), (False, "id_token_key")],
)
async def test_a10_a_signature_that_is_not_the_servers_is_told(
    flow: AccountFlow, server: FakeServer, is_published: bool, message: str
) -> None:
    own, other = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))

    def signed(body: bytes) -> Fault:
        document = json.loads(body)
        claims = jwt.decode(document["id_token"], options={"verify_signature": False})
        document["id_token"] = jwt.encode(claims, other, algorithm="ES256")
        return Fault.json(200, document)

    server.settings.id_token = {"sub": "user-1"}
    key = jwt.algorithms.ECAlgorithm.to_jwk(own.public_key(), as_dict=True)
    keys = [key] if is_published else []
    server.api_faults.append(Fault.json(200, {"keys": keys}))
    await _to_sign_in(flow, keys=f"{server.api_base_url}/keys")
    server.token_faults.append(Fault(rewrite=signed))
    result = await flow.sign_in()

    assert result["errors"] == {"base": message}


async def test_a10_a_server_that_never_repeats_the_nonce_has_a_switch(
    flow: AccountFlow, server: FakeServer
) -> None:
    server.settings.id_token = {"sub": "user-1", "nonce": None}
    result = await _sign_in(flow, repeats_nonce=False)

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert server.revocations == []


async def test_a10_the_switch_lets_no_other_nonce_through(
    flow: AccountFlow, server: FakeServer
) -> None:
    server.settings.id_token = {"sub": "user-1", "nonce": "another"}
    result = await _sign_in(flow, repeats_nonce=False)

    assert result["errors"] == {"base": "id_token_nonce"}


async def _account(flow: AccountFlow) -> ConfigEntry:
    flow.server.settings.id_token = {"sub": "user-1"}
    entry: ConfigEntry = (await _sign_in(flow))["result"]
    return entry


async def test_a10_another_persons_grant_is_ended_at_reauth(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    entry = await _account(flow)
    server.settings.id_token = {"sub": "user-2"}
    entry.async_start_reauth(hass)
    await hass.async_block_till_done()
    [progress] = hass.config_entries.flow.async_progress_by_handler("oauth2_client")
    flow.result = progress
    await flow.submit()
    result = await flow.sign_in()
    await hass.async_block_till_done()

    assert result["reason"] == "wrong_account"
    assert [grant.revoked for grant in server.grants[-2:]] == [False, True]


async def test_a10_the_same_person_at_reauth_ends_nothing(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    entry = await _account(flow)
    entry.async_start_reauth(hass)
    await hass.async_block_till_done()
    [progress] = hass.config_entries.flow.async_progress_by_handler("oauth2_client")
    flow.result = progress
    await flow.submit()
    result = await flow.sign_in()
    await hass.async_block_till_done()

    assert result["reason"] == "reauth_successful"
    assert server.revocations == []


async def _add_again(flow: AccountFlow, **credential: str) -> Any:
    await flow.choose("Sandbox")
    await flow.to_sign_in(scopes=SCOPES, **credential)
    result = await flow.sign_in()
    await flow.hass.async_block_till_done()
    return result


async def test_a10_an_account_that_is_connected_already_keeps_its_grant(
    flow: AccountFlow, server: FakeServer
) -> None:
    # Many servers have one grant for each person and client: to revoke the new token would end
    # the account's.
    await _account(flow)
    result = await _add_again(flow)

    assert result["reason"] == "already_configured"
    assert server.revocations == []


async def test_a10_the_grant_of_another_client_is_ended_where_connected_already(
    flow: AccountFlow, server: FakeServer
) -> None:
    await _account(flow)
    server.settings.clients["other-client"] = "other-secret"
    result = await _add_again(
        flow, client_id="other-client", client_secret="other-secret"
    )

    assert result["reason"] == "already_configured"
    assert [grant.revoked for grant in server.grants[-2:]] == [False, True]


async def test_a10_a_grant_of_who_knows_whom_is_kept_beside_an_account_of_its_client(
    flow: AccountFlow, server: FakeServer
) -> None:
    await _account(flow)
    server.settings.id_token = {"sub": "user-1", "nonce": None}
    result = await _add_again(flow)

    assert result["errors"] == {"base": "id_token_no_nonce"}
    assert server.revocations == []


async def test_a10_a_time_out_of_the_identity_ends_the_grant(
    flow: AccountFlow, server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = "custom_components.oauth2_client.flows.sign_in_steps"
    info = f"{server.base_url}/userinfo"
    server.settings.metadata_changes["userinfo_endpoint"] = info
    await _to_sign_in(flow)
    monkeypatch.setattr(f"{steps}._SIGN_IN_TIMEOUT_SECONDS", 0.5)
    server.settings.id_token = None
    server.settings.published = {"/userinfo": Fault(delay=2.0)}
    result = await flow.sign_in()
    await flow.hass.async_block_till_done()

    assert result["errors"] == {"base": "timeout"}
    assert server.grants[-1].revoked


async def test_a10_a_form_that_is_closed_during_the_exchange_ends_the_grant(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    server.settings.id_token = {"sub": "user-1"}
    await _to_sign_in(flow)
    let = asyncio.Event()
    server.token_faults.append(Fault(status=None, let=let))
    signing_in = asyncio.create_task(flow.sign_in())
    await until(
        lambda: bool(server.token_requests) and "code" in server.token_requests[-1]
    )
    hass.config_entries.flow.async_abort(flow.result["flow_id"])
    let.set()
    with pytest.raises(UnknownFlow):
        await signing_in
    await hass.async_block_till_done()

    assert not hass.config_entries.async_entries("oauth2_client")
    assert server.grants[-1].revoked


async def test_a10_a_revocation_that_fails_is_not_told(
    flow: AccountFlow, server: FakeServer
) -> None:
    server.settings.id_token = {"sub": "user-1", "nonce": None}
    server.revocation_faults.extend([Fault(503), Fault(disconnect=True)])
    result = await _sign_in(flow)

    assert result["errors"] == {"base": "id_token_no_nonce"}
