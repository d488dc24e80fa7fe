"""Tests of what is known of providers."""
