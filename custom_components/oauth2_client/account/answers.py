"""Fetches an API's answers: equal requests share one answer, and unchanged content is not read again."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from copy import replace
from itertools import count
from typing import TYPE_CHECKING, Final, Protocol

from ..api.answer import LARGE_BYTES
from ..api.request import ApiRequest, Pairs
from ..document.parsing import UnreadableDocument, parse_document
from ..oauth2 import Response, TemporaryFailure
from ..oauth2.frozen import Frozen
from ..wire.clock import Clock
from ..wire.transport import DEFAULT_TIMEOUT_SECONDS, MAX_API_BYTES

if TYPE_CHECKING:
    from ..api.paging import Pages

# So many answers are kept to be given again; of a larger one, only its version.
_MOST_KEPT: Final = 32
_LARGEST_KEPT_BYTES: Final = 256 * 1024
# For all pages after the first, where one alone may not take longer.
_TOTAL_TIMEOUT_SECONDS: Final = 120.0
_CONDITIONS: Final = frozenset({"if-none-match", "if-modified-since"})


class Send(Protocol):
    """Sends a request of an account."""

    async def __call__(self, request: ApiRequest, *, timeout: float) -> Response:
        """Return the response, whatever its status. Raises OAuth2Error."""


class Answer(Frozen):
    """What an API answered, in as many responses as it has pages.

    Two answers of one `version` say the same; who has read that version need not read it again,
    and may be given no responses. The last response may be a refusal.
    """

    responses: tuple[Response, ...]
    version: int


class _Kept:
    """An answer that may be given again."""

    def __init__(self, answer: Answer, conditions: Pairs, received_at: float) -> None:
        self.answer = answer
        # Headers that ask whether anything is new (RFC 9110, 13.1).
        self.conditions = conditions
        self.received_at = received_at


type _Key = tuple[ApiRequest, Pages | None]
# What is asked, and the version that may be answered with 304.
type _InFlight = tuple[_Key, int | None]


class Answers:
    """Fetches answers for whoever asks, as few times as will do."""

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
    ) -> Answer:
        """Return the answer to a request.

        One that is not older than `max_age` seconds is given again. `known` is the version that
        the caller has read, to be asked for only if there is another. Whoever asks the same
        meanwhile gets the same answer. `timeout` is in seconds and for each page; all of them together may take two minutes, or as long as one.

        Raises OAuth2Error.
        """
        key = (request, pages)
        if (fresh := self._fresh(key, max_age, known)) is not None:
            return fresh
        in_flight = (key, self._condition_of(key, known))
        while (shared := self._in_flight.get(in_flight)) is not None:
            await asyncio.wait([shared])
            if not shared.cancelled():
                return shared.result()
        return await self._fetch_for_all(in_flight, known, timeout)

    async def _fetch_for_all(
        self, in_flight: _InFlight, known: int | None, timeout: float
    ) -> Answer:
        """Fetch for this caller, and for those who ask the same meanwhile.

        Where this caller is cancelled, one of the others asks again.
        """
        shared: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._in_flight[in_flight] = shared
        try:
            answer = await self._fetch(in_flight[0], known, timeout)
        except Exception as err:
            shared.set_exception(err)
            # Retrieved, so that asyncio does not log it where nobody else waits.
            shared.exception()
            raise
        else:
            shared.set_result(answer)
            return answer
        finally:
            del self._in_flight[in_flight]
            # Nothing happens where it is done.
            shared.cancel()

    def _fresh(self, key: _Key, max_age: float, known: int | None) -> Answer | None:
        if (kept := self._kept.get(key)) is None:
            return None
        # A clock that was put back makes nothing fresh.
        if not 0 <= self._clock.now() - kept.received_at < max_age:
            return None
        return kept.answer if self._is_of_use(kept, known) else None

    def _is_of_use(self, kept: _Kept, known: int | None) -> bool:
        """Tell whether what is kept serves a caller that has read this version."""
        return bool(kept.answer.responses) or kept.answer.version == known

    def _condition_of(self, key: _Key, known: int | None) -> int | None:
        """Return the version that a request may be answered with 304 for; None for none."""
        kept = self._kept.get(key)
        if kept is None or not kept.conditions or not self._is_of_use(kept, known):
            return None
        return kept.answer.version

    async def _fetch(self, key: _Key, known: int | None, timeout: float) -> Answer:
        request, pages = key
        kept = self._kept.get(key)
        conditional = request
        if kept is not None and self._condition_of(key, known) is not None:
            conditional = replace(request, headers=request.headers + kept.conditions)
        response = await self._send(conditional, timeout=timeout)
        if response.status == 304 and kept and conditional is not request:
            return self._keep_on(key, kept)
        if pages is None:
            return self._keep(key, (response,))
        try:
            async with asyncio.timeout(max(timeout, _TOTAL_TIMEOUT_SECONDS)):
                further = await self._further(request, pages, response, timeout)
        except TimeoutError:
            raise TemporaryFailure("timeout") from None
        return self._keep(key, (response, *further))

    async def _further(
        self, request: ApiRequest, pages: Pages, response: Response, timeout: float
    ) -> list[Response]:
        """Return the pages after the first, up to one that is refused."""
        further: list[Response] = []
        size = len(response.body)
        following: ApiRequest | None = replace(request, url=self._resolve(request.url))
        while following and response.status == 200 and len(further) + 1 < pages.most:
            document = await _parsed(response)
            following = pages.next_request(following, response, document)
            if following is None:
                break
            response = await self._send(following, timeout=timeout)
            further.append(response)
            size += len(response.body)
            if size > MAX_API_BYTES:
                raise TemporaryFailure("response_too_large")
        return further

    def _keep_on(self, key: _Key, kept: _Kept) -> Answer:
        """Return an answer that is still the newest."""
        kept.received_at = self._clock.now()
        if self._kept.get(key) is kept:
            self._kept.move_to_end(key)
        return kept.answer

    def _keep(self, key: _Key, responses: tuple[Response, ...]) -> Answer:
        """Return the answer of responses, and keep it where it may be given again."""
        kept = self._kept.pop(key, None)
        if not all(200 <= response.status < 300 for response in responses):
            return Answer(responses=responses, version=next(self._versions))
        if kept is not None and _content(kept.answer.responses) == _content(responses):
            version = kept.answer.version
        else:
            version = next(self._versions)
        answer = Answer(responses=responses, version=version)
        size = sum(len(response.body) for response in responses)
        self._kept[key] = _Kept(
            answer=answer
            if size <= _LARGEST_KEPT_BYTES
            else replace(answer, responses=()),
            conditions=_conditions(key, responses),
            received_at=self._clock.now(),
        )
        if len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)
        return answer


def _conditions(key: _Key, responses: tuple[Response, ...]) -> Pairs:
    """Return what asks whether an answer has changed, none where that cannot be asked.

    Only of one page: that nothing is new on the first does not tell of the others, nor, where a
    header links to them, whether there are any.
    """
    request, pages = key
    if pages is not None and pages.are_linked:
        return ()
    own = {name.lower() for name, _ in request.headers}
    if request.method != "GET" or len(responses) > 1 or own & _CONDITIONS:
        return ()
    if etag := responses[0].header("ETag"):
        # RFC 9110, 13.1.3: it would win over the date.
        return (("If-None-Match", etag),)
    if modified := responses[0].header("Last-Modified"):
        return (("If-Modified-Since", modified),)
    return ()


def _content(responses: tuple[Response, ...]) -> list[tuple[int, bytes]]:
    # A 204 says something else than an empty body.
    return [(response.status, response.body) for response in responses]


async def _parsed(response: Response) -> object:
    """Return the document of a page; None for what is none, after which there is no other."""
    content_type = response.header("Content-Type")
    try:
        if len(response.body) < LARGE_BYTES:
            return parse_document(response.body, content_type)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            None, parse_document, response.body, content_type
        )
    except UnreadableDocument:
        return None
