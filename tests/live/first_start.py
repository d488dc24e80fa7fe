"""Starts Home Assistant once in an environment: python -m tests.live.first_start, from scripts/setup.

It installs what its integrations require, which several that start side by side cannot do in one
environment, and is compiled.
"""

from pathlib import Path
import sys
import tempfile
from typing import Final

from .home_assistant import HomeAssistant
from .ports import free_port

_ROOT: Final = Path(__file__).parents[2]


def main() -> None:
    """Start it, until all of it has been set up. Raises StartFailed."""
    with (
        tempfile.TemporaryDirectory(prefix="first-start-") as folder,
        HomeAssistant(
            Path(folder),
            executable=Path(sys.executable).with_name("hass"),
            integration=_ROOT / "custom_components/oauth2_client",
            port=free_port(),
        ) as home_assistant,
    ):
        home_assistant.prepare()
        home_assistant.start()
        home_assistant.onboard("Ada", "ada", "ada")


if __name__ == "__main__":
    main()
