"""Where a server may publish what it is, given what a person typed or an API answered.

RFC 8414, 3; OpenID Connect Discovery, 4; RFC 9728, 3 and 5.1. Also which of the URLs that others
name are used at all.
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
# Visible ASCII (RFC 3986, 2), without the backslash that some readers take for a slash.
_URL: Final = re.compile(r"[\x21-\x5B\x5D-\x7E]{1,2048}")
_NAME: Final = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?")
# What resolvers read as an IPv4 address in another spelling: `127.1`, `0x7f000001`.
_NUMBER: Final = re.compile(r"(.*\.)?([0-9]+|0x[0-9a-f]*)\.?")
# Of the path of an endpoint, what may belong to its issuer.
_MOST_SEGMENTS: Final = 5
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
# A person's text: no control characters, no backslash, no lone surrogates.
_TYPED: Final = re.compile(r"[^\x00-\x1F\x7F\\\uD800-\uDFFF]{1,1024}")
# What of it stays as it was typed; the rest is percent-encoded (RFC 3986, 2).
_AS_TYPED: Final = "!#$%&'()*+,-./:;=?@[]_~"
_LONGEST_HEADER: Final = 8192
# RFC 9110, 11.2: a parameter, else a quoted text that belongs to none, else a quote never closed.
_PARAMETER: Final = re.compile(
    r"(?<![!#$%&'*+.^_`|~0-9A-Za-z-])([!#$%&'*+.^_`|~0-9A-Za-z-]++)[ \t]*+=[ \t]*+"
    r'(?:"((?:[^"\\]|\\.)*+)"|([^\s,"]++))'
    r'|"(?:[^"\\]|\\.)*+"|(")'
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A place to look at, and who has to be found there: an issuer, or a resource."""

    kind: MetadataKind
    url: str
    issuer_or_resource: str


def candidates(text: str) -> tuple[Candidate, ...]:
    """Return where to look, in this order, for an issuer, the URL of an API or a bare host.

    Without a scheme it is https. Query and fragment are left out, and so is the well-known part
    of a URL that has one: what is meant is whose it is. After the whole comes the host alone.

    Raises RefusedByPolicy (`invalid_url`; `https_required` for http to a public host).
    """
    parts = _typed(text)
    origin = f"{parts.scheme}://{parts.netloc}"
    path = _owner(parts.path)
    found = [*_of(origin, path), *_of(origin, "")]
    return tuple(dict.fromkeys(found))


def candidates_above(endpoint: str) -> tuple[Candidate, ...]:
    """Return where the OpenID provider of an endpoint may publish what it is.

    An issuer is mostly what its endpoints begin with, so that each path above one may be it, the
    longest first (OpenID Connect Discovery, 4). None for what is no URL.
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
    # RFC 8414, 3.1: an issuer loses its last slash; RFC 9728, 3.1: a resource the host's only.
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
    """Return the path of whom a well-known path tells of."""
    for well_known in (_SERVER, _OPENID, _RESOURCE):
        before, found, after = path.partition(well_known)
        if found and after[:1] in ("", "/"):
            return before + after
    return path


def _typed(text: str) -> SplitResult:
    """Return the URL that a person typed, in the spelling that servers use."""
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
    """Return a URL as it is sent, None where its host is no host."""
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
    """Return where an API's challenge says that its metadata is (RFC 9728, 5.1).

    `api_url` is what was asked for; only an API at home can point to a place at home. None where
    there is no challenge, or none that names a URL to use.
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
    """Return the parts of an http(s) URL that has a host, None for what is none.

    None as well for user information and a fragment (RFC 6749, 3.1), and for a host in a spelling
    that hides which it is.
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
    # A zone (RFC 6874) means something on one machine only.
    if "%" not in host and parse_address(host):
        return parts
    is_name = _NAME.fullmatch(host) and not _NUMBER.fullmatch(host)
    return parts if is_name and "[" not in parts.netloc else None


def refusal(parts: SplitResult, *, home: bool, allow_http: bool) -> str | None:
    """Return why a URL that somebody else names is not used, None where it may be.

    `home` tells whether it is at home who names it: from outside, nothing in here is reached.
    """
    host = parts.hostname or ""
    host_at_home = is_at_home(host)
    if parts.scheme != "https" and not (
        is_loopback(host) or (allow_http and host_at_home)
    ):
        return "https_required"
    return "private_address" if host_at_home and not home else None
