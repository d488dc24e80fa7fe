"""Where the next page is, and how pages are joined."""

import math
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.oauth2_client.api import ApiRequest
from custom_components.oauth2_client.api.next_address import next_link
from custom_components.oauth2_client.api.paging import InvalidPages, Pages
from custom_components.oauth2_client.oauth2 import Response

URL = "https://api.example.com/v1/items"


def _pages(kind: str, **more: Any) -> Pages:
    return Pages.from_dict({"kind": kind, **more}, "pages")


def _linked(link: str) -> Response:
    return Response(status=200, headers={"link": link})


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ('<https://a/2>; rel="next"', "https://a/2"),
        ("<https://a/2>;rel=next", "https://a/2"),
        ('<https://a/1>; rel="prev", <https://a/3>; rel="next"', "https://a/3"),
        ('<https://a/?q=a,b>; title="a, b; c"; rel="last next"', "https://a/?q=a,b"),
        ('<https://a/1>; rel="prev nextish"', None),
        ('<https://a/1>; title="rel=next"', None),
        ('<https://a/1>; title="; rel=next"', None),
        (r'<https://a/1>; title="\"; rel=next"; rel=last, <b>; rel=next', "b"),
        ("<https://a/1>; rel=last; rel=next", None),
        ("https://a/2; rel=next", None),
        ("<>; rel=next", None),
        ("", None),
    ],
)
def test_a_link_to_the_next_page_is_found(link: str, target: str | None) -> None:
    assert next_link(_linked(link)) == target


@given(st.text(alphabet='<>;,="\\ relnxta', max_size=2000))
def test_any_link_header_has_a_next_page_or_none(link: str) -> None:
    next_link(_linked(link))


@pytest.mark.parametrize(
    ("pages", "query", "document", "url", "following"),
    [
        (
            _pages("next_url", path="$.next", items="$.items"),
            (("a", "1"),),
            {"items": [1], "next": "https://b/2?c=3"},
            "https://b/2?c=3",
            (),
        ),
        (
            _pages("next_url", path="$.next", items="$.items"),
            (),
            {"items": [1], "next": "?page=2"},
            f"{URL}?page=2",
            (),
        ),
        (
            _pages("cursor", path="$.next", parameter="after", items="$.items"),
            (("a", "1"), ("after", "x")),
            {"items": [1], "next": "y"},
            URL,
            (("a", "1"), ("after", "y")),
        ),
        (
            _pages("page", parameter="page", items="$.items"),
            (("page", "4"),),
            {"items": [1]},
            URL,
            (("page", "5"),),
        ),
        (
            _pages("offset", parameter="skip", items="$.items", size=50),
            (("skip", "100"),),
            {"items": [1]},
            URL,
            (("skip", "150"),),
        ),
        (
            _pages("offset", parameter="skip", items="$.items"),
            (),
            {"items": [1, 2, 3]},
            URL,
            (("skip", "3"),),
        ),
        # Some APIs filter after paging: an empty page may have a next one.
        (
            _pages("cursor", path="$.next", parameter="after", items="$.items"),
            (),
            {"items": [], "next": "y"},
            URL,
            (("after", "y"),),
        ),
        (
            _pages("cursor", path="$.next", parameter="after", items="$.items"),
            (),
            {"next": 7},
            URL,
            (("after", "7"),),
        ),
    ],
)
def test_the_next_page_is_asked_for(
    pages: Pages,
    query: tuple[tuple[str, str], ...],
    document: object,
    url: str,
    following: tuple[tuple[str, str], ...],
) -> None:
    request = ApiRequest(url=URL, query=query)
    found = pages.next_request(request, Response(status=200), document)

    assert found is not None
    assert (found.url, found.query) == (url, following)


def test_a_page_that_the_address_itself_asks_for_is_counted_from() -> None:
    request = ApiRequest(url=f"{URL}?page=4")
    pages = _pages("page", parameter="page")
    following = pages.next_request(request, Response(status=200), [1])

    assert following is not None
    assert following.query == (("page", "5"),)


def test_an_empty_page_may_be_followed_by_a_link() -> None:
    following = _pages("link").next_request(
        ApiRequest(url=URL), _linked("<?page=2>; rel=next"), []
    )

    assert following is not None
    assert following.url == f"{URL}?page=2"


