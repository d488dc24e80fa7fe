"""Drives the resource flow as a person does, and looks at what becomes of it."""

from collections.abc import Sequence
from typing import Any, Final

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigEntry,
    ConfigSubentry,
    SubentryFlowContext,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, section
from homeassistant.helpers import entity_registry as er

from .account_flow import Result, suggested
from .translations import check_result, subentry_words

TEMPERATURE: Final = {
    "name": "Temperature",
    "path": "$.current.temperature",
    "unit": "°C",
    "device_class": "temperature",
}
CONDITION: Final = {"name": "Condition", "path": "$.current.condition"}
# What the fake server's weather answers to.
WEATHER: Final[dict[str, Any]] = {
    "name": "Weather",
    "url": "/weather",
    "interval": 60,
    "values": [TEMPERATURE, CONDITION],
}
# A resource that the fake server does not have: faults answer for it.
LEVEL: Final[dict[str, Any]] = {
    "name": "Tank",
    "url": "/tank",
    "interval": 60,
    "values": [{"name": "Level", "path": "$.level"}],
}
# What the collapsed sections of a form hold when nobody opens them.
_SECTIONS: Final[dict[str, tuple[str, ...]]] = {
    "address": ("request", "schedule", "pages", "import"),
    "request": ("request", "schedule", "pages"),
}


