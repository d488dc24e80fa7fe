"""Turns a record that was mined from libraries and platforms into an entry (providers.json)."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
import re
from typing import Any, Final

from .addresses import Addresses, Unfit, check_token_host

_STATUSES: Final = {
    "probably_defunct": "ended",
    "ended": "ended",
    "registration_closed_or_restricted": "closed",
    "sunset_announced": "ended",
    "legacy": "ended",
}
# Others unlink an account, or want the token as Bearer: no request of RFC 7009.
_REVOCATION: Final = re.compile(r"[/_](revoke|revocation|revoke_token)/?$")


def provider_entry(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the entry of a record. Raises Unfit, which says why there is none."""
    _check(record)
    declared = {each["name"]: each for each in record.get("tenant_variables") or ()}
    addresses = Addresses(declared, frozenset())
    entry: dict[str, Any] = {
        "id": record["id"],
        "name": re.sub(
            r" \((oauth ?2?|.*source.*)\)$", "", record["name"], flags=re.IGNORECASE
        ),
        "category": record["category"],
        "authorize_url": addresses.text(record["authorize_url"]),
        "token_url": addresses.text(record["token_url"]),
    }
    for key in ("refresh_url", "revocation_url", "device_authorization_url"):
        if (url := record.get(key)) and (
            key != "revocation_url" or _REVOCATION.search(url)
        ):
            entry[key] = addresses.text(url)
    entry |= _client(record) | _parameters(record, addresses) | _api(record, addresses)
    if ends := dict(_ends(record)):
        entry["grant_ends"] = ends
    entry |= _identity(record, addresses)
    if (docs := record.get("docs_url")) and not re.search(r"\{|//example\.", docs):
        entry["docs_url"] = docs
    entry |= _known_to_form(record, addresses)
    if variables := addresses.variables():
        entry["variables"] = variables
    return entry


def _check(record: Mapping[str, Any]) -> None:
    if (status := record["status"]) != "active_presumed":
        raise Unfit(_STATUSES.get(status, status))
    if not record.get("authorize_url") or not record.get("token_url"):
        raise Unfit("an address is missing")
    check_token_host(record["token_url"], record["authorize_url"])
    quirks = record.get("quirks") or {}
    for quirk in quirks:
        if re.match(
            r"state_not_returned|callback_hmac|client_secret_is_signed|second_token_exchange"
            r"|authorize_param_renamed:(state|response_type)|redirect_uri_forbidden|dpop_required"
            r"|access_token_is_api_key|client_secret_as_sha256|code_param_in_callback|partner_registration"
            r"|authorize_url_has_fragment|callback_extra_params|jwt_bearer_grant|api_host_in_callback"
            r"|token_response_camel_case_keys",
            quirk,
        ):
            raise Unfit(f"not covered: {quirk.partition(':')[0]}")
    has_api = (
        record.get("api_base_url") or record.get("api_hosts") or record.get("docs_url")
    )
    if not has_api:
        raise Unfit("no API is known")


def _client(record: Mapping[str, Any]) -> dict[str, Any]:
    entry: dict[str, Any] = {}
    if record.get("client_secret") == "none":
        entry["client_authentication"] = "none"
    elif record.get("client_auth") == "client_secret_basic":
        entry["client_authentication"] = "client_secret_basic"
    if record["pkce"] == "off":
        entry["pkce"] = False
    if record["scope_separator"] not in (" ", "+"):
        entry["scope_separator"] = record["scope_separator"]
    if record["token_body"] == "json" and not record.get("token_body_form_seen_by"):
        entry["token_encoding"] = "json"
    if record["token_method"] == "GET":
        entry["token_method"] = "GET"
    if "token_params_in_query" in (record.get("quirks") or {}):
        entry["token_encoding"] = "query"
    if record.get("device_authorization_url") and not any(
        quirk.startswith("nonstandard_device") for quirk in record.get("quirks") or {}
    ):
        entry["grants"] = ["authorization_code", "device_code"]
    return entry


