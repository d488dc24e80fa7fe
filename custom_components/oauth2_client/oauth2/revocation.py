"""Token revocation (RFC 7009): what a sign-out tells the server."""

from typing import Final

from .client import Client, ClientAuthentication
from .endpoint_answer import json_object
from .endpoint_request import endpoint_request
from .message import Request, Response
from .server import AuthorizationServer
from .token_set import TokenSet

# RFC 7009, 2.2: a token that is not valid is as good as revoked. Google says so with a 400.
_GONE: Final = "invalid_token"


def revocation_requests(
    server: AuthorizationServer,
    client: Client,
    token_set: TokenSet,
    *,
    authenticate: ClientAuthentication | None = None,
) -> tuple[Request, ...]:
    """Return a request for each token (RFC 7009, 2.1), none where the server revokes none.

    The refresh token comes first: many servers revoke the access token together with it, and none
    can be renewed in between. Raises ClientRejected as `endpoint_request` does.
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
    """Tell whether a token is of no use any more (RFC 7009, 2.2 and 2.2.1)."""
    error = (json_object(response.body) or {}).get("error")
    if 200 <= response.status < 300:
        # Some servers answer 200 with an error; an empty body is what the RFC asks for.
        return not error or error == _GONE
    return 400 <= response.status <= 401 and error == _GONE
