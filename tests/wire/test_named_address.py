"""Addresses that servers name: a server outside cannot name an address at home."""

from functools import partial

import pytest

from custom_components.oauth2_client.oauth2 import (
    RefusedByPolicy,
    Request,
    TemporaryFailure,
)
from custom_components.oauth2_client.wire import async_get_transport
from custom_components.oauth2_client.wire.named_address import async_send_named
from homeassistant.core import HomeAssistant

from ..internet import ELSEWHERE, HOME, OUTSIDE, Internet

NAMER = "https://auth.example.com/"


@pytest.fixture(autouse=True, params=["event loop", "thread"])
def sent_by(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Send by the event loop, and by a thread as refreshes are."""
    if request.param == "thread":
        by_thread = partial(async_send_named, receive=lambda _: None)
        monkeypatch.setattr(f"{__name__}.async_send_named", by_thread)


async def _send(hass: HomeAssistant, url: str, *, named_by: str = NAMER) -> int:
    response = await async_send_named(
        async_get_transport(hass),
        Request(method="POST", url=url, body=b"secret"),
        named_by=named_by,
        allow_http=True,
        timeout=60,
    )
    return response.status


async def test_a_server_outside_may_name_another_one_outside(
    hass: HomeAssistant, internet: Internet
) -> None:
    await internet.put(OUTSIDE, "auth.example.com")
    other = await internet.put(ELSEWHERE, "api.example.net")
    other.answers["https://api.example.net/token"] = {}

    assert await _send(hass, "https://api.example.net/token") == 200
    assert [each.body for each in other.asked] == ["secret"]


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        HOME,
        "10.0.0.1",
        "169.254.169.254",
        "100.64.1.1",
        "0.0.0.0",
        "::1",
        "::",
        "fd00::5",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:0:127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::c0a8:105",
        "2002:c0a8:105::1",
    ],
)
async def test_a_name_that_resolves_to_the_home_is_refused(
    hass: HomeAssistant, internet: Internet, address: str
) -> None:
    await internet.put(OUTSIDE, "auth.example.com")
    for name in ("fritz.box", "mixed.example.com"):
        internet.names[name] = [address]
    internet.names["mixed.example.com"] = [OUTSIDE, address]

    for name in ("fritz.box", "mixed.example.com"):
        with pytest.raises(RefusedByPolicy, match="private_address"):
            await _send(hass, f"https://{name}/token")
    assert internet.connected == []


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://127.0.0.1/", "private_address"),
        ("https://[::1]/", "private_address"),
        ("https://[::ffff:192.168.1.5]/", "private_address"),
        ("https://nas/", "private_address"),
        ("https://nas.local/", "private_address"),
        ("https://127.1/", "invalid_url"),
        ("https://0x7f000001/", "invalid_url"),
        ("http://192.168.1.5/", "private_address"),
        ("http://api.example.net/", "https_required"),
        ("https://user:pw@api.example.net/", "invalid_url"),
        ("ftp://api.example.net/", "invalid_url"),
    ],
)
async def test_a_host_that_is_at_home_by_its_spelling_is_refused(
    hass: HomeAssistant, internet: Internet, url: str, code: str
) -> None:
    await internet.put(OUTSIDE, "auth.example.com")

    with pytest.raises(RefusedByPolicy, match=code):
        await _send(hass, url)
    assert internet.connected == []


async def test_a_name_is_judged_by_the_addresses_at_the_time_of_connecting(
    hass: HomeAssistant, internet: Internet
) -> None:
    await internet.put(OUTSIDE, "auth.example.com")
    other = await internet.put(ELSEWHERE, "api.example.net")
    home = await internet.put(HOME, "api.example.net")
    internet.names["api.example.net"] = [ELSEWHERE]

    other.answers["https://api.example.net/"] = {}
    assert await _send(hass, "https://api.example.net/") == 200
    internet.names["api.example.net"] = [HOME]
    _forget(hass)
    with pytest.raises(RefusedByPolicy, match="private_address"):
        await _send(hass, "https://api.example.net/")
    assert home.asked == []


async def test_a_server_that_answers_from_the_home_may_name_it(
    hass: HomeAssistant, internet: Internet
) -> None:
    home = await internet.put(HOME, "auth.example.com", "id.example.com")
    home.answers["https://id.example.com/token"] = {}

    assert await _send(hass, "https://id.example.com/token") == 200
    assert ("POST", "https://id.example.com/token", "secret") in home.asked


async def test_a_server_whose_name_resolves_to_the_home_is_not_thereby_at_home(
    hass: HomeAssistant, internet: Internet
) -> None:
    home = await internet.put(HOME, "router.example.org")
    # The names of a server outside that its owner makes lead into the home.
    internet.names["auth.example.com"] = [HOME]

    with pytest.raises(TemporaryFailure, match="cannot_connect"):
        await _send(hass, "https://router.example.org/reboot")
    assert home.asked == []


async def test_a_target_at_the_naming_servers_host_is_used_wherever_it_is(
    hass: HomeAssistant, internet: Internet
) -> None:
    await internet.put(OUTSIDE, "auth.example.com")
    home = await internet.put(HOME, "auth.example.com")
    home.answers["https://auth.example.com/token"] = {}

    assert await _send(hass, "https://auth.example.com/token") == 200


async def test_a_server_at_home_may_name_what_is_at_home_over_http(
    hass: HomeAssistant, internet: Internet
) -> None:
    with pytest.raises(TemporaryFailure):
        await _send(hass, "http://192.168.1.9/", named_by="http://nas.local/")
    assert internet.connected == [("192.168.1.9", 80)]


async def test_an_ip_address_outside_may_be_named(
    hass: HomeAssistant, internet: Internet
) -> None:
    await internet.put(OUTSIDE, "auth.example.com")
    other = await internet.put(ELSEWHERE, ELSEWHERE)

    assert await _send(hass, f"https://{ELSEWHERE}/token") == 404
    assert [each.body for each in other.asked] == ["secret"]


@pytest.mark.parametrize("namer", ["http://auth.example.com/", f"https://{OUTSIDE}/"])
async def test_a_naming_server_without_https_or_at_a_public_address_is_outside(
    hass: HomeAssistant, internet: Internet, namer: str
) -> None:
    internet.names["auth.example.com"] = [HOME]
    home = await internet.put(HOME, "router.example.org")

    with pytest.raises(RefusedByPolicy, match="private_address"):
        await _send(hass, "https://router.example.org/", named_by=namer)
    assert (home.asked, internet.connected) == ([], [])


async def test_connections_to_the_home_are_not_reused_for_hosts_outside(
    hass: HomeAssistant, internet: Internet
) -> None:
    await internet.put(OUTSIDE, "auth.example.com")
    home = await internet.put(HOME, "router.example.org")
    # A person asks it; the connection stays open.
    url = "https://router.example.org/"
    await async_get_transport(hass).send(Request(method="GET", url=url))

    with pytest.raises(RefusedByPolicy, match="private_address"):
        await _send(hass, url)
    assert len(home.asked) == 1


@pytest.mark.parametrize("unknown", ["api.example.net", "auth.example.com"])
async def test_a_name_that_cannot_be_resolved_is_a_temporary_failure(
    hass: HomeAssistant, internet: Internet, unknown: str
) -> None:
    internet.names["api.example.net"] = [HOME]
    internet.names["auth.example.com"] = [OUTSIDE]
    del internet.names[unknown]

    with pytest.raises(TemporaryFailure, match="cannot_connect"):
        await _send(hass, "https://api.example.net/token")
    assert internet.connected == []


async def test_a_look_up_that_never_ends_is_bounded(
    hass: HomeAssistant, internet: Internet, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: object, **__: object) -> None:
        await hass.loop.create_future()

    monkeypatch.setattr(internet, "resolve", never)
    with pytest.raises(TemporaryFailure, match="timeout"):
        await async_send_named(
            async_get_transport(hass),
            Request(method="GET", url="https://api.example.net/"),
            named_by=NAMER,
            allow_http=False,
            timeout=0.05,
        )


def _forget(hass: HomeAssistant) -> None:
    """Let names be looked up anew: answers are kept for ten seconds."""
    for connector in hass.data["aiohttp_connector"].values():
        connector.clear_dns_cache()
    hass.data["oauth2_client.transport_outside"]._connector.clear_dns_cache()
