"""The providers of this home."""
