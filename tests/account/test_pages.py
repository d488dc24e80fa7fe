"""Pages end, in each of the ways in which APIs end them: joined once, bounded, never twice."""

from collections.abc import Callable
import json
from typing import Any, Final

import pytest
from yarl import URL

from custom_components.oauth2_client.account.answers import Answers
from custom_components.oauth2_client.account.reading import async_read
from custom_components.oauth2_client.api import ApiRequest
from custom_components.oauth2_client.api.answer import ApiRefused
from custom_components.oauth2_client.api.page_end import PageEnd, PageMetadata
from custom_components.oauth2_client.api.paging import InvalidPages, Pages
from custom_components.oauth2_client.document.parsing import parse_document
from custom_components.oauth2_client.oauth2 import Response
from homeassistant.core import HomeAssistant

from ..account_flow import AccountFlow
from ..clock import StoppedClock
from ..fake_server import FakeServer, Fault

type Server = Callable[[dict[str, str], Any], tuple[int, object] | Response]

ADDRESS: Final = "https://api.example/things"
ALL: Final = [{"id": number} for number in range(1, 6)]
MOST: Final = 8


def _part(number: int) -> list[dict[str, int]]:
    """Return a page, counted from 1: of two elements, the third one of one."""
    return ALL[2 * (number - 1) : 2 * number]


class _Api:
    """Answers as a function of the query and the body, and counts."""

    def __init__(self, server: Server) -> None:
        self.sent: list[ApiRequest] = []
        self._server = server
        clock = StoppedClock().clock
        self.answers = Answers(self._send, lambda url: url, clock=clock)

    async def _send(
        self, request: ApiRequest, *, timeout: float, is_poll: bool
    ) -> Response:
        self.sent.append(request)
        query = {**URL(request.url).query, **dict(request.query)}
        body = None if request.body is None else request.body.decode()
        made = self._server(query, body)
        if isinstance(made, Response):
            return made
        status, document = made
        return Response(status=status, body=json.dumps(document).encode())


async def _fetched(server: Server, **pages: Any) -> tuple[object, list[int], int]:
    """Return the joined document, the statuses of its pages, and how many requests were sent."""
    api = _Api(server)
    described = Pages.from_dict({"most": MOST, **pages}, "pages")
    answer = await api.answers.fetch(ApiRequest(url=ADDRESS), pages=described)
    documents = [parse_document(response.body) for response in answer.responses]
    statuses = [response.status for response in answer.responses]
    return described.join(documents), statuses, len(api.sent)


def _counted(
    beyond: tuple[int, object] | Response, **more: object
) -> Callable[[dict[str, str], Any], tuple[int, object] | Response]:
    """Return an API that counts pages, and what it answers past the last one."""

    def server(query: dict[str, str], _: Any) -> tuple[int, object] | Response:
        number = int(query.get("page", 1))
        if number <= 3:
            return 200, {"items": _part(number), **more}
        return beyond

    return server


BY_PAGE: Final = {"kind": "page", "parameter": "page", "items": "items"}
BY_OFFSET: Final = {"kind": "offset", "parameter": "offset", "items": "items"}
BY_CURSOR: Final = {
    "kind": "cursor",
    "parameter": "after",
    "path": "next",
    "items": "items",
}
BY_URL: Final = {"kind": "next_url", "path": "next", "items": "items"}


@pytest.mark.parametrize(
    ("beyond", "sent"),
    [
        ((404, {"detail": "Invalid page."}), 4),
        ((416, {}), 4),
        (Response(status=204), 4),
        ((200, {"items": []}), 4),
        ((200, {}), 4),
        # The last page again, and the first, and those with other words around them.
        ((200, {"items": _part(3)}), 4),
        ((200, {"items": _part(1)}), 4),
        ((200, {"items": _part(3), "page": 4, "now": 1}), 4),
    ],
)
async def test_counted_pages_end(
    beyond: tuple[int, object] | Response, sent: int
) -> None:
    document, statuses, requests = await _fetched(_counted(beyond), **BY_PAGE)

    assert isinstance(document, dict)
    assert document["items"] == ALL
    assert {*statuses} == {200}
    assert requests == sent


