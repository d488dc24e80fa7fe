"""The words of a key, in the usual spellings: wind_speed, wind-speed, windSpeed, WIND_SPEED."""

from collections.abc import Iterable, Iterator
import re
from typing import Final

from ..units import UNIT_WORDS
from .tables.currencies import currency_word

# Longer keys are cut: they are texts or identifiers, not words.
_LONGEST_KEY: Final = 80
_BETWEEN: Final = re.compile(r"[\W_]+")
_CAMEL_CASE: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
# What weather stations write in one word: tempinf, temp1f, humidityin, baromrelin, windspeedmph.
_RUN_TOGETHER: Final = re.compile(
    r"(?:(soil)?(temp|feelslike|dewpoint|windchill)([0-9]{1,2})?(?P<a>in)?(f|c)"
    r"|(soil)(hum|moisture)([0-9]{1,2})?|(humidity)([0-9]{1,2})?(?P<b>in)?|(barom)(rel|abs)(in|hpa)"
    r"|(wind)(speed|gust)(mph|kmh|ms|_avg10m)|(wind)(ms|kmh|kph|mph)|(max)(daily)(gust)|(solar)(radiation)"
    r"|(event|daily|weekly|monthly|yearly|total)(rain)(in|mm)|(date)(utc))"
)
# Words that are joined again after splitting camelCase: IDs, pH, WiFi, and units such as kWh.
_MIXED_CASE_WORDS: Final = (
    frozenset(
        {
            "email",
            "ids",
            "ios",
            "co2",
            "lan",
            "no2",
            "ph",
            "so2",
            "soc",
            "soh",
            "spo2",
            "vo2",
            "wifi",
        }
    )
    | UNIT_WORDS.keys()
)
# Measures whose names have a point in them, which keys write as a point or an underscore.
_PM25: Final = re.compile(r"(?i)pm[_ ]?2[._]5(?![0-9])")
# Signs that keys have in place of letters: CO₂, €/kWh.
_SIGNS: Final = str.maketrans({"₂": "2", "₃": "3", "€": " eur ", "£": " gbp "})
_WHOLE_PM: Final = re.compile(r"(?i)(pm(?:10|1))[._]0(?![0-9])")
# `hr` is the heart rate beside one of these, and else an hour: maxHr, hr_average.
_OF_HEART_RATE: Final = frozenset(
    {"average", "avg", "highest", "lowest", "max", "maximum", "mean", "min"}
    | {"minimum", "peak", "recovery", "rest", "resting", "sleeping", "variability"}
    | {"walking", "zone", "zones"}
)
# What is measured indoors, and the words for its highest and lowest values.
_OF_AIR: Final = frozenset({"hum", "humidity", "temp", "temperature"})
_PERIODS: Final = frozenset(
    {"day", "high", "low", "max", "min", "month", "week", "year"}
)
_IN: Final = frozenset({"in", "In", "IN"})
# Behind `temp`, these say that it means temporary.
_OF_TEMPORARY: Final = frozenset(
    {"address", "clone", "dir", "directory", "email", "file", "files", "folder"}
    | {"id", "key", "link", "name", "password", "path", "token", "url", "user"}
)
# Some answers have the time of a value for its key.
_MOMENT: Final = re.compile(
    r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}.{0,20})?"
)
_TO_THE_MINUTE: Final = 16
# A key in capitals is an acronym up to this length, and longer it is words: SSID, HUMIDITY.
_LONGEST_ACRONYM: Final = 4

# Digits, a UUID or an address, a day or a time: such a text names nothing, but tells things of one
# name apart. Of a long one, the end is enough.
_NUMBER: Final = re.compile(
    r"[0-9]+|(?=.*[0-9])(?:[0-9A-Fa-f:-]{12,}|[0-9a-f]{6})"
    r"|[12][0-9]{3}-[0-9]{2}-[0-9]{2}(?: [0-9:]{5})?|[0-9]{2}:[0-9]{2}"
)
_LONGEST_NUMBER: Final = 12
_END_OF_NUMBER: Final = 6

