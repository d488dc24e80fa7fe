"""DPoP keys and the proofs that they sign."""

from base64 import urlsafe_b64decode
from collections.abc import Mapping
import json
import os
from typing import Any

from hypothesis import given, strategies as st
import jwt
import pytest

from custom_components.oauth2_client.oauth2 import Response
from custom_components.oauth2_client.oauth2.dpop import (
    DpopKey,
    dpop_nonce,
    dpop_proof,
    new_key,
    wants_nonce,
)

NOW = 1_562_262_616.75
# RFC 9449, 4.1: the key of the examples, which is published without its private part.
EXAMPLE = DpopKey(
    x="l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",
    y="9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA",
    d="",
)
# RFC 7515, A.3.1: a key with its private part.
WHOLE = {
    "kty": "EC",
    "crv": "P-256",
    "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    "d": "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI",
}
KEY = DpopKey.from_dict(WHOLE)
URL = "https://server.example.com/token"


def _random(size: int) -> bytes:
    return bytes(range(size))


def _proof(**changed: Any) -> str:
    asked: Any = {"method": "POST", "url": URL, "now": NOW, "random_bytes": _random}
    return dpop_proof(KEY, **(asked | changed))


def _claims(proof: str) -> Mapping[str, Any]:
    """Return the claims of a proof, checked with the key that it shows."""
    shown = jwt.get_unverified_header(proof)["jwk"]
    decoded: Mapping[str, Any] = jwt.decode(
        proof,
        jwt.PyJWK(shown, algorithm="ES256").key,
        algorithms=["ES256"],
        options={"verify_iat": False},
    )
    return decoded


def test_the_hash_of_the_access_token_is_that_of_the_rfc() -> None:
    # RFC 9449, 7.1.
    proof = _proof(
        method="GET",
        url="https://resource.example.org/protectedresource",
        access_token="Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU",
    )

    assert _claims(proof) == {
        "jti": "AAECAwQFBgcICQoLDA0ODw",
        "htm": "GET",
        "htu": "https://resource.example.org/protectedresource",
        "iat": 1562262616,
        "ath": "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo",
    }


def test_a_proof_shows_the_public_key_and_nothing_of_the_private_one() -> None:
    header = json.loads(urlsafe_b64decode(_proof().split(".")[0] + "=="))

    assert header == {
        "typ": "dpop+jwt",
        "alg": "ES256",
        "jwk": {key: WHOLE[key] for key in ("kty", "crv", "x", "y")},
    }


def test_a_proof_for_the_token_endpoint_has_only_method_url_time_and_id() -> None:
    assert _claims(_proof()) == {
        "jti": "AAECAwQFBgcICQoLDA0ODw",
        "htm": "POST",
        "htu": URL,
        "iat": 1562262616,
    }


def test_a_proof_carries_the_nonce() -> None:
    assert _claims(_proof(nonce="eyJ7S_zG"))["nonce"] == "eyJ7S_zG"


@pytest.mark.parametrize(
    ("url", "htu"),
    [
        ("https://api.example/a?b=c#d", "https://api.example/a"),
        ("https://api.example/a%20b/", "https://api.example/a%20b/"),
        ("https://API.Example/A", "https://api.example/A"),
        ("HTTPS://api.example/a", "https://api.example/a"),
        ("https://api.example", "https://api.example/"),
        ("https://api.example?b", "https://api.example/"),
        ("https://api.example:443/a", "https://api.example/a"),
        ("https://api.example:8443/a", "https://api.example:8443/a"),
        ("http://api.example:80/a", "http://api.example/a"),
        ("http://api.example:443/a", "http://api.example:443/a"),
        ("https://[2001:DB8::1]:443/a", "https://[2001:db8::1]/a"),
        ("https://user:word@api.example/a", "https://api.example/a"),
    ],
)
def test_a_proof_names_the_url_without_query_as_it_is_sent(url: str, htu: str) -> None:
    assert _claims(_proof(url=url))["htu"] == htu


def test_each_proof_has_an_id_of_its_own() -> None:
    first, second = (_claims(_proof(random_bytes=os.urandom)) for _ in range(2))

    assert first["jti"] != second["jti"]


def test_a_key_is_derived_from_the_random_bytes_handed_in() -> None:
    assert new_key(_random) == new_key(_random)
    assert new_key(os.urandom) != new_key(os.urandom)


@pytest.mark.parametrize("seed", [b"\x00", b"\xff"])
def test_a_key_is_made_from_any_seed(seed: bytes) -> None:
    key = new_key(lambda size: seed * size)

    assert DpopKey.from_dict(key.as_dict()) == key


def test_a_key_is_stored_as_json_and_read_again() -> None:
    key = new_key(os.urandom)

    assert DpopKey.from_dict(json.loads(json.dumps(key.as_dict()))) == key
    assert KEY.as_dict() == WHOLE


def test_the_private_key_is_not_in_the_repr() -> None:
    assert WHOLE["d"] not in repr(KEY)
    assert "d" not in KEY.public()


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"kty": "RSA"}, "kty"),
        ({"kty": None}, "kty"),
        ({"crv": "P-384"}, "kty"),
        ({"x": None}, "x"),
        ({"x": "a"}, "x"),
        ({"y": "=" * 43}, "y"),
        ({"y": WHOLE["x"]}, "d"),
        ({"x": WHOLE["y"]}, "d"),
        ({"d": 7}, "d"),
        ({"d": WHOLE["d"] + "\n"}, "d"),
        ({"d": "A" * 43}, "d"),
        ({"d": "_" * 42 + "8"}, "d"),
        ({"d": WHOLE["x"]}, "d"),
    ],
)
def test_an_invalid_stored_key_is_refused(changed: Any, named: str) -> None:
    with pytest.raises(ValueError) as raised:
        DpopKey.from_dict(WHOLE | changed)

    assert str(raised.value) == named


