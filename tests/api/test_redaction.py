"""Secrets are taken out of whatever is shown, however an answer spells them."""

from base64 import b64encode, urlsafe_b64encode
import json
from typing import Any
from urllib.parse import quote, quote_plus

from hypothesis import given, strategies as st
import pytest
from yarl import URL

from custom_components.oauth2_client.api.redaction import (
    REDACTED,
    Redaction,
    sent_texts,
    shown_headers,
    token_secrets,
)
from custom_components.oauth2_client.api.request import ApiRequest
from custom_components.oauth2_client.oauth2 import Response, TokenSet

SECRET = "planted/secret+of & one~account"
REDACTION = Redaction([SECRET])


@pytest.mark.parametrize(
    "spelled",
    [
        SECRET,
        quote(SECRET),
        quote(SECRET, safe=""),
        quote_plus(SECRET),
        json.dumps(SECRET).replace("/", "\\/"),
        SECRET.replace("&", "&amp;"),
        b64encode(SECRET.encode()).decode(),
        b64encode(f"client-id:{SECRET}".encode()).decode(),
        b64encode(f"1{SECRET}23".encode()).decode(),
        urlsafe_b64encode(f"12{SECRET}?>~".encode()).decode(),
    ],
)
def test_a_secret_is_taken_out_however_it_is_spelled(spelled: str) -> None:
    text = f"seen <{spelled}> by us"

    shown = REDACTION.redact(text)
    assert REDACTED in shown
    # Of base64, two characters at each end depend on what stands beside the secret.
    assert len(shown) < len(text) - len(SECRET) + len(REDACTED) + 4
    assert shown.startswith("seen <")
    assert REDACTION.redact(text.encode()) == shown.encode()
    assert REDACTION.repeats(text)


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
    assert not redaction.repeats(short)


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


def test_every_token_of_a_token_set_is_a_secret() -> None:
    token_set = TokenSet(
        access_token="a", refresh_token="r", id_token="i", received_at=0
    )
    bare = TokenSet(access_token="b", received_at=0)

    assert list(token_secrets([token_set, bare])) == ["a", "r", "i", "b"]


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
