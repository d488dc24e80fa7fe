"""What an integration says of itself where credentials are entered."""

import re
from typing import Any

from homeassistant.config_entries import HANDLERS

from ..faults import page
from ..flows import HOME
from ..home import Home
from ..server import GRACE
from ..subject import common_texts
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


@register(
    "flow_texts",
    Severity.SHOULD,
    "What the flow shows has a text in the translations.",
    "Add each step, error and reason of an abort under config of translations/en.json.",
)
async def flow_texts(home: Home) -> None:
    entry = await home.connected()
    await home.flows.run()
    await home.flows.run("reauth", entry=entry)
    if entry.unique_id is not None:
        await home.flows.run("reauth", entry=entry, person=GRACE)
    if hasattr(HANDLERS.get(home.subject.domain), "async_step_reconfigure"):
        await home.flows.run("reconfigure", entry=entry)
    home.server.api_fault = page(503)
    await home.flows.run()
    await home.settle()
    config = home.subject.translations().get("config", {})
    missing = [key for key in home.flows.shown if not _has_text(config, key)]
    require(not missing, f"no text for {', '.join(missing)}")


def _has_text(config: dict[str, Any], key: str) -> bool:
    """Tell whether a step has a title or a description, and anything else its words."""
    kind, _, name = key.partition(".")
    found = config.get(kind, {}).get(name) or _of_home_assistant(kind, name)
    return bool(found)


def _of_home_assistant(kind: str, name: str) -> Any:
    """Return the text that Home Assistant has for all integrations."""
    return common_texts().get("config", {}).get(kind, {}).get(name)


async def _placeholders(home: Home) -> dict[str, Any]:
    platform = home.subject.module("application_credentials")
    ask = getattr(platform, "async_get_description_placeholders", None)
    if ask is None:
        return {}
    return dict(await home.flows.in_browser(ask(home.hass)))
