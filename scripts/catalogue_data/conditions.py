"""Finds in the facts of a service what a person has to know, as kinds with values and dates.

The sentences of facts are not carried over: a kind has its own words where it is shown.
"""

from collections.abc import Iterable, Iterator, Mapping
import re
from typing import Any, Final

type Condition = dict[str, Any]

# The words of each kind in docs/providers.md; `{name}` is a value of the condition.
WORDS: Final[Mapping[str, str]] = {
    "paid": "costs money",
    "approval": "the service has to approve the application",
    "subscription": "needs a subscription or membership",
    "app_account": "register with the account of the service's app",
    "console_scopes": "scopes are ticked in the console too",
    "console_key": "a key of the console goes with each request",
    "exact_redirect": "the redirect URI has to match letter by letter",
    "https_redirect": "redirect URIs need https",
    "one_redirect": "one redirect URI for each application",
    "users": "up to {count} people until the service has reviewed the application",
    "testing": "while the application is in testing, only listed people can sign in",
    "administrator": "only an administrator can register an application",
    "personal_token": "a personal token is simpler for one's own account",
    "api_enabled": "the API has to be enabled or subscribed in the console",
    "choose_at_sign_in": "what may be read is chosen at the sign-in",
    "shared_client": "the service has one client for everybody",
    "device_only": "only with a code on another device",
    "single_use_refresh": "each refresh token works once: no other program may use it",
    "sign_in_again": "sign in again every {days} days",
    "secret_once": "the secret is shown once",
    "own_server": "the client is registered at one's own server",
    "quota": "{count} requests a {per}",
}
_PATTERNS: Final[tuple[tuple[str, str], ...]] = (
    (
        "subscription",
        r"subscription (is )?needed|membership is needed|needs? (an? )?(active )?(premium|subscription|membership)|owner needs premium|paid plan of the (api|service)",
    ),
    (
        "app_account",
        r"same account as|with the account (of|that)|account of the \S+( \S+)? app",
    ),
    (
        "console_scopes",
        r"\btick(ed)?\b.*(scope|permission|right|data type|grant)|(scopes?|permissions?|rights)\b.{0,60}\b(ticked|chosen (there|on|when|in)|set on|fixed)|scope.{0,30}(on|of|in) the (app|application|console|client|integration)",
    ),
    (
        "console_key",
        r"(wants|needs|also wants).{0,40}(api key|application key|subscription key|x-api-key|key of the application)|api key as query",
    ),
    ("exact_redirect", r"exact|to the letter|must match|has to match"),
    (
        "https_redirect",
        r"https only|must be https|need https|https, or http|only https|https addresses|redirect must be https|refuses http redirect|wants https",
    ),
    ("one_redirect", r"one (callback|redirect)"),
    (
        "testing",
        r"in testing|status testing|development mode|listed test users|people with a role|demo mode|restricted mode",
    ),
    ("administrator", r"only (an? )?((workspace|account) )?(owner|administrator)"),
    (
        "personal_token",
        r"personal (access )?(token|api key)|personal token|api token is simpler|access token without sign-in|long-lived access token",
    ),
    (
        "api_enabled",
        r"enable (the|oauth|each|an) ?.{0,30}api|connect two apis|have to be subscribed|must be subscribed|add the .{0,30}(product|apis?)",
    ),
    (
        "choose_at_sign_in",
        r"user picks|person picks|picks the|choose.{0,30}at (the )?(sign-in|consent)",
    ),
    ("shared_client", r"no app of one's own"),
    ("device_only", r"^device (flow|code) only[;:.]"),
    ("secret_once", r"secret is shown once"),
    (
        "own_server",
        r"self-hosted|your own server|in (the server's|authelia's) configuration|own tenant",
    ),
)
_USERS: Final = r"(?:up to|at most|for) (\d+) (?:users|members|people)|\b(\d+|five|ten) users at most|(\d+) users"
_WORD_NUMBERS: Final = {"five": "5", "ten": "10"}
_MONTH: Final = r"\b(20[12]\d-[01]\d(?:-[0-3]\d)?)\b"
_QUOTA: Final = (
    r"(\d[\d ,]*\d|\d+) ?(?:requests?|calls|api requests|units)?[^\d.;]{0,14}?"
    r"(?:a|an|per|/|each) ?(second|s|min|minute|hour|h|day|month)\b"
)
_PER: Final = {"s": "second", "min": "minute", "h": "hour"}
_STATUS: Final = {"paid": "paid", "by_approval": "approval"}


