"""*Enter by hand*: a provider of the user's own, from a form."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import voluptuous as vol

from homeassistant.const import CONF_NAME
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)

from .account_form import find_provider
from .catalogue import Summary
from .const import CONF_SCOPES
from .errors import message_key
from .host_policy import check_scheme, parse_url
from .oauth2 import CLIENT_AUTHENTICATION, OAuth2Error, Request, TemporaryFailure
from .transport import Transport

CONF_AUTHORIZE_URL: Final = "authorize_url"
CONF_TOKEN_URL: Final = "token_url"
CONF_API_BASE_URL: Final = "api_base_url"
CONF_CLIENT_AUTHENTICATION: Final = "client_authentication"
CONF_PKCE: Final = "pkce"
CONF_SCOPE_SEPARATOR: Final = "scope_separator"
CONF_TOKEN_ENCODING: Final = "token_encoding"
CONF_ALLOW_HTTP: Final = "allow_http"
SECTION_DETAILS: Final = "details"

# Translations must not hold URLs.
MANUAL_EXAMPLES: Final[Mapping[str, str]] = {
    "authorize_example": "https://example.com/oauth/authorize",
    "token_example": "https://example.com/oauth/token",
    "api_example": "https://api.example.com/v1",
}

_SEPARATORS: Final = {"space": " ", "comma": ","}
_URLS: Final = (CONF_AUTHORIZE_URL, CONF_TOKEN_URL, CONF_API_BASE_URL)


def manual_schema() -> vol.Schema:
    """Return the form of a provider that is entered by hand."""
    url = TextSelector(TextSelectorConfig(type=TextSelectorType.URL))
    return vol.Schema(
        {
            vol.Required(CONF_NAME): TextSelector(),
            vol.Required(CONF_AUTHORIZE_URL): url,
            vol.Required(CONF_TOKEN_URL): url,
            vol.Required(CONF_API_BASE_URL): url,
            vol.Optional(CONF_SCOPES): TextSelector(),
            vol.Required(SECTION_DETAILS): section(
                vol.Schema(
                    {
                        vol.Required(
                            CONF_CLIENT_AUTHENTICATION, default="client_secret_post"
                        ): _choice(CONF_CLIENT_AUTHENTICATION, CLIENT_AUTHENTICATION),
                        vol.Required(CONF_PKCE, default=True): BooleanSelector(),
                        vol.Required(CONF_SCOPE_SEPARATOR, default="space"): _choice(
                            CONF_SCOPE_SEPARATOR, _SEPARATORS
                        ),
                        vol.Required(CONF_TOKEN_ENCODING, default="form"): _choice(
                            CONF_TOKEN_ENCODING, ("form", "json")
                        ),
                        vol.Required(CONF_ALLOW_HTTP, default=False): BooleanSelector(),
                    }
                ),
                {"collapsed": True},
            ),
        }
    )


def provider_from_form(form: Mapping[str, Any]) -> dict[str, Any]:
    """Return a filled-in form in the catalogue's shape, without an id."""
    details = form[SECTION_DETAILS]
    return {
        CONF_NAME: form[CONF_NAME].strip(),
        **{field: str(parse_url(form[field])) for field in _URLS},
        CONF_SCOPES: form.get(CONF_SCOPES, "").replace(",", " ").split(),
        CONF_SCOPE_SEPARATOR: _SEPARATORS[details[CONF_SCOPE_SEPARATOR]],
        **{
            field: details[field]
            for field in (
                CONF_CLIENT_AUTHENTICATION,
                CONF_PKCE,
                CONF_TOKEN_ENCODING,
                CONF_ALLOW_HTTP,
            )
        },
    }


def check_form(form: Mapping[str, Any], providers: Iterable[Summary]) -> dict[str, str]:
    """Return the errors of a form by field, as far as they show without asking anyone.

    `providers` are those that there are: a name is what they are chosen by.
    """
    errors = {}
    name = form[CONF_NAME].strip()
    if not name:
        errors[CONF_NAME] = "name_missing"
    elif find_provider(providers, name) is not None:
        errors[CONF_NAME] = "name_taken"
    for field in _URLS:
        try:
            url = parse_url(form[field])
            check_scheme(url, allow_http=form[SECTION_DETAILS][CONF_ALLOW_HTTP])
        except OAuth2Error as err:
            errors[field] = message_key(err)
            continue
        if field == CONF_API_BASE_URL and (url.query_string or url.fragment):
            errors[field] = "not_a_base_url"
    return errors


async def async_probe(transport: Transport, form: Mapping[str, Any]) -> dict[str, str]:
    """Return the errors, by field, of endpoints that do not answer as an OAuth2 server does.

    Nothing secret is sent: a person's mistake is told before a credential goes anywhere.
    """
    authorize = Request(method="GET", url=str(parse_url(form[CONF_AUTHORIZE_URL])))
    token = Request(
        method="POST",
        url=str(parse_url(form[CONF_TOKEN_URL])),
        headers={
            "Accept": "application/json",
            "Content-Type": "application/x-www-form-urlencoded",
        },
        body=b"grant_type=authorization_code",
    )
    errors = {}
    for field, request in ((CONF_AUTHORIZE_URL, authorize), (CONF_TOKEN_URL, token)):
        try:
            response = await transport.send(request, timeout=10, max_bytes=1024 * 1024)
        except TemporaryFailure as err:
            errors[field] = message_key(err)
            continue
        # RFC 6749, 3.1 and 3.2: both endpoints exist, and the second refuses an empty request.
        if response.status == 404 or (
            field == CONF_TOKEN_URL and response.status < 400
        ):
            errors[field] = "not_oauth2_server"
    return errors


def _choice(key: str, options: Any) -> SelectSelector:
    return SelectSelector(
        SelectSelectorConfig(options=list(options), translation_key=key)
    )