@pytest.mark.parametrize("status", [400, 401, 403, 410, 429, 500, 503])
async def test_any_other_error_is_one_of_the_whole(status: int) -> None:
    _, statuses, _ = await _fetched(_counted((status, {})), **BY_PAGE)

    assert statuses == [200, 200, 200, status]


@pytest.mark.parametrize(
    "metadata",
    [
        {"total_pages": 3},
        {"pagination": {"totalPages": 3, "page": 3}},
        {"meta": {"last_page": 3}},
        {"pages": 3},
    ],
)
async def test_the_number_of_pages_saves_a_request(metadata: dict[str, object]) -> None:
    document, _, requests = await _fetched(_counted((500, {}), **metadata), **BY_PAGE)

    assert isinstance(document, dict)
    assert (document["items"], requests) == (ALL, 3)


@pytest.mark.parametrize("metadata", [{"total_pages": 99}, {"pages": ["a", "b"]}])
async def test_a_number_of_pages_that_is_wrong_costs_nothing(
    metadata: dict[str, object],
) -> None:
    document, _, _ = await _fetched(_counted((404, {}), **metadata), **BY_PAGE)

    assert isinstance(document, dict)
    assert document["items"] == ALL


async def test_pages_that_are_counted_from_zero_are_not_skipped() -> None:
    def server(query: dict[str, str], _: Any) -> tuple[int, object]:
        number = int(query.get("page", 0))
        return 200, {
            "items": _part(number + 1),
            "number": number,
            "last": number == 2,
            "totalPages": 3,
        }

    document, _, requests = await _fetched(server, **BY_PAGE)
    assert isinstance(document, dict)
    assert (document["items"], requests) == (ALL, 3)


@pytest.mark.parametrize(
    ("total", "beyond", "requests"),
    [
        # The total of all, none, one that is that of the page, and one that is wrong.
        ({"total": 5}, (500, {}), 3),
        ({"meta": {"totalCount": 5}}, (500, {}), 3),
        ({}, (200, {"items": []}), 4),
        ({"total": 2}, (200, {"items": []}), 4),
        ({"total": 99}, (416, {}), 4),
        ({"total": None}, (404, {}), 4),
        ({"count": 2}, Response(status=204), 4),
    ],
)
async def test_offsets_end(
    total: dict[str, object], beyond: tuple[int, object] | Response, requests: int
) -> None:
    def server(query: dict[str, str], _: Any) -> tuple[int, object] | Response:
        offset = int(query.get("offset", 0))
        if offset >= len(ALL):
            return beyond
        return 200, {"items": ALL[offset : offset + 2], **total}

    document, _, sent = await _fetched(server, **BY_OFFSET)
    assert isinstance(document, dict)
    assert (document["items"], sent) == (ALL, requests)


async def test_all_on_the_first_page_is_all_however_more_is_refused() -> None:
    def server(query: dict[str, str], _: Any) -> tuple[int, object]:
        if "offset" in query:
            return 400, {"error": "offset out of range"}
        return 200, {"items": ALL, "total": 5}

    document, statuses, _ = await _fetched(server, **BY_OFFSET)
    assert (document, statuses) == ({"items": ALL, "total": 5}, [200])


async def test_what_moved_to_the_next_page_meanwhile_is_there_once() -> None:
    def server(query: dict[str, str], _: Any) -> tuple[int, object]:
        # The last page is always full.
        offset = min(int(query.get("offset", 0)), 3)
        return 200, {"items": ALL[offset : offset + 2]}

    document, _, sent = await _fetched(server, **BY_OFFSET)
    assert (document, sent) == ({"items": ALL}, 4)


