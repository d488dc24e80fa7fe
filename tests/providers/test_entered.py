"""What a person types under *Details*, read as a provider's schema has it."""

import contextlib
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.oauth2_client.catalogue import Provider, parse_provider
from custom_components.oauth2_client.providers.entered import (
    API_TOKEN_HEADER,
    PAIRS,
    TOKEN_PATH,
    InvalidEntry,
    provider_fields,
)

PARAMETERS = [name for name in PAIRS if name.endswith("_parameters")]


def _provider(typed: dict[str, Any]) -> Provider:
    return parse_provider(
        {"id": "x", "name": "X", "token_url": "https://example.com/token", **typed},
        category="user",
    )


@pytest.mark.parametrize("field", PARAMETERS)
@pytest.mark.parametrize(
    ("lines", "parameters"),
    [
        ([], {}),
        (["", "  "], {}),
        (["audience=https://api.example.com/?a=1&b=2"], "https://api.example.com/?a=1&b=2"),
        (["  audience = x y  "], "x y"),
        (["audience=ü"], "ü"),
        (["audience=a", "", "prompt=consent"], {"audience": "a", "prompt": "consent"}),
        (["audience=a\nprompt=consent"], {"audience": "a", "prompt": "consent"}),
        (["api[key]=a"], {"api[key]": "a"}),
    ],
)  # fmt: skip
def test_c7_parameters_are_lines_of_name_and_value(
    field: str, lines: list[str], parameters: dict[str, str] | str
) -> None:
    if isinstance(parameters, str):
        parameters = {"audience": parameters}

    assert provider_fields({field: lines}).get(field, {}) == parameters


@pytest.mark.parametrize("field", PARAMETERS)
@pytest.mark.parametrize(
    ("line", "entry"),
    [
        ("audience", "audience"),
        ("audience=", "audience"),
        ("=x", ""),
        ("my audience=x", "my audience"),
        ("audience=a\x00b", "audience"),
        ("audience=\ud800", "audience"),
        ("audience=a\nAudience", "Audience"),
        ("audience=a\naudience=b", "audience"),
        ("x" * 500, "x" * 60),
    ],
)
def test_c7_an_invalid_line_is_named(field: str, line: str, entry: str) -> None:
    with pytest.raises(InvalidEntry) as raised:
        provider_fields({field: [line]})

    assert (raised.value.key, raised.value.entry) == ("entry_wrong", entry)


@pytest.mark.parametrize("field", PARAMETERS)
@pytest.mark.parametrize(
    "name",
    [
        "client_id",
        "client_secret",
        "client_assertion",
        "client_assertion_type",
        "redirect_uri",
        "state",
        "nonce",
        "code",
        "code_verifier",
        "code_challenge",
        "code_challenge_method",
        "grant_type",
        "response_type",
        "refresh_token",
        "device_code",
        "assertion",
        "request",
        "request_uri",
        "Client_ID",
    ],
)
def test_c7_parameters_of_the_protocol_are_refused_by_name(
    field: str, name: str
) -> None:
    with pytest.raises(InvalidEntry) as raised:
        provider_fields({field: ["audience=x", f"{name}=planted"]})

    assert (raised.value.key, raised.value.entry) == ("parameter_owned", name)


def test_c7_scope_is_allowed_only_as_a_parameter_of_token_requests() -> None:
    lines = ["scope=read write"]
    for field in ("token_parameters", "refresh_parameters"):
        assert provider_fields({field: lines}) == {field: {"scope": "read write"}}
    for field in ("authorize_parameters", "device_parameters"):
        with pytest.raises(InvalidEntry, match="parameter_owned"):
            provider_fields({field: lines})


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("", None),
        ("data", ["data"]),
        (" data.token ", ["data", "token"]),
        ("$.data.token", ["data", "token"]),
        ("/data/token", ["data", "token"]),
        ("data, token", ["data", "token"]),
        ("authed_user", ["authed_user"]),
    ],
)
def test_c7_a_path_is_a_list_of_names(text: str, path: list[str] | None) -> None:
    assert provider_fields({TOKEN_PATH: text}).get(TOKEN_PATH) == path


