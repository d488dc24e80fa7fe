"""The first steps of the account flow: they choose the provider."""

from abc import abstractmethod
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, override

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.const import CONF_BASE
from homeassistant.helpers.config_entry_oauth2_flow import AbstractOAuth2FlowHandler

from ..account.leftovers import async_tidy
from ..catalogue import InvalidVariable, Provider
from ..definitions.account import CONF_PROVIDER, CONF_SCOPES, AccountSettings, Binding
from ..errors import message_key, message_placeholders
from ..oauth2 import (
    OPENID_SCOPE,
    SIGNING_AUTHENTICATIONS,
    IssuerMismatch,
    OAuth2Error,
    RefusedByPolicy,
    ServerMetadata,
)
from ..providers.discovery import async_ask_issuer, async_discover, async_look_above
from ..providers.endpoint_probe import async_probe_authorize_url, async_probe_token_url
from ..providers.entered import InvalidEntry, provider_fields
from ..providers.found import Found
from ..providers.store import async_get_provider_store
from ..wire.host_policy import check_scheme, parse_url
from ..wire.transport import async_get_transport
from .account_form import (
    CONF_ADDRESS,
    SECTION_DETAILS,
    discovery_schema,
    find_provider,
    provider_schema,
    variables_schema,
)
from .manual_provider import (
    CONF_AUTHORIZE_URL,
    CONF_CLIENT_AUTHENTICATION,
    CONF_TOKEN_URL,
    DISCOVERY_EXAMPLES,
    MANUAL_EXAMPLES,
    check_form,
    form_from_found,
    is_plain_http,
    issuer_from_form,
    manual_schema,
    provider_from_form,
)

_PROBES: Final = {
    CONF_TOKEN_URL: async_probe_token_url,
    CONF_AUTHORIZE_URL: async_probe_authorize_url,
}


