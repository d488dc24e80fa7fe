"""The errors of the protocol, named after their remedy."""

from typing import Literal, override


class OAuth2Error(Exception):
    """A request that did not lead to a token.

    `code` is an error code of the RFCs or one of ours; `str(error)` is the code alone.
    `description` is the server's `error_description` (RFC 6749, 5.2), where it can be shown.
    `next_refresh_token` is a new refresh token of an answer that has no usable access token; it
    replaces the refresh token that was sent.
    """

    def __init__(self, code: str, *, description: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.description = description
        self.next_refresh_token: str | None = None

    @override
    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.code!r})"


class GrantRejected(OAuth2Error):
    """The user has to sign in again."""


class ClientRejected(OAuth2Error):
    """The user has to correct the credential or how the client authenticates with it."""


class ScopeRejected(OAuth2Error):
    """The user has to consent again, or to ask for fewer scopes."""

    def __init__(
        self, code: str, *, scopes: tuple[str, ...] = (), description: str | None = None
    ) -> None:
        super().__init__(code, description=description)
        self.scopes = scopes


class TemporaryFailure(OAuth2Error):
    """The same request may succeed later: after `retry_after` seconds, where the server says so.

    `is_refusal` is set where the server refused without a reason: a single such refusal may be a
    passing fault of the server.
    """

    def __init__(
        self,
        code: str,
        *,
        retry_after: float | None = None,
        description: str | None = None,
        is_refusal: bool = False,
    ) -> None:
        super().__init__(code, description=description)
        self.retry_after = retry_after
        self.is_refusal = is_refusal


class RefusedByPolicy(OAuth2Error):
    """We sent nothing, or reject the answer. The user has to change an address or a setting.

    `host` is set where the reason is that this host may not receive the token.
    """

    def __init__(
        self, code: str, *, description: str | None = None, host: str | None = None
    ) -> None:
        super().__init__(code, description=description)
        self.host = host


type IdTokenFault = Literal[
    "malformed",
    "audience",
    "issuer",
    "no_nonce",
    "nonce",
    "expired",
    "not_yet",
    "signature",
    "key",
    "algorithm",
]


class IdTokenRejected(RefusedByPolicy):
    """An id token fails a check (OpenID Connect Core, 3.1.3.7).

    `expected` and `found` are the values that differ, fit to be shown; empty where the check compares
    none.
    """

    def __init__(
        self, fault: IdTokenFault, *, expected: str = "", found: str = ""
    ) -> None:
        super().__init__("invalid_id_token")
        self.fault = fault
        self.expected = expected
        self.found = found
