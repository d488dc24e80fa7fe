"""Which hosts may receive an account's token, and over which scheme."""

from collections.abc import Iterable
import re
from typing import Final

from yarl import URL

from ..oauth2 import RefusedByPolicy, is_at_home, is_loopback
from ..oauth2.frozen import Frozen

# A name, an IPv4 address or an IPv6 address.
_HOST: Final = r"[A-Za-z0-9_.:-]+"


class HostPolicy(Frozen):
    """The hosts that may receive an account's token.

    `hosts` are authorities: a name, with a port unless it is the scheme's default. Plain http is allowed
    to this machine and, with `allow_http`, to hosts at home.
    """

    hosts: frozenset[str]
    allow_http: bool = False

    def check(self, url: URL) -> None:
        """Raise RefusedByPolicy where the token must not be sent to a URL.

        Codes: `host_not_allowed`, and those of `check_scheme`.
        """
        check_scheme(url, allow_http=self.allow_http)
        if (host := authority(url)) not in self.hosts:
            raise RefusedByPolicy("host_not_allowed", host=host)


def check_scheme(url: URL, *, allow_http: bool) -> None:
    """Raise RefusedByPolicy where no secret must be sent to a URL, whether its host is allowed or not.

    Codes: `invalid_url`, `https_required`.
    """
    if url.scheme not in ("http", "https") or not url.host or url.user or url.password:
        raise RefusedByPolicy("invalid_url")
    if url.scheme == "https" or is_loopback(url.host):
        return
    if not (allow_http and is_at_home(url.host)):
        raise RefusedByPolicy("https_required")


def parse_url(text: str) -> URL:
    """Return an absolute URL. Raises RefusedByPolicy (`invalid_url`)."""
    try:
        url = URL(text.strip())
        # ValueError also for a host that is no IDN, such as `xn--`: yarl decodes it only here.
        is_whole = url.absolute and url.host
    except ValueError:
        raise RefusedByPolicy("invalid_url") from None
    if not is_whole:
        raise RefusedByPolicy("invalid_url")
    return url


def clean_host(text: str) -> str:
    """Return the authority of what a user typed: a host, or a URL without path and query.

    Raises RefusedByPolicy (`invalid_host`).
    """
    text = text.strip()
    try:
        url = URL(text if "://" in text else f"https://{text}")
        host = authority(url)
    except ValueError:
        raise RefusedByPolicy("invalid_host") from None
    more = url.path.strip("/") or url.user or url.query_string or url.fragment
    if (
        more
        or not url.raw_host
        or not re.fullmatch(_HOST, url.raw_host)
        or "\n" in text
    ):
        raise RefusedByPolicy("invalid_host")
    return host


def authority(url: URL) -> str:
    """Return `host`, or `host:port` where the port is not the scheme's default."""
    host = (url.raw_host or "").lower().rstrip(".")
    return host if url.is_default_port() else f"{host}:{url.port}"


def authorities(urls_and_hosts: Iterable[str | None]) -> frozenset[str]:
    """Return the authorities of URLs and bare hosts; empty ones are left out."""
    return frozenset(
        authority(URL(item if "://" in item else f"https://{item}"))
        for item in urls_and_hosts
        if item
    )
