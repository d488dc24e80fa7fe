"""Kinds of values that are easily misread, each with instances and counter-instances."""

from typing import Any

import pytest

from custom_components.oauth2_client.document.guessing import (
    Guess,
    Leaf,
    first_of_each,
    guess_all,
    judge,
    leaves,
    system_of,
)
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
        (
            "$.humidity.value",
            {"humidity": _stated(8.1, "g/m3")},
            "absolute_humidity",
            "g/m³",
        ),
        ("$.volume.value", {"volume": _stated(80, "dB")}, None, "dB"),
        ("$.gas.value", {"gas": _stated(0.4, "cubicMeter")}, "gas", "m³"),
        (
            "$.level.value",
            {"level": {"class": "humidity", "value": 43}},
            "humidity",
            "%",
        ),
        ("$.battery.value", {"battery": {"name": "Range", "value": 43}}, None, None),
        (
            "$.points[0].value",
            {"points": [{"value": -9.3, "parameterUnit": "°C"}]},
            "temperature",
            "°C",
        ),
        (
            "$.gases[0].amount.value",
            {"gases": [{"code": "no2", "amount": _stated(14.2, "PARTS_PER_BILLION")}]},
            "nitrogen_dioxide",
            "ppb",
        ),
        ("$.AqIndex.PM10", {"AqIndex": {"PM10": 1}}, None, None),
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
        (
            "$.Temp.Metric.Value",
            {"Temp": {"Metric": {"Value": 9, "Unit": "C"}}},
            "temperature",
            "°C",
        ),
        ("$.ice.value", {"ice": _stated(2, "mm")}, None, "mm"),
        ("$.rain.value", {"rain": _stated(2, "mm")}, "precipitation", "mm"),
        ("$.battery_charge_w", {"battery_charge_w": 12}, None, None),
        ("$.battery_temp_min_c", {"battery_temp_min_c": 12}, "temperature", "°C"),
        ("$.meters[0].value", {"meters": [{"value": 12391.5}]}, None, None),
        ("$.distance.meters", {"distance": {"meters": 12391.5}}, "distance", "m"),
        (
            "$.tariff.unitPrice",
            {"tariff": {"unitPrice": 9.18, "unit": "kWh"}},
            None,
            None,
        ),
        (
            "$.temp.value_raw",
            {"temp": {"value_raw": 4000, "value_localized": 40.0, "unit": "Celsius"}},
            None,
            None,
        ),
        (
            "$.temp.value_localized",
            {"temp": {"value_raw": 4000, "value_localized": 40.0, "unit": "Celsius"}},
            "temperature",
            "°C",
        ),
        (
            "$.temp.value_raw",
            {"temp": {"value_raw": 40, "unit": "C"}},
            "temperature",
            "°C",
        ),
        ("$.temp.c", {"temp": {"c": 1678}}, None, None),
        ("$.temp.c", {"temp": {"c": 16.7}}, "temperature", "°C"),
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
        ("temp_min", 12, "temperature", "°C"),
        ("duration_min", 12, "duration", "min"),
        ("humidity_in", 41, "humidity", "%"),
        ("depth_in", 41, "distance", "in"),
        ("kiloWattHours", 12.31, "energy", "kWh"),
        ("minutes_calm", 90, "duration", "min"),
        ("hours_of_rain", 4, "duration", "h"),
        ("valueInMgPerDl", 118, "blood_glucose_concentration", "mg/dL"),
        ("consumptionKwhPer100Km", 17.5, "energy_distance", "kWh/100km"),
        ("km_per_charge", 301, None, None),
        ("total_sleep_time_milli", 30272735, "duration", "ms"),
        ("hrv_rmssd_milli", 31.8, None, None),
        ("percent_full", 0.3, None, None),
        ("percent_full", 30, None, None),
        ("full_percent", 30, None, "%"),
        ("full_percent", 0.3, None, None),
        ("body_battery", 60, None, None),
        ("battery", 5.4, None, None),
        ("battery", 87.3, "battery", "%"),
        ("batt_co2", 1, None, None),
        ("averageSpO2Value", 93, None, "%"),
        ("currentSoCInPercent", 41, "battery", "%"),
        ("rain_chance", 40, None, "%"),
        ("calories_burned", 550, None, "kcal"),
        ("soilHumidity", 41, "moisture", "%"),
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
        ({"ct_kwh": 31.2}, None),
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


@pytest.mark.parametrize(
    ("path", "document", "expected"),
    [
        ("$.tax.rate", {"tax": {"rate": 0.06}, "currency": "USD"}, (None, None)),
        (
            "$.hourly_rate",
            {"hourly_rate": 50.5, "currency": "USD"},
            ("monetary", "USD"),
        ),
        (
            "$.discount.value",
            {
                "discount": {
                    "value": 12.5,
                    "value_type": "percentage",
                    "currency": "EUR",
                }
            },
            (None, None),
        ),
        (
            "$.discount.value",
            {"discount": {"value": 12.5, "value_type": "fixed", "currency": "EUR"}},
            ("monetary", "EUR"),
        ),
    ],
)
def test_a_share_is_no_amount(
    path: str, document: object, expected: tuple[str | None, str | None]
) -> None:
    assert _measure(path, document)[:2] == expected


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
            "$.scores.rem.percentage",
            {"scores": {"rem": {"percentage": 23}}},
            (None, "%", "measurement"),
        ),
        ("$.indexes[0].aqi", {"indexes": [{"aqi": 80}]}, ("aqi", None, "measurement")),
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
        ("$.scaleConnected", {"scaleConnected": True}, "connectivity"),
        ("$.cabin.driver.isOpen", {"cabin": {"driver": {"isOpen": True}}}, "opening"),
        ("$.group.is_open", {"group": {"is_open": True}}, None),
        ("$.hood.open", {"hood": {"open": True}}, "opening"),
        ("$.devices[0].connected", {"devices": [{"connected": True}]}, "connectivity"),
        ("$.error", {"error": True}, "problem"),
        ("$.has_error", {"has_error": True}, "problem"),
        ("$.motion", {"motion": True}, "motion"),
        ("$.waterLeakDetected", {"waterLeakDetected": True}, "moisture"),
        ("$.motion_detected", {"motion_detected": True}, "motion"),
        ("$.is_user_present", {"is_user_present": True}, "presence"),
        ("$.present", {"present": True}, "presence"),
        ("$.is_charging", {"is_charging": True}, "battery_charging"),
        ("$.charge.charging", {"charge": {"charging": True}}, "battery_charging"),
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
        ("$.bbox[2]", {"bbox": [4.9, 52.1, 5.1, 52.2]}, (None, "°", None)),
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
        ({"startLocal": 1772366400000}, None),
        ({"startGMT": 1772366400000}, "timestamp"),
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
        ("$.outdoor_temp", {"outdoor_temp": 8, "set_temp": 55}, ("temperature", "°C")),
        ("$.outdoor_temp", {"outdoor_temp": 8, "tank_temp": 75}, ("temperature", "°C")),
        ("$.outdoor_temp", {"outdoor_temp": 8, "room_temp": 75}, (None, None)),
        ("$.low_percent", {"low_percent": 0.3}, (None, None)),
        ("$.low_percent", {"low_percent": 0.3, "high_percent": 30}, (None, "%")),
        ("$.humidity_a", {"humidity_a": 33}, ("humidity", "%")),
        ("$.setting.low_temp", {"setting": {"low_temp": 41}}, (None, None)),
        ("$.heatSetpoint", {"heatSetpoint": 19}, (None, None)),
        (
            "$.heatSetpoint",
            {"heatSetpoint": 19, "coolSetpoint": 24, "units": "Celsius"},
            ("temperature", "°C"),
        ),
        ("$.remainMinute", {"remainMinute": 45}, ("duration", "min")),
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
        ("$.uptime", {"uptime": 861830}, ("duration", "s")),
        ("$.uptime", {"uptime": 12345.678, "latency_ms": 12}, ("duration", "s")),
        # Ten days in milliseconds, in hundredths of a second, and beside their days or seconds.
        ("$.uptime", {"uptime": 864_000_000}, (None, None)),
        ("$.sysUptime", {"sysUptime": 86_400_000}, (None, None)),
        ("$.uptime", {"uptime": 240, "uptime_seconds": 20_736_000}, (None, None)),
        ("$.uptime", {"uptimeDays": 10, "uptime": 240}, (None, None)),
        ("$.uptime", {"uptime": 864_000, "uptime_text": "10 days"}, ("duration", "s")),
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
        (
            "$.tires[?@.wheel == 'FRONT_LEFT'].value",
            {
                "tires": [
                    {"wheel": "FRONT_LEFT", "value": 241.5},
                    {"wheel": "FRONT_RIGHT", "value": 243.5},
                ]
            },
            "Tires front left",
        ),
        (
            "$.records[?@.recordId == 'r9'].value",
            {"records": [{"recordId": "r9", "value": 8}, {"recordId": "r8"}]},
            "Records r9",
        ),
        (
            "$.devices[?@.name == 'org/p/devices/A1'].humidity",
            {
                "devices": [
                    {"name": "org/p/devices/A1", "humidity": 41},
                    {"name": "org/p/devices/B2"},
                ]
            },
            "Devices A1 humidity",
        ),
        (
            "$['vehicle.cabin.door.isOpen'].timestamp",
            {"vehicle.cabin.door.isOpen": {"timestamp": "2026-03-01T10:00:00Z"}},
            "Door is open timestamp",
        ),
        ("$.hoursOfRain", {"hoursOfRain": 4}, "Hours of rain"),
        ("$.laps[0].seconds", {"laps": [{"seconds": 99}]}, "Laps 1 seconds"),
        ("$.temp_file_name", {"temp_file_name": "x"}, "Temp file name"),
        ("$.temp_max", {"temp_max": 21}, "Temperature max"),
        ("$.lat_deg", {"lat_deg": 52.1}, "Latitude"),
        ("$.wind_deg", {"wind_deg": 52.1}, "Wind direction"),
        ("$.charge.limit", {"charge": {"limit": 80}}, "Charge limit"),
        ("$.hold.enabled", {"hold": {"enabled": True}}, "Hold enabled"),
        ("$.hold.isEnabled", {"hold": {"isEnabled": True}}, "Hold enabled"),
        ("$.hold.updatedAt", {"hold": {"updatedAt": "2026-03-01"}}, "Hold updated at"),
        ("$.now.last_updated", {"now": {"last_updated": "2026-03-01"}}, "Last updated"),
        (
            "$.data[?@.feature == 'heat.sensors.temperature.outside'].value.value",
            {
                "data": [
                    {
                        "feature": "heat.sensors.temperature.outside",
                        "value": {"type": "number", "unit": "celsius", "value": 6.6},
                    },
                    {"feature": "heat.sensors.temperature.supply"},
                ]
            },
            "Heat sensors temperature outside",
        ),
    ],
)
def test_a_name_says_enough_by_itself(path: str, document: object, name: str) -> None:
    assert _guess(path, document).name == name


