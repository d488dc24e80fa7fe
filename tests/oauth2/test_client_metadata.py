"""The metadata document that a client publishes about itself."""

import pytest

from custom_components.oauth2_client.oauth2 import (
    client_document,
    is_client_document_url,
)


@pytest.mark.parametrize(
    "url",
    [
        "https://home.example/client.json",
        "https://home.example:8123/api/client.json",
        "https://home.example/a..b/.well-known/c",
        "https://xn--bcher-kva.example/c",
        "https://[2001:db8::1]/c",
    ],
)
def test_a_client_id_may_be_the_url_of_a_document(url: str) -> None:
    assert is_client_document_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "client",
        "http://home.example/client.json",
        "https://home.example",
        "https://home.example/",
        "https://home.example/client.json#a",
        "https://home.example/client.json#",
        "https://home.example/client.json?",
        "https://home.example/client.json?a=b",
        "https://ada:secret@home.example/client.json",
        "https://ada@home.example/client.json",
        "https://home.example/./client.json",
        "https://home.example/a/../client.json",
        "https://home.example/a/%2e%2E/client.json",
        "https://home.example/a/.%2e",
        "https://home.example/a b",
        "https://home.example/a\n",
        "https:///client.json",
        "//home.example/client.json",
    ],
)
def test_other_client_ids_are_not_urls_of_a_document(url: str) -> None:
    assert not is_client_document_url(url)


def test_the_document_is_that_of_a_public_client() -> None:
    document = client_document(
        "https://home.example/client.json",
        name="Home",
        redirect_uris=["https://home.example/callback"],
        client_uri="https://home.example/",
        logo_uri="https://home.example/logo.png",
    )

    assert document == {
        "client_id": "https://home.example/client.json",
        "client_name": "Home",
        "client_uri": "https://home.example/",
        "redirect_uris": ["https://home.example/callback"],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "none",
        "logo_uri": "https://home.example/logo.png",
    }


def test_a_document_without_a_logo_names_none() -> None:
    document = client_document(
        "https://home.example/client.json",
        name="Home",
        redirect_uris=[],
        client_uri="https://home.example/",
    )

    assert "logo_uri" not in document
