"""What a server refuses is told in the form, and nothing that was typed is lost (A4, A5, A9, A13)."""

import asyncio
from typing import Any

import pytest
from yarl import URL

from homeassistant.core import HomeAssistant
from homeassistant.core_config import async_process_ha_core_config
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.http import current_request

from ..account_flow import SCOPES, AccountFlow, key_file, suggested
from ..fake_server import FakeServer, Fault
from ..translations import ENGLISH


async def _come_back(flow: AccountFlow, **answer: str) -> Any:
    """Come back from the provider with an error."""
    asked = URL(await flow.open_window()).query
    callback = URL("/auth/external/callback").with_query(state=asked["state"], **answer)
    with pytest.MonkeyPatch.context() as patched:
        # Home Assistant's own, in place of the fixture's request that is always the same.
        patched.setattr("homeassistant.helpers.http.current_request", current_request)
        return await flow.come_back(str(callback))


@pytest.mark.parametrize(
    ("answer", "error", "reason"),
    [
        (
            {"error": "foutje", "error_description": "Neen,  bedankt"},
            "grant_rejected",
            "foutje: Neen, bedankt",
        ),
        (
            {"error": "invalid_scope", "error_description": "No [write](https://a.b)"},
            "scope_rejected",
            "invalid_scope: No [write](https://a.b)",
        ),
        (
            {"error": "unauthorized_client", "error_uri": "https://a.b/"},
            "client_rejected",
            "unauthorized_client",
        ),
    ],
)
async def test_a13_an_error_of_the_callback_is_told_in_the_servers_words(
    flow: AccountFlow, answer: dict[str, str], error: str, reason: str
) -> None:
    await flow.to_credential()
    await flow.to_sign_in()
    result = await _come_back(flow, **answer)

    # A client that is refused is not stored.
    stored = error != "client_rejected"
    assert result["step_id"] == ("stored_credential" if stored else "credential")
    assert result["errors"]["base"] == error
    shown = result["description_placeholders"]
    assert shown["reason"] == reason
    assert shown["scopes"] == (": read, write" if error == "scope_rejected" else "")


@pytest.mark.parametrize(
    ("ending", "is_refused"), [("", False), ("/", False), ("/other", True), ("x", True)]
)
@pytest.mark.parametrize("answer", [{}, {"error": "access_denied"}])
async def test_an_answer_of_another_issuer_is_not_used(
    flow: AccountFlow,
    server: FakeServer,
    answer: dict[str, str],
    ending: str,
    *,
    is_refused: bool,
) -> None:
    # RFC 9207, 2.4: what one server was asked is not answered by another one.
    await flow.to_credential(issuer=server.base_url)
    await flow.to_sign_in()
    code = {} if answer else {"code": "of-another-server"}
    issuer = f"{server.base_url}{ending}"
    result = await _come_back(flow, **code, **answer, iss=issuer)

    assert result["step_id"] == "stored_credential"
    is_reported = result["errors"]["base"] == "other_issuer"
    assert is_reported is is_refused
    exchanged = [request for request in server.token_requests if "code" in request]
    assert len(exchanged) == (0 if answer or is_refused else 1)


def _refused(words: str, code: str = "invalid_client") -> Fault:
    return Fault.json(400, {"error": code, "error_description": words})


