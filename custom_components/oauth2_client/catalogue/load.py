"""Reads the catalogue: its index, and of its files the one that is asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
import json
from pathlib import Path
from typing import Any, Final

from .provider import Provider, parse_provider

_FOLDER: Final = Path(__file__).parent / "providers"
# Made by scripts/catalogue-index: listing the providers reads no other file.
_INDEX: Final = Path(__file__).parent / "index.json"


class UnknownProvider(ValueError):
    """The catalogue has no provider of this id."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Summary:
    """What a list of providers shows of one."""

    id: str
    name: str
    category: str


@cache
def load_summaries() -> tuple[Summary, ...]:
    """Return all providers of the catalogue, sorted by name. Reads a file the first time."""
    return tuple(Summary(**entry) for entry in json.loads(_INDEX.read_bytes()))


def load_provider(provider_id: str) -> Provider:
    """Return a provider of the catalogue. Reads files.

    Raises UnknownProvider and InvalidProvider.
    """
    for summary in load_summaries():
        if summary.id == provider_id:
            raw = _load_category(summary.category)[provider_id]
            return parse_provider(raw, category=summary.category)
    raise UnknownProvider(provider_id)


def _load_category(category: str) -> dict[str, Mapping[str, Any]]:
    entries = json.loads((_FOLDER / f"{category}.json").read_bytes())
    return {entry["id"]: entry for entry in entries}
