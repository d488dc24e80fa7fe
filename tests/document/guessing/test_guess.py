"""What values of real answers are guessed to be, and what is left open."""

from collections.abc import Callable, Iterable
from datetime import UTC
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.oauth2_client.document import as_number
from custom_components.oauth2_client.document.flags import as_flag
from custom_components.oauth2_client.document.guessing import (
    Guess,
    Leaf,
    guess_all,
    leaves,
)
from custom_components.oauth2_client.document.guessing.tables.flags import FLAGS
from custom_components.oauth2_client.document.guessing.tables.vocabulary import (
    QUANTITIES,
)
from custom_components.oauth2_client.document.paths import Path, Segment, compile_path
from custom_components.oauth2_client.document.times import as_day, as_moment
from custom_components.oauth2_client.document.units import UNIT_WORDS
from homeassistant.components.binary_sensor import BinarySensorDeviceClass  # type: ignore[attr-defined]  # 2026.8 has it nowhere else
from homeassistant.components.sensor import (
    DEVICE_CLASS_STATE_CLASSES,
    SensorDeviceClass,
    SensorStateClass,
)
from homeassistant.components.sensor.const import DEVICE_CLASS_UNITS

from ...growth import takes_longer
from .answers import ANSWERS


def _sensor(
    name: str,
    device_class: str | None = None,
    unit: str | None = None,
    state_class: str | None = None,
    **more: Any,
) -> Guess:
    return Guess(
        name=name,
        device_class=device_class,
        unit=unit,
        state_class=state_class,
        **more,
    )


def _binary(name: str, device_class: str | None = None) -> Guess:
    return Guess(name=name, platform="binary_sensor", device_class=device_class)


def _scalars(node: object, segments: tuple[Segment, ...] = ()) -> list[Leaf]:
    """Return every scalar of a document, each once and by its position in lists."""
    children: Iterable[tuple[Segment, object]]
    if isinstance(node, dict):
        children = node.items()
    elif isinstance(node, list):
        children = enumerate(node)
    else:
        return [Leaf(segments=segments, value=node)]
    return [
        leaf for key, child in children for leaf in _scalars(child, (*segments, key))
    ]


def _leaf(path: str, document: object) -> Leaf:
    compiled = compile_path(path)
    assert isinstance(compiled, Path)
    return Leaf(segments=compiled.segments, value=compiled.find(document))


def _guess(leaf: Leaf, document: object) -> Guess:
    [guessed] = guess_all([leaf], document)
    return guessed


