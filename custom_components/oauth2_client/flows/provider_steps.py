"""The first steps of the account flow: they choose the provider."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, Final, override

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.const import CONF_BASE
from homeassistant.helpers.config_entry_oauth2_flow import AbstractOAuth2FlowHandler

from ..catalogue import InvalidVariable, Provider
from ..definitions.account import CONF_PROVIDER, CONF_SCOPES, AccountSettings, Binding
from ..errors import message_key, message_placeholders
from ..oauth2 import OPENID_SCOPE, OAuth2Error, RefusedByPolicy
from ..providers.discovery import (
    Found,
    async_ask_issuer,
    async_discover,
    async_look_above,
)
from ..providers.store import async_get_provider_store
from ..wire.host_policy import check_scheme, parse_url
from ..wire.transport import async_get_transport
from .account_form import (
    CONF_ADDRESS,
    discovery_schema,
    find_provider,
    provider_schema,
    variables_schema,
)
from .manual_provider import (
    CONF_AUTHORIZE_URL,
    CONF_TOKEN_URL,
    DISCOVERY_EXAMPLES,
    MANUAL_EXAMPLES,
    async_probe,
    check_form,
    form_from_found,
    issuer_from_form,
    manual_schema,
    provider_from_form,
)

# The key for where a server publishes its keys, which check the signature of id tokens.
_JWKS_URL: Final = "jwks_url"


class ProviderSteps(AbstractOAuth2FlowHandler):
    """Chooses a provider, has it entered by hand, fills in its variables."""

    # The provider as in the catalogue, then with its variables filled in.
    _template: Provider
    _provider: Provider
    _settings: AccountSettings
    # The result of the last search.
    _found: Found | None = None
    # The last form whose endpoints were probed.
    _probed: dict[str, Any] | None = None

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose how to find the provider."""
        return self.async_show_menu(
            step_id="user", menu_options=["catalogue", "discover", "manual"]
        )

    async def async_step_catalogue(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose a provider of the catalogue, or one that the user entered earlier."""
        store = await async_get_provider_store(self.hass)
        summaries = await store.async_summaries()
        errors: dict[str, str] = {}
        if user_input is not None:
            found = find_provider(summaries, user_input[CONF_PROVIDER])
            if found is not None:
                self._template = await store.async_provider(found.id)
                if self._template.variables:
                    return await self.async_step_variables()
                return await self._async_complete_provider({})
            errors[CONF_PROVIDER] = "provider_not_found"
        return self.async_show_form(
            step_id="catalogue",
            data_schema=self.add_suggested_values_to_schema(
                provider_schema(summaries), user_input
            ),
            errors=errors,
        )

    async def async_step_discover(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Find a provider by an address, and show what was found."""
        errors: dict[str, str] = {}
        placeholders = dict(DISCOVERY_EXAMPLES)
        if user_input is not None:
            try:
                self._found = await async_discover(
                    async_get_transport(self.hass), user_input[CONF_ADDRESS]
                )
            except OAuth2Error as err:
                errors[CONF_ADDRESS] = message_key(err)
                placeholders |= message_placeholders(err)
            else:
                if self._found is not None:
                    return self._show_manual(form_from_found(self._found), {})
                errors[CONF_ADDRESS] = "nothing_found"
        return self.async_show_form(
            step_id="discover",
            data_schema=self.add_suggested_values_to_schema(
                discovery_schema(), user_input
            ),
            description_placeholders=placeholders,
            errors=errors,
        )

    async def async_step_manual(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Enter a provider's endpoints by hand."""
        if user_input is None:
            return self._show_manual(None, {})
        store = await async_get_provider_store(self.hass)
        errors = check_form(user_input, await store.async_summaries())
        if errors := errors or await self._async_probe(user_input):
            return self._show_manual(user_input, errors)
        raw = provider_from_form(user_input)
        try:
            published = await self._async_published(user_input, raw)
        except OAuth2Error as err:
            return self._show_manual(user_input, {CONF_BASE: "issuer_wrong"}, err)
        self._template = store.draft_provider({**published, **raw})
        return await self._async_complete_provider({})

    async def _async_published(
        self, form: Mapping[str, Any], raw: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return what a server publishes besides the fields of the form.

        Raises RefusedByPolicy and TemporaryFailure where the entered issuer publishes nothing.
        """
        token_url, transport = raw[CONF_TOKEN_URL], async_get_transport(self.hass)
        found = self._found
        known = found.endpoints() if found and found.is_of(token_url) else {}
        if issuer := issuer_from_form(form):
            found = await async_ask_issuer(transport, issuer, token_url=token_url)
        elif OPENID_SCOPE in raw[CONF_SCOPES] and _JWKS_URL not in known:
            endpoints = (raw.get(CONF_AUTHORIZE_URL, token_url), token_url)
            found = await async_look_above(transport, *endpoints, token_url=token_url)
        else:
            return known
        return known if found is None else {**known, **found.beside_the_form()}

    def _show_manual(
        self,
        form: Mapping[str, Any] | None,
        errors: dict[str, str],
        err: OAuth2Error | None = None,
    ) -> ConfigFlowResult:
        found = self._found
        return self.async_show_form(
            step_id="manual" if found is None else "found",
            data_schema=self.add_suggested_values_to_schema(manual_schema(found), form),
            description_placeholders={
                **MANUAL_EXAMPLES,
                "offered": "" if found is None else found.offered(),
                **({} if err is None else message_placeholders(err)),
            },
            errors=errors,
        )

    async def async_step_found(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Confirm or correct what was found."""
        return await self.async_step_manual(user_input)

    async def _async_probe(self, form: dict[str, Any]) -> dict[str, str]:
        """Probe the endpoints, unless the same form is sent again: the user is sure of it."""
        if form == self._probed:
            return {}
        self._probed = form
        return await async_probe(async_get_transport(self.hass), form)

    async def async_step_variables(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Fill in the provider's variables."""
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                return await self._async_complete_provider(user_input)
            except InvalidVariable as err:
                errors[err.name] = "invalid_variable"
            except RefusedByPolicy as err:
                errors[CONF_BASE] = message_key(err)
        return self.async_show_form(
            step_id="variables",
            data_schema=self.add_suggested_values_to_schema(
                variables_schema(self._template), user_input
            ),
            description_placeholders={
                "provider": self._template.name,
                "base_url_example": "https://cloud.example.com",
            },
            errors=errors,
        )

    async def _async_complete_provider(
        self, answers: dict[str, str]
    ) -> ConfigFlowResult:
        """Go on to the credential. Raises InvalidVariable and RefusedByPolicy."""
        variables = self._template.clean_variables(answers)
        provider = self._template.resolve(variables)
        check_scheme(
            parse_url(provider.server.token_url), allow_http=provider.allow_http
        )
        self._choose(provider, Binding(provider=provider.id, variables=variables))
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
