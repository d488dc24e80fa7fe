"""Equal requests are sent once, and unchanged answers are not parsed again."""

import asyncio
from collections import deque
from collections.abc import Mapping

import pytest

from custom_components.oauth2_client.account import answers
from custom_components.oauth2_client.account.answers import Answer, Answers
from custom_components.oauth2_client.api import ApiRequest
from custom_components.oauth2_client.api.paging import Pages
from custom_components.oauth2_client.document.parsing import parse_document
from custom_components.oauth2_client.oauth2 import Response, TemporaryFailure
from custom_components.oauth2_client.wire.clock import Clock

from ..clock import StoppedClock

REQUEST = ApiRequest(url="/me")
ETAG = {"ETag": '"1"', "Last-Modified": "Tue, 24 Nov 2026 10:00:00 GMT"}
MODIFIED = {"Last-Modified": "Tue, 24 Nov 2026 10:00:00 GMT"}


class _Api:
    """Answers with the planned responses, as long as `released` is set."""

    def __init__(self, *responses: Response) -> None:
        self.sent: list[ApiRequest] = []
        self.cancelled = 0
        self.clock = StoppedClock()
        self.released = asyncio.Event()
        self.released.set()
        self._responses = deque(responses)
        self.answers = Answers(
            self._send, lambda url: f"https://a{url}", clock=self.clock.clock
        )

    async def _send(
        self, request: ApiRequest, *, timeout: float, is_poll: bool
    ) -> Response:
        self.sent.append(request)
        try:
            await self.released.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        return self._responses.popleft()

    def headers(self, number: int = -1) -> dict[str, str]:
        return dict(self.sent[number].headers)


def _ok(body: bytes = b"1", headers: Mapping[str, str] | None = None) -> Response:
    return Response(status=200, headers=headers or {}, body=body)


async def test_callers_with_an_equal_request_share_one_answer() -> None:
    api = _Api(_ok(), _ok(b"2"))
    api.released.clear()
    asking = [
        asyncio.create_task(api.answers.fetch(request))
        for request in (REQUEST, REQUEST, ApiRequest(url="/other"))
    ]
    await asyncio.sleep(0)
    api.released.set()
    first, second, other = await asyncio.gather(*asking)

    assert first is second
    assert other.version != first.version
    assert len(api.sent) == 2


async def test_who_does_not_poll_waits_for_no_poll_but_polls_wait_for_anybody() -> None:
    api = _Api(_ok(b"1"), _ok(b"2"))
    api.released.clear()
    asking = [
        asyncio.create_task(api.answers.fetch(REQUEST, is_poll=is_poll))
        for is_poll in (True, False, True, False)
    ]
    await asyncio.sleep(0)
    api.released.set()
    answers = await asyncio.gather(*asking)

    bodies = [answer.responses[0].body for answer in answers]
    assert bodies == [b"1", b"2", b"2", b"2"]


async def test_who_has_less_time_than_who_asked_first_waits_no_longer() -> None:
    api = _Api(_ok())
    api.released.clear()
    first = asyncio.create_task(api.answers.fetch(REQUEST))
    await asyncio.sleep(0)
    with pytest.raises(TemporaryFailure, match="timeout"):
        await api.answers.fetch(REQUEST, timeout=0.01)

    api.released.set()
    assert (await first).responses[0].body == b"1"


async def test_who_gives_up_does_no_harm_to_who_waits() -> None:
    api = _Api(_ok())
    api.released.clear()
    giving_up = asyncio.create_task(api.answers.fetch(REQUEST))
    waiting = asyncio.create_task(api.answers.fetch(REQUEST))
    await asyncio.sleep(0)
    giving_up.cancel()
    await asyncio.sleep(0)
    api.released.set()

    assert (await waiting).responses[0].body == b"1"
    assert giving_up.cancelled()


async def test_a_failure_after_someone_gave_up_is_only_that_of_who_waits() -> None:
    unhandled: list[object] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: unhandled.append(context))
    api = _Api()
    api.released.clear()
    giving_up = asyncio.create_task(api.answers.fetch(REQUEST))
    waiting = asyncio.create_task(api.answers.fetch(REQUEST))
    await asyncio.sleep(0)
    giving_up.cancel()
    await asyncio.sleep(0)
    api.released.set()

    with pytest.raises(IndexError):
        await waiting
    loop.set_exception_handler(None)
    assert unhandled == []


async def test_what_nobody_waits_for_ends_and_is_asked_for_anew() -> None:
    api = _Api(_ok())
    api.released.clear()
    giving_up = asyncio.create_task(api.answers.fetch(REQUEST))
    await asyncio.sleep(0.01)
    giving_up.cancel()
    await asyncio.sleep(0)
    anew = asyncio.create_task(api.answers.fetch(REQUEST))
    await asyncio.sleep(0.01)
    api.released.set()

    assert (await anew).responses[0].body == b"1"
    assert (api.cancelled, len(api.sent)) == (1, 2)


