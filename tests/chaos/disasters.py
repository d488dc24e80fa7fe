"""What happens to a Home Assistant besides kills. The account works afterwards, or says what is needed."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
import json
import os
from pathlib import Path
import resource
import shutil
import sys
import time
from typing import Final

from .home import LIFETIME, Home
from .report import Outcome
from .shifted_clock import OFFSET

_SHIFTED_CLOCK: Final = Path(__file__).with_name("shifted_clock.py")
_HOUR: Final = 3600.0
_YEAR: Final = 365.25 * 86400
# Bytes that a file may have on a disk that is full: no token set, but the lock of Home Assistant.
_FULL: Final = 512
_ANSWER_DELAY_SECONDS: Final = 2.0
_OUTAGE_SECONDS: Final = 15.0
_LONG_OUTAGE_SECONDS: Final = 600.0
# A renewal that nothing asks for: the integration looks every 10 s at the least.
_RENEWAL_SECONDS: Final = 120.0


class Skipped(Exception):
    """This machine cannot have the disaster; the text says why."""


class Failed(Exception):
    """An account that should work does not; the text says what is seen instead."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Disaster:
    """What happens; `bring_about` returns what is seen meanwhile. Raises Skipped and Failed."""

    name: str
    bring_about: Callable[[], str]
    # Left out of quick runs: it takes long, or another one is much like it.
    is_slow: bool = False
    # Whether the token set is lost, so that the account has to ask for a new sign-in.
    may_ask: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Survived:
    """What is seen during a disaster and after it, and whether that is all right."""

    meanwhile: str
    afterwards: str
    is_good: bool = True


