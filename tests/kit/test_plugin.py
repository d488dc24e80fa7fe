"""What the plugin does to projects that do not use it, whose pytest loads it all the same."""

import subprocess
import sys

from .test_kit import SOURCES

_LOAD = (
    "import sys, ha_oauth2_conformance.plugin;"
    "print(*sorted(name for name in sys.modules"
    " if name.startswith(('ha_oauth2_conformance', 'homeassistant', 'aiohttp'))))"
)


def test_to_load_it_is_to_import_next_to_nothing() -> None:
    ran = subprocess.run(  # this interpreter, with the text above
        [sys.executable, "-c", _LOAD],
        env={"PYTHONPATH": str(SOURCES)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert ran.stdout.split() == [
        "ha_oauth2_conformance",
        "ha_oauth2_conformance.outcome",
        "ha_oauth2_conformance.plugin",
        "ha_oauth2_conformance.verdict",
    ]
