"""Signed JWTs: client authentication and assertion grants, and the keys that sign them."""

from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from copy import replace
from datetime import UTC, datetime, timedelta
from functools import cache
import json
import traceback
from typing import Any
from urllib.parse import parse_qsl

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import (
    dsa,
    ec,
    ed448,
    ed25519,
    rsa,
    x25519,
)
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.x509.oid import NameOID
from hypothesis import given, strategies as st
import jwt
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm
import pytest

from custom_components.oauth2_client.oauth2 import (
    AuthorizationServer,
    Client,
    ClientAuthentication,
    ClientRejected,
    GrantRejected,
    OAuth2Error,
    RefusedByPolicy,
    Request,
    ScopeRejected,
    TemporaryFailure,
    TokenRequest,
)
from custom_components.oauth2_client.oauth2.assertion import (
    InvalidKey,
    SigningKey,
    audiences,
    bearer_assertion_request,
    client_secret_jwt,
    may_be_of_the_audience,
    parse_signing_key,
    private_key_jwt,
    sign_jwt,
)
from custom_components.oauth2_client.oauth2.token_requests import (
    client_credentials_request,
)

NOW = 1_800_000_000.9
ISSUER = "https://issuer.example"
SERVER = AuthorizationServer(
    authorize_url="https://auth.example/authorize",
    token_url="https://auth.example/token",
)
CLIENT = Client(id="client-1", secret="very-secret")
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
REQUEST = TokenRequest(url=SERVER.token_url, parameters={"grant_type": "x"})

# RFC 7515, A.3: a key on P-256.
RFC7515_EC = {
    "kty": "EC",
    "crv": "P-256",
    "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    "d": "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI",
}
# RFC 8037, A.1: a key on Ed25519, and A.3, its thumbprint.
RFC8037_ED = {
    "kty": "OKP",
    "crv": "Ed25519",
    "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
    "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    "kid": "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
}


@cache
def _key(kind: str) -> Any:
    """Return one key for each kind. Cached, since generating long ones is slow."""
    makers: Mapping[str, Callable[[], Any]] = {
        "rsa": lambda: rsa.generate_private_key(65537, 2048),
        "rsa-1024": lambda: rsa.generate_private_key(65537, 1024),
        "rsa-4104": lambda: rsa.generate_private_key(65537, 4104),
        "p256": lambda: ec.generate_private_key(ec.SECP256R1()),
        "p384": lambda: ec.generate_private_key(ec.SECP384R1()),
        "p521": lambda: ec.generate_private_key(ec.SECP521R1()),
        "k256": lambda: ec.generate_private_key(ec.SECP256K1()),
        "ed25519": ed25519.Ed25519PrivateKey.generate,
        "ed448": ed448.Ed448PrivateKey.generate,
        "x25519": x25519.X25519PrivateKey.generate,
        "dsa": lambda: dsa.generate_private_key(2048),
    }
    return makers[kind]()


def _pem(
    kind: str,
    form: PrivateFormat = PrivateFormat.PKCS8,
    *,
    password: bytes | None = None,
) -> str:
    encryption = BestAvailableEncryption(password) if password else NoEncryption()
    content: bytes = _key(kind).private_bytes(Encoding.PEM, form, encryption)
    return content.decode()


def _public_pem(kind: str, form: PublicFormat) -> str:
    content: bytes = _key(kind).public_key().public_bytes(Encoding.PEM, form)
    return content.decode()


def _certificate(kind: str) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "home")])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(_key(kind).public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=1))
        .sign(_key(kind), hashes.SHA256())
    )
    return certificate.public_bytes(Encoding.PEM).decode()


