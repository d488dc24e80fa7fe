"""The transport: bounded answers, no cookies, no redirects."""

import pytest

from custom_components.oauth2_client.oauth2 import Request, TemporaryFailure
from custom_components.oauth2_client.wire import Transport, async_get_transport
from homeassistant.core import HomeAssistant
from homeassistant.helpers.json import json_bytes

from ..fake_server import FakeServer, Fault
from .broken_answers import BROKEN_ANSWERS


@pytest.fixture
async def transport(hass: HomeAssistant) -> Transport:
    """The transport of a Home Assistant."""
    return async_get_transport(hass)


def _token_request(server: FakeServer) -> Request:
    return Request(method="POST", url=server.token_url, body=b"a=1")


async def test_an_answer_is_returned_whatever_its_status(
    server: FakeServer, transport: Transport
) -> None:
    server.token_faults.append(Fault(418, {"X-A": "b"}, b"tea"))
    response = await transport.send(_token_request(server))

    assert (response.status, response.header("x-a"), response.body) == (
        418,
        "b",
        b"tea",
    )


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        ("é".encode(), "é"),
        ("é".encode("iso-8859-1"), "é"),
        (b"\xed\xa0\x80", "\u00ed\u00a0\u0080"),
    ],
)
async def test_a_header_that_is_not_ascii_is_text(
    server: FakeServer, transport: Transport, sent: bytes, text: str
) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-A: %b\r\n\r\n"
    server.token_faults.append(Fault(raw=[head % sent]))
    response = await transport.send(_token_request(server))

    assert response.header("X-A") == text
    # Home Assistant's encoder refuses lone surrogates.
    assert json_bytes(dict(response.headers))


async def test_a_redirect_is_returned_and_not_followed(
    server: FakeServer, transport: Transport
) -> None:
    server.token_faults.append(Fault(307, {"Location": server.api_base_url}))

    assert (await transport.send(_token_request(server))).status == 307
    assert server.api_requests == []


async def test_cookies_are_not_kept(server: FakeServer, transport: Transport) -> None:
    server.token_faults.append(Fault(200, {"Set-Cookie": "session=1; Path=/"}))
    for _ in range(2):
        await transport.send(_token_request(server))

    assert "cookie" not in server.token_headers[-1]


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
async def test_a_request_without_a_body_has_no_content_type(
    server: FakeServer, transport: Transport, method: str
) -> None:
    # Dropbox refuses a request without a body that has one.
    url = f"{server.api_base_url}/echo"
    await transport.send(Request(method=method, url=url))

    assert "Content-Type" not in server.api_requests[-1].headers


async def test_an_encoded_url_is_sent_unchanged(
    server: FakeServer, transport: Transport
) -> None:
    url = f"{server.api_base_url}/echo/a%2Fb%20c?d=%2B"
    await transport.send(Request(method="GET", url=url))

    # aiohttp's server decodes the path once.
    assert server.api_requests[-1].path == "/api/echo/a/b c"
    assert dict(server.api_requests[-1].query) == {"d": "+"}


@pytest.mark.parametrize(("fault", "patience", "code"), BROKEN_ANSWERS)
async def test_a_broken_response_is_temporary(
    server: FakeServer,
    transport: Transport,
    fault: Fault,
    patience: float,
    code: str,
) -> None:
    server.token_faults.append(fault)
    with pytest.raises(TemporaryFailure, match=code) as raised:
        await transport.send(_token_request(server), timeout=patience, max_bytes=1000)
    # aiohttp's own error quotes the URL.
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__ or raised.value.__context__ is None


@pytest.mark.usefixtures("socket_enabled")
async def test_a_host_that_cannot_be_reached_is_temporary(transport: Transport) -> None:
    with pytest.raises(TemporaryFailure, match="cannot_connect"):
        await transport.send(Request(method="GET", url="http://127.0.0.1:9/"))


async def test_all_accounts_share_one_transport(hass: HomeAssistant) -> None:
    assert async_get_transport(hass) is async_get_transport(hass)
