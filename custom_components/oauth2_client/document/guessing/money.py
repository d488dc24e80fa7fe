"""Recognizes amounts of money and prices, with a currency in the key or beside it, and counts."""

from collections.abc import Iterable, Sequence
from itertools import islice
import re
from typing import Final, NamedTuple

from .. import as_number
from ..units import UNIT_WORDS
from .doubts import is_below_settings
from .place import MOST_NEIGHBOURS, Place
from .tables.currencies import currency_of, currency_word, has_no_cents
from .tables.keys import VALUE_WORDS
from .tables.vocabulary import (
    AFTER_UNITS,
    BEGINS_AGAIN,
    COUNTING,
    COUNTS,
    MEASUREMENT,
    MONEY,
    PRICES,
    QUALIFIERS,
    TOTAL,
)
from .words import words_of

_CURRENCY_KEYS: Final = (
    *("currency", "Currency", "currency_code", "currencyCode", "iso_currency_code"),
    *(
        "isoCurrencyCode",
        "currency_iso",
        "CurrencyCode",
        "currencyIso",
        "base_currency",
    ),
)
# Words for whether an amount includes taxes: `{"price": {"net": 8.5, "gross": 10.2}}`.
_WITH_OR_WITHOUT: Final = frozenset(
    {"after", "before", "excl", "excluding", "gross", "incl", "including", "net"}
    | {"tax", "taxes", "vat", "without"}
)
_TAXES: Final = frozenset({"tax", "taxes", "vat"})
# Words in front of `rate` that make it a price. Other rates are of taxes or exchange.
_PRICE_RATES: Final = frozenset(
    {"daily", "electricity", "energy", "export", "hourly", "import", "nightly"}
    | {"offpeak", "peak", "room", "standard", "unit"}
)
# Words for units that have a price each.
_PRICED: Final = frozenset(
    {"gal", "gallon", "gallons", "kwh", "liter", "liters", "litre", "litres", "m3"}
    | {"mwh"}
)
# Keys of lists whose numbers are ids: `users: [1, 7]`.
_THINGS: Final = frozenset(
    {"comments", "followers", "forks", "issues", "members", "repos", "subscribers"}
    | {"users", "watchers"}
)
# Words of what was done to things, or became of them, of which 0 and 1 are numbers too.
_DONE: Final = frozenset(
    {"discarded", "downloaded", "dropped", "failed", "generated", "played", "processed"}
    | {"received", "rejected", "retried", "sent", "skipped", "succeeded", "uploaded"}
)
# Last words of keys above numbers of things.
_HOLDERS_OF_COUNTS: Final = frozenset({"count", "counts", "nb", "num", "totals"})
# Where so many things are counted, 0 and 1 count too.
_MANY_COUNTS: Final = 3
# A larger integer is an id, not a count.
_MAX_COUNT: Final = 10**12
_PLURAL: Final = re.compile(r"[a-z]{2}[a-hj-rtv-z]s$")
# In seconds since the epoch.
_YEAR_2000: Final = 946_684_800
_YEAR_2100: Final = 4_102_444_800
# Words for money that may be flags too: `sunroofOpen: 0`.
_MAY_BE_FLAGS: Final = frozenset({"open", "close", "low", "high", "available", "due"})
# A number with more decimals has them from floating-point arithmetic. One less is shown.
_MAX_DECIMALS: Final = 3
_PRICE_DECIMALS: Final = 4


class Measure(NamedTuple):
    """What a number measures. All fields are None where it measures nothing."""

    device_class: str | None = None
    unit: str | None = None
    state_class: str | None = None
    precision: int | None = None


