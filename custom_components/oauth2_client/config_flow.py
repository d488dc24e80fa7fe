"""The account flow: provider, credential, sign-in; again for reauth and reconfigure."""

import asyncio
from collections.abc import Mapping
import logging
from typing import Any, Final, override

from yarl import URL

from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigEntry,
    ConfigFlowResult,
    ConfigSubentryFlow,
    FlowType,
    SubentryFlowContext,
)
from homeassistant.const import CONF_CLIENT_ID, CONF_CLIENT_SECRET, CONF_TOKEN
from homeassistant.core import callback
from homeassistant.data_entry_flow import FlowResultType

from .account_form import (
    CONF_CREDENTIAL,
    NEW_CREDENTIAL,
    SECTION_DETAILS,
    credential_schema,
)
from .application_credentials import async_describe_redirect_uri
from .catalogue import Provider
from .const import (
    CONF_ALLOWED_HOSTS,
    CONF_AUTH_IMPLEMENTATION,
    CONF_PROVIDER,
    CONF_SCOPES,
    CONF_VARIABLES,
    DOMAIN,
    SUBENTRY_RESOURCE,
)
from .credentials import Credentials
from .errors import message_key, message_placeholders
from .host_policy import clean_host
from .identity import AccountIdentity, async_identify
from .implementation import async_exchange
from .oauth2 import (
    ClientRejected,
    OAuth2Error,
    RefusedByPolicy,
    TemporaryFailure,
    TokenSet,
    authorization_error,
)
from .provider_steps import ProviderSteps
from .provider_store import Binding, async_get_provider_store
from .resource_flow import ResourceSubentryFlow

_LOGGER = logging.getLogger(__name__)

_SIGN_IN_TIMEOUT: Final = 60.0


