"""Fetches answers of an API. Equal requests share an answer; unchanged content is not parsed again."""

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


# How many answers are kept for reuse.
_MAX_KEPT_ANSWERS: Final = 32
# Of a larger answer, only the version and a digest are kept.
_MAX_KEPT_BYTES: Final = 256 * 1024
# For all pages after the first together, unless the timeout for one page is longer.
_MORE_PAGES_TIMEOUT_SECONDS: Final = 120.0


class Answer(Frozen):
    """An API's answer: one response for each page. The last one may be a refusal.

    Answers with the same `version` have the same content. `responses` may be empty if the caller has
    read that version already.
    """

    responses: tuple[Response, ...]
    version: int


# What follows each large page, by the page's request and digest, known without parsing it again.
type _NextPages = dict[tuple[ApiRequest, bytes], PageAfter]


class _KeptAnswer:
    """An answer that is kept for reuse."""

    def __init__(
        self,
        answer: Answer,
        content: object,
        conditions: Pairs,
        next_pages: _NextPages | None,
        received_at: float,
    ) -> None:
        self.answer = answer
        self.next_pages = next_pages
        # The content itself or its digest: equal for answers with equal content.
        self.content = content
        # Headers that make a request conditional (RFC 9110, 13.1).
        self.conditions = conditions
        self.received_at = received_at

    def is_usable(self, known_version: int | None) -> bool:
        """Return whether it has responses, or the caller has read its version."""
        return bool(self.answer.responses) or self.answer.version == known_version


type _Key = tuple[ApiRequest, Pages | None]
# A request that is under way, the version that a 304 would confirm, and whether it is a poll.
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
        self._kept: OrderedDict[_Key, _KeptAnswer] = OrderedDict()
        self._in_flight: dict[_InFlight, asyncio.Future[Answer]] = {}

    async def fetch(
        self,
        request: ApiRequest,
        *,
        pages: Pages | None = None,
        timeout: float = DEFAULT_TIMEOUT_SECONDS,
        max_age: float = 0.0,
        known_version: int | None = None,
        is_poll: bool = False,
    ) -> Answer:
        """Return the answer to a request, with all its pages.

        An answer that is younger than `max_age` seconds is reused. `known_version` is the version that
        the caller has read; an answer of that version may have no responses. Callers with an equal
        request share the answer of the first one; but one that does not poll never waits for a poll,
        which may itself wait for its turn. `timeout` is in seconds for each page; the pages after the
        first may take two minutes together, or `timeout` if that is longer.

        Raises OAuth2Error.
        """
        key = (request, pages)
        if max_age and (fresh := self._fresh(key, max_age, known_version)) is not None:
            return fresh
        in_flight = (key, self._condition_of(key, known_version), is_poll)
        while (shared := self._shared(in_flight)) is not None:
            longest_wait = timeout + _pages_timeout(timeout) * (pages is not None)
            if not (await asyncio.wait([shared], timeout=longest_wait))[0]:
                # The caller that sent the request has a longer timeout than this one.
                raise TemporaryFailure("timeout")
            if not shared.cancelled():
                return shared.result()
        return await self._fetch_for_all(in_flight, timeout)

    def forget(self, request: ApiRequest, pages: Pages | None) -> None:
        """Do not reuse the answer to a request: it turned out to be an error."""
        self._kept.pop((request, pages), None)

    def _shared(self, in_flight: _InFlight) -> asyncio.Future[Answer] | None:
        """Return the future answer to an equal request that is under way, None without such one."""
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
            # Marks the exception as retrieved. Otherwise asyncio logs it if no other caller waits.
            shared.exception()
            raise
        else:
            shared.set_result(answer)
            return answer
        finally:
            del self._in_flight[in_flight]
            # Has an effect only if this caller was cancelled: otherwise the future is done.
            shared.cancel()

    def _fresh(
        self, key: _Key, max_age: float, known_version: int | None
    ) -> Answer | None:
        if (kept := self._kept.get(key)) is None:
            return None
        # The age is negative after the clock was set back.
        if not 0 <= self._clock.now() - kept.received_at < max_age:
            return None
        return kept.answer if kept.is_usable(known_version) else None

    def _condition_of(self, key: _Key, known_version: int | None) -> int | None:
        """Return the version that a 304 would confirm, None where the request is unconditional."""
        kept = self._kept.get(key)
        if kept is None or not kept.conditions or not kept.is_usable(known_version):
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
            return self._confirm(key, kept)
        if pages is None:
            return await self._keep(key, (response,), None, is_paged=False)
        previous = (None if kept is None else kept.next_pages) or {}
        next_pages: _NextPages = {}
        send = partial(self._send, timeout=timeout, is_poll=is_poll)
        try:
            async with asyncio.timeout(_pages_timeout(timeout)):
                more_pages, is_paged = await self._more_pages(
                    key, response, send, previous, next_pages
                )
        except TimeoutError:
            raise TemporaryFailure("timeout") from None
        responses = (response, *more_pages)
        return await self._keep(key, responses, next_pages, is_paged=is_paged)

    async def _more_pages(
        self,
        key: _Key,
        response: Response,
        send: Callable[[ApiRequest], Awaitable[Response]],
        previous: _NextPages,
        next_pages: _NextPages,
    ) -> tuple[list[Response], bool]:
        """Return the pages after the first, up to the last, the limit or a refusal.

        A page that repeats an earlier one is left out. Also return whether any page was requested. What
        follows a large page is added to `next_pages`; a page in `previous` is not parsed again.
        """
        request, pages = key
        assert pages is not None
        from ..api.next_address import VisitedPages, is_page  # noqa: PLC0415 - imported with the pages of the key

        more_pages: list[Response] = []
        size = len(response.body)
        current = replace(request, url=self._resolve(request.url))
        visited = VisitedPages(current)
        while is_page(response) and len(more_pages) + 1 < pages.most:
            page = await _next_page(pages, current, response, previous, next_pages)
            if visited.has_seen(page.digest):
                # Some APIs repeat the last page, or the first, for ever.
                more_pages.pop()
                break
            if not visited.add(page.following):
                break
            response = await send(page.following)
            if pages.is_past_end(page, current, response):
                break
            current = page.following
            more_pages.append(response)
            size += len(response.body)
            if size > MAX_API_BYTES:
                raise TemporaryFailure("response_too_large")
        return more_pages, visited.are_several

    def _confirm(self, key: _Key, kept: _KeptAnswer) -> Answer:
        """Return a kept answer whose content is the same now."""
        kept.received_at = self._clock.now()
        if self._kept.get(key) is kept:
            self._kept.move_to_end(key)
        return kept.answer

    async def _keep(
        self,
        key: _Key,
        responses: tuple[Response, ...],
        next_pages: _NextPages | None,
        *,
        is_paged: bool,
    ) -> Answer:
        """Return the answer with these responses; keep it for reuse unless one is a refusal."""
        if any(map(is_refusal, responses)):
            self._kept.pop(key, None)
            return Answer(responses=responses, version=next(self._versions))
        size = total_bytes(responses)
        is_small = size <= _MAX_KEPT_BYTES
        content = _content(responses) if is_small else await _digest(responses)
        # A 304 for the first page does not mean that later pages are unchanged, or that there are still
        # none where a header links to them. Such requests are sent without conditions.
        request, pages = key
        may_have_more = is_paged or (pages is not None and pages.are_linked)
        next_conditions = () if may_have_more else conditions(request, responses[0])
        kept = self._kept.get(key)
        if kept is not None and kept.content == content:
            # Existing objects are reused, since new ones cause more runs of the garbage collector.
            kept.next_pages, kept.conditions = next_pages, next_conditions
            answer = self._confirm(key, kept)
            return answer if is_small else replace(answer, responses=responses)
        answer = Answer(responses=responses, version=next(self._versions))
        self._kept.pop(key, None)
        self._kept[key] = _KeptAnswer(
            answer=answer if is_small else replace(answer, responses=()),
            content=content,
            conditions=next_conditions,
            next_pages=next_pages,
            received_at=self._clock.now(),
        )
        if len(self._kept) > _MAX_KEPT_ANSWERS:
            self._kept.popitem(last=False)
        return answer


