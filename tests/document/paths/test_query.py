"""Queries of every form of RFC 9535, and the bound on their work.

The examples are the RFC's own, by section; test_compliance.py has the whole suite of the standard.
"""

from time import thread_time
from typing import Any, Final

from hypothesis import given, strategies as st
import pytest

from custom_components.oauth2_client.document.paths import (
    MISSING,
    InvalidPath,
    Path,
    compile_path,
    compile_paths,
)
from custom_components.oauth2_client.document.paths.query import Query

from ..documents import DOCUMENTS

SAYINGS: Final = {
    "category": "reference",
    "author": "Nigel Rees",
    "title": "Sayings of the Century",
    "price": 8.95,
}
SWORD: Final = {
    "category": "fiction",
    "author": "Evelyn Waugh",
    "title": "Sword of Honour",
    "price": 12.99,
}
MOBY: Final = {
    "category": "fiction",
    "author": "Herman Melville",
    "title": "Moby Dick",
    "isbn": "0-553-21311-3",
    "price": 8.99,
}
RINGS: Final = {
    "category": "fiction",
    "author": "J. R. R. Tolkien",
    "title": "The Lord of the Rings",
    "isbn": "0-395-19395-8",
    "price": 22.99,
}
BOOKS: Final = [SAYINGS, SWORD, MOBY, RINGS]
BICYCLE: Final = {"color": "red", "price": 399}
# RFC 9535, 1.5.
STORE: Final = {"store": {"book": BOOKS, "bicycle": BICYCLE}}
AUTHORS: Final = [book["author"] for book in BOOKS]
# 2.3.1.3, 2.3.2.3, 2.3.3.3, 2.3.4.3.
NAMES: Final = {"o": {"j j": {"k.k": 3}}, "'": {"@": 2}}
WILD: Final = {"o": {"j": 1, "k": 2}, "a": [5, 3]}
LETTERS: Final = ["a", "b", "c", "d", "e", "f", "g"]
# 2.3.5.3.
FILTERED: Final[dict[str, Any]] = {
    "a": [
        3, 5, 1, 2, 4, 6,
        {"b": "j"}, {"b": "k"}, {"b": {}}, {"b": "kilo"},
    ],
    "o": {"p": 1, "q": 2, "r": 3, "s": 5, "t": {"u": 6}},
    "e": "f",
}  # fmt: skip
J, K, EMPTY, KILO = FILTERED["a"][6:]
# 2.3.5.3: comparisons.
COMPARED: Final = {"obj": {"x": "y"}, "arr": [2, 3]}
# 2.5.1.3, 2.5.2.3, 2.6.1.
CHILDREN: Final = LETTERS
DESCENDANTS: Final = {"o": {"j": 1, "k": 2}, "a": [5, 3, [{"j": 4}, {"k": 6}]]}
NULLS: Final[dict[str, Any]] = {"a": None, "b": [None], "c": [{}], "null": 1}