async def test_an_api_that_does_not_know_the_parameter_has_one_page() -> None:
    document, _, sent = await _fetched(
        lambda query, body: (200, {"items": [20, 20, 21]}), **BY_PAGE
    )

    assert (document, sent) == ({"items": [20, 20, 21]}, 2)


def _cursors(
    following: Callable[[int], object], **more: Callable[[int], object]
) -> Server:
    """Return an API with a cursor of which `following` makes that of the next page."""

    def server(query: dict[str, str], _: Any) -> tuple[int, object]:
        number = int(query.get("after", "c1")[1:])
        made = {name: make(number) for name, make in more.items()}
        return 200, {"items": _part(number), "next": following(number), **made}

    return server


@pytest.mark.parametrize(
    ("server", "requests"),
    [
        (_cursors(lambda number: f"c{number + 1}" if number < 3 else None), 3),
        (_cursors(lambda number: f"c{number + 1}" if number < 3 else ""), 3),
        (_cursors(lambda number: f"c{number + 1}" if number < 3 else 0), 3),
        (_cursors(lambda number: f"c{number + 1}" if number < 3 else "-1"), 3),
        (_cursors(lambda number: f"c{number + 1}" if number < 3 else False), 3),
        (_cursors(lambda number: f"c{number + 1}" if number < 3 else {}), 3),
        # The same one for ever, those in circles, and one that never ends.
        (_cursors(lambda number: f"c{min(number + 1, 3)}"), 3),
        (_cursors(lambda number: f"c{number % 3 + 1}"), 4),
        (_cursors(lambda number: f"c{number + 1}"), MOST),
        # One that must not be followed.
        (_cursors(lambda n: f"c{n + 1}", has_more=lambda n: n < 3), 3),
        (_cursors(lambda n: f"c{n + 1}", hasMore=lambda n: "true" if n < 3 else "false"), 3),
        (_cursors(lambda n: f"c{n + 1}", paging=lambda n: {"hasNextPage": n < 3}), 3),
        (_cursors(lambda n: f"c{n + 1}", isLast=lambda n: n == 3), 3),
        (_cursors(lambda n: f"c{n + 1}", done=lambda n: n == 3), 3),
        (_cursors(lambda n: f"c{n + 1}", no_more=lambda n: "true" if n == 3 else ""), 3),
        (_cursors(lambda n: f"c{n + 1}", IsTruncated=lambda n: n < 3), 3),
        (_cursors(lambda n: f"c{n + 1}", info=lambda n: {"more_records": n < 3}), 3),
    ],
)  # fmt: skip
async def test_cursors_end(server: Server, requests: int) -> None:
    document, statuses, sent = await _fetched(server, **BY_CURSOR)

    assert isinstance(document, dict)
    assert (document["items"], sent) == (ALL, requests)
    assert {*statuses} == {200}


@pytest.mark.parametrize(
    "more",
    [
        {"has_more": lambda n: None},
        {"has_more": lambda n: True},
        {"more": lambda n: []},
        {"last": lambda n: f"c{n}"},
        {"end": lambda n: "2026-11-28"},
        {"truncated": lambda n: False},
        {"info": lambda n: {"more": "details"}},
        {"done": lambda n: False},
    ],
)
async def test_what_is_no_flag_ends_nothing(
    more: dict[str, Callable[[int], object]],
) -> None:
    server = _cursors(lambda number: f"c{number + 1}" if number < 3 else None, **more)
    document, _, _ = await _fetched(server, **BY_CURSOR)

    assert isinstance(document, dict)
    assert document["items"] == ALL


async def test_an_error_at_a_cursor_is_no_end() -> None:
    def server(query: dict[str, str], _: Any) -> tuple[int, object]:
        if query.get("after"):
            return 404, {"error": "no such cursor"}
        return 200, {"items": _part(1), "next": "Zm9v"}

    _, statuses, _ = await _fetched(server, **BY_CURSOR)
    assert statuses == [200, 404]


