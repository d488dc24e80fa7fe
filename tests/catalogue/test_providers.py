"""The bundled providers: each fits the schema and is consistent."""

import json
from pathlib import Path
import subprocess
import sys
from typing import Any
from urllib.parse import urlsplit

import pytest

from custom_components.oauth2_client import catalogue
from custom_components.oauth2_client.catalogue import (
    Provider,
    UnknownProvider,
    load_provider,
    load_summaries,
    parse_provider,
)

ROOT = Path(__file__).parents[2]
TRANSLATIONS: dict[str, Any] = json.loads(
    (ROOT / "custom_components/oauth2_client/translations/en.json").read_text()
)
EXAMPLES = {"text": "example", "host": "example.com", "url": "https://example.com"}
IDS = [summary.id for summary in load_summaries()]


@pytest.fixture(name="provider", params=IDS)
def provider_fixture(request: pytest.FixtureRequest) -> Provider:
    """Each provider in turn."""
    return load_provider(request.param)


def _complete(provider: Provider) -> Provider:
    return provider.resolve(
        {
            variable.name: variable.default or EXAMPLES[variable.kind]
            for variable in provider.variables
        }
    )


def test_the_first_providers_are_there() -> None:
    assert set(IDS) >= {
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
    }
    assert len(set(IDS)) == len(IDS)


def test_the_index_is_what_the_files_hold() -> None:
    check = [sys.executable, str(ROOT / "scripts/catalogue-index"), "--check"]
    assert subprocess.run(check, check=False, capture_output=True).returncode == 0


@pytest.fixture(name="read")
def read_fixture(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are read."""
    read: list[str] = []
    read_bytes = Path.read_bytes

    def noted(path: Path) -> bytes:
        read.append(path.name)
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", noted)
    load_summaries.cache_clear()
    return read


def test_the_list_of_providers_reads_the_index_only(read: list[str]) -> None:
    assert load_summaries()

    assert read == ["index.json"]


def test_a_provider_reads_its_own_file_only(read: list[str]) -> None:
    assert load_provider("github").category == "dev"

    assert read == ["github.json"]


def test_every_file_is_in_the_index() -> None:
    folder = Path(catalogue.__file__).parent / "providers"

    assert {path.name for path in folder.iterdir()} == {f"{name}.json" for name in IDS}


@pytest.mark.parametrize(
    "provider_id",
    [
        "unknown",
        "",
        "../index",
        "../providers/github",
        "GitHub",
        "github.json",
        "a" * 99,
    ],
)
def test_an_id_that_is_not_in_the_catalogue_is_unknown(provider_id: str) -> None:
    with pytest.raises(UnknownProvider):
        load_provider(provider_id)


def test_an_id_that_is_no_plain_one_names_no_file(read: list[str]) -> None:
    for stored in ("../index", "../providers/github", "/etc/passwd", 7, None):
        with pytest.raises(UnknownProvider):
            load_provider(stored)  # type: ignore[arg-type] # what is stored may be anything

    assert read == []


def test_every_known_resource_is_as_the_schema_says(provider: Provider) -> None:
    assert len(provider.known_resources) == len(provider.known_resources_json)


def test_what_is_stored_of_a_provider_is_the_provider(provider: Provider) -> None:
    stored = json.loads(json.dumps(provider.as_dict()))
    assert parse_provider(stored, category=provider.category) == provider


def test_urls_are_complete_and_https_once_variables_are_filled_in(
    provider: Provider,
) -> None:
    complete = _complete(provider)
    urls = [
        complete.server.authorize_url,
        complete.server.token_url,
        complete.console_url,
        complete.docs_url,
        complete.api_base_url,
    ]
    for url in urls:
        assert url is not None
        assert url.startswith("https://")
        assert "{" not in url
        assert not url.endswith("/") or url != complete.api_base_url


def test_every_variable_is_used_and_has_its_words(provider: Provider) -> None:
    step = TRANSLATIONS["config"]["step"]["variables"]
    for variable in provider.variables:
        assert f"{{{variable.name}}}" in provider.server.token_url
        assert variable.name in step["data"]
        assert variable.name in step["data_description"]


def test_the_identity_request_goes_where_the_token_may_go(provider: Provider) -> None:
    complete = _complete(provider)
    identity = complete.identity
    if identity is None or identity.url.startswith("/"):
        return
    api_host = urlsplit(complete.api_base_url or "").netloc
    assert urlsplit(identity.url).netloc in {api_host, *complete.api_hosts}
