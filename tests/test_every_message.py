"""Each error that a person may be shown is reached by a test, so that none is there for nobody.

A test that reaches one has its key in its text. Which tests may, depends on where it is shown.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
import re
from typing import Final

import pytest

from .translations import ENGLISH, subentry_words

_TESTS: Final = Path(__file__).parent
# These list keys, and reach none.
_LISTS: Final = {"test_every_message.py", "test_translations.py", "translations.py"}
# Messages of the one table of the protocol's errors (`errors`): what leads to one leads to it
# everywhere, and some have words where nothing is known that leads to them.
_OF_THE_TABLE: Final = {
    "host_busy",
    "host_not_allowed",
    "https_required",
    "invalid_url",
    "look_at_client_id",
    "private_address",
    "rate_limited",
    "refused_by_policy",
    "timeout",
    "token_not_saved",
    "too_many_redirects",
}
# The same for secrets that are typed, and for key files.
_OF_SECRETS: Final = {
    "file_gone",
    "key_encrypted",
    "key_not_a_key",
    "key_public_key",
    "key_too_short",
    "key_unsupported",
}


def _texts(*patterns: str) -> str:
    return "\n".join(
        path.read_text(encoding="utf-8")
        for pattern in patterns
        for path in sorted(_TESTS.glob(pattern))
        if path.name not in _LISTS
    )


def _of_repairs(kind: str) -> set[str]:
    return {
        key
        for issue in ENGLISH["issues"].values()
        for key in issue.get("fix_flow", {}).get(kind, ())
    }


_RESOURCE: Final = subentry_words("resource")
_COMMAND: Final = subentry_words("command")
_ALL: Final = ("**/*.py",)
_SHOWN: Final[Mapping[str, tuple[Iterable[str], tuple[str, ...]]]] = {
    "an account's errors": (ENGLISH["config"]["error"], _ALL),
    "an account's ends": (ENGLISH["config"]["abort"], _ALL),
    "a resource's errors": (_RESOURCE["error"], ("flows/resource/**/*.py",)),
    "a resource's ends": (_RESOURCE["abort"], ("flows/resource/*.py",)),
    "a command's errors": (_COMMAND["error"], ("flows/test_command_flow.py",)),
    "a command's ends": (_COMMAND["abort"], ("flows/test_command_flow.py",)),
    "errors of repairs": (_of_repairs("error"), ("flows/repair/*.py",)),
    "ends of repairs": (_of_repairs("abort"), ("flows/repair/*.py", "test_repairs.py")),
    "exceptions": (ENGLISH["exceptions"], _ALL),
    "issues": (ENGLISH["issues"], _ALL),
}


@pytest.mark.parametrize("shown", _SHOWN)
def test_each_message_is_reached_by_a_test_where_it_is_shown(shown: str) -> None:
    keys, patterns = _SHOWN[shown]
    is_everywhere = patterns == _ALL
    elsewhere = set() if is_everywhere else _OF_THE_TABLE | _OF_SECRETS
    text = _texts(*patterns)
    named = set(re.findall(r"(?<![\w.])[a-z][a-z0-9_]+(?![\w.])", text))

    assert sorted(set(keys) - named - elsewhere) == []


def test_what_is_reached_elsewhere_is_reached() -> None:
    named = set(re.findall(r"[a-z][a-z0-9_]+", _texts(*_ALL)))

    assert (_OF_THE_TABLE | _OF_SECRETS) - named == set()
