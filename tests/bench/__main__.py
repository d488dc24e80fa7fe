"""Prints how fast requests, updates and starts are: `python -m tests.bench`, from scripts/bench."""

import argparse
import asyncio
from collections.abc import Iterable, Sequence
import sys
from typing import Final

import orjson

from .figures import BEST, CORE, FIGURES, FLOOR, OURS, PLAIN, REST, Measured
from .rounds import run

_ROUNDS: Final = 15
_WARM_UP: Final = 3
_ACCOUNTS: Final = 1000
_COLUMNS: Final = (OURS, REST, CORE, FLOOR, BEST, PLAIN)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what is asked for, and print it."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="figures; all if none")
    parser.add_argument("--list", action="store_true", help="name the figures, and end")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--rounds", type=int, default=_ROUNDS, help="after warm-up")
    parser.add_argument("--warm-up", type=int, default=_WARM_UP, help="rounds before")
    parser.add_argument(
        "--accounts", type=int, default=_ACCOUNTS, help="of the figures of a crowd"
    )
    options = parser.parse_args(arguments)
    if options.list:
        _print(f"{name:30}{figure.meaning}" for name, figure in FIGURES.items())
        return 0
    if unknown := set(options.names) - FIGURES.keys():
        parser.error(f"no such figure: {', '.join(sorted(unknown))}")
    if options.rounds < 1:
        parser.error("--rounds must be at least 1")
    if options.accounts < 1:
        parser.error("--accounts must be at least 1")
    figures = {name: FIGURES[name] for name in options.names or FIGURES}
    samples = [sample for figure in figures.values() for sample in figure.samples]
    measured = asyncio.run(
        run(
            samples,
            warm_up=options.warm_up,
            rounds=options.rounds,
            accounts=options.accounts,
            progress=_progress,
        )
    )
    values = {name: figure.value(measured) for name, figure in figures.items()}
    if options.json:
        _print([orjson.dumps(values).decode()])
    else:
        _print([*_table(measured), ""])
        _print(
            f"{name:30}{value:>8}  {figures[name].meaning}"
            for name, value in values.items()
        )
    return 0


def _table(measured: Measured) -> list[str]:
    """Return what was measured in milliseconds, a row for each kind of sample."""
    cells = {(sample.row, sample.by): f"{ms:.2f}" for sample, ms in measured.items()}
    lines = [f"{'ms':26}" + "".join(f"{by:>10}" for by in _COLUMNS)]
    for row in dict.fromkeys(row for row, _ in cells):
        numbers = (cells.get((row, by), "") for by in _COLUMNS)
        lines.append(f"{row:26}" + "".join(f"{number:>10}" for number in numbers))
    return lines


def _progress(step: str) -> None:
    sys.stderr.write(f"==> {step}\n")


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
