"""Parses and checks an authorization response that a person pastes (RFC 6749, 4.1.2; RFC 9207)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from copy import replace
from hmac import compare_digest
import re
from typing import Final, Literal
from urllib.parse import SplitResult, unquote, unquote_plus, urlsplit

from .errors import RefusedByPolicy
from .frozen import Frozen
from .metadata import is_same_issuer
from .refusal import shown_words
from .server import AuthorizationServer

type InvalidCallbackReason = Literal[
    "code_alone",
    "missing",
    "no_answer",
    "no_issuer",
    "no_state",
    "old",
    "other_address",
    "other_issuer",
    "repeated",
    "sign_in_page",
    "too_long",
]

_MAX_CHARACTERS: Final = 16 * 1024
_MAX_URI_CHARACTERS: Final = 2000
# Quotation marks and brackets that mail programs and people put around an address.
_AROUND: Final = "\"'`<>“”„‟‘’‚‛«»‹›"
# The parameters that are read. Others are ignored (RFC 6749, 4.1.2).
_READ: Final = ("code", "state", "iss", "error", "error_description")
_OF_A_REQUEST: Final = frozenset({"response_type", "client_id", "request_uri"})
# RFC 6749, A.11, without the space, which no service is known to use in a code.
_CODE: Final = re.compile(r"[\x21-\x7E]+")
# A code that a service shows without an address. Shorter texts, and hosts with a path, are no codes.
_CODE_ALONE: Final = re.compile(r"[\x21-\x25\x27-\x3E\x40-\x7E]{4,}")
_HOST_AND_PATH: Final = re.compile(r"[\w-]+(?:\.[\w-]+)*(?::\d+/|\.[\w-]+/)", re.ASCII)
# RFC 3986, 4.3: an absolute URI, which has no fragment.
_URI: Final = re.compile(
    r"([a-z][a-z0-9+.\-]*):(?:[\w\-.~:/?\[\]@!$&'()*+,;=]|%[0-9a-f]{2})+",
    re.IGNORECASE | re.ASCII,
)
# Schemes that a browser runs or shows itself instead of sending a request.
_NEVER: Final = frozenset(
    {"about", "blob", "data", "file", "filesystem", "javascript", "vbscript"}
)
_DEFAULT_PORTS: Final = {"http": ":80", "https": ":443"}
# The scheme of redirect URIs that make a server show the code, such as urn:ietf:wg:oauth:2.0:oob.
_SHOWN_ONLY: Final = "urn"
# The placeholder for a tenant's id in Microsoft's metadata.
_TENANT: Final = "{tenantid}"

type _Pairs = list[tuple[str, str]]


class Callback(Frozen, secret=("code",)):
    """An authorization response that belongs to this sign-in: a code or an error (RFC 6749, 4.1.2).

    `brought` are the parameters that the server's `callback_values` name.
    """

    code: str | None = None
    error: str | None = None
    description: str | None = None
    brought: Mapping[str, str] = {}


class InvalidCallback(Exception):
    """A pasted text that is rejected. `issuer` is set where the text names another issuer."""

    def __init__(self, reason: InvalidCallbackReason, *, issuer: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.issuer = issuer


def is_redirect_uri(text: str) -> bool:
    """Return whether a text can be registered as a redirect URI (RFC 6749, 3.1.2; RFC 8252, 7)."""
    if len(text) > _MAX_URI_CHARACTERS or (uri := _URI.fullmatch(text)) is None:
        return False
    scheme = uri[1].lower()
    if scheme in _NEVER:
        return False
    parts = _split_uri(text)
    if scheme in _DEFAULT_PORTS:
        return parts is not None and bool(parts.hostname)
    # `localhost:8080` has no scheme, but looks as if it had one.
    return parts is not None and not text[len(scheme) + 1].isdigit()


def check_issuer(server: AuthorizationServer, issuer: str) -> None:
    """Check the issuer that an authorization response names (RFC 9207, 2.4).

    Raises RefusedByPolicy (`other_issuer`) where the server's issuer is known and is another one.
    """
    if not _is_issuer_of(server, issuer):
        raise RefusedByPolicy("other_issuer", description=shown_words(issuer, ()))


def _is_issuer_of(server: AuthorizationServer, issuer: str) -> bool:
    if server.issuer is None:
        return True
    before, tenant, after = server.issuer.partition(_TENANT)
    if tenant and issuer.startswith(before):
        named, slash, rest = issuer.removeprefix(before).partition("/")
        return bool(named) and slash + rest == after
    return is_same_issuer(issuer, server.issuer)


def parse_callback(
    text: str, *, server: AuthorizationServer, redirect_uri: str, state: str
) -> Callback:
    """Return the authorization response in a pasted text, which has to belong to the sign-in `state`.

    The text is the whole address, its query or its fragment, or what some services show instead:
    `code#state`, or the code alone. A code alone does not show which sign-in it belongs to: it is
    accepted only where PKCE proves it and the server does not promise to name its issuer
    (docs/decisions/0009).

    Raises InvalidCallback.
    """
    if len(text) > _MAX_CHARACTERS:
        raise InvalidCallback("too_long")
    cleaned = _cleaned(text)
    if not cleaned:
        raise InvalidCallback("missing")
    before, _, fragment = cleaned.partition("#")
    address, _, query = before.partition("?")
    if not query and _is_answer(_pairs(address)):
        address, query = "", address
    pairs = _pairs(query) + _pairs(fragment)
    if not query and not pairs and _is_code_alone(text, address, redirect_uri):
        read = {"code": address, "state": fragment}
        return _checked(read, server, state=state, whole=False)
    # A server that shows the code may do so at an address of its own, without the state.
    whole = not _is_shown_at(address, redirect_uri, server)
    if whole and address:
        _check_address(address, redirect_uri, server)
        pairs = _without_own_query(pairs, redirect_uri)
    pairs = usual_names(pairs, server.callback_names)
    read = _read(pairs)
    if not read.keys() & {"code", "error"}:
        asked = _OF_A_REQUEST & {name for name, _ in pairs}
        raise InvalidCallback("sign_in_page" if asked else "no_answer")
    brought = _read(pairs, server.callback_values.values())
    return replace(_checked(read, server, state=state, whole=whole), brought=brought)


def usual_names(
    pairs: Sequence[tuple[str, str]], names: Mapping[str, str]
) -> list[tuple[str, str]]:
    """Return the parameters of an authorization response under the RFC's names.

    `names` maps them to the server's own names, which count where a response has both.
    """
    usual = {theirs: ours for ours, theirs in names.items()}
    present = {usual[name] for name, _ in pairs if name in usual}
    return [
        (usual.get(name, name), value) for name, value in pairs if name not in present
    ]


def _checked(
    read: dict[str, str], server: AuthorizationServer, *, state: str, whole: bool
) -> Callback:
    """Check the issuer and the state of a response. A `whole` address has to have a state."""
    _check_issuer(read.get("iss"), server)
    answered, error = read.get("state"), read.get("error")
    if answered and not compare_digest(answered.encode(), state.encode()):
        raise InvalidCallback("old")
    if error is not None:
        # An error needs no state, since it leads to no token.
        return Callback(error=error, description=read.get("error_description"))
    if not answered and whole:
        raise InvalidCallback("no_state")
    if not answered and not server.pkce:
        raise InvalidCallback("code_alone")
    if not _CODE.fullmatch(read["code"]):
        raise InvalidCallback("no_answer")
    return Callback(code=read["code"])


def _check_issuer(issuer: str | None, server: AuthorizationServer) -> None:
    """Check that a response names this server, as far as it has to (RFC 9207, 2.4)."""
    if server.issuer is None:
        return
    if issuer is None:
        if server.issuer_in_callback:
            raise InvalidCallback("no_issuer")
        return
    if not _is_issuer_of(server, issuer):
        shown = (shown_words(issuer, ()) or "").replace("`", "")
        raise InvalidCallback("other_issuer", issuer=shown)


def _cleaned(text: str) -> str:
    """Return a text without the quotation marks, white space and HTML entities that copying added."""
    for entity in ("&amp;", "&#38;", "&#x26;"):
        text = text.replace(entity, "&")
    text = "".join(char for char in text if char.isprintable() and not char.isspace())
    text = text.strip(_AROUND)
    # Some pages show an encoded code alone. The values of parameters are decoded one by one later.
    return text if "=" in text else unquote(text)


def _pairs(text: str) -> _Pairs:
    """Return the parameters of a query: decoded names, and values that are still encoded."""
    return [
        (unquote_plus(name), value)
        for name, equals, value in (part.partition("=") for part in text.split("&"))
        if equals
    ]


def _is_answer(pairs: _Pairs) -> bool:
    return any(name in _READ for name, _ in pairs)


def _read(pairs: _Pairs, names: Iterable[str] = _READ) -> dict[str, str]:
    """Return the parameters of these names, decoded. Empty ones count as left out (RFC 6749, 3.1)."""
    read: dict[str, str] = {}
    for name in names:
        values = [value for key, value in pairs if key == name]
        if len(values) > 1:
            raise InvalidCallback("repeated")
        if any(values):
            # A plus sign in a code was left unencoded; it does not stand for a space.
            words = name == "error_description" or name not in _READ
            read[name] = unquote_plus(values[0]) if words else unquote(values[0])
    return read


def _is_code_alone(text: str, code: str, redirect_uri: str) -> bool:
    if len(text.split()) != 1 or not _CODE_ALONE.fullmatch(code):
        return False
    # Not an address: neither the redirect URI itself nor another one without its scheme.
    if "://" in code or code.startswith("www.") or _HOST_AND_PATH.match(code):
        return False
    return _place(code, redirect_uri) not in _places(redirect_uri)


def _is_shown_at(address: str, redirect_uri: str, server: AuthorizationServer) -> bool:
    """Return whether the server shows the code, and does so at this address."""
    if not redirect_uri.lower().startswith(f"{_SHOWN_ONLY}:"):
        return False
    return _origin(address) is not None and (
        _origin(address) == _origin(server.authorize_url)
    )


def _without_own_query(pairs: _Pairs, redirect_uri: str) -> _Pairs:
    """Return the parameters without those of the redirect URI's own query (RFC 6749, 3.1.2)."""
    own = _pairs(redirect_uri.partition("?")[2])
    missing = Counter((name, unquote_plus(value)) for name, value in own)
    left = []
    for name, value in pairs:
        decoded = name, unquote_plus(value)
        if missing[decoded]:
            missing[decoded] -= 1
        else:
            left.append((name, value))
    if missing.total():
        raise InvalidCallback("other_address")
    return left


