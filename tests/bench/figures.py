"""The figures by name: which samples each needs, and how it is worked out from them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

OURS: Final = "ours"
REST: Final = "rest"
CORE: Final = "core"
FLOOR: Final = "floor"
# Core's coordinator with a request: with the cheapest writes, and with plain sensors.
BEST: Final = "best"
PLAIN: Final = "plain"
# The answers to a GET.
SHORT: Final = "short"
LONG: Final = "long"


@dataclass(frozen=True, kw_only=True, slots=True)
class Update:
    """An update of all values of an answer, from asking for it until the states are written."""

    by: str
    values: int
    changed: bool = True

    @property
    def row(self) -> str:
        """What it is called where samples are listed."""
        return f"{self.values} values, {'all' if self.changed else 'none'} changed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Get:
    """An authorised GET, from asking for it until its body is there: its time, or CPU time."""

    by: str
    answer: str = SHORT
    cpu: bool = False

    @property
    def row(self) -> str:
        """What it is called where samples are listed."""
        return f"GET, {self.answer} answer{', CPU' if self.cpu else ''}"


@dataclass(frozen=True, kw_only=True, slots=True)
class StartUp:
    """A set-up with one value in a fresh process, until its state is there: its time, or CPU time.

    What every home has set up is set up before, or with `bare` only what core needs itself.
    """

    by: str
    bare: bool = False
    cpu: bool = False

    @property
    def row(self) -> str:
        """What it is called where samples are listed."""
        return f"set-up{', bare' if self.bare else ''}{', CPU' if self.cpu else ''}"


@dataclass(frozen=True, kw_only=True, slots=True)
class FirstForm:
    """The account flow in a fresh process, from its start to its first step or to its second.

    The second is the list of the catalogue's providers.
    """

    to_list: bool = False
    by: str = OURS

    @property
    def row(self) -> str:
        """What it is called where samples are listed."""
        return "list of providers" if self.to_list else "first form"


@dataclass(frozen=True, kw_only=True, slots=True)
class Stall:
    """The longest stall of the event loop while a large answer is read."""

    by: str

    @property
    def row(self) -> str:
        """What it is called where samples are listed."""
        return "stall, 10 MB"


@dataclass(frozen=True, kw_only=True, slots=True)
class HugeAnswer:
    """An answer of 16 MB of the action: the longest stall, or with `peak` the memory it takes.

    That is a multiple of the answer's bytes.
    """

    peak: bool = False
    by: str = OURS

    @property
    def row(self) -> str:
        """What it is called where samples are listed."""
        return f"action, 16 MB{', peak memory' if self.peak else ', stall'}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Crowd:
    """Many accounts with ten resources each, or entries with as many devices and entities.

    `what` is `set_up` (milliseconds of CPU time), `kilobytes` of each, `stall` (the longest, while
    each resource is polled once) or `stall_at_once` (while all are fetched), both in milliseconds.
    """

    by: str = OURS
    what: str

    @property
    def row(self) -> str:
        """What it is called where samples are listed."""
        return f"crowd, {self.what.replace('_', ' ')}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Stampede:
    """How many token requests a hundred callers make whose token has expired."""

    by: str = OURS

    @property
    def row(self) -> str:
        """What it is called where samples are listed."""
        return "token requests"


@dataclass(frozen=True, kw_only=True, slots=True)
class Catalogue:
    """Reading the `list` of all services, or the `entry` of one; or the `memory` that the list takes.

    Memory is in megabytes.
    """

    what: str
    by: str = OURS

    @property
    def row(self) -> str:
        """What it is called where samples are listed."""
        return f"catalogue, {self.what}"


type Sample = (
    Update
    | Get
    | StartUp
    | FirstForm
    | Stall
    | HugeAnswer
    | Crowd
    | Stampede
    | Catalogue
)
type Measured = Mapping[Sample, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """What was measured of `sample` in milliseconds, or how many times that of `base` it is.

    What was measured of `floor` is taken off, and the rest is divided by `unit`.
    """

    meaning: str
    sample: Sample
    base: Sample | None = None
    floor: Sample | None = None
    unit: float = 1.0

    @property
    def samples(self) -> list[Sample]:
        """The samples that it needs."""
        found = (self.sample, self.base, self.floor)
        return [sample for sample in found if sample is not None]

    def value(self, measured: Measured) -> float:
        """Return the figure."""
        base = 1.0 if self.base is None else measured[self.base]
        floor = 0.0 if self.floor is None else measured[self.floor]
        return round((measured[self.sample] - floor) / base / self.unit, 2)


def _vs_rest(values: int, *, changed: bool = True, by: str = OURS) -> Figure:
    what = "all changed" if changed else "none changed"
    whose = "" if by == OURS else f"{by}, "
    return Figure(
        meaning=f"times as fast as rest: {whose}{values} values, {what}",
        sample=Update(by=REST, values=values, changed=changed),
        base=Update(by=by, values=values, changed=changed),
    )


def _vs_floor(values: int) -> Figure:
    return Figure(
        meaning=f"times the floor: {values} values, all changed",
        sample=Update(by=OURS, values=values),
        base=Update(by=FLOOR, values=values),
    )


def _vs_bare(
    meaning: str, *, by: str = OURS, answer: str = SHORT, cpu: bool = False
) -> Figure:
    return Figure(
        meaning=f"times a bare aiohttp GET: {meaning}",
        sample=Get(by=by, answer=answer, cpu=cpu),
        base=Get(by=FLOOR, answer=answer, cpu=cpu),
    )


def _start_up(meaning: str, *, bare: bool = False, cpu: bool = False) -> Figure:
    return Figure(
        meaning=f"times as long as rest to a first state: {meaning}",
        sample=StartUp(by=OURS, bare=bare, cpu=cpu),
        base=StartUp(by=REST, bare=bare, cpu=cpu),
    )


def _crowd(what: str, meaning: str) -> Figure:
    is_shared = what in ("set_up", "kilobytes")
    return Figure(
        meaning=f"{meaning} (--accounts)",
        sample=Crowd(what=what),
        floor=Crowd(what=what, by=FLOOR) if is_shared else None,
        unit=1000.0 if what == "set_up" else 1.0,
    )


FIGURES: Final[Mapping[str, Figure]] = {
    "update_10_vs_rest": _vs_rest(10),
    "update_100_vs_rest": _vs_rest(100),
    "update_1000_vs_rest": _vs_rest(1000),
    "unchanged_10_vs_rest": _vs_rest(10, changed=False),
    "unchanged_100_vs_rest": _vs_rest(100, changed=False),
    "unchanged_1000_vs_rest": _vs_rest(1000, changed=False),
    "best_10_vs_rest": _vs_rest(10, by=BEST),
    "best_100_vs_rest": _vs_rest(100, by=BEST),
    "plain_10_vs_rest": _vs_rest(10, by=PLAIN),
    "plain_100_vs_rest": _vs_rest(100, by=PLAIN),
    "update_10_vs_floor": _vs_floor(10),
    "update_100_vs_floor": _vs_floor(100),
    "update_1000_vs_floor": _vs_floor(1000),
    "update_1000_vs_update_100": Figure(
        meaning="times as long for ten times the values: at most 10 is linear",
        sample=Update(by=OURS, values=1000),
        base=Update(by=OURS, values=100),
    ),
    "request_vs_bare": _vs_bare("Account.request, 200 bytes"),
    "request_100kb_vs_bare": _vs_bare("Account.request, 100 KB", answer=LONG),
    "request_cpu_vs_bare": _vs_bare("Account.request, 200 bytes, CPU time", cpu=True),
    "core_request_vs_bare": _vs_bare("core's OAuth2Session, 200 bytes", by=CORE),
    "startup_vs_rest": _start_up("in a home as all are"),
    "startup_cpu_vs_rest": _start_up("in a home as all are, CPU time", cpu=True),
    "startup_bare_vs_rest": _start_up("where nothing but core is set up", bare=True),
    "first_form_ms": Figure(
        meaning="ms from the start of the account flow to its first form",
        sample=FirstForm(),
    ),
    "provider_list_ms": Figure(
        meaning="ms from the start of the account flow to the list of providers",
        sample=FirstForm(to_list=True),
    ),
    "catalogue_load_ms": Figure(
        meaning="ms to read all services, as the list of them is made",
        sample=Catalogue(what="list"),
    ),
    "catalogue_mb": Figure(
        meaning="MB of memory that the list of all services takes",
        sample=Catalogue(what="memory"),
    ),
    "account_entry_ms": Figure(
        meaning="ms to read the one service of an account",
        sample=Catalogue(what="entry"),
    ),
    "stampede_token_requests": Figure(
        meaning="token requests of 100 callers whose token has expired",
        sample=Stampede(),
    ),
    "accounts_setup_s": _crowd(
        "set_up", "s of CPU to set up all accounts, without what the registries take"
    ),
    "account_kb": _crowd(
        "kilobytes", "KB of memory an account, without what the registries take"
    ),
    "accounts_stall_ms": _crowd(
        "stall", "longest stall in ms: all accounts, polled each minute"
    ),
    "accounts_at_once_stall_ms": _crowd(
        "stall_at_once", "longest stall in ms: all accounts, fetched at once"
    ),
    "large_answer_stall_ms": Figure(
        meaning="longest stall in ms: 5 values of an answer of 10 MB",
        sample=Stall(by=OURS),
    ),
    "large_answer_parse_stall_ms": Figure(
        meaning="longest stall in ms: the same bytes parsed off the loop",
        sample=Stall(by=FLOOR),
    ),
    "redaction_stall_ms": Figure(
        meaning="longest stall in ms: the action, an answer of 16 MB that repeats the token",
        sample=HugeAnswer(),
    ),
    "large_answer_peak": Figure(
        meaning="peak memory of the same, as a multiple of the answer",
        sample=HugeAnswer(peak=True),
    ),
}