@pytest.mark.parametrize(
    ("service", "path", "expected"),
    [
        ("openweather", "$.coord.lon", _sensor("Longitude", None, "°", precision=5)),
        ("openweather", "$.weather[0].id", _sensor("ID")),
        (
            "openweather",
            "$.main.temp",
            _sensor("Temperature", "temperature", "K", "measurement", precision=1),
        ),
        (
            "openweather",
            "$.main.pressure",
            _sensor(
                "Pressure", "atmospheric_pressure", "hPa", "measurement", precision=1
            ),
        ),
        (
            "openweather",
            "$.main.humidity",
            _sensor("Humidity", "humidity", "%", "measurement", precision=0),
        ),
        (
            "openweather",
            "$.main.temp_min",
            _sensor("Temperature min", "temperature", "K", "measurement", precision=1),
        ),
        (
            "openweather",
            "$.visibility",
            _sensor("Visibility", None, None, "measurement"),
        ),
        (
            "openweather",
            "$.wind.speed",
            _sensor("Wind speed", None, None, "measurement"),
        ),
        (
            "openweather",
            "$.wind.deg",
            _sensor(
                "Wind direction",
                "wind_direction",
                "°",
                "measurement_angle",
                precision=0,
            ),
        ),
        (
            "openweather",
            "$.clouds.all",
            _sensor("Clouds all", None, "%", "measurement", precision=0),
        ),
        ("openweather", "$.dt", _sensor("Time", "timestamp")),
        ("openweather", "$.sys.sunrise", _sensor("Sunrise", "timestamp")),
        ("openweather", "$.cod", _sensor("Cod")),
        ("weatherapi", "$.current.last_updated", _sensor("Last updated", "timestamp")),
        (
            "weatherapi",
            "$.current.temp_f",
            _sensor("Temperature", "temperature", "°F", "measurement", precision=1),
        ),
        (
            "weatherapi",
            "$.current.feelslike_c",
            _sensor("Feels like", "temperature", "°C", "measurement", precision=1),
        ),
        ("weatherapi", "$.current.is_day", _binary("Day")),
        (
            "weatherapi",
            "$.current.wind_kph",
            _sensor("Wind", "wind_speed", "km/h", "measurement", precision=1),
        ),
        (
            "weatherapi",
            "$.current.wind_degree",
            _sensor(
                "Wind direction",
                "wind_direction",
                "°",
                "measurement_angle",
                precision=0,
            ),
        ),
        (
            "weatherapi",
            "$.current.pressure_mb",
            _sensor(
                "Pressure", "atmospheric_pressure", "mbar", "measurement", precision=1
            ),
        ),
        (
            "weatherapi",
            "$.current.pressure_in",
            _sensor(
                "Pressure", "atmospheric_pressure", "inHg", "measurement", precision=1
            ),
        ),
        (
            "weatherapi",
            "$.current.precip_in",
            _sensor("Precipitation", "precipitation", "in", "measurement"),
        ),
        (
            "weatherapi",
            "$.current.vis_km",
            _sensor("Visibility", "distance", "km", "measurement"),
        ),
        (
            "weatherapi",
            "$.current.uv",
            _sensor("UV", None, "UV index", "measurement", precision=1),
        ),
        ("open_meteo", "$.current.time", _sensor("Current time", "timestamp")),
        (
            "open_meteo",
            "$.current.temperature_2m",
            _sensor("Temperature 2m", "temperature", "°F", "measurement", precision=1),
        ),
        (
            "open_meteo",
            "$.current.wind_speed_10m",
            _sensor("Wind speed 10m", "wind_speed", "km/h", "measurement", precision=1),
        ),
        (
            "open_meteo",
            "$.hourly.temperature_2m[0]",
            _sensor(
                "Temperature 2m 1", "temperature", "°C", "measurement", precision=1
            ),
        ),
        (
            "nws",
            "$.properties.temperature.value",
            _sensor("Temperature", "temperature", "°C", "measurement", precision=1),
        ),
        (
            "nws",
            "$.properties.barometricPressure.value",
            _sensor(
                "Barometric pressure",
                "atmospheric_pressure",
                "Pa",
                "measurement",
                precision=1,
            ),
        ),
        (
            "netatmo",
            "$.body.devices[0].firmware",
            _sensor("Firmware", category="diagnostic"),
        ),
        (
            "netatmo",
            "$.body.devices[0].wifi_status",
            _sensor("Wi-Fi status", category="diagnostic"),
        ),
        (
            "netatmo",
            "$.body.devices[0].reachable",
            _binary("Reachable", "connectivity"),
        ),
        (
            "netatmo",
            "$.body.devices[0].dashboard_data.time_utc",
            _sensor("Time UTC", "timestamp"),
        ),
        (
            "netatmo",
            "$.body.devices[0].dashboard_data.Temperature",
            _sensor("Temperature", "temperature", "°C", "measurement", precision=1),
        ),
        (
            "netatmo",
            "$.body.devices[0].dashboard_data.CO2",
            _sensor("CO2", "carbon_dioxide", "ppm", "measurement", precision=0),
        ),
        (
            "netatmo",
            "$.body.devices[0].dashboard_data.Noise",
            _sensor("Noise", "sound_pressure", "dB", "measurement"),
        ),
        (
            "netatmo",
            "$.body.devices[0].dashboard_data.Pressure",
            _sensor(
                "Pressure", "atmospheric_pressure", "hPa", "measurement", precision=1
            ),
        ),
        (
            "netatmo",
            "$.body.devices[0].dashboard_data.date_max_temp",
            _sensor("Date max temperature", "timestamp"),
        ),
        (
            "netatmo",
            "$.body.devices[0].dashboard_data.WindAngle",
            _sensor(
                "Wind angle", "wind_direction", "°", "measurement_angle", precision=0
            ),
        ),
        (
            "netatmo",
            "$.body.devices[0].battery_percent",
            _sensor("Battery", "battery", "%", "measurement", precision=0),
        ),
        ("netatmo", "$.body.devices[0].battery_vp", _sensor("Battery vp")),
        (
            "strava",
            "$.biggest_ride_distance",
            _sensor("Biggest ride distance", "distance", "m", "measurement"),
        ),
        (
            "strava",
            "$.recent_ride_totals.count",
            _sensor("Recent ride totals count", None, None, "measurement"),
        ),
        (
            "strava",
            "$.recent_ride_totals.distance",
            _sensor("Recent ride totals distance", "distance", "m", "measurement"),
        ),
        (
            "strava",
            "$.recent_ride_totals.moving_time",
            _sensor("Moving time", "duration", "s", "measurement"),
        ),
        (
            "strava",
            "$.recent_ride_totals.elevation_gain",
            _sensor("Elevation gain", "distance", "m", "measurement"),
        ),
        ("activity", "$.id", _sensor("ID")),
        ("activity", "$.distance", _sensor("Distance", "distance", "m", "measurement")),
        (
            "activity",
            "$.moving_time",
            _sensor("Moving time", "duration", "s", "measurement"),
        ),
        (
            "activity",
            "$.elapsed_time",
            _sensor("Elapsed time", "duration", "s", "measurement"),
        ),
        (
            "activity",
            "$.average_speed",
            _sensor("Average speed", "speed", "m/s", "measurement", precision=1),
        ),
        (
            "activity",
            "$.average_watts",
            _sensor("Average watts", "power", "W", "measurement"),
        ),
        (
            "activity",
            "$.average_heartrate",
            _sensor("Average heart rate", None, "bpm", "measurement", precision=0),
        ),
        ("activity", "$.kilojoules", _sensor("Kilojoules", "energy", "kJ")),
        ("activity", "$.private", _binary("Private")),
        ("spotify", "$.device.id", _sensor("Device ID")),
        (
            "spotify",
            "$.device.volume_percent",
            _sensor("Volume", None, "%", "measurement", precision=0),
        ),
        ("spotify", "$.timestamp", _sensor("Timestamp", "timestamp")),
        (
            "spotify",
            "$.progress_ms",
            _sensor("Progress", "duration", "ms", "measurement"),
        ),
        ("spotify", "$.is_playing", _binary("Playing", "running")),
        ("spotify", "$.repeat_state", _sensor("Repeat state")),
        (
            "spotify",
            "$.item.duration_ms",
            _sensor("Duration", "duration", "ms", "measurement"),
        ),
        ("spotify", "$.item.track_number", _sensor("Track number")),
        (
            "spotify",
            "$.item.popularity",
            _sensor("Popularity", None, None, "measurement"),
        ),
        ("github", "$.id", _sensor("ID")),
        (
            "github",
            "$.public_repos",
            _sensor("Public repos", None, None, "measurement"),
        ),
        ("github", "$.followers", _sensor("Followers", None, None, "measurement")),
        ("github", "$.created_at", _sensor("Created at", "timestamp")),
        ("github", "$.two_factor_authentication", _binary("Two factor authentication")),
        (
            "fitbit",
            "$.summary.caloriesOut",
            _sensor("Calories out", None, "kcal", "measurement"),
        ),
        (
            "fitbit",
            "$.summary.steps",
            _sensor("Steps", None, "steps", "measurement", precision=0),
        ),
        (
            "fitbit",
            "$.summary.sedentaryMinutes",
            _sensor("Sedentary minutes", "duration", "min", "measurement"),
        ),
        (
            "fitbit",
            "$.summary.restingHeartRate",
            _sensor("Resting heart rate", None, "bpm", "measurement", precision=0),
        ),
        (
            "fitbit",
            "$.summary.distances[0].distance",
            _sensor("Distance", None, None, "measurement"),
        ),
        ("withings", "$.status", _sensor("Status")),
        ("withings", "$.body.updatetime", _sensor("Updatetime", "timestamp")),
        ("withings", "$.body.measures[0].value", _sensor("Measures 1")),
        ("monzo", "$.balance", _sensor("Balance", None, None, "measurement")),
        ("monzo", "$.spend_today", _sensor("Spend today", None, None, "measurement")),
        (
            "bank",
            "$.balance.value",
            _sensor("Balance", "monetary", "AUD", "total", precision=2),
        ),
        (
            "bank",
            "$.transaction.amount",
            _sensor("Transaction amount", "monetary", "EUR", "total", precision=2),
        ),
        (
            "bank",
            "$.salary.amount",
            _sensor("Salary amount", "monetary", "JPY", "total", precision=0),
        ),
        (
            "bank",
            "$.rates.price_eur",
            _sensor("Rates price", "monetary", "EUR", precision=2),
        ),
        (
            "bank",
            "$.rates.price_per_kwh",
            _sensor("Price per kWh", None, None, "measurement"),
        ),
        (
            "bank",
            "$.rates.usd_24h_change",
            _sensor("USD 24h change", None, None, "measurement"),
        ),
        ("bank", "$.bitcoin.usd", _sensor("Bitcoin", "monetary", "USD", precision=2)),
        (
            "bank",
            "$.invoice.total",
            _sensor("Invoice total", "monetary", "EUR", "total", precision=2),
        ),
        ("stripe", "$.amount", _sensor("Amount", None, None, "measurement")),
        ("tesla", "$.charge_state.charging_state", _sensor("Charging state")),
        (
            "tesla",
            "$.charge_state.charge_limit_soc",
            _sensor("Charge limit SOC", None, "%", "measurement", precision=0),
        ),
        (
            "tesla",
            "$.vehicle_state.odometer",
            _sensor("Odometer", None, None, "measurement"),
        ),
        (
            "tesla",
            "$.vehicle_state.car_version",
            _sensor("Car version", category="diagnostic"),
        ),
        (
            "youtube",
            "$.statistics.viewCount",
            _sensor("View count", None, None, "measurement"),
        ),
        ("google_fit", "$.startTimeNanos", _sensor("Start time nanos", "timestamp")),
        (
            "miele",
            "$.remainingTime[0]",
            _sensor("Remaining time 1", None, None, "measurement"),
        ),
        ("oura", "$.day", _sensor("Day", "date")),
        ("oura", "$.average_hrv", _sensor("Average HRV", None, None, "measurement")),
        ("oura", "$.score", _sensor("Score", None, None, "measurement")),
        (
            "ecobee",
            "$.actualTemperature",
            _sensor("Actual temperature", None, None, "measurement"),
        ),
        ("ecobee", "$.isConnected", _binary("Connected", "connectivity")),
        ("todoist", "$.id", _sensor("ID")),
        ("todoist", "$.priority", _sensor("Priority")),
        ("todoist", "$.due.date", _sensor("Due date", "date")),
        ("todoist", "$.due.is_recurring", _binary("Recurring")),
        (
            "todoist",
            "$.comment_count",
            _sensor("Comment count", None, None, "measurement"),
        ),
        ("graph", "$.availability", _sensor("Availability")),
        ("graph", "$.activity", _sensor("Activity")),
        ("calendar", "$.summary", _sensor("Summary")),
        (
            "calendar",
            "$.items[0].start.dateTime",
            _sensor("Start date time", "timestamp"),
        ),
        ("calendar", "$.items[0].status", _sensor("Status")),
        ("meter", "$.total_kwh", _sensor("Total", "energy", "kWh", "total_increasing")),
        (
            "meter",
            "$.energyToday",
            _sensor("Energy today", "energy", "kWh", "total_increasing", precision=2),
        ),
        (
            "meter",
            "$.import.total",
            _sensor("Import total", "energy", "kWh", "total_increasing", precision=2),
        ),
        ("meter", "$.powerW", _sensor("Power", "power", "W", "measurement")),
        (
            "meter",
            "$.grid_power_kw",
            _sensor("Grid power", "power", "kW", "measurement"),
        ),
        ("meter", "$.voltage", _sensor("Voltage", "voltage", "V", "measurement")),
        ("meter", "$.current_ma", _sensor("Current", "current", "mA", "measurement")),
        (
            "meter",
            "$.gas_total_m3",
            _sensor("Gas total", "gas", "m³", "total_increasing"),
        ),
        ("meter", "$.water.value", _sensor("Water", "water", "L")),
        (
            "meter",
            "$.production.value",
            _sensor("Production", "power", "W", "measurement"),
        ),
        ("meter", "$.cycle_kwh", _sensor("Cycle", "energy", "kWh")),
        ("meter", "$.battery.soc", _sensor("SOC", None, None, "measurement")),
        (
            "meter",
            "$.battery.level",
            _sensor("Battery level", "battery", "%", "measurement", precision=0),
        ),
        (
            "meter",
            "$.battery.temperature_c",
            _sensor("Temperature", "temperature", "°C", "measurement", precision=1),
        ),
        ("meter", "$.battery.charging", _binary("Charging", "battery_charging")),
        ("meter", "$.battery.low", _binary("Battery low", "battery")),
        ("home", "$.door", _binary("Door", "door")),
        ("home", "$.lock", _binary("Lock", "lock")),
        ("home", "$.locked", _binary("Locked")),
        ("home", "$.garage.door.state", _binary("Door state", "garage_door")),
        ("home", "$.motion", _binary("Motion", "motion")),
        ("home", "$.contact", _binary("Contact")),
        ("home", "$.not_charging", _binary("Not charging")),
        ("home", "$.online", _binary("Online", "connectivity")),
        ("home", "$.is_home", _binary("Home", "presence")),
        ("home", "$.water_leak", _binary("Water leak", "moisture")),
        ("home", "$.update_available", _binary("Update available", "update")),
        ("home", "$.status", _sensor("Status")),
        ("home", "$.mode", _sensor("Mode")),
        (
            "device",
            "$.rssi",
            _sensor(
                "RSSI",
                "signal_strength",
                "dBm",
                "measurement",
                precision=0,
                category="diagnostic",
            ),
        ),
        ("device", "$.ip", _sensor("IP", category="diagnostic")),
        ("device", "$.serial", _sensor("Serial", category="diagnostic")),
        (
            "device",
            "$.uptime",
            _sensor("Uptime", "duration", "s", "measurement", category="diagnostic"),
        ),
        (
            "device",
            "$.last_seen",
            _sensor("Last seen", "timestamp", category="diagnostic"),
        ),
        ("device", "$.expires", _sensor("Expires", "timestamp")),
        ("device", "$.modifiedAt", _sensor("Modified at", "timestamp")),
        ("device", "$.used_bytes", _sensor("Used", "data_size", "B", "measurement")),
        (
            "device",
            "$.download_mbps",
            _sensor("Download", "data_rate", "Mbit/s", "measurement"),
        ),
        (
            "device",
            "$.speed",
            _sensor("Speed", "speed", "km/h", "measurement", precision=1),
        ),
        (
            "device",
            "$.distanceInMeters",
            _sensor("Distance", "distance", "m", "measurement"),
        ),
        (
            "device",
            "$.cpu.temperature.celsius",
            _sensor("Temperature", "temperature", "°C", "measurement", precision=1),
        ),
        (
            "device",
            "$.readings[0].value",
            _sensor("Temperature", "temperature", "°C", "measurement", precision=1),
        ),
        (
            "device",
            "$.readings[1].value",
            _sensor("Points", None, "points", "measurement"),
        ),
        (
            "device",
            "$.readings[2].value",
            _sensor("Humidity", "humidity", "%", "measurement", precision=0),
        ),
        (
            "device",
            "$.tracker.position.latitude",
            _sensor("Latitude", None, "°", precision=5),
        ),
        (
            "device",
            "$.tracker.position.long",
            _sensor("Longitude", None, "°", precision=5),
        ),
        ("names", "$.id", _sensor("ID")),
        ("names", "$.user_id", _sensor("User ID")),
        ("names", "$.version", _sensor("Version", category="diagnostic")),
        ("names", "$.api.version", _sensor("API version", category="diagnostic")),
        ("names", "$.year", _sensor("Year")),
        ("names", "$.phone", _sensor("Phone")),
        ("names", "$.zip", _sensor("Zip")),
        ("names", "$.code", _sensor("Code")),
        ("names", "$.status", _sensor("Status")),
        ("names", "$.retries", _sensor("Retries")),
        ("names", "$.vitamin_c", _sensor("Vitamin c")),
        ("names", "$.plan_b", _sensor("Plan b")),
        ("names", "$.humidity", _sensor("Humidity", None, None, "measurement")),
        ("names", "$.temperature", _sensor("Temperature", None, None, "measurement")),
        (
            "names",
            "$.bytes_since_reset",
            _sensor("Bytes since reset", "data_size", "B", "measurement"),
        ),
        ("names", "$.score", _sensor("Score")),
        ("names", "$.nothing", _sensor("Nothing")),
        ("todoist", "$.labels", _sensor("Labels count", None, None, "measurement")),
        ("calendar", "$.items", _sensor("Items count", None, None, "measurement")),
        ("spotify", "$.device.name", _sensor("Device name")),
        ("github", "$.plan.name", _sensor("Plan name")),
        ("names", "$.type", _sensor("Type")),
        (
            "device",
            "$.sensors[?@.id == 'a'].temp",
            _sensor(
                "Kitchen temperature", "temperature", "°C", "measurement", precision=1
            ),
        ),
        (
            "device",
            "$.sensors[?@.id == 'a'].value",
            _sensor("Kitchen", None, None, "measurement"),
        ),
        (
            "device",
            "$.sensors[?@.id == 'a'].tags",
            _sensor("Kitchen tags count", None, None, "measurement"),
        ),
    ],
)
def test_a_value_of_a_real_answer_is_guessed(
    service: str, path: str, expected: Guess
) -> None:
    document = ANSWERS[service]

    assert _guess(_leaf(path, document), document) == expected