@pytest.mark.parametrize("cursor", ["a+b/c==", "ü&x=1#", "100%25", " a b", "x" * 2000])
async def test_a_cursor_arrives_as_it_was_given(cursor: str) -> None:
    def server(query: dict[str, str], _: Any) -> tuple[int, object]:
        if query.get("after") == cursor:
            return 200, {"items": _part(2)}
        return 200, {"items": _part(1), "next": cursor}

    api = _Api(server)
    pages = Pages.from_dict(BY_CURSOR, "pages")
    await api.answers.fetch(ApiRequest(url=ADDRESS), pages=pages)
    sent = URL(ADDRESS).update_query(api.sent[1].query)
    assert sent.query["after"] == URL(str(sent)).query["after"] == cursor


def _addresses(
    following: Callable[[int], object], beyond: int = 404, key: str = "next"
) -> Server:
    def server(query: dict[str, str], _: Any) -> tuple[int, object]:
        number = int(query.get("page", 1))
        if number > 3:
            return beyond, {}
        return 200, {"items": _part(number), key: following(number)}

    return server


@pytest.mark.parametrize(
    "server",
    [
        _addresses(lambda number: f"?page={number + 1}" if number < 3 else None),
        _addresses(lambda number: f"?page={number + 1}" if number < 3 else ""),
        _addresses(lambda number: f"?page={number + 1}" if number < 3 else "null"),
        _addresses(
            lambda number: {"href": f"?page={number + 1}"} if number < 3 else {}
        ),
        # In circles: to itself, to the first page, and to it as it was not asked for.
        _addresses(lambda number: f"?page={min(number + 1, 3)}"),
        _addresses(lambda number: f"?page={number + 1}" if number < 3 else ADDRESS),
        _addresses(lambda number: f"?page={number % 3 + 1}"),
        _addresses(lambda number: f"?page={number % 3 + 1}&at={number}"),
        # Past the end.
        _addresses(lambda number: f"?page={number + 1}"),
        _addresses(lambda number: f"{ADDRESS}?page={number + 1}", beyond=416),
    ],
)
async def test_addresses_end(server: Server) -> None:
    document, statuses, sent = await _fetched(server, **BY_URL)

    assert isinstance(document, dict)
    assert document["items"] == ALL
    assert {*statuses} == {200}
    assert sent <= 4


async def test_an_address_that_is_named_and_not_there_is_an_error() -> None:
    def server(query: dict[str, str], _: Any) -> tuple[int, object]:
        if query:
            return 404, {}
        return 200, {"items": _part(1), "next": "?token=abc"}

    _, statuses, _ = await _fetched(server, **BY_URL)
    assert statuses == [200, 404]


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("@odata.nextLink", "@odata.nextLink"),
        ("$['@odata.nextLink']", "@odata.nextLink"),
        ("odata.nextLink", "odata.nextLink"),
        ("next.page.url", "next.page.url"),
    ],
)
async def test_a_key_with_dots_may_be_typed_as_it_is(path: str, key: str) -> None:
    server = _addresses(
        lambda number: f"{ADDRESS}?page={number + 1}" if number < 3 else None, key=key
    )
    document, _, _ = await _fetched(server, kind="next_url", path=path, items="items")

    assert isinstance(document, dict)
    assert document["items"] == ALL


async def test_a_link_among_links_is_found_by_a_filter() -> None:
    server = _addresses(
        lambda number: [
            {"rel": "self", "href": f"?page={number}"},
            *([{"rel": "next", "href": f"?page={number + 1}"}] * (number < 3)),
        ],
        key="links",
    )
    path = "$.links[?@.rel == 'next']"
    document, _, _ = await _fetched(server, kind="next_url", path=path, items="items")

    assert isinstance(document, dict)
    assert document["items"] == ALL


