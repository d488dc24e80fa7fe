"""POST /device and the page for the code it gives (RFC 8628)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
import secrets
from typing import Final

from aiohttp import web

from .client_authentication import OAuthError
from .client_endpoint import json_answer
from .grants import Clock, Grant, GrantStore, InvalidGrant, IssuedTokens
from .pages import device_done_page, device_page, page, problem_page
from .settings import DEVICE_CODE, Settings

# RFC 8628, 6.1: without vowels, so that no code is a word.
_LETTERS: Final = "BCDFGHJKLMNPQRSTVWXZ"
# RFC 8628, 3.5
_SLOWER: Final = 5


@dataclass(kw_only=True, slots=True)
class DeviceRequest:
    """What a device asks for, from its first request to the tokens."""

    client_id: str
    scope: str
    parameters: Mapping[str, str] = field(repr=False)
    device_code: str
    user_code: str
    expires_at: float
    interval: float
    polls: int = 0
    polled_at: float | None = None
    denied: bool = False
    # Set when the user allows it.
    grant: Grant | None = None
    redeemed: bool = False

    @property
    def decided(self) -> bool:
        return self.denied or self.grant is not None


class Devices:
    """Device requests, who decides on them, and what each poll is told."""

    def __init__(
        self, settings: Settings, store: GrantStore, base_url: Callable[[], str]
    ) -> None:
        self.requests: Final = list[DeviceRequest]()
        self._settings = settings
        self._store = store
        self._base_url = base_url

    @property
    def _clock(self) -> Clock:
        return self._store.clock

    def start(self, client_id: str, parameters: Mapping[str, str]) -> web.Response:
        if DEVICE_CODE not in self._settings.grant_types:
            raise OAuthError("unauthorized_client", "not for devices")
        letters = [secrets.choice(_LETTERS) for _ in range(8)]
        request = DeviceRequest(
            client_id=client_id,
            scope=parameters.get("scope", ""),
            parameters=parameters,
            device_code=f"planted-device-{secrets.token_urlsafe(24)}",
            user_code=f"{''.join(letters[:4])}-{''.join(letters[4:])}",
            expires_at=self._clock() + self._settings.device_lifetime,
            interval=self._settings.device_interval,
        )
        self.requests.append(request)
        uri = f"{self._base_url()}/device"
        return json_answer(
            {
                "device_code": request.device_code,
                "user_code": request.user_code,
                "verification_uri": uri,
                "verification_uri_complete": f"{uri}?user_code={request.user_code}",
                "expires_in": self._settings.device_lifetime,
                "interval": self._settings.device_interval,
            }
        )

    async def ask(self, request: web.Request) -> web.Response:
        user_code = request.query.get("user_code", "")
        return page(
            device_page(
                user_code,
                user=self._settings.signed_in_user(),
                asked=self._undecided(user_code),
            )
        )

    async def answer(self, request: web.Request) -> web.Response:
        form = await request.post()
        allow = form.get("decision") == "allow"
        try:
            self.decide(str(form.get("user_code", "")), allow=allow)
        except LookupError as error:
            return page(problem_page(error.args[0]), status=400)
        return page(device_done_page(allowed=allow))

    def decide(self, user_code: str, *, allow: bool) -> None:
        """Do what the user does at the page; raise LookupError where it would not go on."""
        request = self._undecided(user_code)
        if request is None:
            raise LookupError("This code is unknown, too old or was used before.")
        if allow:
            request.grant = self._store.allow_device(request.client_id, request.scope)
        else:
            request.denied = True

    def redeem(self, device_code: str, *, client_id: str) -> IssuedTokens:
        """Answer a poll (RFC 8628, 3.5)."""
        request = self._known(device_code, client_id)
        if self._clock() >= request.expires_at:
            raise OAuthError("expired_token", "the device code is too old")
        too_fast = self._polls_too_fast(request)
        if request.denied:
            raise OAuthError("access_denied", "the user denied it")
        if request.grant is None and too_fast:
            request.interval += _SLOWER
            raise OAuthError("slow_down", "polled before its time")
        if request.grant is None:
            raise OAuthError("authorization_pending", "the user has not decided yet")
        request.redeemed = True
        return self._store.first_tokens(request.grant)

    def _known(self, device_code: str, client_id: str) -> DeviceRequest:
        for request in self.requests:
            if (request.device_code, request.client_id) == (device_code, client_id):
                if request.redeemed:
                    raise InvalidGrant("device code used twice")
                return request
        raise InvalidGrant("unknown device code")

    def _polls_too_fast(self, request: DeviceRequest) -> bool:
        """Note a poll, and say whether it came before its time."""
        now, before = self._clock(), request.polled_at
        request.polls += 1
        request.polled_at = now
        return (
            self._settings.device_strict_polling
            and before is not None
            and now - before < request.interval
        )

    def _undecided(self, user_code: str) -> DeviceRequest | None:
        typed = _letters(user_code)
        for request in self.requests:
            if _letters(request.user_code) == typed and not request.decided:
                return request if self._clock() < request.expires_at else None
        return None


def _letters(user_code: str) -> str:
    """Overlook case, dashes and spaces (RFC 8628, 6.1)."""
    return "".join(letter for letter in user_code.upper() if letter.isalpha())
