"""The answers that are measured: objects of numbers, and a large one of which little is wanted."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import orjson

UNIT: Final = "W"
_NESTED: Final = "phases"
# How many records make ten megabytes.
_RECORDS: Final = 49_000
_WANTED: Final = 40_000
# The first and the last of the records, one of them by its id, and what follows them.
LARGE_PATHS: Final = (
    "$.devices[0].power",
    "$.devices[-1].power",
    f"$.devices[?@.id == 'device-{_WANTED}'].power",
    "$.total.power",
    "$.total.devices",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Quantity:
    """One number of an answer; `keys` lead to it."""

    name: str
    keys: tuple[str, ...]

    @property
    def dotted(self) -> str:
        """The keys as templates and paths write them."""
        return ".".join(self.keys)


def quantities(count: int) -> list[Quantity]:
    """Return the numbers of an answer in its order: half of them on top, half in an object."""
    names = [f"v{index}" for index in range(count)]
    half = count // 2
    return [
        Quantity(name=name, keys=(name,) if index < half else (_NESTED, name))
        for index, name in enumerate(names)
    ]


def numbers(count: int, generation: int) -> list[float]:
    """Return what the numbers are, each of them another one than a generation ago."""
    return [_power(index, generation) for index in range(count)]


def answer(count: int, generation: int) -> bytes:
    """Return the body of an answer."""
    document: dict[str, object] = {}
    nested: dict[str, float] = {}
    for quantity, number in zip(
        quantities(count), numbers(count, generation), strict=True
    ):
        target = document if len(quantity.keys) == 1 else nested
        target[quantity.name] = number
    return orjson.dumps({**document, _NESTED: nested})


def read_numbers(document: Mapping[str, object]) -> Iterator[object]:
    """Return the numbers of a parsed answer, in its order, with as little work as can be."""
    *on_top, nested = document.values()
    yield from on_top
    if isinstance(nested, dict):
        yield from nested.values()


def large_answer(generation: int) -> bytes:
    """Return a body of ten megabytes: the records of devices, then their total."""
    records = [
        {
            "id": f"device-{index}",
            "name": f"Meter {index}",
            "location": {"building": index % 7, "room": f"Room {index % 300}"},
            "power": _power(index, generation),
            "online": index % 11 != 0,
            "tags": ["energy", "meter", "measured by the minute"],
            "seen": "2026-11-24T10:00:00+00:00",
        }
        for index in range(_RECORDS)
    ]
    total = {"power": _power(0, generation), "devices": _RECORDS}
    return orjson.dumps({"devices": records, "total": total})


def large_numbers(generation: int) -> list[float]:
    """Return what the wanted numbers of a large answer are, in the order of their paths."""
    powers = [_power(index, generation) for index in (0, _RECORDS - 1, _WANTED, 0)]
    return [*powers, _RECORDS]


def _power(index: int, generation: int) -> float:
    return round(index * 7.31 + generation * 0.1, 2)