def test_numbers_as_keys_are_kept_apart_by_what_holds_them() -> None:
    document = {"zones": {"0": {"temperature": 21}, "1": {"temperature": 19}}}
    leaves = [
        Leaf(segments=("zones", key, "temperature"), value=20) for key in ("0", "1")
    ]

    assert [each.name for each in guess_all(leaves, document)] == [
        "Zones 0 temperature",
        "Zones 1 temperature",
    ]


def _accuweather(value: float, unit: str) -> dict[str, object]:
    return {"Value": value, "Unit": unit, "UnitType": 17}


@pytest.mark.parametrize(
    ("path", "document", "device_class", "unit"),
    [
        (
            "$.DegreeDaySummary.Heating.Value",
            {"DegreeDaySummary": {"Heating": _accuweather(13.0, "C")}},
            "temperature_delta",
            "°C",
        ),
        (
            "$.Past24HourTemperatureDeparture.Imperial.Value",
            {"Past24HourTemperatureDeparture": {"Imperial": _accuweather(-3.0, "F")}},
            "temperature_delta",
            "°F",
        ),
        (
            "$.temperature_departure.value",
            {"temperature_departure": _stated(1.5, "°C")},
            "temperature_delta",
            "°C",
        ),
        (
            "$.temperature.anomaly.value",
            {"temperature": {"anomaly": _stated(0.4, "K")}},
            "temperature_delta",
            "K",
        ),
        # Those that are no difference.
        (
            "$.TemperatureSummary.Past6HourRange.Minimum.Metric.Value",
            {
                "TemperatureSummary": {
                    "Past6HourRange": {"Minimum": {"Metric": _accuweather(5.1, "C")}}
                }
            },
            "temperature",
            "°C",
        ),
        (
            "$.departure.weather.temperature.value",
            {"departure": {"weather": {"temperature": _stated(5, "°C")}}},
            "temperature",
            "°C",
        ),
        (
            "$.heating.value",
            {"heating": _stated(21.5, "°C")},
            "temperature",
            "°C",
        ),
    ],
)
def test_a_difference_of_temperatures_is_none(
    path: str, document: object, device_class: str, unit: str
) -> None:
    assert _measure(path, document) == (device_class, unit, "measurement")


@pytest.mark.parametrize(
    ("beside", "unit"),
    [
        ({}, "°C"),
        ({"pressure": 1013}, "°C"),
        ({"humidity": 33}, "°C"),
        ({"temperature_f": 70}, "°C"),
        ({"pressure": 101.3}, "°C"),
        ({"windSpeedKmh": 12}, "°C"),
        ({"country": "DE"}, "°C"),
        ({"timezone": "America/Sao_Paulo"}, "°C"),
        # What a person has chosen to see is not what the API sends.
        ({"gui_settings": {"gui_temperature_units": "F"}}, "°C"),
        ({"wind": {"kmh": 12}, "country": "US"}, "°C"),
        # Where the answer says in which units it is.
        ({"units": "metric"}, "°C"),
        ({"units": "imperial"}, "°F"),
        ({"flags": {"units": "us"}}, "°F"),
        ({"meta": {"unit_system": "us_customary"}}, "°F"),
        ({"meta": {"unitSystem": "IMPERIAL"}}, "°F"),
        # Where something is in the units of the United States, it is likely to be as well.
        ({"pressure": 29.9}, None),
        ({"barometer": "30.1"}, None),
        ({"wind_mph": 12}, None),
        ({"wind": {"speed": 12, "unit": "mph"}}, None),
        ({"other": [{"visibility_miles": 10}]}, None),
        ({"tire_psi": 32}, None),
        ({"windspeedmph": 3.4}, None),
        ({"feels_like_f": 35}, None),
        ({"country": "US"}, None),
        ({"location": {"country": "United States of America"}}, None),
        ({"locale": "en_US"}, None),
        ({"timezone": "America/Chicago"}, None),
        ({"units": "imperial", "indoor": {"units": "metric"}}, "°F"),
        # As before: another one that is warmer than any weather.
        ({"indoor_temperature": 71}, None),
    ],
    ids=str,
)
def test_a_temperature_that_may_be_in_fahrenheit_has_no_unit(
    beside: dict[str, object], unit: str | None
) -> None:
    guessed = _guess("$.temperature", {"temperature": 24, **beside})

    assert guessed.unit == unit
    assert guessed.state_class == "measurement"


@pytest.mark.parametrize(
    ("document", "asked", "is_imperial_home", "unit"),
    [
        ({"temp": 32}, (), False, "°C"),
        # Warm in °C, cold in °F.
        ({"temp": 34}, (), False, None),
        ({"temp": 34, "units": "metric"}, (), False, "°C"),
        ({"temp": 21}, (), True, None),
        ({"temp": 21, "wind_kmh": 12}, (), True, "°C"),
        ({"temp": 291.2}, (), True, "K"),
        ({"temp": 34}, (("units", "metric"),), True, "°C"),
        ({"temp": 34}, (("units", "imperial"),), False, "°F"),
        ({"temp": 84}, (("unitGroup", "us"),), False, "°F"),
        ({"temp": 34}, (("temperature_unit", "fahrenheit"),), False, "°F"),
        ({"temp": 34}, (("metric", "true"),), True, "°C"),
        ({"temp": 34}, (("metric", "false"),), False, "°F"),
        ({"temp": 34}, (("imperial", "1"),), False, "°F"),
        ({"temp": 21}, (("units", "standard"),), False, None),
        # A parameter that is about something else.
        ({"temp": 21}, (("wind_speed_unit", "mph"),), False, "°C"),
        ({"temp": 21}, (("unit_id", "us"),), False, "°C"),
        ({"temp": 21}, (("q", "imperial"),), False, "°C"),
        # What stands in the answer is its own.
        ({"temp_c": 21}, (("units", "imperial"),), True, "°C"),
    ],
)
def test_what_was_asked_for_and_the_home_tell_the_unit_of_a_temperature(
    document: dict[str, object],
    asked: tuple[tuple[str, str], ...],
    is_imperial_home: bool,
    unit: str | None,
) -> None:
    system = system_of(document, asked, is_imperial_home=is_imperial_home)
    [leaf, *_] = leaves(document)

    assert judge(leaf, document, system).guess.unit == unit


@pytest.mark.parametrize(
    ("units", "unit"), [("imperial", "mph"), ("metric", None), (None, None)]
)
def test_a_speed_of_the_wind_has_a_unit_where_one_system_has_only_one(
    units: str | None, unit: str | None
) -> None:
    guessed = _guess("$.wind.speed", {"units": units, "wind": {"speed": 7}})

    assert (guessed.device_class == "wind_speed", guessed.unit) == (bool(unit), unit)


@pytest.mark.parametrize(
    ("key", "number", "unit"),
    [
        # It may be one of four or five bars.
        ("battery", 3, None),
        ("battery_level", 1, None),
        ("batteryLevel", 5, None),
        ("battery", 0, "%"),
        ("battery", 6, "%"),
        ("battery", 87, "%"),
        ("battery_percent", 3, "%"),
        ("batteryPct", 1, "%"),
        ("soc", 3, "%"),
        ("state_of_charge", 4, "%"),
    ],
)
def test_a_battery_in_bars_is_no_percentage(
    key: str, number: int, unit: str | None
) -> None:
    assert _read(key, number) == (unit and "battery", unit)


@pytest.mark.parametrize(
    ("key", "value", "device_class", "unit"),
    [
        ("tempf", 38.5, "temperature", "°F"),
        ("tempinf", 68.9, "temperature", "°F"),
        ("temp1f", 66.1, "temperature", "°F"),
        ("soiltemp2f", 50.2, "temperature", "°F"),
        ("humidityin", 30, "humidity", "%"),
        ("humidity3", 41, "humidity", "%"),
        ("soilhum1", 30, "moisture", "%"),
        ("baromrelin", 30.09, "atmospheric_pressure", "inHg"),
        ("baromabshpa", 1003.2, "atmospheric_pressure", "hPa"),
        ("windspeedmph", 3.4, "wind_speed", "mph"),
        ("windgustkmh", 12.4, "wind_speed", "km/h"),
        ("dailyrainin", 0.1, "precipitation", "in"),
        ("dateutc", 1546889640000, "timestamp", None),
        # A rate of rain, in inches for each hour.
        ("hourlyrainin", 0.1, None, None),
        ("tempo", 120, None, None),
        ("tempi", 38.5, None, None),
        ("battout", 1, None, None),
        ("humidityinfo", 3, None, None),
    ],
)
def test_what_weather_stations_write_in_one_word_is_read(
    key: str, value: float, device_class: str | None, unit: str | None
) -> None:
    assert _read(key, value) == (device_class, unit)


def _entity(
    state: object, entity_id: str = "sensor.a", **more: object
) -> dict[str, object]:
    attributes = {"friendly_name": "Outside temperature", **more}
    return {"entity_id": entity_id, "state": state, "attributes": attributes}


@pytest.mark.parametrize(
    ("entity", "platform", "device_class", "unit", "state_class"),
    [
        (
            _entity("21.5", unit_of_measurement="°C", device_class="temperature", state_class="measurement"),
            "sensor", "temperature", "°C", "measurement",
        ),
        (
            _entity("7", unit_of_measurement="kWh", device_class="energy", state_class="total_increasing"),
            "sensor", "energy", "kWh", "total_increasing",
        ),
        (_entity("12", unit_of_measurement="m³/h"), "sensor", None, "m³/h", None),
        (
            _entity("unavailable", unit_of_measurement="lx", device_class="illuminance"),
            "sensor", "illuminance", "lx", None,
        ),
        (_entity("Rain"), "sensor", None, None, None),
        (_entity("a", device_class="enum"), "sensor", None, None, None),
        (
            _entity("2026-11-28T10:00:00+00:00", device_class="timestamp"),
            "sensor", "timestamp", None, None,
        ),
        (_entity("on", "binary_sensor.a", device_class="door"), "binary_sensor", "door", None, None),
        (_entity("off", "switch.a", device_class="outlet"), "binary_sensor", None, None, None),
        (_entity("heat", "climate.a", unit_of_measurement="°C"), "sensor", None, None, None),
    ],
    ids=str,
)  # fmt: skip
def test_the_state_of_an_entity_is_what_its_home_says(
    entity: dict[str, object],
    platform: str,
    device_class: str | None,
    unit: str | None,
    state_class: str | None,
) -> None:
    told = ("Outside temperature", platform, device_class, unit, state_class)

    assert _guess("$.state", entity)[:5] == told
    assert _guess("$[0].state", [entity, _entity("1", "sensor.b")])[:5] == told


@pytest.mark.parametrize(
    "document",
    [
        {"state": "21.5", "attributes": {"unit_of_measurement": "°C"}},
        {
            "entity_id": 5,
            "state": "21.5",
            "attributes": {"device_class": "temperature"},
        },
        {"entity_id": "a", "state": "on", "attributes": {"device_class": "door"}},
        {"entity_id": "sensor.a", "state": "21.5", "attributes": None},
    ],
    ids=str,
)
def test_another_state_is_no_entitys(document: object) -> None:
    assert _measure("$.state", document) == (None, None, None)


