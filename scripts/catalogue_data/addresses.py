"""Addresses of facts, with their variables under the names that forms have words for."""

from collections.abc import Mapping
import re
from typing import Any, Final

_PLACE: Final = re.compile(r"\{(\w+)\}")
# What a sign-in or the account fills in, and what is filled in where a request is made.
KEPT: Final = frozenset(
    {"client_id", "client_secret", "token", "scopes", "redirect_uri"}
)
# Forms have words for these; facts have many names for each.
_SUBDOMAINS: Final = frozenset(
    {
        *("subdomain", "company", "account", "handle", "shop", "domain_prefix"),
        *("app_name", "host", "api_subdomain", "store_hash", "bundle_alias"),
    }
)
_ACCOUNTS: Final = frozenset({"account_id", "account_uuid"})
_TENANTS: Final = frozenset(
    {"tenant", "tenant_name", "realm", "environment_id", "company_alias"}
)
_REGIONS: Final = frozenset(
    {"region", "extension", "tld", "dc", "edition", "cluster", "site_parameter"}
)


class Unfit(ValueError):
    """A record cannot become an entry. The text says why."""


class Addresses:
    """The variables of one record, and its texts with their names."""

    def __init__(self, declared: Mapping[str, Any], told: frozenset[str]) -> None:
        self._declared = declared
        self._told = told
        self._names: dict[str, tuple[str, str]] = {}

    def text(self, text: str) -> str:
        """Return a text whose variables have the catalogue's names. Raises Unfit."""
        return _PLACE.sub(lambda found: self._place(found, text), text)

    def parameter(self, text: str) -> str:
        """Return a parameter's value, which alone is no address. Raises Unfit."""
        return _PLACE.sub(
            lambda found: self._place(found, text, is_address=False), text
        )

    def variables(self) -> list[dict[str, str]]:
        """Return the variables that were in the texts."""
        found: dict[str, dict[str, str]] = {}
        for raw, (name, kind) in self._names.items():
            variable = {"name": name} | ({} if kind == "text" else {"kind": kind})
            if default := self._default(raw):
                variable["default"] = default
            found.setdefault(name, variable)
        return [*found.values()]

    def _place(
        self, found: re.Match[str], text: str, *, is_address: bool = True
    ) -> str:
        raw = found[1]
        if raw in KEPT or raw in self._told:
            return found[0]
        if raw not in self._names:
            self._names[raw] = _named(raw, found, text, is_address=is_address)
            if len({name for name, _ in self._names.values()}) < len(self._names):
                raise Unfit(f"two variables would be {self._names[raw][0]}")
        name, kind = self._names[raw]
        before = text[: found.start()]
        if kind == "url" and before.endswith("://"):
            raise Unfit(f"{raw} is an address in one place and a host in another")
        return f"{{{name}}}"

    def _default(self, raw: str) -> str | None:
        declared = self._declared.get(raw) or {}
        default = declared.get("default") or next(iter(declared.get("enum", ())), None)
        return default if isinstance(default, str) else None


def _named(
    raw: str, found: re.Match[str], text: str, *, is_address: bool
) -> tuple[str, str]:
    before, after = text[: found.start()], text[found.end() :]
    is_address = is_address or "url" in raw
    if is_address and not before and (not after or after[0] in "/:"):
        return "base_url", "url"
    if before.endswith("://") and (not after or after[0] in "/?"):
        return "host", "host"
    if raw in _ACCOUNTS and not before.endswith("://"):
        return "account", "text"
    if raw in _REGIONS:
        return "region", "text"
    if raw in _TENANTS:
        return ("realm" if raw == "realm" else "tenant"), "text"
    if raw in _SUBDOMAINS or before.endswith("://"):
        return "subdomain", "text"
    if raw in ("project_id", "version", "api_version"):
        return raw.removeprefix("api_"), "text"
    raise Unfit(f"no words for the variable {raw}")


def check_token_host(url: str, authorize_url: str | None) -> None:
    """Raise Unfit where the token address is a placeholder of a library's, not the vendor's."""
    if not re.match(r"https://[^\s/]+\.[^\s/]+|\{base_url\}|https://\{\w+\}/", url):
        raise Unfit("the token address is no address")
    if re.search(r"example\.(com|org)|localhost|nango|pipedream", url):
        raise Unfit("the token address is another one's")
