"""Diagnostics: all their keys, and what must not be in them."""

from datetime import datetime
import json
import time
from typing import Any
from unittest.mock import ANY

import pytest
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from yarl import URL

from custom_components.oauth2_client.credentials.provider_client import Keep
from custom_components.oauth2_client.diagnostics import (
    async_get_config_entry_diagnostics,
)
from custom_components.oauth2_client.health.story import Story, async_story
from custom_components.oauth2_client.oauth2 import (
    GrantRejected,
    OAuth2Error,
    TemporaryFailure,
    TokenSet,
)
from custom_components.oauth2_client.wire.clock import CLOCK
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.update_coordinator import UpdateFailed
from homeassistant.setup import async_setup_component

from .account_flow import AccountFlow
from .clock import StoppedClock
from .conftest import SECRET
from .fake_server import FakeServer, Fault
from .resources import LEVEL, WEATHER, add_resource, settle

EMAIL = "ada@example.com"
# Scopes that contain the id of a client, of a tenant or of a person.
IDENTIFYING = [
    "api://0f8fad5b-d9cb-469f-a165-70867728950e/.default",
    "project:1234567",
    EMAIL,
]
VALUE = {"platform": "sensor", "state_class": None, "template": False}
RESOURCE = {
    "method": "GET",
    "relative_url": True,
    "query": False,
    "headers": 0,
    "body": False,
    "format": "auto",
    "interval": 60,
    "hours": False,
    "pages": None,
    "values": [
        {**VALUE, "unit": "°C", "device_class": "temperature"},
        {**VALUE, "unit": None, "device_class": None},
    ],
    "last_success": ANY,
    "last_error": None,
    "entities": 2,
    "entities_available": 2,
}
STORY: dict[str, Any] = {
    "signed_in_at": ANY,
    "grants_lasted": [],
    "refreshes_succeeded": 0,
    "refreshes_failed": 0,
    "lifetimes": [],
    "rotation_seen": False,
    "refreshes": [],
}


@pytest.fixture(autouse=True)
async def download(hass: HomeAssistant) -> None:
    """Set up `diagnostics`, whose view has to be registered before the server starts."""
    assert await async_setup_component(hass, "diagnostics", {})


@pytest.fixture
async def account(flow: AccountFlow, server: FakeServer) -> ConfigEntry:
    """An account whose scopes and API address identify its owner."""
    server.settings.id_token = {"sub": "user-1", "email": EMAIL}
    await flow.to_credential()
    await flow.to_sign_in(scopes=["read", *IDENTIFYING])
    entry: ConfigEntry = (await flow.sign_in())["result"]
    await flow.hass.async_block_till_done()
    return entry


async def _diagnostics(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, entry: ConfigEntry
) -> Any:
    return await get_diagnostics_for_config_entry(hass, hass_client, entry)


async def test_they_say_what_the_account_is_and_how_it_does(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    account: ConfigEntry,
) -> None:
    await add_resource(hass, account)
    shown = await _diagnostics(hass, hass_client, account)

    scopes = ["read", "…", "…", "…"]
    assert shown == {
        "entry": {
            "state": "loaded",
            "version": "1.2",
            "scopes_asked": scopes,
            "allowed_hosts": 0,
        },
        "story": STORY,
        "pauses": {"refresh": 0, "requests": 0},
        "provider": {
            "id": None,
            "name": None,
            "category": "user",
            "allow_http": False,
            "api_base_url": True,
            "api_hosts": 0,
            "api_headers": [],
            "api_token_header": "Authorization",
            "identity": False,
            "server": {
                "refresh_url": False,
                "client_authentication": "client_secret_post",
                "assertion_audience": None,
                "token_encoding": "form",
                "scope_separator": " ",
                "pkce": True,
                "authorize_parameters": [],
                "device_parameters": [],
                "token_parameters": [],
                "refresh_parameters": [],
                "token_headers": [],
                "token_path": [],
                "token_fields": [],
                "token_errors": [],
                "token_lifetime": None,
            },
        },
        "token": {
            "type": "Bearer",
            "received_at": ANY,
            "expires_at": ANY,
            "has_refresh_token": True,
            "has_id_token": True,
            "scopes_granted": scopes,
            "scopes_not_named": [],
            # The provider has no introspection endpoint that we know.
            "active": True,
        },
        "resources": [RESOURCE],
        "commands": 0,
    }
    token = shown["token"]
    received = datetime.fromisoformat(token["received_at"])
    expires = datetime.fromisoformat(token["expires_at"])
    assert (expires - received).total_seconds() == 3600


