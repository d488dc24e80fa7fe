"""Parses the answer of a token endpoint: a token set, or an error named after its remedy.

RFC 6749, 5.1 and 5.2, and the deviations of real servers.
"""

from collections.abc import Mapping, Sequence
import json
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from .echo import sent_values, shown_target
from .error_codes import (
    PROXY_STATUSES,
    REFUSING_STATUSES,
    error_from_code,
    fit_to_show,
    is_code,
)
from .errors import (
    ClientRejected,
    GrantRejected,
    OAuth2Error,
    RefusedByPolicy,
    TemporaryFailure,
)
from .lifetime import expires_at, refresh_expires_at
from .message import Request, Response
from .retry import is_temporary, retry_after
from .scopes import granted_scopes
from .server import AuthorizationServer
from .token_set import TokenSet

if TYPE_CHECKING:
    from .dpop import DpopKey

type Answer = Mapping[str, object]

_MAX_BYTES: Final = 256 * 1024
_MAX_FORM_FIELDS: Final = 64
_FORM_ERRORS: Final = ("error", "error_code", "errorCode", "error_description")
# RFC 6749, appendix A.12: visible ASCII and spaces. A line break would end a header early.
_TOKEN: Final = re.compile(r"[\x20-\x7E]{1,65536}")
_BEARER: Final = "Bearer"
_DPOP: Final = "DPoP"
# Names of `token_type` that mean a bearer token, in lower case, without separators and "token" at the
# end. Slack names whom the token is for; others name the protocol or the format.
_BEARER_NAMES: Final = frozenset(
    {"", "access", "app", "bearer", "bot", "jwt", "oauth", "oauth2", "user"}
)


def parse_token_response(
    response: Response,
    *,
    server: AuthorizationServer,
    now: float,
    previous: TokenSet | None = None,
    held: TokenSet | None = None,
    requested_scopes: Sequence[str] = (),
    request: Request | None = None,
    dpop_key: DpopKey | None = None,
) -> TokenSet:
    """Return the token set of an answer.

    `previous` is the token set that was refreshed: what the answer omits is taken from it. `held` is a
    token set that the new one replaces without a refresh. The error repeats neither their tokens nor
    secrets of `request`, which is what was sent. `now` is in seconds since the epoch. `dpop_key` is the
    key of the request's proof.

    Raises GrantRejected, ClientRejected, ScopeRejected, TemporaryFailure, RefusedByPolicy. A new refresh
    token in an answer without a usable access token is the error's `next_refresh_token`.
    """
    if 300 <= response.status < 400:
        # Secrets never follow a redirect.
        endpoint = server.token_url if request is None else request.url
        target = shown_target(response, url=endpoint, sent=sent_values(request))
        raise RefusedByPolicy("redirect_refused", description=target)
    document = _read(response.body, server)
    answer = document if isinstance(document, dict) else None
    inner = _unwrap(answer, server.token_path)
    code = _error_code(answer, inner, server)
    if code is not None or response.status >= 400 or not _has_token(inner, server):
        from .refusal import is_plain, known_code, read_refusal, shown_words  # noqa: PLC0415 - small, and a refresh that succeeds does without

        refusal = read_refusal(document, response, first=code)
        known = known_code(refusal, refreshing=previous is not None)
        sent = sent_values(request, _tokens(previous or held))
        if code is not None or response.status >= 400 or known is not None:
            raise _error(
                response.status,
                fit_to_show(next(iter(refusal.codes), code), sent),
                meaning=known,
                is_plain=is_plain(refusal),
                by_server=document is not None,
                refreshing=previous is not None,
                scopes=requested_scopes,
                description=shown_words(refusal.words, sent),
                wait=retry_after(response, now=now),
            )
    try:
        token_set = _token_set(inner, server, now, previous, dpop_key)
    except OAuth2Error as err:
        err.next_refresh_token = _next_refresh_token(inner, server, previous)
        raise
    if server.token_values:
        from .token_values import with_values  # noqa: PLC0415 - few servers have any

        return with_values(token_set, server.token_values, (inner, answer))
    return token_set


def _read(body: bytes, server: AuthorizationServer) -> Answer | list[object] | None:
    """Return an answer in JSON or form encoding, whatever its content type; None for neither."""
    if len(body) > _MAX_BYTES:
        return None
    text = body.decode("utf-8-sig", errors="replace").strip()
    try:
        parsed = json.loads(text)
    except ValueError, RecursionError:
        return _read_form(text, server)
    return parsed if isinstance(parsed, dict | list) else None


def _read_form(text: str, server: AuthorizationServer) -> Answer | None:
    if text.startswith("<"):
        # An HTML page: the query strings of its links would look like fields.
        return None
    try:
        fields = dict(
            parse_qsl(
                text,
                keep_blank_values=True,
                strict_parsing=True,
                max_num_fields=_MAX_FORM_FIELDS,
            )
        )
    except ValueError:
        return None
    tokens = {
        server.token_fields.get(name, name)
        for name in ("access_token", "refresh_token")
    }
    return fields if fields.keys() & {*tokens, *_FORM_ERRORS} else None


def _unwrap(answer: Answer | None, path: Sequence[str]) -> Answer | None:
    """Return the object at the server's token path, or the whole answer where there is none."""
    inner: object = answer
    for key in path:
        inner = inner.get(key) if isinstance(inner, dict) else None
    return inner if isinstance(inner, dict) and inner else answer


