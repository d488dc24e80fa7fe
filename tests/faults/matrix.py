"""What becomes of an account when something goes wrong: a row for each fault, a column for each moment.

A fault is at the token endpoint for the first five columns, at the revocation endpoint for the removal,
and at the API for a poll and an action. It lasts as long as the moment. `OUTCOMES` says what each word
means, and what the token set is afterwards. docs/faults.md tells it to users.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

_INTRODUCTION: Final = """\
# What becomes of an account when something goes wrong

Each fault of the network and of answers, at each moment at which it can meet an account. Every cell is
a test: each fault is made for real, against a server on loopback (`tests/faults`). How kills and other
disasters of the machine end is in [reliability.md](reliability.md).

A fault is at the token endpoint for the first five columns, at the revocation endpoint for a removal, and
at the API for a poll and for the action `request`. It lasts as long as the moment. *Words* says what
the cells mean, and what the token set is afterwards. Other words are the messages that a form or the
action shows; then nothing is stored, and what was stored is kept.
"""
MATRIX: Final = """
### The network

| fault                               | first sign-in                  | set-up           | ahead of its end | after its end    | API said 401     | removal    | poll            | action             |
| ----------------------------------- | ------------------------------ | ---------------- | ---------------- | ---------------- | ---------------- | ---------- | --------------- | ------------------ |
| connection refused                  | cannot_connect                 | retry            | goes on          | retry            | retry            | warned     | soon            | cannot_connect     |
| name does not resolve               | cannot_connect                 | retry            | goes on          | retry            | retry            | warned     | soon            | cannot_connect     |
| TLS handshake fails                 | cannot_connect                 | retry            | goes on          | retry            | retry            | warned     | soon            | cannot_connect     |
| certificate not trusted             | cannot_connect                 | retry            | goes on          | retry            | retry            | warned     | soon            | cannot_connect     |
| closed before the answer            | cannot_connect                 | retry            | goes on          | retry            | retry            | warned     | soon            | cannot_connect     |
| reset before the answer             | cannot_connect                 | retry            | goes on          | retry            | retry            | warned     | soon            | cannot_connect     |
| closed in the middle of the answer  | cannot_connect                 | retry            | goes on          | retry            | retry            | warned     | soon            | cannot_connect     |
| reset in the middle of the answer   | cannot_connect                 | retry            | goes on          | retry            | retry            | warned     | soon            | cannot_connect     |
| answer lost after it took effect    | cannot_connect                 | lost             | goes on, lost    | lost             | lost             | warned     | soon            | cannot_connect     |
| 502 though it took effect           | temporary_failure              | lost             | goes on, lost    | lost             | lost             | warned     | soon            | api_refused        |
| no answer                           | timeout                        | retry            | goes on          | retry            | retry            | warned     | soon            | timeout            |
| answer that stops in the middle     | timeout                        | retry            | goes on          | retry            | retry            | warned     | soon            | timeout            |
| answer that drips                   | timeout                        | retry            | goes on          | retry            | retry            | warned     | soon            | timeout            |
| endless body                        | response_too_large             | retry            | goes on          | retry            | retry            | warned     | next poll       | response_too_large |
| endless headers                     | cannot_connect                 | retry            | goes on          | retry            | retry            | warned     | soon            | cannot_connect     |
| announced as enormous               | response_too_large             | retry            | goes on          | retry            | retry            | warned     | next poll       | response_too_large |
| gzip bomb                           | response_too_large             | retry            | goes on          | retry            | retry            | warned     | next poll       | response_too_large |
| no gzip, though announced           | cannot_connect                 | retry            | goes on          | retry            | retry            | warned     | soon            | cannot_connect     |
| gzip that was cut                   | cannot_connect                 | retry            | goes on          | retry            | retry            | warned     | soon            | cannot_connect     |
| not HTTP                            | cannot_connect                 | retry            | goes on          | retry            | retry            | warned     | soon            | cannot_connect     |
| two lengths that differ             | cannot_connect                 | retry            | goes on          | retry            | retry            | warned     | soon            | cannot_connect     |

### Statuses

