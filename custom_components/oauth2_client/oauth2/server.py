"""An authorization server, with its deviations from the RFCs, and a client that is registered there."""

from collections.abc import Mapping
from typing import Final, Literal

from .frozen import Frozen

type TokenEncoding = Literal["form", "json", "query"]
type TokenMethod = Literal["POST", "GET"]
type ChallengeMethod = Literal["S256", "plain"]

BASIC: Final = "client_secret_basic"
# Our own name, which no server knows.
BASIC_UNENCODED: Final = "client_secret_basic_unencoded"
# Those that sign each request anew (RFC 7523, 2.2): see assertion.py.
SIGNING_AUTHENTICATIONS: Final = ("client_secret_jwt", "private_key_jwt")
# How a client may authenticate, by the names that RFC 7591, 2 registers.
CLIENT_AUTHENTICATIONS: Final = (
    BASIC,
    BASIC_UNENCODED,
    "client_secret_post",
    "none",
    *SIGNING_AUTHENTICATIONS,
)


class Client(Frozen, secret=("secret",)):
    """A registered OAuth2 client (RFC 6749, 2). A public client has no secret."""

    id: str
    secret: str | None = None


class AuthorizationServer(
    Frozen,
    secret=(
        "authorize_parameters",
        "device_parameters",
        "token_parameters",
        "refresh_parameters",
        "token_headers",
        "exchange_parameters",
        "renewal_parameters",
    ),
):
    """An authorization server (RFC 6749, 1.1).

    `authorize_url` is empty where nobody signs in with a browser; other endpoints that do not exist
    or are not known are None. `require_pushed`: the server takes pushed requests only (RFC 9126, 5).
    `issuer_in_callback`: it names itself in each answer to the browser (RFC 9207, 3).
    `resources`: what tokens are requested for (RFC 8707, 2). `dpop`: tokens are to be bound to a key
    (RFC 9449). `repeats_nonce`: id tokens have the nonce that was sent.
    `client_id_metadata_document`: a client id may be the URL of the document that describes the client
    (draft-ietf-oauth-client-id-metadata-document).
    `client_authentication` is a name of RFC 7591, 2. So are `revocation_authentications` and
    `introspection_authentications`, which are empty where those endpoints accept what the token
    endpoint accepts (RFC 8414, 2). `assertion_audience` is
    what a client's assertion is for, a name of `audiences`, None where it is not known. `token_path` is the list of
    keys that leads to a wrapped token answer, `token_fields` maps the RFC's names of fields (also `error`) to the server's,
    `token_errors` maps the server's error codes or numbers to the RFC's. `token_lifetime` is in
    seconds and used where an answer has none.

    `token_encoding` is where the parameters of token requests go; with the method GET it is always the
    query. `parameter_names` maps the RFCs' names of parameters to the server's, in requests of the
    browser, of devices and for tokens; `token_parameter_names` come before them in those for tokens.
    `callback_names` maps names of the browser's answer. `{client_id}` and `{client_secret}` in
    `token_headers` are filled in. `device_pkce`: a device proves that it is the one that asked.
    `exchange_url` answers a GET request with a token that lasts longer; `{access_token}`, `{client_id}`
    and `{client_secret}` in `exchange_parameters` are filled in. `renewal_url` with its parameters does
    the same in place of a refresh. `token_values` names what else of the
    token answer is kept, by the keys that lead to it, which dots separate; `access_token` and
    `id_token` lead into the claims of a JWT. `callback_values` does so for the parameters that the
    browser brings back. `{redirect_uri}` in `refresh_parameters` is that of the sign-in, `{scopes}` in
    parameters of the browser and of devices are the scopes.
    """

    token_url: str
    authorize_url: str = ""
    refresh_url: str | None = None
    issuer: str | None = None
    device_authorization_url: str | None = None
    pushed_authorization_url: str | None = None
    revocation_url: str | None = None
    introspection_url: str | None = None
    registration_url: str | None = None
    userinfo_url: str | None = None
    jwks_url: str | None = None
    require_pushed: bool = False
    issuer_in_callback: bool = False
    dpop: bool = False
    client_id_metadata_document: bool = False
    resources: tuple[str, ...] = ()
    client_authentication: str = "client_secret_post"
    assertion_audience: str | None = None
    revocation_authentications: tuple[str, ...] = ()
    introspection_authentications: tuple[str, ...] = ()
    token_encoding: TokenEncoding = "form"
    token_method: TokenMethod = "POST"
    parameter_names: Mapping[str, str] = {}
    token_parameter_names: Mapping[str, str] = {}
    callback_names: Mapping[str, str] = {}
    scope_separator: str = " "
    pkce: bool = True
    code_challenge_method: ChallengeMethod = "S256"
    device_pkce: bool = False
    repeats_nonce: bool = True
    authorize_parameters: Mapping[str, str] = {}
    device_parameters: Mapping[str, str] = {}
    token_parameters: Mapping[str, str] = {}
    refresh_parameters: Mapping[str, str] = {}
    token_headers: Mapping[str, str] = {}
    token_path: tuple[str, ...] = ()
    token_fields: Mapping[str, str] = {}
    token_errors: Mapping[str, str] = {}
    token_lifetime: int | None = None
    token_values: Mapping[str, str] = {}
    callback_values: Mapping[str, str] = {}
    exchange_url: str | None = None
    exchange_parameters: Mapping[str, str] = {}
    renewal_url: str | None = None
    renewal_parameters: Mapping[str, str] = {}