@pytest.mark.parametrize(
    ("document", "text", "found"),
    [
        # Table 2 of 1.5.
        (STORE, "$.store.book[*].author", AUTHORS),
        (STORE, "$..author", AUTHORS),
        (STORE, "$.store.*", [BOOKS, BICYCLE]),
        (STORE, "$.store..price", [8.95, 12.99, 8.99, 22.99, 399]),
        (STORE, "$..book[2]", MOBY),
        (STORE, "$..book[2].author", "Herman Melville"),
        (STORE, "$..book[2].publisher", MISSING),
        (STORE, "$..book[-1]", RINGS),
        (STORE, "$..book[0,1]", [SAYINGS, SWORD]),
        (STORE, "$..book[:2]", [SAYINGS, SWORD]),
        (STORE, "$..book[?@.isbn]", [MOBY, RINGS]),
        (STORE, "$..book[?@.price<10]", [SAYINGS, MOBY]),
        # 2.3.1, names.
        (NAMES, "$.o['j j']['k.k']", 3),
        (NAMES, '$.o["j j"]["k.k"]', 3),
        (NAMES, '$["\'"]["@"]', 2),
        # 2.3.2, wildcards.
        (WILD, "$[*]", [{"j": 1, "k": 2}, [5, 3]]),
        (WILD, "$.o[*]", [1, 2]),
        (WILD, "$.o[*, *]", [1, 2, 1, 2]),
        (WILD, "$.a[*]", [5, 3]),
        # 2.3.3 and 2.3.4, indexes and slices.
        (["a", "b"], "$[1]", "b"),
        (["a", "b"], "$[-2]", "a"),
        (LETTERS, "$[1:3]", ["b", "c"]),
        (LETTERS, "$[5:]", ["f", "g"]),
        (LETTERS, "$[1:5:2]", ["b", "d"]),
        (LETTERS, "$[5:1:-2]", ["f", "d"]),
        (LETTERS, "$[::-1]", LETTERS[::-1]),
        (LETTERS, "$[9:]", []),
        (LETTERS, "$[::0]", []),
        # 2.3.5, filters.
        (FILTERED, "$.a[?@.b == 'kilo']", KILO),
        (FILTERED, "$.a[?(@.b == 'kilo')]", [KILO]),
        (FILTERED, "$.a[?@>3.5]", [5, 4, 6]),
        (FILTERED, "$.a[?@.b]", [J, K, EMPTY, KILO]),
        (FILTERED, "$[?@.*]", [FILTERED["a"], FILTERED["o"]]),
        (FILTERED, "$[?@[?@.b]]", [FILTERED["a"]]),
        (FILTERED, "$.o[?@<3, ?@<3]", [1, 2, 1, 2]),
        (FILTERED, '$.a[?@<2 || @.b == "k"]', [1, K]),
        (FILTERED, '$.a[?match(@.b, "[jk]")]', [J, K]),
        (FILTERED, '$.a[?search(@.b, "[jk]")]', [J, K, KILO]),
        (FILTERED, "$.o[?@>1 && @<4]", [2, 3]),
        (FILTERED, "$.o[?@.u || @.x]", [{"u": 6}]),
        (FILTERED, "$.a[?@.b == $.x]", [3, 5, 1, 2, 4, 6]),
        (FILTERED, "$.a[?@ == @]", FILTERED["a"]),
        # 2.3.5.3, table 11.
        (COMPARED, "$[?$.absent1 == $.absent2]", [*COMPARED.values()]),
        (COMPARED, "$[?$.absent == 'g']", []),
        (COMPARED, "$[?$.absent1 != $.absent2]", []),
        (COMPARED, "$[?1 <= 2]", [*COMPARED.values()]),
        (COMPARED, "$[?13 == '13']", []),
        (COMPARED, "$[?'a' <= 'b']", [*COMPARED.values()]),
        (COMPARED, "$[?$.obj == $.arr]", []),
        (COMPARED, "$[?$.obj == $.obj]", [*COMPARED.values()]),
        (COMPARED, "$[?$.obj <= $.arr]", []),
        (COMPARED, "$[?1 <= $.arr]", []),
        (COMPARED, "$[?true <= true]", [*COMPARED.values()]),
        (COMPARED, "$[?true > true]", []),
        # 2.4, functions.
        (["ab", [1, 2], {"a": 1}, 5], "$[?length(@) == 2]", ["ab", [1, 2]]),
        (FILTERED, "$[?count(@.*) > 9]", [FILTERED["a"]]),
        (FILTERED, "$[?value(@..u) == 6]", [FILTERED["o"]]),
        (["1974-05-01", "x1974-05-01"], '$[?match(@, "1974-05-..")]', ["1974-05-01"]),
        (["Bob", "Rob the", "bob", 5], '$[?search(@, "[BR]ob")]', ["Bob", "Rob the"]),
        (["a\nb", "a.b", "axb"], r"$[?match(@, 'a.b')]", ["a.b", "axb"]),
        (["a\nb", "a.b", "axb"], r"$[?match(@, 'a\\.b')]", ["a.b"]),
        (["a.b", "axb"], r"$[?match(@, 'a[.]b')]", ["a.b"]),
        (["a", "("], "$[?match(@, '(')]", []),
        # 2.5.1, children.
        (CHILDREN, "$[0, 3]", ["a", "d"]),
        (CHILDREN, "$[0:2, 5]", ["a", "b", "f"]),
        (CHILDREN, "$[0, 0]", ["a", "a"]),
        # 2.5.2, descendants.
        (DESCENDANTS, "$..j", [1, 4]),
        (DESCENDANTS, "$..[0]", [5, {"j": 4}]),
        (DESCENDANTS, "$..o", [{"j": 1, "k": 2}]),
        (DESCENDANTS, "$.o..[*, *]", [1, 2, 1, 2]),
        (DESCENDANTS, "$.a..[0, 1]", [5, 3, {"j": 4}, {"k": 6}]),
        # 2.6, null.
        (NULLS, "$.a", None),
        (NULLS, "$.a.d", MISSING),
        (NULLS, "$.b[*]", [None]),
        (NULLS, "$.b[?@]", [None]),
        (NULLS, "$.b[?@==null]", [None]),
        (NULLS, "$.c[?@.d==null]", []),
        (NULLS, "$.null", 1),
    ],
)  # fmt: skip
def test_the_examples_of_the_rfc(document: object, text: str, found: object) -> None:
    path = compile_path(text)

    assert path.find(document) == found
    assert compile_paths([path]).read(document) == [found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("$..book[0].price", 8.95),
        ("$..[0]", [SAYINGS]),
        ("$.store.book[*].isbn", [MOBY["isbn"], RINGS["isbn"]]),
        ("$.store.book[?@.price > 20].price", 22.99),
        ("$.store.book[?@.price > 90].price", MISSING),
        ("$.store.book[?@.price > 90]", []),
        ("$..none", []),
        ("$.store[?@.color]['price']", 399),
        ("store.book[*].isbn", [MOBY["isbn"], RINGS["isbn"]]),
        ("..color", ["red"]),
        ("['store'].*.color", "red"),
    ],
)
def test_a_query_whose_last_segment_selects_one_node_finds_its_value(
    text: str, found: object
) -> None:
    path = compile_path(text)

    assert isinstance(path, Query)
    assert path.text == text
    assert path.find(STORE) == found


