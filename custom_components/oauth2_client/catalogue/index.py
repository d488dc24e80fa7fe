"""Reads the index of the catalogue: what a list of providers is made from."""

from functools import cache
import json
from pathlib import Path
from typing import Final

from ..oauth2.frozen import Frozen

# Made by scripts/catalogue-index, so that listing the providers reads one small file.
_INDEX: Final = Path(__file__).parent / "index.json"


class Summary(Frozen):
    """What a list of providers shows of one. `aliases` are other names that people know it by."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()


@cache
def load_summaries() -> tuple[Summary, ...]:
    """Return all providers of the catalogue, sorted by name. Reads a file the first time."""
    return tuple(
        Summary(**{**entry, "aliases": tuple(entry.get("aliases", ()))})
        for entry in json.loads(_INDEX.read_bytes())
    )
