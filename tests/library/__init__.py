"""Tests of the account API."""
