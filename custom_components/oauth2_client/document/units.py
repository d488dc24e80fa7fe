"""Units and currencies as Home Assistant spells them, and as APIs write them."""

from collections.abc import Mapping
from html import unescape
import re
from typing import Final

# The units that each device class allows, as far as APIs are known to use them.
UNITS_OF: Final[Mapping[str, frozenset[str]]] = {
    device_class: frozenset(units)
    for device_class, units in {
        "absolute_humidity": ("g/m³", "mg/m³"),
        "apparent_power": ("VA", "kVA"),
        "atmospheric_pressure": ("hPa", "mbar", "inHg", "mmHg", "Pa", "kPa"),
        "battery": ("%",),
        "blood_glucose_concentration": ("mg/dL", "mmol/L"),
        "carbon_dioxide": ("ppm",),
        "carbon_monoxide": ("ppm", "ppb", "μg/m³", "mg/m³"),
        "current": ("A", "mA"),
        "data_rate": ("bit/s", "kbit/s", "Mbit/s", "Gbit/s", "B/s", "kB/s", "MB/s"),
        "data_size": ("B", "kB", "MB", "GB", "TB", "KiB", "MiB", "GiB", "TiB"),
        "distance": ("mm", "cm", "m", "km", "in", "ft", "yd", "mi", "nmi"),
        "duration": ("μs", "ms", "s", "min", "h", "d"),
        "energy": ("Wh", "kWh", "MWh", "GWh", "J", "kJ", "MJ", "GJ"),
        "energy_distance": ("kWh/100km", "Wh/km", "mi/kWh", "km/kWh"),
        "energy_storage": ("Wh", "kWh", "MWh"),
        "frequency": ("Hz", "kHz", "MHz", "GHz"),
        "gas": ("m³", "ft³", "L"),
        "humidity": ("%",),
        "illuminance": ("lx",),
        "irradiance": ("W/m²",),
        "moisture": ("%",),
        "nitrogen_dioxide": ("μg/m³", "ppb", "ppm"),
        "ozone": ("μg/m³", "ppb", "ppm"),
        "pm1": ("μg/m³",),
        "pm10": ("μg/m³",),
        "pm25": ("μg/m³",),
        "power": ("mW", "W", "kW", "MW", "GW"),
        "precipitation": ("mm", "cm", "in"),
        "precipitation_intensity": ("mm/h", "mm/d", "in/h", "in/d"),
        "pressure": ("Pa", "hPa", "kPa", "bar", "mbar", "psi", "mmHg", "inHg"),
        "reactive_energy": ("varh", "kvarh"),
        "reactive_power": ("var", "kvar"),
        "signal_strength": ("dBm", "dB"),
        "sound_pressure": ("dB", "dBA"),
        "speed": ("m/s", "km/h", "mph", "kn", "ft/s"),
        "sulphur_dioxide": ("μg/m³", "ppb"),
        "temperature": ("°C", "°F", "K"),
        "temperature_delta": ("°C", "°F", "K"),
        "volatile_organic_compounds": ("μg/m³", "mg/m³"),
        "volatile_organic_compounds_parts": ("ppb", "ppm"),
        "voltage": ("V", "mV", "kV"),
        "volume_flow_rate": ("L/min", "L/h", "m³/h", "gal/min", "ft³/min"),
        "volume_storage": ("L", "mL", "gal", "m³", "ft³"),
        "water": ("m³", "ft³", "L", "gal"),
        "weight": ("mg", "g", "kg", "oz", "lb", "st"),
        "wind_direction": ("°",),
        "wind_speed": ("m/s", "km/h", "mph", "kn", "ft/s"),
    }.items()
}

# Device classes whose units belong to no other quantity, so that the unit alone tells the class.
_CLASSES_TOLD_BY_UNIT: Final = (
    *("temperature", "energy", "power", "voltage", "current", "frequency", "distance"),
    *("speed", "weight", "duration", "data_size", "data_rate", "pressure"),
    *("illuminance", "irradiance", "apparent_power", "energy_distance"),
    *("volume_flow_rate", "signal_strength", "reactive_power", "reactive_energy"),
)
CLASS_OF: Final[Mapping[str, str]] = {
    unit: device_class
    for device_class in _CLASSES_TOLD_BY_UNIT
    for unit in sorted(UNITS_OF[device_class])
    # Rain is measured in these as well.
    if device_class != "distance" or unit not in {"mm", "cm", "in"}
    # Sounds are measured in it as well.
    if unit != "dB"
}

