"""Reads the catalogue: `providers/<category>.json`, each a list of services."""

from collections.abc import Iterator, Mapping
import json
import logging
from pathlib import Path
from typing import Any, Final

from .fields import InvalidProvider, InvalidVariable, UnknownProvider, identifier
from .provider import Provider, parse_provider

_LOGGER = logging.getLogger(__name__)

_FOLDER: Final = Path(__file__).parent / "providers"


def load_provider(provider_id: str) -> Provider:
    """Return a provider of the catalogue. Reads files, and parses the one with the provider.

    Raises UnknownProvider, also for an invalid provider, whose fault is logged.
    """
    try:
        # Checked, since ids come from stored data.
        wanted = identifier(provider_id, "id")
    except InvalidProvider:
        raise UnknownProvider(provider_id) from None
    for category, raw in read_entries(f'"id": "{wanted}"'.encode()):
        if raw.get("id") == wanted and (provider := _parsed(raw, category)) is not None:
            return provider
    raise UnknownProvider(provider_id)


def load_providers() -> Iterator[Provider]:
    """Return all providers of the catalogue. Reads each file once.

    Invalid providers are left out, and their faults are logged.
    """
    for category, raw in read_entries():
        if (provider := _parsed(raw, category)) is not None:
            yield provider


def read_entries(containing: bytes = b"") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield category and JSON of all entries in files that contain these bytes.

    Invalid files and entries are left out, and their faults are logged.
    """
    for path in sorted(_FOLDER.glob("*.json")):
        content = path.read_bytes()
        if containing not in content:
            continue
        try:
            entries = json.loads(content)
        except ValueError as err:
            _LOGGER.error("The catalogue's %s is wrong: %s", path.name, err)
            continue
        if not isinstance(entries, list):
            _LOGGER.error("The catalogue's %s is wrong: no list", path.name)
            continue
        for raw in entries:
            if isinstance(raw, Mapping):
                yield path.stem, raw
            else:
                _LOGGER.error("The catalogue's %s has what is no entry", path.name)


def _parsed(raw: Mapping[str, Any], category: str) -> Provider | None:
    """Return the provider of an entry, None for an invalid one, whose fault is logged."""
    try:
        return parse_provider(raw, category=category)
    except (InvalidProvider, InvalidVariable) as err:
        _LOGGER.error(
            "The entry of %s in the catalogue is wrong: %s", raw.get("id"), err
        )
        return None
