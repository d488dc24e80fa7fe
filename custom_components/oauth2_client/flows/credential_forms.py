"""The forms to choose a stored credential, or to enter a new one."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, override

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigFlowResult,
)
from homeassistant.const import CONF_BASE, CONF_CLIENT_ID, CONF_CLIENT_SECRET
from homeassistant.core import callback

from ..account.client_document import (
    async_client_id,
    async_document_redirect_uris,
    reads_documents,
)
from ..catalogue import AUTHORIZATION_CODE, USER_CATEGORY, Provider
from ..credentials.choices import CredentialChoices
from ..credentials.redirect_uri import NATIVE_REDIRECT_URI
from ..credentials.unproven import async_remove_unproven, async_typed_client
from ..definitions.account import (
    CONF_ALLOWED_HOSTS,
    CONF_GRANT_TYPE,
    CONF_SCOPES,
    Binding,
)
from ..errors import as_code, as_markdown, message_placeholders, shown_address
from ..oauth2 import Client, OAuth2Error, is_redirect_uri
from ..providers import RedirectUri
from .account_form import (
    CONF_CREDENTIAL,
    CONF_DOCUMENT,
    CONF_OTHER_REDIRECT_URI,
    CONF_REGISTER,
    KEPT_SECRET,
    PASTE,
    SECTION_DETAILS,
    SECTION_REDIRECT,
    credential_schema,
    refusal_errors,
    stored_schema,
)
from .placing import placed
from .redirect_steps import RedirectSteps
from .service.described import async_service_placeholders
from .service.form import CATALOGUE, CHOSEN, CORRECT, OWN_SERVICE
from .service.notes import async_notes

# The step that asks for a new credential, by whether a browser is used to sign in with it.
_NEW_CREDENTIAL_STEPS: Final = {True: "credential", False: "credential_without_browser"}
STORED: Final = "stored_credential"
# The preset where the person wants no automatic registration.
NO_REGISTRATION: Final = ""


class CredentialForms(RedirectSteps):
    """Shows the forms of a credential, with what was typed and what went wrong."""

    _credentials: CredentialChoices
    # The client that was typed or tried last. Its secret is never sent back to the browser.
    _typed: Client | None = None
    # The token URL that it was typed for: its secret goes to no other.
    _typed_for: str | None = None
    # The automatic registration that is ticked; None for the preferred one of a new account.
    _preset: str | None = None
    # The address of the last request to the provider, None for the token URL.
    _requested_url: str | None = None
    # Whether a new credential is entered, and whether the form that is shown has a redirect URI.
    _is_new = False
    _has_browser = True

    @override
    def _choose(self, provider: Provider, binding: Binding) -> None:
        super()._choose(provider, binding)
        self._credentials = CredentialChoices(
            self.hass, provider, binding, flow_id=self.flow_id
        )
        if self._typed_for not in (None, provider.server.token_url):
            self._typed = None
        if self._typed is None and self.source == SOURCE_USER:
            self._keep_typed(async_typed_client(self.hass, binding))

    def _keep_typed(self, client: Client | None) -> None:
        self._typed, self._typed_for = client, self._provider.server.token_url

    @override
    @callback
    def async_remove(self) -> None:
        super().async_remove()
        self.hass.async_create_task(
            async_remove_unproven(self.hass, self.flow_id),
            "oauth2_client removal of unproven credentials",
        )

    async def _async_show_credential(
        self,
        client_id: str = "",
        *,
        err: OAuth2Error | None = None,
        errors: dict[str, str] | None = None,
        message: str | None = None,
        hosts: Sequence[str] | None = None,
    ) -> ConfigFlowResult:
        """Show the stored credentials, or the form for a new one where there is none to choose."""
        choices = await self._credentials.async_choices()
        self._is_new = self._is_new or bool(client_id) or not choices
        if self._is_new and not client_id and self._typed is not None:
            client_id = self._typed.id
        auto_registrations = self._auto_registrations()
        preset = self._preset
        if preset is None and self._is_new and not client_id:
            preset = next(iter(auto_registrations), None)
        # The credential that was tried last, else the one that the account uses.
        selected = self._settings.credential
        if selected not in choices:
            selected = next(iter(choices), "")
        redirect_uri, uris = await self._async_redirect_uris(preset, selected)
        self._selected_uri = redirect_uri, selected
        self._has_browser = self._settings.grant_type == AUTHORIZATION_CODE
        options: dict[str, Any] = {
            "redirect_uris": uris,
            "redirect_choice": PASTE if redirect_uri.pasted else redirect_uri.uri,
            "browser": self._has_browser,
            "auto_registrations": auto_registrations,
            "preset": preset,
            "ways": self._ways(choices),
        }
        reconfigure = self.source == SOURCE_RECONFIGURE
        if self._is_new:
            schema = credential_schema(self._provider, **options)
            step_id = _NEW_CREDENTIAL_STEPS[self._has_browser]
        else:
            schema = stored_schema(
                choices, self._provider, hosts=reconfigure, **options
            )
            step_id = "reconfigure" if reconfigure else STORED
        suggested = self._suggested(client_id, selected, hosts, redirect_uri)
        shown_uri = redirect_uri.uri
        if not is_redirect_uri(shown_uri):
            shown_uri = next(iter(uris), NATIVE_REDIRECT_URI)
        placeholders = await self._async_placeholders(
            shown_uri, uris, has_failed=err is not None or bool(errors)
        )
        if err is not None:
            errors = refusal_errors(err, message)
            address = self._requested_url or self._provider.server.token_url
            placeholders |= message_placeholders(err)
            placeholders["address"] = shown_address(address)
        elif errors is None and not (auto_registrations or choices):
            # With an external URL, the provider would accept our document.
            if reads_documents(self._provider):
                errors = {CONF_BASE: "external_url_missing"}
        schema, placed_errors = placed(schema, errors)
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(schema, suggested),
            errors=placed_errors,
            description_placeholders=placeholders,
        )

    def _ways(self, choices: Mapping[str, object]) -> list[str]:
        """Return the steps that the form can lead to. An existing account keeps its service."""
        ways = [CHOSEN]
        if self._is_new and choices:
            ways.append(STORED)
        is_own = self._provider.category == USER_CATEGORY
        if self.source == SOURCE_USER:
            ways += [CORRECT, CATALOGUE] if is_own else [CATALOGUE]
        elif self.source == SOURCE_RECONFIGURE and is_own:
            ways.append(OWN_SERVICE)
        return ways if len(ways) > 1 else []

    def _suggested(
        self,
        client_id: str,
        selected: str,
        hosts: Sequence[str] | None,
        redirect_uri: RedirectUri,
    ) -> dict[str, Any]:
        """Return the form's suggested values. No secret is sent to the browser."""
        settings, typed = self._settings, self._typed
        other_uri = redirect_uri.uri if redirect_uri.pasted else NATIVE_REDIRECT_URI
        suggested: dict[str, Any] = {
            CONF_CLIENT_ID: client_id or self._provider.shared_client_id or "",
            CONF_CLIENT_SECRET: KEPT_SECRET if typed and typed.secret else "",
            CONF_OTHER_REDIRECT_URI: other_uri,
            SECTION_REDIRECT: {CONF_OTHER_REDIRECT_URI: other_uri},
            SECTION_DETAILS: {
                CONF_SCOPES: list(settings.scopes),
                CONF_GRANT_TYPE: settings.grant_type,
                CONF_ALLOWED_HOSTS: list(hosts or settings.allowed_hosts),
            },
        }
        return {**suggested, CONF_CREDENTIAL: selected} if selected else suggested

    def _auto_registrations(self) -> list[str]:
        """Return the automatic registrations that are possible, the preferred one first."""
        possible = []
        if self._document_client_id() is not None:
            possible.append(CONF_DOCUMENT)
        if self._provider.server.registration_url is not None:
            possible.append(CONF_REGISTER)
        return possible

    def _document_client_id(self) -> str | None:
        """Return the address of our client id metadata document, None where it cannot be used."""
        if not reads_documents(self._provider):
            return None
        return async_client_id(self.hass, self._provider)

    async def _async_placeholders(
        self, redirect_uri: str, redirect_uris: Collection[str], *, has_failed: bool
    ) -> dict[str, str]:
        """Return the placeholders of the form.

        After a sign-in that failed it opens at its top. On a phone, notes that a person has read already
        would push the error out of view.
        """
        provider, notes = self._provider, {}
        if self._is_new:
            notes = await async_notes(
                self.hass,
                provider,
                browser=self._has_browser,
                has_https=any(
                    uri.startswith("https:") for uri in (redirect_uri, *redirect_uris)
                ),
                new_account=self.source == SOURCE_USER and not has_failed,
                by_itself=bool(self._auto_registrations()),
            )
            if has_failed:
                notes["later"] = ""
        document = self._document_client_id()
        listed = document and async_document_redirect_uris(self.hass, document)
        return {
            "redirect_uri": as_code(redirect_uri),
            # Not as code, whose lines do not wrap in the description of a field.
            "redirect_uris": "\n".join(
                f"- {as_markdown(uri)}" for uri in redirect_uris
            ),
            "native_redirect_uri": NATIVE_REDIRECT_URI,
            **await async_service_placeholders(self.hass, provider),
            "document_url": document or "",
            "document_uris": ", ".join(listed or ()),
            **notes,
        }
