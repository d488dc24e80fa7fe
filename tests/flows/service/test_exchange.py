"""Services as JSON: shown without secrets, and pasted again."""

import json
from typing import Any

import pytest

from custom_components.oauth2_client.catalogue import (
    USER_CATEGORY,
    Provider,
    load_provider,
    load_providers,
    parse_provider,
)
from custom_components.oauth2_client.flows.service.exchange import (
    InvalidDefinition,
    left_out,
    read_definition,
    shared_definition,
)
from custom_components.oauth2_client.providers.store import async_get_provider_store
from homeassistant.core import HomeAssistant

from ...account_flow import AccountFlow, suggested
from ...rows import check_rows

MINIMAL = {"name": "Acme", "token_url": "https://acme.example/token"}
SECRET = {
    **MINIMAL,
    "api_headers": {"X-Api-Key": "planted-key", "Client-Id": "{client_id}"},
    "token_headers": {"X-Secret": "planted-header", "X-Version": "2"},
    "token_parameters": {"api_key": "planted-parameter"},
}


def _provider(raw: dict[str, Any]) -> Any:
    return parse_provider({**raw, "id": "user_acme"}, category=USER_CATEGORY)


async def _paste(flow: AccountFlow, text: str) -> Any:
    await flow.start()
    await flow.submit(next_step_id="own_services")
    await flow.submit(next_step_id="import_service")
    return await flow.submit(definition=text)


def test_what_is_shared_has_no_secrets_and_names_what_is_left_out() -> None:
    provider = _provider(SECRET)
    shared = shared_definition(provider)

    assert "planted" not in shared
    assert "user_acme" not in shared
    assert sorted(left_out(provider)) == ["X-Api-Key", "X-Secret", "api_key"]
    assert json.loads(shared) == {
        **MINIMAL,
        "api_headers": {"Client-Id": "{client_id}"},
        "token_headers": {"X-Version": "2"},
    }


def test_what_is_shared_is_read_as_it_was() -> None:
    def check(provider: Provider) -> None:
        raw = read_definition(shared_definition(provider))
        read = parse_provider({**raw, "id": provider.id}, category=provider.category)
        assert read == provider

    check_rows({each.id: each for each in load_providers()}, check)


def test_what_is_shared_is_in_its_own_letters() -> None:
    assert "Großes 🏠 בית" in shared_definition(
        _provider({**MINIMAL, "name": "Großes 🏠 בית"})
    )


def test_what_was_left_out_stays_where_it_is_put_back() -> None:
    provider = _provider(SECRET)
    raw = read_definition(shared_definition(provider), before=provider)

    assert _provider(raw) == provider


def test_what_is_shared_begins_as_the_form_does() -> None:
    shared = json.loads(shared_definition(load_provider("github")))

    assert [*shared][:3] == ["name", "authorize_url", "token_url"]


def test_an_address_is_shared_without_its_secrets_and_gets_them_back() -> None:
    url = "https://acme.example/token?api_key=planted-key&v={version}&page=2"
    provider = _provider({**MINIMAL, "token_url": url})
    shared = json.loads(shared_definition(provider))

    assert shared["token_url"] == "https://acme.example/token?v={version}&page=2"
    assert left_out(provider) == ["api_key"]
    assert _provider(read_definition(json.dumps(shared), before=provider)) == provider
    moved = {**shared, "token_url": "https://other.example/token"}
    raw = read_definition(json.dumps(moved), before=provider)
    assert raw["token_url"] == "https://other.example/token"


