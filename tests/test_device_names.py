"""What devices and entities are called, and the entity ids that follow."""

from typing import Any, Final

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.oauth2_client.api.redaction import Redaction
from custom_components.oauth2_client.catalogue import Provider, load_providers
from custom_components.oauth2_client.const import DOMAIN
from custom_components.oauth2_client.definitions.value import Value
from custom_components.oauth2_client.entity import entity_names
from custom_components.oauth2_client.flows.device_names import _named
from custom_components.oauth2_client.flows.resource.groups import Labels
from custom_components.oauth2_client.flows.resource.offer import Offer
from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util import slugify

from .account_flow import SCOPES, AccountFlow
from .commands import add_command
from .fake_server import FakeServer
from .resources import TEMPERATURE, add_resource, entity_ids
from .rows import check_rows

ADA: Final = {"sub": "user-1", "name": "Ada"}
GRACE: Final = {"sub": "user-2", "name": "Grace"}
OTHER_ADA: Final = {"sub": "user-3", "name": "Ada"}
# The form as it is, with the suggested name.
NO_NAME: Final[dict[str, Any]] = {"name": "", "values": [TEMPERATURE]}


async def _add_account(flow: AccountFlow, who: dict[str, str]) -> ConfigEntry:
    """Add an account of the same service, with the same credential."""
    flow.server.settings.id_token = who
    if not flow.hass.config_entries.async_entries(DOMAIN):
        return await flow.add_account()
    result = await flow.choose("Sandbox")
    options = result["data_schema"].schema["credential"].config["options"]
    stored = options[0]["value"]
    await flow.submit(credential=stored, details={"scopes": SCOPES})
    result = await flow.sign_in()
    await flow.hass.async_block_till_done()
    entry: ConfigEntry = result["result"]
    return entry


async def test_two_accounts_of_one_service_with_the_same_resources_tell_apart(
    hass: HomeAssistant, flow: AccountFlow
) -> None:
    accounts = [await _add_account(flow, who) for who in (ADA, GRACE)]
    for account in accounts:
        await add_resource(hass, account, **NO_NAME)
        await add_command(hass, account)

    assert set(er.async_get(hass).entities) == {
        "button.sandbox_ada_lamp",
        "button.sandbox_ada_refresh_now",
        "button.sandbox_grace_lamp",
        "button.sandbox_grace_refresh_now",
        "sensor.sandbox_ada_lamp_answer",
        "sensor.sandbox_ada_requests_left",
        "sensor.sandbox_ada_token_expiry",
        "sensor.sandbox_ada_weather_temperature",
        "sensor.sandbox_grace_lamp_answer",
        "sensor.sandbox_grace_requests_left",
        "sensor.sandbox_grace_token_expiry",
        "sensor.sandbox_grace_weather_temperature",
    }


async def test_the_only_account_of_a_service_needs_no_name_of_its_own(
    hass: HomeAssistant, flow: AccountFlow
) -> None:
    account = await _add_account(flow, ADA)
    weather = await add_resource(hass, account, **NO_NAME)

    assert weather.title == "Sandbox weather"
    assert entity_ids(hass, weather) == {
        "temperature": "sensor.sandbox_weather_temperature"
    }


async def test_two_people_of_one_name_are_two_accounts_with_two_names(
    flow: AccountFlow,
) -> None:
    accounts = [await _add_account(flow, who) for who in (ADA, OTHER_ADA)]

    assert [account.title for account in accounts] == [
        "Sandbox · Ada",
        "Sandbox · Ada 2",
    ]


async def test_the_same_resource_a_second_time_has_a_device_of_another_name(
    hass: HomeAssistant, flow: AccountFlow
) -> None:
    account = await _add_account(flow, ADA)
    added = [await add_resource(hass, account, **NO_NAME) for _ in range(3)]

    assert [resource.title for resource in added] == [
        "Sandbox weather",
        "Sandbox Ada weather",
        "Sandbox Ada weather 2",
    ]


@pytest.mark.parametrize(
    ("address", "title"),
    [
        ("/weather", "Sandbox weather"),
        ("/echo/oneDrive", "Sandbox OneDrive"),
        ("/echo/ISS", "Sandbox ISS"),
        ("/echo/sandbox", "Sandbox"),
        ("/echo/a", "Sandbox A"),
    ],
)
async def test_a_default_name_is_written_as_a_sentence(
    hass: HomeAssistant, flow: AccountFlow, address: str, title: str
) -> None:
    account = await _add_account(flow, ADA)
    any_value = [{"name": "Any", "path": "$"}]
    resource = await add_resource(hass, account, name="", url=address, values=any_value)

    assert resource.title == title


def test_what_a_service_gives_has_entity_ids_without_numbers() -> None:
    def check(service: Provider) -> None:
        ids: list[str] = []
        for known in service.known_resources:
            device = _named(service.name, known.name)
            values = [
                Value.from_dict(value.as_dict(), "value") for value in known.values
            ]
            names = entity_names(device, values).values()
            ids += [slugify(f"{device} {name or ''}") for name in names]
        assert len(ids) == len(set(ids))

    check_rows({each.id: each for each in load_providers()}, check)


async def test_a_device_of_another_integration_keeps_its_name_to_itself(
    hass: HomeAssistant, flow: AccountFlow
) -> None:
    other = MockConfigEntry(domain="other")
    other.add_to_hass(hass)
    dr.async_get(hass).async_get_or_create(
        config_entry_id=other.entry_id,
        identifiers={("other", "a")},
        name="Sandbox Weather",
    )
    weather = await add_resource(hass, await _add_account(flow, ADA), **NO_NAME)

    assert weather.title == "Sandbox Ada weather"


