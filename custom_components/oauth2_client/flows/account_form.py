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
CONF_DOCUMENT: Final = "document"
CONF_KEY_FILE: Final = "key_file"
CONF_OTHER_REDIRECT_URI: Final = "other_redirect_uri"
CONF_QR_CODE: Final = "qr_code"
CONF_REDIRECT_URI: Final = "redirect_uri"
CONF_REGISTER: Final = "register"
SECTION_DETAILS: Final = "details"
SECTION_REDIRECT: Final = "redirect"

# Names of RFC 7591, 2. With the first, the secret is a private key; with the second, there is none.
PRIVATE_KEY_JWT: Final = "private_key_jwt"
PUBLIC_CLIENT: Final = "none"
# The choice to enter a new credential; all others are ids of stored credentials.
NEW_CREDENTIAL: Final = "new"
# What a password field shows for a secret that was typed before: it is not sent back to the browser.
KEPT_SECRET: Final = "••••••••"
# Key files have two or three kilobytes. A longer text is refused as no key.
_MAX_FILE_CHARACTERS: Final = 64 * 1024
# The choice of a redirect URI whose answer the person pastes; all others are URIs.
PASTE: Final = "paste"
# For each of our grant types, the name that servers publish (RFC 8414, 2).
GRANT_TYPES: Final[Mapping[str, str]] = {
    AUTHORIZATION_CODE: "authorization_code",
    DEVICE_CODE: DEVICE_CODE_GRANT_TYPE,
    CLIENT_CREDENTIALS: "client_credentials",
    JWT_BEARER: JWT_BEARER_GRANT_TYPE,
}

# For each parameter of RFC 6749 that a refusal can name, the field that a person looks at.
_FIELDS_TO_LOOK_AT: Final[Mapping[str, tuple[str, str]]] = {
    "client_id": (CONF_CLIENT_ID, "look_at_client_id"),
    "client_secret": (CONF_CLIENT_SECRET, "look_at_client_secret"),
    "redirect_uri": (CONF_REDIRECT_URI, "look_at_redirect_uri"),
    "scope": (CONF_SCOPES, "look_at_scopes"),
    "grant_type": (CONF_GRANT_TYPE, "look_at_grant"),
}
# The messages that quote the server.
_OF_A_SERVER: Final = frozenset({"client_rejected", "grant_rejected", "scope_rejected"})
# The message of a refusal that names only these parameters: the credential itself is right.
_ABOUT: Final[Mapping[tuple[str, ...], str]] = {
    ("redirect_uri",): "redirect_uri_rejected",
    ("grant_type",): "grant_type_rejected",
}


def credential_schema(
    provider: Provider,
    *,
    redirect_uris: Sequence[str] = (),
    redirect_choice: str = PASTE,
    browser: bool = True,
    ways: Sequence[str] = (),
    preset: str | None = None,
    leads: Sequence[str] = (),
) -> vol.Schema:
    """Return the form for a new credential, scopes and grant type.

    A section has the `redirect_uris` and the choice to paste, with `redirect_choice` selected; without a
    `browser`, it is left out. The field for a key file is beside the grant types, where there are other
    ones than that of the file. `ways` are those to become a client without a console, of which `preset`
    is ticked. `leads` are the ways to go on, the usual one first.
    """
    fields = {**_way_fields(ways, preset), **secret_fields(provider)}
    of_details = {}
    if has_client_id(provider) and CONF_KEY_FILE in fields:
        of_details = {vol.Optional(CONF_KEY_FILE): fields.pop(CONF_KEY_FILE)}
    if browser:
        fields |= _redirect_field(redirect_uris, redirect_choice)
    fields |= _details_field(provider, of_details)
    return vol.Schema({**fields, **_leads_field(leads)})


