"""Parsing of an authorization response that a person pastes."""

from urllib.parse import quote, urlencode

from hypothesis import example, given, strategies as st
import pytest

from custom_components.oauth2_client.oauth2 import (
    AuthorizationServer,
    InvalidCallback,
    is_redirect_uri,
    parse_callback,
)
from custom_components.oauth2_client.oauth2.callback import Callback

STATE = "state-1"
LOCAL = "http://localhost:8080/callback"
ISSUER = "https://auth.example.com"
SERVER = AuthorizationServer(
    token_url=f"{ISSUER}/token", authorize_url=f"{ISSUER}/authorize", issuer=ISSUER
)
WITHOUT_PKCE = AuthorizationServer(
    token_url=f"{ISSUER}/token", authorize_url=f"{ISSUER}/authorize", pkce=False
)
PROMISING = AuthorizationServer(
    token_url=f"{ISSUER}/token",
    authorize_url=f"{ISSUER}/authorize",
    issuer=ISSUER,
    issuer_in_callback=True,
)
MICROSOFT = AuthorizationServer(
    token_url=f"{ISSUER}/token", issuer="https://login.example.com/{tenantid}/v2.0"
)


def _parse(
    text: str, redirect_uri: str = LOCAL, server: AuthorizationServer = SERVER
) -> Callback:
    return parse_callback(text, server=server, redirect_uri=redirect_uri, state=STATE)


def _reason(
    text: str, redirect_uri: str = LOCAL, server: AuthorizationServer = SERVER
) -> str:
    with pytest.raises(InvalidCallback) as caught:
        _parse(text, redirect_uri, server)
    return caught.value.reason


@pytest.mark.parametrize(
    "text",
    [
        f"{LOCAL}?code=abc&state=state-1",
        f"{LOCAL}?state=state-1&scope=a+b&code=abc",
        f"{LOCAL}#code=abc&state=state-1",
        f"{LOCAL}?code=abc&state=state-1#_=_",
        f"{LOCAL}/?code=abc&state=state-1",
        "HTTP://LOCALHOST:8080/callback?code=abc&state=state-1",
        "localhost:8080/callback?code=abc&state=state-1",
        f" \n<{LOCAL}?code=abc&state=state-1>\r\n",
        f'"{LOCAL}?code=abc&state=state-1"',
        f"“{LOCAL}?code=abc&state=state-1”",
        f"\u200b{LOCAL}?code=abc&state=state-1\ufeff",
        f"{LOCAL}?code=a\r\n bc&sta\nte=state-1",
        f"{LOCAL}?code=abc&amp;state=state-1",
        f"{LOCAL}?code=%61bc&%73tate=state%2D1",
        quote(f"{LOCAL}?code=abc&state=state-1", safe=""),
        f"{LOCAL}?code=abc&state=state-1&iss={quote(ISSUER, safe='')}",
        f"{LOCAL}?code=abc&state=state-1&iss={ISSUER}/",
        f"{LOCAL}?code=abc&state=state-1&error=",
        "?code=abc&state=state-1",
        "code=abc&state=state-1",
        "#code=abc&state=state-1",
    ],
)
def test_the_code_is_found_in_each_form_of_the_address(text: str) -> None:
    assert _parse(text).code == "abc"


