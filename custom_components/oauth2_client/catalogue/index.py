"""The lists of the catalogue: the services that can be connected, and what became of others."""

from functools import cache
import json
import logging
from pathlib import Path
from typing import Final

from ..oauth2.frozen import Frozen
from .fields import InvalidProvider, identifier, names, text
from .load import read_entries

_LOGGER = logging.getLogger(__name__)

_GONE: Final = Path(__file__).parent / "gone.json"


class Summary(Frozen):
    """What a list of providers shows of one. `aliases` are other names that people know it by."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()


class Gone(Frozen):
    """A service that nobody can connect any more, or never could.

    `what` is `ended`, `closed` (to new applications), `partners` (only), `no_api` or `not_covered`, since
    the month or day that `since` names. `instead` is the id of another service, `integration` or
    `personal_token`; `integration` the domain of Home Assistant's own.
    """

    id: str
    name: str
    what: str
    since: str
    instead: str | None = None
    integration: str | None = None


@cache
def load_summaries() -> tuple[Summary, ...]:
    """Return all providers that can be connected, sorted by name. Reads files the first time.

    An entry without id or name is left out, and its fault is logged.
    """
    found = []
    for category, raw in read_entries():
        if "ended" in raw.get("about", ()):
            # Kept for the accounts that have it.
            continue
        try:
            summary = Summary(
                id=identifier(raw.get("id"), "id"),
                name=text(raw.get("name"), "name"),
                aliases=names(raw.get("aliases", []), "aliases"),
            )
        except InvalidProvider as err:
            _LOGGER.error("An entry of %s.json has a wrong %s", category, err)
        else:
            found.append(summary)
    return tuple(sorted(found, key=lambda each: (each.name.casefold(), each.id)))


@cache
def load_gone() -> tuple[Gone, ...]:
    """Return the services that cannot be connected, by id. Reads a file the first time."""
    return tuple(Gone(**entry) for entry in json.loads(_GONE.read_bytes()))
