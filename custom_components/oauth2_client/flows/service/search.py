"""Finds services by what a person types: a name, an alias, or a misspelled one."""

from collections.abc import Callable, Iterable, Sequence
from difflib import SequenceMatcher
from itertools import chain
import re
from typing import Final

from ...catalogue import Summary

# Names are short: of a longer text, only the beginning is compared.
_MAX_NAME_CHARACTERS: Final = 60
# How alike two texts have to be, from 0 to 1, for one to be taken for a misspelling of the other. Both
# have the same first letter, which few people mistype, and this many: short words are often alike.
_MIN_SIMILARITY: Final = 0.8
_MIN_LETTERS: Final = 4
_WORD: Final = re.compile(r"[^\W_]+")

# The names of a service, in words.
type _Names = Sequence[tuple[str, ...]]
type _Fits = Callable[[_Names, tuple[str, ...]], bool]


def service_named(summaries: Iterable[Summary], text: str) -> Summary | None:
    """Return the service of this id or name, without regard to case. None where there is none."""
    typed = text.strip().casefold()
    return next(
        (item for item in summaries if typed in (item.id, item.name.casefold())), None
    )


def services_like(summaries: Iterable[Summary], text: str) -> tuple[Summary, ...]:
    """Return the services that a text may mean: the one with this name or id, else a group of them.

    It is the first of these groups that has any: those with this name in other spelling; those with a
    name that begins like the text; those with a name that the text begins with; those with a name that is
    nearly the text; those with a name in the text, or the first word of one; those with a word that is
    nearly the text.
    """
    summaries = tuple(summaries)
    if (named := service_named(summaries, text)) is not None:
        return (named,)
    typed = _words(text[:_MAX_NAME_CHARACTERS])
    if not typed:
        return ()
    known = [
        (item, [_words(name) for name in (item.name, *item.aliases)])
        for item in summaries
    ]
    for fits in _GROUPS:
        if found := tuple(item for item, names in known if fits(names, typed)):
            return found
    return ()


def is_certain(summary: Summary, text: str) -> bool:
    """Tell whether a text certainly means this service, so that the person need not confirm it.

    That is its name, its name with more words after it, or the first words of it. A misspelled name, or
    the beginning of a word, may mean another service: Ring is not RingCentral.
    """
    names = [_words(name) for name in (summary.name, *summary.aliases)]
    typed = _words(text)
    return summary.id == text or any(fits(names, typed) for fits in _CERTAIN)


def _is_called(names: _Names, typed: tuple[str, ...]) -> bool:
    return any("".join(name) == "".join(typed) for name in names)


def _begins(names: _Names, typed: tuple[str, ...]) -> bool:
    """Tell whether each typed word begins a word of one name, or all together its beginning."""
    return any(
        all(any(word.startswith(part) for word in name) for part in typed)
        or "".join(name).startswith("".join(typed))
        for name in names
    )


def _is_before_more(names: _Names, typed: tuple[str, ...]) -> bool:
    """Tell whether a name was typed with more words after it, such as `spotify web api`."""
    return any(name and typed[: len(name)] == name for name in names)


def _has_first_words(names: _Names, typed: tuple[str, ...]) -> bool:
    return any(name[: len(typed)] == typed for name in names)


def _is_among(names: _Names, typed: tuple[str, ...]) -> bool:
    """Tell whether all words of a name were typed among others, or the first word of a longer name.

    Samsung SmartThings is found by `samsung washer`, Enphase and Envoy by `enphase envoy`.
    """
    if any(name and set(name) <= set(typed) for name in names):
        return True
    makers = {name[0] for name in names if len(name) > 1}
    return any(len(word) >= _MIN_LETTERS and word in makers for word in typed)


def _is_nearly_called(names: _Names, typed: tuple[str, ...]) -> bool:
    return _any_alike(("".join(name) for name in names), typed)


def _has_word_nearly(names: _Names, typed: tuple[str, ...]) -> bool:
    return _any_alike(chain.from_iterable(names), typed)


def _any_alike(texts: Iterable[str], typed: tuple[str, ...]) -> bool:
    wanted = "".join(typed)
    if len(wanted) < _MIN_LETTERS:
        return False
    matcher = SequenceMatcher(b=wanted)
    for text in texts:
        if len(text) < _MIN_LETTERS or text[0] != wanted[0]:
            continue
        matcher.set_seq1(text)
        # The quick ratios are upper bounds of the exact one.
        if (
            matcher.real_quick_ratio() >= _MIN_SIMILARITY
            and matcher.quick_ratio() >= _MIN_SIMILARITY
            and matcher.ratio() >= _MIN_SIMILARITY
        ):
            return True
    return False


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(text.casefold()))


# In this order: the first that any service fits decides.
_GROUPS: Final[Sequence[_Fits]] = (
    _is_called,
    _begins,
    _is_before_more,
    _is_nearly_called,
    _is_among,
    _has_word_nearly,
)
_CERTAIN: Final[Sequence[_Fits]] = (_is_called, _is_before_more, _has_first_words)