def _error_code(
    answer: Answer | None, inner: Answer | None, server: AuthorizationServer
) -> str | None:
    """Return the error code of an answer, whatever its status; None where it is no error."""
    field = server.token_fields.get("error", "error")
    for part in (inner, answer):
        if part is None or not part.get(field):
            continue
        code = part[field]
        if isinstance(code, int):
            return server.token_errors.get(str(code), "unknown_error")
        if not isinstance(code, str) or not is_code(code):
            return "unknown_error"
        # A text of several words is a message, not a code; `refusal` reads it.
        return server.token_errors.get(code, "unknown_error" if " " in code else code)
    if answer is not None and isinstance(errors := answer.get("errors"), list):
        if not errors:
            return None
        return _nested_code(errors)
    return None


def _nested_code(errors: list[object]) -> str:
    """Return the code of the first error of a list: its `errorType` or `code`."""
    first = errors[0] if errors and isinstance(errors[0], dict) else {}
    for key in ("errorType", "code"):
        code = first.get(key)
        if isinstance(code, str) and is_code(code):
            return code
    return "unknown_error"


def _error(
    status: int,
    code: str | None,
    *,
    meaning: str | None,
    is_plain: bool,
    by_server: bool,
    refreshing: bool,
    scopes: Sequence[str],
    description: str | None,
    wait: float | None,
) -> OAuth2Error:
    if meaning is not None and (is_plain or code in (None, "unknown_error")):
        code = meaning
    if is_temporary(status):
        return TemporaryFailure(
            code or f"http_{status}", retry_after=wait, description=description
        )
    known = error_from_code(
        meaning or "",
        server_code=code,
        scopes=scopes,
        description=description,
        retry_after=wait,
    )
    if known is not None:
        return known
    if by_server and code is not None and status not in PROXY_STATUSES:
        # The server refuses with a code that we do not know. Repeating the request will not help.
        return GrantRejected(code, description=description)
    if not refreshing and 400 <= status < 500:
        # At a first sign-in, a refusal without a reason concerns the credential just entered.
        reason = f"http_{status}" if code in (None, "unknown_error") else code
        return ClientRejected(reason, description=description)
    return TemporaryFailure(
        f"http_{status}",
        retry_after=wait,
        description=description,
        is_refusal=status in REFUSING_STATUSES,
    )


def _tokens(held: TokenSet | None) -> tuple[str | None, ...]:
    """Return the tokens of an account, which an error may repeat though they were not sent."""
    if held is None:
        return ()
    return (
        held.access_token,
        held.refresh_token,
        held.id_token,
        held.earlier_refresh_token,
    )


def _has_token(inner: Answer | None, server: AuthorizationServer) -> bool:
    name = server.token_fields.get("access_token", "access_token")
    return inner is not None and bool(inner.get(name))


def _token_set(
    answer: Answer | None,
    server: AuthorizationServer,
    now: float,
    previous: TokenSet | None,
    dpop_key: DpopKey | None,
) -> TokenSet:
    if answer is None:
        raise TemporaryFailure("invalid_token_response")

    def name(field: str) -> str:
        return server.token_fields.get(field, field)

    access_token = answer.get(name("access_token"))
    if not isinstance(access_token, str) or not _TOKEN.fullmatch(access_token):
        raise TemporaryFailure("invalid_token_response")
    bound = _is_bound(answer.get(name("token_type")), dpop_key)
    scopes = granted_scopes(answer, name("scope"), server.scope_separator)
    refresh_token = _usable_token(answer.get(name("refresh_token")))
    id_token = _usable_token(answer.get(name("id_token")))
    if previous is not None:
        # RFC 6749, 6: omitted values are unchanged.
        refresh_token = refresh_token or previous.refresh_token
        id_token = id_token or previous.id_token
        scopes = previous.scopes if scopes is None else scopes
    return TokenSet(
        access_token=access_token,
        token_type=_DPOP if bound else _BEARER,
        dpop_key=dpop_key if bound else None,
        refresh_token=refresh_token,
        received_at=now,
        expires_at=expires_at(
            answer,
            name=name,
            now=now,
            default=server.token_lifetime,
            access_token=access_token,
        ),
        refresh_expires_at=refresh_expires_at(answer, name=name, now=now),
        scopes=scopes,
        id_token=id_token,
        values={} if previous is None else previous.values,
    )


def _next_refresh_token(
    answer: Answer | None, server: AuthorizationServer, previous: TokenSet | None
) -> str | None:
    """Return the new refresh token of an answer without a usable access token, None without one.

    A server that rotates refresh tokens has ended the one that was sent (RFC 9700, 4.14.2).
    """
    if answer is None or previous is None or previous.refresh_token is None:
        return None
    name = server.token_fields.get("refresh_token", "refresh_token")
    token = _usable_token(answer.get(name))
    is_known = token in (previous.refresh_token, previous.earlier_refresh_token)
    return None if is_known else token


def _is_bound(token_type: object, dpop_key: DpopKey | None) -> bool:
    """Tell whether a token is bound to the key (RFC 9449, 5); a bearer token is not.

    Raises ClientRejected for any other type (RFC 6749, 7.1), which the client's registration decides.
    """
    if token_type in (None, ""):
        return False
    if not isinstance(token_type, str):
        raise ClientRejected("unsupported_token_type")
    if token_type.lower() == _DPOP.lower() and dpop_key is not None:
        return True
    name = re.sub(r"[\W_]", "", token_type.rpartition(":")[2]).lower()
    if name.removesuffix("token") not in _BEARER_NAMES:
        raise ClientRejected("unsupported_token_type")
    return False


def _usable_token(token: object) -> str | None:
    return token if isinstance(token, str) and _TOKEN.fullmatch(token) else None
