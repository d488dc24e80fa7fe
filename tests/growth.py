"""How the time of a function grows with what it is given, whatever else the machine does.

Time is this thread's on the processor, without the collections of garbage that others caused.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
import gc
import signal
from time import thread_time
from typing import Final

# A short one too: some refuse what is long, and take ages for what is not.
_SIZES: Final = (32, 512, 1 << 14)
# What takes linear time takes a small part of this; exponential time has no end.
_LONGEST_SECONDS: Final = 2.0
# What takes this long tells how the time grows.
_TELLING_SECONDS: Final = 0.005
# A size to compare with, and how much longer eight times as much may take: eight times in linear
# time, and sixty-four times in quadratic.
_SHARE: Final = 8
_MOST_GROWTH: Final = 24.0
# Enough for one run of each length that nothing disturbs.
_REPEATS: Final = 5


def takes_more_than_linear_time[T](
    make: Callable[[int], T], run: Callable[[T], object]
) -> bool:
    """Return whether the time that `run` takes grows by more than the size of what `make` makes."""
    return bool(takes_more_than_linear_time_for({"": make}, run))


def takes_more_than_linear_time_for[T](
    makes: Mapping[str, Callable[[int], T]], run: Callable[[T], object]
) -> list[str]:
    """Return the names of those with which the time that `run` takes grows so."""
    with _no_collection(), _alarm_raises():
        return [name for name, make in makes.items() if _is_slow(make, run)]


def _is_slow[T](make: Callable[[int], T], run: Callable[[T], object]) -> bool:
    def seconds(size: int) -> float:
        made = make(size)
        begun = thread_time()
        run(made)
        return thread_time() - begun

    signal.setitimer(signal.ITIMER_VIRTUAL, _LONGEST_SECONDS)
    try:
        # A plain loop: most end in microseconds, and there are a hundred thousand.
        for size in _SIZES:
            # What only seemed to take long, since something disturbed it, is tried with more.
            if seconds(size) > _TELLING_SECONDS and _takes_longer(
                partial(seconds, size), partial(seconds, size // _SHARE), _MOST_GROWTH
            ):
                return True
    except _Endless:
        return True
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return False


def takes_longer(
    long: Callable[[], object], short: Callable[[], object], times: float
) -> bool:
    """Return whether a job takes more than so many times as long as another."""

    def seconds(job: Callable[[], object]) -> float:
        begun = thread_time()
        job()
        return thread_time() - begun

    with _no_collection():
        return _takes_longer(lambda: seconds(long), lambda: seconds(short), times)


def _takes_longer(
    long: Callable[[], float], short: Callable[[], float], times: float
) -> bool:
    """Compare the fastest runs of both, which take turns: both meet the same machine.

    A time below `_TELLING_SECONDS` is not long.
    """
    longest, shortest = [], []
    for _ in range(_REPEATS):
        shortest.append(short())
        longest.append(long())
        if min(longest) <= max(_TELLING_SECONDS, times * min(shortest)):
            return False
    return True


class _Endless(BaseException):
    """Raised in what takes too long, which may catch every `Exception`."""


@contextmanager
def _alarm_raises() -> Iterator[None]:
    """Let the timer of this process's time on the processor raise `_Endless`."""

    def stop(*_: object) -> None:
        raise _Endless

    before = signal.signal(signal.SIGVTALRM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGVTALRM, before)


@contextmanager
def _no_collection() -> Iterator[None]:
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()
