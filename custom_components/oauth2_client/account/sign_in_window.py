"""Makes a new authorization request each time the sign-in window is opened.

A pushed authorization request may be used once (RFC 9126, 2.2), but Home Assistant's form opens the
same URL again if the user has closed the window. So that URL leads to a view, which pushes a new
request and redirects to the provider.
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
# The form opens the window at once, with the request that was pushed for it. Servers keep a pushed
# request for at least some seconds.
_FIRST_URL_SECONDS: Final = 5.0
_HEADERS: Final = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
_CLOSE_WINDOW: Final = "<script>window.close()</script>"


class _Opening(NamedTuple):
    flow_id: str
    push: Push
    # For a window that is opened at once; empty once it was used.
    first_url: str
    # In seconds of the timer.
    pushed_at: float


async def async_opening_url(hass: HomeAssistant, flow_id: str, push: Push) -> str:
    """Return a URL that leads to a new authorization URL, returned by `push`, whenever it is opened.

    `push` is called at once, so that a refusal is shown in the form. Raises what it raises.
    """
    first_url = await push()
    if (base := _base(hass)) is None:
        return first_url
    openings = async_get_openings(hass)
    return f"{base}{_PATH}/{openings.add(flow_id, push, first_url)}"


class OpeningView(http.HomeAssistantView):
    """Redirects the sign-in window to the provider.

    The window sends no access token of Home Assistant. The id in its URL is random, and only the person
    who signs in knows it.
    """

    requires_auth = False
    url = f"{_PATH}/{{opening_id}}"
    name = f"api:{DOMAIN}:sign_in"

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self._openings: dict[str, _Opening] = {}

    @callback
    def add(self, flow_id: str, push: Push, first_url: str) -> str:
        """Keep a sign-in until its flow ends, and return its id."""
        self._openings = {
            key: opening
            for key, opening in self._openings.items()
            if opening.flow_id != flow_id and self._waits(opening.flow_id)
        }
        opening_id = secrets.token_urlsafe(_ID_BYTES)
        self._openings[opening_id] = _Opening(
            flow_id, push, first_url, async_get_clock(self._hass).timer()
        )
        return opening_id

    async def get(self, request: web.Request, opening_id: str) -> web.Response:
        """Redirect the window to the provider; close it where the provider refuses the request."""
        opening = self._openings.get(opening_id)
        if opening is None or not self._waits(opening.flow_id):
            return web.Response(
                text=await self._async_words("sign_in_over"),
                status=HTTPStatus.NOT_FOUND,
                headers=_HEADERS,
            )
        now = async_get_clock(self._hass).timer()
        # Not to be used again, also where the next push fails.
        self._openings[opening_id] = opening._replace(first_url="")
        is_first = opening.first_url and now - opening.pushed_at < _FIRST_URL_SECONDS
        try:
            url = opening.first_url if is_first else await opening.push()
        except OAuth2Error as err:
            await self._hass.config_entries.flow.async_configure(
                opening.flow_id, {"error": err}
            )
            return web.Response(
                text=_CLOSE_WINDOW, content_type="text/html", headers=_HEADERS
            )
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
        # The flow has no step yet while its first form is being made.
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
