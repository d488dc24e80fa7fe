"""Whether and when a request is worth another try (RFC 9110, 10.2.3 and 15)."""

from collections import deque
from collections.abc import Iterator
from functools import partial
import json
import re
from typing import Final

from .message import Response

# Request Timeout, Too Early and Too Many Requests (RFC 9110, 15.5.9; RFC 8470, 5.2; RFC 6585, 4).
_TEMPORARY_STATUSES: Final = frozenset({408, 425, 429})
# Statuses that a used-up rate limit leads to.
_RATE_LIMIT_STATUSES: Final = frozenset({429, 503})
_LONGEST_HEADER: Final = 512
# One item of a list of waits. A date contains a comma itself.
_ITEM: Final = r"(?: *(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6},)?[^,]+"
# Names of headers and of body members that hold a wait, in lower case and without separators. The group
# matches where the wait is in milliseconds.
_HEADER: Final = (
    r"(?:retry(?:after|at)|backoff|throttl(?:e|ing)(?:wait|reset)|quotareset)"
    r"(?:seconds|secs?)?(ms|milli(?:second)?s?)?"
)
_MEMBER: Final = (
    r"(?:(?:retry|reset)s?(?:after|in|delay|at|time)|resets?|wait|waittime|tryagainin|backoff"
    r"|cooldown|availablein|blockeduntil|next(?:allowed)?(?:request|call|attempt|try)(?:at|in)"
    r"|(?:seconds|time)(?:(?:un)?til(?:reset|retry)|towait))"
    r"(?:seconds|secs?|utc)?(ms|milli(?:second)?s?)?"
)
_MOST_BODY_BYTES: Final = 64 * 1024
_MOST_NODES: Final = 128
_MOST_MEMBERS: Final = 64


def is_temporary(status: int) -> bool:
    """Tell whether the same request may succeed later, as far as the status shows."""
    return status in _TEMPORARY_STATUSES or status >= 500


def retry_after(response: Response, *, now: float) -> float | None:
    """Return the seconds to wait, at most a day, None where the response does not say.

    Read from `Retry-After` and similar headers, the body of an error, and the resets of used-up rate
    limits. `now` is in seconds since the epoch; dates are compared with the server's clock where the
    `Date` header shows it.
    """
    seconds = _header_wait(response, now)
    if seconds is None and response.status >= 400:
        seconds = _body_wait(response, now)
    if seconds is None and response.status in _RATE_LIMIT_STATUSES:
        seconds = _limit_wait(response, now)
    return None if seconds is None else _bounded(seconds)


def wait_in(document: object, *, now: float) -> float | None:
    """Return the seconds to wait that the body of an error states, at most a day; None without any."""
    from .wait import seconds_until, words_wait  # noqa: PLC0415 - few answers ask to wait

    words = []
    for name, value in _members(document):
        if isinstance(value, str):
            words.append(value)
        found_name = re.fullmatch(_MEMBER, _letters(name))
        if found_name is None or isinstance(value, bool):
            continue
        text = str(value) if isinstance(value, str | int | float) else ""
        seconds = seconds_until(text, now=now, is_milliseconds=bool(found_name[1]))
        if seconds is not None:
            return _bounded(seconds)
    waits = (words_wait(text, now=now) for text in words)
    return next(map(_bounded, filter(None, waits)), None)


def _header_wait(response: Response, now: float) -> float | None:
    """Return the longest wait of one header; those in milliseconds are preferred. None without one."""
    names = {
        name: found_name
        for name in response.headers
        if (found_name := re.search(rf"{_HEADER}$", _letters(name))) is not None
    }
    if not names:
        return None
    from .wait import LONGEST_WAIT_SECONDS, seconds_until, server_time  # noqa: PLC0415 - few answers ask to wait

    server_now = server_time(response, now=now)
    for name in sorted(names, key=lambda name: not names[name][1]):
        until = partial(seconds_until, is_milliseconds=bool(names[name][1]))
        text = response.headers[name][:_LONGEST_HEADER]
        # Some servers append parameters: `30; reason=x`.
        listed = [item.partition(";")[0] for item in re.findall(_ITEM, text)]
        for items in ([text], listed):
            waits = [
                # Too long a wait may come from a wrong server clock: compare with ours.
                wait if wait <= LONGEST_WAIT_SECONDS else until(item, now=now) or wait
                for item in items
                if (wait := until(item, now=server_now)) is not None
            ]
            if waits:
                return max(waits)
    return None


def _body_wait(response: Response, now: float) -> float | None:
    if len(response.body) > _MOST_BODY_BYTES:
        return None
    text = response.body.decode("utf-8-sig", errors="replace")
    try:
        document: object = json.loads(text)
    except ValueError, RecursionError:
        document = text
    from .wait import server_time  # noqa: PLC0415 - few answers ask to wait

    return wait_in(document, now=server_time(response, now=now))


def _limit_wait(response: Response, now: float) -> float | None:
    """Return the seconds until all used-up limits are reset, None where none is known.

    For limits without a remaining number, the first reset counts, since only one of them may be used up.
    """
    from .limits import read_limits  # noqa: PLC0415 - few answers ask to wait

    waits: dict[bool, list[float]] = {True: [], False: []}
    for limit in read_limits(response, now=now):
        if limit.resets_at is not None and not limit.remaining:
            waits[limit.remaining is None].append(limit.resets_at - now)
    return max(waits[False], default=None) or min(waits[True], default=None)


def _members(document: object) -> Iterator[tuple[str, object]]:
    """Yield names and values of the members of a document, breadth first; texts in lists have no name."""
    nodes: deque[object] = deque([document])
    for _ in range(_MOST_NODES):
        if not nodes:
            return
        node = nodes.popleft()
        if isinstance(node, dict):
            for name in list(node)[:_MOST_MEMBERS]:
                yield str(name), node[name]
                nodes.append(node[name])
        elif isinstance(node, list):
            nodes.extend(node[:_MOST_MEMBERS])
        elif isinstance(node, str):
            yield "", node


def _letters(name: str) -> str:
    return re.sub(r"[^a-z]", "", name[:_MOST_MEMBERS].lower())


def _bounded(seconds: float) -> float:
    from .wait import LONGEST_WAIT_SECONDS  # noqa: PLC0415 - few answers ask to wait

    return min(max(seconds, 0.0), LONGEST_WAIT_SECONDS)