def test_a_flag_of_features_and_a_part_of_a_moment_are_not_measured() -> None:
    moment = {"seconds": 1747822967, "nanos": 996856149}

    assert _measure("$.nanos", moment) == (None, None, None)
    assert _measure("$.supported_features", {"supported_features": 40})[2] is None


@pytest.mark.parametrize(
    ("path", "document", "state_class"),
    [
        # A time as digits, also as a text.
        ("$.dateTime", {"dateTime": 20240901120000}, None),
        ("$.time", {"time": "20240901120000"}, None),
        ("$.last.time", {"last": {"time": 202409011200}}, None),
        ("$.time", {"time": 20241301120000}, "measurement"),
        ("$.time", {"time": 589}, "measurement"),
        # Positions in a text, and choices of a setting.
        ("$.indices[1]", {"indices": [0, 23]}, None),
        ("$.settings.voicePrompts", {"settings": {"voicePrompts": 2}}, None),
        ("$.voicePrompts", {"voicePrompts": 2}, "measurement"),
    ],
)
def test_what_is_written_as_a_number_may_be_none(
    path: str, document: object, state_class: str | None
) -> None:
    assert _measure(path, document)[2] == state_class


def _names(document: object) -> dict[str, Guess]:
    """Return what the values of a document are offered as, by their paths."""
    found = first_of_each(leaves(document), document)
    guesses = guess_all(found, document)
    return {leaf.path: each for leaf, each in zip(found, guesses, strict=True)}


@pytest.mark.parametrize(
    ("key", "kind", "value", "name", "expected"),
    [
        # The codes of Sensor.Community are public.
        ("value_type", "P1", "12.30", "PM10", ("pm10", "μg/m³")),
        ("value_type", "P2", "5.10", "PM2.5", ("pm25", "μg/m³")),
        ("value_type", "SDS_P1", "12.30", "Sds PM10", ("pm10", "μg/m³")),
        ("value_type", "humidity", "44.30", "Humidity", ("humidity", "%")),
        (
            "value_type",
            "BMP_temperature",
            "7.1",
            "BMP temperature",
            ("temperature", "°C"),
        ),
        (
            "value_type",
            "pressure",
            "100812.3",
            "Pressure",
            ("atmospheric_pressure", "Pa"),
        ),
        ("type", "pm10", 12.3, "PM10", ("pm10", "μg/m³")),
        ("parameterType", "no2", 11, "NO2", (None, None)),
        ("metric", "co2", 640, "CO2", ("carbon_dioxide", "ppm")),
        # A code that nobody knows is the name, and says no more.
        ("value_type", "P9", "12.30", "List P9", (None, None)),
        ("type", "P1", "12.30", "List P1", (None, None)),
        ("value_type", "max_micro", "20026", "List max micro", (None, None)),
    ],
)
def test_a_reading_is_found_and_called_by_what_it_is_of(
    key: str,
    kind: str,
    value: object,
    name: str,
    expected: tuple[str | None, str | None],
) -> None:
    # The ids are those of the moment.
    other = {"id": 169745467, key: "other", "value": 1}
    document = {"list": [{"id": 169745466, key: kind, "value": value}, other]}
    found = _names(document)[f"$.list[?@.{key} == '{kind}'].value"]

    assert (found.name, (found.device_class, found.unit)) == (name, expected)


@pytest.mark.parametrize(
    ("elements", "key"),
    [
        ([{"id": 1, "value_type": "a", "value": 1}, {"id": 2, "value_type": "b", "value": 2}], "value_type"),
        ([{"id": 1, "value_type": "a", "value": 1}], "value_type"),
        ([{"measurementType": "net", "w": 1}, {"measurementType": "gross", "w": 2}], "measurementType"),
        # Two of one kind.
        ([{"id": 1, "type": "a", "value": 1}, {"id": 2, "type": "a", "value": 2}], "id"),
        # No readings: their ids are their own, and a kind is theirs by chance.
        ([{"id": 1, "type": "a", "on": 1}, {"id": 2, "type": "b", "on": 2}], "id"),
        ([{"PlantType": "Tree", "n": 1}, {"PlantType": "Grass", "n": 2}], None),
        ([{"id": 1, "value": 1}, {"id": 2, "value": 2}], "id"),
    ],
)  # fmt: skip
def test_readings_are_known_by_their_kind_rather_than_by_their_ids(
    elements: list[dict[str, object]], key: str | None
) -> None:
    place = "[0]" if key is None else f"[?@.{key} == "

    assert any(path.startswith(f"${place}") for path in _names(elements))


@pytest.mark.parametrize(
    ("path", "document", "state_class"),
    [
        ("$.wh_lifetime", {"wh_lifetime": 5000}, "total_increasing"),
        # What comes and goes is no meter.
        ("$.wh_lifetime", {"wh_lifetime": -5000}, None),
        ("$.net_energy_total_kwh", {"net_energy_total_kwh": 12.5}, None),
        ("$.net.total_kwh", {"net": {"total_kwh": 12.5}}, None),
        ("$.wh_lifetime", {"type": "net-consumption", "wh_lifetime": 50}, None),
        ("$.mileage_km", {"mileage_km": 266}, "total_increasing"),
        # For how long it was driven stands beside it.
        ("$.mileage_km", {"mileage_km": 266, "travel_time_min": 470}, "measurement"),
        (
            "$.odometer_km",
            {"odometer_km": 266, "travel_time_min": 470},
            "total_increasing",
        ),
    ],
)
def test_a_meter_only_grows(
    path: str, document: object, state_class: str | None
) -> None:
    assert _guess(path, document).state_class == state_class


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("pm1.0", 3, ("pm1", "μg/m³")),
        ("pm10.0", 3, ("pm10", "μg/m³")),
        ("pm2.5_10minute", 3.2, ("pm25", "μg/m³")),
        ("pressure", 100812.3, ("atmospheric_pressure", "Pa")),
        ("pressure", 1013.2, ("atmospheric_pressure", "hPa")),
        ("pressure", 60_000, (None, None)),
        # An emission of a car, or of a power plant.
        ("co2", 118, (None, None)),
        ("co2", 640, ("carbon_dioxide", "ppm")),
        # In °F, or nothing that a thermometer shows.
        ("max_temperature", 226, (None, None)),
        ("max_temperature", 291.2, ("temperature", "K")),
    ],
)
def test_a_number_alone_decides_where_one_unit_is_likely(
    key: str, value: object, expected: tuple[str | None, str | None]
) -> None:
    assert _read(key, value) == expected


def test_the_kind_of_a_reading_may_name_its_unit() -> None:
    states = [{"code": "battery_percentage", "value": 80}, {"code": "x", "value": 1}]

    assert _measure(
        "$.states[?@.code == 'battery_percentage'].value", {"states": states}
    ) == (
        "battery",
        "%",
        "measurement",
    )


def test_an_index_may_be_an_object_and_no_mark() -> None:
    document = {"AqIndex": {"Identyfikator": 552, "recovery": 81}}

    assert _guess("$.AqIndex.Identyfikator", document).state_class is None
    assert _guess("$.AqIndex.recovery", document).state_class == "measurement"


@pytest.mark.parametrize(
    ("key", "state_class"),
    [
        ("energy_total_kwh", "total_increasing"),
        ("energy_peak_total_kwh", "total_increasing"),
        ("energy_imported_low_kwh", "total_increasing"),
        ("average_daily_energy_kwh", None),
        ("expected_energy_today_kwh", None),
        ("energy_forecast_today_kwh", None),
        ("energy_remaining_today_kwh", None),
        ("energy_goal_today_kwh", None),
        ("max_energy_day_kwh", None),
        ("energy_budget_month_kwh", None),
        ("water_limit_today_m3", None),
        ("total_m3", None),
        ("meter_reading_m3", None),
        ("gallons_consumed", None),
        ("content_liters", "measurement"),
    ],
)
def test_what_is_no_meter_does_not_only_grow(key: str, state_class: str | None) -> None:
    assert _guess(f"$.{key}", {key: 12.5}).state_class == state_class


def test_what_a_trip_shall_take_is_no_meter() -> None:
    plan = {"destination_soe": 0.2, "total_charge_kwh": 52.5}

    assert _measure("$.total_charge_kwh", plan) == ("energy", "kWh", None)


@pytest.mark.parametrize("unit", ["Numeric", "index", "dimensionless", "bool"])
def test_a_word_for_no_unit_is_none(unit: str) -> None:
    reading = {"level": {"value": 3.5, "unit": unit}}

    assert _measure("$.level.value", reading) == (None, None, "measurement")


def test_the_count_of_a_day_that_is_over_grows_no_more() -> None:
    days = {"daily_energy_kwh": {"2026-03-01": 3.4}}

    path = "$.daily_energy_kwh['2026-03-01']"
    assert _measure(path, days) == ("energy", "kWh", None)


@pytest.mark.parametrize(
    ("path", "document", "unit"),
    [
        ("$.co2", {"co2": 612}, "ppm"),
        ("$.indoor_co2", {"indoor_co2": 612}, "ppm"),
        ("$.co2_ppm_today", {"co2_ppm_today": 612}, "ppm"),
        ("$.co2_saved", {"co2_saved": 612}, None),
        ("$.co2_to_date", {"co2_to_date": 7808}, None),
        ("$.co2_emissions", {"co2_emissions": 612}, None),
        ("$.savings.co2", {"savings": {"co2": 612}}, None),
        ("$.co2_intensity", {"co2_intensity": 412}, None),
    ],
)
def test_co2_that_is_emitted_or_saved_is_none_in_the_air(
    path: str, document: object, unit: str | None
) -> None:
    assert _guess(path, document).unit == unit


@pytest.mark.parametrize(
    ("path", "document", "unit"),
    [
        ("$.temperature.celsius", {"temperature": {"celsius": "21"}}, "°C"),
        ("$.temperature.celsius", {"temperature": {"celsius": "285"}}, None),
        (
            "$.temperature.celsius",
            {"temperature": {"celsius": "95", "offset": "0"}},
            None,
        ),
        ("$.oven.temp_c", {"oven": {"temp_c": 285}}, "°C"),
        ("$.nozzle_temp_c", {"nozzle_temp_c": 215}, "°C"),
        ("$.temp_f", {"temp_f": 705}, None),
        ("$.temp_f", {"temp_f": 70.5}, "°F"),
        ("$.temp.value", {"temp": {"value": 285, "unit": "°C"}}, "°C"),
    ],
)
def test_a_temperature_in_tenths_has_no_unit_unless_it_is_stated(
    path: str, document: object, unit: str | None
) -> None:
    assert _guess(path, document).unit == unit


