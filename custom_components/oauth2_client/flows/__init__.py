"""The forms: of the account flow, of a resource, of a command."""
