"""The schema of a provider's known resources."""

from typing import Any, Final

import pytest

from custom_components.oauth2_client.catalogue import (
    InvalidProvider,
    KnownResource,
    KnownValue,
    Provider,
    parse_provider,
)

VALUE: Final[dict[str, Any]] = {"key": "steps", "name": "Steps", "path": "$.steps"}
MINIMAL: Final[dict[str, Any]] = {
    "id": "day",
    "name": "Day",
    "url": "/day",
    "values": [VALUE],
}
LEVEL: Final[dict[str, Any]] = {
    "path": "$.homes",
    "ids": {"home": "id"},
    "url": "/homes",
}
WHOLE: Final[dict[str, Any]] = {
    **MINIMAL,
    "url": "https://api.{region}.example.com/day",
    "method": "POST",
    "query": {"date": "{{ now().date() }}"},
    "headers": {"Accept-Language": "en"},
    "body": '{"wanted": "steps"}',
    "format": "json",
    "interval": 900,
    "pages": {"kind": "link"},
    "scopes": ["activity"],
    "confirmed": True,
    "values": [
        {
            **VALUE,
            "unit": "steps",
            "state_class": "total_increasing",
            "precision": 0,
            "category": "diagnostic",
            "template": "{{ value * 2 }}",
            "attributes": ["$.goal"],
        },
        {
            "key": "goal_reached",
            "name": "Goal reached",
            "path": "$.reached",
            "platform": "binary_sensor",
            "device_class": "running",
        },
    ],
    "of": [
        {
            **LEVEL,
            "name": ["label", "info.name"],
            "method": "POST",
            "query": {"region": "{region}"},
            "headers": {"Accept-Language": "en"},
            "body": "{}",
        },
        {"path": "$.rooms", "ids": {"room": "id", "kind": "type"}},
    ],
}


def _provider(*known: Any) -> Provider:
    return parse_provider(
        {
            "id": "example",
            "name": "Example",
            "authorize_url": "https://example.com/authorize",
            "token_url": "https://{region}.example.com/token",
            "variables": [{"name": "region", "default": "eu"}],
            "known_resources": list(known),
        },
        category="health",
    )


def test_an_address_and_values_make_a_known_resource() -> None:
    assert _provider(MINIMAL).known_resources == (
        KnownResource(
            id="day",
            name="Day",
            url="/day",
            confirmed=False,
            values=(KnownValue(key="steps", name="Steps", path="$.steps"),),
        ),
    )


@pytest.mark.parametrize("known", [MINIMAL, WHOLE])
def test_a_known_resource_is_stored_as_it_was_written(known: dict[str, Any]) -> None:
    assert _provider(known).as_dict()["known_resources"] == [known]


def test_a_resource_is_stored_without_what_only_the_catalogue_needs() -> None:
    [known] = _provider(WHOLE).known_resources

    assert known.as_dict() == {
        key: item
        for key, item in WHOLE.items()
        if key not in ("id", "name", "scopes", "confirmed", "of")
    }
    assert known.confirmed


def test_variables_are_filled_in_the_address_of_a_known_resource() -> None:
    [known] = _provider(WHOLE).resolve({"region": "us"}).known_resources

    assert known.url == "https://api.us.example.com/day"
    assert known.query == {"date": "{{ now().date() }}"}
    assert known.of[0].query == {"region": "us"}


