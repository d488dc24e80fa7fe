"""The redirect URIs of this Home Assistant, one of which the user registers at the provider."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import http
from homeassistant.helpers.config_entry_oauth2_flow import (
    AUTH_CALLBACK_PATH,
    HEADER_FRONTEND_BASE,
    MY_AUTH_CALLBACK_PATH,
    async_get_redirect_uri,
)
from homeassistant.helpers.network import NoURLAvailableError, get_url

# Native clients are often registered with it (RFC 8252, 7.3).
NATIVE_REDIRECT_URI: Final = "http://localhost"
# Shown where Home Assistant does not know its address.
UNKNOWN_REDIRECT_URI: Final = f"https://<HOME_ASSISTANT>{AUTH_CALLBACK_PATH}"
_MY: Final = "my"
# How `get_url` is asked for the external and for the internal URL.
_URLS: Final[tuple[dict[str, Any], ...]] = (
    {"allow_internal": False, "prefer_external": True},
    {"allow_external": False, "allow_cloud": False},
)


@callback
def async_redirect_uris(hass: HomeAssistant) -> list[str]:
    """Return the redirect URIs that lead back to this Home Assistant, the usual one first.

    The others are My Home Assistant, the address that the browser uses now, and the external and
    the internal URL of this Home Assistant, as far as they are set. None may be known.
    """
    usual = _usual_redirect_uri(hass)
    return list(dict.fromkeys([*([] if usual is None else [usual]), *_others(hass)]))


def as_markdown_list(texts: Iterable[str]) -> str:
    """Return texts as a Markdown list that shows them letter by letter, to be copied."""
    return "\n".join(f"- `{text}`" for text in texts)


def _usual_redirect_uri(hass: HomeAssistant) -> str | None:
    """Return the redirect URI of a sign-in for which no other one was chosen."""
    try:
        return async_get_redirect_uri(hass)
    except RuntimeError:
        # Outside of a request of the frontend, as in Home Assistant's own credentials dialog.
        pass
    try:
        return f"{get_url(hass, prefer_external=True)}{AUTH_CALLBACK_PATH}"
    except NoURLAvailableError:
        return None


def _others(hass: HomeAssistant) -> Iterator[str]:
    if _MY in hass.config.components:
        yield MY_AUTH_CALLBACK_PATH
    request = http.current_request.get()
    if request is not None and (base := request.headers.get(HEADER_FRONTEND_BASE)):
        yield f"{base}{AUTH_CALLBACK_PATH}"
    for wanted in _URLS:
        try:
            yield f"{get_url(hass, **wanted)}{AUTH_CALLBACK_PATH}"
        except NoURLAvailableError:
            continue
