"""Signed JWTs: client authentication and authorization grants, and the keys that sign them.

RFC 7523; OpenID Connect Core, 9.
"""

from collections.abc import Callable, Mapping, Sequence
from copy import replace
from dataclasses import dataclass, field
import hashlib
import hmac
import json
import re
from typing import TYPE_CHECKING, Final, Literal, cast
from urllib.parse import urlsplit

from .base64url import base64url
from .client import ClientAuthentication, TokenRequest
from .endpoint_answer import json_object
from .endpoint_request import token_request
from .error_codes import error_from_code
from .errors import ClientRejected, GrantRejected, OAuth2Error, TemporaryFailure
from .message import Request
from .server import AuthorizationServer, Client

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    type PrivateKey = RSAPrivateKey | EllipticCurvePrivateKey | Ed25519PrivateKey

type InvalidKeyReason = Literal[
    "public_key", "encrypted", "too_short", "not_a_key", "unsupported"
]

JWT_BEARER_GRANT_TYPE: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_CLIENT_ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_LIFETIME_SECONDS: Final = 60
_JTI_BYTES: Final = 16

_LONGEST_KEY_TEXT: Final = 16 * 1024
# RFC 7518, 3.3. Checking a key longer than the upper limit takes seconds.
_SHORTEST_RSA_BITS: Final = 2048
_LONGEST_RSA_BITS: Final = 4096
# RFC 7468, 2. Line breaks may be missing or written as \n: keys are pasted from JSON files and forms.
_PEM: Final = re.compile(
    r"-----BEGIN ([A-Z0-9 ]{1,40})-----((?:[^-]|-(?!----))*+)-----END \1-----"
)
_PEM_SPACE: Final = re.compile(r"\\[nr]|\s")
_BASE64URL: Final = re.compile(r"[\w-]{1,1024}", re.ASCII)
# RFC 7518, 6.2 and 6.3; RFC 8037, 2: the members of a private JWK. The primes of an RSA key are
# optional there and required here, since computing them is slow.
_JWK_MEMBERS: Final[Mapping[str, tuple[str, ...]]] = {
    "RSA": ("n", "e", "d", "p", "q", "dp", "dq", "qi"),
    "EC": ("x", "y", "d"),
    "OKP": ("x", "d"),
}
# RFC 7518, 3.1, and RFC 8037, 3.1. The first of each is the default.
_ALGORITHMS: Final[Mapping[str, tuple[str, ...]]] = {
    "rsa": ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    "secp256r1": ("ES256",),
    "secp384r1": ("ES384",),
    "ed25519": ("EdDSA",),
}
_JWK_CURVES: Final = frozenset({"P-256", "P-384", "Ed25519"})
# Error codes that do not concern the assertion: another one would be refused too.
_NOT_OF_THE_ASSERTION: Final = frozenset(
    {
        "device_flow_disabled",
        "invalid_redirect_uri",
        "redirect_uri_mismatch",
        "unsupported_grant_type",
        "unsupported_response_type",
        "unsupported_token_type",
    }
)
# Our codes for refusals without an error code (RFC 6749, 5.2).
_SILENT_REFUSALS: Final = frozenset({"http_400", "http_401"})


class InvalidKey(ValueError):
    """A text is not a usable signing key. `reason` says why; the error quotes nothing of the text."""

    def __init__(self, reason: InvalidKeyReason) -> None:
        super().__init__(reason)
        self.reason: Final = reason


@dataclass(frozen=True, kw_only=True, slots=True)
class SigningKey:
    """A private key and the algorithm that it signs with (RFC 7518, 3.1)."""

    pem_or_jwk: str = field(repr=False)
    algorithm: str
    key_id: str | None = None


def parse_signing_key(text: str, *, algorithm: str | None = None) -> SigningKey:
    """Return the key of a PEM text (PKCS#8, PKCS#1, SEC 1) or of a private JWK.

    `algorithm` takes precedence over the JWK's `alg`, which takes precedence over the default for keys
    of this type. Checking the numbers of a long RSA key takes a quarter of a second.

    Raises InvalidKey.
    """
    key = _load(text)
    jwk = json_object(text) or {}
    possible = _ALGORITHMS[_key_type(key)]
    chosen = algorithm or jwk.get("alg") or possible[0]
    if not isinstance(chosen, str) or chosen not in possible:
        raise InvalidKey("unsupported")
    kid = jwk.get("kid")
    return SigningKey(
        pem_or_jwk=text.strip(),
        algorithm=chosen,
        key_id=kid if isinstance(kid, str) and kid else None,
    )


