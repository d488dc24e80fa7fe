"""What is decided of single services, and that facts and decisions make the catalogue that is shipped."""

import json
import os
from pathlib import Path
from typing import Any, Final

import pytest

from scripts.catalogue_data.__main__ import main
from scripts.catalogue_data.check import CATALOGUE
from scripts.catalogue_data.compare import differences
from scripts.catalogue_data.conditions import digest
from scripts.catalogue_data.decisions import WrongDecision, merged, read_decisions
from scripts.catalogue_data.mine import Mined, files, mine

from .test_mining import PROVIDER, SERVICE

FACTS: Final = Path(
    os.environ.get("CATALOGUE_FACTS") or Path(__file__).parents[3] / "shared/facts"
)
needs_facts: Final = pytest.mark.skipif(
    not (FACTS / "services.jsonl").exists(),
    reason="the facts are in no repository: CATALOGUE_FACTS names their folder",
)


def _decided(tmp_path: Path, service: dict[str, Any], **decision: Any) -> Mined:
    """Return what facts become with a decision about them."""
    (tmp_path / "providers.json").write_text(json.dumps(PROVIDER))
    (tmp_path / "services.jsonl").write_text(json.dumps(SERVICE | service))
    folder = tmp_path / "decisions"
    folder.mkdir()
    raw = {"example": {"why": "Because.", **decision}}
    (folder / "one.json").write_text(json.dumps(raw))
    return mine(tmp_path, read_decisions(folder))


@needs_facts
def test_facts_and_decisions_make_what_is_shipped() -> None:
    made = files(mine(FACTS, read_decisions()))

    for name, text in made.items():
        assert (CATALOGUE / name).read_text(encoding="utf-8") == text, name
    shipped = {path.name for path in (CATALOGUE / "providers").glob("*.json")}
    assert shipped == {Path(name).name for name in made} - {"gone.json"}


@needs_facts
def test_facts_that_are_shipped_change_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["compare", str(FACTS)]) == 0
    assert capsys.readouterr().out == ""


def test_a_decision_changes_an_entry(tmp_path: Path) -> None:
    change = {"scopes": None, "pkce": False, "about": {"integration": "own"}}

    entry = _decided(tmp_path, {}, entry=change).entries["example"]

    assert "scopes" not in entry
    assert entry["pkce"] is False
    assert entry["about"] == {"looked_up": "2026-11", "integration": "own"}


def test_what_somebody_looked_up_confirms_an_entry(tmp_path: Path) -> None:
    facts: dict[str, Any] = {"confirmed": []}
    addresses = {key: SERVICE[key] for key in ("authorize_url", "token_url")}
    told = {"by": "vendor", "date": "2026-08-01", **addresses}

    entry = _decided(tmp_path, facts, attested=told).entries["example"]

    assert entry["about"].get("confirmed", True)


def test_a_whole_entry_needs_no_facts(tmp_path: Path) -> None:
    whole = {
        "id": "example",
        "name": "Own",
        "category": "home",
        "token_url": "https://example.test/own",
    }

    mined = _decided(tmp_path, {"status": "ended"}, whole=whole)

    # What facts confirm is not of these addresses.
    assert mined.entries["example"] == {**whole, "about": {"confirmed": False}}
    assert mined.gone["example"]["what"] == "ended"


def test_a_service_is_left_out_by_decision(tmp_path: Path) -> None:
    mined = _decided(tmp_path, {}, left_out=True)

    assert not mined.entries
    assert mined.left_out == {"example": "decided"}


def test_a_service_that_cannot_be_used_is_gone_by_decision(tmp_path: Path) -> None:
    told = {"what": "not_covered", "since": "2026-11"}

    mined = _decided(tmp_path, {}, gone=told)

    assert not mined.entries
    assert mined.gone == {"example": {"id": "example", "name": "Example", **told}}


QUOTA: Final = {"kind": "quota", "values": {"count": "100", "per": "day"}}


@pytest.mark.parametrize(
    ("told", "intervals"),
    [([None], [1200]), ([None, None], [2340, 2340]), ([7200, 600], [7200, 2340])],
)
def test_known_resources_leave_a_quarter_of_the_quota(
    tmp_path: Path, told: list[int | None], intervals: list[int]
) -> None:
    known = [
        {
            "id": f"r{number}",
            "name": "Now",
            "url": "/now",
            **({"interval": each} if each else {}),
            "values": [{"key": "power", "name": "Power", "path": "$.power"}],
        }
        for number, each in enumerate(told)
    ]
    change = {"about": {"conditions": [QUOTA]}, "known_resources": known}

    entry = _decided(tmp_path, {}, entry=change).entries["example"]

    assert [each["interval"] for each in entry["known_resources"]] == intervals


def test_conditions_that_were_read_in_other_facts_are_told(tmp_path: Path) -> None:
    facts = {"conditions": ["Costs a moon."]}

    told = _decided(tmp_path, facts, read=digest({**SERVICE, **facts}))

    assert told.unread == []
    others: list[dict[str, Any]] = [
        {"conditions": ["Is free."]},
        {**facts, "rate_limit": "one a day"},
    ]
    for number, changed in enumerate(others):
        folder = tmp_path / str(number)
        folder.mkdir()
        mined = _decided(folder, changed, read=digest({**SERVICE, **facts}))
        assert mined.unread == ["example"]
        assert any("nobody has read" in line for line in differences(mined))


@pytest.mark.parametrize("raw", [{}, {"why": ""}, {"why": "x", "surprise": 1}])
def test_a_decision_has_a_reason_and_no_other_keys(
    tmp_path: Path, raw: dict[str, Any]
) -> None:
    (tmp_path / "one.json").write_text(json.dumps({"example": raw}))

    with pytest.raises(WrongDecision, match=r"one\.json: example"):
        read_decisions(tmp_path)


def test_a_patch_is_merged_as_rfc_7396_says() -> None:
    assert merged({"a": {"b": 1, "c": 2}, "d": [1]}, {"a": {"b": None}, "d": [2]}) == {
        "a": {"c": 2},
        "d": [2],
    }
    assert merged("text", {"a": {"b": None, "c": 1}}) == {"a": {"c": 1}}


def test_differences_are_told_field_by_field(tmp_path: Path) -> None:
    mined = _decided(tmp_path, {}, entry={"pkce": False})
    mined.entries["new"] = {**mined.entries["example"], "id": "new"}
    catalogue = tmp_path / "catalogue"
    (catalogue / "providers").mkdir(parents=True)
    shipped = [
        {
            key: value
            for key, value in mined.entries["example"].items()
            if key not in ("pkce", "category")
        },
        {"id": "old"},
    ]
    (catalogue / "providers/home.json").write_text(json.dumps(shipped))
    (catalogue / "gone.json").write_text("[]")

    assert [*differences(mined, catalogue)] == [
        "example: pkce: none -> false",
        "new: new",
        "old: would go",
    ]
