"""The forms of the account flow."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import voluptuous as vol

from homeassistant.components.file_upload import process_uploaded_file
from homeassistant.const import CONF_BASE, CONF_CLIENT_ID, CONF_CLIENT_SECRET
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import section
from homeassistant.helpers.config_entry_oauth2_flow import AbstractOAuth2Implementation
from homeassistant.helpers.selector import (
    BooleanSelector,
    FileSelector,
    FileSelectorConfig,
    QrCodeSelector,
    QrCodeSelectorConfig,
    QrErrorCorrectionLevel,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)

from ..catalogue import (
    AUTHORIZATION_CODE,
    CLIENT_CREDENTIALS,
    DEVICE_CODE,
    JWT_BEARER,
    Provider,
)
from ..credentials.any_implementation import AnyImplementation
from ..definitions.account import CONF_ALLOWED_HOSTS, CONF_GRANT_TYPE, CONF_SCOPES
from ..errors import message_key
from ..oauth2 import (
    DEVICE_CODE_GRANT_TYPE,
    JWT_BEARER_GRANT_TYPE,
    OAuth2Error,
    named_parameters,
    parse_service_account,
    parse_signing_key,
)
from .service.form import CHOSEN, GO_ON, way_field
from .service.notes import about_of

CONF_CALLBACK: Final = "callback"
CONF_CREDENTIAL: Final = "credential"
CONF_KEY_FILE: Final = "key_file"
CONF_OTHER_REDIRECT_URI: Final = "other_redirect_uri"
CONF_QR_CODE: Final = "qr_code"
CONF_REDIRECT_URI: Final = "redirect_uri"
# The automatic registrations, by which Home Assistant becomes a client without the provider's
# console: with its client id metadata document, or by dynamic registration (RFC 7591).
CONF_DOCUMENT: Final = "document"
CONF_REGISTER: Final = "register"
SECTION_DETAILS: Final = "details"
SECTION_REDIRECT: Final = "redirect"

# Client authentications of RFC 7591, 2. The first takes a private key for the secret, the second none.
PRIVATE_KEY_JWT: Final = "private_key_jwt"
PUBLIC_CLIENT: Final = "none"
# The choice to enter a new credential; all other choices are ids of stored credentials.
NEW_CREDENTIAL: Final = "new"
# What a password field shows for a secret that was typed before: no secret is sent to the browser.
KEPT_SECRET: Final = "••••••••"
# Key files have two or three kilobytes. A longer text is rejected: it is not a key.
_MAX_FILE_CHARACTERS: Final = 64 * 1024
_TEXT: Final = TextSelector(TextSelectorConfig(autocomplete="off"))
# The choice of a redirect URI whose response the person pastes; all other choices are URIs.
PASTE: Final = "paste"
# The names of grant types in server metadata (RFC 8414, 2), by our own.
GRANT_TYPES: Final[Mapping[str, str]] = {
    AUTHORIZATION_CODE: "authorization_code",
    DEVICE_CODE: DEVICE_CODE_GRANT_TYPE,
    CLIENT_CREDENTIALS: "client_credentials",
    JWT_BEARER: JWT_BEARER_GRANT_TYPE,
}

# By parameter of RFC 6749 that a refusal can name: the field to correct, and the hint shown there.
_FIELDS_TO_CORRECT: Final[Mapping[str, tuple[str, str]]] = {
    "client_id": (CONF_CLIENT_ID, "look_at_client_id"),
    "client_secret": (CONF_CLIENT_SECRET, "look_at_client_secret"),
    "redirect_uri": (CONF_REDIRECT_URI, "look_at_redirect_uri"),
    "scope": (CONF_SCOPES, "look_at_scopes"),
    "grant_type": (CONF_GRANT_TYPE, "look_at_grant"),
}
# The messages that quote the server.
_QUOTING_MESSAGES: Final = frozenset(
    {"client_rejected", "registration_refused", "grant_rejected", "scope_rejected"}
)
# Statuses of a server that has no token endpoint at the address: the credential may be right.
_MISSING_ENDPOINT: Final = frozenset({"http_404", "http_405", "http_410"})
# Messages for refusals that name only these parameters: the credential itself is accepted.
_MESSAGES_BY_PARAMETERS: Final[Mapping[tuple[str, ...], str]] = {
    ("redirect_uri",): "redirect_uri_rejected",
    ("grant_type",): "grant_type_rejected",
}


def credential_schema(
    provider: Provider,
    *,
    redirect_uris: Sequence[str] = (),
    redirect_choice: str = PASTE,
    browser: bool = True,
    auto_registrations: Sequence[str] = (),
    preset: str | None = None,
    ways: Sequence[str] = (),
) -> vol.Schema:
    """Return the form for a new credential, scopes and grant type.

    A section has the `redirect_uris` and the choice to paste, with `redirect_choice` selected. It is left
    out where the sign-in needs no `browser`. Where other grant types can be chosen, the field for a key
    file is beside them. Of the `auto_registrations`, `preset` is ticked. `ways` are the steps that the
    form can lead to, the default first.
    """
    fields = {**_tick_boxes(auto_registrations, preset), **secret_fields(provider)}
    key_file = {}
    if has_client_id(provider) and CONF_KEY_FILE in fields:
        key_file = {vol.Optional(CONF_KEY_FILE): fields.pop(CONF_KEY_FILE)}
    fields |= _details_field(provider, key_file)
    if browser:
        fields |= _redirect_field(redirect_uris, redirect_choice)
    return vol.Schema({**fields, **_ways_field(ways)})


def stored_schema(
    choices: Mapping[str, AbstractOAuth2Implementation],
    provider: Provider,
    *,
    redirect_uris: Sequence[str] = (),
    redirect_choice: str = PASTE,
    browser: bool = True,
    auto_registrations: Sequence[str] = (),
    preset: str | None = None,
    hosts: bool = False,
    ways: Sequence[str] = (),
) -> vol.Schema:
    """Return the form to choose a stored credential, or a new one, with scopes and grant type.

    `choices` are implementations by the ids of their credentials. `hosts` adds a field for hosts that
    may receive the token besides the provider's own. The rest is as in the form for a new one.
    """
    options = [
        *(
            SelectOptionDict(value=key, label=AnyImplementation(implementation).label)
            for key, implementation in choices.items()
        ),
        SelectOptionDict(value=NEW_CREDENTIAL, label=NEW_CREDENTIAL),
    ]
    selector = SelectSelector(
        SelectSelectorConfig(
            options=options,
            mode=SelectSelectorMode.LIST,
            translation_key=CONF_CREDENTIAL,
        )
    )
    fields: dict[Any, Any] = {
        vol.Required(CONF_CREDENTIAL, default=next(iter(choices), None)): selector,
        **_tick_boxes(auto_registrations, preset),
        **_details_field(provider, hosts=hosts),
    }
    if browser:
        fields |= _redirect_field(redirect_uris, redirect_choice)
    return vol.Schema({**fields, **_ways_field(ways)})


def _details_field(
    provider: Provider, further: Mapping[Any, Any] | None = None, *, hosts: bool = False
) -> dict[Any, Any]:
    """Return the section with scopes, grant type, `further` fields and, with `hosts`, allowed hosts."""
    details: dict[Any, Any] = {
        vol.Optional(CONF_SCOPES): _list_of_text(_scopes_of(provider))
    }
    if len(provider.grant_types) > 1:
        details[vol.Required(CONF_GRANT_TYPE, default=provider.grant_types[0])] = (
            SelectSelector(
                SelectSelectorConfig(
                    options=list(provider.grant_types),
                    mode=SelectSelectorMode.LIST,
                    translation_key=CONF_GRANT_TYPE,
                )
            )
        )
    details |= further or {}
    if hosts:
        details[vol.Optional(CONF_ALLOWED_HOSTS)] = _list_of_text(())
    return {
        vol.Required(SECTION_DETAILS): section(
            vol.Schema(details), {"collapsed": not hosts}
        )
    }


def _tick_boxes(keys: Sequence[str], ticked: str | None) -> dict[Any, Any]:
    return {vol.Required(key, default=key == ticked): BooleanSelector() for key in keys}


def _ways_field(ways: Sequence[str]) -> dict[Any, Any]:
    return way_field(*ways, words=GO_ON) if ways else {}


def refusal_errors(err: OAuth2Error, message: str | None = None) -> dict[str, str]:
    """Return the errors of a form after a refusal: its message, and hints at the fields to correct.

    Only a message that quotes the server has hints beside it.
    """
    key = message or message_key(err)
    if err.code in _MISSING_ENDPOINT and message_key(err) == "client_rejected":
        return {CONF_BASE: "endpoint_not_found"}
    if key not in _QUOTING_MESSAGES:
        return {CONF_BASE: key}
    named = named_parameters(err)
    hints = dict(_FIELDS_TO_CORRECT[parameter] for parameter in named)
    return {CONF_BASE: _MESSAGES_BY_PARAMETERS.get(named, key), **hints}


def has_client_id(provider: Provider) -> bool:
    """Tell whether the form asks for a client id. A key file contains it."""
    return set(provider.grant_types) != {JWT_BEARER}


def callback_schema() -> vol.Schema:
    """Return the form to paste the address at which the browser ended."""
    return vol.Schema({vol.Optional(CONF_CALLBACK): _TEXT, **sign_in_field()})


def device_schema(address: str) -> vol.Schema:
    """Return the form with a QR code of the address at which the code of RFC 8628 is entered."""
    qr_code = QrCodeSelector(
        QrCodeSelectorConfig(
            data=address,
            scale=6,
            error_correction_level=QrErrorCorrectionLevel.MEDIUM,
        )
    )
    return vol.Schema({vol.Optional(CONF_QR_CODE): qr_code, **sign_in_field()})


def sign_in_field() -> dict[Any, Any]:
    """Return the field that goes on with a sign-in, or back to the credential."""
    return way_field(CHOSEN, CONF_CREDENTIAL, words="sign_in")


def _redirect_field(redirect_uris: Sequence[str], choice: str) -> dict[Any, Any]:
    """Return the section with the redirect URIs, and the field for one that does not lead back here.

    It is open where a response has to be pasted.
    """
    options = [SelectOptionDict(value=uri, label=uri) for uri in redirect_uris]
    options.append(SelectOptionDict(value=PASTE, label=PASTE))
    fields: dict[Any, Any] = {
        vol.Required(CONF_REDIRECT_URI, default=choice): SelectSelector(
            SelectSelectorConfig(
                options=options,
                mode=SelectSelectorMode.LIST,
                translation_key=CONF_REDIRECT_URI,
            )
        ),
        vol.Optional(CONF_OTHER_REDIRECT_URI): _TEXT,
    }
    redirect = section(vol.Schema(fields), {"collapsed": choice != PASTE})
    return {vol.Required(SECTION_REDIRECT): redirect}


def secret_fields(provider: Provider) -> dict[Any, Any]:
    """Return the fields of a new credential that this provider accepts."""
    fields: dict[Any, Any] = {}
    authentication = provider.server.client_authentication
    if has_client_id(provider):
        fields[vol.Optional(CONF_CLIENT_ID)] = _TEXT
    has_secret = authentication != PUBLIC_CLIENT or provider.shows_secret
    if has_secret or JWT_BEARER in provider.grant_types:
        # A key has several lines, which a password field would join.
        fields[vol.Optional(CONF_CLIENT_SECRET)] = TextSelector(
            TextSelectorConfig(multiline=True, autocomplete="off")
            if authentication == PRIVATE_KEY_JWT
            else TextSelectorConfig(
                type=TextSelectorType.PASSWORD, autocomplete="new-password"
            )
        )
    if JWT_BEARER in provider.grant_types:
        fields[vol.Optional(CONF_KEY_FILE)] = FileSelector(
            FileSelectorConfig(accept=".json,application/json")
        )
    return fields


def uploaded_text(hass: HomeAssistant, file_id: str) -> str | None:
    """Return the text of an uploaded file, and delete the file. None where it is gone.

    A text that is too long for a key file is cut, so that it is rejected as no key.
    """
    try:
        with (
            process_uploaded_file(hass, file_id) as path,
            path.open(encoding="utf-8", errors="replace") as file,
        ):
            return file.read(_MAX_FILE_CHARACTERS + 1)
    except ValueError:
        # Uploaded before a restart, or sent twice.
        return None


async def async_typed_secret(
    hass: HomeAssistant, answers: Mapping[str, Any]
) -> tuple[str, str | None]:
    """Return the field that has the secret, and the secret: None where the uploaded file is gone."""
    file_id = answers.get(CONF_KEY_FILE)
    if file_id is None:
        return CONF_CLIENT_SECRET, answers.get(CONF_CLIENT_SECRET, "")
    text = await hass.async_add_executor_job(uploaded_text, hass, file_id)
    return CONF_KEY_FILE, text


async def async_typed_client_id(
    hass: HomeAssistant,
    client_id: str,
    secret: str,
    *,
    grant_type: str,
    provider: Provider,
) -> str:
    """Return the client id that was typed, or that of a service account's key file.

    Where the secret has to be a key, raises InvalidKey before anything is sent.
    """
    if grant_type == JWT_BEARER:
        account = await hass.async_add_executor_job(parse_service_account, secret)
        return account.client_email
    if client_id and provider.server.client_authentication == PRIVATE_KEY_JWT:
        await hass.async_add_executor_job(parse_signing_key, secret)
    return client_id


def _scopes_of(provider: Provider) -> list[str]:
    """Return the scopes to offer: the default, those that known resources need, and suggestions."""
    needed = [scope for known in provider.known_resources for scope in known.scopes]
    suggested = about_of(provider).scopes
    return list(dict.fromkeys((*provider.scopes, *needed, *suggested)))


def _list_of_text(options: Iterable[str]) -> SelectSelector:
    return SelectSelector(
        SelectSelectorConfig(options=list(options), multiple=True, custom_value=True)
    )
