"""The subentry flow of a resource: enter its request, see the live answer, choose values."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import replace
from typing import Any, Final

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntryState,
    ConfigSubentryFlow,
    FlowType,
    SubentryFlowResult,
)
from homeassistant.const import CONF_BASE
from homeassistant.data_entry_flow import FlowResultType

from ...account.account import Account
from ...catalogue import KnownResource
from ...const import ADD_SCOPES, DOMAIN
from ...definitions.account import AccountSettings
from ...definitions.resource import CONF_VALUES, Resource
from ...definitions.schedule import MIN_INTERVAL_SECONDS
from ...definitions.stored import InvalidDefinition
from ...definitions.value import Value
from ...document.paths import AnyPath
from ...runtime import OAuth2ClientConfigEntry
from ..request_form import FormError, render_request
from .form import (
    CONF_KNOWN,
    form_of,
    missing_scopes_of,
    new_resource,
    resource_from_form,
    resource_schema,
)
from .offer import Offer, async_offer
from .values_form import (
    CONF_ADJUST,
    CONF_PICKED,
    form_of_values,
    pick_schema,
    values_from_form,
    values_schema,
)

# In an answer that is no older, paths are looked for that a form asks for.
_RECENT_SECONDS: Final = 300.0


class ResourceFlow(ConfigSubentryFlow):
    """Adds a resource to an account, or changes one."""

    _account: Account
    _resource: Resource
    # What the live answer offers once it is fetched.
    _offer: Offer | None = None
    # What was filled in before missing scopes were offered, and these scopes.
    _form: dict[str, Any] | None = None
    _lacking: Sequence[str] = ()
    # The values that are ticked when the form opens.
    _ticked: tuple[Value, ...] = ()

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Add a resource: a known one, one by its address, or one imported from `rest:`."""
        if (lost := self._take_account()) is not None:
            return lost
        return await self._async_request("user", user_input, None)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Choose what to change."""
        if (lost := self._take_account()) is not None:
            return lost
        if self._stored() is None:
            return await self.async_step_request()
        return self.async_show_menu(
            step_id="reconfigure", menu_options=["pick", "values", "request"]
        )

    async def async_step_request(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change what is sent, and when."""
        if (lost := self._take_account()) is not None:
            return lost
        return await self._async_request("request", user_input, self._stored())

    async def async_step_pick(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Pick values of the live answer."""
        if (lost := self._take_account()) is not None:
            return lost
        if self._offer is None:
            return await self._async_pick_again()
        mistake = self._offer.mistake
        picked = [value.path.text for value in self._ticked]
        if user_input is not None:
            picked, mistake = user_input.get(CONF_PICKED, []), None
            try:
                await self._async_ask(self._offer.typed(picked))
                return await self._async_take(
                    self._offer.pick(picked), adjust=user_input[CONF_ADJUST]
                )
            except FormError as err:
                mistake = err
        return self._show(
            "pick", pick_schema(self._offer.labels(), picked), None, mistake
        )

    async def async_step_values(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change names, units, classes and templates of the values."""
        if (lost := self._take_account()) is not None:
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
                await self._async_prove(values)
            except FormError as err:
                mistake = err
            else:
                return self._finish(replace(self._resource, values=values))
        return self._show("values", values_schema(), answers, mistake)

    async def _async_request(
        self,
        step_id: str,
        user_input: dict[str, Any] | None,
        stored: Resource | None,
    ) -> SubentryFlowResult:
        mistake: FormError | None = None
        if user_input is not None:
            try:
                self._resource = (
                    new_resource(user_input, self._known())
                    if stored is None
                    else resource_from_form(user_input, stored.values)
                )
                if stored is None and self._lacks_scopes(user_input):
                    return await self.async_step_scopes()
                render_request(self.hass, self._account, self._resource.request)
                if stored is not None and _is_proven(self._resource, stored):
                    return self._finish(self._resource)
                self._offer = None
                self._offer = await self._async_offer()
            except FormError as err:
                mistake = err
            else:
                self._ticked = self._resource.values
                if stored is not None and not self._offer.missing(stored.values):
                    return self._finish(self._resource)
                return await self.async_step_pick()
        scopes = AccountSettings.from_entry(self._get_entry()).scopes
        schema = resource_schema(self._known(), new=step_id == "user", scopes=scopes)
        return self._show(step_id, schema, user_input or form_of(stored), mistake)

    def _lacks_scopes(self, form: dict[str, Any]) -> bool:
        """Return whether the chosen resource needs scopes that were not offered yet."""
        known = {item.id: item for item in self._known()}.get(form.get(CONF_KNOWN, ""))
        if known is None or self._form is not None:
            return False
        scopes = AccountSettings.from_entry(self._get_entry()).scopes
        if lacking := missing_scopes_of(known, scopes):
            self._form, self._lacking = form, lacking
        return bool(lacking)

    async def async_step_scopes(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Offer to sign in again with the scopes that are lacking, or to try without them."""
        return self.async_show_menu(
            step_id="scopes",
            menu_options=["ask_for_scopes", "without_scopes"],
            description_placeholders=self._described_scopes(),
        )

    def _described_scopes(self) -> dict[str, str]:
        return {"account": self._account.title, "scopes": ", ".join(self._lacking)}

    async def async_step_without_scopes(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Fetch the resource all the same: a wider scope may have another name."""
        if (lost := self._take_account()) is not None:
            return lost
        return await self._async_request("user", self._form, None)

    async def async_step_ask_for_scopes(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Go on to the account's sign-in, with the scopes that are lacking."""
        result = await self.hass.config_entries.flow.async_init(
            DOMAIN,
            context={"source": SOURCE_RECONFIGURE, "entry_id": self.handler[0]},
            data={ADD_SCOPES: self._lacking},
        )
        ended = self.async_abort(
            reason="sign_in_opened", description_placeholders=self._described_scopes()
        )
        if result["type"] is not FlowResultType.ABORT:
            # Not among the keys of a subentry flow's result; the frontend follows it all the same.
            ended["next_flow"] = (FlowType.CONFIG_FLOW, result["flow_id"])  # type: ignore[typeddict-unknown-key]  # as above
        return ended

    async def _async_pick_again(self) -> SubentryFlowResult:
        """Fetch the answer of a stored resource, and show its values."""
        stored = self._stored()
        if stored is None:
            return await self.async_step_request()
        self._resource, self._ticked = stored, stored.values
        try:
            self._offer = await self._async_offer()
        except FormError as err:
            schema = resource_schema((), new=False)
            return self._show("request", schema, form_of(stored), err)
        return await self.async_step_pick()

    async def _async_take(
        self, values: tuple[Value, ...], *, adjust: bool
    ) -> SubentryFlowResult:
        if adjust:
            self._ticked = values
            return await self.async_step_values()
        if not values:
            raise FormError(CONF_PICKED, "no_values")
        return self._finish(replace(self._resource, values=values))

    async def _async_prove(self, values: tuple[Value, ...]) -> None:
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

    async def _async_ask(self, paths: Collection[AnyPath]) -> None:
        """Look for paths in the live answer, which is fetched again unless it was kept.

        Raises FormError.
        """
        if not paths:
            return
        try:
            self._offer = await self._async_offer(paths)
        except FormError as err:
            # The form that is open does not have the field of the error.
            raise FormError(CONF_BASE, err.key, **err.placeholders) from err

    async def _async_offer(self, asked: Collection[AnyPath] = ()) -> Offer:
        """Return what the API offers now, or did a moment ago. Raises FormError."""
        offer = await async_offer(
            self.hass,
            self._account,
            self._resource,
            asked=asked,
            max_age=0.0 if self._offer is None else _RECENT_SECONDS,
        )
        if offer.is_empty and not offer.previous:
            raise FormError(CONF_BASE, "nothing_to_pick")
        return offer

    def _finish(self, resource: Resource) -> SubentryFlowResult:
        """Store the resource; the entry's listener reloads it."""
        if self.source != SOURCE_RECONFIGURE:
            return self.async_create_entry(title=resource.name, data=resource.as_dict())
        return self.async_update_and_abort(
            self._get_entry(),
            self._get_reconfigure_subentry(),
            title=resource.name,
            data=resource.as_dict(),
        )

    def _show(
        self,
        step_id: str,
        schema: Any,
        answers: Mapping[str, Any] | None,
        mistake: FormError | None,
    ) -> SubentryFlowResult:
        account = self._account
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(schema, answers),
            errors={} if mistake is None else {mistake.field: mistake.key},
            description_placeholders={
                "account": account.title,
                "api_base_url": account.provider.api_base_url or "https://…",
                "min_interval": str(MIN_INTERVAL_SECONDS),
                **({} if self._offer is None else self._offer.shown),
                **({} if mistake is None else mistake.placeholders),
            },
        )

    def _take_account(self) -> SubentryFlowResult | None:
        """Set the account; return the end of the flow where it is not loaded."""
        entry: OAuth2ClientConfigEntry = self._get_entry()
        if entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="entry_not_loaded")
        self._account = entry.runtime_data.account
        return None

    def _known(self) -> tuple[KnownResource, ...]:
        return self._account.provider.known_resources

    def _stored(self) -> Resource | None:
        """Return the resource that is changed, None where it is stored wrongly."""
        try:
            return Resource.from_subentry(self._get_reconfigure_subentry())
        except InvalidDefinition:
            return None


def _is_proven(resource: Resource, stored: Resource) -> bool:
    """Return whether only name and schedule differ, so that the answer need not be fetched."""
    named_alike = replace(resource, name=stored.name, schedule=stored.schedule)
    return named_alike == stored


def _paths(values: Iterable[Value]) -> dict[str, AnyPath]:
    paths = (path for value in values for path in (value.path, *value.attributes))
    return {path.text: path for path in paths}
