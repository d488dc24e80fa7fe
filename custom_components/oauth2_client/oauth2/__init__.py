"""The OAuth2 protocol: values in, values out.

Nothing here sends, stores or waits: a function builds a `Request`, the caller sends it, another
function reads the `Response`. Clock and randomness are handed in. Standard library only; where keys
sign, PyJWT is imported when it is needed.

Importing the package loads no module of it: each public name is loaded when it is first used, so that
an account loads only what it runs.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .assertion import (
        JWT_BEARER_GRANT_TYPE,
        InvalidKey,
        SigningKey,
        audiences,
        bearer_assertion_request,
        client_secret_jwt,
        may_be_of_the_audience,
        parse_signing_key,
        private_key_jwt,
    )
    from .authorization import (
        authorization_error,
        authorization_parameters,
        authorization_url,
    )
    from .blame import named_parameters
    from .callback import InvalidCallback, is_redirect_uri, parse_callback
    from .challenge import challenged_scopes, resource_metadata_url, usable_scopes
    from .client import (
        CLIENT_AUTHENTICATION,
        ClientAuthentication,
        TokenRequest,
        authentication_elsewhere,
        client_secret_basic,
        client_secret_post,
        is_key_file,
        none,
    )
    from .client_metadata import client_document, is_client_document_url
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
        addresses,
        candidates,
        candidates_above,
        normalized,
        redirect_target,
    )
    from .dpop import DpopKey, dpop_nonce, dpop_proof, new_key, wants_nonce
    from .echo import sent_values, shown_target
    from .errors import (
        ClientRejected,
        GrantRejected,
        IdTokenRejected,
        OAuth2Error,
        RefusedByPolicy,
        ScopeRejected,
        TemporaryFailure,
    )
    from .home_network import is_at_home, is_loopback
    from .id_token import check_id_token
    from .introspection import introspection_request, parse_introspection
    from .jwt_claims import id_token_name, id_token_subject, id_token_tenant
    from .message import Request, Response
    from .metadata import (
        IssuerMismatch,
        ResourceMetadata,
        ServerMetadata,
        is_same_issuer,
        parse_resource_metadata,
        parse_server_metadata,
    )
    from .pkce import code_challenge, code_verifier
    from .pushed import parse_pushed, pushed_authorization_url, pushed_request
    from .registration import (
        Registration,
        deletion_request,
        parse_registration,
        registered_as,
        registration_request,
    )
    from .retry import retry_after
    from .revocation import is_revoked, revocation_error, revocation_requests
    from .scopes import OPENID_SCOPE, missing_scopes
    from .server import (
        BASIC,
        BASIC_UNENCODED,
        CLIENT_AUTHENTICATIONS,
        SIGNING_AUTHENTICATIONS,
        AuthorizationServer,
        Client,
        TokenEncoding,
    )
    from .service_account import (
        ServiceAccount,
        parse_service_account,
        service_account_assertion,
    )
    from .token_requests import (
        authorization_code_request,
        client_credentials_request,
        exchange_request,
        refresh_request,
        renewal_request,
    )
    from .token_response import parse_token_response
    from .token_set import TokenSet

__all__ = [
    "BASIC",
    "BASIC_UNENCODED",
    "CLIENT_AUTHENTICATION",
    "CLIENT_AUTHENTICATIONS",
    "DEVICE_CODE_GRANT_TYPE",
    "JWT_BEARER_GRANT_TYPE",
    "OPENID_SCOPE",
    "SIGNING_AUTHENTICATIONS",
    "AuthorizationServer",
    "Candidate",
    "Client",
    "ClientAuthentication",
    "ClientRejected",
    "DeviceAuthorization",
    "DpopKey",
    "GrantRejected",
    "IdTokenRejected",
    "InvalidCallback",
    "InvalidKey",
    "IssuerMismatch",
    "MetadataKind",
    "OAuth2Error",
    "RefusedByPolicy",
    "Registration",
    "Request",
    "ResourceMetadata",
    "Response",
    "ScopeRejected",
    "ServerMetadata",
    "ServiceAccount",
    "SigningKey",
    "TemporaryFailure",
    "TokenEncoding",
    "TokenRequest",
    "TokenSet",
    "addresses",
    "audiences",
    "authentication_elsewhere",
    "authorization_code_request",
    "authorization_error",
    "authorization_parameters",
    "authorization_url",
    "bearer_assertion_request",
    "candidates",
    "candidates_above",
    "challenged_scopes",
    "check_id_token",
    "client_credentials_request",
    "client_document",
    "client_secret_basic",
    "client_secret_jwt",
    "client_secret_post",
    "code_challenge",
    "code_verifier",
    "deletion_request",
    "device_authorization_request",
    "device_token_request",
    "dpop_nonce",
    "dpop_proof",
    "exchange_request",
    "id_token_name",
    "id_token_subject",
    "id_token_tenant",
    "introspection_request",
    "is_at_home",
    "is_client_document_url",
    "is_key_file",
    "is_loopback",
    "is_redirect_uri",
    "is_revoked",
    "is_same_issuer",
    "may_be_of_the_audience",
    "missing_scopes",
    "named_parameters",
    "new_key",
    "none",
    "normalized",
    "parse_callback",
    "parse_device_authorization",
    "parse_introspection",
    "parse_pushed",
    "parse_registration",
    "parse_resource_metadata",
    "parse_server_metadata",
    "parse_service_account",
    "parse_signing_key",
    "parse_token_response",
    "poll_outcome",
    "private_key_jwt",
    "pushed_authorization_url",
    "pushed_request",
    "redirect_target",
    "refresh_request",
    "registered_as",
    "registration_request",
    "renewal_request",
    "resource_metadata_url",
    "retry_after",
    "revocation_error",
    "revocation_requests",
    "sent_values",
    "service_account_assertion",
    "shown_target",
    "usable_scopes",
    "wants_nonce",
]

# The module of each public name. Type checkers go by the imports above; a test compares them.
_MODULES: Final = {
    "BASIC": "server",
    "BASIC_UNENCODED": "server",
    "CLIENT_AUTHENTICATION": "client",
    "CLIENT_AUTHENTICATIONS": "server",
    "DEVICE_CODE_GRANT_TYPE": "device",
    "JWT_BEARER_GRANT_TYPE": "assertion",
    "OPENID_SCOPE": "scopes",
    "SIGNING_AUTHENTICATIONS": "server",
    "AuthorizationServer": "server",
    "Candidate": "discovery",
    "Client": "server",
    "ClientAuthentication": "client",
    "ClientRejected": "errors",
    "DeviceAuthorization": "device",
    "DpopKey": "dpop",
    "GrantRejected": "errors",
    "IdTokenRejected": "errors",
    "InvalidCallback": "callback",
    "InvalidKey": "assertion",
    "IssuerMismatch": "metadata",
    "MetadataKind": "discovery",
    "OAuth2Error": "errors",
    "RefusedByPolicy": "errors",
    "Registration": "registration",
    "Request": "message",
    "ResourceMetadata": "metadata",
    "Response": "message",
    "ScopeRejected": "errors",
    "ServerMetadata": "metadata",
    "ServiceAccount": "service_account",
    "SigningKey": "assertion",
    "TemporaryFailure": "errors",
    "TokenEncoding": "server",
    "TokenRequest": "client",
    "TokenSet": "token_set",
    "addresses": "discovery",
    "audiences": "assertion",
    "authentication_elsewhere": "client",
    "authorization_code_request": "token_requests",
    "authorization_error": "authorization",
    "authorization_parameters": "authorization",
    "authorization_url": "authorization",
    "bearer_assertion_request": "assertion",
    "candidates": "discovery",
    "candidates_above": "discovery",
    "challenged_scopes": "challenge",
    "check_id_token": "id_token",
    "client_credentials_request": "token_requests",
    "client_document": "client_metadata",
    "client_secret_basic": "client",
    "client_secret_jwt": "assertion",
    "client_secret_post": "client",
    "code_challenge": "pkce",
    "code_verifier": "pkce",
    "deletion_request": "registration",
    "device_authorization_request": "device",
    "device_token_request": "device",
    "dpop_nonce": "dpop",
    "dpop_proof": "dpop",
    "exchange_request": "token_requests",
    "renewal_request": "token_requests",
    "id_token_name": "jwt_claims",
    "id_token_subject": "jwt_claims",
    "id_token_tenant": "jwt_claims",
    "introspection_request": "introspection",
    "is_at_home": "home_network",
    "is_client_document_url": "client_metadata",
    "is_key_file": "client",
    "is_loopback": "home_network",
    "is_redirect_uri": "callback",
    "is_revoked": "revocation",
    "is_same_issuer": "metadata",
    "may_be_of_the_audience": "assertion",
    "missing_scopes": "scopes",
    "named_parameters": "blame",
    "new_key": "dpop",
    "none": "client",
    "normalized": "discovery",
    "parse_callback": "callback",
    "parse_device_authorization": "device",
    "parse_introspection": "introspection",
    "parse_pushed": "pushed",
    "parse_registration": "registration",
    "parse_resource_metadata": "metadata",
    "parse_server_metadata": "metadata",
    "parse_service_account": "service_account",
    "parse_signing_key": "assertion",
    "parse_token_response": "token_response",
    "poll_outcome": "device",
    "private_key_jwt": "assertion",
    "pushed_authorization_url": "pushed",
    "pushed_request": "pushed",
    "redirect_target": "discovery",
    "refresh_request": "token_requests",
    "registered_as": "registration",
    "registration_request": "registration",
    "resource_metadata_url": "challenge",
    "retry_after": "retry",
    "revocation_error": "revocation",
    "revocation_requests": "revocation",
    "sent_values": "echo",
    "service_account_assertion": "service_account",
    "shown_target": "echo",
    "usable_scopes": "challenge",
    "wants_nonce": "dpop",
}

if not TYPE_CHECKING:
    # Hidden from type checkers, which with `__getattr__` would accept any name.
    def __getattr__(name: str) -> object:
        """Load the module of a public name (PEP 562)."""
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
        globals()[name] = value
        return value

    def __dir__() -> list[str]:
        return sorted(globals().keys() | _MODULES.keys())