def test_a_request_of_a_service_is_shared_without_its_secrets_and_gets_them_back() -> (
    None
):
    values = [{"key": "a", "name": "A", "path": "$.a"}]
    resource: dict[str, Any] = {
        "name": "Resource",
        "url": "/a?api_key=planted-key&page=2",
    }
    resource |= {"headers": {"X-Api-Key": "planted-header", "X-Version": "2"}}
    resource |= {"query": {"token": "planted-parameter"}, "values": values}
    url = "https://acme.example/me?key=planted-key"
    level = {
        "path": "$",
        "ids": {"thing": "id"},
        "url": "/things?secret=planted-secret",
    }
    level |= {"query": {"password": "planted-password", "page": "2"}}
    of_things = {
        "id": "c",
        **resource,
        "of": [level, {"path": "$", "ids": {"x": "id"}}],
    }
    provider = _provider(
        {
            **MINIMAL,
            "identity": {"url": url, "id": ["id"]},
            "first_request": {"url": url},
            "known_resources": [
                {"id": "a", **resource},
                {"id": "b", **resource},
                of_things,
            ],
        }
    )
    shared = json.loads(shared_definition(provider))

    assert "planted" not in json.dumps(shared)
    assert shared["known_resources"][1] == {
        "id": "b",
        "name": "Resource",
        "url": "/a?page=2",
        "headers": {"X-Version": "2"},
        "values": values,
    }
    assert shared["known_resources"][2]["of"] == [
        {
            "path": "$",
            "ids": {"thing": "id"},
            "url": "/things",
            "query": {"page": "2"},
        },
        {"path": "$", "ids": {"x": "id"}},
    ]
    assert sorted({*left_out(provider)}) == [
        *("X-Api-Key", "api_key", "key", "password", "secret", "token"),
    ]
    assert _provider(read_definition(json.dumps(shared), before=provider)) == provider
    # A resource that is new, or wrong, gets nothing.
    added = [{**shared["known_resources"][2], "id": "d"}]
    text = json.dumps({**shared, "known_resources": added})
    raw = read_definition(text, before=provider)
    assert "planted" not in json.dumps(raw["known_resources"])
    wrongs: tuple[Any, ...] = ("a", [1], [{"id": []}], {"a": 1})
    wrongs += tuple([{"id": "c", "of": of}] for of in ("a", 5, [5], [None, "a"]))
    for wrong in wrongs:
        text = json.dumps({**shared, "known_resources": wrong, "identity": wrong})
        with pytest.raises(InvalidDefinition):
            read_definition(text, before=provider)


def test_what_is_written_anew_takes_the_place_of_what_was_left_out() -> None:
    provider = _provider(SECRET)
    text = json.dumps({**MINIMAL, "api_headers": {"X-Api-Key": "planted-new"}})
    raw = read_definition(text, before=provider)

    assert raw["api_headers"] == {"X-Api-Key": "planted-new"}


@pytest.mark.parametrize(
    ("text", "key", "place"),
    [
        ("", "not_json", "1:1"),
        ('{"name": "Acme",\n "token_url" }', "not_json", "2:14"),
        ("[]", "definition_wrong", "name"),
        ("{}", "definition_wrong", "token_url"),
        (json.dumps({**MINIMAL, "scopes": "read"}), "definition_wrong", "scopes"),
        (json.dumps({**MINIMAL, "secret": "x"}), "definition_wrong", "secret"),
        (json.dumps({**MINIMAL, "name": ""}), "definition_wrong", "name"),
        (
            json.dumps({**MINIMAL, "known_resources": [{"url": "/a"}]}),
            "definition_wrong",
            "id",
        ),
        (
            json.dumps({**MINIMAL, "api_headers": {"Cookie": "a"}}),
            "definition_wrong",
            "api_headers",
        ),
        (
            json.dumps({**MINIMAL, "variables": [{"name": "shop"}]}),
            "variable_unknown",
            "shop",
        ),
        (
            json.dumps({**MINIMAL, "token_url": "http://acme.example/token"}),
            "definition_address",
            "token_url",
        ),
        (
            json.dumps({**MINIMAL, "api_base_url": "https://a:b@acme.example"}),
            "definition_address",
            "api_base_url",
        ),
        ("[" * 100_000, "definition_too_long", ""),
        (json.dumps({**MINIMAL, "docs_url": "x" * 300_000}), "definition_too_long", ""),
    ],
)
def test_what_cannot_be_read_is_named(text: str, key: str, place: str) -> None:
    with pytest.raises(InvalidDefinition) as raised:
        read_definition(text)

    assert (raised.value.key, raised.value.place) == (key, place)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("{", "not_json"),
        ("{}", "definition_wrong"),
        ("[" * 100_000, "definition_too_long"),
        (
            json.dumps({**MINIMAL, "token_url": "http://acme.example/token"}),
            "definition_address",
        ),
        (json.dumps({**MINIMAL, "variables": [{"name": "shop"}]}), "variable_unknown"),
    ],
)
async def test_what_cannot_be_read_is_told_where_it_was_pasted(
    flow: AccountFlow, text: str, key: str
) -> None:
    result = await _paste(flow, text)

    assert (result["step_id"], result["errors"]) == (
        "import_service",
        {"definition": key},
    )


