"""GET /authorize and the consent page's form (RFC 6749, 4.1.1 and 4.1.2)."""

import re
import secrets
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from .grants import AuthorizationRequest, GrantStore
from .pages import consent_page, problem_page
from .settings import Settings

# RFC 7636, 4.2: the base64url of a SHA-256 digest.
_CHALLENGE: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_PAGE_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
}


class _Refused(Exception):
    """Told to the person only: where to send the answer is not certain (RFC 6749, 4.1.2.1)."""


class _SentBack(Exception):
    """An error that the client is told by way of its redirect URI."""

    def __init__(self, code: str, description: str) -> None:
        super().__init__(description)
        self.code = code


class AuthorizationEndpoint:
    """Asks a person and sends the browser back with the answer."""

    def __init__(self, settings: Settings, store: GrantStore) -> None:
        self._settings = settings
        self._store = store
        # Consent pages that were shown, and where those that were answered sent the browser.
        self._asked: dict[str, AuthorizationRequest] = {}
        self._answers: dict[str, str] = {}

    async def ask(self, request: web.Request) -> web.Response:
        try:
            client_id = self._client_id(request)
            redirect_uri = _redirect_uri(request)
        except _Refused as error:
            return page(problem_page(str(error)), status=400)
        try:
            asked = self._request(request, client_id, redirect_uri)
        except _SentBack as error:
            state = _all(request, "state")
            return _redirect(
                _callback(
                    redirect_uri,
                    state[0] if len(state) == 1 else None,
                    error=error.code,
                    error_description=str(error),
                )
            )
        ticket = secrets.token_urlsafe(16)
        self._asked[ticket] = asked
        return page(
            consent_page(asked, user=self._settings.signed_in_user(), ticket=ticket)
        )

    async def decide(self, request: web.Request) -> web.Response:
        form = await request.post()
        ticket = str(form.get("ticket", ""))
        if ticket not in self._asked:
            return page(
                problem_page("This page is not from here or too old."), status=400
            )
        # A double click must not end on an error page: the first answer is given again.
        if ticket not in self._answers:
            self._answers[ticket] = self._answer(
                self._asked[ticket], allow=form.get("decision") == "allow"
            )
        return _redirect(self._answers[ticket])

    def _answer(self, asked: AuthorizationRequest, *, allow: bool) -> str:
        if allow:
            return _callback(
                asked.redirect_uri, asked.state, code=self._store.allow(asked)
            )
        return _callback(asked.redirect_uri, asked.state, error="access_denied")

    def _client_id(self, request: web.Request) -> str:
        values = _all(request, "client_id")
        if len(values) != 1:
            raise _Refused("The request must name exactly one client (client_id).")
        if values[0] not in self._settings.clients:
            raise _Refused(
                f"Unknown client: no application is registered as “{values[0]}”."
            )
        return values[0]

    def _request(
        self, request: web.Request, client_id: str, redirect_uri: str
    ) -> AuthorizationRequest:
        for name in request.query:
            if len(request.query.getall(name)) > 1:
                raise _SentBack("invalid_request", f"{name} is repeated")
        response_type = request.query.get("response_type")
        if not response_type:
            raise _SentBack("invalid_request", "response_type is missing")
        if response_type != "code":
            raise _SentBack("unsupported_response_type", "only code is supported")
        return AuthorizationRequest(
            client_id=client_id,
            redirect_uri=redirect_uri,
            scope=" ".join(request.query.get("scope", "").split()),
            state=request.query.get("state"),
            code_challenge=self._code_challenge(request),
        )

    def _code_challenge(self, request: web.Request) -> str | None:
        challenge = request.query.get("code_challenge")
        method = request.query.get("code_challenge_method")
        if not challenge:
            if self._settings.require_pkce:
                raise _SentBack("invalid_request", "code_challenge is missing")
            return None
        # RFC 7636, 4.3: without a method it is plain, which is refused here.
        if method != "S256" or not _CHALLENGE.fullmatch(challenge):
            raise _SentBack("invalid_request", "code_challenge must be of method S256")
        return challenge


def page(content: str, *, status: int = 200) -> web.Response:
    return web.Response(
        text=content, status=status, content_type="text/html", headers=_PAGE_HEADERS
    )


def _all(request: web.Request, name: str) -> list[str]:
    # An explicit default: getall() raises without one.
    nothing: list[Any] = []
    return request.query.getall(name, nothing)


def _redirect_uri(request: web.Request) -> str:
    values = _all(request, "redirect_uri")
    if len(values) != 1:
        raise _Refused("The request must hold exactly one redirect_uri.")
    uri = values[0]
    try:
        parts = urlsplit(uri)
        good = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        good = False
    # RFC 6749, 3.1.2: absolute and without a fragment. urlsplit overlooks control characters.
    if not good or "#" in uri or re.search(r"[\x00-\x20\x7f]", uri):
        raise _Refused(f"The redirect_uri “{uri}” is not an absolute http(s) address.")
    return uri


def _callback(redirect_uri: str, state: str | None, **answer: str) -> str:
    """Add the answer; the redirect URI keeps a query of its own (RFC 6749, 3.1.2)."""
    parts = urlsplit(redirect_uri)
    added = urlencode(answer if state is None else answer | {"state": state})
    query = f"{parts.query}&{added}" if parts.query else added
    return parts._replace(query=query).geturl()


def _redirect(location: str) -> web.Response:
    headers = {"Location": location, "Cache-Control": "no-store"}
    return web.Response(status=302, headers=headers)
