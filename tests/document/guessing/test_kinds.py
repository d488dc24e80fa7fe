"""Kinds of values that are easily misread, each with instances and counter-instances."""

from typing import Any

import pytest

from custom_components.oauth2_client.document.guessing import Guess, Leaf, guess_all
from custom_components.oauth2_client.document.paths import Path, compile_path


def _guess(path: str, document: object) -> Guess:
    compiled = compile_path(path)
    assert isinstance(compiled, Path)
    leaf = Leaf(segments=compiled.segments, value=compiled.find(document))
    [guessed] = guess_all([leaf], document)
    return guessed


def _measure(path: str, document: object) -> tuple[str | None, str | None, str | None]:
    guessed = _guess(path, document)
    return guessed.device_class, guessed.unit, guessed.state_class


def _read(key: str, value: object) -> tuple[str | None, str | None]:
    guessed = _guess(f"$['{key}']", {key: value})
    return guessed.device_class, guessed.unit


def _stated(value: object, unit: object, **more: object) -> dict[str, object]:
    return {"value": value, "unit": unit, **more}


@pytest.mark.parametrize(
    ("path", "document", "device_class", "unit"),
    [
        (
            "$.rangeLeftOnBattery.value",
            {"rangeLeftOnBattery": _stated(43, "km")},
            "distance",
            "km",
        ),
        (
            "$.timeToTargetBattery.value",
            {"timeToTargetBattery": _stated(0, "minutes")},
            "duration",
            "min",
        ),
        ("$.soc.value", {"soc": _stated(41.2, "kWh")}, "energy_storage", "kWh"),
        ("$.soc.value", {"soc": _stated(41, "%")}, "battery", "%"),
        ("$.soc_kwh", {"soc_kwh": 41.2}, "energy_storage", "kWh"),
        ("$.signal.value", {"signal": _stated(-61, "%")}, None, "%"),
        ("$.signal.value", {"signal": _stated(-61, "dBm")}, "signal_strength", "dBm"),
        (
            "$.absoluteHumidity.value",
            {"absoluteHumidity": _stated(8.1, "g/m³")},
            "absolute_humidity",
            "g/m³",
        ),
        ("$.humidity.value", {"humidity": _stated(8.1, "g/kg")}, None, "g/kg"),
        ("$.absolute_humidity", {"absolute_humidity": 8.1}, None, None),
        ("$.humidity", {"humidity": 41}, "humidity", "%"),
        ("$.battery", {"battery": 43, "unit": "km"}, "distance", "km"),
        ("$.battery", {"battery": 43, "range": 9, "unit": "km"}, "battery", "%"),
        ("$.battery", {"battery": 43, "battery_unit": "V"}, "voltage", "V"),
        ("$.battery_km", {"battery_km": 43}, "distance", "km"),
        ("$.battery", {"battery": 43, "unit": "–"}, "battery", "%"),
        ("$.battery", {"battery": 43, "unit": "number"}, "battery", "%"),
        ("$.battery.value", {"battery": _stated(43, "bars of 64, of 5")}, None, None),
        ("$.storage_days", {"storage_days": 30}, "duration", "d"),
        (
            "$.snapshot.frequency_secs",
            {"snapshot": {"frequency_secs": 9}},
            "duration",
            "s",
        ),
        ("$.current.psi", {"current": {"psi": 54.2}}, "pressure", "psi"),
        (
            "$.consumption.value",
            {"consumption": _stated(19.9, "kWh/100km")},
            "energy_distance",
            "kWh/100km",
        ),
        ("$.axis.value[0]", {"axis": {"value": [20, 9], "unit": "mg"}}, None, "mg"),
        ("$.dose.value", {"dose": _stated(20, "mg")}, "weight", "mg"),
    ],
)
def test_what_an_answer_states_beats_what_its_words_suppose(
    path: str, document: object, device_class: str | None, unit: str | None
) -> None:
    assert _measure(path, document)[:2] == (device_class, unit)