@pytest.mark.parametrize(
    ("path", "document", "measured"),
    [
        (
            "$.equidistance",
            {"unit": "cm", "equidistance": 15, "current": {"value": 715}},
            (None, None),
        ),
        (
            "$.period_seconds",
            {"units": "percentile", "period_seconds": 300},
            ("duration", "s"),
        ),
        ("$.level", {"unit": "cm", "level": 15, "gauge": {"name": "A"}}, (None, "cm")),
        (
            "$.battery_km",
            {"battery_km": 43, "battery_km_unit": "mi"},
            ("distance", "mi"),
        ),
    ],
)
def test_a_unit_beside_several_readings_is_not_that_of_another_number(
    path: str, document: object, measured: tuple[str | None, str | None]
) -> None:
    guessed = _guess(path, document)

    assert (guessed.device_class, guessed.unit) == measured


@pytest.mark.parametrize(
    ("path", "document", "state_class"),
    [
        ("$.time.v", {"time": {"v": 1_772_366_400}}, None),
        ("$.time.value", {"time": {"value": 12.5}}, "measurement"),
        ("$.remaining_time", {"remaining_time": 1_772_366_400}, None),
        ("$.dateTime.year", {"dateTime": {"year": "2026"}}, None),
        ("$.dateTime.month", {"dateTime": {"month": 12}}, None),
        ("$.duration_ms", {"duration_ms": 1_772_366_400}, "measurement"),
    ],
)
def test_a_point_in_time_is_no_length_of_time(
    path: str, document: object, state_class: str | None
) -> None:
    assert _guess(path, document).state_class == state_class


@pytest.mark.parametrize(
    ("key", "measured"),
    [
        ("kilo_watt_hour", ("energy", "kWh", None)),
        ("watthour", ("energy", "Wh", None)),
        ("charge_dur_s", ("duration", "s", "measurement")),
        ("nozzle_temper", ("temperature", "°C", "measurement")),
        ("glucose_mmoll", ("blood_glucose_concentration", "mmol/L", "measurement")),
        ("hour", (None, None, None)),
        ("quarter_hour", (None, None, None)),
    ],
)
def test_a_unit_in_words_is_read(
    key: str, measured: tuple[str | None, str | None, str | None]
) -> None:
    assert _measure(f"$.{key}", {key: 16}) == measured


@pytest.mark.parametrize("unit", ["&deg;C", "&#176;C", "°C"])
def test_a_unit_may_be_written_as_in_html(unit: str) -> None:
    reading = {"name": "Room temp 1 actual value", "value": "18.2", "unit": unit}

    assert _measure("$.value", reading) == ("temperature", "°C", "measurement")


@pytest.mark.parametrize(
    ("path", "document", "name"),
    [
        (
            "$.temperature_optimal_hours",
            {"temperature_optimal_hours": 22},
            "Temperature optimal hours",
        ),
        ("$.light_optimal_hours", {"light_optimal_hours": 22}, "Light optimal hours"),
        ("$.average_power_watts", {"average_power_watts": 22}, "Average power"),
        ("$.ValueInMgPerDl", {"ValueInMgPerDl": 91}, "Value"),
        ("$.glucose_mg_per_dl", {"glucose_mg_per_dl": 91}, "Glucose"),
        ("$.CubicMeter", {"CubicMeter": 4500.1}, "Cubic meter"),
        ("$.iaqi.t.v", {"iaqi": {"t": {"v": 22}}}, "Iaqi t v"),
        ("$.localization.en", {"localization": {"en": "a"}}, "Localization en"),
        ("$.state.on", {"state": {"on": True}}, "State on"),
        ("$.air.o3", {"air": {"o3": 22}}, "O3"),
        ("$.net.ip", {"net": {"ip": "::1"}}, "IP"),
        ("$.prices.e5", {"prices": {"e5": 1.739}}, "E5"),
        ("$.has_battery", {"has_battery": True}, "Has battery"),
        ("$.has_error", {"has_error": True}, "Error"),
        ("$.is_dry", {"is_dry": True}, "Dry"),
        ("$.at.long", {"at": {"lat": 1.5, "long": 2.5}}, "Longitude"),
        (
            "$.watts['2026-04-26T06:20:17+02:00']",
            {"watts": {"2026-04-26T06:20:17+02:00": 270}},
            "Watts 2026-04-26 06:20",
        ),
        (
            "$.devices['3c3eaad9bccc3fa36de288360b99f93520ad1d0c'].power",
            {"devices": {"3c3eaad9bccc3fa36de288360b99f93520ad1d0c": {"power": 15}}},
            "Power",
        ),
    ],
)
def test_a_name_can_be_read_by_itself(path: str, document: object, name: str) -> None:
    assert _guess(path, document).name == name


def test_things_with_long_ids_are_kept_apart_by_the_ends_of_them() -> None:
    ids = [
        "673594a9-f92d-4cb6-adf1-d2f7a8325c01",
        "9a16635c-dea2-4e00-904a-c5034f9c77aa",
    ]
    document = {"devices": [{"id": each, "power": 15} for each in ids]}
    found = [leaf for leaf in leaves(document) if leaf.segments[-1] == "power"]

    names = {guess.name for guess in guess_all(found[:2], document)}
    assert names == {"Devices 325c01 power", "Devices 9c77aa power"}


@pytest.mark.parametrize(
    ("path", "document", "unit"),
    [
        ("$.power_mw", {"power_mw": 5230, "voltage_mv": 125403}, "mW"),
        ("$.power_mw", {"power_mw": 5230, "current_ma": 12}, "mW"),
        ("$.powerMW", {"powerMW": 523}, "MW"),
        ("$.power_mw", {"power_mw": 5230}, None),
        ("$.power.value", {"power": {"value": 5, "unit": "MW"}}, "MW"),
        ("$.power.value", {"power": {"value": 5, "unit": "mW"}}, "mW"),
    ],
)
def test_thousandths_of_a_watt_are_no_millions(
    path: str, document: object, unit: str | None
) -> None:
    assert _guess(path, document).unit == unit


@pytest.mark.parametrize(
    ("key", "value", "unit"),
    [
        ("battery_voltage", 12.6, "V"),
        ("battery_voltage", 52, "V"),
        ("battery_voltage", 142, None),
        ("battery_voltage", 384.5, "V"),
        ("battery_voltage_v", 142, "V"),
        ("voltage", 230, "V"),
        ("cloud", 40, "%"),
        ("low_cloud", 40, "%"),
        ("iot_cloud", 1, None),
    ],
)
def test_what_a_number_may_also_be_in_has_no_unit(
    key: str, value: float, unit: str | None
) -> None:
    assert _guess(f"$.{key}", {key: value}).unit == unit


@pytest.mark.parametrize("key", ["geopoint", "geo", "crd", "centroid"])
def test_two_numbers_that_say_where_a_thing_is_are_no_statistics(key: str) -> None:
    assert _measure(f"$.{key}[0]", {key: [51.056083, 3.740194]}) == (None, "°", None)


@pytest.mark.parametrize(
    ("key", "state_class"),
    [
        ("games_played", "measurement"),
        ("bikes_in_use", "measurement"),
        ("dns_queries_today", "measurement"),
        ("puzzlesStarted", "measurement"),
        ("status_updated", None),
        ("terms_version", None),
    ],
)
def test_things_are_counted_also_where_a_word_says_which_of_them(
    key: str, state_class: str | None
) -> None:
    assert _guess(f"$.{key}", {key: 87}).state_class == state_class


def test_a_share_may_say_of_what_it_is() -> None:
    assert _read("percent_blocked", 2.5) == (None, "%")


def test_the_id_inside_of_a_key_is_short_in_a_name() -> None:
    document = {"get_info_802E3DB80CBEFAB28CFBAFFA": {"type": "plug"}, "type": "hub"}

    [guessed, _] = guess_all(
        [
            Leaf(segments=("get_info_802E3DB80CBEFAB28CFBAFFA", "type"), value="plug"),
            Leaf(segments=("type",), value="hub"),
        ],
        document,
    )
    assert guessed.name == "Get info fbaffa type"


@pytest.mark.parametrize(
    ("path", "document", "device_class", "unit"),
    [
        ("$.ldl.value", {"ldl": _stated(120, "mg/dL")}, None, "mg/dL"),
        ("$.sodium.value", {"sodium": _stated(140, "mmol/L")}, None, "mmol/L"),
        ("$.uric_acid_mg_dl", {"uric_acid_mg_dl": 5.1}, None, "mg/dL"),
        (
            "$.value",
            {"name": "Cholesterol", **_stated(190, "mg/dL")},
            None,
            "mg/dL",
        ),
        (
            "$.valueInMgPerDl",
            {"name": "Triglycerides", "valueInMgPerDl": 190},
            None,
            "mg/dL",
        ),
        (
            "$.glucose.value",
            {"glucose": _stated(5.4, "mmol/L")},
            "blood_glucose_concentration",
            "mmol/L",
        ),
        (
            "$.blood_sugar_mg_dl",
            {"blood_sugar_mg_dl": 118},
            "blood_glucose_concentration",
            "mg/dL",
        ),
        (
            "$.value",
            {**_stated(118, "mg/dL"), "trend": "flat"},
            "blood_glucose_concentration",
            "mg/dL",
        ),
        (
            "$.sgv",
            {"sgv": 118, "units": "mg/dl"},
            "blood_glucose_concentration",
            "mg/dL",
        ),
    ],
)
def test_only_a_reading_of_glucose_is_one(
    path: str, document: object, device_class: str | None, unit: str
) -> None:
    assert _measure(path, document)[:2] == (device_class, unit)


@pytest.mark.parametrize(
    ("path", "document", "device_class", "unit"),
    [
        ("$.pressure_kpa", {"pressure_kpa": 230}, "pressure", "kPa"),
        ("$.pressure_mbar", {"pressure_mbar": 1600}, "pressure", "mbar"),
        ("$.pressure.value", {"pressure": _stated(0.4, "kPa")}, "pressure", "kPa"),
        ("$.pressure_mmhg", {"pressure_mmhg": 120}, "pressure", "mmHg"),
        ("$.pressure_kpa", {"pressure_kpa": 101.3}, "atmospheric_pressure", "kPa"),
        ("$.pressure_in", {"pressure_in": 29.4}, "atmospheric_pressure", "inHg"),
        ("$.pressure_mmhg", {"pressure_mmhg": 758}, "atmospheric_pressure", "mmHg"),
        ("$.pressure_hpa", {"pressure_hpa": 812.4}, "atmospheric_pressure", "hPa"),
    ],
)
def test_only_what_air_weighs_is_the_pressure_of_the_air(
    path: str, document: object, device_class: str, unit: str
) -> None:
    assert _measure(path, document)[:2] == (device_class, unit)


@pytest.mark.parametrize(
    ("key", "device_class", "unit"),
    [
        ("co2_g_km", None, None),
        ("emissions_g_kwh", None, None),
        ("fuel_l_100km", None, None),
        ("calcium_mg_l", None, None),
        ("economy_km_l", None, None),
        ("consumption_wh_km", "energy_distance", "Wh/km"),
        ("consumption_kwh_100km", "energy_distance", "kWh/100km"),
        ("rain_rate_in_per_hr", "precipitation_intensity", "in/h"),
        ("rain_rate_day_high_in_per_hr", "precipitation_intensity", "in/h"),
        ("rain_intensity_mm_per_hour", "precipitation_intensity", "mm/h"),
        ("meter", None, None),
        ("distance_meter", "distance", "m"),
        ("water_volume_gal", "water", "gal"),
        ("charge_perc", None, "%"),
        ("power_factor", "power_factor", None),
    ],
)
def test_a_unit_for_each_of_another_is_not_that_other_unit(
    key: str, device_class: str | None, unit: str | None
) -> None:
    number = 0.93 if key == "power_factor" else 118
    assert _read(key, number) == (device_class, unit)


