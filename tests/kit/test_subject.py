"""What is missing of an integration is said."""

from pathlib import Path
import sys

from ha_oauth2_conformance.canned import Unreadable, check
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


_FILES = {
    "manifest.json": '{"domain": "own", "config_flow": true, "dependencies": []}',
    "__init__.py": "",
    "application_credentials.py": "async_get_authorization_server = None",
    "config_flow.py": "",
}


@pytest.mark.parametrize(
    ("files", "said"),
    [
        pytest.param({}, "config_flow.py of own has no sign-in", id="no flow"),
        pytest.param(
            {"config_flow.py": "def broken(:"},
            "SyntaxError: .*config_flow",
            id="syntax",
        ),
        pytest.param(
            {"__init__.py": "import not_there"}, "No module .*requirements", id="module"
        ),
        pytest.param(
            {"__init__.py": "raise RuntimeError('planted')"},
            "RuntimeError: planted",
            id="import raises",
        ),
        pytest.param(
            {"application_credentials.py": ""}, "has neither", id="without hooks"
        ),
        pytest.param(
            {"manifest.json": '{"domain": "own"}'},
            "says no 'config_flow': true; add it",
            id="config flow not announced",
        ),
        pytest.param(
            {"manifest.json": '{"domain": "own", "dependencies": ["nothing_such"]}'},
            "depends on nothing_such",
            id="unknown dependency",
        ),
        pytest.param(
            {"manifest.json": '{"domain": "Own-One"}'}, "no domain", id="bad domain"
        ),
    ],
)
def test_what_cannot_be_held_is_said(
    files: dict[str, str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    for name, text in {**_FILES, **files}.items():
        (folder / name).write_text(text, encoding="utf-8")
    loaded = [name for name in sys.modules if name.startswith("custom_components.own")]
    for name in loaded:
        monkeypatch.delitem(sys.modules, name)

    with pytest.raises(Unusable, match=said):
        find_subject(folder)


def test_the_repository_in_place_of_its_integration_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "custom_components/own"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text("{}", encoding="utf-8")

    with pytest.raises(Unusable, match="meant: .*custom_components/own"):
        find_subject(tmp_path)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("me.json", "{", "me.json is no JSON"),
        ("provider.json", "[]", "provider.json is no JSON object"),
        ("provider.json", '{"lacks": ["revokation"]}', "'revokation', and knows"),
    ],
)
def test_an_answer_that_cannot_be_read_is_said(
    name: str, text: str, said: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")

    with pytest.raises(Unreadable, match=said):
        check(tmp_path)


def test_answers_that_are_not_there_are_said(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="no folder of canned answers"):
        check(tmp_path / "nothing")
