"""Turns facts into entries of the catalogue, by the rules of docs/decisions/0011."""

from collections.abc import Iterator, Mapping, Sequence
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
from .attestation import LOOKED_UP, Attestations, is_confirmed, is_dialect_told, told_by
from .conditions import digest
from .decisions import Decision, Decisions, WrongDecision, merged
from .providers import provider_entry
from .resources import within_quota
from .services import service_entry

type Entry = dict[str, Any]
type Facts = dict[str, Mapping[str, Any]]

_GONE: Final = {"ended": "ended", "closed_to_new": "closed", "partner_only": "partners"}
_GONE_KEYS: Final = (
    *("id", "name", "aliases", "what", "since", "instead", "integration"),
)
_OTHER: Final = "other"
# Keys that come first in what is written, in this order.
_FIRST: Final = (
    *("id", "name", "aliases", "variables"),
    *("authorize_url", "token_url", "refresh_url", "exchange_url"),
    *("device_authorization_url", "revocation_url", "userinfo_url"),
    *("issuer", "jwks_url", "client_authentication", "shared_client_id", "grants"),
    *("pkce", "code_challenge_method", "device_pkce", "scopes", "scope_separator"),
)
# Keys that come last.
_LAST: Final = (
    *("api_base_url", "api_hosts", "identity", "grant_ends"),
    *("console_url", "docs_url", "about", "known_resources"),
)


class Mined:
    """Entries by id, and why records became none."""

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self.left_out: dict[str, str] = {}
        self.gone: dict[str, Entry] = {}
        # Services whose conditions nobody has read in these facts.
        self.unread: list[str] = []


def read_facts(folder: Path) -> tuple[Facts, Facts]:
    """Return what was mined from libraries and what was looked up, by the services' ids."""
    records, services = (
        {each["id"]: each for each in _lines(folder / name)}
        for name in ("providers.json", "services.jsonl")
    )
    return records, services


def mine(
    folder: Path, decisions: Decisions, attestations: Attestations | None = None
) -> Mined:
    """Return what the facts of a folder become, with what was decided one by one."""
    records, services = read_facts(folder)
    attestations = Attestations.read() if attestations is None else attestations
    mined = Mined()
    for provider_id in sorted(records.keys() | services.keys() | decisions.keys()):
        service, record = services.get(provider_id), records.get(provider_id)
        decided = decisions.get(provider_id, ())
        if gone := _gone(provider_id, service, decided):
            mined.gone[provider_id] = gone
        try:
            entry = _entry(service, record, decided)
            _check(entry)
        except Unfit as err:
            mined.left_out[provider_id] = str(err)
        else:
            told = attestations.dates(entry) | told_by(decided, entry)
            confirmed = (
                is_confirmed(entry, None, None, told)
                if _has_own_addresses(decided)
                else is_confirmed(entry, service, record, told)
            )
            confirmed = confirmed and is_dialect_told(entry, service, decided)
            mined.entries[provider_id] = _attested(entry, confirmed=confirmed)
            if service is not None and not _is_read(service, decided):
                mined.unread.append(provider_id)
    return mined


def _attested(entry: Entry, *, confirmed: bool) -> Entry:
    """Return an entry that says whether and when it was confirmed."""
    about = {
        key: each for key, each in entry.get("about", {}).items() if key != "confirmed"
    }
    told = {"looked_up": LOOKED_UP} if confirmed else {"confirmed": False}
    return entry | {"about": told | about}


def write(mined: Mined, folder: Path) -> None:
    """Write what `files` holds, and beside it why the other records became no entry."""
    for name, text in (
        files(mined) | {"left_out.json": as_json(mined.left_out)}
    ).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def files(mined: Mined) -> dict[str, str]:
    """Return what the catalogue's files hold, by their names in its folder."""
    gone = ",\n".join(
        f"  {json.dumps(each, ensure_ascii=False)}" for each in mined.gone.values()
    )
    return {
        f"providers/{category}.json": as_json(entries)
        for category, entries in as_entries(mined).items()
    } | {"gone.json": f"[\n{gone}\n]\n"}


