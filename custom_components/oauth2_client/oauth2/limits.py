"""Reads rate limit headers: how many requests a server still allows, and until when."""

from collections import defaultdict
from collections.abc import Mapping
from itertools import zip_longest
import re
from typing import Final, NamedTuple

from .message import Response

_MAX_FIELD_CHARACTERS: Final = 1024
_MAX_NUMBER_CHARACTERS: Final = 64
_MOST_WINDOWS: Final = 8
_LARGEST_NUMBER: Final = 10**15
# A reset below this is a number of seconds from now; from here on, it is a date.
_FIRST_EPOCH: Final = 1_000_000_000
# The look-ahead excludes dates, which may begin with a number.
_NUMBER: Final = r"[0-9]+(?:\.[0-9]+)?(?=\s*(?:[,;/]|$))"
_QUOTED: Final = r'"([^"]*+)"'
# The parameters of `RateLimit` and `RateLimit-Policy` fields, in older and in newer drafts.
_PARAMETER: Final = r"(?a)\b(limit|remaining|reset|r|t|q|w)\s*=\s*([0-9]+)"
# The role of a header, by a word in its name. Other words name the window or what is limited.
_ROLES: Final = {
    "limit": "limit",
    "remaining": "remaining",
    "reset": "reset",
    "usage": "used",
    "used": "used",
}
# Words of a name that say how the reset is written.
_RELATIVE: Final = "after"
_MILLISECONDS: Final = frozenset({"ms", "milliseconds"})
_NO_WINDOWS: Final = frozenset({"x", "in", "seconds", "policy"}) | _MILLISECONDS
# Strava's windows, which it sends without resets: a quarter of an hour and a day (UTC).
_STRAVA_SECONDS: Final = (900, 86400)
# The difference between the server's clock and ours is rounded to a multiple of this.
_SKEW_STEP_SECONDS: Final = 60.0


class Limit(NamedTuple):
    """The limit of one window, in requests. `remaining` is None where only the reset is known.

    `resets_at` is in seconds since the epoch, by our clock.
    """

    remaining: float | None
    limit: float | None
    resets_at: float | None


type _Fields = dict[str, str]


def read_limits(response: Response, *, now: float) -> list[Limit]:
    """Return the limits that the headers of a response state.

    Reads the fields of old and new versions of draft-ietf-httpapi-ratelimit-headers, and the many kinds of
    `X-RateLimit-*`: a set of headers for each window, or one set with lists of numbers. `now` is in
    seconds since the epoch.
    """
    fields = {
        name.lower().replace("rate-limit", "ratelimit"): text[:_MAX_FIELD_CHARACTERS]
        for name, text in response.headers.items()
        if "rate" in name.lower()
    }
    if not fields:
        return []
    limits = _of_draft(
        fields.get("ratelimit", ""), fields.get("ratelimit-policy", ""), now
    )
    for each in _grouped(fields).values():
        limits += _of_group(each, response, now)
    return limits


def _of_draft(field: str, policies: str, now: float) -> list[Limit]:
    """Return the limits of a `RateLimit` field: one in older drafts, a list of items in newer ones."""
    if not field:
        return []
    # Policies by their names, which are quoted and may look like parameters.
    named = {
        tuple(re.findall(_QUOTED, item)): _parameters(item) for item in _items(policies)
    }
    several = [(re.findall(_QUOTED, item), _parameters(item)) for item in _items(field)]
    if any("remaining" in parameters for _, parameters in several):
        several = [([], _parameters(field))]
    limits = []
    for names, stated in several:
        policy = named.get(tuple(names), {})
        remaining = stated.get("remaining", stated.get("r"))
        reset = stated.get("reset", stated.get("t", policy.get("w")))
        if remaining is not None:
            limit = stated.get("limit", stated.get("q", policy.get("q")))
            resets_at = None if reset is None else now + reset
            limits.append(Limit(remaining, limit, resets_at))
    return limits


