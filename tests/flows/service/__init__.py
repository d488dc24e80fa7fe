"""Services: chosen, found, changed, shared."""
