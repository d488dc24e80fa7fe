"""README says what is so."""

import json
from pathlib import Path
import re

from custom_components.oauth2_client.catalogue import load_provider, load_summaries
from custom_components.oauth2_client.document.paths import compile_path

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def test_its_paths_find_what_it_says() -> None:
    section = README.split("### What can be picked")[1].split("###")[0]
    document = json.loads(section.split("```json")[1].split("```")[0])
    rows = re.findall(r"^\| `(.+?)` \| `(.+?)`", section, re.MULTILINE)

    assert len(rows) == 5
    for path, shown in rows:
        found = compile_path(path).find(document)
        assert str(len(found) if isinstance(found, list) else found) == shown, path


def test_it_says_how_many_services_the_catalogue_has() -> None:
    [hundreds] = re.findall(r"More than (\d)00 services are in the list", README)

    assert len(load_summaries()) // 100 == int(hundreds)


def test_its_first_sensor_is_one_that_is_known() -> None:
    [account] = [
        known
        for known in load_provider("github").known_resources
        if known.name == "Account"
    ]
    assert "sensor.github_account_followers" in README
    assert "followers" in {value.key for value in account.values}
