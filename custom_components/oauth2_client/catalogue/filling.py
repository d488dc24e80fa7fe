"""Fills values in where a provider has `{name}`: a user's variables, and what a sign-in told."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote, urlsplit

from .fields import InvalidVariable
from .variable import Variable

_LONGEST_VALUE: Final = 512
_PLACE: Final = "{"


def fill(template: Any, values: Mapping[str, str]) -> Any:
    """Return a text, or all texts of a list or a mapping, with values in their places."""
    match template:
        case str() if _PLACE in template:
            for name, value in values.items():
                template = template.replace(f"{{{name}}}", value)
        case Mapping():
            return {key: fill(each, values) for key, each in template.items()}
        case list() | tuple():
            return type(template)(fill(each, values) for each in template)
    return template


def fitting(
    told: Mapping[str, str], value_hosts: Mapping[str, Sequence[str]]
) -> dict[str, str]:
    """Return what a sign-in told as it may stand in an address.

    A value is a host, or an https URL, only where it is one of its `value_hosts` or below one of them.
    Any other is encoded, so that it stays in its part of an address. One that does not fit is left out.
    """
    return {
        name: fit
        for name, value in told.items()
        if (fit := _fit(value, value_hosts.get(name))) is not None
    }


def _fit(value: str, hosts: Sequence[str] | None) -> str | None:
    if len(value) > _LONGEST_VALUE:
        return None
    if hosts is None:
        return quote(value, safe="")
    kind = "url" if "://" in value else "host"
    try:
        clean = Variable(name="", kind=kind).clean(value)
    except InvalidVariable:
        return None
    url = urlsplit(clean if kind == "url" else f"https://{clean}")
    host = url.hostname or ""
    is_named = any(host == each or host.endswith(f".{each}") for each in hosts)
    return clean if is_named and url.scheme == "https" else None
