"""The steps that add known resources of a service: all that are ticked, at once."""
