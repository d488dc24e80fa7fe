"""DPoP: sends requests with a proof that the sender has the token's key (RFC 9449)."""

from copy import replace
import secrets

from yarl import URL

from ..oauth2 import DpopKey, Request, Response, dpop_nonce, dpop_proof, wants_nonce
from . import Send
from .clock import Clock


class Proofs:
    """Adds proofs signed with one key to requests, with the latest nonce of each server."""

    def __init__(self, key: DpopKey, *, clock: Clock) -> None:
        self.key = key
        self._clock = clock
        self._nonces: dict[URL, str] = {}

    async def send(
        self,
        request: Request,
        send: Send,
        *,
        access_token: str | None = None,
        repeat: bool = True,
    ) -> Response:
        """Send a request with its proof; with `repeat`, once more where the server wants another nonce.

        Without `repeat`, that nonce is used from the next request on. `access_token` is for requests to an
        API, whose proof contains the token's hash (RFC 9449, 7.1).
        """
        response = await send(self._proven(request, access_token))
        if self._learn(request, response) and repeat:
            response = await send(self._proven(request, access_token))
        return response

    def _proven(self, request: Request, access_token: str | None) -> Request:
        proof = dpop_proof(
            self.key,
            method=request.method,
            url=request.url,
            now=self._clock.now(),
            random_bytes=secrets.token_bytes,
            access_token=access_token,
            nonce=self._nonces.get(_origin(request)),
        )
        return replace(request, headers={**request.headers, "DPoP": proof})

    def _learn(self, request: Request, response: Response) -> bool:
        """Keep the response's nonce; return whether to send the request again with it."""
        if (nonce := dpop_nonce(response)) is None:
            return False
        used = self._nonces.get(_origin(request))
        self._nonces[_origin(request)] = nonce
        return nonce != used and wants_nonce(response)


def _origin(request: Request) -> URL:
    return URL(request.url, encoded=True).origin()