@given(st.dictionaries(st.sampled_from([*WHOLE]), st.text() | st.none()))
def test_any_stored_key_is_read_or_refused(changed: dict[str, Any]) -> None:
    if changed.items() <= WHOLE.items():
        assert DpopKey.from_dict(WHOLE | changed) == KEY
        return
    with pytest.raises(ValueError) as raised:
        DpopKey.from_dict(WHOLE | changed)
    assert str(raised.value) in WHOLE


@pytest.mark.parametrize(
    ("value", "nonce"),
    [
        # RFC 9449, 8.2.
        ("eyJ7S_zG.eyJbYu3.xGPPCCg2yQw", "eyJ7S_zG.eyJbYu3.xGPPCCg2yQw"),
        ("!#~", "!#~"),
        ("", None),
        ("a b", None),
        ('a"b', None),
        ("a\\b", None),
        ("a\r\nX: y", None),
        ("a\n", None),
        ("ä", None),
        ("a" * 1024, "a" * 1024),
        ("a" * 1025, None),
    ],
)
def test_only_a_valid_nonce_is_read(value: str, nonce: str | None) -> None:
    assert dpop_nonce(Response(status=200, headers={"dpop-nonce": value})) == nonce


def test_a_response_without_a_nonce_header_has_no_nonce() -> None:
    assert dpop_nonce(Response(status=200)) is None


@pytest.mark.parametrize(
    ("status", "body", "wanted"),
    [
        # RFC 9449, 8.
        (400, b'{"error": "use_dpop_nonce", "error_description": "x"}', True),
        (400, b'{"error": "invalid_dpop_proof"}', False),
        (400, b'{"error": ["use_dpop_nonce"]}', False),
        (400, b'["use_dpop_nonce"]', False),
        (400, b"use_dpop_nonce", False),
        (401, b'{"error": "use_dpop_nonce"}', False),
        (200, b'{"error": "use_dpop_nonce"}', False),
        (503, b'{"error": "use_dpop_nonce"}', False),
    ],
)
def test_the_error_of_a_token_endpoint_asks_for_a_nonce(
    status: int, body: bytes, wanted: bool
) -> None:
    assert wants_nonce(Response(status=status, body=body)) is wanted


@pytest.mark.parametrize(
    ("challenge", "wanted"),
    [
        # RFC 9449, 9.
        (
            'DPoP error="use_dpop_nonce", error_description="Resource server requires nonce"',
            True,
        ),
        ("DPoP error=use_dpop_nonce", True),
        ('dpop ERROR = "use_dpop_nonce"', True),
        ('DPoP realm="a, Bearer error=\\"x\\"", error="use_dpop_nonce"', True),
        ('DPoP error="use\\_dpop_nonce"', True),
        ('Bearer realm="x", DPoP algs="ES256", error="use_dpop_nonce"', True),
        ('Bearer, DPoP error="use_dpop_nonce"', True),
        ('Negotiate YWJj==, DPoP error="use_dpop_nonce"', True),
        (', ,DPoP ,error="use_dpop_nonce" ,', True),
        ('DPoP error="use_dpop_nonce", Bearer error="invalid_token"', True),
        ('DPoP algs="ES256", Basic, DPoP error="use_dpop_nonce"', True),
        # Another error, another scheme, or only in a quoted string.
        ('DPoP error="invalid_token"', False),
        ('Bearer error="use_dpop_nonce"', False),
        ('Bearer error="use_dpop_nonce", DPoP algs="ES256"', False),
        ('DPoP, Bearer error="use_dpop_nonce"', False),
        ('Bearer realm="DPoP error=use_dpop_nonce"', False),
        ('Bearer realm="\\", DPoP error=\\"use_dpop_nonce"', False),
        ('DPoP error_description="use_dpop_nonce"', False),
        ('DPoP error="invalid_token", error="use_dpop_nonce"', False),
        ("DPoP use_dpop_nonce", False),
        # Not well formed.
        ('DPoP error="use_dpop_nonce', False),
        ("DPoP error=use_dpop_nonce oops", False),
        ('DPoP="x", error="use_dpop_nonce"', False),
        ('DPoPerror="use_dpop_nonce"', False),
        ("", False),
        ("DPoP", False),
        ("DPoP " + "a=b, " * 2000 + "error=use_dpop_nonce", False),
    ],
)
def test_the_challenge_of_an_api_asks_for_a_nonce(challenge: str, wanted: bool) -> None:
    response = Response(status=401, headers={"WWW-Authenticate": challenge})

    assert wants_nonce(response) is wanted
    assert not wants_nonce(Response(status=403, headers=response.headers))


def test_a_401_without_a_challenge_asks_for_no_nonce() -> None:
    assert not wants_nonce(Response(status=401))


@given(
    st.sampled_from([200, 400, 401]),
    st.text()
    | st.lists(
        st.sampled_from(["DPoP", " ", ",", "=", '"', "\\", "error", "use_dpop_nonce"])
    ).map("".join),
    st.binary(),
)
def test_any_response_can_be_checked_for_a_wanted_nonce(
    status: int, header: str, body: bytes
) -> None:
    headers = {"WWW-Authenticate": header, "DPoP-Nonce": header}
    response = Response(status=status, headers=headers, body=body)

    assert wants_nonce(response) in {True, False}
    nonce = dpop_nonce(response)
    assert nonce is None or nonce == header
