"""A signed-in account."""
