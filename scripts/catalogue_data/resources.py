"""Known resources of facts, as the catalogue has them: those that need nothing a form would have to ask."""

from collections.abc import Iterator, Mapping
import re
from typing import Any, Final

from .addresses import Addresses, Unfit

_ACCOUNT: Final = re.compile(
    r"<the account's id>|\{(user_id|athlete_id|customer_number)\}"
)
# Stands for the account's id while the names of variables are looked for.
_MARK: Final = "\0"
# Places that are no template of Home Assistant and that only a person could fill in.
_OPEN: Final = re.compile(
    r"(?<!\{)\{(?!\{|account_id\}|client_id\}|base_url\}|region\}|realm\}|subdomain\}|host\}|instance_url\}|api_domain\})[^{}]*\}(?!\})|<[^>]+>|@handle"
)
_PER_SECONDS: Final = {
    "second": 1,
    "minute": 60,
    "hour": 3600,
    "day": 86400,
    "month": 2592000,
}
# Classes that only binary sensors have.
_BINARY: Final = frozenset(
    {"connectivity", "door", "heat", "lock", "problem", "window"}
)
DEFAULT_SECONDS: Final = 300
# What all known resources may take of a quota: the rest is for commands and what a person tries.
_SHARE: Final = 0.75
_UNITS_THAT_COUNT_THINGS: Final = re.compile(r"[a-z]+(-[a-z]+)?s$")


def known_resources(
    record: Mapping[str, Any], addresses: Addresses
) -> list[dict[str, Any]]:
    """Return the resources whose requests are complete."""
    found: list[dict[str, Any]] = []
    for raw in record.get("known_resources") or ():
        try:
            resource = _resource(raw, record, addresses)
        except Unfit:
            continue
        if resource["values"] and resource["id"] not in {each["id"] for each in found}:
            found.append(resource)
    return found


def _resource(
    raw: Mapping[str, Any], record: Mapping[str, Any], addresses: Addresses
) -> dict[str, Any]:
    url = raw["url"].replace((record.get("api_base_url") or "~").rstrip("/"), "")
    url = url if url.startswith(("http", "/", "{")) else f"/{url}"
    name = re.sub(r" \(.*\)$", "", raw["name"])
    resource: dict[str, Any] = {
        "id": slug(name),
        "name": name,
        "url": _filled(url, addresses),
    }
    if raw.get("method", "GET") != "GET":
        resource["method"] = raw["method"]
    if query := raw.get("query"):
        resource["query"] = {
            key: _filled(str(text), addresses) for key, text in query.items()
        }
    if body := raw.get("body"):
        resource["body"] = _body(body)
    if headers := raw.get("headers"):
        resource["headers"] = {
            key: _filled(text, addresses) for key, text in headers.items()
        }
    if (interval := raw.get("interval") or 0) > DEFAULT_SECONDS:
        resource["interval"] = interval
    if scopes := [each for each in raw.get("scopes") or () if " " not in each]:
        resource["scopes"] = scopes
    resource["values"] = [*_values(raw.get("values") or ())]
    return resource


def _values(raw: Any) -> Iterator[dict[str, Any]]:
    keys: set[str] = set()
    for each in raw:
        path = each["path"].replace("?(@", "?@").replace(")]", "]")
        if not path.startswith("$") or _OPEN.search(path) or "{" in each["name"]:
            continue
        if re.search(
            r"\bid$|^(User name|Account|Mail address)$", each["name"], re.IGNORECASE
        ):
            # Of no use as a state.
            continue
        name = re.sub(r" \(.*\)$", "", each["name"])
        if (key := slug(name)) in keys:
            continue
        keys.add(key)
        value: dict[str, Any] = {"key": key, "name": name, "path": path}
        for field in ("platform", "unit", "device_class", "state_class", "template"):
            if each.get(field):
                value[field] = each[field]
        if value.get("device_class") == "temperature" and "unit" not in value:
            # In the unit of the account's settings.
            del value["device_class"]
        if value.get("device_class") in _BINARY:
            value["platform"] = "binary_sensor"
        if (
            _UNITS_THAT_COUNT_THINGS.fullmatch(value.get("unit", ""))
            and len(value["unit"]) > 3
        ):
            del value["unit"]
        yield value


def _filled(text: str, addresses: Addresses) -> str:
    if "{account_id}" in text:
        # In facts that is an account of the service's, not the one that signs in.
        raise Unfit(text)
    if _OPEN.search(_ACCOUNT.sub("", text)):
        raise Unfit(text)
    text = _ACCOUNT.sub(_MARK, text)
    # A template's braces are doubled, and no place of a variable.
    parts = re.split(r"(\{\{.*?\}\})", text)
    filled = "".join(
        part if part.startswith("{{") else addresses.text(part) for part in parts
    )
    return filled.replace(_MARK, "{account_id}")


def _body(body: object) -> str:
    import json  # noqa: PLC0415 - beside its only use

    if not isinstance(body, str):
        return json.dumps(body)
    return body.removeprefix("form: ")


def within_quota(entry: dict[str, Any]) -> dict[str, Any]:
    """Return an entry whose known resources, all of them together, leave some of the quota."""
    known = entry.get("known_resources", ())
    quota = next(
        (
            each["values"]
            for each in entry.get("about", {}).get("conditions", ())
            if each["kind"] == "quota"
        ),
        None,
    )
    if not known or quota is None:
        return entry
    shortest = _PER_SECONDS[quota["per"]] * len(known) / (int(quota["count"]) * _SHARE)
    shortest = int(-(-shortest // 60) * 60)
    return entry | {"known_resources": [_at_least(each, shortest) for each in known]}


def _at_least(resource: dict[str, Any], seconds: int) -> dict[str, Any]:
    if resource.get("interval", DEFAULT_SECONDS) >= seconds:
        return resource
    values = resource.get("values")
    rest = {key: each for key, each in resource.items() if key != "values"}
    return rest | {"interval": seconds, "values": values}


def slug(name: str) -> str:
    """Return a name as an id."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower().replace("µ", "u")).strip("_")[:48]
