"""The step of the account flow that takes a credential, and what is asked for with it."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, Final, override

from yarl import URL

from homeassistant.components.file_upload import process_uploaded_file
from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigFlowResult
from homeassistant.const import CONF_CLIENT_ID, CONF_CLIENT_SECRET
from homeassistant.core import HomeAssistant

from .account_form import (
    CONF_CREDENTIAL,
    CONF_KEY_FILE,
    CONF_REGISTER,
    GRANTS,
    NEW_CREDENTIAL,
    PRIVATE_KEY_JWT,
    SECTION_DETAILS,
    credential_schema,
)
from .application_credentials import async_describe_redirect_uri
from .catalogue import AUTHORIZATION_CODE, JWT_BEARER, Provider
from .client_registration import async_register
from .const import CONF_ALLOWED_HOSTS, CONF_AUTH_IMPLEMENTATION, CONF_GRANT, CONF_SCOPES
from .credentials import Credentials
from .errors import message_key, message_placeholders
from .host_policy import clean_host
from .oauth2 import (
    ClientRejected,
    InvalidKey,
    OAuth2Error,
    RefusedByPolicy,
    parse_service_account,
    parse_signing_key,
)
from .provider_steps import ProviderSteps
from .provider_store import async_get_provider_store

# Key files have two or three kilobytes; more than this no reader of keys takes.
_LONGEST_FILE: Final = 64 * 1024


class CredentialSteps(ProviderSteps):
    """Takes a credential: the form where every failed sign-in comes back to."""

    _credentials: Credentials

    def __init__(self) -> None:
        super().__init__()
        self._scopes: list[str] = []
        self._allowed_hosts: list[str] = []
        self._grant = AUTHORIZATION_CODE
        # The credential that was tried last.
        self._tried: str | None = None

    @override
    def _choose(self, provider: Provider, variables: Mapping[str, str]) -> None:
        super()._choose(provider, variables)
        self._credentials = Credentials(self.hass, provider, self._binding)
        self._scopes = list(provider.scopes)
        self._grant = provider.grant_types[0]

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
        """Return the end of the flow, where the answers change nothing that a sign-in settles."""

    async def _async_show_credential(
        self,
        client_id: str = "",
        *,
        err: OAuth2Error | None = None,
        errors: dict[str, str] | None = None,
    ) -> ConfigFlowResult:
        reconfigure = self.source == SOURCE_RECONFIGURE
        choices = await self._credentials.async_choices()
        schema = credential_schema(choices, self._provider, hosts=reconfigure)
        suggested = {
            # The secret is not sent back, not even to who typed it.
            CONF_CLIENT_ID: client_id,
            SECTION_DETAILS: {
                CONF_SCOPES: self._scopes,
                CONF_GRANT: self._grant,
                CONF_ALLOWED_HOSTS: self._allowed_hosts,
            },
        }
        if (current := self._current_credential()) in choices:
            suggested[CONF_CREDENTIAL] = current
        placeholders = self._described()
        if err is not None:
            errors = {"base": message_key(err)}
            placeholders |= message_placeholders(err)
        return self.async_show_form(
            step_id="reconfigure" if reconfigure else "credential",
            data_schema=self.add_suggested_values_to_schema(schema, suggested),
            errors=errors,
            description_placeholders=placeholders,
        )

    def _described(self) -> dict[str, str]:
        provider = self._provider
        origin = URL(provider.server.token_url).origin()
        pages = (provider.console_url or str(origin), provider.docs_url)
        return {
            "provider": provider.name,
            "redirect_uri": async_describe_redirect_uri(self.hass),
            "developer_pages": "\n".join(f"- {page}" for page in pages if page),
        }

    def _current_credential(self) -> str | None:
        """Return the credential that was tried last, else the one that the account uses."""
        if self._tried is None and self.source == SOURCE_RECONFIGURE:
            return str(self._get_reconfigure_entry().data[CONF_AUTH_IMPLEMENTATION])
        return self._tried

    async def _async_take_credential(self, answers: dict[str, Any]) -> ConfigFlowResult:
        try:
            self._take_details(answers[SECTION_DETAILS])
        except RefusedByPolicy:
            return await self._async_show_credential(errors={"base": "invalid_host"})
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
        # Who types a client id means that one, whatever is still ticked above it.
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
        if chosen == NEW_CREDENTIAL:
            self.flow_impl = await self._credentials.async_store(client_id, secret)
        elif chosen in await self._credentials.async_choices():
            self.flow_impl = await self._credentials.async_choose(chosen)
        else:
            return await self._async_show_credential(errors={"base": "credential_gone"})
        self._tried = self.flow_impl.domain
        return await self._async_sign_in()

    async def _async_register(self) -> ConfigFlowResult:
        """Let the provider make a credential, and sign in with it."""
        try:
            registration = await async_register(
                self.hass,
                self._provider,
                redirect_uri=async_describe_redirect_uri(self.hass),
                grant_type=GRANTS[self._grant],
            )
        except OAuth2Error as err:
            return await self._async_show_credential(err=err)
        client = registration.client
        self.flow_impl = await self._credentials.async_store(
            client.id, client.secret or ""
        )
        self._tried = self.flow_impl.domain
        store = await async_get_provider_store(self.hass)
        await store.async_keep_registration(self._tried, registration)
        return await self._async_sign_in()

    async def _async_secret(self, answers: Mapping[str, Any]) -> tuple[str, str | None]:
        """Return the secret, and its field; None for a file that is not there any more."""
        file_id = answers.get(CONF_KEY_FILE)
        if file_id is None:
            return CONF_CLIENT_SECRET, answers.get(CONF_CLIENT_SECRET, "")
        # Who uploads a key file means to sign in with it, whatever is chosen below.
        self._grant = JWT_BEARER
        return CONF_KEY_FILE, await self.hass.async_add_executor_job(
            _uploaded, self.hass, file_id
        )

    async def _async_client_id(self, client_id: str, secret: str, *, new: bool) -> str:
        """Return the client id: what was typed, or what a service account's key file says.

        Where the secret is a key, it is checked before anything is sent. Raises InvalidKey.
        """
        if self._grant == JWT_BEARER and (new or client_id or secret):
            account = await self.hass.async_add_executor_job(
                parse_service_account, secret
            )
            return account.client_email
        if client_id and self._provider.server.client_authentication == PRIVATE_KEY_JWT:
            await self.hass.async_add_executor_job(parse_signing_key, secret)
        return client_id

    def _take_details(self, details: Mapping[str, Any]) -> None:
        """Take over what is asked for. Raises RefusedByPolicy for what is no host."""
        self._scopes = details.get(CONF_SCOPES, [])
        self._grant = details.get(CONF_GRANT, self._grant)
        self._allowed_hosts = details.get(CONF_ALLOWED_HOSTS, self._allowed_hosts)
        self._allowed_hosts = [clean_host(host) for host in self._allowed_hosts]

    async def _async_sign_in_failed(self, err: OAuth2Error) -> ConfigFlowResult:
        if not isinstance(err, ClientRejected):
            return await self._async_show_credential(err=err)
        # A credential that this flow stored and that does not work helps nobody.
        await self._credentials.async_discard_new()
        client_id = getattr(self.flow_impl, "client_id", "")
        return await self._async_show_credential(client_id, err=err)


def _uploaded(hass: HomeAssistant, file_id: str) -> str | None:
    """Return what a file holds, as far as a key file can be long, and delete it."""
    try:
        with (
            process_uploaded_file(hass, file_id) as path,
            path.open(encoding="utf-8", errors="replace") as file,
        ):
            return file.read(_LONGEST_FILE + 1)
    except ValueError:
        # Uploaded before a restart, or sent twice.
        return None
