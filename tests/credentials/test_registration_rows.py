"""Registrations over time: rows A15 and C4, and what a server changes (RFC 7591, 3.2.1)."""

from http import HTTPStatus
import json
import time
from typing import Any, Final

import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.oauth2_client.const import DOMAIN
from custom_components.oauth2_client.flows.repair.reconfigure import opens_flows
from custom_components.oauth2_client.oauth2 import ClientRejected
from custom_components.oauth2_client.providers.store import async_get_provider_store
from homeassistant.components.application_credentials import DATA_COMPONENT
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component

from ..account_flow import SCOPES, AccountFlow, suggested
from ..fake_server import FakeServer, Fault
from .registering import made, register

SECOND: Final = {"client_id": "second-client", "client_secret": "second-secret"}
THIRD: Final = {"client_id": "third-client", "client_secret": "third-secret"}
CALLBACK: Final = "https://example.com/auth/external/callback"
BROWSER: Final = "authorization_code"


@pytest.fixture(autouse=True)
async def issue_pages(hass: HomeAssistant) -> None:
    """Set up `repairs`, whose views have to be registered before the server starts."""
    assert await async_setup_component(hass, "repairs", {})


@pytest.fixture
async def account(
    issue_pages: None, flow: AccountFlow, server: FakeServer
) -> ConfigEntry:
    """An account whose client the provider made."""
    for new in (SECOND, THIRD):
        server.settings.clients[new["client_id"]] = new["client_secret"]
    await register(flow, server, made(server))
    result = await flow.sign_in()
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await flow.hass.async_block_till_done()
    entry: ConfigEntry = result["result"]
    return entry


async def _forget(server: FakeServer, entry: ConfigEntry) -> None:
    """Delete the client at the provider, and find that out at a refresh."""
    del server.settings.clients["demo-client"]
    server.expire_access_tokens()
    with pytest.raises(ClientRejected):
        await entry.runtime_data.account.request("GET", "/me")


def _issues(hass: HomeAssistant) -> list[str | None]:
    issues = ir.async_get(hass).issues.values()
    return [each.translation_key for each in issues if each.domain == DOMAIN]


def _ids(hass: HomeAssistant) -> list[str]:
    return [item["client_id"] for item in hass.data[DATA_COMPONENT].async_items()]


def _registrations(server: FakeServer) -> list[dict[str, Any]]:
    return [
        json.loads(request.body)
        for request in server.api_requests
        if (request.method, request.path) == ("POST", "/api/register")
    ]


async def _click(
    hass_client: ClientSessionGenerator,
    entry: ConfigEntry,
    key: str = "registration_lost",
) -> Any:
    """Open the issue and press its button, as the frontend does."""
    client = await hass_client()
    issue = {"handler": DOMAIN, "issue_id": f"{key}_{entry.entry_id}"}
    response = await client.post("/api/repairs/issues/fix", json=issue)
    assert response.status == HTTPStatus.OK
    form = await response.json()
    assert form["description_placeholders"]["account"] == "Sandbox"
    response = await client.post(f"/api/repairs/issues/fix/{form['flow_id']}", json={})
    assert response.status == HTTPStatus.OK
    return await response.json()


needs_next_flow = pytest.mark.skipif(
    not opens_flows(), reason="this Home Assistant opens no flow from a repair"
)


