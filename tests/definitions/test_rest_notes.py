"""Options of `rest` that a resource does not have are noted; none is left out silently."""

from copy import replace
from typing import Any

import pytest

from custom_components.oauth2_client.definitions import RequestRenderer
from custom_components.oauth2_client.definitions.readings import ValueReader
from custom_components.oauth2_client.definitions.rest_import import (
    RestImport,
    imports_from_rest,
)
from custom_components.oauth2_client.definitions.value import Value
from homeassistant.components.rest.schema import (
    BINARY_SENSOR_SCHEMA,
    RESOURCE_SCHEMA,
    SENSOR_SCHEMA,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import TemplateError
from homeassistant.helpers.template import Template, result_as_boolean
from homeassistant.util.yaml import parse_yaml

URL = "http://192.168.1.2/status"


def _imported(pasted: Any, **how: Any) -> RestImport:
    [imported] = imports_from_rest(pasted, **how)
    return imported


def _notes(imported: RestImport) -> dict[str, tuple[str, ...]]:
    return {note.key: note.names for note in imported.notes}


def _of(definition: dict[str, Any], **entity: Any) -> RestImport:
    """Return the import of a definition with one sensor."""
    sensor = {"name": "A", "value_template": "{{ value_json.a }}", **entity}
    return _imported({"rest": {"resource": URL, "sensor": [sensor], **definition}})


@pytest.mark.parametrize(
    ("option", "value", "note"),
    [
        ("authentication", "digest", "sign_in"),
        ("username", "ada", "sign_in"),
        ("password", "planted-password", "sign_in"),
        ("verify_ssl", False, "verify_ssl"),
        ("verify_ssl", "no", "verify_ssl"),
        ("ssl_cipher_list", "insecure", "ssl_cipher_list"),
        ("timeout", 60, "timeout"),
        ("encoding", "ISO-8859-1", "encoding"),
        ("scan_interval", 2, "interval"),
        ("retry", {"max_attempts": 3}, "unknown"),
        ("sensors", [], "unknown"),
    ],
)
def test_an_option_of_the_request_that_is_left_out_is_named(
    option: str, value: Any, note: str
) -> None:
    imported = _of({option: value})

    assert _notes(imported) == {note: (option,)}
    assert "planted" not in str(imported.resource.as_dict())


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("verify_ssl", True),
        ("timeout", 10),
        ("encoding", "UTF-8"),
        ("ssl_cipher_list", "python_default"),
        ("scan_interval", 10),
        ("method", "post"),
        ("params", {"a": "{{ states('sun.sun') }}"}),
        ("headers", {"X-Key": "{{ states('input_text.key') }}"}),
        ("payload", '{"a": 1}'),
        ("payload_template", "{{ now() }}"),
    ],
)
def test_what_is_taken_over_or_changes_nothing_is_not_named(
    option: str, value: Any
) -> None:
    assert _notes(_of({option: value})) == {}


@pytest.mark.parametrize(
    ("option", "value", "note"),
    [
        ("icon", "{{ 'mdi:a' if value_json.a else 'mdi:b' }}", None),
        ("icon", "{{ 'mdi:a' if this.state == '1' else 'mdi:b' }}", "icon"),
        ("picture", "{{ value_json.picture }}", "picture"),
        ("force_update", True, "force_update"),
        ("json_attributes_path", "$..recipe", "attributes"),
        ("json_attributes_path", "$.*", "attributes"),
        ("json_attributes_path", "$..[", "attributes"),
        ("availability", "{{ value_json.a is not none }}", "availability_known"),
        (
            "availability",
            "{{ value_json is defined and value_json.a is defined }}",
            "availability_known",
        ),
        ("availability", "{{ value_json.ok }}", None),
        ("availability", "{{ value_json.a1 is defined }}", None),
        ("icon", "mdi:thermometer", None),
        ("availability", "{{ value_json is defined }}", "availability_known"),
        ("value_template", "{{ this.state }}", "this"),
        (
            "value_template",
            "{% for key, value in value_json.items() %}{{ value }}{% endfor %}",
            None,
        ),
        ("device_class", "occupancy", "misfit"),
        ("state_class", "measurement", None),
        ("force_update", False, None),
        ("unique_id", "a1", None),
    ],
)
def test_an_option_of_an_entity_that_is_left_out_is_named_with_the_entity(
    option: str, value: Any, note: str | None
) -> None:
    imported = _of({}, json_attributes=["b"], **{option: value})

    assert _notes(imported) == ({} if note is None else {note: ("A",)})


