"""Errors of a resource's form that no other test here reaches, each with its words."""

from copy import replace
from typing import Any

import pytest

from custom_components.oauth2_client.document.parsing import formats
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from ...fake_server import FakeServer, Fault
from ...resources import SubentryFlow, add_resource


async def _submit(adding: SubentryFlow, **changed: Any) -> dict[str, str]:
    """Return the errors of the form; that each has words is checked with every form."""
    result = await adding.submit(**{"url": "/tank", "interval": 60, **changed})
    assert result["step_id"] == "address", result
    errors: dict[str, str] = result["errors"]
    return errors


@pytest.mark.parametrize(
    ("changed", "field", "error"),
    [
        ({"request": {"headers": {"Authorization": "x"}}}, "request", "authorization_header"),
        ({"request": {"query": {"a": "{{ nothing( }}"}}}, "request", "query_template"),
        ({"request": {"headers": {"X-A": "{{ nothing( }}"}}}, "request", "headers_template"),
        ({"request": {"method": "POST", "body": "{% if %}"}}, "request", "body_template"),
        ({"url": "/a/{{ '..' }}/b"}, "url", "leaves_segment"),
        ({"import": {"rest": ["a"]}}, "import", "rest_wrong"),
        ({"import": {"rest": {"rest_command": {"on": {"url": "/a"}}}}}, "import", "rest_other"),
        ({"import": {"rest": {"resource": "/a", "sensor": []}}}, "import", "rest_without_sensors"),
    ],
)  # fmt: skip
async def test_a_mistake_in_what_is_entered_is_told(
    adding: SubentryFlow, changed: dict[str, Any], field: str, error: str
) -> None:
    assert (await _submit(adding, **changed))[field] == error


@pytest.mark.parametrize(
    ("format_", "body", "error"),
    [
        ("json", b"<a/>", "answer_not_json"),
        ("xml", b"{}", "answer_not_xml"),
        ("csv", b"a\n" + b"x" * 200_000, "answer_not_csv"),
        ("text", b"a\0b c", "answer_not_text"),
        ("json", b"[" * 2000 + b"]" * 2000, "answer_too_deep"),
    ],
)
async def test_an_answer_that_cannot_be_read_is_told(
    adding: SubentryFlow, server: FakeServer, format_: str, body: bytes, error: str
) -> None:
    server.api_faults.append(Fault(200, {}, body))

    assert await _submit(adding, request={"format": format_}) == {"url": error}


async def test_an_answer_with_too_many_values_is_told(
    adding: SubentryFlow, server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(formats, "MAX_ELEMENTS", 100)
    server.api_faults.append(Fault.json(200, [*range(1000)]))

    assert await _submit(adding) == {"url": "answer_too_large"}


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.json(400, {"error": "access_denied"}), "access_denied"),
        (Fault.json(401, {"error": "invalid_client"}), "client_rejected"),
        (Fault.json(400, {"error": "invalid_scope"}), "scope_rejected"),
        (Fault.json(503, {}), "temporary_failure"),
    ],
)
async def test_a_token_that_cannot_be_refreshed_is_told(
    adding: SubentryFlow, server: FakeServer, fault: Fault, error: str
) -> None:
    server.expire_access_tokens()
    server.token_faults.extend([fault] * 3)

    assert await _submit(adding) == {"base": error}


async def test_without_an_api_base_an_address_has_to_be_whole(
    account: ConfigEntry, adding: SubentryFlow, monkeypatch: pytest.MonkeyPatch
) -> None:
    sending = account.runtime_data.account._sending
    monkeypatch.setattr(sending, "_base_url", "")

    assert await _submit(adding) == {"url": "no_api_base_url"}


async def test_a_client_that_is_needed_and_not_known_is_told(
    account: ConfigEntry,
    adding: SubentryFlow,
    server: FakeServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Another component's credential does not reveal its client."""
    sending = account.runtime_data.account._sending
    wants = replace(sending._provider, api_query={"key": "{client_id}"})
    monkeypatch.setattr(sending, "_provider", wants)
    monkeypatch.setattr(sending, "_client", None)
    before = len(server.api_requests)

    assert await _submit(adding) == {"url": "client_unknown"}
    assert len(server.api_requests) == before


async def test_what_is_stored_wrongly_meanwhile_is_not_changed_one_by_one(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    subentry = await add_resource(hass, account)
    changing = SubentryFlow(hass, account)
    await changing.change(subentry)
    hass.config_entries.async_update_subentry(
        account, subentry, data={**subentry.data, "interval": "often"}
    )
    await hass.async_block_till_done()
    result = await changing.choose("values")

    assert (result["type"], result["reason"]) == ("abort", "stored_wrongly")
