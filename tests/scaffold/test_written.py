"""What scripts/scaffold writes: what Home Assistant and HACS want of it, and its own tests."""

from collections.abc import Iterator
import json
from pathlib import Path
import re
from typing import Any

import pytest

from homeassistant.util.yaml import parse_yaml
from scripts.scaffolding.__main__ import main

from .own_tests import paged

DOMAIN = "my_service"
PINNED = re.compile(r"[\w./-]+@[0-9a-f]{40}")


@pytest.fixture(
    scope="module",
    params=[
        ("spotify",),
        ("spotify", "--yaml"),
        ("spotify", "--account"),
        ("github",),
        ("withings",),
        ("qiita",),
    ],
    ids=" ".join,
)
def folder(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Repositories of several kinds, each in turn."""
    provider, *options = request.param
    new = tmp_path_factory.mktemp("scaffold") / "new"
    assert main([provider, DOMAIN, str(new), *options]) == 0
    return new


def _integration(folder: Path) -> Path:
    return folder / "custom_components" / DOMAIN


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _python(folder: Path) -> str:
    return "\n".join(
        path.read_text(encoding="utf-8") for path in _integration(folder).glob("*.py")
    )


def _used(node: Any) -> Iterator[str]:
    """Yield each action of a workflow."""
    for job in node["jobs"].values():
        for step in job["steps"]:
            if "uses" in step:
                yield step["uses"]


def test_the_manifest_is_as_hassfest_wants_it(folder: Path) -> None:
    manifest = _json(_integration(folder) / "manifest.json")
    domain, name, *others = manifest

    assert (domain, name) == ("domain", "name")
    assert others == sorted(others)
    assert manifest["domain"] == DOMAIN
    assert manifest["config_flow"] is True
    assert manifest["version"] == "0.1.0"


def test_every_entity_and_error_has_words(folder: Path) -> None:
    written = _python(folder)
    words = _json(_integration(folder) / "translations/en.json")
    keys = re.findall(r'translation_key="(\w+)"', written)
    named = [*words["exceptions"], *words.get("issues", ())]
    for platform in words["entity"].values():
        named += platform
        assert len({each["name"] for each in platform.values()}) == len(platform)

    assert set(keys) == set(named)


def test_every_end_of_a_flow_has_words(folder: Path) -> None:
    written = _python(folder)
    words = _json(_integration(folder) / "translations/en.json")["config"]
    reasons = set(re.findall(r'reason="(\w+)"', written))

    # Those of core are in core's own translations, but for this one.
    assert reasons <= words["abort"].keys()
    unused = words["abort"].keys() - reasons
    assert unused <= {"already_configured", "missing_configuration"}


def test_every_icon_belongs_to_an_entity(folder: Path) -> None:
    words = _json(_integration(folder) / "translations/en.json")["entity"]
    icons = _json(_integration(folder) / "icons.json")["entity"]

    for platform, entities in icons.items():
        assert entities.keys() <= words[platform].keys()


def test_the_quality_scale_has_every_rule_with_its_reason(folder: Path) -> None:
    scale = parse_yaml(
        (_integration(folder) / "quality_scale.yaml").read_text(encoding="utf-8")
    )
    assert isinstance(scale, dict)

    assert len(scale["rules"]) == 54
    for rule in scale["rules"].values():
        if rule != "done":
            assert rule["status"] in ("done", "exempt", "todo")
            assert rule["comment"]


def test_workflows_pin_actions_and_grant_nothing(folder: Path) -> None:
    workflows = sorted((folder / ".github/workflows").iterdir())
    assert workflows
    for path in workflows:
        workflow: Any = parse_yaml(path.read_text(encoding="utf-8"))
        assert workflow["permissions"] == {}
        assert all(PINNED.fullmatch(each) for each in _used(workflow))


def test_nothing_of_the_templates_is_left(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file() and path.suffix != ".json":
            text = path.read_text(encoding="utf-8").replace("${{", "")
            assert not re.search(r"\{%|\{\{ it\.|None\b.*\bUndefined", text), path


def test_it_needs_oauth2_client_only_where_that_was_asked_for(
    folder: Path, request: pytest.FixtureRequest
) -> None:
    is_account = "--account" in request.node.name
    dependencies = _json(_integration(folder) / "manifest.json")["dependencies"]

    assert ("oauth2_client" in dependencies) is is_account
    assert ("custom_components.oauth2_client" in _python(folder)) is is_account


@pytest.mark.parametrize(
    ("provider", "limit"),
    [("instagram", "exchanges the token"), ("dingtalk", "`authCode` in the address")],
)
def test_what_cannot_be_done_is_said(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, provider: str, limit: str
) -> None:
    assert main([provider, DOMAIN, str(tmp_path / "new")]) == 0

    said = capsys.readouterr().out
    readme = (tmp_path / "new/README.md").read_text(encoding="utf-8")
    for text in (said, readme):
        assert limit in text
        assert "--account" in text


@pytest.mark.parametrize(
    ("provider", "written"),
    [
        ("trovo", '"Client-ID": f"{self.client_id}"'),
        ("zalo", '"secret_key": f"{self.client_secret}"'),
        ("tiktok_business", 'TOKEN_PARAMETERS = {"client_id": "client_id", '),
    ],
)
def test_token_requests_name_the_client_as_the_service_does(
    tmp_path: Path, provider: str, written: str
) -> None:
    assert main([provider, DOMAIN, str(tmp_path / "new")]) == 0

    assert written in _python(tmp_path / "new")


def test_a_token_that_is_its_own_refresh_token_stays_an_access_token(
    tmp_path: Path,
) -> None:
    assert main(["threads", DOMAIN, str(tmp_path / "new")]) == 0

    written = _python(tmp_path / "new")
    assert 'answer["refresh_token"] = answer["access_token"]' in written
    assert 'answer.pop("access_token")' not in written


@pytest.mark.parametrize(
    ("provider", "told"),
    [
        ("linkedin", {"lacks": ["revocation", "pkce"]}),
        ("google", {"lacks": []}),
        ("myanimelist", {"lacks": ["revocation", "pkce"]}),
        (
            "printful",
            {
                "lacks": ["revocation", "pkce"],
                "names": {"redirect_uri": "redirect_url"},
            },
        ),
    ],
)
def test_the_kit_is_told_what_the_service_does_not_have(
    tmp_path: Path, provider: str, told: dict[str, Any]
) -> None:
    assert main([provider, DOMAIN, str(tmp_path / "new")]) == 0

    assert _json(tmp_path / "new/tests/answers/provider.json") == told


def test_what_is_left_to_the_author_is_said(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["withings", DOMAIN, str(tmp_path / "new")]) == 0

    readme = (tmp_path / "new/README.md").read_text(encoding="utf-8")
    for text in (capsys.readouterr().out, readme):
        assert "Body: Weight" in text


@pytest.mark.parametrize(
    ("found", "command"),
    [
        (("/usr/bin/uv", None), "uv"),
        ((None, "/of setup/uv"), "'/of setup/uv'"),
        ((None, None), "uv"),
    ],
    ids=["of the system", "of scripts/setup", "none"],
)
def test_the_command_that_tests_it_can_be_copied(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    found: tuple[str | None, str | None],
    command: str,
) -> None:
    def which(name: str, path: str | None = None) -> str | None:
        return found[path is not None]

    monkeypatch.setattr("scripts.scaffolding.__main__.which", which)
    assert main(["spotify", DOMAIN, str(tmp_path / "of mine")]) == 0

    said = capsys.readouterr().out.splitlines()[-1]
    assert said == (
        f"Test it: cd '{tmp_path}/of mine' && {command} run --group test pytest"
    )


def test_no_request_goes_to_a_host_that_only_a_token_answer_names(
    tmp_path: Path,
) -> None:
    assert main(["pipedrive", DOMAIN, str(tmp_path / "new")]) == 0

    assert "async_get_identity" not in _python(tmp_path / "new")
    assert not list((tmp_path / "new/tests/answers").glob("*domain*"))
    assert main(["pipedrive", DOMAIN, str(tmp_path / "account"), "--account"]) == 0
    assert "async_get_account" in _python(tmp_path / "account")
    assert "/v1/users/me" in _python(tmp_path / "account")


@pytest.mark.parametrize("options", [(), ("--account",)])
def test_pages_are_joined_as_the_catalogue_tells(
    tmp_path: Path, options: tuple[str, ...]
) -> None:
    assert main(["todoist", DOMAIN, str(tmp_path / "new"), *options]) == 0

    written = _python(tmp_path / "new")
    assert 'text_at(answer, "next_cursor")' in written
    assert 'async_join_pages(fetch, items=("results",))' in written
    readme = (tmp_path / "new/README.md").read_text(encoding="utf-8")
    assert "the pages after the first" not in readme
    tests = (tmp_path / "new/tests/test_pages.py").read_text(encoding="utf-8")
    assert "test_a_page_of_tasks_that_repeats_is_the_last" in tests


def test_nothing_of_pages_is_written_where_there_are_none(tmp_path: Path) -> None:
    assert main(["spotify", DOMAIN, str(tmp_path / "new")]) == 0

    assert not list((tmp_path / "new").rglob("*pages.py"))


def test_pages_that_are_not_fetched_are_said(tmp_path: Path) -> None:
    file = paged(
        tmp_path, {"kind": "cursor", "path": "$.c", "parameter": "c", "in_body": True}
    )
    assert main([str(file), DOMAIN, str(tmp_path / "new")]) == 0

    readme = (tmp_path / "new/README.md").read_text(encoding="utf-8")
    assert "Things 0: the pages after the first." in readme


def test_names_cannot_break_what_is_written(tmp_path: Path) -> None:
    file = tmp_path / "provider.json"
    provider = {
        "id": "example",
        "name": 'Ex"""ample\\ {x} "Home"',
        "authorize_url": "https://example.com/authorize?audience=x",
        "token_url": "https://example.com/token",
    }
    file.write_text(json.dumps(provider), encoding="utf-8")
    assert main([str(file), DOMAIN, str(tmp_path / "new")]) == 0

    for path in _integration(tmp_path / "new").glob("*.py"):
        compile(path.read_text(encoding="utf-8"), path.name, "exec")
    assert '"audience": "x"' in _python(tmp_path / "new")


