"""The steps in which a person changes, removes, shares and pastes services of the home's own."""

from collections.abc import Mapping
from typing import Any, Final, override

from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigFlowResult
from homeassistant.const import CONF_NAME

from ...catalogue import USER_CATEGORY, Provider, Summary, parse_provider
from ...definitions.account import CONF_PROVIDER
from ...errors import as_markdown
from ...health.issues import async_look_for_providers
from ...providers.listing import async_summaries
from ...providers.store import async_get_provider_store
from ...providers.users import async_accounts_of, async_unused
from ..placing import placed
from ..provider_steps import ProviderSteps
from .changing import async_change, async_remove
from .described import async_described_own
from .exchange import (
    CONF_DEFINITION,
    InvalidDefinition,
    definition_schema,
    read_definition,
    shared_definition,
)
from .form import CHOSEN, CONF_WAY, OWN_SERVICE, OWN_SERVICES, own_services_schema
from .manual_provider import (
    MANUAL_EXAMPLES,
    change_schema,
    check_form,
    issuer_from_form,
)
from .search import service_named
from .stored_form import (
    addresses,
    beside_the_form,
    fits_form,
    form_from_provider,
    named_hosts,
    published_before,
)

ACCOUNT: Final = "account"


class OwnServiceSteps(ProviderSteps):
    """Changes, removes and shares the services that were entered, found or pasted."""

    # The service that was chosen.
    _own: Provider
    # The service whose changed form is being read.
    _changed: Provider | None = None

    async def async_step_own_services(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose what to do with services of one's own."""
        store = await async_get_provider_store(self.hass)
        options = ["import_service", "user"]
        if store.own_names():
            options.insert(0, "choose_own")
        return self.async_show_menu(step_id=OWN_SERVICES, menu_options=options)

    async def async_step_choose_own(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose a service of one's own."""
        store = await async_get_provider_store(self.hass)
        errors: dict[str, str] = {}
        own = store.own_names()
        if user_input is None and len(own) == 1:
            return await self._async_show_own(next(iter(own)))
        if user_input is not None:
            if user_input.get(CONF_WAY, CHOSEN) != CHOSEN:
                return await self.async_step_own_services()
            if store.is_own(chosen := user_input.get(CONF_PROVIDER, "")):
                return await self._async_show_own(chosen)
            errors[CONF_PROVIDER] = "service_missing"
        return self.async_show_form(
            step_id="choose_own",
            data_schema=own_services_schema(own),
            errors=errors,
        )

    async def _async_show_own(
        self, provider_id: str, step_id: str = OWN_SERVICE
    ) -> ConfigFlowResult:
        """Show a service: its addresses, its accounts, and what can be done with it."""
        store = await async_get_provider_store(self.hass)
        self._own = await store.async_provider(provider_id)
        options = ["connect_own", "change_service", "export_service", "remove_service"]
        if self.source == SOURCE_RECONFIGURE:
            options = [ACCOUNT, "change_service", "export_service"]
        elif step_id == OWN_SERVICE:
            options.append(OWN_SERVICES)
        else:
            options = ["connect_own", OWN_SERVICE]
        return self.async_show_menu(
            step_id=step_id,
            menu_options=options,
            description_placeholders=await async_described_own(self.hass, self._own),
        )

    async def async_step_own_service(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show the service that was chosen."""
        return await self._async_show_own(self._own.id)

    async def async_step_connect_own(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Connect an account of the service that was chosen."""
        return await self._async_use_service(self._own.id)

    async def async_step_change_service(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Change what was entered of a service."""
        own = self._own
        if not fits_form(own):
            return await self.async_step_export_service()
        if user_input is None:
            return await self._async_show_change(form_from_provider(own), {})
        if errors := check_form(user_input, await self._async_others(own.id)):
            return await self._async_show_change(user_input, errors)
        # What is not changed is not probed.
        self._found, self._published = None, addresses(own)
        self._named_hosts, self._changed = named_hosts(own), own
        raw, errors, named = await self._async_read(user_input)
        self._changed = None
        if raw is None:
            return await self._async_show_change(user_input, errors, named)
        return await self._async_change({**beside_the_form(own), **raw})

    @override
    async def _async_published(
        self, form: Mapping[str, Any], raw: Mapping[str, Any]
    ) -> dict[str, Any]:
        if self._changed is not None:
            known = published_before(self._changed, raw, issuer_from_form(form))
            if known is not None:
                return known
        return await super()._async_published(form, raw)

    async def _async_change(self, raw: Mapping[str, Any]) -> ConfigFlowResult:
        """Store a changed service, in the catalogue's shape without an id."""
        own = self._own
        after = parse_provider({**raw, "id": own.id}, category=USER_CATEGORY)
        if after == own:
            return await self.async_step_own_service()
        await async_change(self.hass, own, after)
        return await self.async_step_service_changed()

    async def _async_show_change(
        self,
        form: Mapping[str, Any],
        errors: dict[str, str],
        named: Mapping[str, str] | None = None,
    ) -> ConfigFlowResult:
        schema, shown = placed(change_schema(), errors)
        return self.async_show_form(
            step_id="change_service",
            data_schema=self.add_suggested_values_to_schema(schema, form),
            description_placeholders={
                **MANUAL_EXAMPLES,
                **await async_described_own(self.hass, self._own),
                **(named or {}),
            },
            errors=shown,
        )

    async def async_step_service_changed(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show a service that was just changed."""
        return await self._async_show_own(self._own.id, "service_changed")

    async def async_step_service_imported(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show a service that was just pasted."""
        return await self._async_show_own(self._own.id, "service_imported")

    async def async_step_export_service(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show a service as JSON, to be copied or changed."""
        shown = shared_definition(self._own)
        if user_input is None:
            return await self._async_show_definition("export_service", shown)
        typed = user_input.get(CONF_DEFINITION, "").strip()
        if typed in ("", shown):
            return await self.async_step_own_service()
        try:
            raw = read_definition(typed, before=self._own)
            await self._async_check_name(raw, await self._async_others(self._own.id))
        except InvalidDefinition as err:
            return await self._async_show_definition("export_service", typed, err)
        return await self._async_change(raw)

    async def async_step_import_service(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Take a service that somebody shared as JSON."""
        if user_input is None:
            return await self._async_show_definition("import_service", "")
        typed = user_input.get(CONF_DEFINITION, "").strip()
        if not typed:
            return await self.async_step_own_services()
        store = await async_get_provider_store(self.hass)
        free = async_unused(self.hass, store)
        try:
            raw = read_definition(typed)
            await self._async_check_name(raw, await self._async_others(*free))
        except InvalidDefinition as err:
            return await self._async_show_definition("import_service", typed, err)
        provider = store.draft_provider(raw, free=free)
        await store.async_change_provider(provider)
        # It may be a provider that accounts are missing.
        await async_look_for_providers(self.hass)
        return await self._async_show_own(provider.id, "service_imported")

    async def _async_others(self, *own: str) -> list[Summary]:
        """Return all services but some, by their ids: the names that are taken."""
        store = await async_get_provider_store(self.hass)
        return [
            each
            for each in await async_summaries(self.hass, store)
            if each.id not in own
        ]

    async def _async_check_name(
        self, raw: Mapping[str, Any], others: list[Summary]
    ) -> None:
        """Raise InvalidDefinition where the name of a service is taken."""
        if service_named(others, raw[CONF_NAME]) is not None:
            raise InvalidDefinition("name_taken", raw[CONF_NAME])

    async def _async_show_definition(
        self, step_id: str, text: str, err: InvalidDefinition | None = None
    ) -> ConfigFlowResult:
        described = {"place": "" if err is None else err.place}
        if step_id == "export_service":
            described |= await async_described_own(self.hass, self._own)
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(
                definition_schema(), {CONF_DEFINITION: text}
            ),
            description_placeholders=described,
            errors=None if err is None else {CONF_DEFINITION: err.key},
        )

    async def async_step_remove_service(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask whether a service is to be removed, or say why it cannot be."""
        store = await async_get_provider_store(self.hass)
        own = self._own
        credentials = len(store.credentials_of(own.id))
        is_used = bool(async_accounts_of(self.hass, own.id))
        return self.async_show_menu(
            step_id="service_in_use" if is_used else "remove_service",
            menu_options=[OWN_SERVICE] if is_used else ["service_removed", OWN_SERVICE],
            description_placeholders=await async_described_own(
                self.hass, own, credentials=credentials
            ),
        )

    async_step_service_in_use = async_step_remove_service

    async def async_step_service_removed(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Remove a service, unless an account was added meanwhile."""
        if async_accounts_of(self.hass, self._own.id):
            return await self.async_step_remove_service()
        await async_remove(self.hass, self._own)
        return self.async_show_menu(
            step_id="service_removed",
            menu_options=[OWN_SERVICES, "user"],
            description_placeholders={"service": as_markdown(self._own.name)},
        )
