"""Answers that are not quite JSON, CSV or UTF-8 are read as a person would read them."""

import gzip

import pytest

from custom_components.oauth2_client.document.parsing import (
    UnreadableDocument,
    parse_document,
)

MARK = "\ufeff"


@pytest.mark.parametrize(
    ("text", "document"),
    [
        # What C, JavaScript, R and Python write where there is no number.
        ('{"a": nan}', {"a": None}),
        ("[NaN, Nan, NAN, nan, -nan, +nan]", [None] * 6),
        ("[inf, -inf, Infinity, -infinity, INF]", [None] * 5),
        ('{"a": 1.#QNAN, "b": -1.#IND00, "c": 1.#INF}', {"a": None, "b": None, "c": None}),
        ("[undefined, None, NULL, nil, NA]", [None] * 5),
        ("nan", None),
        ("[True, False, TRUE]", [True, False, True]),
        # Numbers.
        ("[+5, .5, -.5, 5., 007, -08, 01.50, .5e3]", [5, 0.5, -0.5, 5, 7, -8, 1.5, 500]),
        ("[1e5, -0, 12345678901234567890, nan]", [1e5, 0, 12345678901234567890, None]),
        # JSON5 and JavaScript.
        ('{"a": 1,}', {"a": 1}),
        ("[1, 2,\n ]", [1, 2]),
        ('[{"a": [1,],}, ]', [{"a": [1]}]),
        ('{"a": 1, // one\n "b": /* , } */ 2 /* **/ }', {"a": 1, "b": 2}),
        ('[1, // last\n]', [1]),
        ("{a: 1, $b_2: 'x', nan: 2, true: 3}", {"a": 1, "$b_2": "x", "nan": 2, "true": 3}),
        ("{'a': 'it\\'s \"so\"', 'b': None}", {"a": 'it\'s "so"', "b": None}),
        (r'{"a": "C:\dir\x41\'"}', {"a": "C:\\dirA'"}),
        ('{"a": "two\nlines\tand a tab"}', {"a": "two\nlines\tand a tab"}),
        (r'{"a": "\ud83d", b: 1}', {"a": "\ufffd", "b": 1}),
        # JSONP, and a variable.
        ('cb({"a": 1});', {"a": 1}),
        ("/**/jQuery1_2.cb([1]) ;\n", [1]),
        ('/*O_o*/\ngoogle.visualization.Query.setResponse({"a": 1});', {"a": 1}),
        ('var data = {"a": 1};', {"a": 1}),
        # Guards against scripts of other sites.
        (")]}',\n[1]", [1]),
        (")]}'\n{\"a\": nan}", {"a": None}),
        ('])}while(1);</x>{"a": 1}', {"a": 1}),
        ('&&&START&&&{"a": 1}', {"a": 1}),
        ('{}&&{"a": 1}', {"a": 1}),
        ("while(true);[1]", [1]),
        # Invisible characters in front, the end of a JavaScript statement, and a missing value.
        ('\u200b{"a": 1}', {"a": 1}),
        ('\xa0\u2060\n[1]', [1]),
        ('{"a": 1};\n', {"a": 1}),
        ('{"a":, "b": 1, "c":}', {"a": None, "b": 1, "c": None}),
        ('{"a": "b:,}"}', {"a": "b:,}"}),
        # JSON that is encoded twice.
        (r'"{\"a\": [1]}"', {"a": [1]}),
        ('"[draft]"', "[draft]"),
        ('"{name}"', "{name}"),
        # Null bytes that C leaves at the end.
        ('{"a": 1}\0', {"a": 1}),
        ('{"a": 1}\n\0\0', {"a": 1}),
        # Texts are not changed.
        ('{"a": "nan, // no, ,] \'x\' True",}', {"a": "nan, // no, ,] 'x' True"}),
        ('["\\\\", nan, "\\""]', ["\\", None, '"']),
        (f'{MARK}{MARK}{{"a": 1}}', {"a": 1}),
        (f"{MARK} {MARK}\n[1]", [1]),
        ('ï»¿{"a": 1}', {"a": 1}),
        (f'{MARK}{{"a": 1}}\n{MARK}{{"a": 2}}\n', [{"a": 1}, {"a": 2}]),
        ('{"a": nan}\n{"a": 2,}\n', [{"a": None}, {"a": 2}]),
    ],
)  # fmt: skip
def test_what_is_nearly_json_is_read(text: str, document: object) -> None:
    assert parse_document(text.encode(), "application/json") == document


