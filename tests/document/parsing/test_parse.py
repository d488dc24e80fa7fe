"""Bytes become a document, or an UnreadableDocument."""

from contextlib import suppress
import json
from typing import get_args

from hypothesis import given, strategies as st
import pytest

from custom_components.oauth2_client.document.parsing import (
    DocumentFormat,
    UnreadableDocument,
    UnreadableReason,
    parse_document,
)

from ...growth import takes_more_than_linear_time

FORMATS: tuple[DocumentFormat, ...] = get_args(DocumentFormat.__value__)
REASONS = get_args(UnreadableReason.__value__)


@pytest.mark.parametrize(
    ("body", "content_type", "document"),
    [
        (b'{"a": 1}', "application/json", {"a": 1}),
        (b'{"a": 1}', "text/html; charset=utf-8", {"a": 1}),
        (b'{"a": 1}', "text/csv", {"a": 1}),
        (b'{"a": 1}', None, {"a": 1}),
        (b'\xef\xbb\xbf{"a": 1}', "application/json", {"a": 1}),
        (b' \r\n[1, "x", null, true]\n', None, [1, "x", None, True]),
        (b"5", None, 5),
        (b'"text"', None, "text"),
        (b"null", None, None),
        ('{"a": "ü"}'.encode("utf-16"), None, {"a": "ü"}),
        ('{"a": "ü"}'.encode("utf-32-le"), None, {"a": "ü"}),
        ('"ü"'.encode("latin-1"), 'text/plain; charset="ISO-8859-1"', "ü"),
        (
            b'{"a": NaN, "b": [Infinity, -Infinity, 1e999]}',
            None,
            {"a": None, "b": [None, None, None]},
        ),
        (b')]}\'\n{"a": 1}', None, {"a": 1}),
        (b")]}',\n[1]", "application/json", [1]),
        (b"while(1);[1]", None, [1]),
        (b"for (;;); [1]", None, [1]),
        (rb'["\ud83d", "\ude00\ud83d"]', None, ["�", "��"]),
        (rb'["\ud83d\ude00", "\\ud83d", NaN]', None, ["😀", r"\ud83d", None]),
        (b"[" * 100 + b"]" * 100, None, ...),
        (b'["' + b"[" * 200 + b'"]', None, ["[" * 200]),
    ],
)
def test_json_is_read_with_any_content_type(
    body: bytes, content_type: str | None, document: object
) -> None:
    parsed = parse_document(body, content_type)
    assert document is ... or parsed == document


@pytest.mark.parametrize(
    ("content_type", "body", "text"),
    [
        ("application/json", b'"a\xffb"', "a\ufffdb"),
        ("application/json; charset=none-such", b'"\xfc"', "\ufffd"),
        # A codec of Python that takes quadratic time, and is not a charset.
        ("application/json; charset=punycode", b'"\xfc"', "\ufffd"),
        ("application/json; charset=unicode_escape", rb'"\u00fc" '.strip(), "ü"),
        ("application/json; charset=rot13", b'"a\xff"', "a\ufffd"),
        (
            "application/json; charset=utf-8",
            '"Grüße"'.encode()[:-3] + b'"',
            "Grü\ufffd",
        ),
        ("application/json; charset=Windows-1252", b'"\x80\x81"', "€\ufffd"),
        ("application/json; charset=gbk", '"价格"'.encode("gbk"), "价格"),
        ("application/json; charset=x-sjis", '"値"'.encode("cp932"), "値"),
        ("application/json; charset=" + "a" * 100_000, b'"\xe9"', "\ufffd"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_one_odd_byte_does_not_cost_the_answer(
    content_type: str, body: bytes, text: str
) -> None:
    assert parse_document(body, content_type) == text


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b'<?xml version="1.0"?><a>x\xff</a>', "x\ufffd"),
        ('<?xml version="1.0" encoding="gbk"?><a>价</a>'.encode("gbk"), "价"),
        (b'<?xml version="1.0" encoding="punycode"?><a>x\xff</a>', "x\ufffd"),
    ],
)
def test_one_odd_byte_does_not_cost_an_answer_in_xml(body: bytes, text: str) -> None:
    assert parse_document(body, "application/xml") == {"a": text}


def test_a_long_text_is_no_crowd_of_elements() -> None:
    text = '[{\\",' * 1_100_000
    assert parse_document(json.dumps([text]).encode()) == [text]
    assert (
        parse_document(b"a, [" * 1_100_000, "text/plain") == "a, [" * 1_099_999 + "a, ["
    )


@pytest.mark.parametrize(
    "number",
    [2**63, 2**64 - 1, 2**64, -(2**63), -(2**63) - 1, 10**19, -(10**18), 10**40],
)
def test_no_digit_of_an_integer_is_lost(number: int) -> None:
    parsed = parse_document(b"%d" % number)
    assert (parsed, type(parsed)) == (number, int)