def sign_jwt(key: SigningKey, claims: Mapping[str, object]) -> str:
    """Return a signed JWT (RFC 7515, 3.1). Raises InvalidKey."""
    from jwt import encode  # noqa: PLC0415 - signing code is slow to import

    # Checked: `parse_signing_key` has validated the numbers of the key.
    private_key = _load(key.pem_or_jwk, checked=True)
    if key.algorithm not in _ALGORITHMS[_key_type(private_key)]:
        raise InvalidKey("unsupported")
    headers = {} if key.key_id is None else {"kid": key.key_id}
    return encode(dict(claims), private_key, algorithm=key.algorithm, headers=headers)


def audiences(
    server: AuthorizationServer, url: str, *, known: Sequence[str | None] = ()
) -> dict[str, str]:
    """Return the audiences to try for an assertion that is sent to `url`, by name, in order.

    RFC 7523, 3 lets a server require its issuer or an endpoint. `known` are names to try first. The
    token endpoint is an audience at its own origin only: another receiver could use the assertion there.
    """
    # Microsoft's issuer has a placeholder for the tenant, so it is not an audience.
    issuer = None if "{" in (server.issuer or "") else server.issuer
    named = {"issuer": issuer, "endpoint": url}
    if _origin(url) == _origin(server.token_url):
        named["token_endpoint"] = server.token_url
    ordered: dict[str, str] = {}
    for name in (*known, server.assertion_audience, *named):
        audience = None if name is None else named.get(name)
        if name is not None and audience and audience not in ordered.values():
            ordered[name] = audience
    return ordered


def may_be_of_the_audience(error: OAuth2Error) -> bool:
    """Tell whether a refusal can mean that the assertion's audience is wrong (RFC 7521, 4.2.1)."""
    match error:
        case ClientRejected():
            return error.code not in _NOT_OF_THE_ASSERTION
        case GrantRejected():
            return error_from_code(error.code) is None
        case TemporaryFailure():
            return error.code in _SILENT_REFUSALS
    return False


def private_key_jwt(
    server: AuthorizationServer,
    key: SigningKey,
    *,
    now: float,
    random_bytes: Callable[[int], bytes],
    audience: str | None = None,
) -> ClientAuthentication:
    """Return a client authentication that signs with a private key (OpenID Connect Core, 9)."""
    for_whom = audience or _usual_audience(server)

    def authenticate(request: TokenRequest, client: Client) -> TokenRequest:
        claims = _client_claims(for_whom, client, now, random_bytes(_JTI_BYTES))
        return _with_assertion(request, client, sign_jwt(key, claims))

    return authenticate


def client_secret_jwt(
    server: AuthorizationServer,
    *,
    now: float,
    random_bytes: Callable[[int], bytes],
    audience: str | None = None,
) -> ClientAuthentication:
    """Return a client authentication that signs with the client secret (OpenID Connect Core, 9).

    The secret itself is not sent.
    """
    for_whom = audience or _usual_audience(server)

    def authenticate(request: TokenRequest, client: Client) -> TokenRequest:
        if not client.secret:
            raise ClientRejected("no_client_secret")
        claims = _client_claims(for_whom, client, now, random_bytes(_JTI_BYTES))
        return _with_assertion(request, client, _sign_hs256(client.secret, claims))

    return authenticate


def bearer_assertion_request(
    server: AuthorizationServer, *, assertion: str, scopes: Sequence[str] = ()
) -> Request:
    """Return the request that exchanges an assertion (RFC 7523, 2.1).

    No client authenticates: the assertion identifies the requester.
    """
    parameters = {
        "grant_type": JWT_BEARER_GRANT_TYPE,
        "assertion": assertion,
        **server.token_parameters,
    }
    return token_request(server, None, parameters, scopes=scopes)


def _usual_audience(server: AuthorizationServer) -> str:
    # The issuer where it is known (draft-ietf-oauth-rfc7523bis): a hostile server could name an
    # honest server's token endpoint as its own and replay the assertion there.
    return server.issuer or server.token_url


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.lower()


def _client_claims(
    audience: str, client: Client, now: float, random: bytes
) -> Mapping[str, object]:
    """Return the claims of a client's assertion (RFC 7523, 3)."""
    issued_at = int(now)
    return {
        "iss": client.id,
        "sub": client.id,
        "aud": audience,
        "iat": issued_at,
        "exp": issued_at + _LIFETIME_SECONDS,
        "jti": base64url(random),
    }


