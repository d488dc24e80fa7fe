"""What can go wrong, named after what mends it."""

from typing import override


class OAuth2Error(Exception):
    """A request that did not lead to a token.

    `code` is an error code of the RFCs, or a short word of our own; it is the whole of the text.
    `description` is what the server wrote for people (RFC 6749, 5.2), where it is fit to show.
    """

    def __init__(self, code: str, *, description: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.description = description

    @override
    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.code!r})"


class GrantRejected(OAuth2Error):
    """The user has to sign in again."""


class ClientRejected(OAuth2Error):
    """The user has to correct the credential or how it is shown to the server."""


class ScopeRejected(OAuth2Error):
    """The user has to consent again, or to do without the scopes asked for."""

    def __init__(
        self, code: str, *, scopes: tuple[str, ...] = (), description: str | None = None
    ) -> None:
        super().__init__(code, description=description)
        self.scopes = scopes


class TemporaryFailure(OAuth2Error):
    """Waiting mends it, `retry_after` seconds where the server said how long."""

    def __init__(
        self,
        code: str,
        *,
        retry_after: float | None = None,
        description: str | None = None,
    ) -> None:
        super().__init__(code, description=description)
        self.retry_after = retry_after


class RefusedByPolicy(OAuth2Error):
    """We did not send it, or do not take it: the user has to change an address or a setting."""
