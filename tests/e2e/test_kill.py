"""Kills Home Assistant after rotations: the provider ends a grant whose old token is used."""

from collections.abc import Callable
import time

from tests.live import HomeAssistant
from tests.live.flows import finish_account, start_account

from .provider import Provider, running_provider, sign_in

ROUNDS = 10
LATEST = 2.0
LIFETIME = 4


def _connect(home_assistant: HomeAssistant, provider: Provider) -> str:
    flow_id, url = start_account(
        home_assistant.rest,
        name="Certified",
        authorize_url=provider.authorize_url,
        token_url=provider.token_url,
        api_base_url=provider.api_base_url,
        client_id=provider.client_id,
        client_secret=provider.client_secret,
        scopes=["openid", "email", "api:read"],
    )
    sign_in(url, login="ada")
    return finish_account(home_assistant.rest, flow_id)


def _request(home_assistant: HomeAssistant, entry_id: str) -> int:
    answer = home_assistant.call_action(
        "oauth2_client", "request", account=entry_id, url="/me"
    )
    return int(answer["status"])


def _rotate(home_assistant: HomeAssistant, provider: Provider, entry_id: str) -> None:
    """Use the account until its token has been rotated."""
    before = provider.rotations()
    while provider.rotations() == before:
        assert _request(home_assistant, entry_id) == 200
        time.sleep(0.05)


def test_no_kill_after_a_rotation_signs_the_account_out(
    home_assistant: HomeAssistant, say: Callable[[str], None]
) -> None:
    callback = f"{home_assistant.base_url}/auth/external/callback"
    with running_provider(callback, access_token_lifetime=LIFETIME) as provider:
        entry_id = _connect(home_assistant, provider)
        # The entry itself is saved by Home Assistant, a second after the last change.
        time.sleep(15)
        for number in range(ROUNDS):
            delay = LATEST * number / (ROUNDS - 1)
            _rotate(home_assistant, provider, entry_id)
            time.sleep(delay)
            home_assistant.kill()
            home_assistant.start()
            assert _request(home_assistant, entry_id) == 200
            say(f"Killed {delay:.1f} s after a rotation: signed in")