| fault                               | first sign-in                  | set-up           | ahead of its end | after its end    | API said 401     | removal    | poll            | action             |
| ----------------------------------- | ------------------------------ | ---------------- | ---------------- | ---------------- | ---------------- | ---------- | --------------- | ------------------ |
| 301 to elsewhere                    | redirect_refused               | address          | goes on          | address          | address          | warned     | next poll, host | redirect_refused   |
| 302 to a sign-in page               | redirect_refused               | address          | goes on          | address          | address          | warned     | next poll       | api_not_found      |
| 307 to elsewhere                    | redirect_refused               | address          | goes on          | address          | address          | warned     | next poll, host | redirect_refused   |
| 400 without a word                  | client_rejected                | retry            | goes on          | retry            | retry            | warned     | next poll       | api_refused        |
| 400 with a page                     | client_rejected                | retry            | goes on          | retry            | retry            | warned     | next poll       | api_refused        |
| 401 without a word                  | client_rejected                | retry            | goes on          | retry            | retry            | warned     | next poll       | api_unauthorized   |
| 403 of a firewall                   | client_rejected                | retry            | goes on          | retry            | retry            | warned     | next poll       | api_forbidden      |
| 404 with a page                     | endpoint_not_found             | retry            | goes on          | retry            | retry            | warned     | next poll       | api_not_found      |
| 404 in JSON                         | endpoint_not_found             | retry            | goes on          | retry            | retry            | warned     | next poll       | api_not_found      |
| 405                                 | endpoint_not_found             | retry            | goes on          | retry            | retry            | warned     | next poll       | api_refused        |
| 408                                 | temporary_failure              | retry            | goes on          | retry            | retry            | warned     | next poll       | api_refused        |
| 410                                 | endpoint_not_found             | retry            | goes on          | retry            | retry            | warned     | next poll       | api_refused        |
| 425                                 | temporary_failure              | retry            | goes on          | retry            | retry            | warned     | next poll       | api_refused        |
| 429                                 | temporary_failure              | retry            | goes on          | retry            | retry            | warned     | next poll       | api_busy           |
| 429, Retry-After in seconds         | temporary_failure              | waits            | goes on          | retry            | retry            | warned     | as told         | api_busy           |
| 429, Retry-After as a date          | temporary_failure              | waits            | goes on          | retry            | retry            | warned     | as told         | api_busy           |
| 429, absurd Retry-After             | temporary_failure              | waits            | goes on          | retry            | retry            | warned     | as told         | api_busy           |
| 429, Retry-After in words           | temporary_failure              | retry            | goes on          | retry            | retry            | warned     | next poll       | api_busy           |
| 429, Retry-After twice              | temporary_failure              | waits            | goes on          | retry            | retry            | warned     | as told         | api_busy           |
| 500                                 | temporary_failure              | retry            | goes on          | retry            | retry            | warned     | next poll       | api_refused        |
| 500 with a page                     | temporary_failure              | retry            | goes on          | retry            | retry            | warned     | next poll       | api_refused        |
| 502 of a proxy                      | temporary_failure              | retry            | goes on          | retry            | retry            | warned     | soon            | api_refused        |
| 503                                 | temporary_failure              | retry            | goes on          | retry            | retry            | warned     | soon            | api_busy           |
| 503, Retry-After in seconds         | temporary_failure              | waits            | goes on          | retry            | retry            | warned     | as told         | api_busy           |
| 504 of a proxy                      | temporary_failure              | retry            | goes on          | retry            | retry            | warned     | soon            | api_refused        |

### Refusals (RFC 6749, 5.2)

| fault                               | first sign-in                  | set-up           | ahead of its end | after its end    | API said 401     | removal    | poll            | action             |
| ----------------------------------- | ------------------------------ | ---------------- | ---------------- | ---------------- | ---------------- | ---------- | --------------- | ------------------ |
| 400 invalid_request                 | client_rejected                | credential       | goes on          | credential       | credential       | warned     | next poll       | api_refused        |
| 400 invalid_client                  | client_rejected                | credential       | goes on          | credential       | credential       | warned     | next poll       | api_refused        |
| 401 invalid_client                  | client_rejected                | credential       | goes on          | credential       | credential       | warned     | next poll       | api_unauthorized   |
| 400 invalid_grant                   | grant_rejected                 | sign in          | goes on          | sign in          | sign in          | warned     | next poll       | api_refused        |
| 401 invalid_grant                   | grant_rejected                 | sign in          | goes on          | sign in          | sign in          | warned     | next poll       | api_unauthorized   |
| 400 unauthorized_client             | client_rejected                | credential       | goes on          | credential       | credential       | warned     | next poll       | api_refused        |
| 400 unsupported_grant_type          | grant_type_rejected            | credential       | goes on          | credential       | credential       | warned     | next poll       | api_refused        |
| 400 invalid_scope                   | look_at_scopes, scope_rejected | scopes           | goes on          | scopes           | scopes           | warned     | next poll       | api_refused        |
| 400 temporarily_unavailable         | temporary_failure              | retry            | goes on          | retry            | retry            | warned     | next poll       | api_refused        |
| 400 with a code of its own          | grant_rejected                 | sign in          | goes on          | sign in          | sign in          | warned     | next poll       | api_refused        |
| 200 with invalid_grant              | grant_rejected                 | sign in          | goes on          | sign in          | sign in          | warned     | next poll       | api_reported_error     |
| 200 with invalid_client             | client_rejected                | credential       | goes on          | credential       | credential       | warned     | next poll       | api_reported_error     |
| 200 with temporarily_unavailable    | temporary_failure              | retry            | goes on          | retry            | retry            | warned     | next poll       | api_reported_error     |