@pytest.mark.parametrize(
    "moment",
    [
        "2026-03-01T12:00:00.123Z",
        "2026-03-01 12:00:00",
        "Sun, 01 Mar 2026 12:00:00 GMT",
        1772366400,
        1772366400.5,
        1772366400000,
        1772366400000000,
        "1772366400",
    ],
)
@pytest.mark.parametrize(
    "key", ["updated_at", "lastChanged", "expires", "dt", "sunset"]
)
def test_a_moment_is_a_timestamp_in_every_spelling(key: str, moment: object) -> None:
    document = {key: moment}

    assert _guess(_leaf(f"$.{key}", document), document).device_class == "timestamp"


@pytest.mark.parametrize("number", [12, 3600, 900_000_000, 5_000_000_000, 10**20, -1])
def test_a_number_outside_of_this_century_is_no_timestamp(number: int) -> None:
    document = {"updated_at": number}

    assert _guess(_leaf("$.updated_at", document), document) == _sensor("Updated at")


@pytest.mark.parametrize(
    ("document", "names"),
    [
        (
            {"in": {"temp": 21}, "out": {"temp": 5}, "humidity": 44},
            ["In temperature", "Out temperature", "Humidity"],
        ),
        ({"temp_c": 21, "temp_f": 70}, ["Temperature °C", "Temperature °F"]),
        (
            {"items": [{"price": 1}, {"price": 2}]},
            ["Items 1 price", "Items 2 price"],
        ),
        ([1, 2], ["Value 1", "Value 2"]),
        ({"wind-speed": 1, "windSpeed": 2}, ["Wind speed", "Wind speed 2"]),
        ({"a": {"b": 1}, "aB": 2, "c": {"b": 3}}, ["A b", "A b 2", "C b"]),
        ({"Größe": 1, "": 2, "---": 3}, ["Größe", "Value", "Value 2"]),
        ("text", ["Value"]),
        ({"distance": {"km": 5, "miles": 3.1}}, ["Distance km", "Distance mi"]),
        ({"activity": {"kilojoules": 5}}, ["Kilojoules"]),
    ],
)
def test_several_values_have_names_of_their_own(
    document: object, names: list[str]
) -> None:
    guesses = guess_all(_scalars(document), document)

    assert [each.name for each in guesses] == names


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("wind_speed", "Wind speed"),
        ("wind-speed", "Wind speed"),
        ("windSpeed", "Wind speed"),
        ("WIND_SPEED", "Wind speed"),
        ("HTTPStatus", "HTTP status"),
        ("deviceIP", "Device IP"),
        ("VPNState", "VPN state"),
        ("pm2_5", "PM2.5"),
        ("PM25", "PM2.5"),
        ("phValue", "pH value"),
        ("totalKWh", "Total"),
        ("avgTempInFahrenheit", "Average temperature"),
        ("veryActiveMinutes", "Very active minutes"),
    ],
)
def test_a_name_is_the_words_of_the_key(key: str, name: str) -> None:
    document = {key: 7}

    assert _guess(_leaf(f"$['{key}']", document), document).name == name


