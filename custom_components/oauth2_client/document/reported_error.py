"""Finds the error that a document states although the API answered with 200.

It is for documents that lack the wanted values: in others, `error` and `status` may be values of a
device.
"""

from collections.abc import Iterator, Mapping
import re
from typing import Final, NamedTuple

from .error_words import (
    ABOUT,
    AFTER_REFUSALS,
    BESIDE,
    CODES,
    ERRORS,
    FAILURES,
    FAILURES_ALONE,
    FIRST_REFUSAL,
    FLAGS,
    FLAGS_OF_ERRORS,
    NONE,
    OF_SERVERS,
    OF_WITHINGS,
    OUTCOMES,
    OUTCOMES_OF_EACH,
    STATUSES,
    WORDS,
    WORDS_OF_ERRORS,
)

_MAX_LEVELS: Final = 5
_MOST_MEMBERS: Final = 64
_MOST_ITEMS: Final = 8
_MOST_PARTS: Final = 64
_LONGEST_TEXT: Final = 2000
_LONGEST_CODE: Final = 80


class ReportedError(NamedTuple):
    """An error that a document states.

    `status` is that of RFC 9110 that it amounts to, 200 where it amounts to none. `words` are the
    service's own, as they came. `is_all` is set where the document has nothing else, `is_certain`
    where it cannot be the state of a device: the request failed, whatever it was for.
    """

    status: int
    words: str
    is_all: bool
    is_certain: bool = True


def reported_error(document: object) -> ReportedError | None:
    """Return the error that a document states, None where the document is data."""
    node = _failed_part(document)
    if isinstance(node, list) and len(node) == 1:
        [node] = node
    for _ in range(_MAX_LEVELS):
        if not isinstance(node, dict):
            return None
        members = _members(node)
        if (error := _error_of(node, members)) is not None:
            return error
        # The only member wraps all else: the root element of XML, `response`.
        inner = [value for name, value in members.items() if not name.startswith("@")]
        if len(inner) != 1:
            return None
        [node] = inner
        is_of_each = members.keys() <= OUTCOMES_OF_EACH
        if is_of_each and isinstance(node, list) and len(node) == 1:
            [node] = node
    return None


def _failed_part(document: object) -> object:
    """Return the first part that failed of an answer that has success or error for each.

    Hue's `[{"success": {…}}, {"error": {"description": "…"}}]`. Any other document is returned.
    """
    if not isinstance(document, list) or not 1 < len(document) <= _MOST_MEMBERS:
        return document
    if not all(
        isinstance(part, dict)
        and part.keys() in ({"success"}, {"error"})
        and isinstance(part.get("error", {}), dict)
        for part in document
    ):
        return document
    return next((part for part in document if "error" in part), document)


def words_of(node: object, deepest: int = 4) -> str | None:
    """Return the first text for people in a document, at most `deepest` levels down."""
    if isinstance(node, str):
        return node[:_LONGEST_TEXT].strip() or None
    if isinstance(node, list) and node and deepest:
        return words_of(node[0], deepest - 1)
    if not isinstance(node, dict) or not deepest:
        return None
    members = {name.removeprefix("@"): value for name, value in _members(node).items()}
    found = (words_of(members.get(name), deepest - 1) for name in WORDS)
    return next((text for text in found if text is not None), None)


def _members(node: Mapping[str, object]) -> dict[str, object]:
    """Return the members of an object by their squeezed names; `@` stays that of an attribute."""
    return {
        ("@" if name.startswith("@") else "") + _squeezed(name.rpartition(":")[2]): node[name]
        for name in list(node)[:_MOST_MEMBERS]
    }  # fmt: skip


def _error_of(node: object, members: dict[str, object]) -> ReportedError | None:
    plain = {name.removeprefix("@"): value for name, value in members.items()}
    abouts = [plain]
    for name in ABOUT & plain.keys():
        inner = plain[name]
        if isinstance(inner, dict):
            abouts.append(_members(inner))
            if isinstance(deeper := inner.get("header"), dict):
                abouts.append(_members(deeper))
    is_all = all(_is_beside(name, value) for name, value in plain.items())
    words = next(filter(None, map(words_of, (*abouts[1:], node))), None) or ""
    if not words and isinstance(text := plain.get("data"), str):
        # AQICN's `{"status": "error", "data": "Over quota"}`
        words = words_of(text) or ""
    if not any(_fails(about, is_all=is_all, words=words) for about in abouts):
        return None
    status = _status(abouts, words, is_all=is_all)
    is_certain = is_all or _is_of_graphql(node) or any(map(_is_of_request, abouts))
    return ReportedError(status, words or _code(abouts), is_all, is_certain)


def _is_of_graphql(node: object) -> bool:
    """Return whether errors stand beside the data of GraphQL (its specification, 7.1.2)."""
    errors = node.get("errors") if isinstance(node, dict) and "data" in node else None
    return isinstance(errors, list) and any(
        isinstance(error, dict) and "message" in error for error in errors[:_MOST_ITEMS]
    )


def _is_of_request(about: Mapping[str, object]) -> bool:
    """Return whether a flag says that the request failed, or a status of RFC 9110 with words for it."""
    if any(_says_no(about[name]) for name in FLAGS & about.keys()):
        return True
    numbers = [_number(about[name]) for name in CODES & about.keys()]
    is_refusal = any(
        each and FIRST_REFUSAL <= each < AFTER_REFUSALS for each in numbers
    )
    return is_refusal and not WORDS_OF_ERRORS.isdisjoint(about)


