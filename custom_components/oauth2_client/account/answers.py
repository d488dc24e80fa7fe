"""Fetches an API's answers. Equal requests share one; unchanged content is not parsed again."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from copy import replace
from functools import partial
from hashlib import sha256
from itertools import count
from typing import TYPE_CHECKING, Final, Protocol

from ..api import ApiRequest, Pairs, conditions
from ..api.answer import is_large, is_refusal, total_bytes
from ..document.parsing import UnreadableDocument, parse_document
from ..oauth2 import Response, TemporaryFailure
from ..oauth2.frozen import Frozen
from ..wire import DEFAULT_TIMEOUT_SECONDS, MAX_API_BYTES
from ..wire.clock import Clock

if TYPE_CHECKING:
    from ..api.paging import PageAfter, Pages

    class Send(Protocol):
        """Sends a request of an account."""

        async def __call__(
            self, request: ApiRequest, *, timeout: float, is_poll: bool
        ) -> Response:
            """Return the response, whatever its status. Raises OAuth2Error."""


# Answers that are kept for reuse.
_MAX_KEPT_ANSWERS: Final = 32
# Of a larger answer, only version and digest are kept.
_MAX_KEPT_BYTES: Final = 256 * 1024
# For all pages after the first together, unless the timeout of one page is longer.
_TOTAL_TIMEOUT_SECONDS: Final = 120.0


class Answer(Frozen):
    """An API's answer: one response for each page. The last one may be a refusal.

    Answers with the same `version` have the same content. `responses` may be empty where the caller
    has read that version already.
    """

    responses: tuple[Response, ...]
    version: int


# What a large page says of the one after it, by that page's request and digest.
type _Followed = dict[tuple[ApiRequest, bytes], PageAfter]


class _Kept:
    """An answer that is kept for reuse."""

    def __init__(
        self,
        answer: Answer,
        content: object,
        conditions: Pairs,
        followed: _Followed | None,
        received_at: float,
    ) -> None:
        self.answer = answer
        self.followed = followed
        # Equal for equal content.
        self.content = content
        # Headers that make a request conditional (RFC 9110, 13.1).
        self.conditions = conditions
        self.received_at = received_at


type _Key = tuple[ApiRequest, Pages | None]
# A request, the version that a 304 would confirm, and whether it is a poll.
type _InFlight = tuple[_Key, int | None, bool]


class Answers:
    """Fetches the answers of one account, and shares them between equal requests."""

    def __init__(
        self, send: Send, resolve: Callable[[str], str], *, clock: Clock
    ) -> None:
        self._send = send
        self._resolve = resolve
        self._clock = clock
        self._versions = count(1)
        self._kept: OrderedDict[_Key, _Kept] = OrderedDict()
        self._in_flight: dict[_InFlight, asyncio.Future[Answer]] = {}

    async def fetch(
        self,
        request: ApiRequest,
        *,
        pages: Pages | None = None,
        timeout: float = DEFAULT_TIMEOUT_SECONDS,
        max_age: float = 0.0,
        known: int | None = None,
        is_poll: bool = False,
    ) -> Answer:
        """Return the answer to a request, with all its pages.

        An answer that is younger than `max_age` seconds is reused. `known` is the version that the
        caller has read; an answer of that version may have no responses. Callers that send an equal
        request meanwhile get the same answer, but for who does not poll and would have to wait with
        a poll for its turn. `timeout` is in seconds for each page; the pages after the first may
        take two minutes together, or `timeout` where that is longer.

        Raises OAuth2Error.
        """
        key = (request, pages)
        if max_age and (fresh := self._fresh(key, max_age, known)) is not None:
            return fresh
        in_flight = (key, self._condition_of(key, known), is_poll)
        while (shared := self._shared(in_flight)) is not None:
            longest = timeout + _pages_timeout(timeout) * (pages is not None)
            if not (await asyncio.wait([shared], timeout=longest))[0]:
                # Who asked first allows the API more time than this caller does.
                raise TemporaryFailure("timeout")
            if not shared.cancelled():
                return shared.result()
        return await self._fetch_for_all(in_flight, timeout)

    def forget(self, request: ApiRequest, pages: Pages | None) -> None:
        """Let go of an answer that turned out to be of no use."""
        self._kept.pop((request, pages), None)

    def _shared(self, in_flight: _InFlight) -> asyncio.Future[Answer] | None:
        """Return the answer that is on its way to an equal request, None where there is none."""
        key, condition, is_poll = in_flight
        shared = self._in_flight.get((key, condition, False))
        if shared is None and is_poll:
            shared = self._in_flight.get(in_flight)
        return shared

    async def _fetch_for_all(self, in_flight: _InFlight, timeout: float) -> Answer:
        """Fetch for this caller, and for those that wait for the same answer.

        If this caller is cancelled, one of the others sends the request again.
        """
        shared: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._in_flight[in_flight] = shared
        try:
            answer = await self._fetch(in_flight, timeout)
        except Exception as err:
            shared.set_exception(err)
            # Marks it as retrieved. Otherwise asyncio logs it where no other caller waits.
            shared.exception()
            raise
        else:
            shared.set_result(answer)
            return answer
        finally:
            del self._in_flight[in_flight]
            # Has an effect only where this caller was cancelled, since it is done otherwise.
            shared.cancel()

    def _fresh(self, key: _Key, max_age: float, known: int | None) -> Answer | None:
        if (kept := self._kept.get(key)) is None:
            return None
        # A negative age is that of a clock that was set back.
        if not 0 <= self._clock.now() - kept.received_at < max_age:
            return None
        return kept.answer if self._is_of_use(kept, known) else None

    def _is_of_use(self, kept: _Kept, known: int | None) -> bool:
        """Return whether a kept answer has responses or is the version that the caller knows."""
        return bool(kept.answer.responses) or kept.answer.version == known

    def _condition_of(self, key: _Key, known: int | None) -> int | None:
        """Return the version that a 304 would confirm, None where the request is unconditional."""
        kept = self._kept.get(key)
        if kept is None or not kept.conditions or not self._is_of_use(kept, known):
            return None
        return kept.answer.version

    async def _fetch(self, in_flight: _InFlight, timeout: float) -> Answer:
        key, condition, is_poll = in_flight
        request, pages = key
        kept = self._kept.get(key)
        conditional = request
        if kept and kept.conditions and kept.answer.version == condition:
            conditional = replace(request, headers=request.headers + kept.conditions)
        response = await self._send(conditional, timeout=timeout, is_poll=is_poll)
        if response.status == 304 and kept and conditional is not request:
            return self._keep_on(key, kept)
        if pages is None:
            return await self._keep(key, (response,), None, has_asked_on=False)
        before = (None if kept is None else kept.followed) or {}
        followed: _Followed = {}
        send = partial(self._send, timeout=timeout, is_poll=is_poll)
        try:
            async with asyncio.timeout(_pages_timeout(timeout)):
                further, has_asked_on = await self._further(
                    key, response, send, before, followed
                )
        except TimeoutError:
            raise TemporaryFailure("timeout") from None
        responses = (response, *further)
        return await self._keep(key, responses, followed, has_asked_on=has_asked_on)

    async def _further(
        self,
        key: _Key,
        response: Response,
        send: Callable[[ApiRequest], Awaitable[Response]],
        before: _Followed,
        followed: _Followed,
    ) -> tuple[list[Response], bool]:
        """Return the pages after the first: to the last, the limit, or one that is refused.

        A page that repeats an earlier one is left out. Also return whether any was asked for. What large
        pages say of the next is noted in `followed`; those that are in `before` are not parsed.
        """
        request, pages = key
        assert pages is not None
        from ..api.next_address import VisitedPages, is_page  # noqa: PLC0415 - imported with the pages of the key

        further: list[Response] = []
        size = len(response.body)
        current = replace(request, url=self._resolve(request.url))
        visited = VisitedPages(current)
        while is_page(response) and len(further) + 1 < pages.most:
            page = await _after(pages, current, response, before, followed)
            if visited.has_seen(page.digest):
                # Some APIs repeat the last page, or the first, for ever.
                further.pop()
                break
            if not visited.add(page.following):
                break
            response = await send(page.following)
            if pages.is_past_end(page, current, response):
                break
            current = page.following
            further.append(response)
            size += len(response.body)
            if size > MAX_API_BYTES:
                raise TemporaryFailure("response_too_large")
        return further, visited.are_several

    def _keep_on(self, key: _Key, kept: _Kept) -> Answer:
        """Return a kept answer that a 304 has confirmed."""
        kept.received_at = self._clock.now()
        if self._kept.get(key) is kept:
            self._kept.move_to_end(key)
        return kept.answer

    async def _keep(
        self,
        key: _Key,
        responses: tuple[Response, ...],
        followed: _Followed | None,
        *,
        has_asked_on: bool,
    ) -> Answer:
        """Return the answer made of responses; keep it for reuse unless one is a refusal."""
        if any(map(is_refusal, responses)):
            self._kept.pop(key, None)
            return Answer(responses=responses, version=next(self._versions))
        size = total_bytes(responses)
        is_small = size <= _MAX_KEPT_BYTES
        content = _content(responses) if is_small else await _digest(responses)
        # A 304 for the first page does not mean that later pages are unchanged. Where a header links
        # to the next page, it does not mean that there is none either.
        is_linked = has_asked_on or (key[1] is not None and key[1].are_linked)
        confirmable = () if is_linked else conditions(key[0], responses[0])
        kept = self._kept.get(key)
        if kept is not None and kept.content == content:
            # Existing objects are reused, since new ones cause more runs of the garbage collector.
            kept.followed, kept.conditions = followed, confirmable
            answer = self._keep_on(key, kept)
            return answer if is_small else replace(answer, responses=responses)
        answer = Answer(responses=responses, version=next(self._versions))
        self._kept.pop(key, None)
        self._kept[key] = _Kept(
            answer=answer if is_small else replace(answer, responses=()),
            content=content,
            conditions=confirmable,
            followed=followed,
            received_at=self._clock.now(),
        )
        if len(self._kept) > _MAX_KEPT_ANSWERS:
            self._kept.popitem(last=False)
        return answer


def _pages_timeout(timeout: float) -> float:
    """Return the seconds that all pages after the first may take together."""
    return max(timeout, _TOTAL_TIMEOUT_SECONDS)


def _content(responses: tuple[Response, ...]) -> tuple[tuple[int, bytes], ...]:
    # With the status: a 204 is parsed differently from a 200 with an empty body. As tuples: Python
    # does not look for garbage in those, and there is one for each resource of a home.
    return tuple([(response.status, response.body) for response in responses])


async def _digest(responses: tuple[Response, ...]) -> bytes:
    """Return a digest of what `_content` returns, made off the event loop."""

    def digest() -> bytes:
        made = sha256()
        for status, body in _content(responses):
            made.update(b"%d %d " % (status, len(body)))
            made.update(body)
        return made.digest()

    return await asyncio.get_running_loop().run_in_executor(None, digest)


async def _after(
    pages: Pages,
    request: ApiRequest,
    response: Response,
    known: _Followed,
    followed: _Followed,
) -> PageAfter:
    """Return what a page says of the next one; a page that came again is not parsed again."""
    if not is_large([response]):
        return pages.after(request, response, await _parsed(response))
    # Some pages say in a header what follows.
    link = (response.header("Link") or "").encode(errors="replace")
    place = (request, await _digest((response,)) + link)
    followed[place] = (
        known[place]
        if place in known
        else pages.after(request, response, await _parsed(response))
    )
    return followed[place]


async def _parsed(response: Response) -> object:
    """Return the document of a page, None where it cannot be parsed."""
    content_type = response.header("Content-Type")
    try:
        if not is_large([response]):
            return parse_document(response.body, content_type)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            None, parse_document, response.body, content_type
        )
    except UnreadableDocument:
        return None
