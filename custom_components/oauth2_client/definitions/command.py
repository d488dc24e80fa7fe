"""A command: one request of an account's API, sent on demand."""

from collections.abc import Mapping
from typing import Any, Self

from homeassistant.config_entries import ConfigSubentry

from ..oauth2.frozen import Frozen
from . import RequestTemplate


class Command(Frozen):
    """One request of an account's API; becomes a button."""

    name: str
    request: RequestTemplate

    @classmethod
    def from_subentry(cls, subentry: ConfigSubentry) -> Self:
        """Parse a subentry, whose title is the name. Raises InvalidDefinition."""
        raw: Mapping[str, Any] = subentry.data
        return cls(name=subentry.title, request=RequestTemplate.from_dict(raw))

    def as_dict(self) -> dict[str, Any]:
        """Return what is stored in the subentry's data, beside its title."""
        return self.request.as_dict()
