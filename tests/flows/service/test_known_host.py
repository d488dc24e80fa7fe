"""A server that is found by its address, or typed, at a host that the catalogue knows."""

from typing import Any

import pytest
from yarl import URL

from custom_components.oauth2_client.providers.listing import (
    async_sign_in_parameters_at,
)
from homeassistant.core import HomeAssistant

from ...account_flow import AccountFlow, suggested
from ...internet import OUTSIDE, Internet

GOOGLE = "https://accounts.google.com"
ENDPOINTS: dict[str, Any] = {
    "authorize_url": f"{GOOGLE}/o/oauth2/auth",
    "token_url": "https://oauth2.googleapis.com/token",
}


async def _google(internet: Internet) -> None:
    place = await internet.put(OUTSIDE, "accounts.google.com", "oauth2.googleapis.com")
    place.answers[f"{GOOGLE}/.well-known/openid-configuration"] = {
        "issuer": GOOGLE,
        "authorization_endpoint": f"{GOOGLE}/o/oauth2/v2/auth",
        "token_endpoint": ENDPOINTS["token_url"],
        "scopes_supported": ["openid", "email", "profile"],
        "subject_types_supported": ["public"],
        "response_types_supported": ["code"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "jwks_uri": f"{GOOGLE}/jwks",
    }


@pytest.mark.parametrize(
    ("url", "parameters"),
    [
        (f"{GOOGLE}/o/oauth2/v2/auth", {"access_type": "offline", "prompt": "consent"}),
        (f"{GOOGLE}/o/oauth2/auth", {"access_type": "offline", "prompt": "consent"}),
        ("https://www.dropbox.com/oauth2/authorize", {"token_access_type": "offline"}),
        ("https://www.reddit.com/api/v1/authorize", {"duration": "permanent"}),
        ("https://login.microsoftonline.com/a/oauth2/v2.0/authorize", {}),
        ("https://github.com/login/oauth/authorize", {}),
        ("https://example.com/authorize", {}),
        ("", {}),
    ],
)
async def test_what_all_of_the_catalogue_send_to_a_host_is_known(
    hass: HomeAssistant, url: str, parameters: dict[str, str]
) -> None:
    assert await async_sign_in_parameters_at(hass, url) == parameters


async def test_a_server_that_is_found_is_asked_for_a_refresh_token(
    flow: AccountFlow, internet: Internet
) -> None:
    await _google(internet)
    result = await flow.discover("accounts.google.com")
    assert suggested(result)["details"]["authorize_parameters"] == [
        "access_type=offline",
        "prompt=consent",
    ]
    await flow.confirm_found(name="Mine", api_base_url="https://www.googleapis.com")
    result = await flow.to_sign_in(scopes=["openid"])

    assert URL(result["url"]).query["access_type"] == "offline"


async def test_what_a_person_takes_out_of_the_form_is_not_sent(
    flow: AccountFlow, internet: Internet
) -> None:
    await _google(internet)
    await flow.discover("accounts.google.com")
    await flow.confirm_found(
        name="Mine",
        api_base_url="https://www.googleapis.com",
        details={"authorize_parameters": []},
    )
    result = await flow.to_sign_in(scopes=["openid"])

    assert "access_type" not in URL(result["url"]).query


@pytest.mark.parametrize(
    ("typed", "prompt"), [([], "consent"), (["prompt=login"], "login")]
)
async def test_a_server_that_is_typed_is_asked_for_a_refresh_token(
    flow: AccountFlow, internet: Internet, typed: list[str], prompt: str
) -> None:
    await _google(internet)
    form = {**ENDPOINTS, "authorize_parameters": typed, "name": "Mine"}
    result = await flow.to_credential(**form)
    if result.get("errors"):
        # The endpoints that the pretended server lacks: the person insists.
        await flow.submit(**flow.manual_form(**form))
    result = await flow.to_sign_in(scopes=["openid"])

    asked = URL(result["url"]).query
    assert (asked["access_type"], asked["prompt"]) == ("offline", prompt)
