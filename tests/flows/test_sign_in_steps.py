"""Signing in on another device, without a person, and with a request that is pushed."""

import asyncio
from email.utils import formatdate
import time
from typing import Any
from unittest.mock import AsyncMock

from aiohttp import FormData
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    PublicFormat,
)
import jwt
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from yarl import URL

from custom_components.oauth2_client.flows import sign_in_steps
from custom_components.oauth2_client.oauth2 import DeviceAuthorization
from custom_components.oauth2_client.wire.clock import CLOCK
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from ..account_flow import SCOPES, AccountFlow, key_file, private_pem, suggested
from ..clock import StoppedClock
from ..fake_server import FakeServer, Fault


async def _to_device(flow: AccountFlow) -> Any:
    """Go to the form that shows the code."""
    await flow.to_credential(
        grants=["authorization_code", "device_code"],
        device_authorization_url=flow.server.device_url,
    )
    return await flow.to_sign_in(details={"grant": "device_code"})


async def _pass_polls(server: FakeServer) -> None:
    """Let as much time pass as five polls take, and what is under way arrive."""
    for _ in range(20):
        await asyncio.sleep(server.settings.device_interval / 4)


async def _wait(flow: AccountFlow) -> Any:
    """Send the form, and wait until the flow goes on."""
    result = await flow.submit()
    while result["type"] is FlowResultType.SHOW_PROGRESS:
        await asyncio.sleep(0.05)
        result = await flow.hass.config_entries.flow.async_configure(result["flow_id"])
    while result["type"] is FlowResultType.SHOW_PROGRESS_DONE:
        result = await flow.hass.config_entries.flow.async_configure(result["flow_id"])
    return await flow.take(result)


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("WDJB-MJHT", "WDJB-MJHT"),
        ("A_B_C", r"A\_B\_C"),
        ("[x](https://evil.example)", r"\[x\]\(https\:\/\/evil\.example\)"),
    ],
)
async def test_a_code_is_shown_letter_by_letter(
    flow: AccountFlow, monkeypatch: pytest.MonkeyPatch, code: str, shown: str
) -> None:
    # The forms are Markdown, and the server chooses the code.
    authorization = DeviceAuthorization(
        device_code="d",
        user_code=code,
        verification_uri="https://example.com/device",
        interval=5,
        expires_at=time.time() + 600,
    )
    monkeypatch.setattr(
        sign_in_steps,
        "async_device_authorization",
        AsyncMock(return_value=authorization),
    )
    result = await _to_device(flow)

    assert result["description_placeholders"]["user_code"] == shown


