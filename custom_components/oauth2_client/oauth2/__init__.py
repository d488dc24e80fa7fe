"""The OAuth2 protocol: values in, values out.

Nothing here sends, stores or waits: a function builds a `Request`, the caller sends it, another
function reads the `Response`. Clock and randomness are handed in. Standard library only.
"""

from .authorization import authorization_error, authorization_url
from .client import (
    CLIENT_AUTHENTICATION,
    Client,
    ClientAuthentication,
    TokenRequest,
    client_secret_basic,
    client_secret_post,
    none,
)
from .errors import (
    ClientRejected,
    GrantRejected,
    OAuth2Error,
    RefusedByPolicy,
    ScopeRejected,
    TemporaryFailure,
)
from .grants import authorization_code_request, refresh_request
from .jwt_claims import id_token_name, id_token_subject
from .message import Request, Response
from .pkce import code_challenge, code_verifier
from .retry import retry_after
from .server import AuthorizationServer, TokenEncoding
from .token_response import parse_token_response
from .token_set import TokenSet, missing_scopes

__all__ = [
    "CLIENT_AUTHENTICATION",
    "AuthorizationServer",
    "Client",
    "ClientAuthentication",
    "ClientRejected",
    "GrantRejected",
    "OAuth2Error",
    "RefusedByPolicy",
    "Request",
    "Response",
    "ScopeRejected",
    "TemporaryFailure",
    "TokenEncoding",
    "TokenRequest",
    "TokenSet",
    "authorization_code_request",
    "authorization_error",
    "authorization_url",
    "client_secret_basic",
    "client_secret_post",
    "code_challenge",
    "code_verifier",
    "id_token_name",
    "id_token_subject",
    "missing_scopes",
    "none",
    "parse_token_response",
    "refresh_request",
    "retry_after",
]
