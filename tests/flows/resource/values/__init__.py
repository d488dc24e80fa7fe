"""The forms that change a resource's values."""
