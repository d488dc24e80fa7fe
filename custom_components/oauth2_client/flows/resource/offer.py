"""The values of a live answer that a person may pick."""

from collections.abc import Collection, Iterable, Mapping
from copy import replace
from dataclasses import dataclass, field
from typing import Self

from homeassistant.const import CONF_BASE, UnitOfTemperature
from homeassistant.core import HomeAssistant

from ...account import Account
from ...account.preview import answer_summary, document_preview, sent_preview
from ...api.masking import MASK, masked_document
from ...api.redaction import REDACTED, Redaction
from ...api.refusal import quotation
from ...definitions.distinct import keep_keys, with_unique_names
from ...definitions.fitting import value_of
from ...definitions.resource import Resource
from ...definitions.value import Value
from ...document.guessing import (
    Judged,
    Leaf,
    System,
    count_values,
    first_of_each,
    judge,
    leaves,
    named,
    system_of,
)
from ...document.paths import (
    MISSING,
    AnyPath,
    InvalidPath,
    Path,
    compile_path,
    find_loosely,
)
from ...document.reported_error import ReportedError, reported_error
from ..request_form import FormError, render_request
from .fetch import async_fetch
from .groups import Choice, Labels, async_labels, with_picked
from .pick_form import SECTION_ANSWER


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """What one document offers, without the document, which may be large."""

    # By path, the values that are listed, and those that were asked for.
    found: Mapping[str, Judged]
    asked: Mapping[str, Judged]
    # What a person may tick, and what was picked before but is not in the document.
    choices: tuple[Choice, ...]
    lost: tuple[Choice, ...]
    # The values that were picked before.
    previous: tuple[Value, ...]
    # The paths, of values picked before and of those asked for, that find something.
    present: frozenset[str]
    # The error that the document states, where nothing is present.
    error: ReportedError | None
    # Whether the document has no values at all.
    is_empty: bool
    # The placeholders of the form, and translated words for it.
    placeholders: Mapping[str, str] = field(repr=False)
    words: Mapping[str, str] = field(repr=False)

    @classmethod
    def of(
        cls,
        document: object,
        previous: Iterable[Value],
        *,
        redaction: Redaction,
        asked: Iterable[AnyPath] = (),
        sent: Iterable[tuple[str, str]] = (),
        is_imperial_home: bool = False,
        labels: Labels,
    ) -> Self:
        """Return what a document offers. `sent` are the parameters of the request that it answers.

        Values that contain a secret of the account, or have the name of a secret, are not listed.
        The latter can still be asked for.
        """
        document = redaction.redact(document)
        shown = masked_document(document)
        found = first_of_each(leaves(shown), shown)
        listed = [leaf for leaf in found if not _is_masked(leaf.value)]
        all_values = count_values(shown, but_not=_is_masked)
        not_listed = labels.not_listed(len(listed), of=all_values)
        previous, asked = tuple(previous), tuple(asked)
        present = {
            path.text
            for path in (*_paths_of(previous), *asked)
            if value_at(path, document) is not MISSING
        }
        system = system_of(shown, sent, is_imperial_home=is_imperial_home)
        judged = {leaf.path: judge(leaf, shown, system) for leaf in listed}
        offered = [
            Choice(leaf.path, leaf.segments, labels.of(leaf, guess))
            for leaf in listed
            for guess in named([judged[leaf.path]])
        ]
        picked = _picked(previous, present, shown, labels)
        return cls(
            found=judged,
            asked={
                path.text: _judged(path, document, system)
                for path in asked
                if path.text in present
            },
            choices=with_picked(offered, picked.values()),
            lost=tuple(
                Choice(value.path.text, (), value.name)
                for value in previous
                if value.path.text not in present
            ),
            previous=previous,
            present=frozenset(present),
            error=None if present else reported_error(document),
            is_empty=not found,
            placeholders={"answer": document_preview(shown), "not_listed": not_listed},
            words=labels.words,
        )

    @property
    def is_refusal(self) -> bool:
        """Whether the document states an error in place of the values."""
        if self.error is None:
            return False
        return bool(self.previous) or (self.error.is_all and self.error.status >= 400)

    @property
    def form_error(self) -> FormError | None:
        """The error that the form shows with the values, which may be data all the same."""
        if self.error is None:
            return None
        return FormError(
            CONF_BASE, "api_reported_error", quotation=quotation(self.error.message)
        )

    def new_paths(self, typed: Iterable[str]) -> list[AnyPath]:
        """Return the typed paths that are neither offered nor asked for yet. Raises FormError."""
        known = {value.path.text for value in self.previous}
        known |= {*self.found, *self.asked}
        return [_compiled(text) for text in typed if text.strip() not in known]

    def pick(self, picked: Collection[str]) -> tuple[Value, ...]:
        """Return the values at these paths: those picked before as they were, others as guessed.

        Raises FormError for a path that is not listed, and was not asked for or finds nothing.
        """
        before = {value.path.text for value in self.previous}
        # Several values may have the same path, each with its own template.
        kept = [value for value in self.previous if value.path.text in picked]
        new = [text for text in self.found if text in picked and text not in before]
        guesses = named(self.found[text] for text in new)
        guessed = [value_of(*each) for each in zip(new, guesses, strict=True)]
        known = before | {*new}
        typed = [self._value_of(text.strip()) for text in picked if text not in known]
        added = with_unique_names([*guessed, *typed], kept)
        return keep_keys([*kept, *added], self.previous)

    def missing(self, values: Iterable[Value]) -> list[str]:
        """Return the paths of values that find nothing in the document, or were not asked for."""
        known = self.present | {*self.found}
        return [path.text for path in _paths_of(values) if path.text not in known]

    def _value_of(self, text: str) -> Value:
        if (judged := self.asked.get(text)) is None:
            raise FormError(SECTION_ANSWER, "path_not_found", path=text)
        [guess] = named([judged])
        path = compile_path(text)
        value = value_of(text, guess)
        # A query has no single path, of whose keys a name could be made.
        has_keys = isinstance(path, Path) and path.segments
        return value if has_keys else replace(value, name=text)


