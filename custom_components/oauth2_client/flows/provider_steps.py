"""The first steps of the account flow: they choose the provider."""

from abc import abstractmethod
from typing import Any, override

import voluptuous as vol

from homeassistant.config_entries import ConfigFlowResult

from ..account.leftovers import async_tidy
from ..catalogue import InvalidVariable, Provider, Summary, UnknownProvider
from ..definitions.account import CONF_PROVIDER, AccountSettings, Binding
from ..errors import as_markdown, message_key
from ..oauth2 import RefusedByPolicy
from ..providers.listing import async_gone, async_summaries
from ..providers.store import async_get_provider_store
from ..wire.host_policy import check_scheme, parse_url
from .account_form import KEPT_SECRET
from .placing import placed
from .service.form import (
    CATALOGUE,
    CATEGORY,
    CHOSEN,
    CONF_WAY,
    DISCOVER,
    MANUAL,
    OWN_SERVICES,
    catalogue_schema,
    services_schema,
    variables_schema,
    variables_step,
)
from .service.gone_steps import GoneSteps
from .service.search import is_certain, services_like
from .words import async_words


class ProviderSteps(GoneSteps):
    """Chooses a provider, and fills in its variables."""

    _provider: Provider
    _settings: AccountSettings
    # The services that the text typed last may mean.
    _candidates: tuple[Summary, ...] = ()
    # The secret variables as they were typed last, by name.
    _typed_secrets: dict[str, str]

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose how to find the provider."""
        # Set-up, which removes leftovers, does not run in a home without an account.
        await async_tidy(self.hass)
        return self.async_show_menu(
            step_id="user", menu_options=[CATALOGUE, DISCOVER, MANUAL, OWN_SERVICES]
        )

    async def async_step_catalogue(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose a provider of the catalogue, or one that the user entered earlier."""
        store = await async_get_provider_store(self.hass)
        summaries = await async_summaries(self.hass, store)
        summaries = await self._async_with_gone(summaries)
        if user_input is not None and user_input.get(CONF_WAY, CHOSEN) != CHOSEN:
            return await self.async_step_user()
        typed = (user_input or {}).get(CONF_PROVIDER, "").strip()
        if not typed:
            words = await async_words(self.hass, CATEGORY)
            return self._show_services(
                CATALOGUE,
                catalogue_schema(summaries, words),
                error=None if user_input is None else "service_missing",
            )
        if typed in (DISCOVER, MANUAL):
            return await self._async_go(typed)
        self._candidates = found = services_like(summaries, typed)
        if not found:
            return await self._async_offer_ways(typed)
        self._typed_name = typed
        if len(found) > 1 or not is_certain(found[0], typed):
            return await self.async_step_which_service()
        return await self._async_use_service(found[0].id)

    async def _async_offer_ways(self, typed: str) -> ConfigFlowResult:
        """Offer other ways to add a service that the list does not have, by the name that was typed."""
        self._typed_name, self._form = typed, None
        # A name with a dot may be an address.
        self._address = typed if "." in typed else self._address
        return await self.async_step_not_listed()

    async def async_step_not_listed(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose how to add a service that is not in the list."""
        return self.async_show_menu(
            step_id="not_listed",
            menu_options=[DISCOVER, MANUAL, CATALOGUE],
            description_placeholders={"service": as_markdown(self._typed_name)},
        )

    async def async_step_which_service(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose one of the services that what was typed may mean."""
        words = await async_words(self.hass, CATEGORY)
        schema = services_schema(self._candidates, words)
        if user_input is None:
            return self._show_services("which_service", schema)
        if (chosen := user_input.get(CONF_PROVIDER)) is None:
            return self._show_services("which_service", schema, error="service_missing")
        if chosen in (DISCOVER, MANUAL, CATALOGUE):
            return await self._async_go(chosen)
        return await self._async_use_service(chosen)

    def _show_services(
        self, step_id: str, schema: vol.Schema, *, error: str | None = None
    ) -> ConfigFlowResult:
        return self.async_show_form(
            step_id=step_id,
            data_schema=schema,
            description_placeholders={"typed": self._typed_name},
            errors={} if error is None else {CONF_PROVIDER: error},
        )

    @override
    async def _async_use_service(self, provider_id: str) -> ConfigFlowResult:
        for gone in await async_gone(self.hass):
            if gone.id == provider_id:
                self._gone, self._typed_name, self._form = gone, gone.name, None
                return await self.async_step_gone()
        store = await async_get_provider_store(self.hass)
        try:
            self._template = await store.async_provider(provider_id)
        except UnknownProvider:
            # Its entry in the catalogue is wrong; the log says how.
            return await self._async_offer_ways(self._typed_name)
        if self._template.variables:
            self._typed_secrets = {}
            return await self.async_step_variables()
        return await self._async_complete_provider({})

    async def async_step_variables(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Fill in the provider's variables."""
        errors: dict[str, str] = {}
        if user_input is not None:
            answers = dict(user_input)
            if answers.pop(CONF_WAY, CHOSEN) != CHOSEN:
                return await self.async_step_catalogue()
            self._keep_secrets(answers)
            try:
                return await self._async_complete_provider(answers)
            except InvalidVariable as err:
                errors[err.name] = "invalid_variable"
            except RefusedByPolicy as err:
                errors[self._template.variables[0].name] = message_key(err)
        schema, shown = placed(variables_schema(self._template), errors)
        return self.async_show_form(
            step_id=variables_step(self._template),
            data_schema=self.add_suggested_values_to_schema(
                schema, user_input and {**user_input, **self._masked_secrets()}
            ),
            description_placeholders={
                "provider": self._template.name,
                "service": as_markdown(self._template.name),
                "base_url_example": "cloud.example.com",
                "bridge_request": '{"devicetype": "home"}',
            },
            errors=shown,
        )

    def _keep_secrets(self, answers: dict[str, str]) -> None:
        """Keep the secret variables that were typed, and put kept ones in place of unchanged dots."""
        for variable in self._template.variables:
            if variable.is_secret:
                name = variable.name
                if answers.get(name) == KEPT_SECRET:
                    answers[name] = self._typed_secrets.get(name, "")
                self._typed_secrets[name] = answers.get(name, "")

    def _masked_secrets(self) -> dict[str, str]:
        """Return what is shown of secret variables: dots, as no secret is sent to the browser."""
        return {
            name: KEPT_SECRET if secret else ""
            for name, secret in self._typed_secrets.items()
        }

    # The steps of variables that have a title of their own.
    async_step_base_url = async_step_host = async_step_variables
    async_step_region = async_step_tenant = async_step_variables

    @override
    async def _async_complete_provider(
        self, answers: dict[str, str]
    ) -> ConfigFlowResult:
        variables = self._template.clean_variables(answers)
        provider = self._template.resolve(variables)
        check_scheme(
            parse_url(provider.server.token_url), allow_http=provider.allow_http
        )
        self._choose(provider, Binding.of(self._template, variables))
        return await self.async_step_credential()

    def _choose(self, provider: Provider, binding: Binding) -> None:
        """Take a complete provider, and the settings that it suggests."""
        self._provider = provider
        self._settings = AccountSettings(
            binding=binding,
            grant_type=provider.grant_types[0],
            scopes=provider.scopes,
        )

    @abstractmethod
    async def async_step_credential(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose or type a credential."""
