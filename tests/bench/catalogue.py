"""Measures the catalogue: how long reading it takes, and what stays in memory."""

from collections.abc import Callable
import gc
from time import perf_counter
import tracemalloc
from typing import Final

from custom_components.oauth2_client.catalogue import load_provider, load_summaries

from .figures import Catalogue

# In the middle of the files, as they are read in the order of their names.
_SERVICE: Final = "spotify"
_MEGABYTE: Final = 1_000_000


def take_catalogue(sample: Catalogue) -> float:
    """Return one sample, in milliseconds or, of memory, in megabytes."""
    if sample.what == "entry":
        return _duration(lambda: load_provider(_SERVICE))
    load_summaries.cache_clear()
    if sample.what == "list":
        return _duration(load_summaries)
    gc.collect()
    tracemalloc.start()
    try:
        load_summaries()
        gc.collect()
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return held / _MEGABYTE


def _duration(work: Callable[[], object]) -> float:
    begun = perf_counter()
    work()
    return (perf_counter() - begun) * 1000
