"""Tries one way to authenticate a client after another, and remembers which one the server accepts."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from ...oauth2 import OAuth2Error, RefusedByPolicy, TemporaryFailure

# RFC 6749, 5.2.
_INVALID_GRANT: Final = "invalid_grant"


async def async_ask_in_turn[Answer](
    attempts: Mapping[str, Callable[[], Awaitable[Answer]]],
    *,
    is_of_client: Callable[[OAuth2Error], bool],
    may_help: Callable[[str, OAuth2Error], bool] = lambda name, refusal: True,
    keep: Callable[[str], Awaitable[None]],
) -> Answer:
    """Return the answer to the first of the attempts that the server accepts.

    `is_of_client` tells whether a refusal may be due to the way in which the client authenticated, and
    `may_help` whether an attempt may be accepted after the first refusal. `keep` is awaited with the name
    of a later attempt that was accepted. Raises the first refusal where all are refused.
    """
    refusals: list[OAuth2Error] = []
    for name, ask in attempts.items():
        if refusals and not may_help(name, refusals[0]):
            continue
        try:
            answer = await ask()
        except OAuth2Error as err:
            if is_of_client(err):
                refusals.append(err)
                continue
            if refusals and not isinstance(err, TemporaryFailure | RefusedByPolicy):
                # The server accepts the client now, and refuses only the grant.
                await keep(name)
            if refusals and err.code == _INVALID_GRANT:
                # The first request may have used up the authorization code.
                break
            raise
        if refusals:
            await keep(name)
        return answer
    raise refusals[0]
