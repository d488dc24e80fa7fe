"""What an account's config entry stores: provider, credential, grant type, scopes and hosts."""

from collections.abc import Mapping
from typing import Any, Final, Self

from homeassistant.config_entries import ConfigEntry
from homeassistant.exceptions import ConfigEntryError

from ..catalogue import AUTHORIZATION_CODE, Provider
from ..const import CONF_VARIABLES, DOMAIN
from ..oauth2.frozen import Frozen
from . import (
    InvalidDefinition,
    stored_list,
    stored_optional_text,
    stored_text,
    stored_texts,
)

# The version of what the entry and its subentries store. Before minor version 2, secret variables were
# stored among the others.
ENTRY_VERSION: Final = 1
ENTRY_MINOR_VERSION: Final = 2

CONF_ALLOWED_HOSTS: Final = "allowed_hosts"
CONF_AUTH_IMPLEMENTATION: Final = "auth_implementation"
CONF_GRANT_TYPE: Final = "grant"
CONF_PROVIDER: Final = "provider"
CONF_SCOPES: Final = "scopes"
CONF_SECRETS: Final = "secrets"
# When the current grant began, in seconds since the epoch; removed when the grant ends.
CONF_SIGNED_IN_AT: Final = "signed_in_at"
# For how many seconds the last grants lasted, the newest one last.
CONF_GRANTS_LASTED: Final = "grants_lasted"

# Until the year 9999, the last that a date can have.
_MOST_SECONDS: Final = 253_402_214_400


class Binding(Frozen, secret=("secrets",)):
    """The provider that a credential belongs to, with its variables filled in.

    `secrets` are the values of secret variables, which are never shown.
    """

    provider: str
    variables: Mapping[str, str] = {}
    secrets: Mapping[str, str] = {}

    @classmethod
    def of(cls, provider: Provider, values: Mapping[str, str]) -> Self:
        """Return the binding to a provider with these values of its variables."""
        secret = {each.name for each in provider.variables if each.is_secret}
        return cls(
            provider=provider.id,
            variables={k: value for k, value in values.items() if k not in secret},
            secrets={k: value for k, value in values.items() if k in secret},
        )

    @property
    def values(self) -> dict[str, str]:
        """The values of all variables."""
        return {**self.variables, **self.secrets}

    @property
    def identity(self) -> tuple[str, ...]:
        """The provider's id, and the values of its variables that are not secret, ordered by name."""
        return self.provider, *(value for _, value in sorted(self.variables.items()))


class AccountSettings(Frozen):
    """How an account is signed in. Its token set is in `grant/token_store`.

    `credential` is the id of its implementation, which is a stored credential or offered by another
    component; empty until one is chosen. `allowed_hosts` may receive the token, as the provider's own
    hosts may.
    """

    credential: str = ""
    binding: Binding
    grant_type: str = AUTHORIZATION_CODE
    scopes: tuple[str, ...] = ()
    allowed_hosts: tuple[str, ...] = ()

    @classmethod
    def from_entry(cls, entry: ConfigEntry) -> Self:
        """Return the settings of a config entry.

        What is stored wrongly counts as not stored, so that one entry does no harm to the others.
        `check_entry` finds it.
        """
        stored = entry.data
        return cls(
            credential=_text(stored.get(CONF_AUTH_IMPLEMENTATION)),
            binding=Binding(
                provider=_text(stored.get(CONF_PROVIDER)),
                variables=_named_texts(stored.get(CONF_VARIABLES)),
                secrets=_named_texts(stored.get(CONF_SECRETS)),
            ),
            grant_type=_text(stored.get(CONF_GRANT_TYPE)) or AUTHORIZATION_CODE,
            scopes=_texts(stored.get(CONF_SCOPES)),
            allowed_hosts=_texts(stored.get(CONF_ALLOWED_HOSTS)),
        )

    def account_id(self, entry: ConfigEntry) -> str | None:
        """Return the account's id at its provider, None where the sign-in did not return one."""
        prefix, unique_id = f"{':'.join(self.binding.identity)}:", entry.unique_id or ""
        account_id = unique_id.removeprefix(prefix)
        return None if account_id in (unique_id, self.credential) else account_id

    def as_dict(self) -> dict[str, Any]:
        """Return the settings as the entry stores them."""
        return {
            CONF_AUTH_IMPLEMENTATION: self.credential,
            CONF_PROVIDER: self.binding.provider,
            CONF_VARIABLES: dict(self.binding.variables),
            CONF_SECRETS: dict(self.binding.secrets),
            CONF_GRANT_TYPE: self.grant_type,
            CONF_SCOPES: list(self.scopes),
            CONF_ALLOWED_HOSTS: list(self.allowed_hosts),
        }


def check_entry(entry: ConfigEntry) -> None:
    """Raise ConfigEntryError, which says where, for an entry whose settings are stored wrongly."""
    try:
        _check_settings(entry.data)
    except InvalidDefinition as err:
        raise ConfigEntryError(
            translation_domain=DOMAIN,
            translation_key="entry_stored_wrongly",
            translation_placeholders={"place": str(err), "entry": entry.entry_id},
        ) from None


def _check_settings(stored: Mapping[str, Any]) -> None:
    for key in (CONF_AUTH_IMPLEMENTATION, CONF_PROVIDER):
        stored_text(stored, key)
    stored_optional_text(stored, CONF_GRANT_TYPE)
    for key in (CONF_VARIABLES, CONF_SECRETS):
        stored_texts(stored, key)
    for key in (CONF_SCOPES, CONF_ALLOWED_HOSTS):
        if not all(isinstance(each, str) for each in stored_list(stored, key)):
            raise InvalidDefinition(key)


def stored_seconds(raw: object) -> float | None:
    """Return a stored number of seconds, None for anything else."""
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        return None
    return raw if abs(raw) <= _MOST_SECONDS else None


def _text(raw: object) -> str:
    return raw if isinstance(raw, str) else ""


def _texts(raw: object) -> tuple[str, ...]:
    listed = raw if isinstance(raw, list | tuple) else ()
    return tuple(each for each in listed if isinstance(each, str))


def _named_texts(raw: object) -> dict[str, str]:
    named = raw if isinstance(raw, Mapping) else {}
    return {name: each for name, each in named.items() if isinstance(each, str)}


def moved_unique_id(
    unique_id: str | None, before: AccountSettings, after: AccountSettings
) -> str | None:
    """Return the unique id of an account after its binding or credential changed.

    A unique id is the binding, followed by the account's id at the provider, or by the credential where
    that id is not known.
    """
    if unique_id is None:
        return None
    for old, new in (
        (
            (*before.binding.identity, before.credential),
            (*after.binding.identity, after.credential),
        ),
        (before.binding.identity, after.binding.identity),
    ):
        prefix = ":".join(old)
        if unique_id == prefix or unique_id.startswith(f"{prefix}:"):
            return ":".join(new) + unique_id.removeprefix(prefix)
    return unique_id
