"""What a person should know of a service before connecting it."""

from collections.abc import Mapping
import re
from typing import Any, Final

from ..oauth2.frozen import Frozen
from .fields import (
    InvalidProvider,
    Reader,
    flag,
    identifier,
    mapping,
    names,
    read_fields,
    text,
    url,
)

_MONTH: Final = r"20\d\d-(0[1-9]|1[0-2])(-\d\d)?"
# The values that a kind of condition needs for its text, and the spans of time of a quota.
_VALUES: Final[Mapping[str, frozenset[str]]] = {
    "quota": frozenset({"count", "per"}),
    "users": frozenset({"count"}),
    "sign_in_again": frozenset({"days"}),
    "new_base_url": frozenset({"url"}),
    "own_headers": frozenset({"names"}),
}
_SPANS: Final = frozenset({"second", "minute", "hour", "day", "month"})


class Condition(Frozen):
    """A requirement or limit of a service.

    `kind` is the key of its text, `values` are the text's placeholders: for a `quota` `count` and `per`, a
    span of time; for `users` `count`; for `sign_in_again` `days`; for `new_base_url` `url`; for
    `own_headers` `names`. `since` is a month or a day.
    """

    kind: str
    values: Mapping[str, str] = {}
    since: str | None = None
    url: str | None = None


class About(Frozen):
    """What a person should know of a service before connecting it.

    `confirmed`: two independent sources, one of them recent, agree on how to sign in. `looked_up` is
    when they were read. `integration` is the domain of Home Assistant's own integration.
    `redirect_field` is what the console calls the redirect URI. `ended` is the month or day from which
    the service cannot be connected any more, `successor` the id of the service that replaced it.
    `scopes` and `console_url` are unconfirmed suggestions.
    """

    confirmed: bool = True
    looked_up: str | None = None
    conditions: tuple[Condition, ...] = ()
    integration: str | None = None
    redirect_field: str | None = None
    ended: str | None = None
    successor: str | None = None
    scopes: tuple[str, ...] = ()
    console_url: str | None = None


def parse_about(raw: Mapping[str, Any]) -> About:
    """Return the `about` of a provider's JSON. Raises InvalidProvider."""
    if unknown := raw.keys() - _ABOUT.keys():
        raise InvalidProvider(f"about: {min(unknown)}")
    return About(**read_fields(raw, _ABOUT, required=()))


def month(value: object, where: str) -> str:
    """Return a month or a day, as text. Raises InvalidProvider."""
    if not isinstance(value, str) or not re.fullmatch(_MONTH, value):
        raise InvalidProvider(where)
    return value


def _conditions(raw: object, where: str) -> tuple[Condition, ...]:
    if not isinstance(raw, list):
        raise InvalidProvider(where)
    return tuple(_condition(item, where) for item in raw)


def _condition(raw: object, where: str) -> Condition:
    if not isinstance(raw, Mapping) or raw.keys() - _CONDITION.keys():
        raise InvalidProvider(where)
    condition = Condition(**read_fields(raw, _CONDITION, required=("kind",)))
    kind, values = condition.kind, condition.values
    if not _VALUES.get(kind, frozenset()) <= values.keys():
        raise InvalidProvider(f"{where}: {kind}")
    if kind == "quota" and values["per"] not in _SPANS:
        raise InvalidProvider(f"{where}: {kind}")
    return condition


_ABOUT: Final[Mapping[str, Reader]] = {
    "confirmed": flag,
    "looked_up": month,
    "conditions": _conditions,
    "integration": identifier,
    "redirect_field": text,
    "ended": month,
    "successor": identifier,
    "scopes": names,
    "console_url": url,
}
_CONDITION: Final[Mapping[str, Reader]] = {
    "kind": identifier,
    "values": mapping,
    "since": month,
    "url": url,
}