def _jwk(kind: str, **changed: Any) -> str:
    """Return a private JWK with some members changed, or left out for None."""
    algorithms = {
        "rsa": RSAAlgorithm,
        "rsa-1024": RSAAlgorithm,
        "ed25519": OKPAlgorithm,
        "ed448": OKPAlgorithm,
    }
    algorithm: Any = algorithms.get(kind, ECAlgorithm)
    members = {**algorithm.to_jwk(_key(kind), as_dict=True), **changed}
    return json.dumps({k: v for k, v in members.items() if v is not None})


def _random(count: int) -> bytes:
    return bytes(range(count))


def _fields(request: Request) -> list[tuple[str, str]]:
    return parse_qsl((request.body or b"").decode(), strict_parsing=True)


def _decode(token: str, kind: str, algorithm: str) -> dict[str, Any]:
    options: Any = {"verify_aud": False, "verify_exp": False, "verify_iat": False}
    claims: dict[str, Any] = jwt.decode(
        token, _key(kind).public_key(), algorithms=[algorithm], options=options
    )
    return claims


# Keys

USUAL = {"rsa": "RS256", "p256": "ES256", "p384": "ES384", "ed25519": "EdDSA"}
PEM_FORMS = [
    *((kind, PrivateFormat.PKCS8) for kind in USUAL),
    # PKCS#1 and SEC 1.
    *((kind, PrivateFormat.TraditionalOpenSSL) for kind in ("rsa", "p256", "p384")),
]


@pytest.mark.parametrize(("kind", "form"), PEM_FORMS)
def test_a_pem_key_signs_with_the_default_algorithm_of_its_type(
    kind: str, form: PrivateFormat
) -> None:
    key = parse_signing_key(_pem(kind, form))

    assert (key.algorithm, key.key_id) == (USUAL[kind], None)
    token = sign_jwt(key, {"iss": "me"})
    assert _decode(token, kind, USUAL[kind]) == {"iss": "me"}
    assert jwt.get_unverified_header(token) == {"alg": USUAL[kind], "typ": "JWT"}


@pytest.mark.parametrize("kind", USUAL)
def test_a_jwk_signs_with_the_default_algorithm_of_its_type(kind: str) -> None:
    key = parse_signing_key(_jwk(kind, kid="key-1", alg=None))

    assert (key.algorithm, key.key_id) == (USUAL[kind], "key-1")
    token = sign_jwt(key, {"iss": "me"})
    assert _decode(token, kind, USUAL[kind]) == {"iss": "me"}
    assert jwt.get_unverified_header(token)["kid"] == "key-1"


def test_a_jwk_signs_with_the_algorithm_it_names() -> None:
    key = parse_signing_key(_jwk("rsa", alg="PS256"))

    assert key.algorithm == "PS256"
    assert _decode(sign_jwt(key, {"a": 1}), "rsa", "PS256") == {"a": 1}


def test_the_algorithm_that_is_passed_takes_precedence_over_the_jwks() -> None:
    key = parse_signing_key(_jwk("rsa", alg="PS256", kid="its-own"), algorithm="RS512")

    assert (key.algorithm, key.key_id) == ("RS512", "its-own")
    assert _decode(sign_jwt(key, {"a": 1}), "rsa", "RS512") == {"a": 1}


def test_the_rfcs_keys_are_read() -> None:
    assert parse_signing_key(json.dumps(RFC7515_EC)).algorithm == "ES256"
    key = parse_signing_key(json.dumps(RFC8037_ED))
    assert (key.algorithm, key.key_id) == ("EdDSA", RFC8037_ED["kid"])

    public = jwt.PyJWK({k: v for k, v in RFC8037_ED.items() if k != "d"})
    assert jwt.decode(sign_jwt(key, {"a": 1}), public) == {"a": 1}


def _one_line(pem: str) -> str:
    return pem.replace("\n", " ").strip()


def _written_out(pem: str) -> str:
    return pem.replace("\n", "\\n")


def _among_others(pem: str) -> str:
    return f"Bag Attributes\n  name: x\n{_certificate('rsa')}{pem}trailing"


