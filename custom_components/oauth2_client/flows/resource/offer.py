"""The values of a live answer that the user may pick."""

from collections.abc import Collection, Iterable, Mapping
from copy import replace
from dataclasses import dataclass, field
from typing import Final, Self

from homeassistant.const import CONF_BASE
from homeassistant.core import HomeAssistant

from ...account.account import Account
from ...account.answers import Answer
from ...account.preview import answer_summary, document_preview, sent_preview
from ...account.reading import async_read, async_with_token
from ...api.masking import MASK, masked_document
from ...api.redaction import REDACTED, Redaction
from ...api.refusal import ApiRefused
from ...definitions.fitting import fitting
from ...definitions.resource import Resource
from ...definitions.value import Value, keep_keys
from ...document.guessing import Guess, Judged, Leaf, judge, leaves, named
from ...document.parsing import UnreadableDocument
from ...document.paths import MISSING, AnyPath, InvalidPath, Path, compile_path
from ...document.told_error import ToldError, told_error
from ...oauth2 import OAuth2Error
from ..request_form import FormError, form_error, render_request
from .values_form import CONF_PICKED

# The user waits while the form fetches.
_FETCH_TIMEOUT_SECONDS: Final = 15.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """What one document offers, without the document, which may be large.

    `found` are the values that it lists, `asked` those that were asked for by their paths, and
    `samples` what is shown of the values, all by their paths. `previous` are the values that were
    picked before, in the document or not; `present` has the paths of those that are. `told` is the
    error that the document tells of where it has none of them. `is_empty` is set where the document has no values at all. `shown` are the placeholders of a form: the beginning
    of the document, and what was sent for it.
    """

    found: Mapping[str, Judged]
    asked: Mapping[str, Judged]
    samples: Mapping[str, str]
    previous: tuple[Value, ...]
    present: frozenset[str]
    told: ToldError | None
    is_empty: bool
    shown: Mapping[str, str] = field(repr=False)

    @classmethod
    def of(
        cls,
        document: object,
        previous: Iterable[Value],
        *,
        redaction: Redaction,
        asked: Iterable[AnyPath] = (),
    ) -> Self:
        """Return what a document offers.

        Values that contain a secret of the account, or have the name of a secret, are not listed.
        The latter can still be asked for.
        """
        document = redaction.redact(document)
        shown = masked_document(document)
        found = leaves(shown)
        listed = [leaf for leaf in found if not _is_secret(leaf.value)]
        previous, asked = tuple(previous), tuple(asked)
        own = [value.path for value in previous]
        others = [path for value in previous for path in value.attributes]
        present = {
            path.text: path
            for path in (*own, *others, *asked)
            if path.find(document) is not MISSING
        }
        samples = {path.text: _sample(path, document, shown) for path in own}
        return cls(
            found={leaf.path: judge(leaf, shown) for leaf in listed},
            asked={
                path.text: _judged(path, document)
                for path in asked
                if path.text in present
            },
            samples={leaf.path: leaf.sample for leaf in listed} | samples,
            previous=previous,
            present=frozenset(present),
            told=None if present else told_error(document),
            is_empty=not found,
            shown={"answer": document_preview(shown)},
        )

    @property
    def is_refusal(self) -> bool:
        """Whether the document is an error in place of the values, and no data."""
        if self.told is None:
            return False
        return bool(self.previous) or (self.told.is_all and self.told.status >= 400)

    @property
    def mistake(self) -> FormError | None:
        """The error that a document tells of that may as well be data."""
        if self.told is None:
            return None
        return FormError(CONF_BASE, "api_told_error", message=self.told.words)

    def labels(self) -> dict[str, str]:
        """Return `path — sample` by path: first the values picked before, then all others."""
        paths = dict.fromkeys(
            [*(value.path.text for value in self.previous), *self.samples]
        )
        return {text: f"{text} — {self.samples[text]}" for text in paths}

    def typed(self, picked: Iterable[str]) -> list[AnyPath]:
        """Return the paths that are neither offered nor asked for yet. Raises FormError."""
        known = {value.path.text for value in self.previous} | {
            *self.found,
            *self.asked,
        }
        return [_compiled(text) for text in picked if text.strip() not in known]

    def pick(self, picked: Collection[str]) -> tuple[Value, ...]:
        """Return the values at these paths: earlier ones as they were, others as guessed.

        Raises FormError for a typed path that was not asked for, or finds nothing.
        """
        before = {value.path.text for value in self.previous}
        # Several values may have the same path, each with its own template.
        kept = [value for value in self.previous if value.path.text in picked]
        new = [text for text in self.found if text in picked and text not in before]
        guesses = named(self.found[text] for text in new)
        guessed = [_value(*each) for each in zip(new, guesses, strict=True)]
        known = before | {*new}
        typed = [self._typed(text.strip()) for text in picked if text not in known]
        return keep_keys([*kept, *guessed, *typed], self.previous)

    def missing(self, values: Iterable[Value]) -> list[str]:
        """Return the paths of values that find nothing in the document, or were not asked for."""
        paths = (path for value in values for path in (value.path, *value.attributes))
        known = self.present | {*self.found}
        return [path.text for path in paths if path.text not in known]

    def _typed(self, text: str) -> Value:
        if (judged := self.asked.get(text)) is None:
            raise FormError(CONF_PICKED, "path_not_found", path=text)
        [guess] = named([judged])
        path = compile_path(text)
        # A query has no single path, from whose keys a guess could be made.
        is_plain = isinstance(path, Path) and path.segments
        value = _value(text, guess)
        return value if is_plain else replace(value, name=text)


async def async_offer(
    hass: HomeAssistant,
    account: Account,
    resource: Resource,
    *,
    asked: Collection[AnyPath] = (),
    max_age: float = 0.0,
) -> Offer:
    """Return what a resource's answer offers, fetched unless one of `max_age` seconds was kept.

    Raises FormError.
    """
    request = render_request(hass, account, resource.request)

    async def fetched() -> tuple[Answer, Offer]:
        answer = await account.answers.fetch(
            request,
            pages=resource.pages,
            timeout=_FETCH_TIMEOUT_SECONDS,
            max_age=max_age,
        )
        redaction = account.redaction()
        offer = await async_read(
            hass,
            account,
            request,
            answer,
            lambda document: Offer.of(
                document, resource.values, redaction=redaction, asked=asked
            ),
            is_found=lambda offer: not offer.is_refusal,
            format=resource.format,
            pages=resource.pages,
        )
        return answer, offer

    try:
        answer, offer = await async_with_token(account, fetched)
    except (OAuth2Error, ApiRefused, UnreadableDocument) as err:
        raise form_error(err) from err
    shown = {
        **offer.shown,
        "sent": sent_preview(account, request),
        "summary": answer_summary(answer),
    }
    return replace(offer, shown=shown)


def _compiled(text: str) -> AnyPath:
    try:
        return compile_path(text)
    except InvalidPath as err:
        raise FormError(
            CONF_PICKED, "invalid_path", path=text, position=str(err.position)
        ) from err


def _judged(path: AnyPath, document: object) -> Judged:
    segments = path.segments if isinstance(path, Path) else ()
    return judge(Leaf(segments=segments, value=path.find(document)), document)


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


def _is_secret(value: object) -> bool:
    return isinstance(value, str) and (value == MASK or REDACTED in value)


def _sample(path: AnyPath, document: object, shown: object) -> str:
    """Return what is shown of a value that was picked before, masked where its name is secret."""
    if path.find(document) is MISSING:
        return "–"
    if (value := path.find(shown)) is MISSING:
        return MASK
    return Leaf(segments=(), value=value).sample
