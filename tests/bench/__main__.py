"""Prints how fast an answer becomes states: `python -m tests.bench`, from scripts/bench."""

import argparse
import asyncio
from collections.abc import Iterable, Sequence
import sys
from typing import Final

import orjson

from .figures import FIGURES, FLOOR, OURS, REST, Medians, Update
from .rounds import run

_ROUNDS: Final = 15
_READERS: Final = (OURS, REST, FLOOR)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what is asked for, and print it."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="figures; all if none")
    parser.add_argument("--list", action="store_true", help="name the figures, and end")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--rounds", type=int, default=_ROUNDS, help="after warm-up")
    options = parser.parse_args(arguments)
    if options.list:
        _print(f"{name:30}{figure.meaning}" for name, figure in FIGURES.items())
        return 0
    if unknown := set(options.names) - FIGURES.keys():
        parser.error(f"no such figure: {', '.join(sorted(unknown))}")
    if options.rounds < 1:
        parser.error("--rounds must be at least 1")
    figures = {name: FIGURES[name] for name in options.names or FIGURES}
    samples = [sample for figure in figures.values() for sample in figure.samples]
    medians = asyncio.run(run(samples, rounds=options.rounds, progress=_progress))
    values = {name: figure.value(medians) for name, figure in figures.items()}
    if options.json:
        _print([orjson.dumps(values).decode()])
    else:
        _print([*_table(medians), ""])
        _print(
            f"{name:30}{value:>8}  {figures[name].meaning}"
            for name, value in values.items()
        )
    return 0


def _table(medians: Medians) -> list[str]:
    """Return the medians in milliseconds, a row for each kind of update."""
    rows = sorted({(s.values, not s.changed) for s in medians if isinstance(s, Update)})
    lines = [f"{'ms':26}" + "".join(f"{by:>10}" for by in _READERS)] if rows else []
    for values, unchanged in rows:
        cells = [
            medians.get(Update(by=by, values=values, changed=not unchanged))
            for by in _READERS
        ]
        name = f"{values} values, {'none' if unchanged else 'all'} changed"
        lines.append(
            f"{name:26}"
            + "".join(f"{'' if cell is None else f'{cell:.2f}':>10}" for cell in cells)
        )
    return lines


def _progress(step: str) -> None:
    sys.stderr.write(f"==> {step}\n")


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