@pytest.mark.parametrize(
    ("body", "content_type", "document"),
    [
        (b'{"a": 1}\n{"a": 2}\n', "application/x-ndjson", [{"a": 1}, {"a": 2}]),
        (b'{"a": 1}\r\n\r\n[NaN]', None, [{"a": 1}, [None]]),
        (b'\xef\xbb\xbf1\n"x"', "text/plain", [1, "x"]),
    ],
)
def test_lines_of_json_are_a_list(
    body: bytes, content_type: str | None, document: object
) -> None:
    assert parse_document(body, content_type) == document
    assert parse_document(body, content_type, format="ndjson") == document


def test_one_line_is_a_list_where_lines_are_asked_for() -> None:
    assert parse_document(b'{"a": 1}\n', format="ndjson") == [{"a": 1}]


XML = '<r xmlns:x="urn:x" on="1"><x:a>ü</x:a><b n="2">3</b><b/> <![CDATA[<&]]></r>'
XML_DOCUMENT = {
    "r": {
        "@xmlns:x": "urn:x",
        "@on": "1",
        "x:a": "ü",
        "b": [{"@n": "2", "#text": "3"}, None],
        "#text": "<&",
    }
}


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (XML.encode(), "application/xml"),
        (XML.encode(), "text/xml; charset=utf-8"),
        (XML.encode(), "application/rss+xml"),
        (XML.encode(), "text/html"),
        (f" \n\ufeff{XML}".strip().encode(), None),
        (f' <?xml version="1.0"?>\n{XML}'.encode(), None),
        (f'<?xml version="1.0" encoding="ISO-8859-1"?>{XML}'.encode("latin-1"), None),
        (XML.encode("utf-16"), "application/xml"),
        # RFC 7303, 3.2: the charset of the header overrides the one that is declared.
        (
            f'<?xml version="1.0" encoding="utf-16"?>{XML}'.encode("latin-1"),
            "text/xml; charset=iso-8859-1",
        ),
    ],
)
def test_xml_is_objects_lists_and_texts(body: bytes, content_type: str | None) -> None:
    assert parse_document(body, content_type) == XML_DOCUMENT
    assert parse_document(body, content_type, format="xml") == XML_DOCUMENT


@pytest.mark.parametrize(
    ("body", "document"),
    [
        ("id,name\r\n1,ada\r\n", [{"id": "1", "name": "ada"}]),
        ('a;"b;c"\n1;"2\n3"', [{"a": "1", "b;c": "2\n3"}]),
        ("a\tb\n1,5\t 2 \n", [{"a": "1,5", "b": "2"}]),
        ("a,b\n1\n\n1,2,3\n", [{"a": "1"}, {"a": "1", "b": "2"}]),
        ("a,,a\n1,2,3", [{"a": "1", "column_2": "2", "a_3": "3"}]),
        ("temp\n21.5\n22", [{"temp": "21.5"}, {"temp": "22"}]),
        ("a,b", []),
    ],
)
def test_the_rows_of_csv_are_objects_of_texts(body: str, document: object) -> None:
    assert parse_document(f"\ufeff{body}".encode(), "text/csv") == document
    assert parse_document(body.encode(), format="csv") == document


def test_a_text_is_a_document_where_it_claims_to_be_one() -> None:
    assert parse_document(b" 21.5 C\n", "text/plain") == "21.5 C"
    assert parse_document(b"up", "text/x-status") == "up"
    assert parse_document(b"<b>up", None, format="text") == "<b>up"