@pytest.mark.parametrize(
    "text",
    [
        # It is not clear what is missing.
        '{"a": ',
        '{"a": 1',
        '{"a": "x',
        "[1,,2]",
        '{"a" 1}',
        "[1 2]",
        '{"a": 1} x',
        "[up]",
        "{a: up}",
        "cb({)",
        'cb({"a": 1}',
        "'a'",
        "/* nothing",
        "nanny",
    ],
)
def test_what_is_broken_is_no_json(text: str) -> None:
    with pytest.raises(UnreadableDocument) as raised:
        parse_document(text.encode(), "application/json")
    assert raised.value.reason == "not_json"


@pytest.mark.parametrize(
    "text", ["[INFO] started", "{ not json }", "None", "up", "a = [1]", "cb(1)", "'a'"]
)
def test_a_text_that_claims_to_be_one_stays_one(text: str) -> None:
    assert parse_document(text.encode(), "text/plain") == text


@pytest.mark.parametrize(
    ("body", "content_type", "document"),
    [
        # Western European, although no charset is named.
        (b'{"city": "Z\xfcrich"}', "application/json", {"city": "Zürich"}),
        (b'{"unit": "\xb0C", "a": 21.5}', None, {"unit": "°C", "a": 21.5}),
        (b"21.5 \xb0C", "text/plain", "21.5 °C"),
        (b"M\xe1laga", "text/plain", "Málaga"),
        (b"\x80 5 \x96 6", "text/plain", "€ 5 – 6"),
        (b"ort;t\nK\xf6ln;1", "text/csv", [{"ort": "Köln", "t": "1"}]),
        (b"<a>Z\xfcrich</a>", "application/xml", {"a": "Zürich"}),
        # UTF-8 with an invalid byte: a valid letter shows that it is UTF-8.
        ('"ü'.encode() + b'\xfc"', None, "ü\ufffd"),
        (b'"a\xffb"', None, "a\ufffdb"),
        # A body that claims to be UTF-8 is not guessed.
        (b'"a\xfcb"', "application/json; charset=utf-8", "a\ufffdb"),
        # UTF-16 without a byte order mark, and with a surplus byte at its end.
        ('{"a": "ü"}'.encode("utf-16-le"), None, {"a": "ü"}),
        ('{"a": "ü"}'.encode("utf-16-be"), None, {"a": "ü"}),
        ("値;b\n1;2".encode("utf-16-le"), "text/csv", [{"値": "1", "b": "2"}]),
        ("Ähre;b\n1;2".encode("utf-16-be"), "text/csv", [{"Ähre": "1", "b": "2"}]),
        ("21 °C".encode("utf-16-le") + b"\n", "text/plain", "21 °C\ufffd"),
        ("<a>ü</a>".encode("utf-16"), "application/xml", {"a": "ü"}),
        (f"{MARK}{MARK}<a>ü</a>".encode(), "application/xml", {"a": "ü"}),
        (f"\n{MARK}{MARK}<a>ü</a>".encode(), None, {"a": "ü"}),
        (f"{MARK}{MARK}a,b\n1,2".encode(), "text/csv", [{"a": "1", "b": "2"}]),
        (f"{MARK}{MARK}up".encode(), "text/plain", "up"),
    ],
)
def test_letters_are_read_without_their_charset(
    body: bytes, content_type: str | None, document: object
) -> None:
    assert parse_document(body, content_type) == document


