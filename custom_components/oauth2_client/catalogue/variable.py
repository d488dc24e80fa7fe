"""The variables of a provider: parts of its URLs that the user fills in."""

from collections.abc import Collection, Iterable, Iterator, Mapping
import re
from typing import Final
from urllib.parse import urlsplit

from ..oauth2 import is_at_home
from ..oauth2.frozen import Frozen
from .fields import InvalidProvider, InvalidVariable, flag, identifier, names, text

_HOST: Final = re.compile(
    r"(?=.{1,253}(?::|$))[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*(:[0-9]{1,5})?"
)
_BRACKETED: Final = re.compile(r"\[[0-9a-f:.]+\](:[0-9]{1,5})?")
# No characters that could end the part of a URL into which the value is inserted.
_TEXT: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_PATH: Final = re.compile(r"(/[A-Za-z0-9._~-]+)*")
_KINDS: Final = ("text", "host", "url")
# Secret values, which are used in headers and parameters only. A brace could begin a template.
_SECRET: Final = re.compile(r"[!-z|~]{1,512}")
_SECRET_WORDS: Final = frozenset({"key", "password", "secret", "token"})
_KEYS: Final = frozenset({"name", "kind", "default", "sensitive", "options"})
# Visible ASCII without `?` and `#`: URL parsers drop line breaks and empty queries and fragments, and map
# some other letters to ASCII.
_PRINTABLE: Final = re.compile(r"[!\"$->@-~]+")
_AUTHORITY: Final = re.compile(r"https?://([^/?#\s]*)")


class Variable(Frozen):
    """A part of a provider's URLs that the user fills in.

    `kind` is `text` (one word: a tenant, a region), `host` (may have a port) or `url` (the beginning
    of the service's addresses). `sensitive` is whether the value is secret; None: the name tells.
    `options` are the allowed values; empty: any.
    """

    name: str
    kind: str = "text"
    default: str | None = None
    sensitive: bool | None = None
    options: tuple[str, ...] = ()

    @property
    def is_secret(self) -> bool:
        """Whether the value is typed unseen, kept secret, and not inserted into URLs."""
        if self.sensitive is None:
            return not _SECRET_WORDS.isdisjoint(self.name.split("_"))
        return self.sensitive

    def clean(self, value: str) -> str:
        """Return a value, normalized. Raises InvalidVariable."""
        value = value.strip()
        match self.kind:
            case "host":
                # A host that was copied from a browser has a scheme and a slash.
                value = value.removeprefix("https://").rstrip("/").lower()
                valid = _is_host(value)
            case "url":
                value = value.rstrip("/")
                if "://" not in value:
                    value = f"https://{value}"
                valid = _is_base_url(value)
            case _:
                pattern = _SECRET if self.is_secret else _TEXT
                valid = pattern.fullmatch(value) is not None
        if not valid or (self.options and value not in self.options):
            raise InvalidVariable(self.name)
        return value


def allows_http(value: str) -> bool:
    """Tell whether a value is an http URL at home, to which the user who typed it consents.

    Outside of the home, plain http is never allowed.
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
    if not isinstance(raw, Mapping) or raw.keys() - _KEYS:
        raise InvalidProvider(where)
    kind = raw.get("kind", "text")
    if kind not in _KINDS:
        raise InvalidProvider(f"{where}.kind")
    default = raw.get("default")
    sensitive = raw.get("sensitive")
    variable = Variable(
        name=identifier(raw.get("name"), f"{where}.name"),
        kind=kind,
        default=None if default is None else text(default, f"{where}.default"),
        sensitive=None if sensitive is None else flag(sensitive, f"{where}.sensitive"),
        options=names(raw.get("options", []), f"{where}.options"),
    )
    if variable.is_secret and kind != "text":
        raise InvalidProvider(f"{where}.sensitive")
    if variable.default is not None and variable.clean(variable.default) != default:
        raise InvalidProvider(f"{where}.default")
    return variable


def free_names(variables: Iterable[Variable]) -> Iterator[str]:
    """Yield the names of variables that may have any value and are not whole hosts or URLs."""
    for each in variables:
        if each.kind == "text" and not each.options:
            yield each.name


def check_hosts(raw: Mapping[str, object], free: Collection[str]) -> None:
    """Check that no host in a provider's JSON ends in one of the placeholders `free`.

    Their values may be anything, so they could lead to any domain. Raises InvalidProvider, which names
    the host.
    """
    authorities = [*_texts(raw.get("api_hosts"))]
    authorities += [
        found[1] for each in _texts(raw) for found in _AUTHORITY.finditer(each)
    ]
    for authority in authorities:
        host = re.sub(r":[0-9]*$", "", authority)
        if any(host.endswith(f"{{{name}}}") for name in free):
            raise InvalidProvider(f"host: {host}")


def _texts(raw: object) -> Iterator[str]:
    match raw:
        case str():
            yield raw
        case Mapping():
            for each in raw.values():
                yield from _texts(each)
        case list() | tuple():
            for each in raw:
                yield from _texts(each)


def _is_host(host: str) -> bool:
    return bool(_HOST.fullmatch(host) or _BRACKETED.fullmatch(host))


def _is_base_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return (
        _PRINTABLE.fullmatch(url) is not None
        and parts.scheme in ("http", "https")
        and _is_host(parts.netloc.lower())
        and _PATH.fullmatch(parts.path) is not None
    )
