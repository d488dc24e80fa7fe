"""The subentry flow of a resource: its request, the live answer, its values."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from homeassistant.config_entries import (
    ConfigEntryState,
    ConfigSubentry,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.const import CONF_URL

from .account import Account, OAuth2ClientConfigEntry
from .coordinator import async_fetch_document
from .document import MISSING, Leaf, UnreadableDocument, leaves
from .errors import message_key, message_placeholders
from .oauth2 import OAuth2Error, RefusedByPolicy
from .resource import (
    CONF_VALUES,
    MIN_INTERVAL,
    ApiRefused,
    InvalidResource,
    Resource,
    keep_keys,
    read_values,
    refusal_key,
)
from .resource_form import (
    CONF_PICKED,
    FormError,
    form_of,
    pick_schema,
    resource_from_form,
    resource_schema,
    values_of,
)

_BASE: Final = "base"
# Seconds that a person waits for an API before the form tells them that it does not answer.
_FETCH_TIMEOUT: Final = 15.0


class ResourceSubentryFlow(ConfigSubentryFlow):
    """Adds a resource to an account, or changes one."""

    # What `pick` goes on with.
    _resource: Resource
    _previous: Resource | None
    _subentry: ConfigSubentry | None
    _leaves: list[Leaf]

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Add a resource."""
        return await self._async_edit("user", user_input, None)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change a resource."""
        return await self._async_edit(
            "reconfigure", user_input, self._get_reconfigure_subentry()
        )

    async def async_step_pick(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Tick the values that are wanted, in the live answer."""
        errors = {}
        if user_input is not None:
            picked = user_input.get(CONF_PICKED, [])
            if values := values_of(self._leaves, picked):
                previous = () if self._previous is None else self._previous.values
                resource = replace(self._resource, values=keep_keys(values, previous))
                return self._finish(self._get_entry(), self._subentry, resource)
            errors[CONF_PICKED] = "no_values"
        return self.async_show_form(
            step_id="pick",
            data_schema=pick_schema(self._leaves),
            errors=errors,
            description_placeholders={"resource": self._resource.name},
            last_step=True,
        )

    async def _async_edit(
        self,
        step_id: str,
        user_input: dict[str, Any] | None,
        subentry: ConfigSubentry | None,
    ) -> SubentryFlowResult:
        entry: OAuth2ClientConfigEntry = self._get_entry()
        if entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="entry_not_loaded")
        account = entry.runtime_data
        previous = None if subentry is None else _readable(subentry)
        mistake: FormError | None = None
        if user_input is not None:
            try:
                resource = resource_from_form(user_input, previous)
                check_request(account, resource)
                if not resource.values:
                    self._leaves = await self._async_leaves(account, resource)
                else:
                    await self._async_prove(account, resource, previous)
            except FormError as err:
                mistake = err
            else:
                if resource.values:
                    return self._finish(entry, subentry, resource)
                self._resource = resource
                self._previous, self._subentry = previous, subentry
                return await self.async_step_pick()
        return self._show(step_id, account, user_input or form_of(previous), mistake)

    async def _async_prove(
        self, account: Account, resource: Resource, previous: Resource | None
    ) -> None:
        """Fetch once, and find each value: raises FormError.

        What has been proven before is not asked for again: names and intervals can be changed
        while an API is down.
        """
        if previous is not None and _is_proven(resource, previous):
            return
        check_values(resource, await self._async_fetch(account, resource))

    async def _async_leaves(self, account: Account, resource: Resource) -> list[Leaf]:
        """Return the values of the live answer. Raises FormError where it has none."""
        if not (found := leaves(await self._async_fetch(account, resource))):
            raise FormError(CONF_URL, "nothing_to_pick")
        return found

    async def _async_fetch(self, account: Account, resource: Resource) -> object:
        """Return the live document. Raises FormError."""
        try:
            return await async_fetch_document(
                self.hass, account, resource.url, timeout=_FETCH_TIMEOUT
            )
        except RefusedByPolicy as err:
            raise FormError(
                CONF_URL, message_key(err), **message_placeholders(err)
            ) from err
        except OAuth2Error as err:
            raise FormError(
                _BASE, message_key(err), **message_placeholders(err)
            ) from err
        except ApiRefused as err:
            raise FormError(
                CONF_URL, refusal_key(err.status), status=str(err.status)
            ) from err
        except UnreadableDocument as err:
            raise FormError(CONF_URL, "answer_unreadable") from err

    def _finish(
        self,
        entry: OAuth2ClientConfigEntry,
        subentry: ConfigSubentry | None,
        resource: Resource,
    ) -> SubentryFlowResult:
        """Store the resource; the entry's listener reloads it."""
        if subentry is None:
            return self.async_create_entry(title=resource.name, data=resource.as_dict())
        return self.async_update_and_abort(
            entry, subentry, title=resource.name, data=resource.as_dict()
        )

    def _show(
        self,
        step_id: str,
        account: Account,
        answers: Mapping[str, Any],
        mistake: FormError | None,
    ) -> SubentryFlowResult:
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(resource_schema(), answers),
            errors={} if mistake is None else {mistake.field: mistake.key},
            description_placeholders={
                "account": account.title,
                "api_base_url": account.provider.api_base_url or "https://…",
                "min_interval": str(MIN_INTERVAL),
                **({} if mistake is None else mistake.placeholders),
            },
        )


def check_request(account: Account, resource: Resource) -> None:
    """Raise FormError when the account may not send this request."""
    try:
        account.resolve_url(resource.url)
    except RefusedByPolicy as err:
        raise FormError(
            CONF_URL, message_key(err), **message_placeholders(err)
        ) from err


def check_values(resource: Resource, document: object) -> None:
    """Raise FormError when a value is not in the document."""
    found = read_values(resource, document)
    missing = [
        value.path.text for value in resource.values if found[value.key] is MISSING
    ]
    if missing:
        raise FormError(CONF_VALUES, "path_not_found", path=", ".join(missing))


def _is_proven(resource: Resource, previous: Resource) -> bool:
    proven = {value.path.text for value in previous.values}
    return resource.url == previous.url and proven.issuperset(
        value.path.text for value in resource.values
    )


def _readable(subentry: ConfigSubentry) -> Resource | None:
    """Return the resource that is changed; None where nothing of it can be kept."""
    try:
        return Resource.from_subentry(subentry)
    except InvalidResource:
        return None
