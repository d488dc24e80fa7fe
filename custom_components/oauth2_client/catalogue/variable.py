"""The variables of a provider: parts of its URLs that the user fills in."""

from collections.abc import Mapping
import re
from typing import Final
from urllib.parse import urlsplit

from ..oauth2 import is_at_home
from ..oauth2.frozen import Frozen
from .fields import InvalidProvider, InvalidVariable, identifier, text

_HOST: Final = re.compile(
    r"(?=.{1,253}(?::|$))[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*(:\d{1,5})?"
)
_BRACKETED: Final = re.compile(r"\[[0-9a-f:.]+\](:\d{1,5})?")
# Nothing that could end the part of a URL where it is put.
_TEXT: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_PATH: Final = re.compile(r"(/[A-Za-z0-9._~-]+)*")
_KINDS: Final = ("text", "host", "url")


class Variable(Frozen):
    """A part of a provider's URLs that its user knows.

    `kind` is `text` (one word: a tenant, a region), `host` (may have a port) or `url` (the beginning
    of the service's addresses).
    """

    name: str
    kind: str = "text"
    default: str | None = None

    def clean(self, value: str) -> str:
        """Return a value, normalized. Raises InvalidVariable."""
        value = value.strip()
        match self.kind:
            case "host":
                # Copied from a browser, it has more than the host.
                value = value.removeprefix("https://").rstrip("/").lower()
                valid = _is_host(value)
            case "url":
                value = value.rstrip("/")
                if "://" not in value:
                    value = f"https://{value}"
                valid = _is_base_url(value)
            case _:
                valid = _TEXT.fullmatch(value) is not None
        if not valid:
            raise InvalidVariable(self.name)
        return value


def allows_http(value: str) -> bool:
    """Tell whether a value is an address at home with plain http.

    A user who types it consents to it. Outside of the home, plain http is never allowed.
    """
    if not value.startswith("http://"):
        return False
    return is_at_home(urlsplit(value).hostname or "")


def variables(value: object, where: str) -> tuple[Variable, ...]:
    """Return the variables of a provider. Raises InvalidProvider."""
    if not isinstance(value, list):
        raise InvalidProvider(where)
    return tuple(_variable(item, where) for item in value)


def _variable(raw: object, where: str) -> Variable:
    if not isinstance(raw, Mapping) or raw.keys() - {"name", "kind", "default"}:
        raise InvalidProvider(where)
    kind = raw.get("kind", "text")
    if kind not in _KINDS:
        raise InvalidProvider(f"{where}.kind")
    default = raw.get("default")
    variable = Variable(
        name=identifier(raw.get("name"), f"{where}.name"),
        kind=kind,
        default=None if default is None else text(default, f"{where}.default"),
    )
    if variable.default is not None and variable.clean(variable.default) != default:
        raise InvalidProvider(f"{where}.default")
    return variable


def _is_host(host: str) -> bool:
    return bool(_HOST.fullmatch(host) or _BRACKETED.fullmatch(host))


def _is_base_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return (
        parts.scheme in ("http", "https")
        and _is_host(parts.netloc.lower())
        and _PATH.fullmatch(parts.path) is not None
        and not parts.query
        and not parts.fragment
    )
