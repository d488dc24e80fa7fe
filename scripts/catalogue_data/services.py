"""Turns a service that was looked up one by one into an entry (services.jsonl)."""

from collections.abc import Iterable, Mapping
import re
from typing import Any, Final

from .addresses import Addresses, Unfit
from .attestation import LOOKED_UP
from .resources import known_resources

# These name the object that the next key is in; other lists are alternatives, the first of which counts.
_CONTAINERS: Final = frozenset(
    {"account", "data", "identity", "items", "response", "result", "user"}
)
_AGENT: Final = "HomeAssistant-OAuth2Client"
_CLIENT_ID: Final = ("the client id",)


def service_entry(record: Mapping[str, Any], category: str) -> dict[str, Any]:
    """Return the entry of a record. Raises Unfit."""
    told = frozenset(_sign_in_values(record))
    addresses = Addresses(_declared(record), told)
    entry: dict[str, Any] = {
        "id": record["id"],
        "name": record["name"].partition(" (")[0],
        "category": category,
    }
    for key in (
        *("authorize_url", "token_url", "refresh_url", "revocation_url"),
        *("device_authorization_url", "api_base_url", "docs_url"),
    ):
        if url := record.get(key):
            entry[key] = addresses.text(url)
    if "api_base_url" in entry:
        entry["api_base_url"] = entry["api_base_url"].rstrip("/")
    if _is_doubtful(record, "revocation_url"):
        entry.pop("revocation_url", None)
    entry |= _client(record) | _scopes(record) | _parameters(record, addresses)
    entry |= _api(record, addresses)
    if identity := _identity(record, addresses):
        entry["identity"] = identity
    entry |= _console(record, addresses)
    entry["about"] = _about(record, entry.pop("suggested", {}))
    if known := known_resources(record, addresses):
        entry["known_resources"] = known
    if variables := addresses.variables():
        entry["variables"] = variables
    return entry


def _declared(record: Mapping[str, Any]) -> dict[str, Any]:
    declared = {
        name: {"default": example}
        for name, example in record.get("tenant_variables", {}).items()
        if not example.startswith("http")
    }
    for variable in record.get("variables", ()):
        values = variable.get("values", ())
        declared[variable["name"]] = {
            "default": variable.get("default"),
            "enum": values,
        }
    return declared


def _sign_in_values(record: Mapping[str, Any]) -> dict[str, str]:
    """Return what the token answer tells of hosts."""
    base = record.get("api_base_url") or ""
    return {
        name: name for name in ("instance_url", "api_domain") if f"{{{name}}}" in base
    }


def _client(record: Mapping[str, Any]) -> dict[str, Any]:
    entry: dict[str, Any] = {}
    how = record.get("client_auth")
    if how and how != "client_secret_post":
        entry["client_authentication"] = how
    if record.get("pkce") == "refused":
        entry["pkce"] = False
    if record.get("pkce_method") == "plain":
        entry["code_challenge_method"] = "plain"
    grants = record.get("grants") or [
        *(["authorization_code"] if record.get("authorize_url") else []),
        *(["device_code"] if record.get("device_authorization_url") else []),
    ]
    if grants != ["authorization_code"]:
        entry["grants"] = grants
    if record.get("token_encoding") == "json":
        entry["token_encoding"] = "json"
    return entry


def _scopes(record: Mapping[str, Any]) -> dict[str, Any]:
    separator = record.get("scope_separator")
    entry: dict[str, Any] = {}
    if separator and separator != " ":
        entry["scope_separator"] = separator
    # One scope per string; those with places to fill in are no scopes.
    named = [
        scope
        for text in record.get("scopes") or {}
        for scope in re.split(r"[\s,]+", re.sub(r"\(.*?\)", "", text))
        if scope and not re.search(r"[{}<>]|\.\.\.|^\*$", scope)
    ]
    scopes = [*dict.fromkeys(named)]
    if scopes and "scopes" in record["confirmed"]:
        entry["scopes"] = scopes
    elif scopes:
        entry["suggested"] = {"scopes": scopes}
    return entry


def _parameters(record: Mapping[str, Any], addresses: Addresses) -> dict[str, Any]:
    entry: dict[str, Any] = {}
    for key in (
        *("authorize_parameters", "device_parameters"),
        *("token_parameters", "refresh_parameters"),
    ):
        parameters = {}
        for name, text in (record.get(key) or {}).items():
            value = _parameter(name, text)
            if value is not None:
                parameters[name] = addresses.parameter(value)
        if parameters:
            entry[key] = parameters
    if record.get("token_path"):
        entry["token_path"] = record["token_path"]
    return entry