@pytest.mark.parametrize(
    ("redirect_uri", "text"),
    [
        ("http://localhost", "http://localhost/?code=abc&state=state-1"),
        ("http://127.0.0.1/", "http://127.0.0.1?code=abc&state=state-1"),
        ("http://127.0.0.1:80/", "http://127.0.0.1/?code=abc&state=state-1"),
        ("http://example.com/a", "https://example.com/a?code=abc&state=state-1"),
        ("myapp://callback", "myapp://callback?code=abc&state=state-1"),
        ("MyApp://callback", "myapp://callback/?code=abc&state=state-1"),
        ("com.example.app:/cb", "com.example.app:/cb?code=abc&state=state-1"),
        (
            "https://example.com/a b".replace(" ", "%20"),
            "https://example.com/a%20b?code=abc&state=state-1",
        ),
        (
            "https://example.com/?app=1",
            "https://example.com/?app=1&code=abc&state=state-1",
        ),
        (
            "https://example.com/?code=1",
            "https://example.com/?code=1&code=abc&state=state-1",
        ),
        (
            "urn:ietf:wg:oauth:2.0:oob",
            "urn:ietf:wg:oauth:2.0:oob?code=abc&state=state-1",
        ),
        # Doorkeeper shows the code at its own address.
        ("urn:ietf:wg:oauth:2.0:oob", f"{ISSUER}/oauth/authorize/native?code=abc"),
    ],
)
def test_an_answer_at_each_kind_of_redirect_uri_is_accepted(
    redirect_uri: str, text: str
) -> None:
    assert is_redirect_uri(redirect_uri)
    assert _parse(text, redirect_uri).code == "abc"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "missing"),
        (' "" ', "missing"),
        ("x" * 17_000, "too_long"),
        (LOCAL, "no_answer"),
        (f"{LOCAL}?state=state-1", "no_answer"),
        (f"{LOCAL}?code=&state=state-1", "no_answer"),
        (f"{LOCAL}?code=a%0Ab&state=state-1", "no_answer"),
        (f"{LOCAL}?code=abc", "no_state"),
        (f"{LOCAL}?code=abc&state=", "no_state"),
        (f"{LOCAL}?code=abc&state=state-0", "old"),
        (f"{LOCAL}?code=abc&state=state-1%00", "old"),
        ("code=abc", "no_state"),
        ("abcd#state-0", "old"),
        (f"{LOCAL}?error=access_denied&state=state-0", "old"),
        (f"{LOCAL}?code=abc&code=abc&state=state-1", "repeated"),
        (f"{LOCAL}?code=abc&state=state-1&state=state-1", "repeated"),
        (f"{LOCAL}?code=abc&state=state-1#state=state-1", "repeated"),
        (f"{LOCAL}?code=abc&state=state-1&iss={ISSUER}&iss=x", "repeated"),
        (f"{LOCAL}?code=abc&state=state-1&iss=https://evil.example", "other_issuer"),
        (f"{LOCAL}?error=x&state=state-1&iss=https://evil.example", "other_issuer"),
        ("http://localhost:8081/callback?code=abc&state=state-1", "other_address"),
        ("http://localhost/callback?code=abc&state=state-1", "other_address"),
        ("https://localhost:8080/callback?code=a&state=state-1", "other_address"),
        ("http://localhost:8080/callbacks?code=a&state=state-1", "other_address"),
        ("http://localhost:8080@evil.example/callback?code=a", "other_address"),
        ("http://localhost:8080.evil.example/callback?code=a", "other_address"),
        ("http://[broken?code=a&state=state-1", "other_address"),
        ("http://localhost:port/callback?code=a", "other_address"),
        ("I have signed in", "other_address"),
        ("example.com/done", "other_address"),
        ("localhost:8080/callback", "no_answer"),
        (f"{ISSUER}/authorize?response_type=code&state=state-1", "sign_in_page"),
        (f"{ISSUER}/login/step/2", "sign_in_page"),
        ("?response_type=code&client_id=a&state=state-1", "sign_in_page"),
    ],
)
def test_a_text_that_is_rejected_has_a_reason(text: str, reason: str) -> None:
    assert _reason(text) == reason


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("4/0AX4XfWh-x_y", "4/0AX4XfWh-x_y"),
        ("4%2F0AX4XfWh", "4/0AX4XfWh"),
        (" `SplxlOBeZQQYbYS6WxSbIA` ", "SplxlOBeZQQYbYS6WxSbIA"),
        ("M.C507_BAY.2.U.abc!*", "M.C507_BAY.2.U.abc!*"),
        ("c2VjcmV0==", "c2VjcmV0=="),
        ("abcd#state-1", "abcd"),
    ],
)
def test_a_code_alone_is_accepted_with_pkce(text: str, code: str) -> None:
    assert _parse(text).code == code
    assert _parse(text, "urn:ietf:wg:oauth:2.0:oob").code == code
    if "#" not in text:
        assert _reason(text, server=WITHOUT_PKCE) == "code_alone"
    assert _reason(text, server=PROMISING) == "no_issuer"


def test_each_part_of_the_redirect_uris_own_query_is_there_once() -> None:
    uri = "https://example.com/?a=1&a=1&state=b+c"
    answer = "code=abc&state=state-1"
    for query in ("a=1&a=1&state=b+c", "state=b%20c&a=1&x=y&a=%31"):
        assert _parse(f"https://example.com/?{query}&{answer}", uri).code == "abc"
    for query in ("a=1&state=b+c", "a=1&a=2&state=b+c", "a=1&a=1"):
        text = f"https://example.com/?{query}&{answer}"
        assert _reason(text, uri) == "other_address"


def test_a_plus_sign_in_a_code_is_no_space() -> None:
    assert _parse(f"{LOCAL}?code=a+b%2Bc&state=state-1").code == "a+b+c"


@pytest.mark.parametrize("mark", "?#")
def test_a_token_in_the_authorization_response_is_ignored(mark: str) -> None:
    # RFC 9700, 4.6: only what the token endpoint gives is a token of this sign-in.
    token = "access_token=abc&id_token=abc&token_type=bearer&state=state-1"

    assert _reason(f"{LOCAL}{mark}{token}") == "no_answer"


def test_an_issuer_that_the_server_promises_is_required() -> None:
    answer = f"{LOCAL}?code=abc&state=state-1"
    assert _reason(answer, server=PROMISING) == "no_issuer"
    assert _parse(f"{answer}&iss={ISSUER}", server=PROMISING).code == "abc"
    # Nothing to compare with.
    assert _parse(f"{answer}&iss=https://other.example", server=WITHOUT_PKCE).code


