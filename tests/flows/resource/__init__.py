"""The forms of a resource."""
