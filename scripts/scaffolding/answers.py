"""API answers for the tests that are written: those of this repository's tests, or made up."""

from collections.abc import Mapping
import json
from pathlib import Path
from typing import Any, Final

from custom_components.oauth2_client.catalogue import KnownResource, KnownValue
from custom_components.oauth2_client.document.paths import (
    MISSING,
    InvalidPath,
    compile_path,
)

_TESTS: Final = Path(__file__).parents[2] / "tests"


def answer_of(provider: str, known: KnownResource) -> Any:
    """Return an answer that has the values of a resource."""
    for answer in _candidates(provider, known.id):
        if all(value_at(value, answer) is not MISSING for value in known.values):
            return answer
    return _made_up(known)


def value_at(value: KnownValue, answer: Any) -> object:
    """Return what a value's path finds in an answer, MISSING where that is nothing."""
    try:
        path = compile_path(value.path)
    except InvalidPath:
        return MISSING
    return path.find(answer)


def with_member(answer: Any, path: tuple[str, ...], member: object) -> Any:
    """Return an answer with a member added at a path of keys and positions.

    Where a position leads into an empty object, that becomes a list.
    """
    if not path:
        return member
    key, rest = path[0], path[1:]
    if key.isdigit() and not (answer and isinstance(answer, Mapping)):
        elements = list(answer) if isinstance(answer, list) else []
        elements += [{}] * (int(key) + 1 - len(elements))
        elements[int(key)] = with_member(elements[int(key)], rest, member)
        return elements
    members = dict(answer) if isinstance(answer, Mapping) else {}
    return {**members, key: with_member(members.get(key), rest, member)}


def _candidates(provider: str, resource: str) -> list[Any]:
    own = _TESTS / "catalogue/known_answers" / f"{provider}.json"
    if own.is_file():
        answers = _read(own)
        if resource in answers:
            return [answers[resource]]
    return [_read(path) for path in sorted((_TESTS / "answers").glob(f"{provider}*"))]


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _made_up(known: KnownResource) -> Any:
    """Return an answer with an example of each value whose path has only keys and low positions."""
    answer: Any = None
    for value in known.values:
        segments = getattr(compile_path(value.path), "segments", ())
        if all(isinstance(each, str) or each in range(10) for each in segments):
            answer = with_member(answer, tuple(map(str, segments)), _example(value))
    return {} if answer is None else answer


def _example(value: KnownValue) -> object:
    if value.template and "count" in value.template:
        return []
    match value:
        case KnownValue(platform="binary_sensor"):
            return True
        case KnownValue(device_class="timestamp"):
            return "2026-11-24T12:00:00Z"
        case KnownValue(device_class="date"):
            return "2026-11-24"
        case KnownValue(unit=None, state_class=None, device_class=None):
            return value.name.lower()
    return 21
