"""The redirect URI of a sign-in, and the response there: brought by the browser, or pasted."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, override

from aiohttp import web

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.data_entry_flow import FlowResultType

from ..account.client_document import async_client_id, async_document_redirect_uris
from ..catalogue import AUTHORIZATION_CODE
from ..credentials.any_implementation import AnyImplementation
from ..credentials.implementation import ProviderImplementation
from ..credentials.redirect_uri import (
    NATIVE_REDIRECT_URI,
    async_callback_request,
    async_own_redirect_uri,
    async_redirect_uris,
    check_callback,
)
from ..errors import as_link, as_markdown
from ..oauth2 import (
    InvalidCallback,
    OAuth2Error,
    RefusedByPolicy,
    is_redirect_uri,
    parse_callback,
)
from ..providers import RedirectUri
from ..providers.store import async_get_provider_store
from .account_form import (
    CONF_CALLBACK,
    CONF_DOCUMENT,
    CONF_OTHER_REDIRECT_URI,
    CONF_REDIRECT_URI,
    PASTE,
    callback_schema,
)
from .service.form import CHOSEN, CONF_WAY
from .service.notes import needs_https
from .service.own_steps import OwnServiceSteps


class RedirectSteps(OwnServiceSteps):
    """Knows where the browser goes after the sign-in, and takes a pasted response."""

    # The redirect URI that the credential is registered with, once it is known.
    _redirect_uri: RedirectUri | None = None
    # The redirect URI that the form has selected, and the id of the credential that it is for.
    _selected_uri: tuple[RedirectUri, str] | None = None

    @abstractmethod
    async def _async_sign_in_failed(self, err: OAuth2Error) -> ConfigFlowResult:
        """Show the credential's form with the error."""

    async def _async_redirect_uris(
        self, registration: str | None, credential: str
    ) -> tuple[RedirectUri, list[str]]:
        """Return the redirect URI to select, and all that lead back to this Home Assistant.

        Selected is what the person chose, else what is stored with the credential, else the first that
        leads back; with https where the provider is known to require it. Where none leads back, it is the
        native one, whose response is pasted. `registration` is the automatic one that is ticked.
        """
        store = await async_get_provider_store(self.hass)
        chosen = self._redirect_uri or store.redirect_uri(credential)
        uris = async_redirect_uris(self.hass, self._provider)
        if (own := async_own_redirect_uri(self.hass, self._provider)) is not None:
            uris.append(own)
        if needs_https(self._provider):
            uris.sort(key=lambda uri: not uri.startswith("https://"))
        if chosen is not None and chosen.pasted:
            return chosen, uris
        if chosen is not None:
            uris.insert(0, chosen.uri)
        client_id = async_client_id(self.hass, self._provider)
        if registration == CONF_DOCUMENT and client_id is not None:
            listed = async_document_redirect_uris(self.hass, client_id)
            uris = uris if uris[0] in listed else [*listed, *uris]
        uris = list(dict.fromkeys(uris))
        if not uris:
            return RedirectUri(uri=NATIVE_REDIRECT_URI, pasted=True), uris
        return RedirectUri(uri=uris[0]), uris

    def _take_redirect_uri(self, answers: Mapping[str, Any]) -> bool:
        """Take the redirect URI. Return False where a typed one cannot be registered."""
        choice = answers.get(CONF_REDIRECT_URI)
        if choice != PASTE:
            self._redirect_uri = None if choice is None else RedirectUri(uri=choice)
            return True
        typed = answers.get(CONF_OTHER_REDIRECT_URI, "").strip()
        # A wrong one is kept as well, to be shown and corrected.
        self._redirect_uri = RedirectUri(uri=typed, pasted=True)
        if is_redirect_uri(typed):
            return True
        if self._settings.grant_type == AUTHORIZATION_CODE:
            return False
        # This grant type needs no redirect URI.
        self._redirect_uri = None
        return True

    def _drop_preselected_uri(self, credential: str) -> None:
        """Drop the redirect URI if it is the one that the form had selected for another credential.

        The person chose this credential and left that field as it was, so its stored one is used.
        """
        if self._selected_uri is None or self._redirect_uri is None:
            return
        selected, selected_for = self._selected_uri
        if credential != selected_for and self._redirect_uri == selected:
            self._redirect_uri = None

    @override
    async def async_step_auth(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Open the sign-in window, or take the response that it came back with."""
        request = async_callback_request()
        if user_input is not None and request is not None:
            user_input = {
                **user_input,
                "description": request.query.get("error_description"),
                **self._mix_up_error(request),
            }
        result = await super().async_step_auth(user_input)
        if result["type"] is not FlowResultType.EXTERNAL_STEP:
            return result
        # A service that refuses a redirect URI says so on its own page, and sends nobody back.
        return self.async_external_step(
            step_id="auth",
            url=result["url"],
            description_placeholders={
                "service": as_markdown(self._provider.name),
                "redirect_uri": AnyImplementation(self.flow_impl).redirect_uri,
            },
        )

    def _mix_up_error(self, request: web.Request) -> dict[str, OAuth2Error]:
        """Return the error of a response that may be from another server (RFC 9207), else nothing."""
        if (own := AnyImplementation(self.flow_impl).own) is None:
            return {}
        try:
            check_callback(request, own.at_provider.server, own.redirect_uri)
        except RefusedByPolicy as err:
            return {"error": err}
        return {}

    async def async_step_paste(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show where to sign in, and take the address at which the browser ended."""
        implementation = AnyImplementation(self.flow_impl).own
        if implementation is None or (state := implementation.pasted_state) is None:
            return await self.async_step_credential()
        if user_input is None:
            return await self._async_show_paste(implementation)
        if user_input.get(CONF_WAY, CHOSEN) != CHOSEN:
            return await self.async_step_credential()
        redirect_uri = implementation.redirect_uri
        try:
            callback = parse_callback(
                user_input.get(CONF_CALLBACK, ""),
                server=implementation.at_provider.server,
                redirect_uri=redirect_uri,
                state=state,
            )
        except InvalidCallback as err:
            return await self._async_show_paste(implementation, err)
        self.external_data = {"state": {"redirect_uri": redirect_uri}}
        if callback.error is None:
            self.external_data["code"] = callback.code
            self.external_data["brought"] = callback.brought
            return await self.async_step_creation()
        self.external_data["error"] = callback.error
        self.external_data["description"] = callback.description
        return await self.async_step_authorize_rejected()

    async def _async_show_paste(
        self,
        implementation: ProviderImplementation,
        err: InvalidCallback | None = None,
    ) -> ConfigFlowResult:
        """Show the form, empty, with a new authorization URL: a pushed one works once (RFC 9126)."""
        try:
            url = await implementation.async_generate_authorize_url(self.flow_id)
        except OAuth2Error as push_error:
            return await self._async_sign_in_failed(push_error)
        return self.async_show_form(
            step_id="paste",
            # What was pasted may contain an authorization code, and is not sent back to the browser.
            data_schema=callback_schema(),
            errors=None if err is None else {CONF_CALLBACK: f"callback_{err.reason}"},
            description_placeholders={
                "provider": self._provider.name,
                "service": as_markdown(self._provider.name),
                "authorize_url": as_link(url),
                "redirect_uri": implementation.redirect_uri,
                "found": "" if err is None else err.issuer,
                "issuer": implementation.at_provider.server.issuer or "",
            },
        )
