"""Turns facts into entries of the catalogue, by the rules of docs/decisions/0011."""

from collections.abc import Iterator, Mapping
import json
from pathlib import Path
import re
from typing import Any, Final

from custom_components.oauth2_client.catalogue import parse_provider
from custom_components.oauth2_client.catalogue.fields import (
    InvalidProvider,
    InvalidVariable,
)

from .addresses import Unfit
from .providers import provider_entry
from .services import service_entry

type Entry = dict[str, Any]

_GONE: Final = {"ended": "ended", "closed_to_new": "closed", "partner_only": "partners"}
# What no client of one's own can do: see docs/decisions/0011.
_NO_USE: Final[Mapping[str, str]] = {
    "apple": "no_api",
    "bluesky": "not_covered",
    "bunq": "not_covered",
    "solaredge": "not_covered",
    "uber": "partners",
    "vk": "not_covered",
    "xbox": "not_covered",
}
_OTHER: Final = "other"


class Mined:
    """Entries by id, and why records became none."""

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self.left_out: dict[str, str] = {}
        self.gone: dict[str, Entry] = {}


def mine(folder: Path) -> Mined:
    """Return what the facts of a folder become."""
    records = {each["id"]: each for each in _lines(folder / "providers.json")}
    services = {each["id"]: each for each in _lines(folder / "services.jsonl")}
    mined = Mined()
    for provider_id in sorted(records.keys() | services.keys()):
        try:
            entry = _entry(services.get(provider_id), records.get(provider_id), mined)
            _check(entry)
        except Unfit as err:
            mined.left_out[provider_id] = str(err)
        else:
            mined.entries[provider_id] = entry
    _confirm_same_servers(mined.entries)
    return mined


def _confirm_same_servers(entries: Mapping[str, Entry]) -> None:
    """Confirm the services that sign in at the very addresses of one that is confirmed."""
    confirmed = {_server(entry) for entry in entries.values() if _is_confirmed(entry)}
    for entry in entries.values():
        if not _is_confirmed(entry) and _server(entry) in confirmed:
            del entry["about"]["confirmed"]
            if not entry["about"]:
                del entry["about"]


def _server(entry: Entry) -> tuple[object, object]:
    return entry.get("authorize_url"), entry["token_url"]


def _is_confirmed(entry: Entry) -> bool:
    return bool(entry.get("about", {}).get("confirmed", True))


def write(mined: Mined, folder: Path) -> None:
    """Write entries by category, and the lists of what became of the others."""
    folder.mkdir(parents=True, exist_ok=True)
    by_category: dict[str, list[Entry]] = {}
    for entry in mined.entries.values():
        category = entry["category"]
        by_category.setdefault(category, []).append(entry)
    for category, entries in by_category.items():
        (folder / f"{category}.json").write_text(as_json(entries), encoding="utf-8")
    (folder / "gone.json").write_text(as_json([*mined.gone.values()]), encoding="utf-8")
    (folder / "left_out.json").write_text(as_json(mined.left_out), encoding="utf-8")


def as_json(content: object) -> str:
    """Return what a file of the catalogue holds."""
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _lines(path: Path) -> Iterator[Mapping[str, Any]]:
    """Read JSON objects, one a line, with or without the brackets of a list around them."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if (text := line.strip().rstrip(",")).startswith("{"):
            yield json.loads(text)


def _entry(
    service: Mapping[str, Any] | None, record: Mapping[str, Any] | None, mined: Mined
) -> Entry:
    if service is None:
        assert record is not None
        return provider_entry(record)
    what = _NO_USE.get(service["id"]) or _GONE.get(service["status"])
    if what is not None:
        gone = {
            "id": service["id"],
            "name": service["name"].partition(" (")[0],
            "what": what,
        }
        if integration := re.match(r"[a-z0-9_]+", service.get("ha_integration") or ""):
            gone["integration"] = integration[0]
        mined.gone[service["id"]] = gone
        raise Unfit(what)
    category = _OTHER if record is None else record["category"]
    entry = service_entry(service, category)
    quirks = {} if record is None else record.get("quirks") or {}
    if "state_not_returned" in quirks:
        raise Unfit("not covered: state_not_returned")
    if any(quirk.startswith("nonstandard_device") for quirk in quirks):
        entry.pop("device_authorization_url", None)
        ways = [way for way in entry.pop("grants", ()) if way != "device_code"]
        if ways not in ([], ["authorization_code"]):
            entry["grants"] = ways
    return entry


def _check(entry: Entry) -> None:
    """Raise Unfit for an entry that the schema does not take."""
    urls = [str(text) for key, text in entry.items() if key.endswith("_url")]
    if any("{client_" in url for url in urls):
        raise Unfit("not covered: the client in an address")
    raw = {key: value for key, value in entry.items() if key != "category"}
    try:
        provider = parse_provider(raw, category=entry["category"])
        _ = provider.about
    except (InvalidProvider, InvalidVariable) as err:
        raise Unfit(f"not as the schema says: {err}") from None
