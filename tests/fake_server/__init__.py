"""An OAuth2 authorization server and an API on loopback, with scripted faults."""

from .faults import Fault
from .server import FakeServer
from .settings import Settings

__all__ = ["FakeServer", "Fault", "Settings"]
