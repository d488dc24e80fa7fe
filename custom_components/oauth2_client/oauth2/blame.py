"""Finds which request parameters a refusal is about, so that a form can mark their fields."""

import re
from typing import Final

from .errors import ClientRejected, GrantRejected, OAuth2Error, ScopeRejected
from .refusal import words_of

_PARAMETER_WORDS: Final[tuple[tuple[str, str], ...]] = (
    ("client_secret", r"secret|appsecret|client password"),
    (
        "client_id",
        (
            r"(?:client|app|application) ?id(?:entifier)?|app ?key|consumer key"
            r"|unknown client"
            r"|(?:client|app|application) (?:\S+ ){0,6}?(?:unknown|not (?:found|exist|registered))"
        ),
    ),
    ("redirect_uri", r"redirect(?:ion)? ur[il]s?|(?:callback|return|reply) ur[il]s?"),
    ("scope", r"scopes?"),
    ("grant_type", r"(?:grant|response) type|device flow"),
)
# RFC 6749, 5.2 explains its codes in the first of these words. A server that quotes them means no
# parameter in particular, nor does one that lists the ways to authenticate (RFC 7591, 2).
_NO_PARAMETER: Final = re.compile(
    r"e g unknown client|redirection uri used in the authorization request"
    r"|client secret (?:basic|post|jwt)\b"
)


def named_parameters(error: OAuth2Error) -> tuple[str, ...]:
    """Return the parameters (RFC 6749) that an error names and a person can correct."""
    if isinstance(error, ScopeRejected):
        return ("scope",)
    if not isinstance(error, ClientRejected | GrantRejected):
        return ()
    text = _NO_PARAMETER.sub("", words_of(f"{error.code} {error.description or ''}"))
    return tuple(
        name
        for name, pattern in _PARAMETER_WORDS
        if re.search(rf"\b(?:{pattern})\b", text)
    )