@pytest.mark.parametrize(
    "body",
    [
        "Привет, мир".encode("cp1251"),
        "値段は高い".encode("shift_jis"),
        "Γειά σου Κόσμε".encode("iso8859-7"),
        bytes(range(128, 256)),
    ],
)
def test_other_alphabets_are_not_taken_for_it(body: bytes) -> None:
    with pytest.raises(UnreadableDocument) as raised:
        parse_document(body, "text/plain")
    assert raised.value.reason == "not_text"


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("sep=;\na;b\n1;2", [{"a": "1", "b": "2"}]),
        ('"sep=,"\r\na,b\r\n1,2', [{"a": "1", "b": "2"}]),
        ("SEP=\t\na\tb;c\n1\t2", [{"a": "1", "b;c": "2"}]),
        (f"{MARK}sep=;\r\na;b\r\n1;2", [{"a": "1", "b": "2"}]),
        ("sep,b\n1,2", [{"sep": "1", "b": "2"}]),
        ("sep=;\n", []),
        # Delimiters between quotation marks do not count.
        ('"a,b";"c"\n"x,1";"2"', [{"a,b": "x,1", "c": "2"}]),
        ('"a;b;c","d"\n"1;2","3"', [{"a;b;c": "1;2", "d": "3"}]),
        ('"a\n,,,b";"c"\n1;2', [{"a\n,,,b": "1", "c": "2"}]),
        ('"a ""x,y,z""";"c"\n1;2', [{'a "x,y,z"': "1", "c": "2"}]),
        ('a, "b;c"\n1, "x ""y"" z"', [{"a": "1", "b;c": 'x "y" z'}]),
        # The lines have as many delimiters as the header.
        ("t;in, °C;out, °C\n1;20;5", [{"t": "1", "in, °C": "20", "out, °C": "5"}]),
        ("name,tags\nx,a;b;c", [{"name": "x", "tags": "a;b;c"}]),
        ("a|b\n1|2", [{"a": "1", "b": "2"}]),
        # Every kind of line end.
        ("a,b\r1,2\r3,4", [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]),
        ("\r\n\r\na;b\r\n\r\n1;2\r\n   \r\n", [{"a": "1", "b": "2"}]),
        ("# Station 5\n\n# 2026\na,b\n1,2", [{"a": "1", "b": "2"}]),
        ("# Station 5\n#a,b\n1,2", [{"a": "1", "b": "2"}]),
        ("a,b\n#1,2", [{"a": "#1", "b": "2"}]),
        ("a,b\n,", [{"a": "", "b": ""}]),
        # Numbers as people write them.
        ("a;t\nx;21,5\ny;-3", [{"a": "x", "t": "21.5"}, {"a": "y", "t": "-3"}]),
        ("a;n\nx;1.234,56\ny;7", [{"a": "x", "n": "1234.56"}, {"a": "y", "n": "7"}]),
        ('a,n\nx,"1,234.56"\ny,-', [{"a": "x", "n": "1234.56"}, {"a": "y", "n": "-"}]),
        ('a,n\nx,"1,234,567"', [{"a": "x", "n": "1234567"}]),
        ("a;n\nx;1'234,5", [{"a": "x", "n": "1234.5"}]),
        ("a;n\nx;1\xa0234,5", [{"a": "x", "n": "1234.5"}]),
        ("temp\n21,5\n22,0", [{"temp": "21.5"}, {"temp": "22.0"}]),
        # Another column shows the notation, or none does.
        ("a;b\n1,234;21,5", [{"a": "1.234", "b": "21.5"}]),
        ('a,b\n"1,234","7,654.3"', [{"a": "1234", "b": "7654.3"}]),
        ("a;n\nx;1,234", [{"a": "x", "n": "1,234"}]),
        # Columns that are not numbers.
        ("a;n\nx;1,2,3", [{"a": "x", "n": "1,2,3"}]),
        ("d;v;n\n24.11.2026;1.2.3;4,5", [{"d": "24.11.2026", "v": "1.2.3", "n": "4.5"}]),
        ("a;n\nx;21,5\ny;warm, dry", [{"a": "x", "n": "21,5"}, {"a": "y", "n": "warm, dry"}]),
        ("a\tb\n1,5\t2", [{"a": "1,5", "b": "2"}]),
        ("Report of today\n\na;b\n1;2\n", [{"a": "1", "b": "2"}]),
        ("Station 5\nBerlin\n\na,b\r\n1,2\n", [{"a": "1", "b": "2"}]),
        ("a\n\n1\n2\n", [{"a": "1"}, {"a": "2"}]),
        ("a,b\n\n1,2\n", [{"a": "1", "b": "2"}]),
        ("Sites,,\na,b,c\n1,2,3\n", [{"a": "1", "b": "2", "c": "3"}]),
        (
            "a,,\n1,2,\n",
            [{"a": "1", "column_2": "2", "column_3": ""}],
        ),
        ('a;b\n="007";2\n', [{"a": "007", "b": "2"}]),
    ],
)  # fmt: skip
def test_tables_are_read_as_they_are_meant(text: str, rows: object) -> None:
    assert parse_document(text.encode(), "text/csv") == rows


DECLARED = '<?xml version="1.0" encoding="{}"?><a>ü</a>'


