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

# The path of our client id metadata document. Stored client ids that are its address end with it.
CLIENT_DOCUMENT_PATH: Final = f"/api/{DOMAIN}/client-metadata.json"

# The issue of a home whose token sets cannot be written.
STORAGE_NOT_WRITABLE: Final = "storage_not_writable"
# Issues of an account whose client Home Assistant made itself.
REGISTRATION_LOST: Final = "registration_lost"
SECRET_EXPIRES: Final = "secret_expires"
DOCUMENT_REJECTED: Final = "document_rejected"
# What a repair hands to an account's reconfigure flow instead of the answers of its form.
CHANGE_ACCOUNT: Final = {"change_account": True}
REGISTER_ANEW: Final = {"register": True}
# The key of further scopes to ask for, handed over in the same way.
ADD_SCOPES: Final = "add_scopes"
# The key of a client id and a secret that the provider accepts, in this order, handed over likewise.
USE_CLIENT: Final = "use_client"

# The number of a sign-in, in the token set that a flow hands over. The greatest is the newest.
SIGN_IN: Final = "sign_in"

# The option of an entity in the registry: the id that it takes once that is free, empty afterwards.
WAITS_FOR: Final = "waits_for"

METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
