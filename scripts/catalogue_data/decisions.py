"""What was decided of single services, where no rule can: kept as data, with its reason and its source.

`decisions/*.json` are objects by the service's id. A decision has a `why`, mostly a `source`, and one of

- `entry`: what it changes of the entry, as a merge patch (RFC 7396);
- `whole`: an entry, with its `category`, that no facts are used for;
- `each`: by the id of a known resource, the list whose elements each have its values;
- `gone`: what the list of those that cannot be joined says of it;
- `left_out`: true, where the reason is in no fact;
- `attested`: that somebody looked an entry's addresses up, which are in it: `by` whom they are told (`vendor`, or
  another name), and the `date` of that.

`read` is the digest of the facts that a person read for it: facts that say something else are told of.

A service may have decisions in several files: they are taken in the order of the files' names. What was held
against vendors' pages, entry by entry, is in `verified.json`, and so comes last.
"""

from collections.abc import Mapping, Sequence
import json
from pathlib import Path
from typing import Any, Final

from custom_components.oauth2_client.oauth2.frozen import Frozen

FOLDER: Final = Path(__file__).parent / "decisions"
_KEYS: Final = frozenset(
    {"why", "source", "entry", "whole", "each"}
    | {"gone", "left_out", "read", "attested"}
)


class WrongDecision(ValueError):
    """A decision is not as this module says."""


class Decision(Frozen):
    """What was decided of a service, and why."""

    why: str
    source: str | None = None
    entry: Mapping[str, Any] | None = None
    whole: Mapping[str, Any] | None = None
    each: Mapping[str, Mapping[str, Any]] | None = None
    gone: Mapping[str, Any] | None = None
    left_out: bool = False
    attested: Mapping[str, str] | None = None
    read: str | None = None


type Decisions = Mapping[str, Sequence[Decision]]


def read_decisions(folder: Path = FOLDER) -> Decisions:
    """Return decisions by the id of their service. Raises WrongDecision."""
    found: dict[str, list[Decision]] = {}
    for path in sorted(folder.glob("*.json")):
        for service, raw in json.loads(path.read_text(encoding="utf-8")).items():
            if not raw.get("why") or raw.keys() - _KEYS:
                raise WrongDecision(f"{path.name}: {service}")
            found.setdefault(service, []).append(Decision(**raw))
    return found


def merged(value: Any, patch: Any) -> Any:
    """Return a JSON value with a merge patch applied (RFC 7396, 2)."""
    if not isinstance(patch, Mapping):
        return patch
    result = dict(value) if isinstance(value, Mapping) else {}
    for key, each in patch.items():
        if each is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), each)
    return result