async def test_a_name_that_the_user_gives_stays_as_it_is(
    hass: HomeAssistant, flow: AccountFlow
) -> None:
    weather = await add_resource(hass, await flow.add_account(), name="Garden")

    assert weather.title == "Garden"
    assert entity_ids(hass, weather) == {
        "condition": "sensor.garden_condition",
        "temperature": "sensor.garden_temperature",
    }


def _device(hass: HomeAssistant, account: ConfigEntry, identifier: str) -> Any:
    return dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, identifier), account.entry_id
    )


async def test_devices_say_what_they_are(
    hass: HomeAssistant, flow: AccountFlow
) -> None:
    account = await flow.add_account()
    weather = await add_resource(hass, account)

    of_account = _device(hass, account, account.entry_id)
    of_resource = _device(hass, account, weather.subentry_id)
    assert (of_account.manufacturer, of_account.model) == ("Sandbox", "Account")
    assert (of_resource.manufacturer, of_resource.model) == ("Sandbox", "Resource")
    assert of_resource.via_device_id == of_account.id


async def test_a_command_is_at_the_accounts_device_and_goes_with_its_subentry(
    hass: HomeAssistant, flow: AccountFlow
) -> None:
    account = await flow.add_account()
    lamp = await add_command(hass, account)
    button = er.async_get(hass).async_get("button.sandbox_lamp")

    assert button is not None
    assert button.device_id == _device(hass, account, account.entry_id).id
    assert button.config_subentry_id == lamp.subentry_id
    assert _device(hass, account, lamp.subentry_id) is None

    hass.config_entries.async_remove_subentry(account, lamp.subentry_id)
    await hass.async_block_till_done()
    assert er.async_get(hass).async_get("button.sandbox_lamp") is None
    assert _device(hass, account, account.entry_id) is not None


async def _with_device(
    hass: HomeAssistant, account: ConfigEntry, lamp: ConfigSubentry
) -> None:
    """Register a device for a command, as earlier versions did, which the user named and placed."""
    await hass.config_entries.async_unload(account.entry_id)
    registry = dr.async_get(hass)
    own = registry.async_get_or_create(
        config_entry_id=account.entry_id,
        config_subentry_id=lamp.subentry_id,
        identifiers={(DOMAIN, lamp.subentry_id)},
        name="Lamp",
    )
    registry.async_update_device(own.id, name_by_user="Reading lamp", area_id="study")
    er.async_get(hass).async_update_entity("button.sandbox_lamp", device_id=own.id)


@pytest.mark.parametrize("expected_lingering_timers", [True])
async def test_what_the_user_made_of_a_commands_own_device_stays(
    hass: HomeAssistant, flow: AccountFlow
) -> None:
    account = await flow.add_account()
    lamp = await add_command(hass, account)
    await _with_device(hass, account, lamp)
    await hass.config_entries.async_setup(account.entry_id)
    await hass.async_block_till_done()

    button = er.async_get(hass).async_get("button.sandbox_lamp")
    assert button is not None
    assert (button.name, button.area_id) == ("Reading lamp", "study")
    assert button.device_id == _device(hass, account, account.entry_id).id
    assert _device(hass, account, lamp.subentry_id) is None


async def test_an_entity_id_does_not_say_the_same_twice(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    temp = await add_resource(
        hass,
        await flow.add_account(),
        name="Temp",
        values=[{**TEMPERATURE, "name": "Temp"}, {**TEMPERATURE, "name": "Temp high"}],
    )

    assert entity_ids(hass, temp) == {
        "temp": "sensor.temp",
        "temp_high": "sensor.temp_high",
    }
    state = hass.states.get("sensor.temp")
    assert state is not None
    assert state.attributes["friendly_name"] == "Temp"


def test_values_that_are_picked_later_have_other_names_than_those_of_before() -> None:
    document = {room: {"temperature": 20.5} for room in ("kitchen", "bath")}
    before: tuple[Value, ...] = ()
    for room in document:
        offer = Offer.of(document, before, redaction=Redaction(()), labels=Labels({}))
        paths = [*(value.path.text for value in before), f"$.{room}.temperature"]
        before = offer.pick(paths)

    assert [value.name for value in before] == ["Temperature", "Bath temperature"]


@pytest.mark.parametrize(
    ("device", "names", "shown"),
    [
        ("Temp", ["Temp"], [None]),
        ("temp", ["Temp"], [None]),
        ("Outside temp", ["Temp", "Humidity"], [None, "Humidity"]),
        ("GitHub account", ["Account name", "Followers"], ["Name", "Followers"]),
        ("GitHub account", ["GitHub account id"], ["Id"]),
        # Only whole words.
        ("Temp", ["Temperature"], ["Temperature"]),
        ("Account GitHub", ["Account name"], ["Account name"]),
        # Not where another value would have the same name then.
        ("Temp", ["Temp high", "High"], ["Temp high", "High"]),
        ("A temp", ["A temp", "Temp"], ["A temp", "Temp"]),
    ],
)
def test_words_that_end_the_devices_name_begin_no_name_of_an_entity(
    device: str, names: list[str], shown: list[str | None]
) -> None:
    values = [
        Value.from_dict({"key": name, "name": name, "path": "$.a"}, "values")
        for name in names
    ]

    assert list(entity_names(device, values).values()) == shown
