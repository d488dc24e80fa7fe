"""Which hosts are this machine or at home: one table for all callers."""

from hypothesis import given, strategies as st
import pytest

from custom_components.oauth2_client.catalogue.variable import allows_http
from custom_components.oauth2_client.oauth2 import (
    RefusedByPolicy,
    is_at_home,
    is_loopback,
)
from custom_components.oauth2_client.oauth2.discovery import refusal, split_url
from custom_components.oauth2_client.wire.host_policy import check_scheme, parse_url

MACHINE = [
    "localhost",
    "LocalHost",
    "localhost.",
    "127.0.0.1",
    "127.9.9.9",
    "::1",
    "[::1]",
    "0:0:0:0:0:0:0:1",
    "::ffff:127.0.0.1",
    # Unspecified: connecting to it reaches this machine.
    "0.0.0.0",
    "::",
    "[::]",
    "::ffff:0.0.0.0",
]
HOME = [
    # Names of one label, and suffixes of home networks.
    "nas",
    "NAS",
    "nas.",
    "tenant.localhost",
    "localhost.localdomain",
    "nas.local",
    "nas.local.",
    "Nas.Local",
    "nas.lan",
    "nas.home",
    "auth.home.arpa",
    "auth.home.arpa.",
    "home.arpa",
    "host.internal",
    "host.intranet",
    "host.private",
    "host.corp",
    # Private, link-local, carrier-grade NAT, and what else is no public server.
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.5",
    "169.254.169.254",
    "100.64.1.2",
    "100.127.255.254",
    "192.0.2.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "fd00::1",
    "[fd00::1]",
    "[FD7A:115C:A1E0::1]",
    "fe80::1",
    "fe80::1%eth0",
    "[fe80::1%25eth0]",
    "ff02::1",
    "::ffff:192.168.1.1",
    "::ffff:c0a8:101",
    "::ffff:100.64.1.2",
    # IPv4 addresses in IPv6 addresses: deprecated, NAT64, 6to4.
    "::127.0.0.1",
    "::192.168.1.1",
    "64:ff9b::7f00:1",
    "64:ff9b::192.168.1.1",
    "2002:7f00:1::",
    "2002:c0a8:101::",
    # Spellings that some resolvers read as an address.
    "127.1",
    "127.0.1",
    "0x7f000001",
    "0x7F.1",
    "2130706433",
    "0177.0.0.1",
    "192.168.257",
    "0",
]
OUTSIDE = [
    "",
    ".",
    "example.com",
    "example.com.",
    "local.example.com",
    "localhost.example.com",
    "nas.local.example.com",
    "mylocal.example",
    "xlocal.net",
    "notlocalhost.com",
    "192.168.1.1.example.com",
    "10.0.0.1.nip.io",
    "8.8.8.8",
    "[2606:4700::1111]",
    "2606:4700::1111",
    "100.63.255.255",
    "100.128.0.1",
    "172.32.0.1",
    "192.169.1.1",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
    "2002:808:808::",
    "8.8.2056",
    "134744072",
    # Numbers that no address has.
    "127.0.0.256",
    "127.0.0.08",
    "1.2.3.4.5",
    "127.16777216",
    "0x.1",
]
HOSTS = [
    *((host, True, True) for host in MACHINE),
    *((host, False, True) for host in HOME),
    *((host, False, False) for host in OUTSIDE),
]


@pytest.mark.parametrize(("host", "loopback", "home"), HOSTS)
def test_a_host_is_this_machine_at_home_or_outside(
    host: str, loopback: bool, home: bool
) -> None:
    assert (is_loopback(host), is_at_home(host)) == (loopback, home)


def _refused(netloc: str, *, allow_http: bool) -> str | None:
    """Return why the host policy sends nothing there over http, None where it does."""
    try:
        check_scheme(parse_url(f"http://{netloc}/x"), allow_http=allow_http)
    except RefusedByPolicy as err:
        return err.code
    return None


def test_the_host_policy_accepts_the_hosts_of_the_table() -> None:
    # Without this, the test below could pass by refusing each of them.
    hosts = [host for host in MACHINE + HOME if ":" not in host]
    refused = {host for host in hosts if _refused(host, allow_http=True)}
    assert refused == set()


@pytest.mark.parametrize(("host", "loopback", "home"), HOSTS)
def test_all_checks_of_a_host_follow_the_same_rule(
    host: str, loopback: bool, home: bool
) -> None:
    netloc = f"[{host}]" if ":" in host and not host.startswith("[") else host
    assert _refused(netloc, allow_http=True) in (
        None if home else "https_required",
        "invalid_url",
    )
    assert _refused(netloc, allow_http=False) in (
        None if loopback else "https_required",
        "invalid_url",
    )
    assert allows_http(f"http://{netloc}/x") is home
    assert not allows_http(f"https://{netloc}/x")
    # `split_url` refuses ambiguous spellings.
    if parts := split_url(f"http://{netloc}/x"):
        consented = refusal(parts, home=True, allow_http=True)
        assert consented == (None if home else "https_required")
        unasked = refusal(parts, home=True, allow_http=False)
        assert unasked == (None if loopback else "https_required")
        from_outside = refusal(parts, home=False, allow_http=True)
        assert from_outside == ("private_address" if home else "https_required")


@given(st.text() | st.from_regex(r"\A[0-9a-fx:.\[\]%]*\Z"))
def test_any_text_can_be_judged_and_loopback_is_at_home(host: str) -> None:
    assert is_at_home(host) or not is_loopback(host)


def test_a_long_name_is_judged_quickly() -> None:
    assert not is_at_home("1." * 1_000_000)
    assert not is_at_home("." * 1_000_000)
