"""Says how many services need nothing that declared data cannot say, and writes it down.

What a service needs is read from the facts (`providers.json`, `services.jsonl`), what there is from the
schema of a provider.
"""

from collections.abc import Iterator, Mapping
import json
from pathlib import Path
import re
from typing import Any, Final

from custom_components.oauth2_client.oauth2.frozen import Frozen

from .decisions import FOLDER
from .mine import read_facts

DOCUMENT: Final = Path(__file__).parents[2] / "docs/protocol.md"
_NEEDS: Final = Path(__file__).with_name("needs.json")
_BEGIN: Final = "<!-- written by scripts/catalogue coverage -->"
_END: Final = "<!-- end -->"
# Nobody can join these, or there is nothing to ask them for.
_NOT_JOINED: Final = frozenset(
    {"ended", "closed_to_new", "partner_only", "probably_defunct", "legacy"}
    | {"registration_closed_or_restricted", "sunset_announced"}
)
_LISTS: Final = ("fields", "quirks", "keys", "services", "not_of")
_NO_API: Final = frozenset({"apple", "world_id"})
# Those that were looked at one by one.
_SIGN_IN_ONLY: Final = FOLDER / "sign_in_only.json"

type _Record = Mapping[str, Any]


class Need(Frozen):
    """Something that services need besides the RFCs.

    `fields` are those of the schema that say it; `always` is whether it is done without being said. With
    neither, it is missing. `quirks` are the beginnings of the facts' words for it, `keys` their fields. `not_of` are services that
    facts say it of, while whoever looked them up found otherwise.
    """

    name: str
    fields: tuple[str, ...] = ()
    always: bool = False
    quirks: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    not_of: tuple[str, ...] = ()

    @property
    def is_met(self) -> bool:
        """Whether a service that needs it can be used."""
        return self.always or bool(self.fields)

    def is_of(self, service: str, record: _Record) -> bool:
        """Tell whether a service needs it."""
        if service in self.not_of:
            return False
        if service in self.services or any(record.get(key) for key in self.keys):
            return True
        quirks = [*(record.get("quirks") or ())]
        return any(quirk.startswith(self.quirks) for quirk in quirks)


def read_needs() -> list[Need]:
    """Return what services need, in the order in which it is told."""
    return [
        Need(
            name=raw["name"],
            always=raw.get("always", False),
            **{key: tuple(raw.get(key, ())) for key in _LISTS},
        )
        for raw in json.loads(_NEEDS.read_text(encoding="utf-8"))
    ]


def unknown(folder: Path) -> list[str]:
    """Return words of the facts for what services need that `needs.json` does not know."""
    known = tuple(quirk for need in read_needs() for quirk in need.quirks)
    return sorted(
        f"{service}: {quirk}"
        for service, record in _joined(folder)
        for quirk in record["quirks"]
        if not quirk.startswith(known)
    )


def coverage(folder: Path) -> str:
    """Return what is written down, of the facts in a folder."""
    known = read_needs()
    needs = {
        service: {need.name for need in known if need.is_of(service, record)}
        for service, record in _joined(folder)
    }
    missing = {
        need.name: sorted(each for each in needs if need.name in needs[each])
        for need in known
        if not need.is_met
    }
    lacking = {service for services in missing.values() for service in services}
    covered = len(needs) - len(lacking)
    share = f"{covered} need nothing else: {covered / len(needs):.1%}"
    lines = [
        f"Of {len(needs)} services that a person can join, {share}.",
        "",
        "| what services need | services | declared with |",
        "|---|---|---|",
    ]
    for need in known:
        if need.is_met:
            count = sum(need.name in each for each in needs.values())
            how = ", ".join(f"`{field}`" for field in need.fields) or "nothing"
            lines.append(f"| {need.name} | {count} | {how} |")
    lines += ["", "| what stays out | services that it costs |", "|---|---|"]
    for name, services in missing.items():
        lines.append(f"| {name} | {', '.join(f'`{each}`' for each in services)} |")
    return "\n".join(lines)


def written(text: str, folder: Path) -> str:
    """Return a document with what is covered now."""
    before, _, rest = text.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return f"{before}{_BEGIN}\n\n{coverage(folder)}\n\n{_END}{after}"


def _joined(folder: Path) -> Iterator[tuple[str, _Record]]:
    """Return the services that can be joined, with all that is known of each."""
    records, services = read_facts(folder)
    without = _NO_API | json.loads(_SIGN_IN_ONLY.read_text(encoding="utf-8")).keys()
    for service in sorted(records.keys() | services.keys()):
        record, looked_up = records.get(service, {}), services.get(service, {})
        status = looked_up.get("status") or record.get("status")
        known = {**record, **looked_up}
        known["quirks"] = [
            *(record.get("quirks") or ()),
            *map(_word, looked_up.get("quirks") or ()),
        ]
        has_addresses = known.get("token_url") and (
            known.get("authorize_url") or known.get("device_authorization_url")
        )
        if status not in _NOT_JOINED and service not in without and has_addresses:
            yield service, known


def _word(quirk: str) -> str:
    return re.sub(r"\W+", "_", quirk)
