"""Translates JSONPath as it was written before RFC 9535, if it leads to one value.

Where it finds several values, the first one is taken, as users of older libraries often do.
"""

import re
from typing import Final

from . import compile_path
from .path import MAX_PATH_CHARACTERS, InvalidPath, Path

# Patterns of syntax that RFC 9535 does not have, and their replacements.
_REPLACEMENTS: Final = (
    # `.[0]`
    (re.compile(r"\.(?=\[)"), ""),
    # `.0`
    (re.compile(r"\.(\d++)(?=$|[.\[])"), r"[\1]"),
    # `.two-words`
    (re.compile(r"\.([A-Za-z_]\w*+-[\w-]*+)"), r"['\1']"),
    # `[?(@.id=='a')]`
    (re.compile(r"\[\?\(\s*+(@[^()\[\]]*+)\)\]"), r"[?\1]"),
    (re.compile(r"\[-1:\]"), "[-1]"),
    (re.compile(r"\[\*\]"), "[0]"),
)


def read_jsonpath(text: str) -> Path | None:
    """Return the path that a JSONPath stands for, None where it has no equivalent."""
    if len(text) > MAX_PATH_CHARACTERS:
        return None
    for candidate in (text, _translated(text)):
        try:
            path = compile_path(candidate)
        except InvalidPath:
            continue
        if isinstance(path, Path):
            return path
    return None


def _translated(path: str) -> str:
    for pattern, replacement in _REPLACEMENTS:
        path = pattern.sub(replacement, path)
    return path
