"""Finds out to which account of the provider a token set belongs."""

from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Self

from homeassistant.core import HomeAssistant
from homeassistant.util.json import json_loads

from ..api import ApiRequest, content_type
from ..api.answer import async_read_answer
from ..api.redaction import REDACTED
from ..api.refusal import one_line
from ..catalogue import FirstRequest, Identity, Provider
from ..credentials.provider_client import Keep, async_send_to_provider
from ..document.parsing import UnreadableDocument
from ..grant import Grant
from ..grant.backoff import Backoff
from ..oauth2 import (
    AuthorizationServer,
    Client,
    GrantRejected,
    RefusedByPolicy,
    Request,
    Response,
    TemporaryFailure,
    TokenSet,
    check_id_token,
    id_token_name,
    id_token_subject,
    id_token_tenant,
)
from ..oauth2.jwt_claims import claimed_name
from ..wire import async_get_transport
from ..wire.clock import async_get_clock
from . import Account

# The placeholder for an id token's tenant in the issuer of Microsoft's multi-tenant metadata.
_TENANT: Final = "{tenantid}"
# A name is part of titles, logs and entity IDs.
_MAX_NAME_CHARACTERS: Final = 100
# OpenID Connect Core, 2: a subject has at most 255. Other APIs have ids of their own.
_MAX_ID_CHARACTERS: Final = 1000
# An id of so many characters that has a digit is not one that a person knows, unless it is an address.
_OPAQUE_CHARACTERS: Final = 16


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountIdentity:
    """An account's id and name at its provider, None where the provider does not reveal them."""

    id: str | None = None
    name: str | None = None

    @property
    def shown(self) -> str:
        """The name, or else the id, as a message has it; empty where neither is known."""
        return one_line(self.name or self.id or "", most=_MAX_NAME_CHARACTERS)

    @property
    def known(self) -> str:
        """The name, or else an id that a person recognizes, as a title has it; empty for any other id."""
        return "" if self.name is None and _is_opaque(self.id or "") else self.shown


async def async_identify(
    hass: HomeAssistant,
    provider: Provider,
    client: Client | None,
    token_set: TokenSet,
    *,
    asked: bool,
    nonce: str | None = None,
) -> AccountIdentity:
    """Return the account's identity, from the id token (OpenID Connect Core, 2) or an identity request.

    `client` is None if another component does not reveal it; its secret checks id tokens that are
    signed with it. `asked` is whether the sign-in requested an id token, `nonce` is the one that it
    sent. If the API refuses the identity request, the identity stays unknown.

    Raises TemporaryFailure, and IdTokenRejected for an id token that is not valid.
    """
    provider = provider.signed_in(token_set.values)
    subject = name = None
    check = partial(
        check_id_token,
        client_id=None if client is None else client.id,
        nonce=nonce,
        repeats_nonce=provider.server.repeats_nonce,
        secret=None if client is None else client.secret,
    )
    if (id_token := token_set.id_token) is not None and await _async_is_valid(
        hass, provider, id_token, check, asked=asked
    ):
        subject, name = id_token_subject(id_token), id_token_name(id_token)
    identity = provider.identity or _userinfo(provider.server)
    account = _unsaved_account(hass, provider, client, token_set)
    if (first := provider.first_request) is not None:
        await _async_send_first(account, first)
    if identity is None or (subject and name):
        return AccountIdentity(id=_kept(subject), name=name)
    try:
        answer = await _async_identity_answer(hass, account, identity, token_set)
    except GrantRejected, RefusedByPolicy:
        answer = None
    answered_id = _text(answer, identity.id)
    if subject and provider.identity is None and answered_id != subject:
        # OpenID Connect Core, 5.3.2: userinfo of another subject must not be used.
        answer = None
    answered_name = _text(answer, identity.name)
    if provider.identity is None and isinstance(answer, dict):
        answered_name = claimed_name(answer)
    return AccountIdentity(id=_kept(subject or answered_id), name=name or answered_name)


def _is_opaque(account_id: str) -> bool:
    """Tell whether an id says nothing to the person whose account it is."""
    return (
        len(account_id) >= _OPAQUE_CHARACTERS
        and any(map(str.isdigit, account_id))
        and "@" not in account_id
        and " " not in account_id
    )


def _kept(account_id: str | None) -> str | None:
    """Return an id, None for one that is too long to be kept."""
    return None if len(account_id or "") > _MAX_ID_CHARACTERS else account_id


async def _async_identity_answer(
    hass: HomeAssistant, account: Account, identity: Identity, token_set: TokenSet
) -> Any:
    """Return the answer to the identity request; without a URL, the values of the token answer."""
    if not identity.url:
        return token_set.values
    request = _request(identity, account.provider.named_by(identity.url))
    return await _async_document(hass, account, await account.send(request))


async def _async_send_first(account: Account, first: FirstRequest) -> None:
    """Send the request that a service wants after each sign-in. Raises TemporaryFailure if it fails."""
    response = await account.send(_request(first))
    # 409: it was sent after an earlier sign-in already.
    if response.status >= 300 and response.status != 409:
        raise TemporaryFailure(f"http_{response.status}")