def test_c7_only_known_token_fields_can_be_renamed() -> None:
    lines = ["access_token=accessToken", "expires_in=expiresIn", "error=status"]
    names = {
        "access_token": "accessToken",
        "expires_in": "expiresIn",
        "error": "status",
    }

    assert provider_fields({"token_fields": lines}) == {"token_fields": names}
    with pytest.raises(InvalidEntry) as raised:
        provider_fields({"token_fields": ["accessToken=access_token"]})
    assert (raised.value.key, raised.value.entry) == (
        "token_field_wrong",
        "accessToken",
    )


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("X-Api-Token: {token}", "X-Api-Token: {token}"),
        ("X-Api-Token:", "X-Api-Token: {token}"),
        ("Authorization: Zoho-oauthtoken", "Authorization: Zoho-oauthtoken {token}"),
        ("Authorization:Zoho-oauthtoken {token}", "Authorization: Zoho-oauthtoken {token}"),
        ("Authorization: Zoho-oauthtoken {access_token}", "Authorization: Zoho-oauthtoken {token}"),
        ("Authorization: Zoho-oauthtoken <token>", "Authorization: Zoho-oauthtoken {token}"),
        ("Authorization: OAuth [access token]", "Authorization: OAuth {token}"),
        ("Authorization: Bearer YOUR_ACCESS_TOKEN", "Authorization: Bearer {token}"),
        ("Authorization: $TOKEN", "Authorization: {token}"),
        ("Authorization: Zoho-oauthtoken …", "Authorization: Zoho-oauthtoken {token}"),
        ("X-Api-Token: ...", "X-Api-Token: {token}"),
        ('Authorization: Token token="{token}"', 'Authorization: Token token="{token}"'),
        ("Authorization: TOKEN {token}", "Authorization: TOKEN {token}"),
    ],
)  # fmt: skip
def test_c7_the_token_header_is_read_in_the_notations_of_documentation(
    text: str, header: str
) -> None:
    assert provider_fields({API_TOKEN_HEADER: text}) == {API_TOKEN_HEADER: header}


@pytest.mark.parametrize(
    "text",
    [
        "X-Api-Token",
        "{token}",
        ": {token}",
        "X Api: {token}",
        "X: {token} {token}",
        "Host: {token}",
        "content-length: {token}",
        "Cookie: a={token}",
        "Transfer-Encoding: {token}",
        "X: {token}\r\nHost: evil.example",
        "X\r\nHost: {token}",
        "X: {token}\x00",
    ],
)
def test_c7_a_header_that_cannot_carry_the_token_is_refused(text: str) -> None:
    with pytest.raises(InvalidEntry, match="token_header_wrong"):
        provider_fields({API_TOKEN_HEADER: text})


@pytest.mark.parametrize("line", ["X-Version: 2", "X-Version=2", " X-Version : 2"])
def test_c7_headers_are_lines_of_name_and_value(line: str) -> None:
    assert provider_fields({"token_headers": [line]}) == {
        "token_headers": {"X-Version": "2"}
    }


@pytest.mark.parametrize(
    ("line", "entry"),
    [
        ("Host: evil.example", "Host"),
        ("X-A: 1\r\nhost: evil.example", "host"),
        ("Content-Length: 0", "Content-Length"),
        ("Cookie: a=b", "Cookie"),
        ("X(A): 1", "X(A)"),
    ],
)
def test_c7_a_header_of_the_connection_is_refused(line: str, entry: str) -> None:
    with pytest.raises(InvalidEntry) as raised:
        provider_fields({"token_headers": [line]})

    assert (raised.value.key, raised.value.entry) == ("header_wrong", entry)


_TEXT = st.one_of(
    st.text(max_size=30),
    st.from_regex(r"[a-zA-Z_-]{1,10}[=:] ?[ -~]{0,20}", fullmatch=True),
    st.sampled_from(["access_token=a", "Host: x", "X: {token}", "client_id=1"]),
)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            **{name: st.lists(_TEXT, max_size=3) for name in PAIRS},
            TOKEN_PATH: _TEXT,
            API_TOKEN_HEADER: _TEXT,
        },
    )
)
def test_c7_any_entry_makes_a_provider_or_is_refused(
    details: dict[str, Any],
) -> None:
    with contextlib.suppress(InvalidEntry):
        provider = _provider(provider_fields(details))
        assert parse_provider(provider.as_dict(), category="user") == provider
