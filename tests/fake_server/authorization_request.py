"""What a client may ask a user for, at /authorize or pushed before (RFC 6749, 4.1.1)."""

import re
from typing import Any, Final
from urllib.parse import urlsplit

from multidict import MultiMapping

from .grants import AuthorizationRequest
from .settings import Settings

# RFC 7636, 4.2: the base64url of a SHA-256 digest.
_CHALLENGE: Final = re.compile(r"[A-Za-z0-9_-]{43}")


class Refused(Exception):
    """Told to the person only: where to send the answer is not certain (RFC 6749, 4.1.2.1)."""


class SentBack(Exception):
    """An error that the client is told by way of its redirect URI."""

    def __init__(self, code: str, description: str) -> None:
        super().__init__(description)
        self.code = code


def read_client_id(query: MultiMapping[str], settings: Settings) -> str:
    values = every(query, "client_id")
    if len(values) != 1:
        raise Refused("The request must name exactly one client (client_id).")
    if values[0] not in settings.clients:
        raise Refused(f"Unknown client: no application is registered as “{values[0]}”.")
    return values[0]


def read_redirect_uri(query: MultiMapping[str]) -> str:
    values = every(query, "redirect_uri")
    if len(values) != 1:
        raise Refused("The request must hold exactly one redirect_uri.")
    uri = values[0]
    try:
        parts = urlsplit(uri)
        good = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        good = False
    # RFC 6749, 3.1.2: absolute and without a fragment. urlsplit overlooks control characters.
    if not good or "#" in uri or re.search(r"[\x00-\x20\x7f]", uri):
        raise Refused(f"The redirect_uri “{uri}” is not an absolute http(s) address.")
    return uri


def read_request(
    query: MultiMapping[str], settings: Settings, *, client_id: str, redirect_uri: str
) -> AuthorizationRequest:
    """Return the request of a client whose id and redirect URI were read before."""
    for name in query:
        if len(query.getall(name)) > 1:
            raise SentBack("invalid_request", f"{name} is repeated")
    response_type = query.get("response_type")
    if not response_type:
        raise SentBack("invalid_request", "response_type is missing")
    if response_type != "code":
        raise SentBack("unsupported_response_type", "only code is supported")
    return AuthorizationRequest(
        client_id=client_id,
        redirect_uri=redirect_uri,
        scope=" ".join(query.get("scope", "").split()),
        state=query.get("state"),
        code_challenge=_code_challenge(query, settings),
        nonce=query.get("nonce"),
    )


def every(query: MultiMapping[str], name: str) -> list[str]:
    # An explicit default: getall() raises without one.
    nothing: list[Any] = []
    return query.getall(name, nothing)


def _code_challenge(query: MultiMapping[str], settings: Settings) -> str | None:
    challenge = query.get("code_challenge")
    method = query.get("code_challenge_method")
    if not challenge:
        if settings.require_pkce:
            raise SentBack("invalid_request", "code_challenge is missing")
        return None
    # RFC 7636, 4.3: without a method it is plain, which is refused here.
    if method != "S256" or not _CHALLENGE.fullmatch(challenge):
        raise SentBack("invalid_request", "code_challenge must be of method S256")
    return challenge
