"""Replaces placeholders `{name}` in a provider by the user's variables and by values of the sign-in.

How a value is written depends on its place: percent-encoded in an address, unchanged in a parameter.
"""

from collections.abc import Callable, Mapping, Sequence
import json
import re
from typing import Any, Final
from urllib.parse import quote, urlsplit

from ..oauth2.frozen import Frozen
from .fields import InvalidVariable
from .variable import Variable

_LONGEST_VALUE: Final = 512
_PLACE: Final = "{"
# The fields of a provider without placeholders.
_WHOLE: Final = frozenset(
    {"id", "category", "variables", "about_json", "secret_values"}
)
_KNOWN_RESOURCES: Final = "known_resources_json"


class Value(Frozen, secret=("text",)):
    """The value for a placeholder.

    `is_clean`: it is written unchanged anywhere. `is_secret`: it is written in headers and parameters
    only, since addresses are shown.
    """

    text: str
    is_clean: bool = False
    is_secret: bool = False


# Returns a value as it is written in one kind of place, None where it is not allowed there.
type _Spelling = Callable[[Value], str | None]


def _in_address(value: Value) -> str | None:
    # A dot segment would lead to another path.
    if value.is_secret or value.text in (".", ".."):
        return None
    return value.text if value.is_clean else quote(value.text, safe="")


def _in_parameter(value: Value) -> str:
    # Parameters of known resources are templates of Home Assistant, which a brace could begin.
    is_plain = value.is_clean or not re.search(r"[{}]", value.text)
    return value.text if is_plain else quote(value.text, safe="")


def _in_header(value: Value) -> str:
    is_plain = value.is_clean or re.fullmatch(r"[!-z|~]+", value.text)
    return value.text if is_plain else quote(value.text, safe="")


def _in_json(value: Value) -> str | None:
    return None if value.is_secret else json.dumps(_in_parameter(value))[1:-1]


# How values are written in a field and everything within it; in other fields as in an address.
_SPELLINGS: Final[Mapping[str, _Spelling]] = {
    "api_headers": _in_header,
    "token_headers": _in_header,
    "headers": _in_header,
    "api_query": _in_parameter,
    "query": _in_parameter,
    "authorize_parameters": _in_parameter,
    "device_parameters": _in_parameter,
    "token_parameters": _in_parameter,
    "refresh_parameters": _in_parameter,
    "exchange_parameters": _in_parameter,
    "renewal_parameters": _in_parameter,
}


def filled[Filled: Frozen](whole: Filled, values: Mapping[str, Value]) -> Filled:
    """Return a provider, or a part of one, with its placeholders replaced."""
    # Known resources get no secrets, since their requests are shown and stored.
    shown = {name: each for name, each in values.items() if not each.is_secret}
    fields = {
        key: _fill(
            each, shown if key == _KNOWN_RESOURCES else values, _below(key, each)
        )
        for key, each in vars(whole).items()
        if key not in _WHOLE
    }
    return whole.__replace__(**fields)


def _fill(
    template: Any, values: Mapping[str, Value], spell: _Spelling | None = None
) -> Any:
    """Return a text, or a list or mapping with all its texts, with placeholders replaced."""
    match template:
        case str() if _PLACE in template:
            return _filled_text(template, values, spell or _in_address)
        case Mapping():
            return {
                key: _fill(each, values, _below(key, each) or spell)
                for key, each in template.items()
            }
        case list() | tuple():
            return type(template)(_fill(each, values, spell) for each in template)
        case Frozen():
            return filled(template, values)
    return template


def _below(key: str, template: Any) -> _Spelling | None:
    """Return how values are written in a field, None where its name does not tell."""
    if key != "body":
        return _SPELLINGS.get(key)
    is_json = isinstance(template, str) and template.lstrip().startswith(("{", "["))
    return _in_json if is_json else _in_address


def _filled_text(text: str, values: Mapping[str, Value], spell: _Spelling) -> str:
    def written(place: re.Match[str]) -> str:
        value = values.get(place[1])
        fit = None if value is None else spell(value)
        if fit is None:
            return place[0]
        # A sign-in may return a whole URL where the template needs only the host.
        is_host = text[: place.start()].endswith("://")
        return fit.removeprefix("https://") if is_host else fit

    # In one pass, so that placeholders within values are not replaced.
    return re.sub(r"\{(\w+)\}", written, text)


def fitting(
    values: Mapping[str, str], value_hosts: Mapping[str, Sequence[str]]
) -> dict[str, Value]:
    """Return the values of a sign-in that may be filled in.

    A name with `value_hosts` has to have a host, or an https URL, at one of these domains. Other values
    of that name are left out.
    """
    return {
        name: fit
        for name, text in values.items()
        if (fit := _fit(text, value_hosts.get(name))) is not None
    }


def _fit(text: str, hosts: Sequence[str] | None) -> Value | None:
    if len(text) > _LONGEST_VALUE:
        return None
    if hosts is None:
        return Value(text=text)
    kind = "url" if "://" in text else "host"
    try:
        clean = Variable(name="", kind=kind).clean(text)
    except InvalidVariable:
        return None
    url = urlsplit(clean if kind == "url" else f"https://{clean}")
    host = url.hostname or ""
    is_named = any(host == each or host.endswith(f".{each}") for each in hosts)
    is_fit = is_named and url.scheme == "https"
    return Value(text=clean, is_clean=True) if is_fit else None
