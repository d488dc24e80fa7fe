"""One interface to any OAuth2 implementation: ours, or another component's, which can do less."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from aiohttp import ClientError

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import (
    ConfigEntryAuthFailed,
    OAuth2TokenRequestReauthError,
)
from homeassistant.helpers.config_entry_oauth2_flow import (
    MY_AUTH_CALLBACK_PATH,
    AbstractOAuth2Implementation,
    ImplementationUnavailableError,
    LocalOAuth2Implementation,
    async_get_config_entry_implementation,
)
from homeassistant.helpers.importlib import async_import_module

from ..catalogue import AUTHORIZATION_CODE, WITHOUT_PERSON
from ..oauth2 import Client, GrantRejected, TemporaryFailure, TokenSet
from .implementation import ProviderImplementation
from .provider_client import Keep


class AnyImplementation:
    """An OAuth2 implementation as the rest of the package uses it.

    `own` is the implementation where it is ours, None for another component's. All errors of an
    implementation become `OAuth2Error`s.
    """

    def __init__(self, implementation: AbstractOAuth2Implementation) -> None:
        self._implementation = implementation
        self.own = (
            implementation
            if isinstance(implementation, ProviderImplementation)
            else None
        )

    @property
    def client(self) -> Client | None:
        """The registered client, None where another component does not reveal it."""
        local = self._implementation
        if not isinstance(local, LocalOAuth2Implementation):
            return None
        return Client(id=local.client_id, secret=local.client_secret or None)

    @property
    def nonce(self) -> str | None:
        """The nonce that this sign-in sent and its id token has to repeat, None without a nonce."""
        return None if self.own is None else self.own.nonce

    @property
    def redirect_uri(self) -> str:
        """Where the browser comes back to; My Home Assistant where another component does not reveal it."""
        local = self._implementation
        if not isinstance(local, LocalOAuth2Implementation):
            return MY_AUTH_CALLBACK_PATH
        return local.redirect_uri

    @property
    def label(self) -> str:
        """The name, with the client id, so that credentials of equal name can be told apart."""
        name, client = self._implementation.name, self.client
        return name if client is None or client.id == name else f"{name} · {client.id}"

    async def async_exchange(self, external_data: Any) -> TokenSet:
        """Exchange the authorization code from the browser's callback for a token set."""
        with _protocol_errors():
            return TokenSet.from_dict(
                await self._implementation.async_resolve_external_data(external_data)
            )

    async def async_renew(
        self,
        token_set: TokenSet,
        *,
        grant_type: str = AUTHORIZATION_CODE,
        scopes: Sequence[str] = (),
        keep: Keep | None = None,
    ) -> TokenSet:
        """Refresh a token set, or request a new one where the grant type needs no person.

        `keep` is that of `token_requests.async_refresh`. It is called for refreshes by our implementation
        only: without a refresh token, a token set that is lost can be requested again.
        """
        if (own := self.own) is None:
            with _protocol_errors():
                return TokenSet.from_dict(
                    await self._implementation.async_refresh_token(token_set.as_dict())
                )
        # A refresh needs the scopes too: its error names them.
        own.ask_for(scopes)
        if grant_type in WITHOUT_PERSON and token_set.refresh_token is None:
            await async_import_module(own.hass, f"{__package__}.sign_in")
            from .sign_in import async_own_token  # noqa: PLC0415 - imported just now, off the event loop

            return await async_own_token(own.at_provider, grant_type, token_set)
        await async_import_module(own.hass, f"{__package__}.token_requests")
        from .token_requests import async_refresh  # noqa: PLC0415 - imported just now, off the event loop

        return await async_refresh(own.at_provider, token_set, keep=keep)

    async def async_revoke(self, token_set: TokenSet) -> bool:
        """Revoke the grant at the provider (RFC 7009). Return False where that is not possible.

        Raises as `token_endings.async_revoke` does.
        """
        if self.own is None:
            return False
        await async_import_module(self.own.hass, f"{__package__}.token_endings")
        from .token_endings import async_revoke  # noqa: PLC0415 - imported just now, off the event loop

        return await async_revoke(self.own.at_provider, token_set)

    async def async_introspect(self, token_set: TokenSet) -> bool | None:
        """Return whether the access token is active, None where the provider cannot be asked."""
        if self.own is None:
            return None
        await async_import_module(self.own.hass, f"{__package__}.token_endings")
        from .token_endings import async_introspect  # noqa: PLC0415 - imported just now, off the event loop

        return await async_introspect(self.own.at_provider, token_set)


async def async_implementation_of(
    hass: HomeAssistant, entry: ConfigEntry
) -> AnyImplementation:
    """Return the implementation that an account is signed in with.

    Raises ImplementationUnavailableError, and CredentialDeleted, with which a set-up starts reauth.
    """
    try:
        found = await async_get_config_entry_implementation(hass, entry)
    except ConfigEntryAuthFailed:
        raise
    except ValueError:
        raise CredentialDeleted from None
    return AnyImplementation(found)


class CredentialDeleted(ConfigEntryAuthFailed, ValueError):
    """The account's credential no longer exists.

    Like core's UnknownImplementationError; Home Assistant 2026.8 raises a plain ValueError instead.
    """


@contextmanager
def _protocol_errors() -> Iterator[None]:
    """Raise the errors of another component's implementation as `OAuth2Error`s."""
    try:
        yield
    # Before ClientError, which is its base class.
    except OAuth2TokenRequestReauthError:
        raise GrantRejected("invalid_grant") from None
    except TimeoutError:
        raise TemporaryFailure("timeout") from None
    except ClientError, ImplementationUnavailableError:
        raise TemporaryFailure("cannot_connect") from None
    except KeyError, TypeError, ValueError:
        raise TemporaryFailure("invalid_token_response") from None
