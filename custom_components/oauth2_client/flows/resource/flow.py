"""The subentry flow of a resource: what is wanted, the live answer, its values."""

from collections.abc import Iterable
from copy import replace
from typing import Any, override

from homeassistant.config_entries import SubentryFlowResult

from ...definitions.resource import CONF_VALUES
from ...definitions.value import Value
from ...document.paths import AnyPath
from ..request_form import FormError
from .known_steps import KnownSteps
from .pick_steps import PickSteps
from .values_form import form_of_values, values_from_form, values_schema


class ResourceFlow(KnownSteps, PickSteps):
    """Adds resources to an account, or changes one."""

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Choose what to change."""
        if (lost := await self._async_take_account()) is not None:
            return lost
        if self._stored() is None:
            return await self.async_step_request()
        return self.async_show_menu(
            step_id="reconfigure", menu_options=["pick", "values", "request"]
        )

    @override
    async def async_step_values(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change names, units, classes and templates of the values."""
        if (lost := await self._async_take_account()) is not None:
            return lost
        if self._offer is None:
            stored = self._stored()
            if stored is None:
                return self.async_abort(reason="stored_wrongly")
            self._resource, self._ticked = stored, stored.values
        mistake: FormError | None = None
        answers = {CONF_VALUES: form_of_values(self._ticked)}
        if user_input is not None:
            answers = user_input
            try:
                values = values_from_form(user_input, self._resource.values)
                await self._async_prove_values(values)
            except FormError as err:
                mistake = err
            else:
                return await self._async_finish(replace(self._resource, values=values))
        return self._show("values", values_schema(), answers, mistake)

    async def _async_prove_values(self, values: tuple[Value, ...]) -> None:
        """Raise FormError where a new path finds nothing in the live answer.

        Without new paths nothing is fetched, so that names can be changed while an API is down.
        """
        proven = _paths(self._resource.values)
        new = {
            text: path for text, path in _paths(values).items() if text not in proven
        }
        if not new:
            return
        if self._offer is None or self._offer.missing(values):
            await self._async_ask(new.values())
        assert self._offer is not None
        missing = [path for path in self._offer.missing(values) if path in new]
        if missing:
            raise FormError(CONF_VALUES, "path_not_found", path=", ".join(missing))


def _paths(values: Iterable[Value]) -> dict[str, AnyPath]:
    paths = (path for value in values for path in (value.path, *value.attributes))
    return {path.text: path for path in paths}