@pytest.mark.parametrize(
    ("document", "name", "device_class"),
    [
        (
            {"outside": {"type": "number", "unit": "celsius", "value": 21.5}},
            "Outside",
            "temperature",
        ),
        ({"outside": {"type": "float", "unit": "%", "value": 21.5}}, "Outside", None),
        ({"hall": {"type": "integer", "value": 21}}, "Hall", None),
        ({"hall": {"type": "sensor", "value": 21}}, "Hall", None),
        (
            {"outside": {"type": "humidity", "value": 44}},
            "Outside humidity",
            "humidity",
        ),
        ({"humidity": {"type": "humidity", "value": 44}}, "Humidity", "humidity"),
        ({"hall": {"dataType": "int", "value": 21}}, "Hall", None),
    ],
)
def test_the_type_that_json_has_as_well_says_nothing(
    document: dict[str, Any], name: str, device_class: str | None
) -> None:
    [key] = document
    guessed = _guess(f"$.{key}.value", document)

    assert (guessed.name, guessed.device_class) == (name, device_class)


@pytest.mark.parametrize(
    ("key", "value", "device_class", "unit"),
    [
        ("hr_average", 80, None, "bpm"),
        ("maxHr", 171, None, "bpm"),
        ("resting_hr", 52, None, "bpm"),
        ("min_hr", 49, None, "bpm"),
        ("hr_zone_2", 300, None, None),
        ("hr", 62, None, None),
        ("total_hr", 62, None, None),
        ("sleep_hr", 7.5, "duration", "h"),
        ("met_minutes", 117, None, None),
        ("active_zone_minutes", 42, None, None),
        ("sedentary_minutes", 117, "duration", "min"),
        ("heating_degree_days", 9.5, None, None),
        ("trial_days", 9, "duration", "d"),
        ("amp_hours", 4.2, None, "Ah"),
        ("kilowatt_hours", 4.2, "energy", "kWh"),
        ("flight_hours", 4.2, "duration", "h"),
        ("square_meters", 84, None, None),
        ("cubic_meters", 84.5, None, "m³"),
        ("speed_meters_per_second", 3.2, "speed", "m/s"),
        ("bonus_miles", 8400, None, None),
        ("trip_miles", 84, "distance", "mi"),
        ("wh_last_seven_days", 9123, "energy", "Wh"),
        ("energy_last_30_days_kwh", 91, "energy", "kWh"),
        ("subscription_days", 7, "duration", "d"),
        ("minutes_asleep", 431, "duration", "min"),
        ("minutes_to_full_charge", 15, "duration", "min"),
        ("miles_to_arrival", 15, "distance", "mi"),
        ("office_hours_end", 18, None, None),
        ("bytes_received", 2**20, "data_size", "B"),
        ("time_epoch_sec", -1, None, None),
        ("color_temperature", 3000, None, None),
        ("color_temperature_k", 3000, None, "K"),
        ("temperature_level", 3, None, None),
        ("fan_speed", 3, None, None),
        ("uptime", 99.9, None, None),
        ("uptime", 86400, "duration", "s"),
    ],
)
def test_a_short_word_means_what_the_words_beside_it_allow(
    key: str, value: object, device_class: str | None, unit: str | None
) -> None:
    assert _read(key, value) == (device_class, unit)


@pytest.mark.parametrize(
    ("document", "unit"),
    [
        ({"cost_kwh": 0.31}, None),
        ({"cost_kwh": 0.31, "currency": "EUR"}, "EUR/kWh"),
        ({"eur_kwh": 0.31}, "EUR/kWh"),
        ({"price_per_kwh": 0.31, "currency": "SEK"}, "SEK/kWh"),
        ({"usd_per_gallon": 3.2}, "USD/gal"),
    ],
)
def test_a_price_for_a_unit_is_no_quantity_of_it(
    document: dict[str, Any], unit: str | None
) -> None:
    [key, *_] = document

    assert _measure(f"$.{key}", document) == (None, unit, "measurement")


def test_a_value_in_kilowatt_hours_is_no_price() -> None:
    assert _read("value_kwh", 12.3) == ("energy", "kWh")
    assert _read("total_kwh", 12.3) == ("energy", "kWh")


