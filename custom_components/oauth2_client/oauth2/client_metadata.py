"""The document that a client publishes of itself; its address is the client id.

OAuth Client ID Metadata Document (draft-ietf-oauth-client-id-metadata-document): the server reads the
document when somebody signs in, so that nobody has to register a client.
"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote

from .discovery import split_url


def is_client_document_url(url: str) -> bool:
    """Tell whether a client id may be the address of a document (draft, 3).

    It has a path without dot segments, which clients and servers would resolve differently, and
    neither a fragment nor credentials. A query is advised against, and we need none.
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
