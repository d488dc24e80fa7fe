"""Tells which hosts are this machine or in the home, as far as their spelling shows it.

Two rules depend on this: plain http is allowed to hosts at home only, and only with the user's consent;
and a server outside of the home must not name an address inside of it. No name is resolved here:
`wire/named_address` checks the addresses that a name resolves to.
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
# RFC 4291, 2.4: the addresses of the public Internet. `is_global` is also True for some others, such
# as site-local ones (RFC 3879).
_PUBLIC_IPV6: Final = "2000::/3"
# IPv6 addresses whose last 32 bits are an IPv4 address (RFC 4291, 2.5.5.1; RFC 6052, 2.1).
_ENDS_WITH_IPV4: Final = ("::/96", "64:ff9b::/96")
# The parts of an IPv4 address as inet_aton(3) reads them, among them `127.1` and `0x7f000001`.
_NUMBER: Final = r"0x[0-9a-f]+|[0-9]+"
# RFC 1035, 2.3.4. Resolvers refuse longer names.
_LONGEST_NAME: Final = 253


def is_loopback(host: str) -> bool:
    """Tell whether a host is certainly this machine, so that nothing that is sent leaves it.

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
        # A name without a dot is resolved within the home network.
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
    """Return a host as an IP address, which may have a zone (RFC 4007, 11); None for a name."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def _bare(host: str) -> str:
    """Return a host in lower case, without brackets and without the dot of the DNS root."""
    host = host.lower()
    if host.startswith("[") and host.endswith("]"):
        return host[1:-1]
    return host.removesuffix(".")


def _carried_ipv4(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address within an IPv6 address, None where there is none."""
    if carried := address.ipv4_mapped or address.sixtofour:
        return carried
    if address.is_loopback or address.is_unspecified:
        return None
    if any(address in IPv6Network(network) for network in _ENDS_WITH_IPV4):
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return None


def _loosely_written_address(host: str) -> IPv4Address | None:
    """Return the IPv4 address that inet_aton(3), and so some resolvers, read from a host."""
    parts = host.split(".", 4)
    if len(host) > _LONGEST_NAME or len(parts) > 4:
        return None
    if not all(re.fullmatch(_NUMBER, part) for part in parts):
        return None
    try:
        *first, last = (_number(part) for part in parts)
        # The last part stands for all remaining bytes.
        whole = int.from_bytes(bytes(first)) << (8 * (4 - len(first)))
        if last >> (8 * (4 - len(first))):
            return None
        return IPv4Address(whole + last)
    except ValueError:
        return None


def _number(part: str) -> int:
    """Return a number in C's notation: decimal, octal or hexadecimal. Raises ValueError."""
    if part.startswith("0x"):
        return int(part, 16)
    return int(part, 8 if part.startswith("0") else 10)