def conditions(record: Mapping[str, Any]) -> list[Condition]:
    """Return the conditions of a looked-up service, each kind once."""
    found: dict[str, Condition] = {}
    note = record.get("status_note", "")
    for condition in (
        *_of_status(record, note),
        *_of_sentences(record["conditions"]),
        *_of_tokens(record),
        *_of_quota(record.get("rate_limit", "")),
    ):
        found.setdefault(condition["kind"], condition)
    return [*found.values()]


def _of_status(record: Mapping[str, Any], note: str) -> Iterator[Condition]:
    if kind := _STATUS.get(record["status"]):
        since = _since(note)
        yield {"kind": kind} | ({"since": since} if since else {})


def _of_sentences(sentences: Iterable[str]) -> Iterator[Condition]:
    for sentence in sentences:
        said = sentence.lower()
        for kind, pattern in _PATTERNS:
            if re.search(pattern, said):
                since = _since(sentence)
                yield {"kind": kind} | ({"since": since} if since else {})
        if users := re.search(_USERS, said):
            count = next(filter(None, users.groups()))
            yield {
                "kind": "users",
                "values": {"count": _WORD_NUMBERS.get(count, count)},
            }


def _of_tokens(record: Mapping[str, Any]) -> Iterator[Condition]:
    if record.get("rotation") == "yes" and "single use" in _spelled(record):
        yield {"kind": "single_use_refresh"}
    days = grant_ends(record).get("always")
    if days is not None:
        yield {"kind": "sign_in_again", "values": {"days": str(days)}}


def _of_quota(text: str) -> Iterator[Condition]:
    if found := re.search(_QUOTA, text):
        count = re.sub(r"[ ,]", "", found[1])
        per = _PER.get(found[2], found[2])
        yield {"kind": "quota", "values": {"count": count, "per": per}}


def _spelled(record: Mapping[str, Any]) -> str:
    told = (record.get("refresh_token_lifetime", ""), *record["conditions"])
    return (
        " ".join(told)
        .lower()
        .replace("usable once", "single use")
        .replace("replaced at each use", "single use")
    )


_DAYS: Final = {
    "day": 1,
    "days": 1,
    "week": 7,
    "weeks": 7,
    "month": 30,
    "months": 30,
    "year": 365,
    "years": 365,
}
_SPAN: Final = r"(\d+|a|one|two|three|six) (days?|weeks?|months?|years?)"
_COUNTS: Final = {"a": 1, "one": 1, "two": 2, "three": 3, "six": 6}


def grant_ends(record: Mapping[str, Any]) -> dict[str, int]:
    """Return after how many days a grant ends, by the reason."""
    refresh = record.get("refresh_token_lifetime", "").lower()
    access = record.get("access_token_lifetime", "").lower()
    ends: dict[str, int] = {}
    for sentence in re.split(r"[;,.]|\bor\b", refresh):
        if (days := _days(sentence)) is None:
            continue
        if "testing" in sentence:
            ends["testing"] = days
        elif re.search(
            r"without use|unused|idle|renewed|until used|each (use|refresh)", sentence
        ):
            ends["unused"] = days
        elif re.search(r"at most|from consent|first consent|absolute", sentence):
            ends["always"] = days
        elif record.get("rotation") == "yes":
            # A refresh token that is followed by another one ends where nothing refreshes.
            ends.setdefault("unused", days)
    if re.search(r"none|no refresh token", refresh) or (
        record.get("rotation") == "no"
        and any(
            said.lower().startswith("no refresh token") for said in record["conditions"]
        )
    ):
        days = _days(access.rpartition("after the exchange")[0] or access)
        if days is not None and 1 <= days < 3650:
            ends["always"] = days
    return ends


def _days(text: str) -> int | None:
    if found := re.search(_SPAN, text):
        count = _COUNTS.get(found[1]) or int(found[1])
        return count * _DAYS[found[2]]
    if seconds := re.search(r"(\d{5,9}) ?s\b", text):
        return int(seconds[1]) // 86400
    return None


def _since(text: str) -> str | None:
    found = re.search(rf"(?:since|from|until|after|made since) {_MONTH}", text)
    return found[1] if found else None
