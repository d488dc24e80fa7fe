"""Bytes become a document, or one error of ours."""

import contextlib

from hypothesis import given, strategies as st
import pytest

from custom_components.oauth2_client.document import UnreadableDocument, parse_document


@pytest.mark.parametrize(
    ("body", "content_type", "document"),
    [
        (b'{"a": 1}', "application/json", {"a": 1}),
        (b'{"a": 1}', "text/html; charset=utf-8", {"a": 1}),
        (b'{"a": 1}', None, {"a": 1}),
        (b'\xef\xbb\xbf{"a": 1}', "application/json", {"a": 1}),
        (b' \r\n[1, "x", null, true]\n', None, [1, "x", None, True]),
        (b"5", None, 5),
        (b'"text"', None, "text"),
        (b"null", None, None),
        ('{"a": "ü"}'.encode("utf-16"), None, {"a": "ü"}),
        ('"ü"'.encode("latin-1"), 'text/plain; charset="ISO-8859-1"', "ü"),
        (
            b'{"a": NaN, "b": [Infinity, -Infinity]}',
            None,
            {"a": None, "b": [None, None]},
        ),
        (b"[" * 100 + b"]" * 100, None, ...),
    ],
)
def test_json_is_read_however_it_is_labelled(
    body: bytes, content_type: str | None, document: object
) -> None:
    parsed = parse_document(body, content_type)
    assert document is ... or parsed == document


@pytest.mark.parametrize(
    ("body", "content_type", "reason"),
    [
        (b"", "application/json", "empty"),
        (b" \n", None, "empty"),
        (b"<html></html>", "text/html", "not JSON"),
        (b'{"a": ', None, "not JSON"),
        (b'{"a": 1} x', None, "not JSON"),
        (b"\xff\x00\xfe\x80 binary", None, "not"),
        (b'"\xfc"', "text/plain; charset=none-such", "not text"),
        (b"[" * 101 + b"]" * 101, None, "too deep"),
        (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, None, "too deep"),
        (b"9" * 5000, None, "not JSON"),
    ],
)
def test_what_is_no_document_says_why_and_quotes_nothing(
    body: bytes, content_type: str | None, reason: str
) -> None:
    with pytest.raises(UnreadableDocument, match=reason) as raised:
        parse_document(body, content_type)
    assert len(str(raised.value)) < 12


@given(st.binary(max_size=200), st.none() | st.text(max_size=40))
def test_any_bytes_are_a_document_or_unreadable(
    body: bytes, content_type: str | None
) -> None:
    with contextlib.suppress(UnreadableDocument):
        parse_document(body, content_type)
