"""Proof Key for Code Exchange (RFC 7636)."""

from collections.abc import Callable
import hashlib
from typing import Final

from .base64url import base64url
from .server import ChallengeMethod

_VERIFIER_BYTES: Final = 48


def code_verifier(random: Callable[[int], bytes]) -> str:
    """Return a verifier of 64 characters, made from 48 random bytes (RFC 7636, 4.1)."""
    return base64url(random(_VERIFIER_BYTES))


def code_challenge(verifier: str, method: ChallengeMethod = "S256") -> str:
    """Return the challenge of a verifier (RFC 7636, 4.2)."""
    if method == "plain":
        return verifier
    return base64url(hashlib.sha256(verifier.encode("ascii")).digest())
