"""A real Home Assistant, in a process of its own."""

from .home_assistant import HomeAssistant, StartFailed
from .ports import free_port
from .waiting import wait_until

__all__ = ["HomeAssistant", "StartFailed", "free_port", "wait_until"]
