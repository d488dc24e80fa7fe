"""Tests of answers and their values."""
