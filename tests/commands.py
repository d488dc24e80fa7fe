"""Adds commands as a person does, and sends them."""

from typing import Any, Final

from custom_components.oauth2_client.const import DOMAIN
from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from .resources import SubentryFlow

REQUEST: Final[dict[str, Any]] = {
    "method": "POST",
    "query": {"room": "{{ room | default('hall') }}"},
    "headers": {"X-Mode": "{{ mode | default('auto') }}"},
    "body": '{"level": {{ level | default(1) }}}',
}
LAMP: Final = "button.sandbox_lamp"


async def add_command(
    hass: HomeAssistant,
    entry: ConfigEntry,
    *,
    name: str = "Lamp",
    url: str = "/echo/{{ lamp | default('all') }}",
    **request: Any,
) -> ConfigSubentry:
    """Add a command, one whose every text is a template unless another is asked for."""
    known = set(entry.subentries)
    flow = SubentryFlow(hass, entry, "command")
    await flow.start()
    result = await flow.submit(name=name, url=url, request={**REQUEST, **request})
    assert result["type"] is FlowResultType.CREATE_ENTRY, result
    [added] = set(entry.subentries) - known
    return entry.subentries[added]


async def press(hass: HomeAssistant, entity_id: str = LAMP) -> None:
    """Press a button."""
    await hass.services.async_call(
        "button", "press", {"entity_id": entity_id}, blocking=True
    )


async def send_command(
    hass: HomeAssistant, entity_id: str = LAMP, **variables: Any
) -> Any:
    """Send a command by its action, and return the answer."""
    answers = await hass.services.async_call(
        DOMAIN,
        "send_command",
        {"entity_id": entity_id, "variables": variables},
        blocking=True,
        return_response=True,
    )
    assert answers is not None
    return answers[entity_id]