def test_an_option_that_nobody_knows_is_named() -> None:
    assert _notes(_of({}, friendly_name="B", expire_after=5)) == {
        "unknown": ("expire_after", "friendly_name")
    }


def test_no_option_of_rest_is_unknown() -> None:
    options = {str(key): "1" for key in RESOURCE_SCHEMA} | {"method": "GET"}
    entity = {str(key): "x" for key in (*SENSOR_SCHEMA, *BINARY_SENSOR_SCHEMA)}
    imported = _imported(
        {
            **options,
            "headers": {},
            "params": {},
            "sensor": [entity | {"unit_of_measurement": "°C"}],
        }
    )

    assert "unknown" not in _notes(imported)


def test_each_entity_is_named() -> None:
    yaml = f"""
    resource: {URL}
    sensor:
      - {{name: A, picture: a.png}}
      - {{name: B}}
    binary_sensor:
      - {{name: C, picture: c.png}}
    """

    assert _notes(_imported(parse_yaml(yaml))) == {"picture": ("A", "C")}


@pytest.mark.parametrize(
    ("icon", "path", "taken"),
    [
        ("mdi:a", "$.a", "mdi:a"),
        ("", "$.a", None),
        ("{{ 'mdi:a' }}", "$.a", "{{ 'mdi:a' }}"),
        (
            "{% if value_json.a == 'on' %}mdi:a{% else %}mdi:b{% endif %}",
            "$.a",
            "{% if value == 'on' %}mdi:a{% else %}mdi:b{% endif %}",
        ),
        ("{{ 'mdi:a' if is_state('sun.sun', 'x') }}", "$.a", "{{ 'mdi:a' if is_state('sun.sun', 'x') }}"),
        # `this` is the former state of the old entity.
        ("{{ this.state }}", "$.a", None),
    ],
)  # fmt: skip
def test_an_icon_is_taken_over_also_one_that_a_template_chooses(
    icon: str, path: str, taken: str | None
) -> None:
    [value] = _of({}, icon=icon).resource.values

    assert (value.path.text, value.icon) == (path, taken)
    assert Value.from_dict(value.as_dict(), "value") == value


def test_how_an_address_or_a_header_signed_in_is_left_out() -> None:
    imported = _of(
        {
            "resource": "http://ada:planted@192.168.1.2/status?a=b@c",
            "headers": {"authorization": "Bearer planted"},
        }
    )

    assert imported.resource.request.url == "http://192.168.1.2/status?a=b@c"
    assert set(_notes(imported)) == {"sign_in"}
    assert "planted" not in str(imported.resource.as_dict())


def test_a_header_of_the_connection_is_left_out_and_named() -> None:
    imported = _of({"headers": {"Host": "a", "connection": "close", "X-Key": "b"}})

    assert imported.resource.request.headers == {"X-Key": "b"}
    assert _notes(imported) == {"connection": ("Host", "connection")}


def test_a_secret_that_was_not_filled_in_is_named() -> None:
    imported = _of({"resource": "!secret address", "headers": {"X-Key": "!secret key"}})

    assert _notes(imported) == {"secret": ("resource", "X-Key")}


def test_what_stands_beside_it_is_named() -> None:
    yaml = f"""
    sensor:
      - platform: rest
        resource: {URL}
        name: A
      - platform: template
        sensors: {{}}
    rest_command:
      on: {{url: {URL}}}
    """

    assert _notes(_imported(parse_yaml(yaml))) == {
        "others": ("sensor: template", "rest_command")
    }


