"""README says what is so."""

from collections.abc import Iterator, Mapping
import json
from pathlib import Path
import re

from custom_components.oauth2_client.catalogue import load_provider, load_summaries
from custom_components.oauth2_client.document.paths import compile_path
from custom_components.oauth2_client.flows.device_names import _named
from homeassistant.util import slugify

from .translations import ENGLISH

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


def test_it_says_what_services_are_known_to_have() -> None:
    table = README.split("| service | resources |")[1].split("\n\n")[0]
    rows = re.findall(r"^\| (.+?) \| (.+?) \|$", table, re.MULTILINE)[1:]
    ids = {summary.name: summary.id for summary in load_summaries()}

    assert len(rows) > 10
    for service, resources in rows:
        known = load_provider(ids[service]).known_resources
        assert [item.name for item in known] == resources.split(", "), service


def test_its_pictures_are_there() -> None:
    pictures = re.findall(r'(?:srcset|src)="([^"]+)"', README)

    assert len(pictures) == 8
    for picture in pictures:
        assert (Path(__file__).parents[1] / picture).is_file(), picture


def test_its_first_sensor_is_one_that_is_known() -> None:
    github = load_provider("github")
    [account] = [known for known in github.known_resources if known.name == "Account"]
    [followers] = [value for value in account.values if value.key == "followers"]
    device = _named(github.name, account.name)

    assert f"sensor.{slugify(f'{device} {followers.name}')}" in README


# What Home Assistant, HACS and a browser call their own things.
ELSEWHERE = frozenset(
    {
        "Activity",
        "Add from link",
        "Add integration",
        "Custom repositories",
        "Devices & services",
        "Download diagnostics",
        "Enable debug logging",
        "Gmail",
        "Integration",
        "Marketplace",
        "Network",
        "OAuth2 Client",
        "Outlook",
        "Reconfigure",
        "Repairs",
        "Settings",
        "System",
        "System information",
        "redirect URI mismatch",
    }
)


def test_each_label_in_it_is_one_that_a_person_sees() -> None:
    labels = [
        " ".join(label.split())
        for path in re.findall(r"(?<!\*)\*([^*]+)\*(?!\*)", README)
        for label in path.split("→")
    ]
    shown = [
        _pattern(text)
        for text in _texts(ENGLISH)
        if re.search(r"[A-Za-z]{3}", re.sub(r"{\w+}", "", text))
    ]

    unknown = {
        label
        for label in {*labels} - ELSEWHERE
        if not any(pattern.fullmatch(label) for pattern in shown)
    }
    assert unknown == set()
    assert len(labels) > 30


def _texts(words: object) -> Iterator[str]:
    """Return each text of the translations, and what it begins with."""
    if isinstance(words, str):
        yield words
        yield words.partition(". ")[0].removesuffix(".")
        yield words.partition(":")[0]
        yield words.partition(" (")[0]
    elif isinstance(words, Mapping):
        for text in words.values():
            yield from _texts(text)


def _pattern(text: str) -> re.Pattern[str]:
    """Return what a text looks like once its placeholders are filled in."""
    return re.compile(re.sub(r"\\\{\w+\\\}", ".+", re.escape(text)))
