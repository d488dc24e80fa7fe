"""What the repository promises about itself, read from its files: nothing of ours is imported."""

from collections.abc import Iterator
import json
from pathlib import Path
import re
import subprocess
import tokenize
import tomllib
from typing import Any, Final

import pytest

from homeassistant.util.yaml import parse_yaml

_ROOT: Final = Path(__file__).parents[1]
_INTEGRATION: Final = _ROOT / "custom_components" / "oauth2_client"
_WORKFLOWS: Final = sorted((_ROOT / ".github" / "workflows").glob("*.y*ml"))
_ISSUE_FORMS: Final = _ROOT / ".github" / "ISSUE_TEMPLATE"
_DECISIONS: Final = sorted((_ROOT / "docs" / "decisions").iterdir())

_MAX_LINES: Final = 350
# Each machine configures its registry; a host name in a file would bind everybody to one.
_REGISTRY: Final = re.compile(
    r"pypi\.org|files\.pythonhosted\.org|registry\.npmjs\.org"
)
_IGNORE: Final = re.compile(
    r"\bnoqa(?::\s*[A-Z]+\d+(?:[,\s]+[A-Z]+\d+)*)?|\btype:\s*ignore(?:\[[^]]*\])?"
)
# A reason after one or more ignores, each of which was replaced by ␀.
_REASON: Final = re.compile(r"␀(?:\s*#\s*␀)*(?:\s+-|\s*#)\s+\w")
_PINNED: Final = re.compile(r"[\w./-]+@[0-9a-f]{40}")


def _yaml(path: Path) -> Any:
    return parse_yaml(path.read_text(encoding="utf-8"))


def _manifest() -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(
        (_INTEGRATION / "manifest.json").read_text(encoding="utf-8")
    )
    return manifest


def _pyproject() -> str:
    return (_ROOT / "pyproject.toml").read_text(encoding="utf-8")


def _tracked(pattern: str = ".") -> list[Path]:
    """Return the tracked files that match a pattern of git's, less those deleted by now.

    There is always one: a test of nothing would pass.
    """
    if not (_ROOT / ".git").exists():
        pytest.skip("not a git repository")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--", pattern],
        cwd=_ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    paths = [_ROOT / name for name in listed.split("\0") if name]
    found = [path for path in paths if path.is_file()]
    assert found, pattern
    return found


def _texts() -> Iterator[tuple[str, str]]:
    """Return the name and text of each tracked file that is not binary."""
    for path in _tracked():
        content = path.read_bytes()
        if b"\0" not in content:
            yield str(path.relative_to(_ROOT)), content.decode()