@pytest.mark.parametrize(
    "spoil",
    [
        _one_line,
        _written_out,
        json.dumps,
        _among_others,
        lambda pem: pem.replace("\n", "\r\n"),
        lambda pem: f"\ufeff\n\n  {pem}",
        lambda pem: pem.replace("\n", "").replace("-----M", "-----\nM"),
    ],
)
def test_a_pem_key_survives_being_pasted(spoil: Callable[[str], str]) -> None:
    key = parse_signing_key(spoil(_pem("rsa")))

    assert _decode(sign_jwt(key, {"a": 1}), "rsa", "RS256") == {"a": 1}


def test_ec_parameters_before_the_key_are_ignored() -> None:
    # What `openssl ecparam -genkey` writes.
    parameters = (
        "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
    )
    pem = parameters + _pem("p256", PrivateFormat.TraditionalOpenSSL)

    assert parse_signing_key(pem).algorithm == "ES256"


def _broken_pem() -> str:
    lines = _pem("rsa").splitlines()
    return "\n".join([*lines[:5], *lines[9:]])


REFUSED: Mapping[str, tuple[Callable[[], str], str]] = {
    "public-spki": (
        lambda: _public_pem("rsa", PublicFormat.SubjectPublicKeyInfo),
        "public_key",
    ),
    "public-pkcs1": (lambda: _public_pem("rsa", PublicFormat.PKCS1), "public_key"),
    "public-ec": (
        lambda: _public_pem("p256", PublicFormat.SubjectPublicKeyInfo),
        "public_key",
    ),
    "certificate": (lambda: _certificate("rsa"), "public_key"),
    "public-jwk-rsa": (
        lambda: _jwk("rsa", d=None, p=None, q=None, dp=None, dq=None, qi=None),
        "public_key",
    ),
    "public-jwk-ec": (lambda: _jwk("p256", d=None), "public_key"),
    "public-jwk-okp": (lambda: _jwk("ed25519", d=None), "public_key"),
    "encrypted-pkcs8": (lambda: _pem("rsa", password=b"very-secret"), "encrypted"),
    "encrypted-pkcs1": (
        lambda: _pem("rsa", PrivateFormat.TraditionalOpenSSL, password=b"very-secret"),
        "encrypted",
    ),
    "short-pem": (lambda: _pem("rsa-1024"), "too_short"),
    "short-pkcs1": (
        lambda: _pem("rsa-1024", PrivateFormat.TraditionalOpenSSL),
        "too_short",
    ),
    "short-jwk": (lambda: _jwk("rsa-1024"), "too_short"),
    "long-rsa": (lambda: _pem("rsa-4104"), "unsupported"),
    "p521": (lambda: _pem("p521"), "unsupported"),
    "p521-jwk": (lambda: _jwk("p521"), "unsupported"),
    "k256": (lambda: _pem("k256"), "unsupported"),
    "k256-jwk": (lambda: _jwk("k256"), "unsupported"),
    "ed448": (lambda: _pem("ed448"), "unsupported"),
    "ed448-jwk": (lambda: _jwk("ed448"), "unsupported"),
    "x25519": (lambda: _pem("x25519"), "unsupported"),
    "dsa": (lambda: _pem("dsa"), "unsupported"),
    "dsa-traditional": (
        lambda: _pem("dsa", PrivateFormat.TraditionalOpenSSL),
        "unsupported",
    ),
    "openssh": (lambda: _pem("ed25519", PrivateFormat.OpenSSH), "unsupported"),
    "jwk-for-encryption": (lambda: _jwk("rsa", alg="RSA-OAEP"), "unsupported"),
    "jwk-alg-of-another-kind": (lambda: _jwk("p256", alg="RS256"), "unsupported"),
    "jwk-alg-none": (lambda: _jwk("rsa", alg="none"), "unsupported"),
    "jwk-alg-list": (lambda: _jwk("rsa", alg=["RS256"]), "unsupported"),
    "jwk-symmetric": (lambda: '{"kty": "oct", "k": "dmVyeS1zZWNyZXQ"}', "unsupported"),
    "jwk-unknown-kind": (lambda: '{"kty": "XYZ", "d": "AA"}', "unsupported"),
    "jwk-unknown-curve": (lambda: _jwk("p256", crv="P-999"), "unsupported"),
    "jwk-without-curve": (lambda: _jwk("p256", crv=None), "unsupported"),
    "jwk-without-primes": (
        lambda: _jwk("rsa", p=None, q=None, dp=None, dq=None, qi=None),
        "unsupported",
    ),
    "jwk-more-primes": (lambda: _jwk("rsa", oth=[{}]), "unsupported"),
    "jwk-curve-list": (lambda: _jwk("p256", crv=["P-256"]), "not_a_key"),
    "jwk-curve-of-another-kind": (lambda: _jwk("p256", crv="Ed25519"), "not_a_key"),
    "jwk-kind-number": (lambda: _jwk("p256", kty=1), "not_a_key"),
    "jwk-kind-list": (lambda: _jwk("p256", kty=["EC"]), "not_a_key"),
    "jwk-without-x": (lambda: _jwk("p256", x=None), "not_a_key"),
    "jwk-number": (lambda: _jwk("p256", d=5), "not_a_key"),
    "jwk-no-base64": (lambda: _jwk("p256", d="ä" * 43), "not_a_key"),
    "jwk-other-point": (
        lambda: json.dumps({**RFC7515_EC, "d": json.loads(_jwk("p256"))["d"]}),
        "not_a_key",
    ),
    "jwk-other-rsa": (
        lambda: _jwk("rsa", p=json.loads(_jwk("rsa"))["q"]),
        "not_a_key",
    ),
    "jwk-zero": (lambda: _jwk("rsa", d="AA", p="AA", q="AA"), "not_a_key"),
    "jwk-huge": (lambda: _jwk("rsa", n="_" * 5000), "not_a_key"),
    "pem-with-gap": (_broken_pem, "not_a_key"),
    "pem-without-end": (lambda: _pem("rsa")[:-30], "not_a_key"),
    "pem-no-base64": (
        lambda: "-----BEGIN PRIVATE KEY-----\nä🔑\n-----END PRIVATE KEY-----",
        "not_a_key",
    ),
    "pem-empty": (
        lambda: "-----BEGIN PRIVATE KEY----------END PRIVATE KEY-----",
        "not_a_key",
    ),
    "pem-mislabelled": (
        lambda: _pem("ed25519").replace("PRIVATE", "EC PRIVATE"),
        "not_a_key",
    ),
    "request": (
        lambda: "-----BEGIN X-----\nAAAA\n-----END X-----",
        "not_a_key",
    ),
    "many-begins": (lambda: "-----BEGIN A-----" * 900, "not_a_key"),
    "empty": (lambda: "", "not_a_key"),
    "empty-object": (lambda: "{}", "not_a_key"),
    "array": (lambda: "[1]", "not_a_key"),
    "deep": (lambda: "[" * 16_000, "not_a_key"),
    "password": (lambda: "very-secret", "not_a_key"),
    "too-much": (lambda: _pem("rsa") + " " * 20_000, "not_a_key"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_other_texts_are_refused_and_not_quoted(name: str) -> None:
    make, reason = REFUSED[name]
    text = make()

    with pytest.raises(InvalidKey) as caught:
        parse_signing_key(text)
    error = caught.value
    assert (error.reason, str(error)) == (reason, reason)
    assert repr(error) == f"InvalidKey({reason!r})"
    # The traceback holds no error of a library, which may quote the key.
    printed = "".join(traceback.format_exception(error))
    assert "During handling" not in printed and "direct cause" not in printed


@pytest.mark.parametrize(
    ("kind", "algorithm"),
    [("rsa", "ES256"), ("rsa", "HS256"), ("rsa", "none"), ("p256", "ES384")],
)
def test_a_key_does_not_sign_with_an_algorithm_of_another_type(
    kind: str, algorithm: str
) -> None:
    with pytest.raises(InvalidKey) as caught:
        parse_signing_key(_pem(kind), algorithm=algorithm)
    assert caught.value.reason == "unsupported"

    key = SigningKey(pem_or_jwk=_pem(kind), algorithm=algorithm)
    with pytest.raises(InvalidKey) as caught:
        sign_jwt(key, {})
    assert caught.value.reason == "unsupported"


def test_a_key_that_became_invalid_does_not_sign() -> None:
    with pytest.raises(InvalidKey) as caught:
        sign_jwt(SigningKey(pem_or_jwk=_broken_pem(), algorithm="RS256"), {})
    assert caught.value.reason == "not_a_key"


def test_the_key_is_not_in_the_repr() -> None:
    key = parse_signing_key(_jwk("rsa", kid="key-1"))

    assert repr(key) == "SigningKey(algorithm='RS256', key_id='key-1')"


members = st.one_of(
    st.none(),
    st.integers(),
    st.text(),
    st.text("AQab-_", max_size=60),
    st.sampled_from(["RSA", "EC", "OKP", "oct", "P-256", "Ed25519", "RS256", "AQAB"]),
    st.lists(st.text(), max_size=2),
    st.dictionaries(st.text(), st.text(), max_size=2),
)
names = st.sampled_from(
    ["kty", "crv", "alg", "kid", "x", "y", "d", "n", "e", "p", "q", "dp", "dq", "qi"]
)
spoilt = st.builds(
    lambda members, changes: json.dumps({**members, **changes}),
    st.sampled_from([RFC7515_EC, RFC8037_ED]),
    st.dictionaries(names, members, max_size=3),
)


@given(
    st.one_of(
        st.text(),
        spoilt,
        st.dictionaries(names, members).map(json.dumps),
        st.tuples(
            st.sampled_from(["PRIVATE KEY", "EC PRIVATE KEY", "PUBLIC KEY"]),
            st.one_of(st.text(), st.binary().map(lambda b: b64encode(b).decode())),
        ).map(
            lambda pem: f"-----BEGIN {pem[0]}-----\n{pem[1]}\n-----END {pem[0]}-----"
        ),
    )
)
def test_any_text_is_a_key_or_refused(text: str) -> None:
    try:
        key = parse_signing_key(text)
    except InvalidKey as error:
        reason = error.reason
    else:
        assert sign_jwt(key, {"a": 1}).count(".") == 2
        return
    assert reason in {
        "public_key",
        "encrypted",
        "too_short",
        "not_a_key",
        "unsupported",
    }


@given(st.integers(0, 1703), st.characters(codec="ascii"))
def test_any_damaged_pem_is_a_key_or_refused(place: int, char: str) -> None:
    pem = _pem("p256")
    place %= len(pem)
    try:
        key = parse_signing_key(pem[:place] + char + pem[place + 1 :])
    except InvalidKey:
        return
    assert sign_jwt(key, {"a": 1}).count(".") == 2


# Client authentication


def _by_key(
    server: AuthorizationServer, random_bytes: Callable[[int], bytes] = _random
) -> ClientAuthentication:
    key = replace(parse_signing_key(_pem("p256")), key_id="key-1")
    return private_key_jwt(server, key, now=NOW, random_bytes=random_bytes)


def _by_secret(
    server: AuthorizationServer, random_bytes: Callable[[int], bytes] = _random
) -> ClientAuthentication:
    return client_secret_jwt(server, now=NOW, random_bytes=random_bytes)


def _claims(
    authenticate: ClientAuthentication, request: TokenRequest = REQUEST
) -> dict[str, Any]:
    token = authenticate(request, CLIENT).parameters["client_assertion"]
    options: Any = {"verify_signature": False}
    claims: dict[str, Any] = jwt.decode(token, options=options)
    return claims


on_both = pytest.mark.parametrize("method", [_by_key, _by_secret])


@on_both
def test_an_assertion_has_the_claims_of_the_rfc(method: Any) -> None:
    assert _claims(method(SERVER)) == {
        "iss": "client-1",
        "sub": "client-1",
        "aud": "https://auth.example/token",
        "iat": 1_800_000_000,
        "exp": 1_800_000_060,
        "jti": "AAECAwQFBgcICQoLDA0ODw",
    }


@on_both
def test_the_audience_is_the_issuer_where_it_is_known(method: Any) -> None:
    assert _claims(method(replace(SERVER, issuer=ISSUER)))["aud"] == ISSUER


@on_both
def test_the_audience_is_not_the_endpoint_of_the_request(method: Any) -> None:
    request = replace(REQUEST, url="https://auth.example/device")

    assert _claims(method(SERVER), request)["aud"] == SERVER.token_url


@on_both
def test_c1_the_audience_that_is_passed_is_used(method: Any) -> None:
    def on_purpose(server: AuthorizationServer) -> ClientAuthentication:
        if method is _by_secret:
            return client_secret_jwt(
                server, now=NOW, random_bytes=_random, audience="https://x.example"
            )
        key = parse_signing_key(_pem("p256"))
        return private_key_jwt(
            server, key, now=NOW, random_bytes=_random, audience="https://x.example"
        )

    server = replace(SERVER, issuer=ISSUER)
    assert _claims(on_purpose(server))["aud"] == "https://x.example"


PAR = "https://auth.example/par"
TOKEN = SERVER.token_url


@pytest.mark.parametrize(
    ("changed", "url", "known", "tried"),
    [
        ({"issuer": ISSUER}, PAR, (), [ISSUER, PAR, TOKEN]),
        ({"issuer": ISSUER}, TOKEN, (), [ISSUER, TOKEN]),
        ({}, TOKEN, (), [TOKEN]),
        ({}, PAR, (), [PAR, TOKEN]),
        ({"issuer": ISSUER}, PAR, ("endpoint",), [PAR, ISSUER, TOKEN]),
        ({"issuer": ISSUER}, TOKEN, (None, "endpoint"), [TOKEN, ISSUER]),
        ({"issuer": ISSUER}, TOKEN, ("token_endpoint",), [TOKEN, ISSUER]),
        ({"issuer": ISSUER}, PAR, ("issuer", "endpoint"), [ISSUER, PAR, TOKEN]),
        ({}, TOKEN, ("issuer", "of old"), [TOKEN]),
        ({"issuer": "https://auth.example/{tenantid}"}, PAR, (), [PAR, TOKEN]),
        (
            {"issuer": ISSUER, "assertion_audience": "token_endpoint"},
            PAR,
            (),
            [TOKEN, ISSUER, PAR],
        ),
        (
            {"issuer": ISSUER, "assertion_audience": "endpoint"},
            PAR,
            ("issuer",),
            [ISSUER, PAR, TOKEN],
        ),
        # Who answers at another origin must not get what the token endpoint would take.
        (
            {"issuer": ISSUER, "assertion_audience": "token_endpoint"},
            "https://evil.example/par",
            ("token_endpoint",),
            [ISSUER, "https://evil.example/par"],
        ),
        ({}, "http://auth.example/par", (), ["http://auth.example/par"]),
        ({}, "https://auth.example:8443/par", (), ["https://auth.example:8443/par"]),
    ],
)
def test_c1_audiences_are_tried_in_this_order(
    changed: dict[str, Any], url: str, known: tuple[str | None, ...], tried: list[str]
) -> None:
    server = replace(SERVER, **changed)

    assert list(audiences(server, url, known=known).values()) == tried


@pytest.mark.parametrize(
    ("error", "may"),
    [
        (ClientRejected("invalid_client"), True),
        (ClientRejected("unauthorized_client"), True),
        (ClientRejected("invalid_request"), True),
        (ClientRejected("unknown_error"), True),
        (ClientRejected("unsupported_grant_type"), False),
        (ClientRejected("unsupported_token_type"), False),
        (ClientRejected("redirect_uri_mismatch"), False),
        (GrantRejected("invalid_client_assertion"), True),
        (GrantRejected("unknown_error"), True),
        (GrantRejected("invalid_grant"), False),
        (GrantRejected("access_denied"), False),
        (TemporaryFailure("http_401"), True),
        (TemporaryFailure("http_400"), True),
        (TemporaryFailure("http_503"), False),
        (TemporaryFailure("timeout"), False),
        (ScopeRejected("invalid_scope"), False),
        (RefusedByPolicy("redirect_refused"), False),
    ],
    ids=repr,
)
def test_c1_a_refusal_of_the_client_may_be_due_to_the_audience(
    error: OAuth2Error, may: bool
) -> None:
    assert may_be_of_the_audience(error) is may


@on_both
def test_each_request_has_an_assertion_of_its_own(method: Any) -> None:
    drawn = iter([b"a" * 16, b"b" * 16])
    authenticate = method(SERVER, lambda count: next(drawn))

    assert _claims(authenticate)["jti"] != _claims(authenticate)["jti"]


@on_both
def test_the_assertion_is_added_to_the_request(method: Any) -> None:
    request = method(SERVER)(replace(REQUEST, headers={"A": "b"}), CLIENT)

    assert request.parameters.keys() == {
        "grant_type",
        "client_id",
        "client_assertion_type",
        "client_assertion",
    }
    assert request.parameters["grant_type"] == "x"
    assert request.parameters["client_id"] == "client-1"
    # RFC 7523, 2.2.
    assert request.parameters["client_assertion_type"] == ASSERTION_TYPE
    assert (request.url, request.headers) == (SERVER.token_url, {"A": "b"})
    assert REQUEST.parameters == {"grant_type": "x"}


@on_both
def test_the_secret_is_not_sent(method: Any) -> None:
    request = method(SERVER)(REQUEST, CLIENT).encode()

    assert b"very-secret" not in request.body
    assert repr(request) == "Request(method='POST')"


def test_a_private_key_signs() -> None:
    token = _by_key(SERVER)(REQUEST, CLIENT).parameters["client_assertion"]

    assert _decode(token, "p256", "ES256")["iss"] == "client-1"
    header = {"alg": "ES256", "kid": "key-1", "typ": "JWT"}
    assert jwt.get_unverified_header(token) == header


# PyJWT warns of short secrets and refuses some, but the server chooses the secret.
@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
@pytest.mark.parametrize(
    "secret", ["x" * 32, "very-secret", "ä€", "-----BEGIN PUBLIC KEY-----"]
)
def test_the_secret_signs(secret: str) -> None:
    client = Client(id="client-1", secret=secret)
    token = _by_secret(SERVER)(REQUEST, client).parameters["client_assertion"]

    encoded = urlsafe_b64encode(secret.encode()).rstrip(b"=").decode()
    key = jwt.PyJWK({"kty": "oct", "k": encoded, "alg": "HS256"})
    options: Any = {"verify_aud": False, "verify_exp": False, "verify_iat": False}
    assert jwt.decode(token, key, options=options)["sub"] == "client-1"
    assert jwt.get_unverified_header(token) == {"alg": "HS256", "typ": "JWT"}


@pytest.mark.parametrize("secret", [None, ""])
def test_without_a_secret_nothing_is_signed(secret: str | None) -> None:
    with pytest.raises(ClientRejected) as caught:
        _by_secret(SERVER)(REQUEST, Client(id="client-1", secret=secret))
    assert caught.value.code == "no_client_secret"


# Grant types


def test_an_assertion_is_exchanged_as_in_the_rfc() -> None:
    request = bearer_assertion_request(SERVER, assertion="eyJh.eyJp.J9l-ZhwP")

    assert (request.method, request.url) == ("POST", SERVER.token_url)
    # The request of RFC 7523, 4, with another assertion.
    assert request.body == (
        b"grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer"
        b"&assertion=eyJh.eyJp.J9l-ZhwP"
    )


def test_an_assertion_is_exchanged_for_scopes_and_without_a_client() -> None:
    request = bearer_assertion_request(
        SERVER, assertion="a.b.c", scopes=["read", "write"]
    )

    assert _fields(request) == [
        ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
        ("assertion", "a.b.c"),
        ("scope", "read write"),
    ]


def test_the_client_credentials_request_is_that_of_the_rfc() -> None:
    # RFC 6749, 4.4.2.
    request = client_credentials_request(
        replace(SERVER, client_authentication="client_secret_basic"),
        Client(id="s6BhdRkqt3", secret="gX1fBat3bV"),
    )

    assert request.headers["Authorization"] == "Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW"
    assert request.body == b"grant_type=client_credentials"


def _exchange(server: AuthorizationServer, **changed: Any) -> Request:
    return bearer_assertion_request(server, assertion="a.b.c", **changed)


def _for_itself(server: AuthorizationServer, **changed: Any) -> Request:
    return client_credentials_request(server, CLIENT, **changed)


with_each_grant_type = pytest.mark.parametrize("build", [_exchange, _for_itself])


@with_each_grant_type
def test_the_providers_parameters_and_headers_are_sent(build: Any) -> None:
    server = replace(
        SERVER,
        scope_separator=",",
        token_parameters={"audience": "api"},
        token_headers={"User-Agent": "Home Assistant"},
    )
    request = build(server, scopes=["read", "write"])

    assert {("audience", "api"), ("scope", "read,write")} <= {*_fields(request)}
    assert request.headers["User-Agent"] == "Home Assistant"


@with_each_grant_type
def test_each_resource_is_sent(build: Any) -> None:
    # RFC 8707, 2.2.
    resources = ("https://cal.example.com/", "https://contacts.example.com/app/?a=1&b")
    request = build(replace(SERVER, resources=resources))

    assert [value for key, value in _fields(request) if key == "resource"] == [
        *resources
    ]


@with_each_grant_type
def test_a_resource_among_the_providers_parameters_is_the_only_one(build: Any) -> None:
    request = build(
        replace(SERVER, resources=("a:b",), token_parameters={"resource": "c:d"})
    )

    assert [value for key, value in _fields(request) if key == "resource"] == ["c:d"]


@with_each_grant_type
@pytest.mark.parametrize(
    ("resources", "named"), [(("a:b",), "a:b"), (("a:b", "c:d"), ["a:b", "c:d"])]
)
def test_resources_are_sent_in_json(
    build: Any, resources: tuple[str, ...], named: object
) -> None:
    request = build(replace(SERVER, token_encoding="json", resources=resources))

    assert request.headers["Content-Type"] == "application/json"
    assert json.loads(request.body)["resource"] == named


def test_the_authentication_that_is_passed_takes_precedence() -> None:
    server = replace(SERVER, client_authentication="private_key_jwt")
    fields = dict(_fields(_for_itself(server, authenticate=_by_key(server))))

    assert _decode(fields["client_assertion"], "p256", "ES256")["sub"] == "client-1"
    assert "client_secret" not in fields


def test_a_signing_method_without_an_authentication_is_an_error() -> None:
    with pytest.raises(ClientRejected) as caught:
        _for_itself(replace(SERVER, client_authentication="private_key_jwt"))
    assert caught.value.code == "unsupported_client_authentication"


@with_each_grant_type
def test_no_secret_is_in_the_repr_of_a_request(build: Any) -> None:
    assert repr(build(SERVER)) == "Request(method='POST')"
