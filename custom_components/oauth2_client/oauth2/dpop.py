"""Tokens that are bound to a key: Demonstrating Proof of Possession (RFC 9449).

Each request carries a proof, a JWT over its method and URL, signed with the key.
"""

from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
import hashlib
import re
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import urlsplit, urlunsplit

from .base64url import base64url
from .endpoint_answer import json_object
from .message import Response

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

_USE_NONCE: Final = "use_dpop_nonce"
_COORDINATE_BYTES: Final = 32
_COORDINATE: Final = re.compile(r"[A-Za-z0-9_-]{43}")
# The order of P-256 (SP 800-186, 3.2.1.3): private keys are from 1 to one less.
_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
# FIPS 186-5, A.2.1: 64 bits more than the order has, so that all keys are equally likely.
_SEED_BYTES: Final = 40
# RFC 9449, 4.2: 96 bits at least.
_JTI_BYTES: Final = 16
# RFC 9449, 8.1: NQCHAR of RFC 6749, appendix A. The length limit is our own.
_NONCE: Final = re.compile(r"[\x21\x23-\x5B\x5D-\x7E]{1,1024}")
_DEFAULT_PORTS: Final = {"http": ":80", "https": ":443"}
_LONGEST_HEADER: Final = 8192

# RFC 9110, 5.6.2, 5.6.4, 11.2 and 11.6.1.
_TOKEN: Final = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_BETWEEN: Final = re.compile(r"[ \t,]*")
_END: Final = r"[ \t]*(?=,|\Z)"
_PARAMETER: Final = re.compile(
    rf"({_TOKEN})[ \t]*=[ \t]*(?:({_TOKEN})|\"((?:[^\"\\]|\\.)*)\"){_END}", re.DOTALL
)
_SCHEME: Final = re.compile(rf"({_TOKEN})(?: +|(?=[ \t]*(?:,|\Z)))")
_TOKEN68: Final = re.compile(rf"[A-Za-z0-9._~+/-]+=*{_END}")
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, kw_only=True, slots=True)
class DpopKey:
    """A key for ES256: `x`, `y` and the private `d` as a JWK has them (RFC 7518, 6.2)."""

    x: str
    y: str
    d: str = field(repr=False)

    def as_dict(self) -> dict[str, Any]:
        """Return the private JWK, which is what `from_dict` takes, all of it JSON."""
        return {**self.public(), "d": self.d}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Return a key from what `as_dict` returned.

        Raises ValueError, which names a member and quotes no value.
        """
        if (stored.get("kty"), stored.get("crv")) != ("EC", "P-256"):
            raise ValueError("kty")
        for member in ("x", "y", "d"):
            value = stored.get(member)
            if not isinstance(value, str) or not _COORDINATE.fullmatch(value):
                raise ValueError(member)
        key = _key_of(cls, _number(stored["d"]))
        if key is None or (key.x, key.y) != (stored["x"], stored["y"]):
            raise ValueError("d")
        return key

    def public(self) -> dict[str, str]:
        """Return the public JWK, as a proof shows it (RFC 9449, 4.2)."""
        return {"crv": "P-256", "kty": "EC", "x": self.x, "y": self.y}


def new_key(random_bytes: Callable[[int], bytes]) -> DpopKey:
    """Return a new key, derived from `random_bytes` (FIPS 186-5, A.2.1)."""
    seed = int.from_bytes(random_bytes(_SEED_BYTES))
    key = _key_of(DpopKey, seed % (_ORDER - 1) + 1)
    assert key is not None
    return key


def dpop_proof(
    key: DpopKey,
    *,
    method: str,
    url: str,
    now: float,
    random_bytes: Callable[[int], bytes],
    access_token: str | None = None,
    nonce: str | None = None,
) -> str:
    """Return the value of a request's `DPoP` header (RFC 9449, 4.2).

    `access_token` is for requests to an API, not to the token endpoint. The randomness of the signature
    comes from the cryptography library.
    """
    import jwt  # noqa: PLC0415 - signing code is loaded where something is signed

    claims: dict[str, object] = {
        "jti": base64url(random_bytes(_JTI_BYTES)),
        "htm": method,
        "htu": _without_query(url),
        "iat": int(now),
    }
    if access_token is not None:
        claims["ath"] = base64url(hashlib.sha256(access_token.encode()).digest())
    if nonce is not None:
        claims["nonce"] = nonce
    return jwt.encode(
        claims,
        _private_key(_number(key.d)),
        algorithm="ES256",
        headers={"typ": "dpop+jwt", "jwk": key.public()},
    )


def dpop_nonce(response: Response) -> str | None:
    """Return the nonce for the next proof, None where the response has none (RFC 9449, 8.2)."""
    nonce = response.header("DPoP-Nonce")
    return nonce if nonce is not None and _NONCE.fullmatch(nonce) else None


def wants_nonce(response: Response) -> bool:
    """Tell whether a server refused the request because its proof needs another nonce.

    Token endpoints (RFC 9449, 8) and APIs (RFC 9449, 9) say so in different ways.
    """
    if response.status == 400:
        return (json_object(response.body) or {}).get("error") == _USE_NONCE
    if response.status != 401:
        return False
    return any(
        scheme == "dpop" and parameters.get("error") == _USE_NONCE
        for scheme, parameters in _challenges(response.header("WWW-Authenticate") or "")
    )


def _challenges(header: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield authentication schemes, in lower case, with their parameters (RFC 9110, 11.6.1).

    Parsing ends at the first syntax error.
    """
    if len(header) > _LONGEST_HEADER:
        return
    position = 0
    while scheme := _SCHEME.match(header, _skip(_BETWEEN, header, position)):
        position = scheme.end()
        parameters: dict[str, str] = {}
        if token68 := _TOKEN68.match(header, position):
            position = token68.end()
        else:
            while pair := _PARAMETER.match(header, _skip(_BETWEEN, header, position)):
                name, token, quoted = pair.groups()
                value = _ESCAPE.sub(r"\1", quoted or "") if token is None else token
                parameters.setdefault(name.lower(), value)
                position = pair.end()
        yield scheme[1].lower(), parameters


def _skip(pattern: re.Pattern[str], text: str, position: int) -> int:
    matched = pattern.match(text, position)
    return position if matched is None else matched.end()


def _without_query(url: str) -> str:
    """Return a URL as the `htu` of a proof: without query and fragment (RFC 9449, 4.2).

    It is normalized: host in lower case, no default port, no empty path (RFC 9110, 4.2.3).
    """
    parts = urlsplit(url)
    authority = parts.netloc.rpartition("@")[2].lower()
    authority = authority.removesuffix(_DEFAULT_PORTS.get(parts.scheme, ":"))
    return urlunsplit((parts.scheme, authority, parts.path or "/", "", ""))


def _key_of[Key: DpopKey](cls: type[Key], private: int) -> Key | None:
    """Return the key of a private number, None for a number out of range."""
    if not 0 < private < _ORDER:
        return None
    public = _private_key(private).public_key().public_numbers()
    x, y, d = (
        base64url(number.to_bytes(_COORDINATE_BYTES))
        for number in (public.x, public.y, private)
    )
    return cls(x=x, y=y, d=d)


def _private_key(private: int) -> EllipticCurvePrivateKey:
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415 - signing code is loaded where something is signed

    return ec.derive_private_key(private, ec.SECP256R1())


def _number(coordinate: str) -> int:
    return int.from_bytes(urlsafe_b64decode(coordinate + "="))
