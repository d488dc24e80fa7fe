"""Bindings, and the providers that users make."""

import asyncio
from typing import Any

import pytest

from custom_components.oauth2_client.catalogue import InvalidProvider
from custom_components.oauth2_client.const import DOMAIN
from custom_components.oauth2_client.definitions.account import Binding
from custom_components.oauth2_client.providers import RedirectUri
from custom_components.oauth2_client.providers.listing import async_summaries
from custom_components.oauth2_client.providers.store import ProviderStore
from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store

RAW: dict[str, Any] = {
    "name": "My Server",
    "authorize_url": "https://example.com/authorize",
    "token_url": "https://example.com/token",
}
TENANT = Binding(provider="microsoft", variables={"tenant": "contoso"})


@pytest.fixture
async def store(hass: HomeAssistant, hass_storage: dict[str, Any]) -> ProviderStore:
    """A store with nothing in it."""
    store = ProviderStore(hass)
    await store.async_load()
    return store


async def _next_process(hass: HomeAssistant) -> ProviderStore:
    store = ProviderStore(hass)
    await store.async_load()
    return store


async def test_bindings_are_kept_over_a_restart(
    hass: HomeAssistant, store: ProviderStore
) -> None:
    await store.async_bind("credential", TENANT)
    await store.async_bind("other", Binding(provider="github"))
    await store.async_unbind_all_but(["credential"])

    later = await _next_process(hass)
    assert later.binding("credential") == TENANT
    assert later.binding("other") is None


async def test_a_providers_variables_are_filled_in(store: ProviderStore) -> None:
    provider = await store.async_complete_provider(TENANT)

    assert provider is not None
    assert "/contoso/" in provider.server.token_url


async def test_a_variable_that_was_added_later_has_its_default(
    store: ProviderStore,
) -> None:
    provider = await store.async_complete_provider(Binding(provider="gitlab"))

    assert provider is not None
    assert provider.server.token_url == "https://gitlab.com/oauth/token"


@pytest.mark.parametrize(
    "binding",
    [
        Binding(provider="gone"),
        Binding(provider="user_gone"),
        Binding(provider="nextcloud"),
        Binding(provider="microsoft", variables={"tenant": "../x"}),
    ],
)
async def test_without_a_valid_provider_or_variables_there_is_no_complete_provider(
    store: ProviderStore, binding: Binding
) -> None:
    assert await store.async_complete_provider(binding) is None


async def test_a_users_provider_is_kept_over_a_restart(
    hass: HomeAssistant, store: ProviderStore
) -> None:
    draft = store.draft_provider(RAW)
    assert [item.id for item in await async_summaries(hass, store)][0] != draft.id
    await store.async_keep_provider(draft)

    later = await _next_process(hass)
    assert await later.async_provider("user_my_server") == draft
    first = (await async_summaries(hass, later))[0]
    assert (first.id, first.name) == ("user_my_server", "My Server")


async def test_providers_of_the_same_name_have_different_ids(
    store: ProviderStore,
) -> None:
    first = store.draft_provider(RAW)
    second = store.draft_provider({**RAW, "token_url": "https://example.com/2"})
    for draft in (first, second):
        await store.async_keep_provider(draft)

    assert await store.async_provider(second.id) == second
    assert first.id != second.id


async def test_a_draft_of_an_earlier_process_is_removed(
    hass: HomeAssistant, store: ProviderStore
) -> None:
    draft = store.draft_provider(RAW)
    await store.async_keep_provider(draft)
    later = await _next_process(hass)
    await later.async_remove_drafts([])

    assert draft.id not in [item.id for item in await async_summaries(hass, later)]
    assert draft.id not in [
        item.id for item in await async_summaries(hass, await _next_process(hass))
    ]
    # Its name can be taken again.
    assert later.draft_provider(RAW).id == draft.id


async def test_a_draft_of_a_current_sign_in_stays(store: ProviderStore) -> None:
    draft = store.draft_provider(RAW)
    await store.async_keep_provider(draft)
    await store.async_remove_drafts([])

    assert await store.async_provider(draft.id) == draft


@pytest.mark.parametrize("how", ["by an account", "by a credential", "for good"])
async def test_a_provider_that_is_used_or_kept_for_good_stays(
    hass: HomeAssistant, store: ProviderStore, how: str
) -> None:
    draft = store.draft_provider(RAW)
    await store.async_keep_provider(draft)
    if how == "by a credential":
        await store.async_bind("credential", Binding(provider=draft.id))
    elif how == "for good":
        await store.async_keep_for_good(draft.id)
    later = await _next_process(hass)
    await later.async_remove_drafts([draft.id] if how == "by an account" else [])

    assert await later.async_provider(draft.id) == draft
    assert await (await _next_process(hass)).async_provider(draft.id) == draft


async def test_a_provider_of_the_catalogue_is_not_stored(
    store: ProviderStore, hass_storage: dict[str, Any]
) -> None:
    await store.async_keep_provider(await store.async_provider("github"))

    assert "oauth2_client" not in hass_storage


