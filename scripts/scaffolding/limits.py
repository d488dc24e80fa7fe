"""What core's OAuth2 helper cannot do of a provider, in words for the author."""

from collections.abc import Iterator

from custom_components.oauth2_client.catalogue import AUTHORIZATION_CODE, Provider

from .names import Refused


def check_possible(provider: Provider) -> None:
    """Raise Refused where no sign-in with application credentials is possible at all."""
    server = provider.server
    if AUTHORIZATION_CODE not in provider.grant_types or not server.authorize_url:
        raise Refused(
            f"Nobody signs in at {provider.name} with a browser, which application credentials "
            "are for. OAuth2 Client can do it: use --account."
        )


def limits(provider: Provider) -> Iterator[str]:
    """Yield what this provider needs and the written integration does not do, in sentences."""
    server = provider.server
    if server.dpop:
        yield "Its tokens are bound to a key (DPoP), which Home Assistant's helper does not know."
    if server.require_pushed:
        yield "It wants authorization requests to be pushed (RFC 9126)."
    if server.exchange_url is not None:
        yield "It exchanges the token of a sign-in for one that lasts longer, which is not done."
    if server.callback_values:
        names = ", ".join(sorted(server.callback_values.values()))
        yield f"It tells `{names}` in the address that the browser comes back with, which Home Assistant drops."
    if server.callback_names:
        names = ", ".join(sorted(server.callback_names.values()))
        yield f"It has `{names}` in the address that the browser comes back with, which Home Assistant does not know."
    if provider.value_hosts:
        names = ", ".join(sorted(provider.value_hosts))
        yield f"The token answer says at which host the API is (`{names}`), which is not followed."
    if provider.first_request is not None:
        yield f"It wants `{provider.first_request.method} {provider.first_request.url}` once after a sign-in, which is not sent."
    if "private_key_jwt" in server.client_authentication:
        yield "Its clients sign with a private key, which a client secret cannot stand for."
