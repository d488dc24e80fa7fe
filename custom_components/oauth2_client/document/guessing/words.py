"""Splits keys into words: wind_speed, wind-speed, windSpeed, WIND_SPEED."""

from collections.abc import Iterable, Iterator
import re
from typing import Final

from ..units import UNIT_WORDS
from .tables.currencies import currency_word
from .tables.languages import in_english
from .tables.vocabulary import QUANTITIES

# A longer key is cut: it is a text or an identifier.
_MAX_KEY_CHARACTERS: Final = 80
_SEPARATORS: Final = re.compile(r"[\W_]+")
_CAMEL_CASE: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
# Words that weather stations run together: tempinf, temp1f, humidityin, baromrelin, windspeedmph.
_RUN_TOGETHER: Final = re.compile(
    r"(?:(soil)?(temp|feelslike|dewpoint|windchill)([0-9]{1,2})?(?P<a>in)?(f|c)"
    r"|(soil)(hum|moisture)([0-9]{1,2})?|(humidity)([0-9]{1,2})?(?P<b>in)?|(barom)(rel|abs)(in|hpa)"
    r"|(wind)(speed|gust)(mph|kmh|ms|_avg10m)|(wind)(ms|kmh|kph|mph)|(max)(daily)(gust)|(solar)(radiation)"
    r"|(event|daily|weekly|monthly|yearly|total)(rain)(in|mm)|(date)(utc))"
)
# The number of a sensor at the end of the word for what it measures: voltage1, batteryLevel2.
_OF_A_SENSOR: Final = re.compile(r"([A-Za-z]{3,})([0-9]{1,2})")
# Words that are joined again after camelCase is split: IDs, pH, WiFi, and units such as kWh.
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
# PM2.5, whose point may be an underscore in keys, and PM10.0.
_PM25: Final = re.compile(r"(?i)pm[_ ]?2[._]5(?![0-9])")
# Signs in keys that stand for letters or words: CO₂, €/kWh.
_SIGNS: Final = str.maketrans({"₂": "2", "₃": "3", "€": " eur ", "£": " gbp "})
_WHOLE_PM: Final = re.compile(r"(?i)(pm(?:10|1))[._]0(?![0-9])")
# Beside one of these words, `hr` is the heart rate, otherwise an hour: maxHr, hr_average.
_HEART_RATE_WORDS: Final = frozenset(
    {"average", "avg", "highest", "lowest", "max", "maximum", "mean", "min"}
    | {"minimum", "peak", "recovery", "rest", "resting", "sleeping", "variability"}
    | {"walking", "zone", "zones"}
)
# Quantities of which `in` may mean indoors, and the words that follow it then.
_INDOOR_QUANTITIES: Final = frozenset({"hum", "humidity", "temp", "temperature"})
_PERIODS: Final = frozenset(
    {"day", "high", "low", "max", "min", "month", "week", "year"}
)
_IN: Final = frozenset({"in", "In", "IN"})
# In front of these words, `temp` means temporary.
_TEMPORARY_WORDS: Final = frozenset(
    {"address", "clone", "dir", "directory", "email", "file", "files", "folder"}
    | {"id", "key", "link", "name", "password", "path", "token", "url", "user"}
)
# In some answers, the key is the time of the value.
_MOMENT: Final = re.compile(
    r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}.{0,20})?"
)
# The length of such a time without its seconds.
_MINUTE_CHARACTERS: Final = 16
# A key in capitals of at most this length is an acronym, a longer one is words: SSID, HUMIDITY.
_MAX_ACRONYM_LETTERS: Final = 4

# Digits, a UUID, an address, a day or a time: such a text names nothing, but distinguishes things with the
# same name. The end of a long one is enough.
_NUMBER: Final = re.compile(
    r"[0-9]+|(?=.*[0-9])(?:[0-9A-Fa-f:-]{12,}|[0-9a-f]{6})"
    r"|[12][0-9]{3}-[0-9]{2}-[0-9]{2}(?: [0-9:]{5})?|[0-9]{2}:[0-9]{2}"
    # Behind the kind of the thing: `rate_c8501931eb2b4c1f`.
    r"|[a-z]{2,8}_(?=[A-Za-z]*[0-9]+[A-Za-z]+[0-9])[0-9A-Za-z]{14,64}"
)
_MAX_NUMBER_CHARACTERS: Final = 12
_NUMBER_END_CHARACTERS: Final = 6

