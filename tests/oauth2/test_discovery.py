"""The URLs where metadata is looked for, and the URL that an API's challenge names."""

from typing import Any
from urllib.parse import urlsplit

from hypothesis import example, given, strategies as st
import pytest

from custom_components.oauth2_client.oauth2 import RefusedByPolicy, Response
from custom_components.oauth2_client.oauth2.challenge import (
    challenged_scopes,
    resource_metadata_url,
)
from custom_components.oauth2_client.oauth2.discovery import (
    Candidate,
    addresses,
    candidates,
    candidates_above,
    normalized,
    split_url,
)

SERVER = ".well-known/oauth-authorization-server"
OPENID = ".well-known/openid-configuration"
RESOURCE = ".well-known/oauth-protected-resource"
HOST = "https://example.com"


def _of_host(host: str) -> list[tuple[str, str, str]]:
    return [
        ("server", f"{host}/{SERVER}", host),
        ("openid", f"{host}/{OPENID}", host),
        ("resource", f"{host}/{RESOURCE}", host),
    ]


def _rows(found: tuple[Candidate, ...]) -> list[tuple[str, str, str]]:
    return [(place.kind, place.url, place.issuer_or_resource) for place in found]


def _outcome(text: str) -> tuple[Candidate, ...] | RefusedByPolicy:
    try:
        return candidates(text)
    except RefusedByPolicy as refused:
        return refused


def _challenge(*headers: str, name: str = "WWW-Authenticate") -> Response:
    return Response(status=401, headers={name: ", ".join(headers)})


def test_a_url_is_tried_with_its_path_and_then_its_host_alone() -> None:
    # RFC 8414, 3.1; OpenID Connect Discovery, 4.1; RFC 9728, 3.1.
    assert _rows(candidates(f"{HOST}/issuer1")) == [
        ("server", f"{HOST}/{SERVER}/issuer1", f"{HOST}/issuer1"),
        ("openid", f"{HOST}/issuer1/{OPENID}", f"{HOST}/issuer1"),
        ("openid", f"{HOST}/{OPENID}/issuer1", f"{HOST}/issuer1"),
        ("resource", f"{HOST}/{RESOURCE}/issuer1", f"{HOST}/issuer1"),
        # D1: appended, where the RFC inserts it; tried last.
        ("server", f"{HOST}/issuer1/{SERVER}", f"{HOST}/issuer1"),
        *_of_host(HOST),
    ]


def test_a_final_slash_is_kept_for_a_resource_and_dropped_for_an_issuer() -> None:
    found = _rows(candidates(f"{HOST}/v1/"))

    assert found[:2] == [
        ("server", f"{HOST}/{SERVER}/v1", f"{HOST}/v1"),
        ("openid", f"{HOST}/v1/{OPENID}", f"{HOST}/v1"),
    ]
    assert found[3] == ("resource", f"{HOST}/{RESOURCE}/v1/", f"{HOST}/v1/")


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("https://example.com", HOST),
        ("https://example.com/", HOST),
        ("https://example.com//", HOST),
        ("example.com", HOST),
        ("  example.com\n", HOST),
        ("HTTPS://Example.COM:443", HOST),
        ("example.com.", HOST),
        ("example.com?next=https://elsewhere.example/", HOST),
        ("https://example.com/#top", HOST),
        (f"https://example.com/{SERVER}", HOST),
        (f"https://example.com/{OPENID}", HOST),
        (f"example.com/{RESOURCE}", HOST),
        ("example.com:8443", "https://example.com:8443"),
        ("bücher.example", "https://xn--bcher-kva.example"),
        ("192.168.1.5:9000", "https://192.168.1.5:9000"),
        ("[fd00::5]", "https://[fd00::5]"),
        ("localhost:9000", "https://localhost:9000"),
        ("http://localhost:9000", "http://localhost:9000"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
        ("http://[::1]:9000", "http://[::1]:9000"),
        ("http://auth.local", "http://auth.local"),
        ("http://192.168.1.5", "http://192.168.1.5"),
    ],
)
def test_the_places_of_a_bare_host(text: str, host: str) -> None:
    assert set(_rows(candidates(text))) >= set(_of_host(host))
    # A pasted document comes first.
    pasted = next((row for row in _of_host(host) if row[1].endswith(text[-30:])), None)
    assert _rows(candidates(text))[0] == (pasted or _of_host(host)[0])


