"""Finds the error that a document tells of, where an API answers with 200 all the same.

Only a look at a document in which nothing was found that was wanted can tell: `error` and `status` are
values of many a device.
"""

from collections.abc import Iterator, Mapping
import re
from typing import Final, NamedTuple

_MAX_LEVELS: Final = 5
_MOST_MEMBERS: Final = 64
_MOST_ITEMS: Final = 8
_MOST_PARTS: Final = 64
_LONGEST_TEXT: Final = 2000
_LONGEST_CODE: Final = 80

# Names of members, in lower case and without what separates their words.
_ERRORS: Final = frozenset(
    {
        *("error", "errors", "err", "exception", "fault", "failure"),
        *("errorcode", "errcode", "errno", "faultcode"),
        *("errormessage", "errormsg", "errmsg", "errordescription", "faultstring"),
    }
)
_FLAGS: Final = frozenset(
    {"success", "succeeded", "successful", "issuccess", "issuccessful", "ok", "isok"}
)
_OUTCOMES: Final = frozenset(
    {"status", "result", "stat", "type", "outcome", "responsestatus", "returnstatus"}
)
_FAILURES: Final = frozenset(
    {
        *(
            "error",
            "err",
            "fail",
            "failed",
            "failure",
            "fault",
            "exception",
            "ko",
            "nok",
        ),
        *("unauthorized", "unauthenticated", "forbidden", "denied", "accessdenied"),
    }
)
_CODES: Final = frozenset(
    {
        *("status", "statuscode", "httpstatus", "httpcode", "httpstatuscode"),
        *("code", "cod", "responsecode", "resultcode", "returncode", "retcode"),
        *("errorcode", "errcode", "errno", "error"),
    }
)
# Where the words for people stand, the most useful first (RFC 9457, 3.1; RFC 6750, 3.1).
_WORDS: Final = (
    *("message", "errordescription", "detail", "details", "errormessage", "errormsg"),
    *("errmsg", "faultstring", "reason", "msg", "title", "error", "errors", "fault"),
    # Of XML, the text of an element that has attributes.
    *("err", "exception", "text"),
)
# What else answers have that are nothing but an error.
_BESIDE: Final = frozenset(
    {
        *("requestid", "reqid", "traceid", "correlationid", "logid", "tid", "id"),
        *("timestamp", "time", "date", "t", "ts", "servertime", "path", "instance"),
        *("documentationurl", "moreinfo", "help", "helpurl", "version", "apiversion"),
        *("jsonrpc", "locale", "lang", "severity", "class", "trace"),
        *("description", "statustext", "faultactor", "xmlns", "retryafter"),
    }
)
# Objects that tell of the answer, beside its data.
_ABOUT: Final = frozenset({"meta", "header", "status", "response", "result", "message"})
# What means that there is no error.
_NONE: Final = frozenset(
    {
        *(
            "",
            "0",
            "00000",
            "none",
            "null",
            "nil",
            "no",
            "noerror",
            "no error",
            "false",
        ),
        *("ok", "okay", "success", "successful", "succeeded", "n/a", "-", "200"),
    }
)
# The statuses of RFC 9110 that codes and words of services amount to.
_STATUSES: Final = {
    429: (
        r"too ?many ?requests|rate ?limit|throttl|quota|slow ?down|over ?query ?limit"
        r"|resource ?exhausted"
    ),
    403: (
        r"insufficient ?(?:scope|permission)|missing ?scope|forbidden|access ?denied"
        r"|permission ?denied"
    ),
    401: (
        r"unauthori[sz]ed|unauthenticated|not ?auth(?:ed|enticated|ori[sz]ed)|not ?logged ?in"
        r"|invalid ?(?:auth|credential|session)|auth\w{0,20} ?(?:error|failed|failure|required)"
        r"|log ?in ?(?:failed|required)"
        r"|(?:token|session)[\w ]{0,30}(?:invalid|expired|revoked|not ?valid|missing)"
        r"|(?:invalid|expired|revoked|bad|missing|wrong|validating)[\w ]{0,30}token"
        r"|authori[sz]ation ?has ?been ?denied"
    ),
}
_FIRST_REFUSAL: Final = 400
_AFTER_REFUSALS: Final = 600
# Withings answers each refusal with 200 and a status of its own.
_OF_WITHINGS: Final = {
    100: 401,
    101: 401,
    102: 401,
    214: 403,
    277: 403,
    2553: 403,
    2554: 403,
    2555: 403,
    601: 429,
}


class ToldError(NamedTuple):
    """An error that a document tells of.

    `status` is that of RFC 9110 that it amounts to, 200 where it amounts to none. `words` are the
    service's own, as they came. `is_all` is set where the document has nothing else.
    """

    status: int
    words: str
    is_all: bool


def told_error(document: object) -> ToldError | None:
    """Return the error that a document tells of, None where it is data."""
    node = document
    if isinstance(node, list) and len(node) == 1:
        [node] = node
    for _ in range(_MAX_LEVELS):
        if not isinstance(node, dict):
            return None
        members = _members(node)
        if (told := _told(node, members)) is not None:
            return told
        # What is around all of it: the elements of XML, `response`.
        inner = [value for name, value in members.items() if not name.startswith("@")]
        if len(inner) != 1:
            return None
        [node] = inner
    return None