@pytest.mark.parametrize(
    ("path", "document", "expected"),
    [
        (
            "$.contributors.resting_heart_rate",
            {"contributors": {"resting_heart_rate": 78}},
            (None, None, "measurement"),
        ),
        (
            "$.scores.temperature",
            {"scores": {"temperature": 21}},
            (None, None, "measurement"),
        ),
        (
            "$.indices[0].value",
            {"indices": [{"comp": "temp", "value": 1}]},
            (None, None, "measurement"),
        ),
        (
            "$.sensors[0].value",
            {"sensors": [{"comp": "temp", "value": 21}]},
            ("temperature", "°C", "measurement"),
        ),
        (
            "$.heart_rate.score",
            {"heart_rate": {"score": 80}},
            (None, None, "measurement"),
        ),
        (
            "$.score.resting_heart_rate",
            {"score": {"recovery_score": 44, "resting_heart_rate": 64}},
            (None, "bpm", "measurement"),
        ),
    ],
)
def test_a_score_of_a_thing_is_not_the_thing(
    path: str, document: object, expected: tuple[str | None, ...]
) -> None:
    assert _measure(path, document) == expected


@pytest.mark.parametrize(
    ("path", "document", "device_class"),
    [
        ("$.canConfirmError", {"canConfirmError": True}, None),
        ("$.supports_motion", {"supports_motion": True}, None),
        ("$.excludeMotion", {"excludeMotion": True}, None),
        ("$.notify_smoke", {"notify_smoke": True}, None),
        ("$.fast_charger_present", {"fast_charger_present": True}, None),
        ("$.hot_water_zone_present", {"hot_water_zone_present": True}, None),
        ("$.charger.present", {"charger": {"present": True}}, None),
        ("$.allow_failure", {"allow_failure": True}, None),
        ("$.has_motion", {"has_motion": True}, None),
        ("$.motion_alerts", {"motion_alerts": True}, None),
        ("$.smartCharging", {"smartCharging": False}, None),
        ("$.pinUnlocked", {"pinUnlocked": True}, None),
        ("$.ring_to_open", {"ring_to_open": True}, None),
        ("$.features.online", {"features": {"online": True}}, None),
        ("$.capabilities.door_open", {"capabilities": {"door_open": True}}, None),
        ("$.cameraSettings.motion", {"cameraSettings": {"motion": True}}, None),
        ("$.rear_window", {"rear_window": True}, None),
        ("$.error", {"error": True}, "problem"),
        ("$.has_error", {"has_error": True}, "problem"),
        ("$.motion", {"motion": True}, "motion"),
        ("$.motion_detected", {"motion_detected": True}, "motion"),
        ("$.is_user_present", {"is_user_present": True}, "presence"),
        ("$.present", {"present": True}, "presence"),
        ("$.is_charging", {"is_charging": True}, "battery_charging"),
        ("$.vehicle_charging", {"vehicle_charging": True}, "battery_charging"),
        ("$.state.online", {"state": {"online": True}}, "connectivity"),
        ("$.bridge_connected", {"bridge_connected": True}, "connectivity"),
        ("$.chargerConnected", {"chargerConnected": True}, "plug"),
        ("$.frontDoorOpen", {"frontDoorOpen": True}, "door"),
        ("$.open_window", {"open_window": True}, "window"),
        ("$.hasLowBattery", {"hasLowBattery": True}, "battery"),
        ("$.unlocked", {"unlocked": True}, "lock"),
    ],
)
def test_what_may_or_can_be_is_no_state(
    path: str, document: object, device_class: str | None
) -> None:
    guessed = _guess(path, document)

    assert guessed.platform == "binary_sensor"
    assert guessed.device_class == device_class


