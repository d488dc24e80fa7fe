"""Secrets of each kind, and a search for them in everything that can be seen."""
