"""Runs a conformance suite that others wrote against this integration in a real Home Assistant."""