def money(place: Place, number: float, text: str | None) -> Measure | None:
    """Return the measure of an amount of money, None for other numbers and possible cents.

    Many banks send integers in cents. So an integer is an amount only if its key names the currency, if
    the currency has no cents, or if an amount beside it has a fraction.
    """
    if "per" in place.words:
        return None
    head = counted(place)
    if (stated := _in_place_of_a_unit(place)) is not None:
        return _amount(stated, _state_class(place, head))
    for word in place.words:
        currency = currency_word(word)
        # `usd_24h_change` is the change of a price, not an amount.
        if currency is not None and (head in MONEY or word == place.words[-1]):
            return _amount(currency, _state_class(place, head))
    if head == "rate" and (
        not _PRICE_RATES.isdisjoint(place.words) or _own_currencies(place)
    ):
        head = "price"
    if head not in MONEY and (_is_of_a_sum(place) or _is_a_sum_of_taxes(place)):
        head = "amount"
    if head not in MONEY or _is_a_share(place):
        return None
    for currency in _currencies(place):
        if (
            has_no_cents(currency)
            or _has_fraction(number if text is None else text)
            or _has_fractions_beside(place)
        ):
            return _amount(currency, _state_class(place, head))
        return None
    return None


def price(place: Place, number: float) -> Measure | None:
    """Return the measure of a price per unit, `eur_kwh` or `price_per_kwh`, None for other numbers.

    Home Assistant has no device class for prices.
    """
    *before, last = ("", *place.words)
    if last not in _PRICED or not any(
        word in PRICES or currency_word(word) for word in before
    ):
        return None
    words = [currency_word(word) for word in before]
    currency = next((found for found in (*words, *_currencies(place)) if found), None)
    [unit] = UNIT_WORDS[last]
    return Measure(
        unit=None if currency is None else f"{currency}/{unit}",
        state_class=MEASUREMENT,
        precision=None if decimals(number) is None else _PRICE_DECIMALS,
    )


def counted(place: Place) -> str:
    """Return the word for what is counted: `spend` in `spend_today_eur`."""
    for word in reversed(place.meaning):
        if word in MONEY or not (currency_word(word) or word in QUALIFIERS):
            return word
    return ""


def is_count(place: Place, number: float, text: str | None) -> bool:
    """Return whether a number is a count or another number of something, although no quantity is known."""
    if text is not None:
        # A text such as "1.2" may be a version; only these words make it a number.
        naming = [word for word in place.meaning if word not in VALUE_WORDS]
        return place.words[-1:] == ("count",) or naming[-1:] in (["cost"], ["price"])
    if isinstance(number, float) and not number.is_integer():
        # A large number with a fraction is a time: `[1764400000.1, "21.5"]` of Prometheus.
        return not _YEAR_2000 <= number < _YEAR_2100
    words = place.words
    if not words or abs(number) >= _MAX_COUNT or words == ("nanos",):
        # `{"seconds": …, "nanos": …}` is a point in time of Protocol Buffers.
        return False
    head = counted(place)
    if number in (0, 1) and head in _MAY_BE_FLAGS:
        return False
    if place.position is not None and words[-1] in _THINGS:
        # The elements of the list are ids.
        return False
    if words[-1] in COUNTS or words[0] in COUNTING or head in MONEY.keys() - {"value"}:
        return True
    if not _HOLDERS_OF_COUNTS.isdisjoint(place.near[-2:]) and number >= 0:
        # `{"count": {"draw": 517}}`, and `spansCountMap`
        return place.near[-1] in _HOLDERS_OF_COUNTS or place.near[-1] == "map"
    # A plural shows a count. But 0 and 1 may be a flag.
    is_plural = _is_plural(words) and not is_below_settings(place)
    return is_plural and (number > 1 or (number >= 0 and _is_no_flag(place)))


def _is_no_flag(place: Place) -> bool:
    """Return whether 0 and 1 are numbers of things: more of them were counted elsewhere."""
    if place.words[-1] in _DONE and _ends_in_plural(place.words[:-1]):
        return True
    peers = place.peers[:MOST_NEIGHBOURS]
    if any(isinstance(each, dict) and _is_many(each.get(place.key)) for each in peers):
        return True
    near = islice(place.siblings.items(), MOST_NEIGHBOURS)
    others = [key for key, value in near if _is_many(value)]
    plurals = [key for key in others if _is_plural([*map(str.lower, words_of(key))])]
    return len(plurals) >= _MANY_COUNTS


def _is_many(value: object) -> bool:
    return type(value) is int and 1 < value < _MAX_COUNT


