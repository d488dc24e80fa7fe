"""Tokens of any implementation, ours or another component's, with protocol errors from both."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from aiohttp import ClientError

from homeassistant.exceptions import OAuth2TokenRequestReauthError
from homeassistant.helpers.config_entry_oauth2_flow import (
    AbstractOAuth2Implementation,
    ImplementationUnavailableError,
)

from .catalogue import AUTHORIZATION_CODE, WITHOUT_PERSON
from .implementation import ProviderImplementation
from .oauth2 import GrantRejected, TemporaryFailure, TokenSet


async def async_exchange(
    implementation: AbstractOAuth2Implementation, external_data: Any
) -> TokenSet:
    """Exchange the authorization code with any implementation, ours or another component's.

    Raises protocol errors, whichever errors the implementation raises.
    """
    with _protocol_errors():
        return TokenSet.from_dict(
            await implementation.async_resolve_external_data(external_data)
        )


async def async_refresh(
    implementation: AbstractOAuth2Implementation,
    token_set: TokenSet,
    *,
    grant: str = AUTHORIZATION_CODE,
    scopes: Sequence[str] = (),
) -> TokenSet:
    """Refresh with any implementation, or ask anew where the client asks for itself.

    Raises as `async_exchange`.
    """
    if (
        grant in WITHOUT_PERSON
        and token_set.refresh_token is None
        and isinstance(implementation, ProviderImplementation)
    ):
        implementation.ask_for(scopes)
        return await implementation.async_token_of_its_own(grant)
    with _protocol_errors():
        return TokenSet.from_dict(
            await implementation.async_refresh_token(token_set.as_dict())
        )


@contextmanager
def _protocol_errors() -> Iterator[None]:
    try:
        yield
    # First, since it is a ClientError too.
    except OAuth2TokenRequestReauthError:
        raise GrantRejected("invalid_grant") from None
    except TimeoutError:
        raise TemporaryFailure("timeout") from None
    except ClientError, ImplementationUnavailableError:
        raise TemporaryFailure("cannot_connect") from None
    except KeyError, TypeError, ValueError:
        raise TemporaryFailure("invalid_token_response") from None
