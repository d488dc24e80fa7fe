"""The links in forms: to add another integration, and to report how a service works."""

from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.loader import IntegrationNotFound, async_get_integration

from ...const import DOMAIN
from ...errors import as_markdown

# The integration to use with a personal access token, which needs no OAuth2.
REST: Final = "rest"
_ADD_PATH: Final = "/config/integrations/dashboard/add?domain="
# The tracker's form for a report, with the service's id filled in.
_REPORT_PATH: Final = "/new?template=known_service.yml&service="


async def async_link_to(hass: HomeAssistant, domain: str) -> str | None:
    """Return a Markdown link to add an integration, None where Home Assistant does not have it.

    For an integration that is set up in YAML, it is a link to the documentation.
    """
    try:
        integration = await async_get_integration(hass, domain)
    except IntegrationNotFound:
        return None
    url = (
        f"{_ADD_PATH}{domain}" if integration.config_flow else integration.documentation
    )
    name = as_markdown(integration.name)
    return f"[{name}]({url})" if url else name


async def async_report_url(hass: HomeAssistant, provider_id: str) -> str:
    """Return the URL of the form to report how a service of the catalogue works."""
    tracker = (await async_get_integration(hass, DOMAIN)).issue_tracker
    return f"{tracker}{_REPORT_PATH}{provider_id}"