class ProviderSteps(AbstractOAuth2FlowHandler):
    """Chooses a provider, has it entered by hand, fills in its variables."""

    # The provider as in the catalogue, then with its variables filled in.
    _template: Provider
    _provider: Provider
    _settings: AccountSettings
    # The result of the last search.
    _found: Found | None = None
    # What a server has published: endpoints, which are not probed, and the hosts of all of them.
    _published: frozenset[str] = frozenset()
    _named_hosts: frozenset[str] = frozenset()
    # The last form whose endpoints were probed.
    _probed: dict[str, Any] | None = None

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose how to find the provider."""
        # Where no account is set up, nothing else does.
        await async_tidy(self.hass)
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
            address = user_input[CONF_ADDRESS]
            try:
                found = await async_discover(async_get_transport(self.hass), address)
            except IssuerMismatch as err:
                if err.is_variant and err.metadata is not None:
                    return await self._async_offer_by_hand(err, err.metadata)
                errors[CONF_ADDRESS] = message_key(err)
                placeholders |= _named(err)
            except OAuth2Error as err:
                errors[CONF_ADDRESS] = message_key(err)
                placeholders |= message_placeholders(err)
            else:
                if found is not None:
                    return self._show_found(found, typed_scheme="://" in address)
                errors[CONF_ADDRESS] = "nothing_found"
        return self.async_show_form(
            step_id="discover",
            data_schema=self.add_suggested_values_to_schema(
                discovery_schema(), user_input
            ),
            description_placeholders=placeholders,
            errors=errors,
        )

    def _show_found(self, found: Found, *, typed_scheme: bool) -> ConfigFlowResult:
        """Show what was found, and say where it was found over plain http without being told to."""
        self._found, self._published = found, found.addresses()
        self._named_hosts = found.hosts()
        plain = not typed_scheme and is_plain_http(found)
        errors = {"base": "found_with_http"} if plain else {}
        return self._show_manual(form_from_found(found), errors)

    async def _async_offer_by_hand(
        self, err: IssuerMismatch, metadata: ServerMetadata
    ) -> ConfigFlowResult:
        """Fill in the form with what a document of another issuer says, which a person may know.

        Nothing else of it is used: what is checked against an issuer is not to be believed.
        """
        unproven = Found(metadata=metadata)
        self._found, self._published = None, unproven.addresses()
        self._named_hosts = unproven.hosts()
        store = await async_get_provider_store(self.hass)
        known = await store.async_names_at(parse_url(metadata.token_url).host or "")
        return self._show_manual(
            form_from_found(unproven),
            {"base": "issuer_differs_known" if known else "issuer_differs"},
            {**_named(err), "known": ", ".join(known)},
        )

    async def async_step_manual(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Enter a provider's endpoints by hand."""
        if user_input is None:
            return self._show_manual(None, {})
        store = await async_get_provider_store(self.hass)
        if errors := check_form(user_input, await store.async_summaries()):
            return self._show_manual(user_input, errors)
        try:
            entered = provider_fields(user_input[SECTION_DETAILS])
        except InvalidEntry as err:
            named = {"entry": err.entry}
            return self._show_manual(user_input, {CONF_BASE: err.key}, named)
        errors, target = await self._async_probe(user_input)
        if errors:
            return self._show_manual(user_input, errors, {"target": target})
        raw = {**provider_from_form(user_input, self._named_hosts), **entered}
        try:
            published = await self._async_published(user_input, raw)
        except OAuth2Error as err:
            return self._show_manual(
                user_input, {CONF_BASE: "issuer_wrong"}, message_placeholders(err)
            )
        self._template = store.draft_provider({**published, **raw})
        return await self._async_complete_provider({})

    async def _async_published(
        self, form: Mapping[str, Any], raw: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return what a server publishes besides the fields of the form.

        Raises RefusedByPolicy and TemporaryFailure where the entered issuer publishes nothing.
        """
        token_url, transport = raw[CONF_TOKEN_URL], async_get_transport(self.hass)
        found: Found | None
        id_tokens = OPENID_SCOPE in raw[CONF_SCOPES]
        if issuer := issuer_from_form(form):
            found = await async_ask_issuer(transport, issuer, token_url=token_url)
            id_tokens = True
        elif self._found is not None and self._found.is_of(token_url):
            return self._found.endpoints()
        else:
            endpoints = (raw.get(CONF_AUTHORIZE_URL, token_url), token_url)
            found = await async_look_above(transport, *endpoints, token_url=token_url)
        if found is None:
            return {}
        signs = raw[CONF_CLIENT_AUTHENTICATION] in SIGNING_AUTHENTICATIONS
        return found.beside_the_form(id_tokens=id_tokens, signs=signs)

    def _show_manual(
        self,
        form: Mapping[str, Any] | None,
        errors: dict[str, str],
        named: Mapping[str, str] = MappingProxyType({}),
    ) -> ConfigFlowResult:
        found = self._found
        return self.async_show_form(
            step_id="manual" if found is None else "found",
            data_schema=self.add_suggested_values_to_schema(manual_schema(found), form),
            description_placeholders={
                **MANUAL_EXAMPLES,
                "offered": "" if found is None else found.offered(),
                **named,
            },
            errors=errors,
        )

    async def async_step_found(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Confirm or correct what was found."""
        return await self.async_step_manual(user_input)

    async def _async_probe(self, form: dict[str, Any]) -> tuple[dict[str, str], str]:
        """Probe the endpoints, unless the same form is sent again: the user is sure of it.

        Return the errors by field, and where an endpoint redirects to. What the server itself has
        published is not probed: some servers count each request, or answer 200 to anything.
        """
        if form == self._probed:
            return {}, ""
        self._probed = form
        transport = async_get_transport(self.hass)
        errors, target = {}, ""
        for field, probe in _PROBES.items():
            typed = form.get(field, "").strip()
            if not typed or (url := str(parse_url(typed))) in self._published:
                continue
            if (problem := await probe(transport, url)) is not None:
                errors[field] = problem.message
                target = problem.target or target
        return errors, target

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


def _named(err: IssuerMismatch) -> dict[str, str]:
    """Return what did not match, for a message."""
    return {"stated": err.stated or "–", "asked": err.asked}
