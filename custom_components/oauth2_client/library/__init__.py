"""What other integrations may use: the account API. All of it is named in docs/library.md.

Names, parameters and errors change only as SemVer allows. Other modules of this integration may change
with every version.
"""

from ..account import Account
from ..api import headers as _headers  # noqa: F401 - loaded with this package, off the event loop, for the first request with headers
from ..oauth2 import (
    ClientRejected,
    GrantRejected,
    OAuth2Error,
    RefusedByPolicy,
    Response,
    ScopeRejected,
    TemporaryFailure,
)
from ..runtime import async_get_account
from .choosing import async_account_selector
from .listening import AccountChange, async_listen

__all__ = [
    "Account",
    "AccountChange",
    "ClientRejected",
    "GrantRejected",
    "OAuth2Error",
    "RefusedByPolicy",
    "Response",
    "ScopeRejected",
    "TemporaryFailure",
    "async_account_selector",
    "async_get_account",
    "async_listen",
]