def test_an_issuer_template_accepts_any_tenant() -> None:
    answer = f"{LOCAL}?code=abc&state=state-1&iss=https://login.example.com"
    assert _parse(f"{answer}/0f8fad5b/v2.0", server=MICROSOFT).code == "abc"
    for wrong in ("/v2.0", "/a/b/v2.0", "/a/v1.0", ".evil/a/v2.0"):
        assert _reason(f"{answer}{wrong}", server=MICROSOFT) == "other_issuer"


def test_another_issuer_is_shown_without_markup() -> None:
    with pytest.raises(InvalidCallback) as caught:
        _parse(f"{LOCAL}?code=abc&state=state-1&iss=a`%0A[x](http://evil.example)")
    assert caught.value.issuer == "a [x](http://evil.example)"


@pytest.mark.parametrize(
    ("answer", "error", "description"),
    [
        ("error=access_denied&state=state-1", "access_denied", None),
        (
            "error=access_denied&error_description=Not+for+you%21&state=state-1",
            "access_denied",
            "Not for you!",
        ),
        # Some servers leave the state out here. No token comes of it.
        ("error=server_error", "server_error", None),
        ("error=invalid_scope&code=abc&state=state-1", "invalid_scope", None),
    ],
)
def test_an_error_response_is_returned(
    answer: str, error: str, description: str | None
) -> None:
    callback = _parse(f"{LOCAL}?{answer}")
    assert (callback.code, callback.error) == (None, error)
    assert callback.description == description


def test_the_code_is_in_no_repr_and_no_error() -> None:
    assert "abc" not in repr(_parse(f"{LOCAL}?code=abc&state=state-1"))
    with pytest.raises(InvalidCallback) as caught:
        _parse(f"{LOCAL}?code=abc&state=state-0")
    assert "abc" not in repr(caught.value)


@pytest.mark.parametrize(
    "uri",
    [
        "http://localhost",
        "http://localhost:8080/callback",
        "http://127.0.0.1/",
        "http://[::1]:9000/",
        "https://example.com/nowhere?app=ha",
        "myapp://callback",
        "com.example.app:/oauth2redirect",
        "urn:ietf:wg:oauth:2.0:oob",
    ],
)
def test_a_redirect_uri_is_any_absolute_uri(uri: str) -> None:
    assert is_redirect_uri(uri)


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "localhost",
        "localhost:8080/callback",
        "/callback",
        "//localhost/callback",
        "http:",
        "http://",
        "http:///callback",
        "http://:80/",
        "http://localhost:port/",
        "http://localhost:99999/",
        "http://localhost/#",
        "http://localhost/#a",
        "http://localhost/a b",
        "http://localhost/\nHost: x",
        "http://localhost/\n",
        "http://localhost/`",
        "http://localhost/%zz",
        "http://[broken",
        "javascript:alert(1)",
        "JavaScript://localhost/%0Aalert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "blob:https://example.com/x",
        "http://localhost/ä",
        "http://localhost/" + "a" * 2000,
    ],
)
def test_a_text_that_cannot_be_registered_is_not_a_redirect_uri(uri: str) -> None:
    assert not is_redirect_uri(uri)


@given(
    code=st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1),
    state=st.text(min_size=1).filter(str.isprintable),
    fragment=st.booleans(),
)
@example(code="a+b&c=d#e?f%41", state="ä", fragment=True)
def test_any_code_is_returned_unchanged(code: str, state: str, fragment: bool) -> None:
    answer = urlencode({"code": code, "state": state}, quote_via=quote)
    callback = parse_callback(
        f"{LOCAL}{'#' if fragment else '?'}{answer}",
        server=SERVER,
        redirect_uri=LOCAL,
        state=state,
    )
    assert callback.code == code


@given(st.text(), st.sampled_from([LOCAL, "myapp://callback", "urn:x:oob"]))
@example("http://[", LOCAL)
@example("http://a:99999999/?code=1", LOCAL)
@example("\ud800?code=\ud800&state=%ff", LOCAL)
def test_any_text_is_accepted_or_rejected_with_a_reason(
    text: str, redirect_uri: str
) -> None:
    try:
        callback = _parse(text, redirect_uri)
    except InvalidCallback:
        return
    assert callback.code or callback.error


@given(st.text(alphabet=":/?#&=%.\"'a1[]@;", max_size=60))
def test_an_answer_at_any_redirect_uri_is_accepted(text: str) -> None:
    # Its own query may have the same names.
    if is_redirect_uri(text) and "a" not in text:
        answer = f"{text}{'&' if '?' in text else '?'}code=abc&state=state-1"
        assert _parse(answer, text).code == "abc"