@pytest.mark.parametrize(
    ("body", "content_type", "reason"),
    [
        (b"", "application/json", "empty"),
        (b" \n", None, "empty"),
        (b"<html></html>", "text/html", "html"),
        (b"\xef\xbb\xbf\n<!DOCTYPE html><p>", None, "html"),
        (b"<!-- x --><!doctype HTML public>", "application/json", "html"),
        (b'<?xml version="1.0"?><html/>', "application/xml", "html"),
        (b"Moved <b>here", "text/html", "html"),
        (b"<p>Moved <b>here", "text/html", "html"),
        (b'{"a": ', None, "not_json"),
        (b'{"a": 1} x', None, "not_json"),
        (b"busy", "application/json", "not_json"),
        (b"busy", None, "not_json"),
        (b"<a><b></a>", None, "not_xml"),
        (b"busy", "application/xml", "not_xml"),
        (b'<!DOCTYPE r [<!ENTITY e "x">]><r>&e;</r>', "text/xml", "not_xml"),
        (b'<!DOCTYPE r SYSTEM "file:///etc/passwd"><r/>', None, "not_xml"),
        (b"<a>&b;</c>", None, "not_xml"),
        (b'<!DOCTYPE r [<!ENTITY e "x">]><r>& &e;</r>', "text/xml", "not_xml"),
        (b"a\n" + b"x" * 200_000, "text/csv", "not_csv"),
        (b"a\n" + b"," * 600_000, "text/csv", "too_large"),
        (b"," * 600_000, "text/csv", "too_large"),
        (b"[" + b"0," * 1_000_000 + b"0]", None, "too_large"),
        (b" " * 2000 + b"[" + b"{}," * 600_000 + b"0]", None, "too_large"),
        (b")]}'[" + b"NaN," * 1_000_000 + b"0]", None, "too_large"),
        (b"[0,0]\n" * 600_000, "application/x-ndjson", "too_large"),
        (b"0\n" * 1_100_000, "application/x-ndjson", "too_large"),
        (b"<r>" + b"<a/>" * 600_000 + b"</r>", None, "too_large"),
        (b"\xff\x00\xfe\x80 binary", None, "not_text"),
        (b"\x89PNG\r\n\x1a\n\xff", "image/png", "not_text"),
        (b"a\0b c", "text/plain", "not_text"),
        ("äöü ".encode("utf-16-be")[1:] * 9, "text/plain; charset=utf-8", "not_text"),
        ("値段は高い".encode("shift_jis"), "text/plain", "not_text"),
        (b"[" * 101 + b"]" * 101, None, "too_deep"),
        (b"[" + b"{}," * 200 + b"[" * 100 + b"]" * 100 + b"]", None, "too_deep"),
        (b"\xef\xbb\xbf" + b"[" * 101 + b"]" * 101, None, "too_deep"),
        (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, None, "too_deep"),
        (b"<a>" * 50 + b"</a>" * 50, None, "too_deep"),
        (b"<a>" * 50_000 + b"</a>" * 50_000, None, "too_deep"),
        (b"9" * 5000, None, "not_json"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_an_unreadable_body_is_refused_with_a_reason_that_quotes_nothing(
    body: bytes, content_type: str | None, reason: UnreadableReason
) -> None:
    with pytest.raises(UnreadableDocument) as raised:
        parse_document(body, content_type)
    assert raised.value.reason == str(raised.value) == reason


@pytest.mark.parametrize(
    ("body", "format", "reason"),
    [
        (b"<r/>", "json", "not_json"),
        (b"<html/>", "json", "html"),
        (b"{}", "xml", "not_xml"),
        (b"<html/>", "xml", "html"),
        (b"{}\n<r/>", "ndjson", "not_json"),
        (b" ", "text", "empty"),
        (b" ", "csv", "empty"),
    ],
)
def test_only_the_format_that_is_asked_for_is_tried(
    body: bytes, format: DocumentFormat, reason: UnreadableReason
) -> None:
    with pytest.raises(UnreadableDocument) as raised:
        parse_document(body, "text/plain", format=format)
    assert raised.value.reason == reason


TYPES = (
    st.none()
    | st.text(max_size=40)
    | st.sampled_from(
        ["application/json", "text/html", "text/xml", "text/csv", "text/plain"]
    )
)
BODIES = st.binary(max_size=200) | st.text(
    "<>/ab\"'&;![]{},:1\\u\n\t \0", max_size=200
).map(str.encode)


@given(BODIES, TYPES, st.sampled_from(FORMATS))
def test_any_bytes_are_a_document_or_unreadable(
    body: bytes, content_type: str | None, format: DocumentFormat
) -> None:
    reason: UnreadableReason = REASONS[0]
    document: object = None
    try:
        document = parse_document(body, content_type, format=format)
    except UnreadableDocument as err:
        reason = err.reason
    assert reason in REASONS
    # Home Assistant must be able to send it to a browser: no lone surrogates, no NaN.
    assert json.dumps(document, allow_nan=False, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    "piece",
    [
        b"[", b"{", b"[]", b'"', b"\\ud83d", b'"\\ud83d",', b"9", b"1\n", b"{}\n", b"<", b"<a>",
        b"<!--", b"<?xml", b"&amp;", b"<a b='c'/>", b",", b'",', b"\r", b"\xff", b"\0", b" ",
    ],
)  # fmt: skip
@pytest.mark.parametrize("prefix", [b"", b"[", b'"', b"<r>", b"a\n"])
def test_no_body_takes_more_than_linear_time(prefix: bytes, piece: bytes) -> None:
    def parse_all(body: bytes) -> None:
        for content_type in ("application/json", "text/csv", "text/xml", "text/plain"):
            with suppress(UnreadableDocument):
                parse_document(body, content_type)

    assert not takes_more_than_linear_time(
        lambda size: prefix + piece * (size // len(piece) or 1), parse_all
    )
