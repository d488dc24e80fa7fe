"""The subentry flow of a resource: its request, then the values that become entities.

Each form leads back to the one before it.
"""

from typing import Any, Final

from ..service.form import CHOSEN, way_field

# The steps that forms lead back to, and the translation key of the field that does.
ADDRESS: Final = "address"
PICK: Final = "pick"
RECONFIGURE: Final = "reconfigure"
REQUEST: Final = "request"
USER: Final = "user"
VALUES: Final = "values"
_BACK: Final = "back"


def way_back(*steps: str) -> dict[Any, Any]:
    """Return the field to go back to a step of a resource's flow; none where there is no step."""
    return way_field(CHOSEN, *steps, words=_BACK) if steps else {}
