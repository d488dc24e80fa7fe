"""The schema of a provider, and its variables."""

import contextlib
import json
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.oauth2_client.catalogue import (
    InvalidProvider,
    InvalidVariable,
    Provider,
    Variable,
    parse_provider,
)

MINIMAL: dict[str, Any] = {
    "id": "example",
    "name": "Example",
    "authorize_url": "https://example.com/authorize",
    "token_url": "https://example.com/token",
}


def _provider(**changed: Any) -> Provider:
    return parse_provider({**MINIMAL, **changed}, category="home")


def test_two_urls_and_a_name_make_a_provider() -> None:
    provider = _provider()

    assert provider.server.client_authentication == "client_secret_post"
    assert provider.server.pkce
    assert provider.server.scope_separator == " "
    assert provider.as_dict() == MINIMAL


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"id": "No Id"}, "id"),
        ({"id": "../x"}, "id"),
        ({"name": ""}, "name"),
        ({"name": 5}, "name"),
        ({"authorize_url": "example.com"}, "authorize_url"),
        ({"token_url": "ftp://example.com"}, "token_url"),
        ({"token_url": None}, "token_url"),
        ({"token_url": "https://example.com/ x"}, "token_url"),
        ({"api_base_url": 5}, "api_base_url"),
        ({"api_hosts": "example.com"}, "api_hosts"),
        ({"api_hosts": [5]}, "api_hosts"),
        ({"api_headers": ["x"]}, "api_headers"),
        ({"api_headers": {"X": 5}}, "api_headers"),
        ({"api_headers": {"Host": "x"}}, "api_headers"),
        ({"api_headers": {"X": "a\r\nHost: b"}}, "api_headers"),
        ({"token_headers": {"Content-Length": "0"}}, "token_headers"),
        ({"token_headers": {"X\n": "a"}}, "token_headers"),
        ({"token_headers": {"X:": "a"}}, "token_headers"),
        ({"api_token_header": "X-Api-Token"}, "api_token_header"),
        ({"grant_ends": 7}, "grant_ends"),
        ({"grant_ends": {"testing": "7"}}, "grant_ends"),
        ({"grant_ends": {"testing": 0}}, "grant_ends"),
        ({"grant_ends": {"on_a_whim": 7}}, "grant_ends"),
        ({"api_token_header": "X-Api-Token: "}, "api_token_header"),
        ({"api_token_header": "X-Api-Token: token"}, "api_token_header"),
        ({"api_token_header": "X-Api-Token: {token}{token}"}, "api_token_header"),
        ({"api_token_header": "X Api: {token}"}, "api_token_header"),
        ({"api_token_header": ": {token}"}, "api_token_header"),
        ({"api_token_header": "X: {token}\r\nHost: a"}, "api_token_header"),
        ({"api_token_header": "X\r\nHost: {token}"}, "api_token_header"),
        ({"api_token_header": "Host: {token}"}, "api_token_header"),
        ({"api_token_header": "content-LENGTH: {token}"}, "api_token_header"),
        ({"api_token_header": "Cookie: session={token}"}, "api_token_header"),
        ({"api_token_header": "DPoP: {token}"}, "api_token_header"),
        ({"api_token_header": "Accept: {token}"}, "api_token_header"),
        ({"api_token_header": None}, "api_token_header"),
        ({"client_authentication": "magic"}, "client_authentication"),
        ({"client_authentication": ["none"]}, "client_authentication"),
        ({"token_encoding": "xml"}, "token_encoding"),
        ({"assertion_audience": "https://example.com"}, "assertion_audience"),
        ({"assertion_audience": None}, "assertion_audience"),
        ({"token_lifetime": -1}, "token_lifetime"),
        ({"token_lifetime": True}, "token_lifetime"),
        ({"pkce": "yes"}, "pkce"),
        ({"scopes": [""]}, "scopes"),
        ({"grants": []}, "grants"),
        ({"grants": ["password"]}, "grants"),
        ({"revocation_url": "x"}, "revocation_url"),
        ({"identity": {"url": "/me"}}, "id"),
        ({"identity": {"url": "/me", "id": ["id"], "more": 1}}, "identity"),
        ({"identity": []}, "identity"),
        ({"variables": {}}, "variables"),
        ({"variables": [{"name": "x", "kind": "number"}]}, "variables.kind"),
        ({"variables": [{"kind": "host"}]}, "variables.name"),
        ({"variables": [{"name": "x", "default": "a b"}]}, "x"),
        ({"surprise": 1}, "surprise"),
        # No copy of this integration brings a client along (RFC 8252, 8.5).
        ({"client_secret": "x"}, "client_secret"),
    ],
)
def test_what_is_not_as_the_schema_says_is_named(
    changed: dict[str, Any], key: str
) -> None:
    with pytest.raises((InvalidProvider, InvalidVariable)) as raised:
        _provider(**changed)
    assert str(raised.value) == key


@pytest.mark.parametrize("key", ["id", "name", "token_url"])
def test_what_is_needed_is_needed(key: str) -> None:
    raw = {name: value for name, value in MINIMAL.items() if name != key}
    with pytest.raises(InvalidProvider, match=key):
        parse_provider(raw, category="home")


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=10), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(
    st.dictionaries(
        st.sampled_from(
            [*MINIMAL, "identity", "variables", "scopes", "token_path", "pkce", "x"]
        ),
        _JSON,
    )
)
def test_any_json_is_a_provider_or_invalid(changed: dict[str, Any]) -> None:
    with contextlib.suppress(InvalidProvider, InvalidVariable):
        _provider(**changed)


