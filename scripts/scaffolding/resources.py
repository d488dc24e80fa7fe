"""The known resources of a provider as requests and entities that are written in Python."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from custom_components.oauth2_client.api import content_type
from custom_components.oauth2_client.catalogue import (
    KnownResource,
    KnownValue,
    Provider,
)
from homeassistant.components.binary_sensor import BinarySensorDeviceClass  # type: ignore[attr-defined]  # 2026.8 has it nowhere else
from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.util import slugify

from .answers import answer_of, found
from .expressions import (
    Untranslatable,
    path_expression,
    template_expression,
    text_expression,
)
from .icons import icon_of
from .names import plain
from .paging import Paging, paging_of

# What a URL may name besides variables, which are filled in before.
PLACES: Final[Mapping[str, str]] = {"account_id": "self._account_id"}
_ROOT: Final = "data"


@dataclass(frozen=True, kw_only=True)
class Entity:
    """An entity of a resource. `value` is an expression of `data`, the classes are names of members."""

    key: str
    name: str
    resource: str
    value: str
    unit: str | None
    device_class: str | None
    state_class: str | None
    precision: int | None
    is_diagnostic: bool
    icon: str | None


@dataclass(frozen=True, kw_only=True)
class Resource:
    """A request and its entities. `url`, `query`, `headers` and `body` are expressions."""

    key: str
    name: str
    method: str
    url: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: str | None
    interval: int
    path: str
    host: str
    sensors: tuple[Entity, ...]
    binary_sensors: tuple[Entity, ...]
    pages: Paging | None
    answer: Any


def resources_of(
    provider: Provider, places: Mapping[str, str], left: list[str]
) -> Iterator[Resource]:
    """Return the resources that can be written, and add to `left` what an author does by hand."""
    several = len(provider.known_resources) > 1
    taken: set[tuple[str, str]] = set()
    for known in provider.known_resources:
        answer = answer_of(provider.id, known)
        entities = []
        for value in known.values:
            try:
                entities.append(_entity(known, value, answer, several, taken))
            except Untranslatable:
                left.append(f"{known.name}: {value.name}, `{value.path}`")
        try:
            pages = _pages(provider, known, left)
            resource = _resource(provider, known, entities, answer, places, pages=pages)
        except Untranslatable:
            left.append(f"{known.name}: `{known.method} {known.url}`")
            continue
        if entities:
            yield resource


def _resource(
    provider: Provider,
    known: KnownResource,
    entities: list[tuple[str, Entity]],
    answer: Any,
    places: Mapping[str, str],
    *,
    pages: Paging | None,
) -> Resource:
    # An account of OAuth2 Client, for which no places are filled in here, knows its host.
    if "{{" in known.url or (places and not has_host(provider, known.url)):
        # Tests could not know it.
        raise Untranslatable(known.url)
    headers = {name: text_expression(text, {}) for name, text in known.headers.items()}
    body = None
    if known.body is not None:
        body = text_expression(known.body, places)
        headers.setdefault("Content-Type", repr(content_type(known.body)))
    base = provider.api_base_url or ""
    parts = urlsplit(known.url if "://" in known.url else base + known.url)
    return Resource(
        key=slugify(known.id),
        name=plain(known.name),
        method=known.method,
        url=text_expression(known.url, places),
        query={key: text_expression(text, places) for key, text in known.query.items()},
        headers=headers,
        body=body,
        interval=known.interval,
        path=parts.path,
        host=parts.netloc,
        sensors=_of("sensor", entities),
        binary_sensors=_of("binary_sensor", entities),
        pages=pages,
        answer=answer,
    )


def _pages(provider: Provider, known: KnownResource, left: list[str]) -> Paging | None:
    """Return how the further pages are found. Where only the first one is, `left` says so."""
    try:
        return paging_of(known, provider.known_resources.index(known))
    except Untranslatable:
        left.append(
            f"{known.name}: the pages after the first. What is counted is what the first one has"
        )
        return None


def has_host(provider: Provider, url: str) -> bool:
    """Tell whether it is known where a request goes: some services tell the host with each token."""
    return "://" in url or "{" not in (provider.api_base_url or "")


def _of(platform: str, entities: list[tuple[str, Entity]]) -> tuple[Entity, ...]:
    return tuple(entity for each, entity in entities if each == platform)


def _entity(
    known: KnownResource,
    value: KnownValue,
    answer: Any,
    several: bool,
    taken: set[tuple[str, str]],
) -> tuple[str, Entity]:
    key, name = _named(known, value, several, taken)
    classes: Any = (
        SensorDeviceClass if value.platform == "sensor" else BinarySensorDeviceClass
    )
    device_class = classes(value.device_class).name if value.device_class else None
    return value.platform, Entity(
        key=key,
        name=name,
        resource=slugify(known.id),
        value=_expression(value, answer),
        unit=value.unit,
        device_class=device_class,
        state_class=SensorStateClass(value.state_class).name
        if value.state_class
        else None,
        precision=value.precision,
        is_diagnostic=value.category == "diagnostic",
        icon=None if device_class else icon_of(name, value),
    )


def _named(
    known: KnownResource,
    value: KnownValue,
    several: bool,
    taken: set[tuple[str, str]],
) -> tuple[str, str]:
    """Return a key and a name that no other entity has."""
    name = plain(value.name)
    if several and known.name.lower() not in name.lower():
        name, long_name = _joined(known.name, name)
        if (value.platform, slugify(name)) in taken:
            name = long_name
    key = slugify(name)
    while (value.platform, key) in taken:
        key += "_2"
    taken.add((value.platform, key))
    return key, name


def _joined(resource: str, value: str) -> tuple[str, str]:
    """Return the name of a value of a resource without words said twice, and with them."""
    long_name = f"{resource} {value[0].lower()}{value[1:]}"
    words, own = resource.lower().split(), value.lower().split()
    if set(own) <= set(words):
        return resource, long_name
    if words[-1] == own[0]:
        return f"{resource} {value.partition(' ')[2]}", long_name
    return long_name, long_name


def _expression(value: KnownValue, answer: Any) -> str:
    expression = path_expression(value.path, _ROOT)
    if value.template is not None:
        expression = template_expression(value.template, expression)
    elif isinstance(found(value, answer), list):
        expression = f"len({expression})"
    if value.device_class == "timestamp" and "dt_util." not in expression:
        return f"as_datetime({expression})"
    return f"as_date({expression})" if value.device_class == "date" else expression