@pytest.mark.parametrize(
    ("key", "device_class", "unit"),
    [
        ("relative_humidity_in_day_high", "humidity", "%"),
        ("humidity_in_month_low", "humidity", "%"),
        ("temp_in_day_high_f", "temperature", "°F"),
        ("temp_in_year_low_c", "temperature", "°C"),
        ("temp_indoor_min", "temperature", "°C"),
        ("humidity_outdoor_day", "humidity", "%"),
        ("temperature_in_c", "temperature", "°C"),
        ("runtime_in_min", "duration", "min"),
        ("duration_total_min", "duration", "min"),
        ("days_in_month", None, None),
        ("energy_in_day", None, None),
    ],
)
def test_in_means_indoors_between_the_air_and_a_time(
    key: str, device_class: str | None, unit: str | None
) -> None:
    assert _read(key, 21) == (device_class, unit)


@pytest.mark.parametrize(
    ("path", "document", "unit"),
    [
        # A programme's phase, a flag among flags, and tenths of a degree.
        ("$.PrPh", {"PrPh": 7}, None),
        ("$.temp", {"boost": 0, "low": 0, "swc_low": 0, "temp": 1}, None),
        ("$.TargetTemp", {"TargetTemp": 300, "DisplayTemp": 296}, None),
        ("$.nozzle_temp_max", {"nozzle_temp_max": 240, "bed_temp": 60}, None),
        ("$.temp", {"temp": 1, "humidity": 92, "pressure": 1002}, "°C"),
        ("$.temp", {"temp": 293.15, "temp_min": 290.1}, "K"),
        ("$.temp", {"temp": 293, "temp_min": 290.1}, "K"),
        # Kilometres, which a workout elsewhere has in metres.
        ("$.distance", {"distance": 1.83, "moving_time": 414}, None),
        ("$.distance", {"distance": 1830, "moving_time": 414}, "m"),
        # A pulse, and hours.
        ("$.sleep.hr", {"sleep": {"hr": 52}}, None),
        ("$.sleep.hr", {"sleep": {"hr": 7, "min": 30}}, "h"),
        # The time of day, and a length of time.
        ("$.sec", {"ora": 10, "min": 35, "sec": 30}, None),
        ("$.seconds", {"hours": 1, "minutes": 35, "seconds": 30}, "s"),
        ("$.ride.sec", {"ride": {"duration": {"sec": 30}}}, None),
        # A third coordinate is a height in metres.
        ("$.coordinates[2]", {"coordinates": [13.4, 52.5, 34.1]}, None),
        ("$.coordinates[-1]", {"coordinates": [13.4, 52.5, 34.1]}, None),
        ("$.coordinates[-1]", {"coordinates": [13.4, 52.5]}, "°"),
    ],
)
def test_a_number_that_cannot_be_in_a_unit_has_none(
    path: str, document: object, unit: str | None
) -> None:
    if path == "$.ride.sec":
        document = {"ride": {"hour": 1, "min": 2, "sec": 30}}
    assert _measure(path, document)[1] == unit


@pytest.mark.parametrize(
    "document",
    [
        {"sensor_ids": {"temperature": 12}},
        {"counts": {"temp": 12}},
        {"errors": {"humidity": 3}},
        {"flags": {"temp": 1}},
        {"valid": {"humidity": 1}},
        {"grades": {"pm10": 2}},
        {"caqi": {"pm10": 12}},
        {"percentile": {"heart_rate": 40}},
    ],
)
def test_what_is_said_of_a_thing_is_not_measured_of_it(
    document: dict[str, Any],
) -> None:
    [(holder, inside)] = document.items()
    [key] = inside

    assert _measure(f"$.{holder}.{key}", document)[:2] == (None, None)
    assert _measure(f"$.air.{key}", {"air": {key: 22}})[1] is not None


@pytest.mark.parametrize("key", ["push_door_open", "email_leak", "detects_motion"])
def test_what_is_told_or_noticed_is_no_state(key: str) -> None:
    assert _guess(f"$.{key}", {key: True}).device_class is None


def test_the_light_of_a_device_is_not_its_power() -> None:
    assert _guess("$.led.power", {"led": {"power": "off"}}).device_class is None
    assert _guess("$.tv.power", {"tv": {"power": "off"}}).device_class == "power"


@pytest.mark.parametrize("key", ["enabled", "muted", "shuffle"])
def test_a_flag_that_counts_nothing_is_one_also_as_zero(key: str) -> None:
    assert _guess(f"$.{key}", {key: 0}).platform == "binary_sensor"
    assert _guess("$.online", {"online": 0}).platform == "sensor"


@pytest.mark.parametrize(
    ("key", "value", "device_class", "unit"),
    [
        ("temperatura", 21.5, "temperature", "°C"),
        ("température_intérieure", 21.5, None, None),
        ("aussentemperatur", 12.3, "temperature", "°C"),
        ("Außentemperatur", 12.3, "temperature", "°C"),
        ("buitentemperatuur", 12.3, "temperature", "°C"),
        ("temperatura_exterior", 12.3, "temperature", "°C"),
        ("luftfeuchtigkeit", 45, "humidity", "%"),
        ("humedad_relativa", 45, "humidity", "%"),
        ("humidité", 45, "humidity", "%"),
        ("wilgotnosc_wzgledna", 93.0, "humidity", "%"),
        ("luftdruck", 1013, "atmospheric_pressure", "hPa"),
        ("cisnienie", 1022.1, "atmospheric_pressure", "hPa"),
        ("pression_hpa", 1012, "atmospheric_pressure", "hPa"),
        ("batterie", 55, "battery", "%"),
        ("windgeschwindigkeit_kmh", 22, "wind_speed", "km/h"),
        ("kierunek_wiatru", 310, "wind_direction", "°"),
        ("leistung_kw", 3.2, "power", "kW"),
        ("niederschlag_mm", 3.2, "precipitation", "mm"),
        # Words of English, or of several meanings.
        ("druck", 3, None, None),
        ("tension", 12, None, None),
        ("effekt", 3, None, None),
        ("template", 3, None, None),
    ],
)
def test_a_word_of_another_language_means_what_it_does_in_english(
    key: str, value: float, device_class: str | None, unit: str | None
) -> None:
    guessed = _guess(f"$['{key}']", {key: value})

    assert (guessed.device_class, guessed.unit) == (device_class, unit)
    # It is called as its service calls it.
    assert guessed.name.lower().startswith(key.partition("_")[0].lower())


@pytest.mark.parametrize(
    ("path", "document", "device_class", "unit", "name"),
    [
        (
            "$.valueQuantity.value",
            {
                "code": {"text": "Heart rate"},
                "valueQuantity": {**_stated(44, "beats/minute"), "code": "/min"},
            },
            None,
            "bpm",
            "Heart rate",
        ),
        (
            "$.valueQuantity.value",
            {
                "code": {"coding": [{"display": "Body temperature"}]},
                "valueQuantity": {**_stated(36.5, "C"), "code": "Cel"},
            },
            "temperature",
            "°C",
            "Body temperature",
        ),
        ("$[0].v", [{"n": "temperature", "u": "Cel", "v": 25.2}], "temperature", "°C", "Temperature"),
        ("$[0].v", [{"n": "humidity", "u": "%RH", "v": 30}], "humidity", "%", "Humidity"),
        ("$.out.v", {"out": {"v": 21.5, "u": "C"}}, "temperature", "°C", "Out"),
        ("$.wind.v", {"wind": {"u": 1.2, "v": 2.4}}, None, None, "Wind v"),
        (
            "$.temperature.value",
            {"temperature": _stated(30.5, {"symbol": "°F", "name": "fahrenheit"})},
            "temperature",
            "°F",
            "Temperature",
        ),
        ("$.temp.measurement", {"temp": {"measurement": 30, "measurementUnit": "DEGREES_FAHRENHEIT"}}, "temperature", "°F", "Temperature"),
        ("$.noise.value", {"noise": _stated(45, "dB(A)")}, "sound_pressure", "dBA", "Noise"),
        (
            "$.features[0].properties.temperature",
            {"features": [{"properties": {"temperature": 21.5}}]},
            "temperature",
            "°C",
            "Temperature",
        ),
        ("$.features.temperature", {"features": {"temperature": 21.5}}, None, None, "Temperature"),
        ("$.result[0]", {"result": [1764400000.1, "21.5"]}, None, None, "Result 1"),
    ],
)  # fmt: skip
def test_a_standard_says_in_its_way_what_a_value_is(
    path: str, document: object, device_class: str | None, unit: str | None, name: str
) -> None:
    guessed = _guess(path, document)

    assert (guessed.device_class, guessed.unit) == (device_class, unit)
    assert guessed.name == name


def test_a_time_with_a_fraction_is_not_measured() -> None:
    assert _measure("$.value[0]", {"value": [1764400000.1, "21.5"]}) == (None,) * 3
    assert _measure("$.bt", {"bt": 1276020076.001}) == (None,) * 3


@pytest.mark.parametrize(
    ("path", "document", "name"),
    [
        ("$.cpu.temperature.main", {"cpu": {"temperature": {"main": 46.4}}}, "Temperature main"),
        ("$.power.grid", {"power": {"grid": -230}}, "Power grid"),
        ("$.battery.cycles", {"battery": {"cycles": 230}}, "Battery cycles"),
        ("$.led.power", {"led": {"power": "off"}}, "LED power"),
        ("$.leds.pwr", {"leds": {"pwr": 536}}, "LEDs pwr"),
        ("$.battery.charging", {"battery": {"charging": True}}, "Charging"),
        ("$.battery.temperature", {"battery": {"temperature": 21}}, "Temperature"),
        ("$.energy.solarYield", {"energy": {"solarYield": 21}}, "Solar yield"),
        ("$.usd", {"usd": 61000.2}, "USD"),
        ("$.bitcoin.usd", {"bitcoin": {"usd": 61000.2}}, "Bitcoin"),
        ("$.iOSVersion", {"iOSVersion": "17"}, "iOS version"),
        ("$['CO₂']", {"CO₂": 612}, "CO2"),
        ("$['wind_speed (m/s)']", {"wind_speed (m/s)": 3}, "Wind speed"),
        ("$['price €/kWh']", {"price €/kWh": 0.31}, "Price EUR kWh"),
    ],
)  # fmt: skip
def test_a_part_is_called_by_its_whole_and_signs_are_words(
    path: str, document: object, name: str
) -> None:
    assert _guess(path, document).name == name


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("phase", (1, 2)),
        ("channel", (0, 1)),
        ("circuit", ("left", "right")),
        ("serialNo", ("A1", "A2")),
        ("iban", ("DE1", "DE2")),
    ],
)
def test_elements_are_known_by_where_they_are_and_by_what_numbers_them(
    key: str, values: tuple[object, object]
) -> None:
    document = {"parts": [{key: value, "voltage": 230.1} for value in values]}
    paths = [leaf.path for leaf in leaves(document)]
    first, second = (repr(value) for value in values)

    assert f"$.parts[?@.{key} == {first}].voltage" in paths
    assert f"$.parts[?@.{key} == {second}].voltage" in paths


