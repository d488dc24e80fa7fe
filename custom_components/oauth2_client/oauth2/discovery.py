"""The URLs where a server may publish its metadata, and which URLs named by others are used.

RFC 8414, 3; OpenID Connect Discovery, 4; RFC 9728, 3 and 5.1.
"""

from dataclasses import dataclass
import re
from typing import Final, Literal
from urllib.parse import SplitResult, quote, urlsplit

from .errors import RefusedByPolicy
from .home_network import is_at_home, is_loopback, parse_address
from .message import Response

type MetadataKind = Literal["server", "openid", "resource"]

_SERVER: Final = "/.well-known/oauth-authorization-server"
_OPENID: Final = "/.well-known/openid-configuration"
_RESOURCE: Final = "/.well-known/oauth-protected-resource"
# Visible ASCII (RFC 3986, 2), without the backslash, which some parsers treat as a slash.
_URL: Final = re.compile(r"[\x21-\x5B\x5D-\x7E]{1,2048}")
_NAME: Final = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?")
# Names whose last part is a number: some resolvers read `127.1` or `0x7f000001` as an IPv4 address.
_NUMBER: Final = re.compile(r"(.*\.)?([0-9]+|0x[0-9a-f]*)\.?")
# How many segments of an endpoint's path may belong to its issuer.
_MOST_SEGMENTS: Final = 5
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
# Text that a person types: no control characters, no backslash, no lone surrogates.
_TYPED: Final = re.compile(r"[^\x00-\x1F\x7F\\\uD800-\uDFFF]{1,1024}")
# The characters of it that are not percent-encoded (RFC 3986, 2).
_AS_TYPED: Final = "!#$%&'()*+,-./:;=?@[]_~"
_LONGEST_HEADER: Final = 8192
# RFC 9110, 11.2: a parameter, or a quoted string without a name, or a quote that is never closed.
_PARAMETER: Final = re.compile(
    r"(?<![!#$%&'*+.^_`|~0-9A-Za-z-])([!#$%&'*+.^_`|~0-9A-Za-z-]++)[ \t]*+=[ \t]*+"
    r'(?:"((?:[^"\\]|\\.)*+)"|([^\s,"]++))'
    r'|"(?:[^"\\]|\\.)*+"|(")'
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A URL of metadata, and the issuer or resource that the metadata has to name."""

    kind: MetadataKind
    url: str
    issuer_or_resource: str


def candidates(text: str) -> tuple[Candidate, ...]:
    """Return where to look, in order, for an issuer, the URL of an API or a bare host.

    Without a scheme it is https. Query and fragment are removed, and so is a well-known part: the
    owner of that document is meant. The URL is tried with its path first, then its host alone.

    Raises RefusedByPolicy (`invalid_url`; `https_required` for http to a public host).
    """
    parts = _typed(text)
    origin = f"{parts.scheme}://{parts.netloc}"
    path = _owner(parts.path)
    found = [*_of(origin, path), *_of(origin, "")]
    return tuple(dict.fromkeys(found))


def candidates_above(endpoint: str) -> tuple[Candidate, ...]:
    """Return where the OpenID provider of an endpoint may publish what it is.

    Endpoints mostly begin with their issuer, so each path above the endpoint is tried, the longest
    first (OpenID Connect Discovery, 4). Empty for text that is no URL.
    """
    if (parts := split_url(endpoint)) is None:
        return ()
    origin = f"{parts.scheme}://{_authority(parts)}"
    segments = parts.path.split("/")[1:-1][:_MOST_SEGMENTS]
    issuers = (
        "/".join((origin, *segments[:count])) for count in range(len(segments), -1, -1)
    )
    return tuple(
        Candidate(kind="openid", url=issuer + _OPENID, issuer_or_resource=issuer)
        for issuer in issuers
    )


def _of(origin: str, path: str) -> list[Candidate]:
    # A trailing slash is removed from an issuer (RFC 8414, 3.1), but from a resource only where it
    # is the whole path (RFC 9728, 3.1).
    issuer_path = path.rstrip("/")
    resource_path = "" if path == "/" else path
    places: tuple[tuple[MetadataKind, str, str], ...] = (
        ("server", f"{_SERVER}{issuer_path}", issuer_path),
        ("openid", f"{issuer_path}{_OPENID}", issuer_path),
        ("openid", f"{_OPENID}{issuer_path}", issuer_path),
        ("resource", f"{_RESOURCE}{resource_path}", resource_path),
    )
    return [
        Candidate(kind=kind, url=origin + place, issuer_or_resource=origin + owner)
        for kind, place, owner in places
    ]


def _owner(path: str) -> str:
    """Return the path of the issuer or resource that a well-known path describes."""
    for well_known in (_SERVER, _OPENID, _RESOURCE):
        before, found, after = path.partition(well_known)
        if found and after[:1] in ("", "/"):
            return before + after
    return path


def _typed(text: str) -> SplitResult:
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


def _authority(parts: SplitResult) -> str:
    host = (parts.hostname or "").removesuffix(".")
    host = f"[{host}]" if ":" in host else host
    default = 443 if parts.scheme == "https" else 80
    return host if parts.port in (None, default) else f"{host}:{parts.port}"


def resource_metadata_url(
    response: Response, *, api_url: str | None = None
) -> str | None:
    """Return the URL of its metadata that an API names in a challenge (RFC 9728, 5.1).

    `api_url` is the URL that was requested: only an API at home may name a URL at home. None where
    the challenge names no URL, or none that may be used.
    """
    header = response.header("WWW-Authenticate") or ""
    api = split_url(api_url) if api_url else None
    home = api is not None and is_at_home(api.hostname or "")
    if len(header) > _LONGEST_HEADER:
        return None
    for found in _PARAMETER.finditer(header):
        name, quoted, plain, unclosed = found.groups()
        if unclosed:
            return None
        if name is None or name.lower() != "resource_metadata":
            continue
        url = plain if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
        parts = split_url(url)
        if parts and not refusal(parts, home=home, allow_http=home):
            return url
    return None


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
    # No address with a zone (RFC 6874): it is valid on one machine only.
    if "%" not in host and parse_address(host):
        return parts
    is_name = _NAME.fullmatch(host) and not _NUMBER.fullmatch(host)
    return parts if is_name and "[" not in parts.netloc else None


def refusal(parts: SplitResult, *, home: bool, allow_http: bool) -> str | None:
    """Return why a URL that a server names is not used, None where it may be used.

    `home` tells whether that server is at home: one outside must not make us send requests inside.
    """
    host = parts.hostname or ""
    host_at_home = is_at_home(host)
    if parts.scheme != "https" and not (
        is_loopback(host) or (allow_http and host_at_home)
    ):
        return "https_required"
    return "private_address" if host_at_home and not home else None
