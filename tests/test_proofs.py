"""Proofs of possession: for this request, with the nonce that was asked for."""

import secrets
from typing import Any

import jwt
import pytest

from custom_components.oauth2_client.oauth2 import Request, Response, new_key
from custom_components.oauth2_client.proofs import Proofs

REQUEST = Request(method="GET", url="https://api.example.com/me?x=1")
NONCE = {"WWW-Authenticate": 'DPoP error="use_dpop_nonce"', "DPoP-Nonce": "first"}


@pytest.fixture
def proofs() -> Proofs:
    """Proofs by a new key."""
    return Proofs(new_key(secrets.token_bytes), clock=lambda: 1000.0)


def _claims(request: Request) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(
        request.headers["DPoP"], options={"verify_signature": False}
    )
    return claims


def test_a_proof_is_for_its_request_and_token(proofs: Proofs) -> None:
    claims = _claims(proofs.proven(REQUEST, access_token="planted"))

    assert (claims["htm"], claims["htu"]) == ("GET", "https://api.example.com/me")
    assert claims["iat"] == 1000
    assert "ath" in claims
    assert "nonce" not in claims


def test_a_nonce_is_asked_for_once_and_then_remembered(proofs: Proofs) -> None:
    refused = Response(status=401, headers=NONCE)
    assert proofs.learn(REQUEST, refused)
    assert _claims(proofs.proven(REQUEST))["nonce"] == "first"
    # The same nonce again: another try would be the same.
    assert not proofs.learn(REQUEST, refused)


def test_a_nonce_that_comes_with_an_answer_is_for_the_next_request(
    proofs: Proofs,
) -> None:
    assert not proofs.learn(REQUEST, Response(status=200, headers={"DPoP-Nonce": "n"}))
    assert _claims(proofs.proven(REQUEST))["nonce"] == "n"


def test_a_nonce_is_its_servers_own(proofs: Proofs) -> None:
    proofs.learn(REQUEST, Response(status=401, headers=NONCE))
    other = Request(method="GET", url="https://other.example.com/")

    assert "nonce" not in _claims(proofs.proven(other))
