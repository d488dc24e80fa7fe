"""Encodes token requests and authenticates the client in them (RFC 6749, 2.3 and 3.2)."""

from base64 import b64encode
from collections.abc import Callable, Collection, Mapping, Sequence
from copy import replace
import json
from typing import Final
from urllib.parse import quote_plus, urlencode

from .frozen import Frozen
from .message import Request, added_to_query, renamed
from .server import (
    BASIC,
    BASIC_UNENCODED,
    AuthorizationServer,
    Client,
    TokenEncoding,
    TokenMethod,
)

# The type of Google's key files (RFC 7523, 2.1, as Google uses it).
SERVICE_ACCOUNT_TYPE: Final = "service_account"

_FORM: Final = "application/x-www-form-urlencoded"
_JSON: Final = "application/json"


class TokenRequest(Frozen, secret=("url", "parameters", "headers")):
    """A request to the token endpoint, its parameters not encoded yet (RFC 6749, 3.2).

    `names` maps the RFC's names of parameters to the server's own.
    """

    url: str
    parameters: Mapping[str, str]
    headers: Mapping[str, str] = {}
    encoding: TokenEncoding = "form"
    method: TokenMethod = "POST"
    names: Mapping[str, str] = {}

    def encode(self, resources: Sequence[str] = ()) -> Request:
        """Return the HTTP request.

        `resources` are added unless the parameters have a `resource`; unlike other parameters, it may be
        repeated (RFC 8707, 2).
        """
        parameters = renamed(self.parameters, self.names)
        if "resource" in self.parameters:
            resources = ()
        # Some servers answer in form encoding unless they are asked for JSON.
        headers = {"Accept": _JSON}
        if self.encoding == "json" and self.method == "POST":
            if resources:
                value = resources[0] if len(resources) == 1 else list(resources)
                body = json.dumps({**parameters, "resource": value})
            else:
                body = json.dumps(parameters)
            return self._request({**headers, "Content-Type": _JSON}, body)
        pairs = [*parameters.items(), *(("resource", value) for value in resources)]
        if self.encoding == "form" and self.method == "POST":
            return self._request({**headers, "Content-Type": _FORM}, urlencode(pairs))
        return self._request(headers, None, added_to_query(self.url, pairs))

    def _request(
        self, headers: Mapping[str, str], body: str | None, url: str | None = None
    ) -> Request:
        return Request(
            method=self.method,
            url=url or self.url,
            headers={**headers, **self.headers},
            body=None if body is None else body.encode(),
        )


def is_key_file(secret: str) -> bool:
    """Tell whether a client secret is the key file of a service account, valid or not."""
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


def is_changed_by_encoding(client: Client) -> bool:
    """Tell whether Basic differs between servers that decode the id and the secret and those that do not."""
    return any(quote_plus(half) != half for half in (client.id, client.secret or ""))


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


# The methods that sign nothing, by name. The others of `CLIENT_AUTHENTICATIONS` are in assertion.py.
CLIENT_AUTHENTICATION: Final[Mapping[str, ClientAuthentication]] = {
    BASIC: client_secret_basic,
    BASIC_UNENCODED: client_secret_basic_unencoded,
    "client_secret_post": client_secret_post,
    "none": none,
}


def authentication_elsewhere(
    server: AuthorizationServer, client: Client, accepted: Collection[str]
) -> ClientAuthentication | None:
    """Return how a client authenticates at an endpoint that accepts the methods `accepted` (RFC 8414, 2).

    None where the client authenticates there as at the token endpoint, or can use none of the methods.
    A private key is never sent as a secret.
    """
    own = server.client_authentication
    if not accepted or own in accepted or own == "private_key_jwt":
        return None
    usable = (
        ("client_secret_basic", "client_secret_post") if client.secret else ("none",)
    )
    method = next((name for name in usable if name in accepted), None)
    return None if method is None else CLIENT_AUTHENTICATION[method]
