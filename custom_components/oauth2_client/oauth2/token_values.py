"""Reads values other than tokens from token answers: the API's host, a tenant, an account id."""

from collections.abc import Mapping, Sequence
from copy import replace
from typing import Final

from .jwt_claims import unverified_claims
from .token_set import TokenSet

_LONGEST_VALUE: Final = 512
# Fields that may be a JWT: the rest of the path leads into its claims.
_TOKENS: Final = frozenset({"access_token", "id_token"})


def with_values(
    token_set: TokenSet,
    wanted: Mapping[str, str],
    answers: Sequence[Mapping[str, object] | None],
) -> TokenSet:
    """Return a token set with the texts and numbers at the paths of `wanted` in `answers`.

    `wanted` maps names to paths of keys, separated by dots. Each value is taken from the first answer
    that has it.
    """
    found = dict(token_set.values)
    for name, path in wanted.items():
        for answer in answers:
            if (value := _value(answer, path.split("."))) is not None:
                found[name] = value
                break
    return replace(token_set, values=found)


def _value(answer: object, keys: list[str]) -> str | None:
    for key in keys:
        if isinstance(answer, list) and key.isdecimal() and int(key) < len(answer):
            answer = answer[int(key)]
            continue
        answer = answer.get(key) if isinstance(answer, Mapping) else None
        if key in _TOKENS and isinstance(answer, str):
            answer = unverified_claims(answer)
    if isinstance(answer, bool) or not isinstance(answer, str | int):
        return None
    text = str(answer)
    return text if text.isprintable() and 0 < len(text) <= _LONGEST_VALUE else None
