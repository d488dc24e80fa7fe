"""Proofs of possession: for this request, with the nonce that was asked for."""

import asyncio
from collections import deque
from collections.abc import Mapping
import secrets
from typing import Any

import jwt
import pytest

from custom_components.oauth2_client.oauth2 import Request, Response, new_key
from custom_components.oauth2_client.wire.proofs import Proofs
from homeassistant.core import HomeAssistant

from ..account_flow import AccountFlow
from ..clock import StoppedClock
from ..fake_server import FakeServer, Fault

REQUEST = Request(method="GET", url="https://api.example.com/me?x=1")
NONCE = {"WWW-Authenticate": 'DPoP error="use_dpop_nonce"', "DPoP-Nonce": "first"}


OK = Response(status=200)


@pytest.fixture
def proofs() -> Proofs:
    """Proofs by a new key."""
    return Proofs(new_key(secrets.token_bytes), clock=StoppedClock(time=1000).clock)


class _Server:
    """Notes what the proofs of requests claim, and answers as planned."""

    def __init__(self, *responses: Response) -> None:
        self.claims: list[dict[str, Any]] = []
        self._responses = deque(responses)

    async def send(self, request: Request) -> Response:
        self.claims.append(_payload({"dpop": request.headers["DPoP"]}))
        return self._responses.popleft()


def _payload(headers: Mapping[str, str]) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(
        headers["dpop"], options={"verify_signature": False}
    )
    return claims


async def test_a_proof_is_for_its_request_and_token(proofs: Proofs) -> None:
    server = _Server(OK)
    await proofs.send(REQUEST, server.send, access_token="planted")
    [claims] = server.claims

    assert (claims["htm"], claims["htu"]) == ("GET", "https://api.example.com/me")
    assert claims["iat"] == 1000
    assert "ath" in claims
    assert "nonce" not in claims


async def test_a_nonce_is_asked_for_once_and_then_remembered(proofs: Proofs) -> None:
    refused = Response(status=401, headers=NONCE)
    server = _Server(refused, refused, refused)
    assert await proofs.send(REQUEST, server.send) is refused
    assert [claims.get("nonce") for claims in server.claims] == [None, "first"]
    # The same nonce is asked for again: another try would be the same.
    assert await proofs.send(REQUEST, server.send) is refused
    assert len(server.claims) == 3


async def test_requests_at_the_same_time_are_all_repeated_with_the_new_nonce(
    proofs: Proofs,
) -> None:
    refused = Response(status=401, headers=NONCE)
    both_sent = asyncio.Barrier(2)
    server = _Server(refused, refused, OK, OK)

    async def send(request: Request) -> Response:
        response = await server.send(request)
        if response is refused:
            await both_sent.wait()
        return response

    responses = await asyncio.gather(*(proofs.send(REQUEST, send) for _ in range(2)))

    assert responses == [OK, OK]
    assert [claims.get("nonce") for claims in server.claims] == [
        None,
        None,
        "first",
        "first",
    ]


async def test_without_repeat_the_next_request_has_the_nonce(proofs: Proofs) -> None:
    refused = Response(status=401, headers=NONCE)
    server = _Server(refused, OK)
    assert await proofs.send(REQUEST, server.send, repeat=False) is refused
    assert await proofs.send(REQUEST, server.send, repeat=False) is OK

    assert [claims.get("nonce") for claims in server.claims] == [None, "first"]


async def test_a_nonce_that_comes_with_an_answer_is_for_the_next_request(
    proofs: Proofs,
) -> None:
    server = _Server(Response(status=200, headers={"DPoP-Nonce": "n"}), OK)
    await proofs.send(REQUEST, server.send)
    await proofs.send(REQUEST, server.send)

    assert [claims.get("nonce") for claims in server.claims] == [None, "n"]


async def test_a_nonce_is_its_servers_own(proofs: Proofs) -> None:
    server = _Server(Response(status=401, headers=NONCE), OK, OK)
    await proofs.send(REQUEST, server.send)
    other = Request(method="GET", url="https://other.example.com/")
    await proofs.send(other, server.send)

    assert "nonce" not in server.claims[-1]


BOUND: dict[str, Any] = {
    "access_token": "planted-bound",
    "refresh_token": "planted-refresh",
    "token_type": "DPoP",
    "expires_in": 3600,
}


async def test_an_account_proves_its_requests_also_after_a_restart(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    await flow.to_credential(dpop=True)
    await flow.to_sign_in()
    wanted = Fault.json(400, {"error": "use_dpop_nonce"}, DPoP_Nonce="first")
    server.token_faults.extend([wanted, Fault.json(200, BOUND)])
    entry = (await flow.sign_in())["result"]
    await hass.async_block_till_done()
    assert "nonce" not in _payload(server.token_headers[-2])
    assert _payload(server.token_headers[-1])["nonce"] == "first"

    for _ in range(2):
        server.api_faults.extend([Fault(401, NONCE), Fault(200)])
        assert (await entry.runtime_data.account.request("GET", "/me")).status == 200
        sent = server.api_requests[-1].headers
        assert sent["authorization"] == "DPoP planted-bound"
        assert _payload(sent)["nonce"] == "first"
        await hass.config_entries.async_reload(entry.entry_id)


async def test_a_bound_token_that_was_not_asked_for_is_refused(
    flow: AccountFlow, server: FakeServer
) -> None:
    await flow.to_credential()
    await flow.to_sign_in()
    server.token_faults.append(Fault.json(200, BOUND))
    result = await flow.sign_in()

    assert (result["step_id"], result["errors"]) == (
        "credential",
        {"base": "client_rejected"},
    )
