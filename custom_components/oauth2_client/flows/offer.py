"""The values of a live answer that the user may pick."""

from collections.abc import Collection, Iterable
from copy import replace
from dataclasses import dataclass
from typing import Self

from ..api.redaction import REDACTED, Redaction
from ..definitions.fitting import fitting
from ..definitions.value import Value, keep_keys
from ..document.guessing import Guess, Leaf, guess_all, leaves
from ..document.paths import MISSING, InvalidPath, Path, compile_path
from .request_form import FormError
from .values_form import CONF_PICKED


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """The values of one document, and those that were picked before, in the document or not."""

    document: object
    found: tuple[Leaf, ...]
    previous: tuple[Value, ...] = ()

    @classmethod
    def of(
        cls, document: object, previous: Iterable[Value], *, redaction: Redaction
    ) -> Self:
        """Return what a document offers, without the values that contain a secret."""
        document = redaction.redact(document)
        found = tuple(leaf for leaf in leaves(document) if not _is_redacted(leaf.value))
        return cls(document=document, found=found, previous=tuple(previous))

    def labels(self) -> dict[str, str]:
        """Return `path — sample` by path: first the values picked before, then all others."""
        samples = {leaf.path: leaf.sample for leaf in self.found}
        paths = {value.path.text: value.path for value in self.previous}
        for text, path in paths.items():
            if text not in samples:
                samples[text] = _sample(path.find(self.document))
        ordered = [*paths, *(text for text in samples if text not in paths)]
        return {text: f"{text} — {samples[text]}" for text in ordered}

    def pick(self, picked: Collection[str]) -> tuple[Value, ...]:
        """Return the values at these paths: earlier ones as they were, others as guessed.

        Raises FormError for a typed path that is invalid or finds nothing.
        """
        before = {value.path.text for value in self.previous}
        # Several values may have the same path, each with its own template.
        kept = [value for value in self.previous if value.path.text in picked]
        new = [
            leaf
            for leaf in self.found
            if leaf.path in picked and leaf.path not in before
        ]
        guessed = [
            _value(leaf.path, guess)
            for leaf, guess in zip(new, guess_all(new, self.document), strict=True)
        ]
        known = before | {leaf.path for leaf in new}
        typed = [self._typed(text) for text in picked if text not in known]
        return keep_keys([*kept, *guessed, *typed], self.previous)

    def missing(self, values: Iterable[Value]) -> list[str]:
        """Return the paths of values that find nothing in the document."""
        paths = (path for value in values for path in (value.path, *value.attributes))
        return [path.text for path in paths if path.find(self.document) is MISSING]

    def _typed(self, text: str) -> Value:
        try:
            path = compile_path(text)
        except InvalidPath as err:
            raise FormError(
                CONF_PICKED, "invalid_path", path=text, position=str(err.position)
            ) from err
        if (found := path.find(self.document)) is MISSING:
            raise FormError(CONF_PICKED, "path_not_found", path=text)
        # A query has no single path, from whose keys a guess could be made.
        segments = path.segments if isinstance(path, Path) else ()
        [guess] = guess_all([Leaf(segments=segments, value=found)], self.document)
        value = _value(text, guess)
        return value if segments else replace(value, name=text)


def _value(text: str, guess: Guess) -> Value:
    return fitting(
        Value(
            key="",
            name=guess.name,
            path=compile_path(text),
            platform=guess.platform,
            unit=guess.unit,
            device_class=guess.device_class,
            state_class=guess.state_class,
            precision=guess.precision,
            category=guess.category,
        )
    )


def _is_redacted(value: object) -> bool:
    return isinstance(value, str) and REDACTED in value


def _sample(value: object) -> str:
    return "–" if value is MISSING else Leaf(segments=(), value=value).sample