# The units that words of keys mean. Where a word has several, the measured quantity decides.
UNIT_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    word: tuple(units.split(" or "))
    for units, words in {
        "°C": "c degc celsius centigrade",
        "°F": "f degf fahrenheit",
        "K": "k kelvin",
        "W": "w watt watts",
        "kW": "kw kilowatt kilowatts",
        "MW": "mw megawatt megawatts",
        "Wh": "wh watthour watthours",
        "kWh": "kwh kwhr kilowatthour kilowatthours",
        "MWh": "mwh",
        "J": "j joules",
        "kJ": "kj kilojoule kilojoules",
        "V": "v volt volts",
        "mV": "mv millivolts",
        "A": "a amp amps ampere amperes",
        "mA": "ma milliamps",
        "VA": "va",
        "var": "var",
        "kvar": "kvar",
        "kvarh": "kvarh",
        "Hz": "hz hertz",
        "kHz": "khz",
        "MHz": "mhz",
        "GHz": "ghz",
        "Pa": "pa pascal pascals",
        "hPa": "hpa",
        "kPa": "kpa",
        "mbar": "mbar millibar millibars",
        "MB or mbar": "mb",
        "bar": "bar",
        "psi": "psi",
        "inHg": "inhg",
        "mmHg": "mmhg",
        "mm": "mm millimeters millimetres",
        "cm": "cm centimeters centimetres",
        "m": "m meter meters metre metres",
        "km": "km kilometer kilometers kilometre kilometres",
        "in or inHg": "in inch inches",
        "ft": "ft foot feet",
        "mi": "mi mile miles",
        "m/s": "mps",
        "ms or m/s": "ms",
        "km/h": "kmh kph kmph",
        "mph": "mph",
        "kn": "kn kt kts knots",
        "mg": "mg",
        "g": "g gram grams",
        "kg": "kg kilogram kilograms",
        "lb": "lb lbs pound pounds",
        "oz": "oz ounces",
        "ms": "milli millis millisecond milliseconds msec msecs",
        "μs": "us microsecond microseconds",
        "s": "s sec secs second seconds",
        "min": "min mins minute minutes",
        "h": "h hr hrs hour hours",
        "d": "d day days",
        "L": "l liter liters litre litres",
        "mL": "ml milliliter milliliters millilitre millilitres",
        "gal": "gal gallon gallons",
        "m³": "m3",
        "ft³": "ft3",
        "B": "b byte bytes",
        "kB": "kb kilobytes",
        "MB": "megabytes",
        "GB": "gb gigabytes",
        "TB": "tb terabytes",
        "KiB": "kib",
        "MiB": "mib",
        "GiB": "gib",
        "TiB": "tib",
        "bit/s": "bps",
        "kbit/s": "kbps",
        "Mbit/s": "mbps",
        "Gbit/s": "gbps",
        "%": "percent percentage pct perc",
        "°": "deg degree degrees",
        "ppm": "ppm",
        "ppb": "ppb",
        "μg/m³": "ugm3",
        "dBm": "dbm",
        "dB": "db decibel decibels",
        "lx": "lx lux",
        "W/m²": "wm2",
        "mg/dL": "mgdl",
        "mmol/L": "mmol mmoll",
        "bpm": "bpm",
        "rpm": "rpm",
        "L/min": "lpm",
        "gal/min": "gpm",
    }.items()
    for word in words.split()
}
# Words that mean a unit only in a key that also names the quantity: `plan_b` and `vitamin_c` are
# not in bytes and degrees Celsius, and day, second and bar are words as well.
WEAK_UNIT_WORDS: Final = frozenset(
    {word for word in UNIT_WORDS if len(word) == 1}
    | {"meter", "metre", "var"}
    | {"in", "mi", "ft", "foot", "feet", "lb", "pound", "pounds", "oz", "bar", "pa"}
    | {"min", "day", "hour", "minute", "second", "us", "kn", "kt", "va", "ma", "mw"}
    | {"deg", "degree", "degrees", "hr", "milli", "mv", "mg", "db", "gal", "inch"}
)

