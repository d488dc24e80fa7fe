"""How the written integration finds the further pages of a known resource."""

from dataclasses import dataclass
import re
from typing import Any

from custom_components.oauth2_client.api.paging import (
    CURSOR,
    DEFAULT_MAX_PAGES,
    LINK,
    NEXT_URL,
    OFFSET,
    PAGE,
    InvalidPages,
    Pages,
)
from custom_components.oauth2_client.catalogue import KnownResource
from custom_components.oauth2_client.document.paths import AnyPath

from .answers import with_member
from .expressions import Untranslatable
from .names import Refused

# These stand for expressions in an example of a page.
_ELEMENTS = "<elements>"
_NEXT = "<next>"


@dataclass(frozen=True, kw_only=True)
class Paging:
    """How further pages are found. `path` and `items` are keys and positions.

    `most` is the limit of pages where it is not the default, `start` the number of the first page or of
    its first element.
    """

    kind: str
    path: tuple[str | int, ...]
    parameter: str
    items: tuple[str | int, ...]
    size: int | None
    most: int | None
    start: int

    @property
    def is_linked(self) -> bool:
        """Whether a header links to the next page."""
        return self.kind == LINK

    @property
    def is_address(self) -> bool:
        """Whether an answer has the whole URL of the next page."""
        return self.kind in (LINK, NEXT_URL)

    @property
    def is_counted(self) -> bool:
        """Whether the next page is asked for by its number, or by that of its first element."""
        return self.kind in (PAGE, OFFSET)

    @property
    def step(self) -> str:
        """What is added to the number for the next page, as an expression that may use `elements`."""
        if self.kind == PAGE:
            return "1"
        return "len(elements)" if self.size is None else str(self.size)

    @property
    def second_page(self) -> str:
        """The parameter for the second page in a test, whose pages have one element each."""
        if self.is_counted:
            step = 1 if self.kind == PAGE or self.size is None else self.size
            return str(self.start + step)
        return "after-1"

    @property
    def example_page(self) -> str:
        """A page in a test, as an expression that uses `number`, `is_last` and, for URLs, `URL`."""
        page: Any = {}
        if self.path and self.kind in (NEXT_URL, CURSOR):
            page = with_member(page, tuple(map(str, self.path)), _NEXT)
        page = with_member(page, tuple(map(str, self.items)), _ELEMENTS)
        after = "{URL}?after=after-{number}" if self.is_address else "after-{number}"
        text = repr(page).replace(repr(_NEXT), f'None if is_last else f"{after}"')
        elements = '[] if is_last else [{"id": number}]'
        kept = elements if self.is_counted else '[{"id": number}]'
        return text.replace(repr(_ELEMENTS), kept)


def paging_of(known: KnownResource, position: int) -> Paging | None:
    """Return how the pages of a known resource are found, None where it has none.

    `position` is that of the resource in the provider, for errors. Raises Untranslatable for what is left
    to the author: parameters in the body, and paths that search. Raises Refused for an invalid description.
    """
    if known.pages is None:
        return None
    try:
        pages = Pages.from_dict(known.pages, f"known_resources[{position}].pages")
    except InvalidPages as err:
        wrong = "wrong" if err.field in known.pages else "missing"
        raise Refused(f"{err} is {wrong}.") from None
    if pages.in_body:
        raise Untranslatable(known.name)
    start = known.query.get(pages.parameter or "", "")
    return Paging(
        kind=pages.kind,
        path=_keys(pages.path),
        parameter=pages.parameter or "",
        items=_keys(pages.items),
        size=pages.size,
        most=None if pages.most == DEFAULT_MAX_PAGES else pages.most,
        start=int(start)
        if re.fullmatch("[0-9]{1,15}", start)
        else int(pages.kind == PAGE),
    )


def _keys(path: AnyPath | None) -> tuple[str | int, ...]:
    """Return the keys and positions of a path. Raises Untranslatable where it has anything else."""
    if path is None:
        return ()
    segments = getattr(path, "segments", (None,))
    if not all(isinstance(each, str | int) for each in segments):
        raise Untranslatable(path.text)
    return tuple(segments)
