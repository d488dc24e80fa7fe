"""Addresses at which no endpoint answers."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from pathlib import Path
import socket
import ssl
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID
import pytest

# Resolvers refuse such a name themselves (RFC 7686, 2): nobody is asked.
_UNKNOWN_HOST: Final = "sandbox.onion"


class Place(Enum):
    """Why there is no answer at an address."""

    REFUSED = auto()
    UNKNOWN_NAME = auto()
    NO_TLS = auto()
    UNTRUSTED = auto()


@asynccontextmanager
async def address_of(place: Place, folder: Path) -> AsyncGenerator[str]:
    """Give the address of a place, as long as it is that."""
    if place is Place.UNKNOWN_NAME:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(socket, "getaddrinfo", _resolve(socket.getaddrinfo))
            yield f"https://{_UNKNOWN_HOST}"
    elif place is Place.REFUSED:
        with socket.socket() as silent:
            # Bound, so that it is nobody else's, and not listening.
            silent.bind(("127.0.0.1", 0))
            yield f"http://127.0.0.1:{silent.getsockname()[1]}"
    else:
        context = None if place is Place.NO_TLS else _untrusted(folder)

        async def serve(
            reader: asyncio.StreamReader, writer: asyncio.StreamWriter
        ) -> None:
            with suppress(OSError):
                if context is not None:
                    await writer.start_tls(context)
                await reader.read(1)
                writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            writer.close()

        async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
            yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"


def _resolve(real: Any) -> Any:
    """Return a resolver that does what that of the system does with an unknown name.

    The test plugin's raises RuntimeError for every name.
    """

    def resolve(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host == _UNKNOWN_HOST:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return real(host, *args, **kwargs)

    return resolve


def _untrusted(folder: Path) -> ssl.SSLContext:
    """Return the TLS of a server that has signed its certificate itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, SHA256())
    )
    path = folder / "server.pem"
    path.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + certificate.public_bytes(Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context
