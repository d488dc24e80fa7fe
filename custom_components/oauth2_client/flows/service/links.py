"""Where forms lead to: another integration of Home Assistant, and the report on a service."""

from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.loader import IntegrationNotFound, async_get_integration

from ...const import DOMAIN
from ...errors import as_markdown

# The integration that takes a token as it is.
REST: Final = "rest"
_ADD: Final = "/config/integrations/dashboard/add?domain="
# The issue form, whose field for the service's id is filled in.
_REPORT: Final = "/new?template=known_service.yml&service="


async def async_link_to(hass: HomeAssistant, domain: str) -> str | None:
    """Return a Markdown link to add an integration, None where Home Assistant does not have it.

    It leads to the documentation of one that is set up in YAML.
    """
    try:
        integration = await async_get_integration(hass, domain)
    except IntegrationNotFound:
        return None
    url = f"{_ADD}{domain}" if integration.config_flow else integration.documentation
    name = as_markdown(integration.name)
    return f"[{name}]({url})" if url else name


async def async_report_url(hass: HomeAssistant, provider_id: str) -> str:
    """Return the address of the form to report how a service of the catalogue works."""
    tracker = (await async_get_integration(hass, DOMAIN)).issue_tracker
    return f"{tracker}{_REPORT}{provider_id}"
