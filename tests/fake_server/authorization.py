"""GET /authorize and the consent page's form (RFC 6749, 4.1.1 and 4.1.2; RFC 9126, 4)."""

import secrets
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from .authorization_request import (
    Refused,
    SentBack,
    every,
    read_client_id,
    read_redirect_uri,
    read_request,
)
from .grants import AuthorizationRequest, GrantStore
from .pages import consent_page, page, problem_page
from .pushed import PushedRequests
from .settings import Settings


class AuthorizationEndpoint:
    """Asks a person and sends the browser back with the answer."""

    def __init__(
        self, settings: Settings, store: GrantStore, pushed: PushedRequests
    ) -> None:
        self._settings = settings
        self._store = store
        self._pushed = pushed
        # Consent pages that were shown, and where those that were answered sent the browser.
        self._asked: dict[str, AuthorizationRequest] = {}
        self._answers: dict[str, str] = {}

    async def ask(self, request: web.Request) -> web.Response:
        query = request.query
        try:
            client_id = read_client_id(query, self._settings)
            if "request_uri" in query:
                # RFC 9101, 5: parameters beside it do not count.
                return self._show(self._pushed.take(query, client_id=client_id))
            redirect_uri = read_redirect_uri(query)
        except Refused as error:
            return page(problem_page(str(error)), status=400)
        try:
            self._refuse_unless_pushed()
            asked = read_request(
                query, self._settings, client_id=client_id, redirect_uri=redirect_uri
            )
        except SentBack as error:
            state = every(query, "state")
            return _redirect(
                _callback(
                    redirect_uri,
                    state[0] if len(state) == 1 else None,
                    error=error.code,
                    error_description=str(error),
                )
            )
        return self._show(asked)

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

    def _refuse_unless_pushed(self) -> None:
        if self._settings.require_pushed:
            raise SentBack("invalid_request", "the request must be pushed")

    def _show(self, asked: AuthorizationRequest) -> web.Response:
        ticket = secrets.token_urlsafe(16)
        self._asked[ticket] = asked
        return page(
            consent_page(asked, user=self._settings.signed_in_user(), ticket=ticket)
        )

    def _answer(self, asked: AuthorizationRequest, *, allow: bool) -> str:
        if allow:
            return _callback(
                asked.redirect_uri, asked.state, code=self._store.allow(asked)
            )
        return _callback(asked.redirect_uri, asked.state, error="access_denied")


def _callback(redirect_uri: str, state: str | None, **answer: str) -> str:
    """Add the answer; the redirect URI keeps a query of its own (RFC 6749, 3.1.2)."""
    parts = urlsplit(redirect_uri)
    added = urlencode(answer if state is None else answer | {"state": state})
    query = f"{parts.query}&{added}" if parts.query else added
    return parts._replace(query=query).geturl()


def _redirect(location: str) -> web.Response:
    headers = {"Location": location, "Cache-Control": "no-store"}
    return web.Response(status=302, headers=headers)
