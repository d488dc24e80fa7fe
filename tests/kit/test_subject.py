"""What is missing of an integration is said."""

from pathlib import Path

from ha_oauth2_conformance.subject import Unusable, find_subject
import pytest


@pytest.mark.parametrize(
    ("files", "said"),
    [
        pytest.param({}, "has no manifest.json", id="no manifest"),
        pytest.param(
            {"manifest.json": "[", "__init__.py": ""}, "no JSON", id="no JSON"
        ),
        pytest.param(
            {"manifest.json": "{}", "__init__.py": ""}, "no domain", id="no domain"
        ),
        pytest.param(
            {"manifest.json": '{"domain": "other"}', "__init__.py": ""},
            "another name",
            id="another domain",
        ),
        pytest.param(
            {
                "manifest.json": '{"domain": "own", "requirements": ["not-there==1"]}',
                "__init__.py": "",
            },
            "pip install not-there==1",
            id="requirement missing",
        ),
    ],
)
def test_what_is_missing_is_said(
    files: dict[str, str], said: str, tmp_path: Path
) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")

    with pytest.raises(Unusable, match=said):
        find_subject(folder)


def test_a_path_that_is_no_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="is no folder"):
        find_subject(tmp_path / "nothing")