def as_entries(mined: Mined) -> dict[str, list[Entry]]:
    """Return entries by category, as they are written."""
    by_category: dict[str, list[Entry]] = {}
    for entry in mined.entries.values():
        by_category.setdefault(entry["category"], []).append(_ordered(entry))
    return by_category


def _ordered(entry: Entry) -> Entry:
    """Return an entry as it is written: without its category, which is the file's name."""
    between = sorted(entry.keys() - {"category", *_FIRST, *_LAST})
    return {key: entry[key] for key in (*_FIRST, *between, *_LAST) if key in entry}


def as_json(content: object) -> str:
    """Return what a file of the catalogue holds."""
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _lines(path: Path) -> Iterator[Mapping[str, Any]]:
    """Read JSON objects, one a line, with or without the brackets of a list around them."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if (text := line.strip().rstrip(",")).startswith("{"):
            yield json.loads(text)


def _has_own_addresses(decided: Sequence[Decision]) -> bool:
    """Tell whether an entry has its addresses of a decision, so that facts say nothing of them."""
    return any(
        each.whole or {"authorize_url", "token_url"} & (each.entry or {}).keys()
        for each in decided
    )


def _is_read(service: Mapping[str, Any], decided: Sequence[Decision]) -> bool:
    """Tell whether a person read these facts for their conditions, or they hold none."""
    read = {each.read for each in decided if each.read is not None}
    if read:
        return digest(service) in read
    return not service["conditions"] or any(each.whole for each in decided)


def _gone(
    provider_id: str, service: Mapping[str, Any] | None, decided: Sequence[Decision]
) -> Entry | None:
    """Return what the list of those that cannot be joined says, where it says anything."""
    gone: Entry = {"id": provider_id}
    if service is not None:
        gone["name"] = service["name"].partition(" (")[0]
        if what := _GONE.get(service["status"]):
            gone["what"] = what
        if integration := re.match(r"[a-z0-9_]+", service.get("ha_integration") or ""):
            gone["integration"] = integration[0]
    for each in decided:
        gone = merged(gone, each.gone or {})
    return (
        {key: gone[key] for key in _GONE_KEYS if key in gone}
        if "what" in gone
        else None
    )


def _entry(
    service: Mapping[str, Any] | None,
    record: Mapping[str, Any] | None,
    decided: Sequence[Decision],
) -> Entry:
    """Return an entry, with what was decided of it. Raises Unfit."""
    whole = next((each.whole for each in decided if each.whole is not None), None)
    entry = _of_facts(service, record, decided) if whole is None else dict(whole)
    for each in decided:
        entry = merged(entry, each.entry or {})
    for each in decided:
        entry = _with_lists(entry, each.each or {})
    filled = {key: each for key, each in entry.items() if each not in ({}, [])}
    return within_quota(filled)


def _with_lists(entry: Entry, lists: Mapping[str, Mapping[str, Any]]) -> Entry:
    """Return an entry whose known resources have values for each element of these lists."""
    if not lists:
        return entry
    known = [
        {**each, "each": lists[each["id"]]} if each["id"] in lists else each
        for each in entry["known_resources"]
    ]
    if missing := lists.keys() - {each["id"] for each in known}:
        raise WrongDecision(f"{entry['id']}: {min(missing)}")
    return {**entry, "known_resources": known}


def _of_facts(
    service: Mapping[str, Any] | None,
    record: Mapping[str, Any] | None,
    decided: Sequence[Decision],
) -> Entry:
    if any(each.left_out or each.gone for each in decided):
        raise Unfit("decided")
    if service is None:
        if record is None:
            raise Unfit("no facts")
        return provider_entry(record)
    if what := _GONE.get(service["status"]):
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
