"""The forms of a resource: its request, then the values that become entities."""
