"""Paths to the values of a document."""
