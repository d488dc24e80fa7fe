"""Keys that say what an object, or a value in it, is called and is."""

from collections.abc import Mapping
from typing import Final

# Words of keys that do not name a value. The key above or a value beside it does.
VALUE_WORDS: Final = frozenset(
    {"value", "values", "reading", "measurement", "data", "text", "val", "content"}
    | {"formatted", "localized"}
)
# Keys of objects and lists that only wrap an answer, and name nothing in it.
WRAPPERS: Final = frozenset(
    {"data", "result", "results", "response", "body", "payload", "attributes"}
    | {"items", "properties", "fields", "records", "embedded", "list", "root"}
    | {"value", "values", "valuequantity"}
)
# Keys of the name of an object, and of the kind of thing that it is.
TITLES: Final = (
    *("name", "displayName", "display_name", "friendlyName", "friendly_name"),
    *(
        "nickname",
        "nickName",
        "title",
        "label",
        "alias",
        "Name",
        "Title",
        "LocalizedName",
    ),
)
KINDS: Final = (
    *(
        "device_class",
        "deviceClass",
        "class",
        "type",
        "metric",
        "kind",
        "measurement",
        "parameter",
        "quantity",
        "sensorType",
    ),
    *(
        "Type",
        "sensor_type",
        "data_type",
        "dataType",
        "measure",
        "component",
        "comp",
        "property",
        "code",
        "key",
    ),
)
# Further keys of kinds. Their values count only where they name a quantity.
OTHER_KINDS: Final = (
    *("value_type", "valueType", "measurementType", "measurement_type"),
    *("parameterType", "parameter_type", "metricType", "metric_type"),
)
# The meanings of public codes: those of Sensor.Community.
CODES: Final[Mapping[str, Mapping[str, str]]] = {
    "value_type": {"P0": "PM1", "P1": "PM10", "P2": "PM2.5"}
}
# Keys of objects in which an element may have its name: `attributes.system.name`.
DESCRIPTIONS: Final = (
    *("attributes", "system", "device", "info", "details", "snippet", "general"),
    *("metadata", "profile", "properties"),
)
# Endings of the name of another thing than the element: `modelName`, `fileName`.
OTHER_NAMES: Final = frozenset(
    {"brand", "class", "file", "firmware", "host", "hardware", "make", "model"}
    | {"type", "product", "first", "last", "user"}
)
# Types that JSON shows by itself, and words that only say that there is a value.
TYPES_OF_JSON: Final = VALUE_WORDS | {
    *("array", "bool", "boolean", "date", "decimal", "double", "enum", "float", "int"),
    *(
        "integer",
        "int32",
        "int64",
        "list",
        "long",
        "null",
        "number",
        "numeric",
        "object",
    ),
    *("scalar", "sensor", "short", "str", "string", "timestamp", "datetime", "json"),
}
# Parts of dotted names behind which the name of the value begins.
GROUPS: Final = frozenset(
    {"Command", "Event", "Option", "Program", "Setting", "Status", "Root", "traits"}
)
