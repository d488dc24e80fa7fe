"""The rules by which facts become entries of the catalogue (docs/decisions/0011)."""

import json
from pathlib import Path
import re
from typing import Any, Final

import pytest

from scripts.catalogue_data.__main__ import main
from scripts.catalogue_data.mine import mine

PROVIDER: Final[dict[str, Any]] = {
    "id": "example",
    "name": "Example",
    "category": "home",
    "status": "active_presumed",
    "authorize_url": "https://example.test/authorize/",
    "token_url": "https://example.test/token/",
    "api_base_url": "https://api.example.test",
    "agreement": {"core": "single"},
    "verified_by_vendor_docs": False,
    "source_count": 1,
    "client_secret": "yes",
    "client_auth": "client_secret_post",
    "pkce": "unknown",
    "scope_separator": " ",
    "token_body": "form",
    "token_method": "POST",
    "bearer": {"header": "Authorization", "prefix": "Bearer"},
}
SERVICE: Final[dict[str, Any]] = {
    "id": "example",
    "name": "Example (Cloud)",
    "status": "active",
    "status_note": "",
    "authorize_url": "https://example.test/authorize",
    "token_url": "https://example.test/token",
    "api_base_url": "https://api.example.test/v1",
    "api_hosts": ["api.example.test"],
    "conditions": [],
    "confirmed": ["authorize_url", "token_url", "scopes"],
    "scopes": {"read": "own data"},
    "sources": ["the vendor's own pages (2026-03)"],
}
VALUE: Final = {
    "name": "Power",
    "path": "$.power",
    "unit": "W",
    "device_class": "power",
}


def _mined(
    tmp_path: Path,
    provider: dict[str, Any] | None = None,
    service: dict[str, Any] | None = None,
) -> tuple[dict[str, Any], str]:
    """Return the entry that facts become, and why there is none."""
    lines = [] if provider is None else [json.dumps(PROVIDER | provider)]
    (tmp_path / "providers.json").write_text("[\n" + ",\n".join(lines) + "\n]\n")
    looked_up = "" if service is None else json.dumps(SERVICE | service) + "\n"
    (tmp_path / "services.jsonl").write_text(looked_up)
    mined = mine(tmp_path, {})
    return mined.entries.get("example", {}), mined.left_out.get("example", "")


def test_slashes_at_the_end_of_addresses_stay(tmp_path: Path) -> None:
    entry, _ = _mined(tmp_path, {})

    assert entry["token_url"] == "https://example.test/token/"


def test_one_string_is_one_scope_and_unconfirmed_ones_are_suggestions(
    tmp_path: Path,
) -> None:
    told = {"default_scopes": ["a b,c"], "scopes_kind": "curated_read_only"}

    entry, _ = _mined(tmp_path, told)
    agreed, _ = _mined(
        tmp_path, {**told, "agreement": {"core": "single", "default_scopes": "agree"}}
    )

    assert "scopes" not in entry
    assert entry["about"]["scopes"] == ["a", "b", "c"]
    assert agreed["scopes"] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"status": "probably_defunct"}, "ended"),
        ({"status": "registration_closed_or_restricted"}, "closed"),
        ({"token_url": None}, "an address is missing"),
        ({"token_url": "https://example.com/token"}, "another one's"),
        ({"token_url": "https://localhost.test/token"}, "another one's"),
        ({"api_base_url": None}, "no API is known"),
        ({"quirks": {"callback_hmac": "sourced"}}, "not covered"),
        ({"quirks": {"token_response_camel_case_keys": "sourced"}}, "not covered"),
        ({"token_url": "https://x.test/{policy}/token"}, "no words"),
        ({"authorize_url": "https://x.test/{client_id}"}, "the client in an address"),
        ({"authorize_params": {"password": "{password}"}}, "wants a password"),
        ({"pkce": "off", "token_method": "PUT"}, ""),
    ],
)
def test_what_no_rule_makes_an_entry_of_is_left_out_with_its_reason(
    tmp_path: Path, changed: dict[str, Any], reason: str
) -> None:
    _, why = _mined(tmp_path, changed)

    assert reason in why


@pytest.mark.parametrize(
    ("quirk", "key", "value"),
    [
        ("client_id_param:appid", "parameter_names", {"client_id": "appid"}),
        ("scope_param:scopes", "parameter_names", {"scope": "scopes"}),
        ("token_response_nested:data", "token_path", ["data"]),
        ("bearer_in_query:access_token", "api_token_query", "access_token"),
        ("api_key_query:key", "api_query", {"key": "{client_id}"}),
        ("token_params_in_query", "token_encoding", "query"),
        ("refresh_token_absolute_lifetime:7d", "grant_ends", {"always": 7}),
        ("refresh_token_inactivity_lifetime:60d", "grant_ends", {"unused": 60}),
    ],
)
def test_a_quirk_becomes_data(
    tmp_path: Path, quirk: str, key: str, value: object
) -> None:
    entry, _ = _mined(tmp_path, {"quirks": {quirk: "sourced"}})

    assert entry[key] == value


