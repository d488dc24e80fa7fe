"""Tests of scripts/scaffold."""