def _check_address(
    address: str, redirect_uri: str, server: AuthorizationServer
) -> None:
    place = _place(address, redirect_uri)
    if place is not None and place in _places(redirect_uri):
        return
    if place is not None and place[1] == urlsplit(server.authorize_url).netloc.lower():
        raise InvalidCallback("sign_in_page")
    raise InvalidCallback("other_address")


def _places(redirect_uri: str) -> list[tuple[str, str, str] | None]:
    """Return where a redirect URI leads to: browsers may replace http by https."""
    place = _place(redirect_uri.partition("?")[0], redirect_uri)
    if place is None or place[0] != "http" or ":" in place[1]:
        return [place]
    return [place, ("https", *place[1:])]


def _place(address: str, redirect_uri: str) -> tuple[str, str, str] | None:
    """Return scheme, host and path of an address. Browsers may show it without its scheme."""
    scheme, colon, rest = redirect_uri.partition(":")
    if "://" not in address and rest.startswith("//"):
        address = f"{scheme}{colon}//{address}"
    if (parts := _split_uri(address)) is None:
        return None
    host = parts.netloc.lower().removesuffix(_DEFAULT_PORTS.get(parts.scheme, " "))
    return parts.scheme, host, unquote(parts.path).rstrip("/")


def _origin(address: str) -> tuple[str, str] | None:
    parts = _split_uri(address)
    return None if parts is None else (parts.scheme, parts.netloc.lower())


def _split_uri(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address)
        # `port` raises ValueError where it is not a number.
        return None if parts.port == 0 else parts
    except ValueError:
        return None