class OAuth2ClientConfigFlow(ProviderSteps, domain=DOMAIN):
    """Adds an account, signs it in again, or changes it."""

    VERSION = 1
    MINOR_VERSION = 1
    DOMAIN = DOMAIN
    logger = _LOGGER

    _credentials: Credentials

    def __init__(self) -> None:
        super().__init__()
        self._scopes: list[str] = []
        self._allowed_hosts: list[str] = []
        self._tried: str | None = None

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        return {SUBENTRY_RESOURCE: ResourceSubentryFlow}

    @property
    @override
    def extra_authorize_data(self) -> dict[str, str]:
        if not self._scopes:
            return {}
        return {"scope": self._provider.server.scope_separator.join(self._scopes)}

    @override
    def _choose(self, provider: Provider, variables: Mapping[str, str]) -> None:
        super()._choose(provider, variables)
        self._credentials = Credentials(self.hass, provider, self._binding)
        self._scopes = list(provider.scopes)

    @override
    async def async_step_credential(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose or type a credential."""
        if user_input is None:
            return await self._async_show_credential()
        return await self._async_take_credential(user_input)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Change scopes, hosts or the credential of an account."""
        if user_input is not None:
            return await self._async_take_credential(user_input)
        if not await self._async_recall(self._get_reconfigure_entry()):
            return self.async_abort(reason="unknown_provider")
        return await self._async_show_credential()

    async def async_step_reauth(
        self, entry_data: Mapping[str, Any]
    ) -> ConfigFlowResult:
        """Sign in again, because the provider no longer accepts the grant."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say so, and go on to the provider once that is read."""
        entry = self._get_reauth_entry()
        if user_input is None:
            return self.async_show_form(step_id="reauth_confirm")
        if not await self._async_recall(entry):
            return self.async_abort(reason="unknown_provider")
        choices = await self._credentials.async_choices()
        if (stored := choices.get(entry.data[CONF_AUTH_IMPLEMENTATION])) is None:
            return await self.async_step_credential()
        self.flow_impl = stored
        return await self.async_step_auth()

    async def _async_recall(self, entry: ConfigEntry) -> bool:
        """Take over what an existing account was made with; tell whether its provider is known."""
        store = await async_get_provider_store(self.hass)
        binding = Binding(
            provider=entry.data[CONF_PROVIDER], variables=entry.data[CONF_VARIABLES]
        )
        if (provider := await store.async_complete_provider(binding)) is None:
            return False
        self._choose(provider, binding.variables)
        self._scopes = list(entry.data[CONF_SCOPES])
        self._allowed_hosts = list(entry.data.get(CONF_ALLOWED_HOSTS, ()))
        return True

    async def _async_show_credential(
        self,
        client_id: str = "",
        *,
        err: OAuth2Error | None = None,
        errors: dict[str, str] | None = None,
    ) -> ConfigFlowResult:
        """Show the form of the credential, where every failed sign-in comes back to."""
        reconfigure = self.source == SOURCE_RECONFIGURE
        choices = await self._credentials.async_choices()
        schema = credential_schema(
            choices,
            self._provider.scopes,
            hosts=reconfigure,
        )
        suggested = {
            # The secret is not sent back, not even to who typed it.
            CONF_CLIENT_ID: client_id,
            SECTION_DETAILS: {
                CONF_SCOPES: self._scopes,
                CONF_ALLOWED_HOSTS: self._allowed_hosts,
            },
        }
        if (current := self._current_credential()) in choices:
            suggested[CONF_CREDENTIAL] = current
        placeholders = {
            "provider": self._provider.name,
            "redirect_uri": async_describe_redirect_uri(self.hass),
            "console_url": self._provider.console_url
            or str(URL(self._provider.server.authorize_url).origin()),
        }
        if err is not None:
            errors = {"base": message_key(err)}
            placeholders |= message_placeholders(err)
        return self.async_show_form(
            step_id="reconfigure" if reconfigure else "credential",
            data_schema=self.add_suggested_values_to_schema(schema, suggested),
            errors=errors,
            description_placeholders=placeholders,
        )

    def _current_credential(self) -> str | None:
        """Return the credential that was tried last, else the one that the account uses."""
        if self._tried is None and self.source == SOURCE_RECONFIGURE:
            return str(self._get_reconfigure_entry().data[CONF_AUTH_IMPLEMENTATION])
        return self._tried

    async def _async_take_credential(self, answers: dict[str, Any]) -> ConfigFlowResult:
        details = answers[SECTION_DETAILS]
        self._scopes = details.get(CONF_SCOPES, [])
        self._allowed_hosts = details.get(CONF_ALLOWED_HOSTS, self._allowed_hosts)
        try:
            self._allowed_hosts = [clean_host(host) for host in self._allowed_hosts]
        except RefusedByPolicy:
            return await self._async_show_credential(errors={"base": "invalid_host"})
        chosen = answers.get(CONF_CREDENTIAL, NEW_CREDENTIAL)
        # Who types a client id means that one, whatever is still ticked above it.
        if client_id := answers.get(CONF_CLIENT_ID, "").strip():
            chosen = NEW_CREDENTIAL
        elif chosen == NEW_CREDENTIAL:
            return await self._async_show_credential(
                errors={CONF_CLIENT_ID: "client_id_missing"}
            )
        if self._only_hosts_changed(chosen):
            return self._async_update(
                self._get_reconfigure_entry(), {CONF_ALLOWED_HOSTS: self._allowed_hosts}
            )
        if chosen == NEW_CREDENTIAL:
            self.flow_impl = await self._credentials.async_store(
                client_id, answers.get(CONF_CLIENT_SECRET, "")
            )
        elif chosen in await self._credentials.async_choices():
            self.flow_impl = await self._credentials.async_choose(chosen)
        else:
            return await self._async_show_credential(errors={"base": "credential_gone"})
        self._tried = self.flow_impl.domain
        return await self.async_step_auth()

    def _only_hosts_changed(self, chosen: str) -> bool:
        """Tell whether an account is changed in a way that needs no sign-in."""
        if self.source != SOURCE_RECONFIGURE:
            return False
        data = self._get_reconfigure_entry().data
        signed_in_with = (data[CONF_AUTH_IMPLEMENTATION], data[CONF_SCOPES])
        return signed_in_with == (chosen, self._scopes) and (
            self._allowed_hosts != data.get(CONF_ALLOWED_HOSTS, [])
        )

    @override
    async def async_step_creation(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Exchange the code and find out whose account it is."""
        try:
            async with asyncio.timeout(_SIGN_IN_TIMEOUT):
                token_set = await async_exchange(self.flow_impl, self.external_data)
                client_id = getattr(self.flow_impl, "client_id", None)
                identity = await async_identify(
                    self.hass, self._provider, client_id, token_set
                )
        except OAuth2Error as err:
            return await self._async_sign_in_failed(err)
        except TimeoutError:
            return await self._async_sign_in_failed(TemporaryFailure("timeout"))
        return await self._async_finish(token_set, identity)

    @override
    async def async_step_authorize_rejected(
        self, data: None = None
    ) -> ConfigFlowResult:
        """Tell that the provider, or the person there, said no."""
        return await self._async_sign_in_failed(
            authorization_error(self.external_data["error"])
        )

    async def _async_sign_in_failed(self, err: OAuth2Error) -> ConfigFlowResult:
        if not isinstance(err, ClientRejected):
            return await self._async_show_credential(err=err)
        # A credential that this flow stored and that does not work helps nobody.
        await self._credentials.async_discard_new()
        client_id = getattr(self.flow_impl, "client_id", "")
        return await self._async_show_credential(client_id, err=err)

    async def _async_finish(
        self, token_set: TokenSet, identity: AccountIdentity
    ) -> ConfigFlowResult:
        await self.async_set_unique_id(self._unique_id(identity))
        if identity.id is not None and self.source in (
            SOURCE_REAUTH,
            SOURCE_RECONFIGURE,
        ):
            self._abort_if_unique_id_mismatch(
                reason="wrong_account",
                description_placeholders={"account": identity.name or identity.id},
            )
        data = {
            CONF_AUTH_IMPLEMENTATION: self.flow_impl.domain,
            CONF_PROVIDER: self._binding.provider,
            CONF_VARIABLES: dict(self._binding.variables),
            CONF_SCOPES: self._scopes,
            CONF_ALLOWED_HOSTS: self._allowed_hosts,
            # Set-up moves it into the token store.
            CONF_TOKEN: token_set.as_dict(),
        }
        if self.source == SOURCE_USER:
            self._abort_if_unique_id_configured()
            return self.async_create_entry(title=self._title(identity), data=data)
        reauth = self.source == SOURCE_REAUTH
        entry = self._get_reauth_entry() if reauth else self._get_reconfigure_entry()
        before = entry.data[CONF_AUTH_IMPLEMENTATION]
        result = self._async_update(entry, data)
        await self._credentials.async_remove_unused(before)
        return result

    @callback
    def _async_update(
        self, entry: ConfigEntry, data: dict[str, Any]
    ) -> ConfigFlowResult:
        result = self.async_update_and_abort(
            entry, unique_id=self.unique_id or entry.unique_id, data_updates=data
        )
        self.hass.config_entries.async_schedule_reload(entry.entry_id)
        return result

    def _unique_id(self, identity: AccountIdentity) -> str:
        """Return what tells accounts apart; without an identity, the credential does."""
        variables = (value for _, value in sorted(self._binding.variables.items()))
        own = identity.id if identity.id is not None else self.flow_impl.domain
        return ":".join((self._binding.provider, *variables, own))

    def _title(self, identity: AccountIdentity) -> str:
        name = identity.name or identity.id
        return f"{self._provider.name} · {name}" if name else self._provider.name

    @override
    async def async_on_create_entry(self, result: ConfigFlowResult) -> ConfigFlowResult:
        """Go on to the first resource."""
        subentry_flow = await self.hass.config_entries.subentries.async_init(
            (result["result"].entry_id, SUBENTRY_RESOURCE),
            context=SubentryFlowContext(source=SOURCE_USER),
        )
        if subentry_flow["type"] is FlowResultType.FORM:
            result["next_flow"] = (
                FlowType.CONFIG_SUBENTRIES_FLOW,
                subentry_flow["flow_id"],
            )
        return result