def _parameter(name: str, text: str) -> str | None:
    """Return a parameter's value; what the facts only describe is None."""
    if name == "redirect_uri":
        return "{redirect_uri}"
    if name == "user_scope":
        return "{scopes}"
    value = re.sub(r" \(.*\)$", "", text)
    if value == "{audience}" or name == "client_id" or " name" in f" {value}":
        return None
    return value


def _api(record: Mapping[str, Any], addresses: Addresses) -> dict[str, Any]:
    entry: dict[str, Any] = {}
    headers = {}
    for name, text in (record.get("api_headers") or {}).items():
        if name == "User-Agent":
            headers[name] = _AGENT
        elif "{access_token}" in text or text == "the access token":
            entry["api_token_header"] = f"{name}: {{token}}"
        elif text in _CLIENT_ID:
            headers[name] = "{client_id}"
        else:
            headers[name] = _header(name, text, addresses)
    if headers:
        entry["api_headers"] = headers
    values = _sign_in_values(record)
    if values:
        entry["token_values"] = values
    base = record.get("api_base_url") or ""
    hosts = [
        addresses.text(host)
        for host in record.get("api_hosts") or ()
        if host not in re.split(r"/+", base) and not host.startswith("{")
    ]
    if hosts:
        entry["api_hosts"] = hosts
    return entry


def _header(name: str, text: str, addresses: Addresses) -> str:
    if re.search(r"\{(?!client_id|client_secret)", text):
        # A key of the console, under one name in the form.
        return "{api_key}"
    return addresses.text(text)


def _identity(record: Mapping[str, Any], addresses: Addresses) -> dict[str, Any] | None:
    identity = record.get("identity") or {}
    keys = _path(identity.get("id") or ())
    url = identity.get("url")
    if (
        not keys
        or not url
        or not url.startswith(("http", "{"))
        or "headers" in identity
    ):
        return None
    found: dict[str, Any] = {"url": addresses.text(url), "id": keys}
    base = addresses.text((record.get("api_base_url") or "-").rstrip("/"))
    if found["url"].startswith(f"{base}/"):
        found["url"] = found["url"].removeprefix(base)
    if identity.get("method", "GET") != "GET":
        found["method"] = identity["method"]
    if body := identity.get("body"):
        found["body"] = _body(body)
    if name := _path(identity.get("name") or (), like=keys):
        found["name"] = name
    return found


def _body(body: object) -> str:
    import json  # noqa: PLC0415 - beside its only use

    return body if isinstance(body, str) else json.dumps(body)


def _path(told: Iterable[object], like: list[str] | None = None) -> list[str]:
    """Return the list of keys of a path, or of the first of several."""
    keys = [str(key) for key in told]
    if not keys:
        return []
    first = re.sub(r"\[(\d+)\]", r".\1", keys[0]).strip(".")
    if "." in first or len(keys) == 1:
        return first.split(".")
    is_path = first in _CONTAINERS or first.isdecimal()
    if is_path and (like is None or len(like) > 1):
        return keys
    return [first]


def _console(record: Mapping[str, Any], addresses: Addresses) -> dict[str, Any]:
    url = (record.get("console_url") or "").partition(" ")[0]
    if not re.match(r"https://|\{base_url\}", url):
        return {}
    try:
        return {"console_url": addresses.text(url)}
    except Unfit:
        return {}


def _about(record: Mapping[str, Any], suggested: Mapping[str, Any]) -> dict[str, Any]:
    about: dict[str, Any] = {"looked_up": LOOKED_UP}
    about |= suggested
    if integration := re.match(r"[a-z0-9_]+", record.get("ha_integration") or ""):
        about["integration"] = integration[0]
    if field := record.get("redirect_field"):
        about["redirect_field"] = re.split(r" \(| / |, | of ", field)[0]
    return about


def _is_doubtful(record: Mapping[str, Any], key: str) -> bool:
    text = f"{record.get('doubtful', {}).get(key, '')} {record.get('notes', {}).get(key, '')}"
    return bool(re.search(r"not RFC 7009|no RFC|JSON body|signature", text))
