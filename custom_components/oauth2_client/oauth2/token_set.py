"""The token set of an account, and how it is stored."""

from collections.abc import Mapping
from copy import replace
from typing import TYPE_CHECKING, Any, Final, Self

from .frozen import Frozen

if TYPE_CHECKING:
    from .dpop import DpopKey

# Until the year 9999, the last that a date can have.
_MOST_SECONDS: Final = 253_402_214_400
_KEYS: Final = (
    "access_token",
    "token_type",
    "refresh_token",
    "received_at",
    "expires_at",
    "scopes",
    "id_token",
)


class TokenSet(
    Frozen,
    secret=(
        "access_token",
        "refresh_token",
        "id_token",
        "dpop_key",
        "earlier_refresh_token",
        "values",
    ),
):
    """An access token and what came with it. Times are in seconds since the epoch.

    `expires_at` is None if unknown; then a 401 counts as expiry. `refresh_expires_at` is when the refresh
    token expires unless it is used, None if unknown or never. `scopes` are the granted ones; None
    where the server did not name them, which means all that were requested (RFC 6749, 5.1). `dpop_key`
    is the key that a token of the type DPoP is bound to (RFC 9449, 5). `earlier_refresh_token` is the
    one that came with `access_token`, set where `refresh_token` came later, in an answer without a
    usable access token. `values` are other values of the sign-in that the provider's addresses need, by
    the provider's names for them.
    """

    access_token: str
    token_type: str = "Bearer"
    refresh_token: str | None = None
    received_at: float
    expires_at: float | None = None
    refresh_expires_at: float | None = None
    scopes: tuple[str, ...] | None = None
    id_token: str | None = None
    dpop_key: DpopKey | None = None
    earlier_refresh_token: str | None = None
    values: Mapping[str, str] = {}

    @property
    def secrets(self) -> tuple[str, ...]:
        """The tokens, none of which may be shown."""
        tokens = (
            self.access_token,
            self.refresh_token,
            self.id_token,
            self.earlier_refresh_token,
        )
        return tuple(token for token in tokens if token is not None)

    @property
    def before_rotation(self) -> TokenSet | None:
        """The token set with its earlier refresh token, None where it has none."""
        if self.earlier_refresh_token is None:
            return None
        return replace(
            self, refresh_token=self.earlier_refresh_token, earlier_refresh_token=None
        )

    def rotated(self, refresh_token: str) -> TokenSet:
        """Return the token set with a new refresh token from an answer without a usable access token."""
        return replace(
            self,
            refresh_token=refresh_token,
            earlier_refresh_token=self.earlier_refresh_token or self.refresh_token,
        )

    def as_dict(self) -> dict[str, Any]:
        """Return what `from_dict` takes, all of it JSON."""
        stored = {key: getattr(self, key) for key in _KEYS}
        stored["scopes"] = None if self.scopes is None else list(self.scopes)
        if self.dpop_key is not None:
            stored["dpop_key"] = self.dpop_key.as_dict()
        if self.values:
            stored["values"] = dict(self.values)
        if self.refresh_expires_at is not None:
            stored["refresh_expires_at"] = self.refresh_expires_at
        if self.earlier_refresh_token is not None:
            stored["earlier_refresh_token"] = self.earlier_refresh_token
        return stored

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Return a token set from what `as_dict` returned, or from a token of Home Assistant's helper.

        Raises ValueError, which names a key and quotes no value.
        """
        expires_at = _number(stored, "expires_at")
        received_at = _number(stored, "received_at")
        if received_at is None:
            lifetime = _number(stored, "expires_in") or 0.0
            received_at = 0.0 if expires_at is None else expires_at - lifetime
        access_token = _text(stored, "access_token")
        if not access_token:
            raise ValueError("access_token")
        return cls(
            access_token=access_token,
            token_type=_text(stored, "token_type") or "Bearer",
            refresh_token=_text(stored, "refresh_token") or None,
            received_at=received_at,
            expires_at=expires_at,
            refresh_expires_at=_number(stored, "refresh_expires_at"),
            scopes=_scopes(stored),
            id_token=_text(stored, "id_token") or None,
            dpop_key=_key(stored),
            earlier_refresh_token=_text(stored, "earlier_refresh_token") or None,
            values=_values(stored),
        )


def _key(stored: Mapping[str, Any]) -> DpopKey | None:
    if (key := stored.get("dpop_key")) is None:
        return None
    from .dpop import DpopKey  # noqa: PLC0415 - few accounts have a key

    return DpopKey.from_dict(key if isinstance(key, Mapping) else {})


def _text(stored: Mapping[str, Any], key: str) -> str | None:
    value = stored.get(key)
    if value is not None and not isinstance(value, str):
        raise ValueError(key)
    return value


def _values(stored: Mapping[str, Any]) -> Mapping[str, str]:
    values = stored.get("values", {})
    if not isinstance(values, Mapping) or not all(
        isinstance(text, str) for pair in values.items() for text in pair
    ):
        raise ValueError("values")
    return dict(values)


def _number(stored: Mapping[str, Any], key: str) -> float | None:
    value = stored.get(key)
    if value is None:
        return None
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not abs(value) <= _MOST_SECONDS:
        raise ValueError(key)
    return float(value)


def _scopes(stored: Mapping[str, Any]) -> tuple[str, ...] | None:
    scopes = stored.get("scopes", stored.get("scope"))
    if scopes is None:
        return None
    if isinstance(scopes, str):
        return tuple(scopes.split())
    if not isinstance(scopes, list | tuple) or not all(
        isinstance(item, str) for item in scopes
    ):
        raise ValueError("scopes")
    return tuple(scopes)
