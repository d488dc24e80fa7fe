"""Shows a request and its answer in a form, before a resource is made of them."""

from collections.abc import Callable
import json
import re
from typing import Final

from yarl import URL

from ..api import FORM, ApiRequest, content_type
from ..api.masking import MASK, masked, masked_body
from ..oauth2 import RefusedByPolicy
from . import Account
from .answers import Answer

_MAX_DOCUMENT_CHARACTERS: Final = 1000
_MAX_BODY_CHARACTERS: Final = 500
_MEDIA_TYPE: Final = re.compile(
    r"(?:application|audio|font|image|model|multipart|text|video)/[\w.+-]+"
)
_MAX_ADDRESS_CHARACTERS: Final = 200
_USER: Final = re.compile(r"//[^/]*@")
_FENCE: Final = re.compile(r"`{3,}")


def sent_preview(account: Account, request: ApiRequest) -> str:
    """Return what is sent, its secrets masked, as a block of Markdown."""
    address = _masked_address(account.resolve_url(request.url), request)
    lines = [f"{request.method} {address}", f"Authorization: {MASK}"]
    lines += [f"{name}: {masked(name, value)}" for name, value in request.headers]
    if request.body is not None:
        text = request.body.decode(errors="replace")
        shown_body = masked_body(text, is_form=content_type(text) == FORM)
        lines += ["", _cut(shown_body, _MAX_BODY_CHARACTERS)]
    return _block("\n".join(lines))


def shown_address(account: Account, request: ApiRequest) -> str:
    """Return where a request went, for a form: its secrets masked, and cut."""
    return _went(account, request, _masked_query)


def loggable_address(account: Account, request: ApiRequest) -> str:
    """Return where a request went, for a log or an exception: without its query, and cut."""
    return _went(account, request, _without_query)


def answer_summary(answer: Answer) -> str:
    """Return status, type, size in bytes and number of pages of an answer."""
    response = answer.responses[-1]
    kind = (response.header("Content-Type") or "").partition(";")[0].strip()
    size = sum(len(part.body) for part in answer.responses)
    parts = [str(response.status), f"{size} B"]
    # The type is shown as Markdown, so unusual characters could be markup.
    if _MEDIA_TYPE.fullmatch(kind):
        parts.insert(1, kind)
    if (pages := len(answer.responses)) > 1:
        parts.append(f"{pages}×")
    return " · ".join(parts)


def document_preview(document: object) -> str:
    """Return the beginning of a document, which is redacted already, as a block of Markdown."""
    text = document if isinstance(document, str) else _indented(document)
    return _block(_cut(text, _MAX_DOCUMENT_CHARACTERS))


def _went(account: Account, request: ApiRequest, shown: Callable[[URL], str]) -> str:
    """Return the address of a request, and the one that it was sent on to.

    A server chooses that one, so that its query is not shown. Where the token could not be refreshed,
    it is the address that was asked for another.
    """
    try:
        first, *further = account.went(request)
    except RefusedByPolicy:
        # An invalid URL cannot be parsed. Its secrets are in its query, or before its host.
        addresses = [_USER.sub("//", request.url.partition("?")[0])]
    else:
        addresses = [shown(first), *map(_without_query, further)]
    redact = account.redaction().redact
    return " → ".join(
        _cut(redact(address), _MAX_ADDRESS_CHARACTERS) for address in addresses
    )


def _masked_query(url: URL) -> str:
    query = [(name, masked(name, value)) for name, value in url.query.items()]
    return url.with_user(None).with_query(query).human_repr()


def _without_query(url: URL) -> str:
    return url.with_user(None).with_query(None).with_fragment(None).human_repr()


def _masked_address(url: URL, request: ApiRequest) -> str:
    query = [*url.query.items(), *request.query]
    shown = url.with_query([(name, masked(name, value)) for name, value in query])
    return shown.human_repr()


def _indented(document: object) -> str:
    """Return a document as indented JSON; of a large one little more than is shown."""
    encoder = json.JSONEncoder(indent=2, ensure_ascii=False)
    parts: list[str] = []
    size = 0
    for part in encoder.iterencode(document):
        parts.append(part)
        size += len(part)
        if size > _MAX_DOCUMENT_CHARACTERS:
            break
    return "".join(parts)


def _cut(text: str, max_characters: int) -> str:
    return text if len(text) <= max_characters else f"{text[:max_characters]}{MASK}"


def _block(text: str) -> str:
    """Return a text as a code block of Markdown, with a fence that the text does not contain."""
    longest = max((len(fence) for fence in _FENCE.findall(text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}\n{text}\n{fence}"