@pytest.mark.parametrize(
    "around",
    [
        "{definition}",
        "- {definition}",
        "rest: {definition}",
        "rest:\n- {definition}",
        "rest kitchen:\n- {definition}",
        "homeassistant: {{packages: {{pool: {{rest: [{definition}]}}}}}}",
    ],
)
def test_a_definition_is_found_wherever_it_stands(around: str) -> None:
    definition = f"{{resource: '{URL}', sensor: [{{name: A}}]}}"

    imported = _imported(parse_yaml(around.format(definition=definition)))

    assert (imported.resource.request.url, imported.notes) == (URL, ())


def test_each_address_becomes_a_resource_and_equal_requests_become_one() -> None:
    yaml = f"""
    sensor:
      - {{platform: rest, resource: {URL}, name: A, scan_interval: 60,
          value_template: "{{{{ value_json.a }}}}"}}
      - {{platform: rest, resource: {URL}, name: B, scan_interval: 30,
          value_template: "{{{{ value_json.b }}}}"}}
      - {{platform: rest, resource: {URL}/2, name: C}}
    binary_sensor:
      - {{platform: rest, resource: {URL}, name: D}}
    """

    first, second = imports_from_rest(parse_yaml(yaml), name="Not for two")

    assert [value.name for value in first.resource.values] == ["A", "B", "D"]
    assert first.resource.schedule.interval == 30
    assert [value.name for value in second.resource.values] == ["C"]
    assert (first.resource.name, second.resource.name) == ("A", "C")


def test_one_of_a_class_of_binary_sensors_is_one() -> None:
    [value] = _imported(
        {"platform": "rest", "resource": URL, "name": "A", "device_class": "door"}
    ).resource.values

    assert (value.platform, value.device_class) == ("binary_sensor", "door")


def test_a_name_that_is_a_template_is_what_it_gives_now(hass: HomeAssistant) -> None:
    def render(template: str) -> str:
        return str(Template(template, hass).async_render(parse_result=False))

    imported = _imported(
        {"resource": URL, "sensor": {"name": "{{ 'Bed' ~ 'room' }}"}}, render=render
    )

    assert imported.resource.values[0].name == "Bedroom"
    assert _notes(imported) == {"name_template": ("Bedroom",)}


def test_a_name_that_cannot_be_rendered_is_that_of_the_platform() -> None:
    def render(template: str) -> str:
        raise TemplateError("wrong")

    imported = _imported(
        {"resource": URL, "binary_sensor": {"name": "{{ 1 / 0 }}"}}, render=render
    )

    assert imported.resource.values[0].name == "REST Binary Sensor"


@pytest.mark.parametrize(
    ("path", "attribute"),
    [
        ("$.a.b", "$.a.b.k"),
        ("$", "$.k"),
        ("$[0]", "$[0].k"),
        ("$.0", "$[0].k"),
        ("$.a.0.b", "$.a[0].b.k"),
        ("$.[0]", "$[0].k"),
        ("$.a[-1:]", "$.a[-1].k"),
        ("$.a[*]", "$.a[0].k"),
        ("$.Davis-Weather-Tags", "$['Davis-Weather-Tags'].k"),
        ("$['a'][?(@.n=='x')]", "$.a[?@.n == 'x'].k"),
        ('$[?(@.n == "x")]', "$[?@.n == 'x'].k"),
    ],
)
def test_a_jsonpath_of_attributes_is_read_as_rest_reads_it(
    path: str, attribute: str
) -> None:
    imported = _of({}, json_attributes=["k"], json_attributes_path=path)

    assert imported.resource.values[0].as_dict()["attributes"] == [attribute]
    assert imported.notes == ()


def test_attributes_may_be_a_text_with_commas() -> None:
    imported = _of({}, json_attributes="b, c")

    assert [path.text for path in imported.resource.values[0].attributes] == [
        "$.b",
        "$.c",
    ]


def test_a_position_in_a_template_is_one_in_the_path() -> None:
    [value] = _of({}, value_template="{{ value_json.a.0.b | float }}").resource.values

    assert (value.path.text, value.template) == ("$.a[0].b", "{{ value | float }}")