@pytest.mark.parametrize(
    ("document", "platform", "device_class"),
    [
        ({"low_battery": 0}, "binary_sensor", "battery"),
        ({"door_open": 1}, "binary_sensor", "door"),
        ({"low_battery": 20}, "sensor", "battery"),
        ({"window": 0}, "sensor", None),
        ({"sunroof_open": 0}, "sensor", None),
    ],
)
def test_zero_and_one_are_no_and_yes_where_several_words_say_so(
    document: dict[str, int], platform: str, device_class: str | None
) -> None:
    [key] = document
    guessed = _guess(f"$.{key}", document)

    assert (guessed.platform, guessed.device_class) == (platform, device_class)


@pytest.mark.parametrize(
    ("path", "document", "expected"),
    [
        ("$.gps.lat", {"gps": {"lat": 52.1, "lng": 4.9}}, (None, "°", None)),
        ("$.homeLongitude", {"homeLongitude": 4.9}, (None, "°", None)),
        ("$.latitude_e7", {"latitude_e7": 521000000}, (None, None, None)),
        ("$.coordinates[1]", {"coordinates": [4.9, 52.1]}, (None, "°", None)),
        ("$.latlng[0]", {"latlng": [52.1, 4.9]}, (None, "°", None)),
        ("$.location[0]", {"location": [52.1, 4.9]}, (None, "°", None)),
        ("$.location[0]", {"location": [52.1, 4.9, 3.3]}, (None, None, "measurement")),
        ("$.altitude", {"altitude": 12.5}, (None, None, "measurement")),
    ],
)
def test_coordinates_are_no_statistics(
    path: str, document: object, expected: tuple[str | None, ...]
) -> None:
    assert _measure(path, document) == expected


@pytest.mark.parametrize(
    ("document", "device_class"),
    [
        (
            {"start_local": "2026-11-24T16:00:00Z", "timezone": "Europe/Berlin"},
            None,
        ),
        (
            {"start_local": "2026-11-24T16:00:00Z", "start": "2026-11-24T15:00:00Z"},
            None,
        ),
        ({"localTime": "2026-11-24T16:00:00+00:00", "tz": "Europe/Berlin"}, None),
        ({"start_local": "2026-11-24T16:00:00+01:00"}, "timestamp"),
        ({"start": "2026-11-24T16:00:00Z", "timezone": "Europe/Berlin"}, "timestamp"),
        ({"start_local": "2026-11-24T16:00:00"}, "timestamp"),
    ],
)
def test_a_local_time_that_is_written_as_if_it_were_utc_is_a_text(
    document: dict[str, str], device_class: str | None
) -> None:
    [key, *_] = document

    assert _guess(f"$.{key}", document).device_class == device_class


@pytest.mark.parametrize(
    ("path", "document", "expected"),
    [
        ("$.start.hour", {"start": {"hour": 7, "minute": 30}}, (None, None)),
        ("$.departureTime.minute", {"departureTime": {"minute": 0}}, (None, None)),
        ("$.departure_time_minutes", {"departure_time_minutes": 300}, (None, None)),
        ("$.left.hours", {"left": {"hours": 1, "minutes": 30}}, ("duration", "h")),
        ("$.travel_time_minutes", {"travel_time_minutes": 9}, ("duration", "min")),
        ("$.updated.hour", {"updated": {"year": 2026, "hour": 7}}, (None, None)),
    ],
)
def test_a_part_of_a_time_of_day_is_no_length_of_time(
    path: str, document: object, expected: tuple[str | None, str | None]
) -> None:
    assert _measure(path, document)[:2] == expected


@pytest.mark.parametrize(
    ("path", "document", "expected"),
    [
        ("$.temp_max", {"temp_min": 36, "temp_max": 226}, (None, None)),
        ("$.temp_min", {"temp_min": 290.1, "temp_max": 296}, ("temperature", "K")),
        ("$.temp", {"temp": 21, "feels_like": 20}, ("temperature", "°C")),
        ("$.indoor_temp", {"indoor_temp": 40, "outdoor_temp": 75}, (None, None)),
        ("$.setting.low_temp", {"setting": {"low_temp": 41}}, (None, None)),
        (
            "$.setting.temp.celsius",
            {"setting": {"temp": {"celsius": 19}}},
            ("temperature", "°C"),
        ),
        ("$.temperature_offset", {"temperature_offset": 0.5}, (None, None)),
        (
            "$.temperature_offset_c",
            {"temperature_offset_c": 0.5},
            ("temperature_delta", "°C"),
        ),
        ("$.humidity_step.value", {"humidity_step": _stated(5, "%")}, (None, "%")),
        ("$.battery_min", {"battery_min": 20}, (None, "%")),
        ("$.battery_level", {"battery_level": 20}, ("battery", "%")),
    ],
)
def test_a_unit_is_assumed_where_the_values_beside_it_agree(
    path: str, document: object, expected: tuple[str | None, str | None]
) -> None:
    assert _measure(path, document)[:2] == expected


