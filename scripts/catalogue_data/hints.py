"""What is said of a key that is wrong: what it takes, in words for someone who has not read the schema."""

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
import re
from typing import Final

# Its tables name every key, first in each row.
_DOCUMENT: Final = Path(__file__).parents[2] / "docs/contributing-providers.md"
_ROW: Final = re.compile(r"^\| ((?:`\w+`(?:, )?)+) \|", re.MULTILINE)
_CONDITIONS: Final = frozenset({"kind", "values", "since", "url"})
_ADDRESS: Final = (
    "an address that begins with https:// or with a variable, as in {base_url}/oauth"
)
_TEXTS: Final = 'a list of texts, as in ["read", "profile"]'
_BY_NAME: Final = 'an object of texts, as in {"prompt": "consent"}'
_FLAG: Final = "true or false, without quotes"
_KEYS: Final = 'a list of the keys that lead to it, as in ["data", "id"]'
_ID: Final = "small letters, digits and underscores"
_MONTH: Final = 'a month or a day, as in "2026-11" or "2026-11-28"'
_HINTS: Final = {
    **dict.fromkeys(
        (
            *("authorize_url", "token_url", "refresh_url", "exchange_url", "issuer"),
            *("device_authorization_url", "revocation_url", "introspection_url"),
            *("registration_url", "userinfo_url", "jwks_url", "api_base_url"),
            *("console_url", "docs_url", "pushed_authorization_url"),
        ),
        _ADDRESS,
    ),
    **dict.fromkeys(("scopes", "aliases", "resources", "token_path"), _TEXTS),
    **dict.fromkeys(
        (
            *("authorize_parameters", "device_parameters", "token_parameters"),
            *("refresh_parameters", "exchange_parameters", "api_query", "query"),
            *("token_fields", "token_values", "callback_values", "parameter_names"),
        ),
        _BY_NAME,
    ),
    **dict.fromkeys(
        ("api_headers", "headers", "token_headers"),
        f"{_BY_NAME}; no header of the connection",
    ),
    **dict.fromkeys(("pkce", "device_pkce", "confirmed", "dpop", "allow_http"), _FLAG),
    **dict.fromkeys(("id", "kind", "key", "integration", "successor"), _ID),
    **dict.fromkeys(("since", "looked_up", "ended"), _MONTH),
    "api_hosts": 'a list of hosts without https://, as in ["files.example.com"]',
    "identity.id": _KEYS,
    "identity.name": _KEYS,
    "identity": 'an object, as in {"url": "/me", "id": ["id"], "name": ["email"]}',
    "client_authentication": "client_secret_post, client_secret_basic, client_secret_basic_unencoded or none",
    "grants": "a list of authorization_code, device_code, client_credentials and jwt_bearer",
    "code_challenge_method": "S256 or plain",
    "token_encoding": "form, json or query",
    "token_method": "POST or GET",
    "api_token_header": 'a header with {token} in it, as in "Authorization: OAuth {token}"',
    "variables": 'a list, as in [{"name": "tenant", "kind": "text", "default": "common"}]; kind is text, host or url',
    "known_resources": "a list of objects with id, name, url and values",
    "of": "a list of objects with url, path and ids, the outermost first",
    "ids": 'an object of keys by placeholder, as in {"device": "id"}',
    "values": "a list of objects with key, name and path; each key once",
    "interval": "a number of seconds",
    "platform": "sensor or binary_sensor",
    "grant_ends": 'days by testing, unused and always, as in {"always": 180}',
    "category": "no key of an entry: its file says it",
}


def of_key(key: str, within: str | None) -> str:
    """Return what a key that is wrong takes, as the end of a sentence."""
    hint = _HINTS.get(f"{within}.{key}") or _HINTS.get(key)
    return f": {hint}" if hint else ""


def of_unknown(key: str) -> str:
    """Return what was probably meant by a key that there is none of, as the end of a sentence."""
    near = get_close_matches(key, sorted(known_keys()), n=1, cutoff=0.75)
    return f": did you mean `{near[0]}`?" if near else ""


def known_keys() -> frozenset[str]:
    """Return every key that entries, and what is in them, can have."""
    rows = _ROW.findall(_DOCUMENT.read_text(encoding="utf-8"))
    return _CONDITIONS | frozenset(_named(rows))


def _named(rows: Iterable[str]) -> Iterable[str]:
    for row in rows:
        yield from re.findall(r"`(\w+)`", row)
