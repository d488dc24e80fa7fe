"""Finds the provider, and checks the names of an integration. A refusal suggests what may be meant."""

from collections.abc import Mapping
from difflib import get_close_matches
import json
import keyword
from pathlib import Path
import re
from typing import Final

from custom_components.oauth2_client.catalogue import (
    InvalidVariable,
    Provider,
    UnknownProvider,
    load_gone,
    load_provider,
    load_summaries,
    parse_provider,
)
from custom_components.oauth2_client.const import DOMAIN
from homeassistant import components
from homeassistant.const import MAX_LENGTH_STATE_DOMAIN

from .places import provider_fault

# The pattern of Home Assistant's `core.valid_domain`.
_DOMAIN: Final = re.compile(r"(?!.+__)(?!_)[\da-z_]+(?<!_)")
# What values a variable of each kind takes, in words for a person.
_WANTED_VALUES: Final = {
    "text": "one word of letters, digits and ._-",
    "host": "a host, such as cloud.example.com",
    "url": "an address, such as https://cloud.example.com",
}
# What would end a string or begin a placeholder: quotation marks, escapes and braces.
_UNSAFE: Final = re.compile(r"[\"\\{}`\x00-\x1f]+")
_PLACEHOLDER: Final = re.compile(r"{(\w+)}")
_MAX_SUGGESTIONS: Final = 5


class Refused(Exception):
    """Why nothing is written, in words for a person."""


def find_provider(wanted: str, values: Mapping[str, str]) -> Provider:
    """Return the provider of an id or a JSON file, with its variables filled in. Raises Refused."""
    provider = _of_file(Path(wanted)) if _is_file(wanted) else _of_catalogue(wanted)
    names = {variable.name: variable.default for variable in provider.variables}
    if unknown := values.keys() - names.keys():
        hint = f" Its: {', '.join(names)}." if names else " It needs no --set."
        raise Refused(f"{provider.name} has no variable {min(unknown)!r}.{hint}")
    given = {name: values.get(name, default) for name, default in names.items()}
    if missing := [name for name, value in given.items() if value is None]:
        wanted_values = " ".join(f"--set {name}=…" for name in missing)
        raise Refused(f"{provider.name} is not the same for everybody: {wanted_values}")
    try:
        return provider.resolve({name: value or "" for name, value in given.items()})
    except InvalidVariable as err:
        [variable] = [each for each in provider.variables if each.name == err.name]
        wanted = ", ".join(variable.options) or _WANTED_VALUES[variable.kind]
        raise Refused(
            f"{given[err.name]!r} cannot be {err.name!r}; wanted: {wanted}."
        ) from None


def check_domain(domain: str) -> None:
    """Raise Refused unless an integration may have this domain."""
    if _DOMAIN.fullmatch(domain) is None or not domain[0].isalpha():
        near = _domain_near(domain)
        instead = f" Take {near!r}." if near else ""
        raise Refused(
            f"{domain!r} is no domain: small letters, digits and single underscores, a letter first.{instead}"
        )
    if len(domain) > MAX_LENGTH_STATE_DOMAIN:
        raise Refused(
            f"{domain!r} is too long: {MAX_LENGTH_STATE_DOMAIN} letters at most."
        )
    if keyword.iskeyword(domain):
        raise Refused(
            f"{domain!r} is a word of Python's, and no module can have it. Take 'my_{domain}'."
        )
    if any((Path(folder) / domain).is_dir() for folder in components.__path__):
        raise Refused(
            f"{domain!r} is an integration of Home Assistant itself. Take another one, such as 'my_{domain}'."
        )
    if domain == DOMAIN:
        raise Refused(
            f"{domain!r} is this integration's own. Take another one, such as 'my_{domain}'."
        )


def check_folder(folder: Path) -> None:
    """Raise Refused where something would be overwritten."""
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise Refused(
                f"{folder} exists, and nothing of it is overwritten."
                " Name another FOLDER, after the domain."
            )
    except OSError as err:
        raise unwritable(folder, err) from None


