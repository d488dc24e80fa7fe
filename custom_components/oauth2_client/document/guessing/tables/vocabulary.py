"""What the words of keys mean, with classes, units and state classes in Home Assistant's spelling.

An entry of several words is a phrase: `wind speed` is found in `wind_speed` and in `wind.speed`.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

MEASUREMENT: Final = "measurement"
TOTAL: Final = "total"
GROWING: Final = "total_increasing"


class Quantity(NamedTuple):
    """Something that is measured.

    `unit` is assumed where the answer names none and the value lies within `between`.
    """

    device_class: str | None = None
    state_class: str | None = MEASUREMENT
    unit: str | None = None
    between: tuple[float, float] = (0, 100)
    precision: int | None = None


_BATTERY: Final = Quantity(device_class="battery", unit="%", precision=0)
# What a battery holds, where the answer says kWh.
_STORED: Final = Quantity(device_class="energy_storage", precision=2)
_DISTANCE: Final = Quantity(device_class="distance")
_DURATION: Final = Quantity(device_class="duration")
_SECONDS: Final = Quantity(device_class="duration", unit="s", between=(0, 10**9))
# A number up to a hundred may be a share of the time. More than six years are milliseconds.
_UPTIME: Final = Quantity(device_class="duration", unit="s", between=(101, 2 * 10**8))
_PER_DISTANCE: Final = Quantity(device_class="energy_distance", precision=1)
_ENERGY: Final = Quantity(device_class="energy", state_class=None, precision=2)
_POWER: Final = Quantity(device_class="power")
_POWER_FACTOR: Final = Quantity(device_class="power_factor", between=(-1, 1))
_PERCENT: Final = Quantity(unit="%", precision=0)
_MOISTURE: Final = Quantity(device_class="moisture", unit="%", precision=0)
_UV: Final = Quantity(unit="UV index", between=(0, 20), precision=1)
_INTENSITY: Final = Quantity(device_class="precipitation_intensity")
# A range that has no number: the unit has to be stated.
_STATED: Final = (1.0, 0.0)
_LIGHT: Final = Quantity(unit="K", between=_STATED)
_STATED_PERCENT: Final = Quantity(unit="%", between=_STATED, precision=0)
_SIZE: Final = Quantity(device_class="data_size")
_RATE: Final = Quantity(device_class="data_rate")
_SPEED: Final = Quantity(device_class="speed", precision=1)
_WIND: Final = _SPEED._replace(device_class="wind_speed", unit="mph", between=(0, 250))
_DIRECTION: Final = Quantity(
    device_class="wind_direction",
    state_class="measurement_angle",
    unit="°",
    between=(0, 360),
    precision=0,
)
_TEMPERATURE: Final = Quantity(
    device_class="temperature", unit="°C", between=(-50, 45), precision=1
)
_SETPOINT: Final = Quantity(device_class="temperature", between=(1, 0), precision=1)
# Weather services answer in kelvin when the request names no units.
_FAHRENHEIT: Final = _TEMPERATURE._replace(unit="°F", between=(-60, 130))
_KELVIN: Final = _TEMPERATURE._replace(unit="K", between=(240, 330))
_TEMPERATURES: Final = (_TEMPERATURE, _FAHRENHEIT, _KELVIN)
_WEATHER: Final = Quantity(
    device_class="atmospheric_pressure", unit="hPa", between=(850, 1100), precision=1
)
_PASCALS: Final = _WEATHER._replace(unit="Pa", between=(85_000, 110_000), precision=0)
_PRESSURE: Final = Quantity(device_class="pressure")
_BLOOD_PRESSURE: Final = Quantity(
    device_class="pressure", unit="mmHg", between=(30, 260), precision=0
)
_HEART: Final = Quantity(unit="bpm", between=(20, 250), precision=0)
_VOLTAGE: Final = Quantity(device_class="voltage", unit="V", between=(1, 480))
_SIGNAL: Final = Quantity(
    device_class="signal_strength", unit="dBm", between=(-130, -10), precision=0
)
_COORDINATE: Final = Quantity(
    state_class=None, unit="°", between=(-180, 180), precision=5
)
# A number below the concentration outdoors is an emission.
_CO2: Final = Quantity("carbon_dioxide", MEASUREMENT, "ppm", (300, 10_000), precision=0)
_WEIGHT: Final = Quantity(device_class="weight", precision=1)
_VOLUME: Final = Quantity(device_class="volume_storage")
_GLUCOSE: Final = Quantity(device_class="blood_glucose_concentration")
_VOC: Final = Quantity(device_class="volatile_organic_compounds")
_VOC_PARTS: Final = Quantity(device_class="volatile_organic_compounds_parts")


def _gas(device_class: str, unit: str | None = None) -> Quantity:
    return Quantity(device_class, MEASUREMENT, unit, (0, 1000), precision=0)


def words_in(text: str) -> frozenset[str]:
    """Return the words of a table."""
    return frozenset(text.split())


def phrases_in(text: str) -> frozenset[str]:
    """Return the phrases of a table."""
    return frozenset(" ".join(phrase.split()) for phrase in text.split(","))


# By phrase. Where a phrase has several quantities, the unit or the value decides.
QUANTITIES: Final[Mapping[str, tuple[Quantity, ...]]] = {
    phrase: quantities
    for phrases, quantities in (
        ("temperature, temp, temperatures, temps, temper, tmp", _TEMPERATURES),
        ("feels like, feelslike, dew point, dewpoint, dwpt", _TEMPERATURES),
        ("wind chill, windchill, heat index, heatindex", _TEMPERATURES),
        ("heat setpoint, cool setpoint", (_SETPOINT,)),
        ("heating setpoint, cooling setpoint", (_SETPOINT,)),
        (
            "humidity, hum, humi, relative humidity, rel hum, rh, rhum",
            (
                Quantity(device_class="humidity", unit="%", precision=0),
                Quantity(device_class="absolute_humidity"),
            ),
        ),
        ("moisture, soil humidity, soil hum, soil moisture", (_MOISTURE,)),
        ("battery, battery level, batterylevel, battery charge", (_BATTERY, _STORED)),
        ("bat, batt, bat level, batt level, bat lvl, batt lvl", (_BATTERY, _STORED)),
        ("state of charge, soc, bat soc", (_BATTERY, _STORED)),
        ("state of health, soh", (_PERCENT,)),
        ("battery capacity, energy capacity, capacity", (_STORED,)),
        ("absolute humidity", (Quantity(device_class="absolute_humidity"),)),
        ("color temperature, colour temperature, color temp", (_LIGHT,)),
        (
            "pressure, sea level, grnd level, ground level",
            (_WEATHER, _PASCALS, _PRESSURE),
        ),
        ("barometer, barometric pressure, air pressure", (_WEATHER, _PASCALS)),
        ("barom rel, baro, mslp, pres", (_WEATHER, _PASCALS)),
        ("absolute pressure, barom abs, barom", (_WEATHER,)),
        ("tire pressure, tyre pressure, water pressure", (_PRESSURE,)),
        ("systolic, diastolic, blood pressure", (_BLOOD_PRESSURE,)),
        ("heart rate, heartrate, pulse", (_HEART,)),
        ("heating power, motor power, fan power", (_POWER, _STATED_PERCENT)),
        ("co2, carbon dioxide, rco2, eco2", (_CO2,)),
        ("co, carbon monoxide", (_gas("carbon_monoxide"),)),
        ("pm25, pm2p5, pm02", (_gas("pm25", "μg/m³"),)),
        ("pm10", (_gas("pm10", "μg/m³"),)),
        ("pm1, pm01", (_gas("pm1", "μg/m³"),)),
        ("o3, ozone", (_gas("ozone"),)),
        ("no2, nitrogen dioxide", (_gas("nitrogen_dioxide"),)),
        ("so2, sulphur dioxide, sulfur dioxide", (_gas("sulphur_dioxide"),)),
        ("voc, tvoc", (_VOC, _VOC_PARTS)),
        ("aqi, air quality index", (Quantity(device_class="aqi", between=(0, 500)),)),
        ("ph", (Quantity(device_class="ph", between=(0, 14), precision=1),)),
        (
            "noise, noise level, sound level",
            (Quantity(device_class="sound_pressure", unit="dB", between=(10, 140)),),
        ),
        ("illuminance, light level", (Quantity(device_class="illuminance"),)),
        ("irradiance, solar radiation", (Quantity(device_class="irradiance"),)),
        ("uv, uv index, uvi", (_UV,)),
        ("wind, wind speed, windspeed, wind gust, wind gusts, windgust", (_WIND,)),
        ("gust, wind strength, gust strength, predkosc wiatru, vitesse vent", (_WIND,)),
        (
            "wind direction, winddirection, wind dir, winddir, wind deg, wdir",
            (_DIRECTION,),
        ),
        ("wind degree, wind degrees, wind bearing, wind angle", (_DIRECTION,)),
        ("gust angle, windangle, kierunek wiatru", (_DIRECTION,)),
        ("heading, bearing", (_DIRECTION._replace(device_class=None),)),
        ("speed, velocity", (_SPEED, _RATE)),
        (
            "precipitation, precip, rain, rainfall, snow, snowfall",
            (Quantity(device_class="precipitation"), _INTENSITY),
        ),
        ("rain rate, rainrate, rain intensity, precipitation rate", (_INTENSITY,)),
        ("cloud, clouds, clouds all, cloudiness, cloud cover, cloudcover", (_PERCENT,)),
        ("cloud coverage, precipitation probability", (_PERCENT,)),
        ("rain probability, snow probability, ice probability", (_PERCENT,)),
        ("thunderstorm probability, rain chance, precipitation chance", (_PERCENT,)),
        ("chance of rain, chance of snow, volume percent", (_PERCENT,)),
        ("power", (_POWER,)),
        ("apparent power", (Quantity(device_class="apparent_power"),)),
        ("reactive power", (Quantity(device_class="reactive_power"),)),
        (
            "reactive energy",
            (Quantity(device_class="reactive_energy", state_class=None),),
        ),
        ("power factor, powerfactor, cosphi", (_POWER_FACTOR,)),
        ("energy", (_ENERGY,)),
        ("consumption, production, generation, yield", (_ENERGY, _POWER)),
        ("import, export", (_ENERGY, _POWER)),
        ("fuel, fuel level, fuel volume", (_VOLUME, _STATED_PERCENT)),
        ("tank, tank level, remaining fuel", (_VOLUME, _STATED_PERCENT)),
        ("flow, flow rate, water flow", (Quantity(device_class="volume_flow_rate"),)),
        ("gas", (Quantity(device_class="gas", state_class=None),)),
        ("water, water volume", (Quantity(device_class="water", state_class=None),)),
        ("voltage, vbat, vbatt", (_VOLTAGE,)),
        ("orp, redox", (_VOLTAGE._replace(unit="mV", between=(100, 1200)),)),
        ("current", (Quantity(device_class="current"),)),
        ("amperage", (Quantity("current", MEASUREMENT, "A", (0, 500)),)),
        ("wattage", (_POWER._replace(unit="W", between=(0, 50_000)),)),
        ("frequency, freq", (Quantity("frequency", MEASUREMENT, "Hz", (49, 61)),)),
        ("rssi, rssi device, rssi peer, rsrp, signal strength, signal", (_SIGNAL,)),
        ("wifi strength, wifi signal, radio strength, connection strength", (_SIGNAL,)),
        ("snr, sinr, rsrq", (_SIGNAL._replace(unit="dB", between=(-40, 100)),)),
        ("lqi, link quality, linkquality, signal quality", (Quantity(),)),
        ("distance, range, altitude, elevation, elevation gain, elev", (_DISTANCE,)),
        ("visibility, vis, height, depth, length, width, radius", (_DISTANCE,)),
        (
            "odometer, mileage, odo",
            (Quantity(device_class="distance", state_class=GROWING),),
        ),
        ("weight, mass", (_WEIGHT,)),
        ("body fat, fat ratio, fat percentage", (Quantity(unit="%", precision=1),)),
        ("glucose, blood glucose, blood sugar, sugar, sgv, egv, bg", (_GLUCOSE,)),
        ("elapsed time, moving time, expires in", (_SECONDS,)),
        ("uptime", (_UPTIME,)),
        ("time remaining, remaining time, time left, remain", (_DURATION,)),
        ("duration, latency, ping, delay, runtime, progress, position", (_DURATION,)),
        ("ttl, dur, sleep, time, interval, timeout, age", (_DURATION,)),
        ("energy consumption, fuel consumption", (_PER_DISTANCE, _ENERGY, _POWER)),
        ("average consumption, electric consumption", (_PER_DISTANCE, _ENERGY, _POWER)),
        ("size, memory, disk, usage, used, free, available, quota", (_SIZE,)),
        ("storage", (_SIZE, _STORED)),
        ("download, upload, bandwidth, throughput, bitrate", (_RATE, _SIZE)),
        ("latitude, lat, longitude, lon, lng, latlng", (_COORDINATE,)),
        ("coordinates, coordinate, coords, crd, bbox", (_COORDINATE,)),
        ("lonlat, latlon, latlong", (_COORDINATE,)),
        (
            "spo2, oxygen saturation, blood oxygen",
            (Quantity(unit="%", between=(50, 100), precision=0),),
        ),
        ("body battery, battery health, health score", (Quantity(),)),
        ("voc index, tvoc index, nox index, kp index", (Quantity(),)),
        ("cpu usage, cpu utilization", (_PERCENT,)),
        (
            "calories, calories out, kilocalories, kcal",
            (Quantity(unit="kcal", between=(0, 20_000)),),
        ),
        ("steps", (Quantity(unit="steps", between=(0, 10**7), precision=0),)),
    )
    for phrase in phrases.split(", ")
}
LONGEST_PHRASE: Final = 3

# Words behind the measured quantity that do not name one: temp_max, battery.value.
QUALIFIERS: Final = words_in(
    """
    avg average mean max maximum min minimum median sum total current now today yesterday daily
    day night morn morning eve evening week month year lifetime last latest value reading actual
    measured level outdoor indoor outside inside high low counter meter msl 2m 10m 1h 3h 24h
    consumed produced imported exported charged target setpoint set l1 l2 l3 raw actual atm cf alt compensated
    formatted numeric nominal abs ambient room offset step resolution accuracy precision deviation metric imperial concentration peak burned
    relative relativa wzgledna exterior exterieure esterna externa interior interna
    """
)
# Words before which a key has said what is measured: `time_to_full_charge`.
PREPOSITIONS: Final = words_in("to until till since for before after without with")
# Words behind the plural of a unit: `minutes_asleep`, `miles_to_arrival`.
AFTER_UNITS: Final = PREPOSITIONS | words_in(
    """
    of in on asleep awake remaining left active inactive sedentary lightly fairly very added
    played watched listened driven ridden walked run slept worked spent used consumed produced
    charged delivered saved elapsed received sent transferred free available ago today yesterday total
    """
)
# Time spans that a value is of: `energy_last_7_days`, `rain_24_hours`.
PERIODS: Final = words_in(
    "minute minutes hour hours day days week weeks month months year years"
)
NUMERALS: Final = words_in(
    "two three four five six seven ten twelve thirty sixty ninety"
)
# Phrases that end like one of the quantities and mean another thing, or a level without a unit.
NOT_MEASURED: Final = phrases_in(
    """
    arrival time, batch size, date time, create time, created time, creation time, departure time, device cloud,
    device time, end time, epoch, event time, expire time, expiration time, expiry time, fan speed,
    font size, iot cloud, last time, page size, power level, publish time, server time, speed level,
    start time, stop time, sync time, system time, temp level, temperature level, time stamp, update time,
    updated time, wake time
    """
)
# Words that make energy, gas and water a meter: it grows, until it begins again at zero.
GROWTH: Final = words_in(
    """
    total lifetime cumulative counter meter today daily day week month year consumed produced
    imported exported import export reading
    """
)
METERED: Final = frozenset({"energy", "gas", "reactive_energy", "water"})
# Words of a part of what a meter counts, which does not grow: the mileage of a trip.
OF_A_PART: Final = words_in(
    """
    average avg mean trip trips session sessions start end until next due service inspection
    range remaining statistics per last
    """
)

# Words of an amount that begins again: as a total, each beginning would count as money that was lost.
BEGINS_AGAIN: Final = words_in(
    """
    hourly daily weekly monthly yearly annual hour day week month year today yesterday last
    session sessions trip trips ride rides
    """
)
_SUMS: Final = words_in(
    """
    balance amount cost total spend spent income revenue earnings budget savings debt worth
    value payout available due fee fees subtotal payment deposit
    """
)
_PRICES: Final = words_in("price high low open close ask bid")
# Words for money, with the state class. A price is not a total and has none.
MONEY: Final[Mapping[str, str | None]] = dict.fromkeys(_SUMS, TOTAL) | dict.fromkeys(
    _PRICES
)

# Words for what things cost, for each or for a unit of them.
PRICES: Final = words_in(
    "cent cents cost costs ct fee pence price prices rate rates spend spent tariff"
)

# Words for counts and scores, which are measured and have no unit. Other plurals count too.
COUNTS: Final = words_in(
    """
    count counts total totals score karma rating streak points xp load unread pending queue
    queued followers following subscribers stars watchers forks likes views members users
    comments issues remaining completed capacity floors repos gists popularity hrv
    efficiency rate votes upvotes downvotes clicks impressions visits replies reposts retweets
    wins losses reboots restarts crashes
    """
)
COUNTING: Final = frozenset({"num", "nb", "count", "total", "average", "avg", "mean"})
# Words for numbers that identify or classify and measure nothing.
NAMES: Final = words_in(
    """
    id ids identifier identifiers barcode barcodes uid uuid guid version versions year month day weekday week hour minute phone mobile
    fax zip zipcode postal postcode plz code codes number nr no serial port pid status state
    type types kind mode class category index indices isbn sku ean upc account iban mac ip address build
    model page pages order priority color colour hash key keys token pin rev revision generation
    errno http schema timezone offset flag flags channel quarter season episode permissions mask
    settings features options series ref reference extension
    """
)