def _fails(about: Mapping[str, object], *, is_all: bool, words: str) -> bool:
    """Return whether members of an object say that the request failed."""
    for name, value in about.items():
        if name in ERRORS and _is_error(value):
            return True
        if name in FLAGS and _says_no(value):
            return True
        if name in FLAGS_OF_ERRORS and value is True:
            return True
        # Tesla's `{"result": false, "reason": "already on"}`.
        if name == "result" and value is False and is_all and words:
            return True
        is_outcome = name in OUTCOMES or (name in CODES and is_all)
        outcome = _squeezed(_text(value)) if is_outcome else ""
        if outcome in FAILURES or (is_all and outcome in FAILURES_ALONE):
            return True
        if name == "detail" and is_all and _is_of_fastapi(value):
            return True
        if name in CODES and (number := _number(value)) is not None:
            if FIRST_REFUSAL <= number < AFTER_REFUSALS:
                return True
            if is_all and name == "status" and number in OF_WITHINGS:
                return True
            is_success = number == 0 or 200 <= number < 300
            if is_all and words and not is_success and words.lower() not in NONE:
                return True
    # Words alone may be data, unless they are those of a refusal or of a server.
    is_of_server = re.search(OF_SERVERS, words.lower()) is not None
    return is_all and (is_of_server or _meaning(words) is not None)


def _is_of_fastapi(detail: object) -> bool:
    """Return whether a list says what is wrong with the parameters of a request."""
    return isinstance(detail, list) and any(
        isinstance(part, dict) and {"loc", "msg"} <= part.keys()
        for part in detail[:_MOST_ITEMS]
    )


def _says_no(flag: object) -> bool:
    return _text(flag) in ("false", "0", "no")


def _is_error(value: object) -> bool:
    """Return whether what stands in place of an error is one."""
    if isinstance(value, list):
        return any(map(_is_error, value[:_MOST_ITEMS]))
    if not isinstance(value, dict):
        text = _text(value)
        # Hyundai's `"errorMessage": "Success with response body"`.
        return value is not None and text not in NONE and not text.startswith("success")
    members = _members(value)
    codes = [
        members[name] for name in ("code", "errorcode", "status") if name in members
    ]
    if codes and all(_text(code) in NONE for code in codes):
        return False
    return any(inner != 0 and not _is_empty(inner) for inner in members.values())


def _is_beside(name: str, value: object) -> bool:
    """Return whether a member is part of an error, and no data."""
    if _is_empty(value):
        return True
    if isinstance(value, dict) and name in ABOUT:
        return all(_is_beside(*member) for member in _members(value).items())
    known = ERRORS | FLAGS | FLAGS_OF_ERRORS | OUTCOMES | CODES | BESIDE
    return name in known or name in WORDS


def _is_empty(value: object) -> bool:
    if isinstance(value, str | list | dict):
        return not value
    return value is None or value is False


def _status(abouts: list[dict[str, object]], words: str, *, is_all: bool) -> int:
    """Return the status of RFC 9110 that an error amounts to, 200 for none."""
    texts: list[str] = []
    for about in abouts:
        for name, value in _parts(about):
            number = _number(value) if name in CODES else None
            if number is not None and FIRST_REFUSAL <= number < AFTER_REFUSALS:
                return number
            is_of_withings = is_all and name == "status" and number in OF_WITHINGS
            if number is not None and is_of_withings:
                return OF_WITHINGS[number]
            if isinstance(value, str):
                texts.append(value[:_LONGEST_CODE])
    meanings = map(_meaning, (*texts, words))
    return next((status for status in meanings if status is not None), 200)


def _parts(about: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """Yield the members of an object that describe the error, and the members inside them."""
    nodes: list[tuple[str, object]] = [
        (name, value)
        for name, value in about.items()
        if name in ERRORS | CODES | OUTCOMES
    ]
    for name, value in nodes:
        if len(nodes) > _MOST_PARTS:
            return
        yield name, value
        if isinstance(value, list):
            nodes += [(name, item) for item in value[:_MOST_ITEMS]]
        elif isinstance(value, dict):
            inner = list(_members(value).items())[:_MOST_ITEMS]
            nodes += [(key.removeprefix("@"), item) for key, item in inner]


def _meaning(text: str) -> int | None:
    text = re.sub(r"[^a-z0-9]+", " ", _spaced(text[:_LONGEST_TEXT]).lower())
    for status, words in STATUSES.items():
        if re.search(words, text):
            return status
    return None


def _code(abouts: list[dict[str, object]]) -> str:
    """Return the code of an error that has no words."""
    for about in abouts:
        for name, value in about.items():
            if name in CODES | ERRORS and not isinstance(value, bool | None):
                return _text(value)
    return ""


def _text(value: object) -> str:
    """Return a scalar as lower-case text, empty for all else."""
    if not isinstance(value, str | int | float):
        return ""
    return str(value)[:_LONGEST_CODE].strip().lower()


def _number(value: object) -> int | None:
    """Return a code that is a number, also as text."""
    if isinstance(value, bool):
        return None
    text = _text(value)
    return int(text) if re.fullmatch(r"-?[0-9]{1,9}", text, re.ASCII) else None


def _spaced(text: str) -> str:
    """Return text with the words of `InvalidToken` apart."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)


def _squeezed(name: str) -> str:
    return re.sub(r"[^a-z]", "", name[:_LONGEST_CODE].lower())