_EXPANSIONS: Final = {
    abbreviation: word
    for words in (
        "addr address, amt amount, avg average, coef coefficient, coeff coefficient, desc description",
        "dewpoint dew point, dir direction, dt time, elev elevation, feelslike feels like",
        "freq frequency, heartrate heart rate, hum humidity, idx index, lat latitude, lng longitude",
        "lon longitude, lvl level, mfr manufacturer, msg message, pct percent, precip precipitation",
        "prev previous, qty quantity, temp temperature, ts timestamp, tz time zone, vis visibility",
        "windspeed wind speed",
        # Those of a platform, by the Open Connectivity Foundation.
        "mnmn manufacturer name, mnmo model number, mnhw hardware version, mnfv firmware version",
        "mnos operating system version, mnpv platform version, mnsl support link",
        "mnml manufacturer link, mndt manufacturing date",
    )
    for abbreviation, _, word in (pair.partition(" ") for pair in words.split(", "))
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
    """Return the words of a key, in the case that they have there."""
    if is_a_moment(text):
        return (text[:_MINUTE_CHARACTERS].replace("T", " "),)
    text = _PM25.sub("pm25", text[:_MAX_KEY_CHARACTERS].translate(_SIGNS))
    text = _WHOLE_PM.sub(r"\1", text)
    if text.isupper() and (len(text) > _MAX_ACRONYM_LETTERS or not text.isalnum()):
        text = text.lower()
    found: list[str] = []
    for part in _SEPARATORS.split(text):
        if shortened(part) != part:
            # The part is an id: `device_info_802E3DB80CBEFAB2`.
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
            found += _split_run_together(piece)
    return tuple(_with_heart_rate(_with_indoor(found)))


def is_a_moment(text: str) -> bool:
    """Return whether a key, or a word of one, is a day or a time of ISO 8601."""
    return _MOMENT.fullmatch(text) is not None


def is_a_number(text: str) -> bool:
    """Return whether a text names nothing: digits, a day, a time, a UUID, an address, or an end of one."""
    return _NUMBER.fullmatch(text) is not None


def shortened(text: str) -> str:
    """Return the end of an id that is too long to be shown, such as a UUID; other texts as they are."""
    is_short = len(text) <= _MAX_NUMBER_CHARACTERS or text.isdecimal()
    if is_short or is_a_moment(text) or not is_a_number(text):
        return text
    return re.sub("[^0-9A-Za-z]", "", text)[-_NUMBER_END_CHARACTERS:].lower()


def _split_run_together(word: str) -> list[str]:
    """Return the words that a station runs together, and a number behind one; other words as they are."""
    apart = _RUN_TOGETHER.fullmatch(word.lower())
    if apart is None:
        numbered = _OF_A_SENSOR.fullmatch(word)
        if numbered is None or word.lower() in QUANTITIES:
            return [word]
        measured = in_english(numbered[1].lower())
        is_known = measured in QUANTITIES or measured == "level"
        return [*numbered.groups()] if is_known else [word]
    is_indoor = apart["a"] or apart["b"]
    words = [each for each in apart.groups() if each]
    return ["indoor" if is_indoor and each == "in" else each for each in words]


def _with_indoor(words: list[str]) -> list[str]:
    """Return words with `in` as indoor in front of a period: `temp_in_day_high_f` of Davis."""
    if _IN.isdisjoint(words):
        return words
    lower = [word.lower() for word in words]
    return [
        "indoor"
        if 0 < at < len(words) - 1
        and word == "in"
        and lower[at - 1] in _INDOOR_QUANTITIES
        and lower[at + 1] in _PERIODS
        else words[at]
        for at, word in enumerate(lower)
    ]


def _with_heart_rate(words: list[str]) -> Iterator[str]:
    is_rate = any(word.lower() in _HEART_RATE_WORDS for word in words)
    for word in words:
        if is_rate and word.lower() == "hr":
            yield from ("heart", "rate")
        else:
            yield word


def spelled(word: str) -> str:
    """Return a word as it is written in a name: an abbreviation expanded, an acronym or unit in capitals."""
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
    # A word in capitals is an unknown acronym; all others are written in lower case.
    return word if len(word) > 1 and word.isupper() else lower


def spelled_words(words: Iterable[str]) -> tuple[str, ...]:
    """Return words as they are written in a name.

    >>> spelled_words(("temp", "max")), spelled_words(("temp", "file"))
    (('temperature', 'max'), ('temp', 'file'))
    """
    words = tuple(words)
    return tuple(
        "temp"
        if word.lower() == "temp" and following.lower() in _TEMPORARY_WORDS
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
    """Return the words of a key above and `words`, without repeating words that both have.

    A key above that is only a number comes last.
    """
    above = tuple(word for part in above for word in part.split())
    if above and all(is_a_number(word) for word in above):
        return (*words, *above)
    for shared in range(min(len(above), len(words)), 0, -1):
        end = [word.lower() for word in above[-shared:]]
        if end == [word.lower() for word in words[:shared]]:
            return (*above, *words[shared:])
    return (*above, *words)