_KEYS = st.sampled_from(
    [
        *QUANTITIES,
        *FLAGS,
        *UNIT_WORDS,
        "value",
        "unit",
        "units",
        "currency",
        "name",
        "type",
    ]
).map(lambda phrase: phrase.replace(" ", "_")) | st.text(max_size=12)
_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from([*UNIT_WORDS, "EUR", "open", "metric", "2026-03-01", "12:00"])
)
_DOCUMENTS = st.recursive(
    _SCALARS,
    lambda children: (
        st.lists(children, max_size=4) | st.dictionaries(_KEYS, children, max_size=6)
    ),
    max_leaves=20,
)


@given(_DOCUMENTS)
def test_any_document_is_guessed_with_what_home_assistant_takes(
    document: object,
) -> None:
    guesses = guess_all(leaves(document), document)

    names = [each.name.lower() for each in guesses]
    assert len(set(names)) == len(names)
    assert all(names)
    for each in guesses:
        if each.platform == "binary_sensor":
            assert each.device_class is None or BinarySensorDeviceClass(
                each.device_class
            )
            assert (each.unit, each.state_class, each.precision) == (None, None, None)
        elif each.device_class is not None:
            device_class = SensorDeviceClass(each.device_class)
            if each.state_class is not None:
                assert each.state_class in DEVICE_CLASS_STATE_CLASSES[device_class]
            if device_class in DEVICE_CLASS_UNITS:
                assert each.unit in DEVICE_CLASS_UNITS[device_class]
        assert each.state_class is None or SensorStateClass(each.state_class)


