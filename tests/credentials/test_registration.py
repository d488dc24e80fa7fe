"""A client that is registered automatically, until its last account is removed."""

import json
import logging
import time
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.oauth2_client import async_setup
from custom_components.oauth2_client.catalogue import parse_provider
from custom_components.oauth2_client.credentials.registration import async_delete_client
from custom_components.oauth2_client.oauth2 import (
    DEVICE_CODE_GRANT_TYPE,
    Client,
    Registration,
    TemporaryFailure,
)
from custom_components.oauth2_client.wire import Transport
from homeassistant.components.application_credentials import DATA_COMPONENT
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir

from ..account_flow import SCOPES, AccountFlow, suggested
from ..fake_server import FakeServer, Fault
from ..internet import OUTSIDE, Internet
from .registering import made, register


async def test_one_click_registers_a_client_that_is_deleted_with_its_account(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    await register(flow, server, made(server))
    result = await flow.sign_in()
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    [asked] = server.api_requests
    assert (asked.method, asked.path) == ("POST", "/api/register")
    assert b"https://example.com/auth/external/callback" in asked.body

    server.api_faults.append(Fault(204))
    await hass.config_entries.async_remove(result["result"].entry_id)
    ended = server.api_requests[-1]
    assert (ended.method, ended.path) == ("DELETE", "/api/register/1")
    assert ended.headers["authorization"] == "Bearer planted-management"
    assert hass.data[DATA_COMPONENT].async_items() == []


async def test_a_client_that_another_account_uses_stays(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    server.settings.id_token = {"sub": "1"}
    server.settings.metadata_changes = {"jwks_uri": None}
    await register(flow, server, made(server))
    first = (await flow.sign_in())["result"]
    server.settings.id_token = {"sub": "2"}
    await flow.choose("Sandbox")
    await flow.submit(
        credential=first.data["auth_implementation"],
        register=False,
        details={"scopes": SCOPES, "grant": "authorization_code"},
    )
    assert (await flow.sign_in())["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()

    await hass.config_entries.async_remove(first.entry_id)
    assert [request.method for request in server.api_requests].count("DELETE") == 0
    assert len(hass.data[DATA_COMPONENT].async_items()) == 1


@pytest.mark.parametrize(
    ("grant", "grant_types"),
    [
        ("client_credentials", ["client_credentials"]),
        ("device_code", [DEVICE_CODE_GRANT_TYPE, "refresh_token"]),
    ],
)
async def test_a_client_is_registered_for_its_grant_type(
    flow: AccountFlow, server: FakeServer, grant: str, grant_types: list[str]
) -> None:
    await register(flow, server, made(server), grant=grant)

    asked = json.loads(server.api_requests[0].body)
    assert asked["grant_types"] == grant_types


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.json(400, {"error": "invalid_redirect_uri"}), "redirect_uri_rejected"),
        (Fault(503), "temporary_failure"),
        (Fault(403, {}, b"<html>"), "registration_refused"),
        # The Python SDK of MCP: there is no client ID to copy again.
        (
            Fault.json(
                400,
                {
                    "error": "invalid_client_metadata",
                    "error_description": "Requested scopes are not valid: read",
                },
            ),
            "registration_refused",
        ),
        # As Better Auth answers at an address that is not there.
        (Fault(404), "endpoint_not_found"),
        (Fault.json(201, {}), "temporary_failure"),
    ],
)
async def test_the_reason_why_no_client_was_registered_is_shown(
    hass: HomeAssistant,
    flow: AccountFlow,
    server: FakeServer,
    fault: Fault,
    error: str,
) -> None:
    result = await register(flow, server, fault)

    assert (result["step_id"], result["errors"]["base"]) == ("credential", error)
    assert hass.data[DATA_COMPONENT].async_items() == []


@pytest.mark.parametrize(
    ("said", "used"),
    [
        ("client_secret_basic", "client_secret_basic"),
        ("client_secret_post", "client_secret_post"),
        (None, "client_secret_basic"),
        ("", "client_secret_basic"),
        ("none", "none"),
    ],
    ids=lambda said: f"C3-{said}",
)
@pytest.mark.parametrize("preset", ["client_secret_basic", "client_secret_post"])
async def test_c3_a_client_authenticates_as_its_registration_says(
    hass: HomeAssistant,
    flow: AccountFlow,
    server: FakeServer,
    preset: str,
    said: str | None,
    used: str,
) -> None:
    changed: dict[str, Any] = {"token_endpoint_auth_method": said}
    if used == "none":
        server.settings.clients["demo-client"] = changed["client_secret"] = None
    await register(flow, server, made(server, **changed), preset=preset)
    server.settings.client_authentication = frozenset({used})
    entry = (await flow.sign_in())["result"]
    await hass.async_block_till_done()
    server.expire_access_tokens()
    assert (await entry.runtime_data.account.request("GET", "/me")).status == 200
    assert [sent["grant_type"] for sent in server.token_requests] == [
        "authorization_code",
        "refresh_token",
    ]
    for sent, headers in zip(server.token_requests, server.token_headers, strict=True):
        assert ("authorization" in headers) == (used == "client_secret_basic")
        assert ("client_secret" in sent) == (used == "client_secret_post")


