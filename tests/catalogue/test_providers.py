"""The bundled providers: each fits the schema and is consistent."""

from collections.abc import Iterator
import json
from pathlib import Path
import re
from typing import Any
from urllib.parse import urlsplit

import pytest

from custom_components.oauth2_client.catalogue import (
    AUTHORIZATION_CODE,
    DEVICE_CODE,
    Provider,
    UnknownProvider,
    load_gone,
    load_provider,
    load_summaries,
    parse_provider,
)
from custom_components.oauth2_client.catalogue.load import read_entries
from scripts.catalogue_data.__main__ import main
from scripts.catalogue_data.document import DOCUMENT, document

from .completed import told_values

ROOT = Path(__file__).parents[2]
TRANSLATIONS: dict[str, Any] = json.loads(
    (ROOT / "custom_components/oauth2_client/translations/en.json").read_text()
)
EXAMPLES = {"text": "example", "host": "example.com", "url": "https://example.com"}
# In the order of the list.
IDS = [summary.id for summary in load_summaries()]


RAW = {raw["id"]: (category, raw) for category, raw in read_entries()}
PROVIDERS = {
    provider_id: parse_provider(raw, category=category)
    for provider_id, (category, raw) in RAW.items()
}
# In the list when it was made of seven hundred facts, and in the first releases.
FIRST = [
    "dropbox",
    "fitbit",
    "github",
    "gitlab",
    "google",
    "microsoft",
    "netatmo",
    "nextcloud",
    "reddit",
    "spotify",
    "strava",
    "todoist",
    "twitch",
    "withings",
]


def _complete(provider: Provider) -> Provider:
    return provider.resolve(
        {
            variable.name: variable.default or EXAMPLES[variable.kind]
            for variable in provider.variables
        }
    ).signed_in(told_values(provider), "7")


def test_no_id_of_an_earlier_release_is_missing() -> None:
    assert set(FIRST) <= RAW.keys()


def test_five_hundred_services_are_there_and_half_of_them_confirmed() -> None:
    usable = [each for each in PROVIDERS.values() if each.about.ended is None]

    assert len(usable) >= 500
    assert sum(each.about.confirmed for each in usable) >= 250


def test_the_checks_of_the_script_find_nothing() -> None:
    assert main(["check"]) == 0


def test_the_document_is_up_to_date() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == document()


def test_what_has_ended_is_not_offered_and_still_there_for_its_accounts() -> None:
    assert "fitbit" not in IDS
    assert load_provider("fitbit").about.successor == "google_health"
    assert set(IDS) == {
        provider_id
        for provider_id, provider in PROVIDERS.items()
        if provider.about.ended is None
    }


def test_what_became_of_a_service_is_told() -> None:
    gone = {each.id: each for each in load_gone()}

    assert gone["fitbit"].instead == "google_health"
    assert gone["xbox"].integration == "xbox"
    for each in gone.values():
        assert each.what in ("ended", "closed", "partners", "no_api", "not_covered")
        assert each.instead in (None, "integration", "personal_token", *IDS)
        assert each.id not in IDS


@pytest.fixture(name="folder")
def folder_fixture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A catalogue of a test's own."""
    monkeypatch.setattr(
        "custom_components.oauth2_client.catalogue.load._FOLDER", tmp_path
    )
    load_summaries.cache_clear()
    yield tmp_path
    load_summaries.cache_clear()


def _entry(provider_id: str, **changed: Any) -> dict[str, Any]:
    name = provider_id.capitalize()
    return {"id": provider_id, "name": name, "token_url": "https://x/", **changed}


@pytest.mark.parametrize(
    "broken",
    [
        "[{",
        "{}",
        "[7]",
        json.dumps([{"id": "a b", "name": "A"}]),
        json.dumps([{"id": "nameless"}]),
        json.dumps([_entry("one"), _entry("broken", pkce="yes")]),
    ],
)
def test_a_file_that_is_wrong_is_named_and_the_others_work(
    folder: Path, broken: str, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "dev.json").write_text(broken)
    (folder / "home.json").write_text(json.dumps([_entry("works")]))

    names = [each.name for each in load_summaries()]
    with pytest.raises(UnknownProvider):
        load_provider("broken")

    assert "Works" in names
    assert load_provider("works").category == "home"
    assert "dev.json" in caplog.text or "broken" in caplog.text


