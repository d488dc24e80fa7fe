"""The step of the account flow that takes the credential, scopes, grant type and hosts."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from copy import replace
from typing import Any, override

from yarl import URL

from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigFlowResult
from homeassistant.const import CONF_BASE, CONF_CLIENT_ID, CONF_CLIENT_SECRET
from homeassistant.helpers.config_entry_oauth2_flow import AbstractOAuth2Implementation

from ..account.client_document import (
    async_client_id,
    async_document_redirect_uris,
    reads_documents,
)
from ..catalogue import JWT_BEARER, Provider
from ..credentials.any_implementation import AnyImplementation
from ..credentials.choices import CredentialChoices
from ..credentials.collection import is_own_document
from ..credentials.redirect_uri import as_markdown_list, async_redirect_uris
from ..definitions.account import (
    CONF_ALLOWED_HOSTS,
    CONF_GRANT_TYPE,
    CONF_SCOPES,
    Binding,
)
from ..errors import message_key, message_placeholders
from ..oauth2 import (
    ClientRejected,
    InvalidKey,
    OAuth2Error,
    RefusedByPolicy,
    ScopeRejected,
    parse_service_account,
    parse_signing_key,
)
from ..providers.store import async_get_provider_store
from ..wire.host_policy import clean_host
from .account_form import (
    CONF_CREDENTIAL,
    CONF_DOCUMENT,
    CONF_KEY_FILE,
    CONF_REDIRECT_URI,
    CONF_REGISTER,
    GRANT_TYPES,
    NEW_CREDENTIAL,
    PRIVATE_KEY_JWT,
    SECTION_DETAILS,
    credential_schema,
    uploaded_text,
)
from .provider_steps import ProviderSteps


class CredentialSteps(ProviderSteps):
    """Takes a credential. Every failed sign-in shows this form again."""

    _credentials: CredentialChoices
    # What the credential is registered with, once it is known.
    _redirect_uri: str | None = None
    # The way to become a client that is ticked; None for the usual one of a new account.
    _preset: str | None = None

    @override
    def _choose(self, provider: Provider, binding: Binding) -> None:
        super()._choose(provider, binding)
        self._credentials = CredentialChoices(self.hass, provider, binding)

    @override
    async def async_step_credential(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose or type a credential."""
        if user_input is None:
            return await self._async_show_credential()
        return await self._async_take_credential(user_input)

    @abstractmethod
    async def _async_sign_in(self) -> ConfigFlowResult:
        """Sign in with the implementation that was chosen."""

    @abstractmethod
    async def _async_use_stored(self, credential: str) -> ConfigFlowResult:
        """Sign in with a stored credential; with a new client where it was registered for less."""

    @abstractmethod
    async def _async_use_document(self, stored: str | None = None) -> ConfigFlowResult:
        """Sign in with the address of our own document as client id; `stored` is a former one."""

    @abstractmethod
    def _without_sign_in(self, credential: str) -> ConfigFlowResult | None:
        """Return the end of the flow where the answers need no new sign-in, else None."""

    async def _async_show_credential(
        self,
        client_id: str = "",
        *,
        err: OAuth2Error | None = None,
        errors: dict[str, str] | None = None,
        message: str | None = None,
    ) -> ConfigFlowResult:
        reconfigure = self.source == SOURCE_RECONFIGURE
        choices = await self._credentials.async_choices()
        ways = self._ways()
        preset = self._preset
        if preset is None and ways and not choices:
            preset = ways[0]
        # The credential that was tried last, else the one that the account uses.
        selected = self._settings.credential
        if selected not in choices:
            selected = next(iter(choices), "")
        redirect_uris = await self._async_redirect_uris(preset, selected)
        schema = credential_schema(
            choices,
            self._provider,
            redirect_uris=redirect_uris,
            ways=ways,
            preset=preset,
            hosts=reconfigure,
        )
        suggested = self._suggested(client_id, selected)
        placeholders = self._described(redirect_uris)
        if err is not None:
            errors = {CONF_BASE: message or message_key(err)}
            placeholders |= message_placeholders(err)
        elif errors is None and not (ways or choices):
            if reads_documents(self._provider):
                errors = {CONF_BASE: "external_url_missing"}
        return self.async_show_form(
            step_id="reconfigure" if reconfigure else "credential",
            data_schema=self.add_suggested_values_to_schema(schema, suggested),
            errors=errors,
            description_placeholders=placeholders,
        )

    def _suggested(self, client_id: str, selected: str) -> dict[str, Any]:
        """Return what the form is filled in with. A secret is never sent back to the browser."""
        settings = self._settings
        details = {
            CONF_SCOPES: list(settings.scopes),
            CONF_GRANT_TYPE: settings.grant_type,
            CONF_ALLOWED_HOSTS: list(settings.allowed_hosts),
        }
        suggested = {CONF_CLIENT_ID: client_id, SECTION_DETAILS: details}
        return {**suggested, CONF_CREDENTIAL: selected} if selected else suggested

    def _ways(self) -> list[str]:
        """Return the ways to become a client without a console, the usual one first."""
        ways = []
        if self._document() is not None:
            ways.append(CONF_DOCUMENT)
        if self._provider.server.registration_url is not None:
            ways.append(CONF_REGISTER)
        return ways

    def _document(self) -> str | None:
        """Return the client id that is the address of a document, None where that is not possible."""
        if not reads_documents(self._provider):
            return None
        return async_client_id(self.hass, self._provider)

    async def _async_redirect_uris(self, way: str | None, credential: str) -> list[str]:
        """Return the redirect URIs to choose from, first the one that is chosen or stored."""
        store = await async_get_provider_store(self.hass)
        chosen = self._redirect_uri or store.redirect_uri(credential)
        uris = async_redirect_uris(self.hass)
        if chosen is not None:
            uris.insert(0, chosen)
        if way == CONF_DOCUMENT and (client_id := self._document()) is not None:
            listed = async_document_redirect_uris(self.hass, client_id)
            uris = uris if uris[0] in listed else [*listed, *uris]
        return list(dict.fromkeys(uris))

    def _described(self, redirect_uris: Iterable[str]) -> dict[str, str]:
        provider = self._provider
        origin = URL(provider.server.token_url).origin()
        pages = (provider.console_url or str(origin), provider.docs_url)
        document = self._document()
        listed = document and async_document_redirect_uris(self.hass, document)
        return {
            "provider": provider.name,
            "redirect_uris": as_markdown_list(redirect_uris),
            "developer_pages": "\n".join(f"- {page}" for page in pages if page),
            "document_url": document or "–",
            "document_uris": ", ".join(listed or ()),
        }

    async def _async_take_credential(self, answers: dict[str, Any]) -> ConfigFlowResult:
        try:
            self._take_details(answers[SECTION_DETAILS])
        except RefusedByPolicy:
            return await self._async_show_credential(errors={CONF_BASE: "invalid_host"})
        self._redirect_uri = answers.get(CONF_REDIRECT_URI, self._redirect_uri)
        chosen = answers.get(CONF_CREDENTIAL, NEW_CREDENTIAL)
        typed = answers.get(CONF_CLIENT_ID, "").strip()
        field, secret = await self._async_secret(answers)
        if secret is None:
            return await self._async_show_credential(typed, errors={field: "file_gone"})
        try:
            client_id = await self._async_client_id(
                typed, secret, new=chosen == NEW_CREDENTIAL
            )
        except InvalidKey as err:
            return await self._async_show_credential(
                typed, errors={field: f"key_{err.reason}"}
            )
        # A typed client id wins over the credential that is still selected above it.
        if is_own_document(client_id):
            return await self._async_use_document(client_id)
        if client_id:
            chosen = NEW_CREDENTIAL
        elif answers.get(CONF_REGISTER):
            return await self._async_register()
        elif answers.get(CONF_DOCUMENT):
            return await self._async_use_document()
        elif chosen == NEW_CREDENTIAL:
            return await self._async_show_credential(
                errors={CONF_CLIENT_ID: "client_id_missing"}
            )
        if (result := self._without_sign_in(chosen)) is not None:
            return result
        if chosen == NEW_CREDENTIAL:
            return await self._async_try(
                await self._credentials.async_store(
                    client_id, secret, redirect_uri=self._redirect_uri
                )
            )
        return await self._async_use_stored(chosen)

    async def _async_register(self) -> ConfigFlowResult:
        """Register a client at the provider (RFC 7591), and sign in with it."""
        redirect_uri, *_ = await self._async_redirect_uris(
            CONF_REGISTER, self._settings.credential
        )
        try:
            registered = await self._credentials.async_register(
                redirect_uri=redirect_uri,
                grant_type=GRANT_TYPES[self._settings.grant_type],
                scopes=self._settings.scopes,
            )
        except OAuth2Error as err:
            return await self._async_show_credential(err=err)
        return await self._async_try(registered)

    async def _async_try(
        self, implementation: AbstractOAuth2Implementation
    ) -> ConfigFlowResult:
        """Sign in with a credential, which the form selects if that fails."""
        self.flow_impl = implementation
        self._settings = replace(self._settings, credential=implementation.domain)
        return await self._async_sign_in()

    async def _async_secret(self, answers: Mapping[str, Any]) -> tuple[str, str | None]:
        """Return the secret's field and the secret, which is None where the file is gone."""
        file_id = answers.get(CONF_KEY_FILE)
        if file_id is None:
            return CONF_CLIENT_SECRET, answers.get(CONF_CLIENT_SECRET, "")
        # An uploaded key file wins over the way to sign in that is still selected below it.
        self._settings = replace(self._settings, grant_type=JWT_BEARER)
        return CONF_KEY_FILE, await self.hass.async_add_executor_job(
            uploaded_text, self.hass, file_id
        )

    async def _async_client_id(self, client_id: str, secret: str, *, new: bool) -> str:
        """Return the client id that was typed, or that of a service account's key file.

        Where the secret has to be a key, raises InvalidKey before anything is sent.
        """
        if self._settings.grant_type == JWT_BEARER and (new or client_id or secret):
            account = await self.hass.async_add_executor_job(
                parse_service_account, secret
            )
            return account.client_email
        if client_id and self._provider.server.client_authentication == PRIVATE_KEY_JWT:
            await self.hass.async_add_executor_job(parse_signing_key, secret)
        return client_id

    def _take_details(self, details: Mapping[str, Any]) -> None:
        """Take scopes, grant type and hosts. Raises RefusedByPolicy for a wrong host."""
        settings = self._settings
        hosts = details.get(CONF_ALLOWED_HOSTS, settings.allowed_hosts)
        self._settings = replace(
            settings,
            scopes=tuple(details.get(CONF_SCOPES, ())),
            grant_type=details.get(CONF_GRANT_TYPE, settings.grant_type),
            allowed_hosts=tuple(clean_host(host) for host in hosts),
        )

    async def _async_sign_in_failed(self, err: OAuth2Error) -> ConfigFlowResult:
        registration = await self._credentials.async_registration(self.flow_impl.domain)
        if isinstance(err, ScopeRejected) and registration and registration.left_out:
            # The server registers no client with them, so asking again would not help.
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
            return await self._async_show_credential(client_id, err=err)
        self._preset = CONF_REGISTER
        return await self._async_show_credential(
            err=err,
            message="registration_rejected" if registration else "document_rejected",
        )