class Disasters:
    """Brings disasters about, one after another."""

    def __init__(self, home: Home, *, long: bool) -> None:
        self._home = home
        self._hass = home.home_assistant
        self._offset = home.home_assistant.config_dir / "clock"
        self._outage = _LONG_OUTAGE_SECONDS if long else _OUTAGE_SECONDS

    def all(self) -> list[Disaster]:
        """Return what can happen."""
        jump = self._jump
        disasters = {
            "`.storage` becomes read-only": self._read_only,
            "the disk becomes full": self._full,
            "the clock jumps 6 hours back, then ahead": lambda: jump(-6 * _HOUR),
            "the clock jumps 10 years ahead, then back": lambda: jump(10 * _YEAR),
            "stopped in the middle of a refresh": self._stopped,
        }
        slow = {
            "`.storage` is read-only at start": self._read_only_at_start,
            "the disk is full at start": self._full_at_start,
            "the clock jumps 6 hours ahead, then back": lambda: jump(6 * _HOUR),
            "the clock jumps 10 years back, then ahead": lambda: jump(-10 * _YEAR),
            "the clock is 10 years behind at start, then set": self._clock_behind,
            "the clock was 10 years ahead, then set while unused": self._unused,
            f"no network for {self._outage:.0f} s at start": self._no_network,
        }
        files = {
            "empty": lambda: "",
            "truncated": self._truncated,
            "garbage": lambda: "\x00{]garbage",
            "of a newer version": self._newer,
        }
        return [
            *(Disaster(name=name, bring_about=act) for name, act in disasters.items()),
            *(
                Disaster(
                    name=f"the token file is {name}",
                    bring_about=partial(self._stored, content),
                    may_ask=True,
                )
                for name, content in files.items()
            ),
            *(
                Disaster(name=name, bring_about=act, is_slow=True)
                for name, act in slow.items()
            ),
        ]

    def survive(self, disaster: Disaster) -> Survived:
        """Return what becomes of the account, which is signed in again where it asks for that.

        Raises ReauthFailed where that does not help.
        """
        home = self._home
        # Each begins with a token set that is due.
        home.let_expire()
        self._hass.kill()
        is_good = True
        try:
            meanwhile = disaster.bring_about()
        except (Failed, Skipped) as err:
            is_good = isinstance(err, Skipped)
            meanwhile = f"{type(err).__name__.lower()}: {err}"
            self._start_again()
        outcome = home.account.outcome()
        afterwards = str(outcome)
        if outcome is Outcome.ASKS:
            home.account.sign_in_again()
            afterwards += ", and works then"
        works = outcome is Outcome.WORKS or (
            outcome is Outcome.ASKS and disaster.may_ask
        )
        return Survived(
            meanwhile=meanwhile, afterwards=afterwards, is_good=is_good and works
        )

    def _seen(self) -> str:
        """Return what a person sees of the account who wants to use it now."""
        account = self._home.account
        seen = ["works" if account.works() else "does not work"]
        if account.asks_to_sign_in():
            seen.append("asks to sign in")
        if issues := account.issues():
            seen.append(f"repair {', '.join(issues)}")
        return ", ".join(seen)

    def _recovered(self) -> str:
        """Return how long it takes until the account works, now that nothing is in the way."""
        begun = time.monotonic()
        outcome = self._home.account.outcome()
        if outcome is Outcome.STUCK:
            raise Failed(f"{outcome}, {time.monotonic() - begun:.0f} s later")
        return f"{outcome} {time.monotonic() - begun:.0f} s later"

    def _recovered_for_good(self) -> str:
        """Return the same, and what is left of it by a kill."""
        recovered = self._recovered()
        self._start_again()
        return recovered

    def _read_only(self) -> str:
        self._start(_without_override())
        self._home.let_expire()
        with self._storage_read_only():
            seen = self._seen()
        return f"{seen}; writable: {self._recovered_for_good()}"

    def _read_only_at_start(self) -> str:
        override = _without_override()
        with self._storage_read_only():
            self._start(override)
            seen = self._seen()
        return f"{seen}; writable: {self._recovered_for_good()}"

    @contextmanager
    def _storage_read_only(self) -> Iterator[None]:
        self._home.storage.chmod(0o500)
        try:
            yield
        finally:
            self._home.storage.chmod(0o700)

    def _full(self) -> str:
        self._start()
        self._home.let_expire()
        with _full_disk(self._hass.process_id):
            seen = self._seen()
        return f"{seen}; space again: {self._recovered_for_good()}"

    def _full_at_start(self) -> str:
        self._hass.launch()
        with _full_disk(self._hass.process_id):
            self._hass.wait()
            seen = self._seen()
        return f"{seen}; space again: {self._recovered_for_good()}"

    def _truncated(self) -> str:
        stored = self._home.token_file.read_text()
        return stored[: len(stored) // 2]

    def _newer(self) -> str:
        stored = json.loads(self._home.token_file.read_text())
        return json.dumps({**stored, "version": 99, "further": "unknown"})

    def _stored(self, damage: Callable[[], str]) -> str:
        """Start with this in the token file, which stays as it is until the next sign-in."""
        content = damage()
        self._home.token_file.write_text(content)
        self._start()
        seen = self._seen()
        kept = self._home.token_file.read_text() == content
        return seen if kept else f"{seen}; the file is written anew"

    def _jump(self, seconds: float) -> str:
        self._start_with_clock(0)
        jumped = self._after_jump(seconds)
        return f"{jumped}; set right: {self._after_jump(0)}"

    def _clock_behind(self) -> str:
        self._start_with_clock(-10 * _YEAR)
        return f"{self._seen()}; set right: {self._after_jump(0)}"

    def _unused(self) -> str:
        self._start_with_clock(10 * _YEAR)
        seen = self._seen()
        self._set_clock(0)
        since = time.time()
        login = self._home.account.login
        try:
            renewal = self._home.rotations.next(
                login, since=since, seconds=_RENEWAL_SECONDS
            )
        except TimeoutError:
            raise Failed(f"not renewed in {_RENEWAL_SECONDS:.0f} s") from None
        return f"{seen}; set right: renewed {renewal.at - since:.0f} s later"

    def _after_jump(self, seconds: float) -> str:
        """Return what is seen at once after a jump, and when the token's lifetime is over."""
        self._set_clock(seconds)
        at_once = self._recovered()
        time.sleep(LIFETIME)
        if not self._home.account.works():
            raise Failed(f"{at_once}, and {self._seen()} when the token has ended")
        return at_once

    def _stopped(self) -> str:
        home = self._home
        self._start()
        home.let_expire()
        home.provider.command(delay=_ANSWER_DELAY_SECONDS * 1000)
        since = time.time()
        with ThreadPoolExecutor(1) as executor:
            executor.submit(home.account.use)
            home.rotations.next(home.account.login, since=since - 0.001, seconds=120)
            self._hass.stop()
        took = time.time() - since
        home.provider.command(delay=0)
        self._start()
        return f"stopped after {took:.1f} s; started again: {self._seen()}"

    def _no_network(self) -> str:
        self._home.provider.command(listening=False)
        begun = time.monotonic()
        self._start()
        took = time.monotonic() - begun
        seen = self._seen()
        time.sleep(max(self._outage - took, 0))
        self._home.provider.command(listening=True)
        return f"starts in {took:.0f} s, {seen}; network again: {self._recovered()}"

    def _start_again(self) -> None:
        self._hass.kill()
        self._start()

    def _start(self, prefix: Sequence[str | Path] = ()) -> None:
        self._hass.prefix = prefix
        try:
            self._hass.start()
        finally:
            self._hass.prefix = ()

    def _start_with_clock(self, seconds: float) -> None:
        self._set_clock(seconds)
        self._start([sys.executable, "-P", _SHIFTED_CLOCK, self._offset])

    def _set_clock(self, seconds: float) -> None:
        self._offset.touch()
        with self._offset.open("r+b") as file:
            file.write(OFFSET.pack(seconds))


def _without_override() -> list[str]:
    """Return what runs a command that permissions count for, root's as well. Raises Skipped."""
    if os.geteuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        raise Skipped(
            "this is root, to whom nothing is read-only, and setpriv is missing"
        )
    return ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]


@contextmanager
def _full_disk(process: int) -> Iterator[None]:
    """Let no file of a process grow: what a full disk is to it, and needs no file system of its own."""
    _, most = resource.prlimit(process, resource.RLIMIT_FSIZE)
    resource.prlimit(process, resource.RLIMIT_FSIZE, (_FULL, most))
    try:
        yield
    finally:
        resource.prlimit(process, resource.RLIMIT_FSIZE, (most, most))