@pytest.mark.parametrize(
    ("pages", "document"),
    [
        (_pages("page", parameter="page", items="$.items"), {"items": []}),
        (_pages("page", parameter="page", items="$.items"), {}),
        (_pages("page", parameter="page"), {"items": [1]}),
        (_pages("next_url", path="$.next"), [1]),
        # Nothing could be joined.
        (_pages("next_url", path="$.next"), {"next": "https://b/2"}),
        (
            _pages("next_url", path="$.next", items="$.items"),
            {"items": [1], "next": None},
        ),
        (
            _pages("next_url", path="$.next", items="$.items"),
            {"items": [1], "next": True},
        ),
        (
            _pages("next_url", path="$.next", items="$.items"),
            {"items": [1], "next": URL},
        ),
        (
            _pages("cursor", path="$.next", parameter="after", items="$.items"),
            {"items": [1], "next": ""},
        ),
        (
            _pages("cursor", path="$.next", parameter="after", items="$.items"),
            {"items": [1], "next": "same"},
        ),
        (_pages("link"), [1]),
    ],
)
def test_the_last_page_has_no_other(pages: Pages, document: object) -> None:
    request = ApiRequest(url=URL, query=(("after", "same"),))

    assert pages.next_request(request, Response(status=200), document) is None


@pytest.mark.parametrize(
    ("items", "documents", "joined"),
    [
        (None, [[1], [2, 3]], [1, 2, 3]),
        (
            "$.data.items",
            [{"data": {"items": [1], "total": 2}}, {"data": {"items": [2]}}],
            {"data": {"items": [1, 2], "total": 2}},
        ),
        ("$.items", [{"items": [1]}, {"error": 1}], {"items": [1]}),
        (None, [{"a": 1}], {"a": 1}),
        ("$[1]", [[{"page": 1}, [1]], [{"page": 2}, [2]]], [{"page": 1}, [1, 2]]),
        ("$[-1]", [[[], []], [[], [2]]], [[], [2]]),
        ("$[1].a", [[0, {"a": [1]}], [0, {"a": [2]}]], [0, {"a": [1, 2]}]),
        (
            "$[?@.id == 'x'].a",
            [[{"id": "y"}, {"id": "x", "a": [1]}], [{"id": "x", "a": [2]}]],
            [{"id": "y"}, {"id": "x", "a": [1, 2]}],
        ),
        ("$.items", [{"a": 1}, {"items": [2]}], {"a": 1, "items": [2]}),
        ("$.data.items", [{"error": 1}], {"error": 1}),
        ("$[3].items", [[0]], [0]),
    ],
)
def test_pages_are_joined(
    items: str | None, documents: list[object], joined: object
) -> None:
    assert _pages("link", items=items).join(documents) == joined


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ({}, "kind"),
        ({"kind": "scroll"}, "kind"),
        ({"kind": "next_url"}, "path"),
        ({"kind": "cursor", "path": "$.next"}, "parameter"),
        ({"kind": "page"}, "parameter"),
        ({"kind": "page", "parameter": 5}, "parameter"),
        ({"kind": "link", "items": "$["}, "items"),
        ({"kind": "link", "items": "$..a"}, "items"),
        ({"kind": "link", "items": 5}, "items"),
        ({"kind": "link", "most": 1}, "most"),
        ({"kind": "link", "most": 51}, "most"),
        ({"kind": "link", "most": math.nan}, "most"),
        ({"kind": "offset", "parameter": "a", "size": 0}, "size"),
        ({"kind": "offset", "parameter": "a", "size": math.inf}, "size"),
    ],
)
def test_a_mistake_is_named_by_its_field(raw: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidPages) as raised:
        Pages.from_dict(raw, "pages")

    assert (raised.value.field, str(raised.value)) == (field, f"pages.{field}")


def test_what_is_stored_is_what_is_read() -> None:
    raw = {
        "kind": "cursor",
        "path": "$.next",
        "parameter": "after",
        "items": "$.items",
        "size": 20,
        "most": 7,
    }

    assert Pages.from_dict(raw, "pages").as_dict() == raw


def test_a_number_of_any_length_is_no_page() -> None:
    asked = ApiRequest(url=URL, query=(("page", "9" * 5000),))
    pages = _pages("page", parameter="page")
    following = pages.next_request(asked, _linked(""), [1])

    assert following is not None
    assert following.query == (("page", "2"),)