@pytest.mark.parametrize(
    ("path", "document", "state_class"),
    [
        ("$.odometer_km", {"odometer_km": 41200}, "total_increasing"),
        ("$.mileageInKm", {"mileageInKm": 41200}, "total_increasing"),
        ("$.trip.mileage_km", {"trip": {"mileage_km": 41}}, "measurement"),
        ("$.averageMileageInKm", {"averageMileageInKm": 41}, "measurement"),
    ],
)
def test_the_mileage_of_a_trip_does_not_grow(
    path: str, document: object, state_class: str
) -> None:
    assert _measure(path, document)[2] == state_class


@pytest.mark.parametrize(
    ("path", "document", "name"),
    [
        ("$.deep.minutes", {"deep": {"minutes": 99}}, "Deep minutes"),
        ("$.wait.seconds", {"wait": {"seconds": 99}}, "Wait seconds"),
        ("$.spo2.value_raw", {"spo2": {"value_raw": 95}}, "SpO2 value raw"),
        ("$.minutes", {"minutes": 99}, "Minutes"),
        ("$.run.kilojoules", {"run": {"kilojoules": 9}}, "Kilojoules"),
        ("$.lock.lock.value", {"lock": {"lock": {"value": "x"}}}, "Lock"),
        (
            "$.rooms[?@.id == '0'].temperature",
            {"rooms": [{"id": "0", "temperature": 21}, {"id": "1"}]},
            "Rooms 0 temperature",
        ),
        (
            "$.rooms[?@.id == 0].temperature",
            {"rooms": [{"id": 0, "temperature": 21, "name": "Hall"}]},
            "Hall temperature",
        ),
        (
            "$[?@.id == 0].temperature",
            [{"id": 0, "temperature": 21}, {"id": 1}],
            "Temperature 0",
        ),
        (
            "$.data[?@.id == 'c1a2b3c4-0000'].temperature",
            {"data": [{"id": "c1a2b3c4-0000", "temperature": 21}]},
            "Temperature",
        ),
        (
            "$.data[?@.id == 'c1'].attributes.battery.percent",
            {
                "data": [
                    {
                        "id": "c1",
                        "attributes": {
                            "system": {"name": "Robo"},
                            "battery": {"percent": 9},
                        },
                    }
                ]
            },
            "Robo battery",
        ),
        (
            "$.status[?@.key == 'Acme.Oven.Status.DoorState'].value",
            {
                "status": [
                    {"key": "Acme.Oven.Status.DoorState", "value": "x"},
                    {"key": "Acme.Oven.Status.Light", "value": "y"},
                ]
            },
            "Door state",
        ),
        (
            "$.list[?@.type == 'wind_speed'].value",
            {"list": [{"type": "wind_speed", "value": 1}, {"type": "a", "value": 2}]},
            "Wind speed",
        ),
    ],
)
def test_a_name_says_enough_by_itself(path: str, document: object, name: str) -> None:
    assert _guess(path, document).name == name


def test_numbers_as_keys_are_told_apart_by_what_holds_them() -> None:
    document = {"zones": {"0": {"temperature": 21}, "1": {"temperature": 19}}}
    leaves = [
        Leaf(segments=("zones", key, "temperature"), value=20) for key in ("0", "1")
    ]

    assert [each.name for each in guess_all(leaves, document)] == [
        "Zones 0 temperature",
        "Zones 1 temperature",
    ]
