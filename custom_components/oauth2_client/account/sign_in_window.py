"""Makes a new authorization request each time the sign-in window is opened.

A pushed request may be used once (RFC 9126, 2.2), but Home Assistant's form opens the same URL again
when the window was closed. So that URL is a view, which pushes anew and redirects.
"""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
import secrets
from typing import Final, NamedTuple

from aiohttp import web

from homeassistant.core import HomeAssistant, callback
from homeassistant.data_entry_flow import UnknownFlow
from homeassistant.helpers import http
from homeassistant.helpers.config_entry_oauth2_flow import HEADER_FRONTEND_BASE
from homeassistant.helpers.network import NoURLAvailableError, get_url
from homeassistant.helpers.singleton import singleton
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from ..oauth2 import OAuth2Error
from ..wire.clock import async_get_clock

type Push = Callable[[], Awaitable[str]]

_PATH: Final = f"/api/{DOMAIN}/sign_in"
_ID_BYTES: Final = 24
# The form opens the window at once; servers keep a pushed request for at least some seconds.
_FRESH_SECONDS: Final = 5.0
_HEADERS: Final = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
_CLOSE: Final = "<script>window.close()</script>"


class _Opening(NamedTuple):
    flow_id: str
    push: Push
    # The first authorization URL, for a window that is opened at once.
    first: str
    pushed_at: float


async def async_opening_url(hass: HomeAssistant, flow_id: str, push: Push) -> str:
    """Return a URL that leads to a new authorization URL, made by `push`, at each opening.

    `push` is called at once, so that a refusal is shown in the form. Raises what it raises.
    """
    first = await push()
    if (base := _base(hass)) is None:
        return first
    openings = async_get_openings(hass)
    return f"{base}{_PATH}/{openings.add(flow_id, push, first)}"


class OpeningView(http.HomeAssistantView):
    """Redirects the sign-in window. It opens without Home Assistant's own token.

    The id in the URL is random and known to the person who signs in.
    """

    requires_auth = False
    url = f"{_PATH}/{{opening_id}}"
    name = f"api:{DOMAIN}:sign_in"

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self._openings: dict[str, _Opening] = {}

    @callback
    def add(self, flow_id: str, push: Push, first: str) -> str:
        """Keep a sign-in until its flow ends, and return its id."""
        self._openings = {
            key: each
            for key, each in self._openings.items()
            if each.flow_id != flow_id and self._waits(each.flow_id)
        }
        opening_id = secrets.token_urlsafe(_ID_BYTES)
        self._openings[opening_id] = _Opening(
            flow_id, push, first, async_get_clock(self._hass).now()
        )
        return opening_id

    async def get(self, request: web.Request, opening_id: str) -> web.Response:
        """Send the window to the provider."""
        opening = self._openings.get(opening_id)
        if opening is None or not self._waits(opening.flow_id):
            return web.Response(
                text=await self._async_words("sign_in_over"),
                status=HTTPStatus.NOT_FOUND,
                headers=_HEADERS,
            )
        now = async_get_clock(self._hass).now()
        # Used up, also when pushing anew fails.
        self._openings[opening_id] = opening._replace(first="")
        try:
            fresh = opening.first and now - opening.pushed_at < _FRESH_SECONDS
            url = opening.first if fresh else await opening.push()
        except OAuth2Error as err:
            await self._hass.config_entries.flow.async_configure(
                opening.flow_id, {"error": err}
            )
            return web.Response(text=_CLOSE, content_type="text/html", headers=_HEADERS)
        return web.Response(
            status=HTTPStatus.FOUND, headers={**_HEADERS, "Location": url}
        )

    async def _async_words(self, name: str) -> str:
        words = await async_get_translations(
            self._hass, self._hass.config.language, "selector", {DOMAIN}
        )
        return words.get(f"component.{DOMAIN}.selector.window.options.{name}", "")

    def _waits(self, flow_id: str) -> bool:
        """Return whether a flow still waits for its sign-in window."""
        try:
            flow = self._hass.config_entries.flow.async_get(flow_id)
        except UnknownFlow:
            return False
        # While the form is still being made, the flow has no step or that before.
        return flow.get("step_id") in ("auth", None)


@singleton(HassKey[OpeningView](f"{DOMAIN}.openings"))
@callback
def async_get_openings(hass: HomeAssistant) -> OpeningView:
    """Return the view, registered when it is first needed."""
    view = OpeningView(hass)
    hass.http.register_view(view)
    return view


def _base(hass: HomeAssistant) -> str | None:
    """Return the address at which the browser finds Home Assistant, None where none is known."""
    request = http.current_request.get()
    if request is not None and (base := request.headers.get(HEADER_FRONTEND_BASE)):
        return base
    try:
        return get_url(hass)
    except NoURLAvailableError:
        return None