def test_a_flag_does_not_tell_elements_apart() -> None:
    document = [{"door": True, "v": 1}, {"door": False, "v": 2}]

    assert "$[0].v" in [leaf.path for leaf in leaves(document)]


@pytest.mark.parametrize(
    ("document", "unit"),
    [
        ({"cloudCover": 1, "humidity": 0.84}, None),
        ({"cloud_cover": 1, "precip_probability": 0.03}, None),
        ({"cloudCover": 1, "humidity": 84}, "%"),
        ({"cloudCover": 1, "windSpeed": 0.84}, "%"),
        ({"cloudCover": 0.97}, None),
        ({"cloudCover": 97}, "%"),
    ],
)
def test_one_is_all_where_others_are_shares_of_it(
    document: dict[str, Any], unit: str | None
) -> None:
    key = next(iter(document))

    assert _measure(f"$.{key}", document)[1] == unit


@pytest.mark.parametrize(
    "key", ["expiryTime", "update_time", "serverTime", "eventTime"]
)
def test_a_point_in_time_that_is_not_set_is_not_measured(key: str) -> None:
    assert _measure(f"$.{key}", {key: 0}) == (None, None, None)
    assert _measure(f"$.{key}", {key: 1764400000})[0] == "timestamp"
    assert _measure("$.travelTime", {"travelTime": 0})[2] == "measurement"


def test_the_numbers_of_a_list_of_users_are_their_ids() -> None:
    assert _measure("$.users[0]", {"users": [7, 9]}) == (None, None, None)
    assert _measure("$.users", {"users": 7})[2] == "measurement"
    assert _measure("$.steps[0]", {"steps": [3000, 4000]})[2] == "measurement"


def test_a_value_is_not_called_by_a_number_alone() -> None:
    document = [{"product_id": 2, "value": 5.25}, {"product_id": 3, "value": 22.92}]

    assert "Value 2" in [guess.name for guess in _names(document).values()]


@pytest.mark.parametrize(
    ("key", "unit"), [("windms", "m/s"), ("windkmh", "km/h"), ("windmph", "mph")]
)
def test_the_wind_and_its_unit_may_be_one_word(key: str, unit: str) -> None:
    assert _read(key, 8.1) == ("wind_speed", unit)


@pytest.mark.parametrize(
    ("path", "document", "unit"),
    [
        # What is told not to be metric is not in °C.
        ("$.temperature", {"temperature": 30, "isMetric": False}, None),
        ("$.temperature", {"temperature": 30, "isMetric": True}, "°C"),
        ("$.temperature", {"temperature": 30, "imperial": False}, "°C"),
        ("$.temperature", {"temperature": 30, "scale": "F"}, "°F"),
        ("$.temperature", {"temperature": 30, "scale": "C"}, "°C"),
        ("$.temperature", {"temperature": 30, "scale": "linear"}, "°C"),
        ("$.temperature", {"temperature": 30, "temperatureScale": "FAHRENHEIT"}, "°F"),
        ("$.a.temp", {"scale": "Fahrenheit", "a": {"temp": 30, "b": {}}}, "°F"),
        ("$.temperature", {"temperature": 30, "unit": {"temperature": "F"}}, "°F"),
        (
            "$.temperature.value",
            {"temperature": {"value": 30, "metadata": {"unitCode": {"value": "FAH"}}}},
            "°F",
        ),
    ],
)
def test_a_scale_that_is_told_is_that_of_the_temperature(
    path: str, document: object, unit: str | None
) -> None:
    assert _measure(path, document)[1] == unit


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("deg C", "°C"),
        ("Degrees Fahrenheit", "°F"),
        ("degrees_celsius", "°C"),
        ("Kilowatt Hours", "kWh"),
        ("beats per minute", "bpm"),
        ("cubic_meters", "m³"),
        ("μg/m3", "μg/m³"),
        ("ug/m³", "μg/m³"),
        ("µg/m³", "μg/m³"),
        ("miles per hour", "mph"),
        ("degree days", "degree days"),
        ("per cent of all", None),
    ],
)
def test_a_unit_that_is_written_out_is_read(text: str, unit: str | None) -> None:
    assert _measure("$.x.value", {"x": _stated(21.5, text)})[1] == unit


@pytest.mark.parametrize(
    ("key", "value", "device_class", "unit"),
    [
        ("heading", 120, None, "°"),
        ("bearing", 400, None, None),
        ("wind_bearing", 120, "wind_direction", "°"),
        ("lte_rsrp", -101, "signal_strength", "dBm"),
        ("rsrp", 3, None, None),
        ("uvi", 3.4, None, "UV index"),
        ("flow_rate_lpm", 3.2, "volume_flow_rate", "L/min"),
        ("flow_gpm", 3.2, "volume_flow_rate", "gal/min"),
        ("mets_minutes", 320, None, None),
    ],
)
def test_more_words_tell_what_is_measured(
    key: str, value: float, device_class: str | None, unit: str | None
) -> None:
    assert _read(key, value) == (device_class, unit)


@pytest.mark.parametrize(
    "document",
    [
        {"offsets": {"temperature": -1.2}},
        {"corrections": {"temperature": 0.5}},
        {"deltas": {"pressure": 1002}},
        {"calibrations": {"humidity": 2}},
    ],
)
def test_offsets_of_things_are_not_these_things(document: dict[str, Any]) -> None:
    [(holder, inside)] = document.items()
    [key] = inside

    assert _measure(f"$.{holder}.{key}", document)[:2] == (None, None)


@pytest.mark.parametrize(
    ("key", "value", "device_class", "unit"),
    [
        ("temperature", "21,5", "temperature", "°C"),
        ("temp", "21.5 °C", "temperature", "°C"),
        ("temp", "21.5C", "temperature", "°C"),
        ("energy_total", "1.234,5 kWh", "energy", "kWh"),
        ("yield", "12 kWh", "energy", "kWh"),
        ("anything", "12 kWh", "energy", "kWh"),
        ("soc", "85%", "battery", "%"),
        ("anything", "85 %", None, "%"),
        ("solar", "250 W", "power", "W"),
        ("current", "16 A", "current", "A"),
        ("pressure", "1013 mb", "atmospheric_pressure", "mbar"),
        ("tvoc", "12 μg/m3", "volatile_organic_compounds", "μg/m³"),
        ("duration", "45 min", "duration", "min"),
        ("remaining_time", "1 h 5 min", "duration", "min"),
        # Counter-instances: what is a name, a code, a day, money, or may be two numbers.
        ("name", "500 g", None, None),
        ("id", "12 kWh", None, None),
        ("version", "5 m", None, None),
        ("resolution", "4K", None, None),
        ("network", "5G", None, None),
        ("seat", "12A", None, None),
        ("longitude", "74.0 W", None, None),
        ("phone", "+49 301 234", None, None),
        ("date", "12.05.2026", None, None),
        ("ip", "192.168.100.101", None, None),
        ("price", "12,50 €", None, None),
        ("score", "12 points", None, None),
        ("temperature", "1,234", None, None),
        ("temperature", "21.5 bananas", None, None),
        ("temperature", "-- °C", None, None),
        ("anything", "116,33", None, None),
    ],
)
def test_a_text_may_be_a_number_as_people_write_it(
    key: str, value: str, device_class: str | None, unit: str | None
) -> None:
    assert _read(key, value) == (device_class, unit)


def test_an_amount_may_have_a_comma() -> None:
    answer = {"balance": "12,50", "currency": "EUR"}

    assert _measure("$.balance", answer) == ("monetary", "EUR", "total")


@pytest.mark.parametrize(
    ("path", "document", "state_class"),
    [
        ("$.cost_today", {"cost_today": 1.25, "currency": "EUR"}, None),
        ("$.spend_today_eur", {"spend_today_eur": 1.25}, None),
        ("$.session_cost", {"session_cost": 1.25, "currency": "USD"}, None),
        ("$.today.cost", {"today": {"cost": 1.25, "currency": "EUR"}}, None),
        (
            "$.last_month.amount",
            {"last_month": {"amount": 1.25, "currency": "EUR"}},
            None,
        ),
        ("$.kosten_heute_eur", {"kosten_heute_eur": 1.25}, None),
        ("$.cost", {"cost": 1.25, "currency": "EUR"}, "total"),
        ("$.total_cost_eur", {"total_cost_eur": 1.25}, "total"),
        ("$.balance", {"balance": 1.25, "currency": "EUR"}, "total"),
    ],
)
def test_an_amount_that_begins_again_is_no_total(
    path: str, document: object, state_class: str | None
) -> None:
    device_class, _, found = _measure(path, document)

    assert (device_class, found) == ("monetary", state_class)


def test_a_sample_has_the_unit_once() -> None:
    assert Leaf(segments=("t",), value="21,5 °C").sample_in("°C") == "21.5"
    assert Leaf(segments=("t",), value="21,5 °C").sample_in(None) == "21,5 °C"
    assert Leaf(segments=("t",), value="-- °C").sample_in("°C") == "-- °C"
    assert Leaf(segments=("t",), value=21.5).sample_in("°C") == "21.5"


@pytest.mark.parametrize(
    ("key", "value", "is_flag"),
    [
        ("supports_ethernet", "true", True),
        ("anything", "False", True),
        ("private", 0, True),
        ("updating", 1, True),
        ("led_off", 0, True),
        ("relay_state", 1, True),
        # RainMachine's wateringFlag has eight values.
        ("wateringFlag", 0, False),
        ("wateringFlag", "true", True),
        ("needs_update", 0, True),
        ("pump_running", 1, True),
        ("door_locked", 0, True),
        # As texts, they may be two of several levels: 1 is off, and 2 on.
        ("motion_detected", "1", False),
        ("relay_state", "2", False),
        ("active", "1", False),
        ("relative_start_on", 1, False),
        ("due_on", 0, False),
        ("anything", "yesterday", False),
        ("anything", "on", False),
        ("led_off", 2, False),
        ("active", 1, False),
        ("users_active", 1, False),
        ("hours_on", 1, False),
        ("last_on", 0, False),
        ("num_online", 1, False),
        ("flag", 1, False),
        ("operating_state", 1, False),
        ("valve_state", 1, False),
        ("deleted", 0, False),
        ("power_active", 1, False),
        ("doors_locked", "OPENED", False),
        ("doors_locked", "YES", True),
        ("auto_off", 0, False),
        ("led_off", 0.0, False),
    ],
)
def test_a_key_may_say_that_zero_and_one_are_no_and_yes(
    key: str, value: object, is_flag: bool
) -> None:
    assert (_guess(f"$.{key}", {key: value}).platform == "binary_sensor") == is_flag


