"""Removes secrets from readings with texts, and cuts what is too long for a state or an attribute."""

from typing import TYPE_CHECKING, Any, Final

from .readings import MAX_TEXT_CHARACTERS, NO_TEXTS, Readings

if TYPE_CHECKING:
    from ..api.redaction import Redaction

# The size of an attribute is bounded: each element counts, and each 32 characters of a text as one more.
_MAX_ELEMENTS: Final = 2_000
_CHARACTERS_PER_ELEMENT: Final = 32


def redacted(readings: Readings, redaction: Redaction) -> Readings:
    """Return the readings without an account's secrets, with long texts and attributes cut.

    Some APIs repeat what they are sent. Texts are cut after the redaction, which would not find half a
    secret.
    """
    keys = [
        key for key, value in readings.values.items() if type(value) not in NO_TEXTS
    ]
    # Values and attributes together, so that one search finds the secrets of all.
    values: list[Any] = [readings.values[key] for key in keys]
    attributes: list[Any] = [*readings.attributes.values()]
    values, attributes = redaction.redact([values, attributes])
    return Readings(
        values={
            **readings.values,
            **{
                key: value if key in readings.whole else _cut(value)
                for key, value in zip(keys, values, strict=True)
            },
        },
        attributes={
            key: {name: _bounded(value) for name, value in shown.items()}
            for key, shown in zip(readings.attributes, attributes, strict=True)
        },
        whole=readings.whole,
    )


def _cut(value: object) -> object:
    return value[:MAX_TEXT_CHARACTERS] if isinstance(value, str) else value


def _bounded(value: object) -> object:
    """Return an attribute as it is shown: of a long text its beginning, of many elements their number.

    Home Assistant serializes attributes in the event loop, at each change of a state.
    """
    if isinstance(value, list | dict) and _has_many(value):
        return len(value)
    return _cut(value)


def _has_many(container: list[Any] | dict[str, Any]) -> bool:
    """Return whether a list or an object has too many elements or characters for an attribute."""
    nodes: list[object] = [container]
    size = 0
    while nodes:
        node = nodes.pop()
        size += (
            1 + (len(node) if isinstance(node, str) else 0) // _CHARACTERS_PER_ELEMENT
        )
        if isinstance(node, list | dict):
            if len(node) > _MAX_ELEMENTS:
                return True
            nodes += node.values() if isinstance(node, dict) else node
        if size > _MAX_ELEMENTS:
            return True
    return False
