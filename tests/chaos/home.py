"""A real Home Assistant with its accounts, and the server that they are at."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
import json
from pathlib import Path
import sys
import time
from typing import Final

from tests.e2e.provider import Provider, Rotation, running_provider
from tests.live import HomeAssistant, free_port
from tests.live.home_assistant import Progress
from tests.live.rest import Rest

from .accounts import CORE, Account, add_account, add_core_account
from .watch import Rotations, TokenFiles

_ROOT: Final = Path(__file__).parents[2]
_CORE_ACCOUNT: Final = Path(__file__).parent / CORE
# Seconds that an access token lives: each start finds one that has ended.
LIFETIME: Final = 2
# Of a token set that is due, the rest is left: the account refreshes it when it is used.
_DUE_AFTER: Final = 0.95 * LIFETIME
_ROTATION_SECONDS: Final = 60.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Home:
    """What is killed. The accounts are signed in, and all of it is saved."""

    home_assistant: HomeAssistant
    provider: Provider
    rotations: Rotations
    account: Account
    # In the same Home Assistant, at the same server: killed by the same kills.
    core: Account | None
    on_disk: TokenFiles
    core_on_disk: TokenFiles

    @property
    def rest(self) -> Rest:
        return self.home_assistant.rest

    @property
    def accounts(self) -> list[Account]:
        return [self.account, *([] if self.core is None else [self.core])]

    @property
    def token_file(self) -> Path:
        """Where the account's token set is stored."""
        return self.storage / f"oauth2_client.token.{self.account.entry_id}"

    @property
    def storage(self) -> Path:
        return self.home_assistant.config_dir / ".storage"

    def let_expire(self) -> None:
        """Wait until each account's token set is due."""
        for account in self.accounts:
            for rotation in self.rotations.of(account.login)[-1:]:
                time.sleep(max(rotation.at + _DUE_AFTER - time.time(), 0))

    def rotate_at_start(self) -> Rotation:
        """Start Home Assistant; return the rotation of its set-up, in its moment."""
        self.let_expire()
        since = time.time()
        self.home_assistant.launch()
        return self._next_rotation(since)

    def rotate_while_running(self) -> Rotation:
        """Use the accounts until the token is rotated; return the rotation, in its moment."""
        self.let_expire()
        since = time.time()
        # Not as a context manager: it would wait for the answers.
        executor = ThreadPoolExecutor(len(self.accounts))
        for account in self.accounts:
            executor.submit(account.use)
        try:
            return self._next_rotation(since)
        finally:
            executor.shutdown(wait=False)

    def _next_rotation(self, since: float) -> Rotation:
        # The server's clock has milliseconds.
        since = int(since * 1000) / 1000
        login = self.account.login
        return self.rotations.next(login, since=since, seconds=_ROTATION_SECONDS)


@contextmanager
def running_home(folder: Path, *, core: bool, progress: Progress) -> Iterator[Home]:
    """Run a server and a Home Assistant with its accounts."""
    rotations = Rotations()
    port = free_port()
    callback = f"http://127.0.0.1:{port}/auth/external/callback"
    with ExitStack() as stack:
        provider = stack.enter_context(
            running_provider(
                callback, access_token_lifetime=LIFETIME, listener=rotations.add
            )
        )
        home_assistant = stack.enter_context(
            HomeAssistant(
                folder,
                executable=Path(sys.executable).with_name("hass"),
                integration=_ROOT / "custom_components/oauth2_client",
                port=port,
                progress=progress,
            )
        )
        _start_new(home_assistant, _core_configuration(provider) if core else "")
        storage = folder / ".storage"
        rest = home_assistant.rest
        yield Home(
            home_assistant=home_assistant,
            provider=provider,
            rotations=rotations,
            account=add_account(
                rest,
                provider,
                login="ada",
                client={
                    "client_id": provider.client_id,
                    "client_secret": provider.client_secret,
                },
            ),
            core=add_core_account(rest, provider, login="grace") if core else None,
            on_disk=stack.enter_context(TokenFiles(storage, "oauth2_client.token.")),
            core_on_disk=stack.enter_context(
                TokenFiles(storage, "core.config_entries")
            ),
        )


def _start_new(home_assistant: HomeAssistant, configuration: str) -> None:
    """Start one that has just been installed, and sign in as its owner."""
    # What is compiled is kept, so that only the first start is slow.
    home_assistant.environment = {"PYTHONDONTWRITEBYTECODE": ""}
    home_assistant.prepare(configuration)
    if configuration:
        components = home_assistant.config_dir / "custom_components"
        (components / CORE).symlink_to(_CORE_ACCOUNT)
    home_assistant.start()
    home_assistant.onboard("Ada", "ada", "ada")
    _keep_signed_in(home_assistant.rest)


def _keep_signed_in(rest: Rest) -> None:
    """Take a token that is as good after kills and jumps of the clock."""
    command = {
        "type": "auth/long_lived_access_token",
        "client_name": "chaos",
        "lifespan": 3650,
    }
    token = rest.websocket(command)
    rest.resume({"access_token": token, "expires": float("inf")})


def _core_configuration(provider: Provider) -> str:
    client = {
        "authorize_url": provider.authorize_url,
        "token_url": provider.token_url,
        "client_id": provider.client_id,
        "client_secret": provider.client_secret,
    }
    # JSON is YAML.
    return f"{CORE}: {json.dumps(client)}\n"