def _ends(record: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """Yield after how many days a sign-in ends, by the reason."""
    for quirk in record.get("quirks") or {}:
        if found := re.match(
            r"refresh_token_(absolute|inactivity)_lifetime:(\d+)d$", quirk
        ):
            yield "always" if found[1] == "absolute" else "unused", int(found[2])


def _parameters(record: Mapping[str, Any], addresses: Addresses) -> dict[str, Any]:
    entry: dict[str, Any] = {}
    for ours, theirs in (
        ("authorize_parameters", "authorize_params"),
        ("device_parameters", "device_params"),
        ("token_parameters", "token_params"),
        ("refresh_parameters", "refresh_params"),
    ):
        parameters = record.get(theirs) or {}
        if "response_type" in parameters and ours == "authorize_parameters":
            raise Unfit("not covered: response_type")
        if {"username", "password"} & parameters.keys():
            raise Unfit("wants a password")
        if parameters:
            entry[ours] = dict(_filled(parameters, addresses))
    names = {}
    for quirk in record.get("quirks") or {}:
        if found := re.match(r"client_(id|secret)_param:(\w+)", quirk):
            names[f"client_{found[1]}"] = found[2]
        elif found := re.match(r"authorize_param_renamed:(\w+?)=?->(\w+)=?", quirk):
            names[found[1]] = found[2]
        elif found := re.match(
            r"scope_param:(\w+)|user_token_scope_param:(\w+)", quirk
        ):
            names["scope"] = found[1] or found[2]
        elif found := re.match(r"token_response_nested:(\w+)", quirk):
            entry["token_path"] = [found[1]]
    if names:
        entry["parameter_names"] = names
    return entry


def _filled(
    parameters: Mapping[str, str], addresses: Addresses
) -> Iterator[tuple[str, str]]:
    """Yield parameters but for those that forms have no words to ask for."""
    for name, text in parameters.items():
        with suppress(Unfit):
            yield name, addresses.parameter(text)


def _api(record: Mapping[str, Any], addresses: Addresses) -> dict[str, Any]:
    entry: dict[str, Any] = {}
    if base := record.get("api_base_url"):
        # Without it the sign-in works, and addresses of the API have to be whole ones.
        with suppress(Unfit):
            entry["api_base_url"] = addresses.text(base).rstrip("/")
    hosts = [host for host in record.get("api_hosts") or () if "{" not in host]
    base = re.split(r"/+", entry.get("api_base_url") or "")
    hosts = [host for host in hosts if host not in base]
    if hosts:
        entry["api_hosts"] = hosts
    if headers := _headers(record):
        entry["api_headers"] = headers
    bearer = record["bearer"]
    if (bearer["header"], bearer["prefix"].lower()) != ("Authorization", "bearer"):
        prefix = f"{bearer['prefix']} " if bearer["prefix"] else ""
        entry["api_token_header"] = f"{bearer['header']}: {prefix}{{token}}"
    for quirk in record.get("quirks") or {}:
        if found := re.match(r"bearer_in_query:(\w+)", quirk):
            entry["api_token_query"] = found[1]
        elif found := re.match(r"api_key_query:(\w+)", quirk):
            entry["api_query"] = {found[1]: "{client_id}"}
    return entry


def _headers(record: Mapping[str, Any]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, text in (record.get("api_headers") or {}).items():
        default = text.rpartition("|| ")[2] if "||" in text else text
        if name.lower() == "user-agent":
            headers[name] = "HomeAssistant-OAuth2Client"
        elif re.search(r"\{(?!client_id)", default):
            if re.search(r"key|subscription", name.lower()):
                headers[name] = "{api_key}"
        else:
            headers[name] = default
    return headers


def _identity(record: Mapping[str, Any], addresses: Addresses) -> dict[str, Any]:
    """Return the userinfo endpoint, where it looks like one of OpenID Connect."""
    url = record.get("userinfo_url")
    if not url or not re.search(
        r"/(openid|oidc|userinfo)\b|userinfo$", url, re.IGNORECASE
    ):
        return {}
    try:
        return {"userinfo_url": addresses.text(url)}
    except Unfit:
        return {}


def _known_to_form(record: Mapping[str, Any], addresses: Addresses) -> dict[str, Any]:
    """Return scopes and console: preset where they are confirmed, else suggested."""
    about: dict[str, Any] = {}
    entry: dict[str, Any] = {}
    scopes = [
        scope
        for text in record.get("default_scopes") or ()
        for scope in re.split(r"[\s,]+", text)
        if scope and "{" not in scope
    ]
    is_reading = record.get("scopes_kind") in ("curated_read_only", "login_identity")
    if scopes and is_reading and record["agreement"].get("default_scopes") == "agree":
        entry["scopes"] = [*dict.fromkeys(scopes)]
    elif scopes:
        about["scopes"] = [*dict.fromkeys(scopes)]
    if (console := record.get("console_url")) and "{" not in console:
        if record["agreement"].get("console_url") == "agree":
            entry["console_url"] = console
        else:
            about["console_url"] = console
    return entry | ({"about": about} if about else {})
