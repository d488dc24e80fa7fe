"""The redirect URIs of this Home Assistant, and checks of the responses that arrive there."""

from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web
from yarl import URL

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import http
from homeassistant.helpers.config_entry_oauth2_flow import (
    AUTH_CALLBACK_PATH,
    HEADER_FRONTEND_BASE,
    MY_AUTH_CALLBACK_PATH,
    async_get_redirect_uri,
)
from homeassistant.helpers.network import NoURLAvailableError, get_url
from homeassistant.helpers.singleton import singleton
from homeassistant.util.hass_dict import HassKey

from ..catalogue import Provider
from ..const import DOMAIN
from ..errors import as_code
from ..oauth2 import AuthorizationServer, RefusedByPolicy
from ..oauth2.callback import check_issuer, usual_names
from ..wire.host_policy import authority

# The redirect URI that native clients are often registered with (RFC 8252, 7.3).
NATIVE_REDIRECT_URI: Final = "http://localhost"
# Shown where Home Assistant does not know its address.
UNKNOWN_REDIRECT_URI: Final = f"https://<HOME_ASSISTANT>{AUTH_CALLBACK_PATH}"
_MY_COMPONENT: Final = "my"
# The path of our callback, for responses whose parameters have other names than Home Assistant's reads.
_NAMES_PATH: Final = f"/api/{DOMAIN}/callback"
# The query parameter of a redirect URI for one server alone. Its value is the token endpoint's host.
_SERVER_PARAMETER: Final = DOMAIN
# The arguments of `get_url` for the external and for the internal URL.
_GET_URL_ARGUMENTS: Final[tuple[dict[str, Any], ...]] = (
    {"allow_internal": False, "prefer_external": True},
    {"allow_external": False, "allow_cloud": False},
)


@callback
def async_redirect_uris(
    hass: HomeAssistant, provider: Provider | None = None
) -> list[str]:
    """Return the redirect URIs that lead back to this Home Assistant, the usual one first.

    The others are My Home Assistant, the address that the browser uses now, and the external and
    the internal URL of this Home Assistant, as far as they are set; the list may be empty. A `provider`
    with `callback_names` has a path of its own, which My Home Assistant cannot lead to.
    """
    usual = _usual_redirect_uri(hass)
    uris = dict.fromkeys(
        [*([] if usual is None else [usual]), *_other_redirect_uris(hass)]
    )
    if provider is None or not provider.server.callback_names:
        return list(uris)
    return [
        f"{uri.removesuffix(AUTH_CALLBACK_PATH)}{_NAMES_PATH}/{provider.id}"
        for uri in uris
        if uri != MY_AUTH_CALLBACK_PATH
    ]


class NamesView(http.HomeAssistantView):
    """Renames the parameters of a response, and redirects the browser to Home Assistant's callback.

    Home Assistant's callback finds the flow and checks the state, so this view needs no login.
    """

    requires_auth = False
    url = f"{_NAMES_PATH}/{{provider_id}}"
    name = f"api:{DOMAIN}:callback"

    def __init__(self) -> None:
        self.names: dict[str, Mapping[str, str]] = {}

    async def get(self, request: web.Request, provider_id: str) -> web.Response:
        """Redirect to the callback."""
        if (names := self.names.get(provider_id)) is None:
            return web.Response(status=HTTPStatus.NOT_FOUND)
        query = usual_names([*request.query.items()], names)
        return web.Response(
            status=HTTPStatus.FOUND,
            headers={
                "Location": str(URL(AUTH_CALLBACK_PATH).with_query(query)),
                "Cache-Control": "no-store",
                "Referrer-Policy": "no-referrer",
            },
        )


@singleton(HassKey[NamesView](f"{DOMAIN}.callback"))
@callback
def async_get_names_view(hass: HomeAssistant) -> NamesView:
    """Return the callback view, registered when it is first needed."""
    view = NamesView()
    hass.http.register_view(view)
    return view


@callback
def async_register_callback(hass: HomeAssistant, provider: Provider) -> None:
    """Register the callback view for a provider with `callback_names`."""
    if provider.server.callback_names:
        async_get_names_view(hass).names[provider.id] = provider.server.callback_names


