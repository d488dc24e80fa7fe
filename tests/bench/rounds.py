"""Runs what the figures need, interleaved; all but the starts in one process."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AsyncExitStack
import gc
import itertools
from random import Random
from statistics import median
import tempfile
from typing import Final

from custom_components.oauth2_client.const import DOMAIN
from homeassistant.core import HomeAssistant

from .answers import answer, large_answer, large_numbers, numbers
from .bare_updates import set_up_bare_updates
from .catalogue import take_catalogue
from .crowds import Crowds
from .figures import (
    BEST,
    FLOOR,
    OURS,
    PLAIN,
    REST,
    Catalogue,
    Crowd,
    FirstForm,
    Get,
    HugeAnswer,
    Measured,
    Sample,
    Stall,
    Stampede,
    StartUp,
    Update,
)
from .home import running_home
from .large import LargeAnswer, set_up_large_answer
from .measure import duration, longest_stall
from .readers import (
    LARGE,
    Reader,
    check_alike,
    large_parser,
    set_up_floor,
    set_up_ours,
    set_up_rest,
)
from .requests import Requests, set_up_requests
from .site import Site, running_site
from .stampede import take_stampede
from .starts import Starts

# An update of fewer values is repeated until this many were updated.
_VALUES: Final = 500


async def run(
    samples: Iterable[Sample],
    *,
    warm_up: int,
    rounds: int,
    accounts: int,
    progress: Callable[[str], None],
) -> Measured:
    """Return the medians of samples, each taken once a round; of starts, the shortest.

    A crowd, of so many `accounts`, and a stampede are taken once.
    """
    wanted = list(dict.fromkeys(samples))
    taken: dict[Sample, list[float]] = {sample: [] for sample in wanted}
    async with AsyncExitStack() as stack:
        progress("setting up")
        site = await stack.enter_async_context(running_site())
        starts = Starts(stack.enter_context(tempfile.TemporaryDirectory()), site)
        if any(_is_start(sample) for sample in wanted):
            await starts.prepare()
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        hass = await stack.enter_async_context(running_home(folder))
        bench = await _set_up(hass, site, starts, Crowds(site, accounts), wanted)
        for sample in wanted:
            if _is_taken_once(sample):
                progress(sample.row)
                taken[sample].append(await bench.take(sample))
        wanted = [sample for sample in wanted if not _is_taken_once(sample)]
        if not wanted:
            warm_up = rounds = 0
        for number in range(-warm_up, rounds):
            progress(f"round {number + 1} of {rounds}" if number >= 0 else "warm-up")
            starts.begin_round()
            gc.collect()
            for sample in _order(wanted, number):
                # For starts, one warm-up is enough: each is as cold as the one before.
                if number < -1 and _is_start(sample):
                    continue
                milliseconds = await bench.take(sample)
                if number >= 0:
                    taken[sample].append(milliseconds)
    return {sample: _summary(sample, all_of_it) for sample, all_of_it in taken.items()}


def _summary(sample: Sample, taken: list[float]) -> float:
    # Whatever else the machine does can only make a start longer, a long one by more.
    return min(taken) if _is_start(sample) else median(taken)


def _is_taken_once(sample: Sample) -> bool:
    return isinstance(sample, Crowd | Stampede)


def _is_start(sample: Sample) -> bool:
    return isinstance(sample, StartUp | FirstForm)


def _order(samples: list[Sample], number: int) -> list[Sample]:
    """Return the samples in another order each round, so that none always follows the same one."""
    shuffled = Random(number).sample(samples, len(samples))
    # What parsed ten megabytes leaves behind is felt by whoever comes next: they come last.
    return sorted(shuffled, key=lambda sample: isinstance(sample, Stall | HugeAnswer))


async def _set_up(
    hass: HomeAssistant,
    site: Site,
    starts: Starts,
    crowds: Crowds,
    samples: list[Sample],
) -> Bench:
    updates = [sample for sample in samples if isinstance(sample, Update)]
    counts = sorted({sample.values for sample in updates})
    by_rest = sorted({sample.values for sample in updates if sample.by == REST})
    large = any(isinstance(sample, Stall) for sample in samples)
    for count in counts:
        await site.put(str(count), answer(count, 0))
    if large:
        await site.put(LARGE, large_answer(0))
    ours = await set_up_ours(hass, site, counts, large=large)
    rest = await set_up_rest(hass, site, by_rest)
    for path, reader in rest.items():
        check_alike(hass, ours[path], reader)
    floor = set_up_floor(hass, site, ours)
    bare = {}
    if any(sample.by in (BEST, PLAIN) for sample in updates):
        bare = await set_up_bare_updates(hass, site, ours)
    [entry] = hass.config_entries.async_entries(DOMAIN)
    return Bench(
        hass,
        site,
        readers={OURS: ours, REST: rest, FLOOR: floor, **bare},
        requests=await set_up_requests(hass, site, entry.entry_id),
        starts=starts,
        huge=await set_up_large_answer(hass, site, entry.entry_id)
        if any(isinstance(sample, HugeAnswer) for sample in samples)
        else None,
        crowds=crowds,
    )


class Bench:
    """Takes samples, and makes sure that what was timed was done."""

    def __init__(
        self,
        hass: HomeAssistant,
        site: Site,
        *,
        readers: Mapping[str, Mapping[str, Reader]],
        requests: Requests,
        starts: Starts,
        crowds: Crowds,
        huge: LargeAnswer | None = None,
    ) -> None:
        self._hass = hass
        self._huge = huge
        self._site = site
        self._readers = readers
        self._requests = requests
        self._starts = starts
        self._crowds = crowds
        self._generations = itertools.count(1)

    async def take(self, sample: Sample) -> float:
        """Return one sample, in milliseconds."""
        match sample:
            case Update():
                # A short one is felt by whatever else the machine does: several make a sample.
                times = range(max(1, _VALUES // sample.values))
                return median([await self._update(sample) for _ in times])
            case Get():
                return await self._requests.take(sample)
            case Stall():
                return await self._stall(sample)
            case HugeAnswer():
                assert self._huge is not None
                return await self._huge.take(sample)
            case Crowd():
                return await self._crowds.take(sample)
            case Catalogue():
                return take_catalogue(sample)
            case Stampede():
                return await take_stampede(self._hass, self._site)
            case StartUp() | FirstForm():
                return await self._starts.take(sample)

    async def _update(self, sample: Update) -> float:
        path = str(sample.values)
        reader = self._readers[sample.by][path]
        generation = next(self._generations)
        body = answer(sample.values, generation)
        if not sample.changed:
            await self._site.put(path, body)
        # Each comes from an update of its own, so that none pays for what another one did.
        await reader.update()
        # Whoever listens to the states has its turn before the next one is timed.
        await self._hass.async_block_till_done()
        if sample.changed:
            await self._site.put(path, body)
        milliseconds = await duration(reader.update)
        self._check_states(reader.entities, numbers(sample.values, generation))
        return milliseconds

    async def _stall(self, sample: Stall) -> float:
        generation = next(self._generations)
        body = large_answer(generation)
        if sample.by == FLOOR:
            return await longest_stall(large_parser(self._hass, body))
        await self._site.put(LARGE, body)
        reader = self._readers[sample.by][LARGE]
        milliseconds = await longest_stall(reader.update)
        self._check_states(reader.entities, large_numbers(generation))
        return milliseconds

    def _check_states(self, entities: Iterable[str], expected: list[float]) -> None:
        states = [self._hass.states.get(entity_id) for entity_id in entities]
        shown = [None if state is None else float(state.state) for state in states]
        if shown != expected:
            raise RuntimeError("An update did not write the states that it should")
