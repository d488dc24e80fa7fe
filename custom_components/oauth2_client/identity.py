"""Whose account a token set is."""

from dataclasses import dataclass
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.util.json import json_loads

from .account import Account
from .catalogue import Provider
from .grant import Grant
from .oauth2 import (
    GrantRejected,
    RefusedByPolicy,
    Response,
    TokenSet,
    id_token_name,
    id_token_subject,
)
from .transport import async_get_transport


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountIdentity:
    """An account as its provider knows it; None where the provider does not tell."""

    id: str | None = None
    name: str | None = None


async def async_identify(
    hass: HomeAssistant, provider: Provider, client_id: str | None, token_set: TokenSet
) -> AccountIdentity:
    """Ask whose account this is: the id token (OpenID Connect Core, 2), else the identity request.

    An API that refuses to tell leaves it unknown. Raises TemporaryFailure.
    """
    subject = name = None
    if token_set.id_token is not None:
        subject = id_token_subject(token_set.id_token)
        name = id_token_name(token_set.id_token)
    identity = provider.identity
    if identity is None or (subject and name):
        return AccountIdentity(id=subject, name=name)
    account = _new_account(hass, provider, client_id, token_set)
    try:
        answer = _answer(await account.request(identity.method, identity.url))
    except GrantRejected, RefusedByPolicy:
        answer = None
    return AccountIdentity(
        id=subject or _text(answer, identity.id),
        name=name or _text(answer, identity.name),
    )


class _NotKept:
    """Storage for a token set that belongs to no entry yet."""

    async def load(self) -> None:
        """Nothing is stored."""

    async def save(self, token_set: TokenSet) -> None:
        """Not called: nothing is refreshed."""


def _new_account(
    hass: HomeAssistant, provider: Provider, client_id: str | None, token_set: TokenSet
) -> Account:
    async def refuse(_: TokenSet) -> TokenSet:
        raise GrantRejected("new_token_rejected")

    grant = Grant(
        token_set,
        refresh=refuse,
        storage=_NotKept(),
        report=lambda _: None,
        spawn=hass.async_create_task,
    )
    return Account(
        entry_id="",
        title=provider.name,
        provider=provider,
        client_id=client_id,
        grant=grant,
        transport=async_get_transport(hass),
    )


def _answer(response: Response) -> Any:
    """Return the answer as JSON, None where the provider does not say (no scope for it, say)."""
    if response.status != 200:
        return None
    try:
        return json_loads(response.body)
    except ValueError:
        return None


def _text(answer: Any, keys: tuple[str, ...]) -> str | None:
    """Return what the keys lead to, where that is text or a number."""
    for key in keys:
        if isinstance(answer, dict):
            answer = answer.get(key)
        elif isinstance(answer, list) and key.isdigit() and int(key) < len(answer):
            answer = answer[int(key)]
        else:
            return None
    if isinstance(answer, bool) or not isinstance(answer, (str, int)) or answer == "":
        return None
    return str(answer)
