"""Which hosts are this machine, and which are in the home, as far as their spelling shows it.

Two rules rest on it: plain http goes to a host at home only, and only with the user's consent; and a
server outside of the home must not name an address inside of it. Nothing is resolved here:
`wire/named_address` asks the same of the addresses that a name leads to.
"""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
import re
from typing import Final

# Names of this machine (RFC 6761, 6.3) and those that home networks give out (RFC 6762, appendix G;
# RFC 8375; .internal is reserved by ICANN). None of them is a public host.
_HOME_SUFFIXES: Final = (
    ".localhost",
    ".local",
    ".localdomain",
    ".lan",
    ".home",
    ".home.arpa",
    ".internal",
    ".intranet",
    ".private",
    ".corp",
)
# RFC 4291, 2.4: what has been given out for the public Internet. Others are of no public server,
# among them site-local ones (RFC 3879), which `is_global` still says of.
_PUBLIC_IPV6: Final = "2000::/3"
# IPv6 addresses whose last 32 bits are an IPv4 address (RFC 4291, 2.5.5.1; RFC 6052, 2.1).
_ENDS_WITH_IPV4: Final = ("::/96", "64:ff9b::/96")
# The parts of an IPv4 address as inet_aton(3) reads them, among them `127.1` and `0x7f000001`.
_NUMBER: Final = r"0x[0-9a-f]+|[0-9]+"
# RFC 1035, 2.3.4. Resolvers refuse what is longer.
_LONGEST_NAME: Final = 253


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine for certain, so that nothing sent to it leaves it.

    Names below `localhost` do not count: some resolvers ask a server for them.
    """
    host = _bare(host)
    address = parse_address(host)
    if address is None:
        return host == "localhost"
    if isinstance(address, IPv6Address):
        address = address.ipv4_mapped or address
    # Connecting to the unspecified address reaches this machine.
    return address.is_loopback or address.is_unspecified


def is_at_home(host: str) -> bool:
    """Tell whether a host is this machine or in its own network, not on the Internet."""
    host = _bare(host)
    address = parse_address(host) or _loosely_written_address(host)
    if address is None:
        # A name of one label is completed or answered by the home network.
        return bool(host) and ("." not in host or f".{host}".endswith(_HOME_SUFFIXES))
    if isinstance(address, IPv6Address):
        carried = _carried_ipv4(address)
        if carried is None and address not in IPv6Network(_PUBLIC_IPV6):
            return True
        address = carried or address
    # `is_global` is False for private and link-local addresses and for those of carrier-grade NAT
    # (RFC 6598), which VPNs such as Tailscale use. A multicast address is no public server.
    return not address.is_global or address.is_multicast


def parse_address(host: str) -> IPv4Address | IPv6Address | None:
    """Return the address that a host is, which may have a zone (RFC 4007, 11); None for a name."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def _bare(host: str) -> str:
    """Return a host in small letters, without brackets and without the dot of the root."""
    host = host.lower()
    if host.startswith("[") and host.endswith("]"):
        return host[1:-1]
    return host.removesuffix(".")


def _carried_ipv4(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address that an IPv6 address stands for, if it does."""
    if carried := address.ipv4_mapped or address.sixtofour:
        return carried
    if address.is_loopback or address.is_unspecified:
        return None
    if any(address in IPv6Network(network) for network in _ENDS_WITH_IPV4):
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return None


def _loosely_written_address(host: str) -> IPv4Address | None:
    """Return the IPv4 address that some resolvers read in a host: see inet_aton(3)."""
    parts = host.split(".", 4)
    if len(host) > _LONGEST_NAME or len(parts) > 4:
        return None
    if not all(re.fullmatch(_NUMBER, part) for part in parts):
        return None
    try:
        *first, last = (_number(part) for part in parts)
        # The last part fills all bytes that are left.
        whole = int.from_bytes(bytes(first)) << (8 * (4 - len(first)))
        if last >> (8 * (4 - len(first))):
            return None
        return IPv4Address(whole + last)
    except ValueError:
        return None


def _number(part: str) -> int:
    """Return a number as C writes it. Raises ValueError."""
    if part.startswith("0x"):
        return int(part, 16)
    return int(part, 8 if part.startswith("0") else 10)