@pytest.mark.parametrize(
    ("text", "issuer"),
    [
        (f"{HOST}/realms/home/{OPENID}", f"{HOST}/realms/home"),
        (f"{HOST}/{OPENID}/realms/home", f"{HOST}/realms/home"),
        (f"{HOST}/{SERVER}/realms/home", f"{HOST}/realms/home"),
        (f"{HOST}/{RESOURCE}/v1/users", f"{HOST}/v1/users"),
        (f"{HOST}/realms/home/{SERVER}", f"{HOST}/realms/home"),
    ],
)
def test_d1_a_well_known_url_is_tried_first_for_the_issuer_it_describes(
    text: str, issuer: str
) -> None:
    found = candidates(text)

    assert found[0].issuer_or_resource == issuer
    assert found[0].url == text


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("127.0.0.1:9421", "127.0.0.1:9421"),
        ("localhost:9421", "localhost:9421"),
        ("192.168.1.5", "192.168.1.5"),
        ("nas", "nas"),
        ("auth.local", "auth.local"),
        ("[fd00::5]:9000", "[fd00::5]:9000"),
    ],
)
def test_d13_a_bare_host_at_home_is_tried_with_http_too(text: str, host: str) -> None:
    assert addresses(text) == (f"https://{host}", f"http://{host}")
    assert _rows(candidates(text)) == [
        *_of_host(f"https://{host}"),
        *_of_host(f"http://{host}"),
    ]


@pytest.mark.parametrize(
    "text", ["example.com", "1.1.1.1", "https://127.0.0.1:9421", "https://nas"]
)
def test_d13_other_hosts_are_tried_with_https_only(text: str) -> None:
    assert {urlsplit(place.url).scheme for place in candidates(text)} == {"https"}


@pytest.mark.parametrize(
    ("url", "same"),
    [
        ("HTTPS://Example.COM:443/A%7eb?c=%2f", "https://example.com/A~b?c=%2f"),
        ("http://example.com:80", "http://example.com"),
        ("https://example.com./%2f", "https://example.com/%2F"),
        ("https://example.com/{tenantid}", "https://example.com/{tenantid}"),
        ("no url", "no url"),
        ("https://user@example.com:443", "https://user@example.com:443"),
    ],
)
def test_d8_equal_urls_have_one_spelling(url: str, same: str) -> None:
    assert normalized(url) == same


def test_a_path_that_only_resembles_a_well_known_one_is_kept() -> None:
    url = f"{HOST}/{OPENID}-of-ours"

    assert candidates(url)[0].issuer_or_resource == url


@pytest.mark.parametrize(
    ("endpoint", "issuers"),
    [
        ("https://example.com/token", [""]),
        ("https://example.com", [""]),
        ("https://example.com:443/oauth/token?a=b", ["/oauth", ""]),
        (
            "https://example.com/realms/home/protocol/token",
            ["/realms/home/protocol", "/realms/home", "/realms", ""],
        ),
        (
            "https://example.com/1/2/3/4/5/6/7/token",
            ["/1/2/3/4/5", "/1/2/3/4", "/1/2/3", "/1/2", "/1", ""],
        ),
    ],
)
def test_each_path_above_an_endpoint_may_be_its_issuer(
    endpoint: str, issuers: list[str]
) -> None:
    found = candidates_above(endpoint)

    host = "https://example.com"
    usual = [
        place
        for path in issuers
        for place in (
            ("server", f"{host}/{SERVER}{path}", host + path),
            ("openid", f"{host}{path}/{OPENID}", host + path),
        )
    ]
    assert _rows(found)[: len(usual)] == usual
    # D1: the unusual ones come last, and all of them are not too many.
    assert "resource" not in {place.kind for place in found}
    assert len(usual) <= len(found) <= 18


def test_a_text_that_is_not_a_url_has_no_issuer_above_it() -> None:
    assert candidates_above("example.com/token") == ()


