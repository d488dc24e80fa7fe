"""No secret is seen in a real Home Assistant: not in its log, its database, its files, its answers."""

from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
import json
from pathlib import Path
import sqlite3
import time
from typing import Any, Final

import pytest

from tests.leaks.planted import Secrets
from tests.live import HomeAssistant, wait_until
from tests.live.flows import add_resource, finish_account, start_account
from tests.live.rest import RequestFailed

from .conftest import running_home_assistant
from .provider import Provider, running_provider, sign_in

LIFETIME = 8
_CONFIGURATION: Final = """\
recorder:
  commit_interval: 1
system_log:
system_health:
"""
_KEY: Final = "planted-key-of-an-address"
_DATABASE: Final = "home-assistant_v2.db"
_PARAMETERS: Final = {
    "access_token": "access token",
    "client_secret": "client secret",
    "code": "code",
    "code_verifier": "code verifier",
    "id_token": "id token",
    "refresh_token": "refresh token",
}
# What may hold which secrets, by the beginning of the file's name.
_KEPT: Final = {
    ".storage/oauth2_client.token.": {
        "access token",
        "refresh token",
        "id token",
        # Until the next start finds that Home Assistant has saved the credential.
        "client secret",
    },
    ".storage/application_credentials": {"client secret"},
    # What a person has typed into a request of their own.
    ".storage/core.config_entries": {"key in a query"},
}


@pytest.fixture
def home_assistant(
    tmp_path: Path, say: Callable[[str], None]
) -> Iterator[HomeAssistant]:
    """A Home Assistant that records, and logs all that it does, each of its libraries too."""
    with running_home_assistant(tmp_path / "config", say, _CONFIGURATION) as running:
        act(running, "logger", "set_default_level", level="debug")
        yield running


def act(home_assistant: HomeAssistant, domain: str, action: str, **data: Any) -> None:
    """Call an action that answers nothing."""
    home_assistant.rest.request("POST", f"/api/services/{domain}/{action}", data)


def _sign_in(home_assistant: HomeAssistant, provider: Provider) -> str:
    """Add an account, and a resource with a key in its address; return the account's id."""
    flow_id, address = start_account(
        home_assistant.rest,
        name="Certified",
        authorize_url=provider.authorize_url,
        token_url=provider.token_url,
        api_base_url=provider.api_base_url,
        client_id=provider.client_id,
        client_secret=provider.client_secret,
        scopes=["openid", "email", "api:read"],
    )
    sign_in(address, login="ada")
    account = finish_account(home_assistant.rest, flow_id)
    add_resource(
        home_assistant.rest,
        account,
        name="Home",
        url=f"/home?key={_KEY}",
        picked=["$.home.temperature", "$.updated"],
    )
    # The account is reloaded for it; what it reads is there only afterwards.
    wait_until(lambda: "21.5" in home_assistant.states().values())
    return account


def _request(home_assistant: HomeAssistant, account: str, url: str) -> Any:
    return home_assistant.call_action(
        "oauth2_client", "request", account=account, url=url
    )


def _live(home_assistant: HomeAssistant, provider: Provider, account: str) -> None:
    """Use the account on good days and on bad ones, with tokens that end in between."""
    rest = home_assistant.rest
    for _ in range(2):
        assert _request(home_assistant, account, "/me")["status"] == 200
        time.sleep(LIFETIME + 1)
    with pytest.raises(RequestFailed):
        _request(home_assistant, account, "/nothing")
    with pytest.raises(RequestFailed):
        _request(home_assistant, account, "https://elsewhere.example/")
    provider.command(listening=False)
    time.sleep(LIFETIME + 1)
    with pytest.raises(RequestFailed):
        _request(home_assistant, account, "/me")
    provider.command(listening=True)
    rest.request("POST", f"/api/config/config_entries/entry/{account}/reload")
    wait_until(lambda: "21.5" in home_assistant.states().values())
    assert provider.rotations() >= 2


def _secrets(provider: Provider) -> Secrets:
    secrets = Secrets()
    secrets.plant("key in a query", _KEY)
    for document in provider.handled():
        for name in _PARAMETERS.keys() & document.keys():
            if document[name]:
                secrets.plant(_PARAMETERS[name], document[name])
    assert secrets.kinds == {"key in a query", *_PARAMETERS.values()}
    return secrets


def _answers(home_assistant: HomeAssistant, account: str) -> dict[str, str]:
    """Return what Home Assistant answers when it is asked, by what it was asked for."""
    rest = home_assistant.rest
    paths = ("states", "config/config_entries/entry", "error_log")
    commands = ("system_log/list", "repairs/list_issues", "config/entity_registry/list")
    asked = {
        path: partial(rest.request, "GET", f"/api/{path}")
        for path in (*paths, f"diagnostics/config_entry/{account}")
    }
    asked |= {name: partial(rest.websocket, {"type": name}) for name in commands}
    answers = {}
    for name, ask in asked.items():
        try:
            answers[name] = json.dumps(ask())
        except json.JSONDecodeError as err:
            # The log is no JSON.
            answers[name] = err.doc
        except RequestFailed as err:
            answers[name] = err.body
    return answers


def _files(folder: Path) -> dict[str, str]:
    """Return what is on disk, by the name of the file; all rows of the database too."""
    files = {
        str(path.relative_to(folder)): path.read_bytes().decode(errors="replace")
        for path in folder.rglob("*")
        if path.is_file() and "custom_components" not in path.parts
    }
    with closing(sqlite3.connect(folder / _DATABASE)) as database:
        rows = list(database.iterdump())
    return {**files, "rows of the database": "\n".join(rows)}


def _found(secrets: Secrets, name: str, text: str) -> list[str]:
    """Return the secrets that a text holds and should not."""
    kept = next((kinds for begin, kinds in _KEPT.items() if name.startswith(begin)), ())
    return [
        where
        for where in secrets.found_in(text)
        if not any(where.startswith(f"{kind} as ") for kind in kept)
    ]


def test_no_secret_is_seen_in_the_life_of_an_account(
    home_assistant: HomeAssistant, say: Callable[[str], None]
) -> None:
    callback = f"{home_assistant.base_url}/auth/external/callback"
    with running_provider(callback, access_token_lifetime=LIFETIME) as provider:
        say("An account is signed in and used, on bad days too")
        account = _sign_in(home_assistant, provider)
        _live(home_assistant, provider, account)
        seen = _answers(home_assistant, account)
        # Credentials are saved ten seconds late at most, the database every second.
        home_assistant.stop()
        secrets = _secrets(provider)
    say("Its secrets are looked for")
    seen |= _files(home_assistant.config_dir)

    # What is looked through is there, and a secret in it would be found.
    assert "DEBUG" in seen["output.log"]
    assert "21.5" in seen["rows of the database"]
    assert "21.5" in seen["states"]
    assert "has_refresh_token" in seen[f"diagnostics/config_entry/{account}"]
    token_file = seen[f".storage/oauth2_client.token.{account}"]
    assert {"access token", "refresh token"} <= {
        where.partition(" as ")[0] for where in secrets.found_in(token_file)
    }
    assert {
        name: found
        for name, text in seen.items()
        if (found := _found(secrets, name, text))
    } == {}