@given(_DOCUMENTS)
def test_any_value_can_be_read_as_what_it_is_guessed_to_be(document: object) -> None:
    for leaf in _scalars(document):
        made = _guess(leaf, document)
        if made.platform == "binary_sensor":
            assert as_flag(leaf.value) is not None
        elif made.device_class == "timestamp":
            assert as_moment(leaf.value, zone=UTC) is not None
        elif made.device_class == "date":
            assert as_day(leaf.value, zone=UTC) is not None
        elif made.unit or made.state_class:
            assert as_number(leaf.value) is not None


def _guessing(document: object, count: int) -> Callable[[], object]:
    found = _scalars(document)
    assert len(found) == count
    return lambda: guess_all(found, document)


@pytest.mark.parametrize(
    "make",
    [
        lambda count: {f"sensor {index} temp": index for index in range(count)},
        lambda count: {f"{'-' * index}": index for index in range(count)},
        lambda count: [{"unit": "kWh", "currency": 1} for _ in range(count // 2)],
    ],
)
def test_four_times_the_values_take_about_four_times_as_long(make: Any) -> None:
    few, many = 500, 2000

    # It would be sixteen times if each value were compared with every other.
    assert not takes_longer(_guessing(make(many), many), _guessing(make(few), few), 9)


@pytest.mark.parametrize(
    ("document", "device_class"),
    [
        ({"at": "2026-11-24T16:00:00", "timeZone": "UTC"}, None),
        ({"at": "2026-11-24T16:00:00Z", "timeZone": "UTC"}, "timestamp"),
        ({"at": "2026-11-24T16:00:00+01:00", "timezone": "Europe/Berlin"}, "timestamp"),
        ({"at": "2026-11-24T16:00:00"}, "timestamp"),
    ],
)
def test_a_time_in_a_zone_that_is_named_beside_it_is_not_local_time(
    document: dict[str, str], device_class: str | None
) -> None:
    assert _guess(_leaf("$.at", document), document).device_class == device_class
