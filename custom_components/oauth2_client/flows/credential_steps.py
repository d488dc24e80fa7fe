"""The step of the account flow that takes the credential, scopes, grant type and allowed hosts."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from copy import replace
from typing import Any, override

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.const import CONF_CLIENT_ID
from homeassistant.helpers.config_entry_oauth2_flow import AbstractOAuth2Implementation

from ..catalogue import AUTHORIZATION_CODE, JWT_BEARER
from ..credentials import is_own_document
from ..credentials.any_implementation import AnyImplementation
from ..definitions.account import CONF_ALLOWED_HOSTS, CONF_GRANT_TYPE, CONF_SCOPES
from ..errors import message_key
from ..health.issues import async_look_for_providers
from ..oauth2 import (
    Client,
    ClientRejected,
    InvalidKey,
    OAuth2Error,
    RefusedByPolicy,
    ScopeRejected,
)
from ..providers.store import async_get_provider_store
from ..wire.host_policy import clean_host
from .account_form import (
    CONF_CREDENTIAL,
    CONF_KEY_FILE,
    CONF_OTHER_REDIRECT_URI,
    CONF_REGISTER,
    GRANT_TYPES,
    KEPT_SECRET,
    NEW_CREDENTIAL,
    SECTION_DETAILS,
    SECTION_REDIRECT,
    async_typed_client_id,
    async_typed_secret,
)
from .credential_forms import NO_REGISTRATION, STORED, CredentialForms
from .service.form import CATALOGUE, CHOSEN, CONF_WAY, OWN_SERVICE


class CredentialSteps(CredentialForms):
    """Takes a credential. Every failed sign-in shows its form again."""

    @override
    async def async_step_credential(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose or type a credential."""
        if user_input is None:
            return await self._async_show_credential()
        return await self._async_take_credential(user_input)

    async_step_credential_without_browser = async_step_credential

    @abstractmethod
    async def _async_sign_in(self) -> ConfigFlowResult:
        """Sign in with the implementation that was chosen."""

    @abstractmethod
    async def _async_use_stored(self, credential: str) -> ConfigFlowResult:
        """Sign in with a stored credential, or with a new client where its registration does not suit."""

    @abstractmethod
    async def _async_use_document(
        self, stored_id: str | None = None
    ) -> ConfigFlowResult:
        """Sign in with the address of our document as client id.

        `stored_id` is the client id of a stored credential, which may be a former address.
        """

    @abstractmethod
    def _update_without_sign_in(self, credential: str) -> ConfigFlowResult | None:
        """Store what was changed and end the flow, or return None where a sign-in is needed."""

    async def _async_leave_for(self, way: str) -> ConfigFlowResult:
        """Go from this form to another step."""
        if way == CATALOGUE:
            return await self.async_step_catalogue()
        if way == STORED:
            return await self.async_step_stored_credential()
        if way == OWN_SERVICE:
            return await self._async_show_own(self._provider.id)
        store = await async_get_provider_store(self.hass)
        if not store.is_own(self._provider.id):
            # The service is not stored yet: its form is shown again, as it was filled in.
            return self._show_manual(self._form, {})
        self._own = await store.async_provider(self._provider.id)
        return await self.async_step_change_service()

    async def async_step_stored_credential(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose a stored credential."""
        if user_input is None:
            self._is_new = False
        return await self.async_step_credential(user_input)

    async def _async_take_credential(self, answers: dict[str, Any]) -> ConfigFlowResult:
        details = answers[SECTION_DETAILS]
        hosts_are_valid = self._take_details(details)
        answers = {**answers, **answers.get(SECTION_REDIRECT, {}), **details}
        uri_is_valid = self._take_redirect_uri(answers)
        client_id = answers.get(CONF_CLIENT_ID, "").strip()
        field, secret = await self._async_secret(answers)
        if secret is None:
            return await self._async_show_credential(
                client_id, errors={field: "file_gone"}
            )
        secret = self._remember(client_id, secret)
        if (way := answers.get(CONF_WAY, CHOSEN)) != CHOSEN:
            return await self._async_leave_for(way)
        if not hosts_are_valid:
            return await self._async_show_credential(
                client_id,
                errors={CONF_ALLOWED_HOSTS: "invalid_host"},
                hosts=details[CONF_ALLOWED_HOSTS],
            )
        if not uri_is_valid:
            return await self._async_show_credential(
                client_id, errors={CONF_OTHER_REDIRECT_URI: "redirect_uri_wrong"}
            )
        ticked = [each for each in self._auto_registrations() if answers.get(each)]
        chosen = answers.get(CONF_CREDENTIAL)
        if chosen is None:
            return await self._async_take_new(client_id, field, secret, ticked)
        if ticked:
            return await self._async_register_automatically(ticked)
        if chosen == NEW_CREDENTIAL:
            self._is_new = True
            return await self._async_show_credential()
        if (result := self._update_without_sign_in(chosen)) is not None:
            return result
        return await self._async_use_stored(chosen)

    async def _async_take_new(
        self, typed: str, field: str, secret: str, ticked: Sequence[str]
    ) -> ConfigFlowResult:
        """Take a new credential, or register automatically as `ticked` says.

        `field` is the one that the secret was entered in. A typed client id goes before what is ticked.
        """
        if ticked and not (typed or secret):
            return await self._async_register_automatically(ticked)
        if typed or not ticked:
            self._preset = NO_REGISTRATION
        try:
            client_id = await async_typed_client_id(
                self.hass,
                typed or self._provider.shared_client_id or "",
                secret,
                grant_type=self._settings.grant_type,
                provider=self._provider,
            )
        except InvalidKey as err:
            return await self._async_show_credential(
                typed, errors={field: f"key_{err.reason}"}
            )
        if is_own_document(client_id):
            return await self._async_use_document(client_id)
        if not client_id and ticked:
            return await self._async_register_automatically(ticked)
        if not client_id:
            return await self._async_show_credential(
                errors={CONF_CLIENT_ID: "client_id_missing"}
            )
        if self._settings.grant_type == AUTHORIZATION_CODE and not self._has_browser:
            # The form had no redirect URI, which is shown before the sign-in: it has to be registered.
            return await self._async_show_credential(client_id)
        return await self._async_try(
            await self._credentials.async_store(
                client_id, secret, redirect_uri=self._redirect_uri
            )
        )

    async def _async_register_automatically(
        self, ticked: Sequence[str]
    ) -> ConfigFlowResult:
        """Become a client without the provider's console, and sign in with it."""
        if CONF_REGISTER in ticked:
            return await self._async_register()
        return await self._async_use_document()

    def _remember(self, client_id: str, secret: str) -> str:
        """Keep the typed client. Return its secret: the one kept before where the dots are unchanged."""
        if secret == KEPT_SECRET:
            kept = self._typed
            secret = "" if kept is None else kept.secret or ""
        if client_id or secret:
            self._keep_typed(Client(id=client_id, secret=secret))
        return secret

    async def _async_register(self) -> ConfigFlowResult:
        """Register a client dynamically (RFC 7591), and sign in with it."""
        redirect_uri, _ = await self._async_redirect_uris(
            CONF_REGISTER, self._settings.credential
        )
        self._requested_url = self._provider.server.registration_url
        try:
            registered = await self._credentials.async_register(
                redirect_uri=redirect_uri,
                grant_type=GRANT_TYPES[self._settings.grant_type],
                scopes=self._settings.scopes,
            )
        except OAuth2Error as err:
            # There is no client ID yet that could be copied again.
            is_refused = message_key(err) == "client_rejected"
            return await self._async_show_credential(
                err=err, message="registration_refused" if is_refused else None
            )
        return await self._async_try(registered)

    async def _async_try(
        self, implementation: AbstractOAuth2Implementation
    ) -> ConfigFlowResult:
        """Sign in with a credential, which the form selects if that fails."""
        self.flow_impl = implementation
        # If the sign-in fails, the form offers the credential, as long as it is stored.
        self._is_new = False
        self._settings = replace(self._settings, credential=implementation.domain)
        # A provider is stored with its first credential. Accounts may have missed it.
        await async_look_for_providers(self.hass)
        return await self._async_sign_in()

    async def _async_secret(self, answers: Mapping[str, Any]) -> tuple[str, str | None]:
        """Return the field that has the secret, and the secret: None where the uploaded file is gone."""
        if answers.get(CONF_KEY_FILE) is not None:
            # An uploaded key file goes before the grant type that is selected below it.
            self._settings = replace(self._settings, grant_type=JWT_BEARER)
        return await async_typed_secret(self.hass, answers)

    def _take_details(self, details: Mapping[str, Any]) -> bool:
        """Take scopes, grant type and hosts. Return False, and take no host, where one is invalid."""
        settings = self._settings
        hosts = details.get(CONF_ALLOWED_HOSTS, settings.allowed_hosts)
        self._settings = replace(
            settings,
            scopes=tuple(details.get(CONF_SCOPES, ())),
            grant_type=details.get(CONF_GRANT_TYPE, settings.grant_type),
        )
        try:
            allowed = tuple(clean_host(host) for host in hosts)
        except RefusedByPolicy:
            return False
        self._settings = replace(self._settings, allowed_hosts=allowed)
        return True

    @override
    async def _async_sign_in_failed(self, err: OAuth2Error) -> ConfigFlowResult:
        registration = await self._credentials.async_registration(self.flow_impl.domain)
        if isinstance(err, ScopeRejected) and registration and registration.left_out:
            # The server did not register these scopes, so that asking for them again would not help.
            return await self._async_show_credential(
                err=ScopeRejected(
                    err.code, scopes=registration.left_out, description=err.description
                ),
                message="scope_not_registered",
            )
        if not isinstance(err, ClientRejected):
            return await self._async_show_credential(err=err)
        # The provider rejects the credential that this flow stored, so it is deleted.
        await self._credentials.async_discard_new()
        client = AnyImplementation(self.flow_impl).client
        client_id = "" if client is None else client.id
        if registration is None and not is_own_document(client_id):
            self._keep_typed(client)
            return await self._async_show_credential(client_id, err=err)
        self._preset = CONF_REGISTER
        return await self._async_show_credential(
            err=err,
            message="registration_rejected" if registration else "document_rejected",
        )
