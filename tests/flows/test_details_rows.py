"""C7: parameters, names and headers of a service's own, typed under *Details*."""

from typing import Any

import pytest
from yarl import URL

from custom_components.oauth2_client.diagnostics import (
    async_get_config_entry_diagnostics,
)
from custom_components.oauth2_client.oauth2 import RefusedByPolicy
from custom_components.oauth2_client.providers.store import ProviderStore
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from ..account_flow import AccountFlow, suggested
from ..fake_server import FakeServer, Fault

PARAMETERS: dict[str, Any] = {
    "authorize_parameters": ["audience=https://api.example.com", "prompt=consent"],
    "token_parameters": ["audience=https://api.example.com"],
    "refresh_parameters": ["scope=read write", "api_key=planted-key"],
    "token_headers": ["X-Version: 2"],
}


async def _account(flow: AccountFlow, **changed: Any) -> ConfigEntry:
    """Add an account, at an API that takes whatever token it is shown."""
    await flow.to_credential(**changed)
    await flow.to_sign_in()
    result = await flow.sign_in()
    assert result["type"] is FlowResultType.CREATE_ENTRY, result.get("errors")
    await flow.hass.async_block_till_done()
    entry: ConfigEntry = result["result"]
    return entry


async def test_c7_parameters_are_sent_where_they_were_typed(
    flow: AccountFlow, server: FakeServer
) -> None:
    await flow.to_credential(**PARAMETERS)
    result = await flow.to_sign_in()
    asked = URL(result["url"]).query
    assert asked["audience"] == "https://api.example.com"
    assert (asked["prompt"], asked["client_id"]) == ("consent", "demo-client")
    result = await flow.sign_in()
    await flow.hass.async_block_till_done()
    server.expire_access_tokens()
    account = result["result"].runtime_data.account
    assert (await account.request("GET", "/me")).status == 200

    _, exchanged, refreshed = server.token_requests
    assert exchanged["audience"] == "https://api.example.com"
    assert "api_key" not in exchanged
    assert (refreshed["scope"], refreshed["api_key"]) == ("read write", "planted-key")
    assert "audience" not in refreshed
    assert [each.get("x-version") for each in server.token_headers[1:]] == ["2", "2"]


async def test_c7_parameters_are_typed_where_a_server_was_found_too(
    flow: AccountFlow, server: FakeServer
) -> None:
    server.settings.metadata_changes = {"pushed_authorization_request_endpoint": None}
    await flow.discover(server.base_url)
    await flow.confirm_found(
        name="Sandbox", api_base_url=server.api_base_url, details=PARAMETERS
    )
    result = await flow.to_sign_in()

    assert URL(result["url"]).query["audience"] == "https://api.example.com"


async def test_c7_a_device_code_is_asked_for_with_parameters_of_its_own(
    flow: AccountFlow, server: FakeServer
) -> None:
    await flow.to_credential(
        grants=["device_code"],
        authorize_url="",
        device_authorization_url=server.device_url,
        device_parameters=["audience=https://api.example.com"],
    )
    await flow.to_sign_in()

    [asked] = server.device_requests
    assert asked.parameters["audience"] == "https://api.example.com"
    assert asked.parameters["client_id"] == "demo-client"


async def test_c7_parameters_are_pushed_too(
    flow: AccountFlow, server: FakeServer
) -> None:
    await flow.discover(server.base_url)
    await flow.confirm_found(
        name="Sandbox", api_base_url=server.api_base_url, details=PARAMETERS
    )
    await flow.to_sign_in()

    assert server.pushed_requests[-1]["audience"] == "https://api.example.com"


async def test_c7_no_value_of_a_parameter_is_in_diagnostics_or_reprs(
    hass: HomeAssistant, flow: AccountFlow
) -> None:
    entry = await _account(flow, **PARAMETERS)
    shown = await async_get_config_entry_diagnostics(hass, entry)

    assert shown["provider"]["server"]["refresh_parameters"] == ["api_key", "scope"]
    assert shown["provider"]["server"]["token_headers"] == ["X-Version"]
    for seen in (shown, entry.runtime_data.account.provider):
        assert "planted-key" not in repr(seen)
        assert "api.example.com" not in repr(seen)


