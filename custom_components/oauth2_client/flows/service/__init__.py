"""The forms that choose, enter, change and share a service."""