### Answers that say nothing

| fault                               | first sign-in                  | set-up           | ahead of its end | after its end    | API said 401     | removal    | poll            | action             |
| ----------------------------------- | ------------------------------ | ---------------- | ---------------- | ---------------- | ---------------- | ---------- | --------------- | ------------------ |
| 200, empty                          | temporary_failure              | retry            | goes on          | retry            | retry            | signed out | next poll       | answered           |
| 204                                 | temporary_failure              | retry            | goes on          | retry            | retry            | signed out | no value        | answered           |
| 200 with a page (captive portal)    | temporary_failure              | retry            | goes on          | retry            | retry            | warned     | next poll       | answered           |
| 200, truncated JSON                 | temporary_failure              | retry            | goes on          | retry            | retry            | signed out | next poll       | answered           |
| 200, JSON list                      | temporary_failure              | retry            | goes on          | retry            | retry            | signed out | no value        | answered           |
| 200, JSON number                    | temporary_failure              | retry            | goes on          | retry            | retry            | signed out | no value        | answered           |
| 200, nested too deep                | temporary_failure              | retry            | goes on          | retry            | retry            | signed out | next poll       | answered           |
| 200, bytes that are no text         | temporary_failure              | retry            | goes on          | retry            | retry            | signed out | next poll       | answered           |
| 200 without access_token            | temporary_failure              | retry            | goes on          | retry            | retry            | signed out | no value        | answered           |
| 200, access_token is null           | temporary_failure              | retry, rotated   | goes on, rotated | retry, rotated   | retry, rotated   | signed out | value           | answered           |
| 200, access_token with a line break | temporary_failure              | retry, rotated   | goes on, rotated | retry, rotated   | retry, rotated   | signed out | value           | answered           |
| 200, access_token is empty          | temporary_failure              | retry, rotated   | goes on, rotated | retry, rotated   | retry, rotated   | signed out | value           | answered           |
| 200, access_token is a number       | temporary_failure              | retry, rotated   | goes on, rotated | retry, rotated   | retry, rotated   | signed out | value           | answered           |
| 200, refresh_token alone            | temporary_failure              | retry, rotated   | goes on, rotated | retry, rotated   | retry, rotated   | signed out | value           | answered           |
| 200, another token_type             | client_rejected                | credential, rotated | goes on, rotated | credential, rotated | credential, rotated | signed out | value           | answered           |
| 200, neither token is a text        | temporary_failure              | lost             | goes on, lost    | lost             | lost             | signed out | value           | answered           |

### Answers that are odd, and good