@pytest.mark.parametrize(
    ("known", "key"),
    [
        ("day", "known_resources"),
        ({**MINIMAL, "surprise": 1}, "known_resources"),
        ({**MINIMAL, "id": "No Id"}, "id"),
        ({**MINIMAL, "name": ""}, "name"),
        ({**MINIMAL, "url": 5}, "url"),
        ({**MINIMAL, "method": ""}, "method"),
        ({**MINIMAL, "query": {"page": 1}}, "query"),
        ({**MINIMAL, "headers": ["Accept"]}, "headers"),
        ({**MINIMAL, "body": {}}, "body"),
        ({**MINIMAL, "format": True}, "format"),
        ({**MINIMAL, "interval": 0}, "interval"),
        ({**MINIMAL, "pages": "link"}, "pages"),
        ({**MINIMAL, "scopes": "activity"}, "scopes"),
        ({**MINIMAL, "confirmed": "yes"}, "confirmed"),
        ({**MINIMAL, "of": {}}, "of"),
        ({**MINIMAL, "of": []}, "of"),
        ({**MINIMAL, "of": ["/homes"]}, "of"),
        ({**MINIMAL, "of": [{**LEVEL, "surprise": 1}]}, "of"),
        ({**MINIMAL, "of": [{**LEVEL, "url": 5}]}, "url"),
        ({**MINIMAL, "of": [{**LEVEL, "ids": {}}]}, "ids"),
        ({**MINIMAL, "of": [{**LEVEL, "ids": "id"}]}, "ids"),
        ({**MINIMAL, "of": [{**LEVEL, "ids": {"A": "id"}}]}, "ids"),
        ({**MINIMAL, "of": [{**LEVEL, "ids": {"a": 1}}]}, "ids"),
        ({**MINIMAL, "of": [{**LEVEL, "name": "label"}]}, "name"),
        ({**MINIMAL, "of": [{"path": "$.a", "ids": {"a": "id"}}]}, "url"),
        ({**MINIMAL, "of": [{"url": "/a", "ids": {"a": "id"}}]}, "path"),
        ({**MINIMAL, "of": [{"url": "/a", "path": "$.a"}]}, "ids"),
        (
            {
                **MINIMAL,
                "of": [LEVEL, {"path": "$", "ids": {"a": "b"}, "query": {"a": "b"}}],
            },
            "url",
        ),
        ({**MINIMAL, "values": []}, "values"),
        ({**MINIMAL, "values": {}}, "values"),
        ({**MINIMAL, "values": ["$.steps"]}, "values"),
        ({**MINIMAL, "values": [VALUE, VALUE]}, "values: key"),
        ({**MINIMAL, "values": [{**VALUE, "surprise": 1}]}, "values"),
        ({**MINIMAL, "values": [{**VALUE, "key": "No Key"}]}, "key"),
        ({**MINIMAL, "values": [{**VALUE, "name": None}]}, "name"),
        ({**MINIMAL, "values": [{**VALUE, "path": ""}]}, "path"),
        ({**MINIMAL, "values": [{**VALUE, "platform": "light"}]}, "platform"),
        ({**MINIMAL, "values": [{**VALUE, "platform": ["sensor"]}]}, "platform"),
        ({**MINIMAL, "values": [{**VALUE, "unit": ""}]}, "unit"),
        ({**MINIMAL, "values": [{**VALUE, "device_class": 1}]}, "device_class"),
        ({**MINIMAL, "values": [{**VALUE, "state_class": None}]}, "state_class"),
        ({**MINIMAL, "values": [{**VALUE, "precision": -1}]}, "precision"),
        ({**MINIMAL, "values": [{**VALUE, "precision": True}]}, "precision"),
        ({**MINIMAL, "values": [{**VALUE, "category": []}]}, "category"),
        ({**MINIMAL, "values": [{**VALUE, "template": 1}]}, "template"),
        ({**MINIMAL, "values": [{**VALUE, "attributes": "$.x"}]}, "attributes"),
    ],
)
def test_what_is_not_as_the_schema_says_is_named(known: object, key: str) -> None:
    with pytest.raises(InvalidProvider) as raised:
        _ = _provider(known).known_resources
    assert str(raised.value) == key


@pytest.mark.parametrize("key", ["id", "name", "url", "values"])
def test_what_is_needed_is_needed(key: str) -> None:
    known = {name: item for name, item in MINIMAL.items() if name != key}
    with pytest.raises(InvalidProvider) as raised:
        _ = _provider(known).known_resources
    assert str(raised.value) == key


@pytest.mark.parametrize("key", ["key", "name", "path"])
def test_what_a_value_needs_is_needed(key: str) -> None:
    value = {name: item for name, item in VALUE.items() if name != key}
    with pytest.raises(InvalidProvider) as raised:
        _ = _provider({**MINIMAL, "values": [value]}).known_resources
    assert str(raised.value) == key


def test_ids_of_known_resources_differ() -> None:
    with pytest.raises(InvalidProvider) as raised:
        _ = _provider(MINIMAL, {**MINIMAL, "name": "Other"}).known_resources
    assert str(raised.value) == "known_resources: id"
