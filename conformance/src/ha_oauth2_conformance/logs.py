"""What was logged at DEBUG while a check ran."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
import logging
from typing import Final, override

# What an author cannot change: Home Assistant's own lines, the web server's, and those of the tests.
_OTHERS: Final = (
    "homeassistant.",
    "aiohttp",
    "asyncio",
    "ha_oauth2_conformance",
    "pytest_homeassistant_custom_component",
)
# Where Home Assistant logs what an integration raises.
_TELLING: Final = (
    "homeassistant.config_entries",
    "homeassistant.data_entry_flow",
    "homeassistant.components.config",
    "homeassistant.helpers.entity_platform",
)


@dataclass(slots=True)
class Lines:
    """Records with their text, tracebacks included."""

    kept: list[tuple[str, str]] = field(default_factory=list)
    exceptions: list[str] = field(default_factory=list)

    def of(self, package: str) -> list[str]:
        """Return the lines of an integration and of the libraries that it uses."""
        return [
            text
            for logger, text in self.kept
            if logger.startswith(package) or not logger.startswith(_OTHERS)
        ]

    def told_by(self, package: str) -> list[str]:
        """Return what is logged of failures: by an integration, and by Home Assistant of it."""
        return [
            text
            for logger, text in self.kept
            if logger.startswith((package, *_TELLING))
        ]

    def last_exception(self) -> str:
        """Return the last exception that was logged, without its traceback."""
        return self.exceptions[-1] if self.exceptions else ""


class _Handler(logging.Handler):
    def __init__(self, lines: Lines) -> None:
        super().__init__(logging.DEBUG)
        self.lines = lines
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))

    @override
    def emit(self, record: logging.LogRecord) -> None:
        self.lines.kept.append((record.name, self.format(record)))
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            self.lines.exceptions.append(f"{type(error).__name__}: {str(error)[:120]}")


@contextmanager
def listening() -> Generator[Lines]:
    """Keep everything that is logged, at every level."""
    lines = Lines()
    root = logging.getLogger()
    before = root.level
    handler = _Handler(lines)
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield lines
    finally:
        root.setLevel(before)
        root.removeHandler(handler)
