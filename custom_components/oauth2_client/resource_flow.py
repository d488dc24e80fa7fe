"""The subentry flow of a resource: its request, the live answer, its values."""

from collections.abc import Mapping
from typing import Any, Final

import voluptuous as vol

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.components.sensor.const import (
    AMBIGUOUS_UNITS,
    DEVICE_CLASS_UNITS,
    NON_NUMERIC_DEVICE_CLASSES,
)
from homeassistant.config_entries import (
    ConfigEntryState,
    ConfigSubentry,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.const import CONF_DEVICE_CLASS, CONF_NAME, CONF_PATH, CONF_URL
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    ObjectSelector,
    ObjectSelectorConfig,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)
from homeassistant.util.enum import try_parse_enum

from .account import Account, OAuth2ClientConfigEntry
from .coordinator import async_fetch_document
from .document import MISSING, InvalidPath, UnreadableDocument, compile_path
from .errors import message_key, message_placeholders
from .oauth2 import OAuth2Error, RefusedByPolicy
from .resource import (
    CONF_INTERVAL,
    CONF_UNIT,
    CONF_VALUES,
    DEFAULT_INTERVAL,
    MIN_INTERVAL,
    ApiRefused,
    InvalidResource,
    Resource,
    Value,
    keep_keys,
    read_values,
    refusal_key,
)

_BASE: Final = "base"
# Seconds that a person waits for an API before the form tells them that it does not answer.
_FETCH_TIMEOUT: Final = 15.0
_MAX_INTERVAL: Final = 7 * 24 * 3600


class FormError(Exception):
    """A mistake in a form: the field it is shown at, and the key of its message."""

    def __init__(self, field: str, key: str, **placeholders: str) -> None:
        super().__init__(key)
        self.field = field
        self.key = key
        self.placeholders = placeholders


class ResourceSubentryFlow(ConfigSubentryFlow):
    """Adds a resource to an account, or changes one."""

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
                await self._async_prove(account, resource, previous)
            except FormError as err:
                mistake = err
            else:
                return self._finish(entry, subentry, resource)
        return self._show(step_id, account, user_input or _form(previous), mistake)

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


def resource_schema() -> vol.Schema:
    """Return the form of a resource."""
    interval = NumberSelectorConfig(
        min=1,
        max=_MAX_INTERVAL,
        step=1,
        unit_of_measurement="s",
        mode=NumberSelectorMode.BOX,
    )
    return vol.Schema(
        {
            vol.Required(CONF_NAME): TextSelector(),
            vol.Required(CONF_URL): TextSelector(),
            vol.Required(CONF_INTERVAL, default=DEFAULT_INTERVAL): NumberSelector(
                interval
            ),
            vol.Required(CONF_VALUES): _values_selector(),
        }
    )


def _values_selector() -> ObjectSelector:
    units = {
        str(unit) for units in DEVICE_CLASS_UNITS.values() for unit in units if unit
    }
    # An enumeration needs its options, which one answer does not tell.
    classes = [
        item.value for item in SensorDeviceClass if item is not SensorDeviceClass.ENUM
    ]
    return ObjectSelector(
        ObjectSelectorConfig(
            multiple=True,
            label_field=CONF_NAME,
            description_field=CONF_PATH,
            translation_key=CONF_VALUES,
            fields={
                CONF_NAME: {"required": True, "selector": TextSelector()},
                CONF_PATH: {"required": True, "selector": TextSelector()},
                CONF_UNIT: {
                    "selector": SelectSelector(
                        SelectSelectorConfig(
                            options=sorted(units),
                            custom_value=True,
                            mode=SelectSelectorMode.DROPDOWN,
                        )
                    )
                },
                CONF_DEVICE_CLASS: {
                    "selector": SelectSelector(
                        SelectSelectorConfig(
                            options=classes,
                            mode=SelectSelectorMode.DROPDOWN,
                            translation_key=CONF_DEVICE_CLASS,
                            sort=True,
                        )
                    )
                },
            },
        )
    )


def resource_from_form(form: Mapping[str, Any], previous: Resource | None) -> Resource:
    """Return the resource of a filled-in form; values known from before keep their keys.

    Raises FormError for the first mistake that shows without asking the API.
    """
    if not (name := form[CONF_NAME].strip()):
        raise FormError(CONF_NAME, "name_missing")
    if form[CONF_INTERVAL] < MIN_INTERVAL:
        raise FormError(CONF_INTERVAL, "interval_too_short")
    if not form[CONF_VALUES]:
        raise FormError(CONF_VALUES, "no_values")
    values = [_value_from_form(item) for item in form[CONF_VALUES]]
    return Resource(
        name=name,
        url=form[CONF_URL].strip(),
        interval=int(form[CONF_INTERVAL]),
        values=keep_keys(values, () if previous is None else previous.values),
    )


def _value_from_form(item: Mapping[str, Any]) -> Value:
    name, text = item[CONF_NAME].strip(), item[CONF_PATH].strip()
    if not name or not text:
        raise FormError(CONF_VALUES, "value_incomplete")
    try:
        path = compile_path(text)
    except InvalidPath as err:
        raise FormError(
            CONF_VALUES, "invalid_path", path=text, position=str(err.position)
        ) from err
    unit = item.get(CONF_UNIT, "").strip()
    value = Value(
        key="",
        name=name,
        path=path,
        unit=AMBIGUOUS_UNITS.get(unit, unit) or None,
        device_class=item.get(CONF_DEVICE_CLASS) or None,
    )
    _check_unit(value)
    return value


def _check_unit(value: Value) -> None:
    """Raise FormError where a unit and a device class contradict each other."""
    device_class = try_parse_enum(SensorDeviceClass, value.device_class)
    if device_class is None:
        return
    told = {
        "value": value.name,
        "device_class": device_class.value,
        "unit": value.unit or "–",
    }
    if device_class in NON_NUMERIC_DEVICE_CLASSES:
        if value.unit:
            raise FormError(CONF_VALUES, "unit_not_allowed", **told)
        return
    units = DEVICE_CLASS_UNITS.get(device_class)
    if units is not None and value.unit not in units:
        known = ", ".join(sorted(str(unit) if unit else "–" for unit in units))
        raise FormError(CONF_VALUES, "unit_mismatch", units=known, **told)


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


def _form(resource: Resource | None) -> dict[str, Any]:
    """Return the answers that would make this resource."""
    if resource is None:
        return {}
    shown = (CONF_NAME, CONF_PATH, CONF_UNIT, CONF_DEVICE_CLASS)
    return {
        CONF_NAME: resource.name,
        CONF_URL: resource.url,
        CONF_INTERVAL: resource.interval,
        CONF_VALUES: [
            {
                field: text
                for field, text in value.as_dict().items()
                if text and field in shown
            }
            for value in resource.values
        ],
    }