| fault                               | first sign-in                  | set-up           | ahead of its end | after its end    | API said 401     | removal    | poll            | action             |
| ----------------------------------- | ------------------------------ | ---------------- | ---------------- | ---------------- | ---------------- | ---------- | --------------- | ------------------ |
| text/html around JSON               | signed in                      | renewed          | renewed          | renewed          | renewed          | signed out | value           | answered           |
| no content type                     | signed in                      | renewed          | renewed          | renewed          | renewed          | signed out | value           | answered           |
| content type twice                  | signed in                      | renewed          | renewed          | renewed          | renewed          | signed out | value           | answered           |
| charset that does not exist         | signed in                      | renewed          | renewed          | renewed          | renewed          | signed out | value           | answered           |
| charset that is not true            | signed in                      | renewed          | renewed          | renewed          | renewed          | signed out | value           | answered           |
| byte order mark                     | signed in                      | renewed          | renewed          | renewed          | renewed          | signed out | value           | answered           |
| one odd byte                        | signed in                      | renewed          | renewed          | renewed          | renewed          | signed out | value           | answered           |
| negative expires_in                 | signed in                      | renewed          | renewed          | renewed          | renewed          | signed out | value           | answered           |
| absurd expires_in                   | signed in                      | renewed          | renewed          | renewed          | renewed          | signed out | value           | answered           |
| expires_in in words                 | signed in                      | renewed          | renewed          | renewed          | renewed          | signed out | value           | answered           |
"""


class Outcome(NamedTuple):
    """What a word of the table means, and what the token set of the account is afterwards."""

    meaning: str
    token_set: str


_REFRESH: Final[Mapping[str, Outcome]] = {
    "retry": Outcome(
        "It is tried again by itself, after 10 seconds, then after twice as long each time, up to an "
        "hour. A 400 or 401 without a reason asks for a sign-in once it came three times in more "
        "than ten minutes.",
        "kept",
    ),
    "waits": Outcome(
        "It is tried again when the server said, after a day at most, also after a restart.",
        "kept",
    ),
    "goes on": Outcome(
        "The token in hand is used until it ends. The refresh is tried again before, and nothing is "
        "asked of anybody.",
        "kept",
    ),
    "sign in": Outcome("The person is asked to sign in again, once.", "kept"),
    "credential": Outcome("A repair issue leads to the credential.", "kept"),
    "scopes": Outcome("A repair issue leads to the scopes.", "kept"),
    "address": Outcome(
        "Nothing is sent to where the server points. An address has to be changed.",
        "kept",
    ),
    "lost": Outcome(
        "The server took the request, and no answer of use came back. Where it ends a grant whose "
        "old refresh token is used again, the person is asked to sign in at the next refresh; no "
        "client can know better.",
        "kept, perhaps of no use any more",
    ),
    "rotated": Outcome(
        "The answer has a new refresh token, and no access token that can be used. The next refresh "
        "uses the new one. Where the server refuses that, it is followed at once by one with the "
        "refresh token of before.",
        "its refresh token is the new one, saved; that of before is kept too",
    ),
    "renewed": Outcome("The answer is taken.", "rotated, and saved before it is used"),
}
_REMOVAL: Final[Mapping[str, Outcome]] = {
    "warned": Outcome(
        "The account is removed. The log warns that its access may go on, and where to end it.",
        "gone",
    ),
    "signed out": Outcome("The account is removed, its grant ended.", "gone"),
}
_POLL: Final[Mapping[str, Outcome]] = {
    "soon": Outcome(
        "The entities are unavailable. It is fetched again after 10 seconds, then after twice as "
        "long each time, up to the interval.",
        "kept",
    ),
    "next poll": Outcome(
        "The entities are unavailable. It is fetched again when its schedule says.",
        "kept",
    ),
    "as told": Outcome(
        "The entities are unavailable. It is fetched again when the API said.", "kept"
    ),
    "no value": Outcome(
        "The answer is read and has no such value: its entity is unavailable.", "kept"
    ),
    "value": Outcome("The entity shows the value.", "kept"),
}
_HOST: Final[Mapping[str, Outcome]] = {
    "host": Outcome(
        "A repair issue names the host, and can allow it. Nothing was sent there.",
        "kept",
    ),
}
_SIGN_IN: Final[Mapping[str, Outcome]] = {
    "signed in": Outcome("The account is made.", "saved"),
}
_ACTION: Final[Mapping[str, Outcome]] = {
    "answered": Outcome("The automation gets status and text of the answer.", "kept"),
}
# The words of each column. Those of the first sign-in and of the action are besides the keys of
# messages in the translations: the form comes back with that message, nothing is stored; the
# action fails with it, the token set is kept.
OUTCOMES: Final[Mapping[str, Mapping[str, Outcome]]] = MappingProxyType(
    {
        "first sign-in": _SIGN_IN,
        "set-up": _REFRESH,
        "ahead of its end": _REFRESH,
        "after its end": _REFRESH,
        "API said 401": _REFRESH,
        "removal": _REMOVAL,
        "poll": {**_POLL, **_HOST},
        "action": _ACTION,
    }
)


def read_matrix() -> dict[str, dict[str, str]]:
    """Return the outcome by fault and moment. Raises ValueError for a row that is not whole."""
    matrix: dict[str, dict[str, str]] = {}
    lines = [line.strip("| ").split("|") for line in MATRIX.split("\n") if "|" in line]
    for line in lines:
        fault, *cells = (cell.strip() for cell in line)
        if fault in matrix:
            raise ValueError(f"twice: {fault}")
        if fault == "fault" or set(fault) == {"-"}:
            continue
        matrix[fault] = dict(zip(OUTCOMES, cells, strict=True))
    return matrix


def document() -> str:
    """Return table and words in Markdown."""
    words = {
        word: outcome
        for outcomes in OUTCOMES.values()
        for word, outcome in outcomes.items()
    }
    legend = [
        f"| {word} | {outcome.meaning} | {outcome.token_set} |"
        for word, outcome in words.items()
    ]
    head = [
        "## Words",
        "",
        "| word | what happens | token set |",
        "| --- | --- | --- |",
    ]
    table = MATRIX.replace("### ", "## ")
    return "\n".join([_INTRODUCTION + table, *head, *legend, ""])
