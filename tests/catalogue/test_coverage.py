"""What of the facts declared data cover: counted, and written into docs/protocol.md."""

import json
from pathlib import Path
from typing import Any

import pytest

from custom_components.oauth2_client.catalogue.provider import _PROVIDER, _SERVER
from scripts.catalogue_data.__main__ import main
from scripts.catalogue_data.coverage import (
    DOCUMENT,
    coverage,
    read_needs,
    unknown,
    written,
)

from .test_decisions import FACTS, needs_facts

RECORD: dict[str, Any] = {
    "status": "active_presumed",
    "authorize_url": "https://a.test/authorize",
    "token_url": "https://a.test/token",
}


def _facts(tmp_path: Path, **services: dict[str, Any]) -> Path:
    lines = [
        json.dumps({"id": key, **RECORD, **each}) for key, each in services.items()
    ]
    (tmp_path / "providers.json").write_text("\n".join(lines))
    (tmp_path / "services.jsonl").write_text("")
    return tmp_path


def test_a_service_that_needs_what_is_not_there_is_counted_and_named(
    tmp_path: Path,
) -> None:
    facts = _facts(
        tmp_path,
        plain={},
        own_header={"api_headers": {"A": "b"}},
        without_state={"quirks": {"state_not_returned": "sourced"}},
        gone={"status": "probably_defunct"},
        no_address={"token_url": None},
    )

    told = coverage(facts)

    assert told.startswith(
        "Of 3 services that a person can join, 2 need nothing else: 66.7%."
    )
    assert "| `without_state` |" in told
    assert "`plain`" not in told


def test_what_nobody_has_read_is_told(tmp_path: Path) -> None:
    facts = _facts(tmp_path, odd={"quirks": {"dances": "sourced"}})

    assert unknown(facts) == ["odd: dances"]


@pytest.mark.parametrize("need", read_needs(), ids=lambda each: each.name)
def test_what_is_declared_is_in_the_schema(need: Any) -> None:
    assert {*need.fields} <= _SERVER.keys() | _PROVIDER.keys()
    assert need.is_met or not need.fields


@needs_facts
def test_the_document_tells_what_is_covered_of_the_facts() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")

    assert written(text, FACTS) == text
    assert unknown(FACTS) == []


@needs_facts
def test_the_script_writes_it(capsys: pytest.CaptureFixture[str]) -> None:
    before = DOCUMENT.read_text(encoding="utf-8")

    assert main(["coverage", str(FACTS)]) == 0
    assert DOCUMENT.read_text(encoding="utf-8") == before