async def test_an_invalid_stored_provider_does_not_hide_others(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    hass_storage["oauth2_client"] = {
        "version": 1,
        "minor_version": 1,
        "key": "oauth2_client",
        "data": {
            "bindings": {},
            "providers": {
                "user_bad": {"id": "user_bad", "name": "Bad"},
                "user_my_server": {**RAW, "id": "user_my_server"},
            },
        },
    }
    store = await _next_process(hass)

    assert (await store.async_provider("user_my_server")).name == "My Server"
    with pytest.raises(InvalidProvider):
        await store.async_provider("user_bad")
    assert await store.async_complete_provider(Binding(provider="user_bad")) is None


async def test_a_redirect_uri_is_kept_over_a_restart_with_whether_it_is_pasted(
    hass: HomeAssistant, store: ProviderStore
) -> None:
    pasted = RedirectUri(uri="http://localhost", pasted=True)
    await store.async_keep_redirect_uri("a", pasted)
    await store.async_keep_redirect_uri("b", RedirectUri(uri="https://example.com/cb"))

    later = await _next_process(hass)
    assert later.redirect_uri("a") == pasted
    assert later.redirect_uri("b") == RedirectUri(uri="https://example.com/cb")
    await later.async_keep_redirect_uri("a", RedirectUri(uri="http://localhost"))
    last = await _next_process(hass)
    assert last.redirect_uri("a") == RedirectUri(uri="http://localhost")


async def test_a_redirect_uri_of_an_earlier_version_is_not_pasted(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    before = {"bindings": {}, "providers": {}, "redirect_uris": {"a": "https://h/cb"}}
    hass_storage[DOMAIN] = {"version": 1, "minor_version": 1, "data": before}

    assert (await _next_process(hass)).redirect_uri("a") == RedirectUri(
        uri="https://h/cb"
    )


async def test_saves_at_the_same_time_all_count_as_written(
    store: ProviderStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Store._async_write_data
    worked: list[bool] = []

    async def write_slowly(written: Store[Any], data: dict[str, Any]) -> None:
        await asyncio.sleep(0)
        await write(written, data)

    async def note(has_worked: bool) -> None:
        worked.append(has_worked)

    store.on_write = note
    names = [f"credential-{number}" for number in range(4)]
    # Undone before the fixture undoes its own patch of the same method.
    with monkeypatch.context() as patched:
        patched.setattr(Store, "_async_write_data", write_slowly)
        await asyncio.gather(*(store.async_bind(name, TENANT) for name in names))

    assert worked == [True] * 4


WRONG: list[object] = [None, 5, "text", ["a"], [5], {"a": 5}, {"a": ["b"]}, True]


@pytest.mark.parametrize("value", WRONG)
@pytest.mark.parametrize(
    "part",
    [
        "bindings",
        "providers",
        "registrations",
        "redirect_uris",
        "pasted_redirects",
        "drafts",
        "assertion_audiences",
    ],
)
async def test_a_part_that_is_stored_wrongly_hides_no_other(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
    part: str,
    value: object,
) -> None:
    data = {
        "bindings": {"credential": {"provider": "github"}},
        "providers": {"user_mine": {**RAW, "id": "user_mine"}},
        part: value,
    }
    hass_storage[DOMAIN] = {"version": 1, "data": data}
    store = await _next_process(hass)
    await async_summaries(hass, store)
    await store.async_registration("a")

    if part != "bindings":
        assert store.binding("credential") == Binding(provider="github")
    if part != "providers":
        assert store.is_own("user_mine")
    texts = part in ("pasted_redirects", "drafts")
    if (texts and value in (None, ["a"])) or (not texts and value is None):
        assert "cannot be read" not in caplog.text
        return
    assert f"are left out: {part}" in caplog.text
    # Nothing is lost when the file is written again.
    await store.async_bind("other", Binding(provider="github"))
    assert hass_storage[f"{DOMAIN}.unreadable"]["data"] == data


@pytest.mark.parametrize("data", [[], 5, "text"])
async def test_a_file_that_is_stored_wrongly_as_a_whole_is_kept(
    hass: HomeAssistant, hass_storage: dict[str, Any], data: object
) -> None:
    hass_storage[DOMAIN] = {"version": 1, "data": data}
    store = await _next_process(hass)
    await store.async_bind("other", Binding(provider="github"))

    assert hass_storage[f"{DOMAIN}.unreadable"]["data"] == data
    assert (await _next_process(hass)).binding("other") is not None


async def test_of_a_part_only_what_is_wrong_is_left_out(
    hass: HomeAssistant, hass_storage: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    data: dict[str, Any] = {
        "bindings": {
            "right": {"provider": "github"},
            "wrong": {"provider": "github", "variables": {"tenant": 5}},
            "other": {"provider": "github", "more": 1},
        },
        "providers": {"user_mine": {"name": 5}},
        "registrations": {"a": {"client_id": "x", "management_url": 5}},
    }
    hass_storage[DOMAIN] = {"version": 1, "data": data}
    store = await _next_process(hass)

    assert [store.binding(each) is None for each in data["bindings"]] == [
        False,
        True,
        False,
    ]
    assert (
        "are left out: bindings.wrong.variables, providers.user_mine.name, "
        "registrations.a.management_url." in caplog.text
    )