async def test_a_service_that_was_pasted_shows_its_addresses_first(
    hass: HomeAssistant, flow: AccountFlow
) -> None:
    result = await _paste(flow, json.dumps({**MINIMAL, "category": "home", "id": "x"}))
    assert result["step_id"] == "service_imported"
    shown = result["description_placeholders"]
    assert shown["token_url"] == "`https://acme.example/token`"
    result = await flow.submit(next_step_id="connect_own")

    assert result["step_id"] == "credential"
    store = await async_get_provider_store(hass)
    assert store.own_names() == {"user_acme": "Acme"}


async def test_a_fault_is_named_and_the_text_stays(flow: AccountFlow) -> None:
    text = json.dumps({**MINIMAL, "grants": ["implicit"]})
    result = await _paste(flow, text)

    assert result["errors"] == {"definition": "definition_wrong"}
    assert result["description_placeholders"]["place"] == "grants"
    assert suggested(result) == {"definition": text}
    # Nothing pasted leads back.
    assert (await flow.submit(definition=""))["step_id"] == "own_services"


async def test_a_service_of_a_variable_is_pasted_and_asked_for_it(
    hass: HomeAssistant, flow: AccountFlow
) -> None:
    text = json.dumps(
        {
            "name": "Acme",
            "token_url": "https://{host}/token",
            "authorize_url": "https://{host}/authorize",
            "variables": [{"name": "host", "kind": "host"}],
        }
    )
    await _paste(flow, text)
    result = await flow.submit(next_step_id="connect_own")
    assert result["step_id"] == "host"
    result = await flow.submit(host="acme.example")
    await flow.to_sign_in()
    store = await async_get_provider_store(hass)
    provider = await store.async_provider("user_acme")

    assert provider.server.token_url == "https://{host}/token"


async def test_a_name_that_is_taken_is_told(flow: AccountFlow) -> None:
    result = await _paste(flow, json.dumps({**MINIMAL, "name": "github"}))

    assert result["errors"] == {"definition": "name_taken"}


async def test_a_service_is_changed_as_json_where_no_form_has_place(
    hass: HomeAssistant, flow: AccountFlow
) -> None:
    raw = {**MINIMAL, "scope_separator": "+"}
    await _paste(flow, json.dumps(raw))
    await flow.submit(next_step_id="own_service")
    result = await flow.submit(next_step_id="change_service")
    assert result["step_id"] == "export_service"
    assert json.loads(suggested(result)["definition"]) == raw
    result = await flow.submit(
        definition=json.dumps({**raw, "token_url": "https://acme.example/new"})
    )

    assert result["step_id"] == "service_changed"
    store = await async_get_provider_store(hass)
    provider = await store.async_provider("user_acme")
    assert provider.server.token_url == "https://acme.example/new"
    # Unchanged, it leads back.
    await flow.submit(next_step_id="own_service")
    await flow.submit(next_step_id="export_service")
    shown = suggested(flow.result)["definition"]
    assert (await flow.submit(definition=shown))["step_id"] == "own_service"


@pytest.mark.parametrize("name", ["N" * 200, "🏠🌡️", "שלום בית", "a" * 64 + "é"])
async def test_a_service_has_whatever_name_a_person_gives_it(
    flow: AccountFlow, name: str
) -> None:
    await flow.connect_pasted(name=name)
    assert flow.result["description_placeholders"]["provider"] == name
    entry = await flow.add_account(name=f"{name} too")

    assert entry.title == f"{name} too"
