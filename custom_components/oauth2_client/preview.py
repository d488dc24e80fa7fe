"""What a person sees of a request and of its answer before anything is made of them."""

from collections.abc import Iterable
import json
import re
from typing import Final

from .account import Account
from .answers import Answer
from .api_request import ApiRequest

_LONGEST: Final = 1000
_LONGEST_BODY: Final = 500
_MASK: Final = "…"
# Names of what is not to be seen over a shoulder.
_SECRET_NAME: Final = r"key|token|secret|passw|auth|signature|credential|session|cookie"
_SECRET: Final = re.compile(_SECRET_NAME, re.IGNORECASE)
# A field of JSON or of a form: its name, and what is between it and its value.
_SECRET_FIELD: Final = re.compile(
    rf'("?[\w-]*(?:{_SECRET_NAME})[\w-]*"?\s*[:=]\s*)("[^"]*"|[^&\s,}}]+)',
    re.IGNORECASE,
)
_FENCE: Final = re.compile(r"`{3,}")


def sent_preview(account: Account, request: ApiRequest) -> str:
    """Return what is sent, as a block of Markdown, less its secrets."""
    url = account.resolve_url(request.url)
    query = [*url.query.items(), *request.query]
    shown = url.with_query([(name, _masked(name, value)) for name, value in query])
    lines = [f"{request.method} {shown.human_repr()}", f"Authorization: {_MASK}"]
    lines += [f"{name}: {_masked(name, value)}" for name, value in request.headers]
    if request.body is not None:
        body = _SECRET_FIELD.sub(rf"\1{_MASK}", request.body[:_LONGEST])
        lines += ["", _cut(body, _LONGEST_BODY)]
    return _block("\n".join(lines))


def answer_summary(answer: Answer) -> str:
    """Return status, type and size in bytes of an answer, and of how many pages it is."""
    response = answer.responses[-1]
    kind = (response.header("Content-Type") or "–").partition(";")[0]
    size = sum(len(part.body) for part in answer.responses)
    pages = len(answer.responses)
    return f"{response.status} · {kind} · {size} B" + (f" · {pages}×" * (pages > 1))


def document_preview(document: object, *, secrets: Iterable[str] = ()) -> str:
    """Return the beginning of a document, as a block of Markdown, less the secrets."""
    text = document if isinstance(document, str) else _indented(document)
    for secret in secrets:
        text = text.replace(secret, _MASK)
    return _block(_cut(text, _LONGEST))


def _indented(document: object) -> str:
    """Return a document as JSON for people; of a large one little more than is shown."""
    encoder = json.JSONEncoder(indent=2, ensure_ascii=False)
    parts: list[str] = []
    size = 0
    for part in encoder.iterencode(document):
        parts.append(part)
        size += len(part)
        if size > _LONGEST:
            break
    return "".join(parts)


def _masked(name: str, value: str) -> str:
    return _MASK if _SECRET.search(name) else value


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest]}{_MASK}"


def _block(text: str) -> str:
    """Return a text as Markdown shows it letter by letter, whatever is in it."""
    longest = max((len(fence) for fence in _FENCE.findall(text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}\n{text}\n{fence}"
