"""The known resources of a provider, as the requests and entities that are written."""

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

from .answers import answer_of, value_at
from .expressions import (
    Untranslatable,
    path_expression,
    template_expression,
    text_expression,
)
from .icons import icon_of
from .names import plain
from .paging import Paging, paging_of

# The expressions for placeholders of requests. Variables are filled in before.
PLACEHOLDERS: Final[Mapping[str, str]] = {"account_id": "self._account_id"}
_ROOT: Final = "data"


@dataclass(frozen=True, kw_only=True)
class Entity:
    """An entity of a resource.

    `value` is an expression of `data`. The classes are names of members of Home Assistant's enums.
    """

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
    """A request and its entities. `url`, `body` and the values of `query` and `headers` are expressions.

    `interval` is in seconds. `path` and `host` are those of the URL, `answer` is an example for tests.
    """

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
    provider: Provider, placeholders: Mapping[str, str], left_to_author: list[str]
) -> Iterator[Resource]:
    """Yield the resources that can be written, and add the rest to `left_to_author`."""
    has_several = len(provider.known_resources) > 1
    taken: set[tuple[str, str]] = set()
    for known in provider.known_resources:
        answer = answer_of(provider.id, known)
        entities = []
        for value in known.values:
            try:
                entities.append(_entity(known, value, answer, has_several, taken))
            except Untranslatable:
                left_to_author.append(f"{known.name}: {value.name}, `{value.path}`")
        try:
            pages = _pages(provider, known, left_to_author)
            resource = _resource(
                provider, known, entities, answer, placeholders, pages=pages
            )
        except Untranslatable:
            left_to_author.append(f"{known.name}: `{known.method} {known.url}`")
            continue
        if entities:
            yield resource


def _resource(
    provider: Provider,
    known: KnownResource,
    entities: list[tuple[str, Entity]],
    answer: Any,
    placeholders: Mapping[str, str],
    *,
    pages: Paging | None,
) -> Resource:
    if known.of:
        # Each is of a thing that the person chooses.
        raise Untranslatable(known.url)
    # Without placeholders, the resource is for an account of OAuth2 Client, which knows the host.
    if "{{" in known.url or (placeholders and not has_host(provider, known.url)):
        # The tests that are written need a URL that is known.
        raise Untranslatable(known.url)
    headers = {name: text_expression(text, {}) for name, text in known.headers.items()}
    body = None
    if known.body is not None:
        body = text_expression(known.body, placeholders)
        headers.setdefault("Content-Type", repr(content_type(known.body)))
    base = provider.api_base_url or ""
    parts = urlsplit(known.url if "://" in known.url else base + known.url)
    return Resource(
        key=slugify(known.id),
        name=plain(known.name),
        method=known.method,
        url=text_expression(known.url, placeholders),
        query={
            key: text_expression(text, placeholders)
            for key, text in known.query.items()
        },
        headers=headers,
        body=body,
        interval=known.interval,
        path=parts.path,
        host=parts.netloc,
        sensors=_entities_of("sensor", entities),
        binary_sensors=_entities_of("binary_sensor", entities),
        pages=pages,
        answer=answer,
    )


def _pages(
    provider: Provider, known: KnownResource, left_to_author: list[str]
) -> Paging | None:
    """Return how further pages are found. Where that cannot be written, add it to `left_to_author`."""
    try:
        return paging_of(known, provider.known_resources.index(known))
    except Untranslatable:
        left_to_author.append(
            f"{known.name}: the pages after the first. What is counted is what the first one has"
        )
        return None


def has_host(provider: Provider, url: str) -> bool:
    """Tell whether the host of a request is known. Some services name it in each token answer."""
    return "://" in url or "{" not in (provider.api_base_url or "")


def _entities_of(
    platform: str, entities: list[tuple[str, Entity]]
) -> tuple[Entity, ...]:
    return tuple(entity for each, entity in entities if each == platform)


def _entity(
    known: KnownResource,
    value: KnownValue,
    answer: Any,
    has_several: bool,
    taken: set[tuple[str, str]],
) -> tuple[str, Entity]:
    key, name = _key_and_name(known, value, has_several, taken)
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


def _key_and_name(
    known: KnownResource,
    value: KnownValue,
    has_several: bool,
    taken: set[tuple[str, str]],
) -> tuple[str, str]:
    """Return a key and a name for an entity, and add them to those that are `taken`."""
    name = plain(value.name)
    if has_several and known.name.lower() not in name.lower():
        name, long_name = _joined(known.name, name)
        if (value.platform, slugify(name)) in taken:
            name = long_name
    key = slugify(name)
    while (value.platform, key) in taken:
        key += "_2"
    taken.add((value.platform, key))
    return key, name


def _joined(resource: str, value: str) -> tuple[str, str]:
    """Return two names of a resource's value: one without words that repeat, and one with all words."""
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
    elif isinstance(value_at(value, answer), list):
        expression = f"len({expression})"
    if value.device_class == "timestamp" and "dt_util." not in expression:
        return f"as_datetime({expression})"
    return f"as_date({expression})" if value.device_class == "date" else expression
