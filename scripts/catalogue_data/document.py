"""Writes docs/providers.md: each service, how to sign in, its conditions and known resources."""

from collections import Counter
from collections.abc import Iterator, Sequence
import json
from pathlib import Path
import re
from typing import Final

from custom_components.oauth2_client.catalogue import (
    Condition,
    Provider,
    load_gone,
    parse_provider,
)

from .attestation import Attestations
from .check import PROVIDERS
from .conditions import WORDS

DOCUMENT: Final = Path(__file__).parents[2] / "docs/providers.md"
_WAYS: Final = {
    "authorization_code": "browser",
    "device_code": "other device",
    "client_credentials": "without a person",
    "jwt_bearer": "key file",
}
_WHAT: Final = {
    "ended": "ended",
    "closed": "takes no new applications",
    "partners": "for partners only",
    "no_api": "a sign-in only, no API",
    "not_covered": "needs what this integration does not do",
}
# So many sources, or more, are counted together.
_MANY: Final = 3
# What of an entry is a deviation, by the word for it. Looked for in the entry as it is stored.
_FEATURES: Final[Sequence[tuple[str, frozenset[str]]]] = (
    ("variables", frozenset({"variables"})),
    ("Basic, or no secret", frozenset({"client_authentication"})),
    (
        "further parameters",
        frozenset(
            {
                *("authorize_parameters", "token_parameters"),
                *("refresh_parameters", "device_parameters"),
            }
        ),
    ),
    ("further headers", frozenset({"api_headers", "token_headers"})),
    ("another scope separator", frozenset({"scope_separator"})),
    (
        "token requests in JSON or in the query",
        frozenset({"token_encoding", "token_method"}),
    ),
    ("the token in another place", frozenset({"api_token_header", "api_token_query"})),
    ("values of the sign-in", frozenset({"token_values", "callback_values"})),
    ("parameters under other names", frozenset({"parameter_names"})),
    ("no PKCE, or plain", frozenset({"pkce", "code_challenge_method"})),
    ("another address to refresh", frozenset({"refresh_url"})),
    ("a nested token answer", frozenset({"token_path", "token_fields"})),
    ("an exchange for a longer token", frozenset({"exchange_url"})),
    ("a first request", frozenset({"first_request"})),
)


def read_all() -> list[Provider]:
    """Return all entries of the catalogue."""
    return [
        parse_provider(raw, category=path.stem)
        for path in sorted(PROVIDERS.glob("*.json"))
        for raw in json.loads(path.read_text(encoding="utf-8"))
    ]


def document() -> str:
    """Return what docs/providers.md holds."""
    providers = [each for each in read_all() if each.about.ended is None]
    lines = [
        "# Services",
        "",
        "Written by `scripts/catalogue document` from the data. To add a service, see",
        "[contributing-providers.md](contributing-providers.md). *Confirmed* means that sources which do not",
        "copy each other agree on how to sign in, one of them of the last 18 months",
        "([decision 11](decisions/0011-what-makes-a-catalogue-entry.md)): where the second table counts fewer",
        "than two, older sources agree with the one of today, or somebody looked the service up. The others are",
        "a start. No known resource was seen with an account yet, unless an issue says so.",
        "",
        *_counts(providers),
    ]
    for category in sorted({each.category for each in providers}):
        of_category = [each for each in providers if each.category == category]
        of_category.sort(key=lambda each: each.name.casefold())
        lines += ["", f"## {category.capitalize()}", "", *_table(of_category)]
    lines += ["", "## Not in the list", "", *_gone()]
    return "\n".join(lines) + "\n"


def _counts(providers: Sequence[Provider]) -> Iterator[str]:
    confirmed = sum(each.about.confirmed for each in providers)
    known = [len(each.known_resources_json) for each in providers]
    yield f"{len(providers)} services, {confirmed} of them confirmed. {sum(known)} known resources of {sum(map(bool, known))} services."
    yield ""
    yield "| category | services | confirmed |"
    yield "|---|---|---|"
    for category, count in sorted(Counter(each.category for each in providers).items()):
        sure = sum(
            each.about.confirmed for each in providers if each.category == category
        )
        yield f"| {category} | {count} | {sure} |"
    yield ""
    yield from _attested(providers)
    yield ""
    yield "| condition | services |"
    yield "|---|---|"
    kinds = Counter(
        kind for each in providers for kind in {c.kind for c in each.about.conditions}
    )
    for kind, count in sorted(kinds.items(), key=lambda each: (-each[1], each[0])):
        yield f"| {re.sub(r'\{\w+\}', '…', WORDS[kind])} | {count} |"
    yield ""
    yield "| what differs from the RFCs | services |"
    yield "|---|---|"
    stored = [each.as_dict().keys() for each in providers]
    for words, keys in _FEATURES:
        yield f"| {words} | {sum(bool(keys & each) for each in stored)} |"


def _attested(providers: Sequence[Provider]) -> Iterator[str]:
    """Yield how many services have how many independent libraries and platforms that know them today."""
    attestations = Attestations.read()
    yield "| independent sources of today with its addresses | services | confirmed |"
    yield "|---|---|---|"
    counted = Counter(
        (min(len(attestations.current(each.as_dict())), _MANY), each.about.confirmed)
        for each in providers
    )
    for count in range(_MANY, -1, -1):
        sure = counted[count, True]
        words = f"{count} or more" if count == _MANY else str(count)
        yield f"| {words} | {sure + counted[count, False]} | {sure} |"


def _table(providers: Sequence[Provider]) -> Iterator[str]:
    yield "| service | id | sign in with | confirmed | conditions | known resources | Home Assistant's own |"
    yield "|---|---|---|---|---|---|---|"
    for each in providers:
        about = each.about
        cells = (
            _escaped(each.name),
            f"`{each.id}`",
            ", ".join(_WAYS[grant] for grant in each.grant_types),
            "yes" if about.confirmed else "",
            "; ".join(map(_condition, about.conditions)),
            ", ".join(resource.name for resource in each.known_resources),
            f"`{about.integration}`" if about.integration else "",
        )
        yield f"| {' | '.join(cells)} |"


def _condition(condition: Condition) -> str:
    words = WORDS[condition.kind].format_map(condition.values)
    return f"{words} (since {condition.since})" if condition.since else words


def _gone() -> Iterator[str]:
    yield "| service | what became of it | since | instead |"
    yield "|---|---|---|---|"
    for each in load_gone():
        instead = {
            None: "",
            "integration": f"Home Assistant's `{each.integration}`",
            "personal_token": "a personal token of the service",
        }.get(each.instead, f"`{each.instead}`")
        yield f"| {each.name} | {_WHAT[each.what]} | {each.since} | {instead} |"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")