def test_a_typed_url_is_encoded_as_ascii() -> None:
    assert candidates("example.com/größe a%20b")[0].issuer_or_resource == (
        f"{HOST}/gr%C3%B6%C3%9Fe%20a%20b"
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "invalid_url"),
        ("   ", "invalid_url"),
        ("https://", "invalid_url"),
        ("https:///path", "invalid_url"),
        ("ftp://example.com", "invalid_url"),
        ("file:///etc/passwd", "invalid_url"),
        ("javascript:alert(1)", "invalid_url"),
        ("two words", "invalid_url"),
        ("me@example.com", "invalid_url"),
        ("mailto:me@example.com", "invalid_url"),
        ("https://user:secret@example.com", "invalid_url"),
        ("https://example.com\\@elsewhere.example", "invalid_url"),
        ("https://example.com:port", "invalid_url"),
        ("https://example.com:0", "invalid_url"),
        ("https://example.com:99999", "invalid_url"),
        ("https://[::1", "invalid_url"),
        ("https://[v1.host]", "invalid_url"),
        ("https://[fe80::1%25eth0]", "invalid_url"),
        ("https://exam\tple.com", "invalid_url"),
        ("https://example.com/a\nb", "invalid_url"),
        ("https://example.com/\ud800", "invalid_url"),
        ("https://ex%61mple.com", "invalid_url"),
        ("https://a..b.example", "invalid_url"),
        ("https://" + "ü" * 64 + ".example", "invalid_url"),
        ("https://127.1", "invalid_url"),
        ("https://2130706433", "invalid_url"),
        ("https://0x7f000001", "invalid_url"),
        ("https://example.com/" + "a" * 1024, "invalid_url"),
        ("http://example.com", "https_required"),
        ("http://1.1.1.1", "https_required"),
        ("http://example.com:443/v1", "https_required"),
    ],
)
def test_a_text_that_is_not_a_url_is_refused(text: str, code: str) -> None:
    with pytest.raises(RefusedByPolicy) as refused:
        candidates(text)

    assert refused.value.code == str(refused.value) == code
    assert refused.value.description is None


# RFC 9728, 5.1.
RFC_CHALLENGE = f'Bearer resource_metadata="https://resource.example.com/{RESOURCE}"'
RFC_URL = f"https://resource.example.com/{RESOURCE}"


@pytest.mark.parametrize(
    "header",
    [
        RFC_CHALLENGE,
        RFC_CHALLENGE.replace("=", "  =\t", 1),
        RFC_CHALLENGE.replace("resource_metadata", "Resource_Metadata"),
        RFC_CHALLENGE.replace('"', ""),
        RFC_CHALLENGE.replace("/", "\\/"),
        RFC_CHALLENGE.replace("Bearer", 'DPoP algs="ES256 PS256",'),
        f'Basic realm="a, b", {RFC_CHALLENGE}, error="invalid_token"',
        f"Negotiate YWJj==, {RFC_CHALLENGE}",
        f'Bearer realm="say \\"resource_metadata=x\\"", {RFC_CHALLENGE}',
        f'Bearer error="invalid_token",{RFC_CHALLENGE.removeprefix("Bearer ")}',
        f'Bearer resource_metadata="http://example.com/x", {RFC_CHALLENGE}',
    ],
)
def test_a_challenge_names_the_url_of_the_metadata(header: str) -> None:
    assert resource_metadata_url(_challenge(header)) == RFC_URL
    assert resource_metadata_url(_challenge(header, name="www-authenticate")) == RFC_URL


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        'Bearer error="invalid_token"',
        f'Bearer realm="resource_metadata={RFC_URL}"',
        f'Bearer x_resource_metadata="{RFC_URL}"',
        f'Bearer realm="never closed, resource_metadata={RFC_URL}',
        f'Bearer realm="never closed\\", {RFC_CHALLENGE}'[:-1],
        'Bearer resource_metadata=""',
        'Bearer resource_metadata="/.well-known/oauth-protected-resource"',
        'Bearer resource_metadata="ftp://example.com/x"',
        'Bearer resource_metadata="https://user:secret@example.com/x"',
        'Bearer resource_metadata="https://example.com/x#y"',
        'Bearer resource_metadata="https://example.com/x y"',
        'Bearer resource_metadata="http://example.com/x"',
        'Bearer resource_metadata="http://localhost/x"',
        'Bearer resource_metadata="https://192.168.1.1/x"',
        'Bearer resource_metadata="https://169.254.169.254/x"',
        f'Bearer realm="{"a" * 8192}", {RFC_CHALLENGE}',
    ],
)
def test_other_challenges_name_no_metadata_url(header: str) -> None:
    assert resource_metadata_url(_challenge(header), api_url=f"{HOST}/v1") is None


@pytest.mark.parametrize(
    ("header", "scopes"),
    [
        ('Bearer scope="read write"', ("read", "write")),
        ("Bearer SCOPE=read", ("read",)),
        (f'{RFC_CHALLENGE}, scope="a b a"', ("a", "b")),
        ('Bearer error="insufficient_scope", scope="x"', ("x",)),
        ('Bearer scope=""', ()),
        ('Bearer realm="scope=x"', ()),
        ("Bearer", ()),
        ('Bearer scope="a\\\\b c\u00e9 d"', ("d",)),
        (f'Bearer scope="{"a" * 201} b"', ("b",)),
    ],
)
def test_d10_a_challenge_names_scopes(header: str, scopes: tuple[str, ...]) -> None:
    assert challenged_scopes(_challenge(header)) == scopes


