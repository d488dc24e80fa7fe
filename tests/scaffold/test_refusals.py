"""What scripts/scaffold does not do, and says."""

import json
from pathlib import Path
from typing import Any

import pytest

from scripts.scaffolding.__main__ import main

PROVIDER: dict[str, Any] = {
    "id": "example",
    "name": "Example",
    "authorize_url": "https://example.com/oauth/authorize",
    "token_url": "https://example.com/oauth/token",
}


def _said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Run the command, which writes nothing, and return why."""
    assert main([*arguments]) == 1
    return capsys.readouterr().err


@pytest.mark.parametrize(
    ("provider", "said"),
    [
        ("spotfy", "Near: spotify"),
        ("Spotify", "Near: spotify"),
        ("azure", "Near: microsoft"),
        ("zzzz", "docs/providers.md"),
        ("fitbit", "'google_health' took its place"),
        ("tado", "use --account"),
        ("gitea", "--set base_url=…"),
    ],
)
def test_a_provider_that_cannot_be_written_is_told_with_what_can(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, provider: str, said: str
) -> None:
    assert said in _said(capsys, provider, "my_service", str(tmp_path / "new"))
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("domain", "said"),
    [
        ("spotify", "integration of Home Assistant itself"),
        ("My-Spotify", "Take 'my_spotify'"),
        ("class", "word of Python's"),
        ("a" * 65, "too long"),
        ("my__spotify", "no domain"),
        ("_spotify", "no domain"),
        ("2spotify", "no domain"),
        ("../spotify", "no domain"),
        ("", "no domain"),
        ("oauth2_client", "this integration's own"),
    ],
)
def test_a_domain_that_cannot_be_taken_is_told(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, domain: str, said: str
) -> None:
    assert said in _said(capsys, "spotify", domain, str(tmp_path / "new"))
    assert not (tmp_path / "new").exists()


def test_nothing_that_is_there_is_overwritten(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")

    assert "nothing of it is overwritten" in _said(
        capsys, "spotify", "my_spotify", str(tmp_path)
    )
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_folder_that_cannot_be_written_is_told(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "taken"
    file.write_text("mine", encoding="utf-8")

    said = _said(capsys, "spotify", "my_spotify", str(file / "new"))

    assert "cannot be written: Not a directory. Name another FOLDER" in said


def test_a_file_in_the_place_of_the_folder_stays(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "taken"
    file.write_text("mine", encoding="utf-8")

    assert "overwritten" in _said(capsys, "spotify", "my_spotify", str(file))
    assert file.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "cannot be read"),
        ("[]", "not one provider"),
        (json.dumps({"id": "x", "name": "X"}), "token_url is missing"),
        (json.dumps({**PROVIDER, "token_url": 5}), "token_url is wrong"),
        (json.dumps({**PROVIDER, "colour": "red"}), "colour is not known"),
        (json.dumps({**PROVIDER, "about": {"colour": 1}}), "about.colour is not known"),
        (json.dumps({**PROVIDER, "pkce": "yes"}), "pkce is wrong"),
        (
            json.dumps({**PROVIDER, "identity": {"url": "/me"}}),
            "identity.id is missing",
        ),
        (
            json.dumps({**PROVIDER, "identity": {"id": ["a"], "colour": 1}}),
            "identity.colour is wrong or not known",
        ),
        (
            json.dumps({**PROVIDER, "variables": [{"name": "a"}, {"kind": "x"}]}),
            "variables[1].kind is wrong",
        ),
        (
            json.dumps({**PROVIDER, "token_url": "https://{region}.example.com"}),
            "{region} in token_url is not known",
        ),
    ],
)
def test_a_file_that_is_no_provider_is_told_with_what_is_wrong(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, content: str, said: str
) -> None:
    file = tmp_path / "provider.json"
    file.write_text(content, encoding="utf-8")

    assert said in _said(capsys, str(file), "my_service", str(tmp_path / "new"))


_VALUE = {"key": "a", "name": "A", "path": "$"}
_RESOURCE = {"id": "a", "name": "A", "url": "/", "values": [_VALUE]}


@pytest.mark.parametrize(
    ("resource", "said"),
    [
        ({"url": "/x"}, "known_resources[1].id is missing"),
        ("/x", "known_resources[1] is no JSON object"),
        ({**_RESOURCE, "interval": "x"}, "known_resources[1].interval is wrong"),
        ({**_RESOURCE, "colour": 1}, "known_resources[1].colour is not known"),
        ({**_RESOURCE, "values": []}, "known_resources[1].values is wrong"),
        (
            {**_RESOURCE, "values": [_VALUE, _VALUE]},
            "known_resources[1].values has two with the same key",
        ),
        (
            {**_RESOURCE, "values": [{**_VALUE, "path": "$["}]},
            "known_resources[1].values[0].path is wrong at character",
        ),
        (
            {**_RESOURCE, "each": {"path": "$.a"}},
            "known_resources[1].each.key is missing",
        ),
        (
            {**_RESOURCE, "values": [_VALUE, {"key": "b", "path": "$"}]},
            "known_resources[1].values[1].name is missing",
        ),
        (
            {**_RESOURCE, "values": [{**_VALUE, "colour": 1}]},
            "known_resources[1].values[0].colour is not known",
        ),
        (
            {**_RESOURCE, "pages": {"kind": "cursor", "parameter": "c"}},
            "known_resources[1].pages.path is missing",
        ),
    ],
)
def test_a_mistake_in_a_resource_is_told_with_its_place(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, resource: Any, said: str
) -> None:
    file = tmp_path / "provider.json"
    raw = {**PROVIDER, "known_resources": [{**_RESOURCE, "id": "first"}, resource]}
    file.write_text(json.dumps(raw), encoding="utf-8")

    assert said in _said(capsys, str(file), "my_service", str(tmp_path / "new"))
    assert not (tmp_path / "new").exists()


def test_a_file_that_is_not_there_is_told(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert "cannot be read" in _said(
        capsys, str(tmp_path / "none.json"), "my_service", str(tmp_path / "new")
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("base_url", "not NAME=VALUE"),
        ("colour=red", "no variable 'colour'. Its: base_url."),
        ("base_url=no address", "cannot be 'base_url'; wanted: an address"),
    ],
)
def test_a_variable_that_cannot_be_filled_in_is_told(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, given: str, said: str
) -> None:
    assert said in _said(
        capsys, "gitea", "my_gitea", str(tmp_path / "new"), "--set", given
    )