@pytest.mark.parametrize(
    ("changed", "error", "entry"),
    [
        ({"token_parameters": ["client_id=x"]}, "parameter_owned", "client_id"),
        ({"authorize_parameters": ["state=x"]}, "parameter_owned", "state"),
        ({"refresh_parameters": ["grant_type=x"]}, "parameter_owned", "grant_type"),
        ({"authorize_parameters": ["prompt"]}, "entry_wrong", "prompt"),
        ({"token_fields": ["accessToken=x"]}, "token_field_wrong", "accessToken"),
        ({"token_headers": ["Host: x.example"]}, "header_wrong", "Host"),
        ({"api_token_header": "Cookie: {token}"}, "token_header_wrong", "Cookie"),
    ],
)
@pytest.mark.parametrize("found", [False, True], ids=["by hand", "found"])
async def test_c7_what_cannot_be_used_is_told_and_nothing_is_lost(
    flow: AccountFlow,
    server: FakeServer,
    changed: dict[str, Any],
    error: str,
    entry: str,
    found: bool,
) -> None:
    typed = {"resources": ["https://a.example"], "token_path": "data", **changed}
    if found:
        await flow.discover(server.base_url)
        result = await flow.confirm_found(
            name="Sandbox", api_base_url=server.api_base_url, details=typed
        )
    else:
        result = await flow.to_credential(**typed)

    # Above the form too, where it is in view.
    assert result["errors"] == {"details": error, "base": error}
    assert result["description_placeholders"]["entry"] == entry
    assert suggested(result)["details"].items() >= typed.items()
    # Corrected, it goes on.
    [field] = changed
    form = suggested(result)
    form["details"][field] = "" if field == "api_token_header" else []
    assert (await flow.submit(**form))["step_id"] == "credential"