def words_of(node: object, deepest: int = 4) -> str | None:
    """Return the first text for people in a document, at most `deepest` levels down."""
    if isinstance(node, str):
        return node[:_LONGEST_TEXT].strip() or None
    if isinstance(node, list) and node and deepest:
        return words_of(node[0], deepest - 1)
    if not isinstance(node, dict) or not deepest:
        return None
    members = {name.removeprefix("@"): value for name, value in _members(node).items()}
    found = (words_of(members.get(name), deepest - 1) for name in _WORDS)
    return next((text for text in found if text is not None), None)


def _members(node: Mapping[str, object]) -> dict[str, object]:
    """Return the members of an object by their squeezed names; `@` stays that of an attribute."""
    return {
        ("@" if name.startswith("@") else "") + _squeezed(name.rpartition(":")[2]): node[name]
        for name in list(node)[:_MOST_MEMBERS]
    }  # fmt: skip


def _told(node: object, members: dict[str, object]) -> ToldError | None:
    plain = {name.removeprefix("@"): value for name, value in members.items()}
    abouts = [plain]
    for name in _ABOUT & plain.keys():
        inner = plain[name]
        if isinstance(inner, dict):
            abouts.append(_members(inner))
            if isinstance(deeper := inner.get("header"), dict):
                abouts.append(_members(deeper))
    is_all = all(_is_beside(name, value) for name, value in plain.items())
    words = next(filter(None, map(words_of, (*abouts[1:], node))), None) or ""
    if not any(_fails(about, is_all=is_all, words=words) for about in abouts):
        return None
    status = _status(abouts, words, is_all=is_all)
    return ToldError(status, words or _code(abouts), is_all)


def _fails(about: Mapping[str, object], *, is_all: bool, words: str) -> bool:
    """Return whether members of an object say that it went wrong."""
    for name, value in about.items():
        if name in _ERRORS and _is_error(value):
            return True
        if name in _FLAGS and _text(value) in ("false", "0", "no"):
            return True
        if name in _OUTCOMES and _squeezed(_text(value)) in _FAILURES:
            return True
        if name in _CODES and (number := _number(value)) is not None:
            if _FIRST_REFUSAL <= number < _AFTER_REFUSALS:
                return True
            if is_all and number in _OF_WITHINGS:
                return True
            is_success = number == 0 or 200 <= number < 300
            if is_all and words and not is_success and words.lower() not in _NONE:
                return True
    # Words alone may as well be an answer.
    return is_all and _meaning(words) is not None


def _is_error(value: object) -> bool:
    """Return whether what stands in place of an error is one."""
    if isinstance(value, list):
        return any(map(_is_error, value[:_MOST_ITEMS]))
    if not isinstance(value, dict):
        return value is not None and _text(value) not in _NONE
    members = _members(value)
    codes = [
        members[name] for name in ("code", "errorcode", "status") if name in members
    ]
    if codes and all(_text(code) in _NONE for code in codes):
        return False
    return any(inner != 0 and not _is_empty(inner) for inner in members.values())


def _is_beside(name: str, value: object) -> bool:
    """Return whether a member is part of an error, and no data."""
    if _is_empty(value):
        return True
    if isinstance(value, dict) and name in _ABOUT:
        return all(_is_beside(*member) for member in _members(value).items())
    known = _ERRORS | _FLAGS | _OUTCOMES | _CODES | _BESIDE
    return name in known or name in _WORDS


def _is_empty(value: object) -> bool:
    if isinstance(value, str | list | dict):
        return not value
    return value is None or value is False


def _status(abouts: list[dict[str, object]], words: str, *, is_all: bool) -> int:
    """Return the status of RFC 9110 that an error amounts to, 200 for none."""
    texts: list[str] = []
    for about in abouts:
        for name, value in _parts(about):
            number = _number(value) if name in _CODES else None
            if number is not None and _FIRST_REFUSAL <= number < _AFTER_REFUSALS:
                return number
            if number is not None and is_all and number in _OF_WITHINGS:
                return _OF_WITHINGS[number]
            if isinstance(value, str):
                texts.append(value[:_LONGEST_CODE])
    meanings = map(_meaning, (*texts, words))
    return next((status for status in meanings if status is not None), 200)


def _parts(about: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """Yield the members of an object that tell of the error, and those inside them."""
    nodes: list[tuple[str, object]] = [
        (name, value)
        for name, value in about.items()
        if name in _ERRORS | _CODES | _OUTCOMES
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
    for status, words in _STATUSES.items():
        if re.search(words, text):
            return status
    return None


def _code(abouts: list[dict[str, object]]) -> str:
    """Return the code of an error that has no words."""
    for about in abouts:
        for name, value in about.items():
            if name in _CODES | _ERRORS and not isinstance(value, bool | None):
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