async def test_nothing_in_them_tells_a_secret_or_whose_account_it_is(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    server: FakeServer,
    account: ConfigEntry,
) -> None:
    await add_resource(
        hass, account, url=f"{server.api_base_url}/weather?key=planted-key&user=ada"
    )
    shown = await _diagnostics(hass, hass_client, account)

    assert shown["resources"] == [{**RESOURCE, "relative_url": False, "query": True}]
    text = json.dumps(shown, ensure_ascii=False)
    assert not SECRET.search(text)
    token_set = account.runtime_data.account.token_set
    assert account.unique_id is not None
    for secret in (
        token_set.access_token,
        token_set.refresh_token,
        "demo-client",
        "demo_client",
        "127.0.0.1",
        str(URL(server.base_url).port),
        "://",
        "/weather",
        EMAIL,
        "@",
        "user-1",
        account.unique_id,
        account.entry_id,
        *IDENTIFYING,
        "0f8fad5b",
        "1234567",
    ):
        assert secret not in text


async def test_a_resource_is_shown_by_how_it_does_and_not_by_what_it_holds(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    server: FakeServer,
    account: ConfigEntry,
) -> None:
    value = {"name": "Ada's tank", "path": "$['ada'].level"}
    server.api_faults.append(Fault.json(200, {"ada": {"level": "private"}}))
    # The value is found when the form is sent, and missing at the fetch that follows the reload.
    await add_resource(hass, account, **{**LEVEL, "name": "Ada", "values": [value]})
    shown = await _diagnostics(hass, hass_client, account)

    [resource] = shown["resources"]
    assert (resource["entities"], resource["entities_available"]) == (1, 0)
    text = json.dumps(shown).lower()
    assert "ada" not in text
    assert "private" not in text


async def test_a_resource_that_is_stored_wrongly_is_told_by_its_place(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, account: ConfigEntry
) -> None:
    subentry = await add_resource(hass, account)
    await add_resource(hass, account, name="Garden")
    values = [{**WEATHER["values"][0], "key": 5}]
    hass.config_entries.async_update_subentry(
        account, subentry, data={**subentry.data, "values": values}
    )
    await settle(hass)
    shown = await _diagnostics(hass, hass_client, account)

    assert shown["resources"] == [{"stored_wrongly_at": "values[0].key"}, RESOURCE]


async def test_an_account_that_is_not_loaded_has_them_too(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, account: ConfigEntry
) -> None:
    await add_resource(hass, account)
    assert await hass.config_entries.async_unload(account.entry_id)
    shown = await _diagnostics(hass, hass_client, account)

    assert shown == {
        "entry": {
            "state": "not_loaded",
            "version": "1.2",
            "scopes_asked": ["read", "…", "…", "…"],
            "allowed_hosts": 0,
        },
        "story": STORY,
        "pauses": None,
        "provider": None,
        "token": None,
        "resources": [{**RESOURCE, "last_success": None, "entities_available": 0}],
        "commands": 0,
    }
    assert not SECRET.search(json.dumps(shown))


async def test_an_account_that_cannot_be_set_up_has_them_too(
    hass: HomeAssistant, hass_client: ClientSessionGenerator, account: ConfigEntry
) -> None:
    hass.config_entries.async_update_entry(
        account, data={**account.data, "provider": "gone"}
    )
    assert not await hass.config_entries.async_reload(account.entry_id)
    shown = await _diagnostics(hass, hass_client, account)

    assert shown["entry"]["state"] == "setup_error"
    assert (shown["provider"], shown["token"], shown["resources"]) == (None, None, [])


