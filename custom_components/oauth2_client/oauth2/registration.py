"""Dynamic client registration (RFC 7591), and deletion of a registered client (RFC 7592)."""

from collections.abc import Mapping, Sequence
from copy import replace
from dataclasses import dataclass, field
import json
from math import isfinite
import re
from typing import Any, Final, Self
from urllib.parse import urlsplit

from .client import CLIENT_AUTHENTICATION
from .discovery import normalized
from .echo import sent_values
from .endpoint_answer import answered_object, json_object
from .errors import ClientRejected, RefusedByPolicy, TemporaryFailure
from .message import Request, Response
from .server import BASIC, BASIC_UNENCODED, AuthorizationServer, Client

# RFC 7591, 3.2.2. With `invalid_token` and `access_denied`, the server lets only others register clients.
_CLIENT_CODES: Final = frozenset(
    {
        "invalid_redirect_uri",
        "invalid_client_metadata",
        "invalid_software_statement",
        "unapproved_software_statement",
        "invalid_token",
        "access_denied",
    }
)
# RFC 6749, appendix A.1 and A.2. The length limits are our own.
_CLIENT_ID: Final = re.compile(r"[\x20-\x7E]{1,1024}")
_SECRET: Final = re.compile(r"[\x20-\x7E]{1,4096}")
# Wider than RFC 6750, 2.1, since servers send more characters; none of these ends a header early.
_BEARER: Final = re.compile(r"[\x21-\x7E]{1,4096}")
_URL: Final = re.compile(r"https?://[\x21-\x7E]{1,2048}")
# Not `private_key_jwt`: we would have to register a key.
_AUTHENTICATION: Final = frozenset({*CLIENT_AUTHENTICATION, "client_secret_jwt"}) - {
    BASIC_UNENCODED
}
_WITH_BROWSER: Final = "authorization_code"
# The fields of a registration that are lists in JSON.
_LISTS: Final = ("scopes", "grant_types", "redirect_uris", "left_out")
_MOST_ITEMS: Final = 100
# The end of the year 9999, the last date that datetime can hold.
_LAST_EPOCH: Final = 253_402_300_799.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Registration:
    """A client that the server registered for us (RFC 7591, 3.2.1).

    `client_authentication` is a name of RFC 7591, 2. `secret_expires_at` is in seconds since the
    epoch, None where the secret does not expire. `management_url` and `management_token` are both set
    or both None (RFC 7592, 3). `scopes`, `grant_types` and `redirect_uris`, the one to use first, are
    what the client was registered for; each is None where it is not known. `left_out` are requested
    scopes that the server did not register.
    """

    client: Client
    client_authentication: str
    secret_expires_at: float | None = None
    management_url: str | None = field(default=None, repr=False)
    management_token: str | None = field(default=None, repr=False)
    scopes: tuple[str, ...] | None = None
    grant_types: tuple[str, ...] | None = None
    redirect_uris: tuple[str, ...] | None = None
    left_out: tuple[str, ...] = ()

    def suits(
        self, *, scopes: Sequence[str], grant_type: str, redirect_uri: str | None
    ) -> bool:
        """Tell whether the client can be used for a sign-in, as far as its registration is known.

        `redirect_uri` is None where the sign-in uses the one that is stored with the credential.
        """
        return (
            (self.scopes is None or set(scopes) <= set(self.scopes))
            and (self.grant_types is None or grant_type in self.grant_types)
            and (
                None in (self.redirect_uris, redirect_uri)
                or grant_type != _WITH_BROWSER
                or redirect_uri in (self.redirect_uris or ())
            )
        )

    def as_dict(self) -> dict[str, Any]:
        """Return what `from_dict` takes, all of it JSON.

        The secret is left out: it is stored as the credential's.
        """
        return {
            "client_id": self.client.id,
            "client_authentication": self.client_authentication,
            "secret_expires_at": self.secret_expires_at,
            "management_url": self.management_url,
            "management_token": self.management_token,
            **{name: _listed(getattr(self, name)) for name in _LISTS},
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Return a registration from what `as_dict` returned, its client without the secret."""
        own = dict(stored)
        client = Client(id=own.pop("client_id"))
        for name in _LISTS:
            # Version 0.1.0 stored none of the lists.
            if (listed := own.pop(name, None)) is not None:
                own[name] = tuple(listed)
        return cls(client=client, **own)


def registration_request(
    server: AuthorizationServer,
    *,
    redirect_uris: Sequence[str],
    name: str,
    client_authentication: str,
    grant_types: Sequence[str] = (_WITH_BROWSER, "refresh_token"),
    scopes: Sequence[str] = (),
) -> Request:
    """Return the request that registers a client (RFC 7591, 2 and 3.1).

    `redirect_uris` are sent for the authorization code only. Some servers never grant the client other
    `scopes` than these; without any, the server chooses.

    Raises RefusedByPolicy where the server has no such endpoint.
    """
    if server.registration_url is None:
        raise RefusedByPolicy("no_registration_endpoint")
    browser = _WITH_BROWSER in grant_types
    metadata: dict[str, object] = {
        "client_name": name,
        "grant_types": list(grant_types),
        # RFC 7591, 2: left out, it would be `code`.
        "response_types": ["code"] if browser else [],
        "token_endpoint_auth_method": BASIC
        if client_authentication == BASIC_UNENCODED
        else client_authentication,
    }
    if browser:
        metadata["redirect_uris"] = list(redirect_uris)
    if scopes:
        # RFC 7591, 2: separated by spaces, whatever `scope_separator` is.
        metadata["scope"] = " ".join(scopes)
    headers = {
        "Accept": "application/json",
        "Content-Type": "application/json",
        **server.token_headers,
    }
    body = json.dumps(metadata).encode()
    return Request(
        method="POST", url=server.registration_url, headers=headers, body=body
    )


def parse_registration(
    response: Response,
    *,
    now: float,
    request: Request | None = None,
    requested_scopes: Sequence[str] = (),
) -> Registration:
    """Return the client that was registered (RFC 7591, 3.2.1 and 3.2.2).

    `request` is what was sent. With it, the error has the server's description, without the secrets of
    the request's headers.

    Raises ClientRejected, ScopeRejected, TemporaryFailure, RefusedByPolicy, GrantRejected.
    """
    # The body has no secrets.
    sent = None if request is None else sent_values(replace(request, body=None))
    answer = answered_object(
        response,
        now=now,
        client_codes=_CLIENT_CODES,
        scopes=requested_scopes,
        sent=sent,
    )
    client_id = _text(answer, "client_id", _CLIENT_ID)
    if answer is None or client_id is None:
        raise TemporaryFailure("invalid_registration_response")
    secret = _text(answer, "client_secret", _SECRET)
    if secret is None and answer.get("client_secret"):
        raise TemporaryFailure("invalid_registration_response")
    management_url = _text(answer, "registration_client_uri", _URL)
    management_token = _text(answer, "registration_access_token", _BEARER)
    managed = management_token is not None and _is_address(management_url)
    return Registration(
        client=Client(id=client_id, secret=secret),
        client_authentication=_client_authentication(answer, secret),
        secret_expires_at=_secret_expires_at(answer, now) if secret else None,
        management_url=management_url if managed else None,
        management_token=management_token if managed else None,
    )


def registered_as(
    registration: Registration,
    response: Response,
    *,
    redirect_uri: str | None,
    grant_types: Sequence[str],
    scopes: Sequence[str],
) -> Registration:
    """Return a registration with what the server registered: it may change what was requested.

    `grant_types`, `scopes` and `redirect_uri` are the requested ones, which apply where the answer leaves
    them out (RFC 7591, 3.2.1). `redirect_uri` is None where no authorization code is used.

    Raises ClientRejected where the client cannot be used for the first grant type.
    """
    answer = json_object(response.body) or {}
    registered = _texts(answer, "grant_types") or tuple(grant_types)
    if grant_types[0] not in registered:
        raise ClientRejected("grant_type_not_registered")
    named = answer.get("scope")
    given = set(
        named.replace(",", " ").split()
        if isinstance(named, str)
        else _texts(answer, "scope")
    ) or set(scopes)
    return replace(
        registration,
        # The requested scopes: registering again would not add those that the answer lacks.
        scopes=tuple(scopes),
        left_out=tuple(scope for scope in scopes if scope not in given),
        grant_types=registered,
        redirect_uris=None
        if redirect_uri is None
        else _redirect_uris(_texts(answer, "redirect_uris"), redirect_uri),
    )


def _redirect_uris(registered: tuple[str, ...], asked: str) -> tuple[str, ...]:
    """Return the registered redirect URIs, first the requested one in the server's spelling."""
    if not registered or asked in registered:
        return (asked, *(uri for uri in registered if uri != asked))
    wanted = normalized(asked)
    for uri in registered:
        if normalized(uri) == wanted:
            return (uri, *(other for other in registered if other != uri))
    raise ClientRejected("redirect_uri_not_registered")


def deletion_request(registration: Registration) -> Request | None:
    """Return the request that deletes the client, None where the server offers none (RFC 7592, 2.3)."""
    url, token = registration.management_url, registration.management_token
    if url is None or token is None:
        return None
    return Request(
        method="DELETE", url=url, headers={"Authorization": f"Bearer {token}"}
    )


def _client_authentication(answer: Mapping[str, object], secret: str | None) -> str:
    """Return how the client authenticates, which the server may have changed (RFC 7591, 3.2.1)."""
    named = answer.get("token_endpoint_auth_method")
    method = named.strip().lower() if isinstance(named, str) else named
    # The default of RFC 7591, 2.
    method = method or BASIC
    if not isinstance(method, str) or method not in _AUTHENTICATION:
        raise ClientRejected("unsupported_client_authentication")
    # Without a secret, the client cannot authenticate, whatever method the answer names.
    return "none" if secret is None else method


def _secret_expires_at(answer: Mapping[str, object], now: float) -> float | None:
    expires = answer.get("client_secret_expires_at")
    if isinstance(expires, bool) or not isinstance(expires, int | float):
        return None
    try:
        moment = float(expires)
    except OverflowError:
        return None
    if not isfinite(moment) or moment > _LAST_EPOCH:
        return None
    # RFC 7591, 3.2.1: 0 means never. A date in the past comes from a wrong clock; if it counted,
    # the user would be asked for a new client again and again.
    return moment if moment > now else None


def _is_address(url: str | None) -> bool:
    """Tell whether a text is a URL with a host. The sender checks whether it may be used."""
    try:
        parts = urlsplit(url or "")
        return bool(parts.hostname) and parts.username is None and not parts.fragment
    except ValueError:
        return False


def _texts(answer: Mapping[str, object], key: str) -> tuple[str, ...]:
    """Return the texts of a list, an empty tuple where the key has no list."""
    value = answer.get(key)
    if not isinstance(value, list):
        return ()
    return tuple(item for item in value[:_MOST_ITEMS] if isinstance(item, str) and item)


def _listed(values: tuple[str, ...] | None) -> list[str] | None:
    return None if values is None else list(values)


def _text(
    answer: Mapping[str, object] | None, key: str, form: re.Pattern[str]
) -> str | None:
    value = (answer or {}).get(key)
    return value if isinstance(value, str) and form.fullmatch(value) else None
