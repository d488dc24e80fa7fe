"""Finds the error that a document reports although the status is 200.

It is for documents without the wanted values: in others, `error` and `status` may be values of a
device.
"""

from collections.abc import Iterator, Mapping
import re
from typing import Final, NamedTuple

from .error_words import (
    CODE_MEMBERS,
    ENVELOPES,
    ERROR_DETAILS,
    ERROR_MEMBERS,
    ERROR_MESSAGE_MEMBERS,
    ERROR_STATUSES,
    FAILURE_FLAGS,
    FAILURE_VALUES,
    FAILURE_VALUES_ALONE,
    MESSAGE_MEMBERS,
    NO_ERROR_VALUES,
    OUTCOME_MEMBERS,
    RESULT_LISTS,
    SERVER_MESSAGE,
    STATUS_PATTERNS,
    SUCCESS_FLAGS,
    WITHINGS_STATUSES,
)

_MAX_LEVELS: Final = 5
_MAX_MEMBERS: Final = 64
_MAX_ITEMS: Final = 8
_MAX_PARTS: Final = 64
_MAX_TEXT_CHARACTERS: Final = 2000
_MAX_CODE_CHARACTERS: Final = 80


class ReportedError(NamedTuple):
    """An error that a document reports.

    `status` is the status of RFC 9110 with the same meaning, 200 where there is none. `message` is the
    service's own, unchanged. `is_all`: the document has nothing else. `is_certain`: the request failed,
    and the error cannot be the state of a device.
    """

    status: int
    message: str
    is_all: bool
    is_certain: bool = True


def reported_error(document: object) -> ReportedError | None:
    """Return the error that a document reports, None where the document is data."""
    node = _failed_part(document)
    if isinstance(node, list) and len(node) == 1:
        [node] = node
    for _ in range(_MAX_LEVELS):
        if not isinstance(node, dict):
            return None
        members = _members(node)
        if (error := _error_of(node, members)) is not None:
            return error
        # A single member wraps the rest: `response`, or the root element of XML.
        inner = [value for name, value in members.items() if not name.startswith("@")]
        if len(inner) != 1:
            return None
        [node] = inner
        is_result_list = members.keys() <= RESULT_LISTS
        if is_result_list and isinstance(node, list) and len(node) == 1:
            [node] = node
    return None


def _failed_part(document: object) -> object:
    """Return the first failed part of a list of successes and errors, any other document itself.

    Hue answers `[{"success": {…}}, {"error": {"description": "…"}}]`.
    """
    if not isinstance(document, list) or not 1 < len(document) <= _MAX_MEMBERS:
        return document
    if not all(
        isinstance(part, dict)
        and part.keys() in ({"success"}, {"error"})
        and isinstance(part.get("error", {}), dict)
        for part in document
    ):
        return document
    return next((part for part in document if "error" in part), document)


def message_of(node: object, levels: int = 4) -> str | None:
    """Return the most useful message for people in a document, at most so many levels down."""
    if isinstance(node, str):
        return node[:_MAX_TEXT_CHARACTERS].strip() or None
    if isinstance(node, list) and node and levels:
        return message_of(node[0], levels - 1)
    if not isinstance(node, dict) or not levels:
        return None
    members = {name.removeprefix("@"): value for name, value in _members(node).items()}
    messages = (message_of(members.get(name), levels - 1) for name in MESSAGE_MEMBERS)
    return next((message for message in messages if message is not None), None)


def _members(node: Mapping[str, object]) -> dict[str, object]:
    """Return the members of an object by the letters of their names; XML attributes keep their `@`."""
    return {
        ("@" if name.startswith("@") else "") + _letters(name.rpartition(":")[2]): node[name]
        for name in list(node)[:_MAX_MEMBERS]
    }  # fmt: skip


