"""The steps that find a service by its address, or take one that is entered by hand."""

from abc import abstractmethod
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.const import CONF_NAME
from homeassistant.helpers.config_entry_oauth2_flow import AbstractOAuth2FlowHandler

from ...catalogue import Provider
from ...definitions.account import CONF_SCOPES
from ...errors import as_markdown, message_key, message_placeholders, shown_address
from ...oauth2 import (
    OPENID_SCOPE,
    SIGNING_AUTHENTICATIONS,
    IssuerMismatch,
    OAuth2Error,
    ServerMetadata,
    TemporaryFailure,
)
from ...providers.discovery import async_ask_issuer, async_discover, async_look_above
from ...providers.endpoint_probe import async_probe_authorize_url, async_probe_token_url
from ...providers.entered import AUTHORIZE_PARAMETERS, InvalidEntry, provider_fields
from ...providers.found import Found
from ...providers.listing import (
    async_names_at,
    async_sign_in_parameters_at,
    async_summaries,
)
from ...providers.store import async_get_provider_store
from ...providers.users import async_unused
from ...wire import async_get_transport
from ...wire.host_policy import parse_url
from ..account_form import SECTION_DETAILS
from ..placing import placed
from .form import CONF_ADDRESS, CONF_WAY, DISCOVER, FOUND, MANUAL, discovery_schema
from .manual_provider import (
    CONF_AUTHORIZE_URL,
    CONF_CLIENT_AUTHENTICATION,
    CONF_ISSUER,
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
# Messages by error code. All other codes mean that the published metadata is wrong.
_ISSUER_ERRORS: Final = {
    "nothing_found": "issuer_publishes_nothing",
    "token_url_mismatch": "issuer_of_another",
}


class EntrySteps(AbstractOAuth2FlowHandler):
    """Makes a provider of what a person enters, or of what its server publishes."""

    # The provider without its variables filled in.
    _template: Provider
    # What was typed last: the name of a service, the address to search at, the form by hand.
    _typed_name = ""
    _address = ""
    _form: Mapping[str, Any] | None = None
    # The id of the provider that this flow has made.
    _draft_id: str | None = None
    # The result of the last search.
    _found: Found | None = None
    # The endpoints that a server has published, which are not probed, and the hosts that it named.
    _published: frozenset[str] = frozenset()
    _named_hosts: frozenset[str] = frozenset()
    # The last form whose endpoints were probed.
    _probed_form: Mapping[str, Any] | None = None

    @abstractmethod
    async def _async_complete_provider(
        self, answers: dict[str, str]
    ) -> ConfigFlowResult:
        """Go on to the credential. Raises InvalidVariable and RefusedByPolicy."""

    async def _async_go(self, way: str) -> ConfigFlowResult:
        """Go to another step."""
        step: ConfigFlowResult = await getattr(self, f"async_step_{way}")()
        return step

    async def async_step_discover(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Find a provider by an address, and show what was found."""
        if user_input is None:
            return self._show_discover()
        self._address = address = user_input.get(CONF_ADDRESS, "").strip()
        if (way := user_input.get(CONF_WAY, DISCOVER)) != DISCOVER:
            return await self._async_go(way)
        if not address:
            return self._show_discover("address_missing")
        try:
            found = await async_discover(async_get_transport(self.hass), address)
        except IssuerMismatch as err:
            if err.is_variant and err.metadata is not None:
                return await self._async_offer_by_hand(err, err.metadata)
            return self._show_discover(message_key(err), _issuers(err))
        except OAuth2Error as err:
            return self._show_discover(message_key(err), message_placeholders(err))
        if found is None:
            return self._show_discover("nothing_found")
        return await self._async_show_found(found, typed_scheme="://" in address)

    def _show_discover(
        self,
        error: str | None = None,
        placeholders: Mapping[str, str] = MappingProxyType({}),
    ) -> ConfigFlowResult:
        return self.async_show_form(
            step_id="discover",
            data_schema=self.add_suggested_values_to_schema(
                discovery_schema(), {CONF_ADDRESS: self._address}
            ),
            description_placeholders={
                **DISCOVERY_EXAMPLES,
                "address": self._address,
                **placeholders,
            },
            errors={} if error is None else {CONF_ADDRESS: error},
        )

    async def _async_show_found(
        self, found: Found, *, typed_scheme: bool
    ) -> ConfigFlowResult:
        """Show what was found. Warn of plain http, which a person who typed no scheme did not choose."""
        self._found, self._published = found, found.addresses()
        self._named_hosts = found.hosts()
        warns = not typed_scheme and is_plain_http(found)
        errors = {"base": "found_with_http"} if warns else {}
        parameters = await async_sign_in_parameters_at(
            self.hass, found.metadata.authorize_url or ""
        )
        return self._show_manual(form_from_found(found, parameters), errors)

    async def _async_offer_by_hand(
        self, err: IssuerMismatch, metadata: ServerMetadata
    ) -> ConfigFlowResult:
        """Fill in the form from metadata of another issuer, for the person to confirm.

        Only what the form shows is used of it, since nothing proves that the issuer is the right one.
        """
        unproven = Found(metadata=metadata)
        self._found, self._published = None, unproven.addresses()
        self._named_hosts = unproven.hosts()
        known = await async_names_at(
            self.hass, parse_url(metadata.token_url).host or ""
        )
        return self._show_manual(
            form_from_found(unproven, {}),
            {"base": "issuer_differs_known" if known else "issuer_differs"},
            {**_issuers(err), "known": ", ".join(known)},
        )

    async def async_step_manual(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Enter a provider's endpoints by hand."""
        if user_input is None:
            self._found = None
            return self._show_manual(self._form or {CONF_NAME: self._typed_name}, {})
        self._form = user_input
        this_step = MANUAL if self._found is None else FOUND
        if (way := user_input.get(CONF_WAY, this_step)) != this_step:
            return await self._async_go(way)
        store = await async_get_provider_store(self.hass)
        summaries = await async_summaries(self.hass, store)
        unused = async_unused(self.hass, store)
        taken = [summary for summary in summaries if summary.id not in unused]
        if errors := check_form(user_input, taken):
            return self._show_manual(user_input, errors)
        raw, errors, placeholders = await self._async_read_form(user_input)
        if raw is None:
            return self._show_manual(user_input, errors, placeholders)
        self._template = store.draft_provider(raw, free={*unused, self._draft_id or ""})
        self._draft_id = self._template.id
        return await self._async_complete_provider({})

    async def async_step_found(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Confirm or correct what was found."""
        return await self.async_step_manual(user_input)

    async def _async_read_form(
        self, form: Mapping[str, Any]
    ) -> tuple[dict[str, Any] | None, dict[str, str], Mapping[str, str]]:
        """Return the provider of a checked form, in the catalogue's format and without an id.

        Where there are errors, None in its place, then the errors by field and their placeholders.
        """
        try:
            entered = provider_fields(form[SECTION_DETAILS])
        except InvalidEntry as err:
            return None, {SECTION_DETAILS: err.key}, {"entry": err.entry}
        errors, placeholders = await self._async_probe(form)
        if errors:
            return None, errors, placeholders
        raw = {**provider_from_form(form, self._named_hosts), **entered}
        if self._found is None:
            # The form of what was found shows them already.
            known = await async_sign_in_parameters_at(
                self.hass, raw.get(CONF_AUTHORIZE_URL, "")
            )
            if known:
                typed = entered.get(AUTHORIZE_PARAMETERS, {})
                raw[AUTHORIZE_PARAMETERS] = {**known, **typed}
        try:
            published = await self._async_published(form, raw)
        except OAuth2Error as err:
            key = _ISSUER_ERRORS.get(err.code, "issuer_wrong")
            if isinstance(err, TemporaryFailure):
                key = "issuer_unreachable"
            return None, {CONF_ISSUER: key}, {"entry": issuer_from_form(form)}
        return {**published, **raw}, {}, {}

    async def _async_published(
        self, form: Mapping[str, Any], raw: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return what a server publishes that the form has no fields for.

        Raises OAuth2Error where the metadata of the entered issuer cannot be fetched, or is wrong.
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
        placeholders: Mapping[str, str] = MappingProxyType({}),
    ) -> ConfigFlowResult:
        found = self._found
        schema, shown = placed(manual_schema(found), errors)
        return self.async_show_form(
            step_id="manual" if found is None else "found",
            data_schema=self.add_suggested_values_to_schema(schema, form),
            description_placeholders={
                **MANUAL_EXAMPLES,
                "offered": "" if found is None else as_markdown(found.offered()),
                **placeholders,
            },
            errors=shown or {},
        )

    async def _async_probe(
        self, form: Mapping[str, Any]
    ) -> tuple[dict[str, str], dict[str, str]]:
        """Probe the endpoints, unless the person submits the same form again, and so insists on it.

        Return the errors by field, and their placeholders. What the server itself has published is not
        probed: some servers count each request, or answer 200 to anything.
        """
        if form == self._probed_form:
            return {}, {}
        self._probed_form = form
        transport = async_get_transport(self.hass)
        errors, target, addresses = {}, "", []
        for field, probe in _PROBES.items():
            typed = form.get(field, "").strip()
            if not typed or (url := str(parse_url(typed))) in self._published:
                continue
            if (problem := await probe(transport, url)) is not None:
                errors[field] = problem.message
                target = problem.target or target
                addresses.append(shown_address(url))
        return errors, {"target": target, "address": ", ".join(addresses)}


def _issuers(err: IssuerMismatch) -> dict[str, str]:
    """Return the two issuers that do not match, as placeholders of a message."""
    return {"stated": err.stated or "…", "asked": err.asked}
