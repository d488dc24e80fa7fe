"""The step of the account flow that takes the credential, scopes, grant type and hosts."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from copy import replace
from typing import Any, Final, override

from yarl import URL

from homeassistant.components.file_upload import process_uploaded_file
from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigFlowResult
from homeassistant.const import CONF_BASE, CONF_CLIENT_ID, CONF_CLIENT_SECRET
from homeassistant.core import HomeAssistant

from ..catalogue import AUTHORIZATION_CODE, JWT_BEARER, Provider
from ..credentials.any_implementation import AnyImplementation
from ..credentials.choices import CredentialChoices
from ..credentials.redirect_uri import (
    NATIVE_REDIRECT_URI,
    as_markdown_list,
    async_redirect_uris,
)
from ..credentials.registration import async_register
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
    is_redirect_uri,
    parse_service_account,
    parse_signing_key,
)
from ..providers.store import RedirectUri, async_get_provider_store
from ..wire.host_policy import clean_host
from .account_form import (
    CONF_CREDENTIAL,
    CONF_KEY_FILE,
    CONF_OTHER_REDIRECT_URI,
    CONF_REDIRECT_URI,
    CONF_REGISTER,
    GRANT_TYPES,
    NEW_CREDENTIAL,
    PASTE,
    PRIVATE_KEY_JWT,
    SECTION_DETAILS,
    credential_schema,
)
from .provider_steps import ProviderSteps

# Key files have two or three kilobytes. A longer text is refused as no key.
_MAX_FILE_CHARACTERS: Final = 64 * 1024


class CredentialSteps(ProviderSteps):
    """Takes a credential. Every failed sign-in shows this form again."""

    _credentials: CredentialChoices
    # What the credential is registered with, once it is known.
    _redirect_uri: RedirectUri | None = None

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
    def _without_sign_in(self, credential: str) -> ConfigFlowResult | None:
        """Return the end of the flow where the answers need no new sign-in, else None."""

    async def _async_show_credential(
        self,
        client_id: str = "",
        *,
        err: OAuth2Error | None = None,
        errors: dict[str, str] | None = None,
    ) -> ConfigFlowResult:
        reconfigure = self.source == SOURCE_RECONFIGURE
        choices = await self._credentials.async_choices()
        redirect_uri, uris = await self._async_redirect_uris()
        schema = credential_schema(
            choices,
            self._provider,
            redirect_uris=uris,
            redirect_choice=PASTE if redirect_uri.pasted else redirect_uri.uri,
            hosts=reconfigure,
        )
        suggested = {
            # The secret is never sent back to the browser.
            CONF_CLIENT_ID: client_id,
            CONF_OTHER_REDIRECT_URI: redirect_uri.uri
            if redirect_uri.pasted
            else NATIVE_REDIRECT_URI,
            SECTION_DETAILS: {
                CONF_SCOPES: list(self._settings.scopes),
                CONF_GRANT_TYPE: self._settings.grant_type,
                CONF_ALLOWED_HOSTS: list(self._settings.allowed_hosts),
            },
        }
        # The credential that was tried last, else the one that the account uses.
        if self._settings.credential in choices:
            suggested[CONF_CREDENTIAL] = self._settings.credential
        placeholders = self._described(dict.fromkeys((redirect_uri.uri, *uris)))
        if err is not None:
            errors = {CONF_BASE: message_key(err)}
            placeholders |= message_placeholders(err)
        return self.async_show_form(
            step_id="reconfigure" if reconfigure else "credential",
            data_schema=self.add_suggested_values_to_schema(schema, suggested),
            errors=errors,
            description_placeholders=placeholders,
        )

    async def _async_redirect_uris(self) -> tuple[RedirectUri, list[str]]:
        """Return the one that is chosen, stored or usual, and all that lead back here.

        Where none leads back here, the usual one is one whose answer is pasted.
        """
        store = await async_get_provider_store(self.hass)
        chosen = self._redirect_uri or store.redirect_uri(self._settings.credential)
        uris = async_redirect_uris(self.hass)
        if chosen is None:
            chosen = (
                RedirectUri(uris[0]) if uris else RedirectUri(NATIVE_REDIRECT_URI, True)
            )
        if not chosen.pasted:
            uris = list(dict.fromkeys([chosen.uri, *uris]))
        return chosen, uris

    def _described(self, redirect_uris: Iterable[str]) -> dict[str, str]:
        provider = self._provider
        origin = URL(provider.server.token_url).origin()
        pages = (provider.console_url or str(origin), provider.docs_url)
        return {
            "provider": provider.name,
            "redirect_uris": as_markdown_list(redirect_uris),
            "native_redirect_uri": NATIVE_REDIRECT_URI,
            "developer_pages": "\n".join(f"- {page}" for page in pages if page),
        }

    async def _async_take_credential(self, answers: dict[str, Any]) -> ConfigFlowResult:
        try:
            self._take_details(answers[SECTION_DETAILS])
        except RefusedByPolicy:
            return await self._async_show_credential(errors={CONF_BASE: "invalid_host"})
        chosen = answers.get(CONF_CREDENTIAL, NEW_CREDENTIAL)
        typed = answers.get(CONF_CLIENT_ID, "").strip()
        if not self._take_redirect_uri(answers):
            return await self._async_show_credential(
                typed, errors={CONF_OTHER_REDIRECT_URI: "redirect_uri_wrong"}
            )
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
        if client_id:
            chosen = NEW_CREDENTIAL
        elif answers.get(CONF_REGISTER):
            return await self._async_register()
        elif chosen == NEW_CREDENTIAL:
            return await self._async_show_credential(
                errors={CONF_CLIENT_ID: "client_id_missing"}
            )
        if (result := self._without_sign_in(chosen)) is not None:
            return result
        if await self._async_has_too_few_scopes(chosen):
            return await self._async_register()
        uri = self._redirect_uri
        if chosen == NEW_CREDENTIAL:
            self.flow_impl = await self._credentials.async_store(
                client_id, secret, redirect_uri=uri
            )
        elif chosen in await self._credentials.async_choices():
            self.flow_impl = await self._credentials.async_choose(
                chosen, redirect_uri=uri
            )
        else:
            return await self._async_show_credential(
                errors={CONF_BASE: "credential_gone"}
            )
        self._keep_tried()
        return await self._async_sign_in()

    async def _async_has_too_few_scopes(self, credential: str) -> bool:
        """Return whether a client was registered for fewer scopes than are asked for now."""
        store = await async_get_provider_store(self.hass)
        registration = await store.async_registration(credential)
        if registration is None or registration.scopes is None:
            return False
        return not set(self._settings.scopes) <= set(registration.scopes)

    async def _async_register(self) -> ConfigFlowResult:
        """Register a client at the provider (RFC 7591), and sign in with it."""
        redirect_uri, _ = await self._async_redirect_uris()
        try:
            registration = await async_register(
                self.hass,
                self._provider,
                redirect_uri=redirect_uri.uri,
                grant_type=GRANT_TYPES[self._settings.grant_type],
                scopes=self._settings.scopes,
            )
        except OAuth2Error as err:
            return await self._async_show_credential(err=err)
        client = registration.client
        self.flow_impl = await self._credentials.async_store(
            client.id,
            client.secret or "",
            redirect_uri=self._redirect_uri,
            registration=registration,
        )
        self._keep_tried()
        return await self._async_sign_in()

    def _keep_tried(self) -> None:
        """Remember the credential that is tried, so that the form selects it if it fails."""
        self._settings = replace(self._settings, credential=self.flow_impl.domain)

    async def _async_secret(self, answers: Mapping[str, Any]) -> tuple[str, str | None]:
        """Return the secret's field and the secret, which is None where the file is gone."""
        file_id = answers.get(CONF_KEY_FILE)
        if file_id is None:
            return CONF_CLIENT_SECRET, answers.get(CONF_CLIENT_SECRET, "")
        # An uploaded key file wins over the way to sign in that is still selected below it.
        self._settings = replace(self._settings, grant_type=JWT_BEARER)
        return CONF_KEY_FILE, await self.hass.async_add_executor_job(
            _uploaded, self.hass, file_id
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

    def _take_redirect_uri(self, answers: Mapping[str, Any]) -> bool:
        """Take the redirect URI. Return whether the one that was typed can be registered."""
        choice = answers.get(CONF_REDIRECT_URI)
        if choice is None or self._settings.grant_type != AUTHORIZATION_CODE:
            # Nobody is sent back.
            return True
        if choice != PASTE:
            self._redirect_uri = RedirectUri(choice)
            return True
        # Kept also where it is wrong, to be corrected.
        typed = answers.get(CONF_OTHER_REDIRECT_URI, "").strip()
        self._redirect_uri = RedirectUri(typed, pasted=True)
        return is_redirect_uri(typed)

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
        if not isinstance(err, ClientRejected):
            return await self._async_show_credential(err=err)
        # The provider rejects the credential that this flow stored, so it is deleted.
        await self._credentials.async_discard_new()
        client = AnyImplementation(self.flow_impl).client
        return await self._async_show_credential(client.id if client else "", err=err)


def _uploaded(hass: HomeAssistant, file_id: str) -> str | None:
    """Return the text of an uploaded file, cut where it is too long for a key file; delete it.

    None where the file is gone.
    """
    try:
        with (
            process_uploaded_file(hass, file_id) as path,
            path.open(encoding="utf-8", errors="replace") as file,
        ):
            return file.read(_MAX_FILE_CHARACTERS + 1)
    except ValueError:
        # Uploaded before a restart, or sent twice.
        return None
