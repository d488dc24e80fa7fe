"""Secrets planted in every place a secret can be, and looked for where none may be.

What each test of the suite logs and shows is searched as well: see conftest.py.
"""

from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterator
import json
import traceback
from typing import Any
from urllib.parse import quote

import pytest

from custom_components.oauth2_client.api import ApiRequest
from custom_components.oauth2_client.catalogue import load_provider
from custom_components.oauth2_client.credentials.implementation import (
    ProviderImplementation,
)
from custom_components.oauth2_client.definitions import RequestTemplate
from custom_components.oauth2_client.definitions.command import Command
from custom_components.oauth2_client.definitions.resource import Resource, Schedule
from custom_components.oauth2_client.oauth2 import (
    AuthorizationServer,
    Client,
    OAuth2Error,
    Request,
    Response,
    TokenRequest,
    TokenSet,
    authorization_code_request,
    parse_token_response,
    refresh_request,
)
from homeassistant.components.application_credentials import ClientCredential
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from .account_flow import AccountFlow
from .fake_server import FakeServer, Fault

PLANTED = "planted-in-a-test"
SERVER = AuthorizationServer(
    authorize_url="https://example.com/authorize", token_url="https://example.com/token"
)
CLIENT = Client(id="id", secret=PLANTED)
TOKENS = {
    "access_token": PLANTED,
    "refresh_token": PLANTED,
    "id_token": PLANTED,
    "received_at": 1.0,
}


def _values() -> Iterator[object]:
    yield CLIENT
    yield TokenSet(**TOKENS)  # type: ignore[arg-type]  # one mapping of several types
    yield TokenRequest(url=f"https://x/?{PLANTED}", parameters={"code": PLANTED})
    yield authorization_code_request(
        SERVER, CLIENT, code=PLANTED, redirect_uri="https://x/", code_verifier=PLANTED
    )
    yield refresh_request(SERVER, CLIENT, refresh_token=PLANTED)
    yield Request(
        method="GET", url=f"https://x/?{PLANTED}", headers={"A": PLANTED}, body=b"x"
    )
    yield Response(status=200, headers={"A": PLANTED}, body=PLANTED.encode())
    request = RequestTemplate(
        url=f"/x?key={PLANTED}",
        query={"a": PLANTED},
        headers={"A": PLANTED},
        body=PLANTED,
    )
    yield Resource(name="R", request=request, schedule=Schedule(), values=())
    yield Command(name="C", request=request)
    pairs = (("a", PLANTED),)
    yield ApiRequest(
        url=f"/x?{PLANTED}", query=pairs, headers=pairs, body=PLANTED.encode()
    )


@pytest.mark.parametrize("value", _values(), ids=lambda value: type(value).__name__)
def test_no_value_shows_its_secret(value: object) -> None:
    assert PLANTED not in repr(value)
    assert PLANTED not in str(value)


def test_no_implementation_shows_its_secret(hass: HomeAssistant) -> None:
    implementation = ProviderImplementation(
        hass, "item", ClientCredential("id", PLANTED), load_provider("github")
    )
    assert PLANTED not in repr(implementation)
    assert implementation.name == "id"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _shown(error: BaseException) -> str:
    texts = ["".join(traceback.format_exception(error))]
    for link in _chain(error):
        texts += [str(link), repr(link), repr(link.args)]
        texts.append(repr(getattr(link, "description", None)))
        texts.append(repr(getattr(link, "translation_placeholders", None)))
    return "\n".join(texts)


_ECHOES: list[dict[str, Any]] = [
    {"error": "invalid_grant", "error_description": f"bad token {PLANTED}"},
    {"error": PLANTED},
    {"error": {"message": PLANTED}},
    {"errors": [{"errorType": PLANTED, "message": PLANTED}]},
    {"access_token": 5, "refresh_token": PLANTED},
    {"access_token": PLANTED, "token_type": PLANTED},
    {"access_token": PLANTED + "\n"},
]


@pytest.mark.parametrize("answer", _ECHOES, ids=str)
@pytest.mark.parametrize("status", [200, 400, 401, 403, 429, 500])
def test_no_error_repeats_what_was_sent_or_answered(
    answer: dict[str, Any], status: int
) -> None:
    fault = Fault.json(status, answer)
    request = refresh_request(SERVER, CLIENT, refresh_token=PLANTED)
    with pytest.raises(OAuth2Error) as raised:
        parse_token_response(
            Response(status=status, headers=fault.headers, body=fault.body),
            server=SERVER,
            now=1.0,
            request=request,
        )
    assert PLANTED not in _shown(raised.value)


@pytest.mark.parametrize(
    "spell",
    [
        str,
        quote,
        lambda secret: quote(secret, safe=""),
        lambda secret: b64encode(secret.encode()).decode(),
        lambda secret: urlsafe_b64encode(secret.encode()).decode(),
    ],
)
@pytest.mark.parametrize("kind", ["access_token", "refresh_token", "id_token"])
@pytest.mark.parametrize("role", ["previous", "held"])
def test_no_error_repeats_a_token_of_the_grant_in_any_spelling(
    role: str, kind: str, spell: Callable[[str], str]
) -> None:
    secret = "planted/held+by~the server?"
    tokens: Any = {role: TokenSet.from_dict({**TOKENS, kind: secret})}
    body = json.dumps(
        {"error": "invalid_grant", "error_description": f"{spell(secret)} is bad"}
    )
    with pytest.raises(OAuth2Error) as raised:
        parse_token_response(
            Response(status=400, body=body.encode()),
            server=SERVER,
            now=1.0,
            request=refresh_request(SERVER, CLIENT, refresh_token=PLANTED),
            **tokens,
        )

    assert spell(secret).rstrip("=") not in _shown(raised.value)


@pytest.mark.parametrize(
    "body",
    [
        {"error": "invalid_grant", "error_description": "refused: {refresh_token}"},
        {"error": "{refresh_token}"},
        {"error": "invalid_client", "error_description": "{client_secret}"},
        {"message": "{refresh_token}"},
    ],
    ids=str,
)
@pytest.mark.parametrize("status", [200, 400, 401, 503])
async def test_a_server_that_echoes_is_not_repeated_anywhere(
    hass: HomeAssistant,
    flow: AccountFlow,
    server: FakeServer,
    body: dict[str, str],
    status: int,
) -> None:
    account: ConfigEntry = await flow.add_account()
    sent = {
        "refresh_token": account.runtime_data.account.token_set.refresh_token,
        "client_secret": "demo-secret",
    }
    answer = {key: value.format(**sent) for key, value in body.items()}
    server.expire_access_tokens()
    server.token_faults.append(Fault.json(status, answer))
    with pytest.raises(HomeAssistantError) as raised:
        await hass.services.async_call(
            "oauth2_client",
            "request",
            {"account": account.entry_id, "url": "/me"},
            blocking=True,
            return_response=True,
        )

    shown = _shown(raised.value)
    assert "planted-" not in shown
    assert "demo-secret" not in shown
    for progress in hass.config_entries.flow.async_progress():
        assert "planted-" not in str(progress)
