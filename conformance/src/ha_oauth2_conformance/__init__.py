"""Holds a Home Assistant integration against an authorization server with scripted faults."""
