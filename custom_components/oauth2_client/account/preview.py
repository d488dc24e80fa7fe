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
    """Return a request as a code block of Markdown, its secrets masked."""
    address = _masked_address(account.resolve_url(request.url), request)
    lines = [f"{request.method} {address}", f"Authorization: {MASK}"]
    lines += [f"{name}: {masked(name, value)}" for name, value in request.headers]
    if request.body is not None:
        text = request.body.decode(errors="replace")
        shown_body = masked_body(text, is_form=content_type(text) == FORM)
        lines += ["", _cut(shown_body, _MAX_BODY_CHARACTERS)]
    return _block("\n".join(lines))


def shown_address(account: Account, request: ApiRequest) -> str:
    """Return the addresses of a request for a form: shortened, and secrets in the query masked."""
    return _addresses(account, request, _masked_query)


def loggable_address(account: Account, request: ApiRequest) -> str:
    """Return the addresses of a request for a log or an exception: shortened, and without a query."""
    return _addresses(account, request, _without_query)


def answer_summary(answer: Answer) -> str:
    """Return the status, media type, size in bytes and number of pages of an answer."""
    response = answer.responses[-1]
    media_type = (response.header("Content-Type") or "").partition(";")[0].strip()
    size = sum(len(part.body) for part in answer.responses)
    parts = [str(response.status), f"{size} B"]
    # A form shows this as Markdown, in which other characters could be markup.
    if _MEDIA_TYPE.fullmatch(media_type):
        parts.insert(1, media_type)
    if (pages := len(answer.responses)) > 1:
        parts.append(f"{pages}×")
    return " · ".join(parts)


def document_preview(document: object) -> str:
    """Return the beginning of a document as a code block of Markdown. It has to be redacted already."""
    text = document if isinstance(document, str) else _indented(document)
    return _block(_cut(text, _MAX_DOCUMENT_CHARACTERS))


def _addresses(
    account: Account, request: ApiRequest, as_text: Callable[[URL], str]
) -> str:
    """Return the last URLs of a request as text: its own by `as_text`, others without their query.

    The server chooses the others, so their query may have secrets with any name.
    """
    try:
        first, *others = account.last_urls(request)
    except RefusedByPolicy:
        # An invalid URL cannot be parsed. Its secrets are in the query, or before the host.
        addresses = [_USER.sub("//", request.url.partition("?")[0])]
    else:
        addresses = [as_text(first), *map(_without_query, others)]
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
    """Return a document as indented JSON; of a large one, little more than is shown."""
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
    """Return a text as a code block of Markdown, in a fence that is longer than any in the text."""
    longest = max((len(fence) for fence in _FENCE.findall(text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}\n{text}\n{fence}"
