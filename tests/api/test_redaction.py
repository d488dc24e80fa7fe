"""Secrets are removed from whatever is shown, however an answer encodes them."""

from base64 import b64encode, encodebytes, urlsafe_b64encode
from collections.abc import Callable
import html
import json
from typing import Any
from urllib.parse import quote, quote_plus

from hypothesis import given, strategies as st
import pytest
from yarl import URL

from custom_components.oauth2_client.api import ApiRequest
from custom_components.oauth2_client.api.redaction import (
    REDACTED,
    Redaction,
    sent_texts,
    shown_headers,
)
from custom_components.oauth2_client.oauth2 import Response

SECRET = "planted/secret+of & one~account"


TOKEN = "ya29.a0AfH6-SMB_x/Y+z~q=0"


def _escaped(text: str, escape: Callable[[str], str], *, every: int = 1) -> str:
    """Return a text with each of its characters escaped, or with some."""
    return "".join(
        char if index % every else escape(char) for index, char in enumerate(text)
    )


def _percent(char: str) -> str:
    return f"%{ord(char):02x}"


def _basic(identity: str, secret: str) -> str:
    return b64encode(f"{identity}:{secret}".encode()).decode()


SPELLED = {
    "itself": SECRET,
    "in a query": quote(SECRET),
    "in a query, slashes too": quote(SECRET, safe=""),
    "in a form": quote_plus(SECRET),
    "percent, lower case": TOKEN.replace("/", "%2f").replace("=", "%3d"),
    "percent, each character": _escaped(TOKEN, _percent),
    "percent, upper case": _escaped(TOKEN, lambda char: _percent(char).upper()),
    "percent, some": _escaped(TOKEN, _percent, every=3),
    "percent, twice": quote(quote(SECRET, safe=""), safe=""),
    "percent, three times": quote(quote(quote(SECRET, safe=""), safe=""), safe=""),
    "percent, as old scripts escape": _escaped(
        TOKEN, lambda char: f"%u{ord(char):04X}"
    ),
    "JSON": json.dumps(SECRET).replace("/", "\\/"),
    "JSON, each character": _escaped(TOKEN, lambda char: f"\\u{ord(char):04x}"),
    "JSON, upper case": _escaped(TOKEN, lambda char: f"\\u{ord(char):04X}", every=2),
    "JSON in JSON": json.dumps(json.dumps(SECRET).replace("/", "\\/")),
    "JSON in a query": quote(_escaped(TOKEN, lambda char: f"\\u{ord(char):04x}")),
    "script": _escaped(TOKEN, lambda char: f"\\x{ord(char):02x}"),
    "HTML": SECRET.replace("&", "&amp;"),
    "HTML, by name": TOKEN.replace("/", "&sol;").replace("+", "&plus;"),
    "HTML, decimal": _escaped(TOKEN, lambda char: f"&#{ord(char)};"),
    "HTML, padded": _escaped(TOKEN, lambda char: f"&#00{ord(char)};"),
    "HTML, hexadecimal": _escaped(TOKEN, lambda char: f"&#x{ord(char):X};"),
    "HTML of HTML": _escaped(TOKEN, lambda char: f"&amp;#x{ord(char):x};"),
    "a query in HTML": html.escape(f"a=1&b={quote(SECRET, safe='')}"),
    "hexadecimal": TOKEN.encode().hex(),
    "hexadecimal, upper case": TOKEN.encode().hex().upper(),
    "base64": b64encode(SECRET.encode()).decode(),
    "base64, first shift": b64encode(f"1{SECRET}23".encode()).decode(),
    "base64, second shift": urlsafe_b64encode(f"12{SECRET}?>~".encode()).decode(),
    "base64 without padding": urlsafe_b64encode(TOKEN.encode()).decode().rstrip("="),
    "base64 in a query": quote(b64encode(TOKEN.encode()).decode(), safe=""),
    "base64 in JSON": b64encode(TOKEN.encode()).decode().replace("/", "\\/"),
    "base64 in lines": encodebytes(b"1" * 45 + TOKEN.encode()).decode(),
    "base64 of what is encoded": b64encode(quote(TOKEN, safe="").encode()).decode(),
    "Basic": _basic("client-id", SECRET),
    "Basic, encoded": _basic("client-id", quote_plus(SECRET)),
}


REDACTION = Redaction([SECRET, TOKEN])


