"""Finds which scopes a token lacks by an API's response."""

from collections.abc import Sequence

from ..oauth2 import Response, TokenSet, missing_scopes
from ..oauth2.challenge import insufficient_scopes


def lacking_scopes(
    response: Response, token_set: TokenSet, asked: Sequence[str]
) -> tuple[str, ...]:
    """Return the scopes that an API says the token lacks (RFC 6750, 3.1), empty where it does not.

    Where the API refuses a request without naming scopes, the result is those of `asked` that were not
    granted. Where it names scopes, those that are not in `asked` are returned alone, if there are any.
    """
    lacking = insufficient_scopes(response)
    if not lacking and (lacking is not None or response.status == 403):
        lacking = missing_scopes(token_set, asked)
    if not lacking:
        return ()
    # The scopes in `asked` were requested before, so requesting them again would not help.
    further = tuple(scope for scope in lacking if scope not in asked)
    return further or tuple(lacking)
