"""README says what is so."""

import json
from pathlib import Path
import re

from custom_components.oauth2_client.catalogue import load_provider, load_summaries
from custom_components.oauth2_client.document.paths import compile_path
from custom_components.oauth2_client.flows.device_names import _named
from homeassistant.util import slugify

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def test_its_paths_find_what_it_says() -> None:
    section = README.split("### What can be picked")[1].split("###")[0]
    document = json.loads(section.split("```json")[1].split("```")[0])
    rows = re.findall(r"^\| `(.+?)` \| `(.+?)`", section, re.MULTILINE)

    assert len(rows) == 5
    for path, shown in rows:
        found = compile_path(path).find(document)
        assert str(len(found) if isinstance(found, list) else found) == shown, path


def test_it_lists_the_services_of_the_catalogue() -> None:
    listed = " ".join(
        README.split("## Services")[1].split("are in the list")[0].split()
    )

    assert listed == re.sub(
        ", (?=[^,]*$)", " and ", ", ".join(item.name for item in load_summaries())
    )


def test_its_first_sensor_is_one_that_is_known() -> None:
    github = load_provider("github")
    [account] = [known for known in github.known_resources if known.name == "Account"]
    [followers] = [value for value in account.values if value.key == "followers"]
    device = _named(github.name, account.name)

    assert f"sensor.{slugify(f'{device} {followers.name}')}" in README
