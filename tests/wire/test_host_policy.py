"""Where a token may be sent."""

import pytest
from yarl import URL

from custom_components.oauth2_client.oauth2 import RefusedByPolicy
from custom_components.oauth2_client.wire.host_policy import (
    HostPolicy,
    authorities,
    check_scheme,
    clean_host,
    parse_url,
)

HOSTS = authorities(["https://api.example.com/v1", "files.example.com:8443", None, ""])


@pytest.mark.parametrize(
    "url",
    [
        "https://api.example.com/v2/x?y=1",
        "https://API.example.com./",
        "https://api.example.com:443/",
        "https://files.example.com:8443/",
    ],
)
def test_the_token_goes_to_the_providers_hosts(url: str) -> None:
    HostPolicy(hosts=HOSTS).check(URL(url))


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://example.com/", "host_not_allowed"),
        ("https://api.example.com.evil.com/", "host_not_allowed"),
        ("https://api.example.com:8443/", "host_not_allowed"),
        ("https://files.example.com/", "host_not_allowed"),
        ("https://evil.com/api.example.com", "host_not_allowed"),
        ("https://evil.com#@api.example.com/", "host_not_allowed"),
        ("https://api.example.com@evil.com/", "invalid_url"),
        ("https://user:pass@api.example.com/", "invalid_url"),
        ("http://api.example.com/", "https_required"),
        ("ftp://api.example.com/", "invalid_url"),
        ("//api.example.com/", "invalid_url"),
    ],
)
def test_the_token_goes_to_no_other_url(url: str, code: str) -> None:
    with pytest.raises(RefusedByPolicy, match=code):
        HostPolicy(hosts=HOSTS, allow_http=True).check(URL(url))


@pytest.mark.parametrize(
    ("url", "allow_http", "refused"),
    [
        ("http://127.0.0.1:8125/", False, False),
        ("http://localhost/", False, False),
        ("http://[::1]/", False, False),
        ("http://192.168.1.5/", False, True),
        ("http://192.168.1.5/", True, False),
        ("http://nas/", True, False),
        ("http://nas.local/", True, False),
        ("http://nas.local/", False, True),
        ("http://8.8.8.8/", True, True),
        ("http://example.com/", True, True),
        ("http://localhost.example.com/", True, True),
        ("https://example.com/", False, False),
    ],
)
def test_plain_http_is_for_loopback_and_where_allowed_for_the_home(
    url: str, allow_http: bool, refused: bool
) -> None:
    try:
        check_scheme(parse_url(url), allow_http=allow_http)
    except RefusedByPolicy as err:
        code = err.code
    else:
        code = "sent"
    assert code == ("https_required" if refused else "sent")


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("Files.Example.com", "files.example.com"),
        (" https://files.example.com/ ", "files.example.com"),
        ("files.example.com:443", "files.example.com"),
        ("files.example.com:8443", "files.example.com:8443"),
        ("192.168.1.5:8080", "192.168.1.5:8080"),
        ("münchen.example", "xn--mnchen-3ya.example"),
    ],
)
def test_a_host_is_written_in_one_way(text: str, host: str) -> None:
    assert clean_host(text) == host
    assert authorities([text.strip()]) == {host}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://",
        "a b",
        "a\nb",
        "x/y",
        "u@x.com",
        "x?y",
        "x#y",
        "x:99999",
        "*.x.com",
    ],
)
def test_a_text_that_is_not_a_host_is_refused(text: str) -> None:
    with pytest.raises(RefusedByPolicy, match="invalid_host"):
        clean_host(text)


@pytest.mark.parametrize(
    "text", ["", "example.com", "https://[::1", "https://xn--a/", "/path", "a:b"]
)
def test_a_text_that_is_not_a_url_is_refused(text: str) -> None:
    with pytest.raises(RefusedByPolicy, match="invalid_url"):
        parse_url(text)