_EXPANSIONS: Final = {
    "avg": "average",
    "dewpoint": "dew point",
    "dir": "direction",
    "dt": "time",
    "feelslike": "feels like",
    "heartrate": "heart rate",
    "hum": "humidity",
    "lat": "latitude",
    "lng": "longitude",
    "lon": "longitude",
    "pct": "percent",
    "precip": "precipitation",
    "qty": "quantity",
    "temp": "temperature",
    "ts": "timestamp",
    "vis": "visibility",
    "windspeed": "wind speed",
}
_SPELLINGS: Final = {
    **{
        word: word.upper()
        for word in (
            *("ac", "api", "aqi", "bmi", "co", "co2", "cpu", "dc", "dns", "ev", "gpm"),
            *(
                "gps",
                "gpu",
                "hrv",
                "hdr",
                "html",
                "http",
                "https",
                "iban",
                "id",
                "ip",
                "isbn",
            ),
            *("led", "mac", "nfc", "nh3", "no2", "o3", "pm1", "pm10", "pv", "ram"),
            *(
                "rssi",
                "snr",
                "so2",
                "soc",
                "ssid",
                "tv",
                "tvoc",
                "ui",
                "uri",
                "url",
                "usb",
            ),
            *("utc", "uuid", "uv", "vat", "voc", "vpn"),
        )
    },
    "ids": "IDs",
    "ios": "iOS",
    "leds": "LEDs",
    "ph": "pH",
    "pm25": "PM2.5",
    "spo2": "SpO2",
    "wifi": "Wi-Fi",
}


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a key; upper and lower case stay as they are in the key."""
    if is_a_moment(text):
        return (text[:_TO_THE_MINUTE].replace("T", " "),)
    text = _PM25.sub("pm25", text[:_LONGEST_KEY].translate(_SIGNS))
    text = _WHOLE_PM.sub(r"\1", text)
    if text.isupper() and (len(text) > _LONGEST_ACRONYM or not text.isalnum()):
        text = text.lower()
    found: list[str] = []
    for part in _BETWEEN.split(text):
        if shortened(part) != part:
            # An id inside of a key: `device_info_802E3DB80CBEFAB2`.
            found.append(shortened(part))
            continue
        pieces = [piece for piece in _CAMEL_CASE.split(part) if piece]
        while pieces:
            piece = pieces.pop(0)
            if (
                pieces
                and len(piece) <= 2
                and (piece + pieces[0]).lower() in _MIXED_CASE_WORDS
            ):
                piece += pieces.pop(0)
            found += _apart(piece)
    return tuple(_with_heart_rate(_with_indoor(found)))


def is_a_moment(text: str) -> bool:
    """Return whether a key, or a word of one, is a day or a time as ISO 8601 writes it."""
    return _MOMENT.fullmatch(text) is not None


def is_a_number(text: str) -> bool:
    """Return whether a text names nothing: digits, a day, a UUID or an address, or the end of one."""
    return _NUMBER.fullmatch(text) is not None


def shortened(text: str) -> str:
    """Return the end of an id that is too long to be read: of a UUID, or of the hash of a device."""
    is_short = len(text) <= _LONGEST_NUMBER or text.isdecimal()
    if is_short or is_a_moment(text) or not is_a_number(text):
        return text
    return re.sub("[^0-9A-Za-z]", "", text)[-_END_OF_NUMBER:].lower()


def _apart(word: str) -> list[str]:
    """Return the words that a weather station writes as one."""
    apart = _RUN_TOGETHER.fullmatch(word.lower())
    if apart is None:
        return [word]
    is_indoor = apart["a"] or apart["b"]
    words = [each for each in apart.groups() if each]
    return ["indoor" if is_indoor and each == "in" else each for each in words]


def _with_indoor(words: list[str]) -> list[str]:
    """Return words with `in` as indoor where a time follows: Davis' `temp_in_day_high_f`."""
    if _IN.isdisjoint(words):
        return words
    lower = [word.lower() for word in words]
    return [
        "indoor"
        if 0 < at < len(words) - 1
        and word == "in"
        and lower[at - 1] in _OF_AIR
        and lower[at + 1] in _PERIODS
        else words[at]
        for at, word in enumerate(lower)
    ]


def _with_heart_rate(words: list[str]) -> Iterator[str]:
    is_rate = any(word.lower() in _OF_HEART_RATE for word in words)
    for word in words:
        if is_rate and word.lower() == "hr":
            yield from ("heart", "rate")
        else:
            yield word


def spelled(word: str) -> str:
    """Return a word as it is spelled inside a name: expanded, as an acronym, or as a unit."""
    lower = word.lower()
    if lower in _SPELLINGS:
        return _SPELLINGS[lower]
    if lower in _EXPANSIONS:
        return _EXPANSIONS[lower]
    if (currency := currency_word(lower)) is not None:
        return currency
    for unit in UNIT_WORDS.get(lower, ()):
        if len(unit) > 1 and unit.lower() == lower:
            return unit
    # A word in capitals is an acronym that is not in the tables; all others are lower case.
    return word if len(word) > 1 and word.isupper() else lower


def spelled_words(words: Iterable[str]) -> tuple[str, ...]:
    """Return words as they are spelled inside a name.

    >>> spelled_words(("temp", "max")), spelled_words(("temp", "file"))
    (('temperature', 'max'), ('temp', 'file'))
    """
    words = tuple(words)
    return tuple(
        "temp"
        if word.lower() == "temp" and following.lower() in _OF_TEMPORARY
        else spelled(word)
        for word, following in zip(words, (*words, "")[1:], strict=True)
    )


def capitalized(words: tuple[str, ...]) -> str:
    """Return words as a name, which begins with a capital letter."""
    text = " ".join(words)
    # A word with a capital inside keeps its first letter: kWh, pH.
    if words and words[0][1:].lower() != words[0][1:]:
        return text
    return text[:1].upper() + text[1:]


def joined(above: tuple[str, ...], words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words of a key above, then `words`, without saying anything twice.

    A number names nothing, and comes last.
    """
    above = tuple(word for part in above for word in part.split())
    if above and all(is_a_number(word) for word in above):
        return (*words, *above)
    for shared in range(min(len(above), len(words)), 0, -1):
        end = [word.lower() for word in above[-shared:]]
        if end == [word.lower() for word in words[:shared]]:
            return (*above, *words[shared:])
    return (*above, *words)