async def test_a_link_to_itself_is_the_last() -> None:
    def server(query: dict[str, str], _: Any) -> Response:
        link = {"Link": '<?page=2>; rel="next"'}
        body = json.dumps(_part(int(query.get("page", 1)))).encode()
        return Response(status=200, headers=link, body=body)

    document, _, sent = await _fetched(server, kind="link")
    assert (document, sent) == (ALL[:4], 2)


async def test_an_api_behind_a_proxy_is_asked_over_https_again() -> None:
    pages = Pages.from_dict(BY_URL, "pages")

    def following(url: str, named: str) -> str | None:
        document = {"items": [1], "next": named}
        found = pages.next_request(ApiRequest(url=url), Response(status=200), document)
        return None if found is None else found.url

    assert following(ADDRESS, f"http{ADDRESS[5:]}?page=2") == f"{ADDRESS}?page=2"
    for kept in ("http://other.example/things", "http://api.example:8080/things"):
        assert following(ADDRESS, kept) == kept
    assert following("http://hub.local/a", "http://hub.local/b") == "http://hub.local/b"


def _graph(number: int) -> dict[str, object]:
    page = {"endCursor": f"c{number + 1}", "hasNextPage": number < 3}
    return {"data": {"viewer": {"things": {"nodes": _part(number), "pageInfo": page}}}}


def _graphql(_: dict[str, str], body: str) -> tuple[int, object]:
    variables = json.loads(body).get("variables") or {}
    return 200, _graph(int((variables.get("after") or "c1")[1:]))


@pytest.mark.parametrize(
    "variables", [{"variables": {"first": 2, "after": None}}, {"variables": None}, {}]
)
async def test_a_cursor_goes_into_the_body_as_graphql_wants_it(
    variables: dict[str, object],
) -> None:
    body = json.dumps({"query": "{ viewer }", **variables}).encode()
    api = _Api(_graphql)
    pages = Pages.from_dict(
        {
            "kind": "cursor",
            "parameter": "variables.after",
            "in_body": True,
            "path": "data.viewer.things.pageInfo.endCursor",
            "items": "data.viewer.things.nodes",
        },
        "pages",
    )
    answer = await api.answers.fetch(
        ApiRequest(url=ADDRESS, method="POST", body=body), pages=pages
    )

    documents = [parse_document(response.body) for response in answer.responses]
    joined = pages.join(documents)
    assert isinstance(joined, dict)
    assert joined["data"]["viewer"]["things"]["nodes"] == ALL
    assert len(api.sent) == 3
    sent = json.loads(api.sent[2].body or b"")
    assert sent["query"] == "{ viewer }"
    assert sent["variables"]["after"] == "c3"
    assert pages.as_dict()["in_body"] is True


@pytest.mark.parametrize(
    ("kind", "body", "sent"),
    [
        ("cursor", b'{"filter": 1}', '{"filter": 1, "p": "c2"}'),
        ("cursor", b"", '{"p": "c2"}'),
        ("cursor", b"action=get&p=x", "action=get&p=c2"),
        ("page", b'{"p": 1}', '{"p": 2}'),
        ("page", b'{"p": "1"}', '{"p": "2"}'),
        ("page", b"{}", '{"p": 2}'),
        ("offset", b"action=get&p=4", "action=get&p=5"),
        ("cursor", b"[1]", None),
        ("cursor", b"just text", None),
        ("cursor", b"[" * 100_000, None),
    ],
)
def test_the_parameter_of_a_body_is_set_where_it_is(
    kind: str, body: bytes, sent: str | None
) -> None:
    pages = Pages.from_dict(
        {**BY_CURSOR, "kind": kind, "parameter": "p", "in_body": True}, ""
    )
    request = ApiRequest(url=ADDRESS, method="POST", body=body or None)
    found = pages.next_request(
        request, Response(status=200), {"items": [{"id": 1}], "next": "c2"}
    )

    assert (found and found.body) == (None if sent is None else sent.encode())


