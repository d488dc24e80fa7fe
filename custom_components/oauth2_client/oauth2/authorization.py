"""Authorization requests, and the errors of authorization responses (RFC 6749, 4.1.1 and 4.1.2.1)."""

from collections.abc import Mapping, Sequence

from .error_codes import error_from_code, is_code
from .errors import GrantRejected, OAuth2Error
from .message import added_to_query, filled_parameters, renamed
from .pkce import code_challenge
from .refusal import Refusal, is_plain, known_code, normalised, shown_words
from .server import AuthorizationServer, Client


def authorization_parameters(
    server: AuthorizationServer,
    client: Client,
    *,
    redirect_uri: str,
    state: str,
    scopes: Sequence[str] = (),
    code_verifier: str | None = None,
) -> dict[str, str]:
    """Return the parameters of an authorization request (RFC 6749, 4.1.1; RFC 7636, 4.3)."""
    own = filled_parameters(
        server.authorize_parameters, scopes=server.scope_separator.join(scopes)
    )
    parameters = {
        **own,
        # A few services require another value than `code`.
        "response_type": own.get("response_type", "code"),
        "client_id": client.id,
        "redirect_uri": redirect_uri,
        "state": state,
    }
    if scopes:
        parameters["scope"] = server.scope_separator.join(scopes)
    if code_verifier is not None:
        method = server.code_challenge_method
        parameters["code_challenge"] = code_challenge(code_verifier, method)
        parameters["code_challenge_method"] = method
    return dict(renamed(parameters, server.parameter_names))


def authorization_url(
    server: AuthorizationServer, parameters: Mapping[str, str]
) -> str:
    """Return the URL that the user's browser opens.

    The query of `authorize_url` is kept (RFC 6749, 3.1), and `server.resources` are added (RFC 8707,
    2.1). Where its fragment is a path (`#/authorize`), the parameters are added to the fragment: a
    script in the browser reads them from there.
    """
    pairs = [
        *parameters.items(),
        *(("resource", resource) for resource in server.resources),
    ]
    page, route, path = server.authorize_url.partition("#/")
    if route:
        return f"{page}{route}{added_to_query(path, pairs)}"
    return added_to_query(server.authorize_url, pairs)


def authorization_error(
    code: str, *, scopes: Sequence[str] = (), description: str | None = None
) -> OAuth2Error:
    """Return the error of an authorization response with this `error` code (RFC 6749, 4.1.2.1).

    `scopes` are the requested ones, `description` is the server's `error_description`. An error code
    that is not in the RFCs is kept unchanged.
    """
    words = shown_words(description or "", ())
    if not is_code(code):
        return GrantRejected("unknown_error", description=words)
    refusal = Refusal((code,), words or "")
    meaning = known_code(refusal) or "access_denied"
    server_code = normalised(code) if is_plain(refusal) else code
    error = error_from_code(
        meaning, server_code=server_code, scopes=scopes, description=words
    )
    return error or GrantRejected(code, description=words)