async def test_c7_a_wrapped_answer_with_names_of_its_own_is_read(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    answer = {"accessToken": "planted-1", "refreshToken": "planted-2", "ttl": 60}
    await flow.to_credential(
        token_path="data.token",
        token_fields=[
            "access_token=accessToken",
            "refresh_token=refreshToken",
            "expires_in=ttl",
        ],
    )
    await flow.to_sign_in()
    server.token_faults.append(Fault.json(200, {"data": {"token": answer}}))
    result = await flow.sign_in()
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    token_set = result["result"].runtime_data.account.token_set

    assert token_set.access_token == "planted-1"
    assert token_set.refresh_token == "planted-2"
    assert token_set.expires_at == token_set.received_at + 60


@pytest.mark.parametrize(
    ("typed", "name", "before"),
    [
        ("Authorization: Zoho-oauthtoken {token}", "authorization", "Zoho-oauthtoken "),
        ("Authorization: {token}", "authorization", ""),
        ("X-Api-Token:", "x-api-token", ""),
        ("x-goog-iap: Bearer <token>", "x-goog-iap", "Bearer "),
        ("", "authorization", "Bearer "),
    ],
)
async def test_c7_the_token_goes_in_the_header_that_was_typed(
    flow: AccountFlow, server: FakeServer, typed: str, name: str, before: str
) -> None:
    entry = await _account(flow, api_token_header=typed)
    account = entry.runtime_data.account
    server.api_requests.clear()
    server.api_faults.extend(
        [
            Fault(401),
            Fault(307, headers={"Location": "/api/echo"}),
            Fault.json(200, {"ok": True}),
        ]
    )
    old = account.token_set.access_token
    assert (await account.request("GET", "/me")).status == 200
    new = account.token_set.access_token
    # Also after a 401 and a redirect.
    assert [each.headers[name] for each in server.api_requests] == [
        f"{before}{old}",
        f"{before}{new}",
        f"{before}{new}",
    ]
    if name != "authorization":
        assert all("authorization" not in each.headers for each in server.api_requests)
    for header in (name.title(), "authorization"):
        with pytest.raises(RefusedByPolicy, match="authorization_header"):
            await account.request("GET", "/me", headers={header: "x"})


@pytest.mark.parametrize(
    "token_type",
    ["BearerToken", "bot", "user", "bearer", "BEARER", "", None, "absent"],
    ids=str,
)
async def test_c7_a_bearer_token_of_any_name_is_sent_as_bearer(
    flow: AccountFlow, server: FakeServer, token_type: str | None
) -> None:
    answer = {"access_token": "planted-1", "token_type": token_type}
    if token_type == "absent":
        del answer["token_type"]
    await flow.to_credential()
    await flow.to_sign_in()
    server.token_faults.append(Fault.json(200, answer))
    result = await flow.sign_in()
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await flow.hass.async_block_till_done()
    server.api_faults.append(Fault(200))
    await result["result"].runtime_data.account.request("GET", "/me")

    assert server.api_requests[-1].headers["authorization"] == "Bearer planted-1"


async def test_c7_the_token_in_a_header_of_its_own_is_not_shown(
    flow: AccountFlow, server: FakeServer
) -> None:
    entry = await _account(flow, api_token_header="X-Api-Token: key={token}")
    account = entry.runtime_data.account
    token = account.token_set.access_token
    echo = {"headers": {"X-Api-Token": f"key={token}", "x": [f"a{token}b"]}}

    assert token not in str(account.redaction().redact(echo))
    shown = await async_get_config_entry_diagnostics(flow.hass, entry)
    assert shown["provider"]["api_token_header"] == "X-Api-Token"


async def test_c7_the_account_is_identified_with_that_header(
    flow: AccountFlow, server: FakeServer
) -> None:
    server.settings.metadata_changes = {
        "userinfo_endpoint": f"{server.api_base_url}/me"
    }
    await flow.discover(server.base_url)
    await flow.confirm_found(
        name="Sandbox",
        api_base_url=server.api_base_url,
        details={"api_token_header": "X-Api-Token:"},
    )
    await flow.to_sign_in()
    server.api_faults.append(Fault.json(200, {"sub": "1", "email": "ada@a.example"}))
    result = await flow.sign_in()

    assert result["type"] is FlowResultType.CREATE_ENTRY
    [asked] = server.api_requests
    assert asked.headers["x-api-token"].startswith("planted-")
    assert "authorization" not in asked.headers
    assert "ada@a.example" in result["title"]


async def test_c7_a_token_that_is_bound_to_a_key_keeps_its_own_header(
    flow: AccountFlow, server: FakeServer
) -> None:
    await flow.to_credential(dpop=True, api_token_header="X-Api-Token:")
    await flow.to_sign_in()
    answer = {"access_token": "planted-1", "token_type": "DPoP"}
    server.token_faults.append(Fault.json(200, answer))
    result = await flow.sign_in()
    await flow.hass.async_block_till_done()
    server.api_faults.append(Fault(200))
    await result["result"].runtime_data.account.request("GET", "/me")

    headers = server.api_requests[-1].headers
    assert headers["authorization"] == "DPoP planted-1"
    assert "dpop" in headers and "x-api-token" not in headers


async def test_c7_what_was_typed_is_stored_and_read_again(
    hass: HomeAssistant, flow: AccountFlow
) -> None:
    typed = {
        **PARAMETERS,
        "token_fields": ["error=status"],
        "token_path": "data",
        "api_token_header": "X-Api-Token:",
    }
    entry = await _account(flow, **typed)
    used = entry.runtime_data.account.provider
    store = ProviderStore(hass)
    await store.async_load()

    assert await store.async_provider(used.id) == used
    assert used.server.refresh_parameters == {
        "scope": "read write",
        "api_key": "planted-key",
    }
    assert used.api_token_header == "X-Api-Token: {token}"
