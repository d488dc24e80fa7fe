"""Fetches an API's answers. Equal requests share one; unchanged content is not parsed again."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from copy import replace
from functools import partial
from hashlib import sha256
from itertools import count
from typing import TYPE_CHECKING, Final, Protocol

from ..api.answer import is_large
from ..api.request import ApiRequest, Pairs
from ..document.parsing import UnreadableDocument, parse_document
from ..oauth2 import Response, TemporaryFailure
from ..oauth2.frozen import Frozen
from ..wire.clock import Clock
from ..wire.transport import DEFAULT_TIMEOUT_SECONDS, MAX_API_BYTES

if TYPE_CHECKING:
    from ..api.paging import Pages

# Answers that are kept for reuse.
_MAX_KEPT_ANSWERS: Final = 32
# Of a larger answer, only version and digest are kept.
_MAX_KEPT_BYTES: Final = 256 * 1024
# For all pages after the first together, unless the timeout of one page is longer.
_TOTAL_TIMEOUT_SECONDS: Final = 120.0
_CONDITIONS: Final = frozenset({"if-none-match", "if-modified-since"})


class Send(Protocol):
    """Sends a request of an account."""

    async def __call__(
        self, request: ApiRequest, *, timeout: float, is_poll: bool
    ) -> Response:
        """Return the response, whatever its status. Raises OAuth2Error."""


class Answer(Frozen):
    """An API's answer: one response for each page. The last one may be a refusal.

    Answers with the same `version` have the same content. `responses` may be empty where the caller
    has read that version already.
    """

    responses: tuple[Response, ...]
    version: int


# The request of the page after a large one, by that one's request and digest.
type _Followed = dict[tuple[ApiRequest, bytes], ApiRequest | None]


class _Kept:
    """An answer that is kept for reuse."""

    def __init__(
        self,
        answer: Answer,
        content: object,
        conditions: Pairs,
        followed: _Followed,
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
        self,
        send: Send,
        resolve: Callable[[str], str],
        *,
        clock: Clock,
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
        if (fresh := self._fresh(key, max_age, known)) is not None:
            return fresh
        in_flight = (key, self._condition_of(key, known), is_poll)
        longest = timeout + _pages_timeout(timeout) * (pages is not None)
        while (shared := self._shared(in_flight)) is not None:
            if not (await asyncio.wait([shared], timeout=longest))[0]:
                # Who asked first allows the API more time than this caller does.
                raise TemporaryFailure("timeout")
            if not shared.cancelled():
                return shared.result()
        return await self._fetch_for_all(in_flight, known, timeout)

    def _shared(self, in_flight: _InFlight) -> asyncio.Future[Answer] | None:
        """Return the answer that is on its way to an equal request, None where there is none."""
        key, condition, is_poll = in_flight
        shared = self._in_flight.get((key, condition, False))
        if shared is None and is_poll:
            shared = self._in_flight.get(in_flight)
        return shared

    async def _fetch_for_all(
        self, in_flight: _InFlight, known: int | None, timeout: float
    ) -> Answer:
        """Fetch for this caller, and for those that wait for the same answer.

        If this caller is cancelled, one of the others sends the request again.
        """
        shared: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._in_flight[in_flight] = shared
        try:
            answer = await self._fetch(in_flight, known, timeout)
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

    async def _fetch(
        self, in_flight: _InFlight, known: int | None, timeout: float
    ) -> Answer:
        key, _, is_poll = in_flight
        request, pages = key
        send = partial(self._send, timeout=timeout, is_poll=is_poll)
        kept = self._kept.get(key)
        conditional = request
        if kept is not None and self._condition_of(key, known) is not None:
            conditional = replace(request, headers=request.headers + kept.conditions)
        response = await send(conditional)
        if response.status == 304 and kept and conditional is not request:
            return self._keep_on(key, kept)
        if pages is None:
            return await self._keep(key, (response,), {})
        before = {} if kept is None else kept.followed
        followed: _Followed = {}
        try:
            async with asyncio.timeout(_pages_timeout(timeout)):
                further = await self._further(key, response, send, before, followed)
        except TimeoutError:
            raise TemporaryFailure("timeout") from None
        return await self._keep(key, (response, *further), followed)

    async def _further(
        self,
        key: _Key,
        response: Response,
        send: Callable[[ApiRequest], Awaitable[Response]],
        before: _Followed,
        followed: _Followed,
    ) -> list[Response]:
        """Return the pages after the first: to the last, the limit, or one that is refused.

        What follows large pages is noted in `followed`; those that are in `before` are not parsed.
        """
        request, pages = key
        assert pages is not None
        further: list[Response] = []
        size = len(response.body)
        following: ApiRequest | None = replace(request, url=self._resolve(request.url))
        while following and response.status == 200 and len(further) + 1 < pages.most:
            following = await _next(pages, following, response, before, followed)
            if following is None:
                break
            response = await send(following)
            further.append(response)
            size += len(response.body)
            if size > MAX_API_BYTES:
                raise TemporaryFailure("response_too_large")
        return further

    def _keep_on(self, key: _Key, kept: _Kept) -> Answer:
        """Return a kept answer that a 304 has confirmed."""
        kept.received_at = self._clock.now()
        if self._kept.get(key) is kept:
            self._kept.move_to_end(key)
        return kept.answer

    async def _keep(
        self, key: _Key, responses: tuple[Response, ...], followed: _Followed
    ) -> Answer:
        """Return the answer made of responses; keep it for reuse unless one is a refusal."""
        if not all(200 <= response.status < 300 for response in responses):
            self._kept.pop(key, None)
            return Answer(responses=responses, version=next(self._versions))
        size = sum(len(response.body) for response in responses)
        is_small = size <= _MAX_KEPT_BYTES
        content = _content(responses) if is_small else await _digest(responses)
        kept = self._kept.pop(key, None)
        if kept is not None and kept.content == content:
            version = kept.answer.version
        else:
            version = next(self._versions)
        answer = Answer(responses=responses, version=version)
        self._kept[key] = _Kept(
            answer=answer if is_small else replace(answer, responses=()),
            content=content,
            conditions=_conditions(key, responses),
            followed=followed,
            received_at=self._clock.now(),
        )
        if len(self._kept) > _MAX_KEPT_ANSWERS:
            self._kept.popitem(last=False)
        return answer


def _pages_timeout(timeout: float) -> float:
    """Return the seconds that all pages after the first may take together."""
    return max(timeout, _TOTAL_TIMEOUT_SECONDS)


def _conditions(key: _Key, responses: tuple[Response, ...]) -> Pairs:
    """Return the headers that make the next request conditional, none where it cannot be.

    Only an answer of one page has them. A 304 for the first page does not mean that later pages are
    unchanged. Where a header links to the next page, it does not mean that there is none either.
    """
    request, pages = key
    if pages is not None and pages.are_linked:
        return ()
    own = {name.lower() for name, _ in request.headers}
    if request.method != "GET" or len(responses) > 1 or own & _CONDITIONS:
        return ()
    if etag := responses[0].header("ETag"):
        # RFC 9110, 13.1.3: beside it, If-Modified-Since would be ignored.
        return (("If-None-Match", etag),)
    if modified := responses[0].header("Last-Modified"):
        return (("If-Modified-Since", modified),)
    return ()


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


async def _next(
    pages: Pages,
    request: ApiRequest,
    response: Response,
    known: _Followed,
    followed: _Followed,
) -> ApiRequest | None:
    """Return the request of the page after one; one that came again is not parsed again."""
    if not is_large([response]):
        return pages.next_request(request, response, await _parsed(response))
    # Some pages say in a header what follows.
    link = (response.header("Link") or "").encode(errors="replace")
    place = (request, await _digest((response,)) + link)
    followed[place] = (
        known[place]
        if place in known
        else pages.next_request(request, response, await _parsed(response))
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
