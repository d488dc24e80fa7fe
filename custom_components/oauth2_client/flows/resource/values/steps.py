"""The steps that change the values of a resource, one at a time."""

from collections.abc import Mapping
from copy import replace
from typing import Any, override

from homeassistant.config_entries import SubentryFlowResult
from homeassistant.const import CONF_NAME, CONF_PATH
from homeassistant.util import slugify

from ....definitions.distinct import free_key
from ....definitions.fitting import Misfit
from ....definitions.readings import Readings
from ....definitions.samples import Sample, sample_of
from ....definitions.value import Value
from ...request_form import FormError
from ...service.form import CHOSEN, CONF_WAY
from .. import PICK, RECONFIGURE
from ..groups import async_labels
from ..pick_steps import PickSteps
from .form import (
    CONF_REMOVE,
    CONF_VALUE,
    DONE,
    NEW,
    SECTION_MORE,
    async_misfit,
    form_from_value,
    value_from_form,
    value_schema,
    values_schema,
)
from .live import async_readings


class ValueSteps(PickSteps):
    """Shows the values that are picked or stored, and changes, adds and removes them."""

    # The values as they are changed so far.
    _changed: tuple[Value, ...] = ()
    # The position of the value whose form is open, None for a new value.
    _open_index: int | None = None
    # The step that led to the list, which leads back there.
    _step_before = PICK

    @override
    async def async_step_values(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Choose a value to change, or end."""
        if (ended := await self._async_enter()) is not None:
            return ended
        if user_input is None:
            self._step_before = RECONFIGURE if self._offer is None else PICK
            if self._offer is None:
                if (stored := self._stored()) is None:
                    return self.async_abort(reason="stored_wrongly")
                self._resource, self._ticked = stored, stored.values
            self._changed = self._ticked
            return await self._async_show_list()
        choice = user_input[CONF_VALUE]
        if choice == PICK and self._offer is not None:
            return self._show_values(self._offer, None)
        if choice == RECONFIGURE:
            return await self._async_go_back(choice)
        if choice != DONE:
            self._open_index = None if choice == NEW else int(choice)
            return await self.async_step_value()
        if not self._changed:
            return await self._async_show_list(FormError(CONF_VALUE, "no_values"))
        return await self._async_finish(replace(self._resource, values=self._changed))

    async def async_step_value(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change one value, add one, or remove it."""
        if (ended := await self._async_enter()) is not None:
            return ended
        index = self._open_index
        before = None if index is None else self._changed[index]
        if user_input is None:
            form = {} if before is None else form_from_value(before)
            return await self._async_show_value(form)
        if user_input.get(CONF_WAY, CHOSEN) != CHOSEN:
            return await self._async_show_list()
        others = [value for value in self._changed if value is not before]
        if user_input.get(CONF_REMOVE):
            self._changed = tuple(others)
            return await self._async_show_list()
        try:
            value = value_from_form(self.hass, user_input, before)
            _check_name(value, before, others)
            await self._async_check_paths(value)
        except FormError as err:
            return await self._async_show_value(user_input, err)
        except Misfit as err:
            misfit = await async_misfit(self.hass, err)
            return await self._async_show_value(user_input, misfit)
        if before is None:
            taken = {each.key for each in (*others, *self._resource.values)}
            self._changed = (*others, replace(value, key=free_key(value.name, taken)))
        else:
            self._changed = tuple(
                value if each is before else each for each in self._changed
            )
        return await self._async_show_list()

    async def _async_show_list(
        self, error: FormError | None = None
    ) -> SubentryFlowResult:
        samples, words = await self._async_samples(), await async_labels(self.hass)
        labels = [
            f"{words.of_sample(value, samples.get(value.key))} — {value.path.text}"
            for value in self._changed
        ]
        schema = values_schema(labels, back=self._step_before)
        return self._show("values", schema, None, error)

    async def _async_show_value(
        self, form: dict[str, Any], error: FormError | None = None
    ) -> SubentryFlowResult:
        index, words = self._open_index, await async_labels(self.hass)
        value = None if index is None else self._changed[index]
        samples = {} if value is None else await self._async_samples()
        now = "" if value is None else words.now(value, samples.get(value.key))
        others = words.others(each.key for each in self._changed if each is not value)
        schema = value_schema(new=value is None)
        return self._show("value", schema, form, error, now=now, others=others)

    async def _async_samples(self) -> Mapping[str, Sample]:
        """Return what the values show now, by their keys; nothing where no answer is known.

        Nothing is fetched for stored values: those of the last poll are shown.
        """
        values = self._changed
        readings: Readings | None
        if self._offer is not None:
            readings = await async_readings(
                self.hass, self._account, self._resource, values
            )
        else:
            subentry_id = self._get_reconfigure_subentry().subentry_id
            polled = self._get_entry().runtime_data.resources.get(subentry_id)
            readings = None if polled is None else polled.data
            # That poll read no other paths.
            paths = {each.key: each.path.text for each in self._resource.values}
            values = tuple(
                value for value in values if paths.get(value.key) == value.path.text
            )
        if readings is None:
            return {}
        return {value.key: sample_of(self.hass, value, readings) for value in values}

    async def _async_check_paths(self, value: Value) -> None:
        """Raise FormError where a new path of a value finds nothing in the live answer.

        Without new paths nothing is fetched, so that names can be changed while an API is down.
        """
        known = {
            path.text
            for each in (*self._resource.values, *self._changed)
            for path in (each.path, *each.attributes)
        }
        new = [
            path for path in (value.path, *value.attributes) if path.text not in known
        ]
        if not new:
            return
        if self._offer is None or self._offer.missing([value]):
            await self._async_look_up(new)
        assert self._offer is not None
        missing = {*self._offer.missing([value])} - known
        fields = {CONF_PATH: (value.path,), SECTION_MORE: value.attributes}
        for field, paths in fields.items():
            if not_found := [path.text for path in paths if path.text in missing]:
                raise FormError(field, "path_not_found", path=", ".join(not_found))


def _check_name(value: Value, before: Value | None, others: list[Value]) -> None:
    """Raise FormError for a new name that another value has: their entity ids would be numbered."""
    if before is not None and before.name == value.name:
        return
    if slugify(value.name) in {slugify(other.name) for other in others}:
        raise FormError(CONF_NAME, "name_taken")
