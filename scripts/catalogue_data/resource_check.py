"""Says what is wrong with the known resources of an entry."""

from collections.abc import Iterator
import json
from typing import Final

from custom_components.oauth2_client.catalogue import KnownResource, Provider
from custom_components.oauth2_client.catalogue.fields import as_json
from custom_components.oauth2_client.definitions import InvalidDefinition
from custom_components.oauth2_client.definitions.fitting import Misfit, check_value
from custom_components.oauth2_client.definitions.resource import Resource
from custom_components.oauth2_client.document.paths import InvalidPath, compile_path

from .resources import shortest_interval

# What Home Assistant polls at most.
_FEWEST_SECONDS: Final = 10
_MISFITS: Final = {
    "unit_of_binary": "has a unit, which a binary sensor has not",
    "class_of_other_platform": "has the device class {0.device_class}, which its platform has not",
    "state_class_mismatch": "has the state class {0.state_class}: {0.device_class} takes {allowed}",
    "state_class_needless": "has a state class, which {0.device_class} has not",
    "unit_not_allowed": "has a unit, which {0.device_class} has not",
    "unit_needless": "has a unit, which {0.device_class} has not",
    "unit_missing": "has no unit: {0.device_class} takes {allowed}",
    "unit_mismatch": "has the unit {0.unit}: {0.device_class} takes {allowed}",
    "unit_mismatch_or_none": "has the unit {0.unit}: {0.device_class} takes none or {allowed}",
}


def resource_faults(provider: Provider) -> Iterator[str]:
    """Return what is wrong with the known resources. Raises InvalidProvider for what cannot be read."""
    known = provider.known_resources
    quotas = [each.values for each in provider.about.conditions if each.kind == "quota"]
    shortest = max(
        (shortest_interval(quota, len(known)) for quota in quotas),
        default=_FEWEST_SECONDS,
    )
    for each in known:
        where = f"the resource `{each.id}`"
        if "://" not in each.url and not provider.api_base_url:
            yield f"{where} needs `api_base_url`"
        if each.interval < max(shortest, _FEWEST_SECONDS):
            yield f"{where} needs an `interval` of {shortest} seconds or more"
        yield from (f"{where}: {fault}" for fault in _definition_faults(each))


def _definition_faults(known: KnownResource) -> Iterator[str]:
    try:
        resource = Resource.from_dict(known.name, known.as_dict())
    except InvalidDefinition as err:
        yield f"`{err}` is wrong"
        return
    yield from _level_faults(known)
    if known.each is not None:
        path = known.each.path
        if not any(value.path.startswith(f"{path}[0]") for value in known.values):
            yield f"no value of `each` begins with `{path}[0]`"
    for value in resource.values:
        try:
            check_value(value)
        except Misfit as err:
            fault = _MISFITS[err.key].format(value, allowed=", ".join(err.allowed))
            yield f"the value `{value.key}` {fault}"


def _level_faults(known: KnownResource) -> Iterator[str]:
    """Return which lists cannot be found, and which ids are used nowhere."""
    for number, level in enumerate(known.of):
        try:
            compile_path(level.path)
        except InvalidPath as err:
            yield f"the path `{level.path}` in `of` is wrong: {err}"
        below = [as_json(each) for each in known.of[number + 1 :]]
        requests = json.dumps([known.as_dict(), *below])
        for name in level.ids:
            if f"{{{name}}}" not in requests:
                yield f"the id `{name}` in `of` is used nowhere"