@pytest.mark.parametrize(
    ("path", "document", "device_class", "unit"),
    [
        ("$.fuel.level", {"level": 40, "volume": 20, "unit": "l"}, None, None),
        (
            "$.fuel.volume",
            {"level": 40, "volume": 20, "unit": "l"},
            "volume_storage",
            "L",
        ),
        ("$.fuel.level", {"level": 40, "unit": "l"}, "volume_storage", "L"),
        (
            "$.fuel.level",
            {"level": 40, "range": 20, "unit": "l"},
            "volume_storage",
            "L",
        ),
    ],
)
def test_a_level_beside_an_amount_is_a_share(
    path: str, document: dict[str, Any], device_class: str | None, unit: str | None
) -> None:
    assert _measure(path, {"fuel": document})[:2] == (device_class, unit)


def test_a_sign_of_a_unit_among_flags_is_one() -> None:
    flags = {"amp": 1, "temp": 1, "boost": 0, "low": 0, "lamp": 0}

    assert _measure("$.amp", flags) == (None, None, None)
    assert _measure("$.amp", {"amp": 1}) == ("current", "A", "measurement")


@pytest.mark.parametrize(
    ("document", "unit"),
    [
        ({"tempf": 60, "feelsLike": 50}, "°F"),
        ({"temp_f": 60, "feelsLike": 50}, "°F"),
        ({"temp_f": 60, "temp_c": 15, "feelsLike": 10}, "°C"),
        ({"temp_f": 60, "temperature": 15, "feelsLike": 10}, "°C"),
        ({"windspeedmph": 6, "feelsLike": 10}, None),
        ({"temp_f": 60, "units": "metric", "feelsLike": 10}, "°C"),
    ],
)
def test_a_temperature_in_fahrenheit_tells_the_unit_of_others(
    document: dict[str, Any], unit: str | None
) -> None:
    assert _measure("$.feelsLike", document)[1] == unit


@pytest.mark.parametrize(
    ("key", "value", "device_class", "unit"),
    [
        ("rh", 41, "humidity", "%"),
        ("bat", 55, "battery", "%"),
        ("batt_lvl", 55, "battery", "%"),
        ("vbat", 3.71, "voltage", "V"),
        ("mslp", 1013.2, "atmospheric_pressure", "hPa"),
        ("snr", 9.5, "signal_strength", "dB"),
        ("wdir", 270, "wind_direction", "°"),
        ("orp", 650, "voltage", "mV"),
        ("eco2", 612, "carbon_dioxide", "ppm"),
        ("cpu_usage", 12, None, "%"),
        ("reactive_power_var", 67, "reactive_power", "var"),
        ("reactive_energy_kvarh", 67.1, "reactive_energy", "kvarh"),
        ("pm2.5_atm_a", 3.0, "pm25", "μg/m³"),
        ("bat", 3.7, None, None),
        ("batt", 1, None, None),
        ("batt", 0, None, None),
        ("co2_batt", 6, None, None),
        ("soilmoisture1", 53, "moisture", "%"),
        ("vbat", 3710, None, None),
        ("pres", 31, None, None),
        ("eco2", 12, None, None),
        ("cpu_usage", 0.4, None, None),
        ("env_var", 3, None, None),
    ],
)
def test_an_abbreviation_is_read_where_its_number_fits(
    key: str, value: float, device_class: str | None, unit: str | None
) -> None:
    assert _read(key, value) == (device_class, unit)


@pytest.mark.parametrize(
    ("path", "document", "expected"),
    [
        # The least of something is in no minutes, where the most stands beside it.
        (
            "$.timeout_min",
            {"timeout_min": 2.0, "timeout_max": 60.0},
            (None, None, "measurement"),
        ),
        ("$.timeout_min", {"timeout_min": 2.0}, ("duration", "min", "measurement")),
        # A time of day.
        ("$.start.time", {"start": {"time": "2200"}}, (None, None, None)),
        ("$.starttime.time", {"starttime": {"time": "2200"}}, (None, None, None)),
        ("$.summer_dusk_minutes", {"summer_dusk_minutes": 1290}, (None, None, None)),
        ("$.driving.time", {"driving": {"time": 2200}}, (None, None, "measurement")),
        ("$.dateTime", {"dateTime": 45454}, (None, None, None)),
        # A price is a number, also as a text.
        ("$.price.value", {"price": {"value": "0.26"}}, (None, None, "measurement")),
        ("$.release", {"release": "0.26"}, (None, None, None)),
        # An index with a fraction is no position.
        ("$.Index", {"Index": 7.2}, (None, None, "measurement")),
        ("$.Index", {"Index": 7}, (None, None, None)),
        # The frequency of the mains has a fraction.
        ("$.frequency", {"frequency": 49.98}, ("frequency", "Hz", "measurement")),
        ("$.frequency", {"frequency": 50}, (None, None, "measurement")),
        ("$.frequency", {"frequency": 2.5}, (None, None, "measurement")),
        # The scale of a temperature, as a capital letter.
        ("$.tC", {"tC": 21.3}, ("temperature", "°C", "measurement")),
        ("$.target_F", {"target_F": 70}, ("temperature", "°F", "measurement")),
        ("$.plan_C", {"plan_C": 70}, (None, None, None)),
        ("$.tc", {"tc": 21.3}, (None, None, "measurement")),
        # Zones have numbers.
        (
            "$.RoomTemperatureZone1",
            {"RoomTemperatureZone1": 20.5},
            ("temperature", "°C", "measurement"),
        ),
        (
            "$.TemperatureZoneCount",
            {"TemperatureZoneCount": 2},
            (None, None, "measurement"),
        ),
        # Where a thing is, also among its settings.
        ("$.settings.lat", {"settings": {"lat": 45.4, "lon": 9.1}}, (None, "°", None)),
        ("$.settings.temp", {"settings": {"temp": 21.0}}, (None, None, "measurement")),
    ],
)
def test_a_key_means_what_its_value_and_neighbours_allow(
    path: str, document: dict[str, Any], expected: tuple[str | None, ...]
) -> None:
    assert _measure(path, document) == expected


@pytest.mark.parametrize(
    ("path", "document", "platform", "device_class"),
    [
        (
            "$.doorOpen.frontLeft",
            {"doorOpen": {"frontLeft": 0}},
            "binary_sensor",
            "door",
        ),
        ("$.doorOpen.rr", {"doorOpen": {"rr": True}}, "binary_sensor", "door"),
        ("$.door.rearLeft", {"door": {"rearLeft": "closed"}}, "binary_sensor", "door"),
        ("$.door.rearLeft", {"door": {"rearLeft": 1}}, "sensor", None),
        ("$.door.rearLeft", {"door": {"rearLeft": True}}, "binary_sensor", None),
        ("$.doorOpen.frontLeft", {"doorOpen": {"frontLeft": 2}}, "sensor", None),
        ("$.left", {"left": 1}, "sensor", None),
        ("$.seat.frontLeft", {"seat": {"frontLeft": 1}}, "sensor", None),
    ],
)
def test_a_side_of_a_car_is_no_name_of_a_flag(
    path: str, document: dict[str, Any], platform: str, device_class: str | None
) -> None:
    guessed = _guess(path, document)

    assert (guessed.platform, guessed.device_class) == (platform, device_class)