def _error_of(node: object, members: dict[str, object]) -> ReportedError | None:
    """Return the error that an object reports in its members, or in those of an envelope in it."""
    top = {name.removeprefix("@"): value for name, value in members.items()}
    envelopes = [top]
    for name in ENVELOPES & top.keys():
        inner = top[name]
        if isinstance(inner, dict):
            envelopes.append(_members(inner))
            if isinstance(header := inner.get("header"), dict):
                envelopes.append(_members(header))
    is_all = all(_is_part_of_error(name, value) for name, value in top.items())
    message = next(filter(None, map(message_of, (*envelopes[1:], node))), None) or ""
    if not message and isinstance(text := top.get("data"), str):
        # AQICN answers `{"status": "error", "data": "Over quota"}`.
        message = message_of(text) or ""
    if not any(
        _states_failure(envelope, is_all=is_all, message=message)
        for envelope in envelopes
    ):
        return None
    status = _status(envelopes, message, is_all=is_all)
    is_certain = (
        is_all
        or _has_graphql_errors(node)
        or any(map(_states_failed_request, envelopes))
    )
    return ReportedError(status, message or _code(envelopes), is_all, is_certain)


def _has_graphql_errors(node: object) -> bool:
    """Return whether a document is a GraphQL response with errors (its specification, 7.1.2)."""
    errors = node.get("errors") if isinstance(node, dict) and "data" in node else None
    return isinstance(errors, list) and any(
        isinstance(error, dict) and "message" in error for error in errors[:_MAX_ITEMS]
    )


def _states_failed_request(envelope: Mapping[str, object]) -> bool:
    """Return whether a flag, or a status of RFC 9110 with a message, says that the request failed."""
    if any(_is_false(envelope[name]) for name in SUCCESS_FLAGS & envelope.keys()):
        return True
    codes = [_number(envelope[name]) for name in CODE_MEMBERS & envelope.keys()]
    is_refusal = any(code in ERROR_STATUSES for code in codes)
    return is_refusal and not ERROR_MESSAGE_MEMBERS.isdisjoint(envelope)


def _states_failure(
    envelope: Mapping[str, object], *, is_all: bool, message: str
) -> bool:
    """Return whether any member of an object says that the request failed."""
    for name, value in envelope.items():
        if name in ERROR_MEMBERS and _is_error(value):
            return True
        if name in SUCCESS_FLAGS and _is_false(value):
            return True
        if name in FAILURE_FLAGS and value is True:
            return True
        # Tesla answers `{"result": false, "reason": "already on"}`.
        if name == "result" and value is False and is_all and message:
            return True
        is_outcome = name in OUTCOME_MEMBERS or (name in CODE_MEMBERS and is_all)
        outcome = _letters(_text(value)) if is_outcome else ""
        if outcome in FAILURE_VALUES or (is_all and outcome in FAILURE_VALUES_ALONE):
            return True
        if name == "detail" and is_all and _is_fastapi_detail(value):
            return True
        if name in CODE_MEMBERS and (number := _number(value)) is not None:
            if number in ERROR_STATUSES:
                return True
            if is_all and name == "status" and number in WITHINGS_STATUSES:
                return True
            is_success = number == 0 or 200 <= number < 300
            if (
                is_all
                and message
                and not is_success
                and message.lower() not in NO_ERROR_VALUES
            ):
                return True
    # A message alone may be data, unless it is that of a refusal or of a failing server.
    is_server_message = re.search(SERVER_MESSAGE, message.lower()) is not None
    return is_all and (is_server_message or _status_of_text(message) is not None)


def _is_fastapi_detail(detail: object) -> bool:
    """Return whether a list has the validation errors of FastAPI."""
    return isinstance(detail, list) and any(
        isinstance(part, dict) and {"loc", "msg"} <= part.keys()
        for part in detail[:_MAX_ITEMS]
    )


def _is_false(flag: object) -> bool:
    return _text(flag) in ("false", "0", "no")