@pytest.mark.parametrize(
    ("fault", "errors"),
    [
        (
            _refused("Client demo-client: wrong secret"),
            {"base": "client_rejected", "client_secret": "look_at_client_secret"},
        ),
        (
            Fault.json(401, {"status": "BAD_CLIENT_ID", "message": "unknown one"}),
            {"base": "client_rejected", "client_id": "look_at_client_id"},
        ),
        (Fault.json(404, {"message": "Not Found"}), {"base": "endpoint_not_found"}),
        (Fault(405), {"base": "endpoint_not_found"}),
        (
            _refused("x", "redirect_uri_mismatch"),
            {"base": "redirect_uri_rejected", "redirect": "look_at_redirect_uri"},
        ),
        (
            _refused("x", "unauthorized_grant_type"),
            {"base": "grant_type_rejected", "details": "look_at_grant"},
        ),
        (
            _refused("x", "invalid_scope"),
            {"base": "scope_rejected", "details": "look_at_scopes"},
        ),
        (_refused("Sorry"), {"base": "client_rejected"}),
    ],
    ids=[
        "secret",
        "client-id",
        "address",
        "method",
        "redirect-uri",
        "grant-type",
        "scope",
        "nothing",
    ],
)
async def test_a4_the_field_to_look_at_is_marked(
    hass: HomeAssistant,
    flow: AccountFlow,
    server: FakeServer,
    fault: Fault,
    errors: dict[str, str],
) -> None:
    await async_process_ha_core_config(hass, {"external_url": "https://a.example"})
    await flow.to_credential(
        grants=["authorization_code", "device_code"],
        device_authorization_url=server.device_url,
    )
    await flow.to_sign_in()
    server.token_faults.append(fault)
    result = await flow.sign_in()

    # The client was accepted where only its scopes were not.
    is_stored = errors["base"] == "scope_rejected"
    assert result["step_id"] == ("stored_credential" if is_stored else "credential")
    assert result["errors"] == errors


async def test_a5_the_servers_words_are_shown_as_text_without_secrets(
    flow: AccountFlow, server: FakeServer
) -> None:
    await flow.to_credential()
    await flow.to_sign_in()
    words = "See [x](https://a.b)\r\nfor demo-client, <b>demo-secret</b> \u202eклиент"
    server.token_faults.append(_refused(words))
    result = await flow.sign_in()

    # Errors of a form are text: the frontend renders Markdown in descriptions only.
    assert set(result["errors"]) == {"base"}
    assert result["description_placeholders"]["reason"] == (
        "invalid_client: See [x](https://a.b) for demo-client, <b>…</b> клиент"
    )
    for step in ENGLISH["config"]["step"].values():
        assert "{reason}" not in step.get("description", "")


