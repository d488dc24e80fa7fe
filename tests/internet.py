"""A pretended Internet: names lead where a test says, and servers behind addresses answer with TLS.

What connects to an address is led to a server on loopback. Nothing leaves the machine.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import ip_address
from pathlib import Path
import socket
import ssl
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple, Self, override

import aiohappyeyeballs
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID
import pytest

from custom_components.oauth2_client.wire import named_address, thread
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import DATA_RESOLVER

# Addresses that are public, and one that is at home.
OUTSIDE: Final = "8.8.8.8"
ELSEWHERE: Final = "9.9.9.9"
HOME: Final = "192.168.1.5"
_LIFE: Final = timedelta(days=1)


class Asked(NamedTuple):
    """A request that has arrived."""

    method: str
    url: str
    body: str


class Place:
    """A server with a certificate for some names. What it answers is by URL; other URLs are 404."""

    def __init__(self, *names: str) -> None:
        self.asked: Final = list[Asked]()
        self.answers: Final = dict[str, dict[str, Any]]()
        self.redirects: Final = dict[str, str]()
        self.challenges: Final = dict[str, str]()
        self._names = names
        self._runner: web.AppRunner | None = None
        self.port = 0

    async def start(self) -> None:
        """Listen on loopback."""
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(application, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(
            self._runner, "127.0.0.1", 0, ssl_context=_served(self._names)
        )
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Stop to listen."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        url = f"https://{request.host}{request.path_qs}"
        self.asked.append(Asked(request.method, url, await request.text()))
        if (target := self.redirects.get(url)) is not None:
            return web.Response(status=307, headers={"Location": target})
        if (challenge := self.challenges.get(url)) is not None:
            return web.Response(status=401, headers={"WWW-Authenticate": challenge})
        if (answer := self.answers.get(url)) is None:
            return web.Response(status=404)
        # Nothing is sent again over a connection that is open.
        return web.json_response(answer, headers={"Connection": "close"})


class Internet(AbstractResolver):
    """Names and servers, as a context manager.

    `names` are the addresses of each; of a list of lists, each look-up takes the next one.
    """

    def __init__(self, hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
        self.names: Final = dict[str, list[str] | list[list[str]]]()
        # Each address and port that was connected to.
        self.connected: Final = list[tuple[str, int]]()
        self._places: Final = dict[str, Place]()
        hass.data[DATA_RESOLVER] = self  # type: ignore[misc]  # Home Assistant's own has more methods
        trusted = ssl.create_default_context(cadata=_authority().pem)
        monkeypatch.setattr(named_address, "get_default_context", lambda: trusted)
        monkeypatch.setattr(
            "homeassistant.util.ssl.client_context", lambda *_, **__: trusted
        )
        monkeypatch.setattr(thread, "client_context", lambda **_: trusted)
        self._start = aiohappyeyeballs.start_connection
        monkeypatch.setattr(
            "aiohttp.connector.aiohappyeyeballs.start_connection", self._connect
        )
        monkeypatch.setattr(thread, "start_connection", self._connect)

        self._report = hass.loop.get_exception_handler()
        hass.loop.set_exception_handler(self._on_error)

    async def put(self, address: str, *names: str) -> Place:
        """Put a server there, with a certificate for these names, which lead to it."""
        place = Place(*names)
        await place.start()
        self._places[address] = place
        self.names.update({name: [address] for name in names})
        return place

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for place in self._places.values():
            await place.stop()

    @override
    async def resolve(
        self, host: str, port: int = 0, *_: Any, **__: Any
    ) -> list[ResolveResult]:
        addresses: Any = self.names.get(host)
        if addresses is None:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        if addresses and isinstance(addresses[0], list):
            addresses = addresses.pop(0) if len(addresses) > 1 else addresses[0]
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=_family(address),
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in addresses
        ]

    @override
    async def close(self) -> None:
        """Nothing is open."""

    def _on_error(
        self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]
    ) -> None:
        """Pass on what went wrong; a client that refuses a certificate is meant to."""
        refused = isinstance(context.get("exception"), ConnectionResetError)
        if self._report is not None and not refused:
            self._report(loop, context)

    async def _connect(self, addr_infos: Sequence[Any], **more: Any) -> socket.socket:
        address, port = addr_infos[0][4][:2]
        self.connected.append((address, port))
        place = self._places.get(address)
        if place is None and address != "127.0.0.1":
            raise ConnectionRefusedError
        there = ("127.0.0.1", port if place is None else place.port)
        led = (socket.AF_INET, socket.SOCK_STREAM, 0, "", there)
        return await self._start([led], **more)


def _family(address: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in address else socket.AF_INET


class _Authority(NamedTuple):
    key: ec.EllipticCurvePrivateKey
    name: x509.Name
    pem: str


@cache
def _authority() -> _Authority:
    """Return who signs certificates here."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Pretended")])
    basic = x509.BasicConstraints(ca=True, path_length=None)
    usage = x509.KeyUsage(
        key_cert_sign=True,
        crl_sign=True,
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    own = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    certificate = (
        _begun(name, name, key)
        .add_extension(basic, critical=True)
        .add_extension(usage, critical=True)
        .add_extension(own, critical=False)
        .sign(key, hashes.SHA256())
    )
    return _Authority(key, name, certificate.public_bytes(Encoding.PEM).decode())


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _LIFE)
        .not_valid_after(now + _LIFE)
    )


def _served(names: Sequence[str]) -> ssl.SSLContext:
    """Return what serves with a certificate for these names and addresses."""
    authority = _authority()
    key = ec.generate_private_key(ec.SECP256R1())
    named = x509.SubjectAlternativeName(
        [
            x509.DNSName(name)
            if not name.replace(".", "").isdigit()
            else x509.IPAddress(ip_address(name))
            for name in names
        ]
    )
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "served")])
    signer = x509.AuthorityKeyIdentifier.from_issuer_public_key(
        authority.key.public_key()
    )
    certificate = (
        _begun(subject, authority.name, key)
        .add_extension(named, critical=False)
        .add_extension(signer, critical=False)
        .sign(authority.key, hashes.SHA256())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with TemporaryDirectory() as folder:
        chain = Path(folder) / "chain.pem"
        chain.write_bytes(
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            + certificate.public_bytes(Encoding.PEM)
        )
        context.load_cert_chain(chain)
    return context
