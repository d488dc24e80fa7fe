"""Services that cannot be connected, and what became of them."""

from functools import cache
import json
from pathlib import Path
from typing import Final

from ..oauth2.frozen import Frozen

PERSONAL_TOKEN: Final = "personal_token"

_FILE: Final = Path(__file__).parent / "gone.json"
# The values of `instead` that are not the id of a service.
_NO_SERVICES: Final = frozenset({"integration", PERSONAL_TOKEN})


class Gone(Frozen):
    """A service that nobody can connect any more, or never could.

    `what` is the reason: `ended`, `closed` (to new applications), `partners` (only), `no_api` or
    `not_covered`; `since` is a month or a day. `instead` is the id of another service, `integration` or
    `personal_token`; `integration` is the domain of Home Assistant's own integration.
    """

    id: str
    name: str
    what: str
    since: str
    instead: str | None = None
    integration: str | None = None

    @property
    def successor(self) -> str | None:
        """The id of the service that replaced it, None without one."""
        return None if self.instead in _NO_SERVICES else self.instead


@cache
def load_gone() -> tuple[Gone, ...]:
    """Return the services that cannot be connected, by id. Reads a file the first time."""
    return tuple(Gone(**entry) for entry in json.loads(_FILE.read_bytes()))
