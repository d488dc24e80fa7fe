"""The client, and how it authenticates at the token endpoint (RFC 6749, 2.3)."""

from base64 import b64encode
from collections.abc import Callable, Collection, Mapping
from copy import replace
import json
from typing import Final
from urllib.parse import quote_plus, urlencode

from .frozen import Frozen
from .message import Request
from .server import AuthorizationServer, TokenEncoding

# The type of Google's key files (RFC 7523, 2.1, as Google uses it).
SERVICE_ACCOUNT_TYPE: Final = "service_account"

_CONTENT_TYPES: Final[Mapping[TokenEncoding, str]] = {
    "form": "application/x-www-form-urlencoded",
    "json": "application/json",
}


class Client(Frozen, secret=("secret",)):
    """A registered OAuth2 client (RFC 6749, 2). A public client has no secret."""

    id: str
    secret: str | None = None


class TokenRequest(Frozen, secret=("url", "parameters", "headers")):
    """A request to the token endpoint, its parameters not encoded yet (RFC 6749, 3.2)."""

    url: str
    parameters: Mapping[str, str]
    headers: Mapping[str, str] = {}
    encoding: TokenEncoding = "form"

    def encode(self) -> Request:
        """Return the request as it is sent."""
        if self.encoding == "json":
            body = json.dumps(self.parameters).encode()
        else:
            body = urlencode(self.parameters).encode()
        headers = {
            # Some servers answer in form encoding unless they are asked for JSON.
            "Accept": "application/json",
            "Content-Type": _CONTENT_TYPES[self.encoding],
            **self.headers,
        }
        return Request(method="POST", url=self.url, headers=headers, body=body)


def is_key_file(secret: str) -> bool:
    """Tell whether a secret is meant as the key file of a service account, valid or not."""
    if not secret.lstrip().startswith("{"):
        return False
    try:
        content = json.loads(secret)
    except ValueError, RecursionError:
        return False
    return isinstance(content, dict) and content.get("type") == SERVICE_ACCOUNT_TYPE


type ClientAuthentication = Callable[[TokenRequest, Client], TokenRequest]


def client_secret_basic(request: TokenRequest, client: Client) -> TokenRequest:
    """Authenticate with HTTP Basic."""
    # RFC 6749, 2.3.1: both halves are form-encoded before base64.
    return _basic(request, quote_plus(client.id), quote_plus(client.secret or ""))


def client_secret_basic_unencoded(
    request: TokenRequest, client: Client
) -> TokenRequest:
    """Authenticate with HTTP Basic at a server that does not decode the two halves."""
    return _basic(request, client.id, client.secret or "")


def _basic(request: TokenRequest, client_id: str, secret: str) -> TokenRequest:
    credentials = b64encode(f"{client_id}:{secret}".encode()).decode()
    return replace(
        request, headers={**request.headers, "Authorization": f"Basic {credentials}"}
    )


def client_secret_post(request: TokenRequest, client: Client) -> TokenRequest:
    """Authenticate in the body. A public client sends its id only."""
    credentials = {"client_id": client.id}
    if client.secret:
        credentials["client_secret"] = client.secret
    return replace(request, parameters={**request.parameters, **credentials})


def none(request: TokenRequest, client: Client) -> TokenRequest:
    """Send the client id and no secret (RFC 6749, 3.2.1)."""
    return replace(request, parameters={**request.parameters, "client_id": client.id})


BASIC: Final = "client_secret_basic"
# Our own name, which no server knows.
BASIC_UNENCODED: Final = "client_secret_basic_unencoded"

# By the names that RFC 7591, 2 registers.
CLIENT_AUTHENTICATION: Final[Mapping[str, ClientAuthentication]] = {
    BASIC: client_secret_basic,
    BASIC_UNENCODED: client_secret_basic_unencoded,
    "client_secret_post": client_secret_post,
    "none": none,
}

# Those that sign each request anew (RFC 7523, 2.2): see assertion.py.
SIGNING_AUTHENTICATIONS: Final = ("client_secret_jwt", "private_key_jwt")
CLIENT_AUTHENTICATIONS: Final = (*CLIENT_AUTHENTICATION, *SIGNING_AUTHENTICATIONS)


def authentication_elsewhere(
    server: AuthorizationServer, client: Client, taken: Collection[str]
) -> ClientAuthentication | None:
    """Return how a client authenticates at an endpoint that takes other ways (RFC 8414, 2).

    None where it takes what the token endpoint takes, or nothing that this client can do. A private
    key is never sent as a secret.
    """
    own = server.client_authentication
    if not taken or own in taken or own == "private_key_jwt":
        return None
    usable = (
        ("client_secret_basic", "client_secret_post") if client.secret else ("none",)
    )
    named = next((name for name in usable if name in taken), None)
    return None if named is None else CLIENT_AUTHENTICATION[named]