_WORDS = st.text(min_size=1, max_size=20)
_NAMED = st.dictionaries(_WORDS, _WORDS, max_size=3)
_HEADERS = st.dictionaries(
    st.from_regex(r"X-[A-Za-z0-9-]{1,10}", fullmatch=True),
    st.from_regex(r"[!-~]{1,20}", fullmatch=True),
    max_size=2,
)
_URLS = st.from_regex(r"https://[a-z]{1,10}\.example/[a-z]{0,5}", fullmatch=True)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "authorize_parameters": _NAMED,
            "device_parameters": _NAMED,
            "token_parameters": _NAMED,
            "refresh_parameters": _NAMED,
            "token_headers": _HEADERS,
            "api_headers": _HEADERS,
            "token_path": st.lists(_WORDS, max_size=3),
            "token_fields": _NAMED,
            "token_errors": _NAMED,
            "token_lifetime": st.integers(1, 10**6),
            "assertion_audience": st.sampled_from(
                ["issuer", "endpoint", "token_endpoint"]
            ),
            "api_token_header": st.from_regex(
                r"X-[A-Za-z]{1,10}: [A-Za-z-]{0,10} ?\{token\}", fullmatch=True
            ),
            "scopes": st.lists(_WORDS, max_size=3),
            "resources": st.lists(_WORDS, max_size=3),
            "revocation_url": _URLS,
            "issuer": _URLS,
            "pkce": st.booleans(),
        },
    )
)
def test_c7_a_stored_provider_is_read_as_it_was(typed: dict[str, Any]) -> None:
    provider = _provider(**typed)
    stored = json.loads(json.dumps(provider.as_dict()))

    assert parse_provider(stored, category="home") == provider
    assert parse_provider(stored, category="home").as_dict() == stored


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        ("text", " common ", "common"),
        ("text", "8f2c-11.x_y", "8f2c-11.x_y"),
        ("host", "Example.com", "example.com"),
        ("host", "https://example.com/", "example.com"),
        ("host", "example.com:8443", "example.com:8443"),
        ("url", "https://example.com/", "https://example.com"),
        ("url", "example.com/cloud", "https://example.com/cloud"),
        ("url", "http://192.168.1.5:8080", "http://192.168.1.5:8080"),
        ("url", "https://[fd00::1]:8443", "https://[fd00::1]:8443"),
    ],
)
def test_a_variable_is_written_in_one_way(kind: str, typed: str, value: str) -> None:
    assert Variable(name="x", kind=kind).clean(typed) == value


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("text", ""),
        ("text", "a/b"),
        ("text", "a?b"),
        ("text", ".."),
        ("text", "a@b"),
        ("host", ""),
        ("host", "example.com/evil"),
        ("host", "user@example.com"),
        ("host", "example.com#.good.com"),
        ("host", "-x.com"),
        ("url", ""),
        ("url", "ftp://example.com"),
        ("url", "https://user:pass@example.com"),
        ("url", "https://example.com/?x=1"),
        ("url", "https://example.com/#x"),
        ("url", "https://exa mple.com"),
        ("url", "https://[fd00::1"),
        ("url", "javascript:alert(1)"),
    ],
)
def test_what_would_leave_its_place_in_a_url_is_refused(kind: str, typed: str) -> None:
    with pytest.raises(InvalidVariable) as raised:
        Variable(name="x", kind=kind).clean(typed)
    assert raised.value.name == "x"


def test_variables_are_filled_in_wherever_they_stand() -> None:
    provider = _provider(
        authorize_url="https://{host}/authorize",
        token_url="https://{host}/{region}/token",
        refresh_url="https://{host}/refresh",
        api_base_url="https://api.{host}",
        api_hosts=["files.{host}"],
        api_headers={"Client-Id": "{client_id}"},
        console_url="https://{host}/apps",
        identity={"url": "https://{host}/me", "id": ["id"]},
        variables=[
            {"name": "host", "kind": "host"},
            {"name": "region", "default": "eu"},
        ],
    )

    complete = provider.resolve({"host": "example.com", "region": "us"})

    assert complete.server.authorize_url == "https://example.com/authorize"
    assert complete.server.token_url == "https://example.com/us/token"
    assert complete.server.refresh_url == "https://example.com/refresh"
    assert complete.api_base_url == "https://api.example.com"
    assert complete.api_hosts == ("files.example.com",)
    assert complete.api_headers == {"Client-Id": "{client_id}"}
    assert complete.console_url == "https://example.com/apps"
    assert complete.identity is not None
    assert complete.identity.url == "https://example.com/me"
    assert complete.variables == ()
    assert not complete.allow_http


def test_an_address_that_is_typed_with_http_allows_it_at_home() -> None:
    provider = _provider(
        token_url="{base_url}/token", variables=[{"name": "base_url", "kind": "url"}]
    )

    assert provider.resolve({"base_url": "http://192.168.1.5"}).allow_http
    assert provider.resolve({"base_url": "http://100.64.1.2"}).allow_http
    assert not provider.resolve({"base_url": "http://example.com"}).allow_http
    assert not provider.resolve({"base_url": "https://192.168.1.5"}).allow_http


def test_a_variable_that_is_missing_is_named() -> None:
    provider = _provider(
        token_url="https://{host}/token", variables=[{"name": "host", "kind": "host"}]
    )
    with pytest.raises(InvalidVariable) as raised:
        provider.resolve({})
    assert raised.value.name == "host"
