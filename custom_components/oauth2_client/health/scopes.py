"""Which scopes a token lacks, as far as an API's answer tells."""

from collections.abc import Sequence

from ..oauth2 import Response, TokenSet, missing_scopes
from ..oauth2.challenge import insufficient_scopes


def lacking_scopes(
    response: Response, token_set: TokenSet, asked: Sequence[str]
) -> tuple[str, ...]:
    """Return the scopes that an API says the token lacks (RFC 6750, 3.1), none where it does not.

    Where it forbids a request and names none, they are those that were asked for and not granted.
    Otherwise those that were not asked for come alone.
    """
    lacking = insufficient_scopes(response)
    if not lacking and (lacking is not None or response.status == 403):
        lacking = missing_scopes(token_set, asked)
    if not lacking:
        return ()
    # A sign-in with the same scopes has not helped with the others.
    further = tuple(scope for scope in lacking if scope not in asked)
    return further or tuple(lacking)
