"""Reads a provider of the catalogue: one file, which its id names."""

import json
from pathlib import Path
from typing import Final

from .fields import InvalidProvider, identifier, text
from .provider import Provider, parse_provider

_FOLDER: Final = Path(__file__).parent / "providers"


class UnknownProvider(ValueError):
    """The catalogue has no provider of this id."""


def load_provider(provider_id: str) -> Provider:
    """Return a provider of the catalogue. Reads a file.

    Raises UnknownProvider and InvalidProvider.
    """
    try:
        # Ids come from stored data: only a plain one may become the name of a file.
        name = identifier(provider_id, "id")
        content = (_FOLDER / f"{name}.json").read_bytes()
    except InvalidProvider, FileNotFoundError:
        raise UnknownProvider(provider_id) from None
    raw = json.loads(content)
    category = text(raw.pop("category", None), "category")
    return parse_provider(raw, category=category)
