"""Tells which entries are confirmed: by sources that do not copy each other, one of them current, or by the vendor.

Addresses alone do not sign anybody in: where an entry deviates from the standard, somebody has looked that up too.

What has an entry's addresses is in `attestations.json`, which `seen.py` writes, and in decisions. It counts
only as long as the entry has these very addresses. A source without a date confirms nothing by itself.
"""

from collections.abc import Mapping, Sequence
import json
from pathlib import Path
import re
from typing import Any, Final

from .decisions import Decision

SEEN: Final = Path(__file__).parent / "attestations.json"
# When the facts were gathered, and the oldest month that is current then: 18 months before.
LOOKED_UP: Final = "2026-11"
_CURRENT: Final = "2025-05"
# Outranks all others.
VENDOR: Final = "vendor"
_DATE: Final = re.compile(r"\b20[12]\d(?:-[01]\d)?\b")
# So many independent sources outvote single others.
_MANY: Final = 3
# What of an entry is a dialect: wrong or missing, nobody can sign in, or nothing can be read.
_DIALECT: Final = frozenset(
    {
        *("parameter_names", "token_parameter_names", "callback_names"),
        *("token_encoding", "token_method", "token_headers"),
        *("token_path", "token_fields", "refresh_url", "exchange_url", "renewal_url"),
        *("api_token_header", "api_token_query"),
    }
)


class Attestations:
    """What has which addresses, by the id of a service."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self._sources: Mapping[str, Mapping[str, str]] = raw.get("sources", {})
        self._seen: Mapping[str, Mapping[str, Any]] = raw.get("seen", {})

    @classmethod
    def read(cls, path: Path = SEEN) -> Attestations:
        """Return those that are kept."""
        return cls(json.loads(path.read_text(encoding="utf-8")))

    def dates(self, entry: Mapping[str, Any]) -> dict[str, str]:
        """Return the newest date of each independent source that has an entry's addresses."""
        seen = self._seen.get(entry["id"], {})
        if {key: seen[key] for key in seen if key != "by"} != addresses(entry):
            return {}
        found: dict[str, str] = {}
        for name in seen["by"]:
            source = self._sources[name]
            original = source.get("copies", name)
            found[original] = max(source["date"], found.get(original, ""))
        return found

    def current(self, entry: Mapping[str, Any]) -> list[str]:
        """Return the independent sources that are current."""
        return [name for name, date in self.dates(entry).items() if date >= _CURRENT]


def addresses(entry: Mapping[str, Any]) -> dict[str, str]:
    """Return the addresses that a sign-in begins with."""
    first = "authorize_url" if "authorize_url" in entry else "device_authorization_url"
    return {key: entry[key] for key in (first, "token_url") if key in entry}


def is_confirmed(
    entry: Mapping[str, Any],
    service: Mapping[str, Any] | None,
    record: Mapping[str, Any] | None,
    told: Mapping[str, str],
) -> bool:
    """Tell whether sources confirm how to sign in.

    The facts are those that an entry has its addresses of, `told` the dates of what has them too.
    """
    current = [name for name, date in told.items() if date >= _CURRENT]
    if VENDOR in current:
        return True
    if service is not None:
        needed = {"authorize_url", "token_url"} & entry.keys()
        agreed = needed <= set(service["confirmed"]) or len(told) > 1
        return agreed and bool(current or _is_current(service))
    if not current:
        return False
    if record is None:
        return len(told) > 1
    if record["agreement"].get("core") == "conflict":
        return _is_outvoted(record, len(current))
    return _agree(record) or len(told) > 1


def is_dialect_told(
    entry: Mapping[str, Any],
    service: Mapping[str, Any] | None,
    decided: Sequence[Decision],
) -> bool:
    """Tell whether somebody looked up how an entry deviates: the service, or each deviation by a decision."""
    if service is not None:
        return True
    told: set[str] = set()
    for each in decided:
        told |= (each.whole or {}).keys() | (each.entry or {}).keys()
    return _DIALECT & entry.keys() <= told


def told_by(decided: Sequence[Decision], entry: Mapping[str, Any]) -> dict[str, str]:
    """Return the dates of what somebody looked up for an entry's addresses, by who says it."""
    wanted = addresses(entry)
    return {
        each.attested["by"]: each.attested["date"]
        for each in decided
        if each.attested is not None and wanted.items() <= each.attested.items()
    }


def _is_current(service: Mapping[str, Any]) -> bool:
    """Tell whether one of a service's sources has a current date. A year alone is its first month."""
    told = " ".join((service["status_note"], *service["sources"]))
    return any(date >= _CURRENT for date in _DATE.findall(told))


def _agree(record: Mapping[str, Any]) -> bool:
    """Tell whether independent sources agree, or the vendor's own documentation or metadata says it."""
    return bool(
        record["agreement"].get("core") == "agree"
        or record["verified_by_vendor_docs"]
        or (record.get("discovery_url") and record.get("issuer"))
    )


def _is_outvoted(record: Mapping[str, Any], current: int) -> bool:
    """Tell whether what other sources have is old: a few single ones, or fewer than the current ones."""
    conflicts = record.get("conflicts") or {}
    against = [
        [int(other["sources"]) for other in conflicts.get(key) or ()]
        for key in ("authorize_url", "token_url")
    ]
    most = max((max(each, default=0) for each in against), default=0)
    if current > most and current > 1:
        return True
    return most <= 1 and all(
        record["source_count"] - sum(each) >= _MANY for each in against
    )
