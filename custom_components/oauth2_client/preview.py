"""What a person sees of a request and of its answer before anything is made of them."""

from collections.abc import Iterable
import json
import re
from typing import Final

from .account import Account
from .answers import Answer
from .api_request import ApiRequest
from .request_template import FORM, content_type

_LONGEST: Final = 1000
_LONGEST_BODY: Final = 500
_MASK: Final = "…"
# Names of what is not to be seen over a shoulder.
_SECRET_NAME: Final = r"key|token|secret|passw|auth|signature|credential|session|cookie"
_SECRET: Final = re.compile(_SECRET_NAME, re.IGNORECASE)
# A field of a form: its name, and what is between it and its value.
_FORM_FIELD: Final = re.compile(
    rf"((?:^|&)[^=&]*(?:{_SECRET_NAME})[^=&]*=)[^&]*", re.IGNORECASE
)
# An element of XML, and a field of anything else: a text in quotes or the rest of the line.
_ELEMENT: Final = re.compile(
    rf"(<[^<>/]*(?:{_SECRET_NAME})[^<>]*>)[^<]+", re.IGNORECASE
)
_FIELD: Final = re.compile(
    rf"((?:{_SECRET_NAME})[\w-]*[\"']?\s*[:=]\s*)"
    r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\r\n]+)""",
    re.IGNORECASE,
)
_MEDIA_TYPE: Final = re.compile(
    r"(?:application|audio|font|image|model|multipart|text|video)/[\w.+-]+"
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
        lines += ["", _cut(_shown_body(request.body), _LONGEST_BODY)]
    return _block("\n".join(lines))


def answer_summary(answer: Answer) -> str:
    """Return status, type and size in bytes of an answer, and of how many pages it is."""
    response = answer.responses[-1]
    kind = (response.header("Content-Type") or "").partition(";")[0].strip()
    if not _MEDIA_TYPE.fullmatch(kind):
        # It is shown as Markdown.
        kind = "–"
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


def _shown_body(body: str) -> str:
    """Return a body less its secrets, wherever its own format keeps them."""
    try:
        document = _without_secrets(json.loads(body))
    except ValueError, RecursionError:
        body = body[:_LONGEST]
        if content_type(body) == FORM:
            return _FORM_FIELD.sub(rf"\1{_MASK}", body)
        return _FIELD.sub(rf"\1{_MASK}", _ELEMENT.sub(rf"\1{_MASK}", body))
    if not isinstance(document, dict | list):
        return body
    return json.dumps(document, ensure_ascii=False)


def _without_secrets(node: object) -> object:
    match node:
        case dict():
            return {
                name: _MASK if _SECRET.search(name) else _without_secrets(item)
                for name, item in node.items()
            }
        case list():
            return [_without_secrets(item) for item in node]
    return node


def _masked(name: str, value: str) -> str:
    return _MASK if _SECRET.search(name) else value


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest]}{_MASK}"


def _block(text: str) -> str:
    """Return a text as Markdown shows it letter by letter, whatever is in it."""
    longest = max((len(fence) for fence in _FENCE.findall(text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}\n{text}\n{fence}"
