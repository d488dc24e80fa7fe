"""The steps that change, remove, export and import the user's own services."""

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
from .described import async_own_service_placeholders
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
    beside_the_form,
    fits_form,
    form_from_provider,
    named_hosts,
    published_before,
    sign_in_endpoints,
)

ACCOUNT: Final = "account"


class OwnServiceSteps(ProviderSteps):
    """Changes, removes, exports and imports the services that were entered, found or pasted."""

    # The service that was chosen.
    _own: Provider
    # The same while its changed form is checked, None at all other times.
    _changing: Provider | None = None

    async def async_step_own_services(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose what to do with the user's own services."""
        store = await async_get_provider_store(self.hass)
        options = ["import_service", "user"]
        if store.own_names():
            options.insert(0, "choose_own")
        return self.async_show_menu(step_id=OWN_SERVICES, menu_options=options)

    async def async_step_choose_own(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Choose one of the user's own services."""
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
        """Show a service, its accounts, and a menu of what can be done with it."""
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
            description_placeholders=await async_own_service_placeholders(
                self.hass, self._own
            ),
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
        """Change a service in the form that it was entered in, or as JSON where that does not fit."""
        own = self._own
        if not fits_form(own):
            return await self.async_step_export_service()
        if user_input is None:
            return await self._async_show_change(form_from_provider(own), {})
        if errors := check_form(user_input, await self._async_others(own.id)):
            return await self._async_show_change(user_input, errors)
        # Endpoints that stay as they are were probed before.
        self._found, self._published = None, sign_in_endpoints(own)
        self._named_hosts, self._changing = named_hosts(own), own
        raw, errors, placeholders = await self._async_read_form(user_input)
        self._changing = None
        if raw is None:
            return await self._async_show_change(user_input, errors, placeholders)
        return await self._async_change({**beside_the_form(own), **raw})

    @override
    async def _async_published(
        self, form: Mapping[str, Any], raw: Mapping[str, Any]
    ) -> dict[str, Any]:
        if self._changing is not None:
            known = published_before(self._changing, raw, issuer_from_form(form))
            if known is not None:
                return known
        return await super()._async_published(form, raw)

    async def _async_change(self, raw: Mapping[str, Any]) -> ConfigFlowResult:
        """Store a changed service, given in the catalogue's format without an id."""
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
        placeholders: Mapping[str, str] | None = None,
    ) -> ConfigFlowResult:
        schema, shown = placed(change_schema(), errors)
        return self.async_show_form(
            step_id="change_service",
            data_schema=self.add_suggested_values_to_schema(schema, form),
            description_placeholders={
                **MANUAL_EXAMPLES,
                **await async_own_service_placeholders(self.hass, self._own),
                **(placeholders or {}),
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
        """Show a service that was just imported."""
        return await self._async_show_own(self._own.id, "service_imported")

    async def async_step_export_service(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show a service as JSON, to be copied or changed."""
        definition = shared_definition(self._own)
        if user_input is None:
            return await self._async_show_definition("export_service", definition)
        typed = user_input.get(CONF_DEFINITION, "").strip()
        if typed in ("", definition):
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
        unused = async_unused(self.hass, store)
        try:
            raw = read_definition(typed)
            await self._async_check_name(raw, await self._async_others(*unused))
        except InvalidDefinition as err:
            return await self._async_show_definition("import_service", typed, err)
        provider = store.draft_provider(raw, free=unused)
        await store.async_change_provider(provider)
        # Accounts may have missed this provider.
        await async_look_for_providers(self.hass)
        return await self._async_show_own(provider.id, "service_imported")

    async def _async_others(self, *ids: str) -> list[Summary]:
        """Return all services but those with these ids. Their names are taken."""
        store = await async_get_provider_store(self.hass)
        return [
            each
            for each in await async_summaries(self.hass, store)
            if each.id not in ids
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
        placeholders = {"place": "" if err is None else err.place}
        if step_id == "export_service":
            placeholders |= await async_own_service_placeholders(self.hass, self._own)
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(
                definition_schema(), {CONF_DEFINITION: text}
            ),
            description_placeholders=placeholders,
            errors=None if err is None else {CONF_DEFINITION: err.key},
        )

    async def async_step_remove_service(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask whether to remove a service, or say which accounts use it."""
        store = await async_get_provider_store(self.hass)
        own = self._own
        credentials = len(store.credentials_of(own.id))
        is_used = bool(async_accounts_of(self.hass, own.id))
        return self.async_show_menu(
            step_id="service_in_use" if is_used else "remove_service",
            menu_options=[OWN_SERVICE] if is_used else ["service_removed", OWN_SERVICE],
            description_placeholders=await async_own_service_placeholders(
                self.hass, own, credentials=credentials
            ),
        )

    async_step_service_in_use = async_step_remove_service

    async def async_step_service_removed(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Remove a service, unless an account of it was added in the meantime."""
        if async_accounts_of(self.hass, self._own.id):
            return await self.async_step_remove_service()
        await async_remove(self.hass, self._own)
        return self.async_show_menu(
            step_id="service_removed",
            menu_options=[OWN_SERVICES, "user"],
            description_placeholders={"service": as_markdown(self._own.name)},
        )