async def test_a_failure_is_that_of_all_who_wait_and_not_kept() -> None:
    api = _Api(_ok())

    async def fail(request: ApiRequest, *, timeout: float, is_poll: bool) -> Response:
        raise TemporaryFailure("timeout")

    good, api.answers._send = api.answers._send, fail
    results = await asyncio.gather(
        api.answers.fetch(REQUEST),
        api.answers.fetch(REQUEST),
        return_exceptions=True,
    )
    assert [type(result) for result in results] == [TemporaryFailure] * 2
    api.answers._send = good
    assert (await api.answers.fetch(REQUEST)).responses[0].body == b"1"


async def test_an_answer_that_is_young_enough_is_given_again() -> None:
    api = _Api(_ok(), _ok(b"2"))
    first = await api.answers.fetch(REQUEST, max_age=30)
    api.clock.move(29)
    assert await api.answers.fetch(REQUEST, max_age=30) is first
    api.clock.move(1)
    assert (await api.answers.fetch(REQUEST, max_age=30)).responses[0].body == b"2"


async def test_a_clock_that_is_put_back_makes_nothing_young() -> None:
    api = _Api(_ok(), _ok(b"2"))
    await api.answers.fetch(REQUEST, max_age=30)
    api.clock.move(-3630)

    assert (await api.answers.fetch(REQUEST, max_age=30)).responses[0].body == b"2"


@pytest.mark.parametrize(
    ("headers", "condition"),
    [
        (ETAG, {"If-None-Match": '"1"'}),
        (MODIFIED, {"If-Modified-Since": MODIFIED["Last-Modified"]}),
        ({}, {}),
    ],
)
async def test_it_is_asked_for_only_if_it_is_new(
    headers: dict[str, str], condition: dict[str, str]
) -> None:
    api = _Api(_ok(headers=headers), Response(status=304))
    first = await api.answers.fetch(REQUEST)
    again = await api.answers.fetch(REQUEST, known_version=first.version)

    assert api.headers() == condition
    if condition:
        assert again.version == first.version


async def test_a_large_answer_is_not_kept_and_asked_for_by_who_knows_it() -> None:
    large = b"x" * 300_000
    api = _Api(_ok(large, ETAG), Response(status=304), _ok(large, ETAG))
    first = await api.answers.fetch(REQUEST)
    assert (await api.answers.fetch(REQUEST, known_version=first.version)).version == (
        first.version
    )
    other = await api.answers.fetch(REQUEST)

    assert api.headers() == {}
    assert other.responses[0].body == large


async def test_a_large_answer_that_came_again_is_the_same_version() -> None:
    large = b"x" * 300_000
    api = _Api(*(_ok(body) for body in (large, large, large + b"y", large)))
    versions = [(await api.answers.fetch(REQUEST)).version for _ in range(4)]

    assert versions[0] == versions[1]
    assert len({*versions[1:]}) == 3


@pytest.mark.parametrize(
    "request_",
    [
        ApiRequest(url="/me", method="POST"),
        ApiRequest(url="/me", headers=(("if-none-match", '"mine"'),)),
    ],
)
async def test_who_asks_otherwise_is_not_answered_with_304(
    request_: ApiRequest,
) -> None:
    api = _Api(_ok(headers=ETAG), _ok(headers=ETAG))
    first = await api.answers.fetch(request_)
    await api.answers.fetch(request_, known_version=first.version)

    assert api.sent == [request_] * 2


async def test_the_same_bytes_are_the_same_version() -> None:
    api = _Api(_ok(b"1"), _ok(b"1"), _ok(b"2"))
    versions = [(await api.answers.fetch(REQUEST)).version for _ in range(3)]

    assert versions[0] == versions[1] != versions[2]


async def test_an_answer_that_came_again_is_the_one_that_was_there() -> None:
    # A new object for each resource at each poll would make the garbage collector run more often.
    api = _Api(_ok(b"1"), _ok(b"1", {"Date": "now"}))
    first = await api.answers.fetch(REQUEST)

    assert await api.answers.fetch(REQUEST) is first


async def test_an_answer_that_came_again_may_have_another_validator() -> None:
    api = _Api(_ok(headers=ETAG), _ok(headers={"ETag": '"2"'}), _ok())
    for _ in range(3):
        await api.answers.fetch(REQUEST)

    assert api.headers() == {"If-None-Match": '"2"'}


async def test_no_content_is_another_version_than_nothing() -> None:
    api = _Api(_ok(b""), Response(status=204))
    versions = [(await api.answers.fetch(REQUEST)).version for _ in range(2)]

    assert versions[0] != versions[1]


async def test_a_refusal_is_not_kept() -> None:
    api = _Api(_ok(headers=ETAG), Response(status=500), _ok(b"2"))
    first = await api.answers.fetch(REQUEST)
    refused = await api.answers.fetch(REQUEST)
    assert refused.responses[-1].status == 500
    assert refused.version != first.version
    again = await api.answers.fetch(REQUEST, max_age=60, known_version=first.version)

    assert again.responses[0].body == b"2"


async def test_few_answers_are_kept() -> None:
    api = _Api(*[_ok()] * 200)
    for number in range(100):
        await api.answers.fetch(ApiRequest(url=f"/{number}"))

    assert len(api.answers._kept) == 32


