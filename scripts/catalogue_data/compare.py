"""Says what facts would change in the catalogue, field by field."""

from collections.abc import Iterator, Mapping
import json
from pathlib import Path
from typing import Any, Final

from .check import CATALOGUE
from .mine import Entry, Mined, as_entries

_LONGEST: Final = 300


def differences(mined: Mined, catalogue: Path = CATALOGUE) -> Iterator[str]:
    """Return a line for each entry that is new or would go, and for each field that differs."""
    shipped = {
        path.stem: json.loads(path.read_text(encoding="utf-8"))
        for path in sorted((catalogue / "providers").glob("*.json"))
    }
    yield from _between(_located(shipped), _located(as_entries(mined)), "")
    gone = json.loads((catalogue / "gone.json").read_text(encoding="utf-8"))
    yield from _between({each["id"]: each for each in gone}, mined.gone, "gone.json: ")
    for service in mined.unread:
        yield f"{service}: nobody has read the conditions of these facts"


def _located(by_category: Mapping[str, list[Entry]]) -> dict[str, Entry]:
    return {
        entry["id"]: {**entry, "category": category}
        for category, entries in by_category.items()
        for entry in entries
    }


def _between(
    shipped: Mapping[str, Entry], mined: Mapping[str, Entry], where: str
) -> Iterator[str]:
    for each in sorted(shipped.keys() | mined.keys()):
        if each not in shipped:
            yield f"{where}{each}: new"
        elif each not in mined:
            yield f"{where}{each}: would go"
        else:
            for fault in _fields(shipped[each], mined[each], ""):
                yield f"{where}{each}: {fault}"


def _fields(shipped: Any, mined: Any, path: str) -> Iterator[str]:
    if isinstance(shipped, Mapping) and isinstance(mined, Mapping):
        for key in sorted(shipped.keys() | mined.keys()):
            yield from _fields(
                shipped.get(key), mined.get(key), f"{path}.{key}" if path else key
            )
    elif shipped != mined:
        yield f"{path}: {_short(shipped)} -> {_short(mined)}"


def _short(value: Any) -> str:
    text = "none" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
