"""What an integration says of itself where credentials are entered."""

import re
from typing import Any

from ..flows import HOME
from ..home import Home
from ..verdict import Severity, register, require

_PLACEHOLDER = re.compile(r"{(\w+)}")


@register(
    "credentials_listed",
    Severity.MUST,
    "Home Assistant offers the integration where credentials are entered.",
    "Add 'application_credentials' to the dependencies in manifest.json.",
)
async def listed(home: Home) -> None:
    dependencies = home.subject.manifest.get("dependencies", [])
    require("application_credentials" in dependencies, f"dependencies: {dependencies}")


@register(
    "credentials_described",
    Severity.SHOULD,
    "The dialog for credentials says where to get them, with every placeholder filled.",
    "Add application_credentials.description to the translations, and return each of its"
    " placeholders from async_get_description_placeholders.",
)
async def described(home: Home) -> None:
    texts = home.subject.translations().get("application_credentials", {})
    text = texts.get("description", "")
    require(text, "there is no description")
    missing = set(_PLACEHOLDER.findall(text)) - set(await _placeholders(home))
    require(not missing, f"not filled: {', '.join(sorted(missing))}")


@register(
    "redirect_uri_shown",
    Severity.SHOULD,
    "The dialog for credentials shows the redirect URI that is to be registered.",
    "Return async_get_redirect_uri(hass) as a placeholder of async_get_description_placeholders,"
    " and use it in the description; it needs a request or My Home Assistant.",
)
async def redirect_uri(home: Home) -> None:
    texts = home.subject.translations().get("application_credentials", {})
    placeholders = await _placeholders(home)
    text: str = texts.get("description", "")
    for key, value in placeholders.items():
        text = text.replace(f"{{{key}}}", str(value))
    shown = (
        f"{HOME}/auth/external/callback" in text
        or "my.home-assistant.io/redirect/oauth" in text
    )
    require(shown, "no redirect URI in the description")


async def _placeholders(home: Home) -> dict[str, Any]:
    platform = home.subject.module("application_credentials")
    ask = getattr(platform, "async_get_description_placeholders", None)
    if ask is None:
        return {}
    return dict(await home.flows.in_browser(ask(home.hass)))