def test_d10_a_challenge_names_no_more_scopes_than_can_be_shown() -> None:
    many = " ".join(f"s{number}" for number in range(300))

    assert len(challenged_scopes(_challenge(f'Bearer scope="{many}"'))) == 50


def test_without_a_challenge_there_is_no_metadata_url() -> None:
    assert resource_metadata_url(Response(status=401)) is None


@pytest.mark.parametrize(
    "url",
    [
        "http://192.168.1.5:8080/metadata",
        "http://localhost/metadata",
        "https://nas/metadata",
    ],
)
def test_only_an_api_at_home_may_name_a_url_at_home(url: str) -> None:
    response = _challenge(f'Bearer resource_metadata="{url}"')

    assert resource_metadata_url(response, api_url="http://192.168.1.5/api") == url
    assert resource_metadata_url(response, api_url="https://example.com/api") is None
    assert resource_metadata_url(response, api_url="no url") is None
    assert resource_metadata_url(response) is None


@pytest.mark.parametrize(
    ("url", "may"),
    [
        ("http://192.168.1.5:8080/metadata", True),
        ("https://nas/metadata", True),
        ("http://example.com/metadata", False),
    ],
)
def test_an_api_that_is_known_to_be_at_home_may_name_what_one_of_the_home_may(
    url: str, may: bool
) -> None:
    response = _challenge(f'Bearer resource_metadata="{url}"')
    named = resource_metadata_url(
        response, api_url="https://example.com/api", at_home=True
    )

    assert named == (url if may else None)


texts = st.one_of(
    st.text(max_size=60),
    st.text("htps:/.[]@#?%\\ab1\u00e4\t", max_size=40),
    st.builds(
        lambda start, rest: start + rest,
        st.sampled_from(
            ["https://a.example/", "a.example/", "http://localhost", f"a.b/{OPENID}"]
        ),
        st.text(max_size=40),
    ),
)


@given(text=texts)
@example(text="a.example" + f"/{OPENID}" * 3)
@example(text="a.example//" + f"/{SERVER}//")
def test_any_text_gives_places_or_a_refusal(text: str) -> None:
    found = _outcome(text)

    if isinstance(found, RefusedByPolicy):
        assert found.code in ("invalid_url", "https_required")
        # A chained error would quote the text.
        assert found.__context__ is None
        return
    urls = [place.url for place in found]
    assert 3 <= len(urls) <= 16
    assert len(set(urls)) == len(urls)
    # All of them are on the one host that was typed.
    assert len({urlsplit(url).hostname for url in urls}) == 1
    for place in found:
        assert split_url(place.url) is not None
        assert "?" not in place.url
        assert place.issuer_or_resource.startswith(("https://", "http://"))
        # The found URL leads to itself.
        assert place in candidates(place.url) or ".well-known" in text


@given(
    header=st.one_of(
        st.text(max_size=200),
        st.text('resouc_mtad="\\, /:ht.', max_size=80),
        st.text().map(lambda text: f'Bearer resource_metadata="{text}"'),
        st.text().map(lambda text: f"{text} {RFC_CHALLENGE}"),
    ),
    api_url=st.sampled_from([None, HOST, "http://localhost"]),
)
def test_any_challenge_gives_a_url_or_none(header: str, api_url: Any) -> None:
    url = resource_metadata_url(_challenge(header), api_url=api_url)

    assert url is None or split_url(url) is not None


@pytest.mark.parametrize("repeated", ["a", "a ", "a=", '"', '\\"', 'a="', "a= ", "."])
def test_a_challenge_as_long_as_allowed_is_read_quickly(repeated: str) -> None:
    header = (repeated * 8192)[:8192]

    assert resource_metadata_url(_challenge(header)) is None
    assert split_url(f"https://{header}") is None


@pytest.mark.parametrize(
    ("host", "is_name"),
    [
        ("xn--mnchen-3ya.example", True),
        ("a.xn--p1ai", True),
        # Only the newer IDNA (RFC 5894, 7.2) has labels with ß or ς.
        ("xn--strae-oqa.example", True),
        ("xn--vxaejmc7c.example", True),
        ("xn--a", False),
        ("a.xn--", False),
        ("xn--zz--.example", False),
    ],
)
def test_a_label_that_says_to_be_an_idn_is_one(host: str, *, is_name: bool) -> None:
    assert (split_url(f"https://{host}/token") is not None) is is_name
