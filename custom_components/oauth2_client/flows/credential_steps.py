"""The step of the account flow that takes the credential, scopes, grant type and hosts."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from copy import replace
from typing import Any, override

from yarl import URL

from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigFlowResult
from homeassistant.const import CONF_BASE, CONF_CLIENT_ID
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
from ..credentials.redirect_uri import NATIVE_REDIRECT_URI, as_markdown_list
from ..definitions.account import (
    CONF_ALLOWED_HOSTS,
    CONF_GRANT_TYPE,
    CONF_SCOPES,
    Binding,
)
from ..errors import message_placeholders
from ..health.issues import async_look_for_providers
from ..oauth2 import (
    Client,
    ClientRejected,
    InvalidKey,
    OAuth2Error,
    RefusedByPolicy,
    ScopeRejected,
    is_redirect_uri,
)
from ..wire.host_policy import clean_host
from .account_form import (
    CONF_CREDENTIAL,
    CONF_DOCUMENT,
    CONF_KEY_FILE,
    CONF_OTHER_REDIRECT_URI,
    CONF_REGISTER,
    GRANT_TYPES,
    NEW_CREDENTIAL,
    PASTE,
    SECTION_DETAILS,
    async_typed_client_id,
    async_typed_secret,
    credential_schema,
    has_client_id,
    refusal_errors,
)
from .redirect_steps import RedirectSteps


class CredentialSteps(RedirectSteps):
    """Takes a credential. Every failed sign-in shows this form again."""

    _credentials: CredentialChoices
    # What was typed or tried last. The secret is kept here and never sent back to the browser.
    _typed: Client | None = None
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
        hosts: Sequence[str] | None = None,
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
        redirect_uri, uris = await self._async_redirect_uris(preset, selected)
        self._selected_uri = redirect_uri, selected
        schema = credential_schema(
            choices,
            self._provider,
            redirect_uris=uris,
            redirect_choice=PASTE if redirect_uri.pasted else redirect_uri.uri,
            ways=ways,
            preset=preset,
            hosts=reconfigure,
        )
        if client_id and choices:
            selected = NEW_CREDENTIAL
        suggested = self._suggested(client_id, selected, hosts)
        suggested[CONF_OTHER_REDIRECT_URI] = NATIVE_REDIRECT_URI
        if redirect_uri.pasted:
            suggested[CONF_OTHER_REDIRECT_URI] = redirect_uri.uri
        if is_redirect_uri(redirect_uri.uri):
            uris = list(dict.fromkeys([redirect_uri.uri, *uris]))
        placeholders = self._described(uris)
        if err is not None:
            errors = refusal_errors(err, schema, message)
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

    def _suggested(
        self, client_id: str, selected: str, hosts: Sequence[str] | None
    ) -> dict[str, Any]:
        """Return what the form is filled in with. A secret is never sent back to the browser."""
        settings = self._settings
        details = {
            CONF_SCOPES: list(settings.scopes),
            CONF_GRANT_TYPE: settings.grant_type,
            CONF_ALLOWED_HOSTS: list(hosts or settings.allowed_hosts),
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

    def _described(self, redirect_uris: Iterable[str]) -> dict[str, str]:
        provider = self._provider
        origin = URL(provider.server.token_url).origin()
        pages = (provider.console_url or str(origin), provider.docs_url)
        document = self._document()
        listed = document and async_document_redirect_uris(self.hass, document)
        return {
            "provider": provider.name,
            "redirect_uris": as_markdown_list(redirect_uris),
            "native_redirect_uri": NATIVE_REDIRECT_URI,
            "developer_pages": "\n".join(f"- {page}" for page in pages if page),
            "document_url": document or "–",
            "document_uris": ", ".join(listed or ()),
        }

    async def _async_take_credential(self, answers: dict[str, Any]) -> ConfigFlowResult:
        details = answers[SECTION_DETAILS]
        hosts_fit = self._take_details(details)
        uri_fits = self._take_redirect_uri(answers)
        chosen = answers.get(CONF_CREDENTIAL, NEW_CREDENTIAL)
        typed = answers.get(CONF_CLIENT_ID, "").strip()
        field, secret = await self._async_secret(answers)
        if secret is None:
            return await self._async_show_credential(typed, errors={field: "file_gone"})
        typed, secret = self._with_kept(chosen, typed, secret)
        if not hosts_fit:
            return await self._async_show_credential(
                typed,
                errors={CONF_BASE: "invalid_host"},
                hosts=details[CONF_ALLOWED_HOSTS],
            )
        if not uri_fits:
            return await self._async_show_credential(
                typed, errors={CONF_OTHER_REDIRECT_URI: "redirect_uri_wrong"}
            )
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

    def _with_kept(self, chosen: str, typed: str, secret: str) -> tuple[str, str]:
        """Return client id and secret: that of before for an empty one, none for a space."""
        kept = self._typed
        if kept is not None and not secret:
            # A key file has the client id in it, so that its form has no field for one.
            same = typed == kept.id or not (typed or has_client_id(self._provider))
            if same and chosen != NEW_CREDENTIAL:
                # The form had a new one selected: another was chosen after all.
                return "", ""
            if same:
                return typed, kept.secret or ""
        if typed or secret:
            self._typed = Client(id=typed, secret=secret)
        return typed, secret

    async def _async_register(self) -> ConfigFlowResult:
        """Register a client at the provider (RFC 7591), and sign in with it."""
        redirect_uri, _ = await self._async_redirect_uris(
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
        # The provider is stored with its first credential. It may be one that accounts lack.
        await async_look_for_providers(self.hass)
        return await self._async_sign_in()

    async def _async_secret(self, answers: Mapping[str, Any]) -> tuple[str, str | None]:
        """Return the secret's field and the secret, which is None where the file is gone."""
        if answers.get(CONF_KEY_FILE) is not None:
            # An uploaded key file wins over the way to sign in that is still selected below it.
            self._settings = replace(self._settings, grant_type=JWT_BEARER)
        return await async_typed_secret(self.hass, answers)

    async def _async_client_id(self, client_id: str, secret: str, *, new: bool) -> str:
        """Return the client id that was typed, or that of a service account's key file.

        Where the secret has to be a key, raises InvalidKey before anything is sent.
        """
        if not (new or client_id or secret):
            return client_id
        return await async_typed_client_id(
            self.hass,
            client_id,
            secret,
            grant_type=self._settings.grant_type,
            provider=self._provider,
        )

    def _take_details(self, details: Mapping[str, Any]) -> bool:
        """Take scopes, grant type and hosts; return False, without the hosts, where one is wrong."""
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
        self._typed = client = AnyImplementation(self.flow_impl).client
        client_id = "" if client is None else client.id
        if registration is None and not is_own_document(client_id):
            return await self._async_show_credential(client_id, err=err)
        self._preset = CONF_REGISTER
        return await self._async_show_credential(
            err=err,
            message="registration_rejected" if registration else "document_rejected",
        )
