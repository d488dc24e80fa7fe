"""What several modules share."""

from typing import Final

DOMAIN: Final = "oauth2_client"

# Keys of a config entry's data. The token set is not among them: see token_store.py.
CONF_AUTH_IMPLEMENTATION: Final = "auth_implementation"
CONF_PROVIDER: Final = "provider"
CONF_VARIABLES: Final = "variables"
CONF_SCOPES: Final = "scopes"
CONF_GRANT: Final = "grant"
CONF_ALLOWED_HOSTS: Final = "allowed_hosts"

SUBENTRY_RESOURCE: Final = "resource"
SUBENTRY_COMMAND: Final = "command"
