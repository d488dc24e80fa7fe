"""The forms to choose a stored credential, or to enter a new one."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, override

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigFlowResult,
)
from homeassistant.const import CONF_BASE, CONF_CLIENT_ID, CONF_CLIENT_SECRET

from ..account.client_document import (
    async_client_id,
    async_document_redirect_uris,
    reads_documents,
)
from ..catalogue import AUTHORIZATION_CODE, USER_CATEGORY, Provider
from ..credentials.choices import CredentialChoices
from ..credentials.redirect_uri import NATIVE_REDIRECT_URI
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
from .service.described import async_described_service
from .service.form import CATALOGUE, CHOSEN, CORRECT, OWN_SERVICE
from .service.notes import async_notes

# The step of a new credential, by whether a browser signs in with it.
_STEPS_OF_NEW: Final = {True: "credential", False: "credential_without_browser"}
STORED: Final = "stored_credential"
# The preset where none of the ways to become a client without a console is wanted.
NO_WAY: Final = ""


class CredentialForms(RedirectSteps):
    """Shows the forms of a credential, with what was typed and what went wrong."""

    _credentials: CredentialChoices
    # What was typed or tried last. The secret is kept here and never sent back to the browser.
    _typed: Client | None = None
    # The way to become a client that is turned on; None for the usual one of a new account.
    _preset: str | None = None
    # The address that was asked last, None for the token URL.
    _asked: str | None = None
    # Whether a new credential is typed, and whether the form that is shown has a redirect URI.
    _is_new = False
    _has_browser = True

    @override
    def _choose(self, provider: Provider, binding: Binding) -> None:
        super()._choose(provider, binding)
        self._credentials = CredentialChoices(self.hass, provider, binding)

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
        ways = self._ways()
        preset = self._preset
        if preset is None and ways and self._is_new and not client_id:
            preset = ways[0]
        # The credential that was tried last, else the one that the account uses.
        selected = self._settings.credential
        if selected not in choices:
            selected = next(iter(choices), "")
        redirect_uri, uris = await self._async_redirect_uris(preset, selected)
        self._selected_uri = redirect_uri, selected
        self._has_browser = self._settings.grant_type == AUTHORIZATION_CODE
        shown: dict[str, Any] = {
            "redirect_uris": uris,
            "redirect_choice": PASTE if redirect_uri.pasted else redirect_uri.uri,
            "browser": self._has_browser,
            "ways": ways,
            "preset": preset,
            "leads": self._leads(choices),
        }
        reconfigure = self.source == SOURCE_RECONFIGURE
        if self._is_new:
            schema = credential_schema(self._provider, **shown)
            step_id = _STEPS_OF_NEW[self._has_browser]
        else:
            schema = stored_schema(choices, self._provider, hosts=reconfigure, **shown)
            step_id = "reconfigure" if reconfigure else STORED
        suggested = self._suggested(client_id, selected, hosts, redirect_uri)
        shown_uri = redirect_uri.uri
        if not is_redirect_uri(shown_uri):
            shown_uri = next(iter(uris), NATIVE_REDIRECT_URI)
        placeholders = await self._async_described(
            shown_uri, uris, has_failed=err is not None or bool(errors)
        )
        if err is not None:
            errors = refusal_errors(err, message)
            address = self._asked or self._provider.server.token_url
            placeholders |= message_placeholders(err)
            placeholders["address"] = shown_address(address)
        elif errors is None and not (ways or choices):
            if reads_documents(self._provider):
                errors = {CONF_BASE: "external_url_missing"}
        schema, placed_errors = placed(schema, errors)
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(schema, suggested),
            errors=placed_errors,
            description_placeholders=placeholders,
        )

    def _leads(self, choices: Mapping[str, object]) -> list[str]:
        """Return the ways to go on. An existing account keeps its service."""
        leads = [CHOSEN]
        if self._is_new and choices:
            leads.append(STORED)
        is_own = self._provider.category == USER_CATEGORY
        if self.source == SOURCE_USER:
            leads += [CORRECT, CATALOGUE] if is_own else [CATALOGUE]
        elif self.source == SOURCE_RECONFIGURE and is_own:
            leads.append(OWN_SERVICE)
        return leads if len(leads) > 1 else []

    def _suggested(
        self,
        client_id: str,
        selected: str,
        hosts: Sequence[str] | None,
        redirect_uri: RedirectUri,
    ) -> dict[str, Any]:
        """Return what the form is filled in with. A secret is never sent back to the browser."""
        settings, typed = self._settings, self._typed
        other = redirect_uri.uri if redirect_uri.pasted else NATIVE_REDIRECT_URI
        suggested: dict[str, Any] = {
            CONF_CLIENT_ID: client_id or self._provider.shared_client_id or "",
            CONF_CLIENT_SECRET: KEPT_SECRET if typed and typed.secret else "",
            CONF_OTHER_REDIRECT_URI: other,
            SECTION_REDIRECT: {CONF_OTHER_REDIRECT_URI: other},
            SECTION_DETAILS: {
                CONF_SCOPES: list(settings.scopes),
                CONF_GRANT_TYPE: settings.grant_type,
                CONF_ALLOWED_HOSTS: list(hosts or settings.allowed_hosts),
            },
        }
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

    async def _async_described(
        self, redirect_uri: str, redirect_uris: Iterable[str], *, has_failed: bool
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
                new_account=self.source == SOURCE_USER and not has_failed,
                by_itself=bool(self._ways()),
            )
            if has_failed:
                notes["later"] = ""
        document = self._document()
        listed = document and async_document_redirect_uris(self.hass, document)
        return {
            "redirect_uri": as_code(redirect_uri),
            # Not as code, which does not wrap in the hint of a field.
            "redirect_uris": "\n".join(
                f"- {as_markdown(uri)}" for uri in redirect_uris
            ),
            "native_redirect_uri": NATIVE_REDIRECT_URI,
            **await async_described_service(self.hass, provider),
            "document_url": document or "",
            "document_uris": ", ".join(listed or ()),
            **notes,
        }
