"""Tests of OAuth2 Client."""
