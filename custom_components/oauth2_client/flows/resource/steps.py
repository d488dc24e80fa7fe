"""What the steps of a resource's flow share: the account, the resource so far, how forms are shown."""

from abc import abstractmethod
from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any, Final

import voluptuous as vol

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigSubentry,
    ConfigSubentryFlow,
    FlowType,
    SubentryFlowResult,
)
from homeassistant.const import CONF_BASE
from homeassistant.data_entry_flow import FlowResultType

from ...account import Account
from ...const import ADD_SCOPES, DOMAIN, SUBENTRY_RESOURCE
from ...definitions import InvalidDefinition
from ...definitions.resource import MIN_INTERVAL_SECONDS, Resource
from ...definitions.value import Value
from ...document.paths import AnyPath
from ...errors import as_markdown
from ...runtime import OAuth2ClientConfigEntry, async_is_loaded
from ..device_names import default_name
from ..placing import placed
from ..request_form import FormError, async_address_hint
from ..service.form import CHOSEN, CONF_WAY
from .offer import Offer, async_offer

# How old a kept answer may be when paths that a person typed are looked up in it.
_MAX_ANSWER_AGE_SECONDS: Final = 300.0


class ResourceSteps(ConfigSubentryFlow):
    """Has the account and the resource as far as it is entered, and ends the flow with it."""

    _account: Account
    # Whether an address is entered whole.
    _address_hint: str
    _resource: Resource
    # What the live answer offers, once it is fetched.
    _offer: Offer | None = None
    # The values that are ticked when the form opens.
    _ticked: tuple[Value, ...] = ()
    # Scopes that known resources need and the account lacks. A sign-in after the flow asks for them.
    _lacking_scopes: tuple[str, ...] = ()

    @abstractmethod
    async def async_step_pick(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Pick values of the live answer."""

    async def _async_enter(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult | None:
        """Begin a step: set the account. Return None to go on with the step.

        Otherwise the step ends with what is returned: the abort without a loaded account, or the form that
        the person goes back to.
        """
        entry: OAuth2ClientConfigEntry = self._get_entry()
        if not await async_is_loaded(entry):
            return self.async_abort(reason="entry_not_loaded")
        self._account = entry.runtime_data.account
        self._address_hint = await async_address_hint(self.hass, self._account)
        way = CHOSEN if user_input is None else user_input.get(CONF_WAY, CHOSEN)
        return None if way == CHOSEN else await self._async_go_back(way)

    async def _async_go_back(self, step_id: str) -> SubentryFlowResult:
        step: SubentryFlowResult = await getattr(self, f"async_step_{step_id}")()
        return step

    def _stored(self) -> Resource | None:
        """Return the resource that is changed, None where its stored data is invalid."""
        try:
            return Resource.from_subentry(self._get_reconfigure_subentry())
        except InvalidDefinition:
            return None

    async def _async_offer(self, asked: Collection[AnyPath] = ()) -> Offer:
        """Return what the live answer offers. Once it was fetched, it is kept for a few minutes.

        `asked` are paths to look up in it. Raises FormError.
        """
        offer = await async_offer(
            self.hass,
            self._account,
            self._resource,
            asked=asked,
            max_age=0.0 if self._offer is None else _MAX_ANSWER_AGE_SECONDS,
        )
        if offer.is_empty and not offer.previous:
            raise FormError(CONF_BASE, "nothing_to_pick")
        return offer

    def _default_name(self, name: str) -> str:
        return default_name(self.hass, self._get_entry(), name)

    def _add(self, resource: Resource) -> None:
        """Store a resource before the flow ends; the entry's listener reloads it."""
        self.hass.config_entries.async_add_subentry(
            self._get_entry(),
            ConfigSubentry(
                data=MappingProxyType(resource.as_dict()),
                subentry_type=SUBENTRY_RESOURCE,
                title=resource.name,
                unique_id=None,
            ),
        )

    async def _async_finish(self, resource: Resource) -> SubentryFlowResult:
        """Store the resource, and end the flow; where scopes are lacking, a sign-in follows it."""
        if self.source == SOURCE_RECONFIGURE:
            return self.async_update_and_abort(
                self._get_entry(),
                self._get_reconfigure_subentry(),
                title=resource.name,
                data=resource.as_dict(),
            )
        result = self.async_create_entry(title=resource.name, data=resource.as_dict())
        if self._lacking_scopes:
            sign_in = await self.hass.config_entries.flow.async_init(
                DOMAIN,
                context={"source": SOURCE_RECONFIGURE, "entry_id": self.handler[0]},
                data={ADD_SCOPES: self._lacking_scopes},
            )
            if sign_in["type"] is not FlowResultType.ABORT:
                # The type of a subentry flow's result lacks this key, but the frontend follows it.
                result["next_flow"] = (FlowType.CONFIG_FLOW, sign_in["flow_id"])  # type: ignore[typeddict-unknown-key]  # as above
        return result

    def _show(
        self,
        step_id: str,
        schema: vol.Schema,
        suggested: Mapping[str, Any] | None,
        error: FormError | None,
        **placeholders: str,
    ) -> SubentryFlowResult:
        """Show a form with its error, filled in with suggested values."""
        account, name = self._account, self._account.provider.name
        form, errors = placed(schema, {} if error is None else error.errors)
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(form, suggested),
            errors=errors,
            description_placeholders={
                "account": as_markdown(account.title),
                "provider": name,
                "who": as_markdown(account.title.removeprefix(f"{name} · ")),
                "address_form": self._address_hint,
                "min_interval": str(MIN_INTERVAL_SECONDS),
                **placeholders,
                **({} if error is None else error.placeholders),
            },
        )