def _items(field: str) -> list[str]:
    """Return the items of a list; a quoted name in an item may contain commas."""
    return re.findall(r'(?:"[^"]*+"|[^,"])+', field)[:_MOST_WINDOWS]


def _parameters(item: str) -> dict[str, float]:
    plain = re.sub(_QUOTED, "", item)
    return {
        name: float(number)
        for name, number in re.findall(_PARAMETER, plain)
        if len(number) < _MAX_NUMBER_CHARACTERS and float(number) < _LARGEST_NUMBER
    }


def _grouped(fields: Mapping[str, str]) -> Mapping[frozenset[str], _Fields]:
    """Return the `X-RateLimit-*` fields by window, and then by role."""
    groups: defaultdict[frozenset[str], _Fields] = defaultdict(dict)
    for name, text in fields.items():
        before, found, after = name.partition("ratelimit")
        words = [*before.split("-"), *after.split("-")]
        role = next((_ROLES[word] for word in words if word in _ROLES), None)
        if not found or role is None:
            continue
        if _RELATIVE in words:
            role = "after"
        elif role == "reset" and not _MILLISECONDS.isdisjoint(words):
            role = "reset_ms"
        window = {
            word for word in words if word and word not in _ROLES and word != _RELATIVE
        }
        groups[frozenset(window - _NO_WINDOWS)].setdefault(role, text)
    return groups


def _of_group(fields: _Fields, response: Response, now: float) -> list[Limit]:
    """Return the limits of one set of fields, several where they hold lists of numbers."""
    remaining = _numbers(fields.get("remaining"))
    limits = _numbers(fields.get("limit"))
    used = _numbers(fields.get("used"))
    resets = _resets(fields, response, now)
    if len(remaining) == 1:
        # Further numbers of the limit's header describe windows, not what remains in them.
        return [Limit(remaining[0], next(iter(limits), None), next(iter(resets), None))]
    if remaining:
        several = [*zip_longest(remaining, limits, resets)][: len(remaining)]
        return [Limit(*each) for each in several if each[0] is not None]
    if limits and used:
        left = [max(of - taken, 0.0) for of, taken in zip(limits, used, strict=False)]
        if len(left) == len(_STRAVA_SECONDS) and not resets:
            resets = [(now // each + 1) * each for each in _STRAVA_SECONDS]
        return [Limit(*each) for each in zip_longest(left, limits, resets)][: len(left)]
    return [Limit(None, None, reset) for reset in resets[:1]]


def _resets(fields: _Fields, response: Response, now: float) -> list[float]:
    """Return when windows are reset, by our clock. A list of dates is not read."""
    if (text := fields.get("after")) is not None:
        return [now + number for number in _numbers(text)]
    text, is_milliseconds = fields.get("reset", ""), False
    if not text:
        text, is_milliseconds = fields.get("reset_ms", ""), True
    numbers = [] if is_milliseconds else _numbers(text)
    if numbers and max(numbers) < _FIRST_EPOCH:
        return [now + number for number in numbers]
    from .wait import seconds_until, server_time  # noqa: PLC0415 - few answers need it

    waits = [
        wait
        for item in ([text] if not numbers else text.split(",")[:_MOST_WINDOWS])
        if (wait := seconds_until(item, now=now, is_milliseconds=is_milliseconds))
        is not None
    ]
    if not waits:
        return []
    # The clock difference in whole minutes, so that the reset stays the same from response to response.
    skew = now - server_time(response, now=now)
    skew = round(skew / _SKEW_STEP_SECONDS) * _SKEW_STEP_SECONDS
    return [now + wait + skew for wait in waits]


def _numbers(text: str | None) -> list[float]:
    """Return the numbers at the beginning of a list."""
    numbers = []
    for item in (text or "").split(",")[:_MOST_WINDOWS]:
        found = re.match(_NUMBER, item[:_MAX_NUMBER_CHARACTERS].strip())
        if found is None or (number := float(found[0])) >= _LARGEST_NUMBER:
            break
        numbers.append(number)
    return numbers
