"""Proofs that requests come from who holds the key of a token (RFC 9449)."""

from collections.abc import Callable
from dataclasses import replace
import secrets
import time

from yarl import URL

from .oauth2 import DpopKey, Request, Response, dpop_nonce, dpop_proof, wants_nonce


class Proofs:
    """Adds proofs by one key to requests; remembers the nonces that servers ask for."""

    def __init__(self, key: DpopKey, *, clock: Callable[[], float] = time.time) -> None:
        self.key = key
        self._clock = clock
        self._nonces: dict[URL, str] = {}

    def proven(self, request: Request, *, access_token: str | None = None) -> Request:
        """Return a request with its proof; `access_token` goes with a request to an API."""
        proof = dpop_proof(
            self.key,
            method=request.method,
            url=request.url,
            now=self._clock(),
            random_bytes=secrets.token_bytes,
            access_token=access_token,
            nonce=self._nonces.get(_origin(request)),
        )
        return replace(request, headers={**request.headers, "DPoP": proof})

    def learn(self, request: Request, response: Response) -> bool:
        """Take over a nonce; tell whether the same request is worth sending with it."""
        if (nonce := dpop_nonce(response)) is None:
            return False
        used = self._nonces.get(_origin(request))
        self._nonces[_origin(request)] = nonce
        return nonce != used and wants_nonce(response)


def _origin(request: Request) -> URL:
    return URL(request.url, encoded=True).origin()
