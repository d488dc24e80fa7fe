"""The metadata document that a client publishes about itself; its URL is the client id.

OAuth Client ID Metadata Document (draft-ietf-oauth-client-id-metadata-document): the server reads the
document at each sign-in, so no client has to be registered.
"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote

from .discovery import split_url


def is_client_document_url(url: str) -> bool:
    """Tell whether a URL may be the client id of a metadata document (draft, 3).

    It needs a path without dot segments, which clients and servers would resolve differently, and has
    neither a fragment nor user information. The draft advises against a query, and we need none.
    """
    parts = split_url(url)
    if parts is None or parts.scheme != "https" or "?" in url:
        return False
    segments = unquote(parts.path).split("/")
    return parts.path not in ("", "/") and not {".", ".."}.intersection(segments)


def client_document(
    client_id: str,
    *,
    name: str,
    redirect_uris: Sequence[str],
    client_uri: str,
    logo_uri: str | None = None,
) -> dict[str, Any]:
    """Return the document of a public client that signs in with the browser (RFC 7591, 2).

    The document is public, so it cannot hold a client secret (draft, 4.1).
    """
    document: dict[str, Any] = {
        "client_id": client_id,
        "client_name": name,
        "client_uri": client_uri,
        "redirect_uris": list(redirect_uris),
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "none",
    }
    return document if logo_uri is None else {**document, "logo_uri": logo_uri}
