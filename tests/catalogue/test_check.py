"""What scripts/catalogue says of a file with a service: a stranger reads it."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from scripts.catalogue_data.__main__ import main
from scripts.catalogue_data.document import read_all
from scripts.catalogue_data.hints import known_keys

GOOD: Final[dict[str, Any]] = {
    "id": "example",
    "name": "Example",
    "authorize_url": "https://example.test/authorize",
    "token_url": "https://example.test/token",
}
KNOWN: Final = {
    "id": "a",
    "name": "A",
    "url": "https://example.test/a",
    "values": [{"key": "a", "name": "A", "path": "$.a"}],
}
QUOTA: Final = {"kind": "quota", "values": {"count": "10", "per": "day"}}


def _known(**changes: Any) -> dict[str, Any]:
    return {**GOOD, "known_resources": [{**KNOWN, **changes}]}


def _value(**changes: Any) -> dict[str, Any]:
    return _known(values=[{"key": "a", "name": "A", "path": "$.a", **changes}])


def _of(url: str = "https://example.test/{pump}", **changes: Any) -> dict[str, Any]:
    level = {"url": "https://example.test/", "path": "$.a", "ids": {"pump": "id"}}
    return _known(url=url, of=[{**level, **changes}])


def _condition(**condition: Any) -> dict[str, Any]:
    return {**GOOD, "about": {"conditions": [condition]}}


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        (GOOD, None),
        ({**GOOD, "pkce": "yes"}, "`pkce` is wrong"),
        ({**GOOD, "pkce": "yes"}, "true or false, without quotes"),
        ({**GOOD, "surprise": 1}, "there is no key `surprise`"),
        ({**GOOD, "token_uri": "x"}, "did you mean `token_url`?"),
        ({**GOOD, "category": "home"}, "no key of an entry: its file says it"),
        ({**GOOD, "scopes": "a b"}, "`scopes` is wrong: a list of texts"),
        ({**GOOD, "id": "Ex-ample"}, "`id` is wrong: small letters"),
        ({**GOOD, "identity": {"url": "/me", "id": "id"}}, "`id` in `identity`"),
        ({**GOOD, "token_url": "example.test"}, "`token_url` is wrong: an address"),
        ({**GOOD, "token_url": "http://example.test"}, "has to begin with https://"),
        ({"id": "example", "name": "Example"}, "`token_url` is missing"),
        ({**GOOD, "grants": ["device_code"]}, "`device_authorization_url` is missing"),
        (_condition(kind="paid", since="June"), "`since` in `about`"),
        (_condition(kind="quotas"), "did you mean `quota`?"),
        (_condition(kind="users"), "needs `count` in its `values`"),
        (
            _condition(kind="quota", values={"count": "1", "per": "week"}),
            "is one of second",
        ),
        (_known(interval=5), "needs an `interval` of 10 seconds or more"),
        ({**_known(), "about": {"conditions": [QUOTA]}}, "`interval` of 11520 seconds"),
        (_known(), None),
        (_of(), None),
        (_of("https://example.test/{pomp}"), "`{pomp}` is no variable"),
        (_of("https://example.test/"), "the id `pump` in `of` is used nowhere"),
        (_of(path="$.["), "the path `$.[` in `of` is wrong"),
        (_of(ids=["id"]), "is missing or wrong: an object of keys by placeholder"),
        (_known(of={}), "is missing or wrong: a list of objects with url, path"),
        (_value(path="items.0.a"), "`values[0].path` is wrong"),
        (_value(device_class="heat"), "the device class heat, which its platform"),
        (_value(device_class="temperature", unit="C"), "temperature takes K, °C, °F"),
        (_value(device_class="date", unit="d"), "has a unit, which date has not"),
        (
            _value(device_class="energy", unit="kWh", state_class="measurement"),
            "energy takes total",
        ),
        (_value(platform="binary_sensor", unit="W"), "which a binary sensor has not"),
        ({**GOOD, "scopes": ["a b"]}, "more than one scope"),
        ({**GOOD, "api_base_url": "https://x.test/{who}"}, "`{who}` is no variable"),
        ({**GOOD, "variables": [{"name": "who"}]}, "`who` is used nowhere"),
        (
            {
                **GOOD,
                "variables": [{"name": "base_url", "kind": "url"}],
                "authorize_parameters": {"aud": "{base_url}"},
            },
            "`base_url` asks for a server, and is in no address",
        ),
        (
            {
                **GOOD,
                "variables": [
                    {"name": "base_url", "kind": "url"},
                    {"name": "host", "kind": "host"},
                ],
                "userinfo_url": "{base_url}/me",
                "api_base_url": "https://{host}/api",
            },
            "as `url` and as `host`: one is enough",
        ),
        ({**GOOD, "variables": [{"name": "who", "default": "a b"}]}, "default"),
        (
            {**GOOD, "about": {"conditions": [{"kind": "moon"}]}},
            "`moon` has no words: one of",
        ),
        (
            {**GOOD, "api_base_url": "https://{h}/v1", "token_values": {"h": "host"}},
            "could be any host",
        ),
        (
            {
                **GOOD,
                "api_base_url": "https://{h}.x.test/v1",
                "token_values": {"h": "host"},
            },
            None,
        ),
        (
            {
                **GOOD,
                "known_resources": [
                    {
                        "id": "a",
                        "name": "A",
                        "url": "/a",
                        "values": [{"key": "a", "name": "A", "path": "$"}],
                    }
                ],
            },
            "needs `api_base_url`",
        ),
        ([7], "is no object"),
        ([{**GOOD, "id": "b"}, {**GOOD, "id": "a"}], "order of ids"),
        ([GOOD, GOOD], "the id example is there 2 times"),
    ],
)
def test_a_file_is_checked_with_clear_messages(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    entry: object,
    fault: str | None,
) -> None:
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(entry))

    code = main(["check", str(path)])

    printed = capsys.readouterr().out
    assert code == (0 if fault is None else 1)
    assert printed == "" if fault is None else fault in printed
    assert fault is None or printed.startswith("mine.json: ")


def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    contents = {
        "broken.json": b'{\n  "id" "a"}',
        "twice.json": b'{"id": "a", "id": "b"}',
        "latin.json": '"é"'.encode("latin-1"),
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    told = []
    for name in (*contents, "none.json"):
        assert main(["check", str(tmp_path / name)]) == 1
        told.append(capsys.readouterr().out)

    assert told[0].startswith("broken.json: is no JSON: line 2, column 8: ")
    assert told[1] == "twice.json: cannot be read: `id` is there twice in one object\n"
    assert told[2] == "latin.json: is not in UTF-8\n"
    assert told[3].startswith("none.json: cannot be read: ")


def test_an_unknown_command_tells_the_commands(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["fly"]) == 2
    assert "check [FILE]" in capsys.readouterr().err


def test_the_document_names_every_key_that_an_entry_can_have() -> None:
    stored = {key for raw in read_all() for key in raw.as_dict()}

    assert stored <= known_keys()