def test_a_provider_is_parsed_alone(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "dev.json").write_text(json.dumps([_entry("one"), _entry("two")]))
    (folder / "home.json").write_text("[{")
    parsed: list[str] = []

    def noted(raw: Any, *, category: str) -> Provider:
        parsed.append(raw["id"])
        return parse_provider(raw, category=category)

    monkeypatch.setattr(
        "custom_components.oauth2_client.catalogue.load.parse_provider", noted
    )

    assert load_provider("two").category == "dev"
    assert parsed == ["two"]


@pytest.mark.parametrize(
    "provider_id",
    [
        "unknown",
        "",
        "../index",
        "../providers/dev",
        "GitHub",
        "github.json",
        "a" * 99,
        7,
        None,
    ],
)
def test_an_id_that_is_not_in_the_catalogue_is_unknown(provider_id: Any) -> None:
    with pytest.raises(UnknownProvider):
        load_provider(provider_id)


def test_every_known_resource_is_as_the_schema_says() -> None:
    for provider in PROVIDERS.values():
        assert len(provider.known_resources) == len(provider.known_resources_json)


def test_what_is_stored_of_a_provider_is_the_provider() -> None:
    for provider in PROVIDERS.values():
        stored = json.loads(json.dumps(provider.as_dict()))
        assert parse_provider(stored, category=provider.category) == provider


def test_urls_are_complete_and_https_once_variables_are_filled_in() -> None:
    for provider in PROVIDERS.values():
        complete = _complete(provider)
        server = complete.server
        urls = [
            server.token_url,
            *filter(None, (server.authorize_url, server.device_authorization_url)),
            *filter(
                None, (complete.console_url, complete.docs_url, complete.api_base_url)
            ),
        ]
        for url in urls:
            assert re.match(
                r"https?://" if url == complete.docs_url else "https://", url
            )
            assert "{" not in url
            assert not url.endswith("/") or url != complete.api_base_url
        for host in complete.api_hosts:
            assert "{" not in host


def test_a_way_to_sign_in_has_its_address() -> None:
    for provider in PROVIDERS.values():
        for grant_type in provider.grant_types:
            if grant_type == AUTHORIZATION_CODE:
                assert provider.server.authorize_url
            if grant_type == DEVICE_CODE:
                assert provider.server.device_authorization_url


# Vendors that have their tokens in another domain than their sign-in. Secrets go there.
TOKENS_ELSEWHERE = {
    ("accounts.google.com", "oauth2.googleapis.com"),
    ("account.withings.com", "wbsapi.withings.net"),
    ("app.aladdinconnect.com", "execute-api.us-east-2.amazonaws.com"),
    ("app.hubspot.com", "api.hubapi.com"),
    ("badgr.com", "api.badgr.io"),
    ("flow.polar.com", "polarremote.com"),
    ("marketplace.gohighlevel.com", "services.leadconnectorhq.com"),
    ("nestservices.google.com", "www.googleapis.com"),
    ("sparkplatform.com", "sparkapi.com"),
    ("tempestwx.com", "swd.weatherflow.com"),
    ("www.dropbox.com", "api.dropboxapi.com"),
    ("www.epicgames.com", "api.epicgames.dev"),
    ("www.sageone.com", "oauth.accounting.sage.com"),
    ("www.tiktok.com", "open.tiktokapis.com"),
}


def test_a_token_is_asked_for_at_the_vendor() -> None:
    for provider in PROVIDERS.values():
        server = provider.server
        first = urlsplit(server.authorize_url).netloc
        asked = urlsplit(server.token_url).netloc
        if "{" in first + asked or not first:
            continue
        pair = first, asked.removeprefix("twdvzuefzh.")
        is_same = first.split(".")[-2:] == asked.split(".")[-2:]
        assert is_same or pair in TOKENS_ELSEWHERE, provider.id
        for url in (server.refresh_url, server.revocation_url, server.exchange_url):
            host = urlsplit(url or "").netloc
            if "{" in host:
                # The person's own server.
                continue
            assert host.split(".")[-2:] in (
                [""],
                first.split(".")[-2:],
                asked.split(".")[-2:],
            ), provider.id


def test_every_variable_has_its_words() -> None:
    for provider in PROVIDERS.values():
        step = TRANSLATIONS["config"]["step"]["variables"]
        for variable in provider.variables:
            assert variable.name in step["data"]
            assert variable.name in step["data_description"]


def test_the_identity_request_goes_where_the_token_may_go() -> None:
    for provider in PROVIDERS.values():
        complete = _complete(provider)
        identity = complete.identity
        if identity is None or not identity.url or identity.url.startswith("/"):
            continue
        hosts = {urlsplit(each).netloc or each for each in complete.api_hosts}
        api_host = urlsplit(complete.api_base_url or "").netloc
        assert urlsplit(identity.url).netloc in {api_host, *hosts}