def unwritable(folder: Path, err: OSError) -> Refused:
    """Return the refusal for a folder that cannot be written."""
    return Refused(
        f"{folder} cannot be written: {err.strerror}. Name another FOLDER, after the domain."
    )


def _domain_near(domain: str) -> str:
    """Return a valid domain that is like an invalid one, an empty text where there is none."""
    words = re.findall(r"[a-z\d]+", domain.lower())
    near = "_".join(words)
    return near if near[:1].isalpha() else f"my_{near}" if near else ""


def title_of(domain: str, provider: Provider) -> str:
    """Return the name of an integration: `My Spotify` for `my_spotify`."""
    own = f"_{provider.id}_"
    before, found, after = f"_{domain}_".partition(own)
    if not found:
        return provider.name
    first, last = (part.replace("_", " ").title() for part in (before, after))
    return " ".join(f"{first} {provider.name} {last}".split())


def plain(name: str) -> str:
    """Return a name without characters that would break the texts that it is written into."""
    return " ".join(_UNSAFE.sub(" ", name).split())


def _is_file(wanted: str) -> bool:
    return wanted.endswith(".json") or "/" in wanted


def _of_file(path: Path) -> Provider:
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as err:
        raise Refused(f"{path} cannot be read: {err}") from None
    if isinstance(raw, list) and len(raw) == 1:
        [raw] = raw
    if not isinstance(raw, Mapping):
        raise Refused(f"{path} is not one provider: a JSON object is wanted.")
    if (fault := provider_fault(raw)) is not None:
        raise Refused(
            f"{path}: {fault}; docs/contributing-providers.md says what is wanted."
        )
    provider = parse_provider(raw, category="user")
    _check_placeholders(provider, path)
    return provider


def _check_placeholders(provider: Provider, path: Path) -> None:
    """Raise Refused where an endpoint has a placeholder that nothing fills in."""
    server = provider.server
    known = {
        *(variable.name for variable in provider.variables),
        *(server.token_values.keys() | server.callback_values.keys()),
    }
    for key in ("authorize_url", "token_url", "refresh_url", "revocation_url"):
        for name in _PLACEHOLDER.findall(getattr(server, key) or ""):
            if name not in known:
                raise Refused(
                    f"{path}: {{{name}}} in {key} is not known; add it to 'variables'."
                )


def _of_catalogue(wanted: str) -> Provider:
    try:
        provider = load_provider(wanted)
    except UnknownProvider:
        raise Refused(_unknown(wanted)) from None
    if (ended := provider.about.ended) is not None:
        after = provider.about.successor
        instead = f" {after!r} took its place." if after else ""
        raise Refused(
            f"{provider.name} cannot be connected any more, since {ended}.{instead}"
        )
    return provider


def _unknown(wanted: str) -> str:
    if gone := [each for each in load_gone() if each.id == wanted]:
        instead = gone[0].instead
        return (
            f"{gone[0].name} cannot be connected ({gone[0].what}, since {gone[0].since})."
            + (f" Instead: {instead}." if instead else "")
        )
    near = _nearest(wanted)
    listed = f" Near: {', '.join(near)}." if near else ""
    return (
        f"No provider is called {wanted!r}.{listed} docs/providers.md has all of them."
    )


def _nearest(wanted: str) -> list[str]:
    """Return the ids that a person may have meant, the nearest first."""
    names: dict[str, str] = {}
    for each in load_summaries():
        names |= dict.fromkeys((each.id, each.name.lower()), each.id)
        names |= {alias.lower(): each.id for alias in each.aliases}
    wanted = wanted.lower()
    found = get_close_matches(wanted, names, n=_MAX_SUGGESTIONS, cutoff=0.6)
    # A part of a name is not close to it, but may be meant.
    found += [name for name in names if len(wanted) > 2 and wanted in name]
    return list(dict.fromkeys(names[name] for name in found))[:_MAX_SUGGESTIONS]
