"""Ports for servers that are started later, and again."""

from random import SystemRandom
import socket
from typing import Final

# Below those that systems take for connections: Linux from 32768 on, others from 49152 on. A free one
# of these could be taken before its server listens, or while that is started again.
_PORTS: Final = range(20_000, 32_768)


def free_port() -> int:
    """Return a port on which nothing listens, and that no connection takes meanwhile."""
    while True:
        port = SystemRandom().choice(_PORTS)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
