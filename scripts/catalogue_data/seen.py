"""Which current libraries and platforms have an entry's addresses: data for `attestation.py`.

They are downloaded by whoever gathers facts: a folder has each of them unpacked in a folder of its own, and
`sources.json` with `{"<folder>": {"what": name and version, "date": its release, "copies": another folder}}`.
What is known of sources that are not in the folder stays.
"""

from collections.abc import Iterator, Mapping
import json
from pathlib import Path
import re
from typing import Any, Final

from .attestation import addresses
from .mine import Entry, as_json

_URL: Final = re.compile(r"https?://[^\s\"'`<>)\\,;]+")
_PLACE: Final = re.compile(r"\$?\{+[^{}]*\}+|\[subdomain\]")
_TEXTS: Final = frozenset(
    {".cs", ".go", ".js", ".json", ".mjs", ".php", ".py", ".rb", ".ts", ".yaml"}
)
# The longest file is a platform's list of all its services.
_MOST_BYTES: Final = 4_000_000


def seen(folder: Path, entries: Mapping[str, Entry], kept: Mapping[str, Any]) -> str:
    """Return what `attestations.json` holds: which source has which entry's addresses.

    `kept` is what it holds now.
    """
    new = json.loads((folder / "sources.json").read_text(encoding="utf-8"))
    sources = {**kept.get("sources", {}), **new}
    urls = {name: set(_urls(folder / name)) for name in new}
    found: dict[str, Any] = {}
    for service, entry in entries.items():
        wanted = addresses(entry)
        plain = {_plain(url) for url in wanted.values()}
        # A variable in the place of the whole host could be anybody's.
        if any(re.match(r"(https://)?\{\}(/|$)", url) for url in plain):
            continue
        known = kept.get("seen", {}).get(service, {})
        is_same = {key: known[key] for key in known if key != "by"} == wanted
        before = known["by"] if is_same else ()
        if by := [
            name
            for name in sources
            if (plain <= urls[name] if name in urls else name in before)
        ]:
            found[service] = {**wanted, "by": by}
    return as_json({"sources": sources, "seen": found})


def _urls(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*")):
        if path.suffix in _TEXTS and path.stat().st_size <= _MOST_BYTES:
            text = path.read_text(encoding="utf-8", errors="replace")
            yield from map(_plain, _URL.findall(text))


def _plain(url: str) -> str:
    """Return an address without the names of its variables, its query and its host's capitals."""
    plain = re.split(r"[?#]", _PLACE.sub("{}", url), maxsplit=1)[0]
    scheme, _, rest = plain.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host.lower()}{slash}{path}" if rest else plain