async def test_a5_nothing_that_was_typed_is_lost(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    await async_process_ha_core_config(hass, {"external_url": "https://a.example"})
    await flow.to_credential(
        grants=["authorization_code", "device_code"],
        device_authorization_url=server.device_url,
    )
    address = "https://a.example/auth/external/callback"
    details = {"scopes": ["read", "own"], "grant": "authorization_code"}
    await flow.to_sign_in(redirect_uri=address, details=details)
    server.token_faults.append(_refused("Not today"))
    result = await flow.sign_in()

    kept = suggested(result)
    assert kept["client_id"] == "demo-client"
    assert kept["redirect"]["redirect_uri"] == address
    assert kept["details"]["scopes"] == ["read", "own"]
    assert kept["details"]["grant"] == "authorization_code"
    assert "demo-secret" not in str(result)
    assert set(kept["client_secret"]) == {"•"}

    # Sent again as it is: the secret is that of before.
    result = await flow.submit(**kept)
    result = await flow.sign_in()
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert server.token_requests[-1]["client_secret"] == "demo-secret"


@pytest.mark.parametrize(
    ("client_id", "client_secret", "sent"),
    [
        ("demo-client", "other-secret", "other-secret"),
        ("demo-client", "", None),
        ("other-client", "", None),
    ],
)
async def test_a5_what_is_typed_anew_takes_the_place_of_what_was_kept(
    flow: AccountFlow,
    server: FakeServer,
    client_id: str,
    client_secret: str,
    sent: str | None,
) -> None:
    server.settings.clients["other-client"] = None
    await flow.to_credential()
    await flow.to_sign_in()
    server.token_faults.append(_refused("Not today"))
    await flow.sign_in()
    await flow.to_sign_in(client_id=client_id, client_secret=client_secret)
    await flow.sign_in()

    assert server.token_requests[-1].get("client_secret") == sent


async def test_a5_a_stored_credential_can_be_chosen_in_place_of_what_was_kept(
    flow: AccountFlow, server: FakeServer
) -> None:
    entry = await flow.add_account()
    await flow.choose("Sandbox")
    await flow.to_sign_in(client_secret="wrong-secret")
    kept = suggested(await flow.sign_in())
    assert kept["client_id"] == "demo-client"
    result = await flow.submit(**kept | {"way": "stored_credential"})
    assert result["step_id"] == "stored_credential"
    await flow.submit(
        credential=entry.data["auth_implementation"], details=kept["details"]
    )
    result = await flow.sign_in()

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert server.token_requests[-1]["client_secret"] == "demo-secret"


async def test_a5_a_wrong_host_loses_nothing(
    flow: AccountFlow, server: FakeServer
) -> None:
    server.settings.id_token = {"sub": "user-1"}
    await flow.reconfigure(await flow.add_account())
    details = {"scopes": ["read"], "allowed_hosts": ["a/b", "c.example"]}
    result = await flow.submit(credential="new", details=details)

    assert result["errors"] == {"details": "invalid_host"}
    kept = suggested(result)
    assert kept["details"]["scopes"] == ["read"]
    assert kept["details"]["allowed_hosts"] == ["a/b", "c.example"]
    kept["details"]["allowed_hosts"] = ["c.example"]
    await flow.submit(**kept | {"credential": "new"})
    await flow.to_sign_in(client_secret="other-secret", scopes=["read"])
    await flow.sign_in()
    assert server.token_requests[-1]["client_secret"] == "other-secret"


async def test_a5_a_key_file_is_kept_too(flow: AccountFlow, server: FakeServer) -> None:
    await flow.to_credential(grants=["jwt_bearer"], authorize_url="")
    server.token_faults.append(_refused("Not today"))
    result = await flow.submit(client_secret=key_file(), details={"scopes": SCOPES})
    assert result["errors"]["base"] == "client_rejected"
    server.token_faults.append(Fault.json(200, {"access_token": "planted-robot"}))
    result = await flow.submit(details={"scopes": SCOPES})

    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_a13_scopes_are_named_where_a_push_is_refused(
    flow: AccountFlow, server: FakeServer
) -> None:
    words = {"error": "invalid_scope", "error_description": "No 'write' here"}
    server.settings.published = {"/par": Fault.json(400, words)}
    await flow.discover(server.base_url)
    await flow.confirm_found(name="Sandbox", api_base_url=server.api_base_url)
    result = await flow.to_sign_in()

    assert result["errors"] == {"base": "scope_rejected", "details": "look_at_scopes"}
    shown = result["description_placeholders"]
    assert shown["reason"] == "invalid_scope: No 'write' here"
    assert shown["scopes"] == ": read, write"


@pytest.mark.parametrize(
    ("fault", "error", "reason"),
    [
        (
            Fault.json(418, {"message": "User has declined it"}),
            "access_denied",
            "access_denied: User has declined it",
        ),
        (
            Fault.json(400, {"status": "ERR_AUTHORIZATION_DECLINED", "msg": "No, no"}),
            "access_denied",
            "access_denied: No, no",
        ),
        (
            Fault.json(401, {"error": {"message": "The client secret is wrong"}}),
            "client_rejected",
            "invalid_client: The client secret is wrong",
        ),
    ],
)
async def test_a9_a_device_is_refused_in_the_servers_words(
    flow: AccountFlow, server: FakeServer, fault: Fault, error: str, reason: str
) -> None:
    await flow.to_credential(
        grants=["device_code"],
        authorize_url="",
        device_authorization_url=server.device_url,
    )
    await flow.to_sign_in()
    server.token_faults.append(fault)
    result = await flow.submit()
    while result["type"] is FlowResultType.SHOW_PROGRESS:
        await asyncio.sleep(0.05)
        result = await flow.hass.config_entries.flow.async_configure(result["flow_id"])
    while result["type"] is FlowResultType.SHOW_PROGRESS_DONE:
        result = await flow.hass.config_entries.flow.async_configure(result["flow_id"])

    assert result["step_id"] in ("stored_credential", "credential_without_browser")
    assert result["errors"]["base"] == error
    assert result["description_placeholders"]["reason"] == reason


async def test_a13_scopes_are_named_where_a_device_code_is_refused(
    flow: AccountFlow, server: FakeServer
) -> None:
    await flow.to_credential(
        grants=["device_code"],
        authorize_url="",
        device_authorization_url=server.device_url,
    )
    path = URL(server.device_url).path
    server.settings.published = {path: Fault.json(400, {"code": "InvalidScope"})}
    result = await flow.to_sign_in()

    assert result["errors"]["base"] == "scope_rejected"
    assert result["description_placeholders"]["scopes"] == ": read, write"
