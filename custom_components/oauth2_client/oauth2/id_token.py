"""Checks ID tokens (OpenID Connect Core, 3.1.3.7)."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
import json
from math import isfinite
from typing import Any, Final, NoReturn

from .errors import IdTokenFault, IdTokenRejected
from .jwt_claims import unverified_claims
from .refusal import shown_words

_LONGEST_TOKEN: Final = 64 * 1024
_MAX_KEYS: Final = 64
_MAX_AUDIENCES: Final = 64
# 8192 bits in base64url. Checking with a larger modulus would only cost time.
_LONGEST_MEMBER: Final = 1400
_SMALLEST_RSA_BITS: Final = 2048
# RFC 7518, 3.2: a key is at least as long as the hash value.
_SHORTEST_SECRET_BYTES: Final = 32
_LEEWAY_SECONDS: Final = 60
_LONGEST_SHOWN: Final = 100
_MOST_SHOWN: Final = 4

# RFC 7518, 3.1; RFC 8037, 3.1: the keys that an algorithm takes, by `kty` and `crv`.
_RSA: Final = frozenset({("RSA", None)})
_KEYS_OF: Final[Mapping[str, frozenset[tuple[str, str | None]]]] = {
    "RS256": _RSA,
    "RS384": _RSA,
    "RS512": _RSA,
    "PS256": _RSA,
    "PS384": _RSA,
    "PS512": _RSA,
    "ES256": frozenset({("EC", "P-256")}),
    "ES384": frozenset({("EC", "P-384")}),
    "ES512": frozenset({("EC", "P-521")}),
    "EdDSA": frozenset({("OKP", "Ed25519"), ("OKP", "Ed448")}),
}
_SYMMETRIC: Final = "HS256"
# The members of a public key. Nothing else of a JWK is passed to the library.
_PUBLIC_MEMBERS: Final[Mapping[str, tuple[str, ...]]] = {
    "RSA": ("n", "e"),
    "EC": ("x", "y"),
    "OKP": ("x",),
}


def check_id_token(
    id_token: str,
    *,
    jwks: Mapping[str, object] | None,
    issuer: str | None,
    client_id: str | None,
    now: float,
    nonce: str | None = None,
    repeats_nonce: bool = True,
    secret: str | None = None,
) -> Mapping[str, object]:
    """Return the claims of an ID token after all checks.

    `jwks` is the server's key set (RFC 7517, 5). Without it the signature is not checked, which is
    allowed for tokens directly from the token endpoint, where TLS replaces the signature (point 6).
    `issuer` is None where it is not known, `client_id` where another component's client signed in.
    With the client's `secret`, HS256 is accepted too: only for a client that is registered for it.
    `nonce` is the one that was sent; without `repeats_nonce`, a token may leave it out but not have
    another one.

    Raises IdTokenRejected, which says which check failed.
    """
    if len(id_token) > _LONGEST_TOKEN or not id_token.isascii():
        _refuse("malformed")
    if jwks is None:
        claims = unverified_claims(id_token)
    else:
        claims = _signed_claims(id_token, jwks, secret)
    stated = claims.get("iss")
    if issuer is not None and stated != issuer:
        _refuse("issuer", expected=[issuer], found=[stated])
    for required in ("iss", "sub"):
        if not isinstance(text := claims.get(required), str) or not text:
            _refuse("malformed")
    if client_id is not None:
        _check_audience(claims, client_id)
    _check_times(claims, now)
    if nonce is not None:
        _check_nonce(claims, nonce, repeats=repeats_nonce)
    return claims


def _refuse(
    fault: IdTokenFault,
    *,
    expected: Iterable[object] = (),
    found: Iterable[object] = (),
) -> NoReturn:
    raise IdTokenRejected(
        fault, expected=_shown(expected), found=_shown(found)
    ) from None


def _shown(values: Iterable[object]) -> str:
    """Return values of an untrusted token as one short line that can be shown, empty without any."""
    texts = [value for value in values if isinstance(value, str)]
    shown = [shown_words(text, (), _LONGEST_SHOWN) for text in texts]
    more = ["…"] if len(shown) > _MOST_SHOWN else []
    return ", ".join([text for text in shown if text][:_MOST_SHOWN] + more)


def _check_nonce(claims: Mapping[str, object], nonce: str, *, repeats: bool) -> None:
    """Refuse a token of another sign-in (OpenID Connect Core, 3.1.3.7, point 11)."""
    if (repeated := claims.get("nonce")) == nonce:
        return
    if repeated is not None:
        _refuse("nonce")
    if repeats:
        _refuse("no_nonce")


def _signed_claims(
    id_token: str, jwks: Mapping[str, object], secret: str | None
) -> Mapping[str, object]:
    """Return the claims of a token once its signature is verified (RFC 7515, 5.2)."""
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - loaded only where a signature is checked
    import jwt  # noqa: PLC0415 - loaded only where a signature is checked

    try:
        header = jwt.get_unverified_header(id_token)
        algorithm = header.get("alg")
        # Neither critical extensions (RFC 7515, 4.1.11) nor unencoded payloads (RFC 7797) are supported.
        if not isinstance(algorithm, str) or header.keys() & {"crit", "b64"}:
            _refuse("malformed")
        # Not `jwt.decode`, which checks times by the system's clock instead of `now`.
        payload = jwt.PyJWS().decode(
            id_token,
            _verifying_key(algorithm, header.get("kid"), jwks, secret),
            algorithms=[algorithm],
        )
        claims = json.loads(payload)
    except jwt.InvalidSignatureError:
        _refuse("signature")
    except jwt.PyJWTError, UnsupportedAlgorithm, ValueError, TypeError, RecursionError:
        _refuse("malformed")
    if not isinstance(claims, dict):
        _refuse("malformed")
    return claims


def _verifying_key(
    algorithm: str, kid: object, jwks: Mapping[str, object], secret: str | None
) -> Any:
    """Return the key for an algorithm of the allow-list (RFC 8725, 3.1)."""
    if algorithm == _SYMMETRIC:
        if secret is None or len(key := secret.encode()) < _SHORTEST_SECRET_BYTES:
            _refuse("algorithm", expected=_KEYS_OF, found=[algorithm])
        return key
    if algorithm not in _KEYS_OF:
        _refuse("algorithm", expected=_KEYS_OF, found=[algorithm])
    fitting = list(_fitting_keys(algorithm, jwks))
    if kid is not None:
        named = [jwk for jwk in fitting if jwk.get("kid") == kid]
        # A server with one key may omit its `kid`.
        fitting = named or [jwk for jwk in fitting if "kid" not in jwk]
    if len(fitting) != 1:
        known = [jwk.get("kid") for jwk in _fitting_keys(algorithm, jwks)]
        _refuse("key", expected=known, found=[kid])
    return _public_key(fitting[0], algorithm)


def _fitting_keys(
    algorithm: str, jwks: Mapping[str, object]
) -> Iterator[Mapping[str, object]]:
    """Yield the keys of a key set that fit an algorithm (RFC 7517, 4 and 5)."""
    keys = jwks.get("keys")
    if not isinstance(keys, list) or len(keys) > _MAX_KEYS:
        _refuse("key")
    for jwk in keys:
        if not isinstance(jwk, dict) or jwk.get("use", "sig") != "sig":
            continue
        kind = (jwk.get("kty"), None if jwk.get("kty") == "RSA" else jwk.get("crv"))
        operations = jwk.get("key_ops", ["verify"])
        if (
            any(kind == fitting for fitting in _KEYS_OF[algorithm])
            and jwk.get("alg", algorithm) == algorithm
            and isinstance(operations, list)
            and "verify" in operations
        ):
            yield jwk


def _public_key(jwk: Mapping[str, object], algorithm: str) -> Any:
    """Return the public key of a JWK, without private members that a server may publish."""
    import jwt  # noqa: PLC0415 - loaded only where a signature is checked

    kind = str(jwk["kty"])
    public = {"kty": kind}
    if kind != "RSA":
        public["crv"] = str(jwk["crv"])
    for member in _PUBLIC_MEMBERS[kind]:
        value = jwk.get(member)
        if not isinstance(value, str) or len(value) > _LONGEST_MEMBER:
            _refuse("key")
        public[member] = value
    key = jwt.PyJWK(public, algorithm=algorithm).key
    if kind == "RSA" and key.key_size < _SMALLEST_RSA_BITS:
        # RFC 7518, 3.3.
        _refuse("key")
    return key


def _check_audience(claims: Mapping[str, object], client_id: str) -> None:
    """Refuse a token for another client (OpenID Connect Core, 3.1.3.7, points 3 to 5)."""
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if len(audiences) > _MAX_AUDIENCES or client_id not in audiences:
        _refuse("audience", expected=[client_id], found=audiences)
    if not all(isinstance(each, str) for each in audiences):
        _refuse("malformed")
    authorized = claims.get("azp")
    if authorized is None and len(audiences) == 1:
        return
    if authorized != client_id:
        _refuse("audience", expected=[client_id], found=[authorized])


def _check_times(claims: Mapping[str, object], now: float) -> None:
    """Refuse a token that is expired or not valid yet (points 9 and 10; RFC 7519, 4.1.5)."""
    if now >= (end := _moment(claims.get("exp"))) + _LEEWAY_SECONDS:
        _refuse("expired", expected=[_date(now)], found=[_date(end)])
    begins = [_moment(claims.get("iat"))]
    if "nbf" in claims:
        begins.append(_moment(claims["nbf"]))
    if (begin := max(begins)) > now + _LEEWAY_SECONDS:
        _refuse("not_yet", expected=[_date(now)], found=[_date(begin)])


def _date(moment: float) -> str:
    """Return a moment as a date in UTC, as a number where it is outside of the calendar."""
    try:
        return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%d %H:%M:%S} UTC"
    except ValueError, OverflowError, OSError:
        return f"{moment:.3g}"


def _moment(claim: object) -> float:
    """Return a NumericDate (RFC 7519, 2)."""
    if isinstance(claim, bool) or not isinstance(claim, int | float):
        _refuse("malformed")
    try:
        moment = float(claim)
    except OverflowError:
        _refuse("malformed")
    if not isfinite(moment):
        _refuse("malformed")
    return moment
