"""Which entries are confirmed: the rule of docs/decisions/0011, with the dates of sources."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from scripts.catalogue_data.__main__ import main
from scripts.catalogue_data.attestation import Attestations
from scripts.catalogue_data.decisions import Decision
from scripts.catalogue_data.mine import Entry, mine
from scripts.catalogue_data.seen import seen

from .test_mining import PROVIDER, SERVICE

ADDRESSES: Final = {
    "authorize_url": "https://example.test/authorize/",
    "token_url": "https://example.test/token/",
}
SOURCES: Final = {
    "new": {"what": "new 2", "date": "2026-09-01"},
    "also_new": {"what": "also 7", "date": "2026-01-01"},
    "third": {"what": "third 1", "date": "2025-05-01"},
    "copy": {"what": "copy 1", "date": "2026-10-01", "copies": "new"},
    "old": {"what": "old 1", "date": "2025-04-30"},
}
AGREE: Final = {"agreement": {"core": "agree"}}
VENDOR: Final = {"verified_by_vendor_docs": True}
METADATA: Final = {"discovery_url": "https://x", "issuer": "https://x"}


def _conflict(sources: int, *others: int) -> dict[str, Any]:
    told = [{"sources": each, "value": "https://y"} for each in others]
    return {
        "agreement": {"core": "conflict"},
        "source_count": sources,
        "conflicts": {"token_url": told},
    }


def _about(
    tmp_path: Path,
    provider: dict[str, Any] | None,
    service: dict[str, Any] | None,
    by: list[str],
    *decided: Decision,
    addresses: dict[str, str] = ADDRESSES,
) -> dict[str, Any]:
    lines = "" if provider is None else json.dumps(PROVIDER | provider)
    (tmp_path / "providers.json").write_text(lines)
    lines = "" if service is None else json.dumps({**SERVICE, "sources": [], **service})
    (tmp_path / "services.jsonl").write_text(lines)
    told = {"example": {**addresses, "by": by}} if by else {}
    attestations = Attestations({"sources": SOURCES, "seen": told})
    entries = mine(tmp_path, {"example": decided}, attestations).entries
    about: dict[str, Any] = entries["example"]["about"]
    return about


@pytest.mark.parametrize(
    ("facts", "by", "confirmed"),
    [
        ({}, [], False),
        ({}, ["new"], False),
        ({}, ["new", "copy"], False),
        ({}, ["new", "also_new"], True),
        ({}, ["third", "old"], True),
        ({}, ["old"], False),
        (AGREE, [], False),
        (AGREE, ["old"], False),
        (AGREE, ["third"], True),
        (VENDOR, [], False),
        (VENDOR, ["new"], True),
        (METADATA, ["new"], True),
        (_conflict(4, 1), [], False),
        (_conflict(4, 1), ["new"], True),
        (_conflict(3, 1), ["new"], False),
        (_conflict(3, 1), ["new", "also_new"], True),
        (_conflict(9, 2), ["new", "also_new"], False),
        (_conflict(9, 2), ["new", "also_new", "third"], True),
        (_conflict(9, 2), ["new", "also_new", "copy", "old"], False),
    ],
)
def test_two_sources_confirm_one_of_which_is_current(
    tmp_path: Path, facts: dict[str, Any], by: list[str], *, confirmed: bool
) -> None:
    about = _about(tmp_path, facts, None, by)

    assert about == ({"looked_up": "2026-11"} if confirmed else {"confirmed": False})


@pytest.mark.parametrize(
    ("told", "by", "confirmed"),
    [
        ({}, [], False),
        ({"sources": ["the vendor's SDK (2026-03)"]}, [], True),
        ({"status_note": "2026: active"}, [], True),
        ({"sources": ["a gist (2019)", "a package (2025)"]}, [], False),
        ({"sources": ["a page of 2025-05"]}, [], True),
        ({}, ["new"], True),
        ({"confirmed": ["token_url"]}, ["new"], False),
        ({"confirmed": ["token_url"]}, ["new", "old"], True),
    ],
)
def test_a_service_that_was_looked_up_needs_a_current_source_too(
    tmp_path: Path, told: dict[str, Any], by: list[str], *, confirmed: bool
) -> None:
    about = _about(tmp_path, None, {**ADDRESSES, **told}, by)

    assert about.get("confirmed", True) is confirmed


def test_what_has_other_addresses_confirms_nothing(tmp_path: Path) -> None:
    moved = {**ADDRESSES, "token_url": "https://example.test/v2/token/"}

    about = _about(tmp_path, AGREE, None, ["new", "also_new"], addresses=moved)

    assert about == {"confirmed": False}


@pytest.mark.parametrize(
    ("attested", "confirmed"),
    [
        ({"by": "vendor", "date": "2026-02"}, True),
        ({"by": "vendor", "date": "2024-02"}, False),
        ({"by": "a client", "date": "2026-02"}, False),
        ({"by": "vendor", "date": "2026-02", "token_url": "https://other"}, False),
    ],
)
def test_a_look_at_the_vendors_own_pages_confirms(
    tmp_path: Path, attested: dict[str, str], *, confirmed: bool
) -> None:
    decision = Decision(why="Looked up.", attested={**ADDRESSES, **attested})

    about = _about(tmp_path, {}, None, [], decision)

    assert about.get("confirmed", True) is confirmed


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("token_body", "json"),
        ("refresh_url", "https://example.test/again"),
        ("bearer", {"header": "X-Token", "prefix": ""}),
        ("quirks", {"client_id_param:appid": "sourced"}),
    ],
)
def test_addresses_do_not_confirm_how_an_entry_deviates(
    tmp_path: Path, fact: str, value: object
) -> None:
    by = ["new", "also_new"]

    about = _about(tmp_path, {**AGREE, fact: value}, None, by)

    assert about == {"confirmed": False}


def test_a_deviation_that_somebody_looked_up_is_confirmed(tmp_path: Path) -> None:
    facts = {**AGREE, "token_body": "json"}
    looked = Decision(why="Looked up.", entry={"token_encoding": "json"})
    other = Decision(why="Looked up.", entry={"pkce": False})

    told = _about(tmp_path, facts, None, ["new", "also_new"], looked)
    untold = _about(tmp_path, facts, None, ["new", "also_new"], other)

    assert told.get("confirmed", True)
    assert untold == {"confirmed": False}


def test_sources_are_searched_for_the_addresses_of_entries(tmp_path: Path) -> None:
    entries: dict[str, Entry] = {
        "plain": {"id": "plain", **ADDRESSES},
        "shop": {
            "id": "shop",
            "authorize_url": "https://{subdomain}.shop.test/a",
            "token_url": "https://{subdomain}.shop.test/t",
        },
        "own": {"id": "own", "token_url": "{base_url}/token"},
        "other": {"id": "other", "token_url": "https://example.test/token"},
    }
    texts = {
        "new/a.py": "A = 'https://Example.test/authorize/?x=1'",
        "new/deep/b.ts": 'fetch("https://example.test/token/")',
        "old/c.yaml": "https://${config.name}.shop.test/a\nhttps://[subdomain].shop.test/t",
        "old/notes.md": "https://example.test/authorize/ https://example.test/token/",
        "old/d.php": "${base}/token https://example.test/token/",
    }
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    sources = {name: SOURCES[name] for name in ("new", "old")}
    (tmp_path / "sources.json").write_text(json.dumps(sources))

    found = json.loads(seen(tmp_path, entries, {}))

    assert found["sources"] == sources
    assert {name: each["by"] for name, each in found["seen"].items()} == {
        "plain": ["new"],
        "shop": ["old"],
    }
    assert found["seen"]["plain"] == {**ADDRESSES, "by": ["new"]}


def test_what_is_known_of_other_sources_stays(tmp_path: Path) -> None:
    entries: dict[str, Entry] = {
        "plain": {"id": "plain", **ADDRESSES},
        "moved": {"id": "moved", "token_url": "https://new.test/token"},
    }
    kept = {
        "sources": {"old": SOURCES["old"], "new": SOURCES["old"]},
        "seen": {
            "plain": {**ADDRESSES, "by": ["old", "new"]},
            "moved": {"token_url": "https://old.test/token", "by": ["old"]},
        },
    }
    (tmp_path / "new").mkdir()
    (tmp_path / "sources.json").write_text(json.dumps({"new": SOURCES["new"]}))

    found = json.loads(seen(tmp_path, entries, kept))

    assert found["sources"] == {"old": SOURCES["old"], "new": SOURCES["new"]}
    # The new release has it no more; and what was seen was of another address.
    assert found["seen"] == {"plain": {**ADDRESSES, "by": ["old"]}}


def test_the_command_line_writes_what_was_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "providers.json").write_text(json.dumps(PROVIDER))
    (tmp_path / "services.jsonl").write_text("")
    (tmp_path / "sources.json").write_text("{}")
    written = tmp_path / "attestations.json"
    written.write_text("{}")
    monkeypatch.setattr("scripts.catalogue_data.__main__.SEEN", written)

    assert main(["seen", str(tmp_path), str(tmp_path)]) == 0

    assert json.loads(written.read_text()) == {"sources": {}, "seen": {}}