def test_a_query_for_one_value_stays_a_path() -> None:
    for text in ("$.store.book[0]", "store", "$.store.book[?@.isbn == 'x'].price"):
        assert isinstance(compile_path(text), Path)


@given(st.text("$@.[]()?*:,'\"=<>!&|-01eab match(search)count~\\u", max_size=40))
def test_any_text_is_a_query_or_invalid_at_a_position_in_it(text: str) -> None:
    position: int | None = None
    for whole in (text, f"$[?{text}]"):
        try:
            compile_path(whole).find(STORE)
        except InvalidPath as err:
            position = err.position
        assert position is None or 1 <= position <= len(whole) + 2


@given(DOCUMENTS)
def test_a_wildcard_of_descendants_finds_every_value_of_any_document(
    document: object,
) -> None:
    def count(node: object) -> int:
        if isinstance(node, dict):
            node = [*node.values()]
        return len(node) + sum(map(count, node)) if isinstance(node, list) else 0

    found = compile_path("$..*").find(document)
    assert isinstance(found, list)
    assert len(found) == count(document)


MANY: Final = {"list": [{"a": number, "s": "a" * 40} for number in range(3000)]}


@pytest.mark.parametrize(
    "text",
    [
        "$..[?count($..*) < 0]",
        "$.list[?$.list[?1 == 2]]",
        "$.list[?$.list[*].nope]",
        f"$.list{'[*,*,*,*]..*' * 40}.nope",
        "$.list[?match(@.s, '(a|aa)+(a|aa)+b')]",
        "$.list[?search(@.s, '(a|aa)+(a|aa)+b')]",
    ],
)
def test_a_query_that_takes_too_much_work_finds_nothing(text: str) -> None:
    path = compile_path(text)
    start = thread_time()

    assert path.find(MANY) is MISSING
    assert thread_time() - start < 20
    # The bound is for each document anew.
    assert path.find({"list": []}) is not MISSING or text.endswith(".nope")


def test_an_ordinary_query_of_a_large_document_is_not_too_much_work() -> None:
    large = {"list": [{"a": number, "b": [1, 2]} for number in range(50_000)]}

    found = compile_path("$.list[?@.a >= $.list[49990].a && @.b].a").find(large)

    assert found == [*range(49_990, 50_000)]
