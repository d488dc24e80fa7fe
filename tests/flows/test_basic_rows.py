"""Basic at servers that read it in another way than RFC 6749, 2.3.1 says."""

from base64 import b64decode
from typing import Any, Final
from urllib.parse import quote_plus

import pytest

from custom_components.oauth2_client.oauth2 import BASIC, BASIC_UNENCODED
from custom_components.oauth2_client.providers.store import (
    ProviderStore,
    async_get_provider_store,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from ..account_flow import AccountFlow
from ..credentials.registering import made, register
from ..fake_server import FakeServer, Fault

# As Django makes it, with characters that a form encodes.
SECRET: Final = "x*w&h@k!e3%^t+(z=-secret"
ENCODED: Final = quote_plus(SECRET)
BASIC_ONLY: Final = {
    "token_endpoint_auth_methods_supported": ["client_secret_basic"],
    "pushed_authorization_request_endpoint": None,
}


def _sent(headers: list[dict[str, str]]) -> list[str]:
    """Return the secrets that were sent with Basic, as they were sent."""
    basic = [
        each["authorization"].removeprefix("Basic ")
        for each in headers
        if each.get("authorization", "").startswith("Basic ")
    ]
    return [b64decode(each).decode().partition(":")[2] for each in basic]


async def _find(flow: AccountFlow, **changed: Any) -> None:
    server = flow.server
    server.settings.metadata_changes = BASIC_ONLY | changed
    await flow.discover(server.base_url)
    await flow.confirm_found(name="Sandbox", api_base_url=server.api_base_url)


async def _account(flow: AccountFlow, secret: str = SECRET) -> ConfigEntry:
    flow.server.settings.clients["demo-client"] = SECRET
    await _find(flow)
    await flow.to_sign_in(client_secret=secret)
    result = await flow.sign_in()
    assert result["type"] is FlowResultType.CREATE_ENTRY, result["errors"]
    await flow.hass.async_block_till_done()
    entry: ConfigEntry = result["result"]
    return entry


async def _refresh(flow: AccountFlow, entry: ConfigEntry) -> None:
    flow.server.expire_access_tokens()
    account = entry.runtime_data.account
    assert (await account.request("GET", "/me")).status == 200


async def test_a_secret_is_sent_encoded_where_the_server_decodes_it(
    flow: AccountFlow, server: FakeServer
) -> None:
    await _refresh(flow, await _account(flow))

    assert _sent(server.token_headers) == [ENCODED] * 2


async def test_a_server_that_does_not_decode_the_secret_gets_it_as_it_is(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    server.settings.decodes_basic = False
    entry = await _account(flow)
    assert _sent(server.token_headers) == [ENCODED, SECRET]

    # Known from then on, also after a restart.
    await _refresh(flow, entry)
    after_restart = ProviderStore(hass)
    await after_restart.async_load()
    assert after_restart.accepted_authentication(server.token_url) == BASIC_UNENCODED
    assert _sent(server.token_headers) == [ENCODED, SECRET, SECRET]

    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert server.revocations


async def test_a_server_that_decodes_since_it_was_updated_gets_the_secret_encoded_again(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    store = await async_get_provider_store(hass)
    await store.async_keep_accepted_authentication(server.token_url, BASIC_UNENCODED)
    await _account(flow)

    assert _sent(server.token_headers) == [SECRET, ENCODED]
    assert store.accepted_authentication(server.token_url) == BASIC


async def test_a_client_that_the_server_makes_signs_in_whatever_its_secret(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    server.settings.decodes_basic = False
    server.settings.clients["demo-client"] = SECRET
    server.settings.metadata_changes = dict(BASIC_ONLY)
    await register(flow, server, made(server, client_secret=SECRET))
    result = await flow.sign_in()

    assert result["type"] is FlowResultType.CREATE_ENTRY, result["errors"]
    await hass.async_block_till_done()


async def test_a_client_that_has_to_send_its_secret_in_the_body_does(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    """A server that lists Basic may accept another way only of this client (Canaille)."""
    server.settings.client_authentication = frozenset({"client_secret_post"})
    entry = await _account(flow)
    await _refresh(flow, entry)

    assert _sent(server.token_headers) == [ENCODED, SECRET]
    assert [sent.get("client_secret") for sent in server.token_requests] == [
        None,
        None,
        SECRET,
        SECRET,
    ]


async def test_a_server_that_wants_the_id_in_the_body_gets_it_there_as_well(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    """As the Python SDK of MCP: it answers so to each token request without one."""
    missing = {"error": "invalid_client", "error_description": "Missing client_id"}
    await _find(flow)
    await flow.to_sign_in()
    server.token_faults.append(Fault.json(401, missing))
    result = await flow.sign_in()
    assert result["type"] is FlowResultType.CREATE_ENTRY, result["errors"]
    await hass.async_block_till_done()
    await _refresh(flow, result["result"])

    assert [sent.get("client_id") for sent in server.token_requests] == [
        None,
        "demo-client",
        "demo-client",
    ]
    assert _sent(server.token_headers) == ["demo-secret"] * 3


async def test_a_refusal_in_plain_text_may_be_of_the_encoding(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    """As Passport with OAuth2orize answers."""
    server.settings.decodes_basic = False
    server.settings.clients["demo-client"] = SECRET
    await _find(flow)
    await flow.to_sign_in(client_secret=SECRET)
    server.token_faults.append(Fault(401, {}, b"Unauthorized"))
    result = await flow.sign_in()

    assert result["type"] is FlowResultType.CREATE_ENTRY, result["errors"]
    await hass.async_block_till_done()
    assert _sent(server.token_headers) == [ENCODED, SECRET]


@pytest.mark.parametrize("code", ["redirect_uri_mismatch", "unsupported_grant_type"])
async def test_a_refusal_of_something_else_is_told_at_once(
    flow: AccountFlow, server: FakeServer, code: str
) -> None:
    await _find(flow)
    await flow.to_sign_in(client_secret=SECRET)
    server.token_faults.append(Fault.json(400, {"error": code}))
    await flow.sign_in()

    assert len(server.token_requests) == 1


async def test_a_wrong_secret_is_told_as_what_the_first_answer_says(
    flow: AccountFlow, server: FakeServer
) -> None:
    await _find(flow)
    await flow.to_sign_in(client_secret="wrong %-secret")
    answers = ("the first", "the second", "the third")
    server.token_faults.extend(
        Fault.json(401, {"error": "invalid_client", "error_description": words})
        for words in answers
    )
    result = await flow.sign_in()

    assert result["errors"]["base"] == "client_rejected"
    assert "the first" in result["description_placeholders"]["reason"]
    assert len(server.token_requests) == 3


async def test_a_wrong_secret_that_no_encoding_changes_is_sent_with_basic_once(
    flow: AccountFlow, server: FakeServer
) -> None:
    await _find(flow)
    await flow.to_sign_in(client_secret="wrong-secret")
    result = await flow.sign_in()

    assert result["errors"]["base"] == "client_rejected"
    assert _sent(server.token_headers) == ["wrong-secret"]
    assert len(server.token_requests) == 2


async def test_a_code_that_the_first_refusal_spent_is_told_as_that_refusal(
    flow: AccountFlow, server: FakeServer
) -> None:
    server.settings.clients["demo-client"] = SECRET
    await _find(flow)
    await flow.to_sign_in(client_secret=SECRET)
    server.token_faults.extend(
        Fault.json(400, {"error": code}) for code in ("invalid_client", "invalid_grant")
    )
    result = await flow.sign_in()
    assert result["errors"]["base"] == "client_rejected"

    # What was found out by it holds for the next sign-in.
    server.settings.decodes_basic = False
    await flow.to_sign_in(client_secret=SECRET)
    result = await flow.sign_in()
    assert result["type"] is FlowResultType.CREATE_ENTRY, result["errors"]
    await flow.hass.async_block_till_done()
    assert _sent(server.token_headers) == [ENCODED, SECRET, SECRET]


async def test_a_token_is_revoked_where_only_basic_is_accepted_and_not_decoded(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    """As at Canaille, for a client that has to send its secret in the body elsewhere."""
    server.settings.decodes_basic = False
    server.settings.clients["demo-client"] = SECRET
    await _find(
        flow,
        token_endpoint_auth_methods_supported=["client_secret_post"],
        revocation_endpoint_auth_methods_supported=["client_secret_basic"],
    )
    await flow.to_sign_in(client_secret=SECRET)
    result = await flow.sign_in()
    await hass.async_block_till_done()
    await hass.config_entries.async_remove(result["result"].entry_id)
    await hass.async_block_till_done()

    # Both tokens are refused, encoded; then the first is revoked.
    first, second, accepted = server.revocations
    assert first["token"] == accepted["token"] != second["token"]
    assert "client_secret" not in accepted