@pytest.mark.parametrize("spelled", SPELLED.values(), ids=SPELLED)
def test_a_secret_is_taken_out_however_it_is_spelled(spelled: str) -> None:
    text = f"seen <{spelled}> by us"

    shown = REDACTION.redact(text)
    assert REDACTED in shown
    # What may be left of a spelling: quotation marks, the client id, two characters at each end of base64.
    assert len(shown.replace("MTEx" * 15, "")) <= len("seen <> by us" + REDACTED) + 16
    assert shown.startswith("seen <")
    assert shown.endswith("> by us")
    assert REDACTION.redact(text.encode()) == shown.encode()
    assert REDACTION.redact([text]) == [shown]


def test_a_secret_in_utf_16_is_taken_out() -> None:
    shown = REDACTION.redact(f"<{TOKEN}>".encode("utf-16"))

    assert "".join(map(chr, shown.replace(b"\0", b""))).endswith(f"<{REDACTED}>")


def test_a_text_that_only_resembles_a_secret_is_left_alone() -> None:
    text = f"{TOKEN[:-1]} 100% \\u00zz &nosuch; %zz {SECRET[1:]} \\"

    assert REDACTION.redact(text) is text


def test_what_has_no_secret_is_not_copied() -> None:
    document = {"a": [{"b": "long enough"}, "100 %25"], "c": {"d": f"x{TOKEN}"}}

    shown = REDACTION.redact(document)
    assert shown is not document
    assert shown["a"] is document["a"]
    assert shown["c"] == {"d": f"x{REDACTED}"}
    assert REDACTION.redact(document["a"]) is document["a"]


@pytest.mark.parametrize("place", [0, 131_060, 131_072, 262_140, 400_000])
def test_a_secret_is_found_wherever_it_stands_in_a_long_text(place: int) -> None:
    spelled = _escaped(TOKEN, lambda char: f"&amp;#x{ord(char):x};")
    text = f"{'x' * place}{spelled}{'y' * 150_000}"

    assert REDACTION.redact(text) == f"{'x' * place}{REDACTED}{'y' * 150_000}"


def test_a_document_is_redacted_in_its_keys_and_at_every_depth() -> None:
    document = {"a": [SECRET, 1, None, True, 1.5], SECRET: {"b": f"x{SECRET}y"}}

    assert REDACTION.redact(document) == {
        "a": [REDACTED, 1, None, True, 1.5],
        REDACTED: {"b": f"x{REDACTED}y"},
    }


def test_a_secret_that_is_part_of_another_leaves_no_rest_of_it() -> None:
    redaction = Redaction(["planted-1", "planted-1-and-more"])

    assert redaction.redact("<planted-1-and-more>") == f"<{REDACTED}>"


@pytest.mark.parametrize("short", ["", "a", "12345"])
def test_what_is_too_short_to_be_a_secret_is_left_alone(short: str) -> None:
    redaction = Redaction([short], sent=[short])

    assert redaction.redact(f"latest {short} 12345a") == f"latest {short} 12345a"


def test_nothing_is_taken_out_where_nothing_is_secret() -> None:
    assert Redaction(()).redact({"a": "b"}) == {"a": "b"}
    assert Redaction(()).redact(b"ab") == b"ab"


@given(st.text(min_size=6, max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_no_text_holds_a_secret_afterwards(
    secret: str, before: str, after: str
) -> None:
    redaction = Redaction([secret])
    shown = redaction.redact(before + secret + after)

    assert REDACTED in shown
    assert secret in REDACTED or secret not in shown.replace(REDACTED, "\0")


def test_what_was_sent_is_in_the_query_the_headers_and_the_body() -> None:
    request = ApiRequest(
        url="/x?key=in-the-address",
        query=(("key", "in-the-query"),),
        headers=(("X-Key", "in-a-header"), ("Content-Type", "application/json")),
        body=b'{"key": "in-the-body"}',
    )
    sent = sent_texts(request, URL("https://a/x?key=in-the-address"))

    assert {"in-the-address", "in-the-query", "in-a-header", "in-the-body"} <= {*sent}


def test_the_body_of_a_form_with_files_is_not_read_as_text() -> None:
    request = ApiRequest(
        url="/x",
        method="POST",
        headers=(("content-type", "multipart/form-data; boundary=b"),),
        body=b"{" * 1_000_000,
    )

    assert not any("{" in text for text in sent_texts(request, URL("https://a/x")))


def test_headers_that_are_secret_or_of_no_use_are_not_shown() -> None:
    headers: dict[str, Any] = {"Set-Cookie": "a", "WWW-Authenticate": "b", "ETag": "c"}

    assert shown_headers(Response(status=200, headers=headers)) == {"etag": "c"}
