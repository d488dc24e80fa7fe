"""What the fake server does, to be changed by a test while it runs."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from .faults import Fault


@dataclass(frozen=True, kw_only=True, slots=True)
class User:
    """A person with an account at the sandbox."""

    id: str
    login: str
    name: str


# RFC 8628, 3.4
DEVICE_CODE: Final = "urn:ietf:params:oauth:grant-type:device_code"

_KNOWN: Final = {
    user.login: user
    for user in (
        User(id="user-1", login="ada", name="Ada Lovelace"),
        User(id="user-2", login="grace", name="Grace Hopper"),
    )
}


# Fetches an address: its content type and its body.
type Fetch = Callable[[str], Awaitable[tuple[str, bytes]]]


@dataclass(kw_only=True, slots=True)
class Settings:
    """Which clients the sandbox knows, and how it behaves; read at each request."""

    # Client id to secret; None registers a public client.
    clients: dict[str, str | None] = field(
        default_factory=lambda: {"demo-client": "demo-secret"}
    )
    # The methods a client with a secret may use, by their RFC 7591 names.
    client_authentication: frozenset[str] = frozenset(
        {"client_secret_basic", "client_secret_post"}
    )
    # False: the id and the secret of Basic are taken as they are, not decoded first.
    decodes_basic: bool = True
    # Public keys of clients; one that has none signs with its secret.
    client_keys: dict[str, Any] = field(default_factory=dict)
    # What a client's assertion may be for, by the path of the endpoint. Others take none.
    assertion_audiences: Mapping[str, Collection[str]] = field(default_factory=dict)
    # The ids of the assertions that were used (RFC 7523, 3).
    assertion_ids: set[str] = field(default_factory=set)
    # Seconds; None leaves expires_in out, and the token is good until expire_access_tokens().
    access_token_lifetime: int | None = 3600
    # The same for the tokens of single users, by login.
    lifetimes: dict[str, int | None] = field(default_factory=dict)
    # False: a refresh answers without a refresh token, and the old one stays good.
    rotate: bool = True
    # False: no answer ever holds a refresh token.
    send_refresh_token: bool = True
    # None grants what was asked for.
    granted_scopes: str | None = None
    # The claims of the id_token in each answer, besides those that each has (iss, aud, iat, exp,
    # nonce) or in their place; None sends no id_token.
    id_token: Mapping[str, Any] | None = None
    require_pkce: bool = True
    # True: tokens are bound to a client's key (RFC 9449). Proofs are not checked.
    dpop: bool = False
    # What /token answers; the metadata says the same.
    grant_types: Collection[str] = (
        "authorization_code",
        "refresh_token",
        DEVICE_CODE,
        "client_credentials",
    )
    # True: an authorization request must be pushed first (RFC 9126).
    require_pushed: bool = False
    # Seconds that a device code is good for, and that a client waits between two polls.
    device_lifetime: int = 600
    device_interval: float = 1
    # True: a poll before its time is answered with slow_down, which adds five seconds.
    device_strict_polling: bool = False
    # False: the addresses below /.well-known/ answer 404.
    publish_metadata: bool = True
    # Entries of every metadata document that are something else; None leaves one out.
    metadata_changes: dict[str, Any] = field(default_factory=dict)
    # Reads the documents that client ids lead to, where such clients are taken.
    fetch_document: Fetch | None = None
    # Answers at further paths, or in the place of those that there are.
    published: dict[str, Fault] = field(default_factory=dict)
    # Who is signed in at the consent page: "ada", "grace" or any other name.
    user: str = "ada"
    # 0 takes a free port. Read once, at the start.
    port: int = 0

    def lifetime_for(self, login: str) -> int | None:
        """Return the lifetime of a user's access tokens, in seconds."""
        return self.lifetimes.get(login, self.access_token_lifetime)

    def signed_in_user(self) -> User:
        """Return who would give consent now; a name not known here gets an account of its own."""
        login = self.user
        return _KNOWN.get(login) or User(
            id=f"user-{login}", login=login, name=login.title()
        )
