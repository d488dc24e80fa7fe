"""What a person has to know of a service: kinds with values and dates, each with its own words.

Which a service has is no rule's matter: `decisions/conditions.json` holds what a person read in the facts.
The sentences of facts are not carried over.
"""

from collections.abc import Mapping
from hashlib import sha256
import json
from typing import Any, Final

# The words of each kind in docs/providers.md; `{name}` is a value of the condition.
WORDS: Final[Mapping[str, str]] = {
    "paid": "costs money",
    "approval": "the service has to approve the application",
    "subscription": "needs a subscription or membership",
    "app_account": "register with the account of the service's app",
    "console_scopes": "scopes are ticked in the console too",
    "console_key": "a key of the console goes with each request",
    "exact_redirect": "the redirect URI has to match letter by letter",
    "https_redirect": "redirect URIs need https",
    "one_redirect": "one redirect URI for each application",
    "users": "up to {count} people until the service has reviewed the application",
    "testing": "while the application is in testing, only listed people can sign in",
    "administrator": "only an administrator can register an application",
    "personal_token": "a personal token is simpler for one's own account",
    "api_enabled": "the API has to be enabled or subscribed in the console",
    "choose_at_sign_in": "what may be read is chosen at the sign-in",
    "shared_client": "the service has one client for everybody",
    "device_only": "only with a code on another device",
    "single_use_refresh": "each refresh token works once: no other program may use it",
    "sign_in_again": "sign in again every {days} days",
    "api_ends": "the API is switched off",
    "domain_key": "a public key at one's own web address has to be registered",
    "allow_in_app": "the access has to be allowed in the app too",
    "secret_once": "the secret is shown once",
    "own_server": "the client is registered at one's own server",
    "quota": "{count} requests a {per}",
    "new_base_url": "the API moves to {url}",
    "own_headers": "requests need the headers {names}",
}
# What of a record a person read to find its conditions.
_READ: Final = (
    *("status", "status_note", "conditions", "rotation", "rate_limit"),
    *("access_token_lifetime", "refresh_token_lifetime"),
)


def digest(record: Mapping[str, Any]) -> str:
    """Return by what it shows that the texts of a record are those that were read."""
    read = json.dumps([record.get(key) for key in _READ], ensure_ascii=False)
    return sha256(read.encode()).hexdigest()[:8]