class SubentryFlow:
    """One flow at a time; `result` is where it stands."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, kind: str = "resource"
    ) -> None:
        self.entry = entry
        self.result: Result = None
        self._hass = hass
        self._kind = kind

    async def start(self) -> Result:
        """Add one."""
        return await self._start({"source": SOURCE_USER})

    async def change(self, subentry: ConfigSubentry) -> Result:
        """Change one."""
        return await self._start(
            {"source": SOURCE_RECONFIGURE, "subentry_id": subentry.subentry_id}
        )

    async def choose(self, option: str) -> Result:
        """Choose from the menu that is shown."""
        return await self._configure({"next_step_id": option})

    async def submit(self, **answers: Any) -> Result:
        """Send the form that is shown, and let Home Assistant do what follows."""
        sections = _SECTIONS.get(self.result["step_id"], ())
        if self._kind == "resource":
            answers = {**{name: {} for name in sections}, **answers}
        return await self._configure(answers)

    async def pick(
        self, *picked: str, typed: Sequence[str] = (), **answers: Any
    ) -> Result:
        """Tick values by their paths, each in its group, and send the form."""
        schema = self.result["data_schema"].schema
        groups = {
            str(key): [path for path in picked if path in _options(part)]
            for key, part in schema.items()
            if isinstance(part, section) and key != "answer"
        }
        assert {*picked} == {path for paths in groups.values() for path in paths}
        return await self._configure(
            {
                "adjust": False,
                "answer": {"paths": [*typed]},
                **{name: {"ticked": paths} for name, paths in groups.items()},
                **answers,
            }
        )

    async def enter_values(self, values: list[dict[str, Any]]) -> Result:
        """Tick nothing in the live answer, and enter values by hand."""
        assert self.result["step_id"] == "pick", self.result
        await self.pick(adjust=True)
        return await self.set_values(values)

    async def set_values(self, values: list[dict[str, Any]]) -> Result:
        """Change, add and remove what the list of values has, until it has these; store them.

        The value that is changed has the same path, else the same name.
        """
        listed = _listed(self.result)
        changed: dict[int, dict[str, Any]] = {}
        for kind in (1, 0):
            for value in values:
                mine = (value["name"], value["path"])[kind]
                at = [index for index, each in enumerate(listed) if each[kind] == mine]
                left = [index for index in at if index not in changed]
                if left and value not in changed.values():
                    changed[left[0]] = value
        for index in reversed(range(len(listed))):
            await self.submit(value=str(index))
            if index in changed:
                await self.submit(**value_form(changed[index]), remove=False)
            else:
                await self.submit(**suggested(self.result) | {"remove": True})
        for value in values:
            if value not in changed.values():
                await self.submit(value="new")
                await self.submit(**value_form(value))
        return await self.submit(value="done")

    async def _configure(self, answers: dict[str, Any]) -> Result:
        return await self._take(
            await self._hass.config_entries.subentries.async_configure(
                self.result["flow_id"], answers
            )
        )

    async def _start(self, context: SubentryFlowContext) -> Result:
        return await self._take(
            await self._hass.config_entries.subentries.async_init(
                (self.entry.entry_id, self._kind), context=context
            )
        )

    async def _take(self, result: Result) -> Result:
        check_result(result, subentry_words(self._kind))
        self.result = result
        await settle(self._hass)
        return result


def offered(result: Result) -> dict[str, str]:
    """Return the labels of what can be ticked, by their paths."""
    return {
        path: label
        for key, part in result["data_schema"].schema.items()
        if isinstance(part, section) and key != "answer"
        for path, label in _options(part).items()
    }


def ticks(result: Result) -> list[str]:
    """Return the paths that are ticked."""
    return [
        path
        for part in result["data_schema"].schema.values()
        if isinstance(part, section)
        for key in part.schema.schema
        if key == "ticked"
        for path in key.description["suggested_value"]
    ]


def _options(part: section) -> dict[str, str]:
    options = part.schema.schema["ticked"].config["options"]
    return {option["value"]: option["label"] for option in options}


def value_form(value: dict[str, Any]) -> dict[str, Any]:
    """Return a value as a person enters it: the form of one value, with its closed section."""
    inside = ("template", "availability", "attributes", "category")
    more = {key: value[key] for key in inside if key in value}
    outside = {key: each for key, each in value.items() if key not in more}
    form = {"platform": "sensor", **outside, "more": more}
    if (device_class := form.pop("device_class", None)) is not None:
        is_sensor = form["platform"] == "sensor"
        form["sensor_class" if is_sensor else "binary_class"] = device_class
    return form


def _listed(result: Result) -> list[list[str]]:
    """Return the names and paths of the values that are listed."""
    options = result["data_schema"].schema["value"].config["options"]
    labels = [
        each["label"].split(" — ") for each in options if each["value"].isdecimal()
    ]
    # After the name is what the value shows now.
    return [[label.partition(" · ")[0], path] for label, path in labels]


async def settle(hass: HomeAssistant) -> None:
    """Wait for reloads, and for the fetches that follow them."""
    await hass.async_block_till_done(wait_background_tasks=True)


async def add_resource(
    hass: HomeAssistant, entry: ConfigEntry, **form: Any
) -> ConfigSubentry:
    """Add a resource, the weather unless another is asked for."""
    known = set(entry.subentries)
    answers = {**WEATHER, **form}
    values = answers.pop("values")
    flow = SubentryFlow(hass, entry)
    await flow.start()
    await flow.submit(**answers)
    result = await flow.enter_values(values)
    assert result["type"] is FlowResultType.CREATE_ENTRY, result
    [added] = set(entry.subentries) - known
    return entry.subentries[added]


async def change_values(
    hass: HomeAssistant,
    entry: ConfigEntry,
    subentry: ConfigSubentry,
    values: list[dict[str, Any]],
) -> ConfigSubentry:
    """Change the values of a resource by hand."""
    flow = SubentryFlow(hass, entry)
    await flow.change(subentry)
    await flow.choose("values")
    return await _changed(flow, subentry, await flow.set_values(values))


async def change_request(
    hass: HomeAssistant, entry: ConfigEntry, subentry: ConfigSubentry, **form: Any
) -> ConfigSubentry:
    """Change the request of the weather."""
    answers = {**WEATHER, **form}
    answers.pop("values")
    flow = SubentryFlow(hass, entry)
    await flow.change(subentry)
    await flow.choose("request")
    return await _changed(flow, subentry, await flow.submit(**answers))


async def _changed(
    flow: SubentryFlow, subentry: ConfigSubentry, result: Result
) -> ConfigSubentry:
    assert result["reason"] == "reconfigure_successful", result
    return flow.entry.subentries[subentry.subentry_id]


def entity_ids(hass: HomeAssistant, subentry: ConfigSubentry) -> dict[str, str]:
    """Return the entities of a resource by their unique ids, less the subentry's own."""
    return {
        entity.unique_id.removeprefix(f"{subentry.subentry_id}_"): entity.entity_id
        for entity in er.async_get(hass).entities.values()
        if entity.config_subentry_id == subentry.subentry_id
    }


def state_of(hass: HomeAssistant, entity_id: str) -> str:
    """Return what an entity shows."""
    state = hass.states.get(entity_id)
    assert state is not None, entity_id
    return state.state
