"""Finds the secrets of a request, so that errors do not show what a server repeats of them."""

from base64 import b64decode, b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Sequence
import json
from string import ascii_letters, digits
from typing import Final
from urllib.parse import parse_qsl, quote, quote_plus, unquote_plus, urljoin, urlsplit

from .message import Request, Response

_SHORTEST_SECRET: Final = 6
# Parameters that are not secret. Many descriptions repeat them, and a person has to see what to correct.
_NO_SECRETS: Final = frozenset(
    {
        "grant_type",
        "client_id",
        "redirect_uri",
        "scope",
        "response_type",
        "token_type_hint",
        "client_assertion_type",
        "code_challenge_method",
        "resource",
        "prompt",
        "access_type",
    }
)
_LONGEST_SHOWN: Final = 200
# The characters of an address that is shown: none that could end a line or form a Markdown link.
_SHOWN: Final = frozenset(f"{ascii_letters}{digits}:/.%~_-[]")


def sent_values(request: Request | None, held: Iterable[str | None] = ()) -> list[str]:
    """Return the values in a request's body and headers that may be secrets, in each spelling.

    `held` are further secrets that the server knows, such as the other tokens of the account.
    """
    values = [*filter(None, held), *(() if request is None else _values(request))]
    values += [spell(value) for spell in _SPELLINGS for value in list(values)]
    return [value for value in values if len(value) >= _SHORTEST_SECRET]


def _values(request: Request) -> list[str]:
    body = (request.body or b"").decode(errors="replace")
    try:
        fields = [(key, str(value)) for key, value in json.loads(body).items()]
    except ValueError, AttributeError:
        fields = parse_qsl(body)
    # Parameters of a request without a body, or a key in the address of an endpoint.
    fields += parse_qsl(urlsplit(request.url).query)
    values = [value for key, value in fields if key not in _NO_SECRETS]
    for header in request.headers.values():
        values += [header, header.partition(" ")[2], *_basic_secret(header)]
    return values


def shown_target(
    response: Response, *, url: str = "", sent: Sequence[str] = (), whole: bool = False
) -> str | None:
    """Return the target of a redirect from `url` as it can be shown, None where it cannot.

    Query and fragment are left out. None also where the target repeats a value of `sent`. The path is
    left out for another origin, since it may hold a secret of that server, unless `whole`.
    """
    try:
        target = urlsplit(urljoin(url, response.header("Location") or ""))
        here = urlsplit(url)
    except ValueError:
        return None
    origin = f"{target.scheme}://{target.netloc}"
    same = origin == f"{here.scheme}://{here.netloc}"
    shown = origin + (target.path if same or whole else "")
    fits = (
        target.scheme in ("http", "https")
        and target.netloc != ""
        and len(shown) <= _LONGEST_SHOWN
        and all(character in _SHOWN for character in shown)
    )
    return None if not fits or any(value in shown for value in sent) else shown


def _basic_secret(header: str) -> list[str]:
    """Return the secret of a Basic header, as it is and decoded; an empty list for other headers."""
    scheme, _, credentials = header.partition(" ")
    if scheme != "Basic":
        return []
    try:
        _, _, secret = b64decode(credentials).decode().partition(":")
    except ValueError:
        return []
    # Not form-encoded at servers that do not decode it.
    return [secret, unquote_plus(secret)]


def _base64(value: str) -> str:
    return b64encode(value.encode()).decode().rstrip("=")


def _base64url(value: str) -> str:
    return urlsafe_b64encode(value.encode()).decode().rstrip("=")


def _quoted(value: str) -> str:
    return quote(value, safe="")


_SPELLINGS: Final[tuple[Callable[[str], str], ...]] = (
    quote,
    quote_plus,
    _quoted,
    _base64,
    _base64url,
)
