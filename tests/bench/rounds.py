"""Runs what the figures need, interleaved, in one process."""

from collections.abc import Callable, Iterable, Mapping
import gc
import itertools
from random import Random
from statistics import median
from typing import Final

from homeassistant.core import HomeAssistant

from .answers import answer, large_answer, large_numbers, numbers
from .figures import FLOOR, OURS, REST, Medians, Sample, Stall, Update
from .home import running_home
from .measure import duration, longest_stall
from .readers import LARGE, Reader, large_parser, set_up_floor, set_up_ours, set_up_rest
from .site import Site, running_site

_WARM_UP: Final = 3


async def run(
    samples: Iterable[Sample], *, rounds: int, progress: Callable[[str], None]
) -> Medians:
    """Return the medians of samples, each taken once a round."""
    wanted = sorted(set(samples), key=repr)
    taken: dict[Sample, list[float]] = {sample: [] for sample in wanted}
    async with running_site() as site, running_home() as hass:
        progress("setting up")
        bench = await _set_up(hass, site, wanted)
        for number in range(-_WARM_UP, rounds):
            progress(f"round {number + 1} of {rounds}" if number >= 0 else "warm-up")
            gc.collect()
            for sample in _order(wanted, number):
                milliseconds = await bench.take(sample)
                if number >= 0:
                    taken[sample].append(milliseconds)
    return {sample: median(all_of_it) for sample, all_of_it in taken.items()}


def _order(samples: list[Sample], number: int) -> list[Sample]:
    """Return the samples in another order each round, so that none always follows the same one."""
    shuffled = Random(number).sample(samples, len(samples))
    # What parsed ten megabytes leaves behind is felt by whoever comes next: they come last.
    return sorted(shuffled, key=lambda sample: isinstance(sample, Stall))


async def _set_up(hass: HomeAssistant, site: Site, samples: list[Sample]) -> Bench:
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
        _check_alike(hass, ours[path], reader)
    floor = set_up_floor(hass, site, ours)
    return Bench(hass, site, {OURS: ours, REST: rest, FLOOR: floor})


class Bench:
    """Takes samples, and makes sure that what was timed was done."""

    def __init__(
        self,
        hass: HomeAssistant,
        site: Site,
        readers: Mapping[str, Mapping[str, Reader]],
    ) -> None:
        self._hass = hass
        self._site = site
        self._readers = readers
        self._generations = itertools.count(1)

    async def take(self, sample: Sample) -> float:
        """Return one sample, in milliseconds."""
        if isinstance(sample, Stall):
            return await self._stall(sample)
        return await self._update(sample)

    async def _update(self, sample: Update) -> float:
        path = str(sample.values)
        reader = self._readers[sample.by][path]
        generation = next(self._generations)
        body = answer(sample.values, generation)
        if not sample.changed:
            await self._site.put(path, body)
        # Each comes from an update of its own, so that none pays for what another one did.
        await reader.update()
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


def _check_alike(hass: HomeAssistant, ours: Reader, rest: Reader) -> None:
    """Make sure that both write as much: each state with the same attributes but for its name."""
    for pair in zip(ours.entities, rest.entities, strict=True):
        written = [
            {**state.attributes, "friendly_name": None}
            for entity_id in pair
            if (state := hass.states.get(entity_id)) is not None
        ]
        if len(written) != 2 or written[0] != written[1]:
            raise RuntimeError(f"Not alike: {written}")
