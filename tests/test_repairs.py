"""Issues lead to the flow that fixes them."""

from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.oauth2_client.const import DOMAIN
from custom_components.oauth2_client.flows.repair.reconfigure import opens_flows
from custom_components.oauth2_client.health.issues import SIGN_IN_ISSUES, async_create
from custom_components.oauth2_client.oauth2 import ClientRejected
from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntry, ConfigEntryDisabler
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component

from .account_flow import SCOPES, AccountFlow
from .fake_server import FakeServer, Fault

pytestmark = pytest.mark.usefixtures("issue_pages")


@pytest.fixture
async def issue_pages(hass: HomeAssistant) -> None:
    """Set up `repairs`, whose views have to be registered before the server starts."""
    assert await async_setup_component(hass, "repairs", {})


@pytest.fixture
async def account(flow: AccountFlow, server: FakeServer) -> ConfigEntry:
    """An account whose secret was replaced at the provider."""
    entry = await flow.add_account()
    server.settings.clients["demo-client"] = "new-secret"
    server.expire_access_tokens()
    with pytest.raises(ClientRejected):
        await entry.runtime_data.account.request("GET", "/me")
    return entry


async def _fix(
    hass_client: ClientSessionGenerator,
    entry: ConfigEntry,
    key: str = "client_rejected",
    **described: str,
) -> Any:
    """Open the issue and press the button in it, as the frontend does."""
    client = await hass_client()
    issue_id = f"{key}_{entry.entry_id}"
    response = await client.post(
        "/api/repairs/issues/fix", json={"handler": DOMAIN, "issue_id": issue_id}
    )
    assert response.status == HTTPStatus.OK
    form = await response.json()
    assert form["step_id"] == "confirm"
    assert form["description_placeholders"]["account"] == "Sandbox"
    if key == "client_rejected":
        assert r"invalid\_client" in form["description_placeholders"]["reason"]
    for name, text in described.items():
        assert form["description_placeholders"][name] == text
    response = await client.post(f"/api/repairs/issues/fix/{form['flow_id']}", json={})
    assert response.status == HTTPStatus.OK
    return await response.json()