def test_a_key_with_a_dot_before_a_digit_stays_one() -> None:
    [value] = _of({}, value_template="{{ value_json['pm2.5'].0 }}").resource.values

    assert value.path.find({"pm2.5": [7]}) == 7


@pytest.mark.parametrize(
    ("unit", "device_class", "stored"),
    [
        ("C", "temperature", "°C"),
        ("F", "temperature", "°F"),
        ("C", None, "C"),
        ("µg/m³", None, "μg/m³"),
    ],
)
def test_a_unit_is_written_as_home_assistant_writes_it(
    unit: str, device_class: str | None, stored: str
) -> None:
    imported = _of({}, unit_of_measurement=unit, device_class=device_class)

    assert imported.resource.values[0].unit == stored


CSV = "Messstelle;7\n14.09.2026;38,75\n15.09.2026;38,76"
LEVEL = "{{ (value.splitlines() | last).split(';')[1] | replace(',', '.') }}"


def _shown(hass: HomeAssistant, value: Value, document: Any) -> str:
    found = ValueReader([value]).read(document).values[value.key]
    assert value.template is not None
    shown: str = Template(value.template, hass).async_render(
        {"value": found}, parse_result=False
    )
    return shown


async def test_templates_of_the_text_of_an_answer_get_its_text(
    hass: HomeAssistant,
) -> None:
    resource = _of({}, value_template=LEVEL).resource

    assert resource.format == "text"
    assert _shown(hass, resource.values[0], CSV) == "38.76"


async def test_beside_them_templates_of_its_json_still_get_that(
    hass: HomeAssistant,
) -> None:
    imported = _imported(
        {
            "resource": URL,
            "sensor": [
                {"name": "A", "value_template": "{{ value.split(',') | length }}"},
                {"name": "B", "value_template": "{{ value_json.b | float }}"},
                {"name": "C", "value_template": "{{ value_json.value }}"},
            ],
        }
    )
    shown = [
        _shown(hass, value, '{"b": 2, "value": 3}')
        for value in imported.resource.values
    ]

    assert (imported.resource.format, shown) == ("text", ["2", "2.0", "3"])
    assert imported.notes == ()


def test_a_text_that_is_written_anew_is_named() -> None:
    imported = _of(
        {}, value_template="{{ value.split(':')[1] }}", json_attributes=["b"]
    )

    assert imported.resource.format == "auto"
    assert _notes(imported) == {"text": ("A",)}


@pytest.mark.parametrize(
    ("document", "is_available"),
    [({"ok": True, "a": 5}, True), ({"ok": False, "a": 5}, False), ({"a": 5}, False)],
)
async def test_what_is_not_available_is_told_by_its_own_template(
    hass: HomeAssistant, document: Any, is_available: bool
) -> None:
    [value] = _of({}, availability="{{ value_json.ok }}").resource.values

    assert value.availability is not None
    only = replace(value, template=value.availability)
    assert _shown(hass, value, document) == "5"
    assert result_as_boolean(_shown(hass, only, document)) is is_available
    assert Value.from_dict(value.as_dict(), "value") == value


async def test_a_payload_that_is_no_template_is_sent_as_it_is(
    hass: HomeAssistant,
) -> None:
    payload = "{{ not a template }} {% raw"
    template = _of({"method": "POST", "payload": payload}).resource.request

    assert RequestRenderer(hass, template).render().body == payload.encode()


def test_each_value_knows_what_it_takes_the_place_of() -> None:
    imported = _imported(
        {
            "resource": URL,
            "sensor": [{"name": "A", "unique_id": 854729072388394756}, {"name": "A"}],
            "binary_sensor": {"name": "B"},
        }
    )

    assert [
        (old.key, old.platform, old.name, old.unique_id) for old in imported.replaced
    ] == [
        ("a", "sensor", "A", "854729072388394756"),
        ("a_2", "sensor", "A", None),
        ("b", "binary_sensor", "B", None),
    ]