@pytest.mark.parametrize(
    ("body", "document"),
    [
        # A bare ampersand.
        ("<a>Tom & Jerry</a>", {"a": "Tom & Jerry"}),
        ("<a>AT&T</a>", {"a": "AT&T"}),
        ("<a>x?b=1&copy=2&amp;d=3</a>", {"a": "x?b=1&copy=2&d=3"}),
        ('<a b="x?c=1&d=2"/>', {"a": {"@b": "x?c=1&d=2"}}),
        ("<a>&</a>", {"a": "&"}),
        # Entities of HTML, which XML does not have, and references to invalid characters.
        ("<a>21&nbsp;&deg;C</a>", {"a": "21\xa0°C"}),
        (
            '<a b="&uuml;&euro;&hellip;">&lt;&amp;</a>',
            {"a": {"@b": "ü€…", "#text": "<&"}},
        ),
        ("<a>&nosuch; &copy;</a>", {"a": "&nosuch; ©"}),
        ("<a>x&#0;y&#11;z & &#150;</a>", {"a": "x\ufffdyz & –"}),
        ("<a>&LT;b&AMP;</a>", {"a": "<b&"}),
        # A stray bracket.
        ("<a><b>5 < 7</b><c>x<3</c></a>", {"a": {"b": "5 < 7", "c": "x<3"}}),
        ("<a>if a<b & c>d then</a>", {"a": "if a<b & c>d then"}),
        ('<a b="1 < 2">x <= y</a>', {"a": {"@b": "1 < 2", "#text": "x <= y"}}),
        ("<a>never <!-- closed</a>", {"a": "never <!-- closed"}),
        # Control characters.
        ("<a>x\x01\x1fy\x0b</a>", {"a": "xy"}),
        ("<a>x</a>\0", {"a": "x"}),
        # Prefixes that nobody declared.
        ('<x:a y:b="1">& 2</x:a>', {"x:a": {"@y:b": "1", "#text": "& 2"}}),
        # Well-formed XML stays as it is.
        (
            "<a><!-- & < --><![CDATA[& <b>]]><?p & ?> & <b c='\"'/></a>",
            {"a": {"b": {"@c": '"'}, "#text": "& <b> &"}},
        ),
        # The declared charset is wrong.
        (DECLARED.format("utf-16"), {"a": "ü"}),
        (DECLARED.format("UTF8"), {"a": "ü"}),
        (DECLARED.format("none"), {"a": "ü"}),
        (DECLARED.format("utf-8").encode("latin-1"), {"a": "ü"}),
        (DECLARED.format("latin-1").encode("utf-16"), {"a": "ü"}),
        (DECLARED.format("us-ascii"), {"a": "ü"}),
        (DECLARED.format("us-ascii").encode("cp1252"), {"a": "ü"}),
        (
            DECLARED.format("gb2312").replace("ü", "价 & 值").encode("gb18030"),
            {"a": "价 & 值"},
        ),
    ],
    ids=str,
)
def test_xml_that_is_nearly_right_is_read(body: str | bytes, document: object) -> None:
    if isinstance(body, str):
        body = body.encode()

    assert parse_document(body, "application/xml") == document


def test_a_reference_is_never_expanded_twice() -> None:
    assert parse_document(b"<a>& &amp;lt;b&amp;amp;</a>") == {"a": "& &lt;b&amp;"}


@pytest.mark.parametrize(
    "kind",
    [
        "text/csv; charset=utf-8",
        "text/tab-separated-values",
        "text/comma-separated-values",
        "application/csv",
        "application/vnd.ms-excel",
    ],
)
def test_a_table_has_many_types(kind: str) -> None:
    assert parse_document(b"a\tb\n1\t2\n", kind) == [{"a": "1", "b": "2"}]


@pytest.mark.parametrize(
    "body",
    [
        '<br />\n<b>Warning</b>: Undefined variable in <b>/x.php</b><br />\n{"a": [1]}',
        'Notice: Undefined index: a in /x.php on line 3\n{"a": [1]}\n',
        '<br>{"a": [1]}',
    ],
)
def test_the_warnings_that_php_writes_do_not_cost_the_answer(body: str) -> None:
    assert parse_document(body.encode(), "text/html; charset=UTF-8") == {"a": [1]}


@pytest.mark.parametrize(
    "body",
    [
        '<html><script>\n{"a": 1}\n</script></html>',
        "<html>\n{not json}",
        "<!doctype html>{}]",
    ],
)
def test_a_page_with_json_in_it_is_a_page(body: str) -> None:
    with pytest.raises(UnreadableDocument) as raised:
        parse_document(body.encode(), "text/html")

    assert raised.value.reason == "html"


