"""No value of a variable, and nothing that a sign-in tells, makes an address another host's."""

from typing import Any, Final
from urllib.parse import urlsplit

from hypothesis import example, given, strategies as st
import pytest
from yarl import URL

from custom_components.oauth2_client.catalogue import (
    USER_CATEGORY,
    InvalidProvider,
    InvalidVariable,
    Provider,
    Variable,
    parse_provider,
)

# What parsers of addresses read in different ways.
_PIECES: Final = (
    *(
        "a",
        "evil.test",
        "good.test",
        "www",
        "1",
        "xn--",
        "ß",
        "K",
        "\N{FULLWIDTH FULL STOP}",
    ),
    *(
        "。",
        "℀",
        "⁄",
        "@",
        ":",
        ":443",
        ":99999",
        ":٤",
        "/",
        "\\",
        "?",
        "#",
        ";",
        "&",
        "=",
    ),
    *(
        ".",
        "..",
        "%2f",
        "%40",
        "%00",
        "%2e",
        "[",
        "]",
        "[::1]",
        "{",
        "}",
        "{account_id}",
    ),
    *(
        "https://",
        "http://",
        "//",
        " ",
        "\t",
        "\n",
        "\r",
        "\x00",
        "\u200b",
        "\u202e",
        "-",
        "_",
    ),
)
TYPED: Final = st.lists(st.sampled_from(_PIECES), max_size=6).map("".join) | st.text(
    max_size=40
)
_EXAMPLES: Final = (
    "evil.test/",
    "evil.test#",
    "evil.test\\@good.test",
    "good.test@evil.test",
    "https://good.test\n.evil.test",
    "https://good.test/\\evil.test",
    "good.test:80@evil.test",
    "good。test",
    "ｅvil.test",
    "..",
)


def _provider(**changed: Any) -> Provider:
    raw = {
        "id": "example",
        "name": "Example",
        "token_url": "https://example.com/token",
        **changed,
    }
    return parse_provider(raw, category="dev")


def _host(url: str) -> str | None:
    """Return the host that is asked, on which parsers have to agree."""
    sent, split = URL(url), urlsplit(url)
    assert sent.raw_host == split.hostname
    assert sent.user is sent.password is split.username is None
    assert url.isascii() and url.isprintable() and "\\" not in url
    return sent.raw_host


def _examples(test: Any) -> Any:
    for text in _EXAMPLES:
        test = example(text)(test)
    return test


@_examples
@given(TYPED)
def test_a_part_of_a_host_leads_to_no_other_service(typed: str) -> None:
    provider = _provider(
        token_url="https://{subdomain}.example.com/token",
        api_base_url="https://example.com/{tenant}/api",
        variables=[{"name": "subdomain"}, {"name": "tenant"}],
    )
    try:
        complete = provider.resolve({"subdomain": typed, "tenant": typed})
    except InvalidVariable:
        return
    host = urlsplit(complete.server.token_url).hostname or ""
    assert host.endswith(".example.com")
    assert complete.api_base_url is not None
    assert _host(complete.api_base_url) == "example.com"
    path = URL(complete.api_base_url).path
    assert path.startswith("/") and path.endswith("/api") and path.count("/") == 2


@_examples
@given(TYPED)
def test_a_host_that_is_typed_is_the_one_that_is_asked(typed: str) -> None:
    variable = Variable(name="host", kind="host")
    try:
        host = variable.clean(typed)
    except InvalidVariable:
        return
    url = f"https://{host}/token"
    try:
        asked = _host(url)
    except ValueError:
        # No port, or no host: nothing is sent.
        return
    assert asked is not None and host.startswith((asked, f"[{asked}]"))
    assert (URL(url).path, URL(url).query_string, URL(url).fragment) == (
        "/token",
        "",
        "",
    )


@_examples
@given(TYPED)
def test_an_address_that_is_typed_leads_below_itself(typed: str) -> None:
    variable = Variable(name="base_url", kind="url")
    try:
        base = variable.clean(typed)
    except InvalidVariable:
        return
    try:
        asked = _host(f"{base}/token")
    except ValueError:
        return
    assert asked == urlsplit(base).hostname
    url = URL(f"{base}/token")
    assert url.path.endswith("/token") and not url.query_string and not url.fragment


@_examples
@given(TYPED)
def test_what_a_sign_in_tells_leads_to_no_other_service(told: str) -> None:
    provider = _provider(
        api_base_url="{host}/v1",
        api_hosts=["api.example.com"],
        identity={"url": "https://api.example.com/{user}/me", "id": ["id"]},
        token_values={"host": "host", "user": "user"},
        value_hosts={"host": ["example.com"]},
    ).signed_in({"host": told, "user": told})

    base = provider.api_base_url or ""
    if "{host}" not in base:
        host = urlsplit(base if "://" in base else f"https://{base}").hostname or ""
        assert host == "example.com" or host.endswith(".example.com")
    assert provider.identity is not None
    if "{user}" not in (url := provider.identity.url):
        assert _host(url) == "api.example.com"
        assert URL(url).raw_path.count("/") == 2


@pytest.mark.parametrize(
    ("changed", "host"),
    [
        (
            {"token_url": "https://x.{tld}/token", "variables": [{"name": "tld"}]},
            "x.{tld}",
        ),
        (
            {"api_base_url": "https://{a}:8443/x", "token_values": {"a": "a"}},
            "{a}",
        ),
        ({"api_hosts": ["{a}"], "callback_values": {"a": "a"}}, "{a}"),
        (
            {
                "identity": {"url": "https://a.{a}?x", "id": ["id"]},
                "callback_values": {"a": "a"},
            },
            "a.{a}",
        ),
    ],
)
def test_what_may_have_any_value_ends_no_host(
    changed: dict[str, Any], host: str
) -> None:
    with pytest.raises(InvalidProvider) as raised:
        _provider(**changed)

    assert str(raised.value) == f"host: {host}"


def test_who_enters_a_service_may_type_its_host_in_a_variable() -> None:
    raw = {
        "id": "own",
        "name": "Own",
        "token_url": "https://{host}/token",
        "variables": [{"name": "host"}],
    }
    told = {**raw, "variables": [], "token_values": {"host": "host"}}

    own = parse_provider(raw, category=USER_CATEGORY)

    resolved = own.resolve({"host": "example.com"})
    assert resolved.server.token_url == "https://example.com/token"
    with pytest.raises(InvalidProvider):
        parse_provider(told, category=USER_CATEGORY)


def test_a_value_that_is_one_of_a_few_may_end_a_host() -> None:
    provider = _provider(
        token_url="https://x.{tld}/token",
        variables=[{"name": "tld", "options": ["com", "co.uk"]}],
    )

    assert (
        provider.resolve({"tld": "co.uk"}).server.token_url == "https://x.co.uk/token"
    )
    with pytest.raises(InvalidVariable):
        provider.resolve({"tld": "evil.test"})
