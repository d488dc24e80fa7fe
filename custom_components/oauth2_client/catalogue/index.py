"""The list of the catalogue: the services that can be connected."""

from functools import cache
import logging

from ..oauth2.frozen import Frozen
from .fields import InvalidProvider, identifier, names, text
from .load import read_entries

_LOGGER = logging.getLogger(__name__)


class Summary(Frozen):
    """What a list shows of a provider. `aliases` are other names that people know it by."""

    id: str
    name: str
    category: str
    aliases: tuple[str, ...] = ()


@cache
def load_summaries() -> tuple[Summary, ...]:
    """Return all providers that can be connected, sorted by name. Reads files the first time.

    An entry without id or name is left out, and its fault is logged.
    """
    found = []
    for category, raw in read_entries():
        if "ended" in raw.get("about", ()):
            # The service has ended; the entry is kept for existing accounts.
            continue
        try:
            summary = Summary(
                id=identifier(raw.get("id"), "id"),
                name=text(raw.get("name"), "name"),
                category=category,
                aliases=names(raw.get("aliases", []), "aliases"),
            )
        except InvalidProvider as err:
            _LOGGER.error("An entry of %s.json has a wrong %s", category, err)
        else:
            found.append(summary)
    return tuple(sorted(found, key=lambda each: (each.name.casefold(), each.id)))
