"""The URLs where a server may publish its metadata, and which of the URLs that it names are used.

RFC 8414, 3; OpenID Connect Discovery, 4; RFC 9728, 3.
"""

from dataclasses import dataclass
import re
from typing import Final, Literal
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from .errors import RefusedByPolicy
from .home_network import is_at_home, is_loopback, parse_address

type MetadataKind = Literal["server", "openid", "resource"]

_SERVER: Final = "/.well-known/oauth-authorization-server"
_OPENID: Final = "/.well-known/openid-configuration"
_RESOURCE: Final = "/.well-known/oauth-protected-resource"
# Visible ASCII (RFC 3986, 2), without the backslash, which some parsers treat as a slash.
_URL: Final = re.compile(r"[\x21-\x5B\x5D-\x7E]{1,2048}")
# Begins a label in Punycode (RFC 5890, 2.3.2.5).
_IDN_PREFIX: Final = "xn--"
_NAME: Final = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?")
# Not names: some resolvers read `127.1` or `0x7f000001`, whose last part is a number, as IPv4.
_NUMBER: Final = re.compile(r"(.*\.)?([0-9]+|0x[0-9a-f]*)\.?")
# How many segments of an endpoint's path may belong to its issuer.
_MOST_SEGMENTS: Final = 5
_MOST_PLACES: Final = 18
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
# Text that a person types: no control characters, no backslash, no lone surrogates.
_TYPED: Final = re.compile(r"[^\x00-\x1F\x7F\\\uD800-\uDFFF]{1,1024}")
# RFC 3986, 2.1 and 2.3.
_ENCODED: Final = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED: Final = re.compile(r"[A-Za-z0-9._~-]")
# The characters of a typed URL that are not percent-encoded (RFC 3986, 2).
_AS_TYPED: Final = "!#$%&'()*+,-./:;=?@[]_~"


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A URL of metadata, and the issuer or resource that the metadata has to name."""

    kind: MetadataKind
    url: str
    issuer_or_resource: str


def candidates(text: str) -> tuple[Candidate, ...]:
    """Return the places to look at, in order, for an issuer, the URL of an API or a bare host.

    Without a scheme, https is tried, and then http for a host at home. Query and fragment are removed.
    For the URL of a well-known document, that document comes first, then the places of the issuer or
    resource that it describes. Places for the URL with its path come before those for its host alone.

    Raises RefusedByPolicy (`invalid_url`; `https_required` for http to a public host).
    """
    found: list[Candidate] = []
    for url in addresses(text):
        parts = urlsplit(url)
        origin, path = f"{parts.scheme}://{parts.netloc}", _described_path(parts.path)
        pasted = [
            place
            for place in _places_of(origin, path)
            if place.url == origin + parts.path
        ]
        found += [*pasted, *_places_of(origin, path), *_places_of(origin, "")]
    return tuple(dict.fromkeys(found))


def addresses(text: str) -> tuple[str, ...]:
    """Return the URLs that a typed text may stand for, normalized and without a fragment.

    Raises as `candidates` does.
    """
    parts = _parse_typed(text)
    urls = [parts.geturl()]
    if not _SCHEME.match(text.strip()) and is_at_home(parts.hostname or ""):
        urls.append(parts._replace(scheme="http").geturl())
    return tuple(urls)


def candidates_above(endpoint: str) -> tuple[Candidate, ...]:
    """Return where the server of an endpoint may publish its metadata.

    Most endpoints begin with their issuer, so each path above the endpoint is tried, the longest first.
    Empty where `endpoint` is not a URL.
    """
    if (parts := split_url(endpoint)) is None:
        return ()
    origin = f"{parts.scheme}://{_authority(parts)}"
    segments = parts.path.split("/")[1:-1][:_MOST_SEGMENTS]
    paths = (
        "".join(f"/{segment}" for segment in segments[:count])
        for count in range(len(segments), -1, -1)
    )
    places = [
        place
        for path in paths
        for place in _places_of(origin, path)
        if place.kind != "resource"
    ]
    # The user did not ask for these requests, so their number is limited, with the usual places first.
    places.sort(key=lambda place: _is_unusual(place, origin))
    return tuple(dict.fromkeys(places))[:_MOST_PLACES]


def _is_unusual(place: Candidate, origin: str) -> bool:
    inserted = place.url.startswith(f"{origin}/.well-known/")
    return place.url != place.issuer_or_resource + _OPENID and not (
        inserted and place.kind == "server"
    )


def _places_of(origin: str, path: str) -> list[Candidate]:
    """Return the places for the issuer or resource with this path."""
    # A trailing slash is removed from an issuer (RFC 8414, 3.1), but from a resource only where it
    # is the whole path (RFC 9728, 3.1).
    issuer_path = path.rstrip("/")
    resource_path = "" if path == "/" else path
    places: tuple[tuple[MetadataKind, str, str], ...] = (
        ("server", f"{_SERVER}{issuer_path}", issuer_path),
        ("openid", f"{issuer_path}{_OPENID}", issuer_path),
        ("openid", f"{_OPENID}{issuer_path}", issuer_path),
        ("resource", f"{_RESOURCE}{resource_path}", resource_path),
        # Not in RFC 8414, but many servers append the path as OpenID Connect does.
        ("server", f"{issuer_path}{_SERVER}", issuer_path),
    )
    return [
        Candidate(kind=kind, url=origin + place, issuer_or_resource=origin + owner)
        for kind, place, owner in places
    ]


def _described_path(path: str) -> str:
    """Return the path of the issuer or resource that a well-known path describes."""
    for well_known in (_SERVER, _OPENID, _RESOURCE):
        before, found, after = path.partition(well_known)
        if found and after[:1] in ("", "/"):
            return before + after
    return path


def _parse_typed(text: str) -> SplitResult:
    """Return the URL that a person typed, normalized."""
    text = text.strip()
    if not _TYPED.fullmatch(text):
        raise RefusedByPolicy("invalid_url")
    url = _in_ascii(text if _SCHEME.match(text) else f"https://{text}")
    parts = None if url is None else split_url(url.partition("#")[0])
    if parts is None:
        raise RefusedByPolicy("invalid_url")
    if code := refusal(parts, home=True, allow_http=True):
        raise RefusedByPolicy(code)
    return parts._replace(netloc=_authority(parts))


def _in_ascii(url: str) -> str | None:
    """Return a URL in ASCII, as it is sent; None for an invalid host."""
    try:
        host = urlsplit(url).netloc
        if not host.isascii():
            url = url.replace(host, host.encode("idna").decode(), 1)
    except ValueError:
        return None
    return quote(url, safe=_AS_TYPED)


def normalized(url: str) -> str:
    """Return a URL in a spelling that equal URLs share (RFC 3986, 6.2.2 and 6.2.3).

    Scheme and host are in lower case, without a default port and without needless percent-encoding.
    Text that is not a URL is returned unchanged.
    """
    if (parts := split_url(url)) is None:
        return url
    path = _ENCODED.sub(_decode_unreserved, parts.path)
    return parts._replace(netloc=_authority(parts), path=path).geturl()


def redirect_target(url: str, location: str) -> str | None:
    """Return the absolute URL of a redirect from a well-known document (RFC 9110, 10.2.2).

    None for another origin: metadata is trusted only from the origin that was asked for it.
    """
    try:
        target = split_url(urljoin(url, location))
    except ValueError:
        return None
    here = split_url(url)
    if target is None or here is None or not location:
        return None
    same = (target.scheme, _authority(target)) == (here.scheme, _authority(here))
    return target.geturl() if same else None


def _decode_unreserved(encoded: re.Match[str]) -> str:
    character = chr(int(encoded[1], 16))
    return character if _UNRESERVED.fullmatch(character) else encoded[0].upper()


def _authority(parts: SplitResult) -> str:
    host = (parts.hostname or "").removesuffix(".")
    host = f"[{host}]" if ":" in host else host
    default = 443 if parts.scheme == "https" else 80
    return host if parts.port in (None, default) else f"{host}:{parts.port}"


def split_url(url: str) -> SplitResult | None:
    """Return the parts of an http(s) URL with a host, None for any other text.

    None also for a URL with user information or a fragment (RFC 6749, 3.1), and for a host in an
    ambiguous spelling.
    """
    if not _URL.fullmatch(url) or "#" in url:
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or port == 0:
        return None
    host = parts.hostname or ""
    # An address with a zone (RFC 6874) is valid on one machine only.
    if "%" not in host and parse_address(host):
        return parts
    is_name = _NAME.fullmatch(host) and not _NUMBER.fullmatch(host)
    return parts if is_name and "[" not in parts.netloc and _is_idn(host) else None


def _is_idn(host: str) -> bool:
    """Return whether each label of a host that has the prefix of an IDN is one (RFC 5890, 2.3.2.1)."""
    for label in host.split("."):
        if not label.startswith(_IDN_PREFIX):
            continue
        encoded = label.removeprefix(_IDN_PREFIX).encode("ascii")
        try:
            # Python's codec follows RFC 3490, which has no labels with these two letters.
            text = encoded.decode("punycode")
            older = text.replace("ß", "ss").replace("ς", "σ")
            if text.isascii() or older.encode("idna").decode("idna") != older:
                return False
        except UnicodeError:
            return False
    return True


def refusal(parts: SplitResult, *, home: bool, allow_http: bool) -> str | None:
    """Return the error code for a URL that must not be used, None where it may be used.

    `home` is whether the server that named the URL is at home: a server outside must not make us send
    requests inside.
    """
    host = parts.hostname or ""
    host_at_home = is_at_home(host)
    if parts.scheme != "https" and not (
        is_loopback(host) or (allow_http and host_at_home)
    ):
        return "https_required"
    return "private_address" if host_at_home and not home else None