@pytest.mark.parametrize(
    ("path", "document", "expected"),
    [
        # The number of a sensor, at the end of its word.
        ("$.voltage1", {"voltage1": 230.4}, ("voltage", "V", "measurement")),
        ("$.temp12", {"temp12": 21.5}, ("temperature", "°C", "measurement")),
        ("$.temp1_c", {"temp1_c": 21.5}, ("temperature", "°C", "measurement")),
        ("$.batteryLevel1", {"batteryLevel1": 80}, ("battery", "%", "measurement")),
        ("$.current2_ma", {"current2_ma": 340}, ("current", "mA", "measurement")),
        ("$.bearing1", {"bearing1": 89.6}, (None, "°", "measurement_angle")),
        ("$.o3", {"o3": 40}, (None, None, "measurement")),
        ("$.rco2", {"rco2": 640}, ("carbon_dioxide", "ppm", "measurement")),
        ("$.temp123", {"temp123": 21.5}, (None, None, "measurement")),
        ("$.temp1id", {"temp1id": 21}, (None, None, None)),
        # Words for what is measured in amperes and watts alone.
        ("$.amperage", {"amperage": 3.2}, ("current", "A", "measurement")),
        ("$.max_amperage", {"max_amperage": 16}, ("current", "A", "measurement")),
        ("$.wattage", {"wattage": 120}, ("power", "W", "measurement")),
        ("$.wattage_kw", {"wattage_kw": 1.2}, ("power", "kW", "measurement")),
        ("$.amperage", {"amperage": 3200}, (None, None, "measurement")),
        # Signal K states the unit of a value in an object beside it.
        (
            "$.course.value",
            {"course": {"value": 2.1, "meta": {"units": "rad"}}},
            (None, "rad", "measurement"),
        ),
        (
            "$.speed.value",
            {"speed": {"value": 3.1, "meta": {"units": "m/s", "description": "x"}}},
            ("speed", "m/s", "measurement"),
        ),
        (
            "$.speed.value",
            {"speed": {"value": 3.1, "meta": {"description": "m/s"}}},
            (None, None, "measurement"),
        ),
        # What stands below the state of a battery is of the battery.
        (
            "$.batteryStatus.percentage",
            {"batteryStatus": {"percentage": 100}},
            ("battery", "%", "measurement"),
        ),
        (
            "$.battery_info.level",
            {"battery_info": {"level": 85}},
            ("battery", "%", "measurement"),
        ),
        (
            "$.battery_info.voltage",
            {"battery_info": {"voltage": 3.1}},
            ("voltage", "V", "measurement"),
        ),
        ("$.battery_status.value", {"battery_status": {"value": 17}}, (None,) * 3),
        ("$.battery_status", {"battery_status": 17}, (None,) * 3),
        # One percent may be all of it, unless others show the scale.
        ("$.user_percentage", {"user_percentage": 1}, (None,) * 3),
        ("$.percent", {"percent": 1.0, "other_percent": 0.4}, (None,) * 3),
        (
            "$.used_percent",
            {"used_percent": 1, "free_percent": 99},
            (None, "%", "measurement"),
        ),
        ("$.used_percent", {"used_percent": 0}, (None, "%", "measurement")),
        # A time of day in six digits, as a text.
        ("$.aTimeS", {"aTimeS": "142900"}, (None,) * 3),
        ("$.aTimeS", {"aTimeS": "140"}, ("duration", "s", "measurement")),
        ("$.aTimeS", {"aTimeS": "146100"}, ("duration", "s", "measurement")),
        ("$.time_s", {"time_s": 142900}, ("duration", "s", "measurement")),
        # What is there, or how much: 0 and 1 do not show it, except of several things.
        ("$.steam_available", {"steam_available": 0}, (None,) * 3),
        ("$.steam_available", {"steam_available": 5}, (None, None, "measurement")),
        ("$.bikes_available", {"bikes_available": 0}, (None, None, "measurement")),
        # Alarms among flags.
        (
            "$.high_temperature",
            {"high_temperature": 0, "a": 1, "b": 0, "c": 0, "d": 0},
            (None, None, "measurement"),
        ),
        (
            "$.high_temperature",
            {"high_temperature": 0},
            ("temperature", "°C", "measurement"),
        ),
        (
            "$.low_humidity",
            {"low_humidity": "0", "a": "1", "b": "0", "c": "0", "d": "0"},
            (None, None, "measurement"),
        ),
        (
            "$.humidity",
            {"humidity": 43, "a": 1, "b": 0, "c": 0, "d": 0},
            ("humidity", "%", "measurement"),
        ),
        # The values of identifiers measure nothing.
        (
            "$.identifiers[1].value",
            {"identifiers": [{"value": "0123"}, {"value": 98765432123456}]},
            (None,) * 3,
        ),
        ("$.barcode.value", {"barcode": {"value": 87}}, (None,) * 3),
        # Of things that were sent, or have failed, 0 and 1 are numbers too.
        ("$.messages_sent", {"messages_sent": 1}, (None, None, "measurement")),
        ("$.rollbacks_failed", {"rollbacks_failed": 0}, (None, None, "measurement")),
        ("$.emails_muted", {"emails_muted": 1}, (None,) * 3),
        ("$.failed", {"failed": 1}, (None,) * 3),
        ("$.votes", {"votes": 0}, (None, None, "measurement")),
        ("$.alerts", {"alerts": 0}, (None,) * 3),
        # A key above says that these are numbers of things.
        ("$.count.draw", {"count": {"draw": 517}}, (None, None, "measurement")),
        ("$.nb.fire", {"nb": {"fire": 0}}, (None, None, "measurement")),
        ("$.totals.dropped", {"totals": {"dropped": 1}}, (None, None, "measurement")),
        (
            "$.spansCountMap.db",
            {"spansCountMap": {"db": 58}},
            (None, None, "measurement"),
        ),
        ("$.count.id", {"count": {"id": 58}}, (None,) * 3),
        ("$.count.temperature", {"count": {"temperature": 12}}, (None,) * 3),
        ("$.account.draw", {"account": {"draw": 517}}, (None,) * 3),
        ("$.count.since", {"count": {"since": 1764400000}}, ("timestamp", None, None)),
        # What went into a battery and out of it is not its charge.
        (
            "$.battery_charged_month",
            {"battery_charged_month": 26},
            (None, None, "measurement"),
        ),
        ("$.battery_to_date", {"battery_to_date": 52}, (None, None, "measurement")),
        ("$.battery_out_today", {"battery_out_today": 52}, (None, None, None)),
        (
            "$.battery_charged_kwh",
            {"battery_charged_kwh": 26},
            ("energy_storage", "kWh", "measurement"),
        ),
        (
            "$.battery_level_today",
            {"battery_level_today": 52},
            ("battery", "%", "measurement"),
        ),
        (
            "$.today.battery",
            {"today": {"battery": 52}},
            ("battery", "%", "measurement"),
        ),
        # The temperature of a language model, and a level of a dryer.
        (
            "$.params.temperature",
            {"params": {"temperature": 0, "top_p": 1, "frequency_penalty": 1.5}},
            (None, None, "measurement"),
        ),
        (
            "$.temperature",
            {"temperature": 0.7, "max_tokens": 4096},
            (None, None, "measurement"),
        ),
        (
            "$.temperature",
            {"temperature": 0.7, "top_floor": 21.0},
            ("temperature", "°C", "measurement"),
        ),
        (
            "$.cycleSetTemperature",
            {"cycleSetTemperature": "2"},
            (None, None, "measurement"),
        ),
        (
            "$.setTemperature",
            {"setTemperature": 21},
            ("temperature", "°C", "measurement"),
        ),
        ("$.temp_set", {"temp_set": -18}, ("temperature", "°C", "measurement")),
        ("$.freq", {"freq": 50.02}, ("frequency", "Hz", "measurement")),
        # A currency in the place of a unit.
        (
            "$.estimate.value",
            {"estimate": {"value": 100, "units": "USD"}},
            ("monetary", "USD", "total"),
        ),
        (
            "$.price.value",
            {"price": {"value": 2, "unit": "EUR"}},
            ("monetary", "EUR", None),
        ),
        (
            "$.rate.value",
            {"rate": {"value": 2, "unit": "ALL"}},
            (None, "ALL", "measurement"),
        ),
        # Others in the list, or many beside it, show that 0 and 1 are no flags.
        (
            "$.answers[1].responses",
            {"answers": [{"responses": 2}, {"responses": 1}]},
            (None, None, "measurement"),
        ),
        (
            "$.answers[1].responses",
            {"answers": [{"responses": 0}, {"responses": 1}]},
            (None,) * 3,
        ),
        (
            "$.answers[1].alert",
            {"answers": [{"alert": 2}, {"alert": 1}]},
            (None,) * 3,
        ),
        (
            "$.rollbacks",
            {"rollbacks": 1, "orders": 9, "coupons": 4, "vouchers": 12},
            (None, None, "measurement"),
        ),
        ("$.sensors", {"sensors": 1, "zones": 8, "programs": 4}, (None,) * 3),
        (
            "$.settings.sounds",
            {"settings": {"sounds": 1, "zones": 8, "programs": 4, "beeps": 3}},
            (None,) * 3,
        ),
    ],
)
def test_what_hard_answers_name_is_measured_as_they_say(
    path: str, document: dict[str, Any], expected: tuple[str | None, ...]
) -> None:
    assert _measure(path, document) == expected


@pytest.mark.parametrize(
    ("path", "document", "unit"),
    [
        # The nearest currency above holds.
        ("$.a.b.cost", {"currency": "EUR", "a": {"b": {"cost": 2.5}}}, "EUR"),
        (
            "$.a.b.cost",
            {"currency": "EUR", "a": {"currency": "USD", "b": {"cost": 2.5}}},
            "USD",
        ),
        ("$.a.b.cost", {"currency": "EUR", "a": {"b": {"cost": 250}}}, None),
        ("$.a.b.rate", {"currency": "EUR", "a": {"b": {"rate": 2.5}}}, None),
        (
            "$[?@.id == 2].cost",
            [{"id": 1, "currency": "EUR"}, {"id": 2, "cost": 2.5}],
            None,
        ),
        # An amount with and without taxes.
        (
            "$.total_cost.before_taxes",
            {"currency": "EUR", "total_cost": {"before_taxes": 8.5}},
            "EUR",
        ),
        (
            "$.price.net",
            {"currency": "EUR", "price": {"net": 8.5, "gross": 10.2}},
            "EUR",
        ),
        ("$.weight.net", {"currency": "EUR", "weight": {"net": 8.5}}, None),
        ("$.price.tax", {"currency": "EUR", "price": {"tax": 19.5}}, None),
        ("$.total_tax", {"currency": "EUR", "total_tax": 2.69}, "EUR"),
        ("$.tax", {"currency": "EUR", "tax": 19.5}, None),
        # A currency of its own, with the same words in front.
        ("$.list_rate", {"list_rate": "8.1", "list_currency": "USD"}, "USD"),
        (
            "$.fx_amount",
            {"fx_amount": 8.1, "fx_currency": "USD", "currency": "EUR"},
            "USD",
        ),
        ("$.list_rate", {"list_rate": "8.1", "currency": "USD"}, None),
        ("$.list_size", {"list_size": 8.1, "list_currency": "USD"}, None),
        # Xero's spelling.
        ("$.Total", {"Total": 20.65, "CurrencyCode": "AUD"}, "AUD"),
    ],
)
def test_an_amount_has_the_nearest_currency(
    path: str, document: object, unit: str | None
) -> None:
    guessed = _guess(path, document)

    assert guessed.device_class == ("monetary" if unit else None)
    assert guessed.unit == unit


@pytest.mark.parametrize(
    ("value", "is_moment"),
    [
        ("/Date(1551744000000+0000)/", True),
        ("/Date(1573692155000)/", True),
        ("/Date(1573692155000-0500)/", True),
        ("/Date(x)/", False),
        ("/Date(1573692155000)", False),
        ("/Date(99999999999999999999999)/", False),
    ],
)
def test_a_time_as_microsoft_writes_it_is_one(value: str, is_moment: bool) -> None:
    guessed = _guess("$.updated", {"updated": value})

    assert guessed.device_class == ("timestamp" if is_moment else None)


@pytest.mark.parametrize(
    ("path", "document", "name", "device_class"),
    [
        (
            "$.batteryStatus.isLow",
            {"batteryStatus": {"isLow": True}},
            "Battery status low",
            "battery",
        ),
        ("$.battery.low", {"battery": {"low": True}}, "Battery low", "battery"),
        (
            "$.tankStatus.isLow",
            {"tankStatus": {"isLow": True}},
            "Tank status low",
            None,
        ),
    ],
)
def test_what_is_low_is_named(
    path: str, document: dict[str, Any], name: str, device_class: str | None
) -> None:
    guessed = _guess(path, document)

    assert (guessed.name, guessed.device_class) == (name, device_class)


@pytest.mark.parametrize(
    ("path", "document", "name"),
    [
        # The kind of an amount is not all that it is.
        (
            "$.statementBalance.value",
            {"statementBalance": {"value": 100, "type": "DEBIT"}},
            "Statement balance debit",
        ),
        (
            "$.measures.value",
            {"measures": {"value": 1, "type": "temperature"}},
            "Measures temperature",
        ),
        ("$.voltage1", {"voltage1": 230.4}, "Voltage 1"),
        # Abbreviations of one meaning, and those of the Open Connectivity Foundation.
        ("$.batteryLvl", {"batteryLvl": 80}, "Battery level"),
        ("$.freq_modified", {"freq_modified": 1}, "Frequency modified"),
        ("$.ocf.mnmn", {"ocf": {"mnmn": "A"}}, "Manufacturer name"),
        # An id with the kind of the thing in front, as long as a UUID.
        (
            "$.rates[?@.id == 'rate_c8501931eb2b4c1fb25e1af7f3286bf4'].carrier",
            {
                "rates": [
                    {"id": "rate_c8501931eb2b4c1fb25e1af7f3286bf4", "carrier": "A"},
                    {"id": "rate_e10ea4fea5ba4d98a1a4135fe54737d7", "carrier": "B"},
                ]
            },
            "Rates 286bf4 carrier",
        ),
        (
            "$.total_3rdQuarter2027Revenue",
            {"total_3rdQuarter2027Revenue": 1},
            "Total 3rd quarter2027 revenue",
        ),
    ],
)
def test_a_value_is_named_by_what_tells_it_apart(
    path: str, document: dict[str, Any], name: str
) -> None:
    assert _guess(path, document).name == name
