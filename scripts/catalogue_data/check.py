"""Says what is wrong with entries of the catalogue."""

from collections.abc import Iterator, Mapping
import json
from pathlib import Path
import re
from typing import Any, Final

from custom_components.oauth2_client.catalogue import (
    InvalidProvider,
    InvalidVariable,
    Provider,
    parse_provider,
)

from .conditions import WORDS

CATALOGUE: Final = (
    Path(__file__).parents[2] / "custom_components/oauth2_client/catalogue"
)
PROVIDERS: Final = CATALOGUE / "providers"
_PLACE: Final = re.compile(r"(?<!\{)\{([a-z_]\w*)\}(?!\})")
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
        content = json.loads(path.read_text(encoding="utf-8"))
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
    ids = [raw.get("id", "") for raw in entries if isinstance(raw, dict)]
    if ids != sorted(ids):
        yield f"{path.name}: not in the order of ids"


def entry_faults(raw: Mapping[str, Any]) -> Iterator[str]:
    """Return what is wrong with an entry."""
    try:
        provider = parse_provider(raw, category="checked")
        about, known = provider.about, provider.known_resources
    except InvalidProvider as err:
        key = str(err)
        if key.startswith("host: "):
            host = key.removeprefix("host: ")
            yield (
                f"`{host}` could be any host: name those of the service in `value_hosts`,"
                " or all values of the variable in `options`"
            )
            return
        yield (
            f"`{key}` is missing"
            if key not in raw and ":" not in key
            else f"`{key}` is wrong"
        )
        return
    except InvalidVariable as err:
        yield f"the default of the variable `{err.name}` is wrong"
        return
    for condition in about.conditions:
        if condition.kind not in WORDS:
            yield f"the condition `{condition.kind}` has no words"
    for resource in known:
        if "://" not in resource.url and not provider.api_base_url:
            yield f"the resource `{resource.id}` needs `api_base_url`"
    yield from _address_faults(raw, provider)


def _address_faults(raw: Mapping[str, Any], provider: Provider) -> Iterator[str]:
    told = {*provider.server.token_values, *provider.server.callback_values}
    variables = {variable.name for variable in provider.variables}
    written = json.dumps({key: raw[key] for key in raw if key != "about"})
    used = set(_PLACE.findall(written))
    for name in sorted(used - variables - told - _ALWAYS):
        yield f"`{{{name}}}` is no variable"
    for name in sorted(variables - used):
        yield f"the variable `{name}` is used nowhere"
    for scope in (*provider.scopes, *provider.about.scopes):
        if re.search(r"\s", scope):
            yield f"`{scope}` is more than one scope"
