"""Changes the values of a resource, one at a time."""
