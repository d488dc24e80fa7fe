"""A real Home Assistant, in a process of its own."""

from .home_assistant import HomeAssistant, StartFailed

__all__ = ["HomeAssistant", "StartFailed"]
