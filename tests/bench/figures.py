"""The figures by name: which samples each needs, and how it is worked out from their medians."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

OURS: Final = "ours"
REST: Final = "rest"
FLOOR: Final = "floor"


@dataclass(frozen=True, kw_only=True, slots=True)
class Update:
    """An update of all values of an answer, from asking for it until the states are written."""

    by: str
    values: int
    changed: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Stall:
    """The longest stall of the event loop while a large answer is read."""

    by: str


type Sample = Update | Stall
type Medians = Mapping[Sample, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """The median of `sample` in milliseconds, or how many times that of `base` it is."""

    meaning: str
    sample: Sample
    base: Sample | None = None

    @property
    def samples(self) -> list[Sample]:
        """The samples that it needs."""
        return [self.sample] if self.base is None else [self.sample, self.base]

    def value(self, medians: Medians) -> float:
        """Return the figure."""
        base = 1.0 if self.base is None else medians[self.base]
        return round(medians[self.sample] / base, 2)


def _vs_rest(values: int, *, changed: bool = True) -> Figure:
    what = "all changed" if changed else "none changed"
    return Figure(
        meaning=f"times as fast as rest: {values} values, {what}",
        sample=Update(by=REST, values=values, changed=changed),
        base=Update(by=OURS, values=values, changed=changed),
    )


def _vs_floor(values: int) -> Figure:
    return Figure(
        meaning=f"times the floor: {values} values, all changed",
        sample=Update(by=OURS, values=values),
        base=Update(by=FLOOR, values=values),
    )


FIGURES: Final[Mapping[str, Figure]] = {
    "update_10_vs_rest": _vs_rest(10),
    "update_100_vs_rest": _vs_rest(100),
    "update_1000_vs_rest": _vs_rest(1000),
    "unchanged_10_vs_rest": _vs_rest(10, changed=False),
    "unchanged_100_vs_rest": _vs_rest(100, changed=False),
    "unchanged_1000_vs_rest": _vs_rest(1000, changed=False),
    "update_10_vs_floor": _vs_floor(10),
    "update_100_vs_floor": _vs_floor(100),
    "update_1000_vs_floor": _vs_floor(1000),
    "update_1000_vs_update_100": Figure(
        meaning="times as long for ten times the values: at most 10 is linear",
        sample=Update(by=OURS, values=1000),
        base=Update(by=OURS, values=100),
    ),
    "large_answer_stall_ms": Figure(
        meaning="longest stall in ms: 5 values of an answer of 10 MB",
        sample=Stall(by=OURS),
    ),
    "large_answer_parse_stall_ms": Figure(
        meaning="longest stall in ms: the same bytes parsed off the loop",
        sample=Stall(by=FLOOR),
    ),
}
