"""What is sent for each service: one file to read through in review."""

from collections.abc import Iterator
from copy import replace
from typing import Final
from urllib.parse import unquote_plus

from syrupy.assertion import SnapshotAssertion

from custom_components.oauth2_client.catalogue import DEVICE_CODE, Provider
from custom_components.oauth2_client.oauth2 import (
    Client,
    Request,
    TokenSet,
    authorization_code_request,
    authorization_parameters,
    authorization_url,
    client_credentials_request,
    device_authorization_request,
    device_token_request,
    exchange_request,
    refresh_request,
    renewal_request,
    revocation_requests,
)
from custom_components.oauth2_client.oauth2.pkce import code_challenge

from .completed import completed, every_provider

_REDIRECT_URI: Final = "https://my.home-assistant.io/redirect/oauth"
_VERIFIER: Final = "v" * 43


def _client(provider: Provider) -> Client:
    if provider.shared_client_id is not None:
        return Client(id=provider.shared_client_id)
    is_public = provider.server.client_authentication == "none"
    return Client(id="ID", secret=None if is_public else "SECRET")


def _lines(provider: Provider) -> Iterator[str]:
    server, client = provider.server, _client(provider)
    yield f"# {provider.id} ({provider.name})"
    verifier = _VERIFIER if server.pkce else None
    if server.authorize_url:
        parameters = authorization_parameters(
            server,
            client,
            redirect_uri=_REDIRECT_URI,
            state="STATE",
            scopes=provider.scopes,
            code_verifier=verifier,
        )
        url = authorization_url(server, parameters)
        yield _short(f"browser {unquote_plus(url)}")
        yield _line(
            "token",
            authorization_code_request(
                server,
                client,
                code="CODE",
                redirect_uri=_REDIRECT_URI,
                code_verifier=verifier,
            ),
        )
    if DEVICE_CODE in provider.grant_types:
        proof = _VERIFIER if server.device_pkce else None
        asked = device_authorization_request(
            server, client, scopes=provider.scopes, code_verifier=proof
        )
        yield _line("device", asked)
        polled = device_token_request(
            server, client, device_code="DEVICE", code_verifier=proof
        )
        yield _line("poll", polled)
    if "client_credentials" in provider.grant_types:
        own = client_credentials_request(server, client, scopes=provider.scopes)
        yield _line("own", own)
    if server.exchange_url:
        yield _line("exchange", exchange_request(server, client, access_token="ACCESS"))
    if server.renewal_url:
        yield _line("renew", renewal_request(server, client, access_token="ACCESS"))
    else:
        refreshed = refresh_request(
            server, client, refresh_token="REFRESH", redirect_uri=_REDIRECT_URI
        )
        yield _line("refresh", refreshed)
    token_set = TokenSet(access_token="ACCESS", received_at=0.0)
    for request in revocation_requests(server, client, token_set):
        yield _line("revoke", request)
    yield from _api_lines(provider)


def _line(name: str, request: Request) -> str:
    headers = {
        key: value
        for key, value in request.headers.items()
        if (key, value) != ("Accept", "application/json")
        and value != "application/x-www-form-urlencoded"
    }
    body = unquote_plus((request.body or b"").decode())
    shown = "".join(f" [{key}: {value}]" for key, value in headers.items())
    line = f"{name} {request.method} {unquote_plus(request.url)}{shown} {body}"
    return _short(line).rstrip()


def _short(line: str) -> str:
    """Return a line without what is the same for each service."""
    for long, short in (
        (_REDIRECT_URI, "BACK"),
        (_VERIFIER, "VERIFIER"),
        (code_challenge(_VERIFIER), "CHALLENGE"),
    ):
        line = line.replace(long, short)
    return line


def _api_lines(provider: Provider) -> Iterator[str]:
    token = (
        f"?{provider.api_token_query}={{token}}"
        if provider.api_token_query
        else f"[{provider.api_token_header}]"
    )
    headers = "".join(f" [{k}: {v}]" for k, v in provider.api_headers.items())
    query = "".join(f" ?{k}={v}" for k, v in provider.api_query.items())
    hosts = " ".join((provider.api_base_url or "-", *provider.api_hosts))
    yield f"api {hosts} {token}{headers}{query}"
    for name, asked in (("first", provider.first_request), ("who", provider.identity)):
        if asked is not None:
            told = getattr(asked, "id", ())
            body = f" {asked.body}" if asked.body else ""
            yield f"{name} {asked.method} {asked.url or '(told)'}{body} {'.'.join(told)}".rstrip()


def test_the_requests_of_each_service_are_as_they_were_reviewed(
    snapshot: SnapshotAssertion,
) -> None:
    services = ["\n".join(_lines(completed(each))) for each in every_provider()]

    assert "\n\n".join(services) == snapshot


def test_no_request_of_any_service_has_a_place_that_is_not_filled_in() -> None:
    for each in every_provider():
        provider = replace(completed(each), api_headers={}, api_query={})
        for line in _lines(provider):
            text = line.replace("{token}", "").replace('{"', "").replace("{ ", "")
            assert "{" not in text or provider.identity, line