async def test_those_are_kept_that_were_asked_for_last() -> None:
    api = _Api(_ok(headers=ETAG), *[_ok()] * 31, Response(status=304), _ok())
    await api.answers.fetch(REQUEST)
    for number in range(31):
        await api.answers.fetch(ApiRequest(url=f"/{number}"))
    await api.answers.fetch(REQUEST)
    await api.answers.fetch(ApiRequest(url="/31"))
    await api.answers.fetch(REQUEST, max_age=60)

    assert len(api.sent) == 34


PAGES = Pages.from_dict({"kind": "link", "most": 3}, "pages")


def _linked(number: int) -> Response:
    link = {"Link": f'</{number + 1}>; rel="next"'}
    return _ok(f"[{number}]".encode(), {**link, **ETAG})


async def test_pages_are_followed_as_far_as_they_may() -> None:
    api = _Api(*[_linked(number) for number in range(1, 9)])
    answer = await api.answers.fetch(REQUEST, pages=PAGES)
    await api.answers.fetch(REQUEST, pages=PAGES, known_version=answer.version)

    urls = [request.url for request in api.sent]
    assert urls == ["/me", "https://a/2", "https://a/3", "/me", *urls[4:]]
    assert [response.body for response in answer.responses] == [b"[1]", b"[2]", b"[3]"]
    # Without validators: an unchanged first page does not mean that the others are unchanged.
    assert api.headers(3) == {}


async def test_large_pages_that_came_again_are_not_parsed_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parsed = []

    def parse(body: bytes, content_type: str | None) -> object:
        parsed.append(body[:1])
        return parse_document(body, content_type)

    monkeypatch.setattr(answers, "parse_document", parse)
    pages = Pages.from_dict({"kind": "page", "parameter": "p", "most": 3}, "")
    first, second = (b"[" + b"%d," % n * 50_000 + b"0]" for n in (1, 2))
    api = _Api(
        *(_ok(body) for body in (first, second, b"[]", first, second, b"[]")),
        *(_ok(body) for body in (first, first, b"[]")),
    )
    before = await api.answers.fetch(REQUEST, pages=pages)
    assert len(parsed) == 2
    again = await api.answers.fetch(REQUEST, pages=pages)
    assert len(parsed) == 2
    assert again.version == before.version
    assert [request.query for request in api.sent[3:6]] == [
        (),
        (("p", "2"),),
        (("p", "3"),),
    ]

    other = await api.answers.fetch(REQUEST, pages=pages)
    assert len(parsed) == 3
    assert other.version != before.version


async def test_a_page_that_is_refused_ends_them() -> None:
    api = _Api(_linked(1), Response(status=403))
    answer = await api.answers.fetch(REQUEST, pages=PAGES)

    assert [response.status for response in answer.responses] == [200, 403]


async def test_pages_are_bounded_together() -> None:
    api = _Api(_linked(1), _ok(b"[" + b"1," * 9_000_000 + b"1]"))
    with pytest.raises(TemporaryFailure) as raised:
        await api.answers.fetch(REQUEST, pages=PAGES)

    assert raised.value.code == "response_too_large"


async def test_that_a_page_is_the_same_does_not_tell_whether_it_has_a_link_now() -> (
    None
):
    api = _Api(_ok(b"[1]", ETAG), _linked(1), _ok(b"[2]"))
    first = await api.answers.fetch(REQUEST, pages=PAGES)
    again = await api.answers.fetch(REQUEST, pages=PAGES, known_version=first.version)

    assert api.headers(1) == {}
    assert len(again.responses) == 2


async def test_a_page_that_says_itself_what_follows_is_asked_for_only_if_it_is_new() -> (
    None
):
    pages = Pages.from_dict(
        {"kind": "next_url", "path": "$.next", "items": "$.items"}, "pages"
    )
    api = _Api(_ok(b'{"items": [1]}', ETAG), Response(status=304))
    first = await api.answers.fetch(REQUEST, pages=pages)
    again = await api.answers.fetch(REQUEST, pages=pages, known_version=first.version)

    assert again.version == first.version


@pytest.mark.parametrize(("timeout", "enough"), [(0.01, False), (30.0, True)])
async def test_all_pages_together_may_take_as_long_as_one_at_least(
    monkeypatch: pytest.MonkeyPatch, timeout: float, enough: bool
) -> None:
    monkeypatch.setattr(answers, "_MORE_PAGES_TIMEOUT_SECONDS", 0.01)

    async def send_slowly(
        request: ApiRequest, *, timeout: float, is_poll: bool
    ) -> Response:
        await asyncio.sleep(0.05)
        return _ok(b"[1]")

    slow = Answers(send_slowly, lambda url: f"https://a{url}", clock=Clock())
    pages = Pages(kind="page", parameter="p", most=2)
    [result] = await asyncio.gather(
        slow.fetch(REQUEST, pages=pages, timeout=timeout), return_exceptions=True
    )

    assert isinstance(result, Answer if enough else TemporaryFailure)
