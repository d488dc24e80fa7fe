"""A disk that takes nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
import resource


@contextmanager
def full_disk() -> Iterator[None]:
    """Let no file grow, whoever writes it and however."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