@callback
def async_own_redirect_uri(hass: HomeAssistant, provider: Provider) -> str | None:
    """Return a redirect URI that no other provider's server shares (RFC 9700, 4.4.2.2).

    None where Home Assistant knows no address of its own, since My Home Assistant drops the query, and
    for a provider with `callback_names`, which has a path of its own already.
    """
    if provider.server.callback_names:
        return None
    for uri in async_redirect_uris(hass):
        if uri != MY_AUTH_CALLBACK_PATH:
            server = authority(URL(provider.server.token_url))
            return str(URL(uri).with_query({_SERVER_PARAMETER: server}))
    return None


@callback
def async_callback_request() -> web.Request | None:
    """Return the browser's request to Home Assistant's callback that is answered now, None without one.

    The callback view passes only `code`, `state` and `error` on. The flow's step runs while the view
    answers, so the request with all parameters is available. My Home Assistant drops the others.
    """
    request = http.current_request.get()
    return request if request and request.path == AUTH_CALLBACK_PATH else None


def check_callback(
    request: web.Request, server: AuthorizationServer, redirect_uri: str
) -> None:
    """Check that a response is from this server, as far as possible (RFC 9207, 2.4; RFC 9700, 4.4.2).

    Raises RefusedByPolicy (`other_issuer`, `issuer_missing`).
    """
    is_direct = redirect_uri != MY_AUTH_CALLBACK_PATH
    # RFC 6749, 3.1.2: the server keeps the query of the redirect URI.
    if request.query.get(_SERVER_PARAMETER) != URL(redirect_uri).query.get(
        _SERVER_PARAMETER
    ):
        raise RefusedByPolicy("other_issuer")
    # No parameter may come twice (RFC 6749, 3.1). Where this one does, each has to be the server's.
    issuers = [*filter(None, request.query.getall("iss", ()))]
    for issuer in issuers:
        check_issuer(server, issuer)
    if not issuers and is_direct and server.issuer and server.issuer_in_callback:
        raise RefusedByPolicy("issuer_missing")


@callback
def callback_values(
    server: AuthorizationServer, pasted: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the values of the response that the server's `callback_values` name.

    `pasted` are the parameters of a pasted response. Raises RefusedByPolicy (`callback_incomplete`)
    where one is missing: the response came through My Home Assistant, or is a code alone.
    """
    if not server.callback_values:
        return {}
    parameters = pasted
    if parameters is None:
        request = async_callback_request()
        parameters = {} if request is None else request.query
    if missing := {*server.callback_values.values()} - parameters.keys():
        raise RefusedByPolicy("callback_incomplete", description=min(missing))
    return {name: parameters[key] for name, key in server.callback_values.items()}


def as_markdown_list(texts: Iterable[str]) -> str:
    """Return a Markdown list that shows the texts verbatim, to be copied."""
    return "\n".join(f"- {as_code(text)}" for text in texts)


def _usual_redirect_uri(hass: HomeAssistant) -> str | None:
    """Return the redirect URI of a sign-in without a chosen one, None where no address is known."""
    try:
        return async_get_redirect_uri(hass)
    except RuntimeError:
        # Outside of a request of the frontend, as in Home Assistant's own credentials dialog.
        pass
    try:
        return f"{get_url(hass, prefer_external=True)}{AUTH_CALLBACK_PATH}"
    except NoURLAvailableError:
        return None


def _other_redirect_uris(hass: HomeAssistant) -> Iterator[str]:
    """Yield further redirect URIs, as `async_redirect_uris` lists them."""
    if _MY_COMPONENT in hass.config.components:
        yield MY_AUTH_CALLBACK_PATH
    request = http.current_request.get()
    if request is not None and (base := request.headers.get(HEADER_FRONTEND_BASE)):
        yield f"{base}{AUTH_CALLBACK_PATH}"
    for arguments in _GET_URL_ARGUMENTS:
        try:
            yield f"{get_url(hass, **arguments)}{AUTH_CALLBACK_PATH}"
        except NoURLAvailableError:
            continue
