"""What a check raises where it is not held, and where it could not be made."""


class Failure(Exception):
    """The integration does not hold what the check asks."""


class NotReached(Exception):
    """The check could not be made: what it needs is not there."""