def _with_assertion(request: TokenRequest, client: Client, jwt: str) -> TokenRequest:
    parameters = {
        **request.parameters,
        # Optional in RFC 7521, 4.2, but some servers identify the client by it.
        "client_id": client.id,
        "client_assertion_type": _CLIENT_ASSERTION_TYPE,
        "client_assertion": jwt,
    }
    return replace(request, parameters=parameters)


def _sign_hs256(secret: str, claims: Mapping[str, object]) -> str:
    # Not with PyJWT, which warns of short secrets and refuses some, though the server chose them.
    parts = ({"typ": "JWT", "alg": "HS256"}, claims)
    signed = ".".join(base64url(json.dumps(part).encode()) for part in parts)
    digest = hmac.digest(secret.encode(), signed.encode(), hashlib.sha256)
    return f"{signed}.{base64url(digest)}"


def _load(text: str, *, checked: bool = False) -> PrivateKey:
    """Return the key of a PEM text or a JWK; `checked` skips validating it again. Raises InvalidKey."""
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - slow
    from jwt import PyJWK, PyJWTError  # noqa: PLC0415 - slow

    if len(text) > _LONGEST_KEY_TEXT:
        raise InvalidKey("not_a_key")
    jwk = json_object(text) or {}
    try:
        if not jwk:
            key = _load_pem(_private_pem(text), checked=checked)
        else:
            key = PyJWK(_private_jwk(jwk)).key
    except InvalidKey:
        raise
    except UnsupportedAlgorithm:
        raise InvalidKey("unsupported") from None
    except ValueError, TypeError, OverflowError, PyJWTError:
        # Not chained: the libraries' errors may quote the key.
        raise InvalidKey("not_a_key") from None
    _key_type(key)
    return cast("PrivateKey", key)


def _load_pem(pem: bytes, *, checked: bool) -> object:
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - slow

    load = serialization.load_pem_private_key
    key = load(pem, None, unsafe_skip_rsa_key_validation=True)
    # Checks the length first: validating a longer key takes seconds.
    _key_type(key)
    return key if checked else load(pem, None)


def _private_pem(text: str) -> bytes:
    """Return the first private key among PEM blocks, with proper line breaks."""
    labels = ""
    for label, body in _PEM.findall(text):
        if "ENCRYPTED" in label + body:
            raise InvalidKey("encrypted")
        if label in {"PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"}:
            lines = (f"-----BEGIN {label}-----", _PEM_SPACE.sub("", body))
            pem = "\n".join((*lines, f"-----END {label}-----\n"))
            return pem.encode("ascii", "replace")
        labels += label
    if "PRIVATE KEY" in labels:
        raise InvalidKey("unsupported")
    raise InvalidKey("public_key" if re.search("PUBLIC|CERT", labels) else "not_a_key")


def _private_jwk(jwk: Mapping[str, object]) -> dict[str, object]:
    """Return the members of a private JWK of a supported kind (RFC 7517, 4)."""
    kind = jwk.get("kty")
    if not isinstance(kind, str):
        raise InvalidKey("not_a_key")
    names = _JWK_MEMBERS.get(kind)
    if names is None or (kind != "RSA" and jwk.get("crv") not in _JWK_CURVES):
        raise InvalidKey("unsupported")
    if "d" not in jwk:
        raise InvalidKey("public_key")
    if "oth" in jwk or (kind == "RSA" and not jwk.keys() >= {*names}):
        raise InvalidKey("unsupported")
    members = {name: jwk.get(name) for name in names}
    if not all(
        isinstance(v, str) and _BASE64URL.fullmatch(v) for v in members.values()
    ):
        raise InvalidKey("not_a_key")
    return {"kty": kind, "crv": jwk.get("crv"), **members}


def _key_type(key: object) -> str:
    """Return the name of a key in `_ALGORITHMS`. Raises InvalidKey where it has none."""
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa  # noqa: PLC0415 - slow

    if isinstance(key, rsa.RSAPrivateKey) and key.key_size < _SHORTEST_RSA_BITS:
        raise InvalidKey("too_short")
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size <= _LONGEST_RSA_BITS:
        return "rsa"
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return "ed25519"
    if isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name in _ALGORITHMS:
        return key.curve.name
    raise InvalidKey("unsupported")
