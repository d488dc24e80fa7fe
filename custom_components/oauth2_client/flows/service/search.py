"""Finds services by what a person types: a name, another name, or what is nearly one."""

from collections.abc import Callable, Iterable, Sequence
from difflib import SequenceMatcher
from itertools import chain
import re
from typing import Final

from ...catalogue import Summary

# Names are short: of a longer text, only the beginning is compared.
_LONGEST_NAME: Final = 60
# How alike two names are, from 0 to 1, for one to be a misspelling of the other. Few people mistype the
# first letter, and short words are alike without being meant.
_ALIKE: Final = 0.8
_SHORTEST_MISSPELT: Final = 4
_WORD: Final = re.compile(r"[^\W_]+")

type _Names = Sequence[tuple[str, ...]]


def service_named(summaries: Iterable[Summary], text: str) -> Summary | None:
    """Return the service of this id or name, compared without case; None where there is none."""
    typed = text.strip().casefold()
    return next(
        (item for item in summaries if typed in (item.id, item.name.casefold())), None
    )


def services_like(summaries: Iterable[Summary], text: str) -> tuple[Summary, ...]:
    """Return the services that a text may mean, none where it means none that is known.

    A service with exactly this name or id comes alone. Otherwise those of which a name begins like the
    text, or is a part of it; else those whose name, or else a word of it, is nearly the text.
    """
    summaries = tuple(summaries)
    if (named := service_named(summaries, text)) is not None:
        return (named,)
    typed = _words(text[:_LONGEST_NAME])
    if not typed:
        return ()
    known = [
        (item, [_words(name) for name in (item.name, *item.aliases)])
        for item in summaries
    ]
    for fits in (_is_called, _begins, _is_part, _is_nearly_called, _has_nearly):
        if found := tuple(item for item, names in known if fits(names, typed)):
            return found
    return ()


def is_certain(summary: Summary, text: str) -> bool:
    """Tell whether a text names a service: wholly, with more words, or by its first words.

    What is only like a name, or the beginning of a word of it, may be meant to be another service:
    Ring is not RingCentral.
    """
    names, typed = (
        [_words(name) for name in (summary.name, *summary.aliases)],
        _words(text),
    )
    certain: Iterable[Callable[[_Names, tuple[str, ...]], bool]]
    certain = (_is_called, _is_part, _has_first_words)
    return summary.id == text or any(fits(names, typed) for fits in certain)


def _is_called(names: _Names, typed: tuple[str, ...]) -> bool:
    return any("".join(name) == "".join(typed) for name in names)


def _begins(names: _Names, typed: tuple[str, ...]) -> bool:
    """Tell whether each word that was typed begins a word of one name."""
    return any(
        all(any(word.startswith(part) for word in name) for part in typed)
        or "".join(name).startswith("".join(typed))
        for name in names
    )


def _is_part(names: _Names, typed: tuple[str, ...]) -> bool:
    """Tell whether all words of a name were typed, among others."""
    return any(name and set(name) <= set(typed) for name in names)


def _has_first_words(names: _Names, typed: tuple[str, ...]) -> bool:
    return any(name[: len(typed)] == typed for name in names)


def _is_nearly_called(names: _Names, typed: tuple[str, ...]) -> bool:
    return _any_alike(("".join(name) for name in names), typed)


def _has_nearly(names: _Names, typed: tuple[str, ...]) -> bool:
    return _any_alike(chain.from_iterable(names), typed)


def _any_alike(texts: Iterable[str], typed: tuple[str, ...]) -> bool:
    wanted = "".join(typed)
    if len(wanted) < _SHORTEST_MISSPELT:
        return False
    matcher = SequenceMatcher(b=wanted)
    for text in texts:
        if len(text) < _SHORTEST_MISSPELT or text[0] != wanted[0]:
            continue
        matcher.set_seq1(text)
        # The quick ratios are upper bounds of the exact one.
        if (
            matcher.real_quick_ratio() >= _ALIKE
            and matcher.quick_ratio() >= _ALIKE
            and matcher.ratio() >= _ALIKE
        ):
            return True
    return False


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(text.casefold()))