async def test_c3_two_clients_of_one_provider_authenticate_differently(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    server.settings.id_token = {"sub": "1"}
    server.settings.metadata_changes = {"jwks_uri": None}
    await register(flow, server, made(server))
    first = (await flow.sign_in())["result"]
    server.settings.id_token = {"sub": "2"}
    server.settings.clients["second-client"] = "second-secret"
    second = {"client_id": "second-client", "client_secret": "second-secret"}
    post = {"token_endpoint_auth_method": "client_secret_post"}
    server.api_faults.append(made(server, **second, **post))
    await flow.choose("Sandbox")
    await flow.submit(
        credential=first.data["auth_implementation"],
        register=True,
        details={"scopes": SCOPES, "grant": "authorization_code"},
    )
    result = await flow.sign_in()
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()

    server.token_requests.clear()
    server.token_headers.clear()
    server.expire_access_tokens()
    for entry in (first, result["result"]):
        await entry.runtime_data.account.request("GET", "/me")
    assert "authorization" in server.token_headers[0]
    assert server.token_requests[1]["client_secret"] == "second-secret"


@pytest.mark.parametrize(
    "address",
    [
        "http://192.168.1.1/register/1",
        "http://example.com/register/1",
        "http://home.local/1",
    ],
    ids=lambda address: f"C3-{address}",
)
async def test_c3_the_token_of_a_client_is_not_sent_over_plain_http(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer, address: str
) -> None:
    await register(flow, server, made(server, registration_client_uri=address))
    result = await flow.sign_in()
    await hass.async_block_till_done()
    refuse = TemporaryFailure("timeout")
    with patch.object(Transport, "send", autospec=True, side_effect=refuse) as send:
        await hass.config_entries.async_remove(result["result"].entry_id)

    assert "DELETE" not in [call.args[1].method for call in send.call_args_list]
    assert hass.data[DATA_COMPONENT].async_items() == []


@pytest.mark.parametrize(
    ("token_url", "address", "code"),
    [
        ("https://example.com/token", "https://example.com/r", None),
        ("https://example.com/token", "https://api.example.net/r", None),
        ("https://10.0.0.1/token", "https://10.0.0.2/r", None),
        ("https://example.com/token", "https://10.0.0.2/r", "private_address"),
        ("https://example.com/token", "https://router.local/r", "private_address"),
        ("https://example.com/token", "http://127.0.0.1/r", "private_address"),
        ("https://example.com/token", "https://[::1]/r", "private_address"),
        ("https://example.com/token", "http://example.com/r", "https_required"),
        ("https://example.com/token", "ftp://example.com/r", "invalid_url"),
        ("https://example.com/token", "https://router/r", "private_address"),
        ("https://example.com/token", "https://127.1/r", "invalid_url"),
        ("https://example.com/token", "https://0x7f000001/r", "invalid_url"),
        ("https://example.com/token", "https://2130706433/r", "invalid_url"),
        ("https://example.com/token", "https://%31%32%37.0.0.1/r", "invalid_url"),
        ("https://example.com/token", "https://[::ffff:10.0.0.2]/r", "private_address"),
        ("https://example.com/token", "https://10.0.0.2./r", "invalid_url"),
        ("https://example.com/token", "https://ada:x@example.com/r", "invalid_url"),
        (
            "https://example.com/token",
            "https://10.0.0.2\\@example.com/r",
            "invalid_url",
        ),
        ("http://10.0.0.1/token", "http://10.0.0.1/r", "https_required"),
    ],
)
async def test_c3_the_management_url_is_checked_like_other_endpoints(
    hass: HomeAssistant,
    internet: Internet,
    caplog: pytest.LogCaptureFixture,
    token_url: str,
    address: str,
    code: str | None,
) -> None:
    caplog.set_level(logging.DEBUG)
    raw = {"id": "user_x", "name": "X", "token_url": token_url}
    provider = parse_provider(raw, category="user")
    registration = Registration(
        client=Client(id="made", secret="made-password"),
        client_authentication="client_secret_post",
        management_url=address,
        management_token="managing",
    )
    internet.names["example.com"] = [OUTSIDE]
    internet.names["api.example.net"] = [OUTSIDE]
    await async_delete_client(hass, provider, registration)

    # Nobody is there to take it.
    assert bool(internet.connected) is (code is None)
    assert f"could not be deleted: {code or 'cannot_connect'}" in caplog.text


async def test_c4_a_client_is_registered_with_the_requested_scopes(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    await register(flow, server, made(server))
    result = await flow.sign_in()
    assert json.loads(server.api_requests[0].body)["scope"] == "read write"
    await hass.async_block_till_done()
    entry = result["result"]

    # Fewer need no new client.
    await flow.reconfigure(entry)
    stored = entry.data["auth_implementation"]
    grant = "authorization_code"
    details = {"scopes": ["read"], "grant": grant}
    await flow.submit(credential=stored, register=False, details=details)
    assert (await flow.sign_in())["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    posts = [each.path for each in server.api_requests if each.method == "POST"]
    assert posts == ["/api/register"]

    # More are only for a client that was registered with them.
    server.settings.clients["second-client"] = "second-secret"
    second = {"client_id": "second-client", "client_secret": "second-secret"}
    server.api_faults.extend([made(server, **second), Fault(204)])
    await flow.reconfigure(entry)
    details = {"scopes": [*SCOPES, "admin"], "grant": grant}
    await flow.submit(credential=stored, register=False, details=details)
    asked = json.loads(server.api_requests[-1].body)
    assert asked["scope"] == "read write admin"
    assert (await flow.sign_in())["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    [kept] = hass.data[DATA_COMPONENT].async_items()
    assert kept["client_id"] == "second-client"


def _issues(hass: HomeAssistant) -> list[str]:
    return [issue.translation_key or "" for issue in ir.async_get(hass).issues.values()]


async def test_a_secret_that_expires_has_an_issue_a_week_before(
    hass: HomeAssistant,
    flow: AccountFlow,
    server: FakeServer,
    freezer: FrozenDateTimeFactory,
) -> None:
    server.settings.access_token_lifetime = None
    end = int(time.time()) + 30 * 86400
    await register(flow, server, made(server, client_secret_expires_at=end))
    await flow.sign_in()
    await hass.async_block_till_done()
    assert _issues(hass) == []

    freezer.tick(24 * 86400)
    async_fire_time_changed(hass)
    assert _issues(hass) == ["secret_expires"]


async def test_a_secret_that_expires_in_the_year_9999_does_no_harm(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    await hass.config.async_set_time_zone("Asia/Tokyo")
    await register(flow, server, made(server, client_secret_expires_at=253_402_300_799))
    entry = (await flow.sign_in())["result"]
    await hass.async_block_till_done()

    assert entry.state is ConfigEntryState.LOADED
    assert _issues(hass) == []


async def test_an_expiring_secret_is_replaced_by_a_new_client(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    end = int(time.time()) + 3 * 86400
    await register(flow, server, made(server, client_secret_expires_at=end))
    entry = (await flow.sign_in())["result"]
    await hass.async_block_till_done()
    assert _issues(hass) == ["secret_expires"]

    server.settings.clients["second-client"] = "second-secret"
    second = {"client_id": "second-client", "client_secret": "second-secret"}
    server.api_faults.extend([made(server, **second), Fault(204)])
    result = await flow.reconfigure(entry)
    assert suggested(result)["register"] is True
    await flow.submit(
        credential=entry.data["auth_implementation"],
        register=True,
        details={"scopes": SCOPES, "grant": "authorization_code"},
    )
    assert (await flow.sign_in())["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert _issues(hass) == []
    ended = server.api_requests[-1]
    assert (ended.method, ended.path) == ("DELETE", "/api/register/1")
    [kept] = hass.data[DATA_COMPONENT].async_items()
    assert kept["client_id"] == "second-client"


async def test_a_client_that_does_not_work_is_deleted(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    await register(flow, server, made(server, client_secret="wrong-secret"))
    assert server.api_requests[-1].method == "DELETE"
    assert hass.data[DATA_COMPONENT].async_items() == []


async def test_a_client_whose_credential_was_deleted_by_hand_is_deleted_at_the_next_start(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    result = await register(flow, server, made(server))
    hass.config_entries.flow.async_abort(result["flow_id"])
    [stored] = hass.data[DATA_COMPONENT].async_items()
    await hass.data[DATA_COMPONENT].async_delete_item(stored["id"])
    server.api_faults.append(Fault(204))
    assert await async_setup(hass, {})
    await hass.async_block_till_done(wait_background_tasks=True)

    ended = server.api_requests[-1]
    assert (ended.method, ended.path) == ("DELETE", "/api/register/1")
