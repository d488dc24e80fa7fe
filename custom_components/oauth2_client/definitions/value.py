"""A value: one thing picked from a resource's answer."""

from typing import Any, Final, Self

from homeassistant.const import (
    CONF_DEVICE_CLASS,
    CONF_ICON,
    CONF_NAME,
    CONF_PATH,
    CONF_PLATFORM,
    Platform,
)
from homeassistant.helpers.template import is_template_string

from ..document.paths import AnyPath, InvalidPath, compile_path
from ..oauth2.frozen import Frozen
from . import (
    InvalidDefinition,
    stored_list,
    stored_mapping,
    stored_number,
    stored_optional_text,
    stored_text,
)

CONF_ATTRIBUTES: Final = "attributes"
CONF_AVAILABILITY: Final = "availability"
CONF_CATEGORY: Final = "category"
CONF_KEY: Final = "key"
CONF_PRECISION: Final = "precision"
CONF_REPLACES: Final = "replaces"
CONF_STATE_CLASS: Final = "state_class"
CONF_TEMPLATE: Final = "template"
CONF_UNIT: Final = "unit"

# Stored when the user wants no state class; without it a default is chosen.
NO_STATE_CLASS: Final = "none"

# More than any number has.
_MOST_DECIMALS: Final = 100
PLATFORMS: Final = (Platform.SENSOR, Platform.BINARY_SENSOR)


class Value(Frozen):
    """One thing picked from a resource's answer; becomes one entity.

    `key` identifies it within its resource and never changes, since it is part of the entity's
    unique id. The result of `template` is the state; where the result of `availability` is false, the
    entity is unavailable. `attributes` are the paths of the state's attributes. `precision` is the
    number of decimals that are shown. `icon` may be a template too. `replaces` is the id of another
    integration's entity, which this entity takes over when it is free.
    """

    key: str
    name: str
    path: AnyPath
    platform: str = Platform.SENSOR
    unit: str | None = None
    device_class: str | None = None
    state_class: str | None = None
    precision: int | None = None
    category: str | None = None
    template: str | None = None
    availability: str | None = None
    attributes: tuple[AnyPath, ...] = ()
    icon: str | None = None
    replaces: str | None = None

    @property
    def templates(self) -> str:
        """The value's templates in one text, empty where it has none."""
        templates = (self.template, self.availability, self.icon_template)
        return "".join(filter(None, templates))

    @property
    def icon_template(self) -> str | None:
        """The template of the icon, None for a fixed icon."""
        return self.icon if self.icon and is_template_string(self.icon) else None

    @classmethod
    def from_dict(cls, stored: object, where: str) -> Self:
        """Parse one stored value. Raises InvalidDefinition, whose text begins with `where`."""
        raw = stored_mapping(stored, where)
        platform = stored_optional_text(raw, CONF_PLATFORM, where) or Platform.SENSOR
        if platform not in PLATFORMS:
            raise InvalidDefinition(f"{where}.{CONF_PLATFORM}")
        precision = None
        if raw.get(CONF_PRECISION) is not None:
            precision = int(stored_number(raw, CONF_PRECISION, 0, where))
            if not 0 <= precision <= _MOST_DECIMALS:
                raise InvalidDefinition(f"{where}.{CONF_PRECISION}")
        return cls(
            key=stored_text(raw, CONF_KEY, where),
            name=stored_text(raw, CONF_NAME, where),
            path=_path(stored_text(raw, CONF_PATH, where), f"{where}.{CONF_PATH}"),
            platform=platform,
            unit=stored_optional_text(raw, CONF_UNIT, where),
            device_class=stored_optional_text(raw, CONF_DEVICE_CLASS, where),
            state_class=stored_optional_text(raw, CONF_STATE_CLASS, where),
            precision=precision,
            category=stored_optional_text(raw, CONF_CATEGORY, where),
            template=stored_optional_text(raw, CONF_TEMPLATE, where),
            availability=stored_optional_text(raw, CONF_AVAILABILITY, where),
            icon=stored_optional_text(raw, CONF_ICON, where),
            attributes=tuple(
                _path(item, f"{where}.{CONF_ATTRIBUTES}")
                for item in stored_list(raw, CONF_ATTRIBUTES, where)
            ),
            replaces=stored_optional_text(raw, CONF_REPLACES, where),
        )

    def as_dict(self) -> dict[str, Any]:
        """Return what is stored: the settings that are set."""
        stored = {
            CONF_KEY: self.key,
            CONF_NAME: self.name,
            CONF_PATH: self.path.text,
            CONF_PLATFORM: str(self.platform),
            CONF_UNIT: self.unit,
            CONF_DEVICE_CLASS: self.device_class,
            CONF_STATE_CLASS: self.state_class,
            CONF_PRECISION: self.precision,
            CONF_CATEGORY: self.category,
            CONF_TEMPLATE: self.template,
            CONF_AVAILABILITY: self.availability,
            CONF_ICON: self.icon,
            CONF_ATTRIBUTES: [path.text for path in self.attributes] or None,
            CONF_REPLACES: self.replaces,
        }
        return {key: item for key, item in stored.items() if item is not None}


def _path(text: object, where: str) -> AnyPath:
    if not isinstance(text, str):
        raise InvalidDefinition(where)
    try:
        return compile_path(text)
    except InvalidPath:
        raise InvalidDefinition(where) from None