def _is_plural(words: Sequence[str]) -> bool:
    """Return whether words name several things: followers, items, bikes in use, games played."""
    return any(
        _ends_in_plural(words[: at + 1]) and all(map(_says_which, words[at + 1 :]))
        for at in range(len(words))
    )


def _ends_in_plural(words: Sequence[str]) -> bool:
    return len(words) > 0 and _PLURAL.search(words[-1]) is not None


def _says_which(word: str) -> bool:
    """Return whether a word behind a plural only says which of the things are counted: games played."""
    is_known = word in AFTER_UNITS or word in QUALIFIERS or word == "use"
    return is_known or word.endswith("ed")


def decimals(number: float) -> int | None:
    """Return how many decimals to show of a number with too many, None for any other."""
    is_long = isinstance(number, float) and round(number, _MAX_DECIMALS) != number
    return _MAX_DECIMALS - 1 if is_long else None


def _state_class(place: Place, head: str) -> str | None:
    """Return the state class of an amount: none for a price, and none for one that begins again."""
    meaning = place.meaning
    if "price" in meaning or not BEGINS_AGAIN.isdisjoint(meaning):
        return None
    return MONEY.get(head)


def _amount(currency: str, state_class: str | None) -> Measure:
    return Measure(
        device_class="monetary",
        unit=currency,
        state_class=state_class,
        precision=0 if has_no_cents(currency) else 2,
    )


def _is_of_a_sum(place: Place) -> bool:
    """Return whether a value is a sum of money with or without taxes: `total_cost.before_taxes`."""
    words = {*place.words}
    is_said = words != set() and words <= _WITH_OR_WITHOUT and not words <= _TAXES
    return is_said and place.near[-1:] != () and place.near[-1] in MONEY


def _is_a_sum_of_taxes(place: Place) -> bool:
    """Return whether a value is a sum of taxes, and not their rate: `total_tax`."""
    return place.words[:1] == ("total",) and _TAXES >= {*place.words[1:]} != set()


def _currencies(place: Place) -> list[str]:
    """Return the currencies that an answer names for a value, the nearest first."""
    texts = place.beside("_currency", "Currency", "_currency_code", "CurrencyCode")
    if place.is_value:
        texts.append(place.siblings.get("unit"))
    around = [
        holder[key]
        for holder in place.around
        for key in _CURRENCY_KEYS
        if key in holder
    ]
    return _known([*texts, *_own_currencies(place), *around])


def _in_place_of_a_unit(place: Place) -> str | None:
    """Return the currency that is the unit of a value, which is then not in cents."""
    if not (place.is_value or place.words == ("amount",)):
        return None
    texts = [place.siblings.get(key) for key in ("unit", "units")]
    words = [text.lower() for text in texts if isinstance(text, str) and len(text) == 3]
    return next(filter(None, map(currency_word, words)), None)


def _own_currencies(place: Place) -> list[str]:
    """Return the currencies whose keys begin as that of the value: `fx_currency` beside `fx_amount`."""
    before, mark, _ = place.key.rpartition("_")
    return _known([place.siblings.get(f"{before}_currency")]) if mark else []


def _known(texts: Iterable[object]) -> list[str]:
    found = [currency_of(text) for text in texts if isinstance(text, str)]
    return [currency for currency in found if currency is not None]


def _is_a_share(place: Place) -> bool:
    """Return whether a type beside an amount says that it is in percent: `value_type` beside `value`."""
    texts = place.beside("_type", "Type")
    return any(isinstance(text, str) and "percent" in text.lower() for text in texts)


def _has_fractions_beside(place: Place) -> bool:
    """Return whether another amount in the same object has a fraction."""
    for key, value in islice(place.siblings.items(), MOST_NEIGHBOURS):
        words = words_of(key)
        # Prices and rates have fractions even where amounts are in cents.
        is_amount = bool(words) and MONEY.get(words[-1].lower()) == TOTAL
        if is_amount and _has_fraction(value):
            return True
    return False


def _has_fraction(value: object) -> bool:
    if isinstance(value, str):
        return "." in value and as_number(value) is not None
    # 12.0 counts too: a bank that sends cents would not send it.
    return isinstance(value, float)
