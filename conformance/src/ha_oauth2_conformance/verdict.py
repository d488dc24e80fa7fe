"""What a check is, and how it can end."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from .outcome import Failure

if TYPE_CHECKING:
    from .home import Home


class Severity(IntEnum):
    """How much it matters, in the words of RFC 2119."""

    MUST = 3
    SHOULD = 2
    MAY = 1


type Run = Callable[[Home], Awaitable[None]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """One thing that is held: `promise` says it, `advice` says what to do where it is not."""

    name: str
    severity: Severity
    promise: str
    advice: str
    run: Run


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """How a check ended: `held`, `failed` or `not reached`, and what was seen."""

    integration: str
    check: Check
    outcome: str
    seen: str = ""


# By name, in the order in which they are made and reported.
CHECKS: Final[dict[str, Check]] = {}


def register(
    name: str, severity: Severity, promise: str, advice: str
) -> Callable[[Run], Run]:
    """Add a function to the checks, under a name of its own."""

    def add(run: Run) -> Run:
        if name in CHECKS:
            raise ValueError(f"two checks are named {name}")
        CHECKS[name] = Check(
            name=name, severity=severity, promise=promise, advice=advice, run=run
        )
        return run

    return add


def require(holds: object, seen: str) -> None:
    """End the check as failed unless something holds."""
    if not holds:
        raise Failure(seen)
