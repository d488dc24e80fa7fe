"""What modules of several rooms share."""

from typing import Final

DOMAIN: Final = "oauth2_client"
# Of this package, for what is imported when it is used.
PACKAGE: Final = str(__package__)

SUBENTRY_RESOURCE: Final = "resource"
SUBENTRY_COMMAND: Final = "command"

# Keys of what is stored, typed in a form or given to an action, by what they mean in each.
CONF_BODY: Final = "body"
CONF_PAGES: Final = "pages"
CONF_QUERY: Final = "query"
CONF_VARIABLES: Final = "variables"

METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
