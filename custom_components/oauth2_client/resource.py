"""A resource: one request of an account's API, and the values picked from its answer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import CONF_DEVICE_CLASS, CONF_NAME, CONF_PATH, CONF_URL
from homeassistant.util import slugify

from .document import InvalidPath, Path, compile_path, parse_document
from .oauth2 import Response, retry_after

CONF_INTERVAL: Final = "interval"
CONF_KEY: Final = "key"
CONF_UNIT: Final = "unit"
CONF_VALUES: Final = "values"

DEFAULT_INTERVAL: Final = 300
MIN_INTERVAL: Final = 10

_REFUSALS: Final[Mapping[int, str]] = {
    401: "api_unauthorized",
    403: "api_forbidden",
    404: "api_not_found",
    429: "api_busy",
    503: "api_busy",
}


class InvalidResource(ValueError):
    """Stored data is not a resource. The text names the place, and quotes nothing."""


class ApiRefused(Exception):
    """The API answered with a status that is not a success.

    `retry_after` is in seconds, None where the API did not say.
    """

    def __init__(self, status: int, *, retry_after: float | None = None) -> None:
        super().__init__(f"status {status}")
        self.status = status
        self.retry_after = retry_after


@dataclass(frozen=True, kw_only=True, slots=True)
class Value:
    """One thing picked from a resource's answer; becomes one entity.

    `key` names it within its resource for good: the entity is known by it.
    """

    key: str
    name: str
    path: Path
    unit: str | None = None
    device_class: str | None = None

    @classmethod
    def from_dict(cls, stored: object, where: str) -> Self:
        """Parse one stored value. Raises InvalidResource, whose text begins with `where`."""
        raw = _mapping(stored, where)
        try:
            path = compile_path(_text(raw, CONF_PATH, where))
        except InvalidPath:
            raise InvalidResource(f"{where}.{CONF_PATH}") from None
        return cls(
            key=_text(raw, CONF_KEY, where),
            name=_text(raw, CONF_NAME, where),
            path=path,
            unit=_optional_text(raw, CONF_UNIT, where),
            device_class=_optional_text(raw, CONF_DEVICE_CLASS, where),
        )

    def as_dict(self) -> dict[str, Any]:
        """Return what is stored of it."""
        return {
            CONF_KEY: self.key,
            CONF_NAME: self.name,
            CONF_PATH: self.path.text,
            CONF_UNIT: self.unit,
            CONF_DEVICE_CLASS: self.device_class,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Resource:
    """One request of an account's API, sent every `interval` seconds.

    `url` is absolute, or relative to the provider's API base; its query may hold secrets.
    """

    name: str
    url: str = field(repr=False)
    interval: float = DEFAULT_INTERVAL
    values: tuple[Value, ...]

    @classmethod
    def from_subentry(cls, subentry: ConfigSubentry) -> Self:
        """Parse a subentry, whose title is the name: the one that people can change anywhere.

        Raises InvalidResource.
        """
        raw: Mapping[str, Any] = subentry.data
        interval = raw.get(CONF_INTERVAL, DEFAULT_INTERVAL)
        if isinstance(interval, bool) or not isinstance(interval, int | float):
            raise InvalidResource(CONF_INTERVAL)
        stored = raw.get(CONF_VALUES)
        if not isinstance(stored, list | tuple):
            raise InvalidResource(CONF_VALUES)
        values = tuple(
            Value.from_dict(item, f"{CONF_VALUES}[{index}]")
            for index, item in enumerate(stored)
        )
        if len({value.key for value in values}) < len(values):
            raise InvalidResource(f"{CONF_VALUES}: {CONF_KEY}")
        return cls(
            name=subentry.title,
            url=_text(raw, CONF_URL, ""),
            interval=max(interval, MIN_INTERVAL),
            values=values,
        )

    def as_dict(self) -> dict[str, Any]:
        """Return what is stored in the subentry's data, beside its title."""
        return {
            CONF_URL: self.url,
            CONF_INTERVAL: self.interval,
            CONF_VALUES: [value.as_dict() for value in self.values],
        }


def parse_answer(response: Response, *, now: float) -> object:
    """Return the document of an API's answer; None where it says that there is none (204).

    `now` is in seconds since the epoch, for a `Retry-After` that is a date.

    Raises ApiRefused and UnreadableDocument.
    """
    if not 200 <= response.status < 300:
        raise ApiRefused(response.status, retry_after=retry_after(response, now=now))
    if response.status == 204:
        return None
    return parse_document(response.body, response.header("Content-Type"))


def read_values(resource: Resource, document: object) -> dict[str, object]:
    """Return the document's values by key: as they stand there, or MISSING."""
    return {value.key: value.path.find(document) for value in resource.values}


def refusal_key(status: int) -> str:
    """Return the translation key of an API's refusal, the same for exceptions and forms.

    Each message may use {status}.
    """
    return _REFUSALS.get(status, "api_refused")


def keep_keys(values: Iterable[Value], previous: Iterable[Value]) -> tuple[Value, ...]:
    """Return values with the keys that they had before, or with new ones, so that an entity stays.

    A value is the one of before that has its path and name, else its path, else its name. The
    keys that the values come with count for nothing.
    """
    wanted, left = list(values), list(previous)
    taken = {value.key for value in left}
    keys: dict[int, str] = {}
    for identity in (_path_and_name, _path, _name):
        for index, value in enumerate(wanted):
            match = next(
                (old for old in left if identity(old) == identity(value)), None
            )
            if index in keys or match is None:
                continue
            keys[index] = match.key
            left.remove(match)
    for index, value in enumerate(wanted):
        if index not in keys:
            keys[index] = _new_key(value.name, taken)
            taken.add(keys[index])
    return tuple(
        Value(
            key=keys[index],
            name=value.name,
            path=value.path,
            unit=value.unit,
            device_class=value.device_class,
        )
        for index, value in enumerate(wanted)
    )


def _path_and_name(value: Value) -> tuple[str, str]:
    return value.path.text, value.name


def _path(value: Value) -> str:
    return value.path.text


def _name(value: Value) -> str:
    return value.name


def _new_key(name: str, taken: set[str]) -> str:
    base = key = slugify(name)
    number = 1
    while key in taken:
        number += 1
        key = f"{base}_{number}"
    return key


def _mapping(raw: object, where: str) -> Mapping[str, object]:
    if not isinstance(raw, Mapping):
        raise InvalidResource(where)
    return raw


def _text(raw: Mapping[str, object], key: str, where: str) -> str:
    if (text := _optional_text(raw, key, where)) is None:
        raise InvalidResource(f"{where}.{key}".lstrip("."))
    return text


def _optional_text(raw: Mapping[str, object], key: str, where: str) -> str | None:
    text = raw.get(key)
    if text is not None and not isinstance(text, str):
        raise InvalidResource(f"{where}.{key}".lstrip("."))
    return text or None
