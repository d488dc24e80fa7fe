"""Token revocation (RFC 7009), which ends a grant at the server."""

from typing import Final

from .client import ClientAuthentication
from .endpoint_answer import json_object
from .endpoint_request import endpoint_request
from .error_codes import error_from_code
from .errors import OAuth2Error, TemporaryFailure
from .message import Request, Response
from .retry import is_temporary, retry_after
from .server import AuthorizationServer, Client
from .token_set import TokenSet

# RFC 7009, 2.2: an invalid token counts as revoked. Some servers answer 400 for it.
_INVALID_TOKEN: Final = "invalid_token"
# A web page, whatever its status, comes from a proxy or a captive portal.
_PAGE: Final = (b"<!doctype html", b"<html")
# RFC 7009, 2.2.1.
_UNSUPPORTED_TOKEN_TYPE: Final = "unsupported_token_type"


def revocation_requests(
    server: AuthorizationServer,
    client: Client,
    token_set: TokenSet,
    *,
    authenticate: ClientAuthentication | None = None,
) -> tuple[Request, ...]:
    """Return a request for each token (RFC 7009, 2.1), empty without a revocation endpoint.

    The refresh token comes first: many servers revoke the access token with it, and without it no
    new token can be issued in between. Raises ClientRejected as `endpoint_request` does.
    """
    if server.revocation_url is None:
        return ()
    tokens = {
        "refresh_token": token_set.refresh_token,
        "access_token": token_set.access_token,
    }
    return tuple(
        endpoint_request(
            server,
            client,
            server.revocation_url,
            {"token": token, "token_type_hint": hint},
            authenticate=authenticate,
        )
        for hint, token in tokens.items()
        if token
    )


def is_revoked(response: Response) -> bool:
    """Tell whether the token is revoked or was invalid (RFC 7009, 2.2 and 2.2.1)."""
    error = (json_object(response.body) or {}).get("error")
    if 200 <= response.status < 300:
        # RFC 7009, 2.2: the body is ignored. But some servers answer 200 with an error in it.
        return not _is_page(response) and (not error or error == _INVALID_TOKEN)
    return 400 <= response.status <= 401 and error == _INVALID_TOKEN


def _is_page(response: Response) -> bool:
    return response.body[:64].lstrip().lower().startswith(_PAGE)


def revocation_error(response: Response, *, now: float) -> OAuth2Error | None:
    """Return why a token is not revoked, None where it is (RFC 7009, 2.2.1)."""
    if is_revoked(response):
        return None
    code = (json_object(response.body) or {}).get("error")
    wait = retry_after(response, now=now)
    if code == _UNSUPPORTED_TOKEN_TYPE:
        return TemporaryFailure(_UNSUPPORTED_TOKEN_TYPE)
    # An unknown code may repeat the token.
    known = error_from_code(code, retry_after=wait) if isinstance(code, str) else None
    if known is not None and not is_temporary(response.status):
        return known
    reason = known.code if known is not None else f"http_{response.status}"
    return TemporaryFailure(reason, retry_after=wait)