def _is_error(value: object) -> bool:
    """Return whether the value of a member for errors is an error."""
    if isinstance(value, list):
        return any(map(_is_error, value[:_MAX_ITEMS]))
    if not isinstance(value, dict):
        text = _text(value)
        # Hyundai answers `"errorMessage": "Success with response body"`.
        return (
            value is not None
            and text not in NO_ERROR_VALUES
            and not text.startswith("success")
        )
    members = _members(value)
    codes = [
        members[name] for name in ("code", "errorcode", "status") if name in members
    ]
    if codes and all(_text(code) in NO_ERROR_VALUES for code in codes):
        return False
    return any(inner != 0 and not _is_empty(inner) for inner in members.values())


def _is_part_of_error(name: str, value: object) -> bool:
    """Return whether a member belongs to the report of an error, and is not data."""
    if _is_empty(value):
        return True
    if isinstance(value, dict) and name in ENVELOPES:
        return all(_is_part_of_error(*member) for member in _members(value).items())
    known = (
        ERROR_MEMBERS
        | SUCCESS_FLAGS
        | FAILURE_FLAGS
        | OUTCOME_MEMBERS
        | CODE_MEMBERS
        | ERROR_DETAILS
    )
    return name in known or name in MESSAGE_MEMBERS


def _is_empty(value: object) -> bool:
    if isinstance(value, str | list | dict):
        return not value
    return value is None or value is False


def _status(envelopes: list[dict[str, object]], message: str, *, is_all: bool) -> int:
    """Return the status of RFC 9110 with the meaning of an error, 200 for none."""
    texts: list[str] = []
    for envelope in envelopes:
        for name, value in _parts(envelope):
            number = _number(value) if name in CODE_MEMBERS else None
            if number is not None and number in ERROR_STATUSES:
                return number
            is_of_withings = is_all and name == "status" and number in WITHINGS_STATUSES
            if number is not None and is_of_withings:
                return WITHINGS_STATUSES[number]
            if isinstance(value, str):
                texts.append(value[:_MAX_CODE_CHARACTERS])
    statuses = map(_status_of_text, (*texts, message))
    return next((status for status in statuses if status is not None), 200)


def _parts(envelope: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """Yield the members of an object that describe the error, and the members inside them."""
    nodes: list[tuple[str, object]] = [
        (name, value)
        for name, value in envelope.items()
        if name in ERROR_MEMBERS | CODE_MEMBERS | OUTCOME_MEMBERS
    ]
    for name, value in nodes:
        if len(nodes) > _MAX_PARTS:
            return
        yield name, value
        if isinstance(value, list):
            nodes += [(name, item) for item in value[:_MAX_ITEMS]]
        elif isinstance(value, dict):
            inner = list(_members(value).items())[:_MAX_ITEMS]
            nodes += [(key.removeprefix("@"), item) for key, item in inner]


def _status_of_text(text: str) -> int | None:
    text = re.sub(
        r"[^a-z0-9]+", " ", _split_camel_case(text[:_MAX_TEXT_CHARACTERS]).lower()
    )
    for status, pattern in STATUS_PATTERNS.items():
        if re.search(pattern, text):
            return status
    return None


def _code(envelopes: list[dict[str, object]]) -> str:
    """Return the code of an error without a message."""
    for envelope in envelopes:
        for name, value in envelope.items():
            if name in CODE_MEMBERS | ERROR_MEMBERS and not isinstance(
                value, bool | None
            ):
                return _text(value)
    return ""


def _text(value: object) -> str:
    """Return a scalar as a lower-case text, empty for anything else."""
    if not isinstance(value, str | int | float):
        return ""
    return str(value)[:_MAX_CODE_CHARACTERS].strip().lower()


def _number(value: object) -> int | None:
    """Return a code that is a number or the text of one."""
    if isinstance(value, bool):
        return None
    text = _text(value)
    return int(text) if re.fullmatch(r"-?[0-9]{1,9}", text, re.ASCII) else None


def _split_camel_case(text: str) -> str:
    """Return text with a space between the words of `InvalidToken`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)


def _letters(name: str) -> str:
    return re.sub(r"[^a-z]", "", name[:_MAX_CODE_CHARACTERS].lower())
