"""What is written is formatted with ruff, which is with the newest Home Assistant only."""

from importlib.util import find_spec
from typing import Final

collect_ignore: Final = [] if find_spec("ruff") else ["test_written.py"]
