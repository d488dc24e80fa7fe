"""Says what is wrong with entries of the catalogue."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
import json
from pathlib import Path
import re
from typing import Any, Final

from custom_components.oauth2_client.catalogue import (
    Condition,
    InvalidProvider,
    InvalidVariable,
    Provider,
    parse_provider,
)
from custom_components.oauth2_client.catalogue.provider import (
    AUTHORIZATION_CODE,
    DEVICE_CODE,
)

from . import hints
from .conditions import WORDS
from .resource_check import resource_faults
from .resources import PER_SECONDS

CATALOGUE: Final = (
    Path(__file__).parents[2] / "custom_components/oauth2_client/catalogue"
)
PROVIDERS: Final = CATALOGUE / "providers"
_PLACE: Final = re.compile(r"(?<!\{)\{([a-z_]\w*)\}(?!\})")
_NEEDED: Final = frozenset({"id", "name", "token_url"})
# Filled in where requests are made.
_ALWAYS: Final = frozenset(
    {
        *("account_id", "client_id", "client_secret", "token", "tenantid"),
        *("scopes", "redirect_uri", "access_token"),
    }
)


def faults(path: Path) -> Iterator[str]:
    """Return what is wrong in a file: with a list of services, or with one."""
    try:
        text = path.read_text(encoding="utf-8")
        content = json.loads(text, object_pairs_hook=_object)
    except json.JSONDecodeError as err:
        yield f"{path.name}: is no JSON: line {err.lineno}, column {err.colno}: {err.msg}"
        return
    except UnicodeDecodeError:
        yield f"{path.name}: is not in UTF-8"
        return
    except (OSError, ValueError) as err:
        yield f"{path.name}: cannot be read: {err}"
        return
    entries = content if isinstance(content, list) else [content]
    for number, raw in enumerate(entries, start=1):
        if not isinstance(raw, dict):
            yield f"{path.name}: entry {number} is no object"
            continue
        name = raw.get("id", f"entry {number}")
        yield from (f"{path.name}: {name}: {fault}" for fault in entry_faults(raw))
    ids = [str(raw.get("id", "")) for raw in entries if isinstance(raw, dict)]
    if ids != sorted(ids):
        yield f"{path.name}: not in the order of ids"
    for each, count in Counter(ids).items():
        if count > 1:
            yield f"{path.name}: the id {each} is there {count} times"


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    keys = Counter(key for key, _ in pairs)
    if double := [key for key, count in keys.items() if count > 1]:
        raise ValueError(f"`{double[0]}` is there twice in one object")
    return dict(pairs)


def entry_faults(raw: Mapping[str, Any]) -> Iterator[str]:
    """Return what is wrong with an entry."""
    if (fault := _schema_fault(raw)) is not None:
        yield fault
        return
    provider = parse_provider(raw, category="checked")
    yield from filter(None, map(_condition_fault, provider.about.conditions))
    yield from _way_faults(provider)
    yield from resource_faults(provider)
    yield from _address_faults(raw, provider)


def _schema_fault(raw: Mapping[str, Any]) -> str | None:
    """Return in words what the schema does not take, the first of it."""
    error = _error(raw)
    if error is None:
        return None
    if isinstance(error, InvalidVariable):
        return f"the default of the variable `{error.name}` is wrong"
    where, _, key = str(error).rpartition(": ")
    if where == "host":
        return (
            f"`{key}` could be any host: name those of the service in `value_hosts`,"
            " or all values of the variable in `options`"
        )
    if where == "conditions":
        needed = ", ".join(f"`{each}`" for each in _PLACE.findall(WORDS[key]))
        spans = f"; `per` is one of {', '.join(PER_SECONDS)}" if key == "quota" else ""
        return f"the condition `{key}` needs {needed} in its `values`{spans}"
    if key not in raw and key in _NEEDED:
        return f"`{key}` is missing"
    within = _culprit(raw, str(error))
    if key not in hints.known_keys():
        said = hints.of_unknown(key) or hints.of_key(key, None)
        return f"there is no key `{key}`{said}"
    if within is None or within == key:
        return f"`{key}` is wrong{hints.of_key(key, None)}"
    return f"`{key}` in `{within}` is missing or wrong{hints.of_key(key, within)}"


def _error(raw: Mapping[str, Any]) -> InvalidProvider | InvalidVariable | None:
    try:
        provider = parse_provider(raw, category="checked")
        _ = provider.about, provider.known_resources
    except (InvalidProvider, InvalidVariable) as err:
        return err
    return None


def _culprit(raw: Mapping[str, Any], said: str) -> str | None:
    """Return the key without which the entry has another fault, or none."""
    for key in raw.keys() - _NEEDED:
        left = {other: raw[other] for other in raw if other != key}
        if str(_error(left)) != said:
            return key
    return None


def _condition_fault(condition: Condition) -> str | None:
    if condition.kind in WORDS:
        return None
    near = get_close_matches(condition.kind, WORDS, n=1)
    meant = f"did you mean `{near[0]}`?" if near else f"one of {', '.join(WORDS)}"
    return f"the condition `{condition.kind}` has no words: {meant}"


def _way_faults(provider: Provider) -> Iterator[str]:
    """Return which addresses the ways to sign in lack, and which are not safe."""
    server = provider.server
    addresses = {
        AUTHORIZATION_CODE: ("authorize_url", server.authorize_url),
        DEVICE_CODE: ("device_authorization_url", server.device_authorization_url),
    }
    for grant in provider.grant_types:
        key, url = addresses.get(grant, ("", "there"))
        if not url:
            yield f"`{key}` is missing: the way to sign in `{grant}` needs it"
    for key in ("authorize_url", "token_url", "refresh_url"):
        if (getattr(server, key) or "").startswith("http://"):
            yield f"`{key}` has to begin with https://"


def _address_faults(raw: Mapping[str, Any], provider: Provider) -> Iterator[str]:
    told = {*provider.server.token_values, *provider.server.callback_values}
    variables = {variable.name for variable in provider.variables}
    levels = [level for each in provider.known_resources for level in each.of]
    told |= {name for level in levels for name in level.ids}
    written = json.dumps({key: raw[key] for key in raw if key != "about"})
    used = set(_PLACE.findall(written))
    for name in sorted(used - variables - told - _ALWAYS):
        yield f"`{{{name}}}` is no variable"
    for name in sorted(variables - used):
        yield f"the variable `{name}` is used nowhere"
    yield from _server_faults(raw, provider)
    for scope in (*provider.scopes, *provider.about.scopes):
        if re.search(r"\s", scope):
            yield f"`{scope}` is more than one scope"


def _server_faults(raw: Mapping[str, Any], provider: Provider) -> Iterator[str]:
    """Return which variables ask for a server twice, or for one that no address has."""
    addresses = json.dumps(
        [each for key, each in raw.items() if re.search(r"_(url|hosts)$", key)]
    )
    servers = {each.name: each.kind for each in provider.variables}
    for name, kind in servers.items():
        if kind in ("url", "host") and f"{{{name}}}" not in addresses:
            yield f"the variable `{name}` asks for a server, and is in no address"
    if {"url", "host"} <= set(servers.values()):
        yield "the variables ask for a server as `url` and as `host`: one is enough"
