"""*Find by address*: what a server publishes becomes a filled-in form, unless it lies."""

from typing import Any

import pytest

from custom_components.oauth2_client.flows.service import manual_provider
from custom_components.oauth2_client.providers.entered import (
    API_TOKEN_HEADER,
    DEVICE_PARAMETERS,
    PAIRS,
    TOKEN_PATH,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from ..account_flow import AccountFlow, suggested
from ..fake_server import FakeServer, Fault


def _told(error: str) -> dict[str, str]:
    """Return the errors of a form whose section is out of view."""
    return {"details": error, "base": error}


async def test_an_issuer_fills_in_the_form_and_leads_to_an_account(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    result = await flow.discover(server.base_url)

    assert result["step_id"] == "found"
    assert result["description_placeholders"]["offered"] == r"\: read\, write"
    found = suggested(result)
    assert found["name"] == "127.0.0.1"
    assert found["authorize_url"] == server.authorize_url
    assert found["token_url"] == server.token_url
    assert found["api_base_url"] == ""
    assert found["details"]["client_authentication"] == "client_secret_basic"
    assert found["details"]["device_authorization_url"] == server.device_url
    assert found["details"]["grants"] == [
        "authorization_code",
        "device_code",
        "client_credentials",
    ]
    await flow.confirm_found(name="Sandbox", api_base_url=server.api_base_url)
    await flow.to_sign_in()
    result = await flow.sign_in()
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert len(server.pushed_requests) == 1


async def test_an_api_leads_to_its_server(
    flow: AccountFlow, server: FakeServer
) -> None:
    found = suggested(await flow.discover(server.api_base_url))

    assert found["token_url"] == server.token_url
    assert found["api_base_url"] == server.api_base_url


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"issuer": "https://example.com"}, "issuer_mismatch"),
        ({"token_endpoint": "http://example.com/token"}, "https_required"),
        ({"token_endpoint": None}, "invalid_metadata"),
        ({"token_endpoint": 5}, "invalid_metadata"),
        ({"authorization_endpoint": "javascript:alert(1)"}, "invalid_metadata"),
        # A label that says to be an IDN and is none.
        ({"token_endpoint": "https://xn--a/token"}, "invalid_metadata"),
        ({"authorization_endpoint": "https://a.xn--/"}, "invalid_metadata"),
    ],
)
async def test_invalid_metadata_is_refused_with_the_reason(
    flow: AccountFlow, server: FakeServer, changes: dict[str, Any], error: str
) -> None:
    server.settings.metadata_changes = changes
    result = await flow.discover(server.base_url)

    assert (result["step_id"], result["errors"]) == ("discover", {"address": error})
    assert suggested(result)["address"] == server.base_url


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(404), "nothing_found"),
        (Fault(200, {}, b"<html>Sign in</html>"), "nothing_found"),
        (Fault(302, {"Location": "http://127.0.0.1:1/"}), "nothing_found"),
        (Fault(200, {}, b"[" * 100_000), "invalid_metadata"),
    ],
)
async def test_a_server_without_metadata_is_reported(
    flow: AccountFlow, server: FakeServer, fault: Fault, error: str
) -> None:
    server.metadata_faults.extend([fault] * 12)
    result = await flow.discover(server.base_url)

    assert result["errors"] == {"address": error}


@pytest.mark.parametrize(
    ("address", "error"),
    [
        ("", "address_missing"),
        ("not a host", "invalid_url"),
        ("http://example.com", "https_required"),
        ("http://127.0.0.1:9", "cannot_connect"),
    ],
)
async def test_an_address_that_cannot_be_used_or_reached_is_reported(
    flow: AccountFlow, address: str, error: str
) -> None:
    result = await flow.discover(address)

    assert result["errors"] == {"address": error}


async def test_the_form_offers_only_what_the_server_supports(
    flow: AccountFlow, server: FakeServer
) -> None:
    server.settings.grant_types = ("authorization_code",)
    server.settings.metadata_changes = {"code_challenge_methods_supported": ["plain"]}
    server.settings.client_authentication = frozenset({"client_secret_post"})
    result = await flow.discover(server.base_url)

    details = result["data_schema"].schema["details"].schema.schema
    assert {str(key) for key in details} == {
        "client_authentication",
        "scope_separator",
        "token_encoding",
        "repeats_nonce",
        "grants",
        "resources",
        "allow_http",
        *(name for name in PAIRS if name != DEVICE_PARAMETERS),
        TOKEN_PATH,
        API_TOKEN_HEADER,
    }
    assert details["grants"].config["options"] == ["authorization_code"]
    assert details["client_authentication"].config["options"] == ["client_secret_post"]
    await flow.confirm_found(name="Sandbox", api_base_url=server.api_base_url)
    result = await flow.to_sign_in()
    [pushed] = server.pushed_requests
    assert "code_challenge" not in pushed


