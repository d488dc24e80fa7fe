"""Writes the repository of an integration for a provider."""