@pytest.mark.parametrize(
    "text",
    [
        '{"a":1}{"a":2}',
        '{"a": 1} {"a": 2}',
        '{"a":1},{"a":2}',
        '{"a":1},\n{"a":2},\n',
        '{\n  "a": 1\n}\n{\n  "a": 2\n}\n',
        '\x1e{"a":1}\n\x1e{"a":2}\n',
        '{"a":1}\x1e{"a":2}',
        f'{MARK}{{"a":1}}\r\n{MARK}{{"a":2}}\r\n',
        'data: {"a":1}\n\ndata: {"a":2}\n\n',
        'event: put\r\nid: 7\r\ndata: {"a":1}\r\n\r\n: still here\r\n\r\ndata: {"a":2}\r\n\r\n',
        'retry: 3000\n\ndata:{"a":\ndata: 1}\n\ndata: {"a":2}\n\ndata: [DONE]\n\n',
    ],
)
@pytest.mark.parametrize("kind", ["application/json", "text/plain", None])
def test_several_documents_in_one_answer_are_a_list(
    text: str, kind: str | None
) -> None:
    assert parse_document(text.encode(), kind) == [{"a": 1}, {"a": 2}]


@pytest.mark.parametrize(
    ("text", "document"),
    [
        ('data: {"a":1}\n\n', {"a": 1}),
        ("data: 21.5\n\n", 21.5),
        ("data: open\n\n", "open"),
        ("id: 1\ndata\ndata: up\n\ndata: down", ["up", "down"]),
    ],
)
def test_the_events_of_a_stream_are_their_data(text: str, document: object) -> None:
    assert parse_document(text.encode(), "text/event-stream") == document


def test_a_stream_without_events_is_empty() -> None:
    with pytest.raises(UnreadableDocument, match="empty"):
        parse_document(b": keep-alive\n\n", "text/event-stream")


@pytest.mark.parametrize("text", ["data: 21.5", "event: x\nnothing: {}", "id: {}"])
def test_a_text_with_colons_is_no_stream(text: str) -> None:
    assert parse_document(text.encode(), "text/plain") == text


@pytest.mark.parametrize("text", ['{"a":1}}', '{"a":1}{', '{"a":1} b {"a":2}', "{}1"])
def test_what_stands_behind_a_document_and_is_none_is_broken(text: str) -> None:
    with pytest.raises(UnreadableDocument, match="not_json"):
        parse_document(text.encode(), "application/json")


@pytest.mark.parametrize(
    ("content", "kind", "document"),
    [
        (b'{"a": 1}', "application/json", {"a": 1}),
        (b'{"a": nan}', "application/gzip", {"a": None}),
        (b"a;b\n1;2\n", "text/csv", [{"a": "1", "b": "2"}]),
        (b"<r><a>1</a></r>", None, {"r": {"a": "1"}}),
    ],
)
def test_an_answer_that_is_packed_without_a_word_is_unpacked(
    content: bytes, kind: str | None, document: object
) -> None:
    assert parse_document(gzip.compress(content), kind) == document


def test_what_is_too_large_unpacked_or_packed_badly_is_refused() -> None:
    with pytest.raises(UnreadableDocument, match="too_large"):
        parse_document(gzip.compress(b" " * 17_000_000))
    with pytest.raises(UnreadableDocument, match="not_text"):
        parse_document(b"\x1f\x8b\x08 no gzip")


def test_a_form_is_its_fields() -> None:
    kind = "application/x-www-form-urlencoded; charset=utf-8"

    assert parse_document(b"temp=21.5&name=a+b&x=", kind) == {
        "temp": "21.5",
        "name": "a b",
        "x": "",
    }


@pytest.mark.parametrize("end", [b"\0", b"\0\0\0", b"\n\0"])
def test_what_a_program_in_c_left_at_the_end_is_left_out(end: bytes) -> None:
    assert parse_document(b'{"a":1}' + end, "application/json") == {"a": 1}
    assert parse_document('{"a":1}'.encode("utf-16-le")) == {"a": 1}


def test_lines_of_json_that_are_called_a_table_are_none() -> None:
    assert parse_document(b'{"a":1}\n{"a":2}\n', "text/csv") == [{"a": 1}, {"a": 2}]
    assert parse_document(b"{a,[b\n1,2\n", "text/csv") == [{"{a": "1", "[b": "2"}]
