"""The OAuth2 protocol: values in, values out.

Nothing here sends, stores or waits: a function builds a `Request`, the caller sends it, another
function reads the `Response`. Clock and randomness are handed in. Standard library only; where keys sign,
PyJWT is imported when it is needed.
"""

from .assertion import (
    JWT_BEARER_GRANT_TYPE,
    InvalidKey,
    SigningKey,
    bearer_assertion_request,
    client_secret_jwt,
    parse_signing_key,
    private_key_jwt,
)
from .authorization import (
    authorization_error,
    authorization_parameters,
    authorization_url,
)
from .client import (
    CLIENT_AUTHENTICATION,
    CLIENT_AUTHENTICATIONS,
    Client,
    ClientAuthentication,
    TokenRequest,
    client_secret_basic,
    client_secret_post,
    none,
)
from .device import (
    DEVICE_CODE_GRANT_TYPE,
    DeviceAuthorization,
    device_authorization_request,
    device_token_request,
    parse_device_authorization,
    poll_outcome,
)
from .discovery import (
    Candidate,
    MetadataKind,
    candidates,
    candidates_above,
    resource_metadata_url,
)
from .dpop import DpopKey, dpop_nonce, dpop_proof, new_key, wants_nonce
from .echo import sent_values
from .errors import (
    ClientRejected,
    GrantRejected,
    OAuth2Error,
    RefusedByPolicy,
    ScopeRejected,
    TemporaryFailure,
)
from .home_network import is_at_home, is_loopback
from .id_token import OPENID_SCOPE, check_id_token
from .introspection import introspection_request, parse_introspection
from .jwt_claims import id_token_name, id_token_subject, id_token_tenant
from .message import Request, Response
from .metadata import (
    ResourceMetadata,
    ServerMetadata,
    parse_resource_metadata,
    parse_server_metadata,
)
from .pkce import code_challenge, code_verifier
from .pushed import parse_pushed, pushed_authorization_url, pushed_request
from .registration import (
    Registration,
    deletion_request,
    parse_registration,
    registration_request,
)
from .retry import retry_after
from .revocation import is_revoked, revocation_requests
from .server import AuthorizationServer, TokenEncoding
from .service_account import (
    ServiceAccount,
    is_key_file,
    parse_service_account,
    service_account_assertion,
)
from .token_requests import (
    authorization_code_request,
    client_credentials_request,
    refresh_request,
)
from .token_response import parse_token_response
from .token_set import TokenSet, missing_scopes

__all__ = [
    "sent_values",
    "service_account_assertion",
    "parse_service_account",
    "ServiceAccount",
    "wants_nonce",
    "new_key",
    "dpop_proof",
    "dpop_nonce",
    "DpopKey",
    "registration_request",
    "parse_registration",
    "deletion_request",
    "Registration",
    "private_key_jwt",
    "parse_signing_key",
    "client_secret_jwt",
    "bearer_assertion_request",
    "SigningKey",
    "InvalidKey",
    "JWT_BEARER_GRANT_TYPE",
    "OPENID_SCOPE",
    "CLIENT_AUTHENTICATION",
    "CLIENT_AUTHENTICATIONS",
    "DEVICE_CODE_GRANT_TYPE",
    "AuthorizationServer",
    "Candidate",
    "Client",
    "ClientAuthentication",
    "ClientRejected",
    "DeviceAuthorization",
    "GrantRejected",
    "MetadataKind",
    "OAuth2Error",
    "RefusedByPolicy",
    "Request",
    "ResourceMetadata",
    "Response",
    "ScopeRejected",
    "ServerMetadata",
    "TemporaryFailure",
    "TokenEncoding",
    "TokenRequest",
    "TokenSet",
    "authorization_code_request",
    "authorization_error",
    "authorization_parameters",
    "authorization_url",
    "candidates",
    "candidates_above",
    "check_id_token",
    "client_credentials_request",
    "client_secret_basic",
    "client_secret_post",
    "code_challenge",
    "code_verifier",
    "device_authorization_request",
    "device_token_request",
    "id_token_name",
    "id_token_subject",
    "id_token_tenant",
    "introspection_request",
    "is_at_home",
    "is_key_file",
    "is_loopback",
    "is_revoked",
    "missing_scopes",
    "none",
    "parse_device_authorization",
    "parse_introspection",
    "parse_pushed",
    "parse_resource_metadata",
    "parse_server_metadata",
    "parse_token_response",
    "poll_outcome",
    "pushed_authorization_url",
    "pushed_request",
    "refresh_request",
    "resource_metadata_url",
    "retry_after",
    "revocation_requests",
]