async def test_a_code_on_another_device_leads_to_an_account(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    result = await _to_device(flow)
    assert result["step_id"] == "device"
    shown = result["description_placeholders"]
    assert shown["verification_uri"] == server.device_url
    assert "planted" not in str(result)
    server.decide_device(shown["user_code"], allow=True)
    result = await _wait(flow)

    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    entry = result["result"]
    assert entry.state is ConfigEntryState.LOADED
    assert entry.data["grant"] == "device_code"
    assert (await entry.runtime_data.account.request("GET", "/me")).status == 200


async def test_a_sign_in_on_another_device_can_be_left(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    await _to_device(flow)
    result = await flow.submit(way="credential")
    assert (result["step_id"], result["errors"]) == ("stored_credential", None)
    # Nobody waits for it any more.
    await _pass_polls(server)
    asked = len(server.token_requests)
    await _pass_polls(server)
    assert len(server.token_requests) == asked
    await flow.submit(
        credential=suggested(result)["credential"],
        details={"scopes": SCOPES, "grant": "authorization_code"},
    )

    assert (await flow.sign_in())["type"] is FlowResultType.CREATE_ENTRY


async def test_what_is_refused_on_the_other_device_is_told(
    flow: AccountFlow, server: FakeServer
) -> None:
    result = await _to_device(flow)
    code = result["description_placeholders"]["user_code"]
    server.decide_device(code, allow=False)
    result = await _wait(flow)

    assert (result["step_id"], result["errors"]) == (
        "stored_credential",
        {"base": "access_denied"},
    )


@pytest.fixture
def clock(hass: HomeAssistant, server: FakeServer) -> StoppedClock:
    """The clock of Home Assistant and of the provider, by which codes expire."""
    clock = StoppedClock(time=time.time())
    hass.data[CLOCK] = clock.clock
    server._store.clock = lambda: clock.time
    return clock


async def test_a_code_that_has_expired_is_followed_by_a_new_one(
    clock: StoppedClock, flow: AccountFlow, server: FakeServer
) -> None:
    first = await _to_device(flow)
    clock.move(server.settings.device_lifetime)
    result = await _wait(flow)
    assert (result["step_id"], result["errors"]) == ("device", {"base": "new_code"})
    code = result["description_placeholders"]["user_code"]
    assert code != first["description_placeholders"]["user_code"]

    server.decide_device(code, allow=True)
    assert (await _wait(flow))["type"] is FlowResultType.CREATE_ENTRY


def _let_codes_end_at_once(server: FakeServer) -> None:
    """Issue codes that end after a single poll."""
    server.settings.device_lifetime = server.settings.device_interval = 1


async def test_new_codes_come_to_an_end(flow: AccountFlow, server: FakeServer) -> None:
    _let_codes_end_at_once(server)
    await _to_device(flow)
    for _ in range(5):
        assert (await _wait(flow))["errors"] == {"base": "new_code"}
    result = await _wait(flow)
    assert (result["step_id"], result["errors"]) == (
        "stored_credential",
        {"base": "expired_token"},
    )
    assert len(server.device_requests) == 6

    result = await flow.submit(
        credential=result["data_schema"]
        .schema["credential"]
        .config["options"][0]["value"],
        details={"scopes": SCOPES, "grant": "device_code"},
    )
    assert (result["step_id"], result["errors"]) == ("device", None)


async def test_a_server_that_gives_no_new_code_is_told(
    flow: AccountFlow, server: FakeServer
) -> None:
    _let_codes_end_at_once(server)
    await _to_device(flow)
    server.token_faults.append(Fault.json(400, {"error": "expired_token"}))
    server.settings.grant_types = ("authorization_code",)
    result = await _wait(flow)

    assert (result["step_id"], result["errors"]) == (
        "credential_without_browser",
        {"base": "client_rejected"},
    )


async def test_a_form_that_is_closed_asks_no_more(
    flow: AccountFlow, server: FakeServer
) -> None:
    result = await _to_device(flow)
    flow.hass.config_entries.flow.async_abort(result["flow_id"])
    await _pass_polls(server)
    before = len(server.token_requests)
    await _pass_polls(server)

    assert len(server.token_requests) == before


async def test_a_server_that_fails_while_it_is_polled_is_asked_again(
    flow: AccountFlow, server: FakeServer
) -> None:
    result = await _to_device(flow)
    server.token_faults.append(Fault(503))
    code = result["description_placeholders"]["user_code"]
    server.decide_device(code, allow=True)
    result = await _wait(flow)

    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_a_client_signs_in_for_itself_and_renews_by_asking_anew(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    await flow.to_credential(grants=["client_credentials"], authorize_url="")
    result = await flow.to_sign_in()
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    account = result["result"].runtime_data.account
    server.expire_access_tokens()

    assert (await account.request("GET", "/echo")).status == 200
    grants = [request.get("grant_type") for request in server.token_requests]
    assert grants.count("client_credentials") == 2


async def test_a_client_that_may_not_is_told(
    flow: AccountFlow, server: FakeServer
) -> None:
    server.settings.grant_types = ("authorization_code",)
    await flow.to_credential(grants=["client_credentials"], authorize_url="")
    result = await flow.to_sign_in()

    assert (result["step_id"], result["errors"]) == (
        "credential_without_browser",
        {"base": "grant_type_rejected"},
    )


def _out_of_view(error: str) -> dict[str, str]:
    """Return the errors of a form whose section does not fit on the screen."""
    return {"details": error, "base": error}


@pytest.mark.parametrize(
    ("changed", "errors"),
    [
        ({"grants": []}, _out_of_view("no_grant")),
        ({"authorize_url": ""}, {"authorize_url": "endpoint_missing"}),
        ({"grants": ["device_code"]}, _out_of_view("device_endpoint_wrong")),
        ({"resources": ["api.example.com"]}, _out_of_view("resource_wrong")),
        ({"resources": ["https://example.com/#a"]}, _out_of_view("resource_wrong")),
        (
            {"grants": ["device_code"], "device_authorization_url": "http://x.com/"},
            _out_of_view("device_endpoint_wrong"),
        ),
    ],
)
async def test_a_way_to_sign_in_needs_its_endpoint(
    flow: AccountFlow, changed: dict[str, Any], errors: dict[str, str]
) -> None:
    result = await flow.to_credential(**changed)

    assert (result["step_id"], result["errors"]) == ("manual", errors)


async def test_a_push_that_is_refused_is_told(
    flow: AccountFlow, server: FakeServer
) -> None:
    await flow.discover(server.base_url)
    await flow.confirm_found(name="Sandbox", api_base_url=server.api_base_url)
    result = await flow.to_sign_in(client_secret="wrong-secret")

    assert (result["step_id"], result["errors"]) == (
        "credential",
        {"base": "client_rejected", "client_secret": "look_at_client_secret"},
    )


EC_KEY = ec.generate_private_key(ec.SECP256R1())


@pytest.mark.parametrize(
    ("secret", "error"),
    [
        ("", "key_not_a_key"),
        ("demo-secret", "key_not_a_key"),
        (private_pem(rsa.generate_private_key(65537, 1024)), "key_too_short"),
        (private_pem(ec.generate_private_key(ec.SECP521R1())), "key_unsupported"),
        (
            EC_KEY.public_key()
            .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            .decode(),
            "key_public_key",
        ),
        (
            EC_KEY.private_bytes(
                Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"word")
            ).decode(),
            "key_encrypted",
        ),
    ],
    ids=["nothing", "a-secret", "short", "curve", "public", "encrypted"],
)
async def test_a_wrong_key_is_told_before_anything_is_sent(
    flow: AccountFlow, server: FakeServer, secret: str, error: str
) -> None:
    await flow.to_credential(client_authentication="private_key_jwt")
    sent = len(server.token_requests)
    result = await flow.to_sign_in(client_secret=secret)

    assert (result["step_id"], result["errors"]) == (
        "credential",
        {"client_secret": error},
    )
    assert len(server.token_requests) == sent


async def test_a_key_signs_for_the_client(
    flow: AccountFlow, server: FakeServer
) -> None:
    await flow.to_credential(client_authentication="private_key_jwt")
    await flow.to_sign_in(client_secret=private_pem(EC_KEY).replace("\n", " "))
    await flow.sign_in()

    request = server.token_requests[-1]
    assert request["client_assertion_type"].endswith("jwt-bearer")
    assert request["client_assertion"].count(".") == 2
    assert "client_secret" not in request


async def test_a_service_account_signs_in_with_its_key_file(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    await flow.to_credential(grants=["jwt_bearer"], authorize_url="")
    answer = {"access_token": "planted-robot", "expires_in": 3600}
    server.token_faults.append(Fault.json(200, answer))
    result = await flow.submit(client_secret=key_file(), details={"scopes": SCOPES})

    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    request = server.token_requests[-1]
    assert request["grant_type"].endswith("jwt-bearer")
    claims = jwt.decode(request["assertion"], options={"verify_signature": False})
    assert (claims["iss"], claims["sub"]) == ("robot@example.com",) * 2
    assert claims["scope"] == request["scope"] == " ".join(SCOPES)
    assert "client_secret" not in request

    server.token_faults.append(Fault.json(200, answer | {"expires_in": 60}))
    server.api_faults.extend([Fault(401), Fault(200)])
    account = result["result"].runtime_data.account
    assert (await account.request("GET", "/me")).status == 200


async def test_a_wrong_clock_costs_a_service_account_no_sign_in(
    flow: AccountFlow, server: FakeServer
) -> None:
    await flow.to_credential(grants=["jwt_bearer"], authorize_url="")
    an_hour_later = time.time() + 3600
    refusal = Fault.json(
        400, {"error": "invalid_grant"}, Date=formatdate(an_hour_later)
    )
    answer = Fault.json(200, {"access_token": "planted-robot", "expires_in": 3600})
    server.token_faults.extend([refusal, answer])
    result = await flow.submit(client_secret=key_file(), details={"scopes": SCOPES})

    assert result["type"] is FlowResultType.CREATE_ENTRY
    request = server.token_requests[-1]
    claims = jwt.decode(
        request["assertion"],
        options={"verify_signature": False, "verify_iat": False},
    )
    assert claims["iat"] == pytest.approx(an_hour_later, abs=60)


async def test_with_a_right_clock_an_assertion_is_refused_once(
    flow: AccountFlow, server: FakeServer
) -> None:
    await flow.to_credential(grants=["jwt_bearer"], authorize_url="")
    server.token_faults.append(Fault.json(400, {"error": "invalid_grant"}))
    result = await flow.submit(client_secret=key_file(), details={"scopes": SCOPES})

    assert result["type"] is FlowResultType.FORM
    assert sum("assertion" in sent for sent in server.token_requests) == 1


async def test_a_wrong_clock_costs_a_client_that_signs_no_sign_in(
    flow: AccountFlow, server: FakeServer
) -> None:
    await flow.to_credential(client_authentication="private_key_jwt")
    await flow.to_sign_in(client_secret=private_pem(EC_KEY))
    an_hour_later = time.time() + 3600
    refusal = Fault.json(
        401, {"error": "invalid_client"}, Date=formatdate(an_hour_later)
    )
    answer = Fault.json(200, {"access_token": "planted-signed", "expires_in": 3600})
    server.token_faults.extend([refusal, answer])
    result = await flow.sign_in()

    assert result["type"] is FlowResultType.CREATE_ENTRY
    signed = [sent for sent in server.token_requests if "client_assertion" in sent]
    claims = jwt.decode(
        signed[-1]["client_assertion"],
        options={"verify_signature": False, "verify_iat": False},
    )
    assert claims["iat"] == pytest.approx(an_hour_later, abs=60)


async def test_google_is_asked_for_scopes_in_the_assertion_only(
    flow: AccountFlow, server: FakeServer
) -> None:
    await flow.to_credential(grants=["jwt_bearer"], authorize_url="")
    file = key_file(token_uri="https://oauth2.googleapis.com/token")
    await flow.submit(client_secret=file, details={"scopes": SCOPES})

    assert server.token_requests[-1].keys() == {"grant_type", "assertion"}


@pytest.mark.parametrize(
    ("secret", "error"),
    [
        ("", "key_not_a_key"),
        ("no file", "key_not_a_key"),
        (key_file(type="authorized_user"), "key_unsupported"),
        (key_file(private_key="x"), "key_not_a_key"),
    ],
    ids=["nothing", "text", "another-file", "no-key"],
)
async def test_a_file_that_is_no_key_file_is_told(
    flow: AccountFlow, secret: str, error: str
) -> None:
    await flow.to_credential(grants=["jwt_bearer"], authorize_url="")
    result = await flow.submit(client_secret=secret, details={"scopes": []})

    assert result["errors"] == {"client_secret": error}


async def _upload(client: ClientSessionGenerator, content: str) -> str:
    """Upload a file as the frontend does, and return its id."""
    form = FormData()
    form.add_field("file", content, filename="key.json")
    response = await (await client()).post("/api/file_upload", data=form)
    return str((await response.json())["file_id"])


async def test_a_key_file_that_is_uploaded_signs_in_and_is_deleted(
    flow: AccountFlow, server: FakeServer, hass_client: ClientSessionGenerator
) -> None:
    result = await flow.to_credential(grants=["authorization_code", "jwt_bearer"])
    # Most sign in with the browser: the field is where one chooses another way.
    assert "key_file" not in result["data_schema"].schema
    answer = {"access_token": "planted-robot", "expires_in": 3600}
    server.token_faults.append(Fault.json(200, answer))
    file = await _upload(hass_client, key_file())
    result = await flow.to_sign_in(client_id="", client_secret="", key_file=file)

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"]["grant"] == "jwt_bearer"
    await flow.to_credential(name="Other", grants=["jwt_bearer"], authorize_url="")
    result = await flow.submit(key_file=file, details={"scopes": []})
    assert result["errors"] == {"key_file": "file_gone"}


@pytest.mark.parametrize(
    ("content", "error"),
    [("no file", "key_not_a_key"), (key_file() + " " * 100_000, "key_not_a_key")],
    ids=["text", "too-long"],
)
async def test_an_upload_that_is_no_key_file_is_told(
    flow: AccountFlow, hass_client: ClientSessionGenerator, content: str, error: str
) -> None:
    await flow.to_credential(grants=["jwt_bearer"], authorize_url="")
    file = await _upload(hass_client, content)
    result = await flow.submit(key_file=file, details={"scopes": []})

    assert result["errors"] == {"key_file": error}


@pytest.mark.parametrize(
    ("changed", "asked"),
    [
        (
            {"client_authentication": "none"},
            ["client_id", "details", "redirect"],
        ),
        (
            {"grants": ["jwt_bearer"], "authorize_url": ""},
            ["client_secret", "key_file", "details"],
        ),
        ({}, ["client_id", "client_secret", "details", "redirect"]),
    ],
    ids=["public", "service-account", "usual"],
)
async def test_only_what_the_provider_takes_is_asked(
    flow: AccountFlow, changed: dict[str, Any], asked: list[str]
) -> None:
    result = await flow.to_credential(**changed)

    assert [str(key) for key in result["data_schema"].schema] == [
        *asked,
        "way",
    ]


async def test_tokens_are_asked_for_the_resources_that_were_entered(
    flow: AccountFlow, server: FakeServer
) -> None:
    await flow.to_credential(resources=["https://api.example.com/", " "])
    result = await flow.to_sign_in()
    assert URL(result["url"]).query["resource"] == "https://api.example.com/"
    await flow.sign_in()

    assert server.token_requests[-1]["resource"] == "https://api.example.com/"