def test_units_are_home_assistants_constants(tmp_path: Path) -> None:
    options = ("--set", "base_url=https://cloud.example.com")
    assert main(["nextcloud", DOMAIN, str(tmp_path / "new"), *options]) == 0

    written = (_integration(tmp_path / "new") / "sensor.py").read_text(encoding="utf-8")
    assert "from homeassistant.const import PERCENTAGE, UnitOfInformation\n" in written
    assert "native_unit_of_measurement=UnitOfInformation.BYTES" in written


def test_where_nothing_tells_accounts_apart_there_is_one(tmp_path: Path) -> None:
    assert main(["home_connect", DOMAIN, str(tmp_path / "new")]) == 0

    manifest = _json(_integration(tmp_path / "new") / "manifest.json")
    assert manifest["single_config_entry"] is True
    assert "async_set_unique_id" not in _python(tmp_path / "new")


@pytest.mark.parametrize(
    ("arguments", "lacks"),
    [
        (("ebay", "--set", "ru_name=A-b"), "redirect_uri"),
        (("foursquare",), "api_header"),
        (("ihealth",), "token_body"),
    ],
)
def test_the_kit_is_told_what_a_service_has_its_own_way(
    tmp_path: Path, arguments: tuple[str, ...], lacks: str
) -> None:
    provider, *options = arguments
    assert main([provider, DOMAIN, str(tmp_path / "new"), *options]) == 0

    assert lacks in _json(tmp_path / "new/tests/answers/provider.json")["lacks"]