# Units of several words, whose last word alone would mean another unit, or none. Those without a
# sign are quantities of their own: MET minutes are no minutes.
COMPOUND_UNITS: Final[Mapping[str, tuple[str, ...]]] = {
    phrase: (unit,) if unit else ()
    for unit, phrases in {
        "Wh": "watt hour, watt hours",
        "kWh": "kilowatt hour, kilowatt hours, kw hours, kilo watt hours, kilo watt hour",
        "MWh": "megawatt hours, mega watt hours",
        "kW": "kilo watt, kilo watts",
        "mg/dL": "mg per dl",
        "mmol/L": "mmol per l",
        "kWh/100km": "kwh per100 km, kwh per 100 km, kwh per100km, kwh 100km, kwh 100 km",
        "Wh/km": "wh per km, wh km",
        "m/s": "meters per second, metres per second, m per s, m s",
        "km/h": "kilometers per hour, kilometres per hour, km per hour, km per h",
        "mm/h": "mm per hour, mm per hr, mm per h, millimeters per hour, mm hr, mm h",
        "in/h": "in per hour, in per hr, in per h, inches per hour, in hr",
        "mph": "miles per hour",
        "L/min": "liters per minute, litres per minute",
        "gal/min": "gallons per minute",
        "bpm": "beats per minute",
        "m³": "cubic meter, cubic meters, cubic metre, cubic metres",
        "ft³": "cubic foot, cubic feet",
        "nmi": "nautical miles",
        "VA": "volt amps, volt amperes",
        "°C": "degrees celsius, degree celsius, deg c, degrees c",
        "°F": "degrees fahrenheit, degree fahrenheit, deg f, degrees f",
        "Ah": "amp hour, amp hours, ampere hour, ampere hours",
        "mAh": "milliamp hours, milliampere hours",
        "": "met minutes, met min, mets minutes, met hours, passenger miles, zone minutes, degree day, degree days, degree hours, "
        "degree minutes, day degrees, credit hours, air miles, bonus miles, flyer miles, "
        "award miles, square meters, square metres, square feet, square miles, "
        "square kilometers, newton meters, newton metres, pound feet, foot pounds, "
        "board feet, light years, light hours, stand hours, business days, week days, "
        "rest days, active days, work days, working days, "
        "g km, g kwh, kg kwh, kg km, mg l, ug l, ug m2, l km, l 100km, l 100 km, ml kg, km l, "
        "km gal, mi gal, w m2, kg l, g l",
    }.items()
    for phrase in phrases.split(", ")
}