async def async_offer(
    hass: HomeAssistant,
    account: Account,
    resource: Resource,
    *,
    asked: Collection[AnyPath] = (),
    max_age: float = 0.0,
) -> Offer:
    """Return what a resource's answer offers. One that is at most `max_age` seconds old is used again.

    `asked` are paths to look up in it. Raises FormError.
    """
    request = render_request(hass, account, resource.request)
    sent = account.resolve_url(request.url, request.query).query
    labels = await async_labels(hass)
    is_imperial = hass.config.units.temperature_unit == UnitOfTemperature.FAHRENHEIT
    answer, offer = await async_fetch(
        hass,
        account,
        resource,
        request,
        lambda document: Offer.of(
            document,
            resource.values,
            redaction=account.redaction(),
            asked=asked,
            sent=sent.items(),
            is_imperial_home=is_imperial,
            labels=labels,
        ),
        is_found=lambda offer: not offer.is_refusal,
        max_age=max_age,
    )
    placeholders = {
        **offer.placeholders,
        "sent": sent_preview(account, request),
        "summary": answer_summary(answer),
    }
    return replace(offer, placeholders=placeholders)


def _compiled(text: str) -> AnyPath:
    try:
        return compile_path(text)
    except InvalidPath as err:
        raise FormError(
            SECTION_ANSWER, "invalid_path", path=text, position=str(err.position)
        ) from err


def _judged(path: AnyPath, document: object, system: System | None) -> Judged:
    segments = path.segments if isinstance(path, Path) else ()
    leaf = Leaf(segments=segments, value=value_at(path, document))
    return judge(leaf, document, system)


def _is_masked(value: object) -> bool:
    return isinstance(value, str) and (value == MASK or REDACTED in value)


def _paths_of(values: Iterable[Value]) -> list[AnyPath]:
    return [path for value in values for path in (value.path, *value.attributes)]


def value_at(path: AnyPath, document: object) -> object:
    """Return what the entity of a path would show of a document, MISSING where that is nothing."""
    found = path.find(document)
    if found is not MISSING or not isinstance(path, Path):
        return found
    return find_loosely(document, path.segments)


def _picked(
    previous: Iterable[Value], present: Collection[str], shown: object, labels: Labels
) -> dict[str, Choice]:
    """Return the choices of values that were picked before and are there now, by their paths.

    Values of one path, each with its own template, are one choice.
    """
    picked: dict[str, Choice] = {}
    for value in previous:
        text = value.path.text
        if text not in present:
            continue
        found = value_at(value.path, shown)
        leaf = Leaf(segments=(), value=MASK if found is MISSING else found)
        label = labels.of(leaf, value)
        if text in picked:
            label = f"{picked[text].label} / {label}"
        segments = value.path.segments if isinstance(value.path, Path) else ()
        picked[text] = Choice(text, segments, label)
    return picked
