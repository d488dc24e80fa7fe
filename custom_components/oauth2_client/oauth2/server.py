"""An authorization server with its deviations from the RFCs, and a client registered at it."""

from collections.abc import Mapping
from typing import Final, Literal

from .frozen import Frozen

type TokenEncoding = Literal["form", "json", "query"]
type TokenMethod = Literal["POST", "GET"]
type ChallengeMethod = Literal["S256", "plain"]

BASIC: Final = "client_secret_basic"
# Not a registered name: Basic at a server that does not decode the id and the secret.
BASIC_UNENCODED: Final = "client_secret_basic_unencoded"
# The methods that sign an assertion for each request (RFC 7523, 2.2): see assertion.py.
SIGNING_AUTHENTICATIONS: Final = ("client_secret_jwt", "private_key_jwt")
# How a client may authenticate, by the names of RFC 7591, 2.
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
    """An authorization server (RFC 6749, 1.1) and where it deviates from the RFCs.

    Endpoints that do not exist or are not known are None. Mappings of names lead from the RFC's name to
    the server's own. Parameters and headers are sent in addition to those of the RFCs; each says which
    placeholders, such as `{scopes}`, are filled in.
    """

    token_url: str
    # Empty where nobody signs in with a browser.
    authorize_url: str = ""
    # None: the token endpoint.
    refresh_url: str | None = None
    issuer: str | None = None
    device_authorization_url: str | None = None
    pushed_authorization_url: str | None = None
    revocation_url: str | None = None
    introspection_url: str | None = None
    registration_url: str | None = None
    userinfo_url: str | None = None
    jwks_url: str | None = None
    # Whether authorization requests have to be pushed (RFC 9126, 5).
    require_pushed: bool = False
    # Whether each authorization response names the issuer (RFC 9207, 3).
    issuer_in_callback: bool = False
    # Whether tokens are to be bound to a key (RFC 9449).
    dpop: bool = False
    # Whether a client id may be the URL of the client's metadata
    # (draft-ietf-oauth-client-id-metadata-document).
    client_id_metadata_document: bool = False
    # The resources that tokens are requested for (RFC 8707, 2).
    resources: tuple[str, ...] = ()
    # A name of CLIENT_AUTHENTICATIONS.
    client_authentication: str = "client_secret_post"
    # The audience of a client's assertion, by its name in `audiences`; None where it is not known.
    assertion_audience: str | None = None
    # Names of RFC 7591, 2; empty where these endpoints accept what the token endpoint accepts.
    revocation_authentications: tuple[str, ...] = ()
    introspection_authentications: tuple[str, ...] = ()
    # Where the parameters of token requests go. With GET, always the query.
    token_encoding: TokenEncoding = "form"
    token_method: TokenMethod = "POST"
    # Names of request parameters; those of token requests take precedence there.
    parameter_names: Mapping[str, str] = {}
    token_parameter_names: Mapping[str, str] = {}
    # Names of the parameters of the authorization response.
    callback_names: Mapping[str, str] = {}
    scope_separator: str = " "
    pkce: bool = True
    code_challenge_method: ChallengeMethod = "S256"
    # Whether the device flow uses PKCE too.
    device_pkce: bool = False
    # Whether id tokens contain the nonce that was sent (OpenID Connect Core, 3.1.3.7).
    repeats_nonce: bool = True
    # With `{scopes}`.
    authorize_parameters: Mapping[str, str] = {}
    device_parameters: Mapping[str, str] = {}
    # For each grant type but a refresh.
    token_parameters: Mapping[str, str] = {}
    # With `{redirect_uri}`, that of the sign-in.
    refresh_parameters: Mapping[str, str] = {}
    # With `{client_id}` and `{client_secret}`.
    token_headers: Mapping[str, str] = {}
    # The keys that lead to the token answer where it is wrapped.
    token_path: tuple[str, ...] = ()
    # Names of the fields of a token answer, `error` among them.
    token_fields: Mapping[str, str] = {}
    # The RFC's error codes by the server's codes or numbers.
    token_errors: Mapping[str, str] = {}
    # In seconds, for answers that do not say.
    token_lifetime: int | None = None
    # Other values of a token answer that are kept: names to paths of keys, separated by dots. A path
    # through `access_token` or `id_token` leads into the claims of the JWT.
    token_values: Mapping[str, str] = {}
    # Parameters of the authorization response that are kept: names to the server's parameters.
    callback_values: Mapping[str, str] = {}
    # Answers a GET request with a token that lasts longer; renewal replaces the refresh in the same way.
    # Parameters with `{access_token}`, `{client_id}` and `{client_secret}`.
    exchange_url: str | None = None
    exchange_parameters: Mapping[str, str] = {}
    renewal_url: str | None = None
    renewal_parameters: Mapping[str, str] = {}
