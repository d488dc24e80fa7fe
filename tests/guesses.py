"""Prints what would be offered of real answers: `python -m tests.guesses`, from scripts/guesses."""

import argparse
from collections.abc import Iterator, Sequence
from mimetypes import guess_type
from pathlib import Path
import sys
from typing import Final

from custom_components.oauth2_client.api.masking import MASK, masked_document
from custom_components.oauth2_client.definitions.fitting import fitting
from custom_components.oauth2_client.definitions.value import Value
from custom_components.oauth2_client.document.guessing import (
    Guess,
    Leaf,
    guess_all,
    leaves,
)
from custom_components.oauth2_client.document.parsing import (
    UnreadableDocument,
    parse_document,
)
from custom_components.oauth2_client.document.paths import compile_path, find

_HEADINGS: Final = (*("label", "platform", "class", "unit", "state class", "path"),)
# Longer cells are cut, so that columns stay columns. The path is the last one, and never cut.
_WIDEST: Final = 72
_NOTHING: Final = "·"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a table for each file of a folder; documents about the answers are left out."""
    parser = argparse.ArgumentParser(prog="scripts/guesses", description=__doc__)
    parser.add_argument("folder", type=Path, help="with a file for each answer")
    folder: Path = parser.parse_args(arguments).folder
    if not folder.is_dir():
        parser.error(f"no such folder: {folder}")
    files = [
        file
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file.suffix != ".md"
    ]
    for file in files:
        name = file.relative_to(folder)
        try:
            kind = guess_type(file.name)[0]
            rows = offered(parse_document(file.read_bytes(), kind))
        except UnreadableDocument as err:
            print(f"== {name}: unreadable ({err.reason})\n")
            continue
        print(f"== {name}: {len(rows)} values", *_aligned([_HEADINGS, *rows]), sep="\n")
        print()
    return 0


def offered(document: object) -> list[tuple[str, ...]]:
    """Return a row for each value that the form would offer of an answer.

    Of several paths to one value, the first is the best.
    """
    shown = masked_document(document)
    by_place: dict[tuple[str | int, ...], Leaf] = {}
    for leaf in leaves(shown):
        if leaf.value != MASK:
            by_place.setdefault(_place(leaf, shown), leaf)
    found = [*by_place.values()]
    guesses = guess_all(found, shown)
    return [_row(*each) for each in zip(found, guesses, strict=True)]


def _place(leaf: Leaf, node: object) -> tuple[str | int, ...]:
    """Return the keys and positions that lead to a value, however it is found."""
    place: list[str | int] = []
    for segment in leaf.segments:
        inside = find(node, (segment,))
        if isinstance(node, list) and isinstance(segment, int):
            place.append(segment % len(node))
        elif isinstance(node, list):
            place.append(
                next(at for at, element in enumerate(node) if element is inside)
            )
        else:
            assert isinstance(segment, str)
            place.append(segment)
        node = inside
    return tuple(place)


def _row(leaf: Leaf, guess: Guess) -> tuple[str, ...]:
    # What Home Assistant would refuse is left out, as the form leaves it out.
    value = fitting(
        Value(
            key="",
            name=guess.name,
            path=compile_path(leaf.path),
            platform=guess.platform,
            unit=guess.unit,
            device_class=guess.device_class,
            state_class=guess.state_class,
        )
    )
    unit = f" {value.unit}" if value.unit else ""
    return (
        f"{value.name} · {leaf.sample_in(value.unit)}{unit}",
        value.platform,
        value.device_class or _NOTHING,
        value.unit or _NOTHING,
        value.state_class or _NOTHING,
        leaf.path,
    )


def _aligned(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [
        min(max(len(cell) for cell in column), _WIDEST)
        for column in zip(*rows, strict=True)
    ]
    for *cells, path in rows:
        padded = [
            _cell(cell, width) for cell, width in zip(cells, widths, strict=False)
        ]
        yield "  ".join((*padded, path))


def _cell(text: str, width: int) -> str:
    return text.ljust(width) if len(text) <= width else f"{text[: width - 1]}…"


if __name__ == "__main__":
    sys.exit(main())
