"""Clients that nobody registered: their id is the address of their document.

draft-ietf-oauth-client-id-metadata-document: the server reads it and keeps to it.
"""

from collections.abc import Mapping
import json
from typing import Any

from aiohttp import web

from .settings import Fetch, Settings


async def admit_client(settings: Settings, parameters: Mapping[str, str]) -> None:
    """Read the document of a client id that is an address. Refuse what does not keep to it."""
    client_id = parameters.get("client_id", "")
    if settings.fetch_document is None or not client_id.startswith("https://"):
        return
    document = await _document(settings.fetch_document, client_id)
    redirect_uri = parameters.get("redirect_uri")
    if redirect_uri is not None and redirect_uri not in document["redirect_uris"]:
        raise web.HTTPBadRequest(text="redirect_uri is not in the document")
    settings.clients[client_id] = None


async def _document(fetch: Fetch, client_id: str) -> dict[str, Any]:
    content_type, body = await fetch(client_id)
    document: dict[str, Any] = json.loads(body)
    as_expected = (
        content_type == "application/json"
        and document["client_id"] == client_id
        and "authorization_code" in document["grant_types"]
        and document["token_endpoint_auth_method"] == "none"
    )
    if not as_expected:
        raise web.HTTPBadRequest(text="this is not the document of the client")
    return document
