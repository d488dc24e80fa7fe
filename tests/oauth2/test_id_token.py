"""ID tokens, signed with real keys and checked."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import cache
import hashlib
import hmac
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from hypothesis import given, strategies as st
import jwt
from jwt.algorithms import get_default_algorithms
import pytest

from custom_components.oauth2_client.oauth2 import RefusedByPolicy
from custom_components.oauth2_client.oauth2.id_token import check_id_token

NOW = 1_800_000_000.0
ISSUER = "https://server.example.com"
CLIENT_ID = "s6BhdRkqt3"
SECRET = "a-client-secret-of-more-than-32-bytes"
CLAIMS: dict[str, Any] = {
    "iss": ISSUER,
    "sub": "24400320",
    "aud": CLIENT_ID,
    "exp": int(NOW) + 300,
    "iat": int(NOW),
}
ALGORITHMS = [
    *(f"{family}{bits}" for family in ("RS", "PS", "ES") for bits in (256, 384, 512)),
    "EdDSA",
]


@cache
def _private_key(kind: str) -> Any:
    match kind:
        case "RSA" | "RSA-2":
            return rsa.generate_private_key(public_exponent=65537, key_size=2048)
        case "weak":
            return rsa.generate_private_key(public_exponent=65537, key_size=1024)
        case "P-256":
            return ec.generate_private_key(ec.SECP256R1())
        case "P-384":
            return ec.generate_private_key(ec.SECP384R1())
        case "P-521":
            return ec.generate_private_key(ec.SECP521R1())
        case "Ed25519":
            return ed25519.Ed25519PrivateKey.generate()
        case _:
            return ed448.Ed448PrivateKey.generate()


def _kind(algorithm: str) -> str:
    curves = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521", "EdDSA": "Ed25519"}
    return curves.get(algorithm, "RSA")


def _jwk(kind: str, *, private: bool = False, **members: Any) -> dict[str, Any]:
    algorithms = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}
    rsa_or_okp = "EdDSA" if kind.startswith("Ed") else "RS256"
    algorithm: Any = get_default_algorithms()[algorithms.get(kind, rsa_or_okp)]
    key = _private_key(kind)
    jwk = algorithm.to_jwk(key if private else key.public_key(), as_dict=True)
    return {"kty": jwk["kty"], **jwk} | members


def _public(kind: str, **members: Any) -> dict[str, Any]:
    """Return a public JWK as servers show it: PyJWT adds `key_ops`, they seldom do."""
    jwk = _jwk(kind, **members)
    if "key_ops" not in members:
        jwk.pop("key_ops", None)
    return jwk


def _sign(
    algorithm: str = "RS256",
    *,
    kind: str | None = None,
    header: dict[str, Any] | None = None,
    **changed: Any,
) -> str:
    claims = {
        key: value for key, value in (CLAIMS | changed).items() if value is not ...
    }
    key = _private_key(kind or _kind(algorithm))
    return jwt.encode(claims, key, algorithm=algorithm, headers=header)


def _check(id_token: str, *keys: object, **changed: Any) -> Any:
    asked: Any = {
        "jwks": {"keys": list(keys)},
        "issuer": ISSUER,
        "client_id": CLIENT_ID,
        "now": NOW,
    }
    return check_id_token(id_token, **(asked | changed))


def _assert_refused(id_token: str, *keys: object, **changed: Any) -> None:
    with pytest.raises(RefusedByPolicy) as raised:
        _check(id_token, *keys, **changed)
    error = raised.value
    assert (str(error), error.description) == ("invalid_id_token", None)
    assert error.__suppress_context__


def _segment(content: object) -> str:
    return urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def _hs256(key: bytes, header: object = None, claims: object = None) -> str:
    signed = f"{_segment(header or {'alg': 'HS256'})}.{_segment(claims or CLAIMS)}"
    digest = hmac.digest(key, signed.encode(), hashlib.sha256)
    return f"{signed}.{urlsafe_b64encode(digest).rstrip(b'=').decode()}"


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_each_algorithm_is_accepted_with_its_kind_of_key(algorithm: str) -> None:
    key = _public(_kind(algorithm), kid="k1", use="sig", alg=algorithm)

    assert _check(_sign(algorithm, header={"kid": "k1"}), key) == CLAIMS


def test_an_ed448_key_is_accepted() -> None:
    assert _check(_sign("EdDSA", kind="Ed448"), _public("Ed448")) == CLAIMS


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_changed_signature_is_refused(algorithm: str) -> None:
    head, claims, signature = _sign(algorithm).split(".")
    raw = bytearray(urlsafe_b64decode(signature + "=="))
    raw[len(raw) // 2] ^= 1
    changed = urlsafe_b64encode(raw).rstrip(b"=").decode()

    _assert_refused(f"{head}.{claims}.{changed}", _public(_kind(algorithm)))
    _assert_refused(f"{head}.{claims}.", _public(_kind(algorithm)))


def test_changed_claims_are_refused() -> None:
    head, _, signature = _sign().split(".")

    _assert_refused(
        f"{head}.{_segment(CLAIMS | {'sub': 'x'})}.{signature}", _public("RSA")
    )


# The key of a token: the one of its `kid`, or the only one that fits.


def test_the_key_is_found_by_its_kid() -> None:
    keys = [_public("RSA-2", kid="k0"), _public("RSA", kid="k1")]

    assert _check(_sign(header={"kid": "k1"}), *keys) == CLAIMS
    _assert_refused(_sign(header={"kid": "k0"}), *keys)
    _assert_refused(_sign(header={"kid": "k2"}), *keys)


def test_without_a_kid_exactly_one_key_has_to_fit() -> None:
    others = [
        _public("P-256"),
        _public("Ed25519"),
        _public("RSA-2", use="enc"),
        _public("RSA-2", alg="RS512"),
        _public("RSA-2", key_ops=["encrypt"]),
        _public("RSA-2", key_ops="verify"),
    ]

    assert _check(_sign(), *others, _public("RSA")) == CLAIMS
    _assert_refused(_sign(), *others)
    _assert_refused(_sign(), _public("RSA"), _public("RSA-2"))


def test_a_single_key_may_have_no_kid() -> None:
    token = _sign(header={"kid": "k1"})

    assert _check(token, _public("RSA")) == CLAIMS
    _assert_refused(token, _public("RSA", kid="k2"))
    _assert_refused(token, _public("RSA"), _public("RSA-2"))


def test_a_kid_that_two_keys_have_is_refused() -> None:
    token = _sign(header={"kid": "k1"})

    _assert_refused(token, _public("RSA", kid="k1"), _public("RSA-2", kid="k1"))
    # RFC 7517, 4.5: keys of different types may share one.
    assert _check(token, _public("RSA", kid="k1"), _public("P-256", kid="k1")) == CLAIMS


@pytest.mark.parametrize(
    "unknown",
    [
        None,
        "RSA",
        7,
        [],
        {},
        {"kty": "AKP", "alg": "ML-DSA-44", "pub": "AAAA"},
        {"kty": ["RSA"]},
        {"kty": {"RSA": 1}, "crv": []},
        {"kty": "oct", "k": "AAAA"},
        {"kty": "EC", "crv": "secp256k1", "x": "a", "y": "b"},
        {"kty": "OKP", "crv": "X25519", "x": "a"},
    ],
)
def test_a_key_of_an_unknown_type_is_skipped(unknown: object) -> None:
    assert _check(_sign(), unknown, _public("RSA")) == CLAIMS
    _assert_refused(_sign(), unknown)


@pytest.mark.parametrize(
    ("algorithm", "changed"),
    [
        ("RS256", {"n": None}),
        ("RS256", {"n": ""}),
        ("RS256", {"n": "!"}),
        ("RS256", {"n": "A" * 1401}),
        ("RS256", {"n": 7}),
        ("RS256", {"e": "AA"}),
        ("RS256", {"e": "A" * 1401}),
        ("ES256", {"x": None}),
        ("ES256", {"x": "AAAA"}),
        ("ES256", {"y": "A" * 43}),
        ("EdDSA", {"x": "AAAA"}),
        ("EdDSA", {"x": None}),
    ],
)
def test_an_invalid_key_is_refused(algorithm: str, changed: Any) -> None:
    _assert_refused(_sign(algorithm), _public(_kind(algorithm)) | changed)


@pytest.mark.filterwarnings("ignore:The RSA key is 1024 bits")
def test_a_weak_key_is_refused() -> None:
    _assert_refused(_sign(kind="weak"), _public("weak"))


@pytest.mark.parametrize("kind", ["RSA", "P-256", "Ed25519"])
def test_of_a_published_private_key_only_the_public_part_is_used(kind: str) -> None:
    algorithm = {"RSA": "RS256", "P-256": "ES256", "Ed25519": "EdDSA"}[kind]
    key = _jwk(kind, private=True)
    key.pop("key_ops", None)

    assert _check(_sign(algorithm), key) == CLAIMS


@pytest.mark.parametrize(
    "jwks",
    [
        {},
        {"keys": None},
        {"keys": {}},
        {"keys": "keys"},
        {"keys": []},
        {"keys": [{"kty": "oct"}] * 64 + [_public("RSA")]},
    ],
)
def test_an_invalid_key_set_is_refused(jwks: Any) -> None:
    _assert_refused(_sign(), jwks=jwks)


def test_a_key_set_may_hold_64_keys() -> None:
    assert _check(_sign(), *[{"kty": "oct"}] * 63, _public("RSA")) == CLAIMS


# The algorithm: the allow-list decides, not the token.


@pytest.mark.parametrize(
    "algorithm", ["none", "None", "NONE", "HS256", "HS512", "RS1", ""]
)
def test_an_unsigned_token_is_refused(algorithm: str) -> None:
    token = f"{_segment({'alg': algorithm})}.{_segment(CLAIMS)}."

    _assert_refused(token, _public("RSA"))
    _assert_refused(token, _public("RSA"), secret=SECRET)


@pytest.mark.parametrize("algorithm", [None, 7, ["RS256"], {"RS256": 1}])
def test_an_algorithm_that_is_not_text_is_refused(algorithm: object) -> None:
    _, claims, signature = _sign().split(".")

    _assert_refused(
        f"{_segment({'alg': algorithm})}.{claims}.{signature}", _public("RSA")
    )


def test_a_token_signed_with_the_public_key_as_a_secret_is_refused() -> None:
    key = _public("RSA")
    for material in (key["n"].encode(), json.dumps(key).encode()):
        _assert_refused(_hs256(material), key)
        _assert_refused(_hs256(material), key, secret=SECRET)
        _assert_refused(_hs256(material), {"kty": "oct", "k": key["n"]})


def test_hs256_is_accepted_only_with_the_clients_secret() -> None:
    token = _hs256(SECRET.encode())

    assert _check(token, secret=SECRET) == CLAIMS
    _assert_refused(token)
    _assert_refused(token, secret=SECRET + "x")
    _assert_refused(token, secret="")
    _assert_refused(_hs256(b"short"), secret="short")
    _assert_refused(_hs256(b""), secret="")


def test_with_a_secret_asymmetric_algorithms_are_accepted_too() -> None:
    assert _check(_sign(), _public("RSA"), secret=SECRET) == CLAIMS


def test_a_key_within_the_token_is_not_used() -> None:
    header = {"jwk": _public("RSA-2"), "jku": "https://evil.example", "kid": "k1"}

    _assert_refused(_sign(kind="RSA-2", header=header), _public("RSA", kid="k1"))


@pytest.mark.parametrize(
    "header", [{"crit": ["exp"], "exp": 1}, {"crit": []}, {"b64": True}, {"b64": False}]
)
def test_a_critical_extension_is_refused(header: dict[str, Any]) -> None:
    token = _hs256(SECRET.encode(), {"alg": "HS256"} | header)

    _assert_refused(token, secret=SECRET)


# The claims, in the order of OpenID Connect Core, 3.1.3.7.

REFUSED = {
    "no-iss": {"iss": ...},
    "other-iss": {"iss": "https://evil.example"},
    "iss-with-slash": {"iss": f"{ISSUER}/"},
    "no-sub": {"sub": ...},
    "empty-sub": {"sub": ""},
    "no-aud": {"aud": ...},
    "other-aud": {"aud": "other"},
    "aud-that-holds-it": {"aud": f"{CLIENT_ID}x"},
    "aud-without-it": {"aud": ["other"]},
    "aud-empty": {"aud": []},
    "aud-two-without-azp": {"aud": [CLIENT_ID, "other"]},
    "aud-two-azp-other": {"aud": [CLIENT_ID, "other"], "azp": "other"},
    "aud-one-azp-other": {"azp": "other"},
    "aud-many": {"aud": [CLIENT_ID] * 65, "azp": CLIENT_ID},
    "no-exp": {"exp": ...},
    "expired": {"exp": int(NOW) - 60},
    "exp-zero": {"exp": 0},
    "no-iat": {"iat": ...},
    "iat-in-the-future": {"iat": int(NOW) + 61},
    "nbf-in-the-future": {"nbf": int(NOW) + 61},
}
# PyJWT does not sign claims of these types.
REFUSED_TYPES = {
    "iss-list": {"iss": [ISSUER]},
    "sub-number": {"sub": 24400320},
    "aud-dict": {"aud": {CLIENT_ID: 1}},
    "aud-not-text": {"aud": [CLIENT_ID, 7], "azp": CLIENT_ID},
    "aud-nested": {"aud": [[CLIENT_ID]]},
    "azp-list": {"azp": [CLIENT_ID]},
    "exp-text": {"exp": str(int(NOW) + 300)},
    "exp-true": {"exp": True},
    "exp-null": {"exp": None},
    "exp-huge": {"exp": 10**400},
    "exp-infinite": {"exp": float("inf")},
    "exp-nan": {"exp": float("nan")},
    "iat-nan": {"iat": float("nan")},
    "iat-text": {"iat": "1"},
    "nbf-null": {"nbf": None},
}


@pytest.mark.parametrize("changed", REFUSED.values(), ids=REFUSED.keys())
def test_a_wrong_claim_is_refused(changed: Any) -> None:
    _assert_refused(_sign(**changed), _public("RSA"))


@pytest.mark.parametrize("changed", REFUSED_TYPES.values(), ids=REFUSED_TYPES.keys())
def test_a_claim_of_a_wrong_type_is_refused(changed: Any) -> None:
    token = _hs256(SECRET.encode(), claims=CLAIMS | changed)

    _assert_refused(token, secret=SECRET)


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": [CLIENT_ID]},
        {"azp": CLIENT_ID},
        {"aud": [CLIENT_ID, "other"], "azp": CLIENT_ID},
        {"exp": int(NOW) - 59},
        {"exp": NOW + 0.5},
        {"iat": int(NOW) + 60},
        {"iat": int(NOW) - 86400},
        {"nbf": int(NOW) + 60},
        {"nonce": "not-asked-for"},
    ],
)
def test_claims_that_the_specification_allows_are_accepted(changed: Any) -> None:
    assert _check(_sign(**changed), _public("RSA")) == CLAIMS | changed


@pytest.mark.parametrize("nonce", [..., "", "n-0S6_WzA2Mk", None, 7])
def test_the_nonce_has_to_be_the_one_that_was_sent(nonce: object) -> None:
    assert _check(_sign(nonce="n-0S6_WzA2Mj"), _public("RSA"), nonce="n-0S6_WzA2Mj")
    _assert_refused(_sign(nonce=nonce), _public("RSA"), nonce="n-0S6_WzA2Mj")


# Text that is no token.


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "a.b",
        "a.b.c.d.e",
        "ä.ö.ü",
        "\ud800",
        f"{_segment([])}.{_segment({})}.",
        f"{_segment({'alg': 'RS256', 'kid': 7})}.{_segment({})}.AAAA",
        urlsafe_b64encode(b"[" * 20_000).decode().rstrip("=") + ".e30.AAAA",
        "a" * 70_000,
    ],
)
def test_a_text_that_is_not_a_jwt_is_refused(token: str) -> None:
    _assert_refused(token, _public("RSA"), secret=SECRET)


@pytest.mark.parametrize("claims", [[CLAIMS], "claims", 7])
def test_claims_that_are_not_an_object_are_refused(claims: object) -> None:
    _assert_refused(_hs256(SECRET.encode(), claims=claims), secret=SECRET)


@pytest.mark.parametrize("payload", [b"", b"{", b"\xff", b"[" * 30_000])
def test_claims_that_are_not_json_are_refused(payload: bytes) -> None:
    signed = f"{_segment({'alg': 'HS256'})}.{urlsafe_b64encode(payload).rstrip(b'=').decode()}"
    digest = hmac.digest(SECRET.encode(), signed.encode(), hashlib.sha256)
    token = f"{signed}.{urlsafe_b64encode(digest).rstrip(b'=').decode()}"

    _assert_refused(token, secret=SECRET)


def test_a_token_that_is_too_long_is_refused() -> None:
    _assert_refused(
        _hs256(SECRET.encode(), claims=CLAIMS | {"x": "y" * 65536}), secret=SECRET
    )


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
MEMBERS = st.sampled_from(
    ["kty", "crv", "n", "e", "x", "y", "kid", "use", "alg", "key_ops"]
)
HEADERS = st.dictionaries(st.sampled_from(["alg", "kid", "typ", "crit", "b64"]), JSON)


@given(st.text() | st.text("ey.A", max_size=40), JSON)
def test_any_text_is_refused(token: str, keys: object) -> None:
    _assert_refused(token, jwks={"keys": keys}, secret=SECRET)


@given(
    st.sampled_from(["RS256", "PS512", "ES256", "EdDSA"]),
    st.dictionaries(MEMBERS, JSON | st.sampled_from(["AQAB", "RSA", "EC", "OKP"])),
)
def test_any_key_verifies_or_is_refused(
    algorithm: str, changed: dict[str, Any]
) -> None:
    key = _public(_kind(algorithm)) | changed
    try:
        claims = _check(_sign(algorithm), key)
    except RefusedByPolicy as error:
        refused = error
    else:
        assert claims == CLAIMS
        return
    assert str(refused) == "invalid_id_token"


@given(
    HEADERS, st.dictionaries(st.sampled_from([*CLAIMS, "azp", "nbf"]), JSON, min_size=1)
)
def test_any_claims_are_valid_or_refused(
    header: dict[str, Any], changed: dict[str, Any]
) -> None:
    token = _hs256(SECRET.encode(), header | {"alg": "HS256"}, CLAIMS | changed)
    try:
        claims = _check(token, secret=SECRET)
    except RefusedByPolicy as error:
        refused = error
    else:
        assert claims["iss"] == ISSUER
        assert CLIENT_ID in claims["aud"]
        assert claims["exp"] > NOW - 60
        return
    assert str(refused) == "invalid_id_token"


def _unsigned(claims: object) -> str:
    return f"{_segment({'alg': 'none'})}.{_segment(claims)}."


def test_without_keys_the_claims_are_checked() -> None:
    unknown: dict[str, Any] = {"jwks": None, "issuer": None}
    assert _check(_unsigned(CLAIMS), **unknown) == CLAIMS
    assert _check(_unsigned(CLAIMS | {"aud": "x"}), **unknown, client_id=None)
    for wrong in ({"aud": "x"}, {"exp": 1}, {"iss": 5}, {"sub": ""}, {"iat": "now"}):
        _assert_refused(_unsigned(CLAIMS | wrong), **unknown)
    _assert_refused(_unsigned(CLAIMS), jwks=None, issuer="https://other.example.com")


@given(
    st.text()
    | JSON.map(_unsigned)
    | st.dictionaries(st.sampled_from([*CLAIMS, "azp"]), JSON).map(
        lambda changed: _unsigned(CLAIMS | changed)
    )
)
def test_any_token_without_keys_is_valid_or_refused(token: str) -> None:
    try:
        claims = _check(token, jwks=None)
    except RefusedByPolicy as error:
        refused = error
    else:
        assert (claims["iss"], claims["exp"] > NOW - 60) == (ISSUER, True)
        return
    assert str(refused) == "invalid_id_token"