def _comments(path: Path) -> Iterator[tuple[int, str]]:
    with tokenize.open(path) as file:
        for token in tokenize.generate_tokens(file.readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string


def _lacks_reason(comment: str) -> bool:
    marked = _IGNORE.sub("␀", comment)
    return "␀" in marked and _REASON.search(marked) is None


def _actions(workflow: Any) -> Iterator[dict[str, Any]]:
    """Return everything in a workflow that uses an action or another workflow."""
    for job in workflow["jobs"].values():
        for user in (job, *job.get("steps", ())):
            if "uses" in user:
                yield user


@pytest.fixture(params=_WORKFLOWS, ids=lambda path: path.name)
def workflow(request: pytest.FixtureRequest) -> Any:
    """Return each workflow in turn."""
    return _yaml(request.param)


def test_there_are_workflows() -> None:
    # Without one, pytest would skip the tests of each.
    assert {path.stem for path in _WORKFLOWS} >= {"release", "tests", "validate"}


def test_modules_are_short() -> None:
    lines = {
        str(path.relative_to(_INTEGRATION)): len(
            path.read_text(encoding="utf-8").splitlines()
        )
        for path in _INTEGRATION.rglob("*.py")
    }

    assert lines
    assert {name: count for name, count in lines.items() if count > _MAX_LINES} == {}


def test_manifest_keys_are_in_the_order_of_hassfest() -> None:
    domain, name, *others = _manifest()

    assert (domain, name) == ("domain", "name")
    assert others == sorted(others)


def test_manifest_and_pyproject_have_one_version() -> None:
    assert _manifest()["version"] == tomllib.loads(_pyproject())["project"]["version"]


def test_hacs_promises_the_home_assistant_that_is_tested() -> None:
    hacs = json.loads((_ROOT / "hacs.json").read_text(encoding="utf-8"))
    promised = re.search(r"hacs\.json promises: (\d+\.\d+)\.\s", _pyproject())

    assert promised is not None
    assert hacs["homeassistant"] == f"{promised[1]}.0"


def test_hacs_and_the_release_name_the_same_zip() -> None:
    hacs = json.loads((_ROOT / "hacs.json").read_text(encoding="utf-8"))
    release = (_ROOT / ".github/workflows/release.yml").read_text(encoding="utf-8")

    assert hacs["zip_release"] is True
    assert f'gh release create "$TAG" "$RUNNER_TEMP/{hacs["filename"]}"' in release


def test_every_link_to_the_repository_is_the_manifests() -> None:
    documentation = _manifest()["documentation"]
    owner = documentation.rpartition("/")[0]
    links = {
        (name, link)
        for name, text in _texts()
        for link in re.findall(rf"{re.escape(owner)}/[\w.-]+", text)
    }

    assert {link for _, link in links} == {documentation}, links


def test_no_file_names_a_registry() -> None:
    assert [name for name, text in _texts() if _REGISTRY.search(text)] == []


def test_npm_packages_are_locked_without_their_registry() -> None:
    for path in _tracked("*package-lock.json"):
        packages = json.loads(path.read_text(encoding="utf-8"))["packages"]

        assert [
            name for name, package in packages.items() if "resolved" in package
        ] == []


@pytest.mark.parametrize(
    ("comment", "lacks"),
    [
        ("# a comment", False),
        ("# noqa", True),
        ("# noqa: BLE001", True),
        ("# noqa: BLE001, S101", True),
        ("# noqa: BLE001 -", True),
        ("# noqa: BLE001 without a dash", True),
        ("# noqa: BLE001 - whatever it raises is reported", False),
        ("# noqa: BLE001  # whatever it raises is reported", False),
        ("# type: ignore", True),
        ("# type: ignore[arg-type]", True),
        ("# type: ignore[arg-type]  # what a careless caller does", False),
        ("# type: ignore[arg-type]  # noqa: PGH003", True),
        ("# type: ignore[arg-type]  # noqa: PGH003 - its stub is wrong", False),
    ],
)
def test_a_reason_is_told_from_its_absence(comment: str, lacks: bool) -> None:
    assert _lacks_reason(comment) is lacks


def test_every_ignore_has_its_reason() -> None:
    ignores = [
        (f"{path.relative_to(_ROOT)}:{line}", comment)
        for path in _tracked("*.py")
        for line, comment in _comments(path)
        if _IGNORE.search(comment)
    ]

    assert ignores
    assert [ignore for ignore in ignores if _lacks_reason(ignore[1])] == []


def test_decisions_are_numbered_in_sequence() -> None:
    assert _DECISIONS
    for number, path in enumerate(_DECISIONS, start=1):
        assert re.fullmatch(rf"{number:04}-[a-z0-9-]+\.md", path.name)
        assert path.read_text(encoding="utf-8").startswith(f"# {number}. ")


def test_quality_scale_has_every_rule_with_its_reason() -> None:
    scale = _yaml(_INTEGRATION / "quality_scale.yaml")

    assert len(scale["rules"]) == 54
    for rule in scale["rules"].values():
        if rule != "done":
            assert rule["status"] in ("done", "exempt", "todo")
            assert rule["comment"]


def test_workflows_pin_actions_by_commit(workflow: Any) -> None:
    used = [user["uses"] for user in _actions(workflow)]

    assert used
    assert [each for each in used if not _PINNED.fullmatch(each)] == []


def test_workflows_leave_no_credentials_behind(workflow: Any) -> None:
    checkouts = [
        user["with"]["persist-credentials"]
        for user in _actions(workflow)
        if user["uses"].startswith("actions/checkout@")
    ]

    assert checkouts
    assert all(kept is False for kept in checkouts)


def test_workflows_grant_only_what_a_job_needs(workflow: Any) -> None:
    assert workflow["permissions"] == {}
    assert workflow["concurrency"]
    for name, job in workflow["jobs"].items():
        wanted = "write" if name == "release" else "read"
        assert job["permissions"] == {"contents": wanted}
        assert job["timeout-minutes"] <= 60


@pytest.mark.parametrize(
    ("name", "required"),
    [
        (
            "bug",
            {"what", "steps", "service", "version", "home-assistant", "diagnostics"},
        ),
        ("service", {"name", "authorize-url", "token-url", "documentation", "scopes"}),
        ("known_service", {"service", "outcome"}),
    ],
)
def test_an_issue_form_asks_for_what_is_needed(name: str, required: set[str]) -> None:
    form = _yaml(_ISSUE_FORMS / f"{name}.yml")
    asked = [element for element in form["body"] if element["type"] != "markdown"]

    assert form["name"]
    assert form["description"]
    assert {element["type"] for element in asked} <= {"input", "textarea"}
    assert all(element["attributes"]["label"] for element in asked)
    # GitHub refuses a form in which two have one id.
    assert len({element["id"] for element in asked}) == len(asked)
    assert required == {
        element["id"]
        for element in asked
        if element.get("validations", {}).get("required")
    }


def test_the_report_on_a_service_opens_a_form_that_takes_its_id() -> None:
    links = (_INTEGRATION / "flows/service/links.py").read_text(encoding="utf-8")
    [(form, field)] = re.findall(r"/new\?template=(\w+\.yml)&(\w+)=", links)

    assert field in {each["id"] for each in _yaml(_ISSUE_FORMS / form)["body"]}


def test_vulnerabilities_are_reported_in_private() -> None:
    report = f"{_manifest()['documentation']}/security/advisories/new"
    config = _yaml(_ISSUE_FORMS / "config.yml")

    assert config["blank_issues_enabled"] is False
    assert report in {link["url"] for link in config["contact_links"]}
    assert f"<{report}>" in (_ROOT / "SECURITY.md").read_text(encoding="utf-8")


def test_every_pinned_package_and_action_is_kept_up_to_date() -> None:
    bot = _yaml(_ROOT / ".github" / "dependabot.yml")
    watched = {
        each["package-ecosystem"]: _ROOT / each["directory"].strip("/")
        for each in bot["updates"]
    }

    assert set(watched) == {"github-actions", "npm", "pip"}
    assert (watched["github-actions"] / ".github/workflows").is_dir()
    assert (watched["npm"] / "package-lock.json").is_file()
    assert (watched["pip"] / "pyproject.toml").is_file()


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "README.md", "SECURITY.md"])
def test_what_a_document_of_the_root_links_to_and_runs_is_there(name: str) -> None:
    text = (_ROOT / name).read_text(encoding="utf-8")
    named = [
        *re.findall(r"\]\((?!https://)([^)#]+)", text),
        *re.findall(r"(?<![\w/])(?:scripts|tests|\.ci)/[\w./-]*\w", text),
    ]

    assert named
    assert [each for each in named if not (_ROOT / each).exists()] == []