def _request(
    template: Identity | FirstRequest, named_by: str | None = None
) -> ApiRequest:
    body = template.body
    request = ApiRequest(
        method=template.method,
        url=template.url,
        named_by=named_by,
        body=None if body is None else body.encode(),
    )
    return request if body is None else request.with_content_type(content_type(body))


async def _async_is_valid(
    hass: HomeAssistant,
    provider: Provider,
    id_token: str,
    check: partial[Any],
    *,
    asked: bool,
) -> bool:
    """Return whether an id token is valid. Raises RefusedByPolicy for an invalid one that was requested."""
    try:
        await _async_check(hass, provider, id_token, check)
    except RefusedByPolicy:
        if asked:
            raise
        # The sign-in did not request it, and the user cannot correct it: it is ignored.
        return False
    return True


async def _async_check(
    hass: HomeAssistant,
    provider: Provider,
    id_token: str,
    check: partial[Any],
) -> None:
    """Check the claims of an id token, and its signature where the server's keys are known.

    Without the keys, TLS takes the place of the signature, since the id token came directly from the
    token endpoint (OpenID Connect Core, 3.1.3.7, point 6).

    Raises RefusedByPolicy and TemporaryFailure.
    """
    server = provider.server
    issuer = server.issuer and server.issuer.replace(
        _TENANT, id_token_tenant(id_token) or ""
    )
    jwks = None
    if server.jwks_url is not None and issuer is not None:
        request = Request(
            method="GET", url=server.jwks_url, headers={"Accept": "application/json"}
        )
        keys = _json(await async_send_to_provider(hass, provider, request))
        jwks = keys if isinstance(keys, dict) else {}
    # In a thread: cryptography is slow to import, and long keys are slow to check.
    await hass.async_add_executor_job(
        partial(
            check,
            id_token,
            jwks=jwks,
            issuer=issuer,
            now=async_get_clock(hass).now(),
        )
    )


def _userinfo(server: AuthorizationServer) -> Identity | None:
    """Return the userinfo request (OpenID Connect Core, 5.3), None without such an endpoint."""
    if server.userinfo_url is None:
        return None
    return Identity(url=server.userinfo_url, id=("sub",))


class _NoStorage:
    """Stores nothing, since the token set has no entry yet."""

    written: TokenSet | None = None

    def next(self) -> AbstractAsyncContextManager[Self]:
        """Return itself, which is never written to."""
        return nullcontext(self)

    def write(self, token_set: TokenSet) -> None:
        """Not called: nothing is refreshed."""

    async def load(self) -> None:
        """Nothing is stored."""

    async def save(self, token_set: TokenSet) -> None:
        """Not called: nothing is refreshed."""

    async def keep_backoff(self, backoff: Backoff) -> None:
        """Store nothing: the next attempt is another sign-in."""


def _unsaved_account(
    hass: HomeAssistant, provider: Provider, client: Client | None, token_set: TokenSet
) -> Account:
    """Return an account for the identity request. Its token set is neither refreshed nor stored."""

    async def refuse(_: TokenSet, _keep: Keep) -> TokenSet:
        raise GrantRejected("new_token_rejected")

    async def ignore(_: object) -> None:
        """Do nothing: there is no entry yet whose health this could change."""

    clock = async_get_clock(hass)
    grant = Grant(
        token_set,
        refresh=refuse,
        storage=_NoStorage(),
        report=ignore,
        spawn=hass.async_create_task,
        clock=clock,
    )
    return Account(
        entry_id="",
        title=provider.name,
        provider=provider,
        client=client,
        # Userinfo may be at another host than the API.
        allowed_hosts=(provider.server.userinfo_url or "",),
        grant=grant,
        transport=async_get_transport(hass),
        clock=clock,
    )


async def _async_document(
    hass: HomeAssistant, account: Account, response: Response
) -> Any:
    """Return the JSON of an answer without the account's secrets, None for an error or other content."""
    if response.status != 200:
        return None
    try:
        return await async_read_answer(
            hass, (response,), account.redaction().redact, format="json"
        )
    except UnreadableDocument:
        return None


def _json(response: Response) -> Any:
    """Return the JSON of a response, None for an error or for another content."""
    if response.status != 200:
        return None
    try:
        return json_loads(response.body)
    except ValueError:
        return None


def _text(answer: Any, keys: tuple[str, ...]) -> str | None:
    """Return the text or number that the keys lead to, None for anything else and without keys."""
    if not keys:
        return None
    for key in keys:
        if isinstance(answer, dict):
            answer = answer.get(key)
        elif isinstance(answer, list) and key.isdigit() and int(key) < len(answer):
            answer = answer[int(key)]
        else:
            return None
    if isinstance(answer, bool) or not isinstance(answer, (str, int)) or answer == "":
        return None
    if isinstance(answer, str) and REDACTED in answer:
        return None
    return str(answer)