@pytest.mark.parametrize("parameter", ["$..after", "a[0]", "a["])
def test_a_place_in_the_body_is_keys_alone(parameter: str) -> None:
    described = {**BY_CURSOR, "parameter": parameter, "in_body": True}
    with pytest.raises(InvalidPages) as raised:
        Pages.from_dict(described, "pages")
    assert raised.value.field == "parameter"
    with pytest.raises(InvalidPages):
        Pages.from_dict({**BY_CURSOR, "in_body": "no"}, "pages")


async def test_one_element_may_be_written_as_itself() -> None:
    def server(query: dict[str, str], _: Any) -> tuple[int, object]:
        number = int(query.get("page", 1))
        elements = _part(number)
        following = f"?page={number + 1}" if number < 3 else None
        return 200, {
            "items": elements[0] if len(elements) == 1 else elements,
            "next": following,
        }

    document, _, _ = await _fetched(server, **BY_URL)
    assert isinstance(document, dict)
    assert document["items"] == ALL


async def test_that_the_first_page_is_the_same_does_not_tell_of_a_second() -> None:
    pages = Pages.from_dict(BY_PAGE, "pages")

    def server(query: dict[str, str], _: Any) -> Response:
        if "page" in query:
            return Response(status=404)
        body = json.dumps({"items": ALL}).encode()
        return Response(status=200, headers={"ETag": "1"}, body=body)

    api = _Api(server)
    first = await api.answers.fetch(ApiRequest(url=ADDRESS), pages=pages)
    again = await api.answers.fetch(
        ApiRequest(url=ADDRESS), pages=pages, known_version=first.version
    )
    assert again.version == first.version
    assert [request.headers for request in api.sent] == [()] * 4


def test_a_total_may_be_that_of_a_page() -> None:
    stated = PageMetadata({"total": 2}, ())
    assert stated.end_by_offset(0, 2) is PageEnd.LIKELY
    assert stated.end_by_offset(2, 2) is PageEnd.UNKNOWN
    assert PageMetadata({"total": 4}, ()).end_by_offset(2, 2) is PageEnd.CERTAIN


