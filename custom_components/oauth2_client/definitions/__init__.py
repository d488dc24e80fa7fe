"""Reads what subentries store, and checks the types."""

from collections.abc import Mapping
from math import isfinite


class InvalidDefinition(ValueError):
    """Stored data is missing or of the wrong type. The text names the place, never the content."""


def stored_mapping(raw: object, where: str) -> Mapping[str, object]:
    """Return a mapping. Raises InvalidDefinition, as all functions here do."""
    if not isinstance(raw, Mapping):
        raise InvalidDefinition(where)
    return raw


def stored_list(raw: Mapping[str, object], key: str, where: str = "") -> list[object]:
    """Return the list at a key, empty where there is none."""
    items = raw.get(key)
    if items is None:
        return []
    if not isinstance(items, list | tuple):
        raise InvalidDefinition(_place(where, key))
    return list(items)


def stored_text(raw: Mapping[str, object], key: str, where: str = "") -> str:
    """Return the text at a key; there must be one, and it must not be empty."""
    if (text := stored_optional_text(raw, key, where)) is None:
        raise InvalidDefinition(_place(where, key))
    return text


def stored_optional_text(
    raw: Mapping[str, object], key: str, where: str = ""
) -> str | None:
    """Return the text at a key, None where there is none or it is empty."""
    text = raw.get(key)
    if text is not None and not isinstance(text, str):
        raise InvalidDefinition(_place(where, key))
    return text or None


def stored_texts(
    raw: Mapping[str, object], key: str, where: str = ""
) -> dict[str, str]:
    """Return the mapping of names to texts at a key, empty where there is none."""
    texts = stored_mapping(raw.get(key) or {}, _place(where, key))
    if not all(isinstance(text, str) for pair in texts.items() for text in pair):
        raise InvalidDefinition(_place(where, key))
    return {name: str(text) for name, text in texts.items()}


def stored_number(
    raw: Mapping[str, object], key: str, default: float, where: str = ""
) -> float:
    """Return the finite number at a key, `default` where there is none."""
    number = raw.get(key, default)
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise InvalidDefinition(_place(where, key))
    if isinstance(number, float) and not isfinite(number):
        raise InvalidDefinition(_place(where, key))
    return number


def _place(where: str, key: str) -> str:
    return f"{where}.{key}" if where else key