async def test_diagnostics_tell_whether_the_provider_takes_the_token(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    await flow.discover(server.base_url)
    await flow.confirm_found(name="Sandbox", api_base_url=server.api_base_url)
    await flow.to_sign_in()
    entry = (await flow.sign_in())["result"]
    await hass.async_block_till_done()
    for active in (True, False):
        shown = await async_get_config_entry_diagnostics(hass, entry)
        assert shown["token"]["active"] is active
        server.expire_access_tokens()


async def test_a_provider_that_cannot_be_asked_about_the_token_is_told(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    await flow.discover(server.base_url)
    await flow.confirm_found(name="Sandbox", api_base_url=server.api_base_url)
    await flow.to_sign_in()
    entry = (await flow.sign_in())["result"]
    await hass.async_block_till_done()
    server.settings.clients["demo-client"] = "another-secret"

    shown = await async_get_config_entry_diagnostics(hass, entry)
    assert shown["token"]["active"] == "invalid_client"


async def _fail(story: Story, err: OAuth2Error) -> None:
    async def refuse(_: TokenSet, _keep: Keep) -> TokenSet:
        raise err

    with pytest.raises(type(err)):
        await story.recorded(refuse)(
            TokenSet(access_token="", received_at=0.0), lambda _: None
        )


async def test_they_tell_what_refreshes_led_to(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    server: FakeServer,
    account: ConfigEntry,
) -> None:
    api = account.runtime_data.account
    server.settings.access_token_lifetime = 600
    server.expire_access_tokens()
    await api.request("GET", "/me")
    own_code = "the tenant of Ada is closed"
    for err in (TemporaryFailure("http_503"), GrantRejected(own_code)):
        await _fail(async_story(hass, account.entry_id), err)
    shown = await _diagnostics(hass, hass_client, account)

    story = shown["story"]
    assert (story["refreshes_succeeded"], story["refreshes_failed"]) == (1, 2)
    assert (story["lifetimes"], story["rotation_seen"]) == ([600], True)
    first, *failed = story["refreshes"]
    assert first == {"at": ANY, "outcome": "ok", "lifetime": 600, "rotated": True}
    assert [refresh["outcome"] for refresh in failed] == [
        "http_503",
        "grant_rejected",
    ]
    assert own_code not in json.dumps(shown)


async def test_a_pause_after_a_refresh_that_failed_is_told(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    server: FakeServer,
    account: ConfigEntry,
) -> None:
    server.expire_access_tokens()
    server.token_faults.append(Fault(503))
    with pytest.raises(TemporaryFailure):
        await account.runtime_data.account.request("GET", "/me")
    shown = await _diagnostics(hass, hass_client, account)

    assert shown["pauses"]["refresh"] > 0


async def test_they_keep_only_so_many_refreshes(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    story = async_story(hass, account.entry_id)

    async def renew(current: TokenSet, _keep: Keep) -> TokenSet:
        return current

    held = account.runtime_data.account.token_set
    for _ in range(1000):
        await story.recorded(renew)(held, lambda _: None)

    assert story.succeeded == 1000
    assert len(story.refreshes) < 100


async def test_a_resource_tells_when_it_was_fetched_and_when_it_failed(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    server: FakeServer,
    account: ConfigEntry,
) -> None:
    subentry = await add_resource(hass, account)
    coordinator = account.runtime_data.resources[subentry.subentry_id]
    server.api_faults.append(Fault.json(404, {"message": "Ada is not here"}))
    with pytest.raises(UpdateFailed):
        await coordinator.async_fetch_now()
    shown = await _diagnostics(hass, hass_client, account)

    [resource] = shown["resources"]
    assert resource["last_error"]["message"] == "api_not_found"
    before = datetime.fromisoformat(resource["last_success"])
    assert before < datetime.fromisoformat(resource["last_error"]["at"])


async def test_a_pause_that_an_api_asks_for_is_told(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    server: FakeServer,
    account: ConfigEntry,
) -> None:
    server.api_faults.append(Fault(429, {"Retry-After": "300"}))
    await account.runtime_data.account.request("GET", "/me")
    shown = await _diagnostics(hass, hass_client, account)

    assert 290 < shown["pauses"]["requests"] <= 300


async def test_a_provider_that_is_busy_is_not_asked_about_the_token_until_it_says_so(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    clock = StoppedClock(time=time.time())
    hass.data[CLOCK] = clock.clock
    await flow.discover(server.base_url)
    await flow.confirm_found(name="Sandbox", api_base_url=server.api_base_url)
    await flow.to_sign_in()
    entry = (await flow.sign_in())["result"]
    await hass.async_block_till_done()
    server.settings.published = {"/introspect": Fault(503, {"Retry-After": "60"})}

    async def active() -> object:
        shown = await async_get_config_entry_diagnostics(hass, entry)
        return shown["token"]["active"]

    assert await active() == "http_503"
    server.settings.published = {}
    assert await active() == "http_503"
    clock.move(60)
    assert await active() is True