async def test_an_error_in_the_place_of_a_page_is_one_of_the_whole(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    entry = await flow.add_account()
    account = entry.runtime_data.account
    pages = Pages.from_dict(BY_PAGE, "pages")
    for told, is_refused in (
        ({"error": "out of order"}, True),
        ({"errors": [], "note": "no more"}, False),
    ):
        first = {"items": _part(1)}
        server.api_faults.extend([Fault.json(200, first), Fault.json(200, told)])
        request = ApiRequest(url=f"/echo?told={is_refused}")
        answer = await account.answers.fetch(request, pages=pages)
        read = async_read(
            hass,
            account,
            request,
            answer,
            lambda document: document,
            is_found=bool,
            pages=pages,
        )
        if is_refused:
            with pytest.raises(ApiRefused) as raised:
                await read
            assert (raised.value.is_reported, raised.value.message) == (
                True,
                "out of order",
            )
        else:
            assert await read == first


async def test_a_page_that_is_no_list_adds_nothing() -> None:
    by_link = Pages.from_dict({"kind": "link"}, "pages")
    assert by_link.join([[1], {"message": "no more"}]) == [1]
    by_url = Pages.from_dict(BY_URL, "pages")
    nothings: list[object] = [{}, [], None, "none"]
    for nothing in nothings:
        assert by_url.join([{"items": [1]}, {"items": nothing}]) == {"items": [1]}


def _with_headers(name: str, parameter: str, **headers: Callable[[int], str]) -> Server:
    """Return an API whose headers tell of the pages, and which refuses what is past the end."""

    def server(query: dict[str, str], _: Any) -> Response:
        asked = int(query.get(parameter, 1 if name == "page" else 0))
        number = asked if name == "page" else asked // 2 + 1
        if number > 3:
            return Response(status=400, body=b'{"code": "rest_post_invalid_page"}')
        made = {key.replace("_", "-"): text(number) for key, text in headers.items()}
        return Response(
            status=200, headers=made, body=json.dumps({"items": _part(number)}).encode()
        )

    return server


@pytest.mark.parametrize(
    "headers",
    [
        {"X_WP_TotalPages": lambda n: "3"},
        {"X_Total_Pages": lambda n: "3"},
        {"X_Pagination_Page_Count": lambda n: "3"},
        {"Last_Page": lambda n: str(n == 3).lower()},
        {"X_Next_Page": lambda n: "" if n == 3 else str(n + 1)},
        {"X_Has_More": lambda n: "true" if n < 3 else "false"},
        {"X_Pagination": lambda n: json.dumps({"TotalPages": 3, "CurrentPage": n})},
        {"X_Pagination": lambda n: json.dumps({"HasNext": n < 3})},
    ],
)
async def test_headers_tell_of_the_last_page(
    headers: dict[str, Callable[[int], str]],
) -> None:
    server = _with_headers("page", "page", **headers)
    document, statuses, sent = await _fetched(server, **BY_PAGE)

    assert (document, {*statuses}, sent) == ({"items": ALL}, {200}, 3)


@pytest.mark.parametrize("name", ["X_Total_Count", "X_WP_Total", "X_Total"])
async def test_headers_tell_how_many_elements_there_are(name: str) -> None:
    server = _with_headers("offset", "offset", **{name: lambda n: "5"})
    document, _, sent = await _fetched(server, **BY_OFFSET)

    assert (document, sent) == ({"items": ALL}, 3)


@pytest.mark.parametrize(
    "headers",
    [
        {"X_Total_Pages": lambda n: "many"},
        {"X_Pagination": lambda n: "{not json"},
        {"Last_Page": lambda n: "https://api.example/things?page=9"},
        {"X_Pages": lambda n: "9" * 5000},
    ],
)
async def test_headers_that_tell_nothing_end_nothing(
    headers: dict[str, Callable[[int], str]],
) -> None:
    _, statuses, sent = await _fetched(
        _with_headers("page", "page", **headers), **BY_PAGE
    )

    assert (statuses[-1], sent) == (400, 4)


async def test_a_total_of_elements_explains_the_refusal_of_a_page() -> None:
    server = _counted((400, {}), paging={"pageSize": 2, "total": 5})
    document, statuses, sent = await _fetched(server, **BY_PAGE)

    assert isinstance(document, dict)
    assert (document["items"], {*statuses}, sent) == (ALL, {200}, 4)


@pytest.mark.parametrize(
    "more",
    [
        {"end_of_stream": lambda n: n == 3},
        {"exhausted": lambda n: "yes" if n == 3 else "no"},
        {"isLastPage": lambda n: int(n == 3)},
        {"hasNext": lambda n: "Y" if n < 3 else "N"},
        {"moreComing": lambda n: n < 3},
        {"has_more": lambda n: "1" if n < 3 else "0"},
        {"meta": lambda n: {"has_additional_results": n < 3}},
    ],
)
async def test_more_flags_end_cursors(more: dict[str, Callable[[int], object]]) -> None:
    document, _, sent = await _fetched(
        _cursors(lambda number: f"c{number + 1}", **more), **BY_CURSOR
    )

    assert isinstance(document, dict)
    assert (document["items"], sent) == (ALL, 3)


@pytest.mark.parametrize("key", ["after", "cursor", "offset"])
async def test_a_cursor_may_be_an_object(key: str) -> None:
    server = _cursors(lambda number: {key: f"c{number + 1}"} if number < 3 else None)
    document, _, sent = await _fetched(server, **BY_CURSOR)

    assert isinstance(document, dict)
    assert (document["items"], sent) == (ALL, 3)