def stored_schema(
    choices: Mapping[str, AbstractOAuth2Implementation],
    provider: Provider,
    *,
    redirect_uris: Sequence[str] = (),
    redirect_choice: str = PASTE,
    browser: bool = True,
    ways: Sequence[str] = (),
    preset: str | None = None,
    hosts: bool = False,
    leads: Sequence[str] = (),
) -> vol.Schema:
    """Return the form to choose a stored credential, or a new one, with scopes and grant type.

    `choices` are implementations by the ids of their credentials. `hosts` adds a field for hosts that
    may receive the token besides the provider's own. All else is as in the form for a new one.
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
        **_way_fields(ways, preset),
        **_details_field(provider, hosts=hosts),
    }
    if browser:
        fields |= _redirect_field(redirect_uris, redirect_choice)
    return vol.Schema({**fields, **_leads_field(leads)})


def _details_field(
    provider: Provider, further: Mapping[Any, Any] | None = None, *, hosts: bool = False
) -> dict[Any, Any]:
    """Return the section with scopes, grant type, `further` fields and, with `hosts`, further hosts."""
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


def _way_fields(ways: Sequence[str], preset: str | None) -> dict[Any, Any]:
    return {vol.Required(way, default=way == preset): BooleanSelector() for way in ways}


def _leads_field(leads: Sequence[str]) -> dict[Any, Any]:
    return way_field(*leads, words=GO_ON) if leads else {}


def refusal_errors(err: OAuth2Error, message: str | None = None) -> dict[str, str]:
    """Return what a form says of an error, and at which of its fields a person looks.

    Only a message that quotes the server leads to fields; any other one is shown alone.
    """
    key = message or message_key(err)
    if key not in _OF_A_SERVER:
        return {CONF_BASE: key}
    named = named_parameters(err)
    looks = dict(_FIELDS_TO_LOOK_AT[parameter] for parameter in named)
    return {CONF_BASE: _ABOUT.get(named, key), **looks}


def has_client_id(provider: Provider) -> bool:
    """Return whether there is a field for the client id, which a key file contains."""
    return set(provider.grant_types) != {JWT_BEARER}


def callback_schema() -> vol.Schema:
    """Return the form for the address that the browser ended at."""
    text = TextSelector(TextSelectorConfig(autocomplete="off"))
    return vol.Schema({vol.Optional(CONF_CALLBACK): text, **sign_in_field()})


def device_schema(address: str) -> vol.Schema:
    """Return the form that shows an address to scan, where a code is entered."""
    qr_code = QrCodeSelector(
        QrCodeSelectorConfig(
            data=address,
            scale=6,
            error_correction_level=QrErrorCorrectionLevel.MEDIUM,
        )
    )
    return vol.Schema({vol.Optional(CONF_QR_CODE): qr_code, **sign_in_field()})


def sign_in_field() -> dict[Any, Any]:
    """Return the field to leave a sign-in that has begun."""
    return way_field(CHOSEN, CONF_CREDENTIAL, words="sign_in")


def _redirect_field(redirect_uris: Sequence[str], choice: str) -> dict[Any, Any]:
    """Return the section with the redirect URIs, and the field for one that leads elsewhere.

    It is open where an answer has to be pasted.
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
        vol.Optional(CONF_OTHER_REDIRECT_URI): TextSelector(
            TextSelectorConfig(autocomplete="off")
        ),
    }
    redirect = section(vol.Schema(fields), {"collapsed": choice != PASTE})
    return {vol.Required(SECTION_REDIRECT): redirect}


def secret_fields(provider: Provider) -> dict[Any, Any]:
    """Return the fields of a new credential that this provider accepts."""
    fields: dict[Any, Any] = {}
    authentication = provider.server.client_authentication
    if has_client_id(provider):
        fields[vol.Optional(CONF_CLIENT_ID)] = TextSelector(
            TextSelectorConfig(autocomplete="off")
        )
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
    """Return the text of an uploaded file, cut where it is too long for a key file; delete it.

    None where the file is gone.
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
    """Return the secret's field and the secret, which is None where the file is gone."""
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
    """Return the scopes to offer: the usual ones, those that known resources need, and suggestions."""
    needed = [scope for known in provider.known_resources for scope in known.scopes]
    suggested = about_of(provider).scopes
    return list(dict.fromkeys((*provider.scopes, *needed, *suggested)))


def _list_of_text(options: Iterable[str]) -> SelectSelector:
    return SelectSelector(
        SelectSelectorConfig(options=list(options), multiple=True, custom_value=True)
    )
