"""What the fake server does, to be changed by a test while it runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final


@dataclass(frozen=True, kw_only=True, slots=True)
class User:
    """A person with an account at the sandbox."""

    id: str
    login: str
    name: str


_KNOWN: Final = {
    user.login: user
    for user in (
        User(id="user-1", login="ada", name="Ada Lovelace"),
        User(id="user-2", login="grace", name="Grace Hopper"),
    )
}


@dataclass(kw_only=True, slots=True)
class Settings:
    """The sandbox's registrations and habits; each request reads them anew."""

    # Client id to secret; None registers a public client.
    clients: dict[str, str | None] = field(
        default_factory=lambda: {"demo-client": "demo-secret"}
    )
    # The methods a client with a secret may use, by their RFC 7591 names.
    client_authentication: frozenset[str] = frozenset(
        {"client_secret_basic", "client_secret_post"}
    )
    # Seconds; None leaves expires_in out, and the token is good until expire_access_tokens().
    access_token_lifetime: int | None = 3600
    # False: a refresh answers without a refresh token, and the old one stays good.
    rotate: bool = True
    # False: no answer ever holds a refresh token.
    send_refresh_token: bool = True
    # None grants what was asked for.
    granted_scopes: str | None = None
    # The claims of the id_token in each answer; None sends no id_token.
    id_token: Mapping[str, Any] | None = None
    require_pkce: bool = True
    # Who is signed in at the consent page: "ada", "grace" or any other name.
    user: str = "ada"
    # 0 takes a free port. Read once, at the start.
    port: int = 0

    def signed_in_user(self) -> User:
        """Return who would give consent now; a name not known here gets an account of its own."""
        login = self.user
        return _KNOWN.get(login) or User(
            id=f"user-{login}", login=login, name=login.title()
        )