@needs_next_flow
async def test_a15_one_click_registers_a_new_client_and_signs_in(
    hass: HomeAssistant,
    flow: AccountFlow,
    server: FakeServer,
    account: ConfigEntry,
    hass_client: ClientSessionGenerator,
) -> None:
    await _forget(server, account)
    assert _issues(hass) == ["registration_lost"]
    server.api_faults.extend([made(server, **SECOND), Fault(204)])
    kind, flow_id = (await _click(hass_client, account))["next_flow"]
    assert kind == "config_flow"
    flow.result = hass.config_entries.flow.async_get(flow_id)
    # No form in between: the window to sign in opens.
    assert flow.result["step_id"] == "auth"
    flow.result = await hass.config_entries.flow.async_configure(flow_id)
    assert (await flow.sign_in())["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()

    first, second = _registrations(server)
    assert second == first
    assert server.api_requests[-1].method == "DELETE"
    assert _ids(hass) == ["second-client"]
    assert _issues(hass) == []
    assert (await account.runtime_data.account.request("GET", "/me")).status == 200


@needs_next_flow
async def test_a15_one_click_is_enough_where_no_person_signs_in(
    hass: HomeAssistant,
    flow: AccountFlow,
    server: FakeServer,
    hass_client: ClientSessionGenerator,
) -> None:
    server.settings.clients["second-client"] = "second-secret"
    grant = "client_credentials"
    result = await register(flow, server, made(server), grant=grant)
    entry = result["result"]
    await hass.async_block_till_done()
    await _forget(server, entry)
    server.api_faults.extend([made(server, **SECOND), Fault(204)])
    result = await _click(hass_client, entry)
    await hass.async_block_till_done()

    assert (result["type"], result.get("next_flow")) == ("create_entry", None)
    assert _ids(hass) == ["second-client"]
    assert _issues(hass) == []
    assert (await entry.runtime_data.account.request("GET", "/me")).status == 200


@needs_next_flow
async def test_a15_a_failed_registration_is_shown_in_the_form(
    hass: HomeAssistant,
    flow: AccountFlow,
    server: FakeServer,
    account: ConfigEntry,
    hass_client: ClientSessionGenerator,
) -> None:
    await _forget(server, account)
    server.api_faults.append(Fault(503))
    _, flow_id = (await _click(hass_client, account))["next_flow"]
    result = await flow.take(await hass.config_entries.flow.async_configure(flow_id))

    assert result["step_id"] == "reconfigure"
    assert suggested(result)["register"] is True
    assert _ids(hass) == ["demo-client"]


@needs_next_flow
async def test_one_click_registers_a_new_client_before_the_secret_expires(
    hass: HomeAssistant,
    flow: AccountFlow,
    server: FakeServer,
    hass_client: ClientSessionGenerator,
) -> None:
    server.settings.clients["second-client"] = "second-secret"
    end = int(time.time()) + 86400
    await register(flow, server, made(server, client_secret_expires_at=end))
    entry = (await flow.sign_in())["result"]
    await hass.async_block_till_done()
    assert _issues(hass) == ["secret_expires"]
    server.api_faults.extend([made(server, **SECOND), Fault(204)])
    _, flow_id = (await _click(hass_client, entry, "secret_expires"))["next_flow"]
    flow.result = await hass.config_entries.flow.async_configure(flow_id)
    assert (await flow.sign_in())["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()

    assert _ids(hass) == ["second-client"]
    assert _issues(hass) == []


@needs_next_flow
async def test_a15_the_form_is_shown_where_the_redirect_uri_is_not_known(
    hass: HomeAssistant,
    flow: AccountFlow,
    server: FakeServer,
    account: ConfigEntry,
    hass_client: ClientSessionGenerator,
) -> None:
    # As of an earlier version, which kept none where there was nothing to choose.
    store = await async_get_provider_store(hass)
    del store._redirect_uris[account.data["auth_implementation"]]
    await _forget(server, account)
    _, flow_id = (await _click(hass_client, account))["next_flow"]
    result = await flow.take(await hass.config_entries.flow.async_configure(flow_id))

    assert result["step_id"] == "reconfigure"
    assert suggested(result)["register"] is True
    assert len(_registrations(server)) == 1


async def test_a15_the_tick_is_set_where_the_form_is_opened_by_hand(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer, account: ConfigEntry
) -> None:
    result = await flow.reconfigure(account)
    assert suggested(result)["register"] is False
    hass.config_entries.flow.async_abort(result["flow_id"])

    await _forget(server, account)
    result = await flow.reconfigure(account)
    assert suggested(result)["register"] is True


async def _reauth(flow: AccountFlow, entry: ConfigEntry) -> Any:
    entry.async_start_reauth(flow.hass)
    await flow.hass.async_block_till_done()
    [progress] = flow.hass.config_entries.flow.async_progress_by_handler(
        DOMAIN, match_context={"source": SOURCE_REAUTH}
    )
    configure = flow.hass.config_entries.flow.async_configure
    return await flow.take(await configure(progress["flow_id"]))


async def test_a15_signing_in_again_offers_a_new_registration(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer, account: ConfigEntry
) -> None:
    # As at a server whose own page says that it does not know the client: nothing comes back.
    del server.settings.clients["demo-client"]
    result = await _reauth(flow, account)
    assert suggested(result) == {"register": False}
    server.api_faults.extend([made(server, **SECOND), Fault(204)])
    await flow.submit(register=True)
    assert (await flow.sign_in())["reason"] == "reauth_successful"
    await hass.async_block_till_done()

    assert _ids(hass) == ["second-client"]


async def test_a15_the_tick_is_set_at_a_reauth_after_the_client_was_refused(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer, account: ConfigEntry
) -> None:
    await _forget(server, account)

    assert suggested(await _reauth(flow, account)) == {"register": True}


async def test_a15_only_a_registered_client_is_offered_a_new_registration(
    flow: AccountFlow, server: FakeServer, issue_pages: None
) -> None:
    entry = await flow.add_account()

    assert suggested(await _reauth(flow, entry)) == {}


@pytest.mark.parametrize("where", ["push", "code"])
async def test_a15_a_client_that_is_refused_at_the_sign_in_is_replaced_by_a_new_one(
    hass: HomeAssistant,
    flow: AccountFlow,
    server: FakeServer,
    account: ConfigEntry,
    where: str,
) -> None:
    await _reauth(flow, account)
    if where == "push":
        del server.settings.clients["demo-client"]
        result = await flow.submit(register=False)
    else:
        await flow.submit(register=False)
        # With Basic, and with the secret in the body.
        refused = Fault.json(401, {"error": "invalid_client"})
        server.token_faults.extend([refused, refused])
        result = await flow.sign_in()
    assert result["errors"] == {"base": "registration_rejected"}
    assert "invalid_client" in result["description_placeholders"]["reason"]
    form = suggested(result)
    assert (form["register"], form.get("client_id", "")) == (True, "")

    server.api_faults.extend([made(server, **SECOND), Fault(204)])
    await flow.submit(
        credential=form["credential"],
        register=True,
        details={"scopes": SCOPES, "grant": BROWSER},
    )
    assert (await flow.sign_in())["reason"] == "reauth_successful"
    await hass.async_block_till_done()
    assert _ids(hass) == ["second-client"]


async def test_a15_a_new_client_that_is_refused_is_replaced_by_another(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    answer = made(server, client_secret="wrong-secret")
    result = await register(flow, server, answer)

    assert result["errors"] == {"base": "registration_rejected"}
    assert suggested(result)["register"] is True
    assert _ids(hass) == []


async def test_a15_a_client_stays_until_the_last_account_leaves_it(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    for new in (SECOND, THIRD):
        server.settings.clients[new["client_id"]] = new["client_secret"]
    server.settings.id_token = {"sub": "1"}
    server.settings.metadata_changes = {"jwks_uri": None}
    await register(flow, server, made(server))
    entries = [(await flow.sign_in())["result"]]
    await hass.async_block_till_done()
    server.settings.id_token = {"sub": "2"}
    result = await flow.choose("Sandbox")
    # The redirect URI that the client was registered with is selected.
    assert suggested(result)["redirect"]["redirect_uri"] == CALLBACK
    await flow.submit(
        credential=entries[0].data["auth_implementation"],
        register=False,
        details={"scopes": SCOPES, "grant": BROWSER},
    )
    entries.append((await flow.sign_in())["result"])
    await hass.async_block_till_done()
    assert len(_registrations(server)) == 1

    del server.settings.clients["demo-client"]
    answers = [[made(server, **SECOND)], [made(server, **THIRD), Fault(204)]]
    left = [["demo-client", "second-client"], ["second-client", "third-client"]]
    for number, entry in enumerate(entries):
        server.settings.id_token = {"sub": str(number + 1)}
        server.api_faults.extend(answers[number])
        await _reauth(flow, entry)
        await flow.submit(register=True)
        assert (await flow.sign_in())["reason"] == "reauth_successful"
        await hass.async_block_till_done()
        assert sorted(_ids(hass)) == left[number]


async def test_the_same_client_with_another_secret_is_not_deleted(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer, account: ConfigEntry
) -> None:
    server.settings.clients["demo-client"] = "another-secret"
    server.api_faults.append(made(server, client_secret="another-secret"))
    await _reauth(flow, account)
    await flow.submit(register=True)
    assert (await flow.sign_in())["reason"] == "reauth_successful"
    await hass.async_block_till_done()

    assert "DELETE" not in [request.method for request in server.api_requests]
    [item] = hass.data[DATA_COMPONENT].async_items()
    assert item["client_secret"] == "another-secret"


@pytest.mark.parametrize(
    "redirect_uris",
    [[CALLBACK], ["https://other.example.com/cb", CALLBACK], [], None, "text", [7]],
)
async def test_a_client_signs_in_with_its_registered_redirect_uri(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer, redirect_uris: Any
) -> None:
    await register(flow, server, made(server, redirect_uris=redirect_uris))
    entry = (await flow.sign_in())["result"]
    await hass.async_block_till_done()

    store = await async_get_provider_store(hass)
    kept = store.redirect_uri(entry.data["auth_implementation"])
    assert kept is not None
    assert (kept.uri, kept.pasted) == (CALLBACK, False)
    assert server.pushed_requests[-1]["redirect_uri"] == CALLBACK


async def test_the_servers_spelling_of_a_redirect_uri_is_used(
    flow: AccountFlow, server: FakeServer
) -> None:
    spelt = "https://EXAMPLE.com:443/auth/external/callback"
    await register(flow, server, made(server, redirect_uris=[spelt]))

    assert server.pushed_requests[-1]["redirect_uri"] == spelt


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        (
            {"redirect_uris": ["https://other.example.com/cb"]},
            "redirect_uri_not_registered",
        ),
        ({"grant_types": ["client_credentials"]}, "grant_type_not_registered"),
    ],
)
async def test_an_unusable_client_is_reported_and_deleted(
    hass: HomeAssistant,
    flow: AccountFlow,
    server: FakeServer,
    changed: dict[str, Any],
    error: str,
) -> None:
    result = await register(flow, server, made(server, **changed))

    assert result["errors"] == {"base": error}
    assert server.api_requests[-1].method == "DELETE"
    assert _ids(hass) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"grant_types": [BROWSER]},
        {"grant_types": [BROWSER, "refresh_token", "implicit"]},
        {"grant_types": []},
        {"grant_types": None},
        {"scope": "read write admin"},
        {"scope": ""},
        {"scope": None},
        {"scope": ["read", "write"]},
    ],
)
async def test_added_and_omitted_entries_of_a_registration_do_no_harm(
    hass: HomeAssistant,
    flow: AccountFlow,
    server: FakeServer,
    changed: dict[str, Any],
) -> None:
    await register(flow, server, made(server, **changed))

    assert (await flow.sign_in())["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()


@pytest.mark.parametrize("scope", ["read", "read,other", ["read"]])
async def test_c4_scopes_that_a_client_was_not_registered_with_are_named(
    flow: AccountFlow, server: FakeServer, scope: Any
) -> None:
    await register(flow, server, made(server, scope=scope))
    server.token_faults.append(Fault.json(400, {"error": "invalid_scope"}))
    result = await flow.sign_in()

    assert result["errors"] == {"base": "scope_not_registered"}
    assert result["description_placeholders"]["scopes"] == ": write"


async def test_a_narrower_registration_that_works_is_no_error(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    await register(flow, server, made(server, scope="read"))

    assert (await flow.sign_in())["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()


@pytest.mark.parametrize(
    ("answers", "asked"),
    [
        ({"scopes": ["admin"]}, {"scope": "admin"}),
        ({"grant": "client_credentials"}, {"grant_types": ["client_credentials"]}),
        (
            {"redirect_uri": "https://home.example.org/auth/external/callback"},
            {"redirect_uris": ["https://home.example.org/auth/external/callback"]},
        ),
    ],
    ids=["C4-scopes", "C4-grant", "C4-redirect"],
)
async def test_c4_a_sign_in_that_the_client_was_not_registered_for_registers_a_new_one(
    hass: HomeAssistant,
    flow: AccountFlow,
    server: FakeServer,
    account: ConfigEntry,
    answers: dict[str, Any],
    asked: dict[str, Any],
) -> None:
    await hass.config.async_update(external_url="https://home.example.org")
    stored = account.data["auth_implementation"]
    server.api_faults.append(made(server, **SECOND))
    await flow.reconfigure(account)
    details = {"scopes": SCOPES, "grant": BROWSER}
    details |= {key: answers[key] for key in details.keys() & answers.keys()}
    more = {key: answers[key] for key in {"redirect_uri"} & answers.keys()}
    await flow.submit(credential=stored, register=False, details=details, **more)
    await hass.async_block_till_done()

    assert len(_registrations(server)) == 2
    assert asked.items() <= _registrations(server)[-1].items()


async def test_a_registration_of_an_earlier_version_is_used_as_it_is(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer, account: ConfigEntry
) -> None:
    stored = account.data["auth_implementation"]
    store = await async_get_provider_store(hass)
    kept = dict(store._registrations[stored])
    for name in ("scopes", "grant_types", "redirect_uris", "left_out"):
        del kept[name]
    store._registrations[stored] = kept
    await flow.reconfigure(account)
    await flow.submit(
        credential=stored,
        register=False,
        details={"scopes": ["admin"], "grant": BROWSER},
    )
    assert (await flow.sign_in())["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()

    assert len(_registrations(server)) == 1
