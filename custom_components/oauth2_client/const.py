"""Constants that several folders share."""

from typing import Final

DOMAIN: Final = "oauth2_client"
# The name of this package, for `async_import_module`.
PACKAGE: Final = str(__package__)

SUBENTRY_RESOURCE: Final = "resource"
SUBENTRY_COMMAND: Final = "command"

# Keys that mean the same in stored data, in forms and in actions.
CONF_BODY: Final = "body"
CONF_PAGES: Final = "pages"
CONF_QUERY: Final = "query"
CONF_VARIABLES: Final = "variables"

METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