# Spellings of units in a field such as `unit`, in addition to Home Assistant's and UNIT_WORDS. The last
# ones of some are the codes of UCUM and of UN/CEFACT.
_UNIT_TEXTS: Final[Mapping[str, str]] = {
    text: unit
    for unit, texts in {
        "kWh/100km": "kwh/100 km, kilowatt-hours per 100 kilometers",
        "Wh/mi": "wh/mi",
        "gal/min": "gpm",
        "°C": "cel, degreesc, degreescelsius, ºc",
        "°F": "[degf], degreesf, fah, ºf",
        "mmHg": "mm[hg]",
        "%": "%rh, % rh, p1",
        "bpm": "/min, {beats}/min, beats/minute, beats/min",
        "lb": "[lb_av]",
        "in": "[in_i]",
        "W": "wtt",
        "kW": "kwt",
        "V": "vlt",
        "m": "mtr",
        "km": "kmt",
        "mm": "mmt",
        "m/s": "mts, m_s-1",
        "hPa": "a97",
        "dBA": "db(a)",
        "dB": "db(spl)",
        "mm/h": "mm/hr",
        "in/h": "in/hr",
        "L/min": "lpm, l/m",
        "m³/h": "m3/h",
        "g/m³": "g/m3",
        "mg/m³": "mg/m3, milligrams_per_cubic_meter",
        "km/h": "kmph, km/hr, km_h-1",
        "mph": "mi/h, mp/h",
        "kn": "knot",
        "μg/m³": "ug/m3, ug/m^3, micrograms_per_cubic_meter",
        "W/m²": "w/m2, w/m^2",
        "m³": "m^3, cubicmeter, cubic meters, cubic_meters",
        "ft³": "ft^3",
        "°": "º, degree_(angle)",
        "kWh": "kilowatthour",
        "Wh": "watthour",
        "ppb": "parts_per_billion",
        "ppm": "parts_per_million",
        "mg/dL": "mgdl",
        "min": "mins.",
    }.items()
    for text in texts.split(", ")
}
_KNOWN: Final = {
    unit for units in (*UNITS_OF.values(), *UNIT_WORDS.values()) for unit in units
}
_KNOWN_BY_LOWER_CASE: Final = {unit.lower(): unit for unit in sorted(_KNOWN)}
# Names of systems of units, which weather services put into `units`: they tell the unit of
# temperature.
_SYSTEMS: Final[Mapping[str, str]] = {
    "imperial": "°F",
    "metric": "°C",
    "si": "°C",
    "standard": "K",
    "us": "°F",
}
_PLAIN_SIGNS: Final = str.maketrans("³²µμ", "32uu")
# The prefix of a vocabulary, as weather.gov writes it: `wmoUnit:degC`.
_PREFIX: Final = re.compile(r"(?<![A-Za-z])[A-Za-z]++:(?=.)")
_LONGEST_UNIT: Final = 40
# Letters and signs, with a second part: kWh/100km, ct/kWh, ml/kg/min, %RH, °dH.
_UNIT_SHAPE: Final = re.compile(
    r"[^\W\d_%°€£$][^\W_]{0,11}(?:[/ ][^\W_]{1,6}(?: ?[^\W_]{1,6})?(?:/[^\W_]{1,6})?)?"
    r"|[%°€£$¢](?:[/ ]?[^\W_]{1,6})?(?:/[^\W_]{1,6})?"
)
# Texts in the place of a unit that say that there is none, or only name a type.
_NO_UNITS: Final = frozenset(
    {"boolean", "count", "enum", "float", "int", "integer", "none", "null", "number"}
    | {"string", "text", "unitless", "unknown", "undefined", "n/a", "na", "scalar"}
    | {"bool", "code", "dimensionless", "flag", "index", "numeric", "ratio", "value"}
)


def read_unit(text: str) -> tuple[str, ...]:
    """Return the units that a text may mean, none for a text that is not a known unit.

    >>> read_unit("wmoUnit:degC"), read_unit("&deg;C")
    (('°C',), ('°C',))
    """
    text = unescape(text[:_LONGEST_UNIT])
    text = _PREFIX.sub("", text, count=1).strip()
    if text in _KNOWN:
        return (text,)
    lower = text.lower()
    if lower in _UNIT_TEXTS:
        return (_UNIT_TEXTS[lower],)
    if lower in UNIT_WORDS:
        return UNIT_WORDS[lower]
    if lower in _KNOWN_BY_LOWER_CASE:
        return (_KNOWN_BY_LOWER_CASE[lower],)
    plain = lower.translate(_PLAIN_SIGNS)
    if plain in _UNIT_TEXTS:
        return (_UNIT_TEXTS[plain],)
    # In words: Kilowatt Hours, deg C, beats per minute.
    return COMPOUND_UNITS.get(re.sub(r"[\s_-]+", " ", plain), ())


def read_system(text: str) -> str | None:
    """Return the unit of temperature of a system of units, None for any other text."""
    return _SYSTEMS.get(text.lower())


def is_unit(text: str) -> bool:
    """Return whether a text may be a unit that is in no table, such as `points`."""
    return (
        read_system(text) is None
        and text.lower() not in _NO_UNITS
        and _UNIT_SHAPE.fullmatch(text) is not None
    )


def states_a_unit(text: str) -> bool:
    """Return whether a text in the place of a unit names one, also one that nobody knows."""
    return bool(text.strip(" -–_.")) and text.lower() not in _NO_UNITS