@pytest.mark.parametrize(
    ("token_url", "variable"),
    [
        ("{base_url}/token", {"name": "base_url", "kind": "url"}),
        ("https://{fhir_host}/token", {"name": "host", "kind": "host"}),
        ("https://{company}.x.test/token", {"name": "subdomain"}),
        ("https://{tld}.x.test/token", {"name": "region"}),
        ("https://x.test/{tenant}/token", {"name": "tenant"}),
    ],
)
def test_a_variable_has_a_name_that_forms_have_words_for(
    tmp_path: Path, token_url: str, variable: dict[str, str]
) -> None:
    entry, _ = _mined(tmp_path, {"token_url": token_url})

    assert entry["variables"] == [variable]


@pytest.mark.parametrize(
    ("value", "parameters", "variables"),
    [
        ("{subdomain}", {"who": "{subdomain}"}, [{"name": "subdomain"}]),
        ("{account_uuid}", {"who": "{account}"}, [{"name": "account"}]),
        ("{api_url}", {"who": "{base_url}"}, [{"name": "base_url", "kind": "url"}]),
        ("{launch}", {}, None),
    ],
)
def test_a_parameter_is_no_address(
    tmp_path: Path,
    value: str,
    parameters: dict[str, str],
    variables: list[dict[str, str]] | None,
) -> None:
    entry, _ = _mined(tmp_path, {"authorize_params": {"who": value}})

    assert entry.get("authorize_parameters", {}) == parameters
    assert entry.get("variables") == variables


def test_a_host_that_a_longer_one_contains_is_named_too(tmp_path: Path) -> None:
    hosts = {
        "api_base_url": "https://data-api.example.test/v1",
        "api_hosts": ["data-api.example.test", "api.example.test"],
    }

    mined, _ = _mined(tmp_path, hosts)
    looked_up, _ = _mined(tmp_path, None, hosts)

    assert mined["api_hosts"] == looked_up["api_hosts"] == ["api.example.test"]


def test_a_service_that_was_looked_up_outranks_what_was_mined(tmp_path: Path) -> None:
    entry, _ = _mined(tmp_path, {}, {})

    assert entry["name"] == "Example"
    assert entry["category"] == "home"
    assert entry["token_url"] == "https://example.test/token"
    assert entry["scopes"] == ["read"]
    assert entry["about"] == {"looked_up": "2026-11"}


@pytest.mark.parametrize(
    ("status", "what"),
    [("ended", "ended"), ("closed_to_new", "closed"), ("partner_only", "partners")],
)
def test_what_cannot_be_joined_is_named_with_what_became_of_it(
    tmp_path: Path, status: str, what: str
) -> None:
    _mined(tmp_path, None, {"status": status, "ha_integration": "example (own)"})

    assert mine(tmp_path, {}).gone["example"] == {
        "id": "example",
        "name": "Example",
        "what": what,
        "integration": "example",
    }


def test_a_revocation_that_is_not_rfc_7009s_is_left_out(tmp_path: Path) -> None:
    url = {"revocation_url": "https://example.test/revoke"}

    plain, _ = _mined(tmp_path, None, url)
    other, _ = _mined(
        tmp_path, None, {**url, "doubtful": {"revocation_url": "not RFC 7009"}}
    )

    assert plain["revocation_url"] == "https://example.test/revoke"
    assert "revocation_url" not in other


@pytest.mark.parametrize(
    ("path", "stays"),
    [
        ("oauth/revoke", True),
        ("oauth2/revocation/", True),
        ("api/v1/revoke_token", True),
        ("-/oauth_revoke", True),
        ("v1/user/unlink", False),
        ("oauth2/revokeoauth2", False),
    ],
)
def test_a_mined_revocation_has_the_name_of_one(
    tmp_path: Path, path: str, *, stays: bool
) -> None:
    url = f"https://example.test/{path}"

    entry, _ = _mined(tmp_path, {"revocation_url": url})

    assert entry.get("revocation_url") == (url if stays else None)


def test_nothing_of_a_sentence_is_carried_over(tmp_path: Path) -> None:
    entry, _ = _mined(tmp_path, None, {"conditions": ["An aardvark must be ticked."]})

    assert "aardvark" not in json.dumps(entry)


def test_a_resource_is_known_whose_request_is_complete(tmp_path: Path) -> None:
    known = [
        {"name": "Now", "url": "/now", "values": [VALUE]},
        {"name": "Car", "url": "/cars/{vin}", "values": [VALUE]},
        {
            "name": "Mine",
            "url": "/of",
            "query": {"who": "<the account's id>"},
            "values": [VALUE],
        },
        {
            "name": "Ids",
            "url": "/ids",
            "values": [{"name": "Device id", "path": "$.id"}],
        },
    ]

    entry, _ = _mined(
        tmp_path,
        None,
        {"known_resources": known},
    )

    assert entry["known_resources"] == [
        {
            "id": "now",
            "name": "Now",
            "url": "/now",
            "values": [{"key": "power", **VALUE}],
        },
        {
            "id": "mine",
            "name": "Mine",
            "url": "/of",
            "query": {"who": "{account_id}"},
            "values": [{"key": "power", **VALUE}],
        },
    ]


def test_facts_are_written_by_category(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _mined(tmp_path, {})

    assert main(["mine", str(tmp_path), str(tmp_path / "out")]) == 0

    entries = json.loads((tmp_path / "out/providers/home.json").read_text())
    # Beside it are those that are decided without facts.
    assert "example" in {each["id"] for each in entries}
    assert re.match(r"\d+ entries, \d+ confirmed", capsys.readouterr().out)