async def test_a_refresh_that_goes_well_takes_the_issue_back(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    server.settings.clients["demo-client"] = "demo-secret"
    assert ir.async_get(hass).issues
    await hass.config_entries.async_reload(account.entry_id)
    assert (await account.runtime_data.account.request("GET", "/me")).status == 200

    assert not ir.async_get(hass).issues


async def test_an_account_that_is_disabled_has_no_issue(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    assert _issues(hass) == ["client_rejected"]
    await hass.config_entries.async_set_disabled_by(
        account.entry_id, ConfigEntryDisabler.USER
    )

    assert _issues(hass) == []


async def test_it_takes_those_of_other_accounts_with_the_same_credential_back_too(
    hass: HomeAssistant, server: FakeServer, account: ConfigEntry
) -> None:
    other = MockConfigEntry(domain=DOMAIN, title="Other", data=dict(account.data))
    other.add_to_hass(hass)
    elsewhere = MockConfigEntry(
        domain=DOMAIN, data={**account.data, "auth_implementation": "another"}
    )
    elsewhere.add_to_hass(hass)
    for entry in (other, elsewhere):
        async_create(hass, entry, "client_rejected", {"reason": ""})
    server.settings.clients["demo-client"] = "demo-secret"
    await hass.config_entries.async_reload(account.entry_id)
    await account.runtime_data.account.request("GET", "/me")

    [left] = ir.async_get(hass).issues.values()
    assert left.issue_id == f"client_rejected_{elsewhere.entry_id}"


@pytest.mark.parametrize("key", SIGN_IN_ISSUES)
async def test_a14_a_sign_in_takes_each_issue_back_at_once(
    hass: HomeAssistant, flow: AccountFlow, key: str
) -> None:
    entry = await flow.add_account()
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"{key}_{entry.entry_id}",
        is_fixable=True,
        severity=ir.IssueSeverity.ERROR,
        translation_key=key,
        translation_placeholders={
            "account": "Sandbox",
            "reason": "",
            "scopes": "",
            "date": "",
        },
    )
    await flow.reconfigure(entry)
    await flow.submit(
        credential=entry.data["auth_implementation"], details={"scopes": ["read"]}
    )
    assert (await flow.sign_in())["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()

    assert not ir.async_get(hass).issues


async def test_a14_a_sign_in_ends_what_asks_for_it_elsewhere(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    entry = await flow.add_account()
    # Another account of the same application.
    other = MockConfigEntry(domain=DOMAIN, title="Other", data=dict(entry.data))
    other.add_to_hass(hass)
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"client_rejected_{other.entry_id}",
        is_fixable=True,
        severity=ir.IssueSeverity.ERROR,
        translation_key="client_rejected",
        translation_placeholders={"account": "Other", "reason": ""},
    )
    entry.async_start_reauth(hass)
    await hass.async_block_till_done()
    assert [*entry.async_get_active_flows(hass, {SOURCE_REAUTH})]
    await flow.reconfigure(entry)
    await flow.submit(
        credential=entry.data["auth_implementation"], details={"scopes": ["read"]}
    )
    await flow.sign_in()
    await hass.async_block_till_done()

    assert not ir.async_get(hass).issues
    assert [*entry.async_get_active_flows(hass, {SOURCE_REAUTH})] == []


def _lacks(scope: str | None, status: int = 403) -> Fault:
    named = "" if scope is None else f', scope="{scope}"'
    challenge = f'Bearer realm="x", error="insufficient_scope"{named}'
    return Fault(status, {"WWW-Authenticate": challenge})


def _issues(hass: HomeAssistant) -> list[str | None]:
    return [issue.translation_key for issue in ir.async_get(hass).issues.values()]


@pytest.fixture
async def works(flow: AccountFlow) -> ConfigEntry:
    """An account that works."""
    return await flow.add_account()


@pytest.mark.skipif(
    not opens_flows(), reason="this Home Assistant opens no flow from a repair"
)
async def test_a11_a_scope_that_the_api_wants_is_asked_for_with_one_click(
    hass: HomeAssistant,
    flow: AccountFlow,
    server: FakeServer,
    works: ConfigEntry,
    hass_client: ClientSessionGenerator,
) -> None:
    server.api_faults.append(_lacks("admin:all read"))
    await works.runtime_data.account.request("GET", "/me")
    assert _issues(hass) == ["scope_missing"]
    result = await _fix(hass_client, works, "scope_missing", scopes=r"admin\:all")
    _, flow_id = result["next_flow"]
    await flow.take(await hass.config_entries.flow.async_configure(flow_id))
    # No form is between the click and the provider.
    assert flow.result["type"] is FlowResultType.EXTERNAL_STEP
    asked = dict(parse_qsl(urlsplit(flow.result["url"]).query))
    assert asked["scope"].split() == [*SCOPES, "admin:all"]
    assert works.data["scopes"] == list(SCOPES)
    await flow.sign_in()
    await hass.async_block_till_done()

    assert works.data["scopes"] == [*SCOPES, "admin:all"]
    assert _issues(hass) == []


async def test_a11_a_scope_that_did_not_help_is_told_as_such(
    hass: HomeAssistant, server: FakeServer, works: ConfigEntry
) -> None:
    server.api_faults.extend([_lacks(SCOPES[0]), _lacks("other")])
    account = works.runtime_data.account
    await account.request("GET", "/me")
    assert _issues(hass) == ["scope_refused"]
    await account.request("GET", "/me")
    assert _issues(hass) == ["scope_missing"]


@pytest.mark.parametrize(
    "fault",
    [
        _lacks("x"),
        _lacks("x", 401),
        Fault.json(403, {"error": "insufficient_scope", "scope": "x"}),
        Fault.json(403, {"error": "insufficient_scope", "scope": ["x"]}),
    ],
)
async def test_a11_the_issue_goes_when_the_api_answers_again(
    hass: HomeAssistant, server: FakeServer, works: ConfigEntry, fault: Fault
) -> None:
    account = works.runtime_data.account
    server.api_faults.extend([fault] * (2 if fault.status == 401 else 1))
    await account.request("GET", "/me")
    assert _issues(hass) == ["scope_missing"]
    # A success at another address does not mean that the forbidden one is allowed.
    await account.request("GET", "/echo")
    assert _issues(hass) == ["scope_missing"]
    await account.request("GET", "/me")

    assert _issues(hass) == []


async def test_an_answer_that_nothing_has_changed_takes_the_issue_back_too(
    hass: HomeAssistant, server: FakeServer, works: ConfigEntry
) -> None:
    server.api_faults.extend([_lacks("x"), Fault(304)])
    account = works.runtime_data.account
    await account.request("GET", "/me")
    assert _issues(hass) == ["scope_missing"]
    await account.request("GET", "/me")

    assert _issues(hass) == []


@pytest.mark.parametrize("fault", [Fault(403), _lacks(None), Fault(401)])
async def test_a11_where_nothing_is_known_nothing_is_offered(
    hass: HomeAssistant, server: FakeServer, works: ConfigEntry, fault: Fault
) -> None:
    server.api_faults.extend([fault] * 2)
    await works.runtime_data.account.request("GET", "/me")

    assert _issues(hass) == []


@pytest.mark.parametrize("fault", [Fault(403), _lacks(None)])
async def test_a7_a_scope_that_was_not_granted_is_offered_once_the_api_forbids(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer, fault: Fault
) -> None:
    server.settings.granted_scopes = SCOPES[0]
    entry = await flow.add_account()
    assert _issues(hass) == []
    server.api_faults.append(fault)
    await entry.runtime_data.account.request("GET", "/me")

    assert _issues(hass) == ["scope_refused"]