async def test_the_form_offers_everything_where_the_server_does_not_say_what_it_supports(
    flow: AccountFlow, server: FakeServer
) -> None:
    server.settings.metadata_changes = {
        "grant_types_supported": None,
        "token_endpoint_auth_methods_supported": None,
    }
    result = await flow.discover(server.base_url)

    details = result["data_schema"].schema["details"].schema.schema
    assert len(details["grants"].config["options"]) == 4
    assert len(details["client_authentication"].config["options"]) == 6


OPENID = {"scopes": "openid read"}


async def _sign_in(flow: AccountFlow, **changed: Any) -> Any:
    """Sign in at a provider that is entered by hand, as one who asks for an id token."""
    result = await flow.to_credential(**{**OPENID, **changed})
    assert result["step_id"] == "credential", result["errors"]
    await flow.to_sign_in(scopes=["openid", "read"])
    return await flow.sign_in()


async def test_the_keys_of_a_server_that_is_entered_by_hand_are_discovered(
    flow: AccountFlow, server: FakeServer
) -> None:
    server.settings.id_token = {"sub": "1"}
    result = await _sign_in(flow)

    # The fake server signs nothing, and has no keys.
    assert result["errors"] == {"base": "id_token_algorithm"}


async def test_userinfo_of_a_server_that_is_entered_by_hand_is_discovered(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    userinfo = f"{server.api_base_url}/me"
    server.settings.metadata_changes = {
        "jwks_uri": None,
        "userinfo_endpoint": userinfo,
    }
    server.settings.id_token = {"sub": "1"}
    server.api_faults.append(Fault.json(200, {"sub": "1", "email": "ada@example.com"}))
    result = await _sign_in(flow)

    assert result["title"] == "Sandbox · ada@example.com"
    await hass.async_block_till_done()
    await hass.config_entries.async_remove(result["result"].entry_id)
    assert server.grants[-1].revoked


@pytest.mark.parametrize(
    ("published", "changes"),
    [
        (False, {}),
        (True, {"token_endpoint": "https://example.com/token"}),
        (True, {"issuer": "https://example.com"}),
    ],
    ids=["nothing", "another-token-url", "another-issuer"],
)
async def test_a_server_without_metadata_is_used_as_entered(
    flow: AccountFlow, server: FakeServer, published: bool, changes: dict[str, Any]
) -> None:
    server.settings.publish_metadata = published
    server.settings.metadata_changes = changes
    server.settings.id_token = {"sub": "1", "email": "ada@example.com"}
    result = await _sign_in(flow)

    assert result["title"] == "Sandbox · ada@example.com"


async def test_d5_metadata_is_discovered_whatever_the_scopes(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    entry = await flow.add_account()
    await hass.config_entries.async_remove(entry.entry_id)

    assert server.revocations[0]["token_type_hint"] == "refresh_token"
    assert server.grants[-1].revoked


async def test_d5_metadata_is_discovered_once_and_with_few_requests(
    flow: AccountFlow, server: FakeServer
) -> None:
    server.settings.publish_metadata = False
    await flow.to_credential()
    await flow.to_sign_in()

    asked = [path for path in server.requested if "/.well-known/" in path]
    assert 0 < len(asked) == len(set(asked)) <= 18


async def test_d5_a_revocation_url_that_is_typed_is_used(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    server.settings.publish_metadata = False
    entry = await flow.add_account(revocation_url=server.revocation_url)
    await hass.config_entries.async_remove(entry.entry_id)

    assert server.grants[-1].revoked


async def test_d5_a_typed_revocation_url_takes_precedence_over_a_published_one(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    server.settings.metadata_changes = {"revocation_endpoint": server.introspection_url}
    entry = await flow.add_account(revocation_url=server.revocation_url)
    await hass.config_entries.async_remove(entry.entry_id)

    assert server.grants[-1].revoked


@pytest.mark.parametrize("url", ["http://example.com/revoke", "revoke"])
async def test_d5_an_unusable_revocation_url_is_reported(
    flow: AccountFlow, url: str
) -> None:
    result = await flow.to_credential(revocation_url=url)

    assert result["errors"] == _told("revocation_endpoint_wrong")


async def test_the_metadata_of_an_entered_issuer_is_fetched(
    flow: AccountFlow, server: FakeServer
) -> None:
    server.settings.id_token = {"sub": "1"}
    result = await _sign_in(flow, issuer=server.base_url)

    assert result["errors"] == {"base": "id_token_algorithm"}


@pytest.mark.parametrize(
    ("issuer", "changes", "error"),
    [
        ("", {"token_endpoint": "https://example.com/token"}, "issuer_of_another"),
        ("", {"issuer": "https://example.com"}, "issuer_wrong"),
        ("/nowhere", {}, "issuer_publishes_nothing"),
        ("/no where#", {}, "issuer_publishes_nothing"),
    ],
)
async def test_an_unusable_issuer_is_reported(
    flow: AccountFlow,
    server: FakeServer,
    issuer: str,
    changes: dict[str, Any],
    error: str,
) -> None:
    server.settings.metadata_changes = changes
    result = await flow.to_credential(issuer=server.base_url + issuer)

    assert result["errors"] == _told(error)
    shown = result["description_placeholders"]["entry"]
    assert shown == server.base_url + issuer


async def test_an_unreachable_issuer_is_reported(flow: AccountFlow) -> None:
    result = await flow.to_credential(issuer="http://127.0.0.1:9")

    assert result["errors"] == _told("issuer_unreachable")


async def test_a_server_that_is_found_over_http_has_a_warning(
    flow: AccountFlow, server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As if it were another machine of the home network.
    monkeypatch.setattr(manual_provider, "is_loopback", lambda host: False)
    result = await flow.discover(server.base_url.removeprefix("http://"))

    assert (result["step_id"], result["errors"]) == (
        "found",
        {"base": "found_with_http"},
    )


async def test_d12_discovered_endpoints_are_not_probed(
    flow: AccountFlow, server: FakeServer
) -> None:
    # A token endpoint that answers 200 to nonsense.
    server.token_faults.append(Fault(200, {}, b"{}"))
    await flow.discover(server.base_url)
    result = await flow.confirm_found(name="Sandbox", api_base_url=server.api_base_url)

    assert result["step_id"] == "credential"
    assert server.token_requests == []


async def test_d12_discovered_endpoints_that_a_person_changes_are_probed(
    flow: AccountFlow, server: FakeServer
) -> None:
    await flow.discover(server.base_url)
    result = await flow.confirm_found(
        name="Sandbox",
        api_base_url=server.api_base_url,
        authorize_url=f"{server.base_url}/nothing",
    )

    assert result["errors"] == {"authorize_url": "not_oauth2_server"}


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/token", "{base}/token"),
        ("https://example.com/token/", "https://example.com/token/"),
        ("https://example.com/token?code=planted#x", "https://example.com/token"),
    ],
)
async def test_d14_a_token_url_that_redirects_is_reported_with_its_target(
    flow: AccountFlow, server: FakeServer, location: str, target: str
) -> None:
    server.settings.published = {"/token/": Fault(301, {"Location": location})}
    result = await flow.to_credential(token_url=f"{server.token_url}/")

    assert result["errors"] == {"token_url": "endpoint_redirects"}
    shown = result["description_placeholders"]["target"]
    assert shown == target.replace("{base}", server.base_url)
    assert server.token_requests == []


@pytest.mark.parametrize(
    "location",
    [
        "",
        "javascript:alert(1)",
        "https://a@example.com/",
        "http://[",
        "https://é.example",
    ],
)
async def test_d14_the_target_of_a_redirect_is_shown_only_if_it_is_a_plain_url(
    flow: AccountFlow, server: FakeServer, location: str
) -> None:
    server.settings.published = {"/elsewhere": Fault(301, {"Location": location})}
    result = await flow.to_credential(token_url=f"{server.base_url}/elsewhere")

    expected = "endpoint_redirects" if location == "" else "not_oauth2_server"
    assert result["errors"] == {"token_url": expected}


async def test_d14_a_redirect_at_the_sign_in_is_reported_with_its_target(
    flow: AccountFlow, server: FakeServer
) -> None:
    await flow.to_credential()
    await flow.to_sign_in()
    server.token_faults.append(Fault(308, {"Location": "/token/"}))
    result = await flow.sign_in()

    assert result["errors"] == {"base": "redirect_refused"}
    reason = result["description_placeholders"]["reason"]
    assert reason == f"redirect_refused: {server.base_url}/token/"