def _pages_timeout(timeout: float) -> float:
    """Return the seconds that all pages after the first may take together."""
    return max(timeout, _MORE_PAGES_TIMEOUT_SECONDS)


def _content(responses: tuple[Response, ...]) -> tuple[tuple[int, bytes], ...]:
    # With the status: a 204 is parsed differently from a 200 with an empty body. In tuples: one with
    # plain values costs the garbage collector no time, and each resource has one.
    return tuple([(response.status, response.body) for response in responses])


async def _digest(responses: tuple[Response, ...]) -> bytes:
    """Return a digest of what `_content` returns, computed off the event loop."""

    def digest() -> bytes:
        content_hash = sha256()
        for status, body in _content(responses):
            content_hash.update(b"%d %d " % (status, len(body)))
            content_hash.update(body)
        return content_hash.digest()

    return await asyncio.get_running_loop().run_in_executor(None, digest)


async def _next_page(
    pages: Pages,
    request: ApiRequest,
    response: Response,
    previous: _NextPages,
    next_pages: _NextPages,
) -> PageAfter:
    """Return what follows a page. A large page that is in `previous` is not parsed again."""
    if not is_large([response]):
        return pages.after(request, response, await _parsed(response))
    # Some pages name the next one in a header.
    link = (response.header("Link") or "").encode(errors="replace")
    key = (request, await _digest((response,)) + link)
    next_pages[key] = (
        previous[key]
        if key in previous
        else pages.after(request, response, await _parsed(response))
    )
    return next_pages[key]


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
