"""Fixes an account whose provider no longer exists: gives it another one that fits."""

from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, Final, NamedTuple, override

import voluptuous as vol

from homeassistant.components.repairs import RepairsFlowResult
from homeassistant.const import CONF_BASE
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
from homeassistant.util.file import WriteError

from ...catalogue import InvalidProvider, InvalidVariable, Provider
from ...definitions.account import CONF_PROVIDER, AccountSettings, Binding
from ...errors import message_key, message_placeholders, shown_address
from ...oauth2 import OAuth2Error
from ...providers.listing import async_providers
from ...providers.store import async_get_provider_store
from .reconfigure import ReconfigureFlow
from .trial import Trial, async_move_to_sign_in

# How alike two ids have to be, from 0 to 1, for one to be suggested in place of the other.
_MIN_SIMILARITY: Final = 0.6


class _Fitting(NamedTuple):
    """A provider whose variables an account has values for."""

    name: str
    has_variables: bool


class ProviderFlow(ReconfigureFlow):
    """Takes another provider, and proves it with a refresh where there is a refresh token."""

    @override
    async def async_step_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Use the provider that was chosen."""
        fitting = await self._async_fitting()
        if not fitting:
            return self.async_abort(
                reason="no_provider_fits",
                description_placeholders=self._issue_placeholders(),
            )
        chosen = None if user_input is None else user_input[CONF_PROVIDER]
        # A chosen one may have been removed in the meantime.
        if chosen not in fitting:
            return self._show(fitting)
        settings = AccountSettings.from_entry(self._entry)
        binding = Binding(provider=chosen)
        if fitting[chosen].has_variables:
            store = await async_get_provider_store(self.hass)
            provider = await store.async_provider(chosen)
            # The other provider decides which of its variables are secret.
            binding = Binding.of(provider, settings.binding.values)
        trial = None
        try:
            trial = await Trial.async_of(self.hass, self._entry, binding)
            if trial is None:
                await async_move_to_sign_in(self.hass, self._entry, binding)
            else:
                await trial.async_try(
                    trial.credential.client_id, trial.credential.client_secret
                )
        except OAuth2Error as err:
            placeholders = message_placeholders(err)
            if trial is not None:
                placeholders["address"] = shown_address(trial.provider.server.token_url)
            return self._show(fitting, chosen, message_key(err), placeholders)
        except WriteError:
            return self._show(fitting, chosen, "token_not_saved")
        return self.async_create_entry(data={})

    async def _async_fitting(self) -> dict[str, _Fitting]:
        """Return the providers whose variables the account has values for, by their ids."""
        store = await async_get_provider_store(self.hass)
        values = AccountSettings.from_entry(self._entry).binding.values
        return {
            provider.id: _Fitting(provider.name, bool(provider.variables))
            for provider in await async_providers(self.hass, store)
            if _is_complete(provider, values)
        }

    def _show(
        self,
        fitting: Mapping[str, _Fitting],
        chosen: str | None = None,
        error: str | None = None,
        placeholders: Mapping[str, str] = MappingProxyType({}),
    ) -> RepairsFlowResult:
        if chosen is None:
            gone = AccountSettings.from_entry(self._entry).binding.provider
            chosen = next(
                iter(get_close_matches(gone, fitting, 1, _MIN_SIMILARITY)), None
            )
        options = [
            SelectOptionDict(value=key, label=provider.name)
            for key, provider in fitting.items()
        ]
        selector = SelectSelector(
            SelectSelectorConfig(options=options, mode=SelectSelectorMode.DROPDOWN)
        )
        placeholders = {**self._issue_placeholders(), **placeholders}
        return self.async_show_form(
            step_id="confirm",
            data_schema=self.add_suggested_values_to_schema(
                vol.Schema({vol.Required(CONF_PROVIDER): selector}),
                {CONF_PROVIDER: chosen},
            ),
            errors=None if error is None else {CONF_BASE: error},
            description_placeholders=placeholders,
        )


def _is_complete(provider: Provider, values: Mapping[str, str]) -> bool:
    """Tell whether an account has valid values for all variables of a provider."""
    try:
        provider.resolve(values)
    except InvalidProvider, InvalidVariable:
        return False
    return True
