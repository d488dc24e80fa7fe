"""Weeks of a home, in seconds."""
