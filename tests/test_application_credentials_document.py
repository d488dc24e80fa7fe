"""docs/application-credentials.md leaves out nothing of the page that it is about, and its proofs are there."""

from pathlib import Path
import re
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[1]
DOCUMENT: Final = (ROOT / "docs/application-credentials.md").read_text(encoding="utf-8")
PAGE: Final = DOCUMENT.split("sentence by sentence\n")[1].split("\n## ")[0]
ROWS: Final = [
    row.strip("| ").split(" | ")
    for row in PAGE.splitlines()
    if row.startswith("|") and not row.startswith("|--")
][1:]
PROOF: Final = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


@pytest.mark.parametrize(
    "named",
    [
        "AuthorizationServer",
        "ClientCredential",
        "LocalOAuth2Implementation",
        "async_get_authorization_server",
        "async_get_client_credential",
        "authorize_url",
        "client_id",
        "client_secret",
        "token_url",
    ],
)
def test_what_the_page_names_has_a_row(named: str) -> None:
    assert [row for row in ROWS if named in row[0]]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:40])
def test_each_row_names_a_test_that_is_there(row: list[str]) -> None:
    assert len(row) == 4
    assert PROOF.search(row[3])


def test_every_test_that_is_named_is_there() -> None:
    proofs = PROOF.findall(DOCUMENT)
    assert len(proofs) > len(ROWS)
    for path, name in proofs:
        text = (ROOT / path).read_text(encoding="utf-8")
        assert not name or f"def {name}(" in text, (path, name)
