"""Kills Home Assistant, starts it again and uses its accounts."""

import time
from typing import Final

from .accounts import Account, ReauthFailed, add_account, register_client
from .home import Home
from .report import Killed, Outcome, Tally, Window
from .schedule import Kill, Moment
from .watch import TokenFiles

# A kill that comes later than this after a rotation says nothing about it.
_LATEST_SECONDS: Final = 3.5
_TIDY_SECONDS: Final = 120.0
_PAUSE_SECONDS: Final = 0.1


class Killer:
    """Takes kills one after another; Home Assistant runs before and after each."""

    def __init__(self, home: Home) -> None:
        # Files of accounts that are gone.
        self.left_behind: list[str] = []
        self._home = home
        self._begun_at = time.time()
        self._ours: list[Killed] = []
        self._core: list[Killed] = []
        self._guests = 0

    @property
    def ours(self) -> Tally:
        """What became of the account."""
        home = self._home
        return self._tally(self._ours, home.account, home.on_disk)

    @property
    def core(self) -> Tally | None:
        """What became of core's."""
        home = self._home
        if home.core is None:
            return None
        return self._tally(self._core, home.core, home.core_on_disk)

    def _tally(
        self, kills: list[Killed], account: Account, on_disk: TokenFiles
    ) -> Tally:
        rotations = self._home.rotations
        windows = [
            Window(
                rotated_at=rotation.at,
                answered_at=rotations.answered_at(rotation),
                on_disk_at=on_disk.seen_at(rotation.refresh_token),
            )
            for rotation in rotations.of(account.login, since=self._begun_at)
        ]
        return Tally(kills=kills, windows=windows)

    def kill(self, kill: Kill) -> str:
        """Kill once; return what became of it. An account that is locked out is signed in again."""
        if kill.moment is Moment.SIGN_IN:
            return self._kill_after_sign_in(kill)
        home = self._home
        if kill.moment is Moment.START:
            # At rest: what has been rotated is saved, by core's helper as well.
            home.let_expire()
            home.home_assistant.kill()
            rotation = home.rotate_at_start()
        else:
            rotation = home.rotate_while_running()
        killed_at = self._kill_at(rotation.at + kill.delay)
        home.home_assistant.start()
        return self._look(kill.moment, killed_at)

    def _kill_after_sign_in(self, kill: Kill) -> str:
        """Kill after a first sign-in, with a provider and a credential that were not there."""
        home = self._home
        self._guests += 1
        callback = f"{home.rest.base_url}/auth/external/callback"
        guest = add_account(
            home.rest,
            home.provider,
            login=f"guest-{self._guests}",
            client=register_client(home.provider, callback),
        )
        signed_in_at = time.time()
        killed_at = self._kill_at(signed_in_at + kill.delay)
        home.home_assistant.start()
        self._look(Moment.RUNNING, killed_at, within=0)
        outcome = guest.outcome()
        if outcome is Outcome.ASKS:
            try:
                guest.sign_in_again()
            except ReauthFailed:
                outcome = Outcome.STUCK
        if outcome is Outcome.GONE:
            self.left_behind += self._left_by(guest)
        else:
            guest.remove()
        after = killed_at - signed_in_at
        self._ours.append(Killed(moment=kill.moment, after=after, outcome=outcome))
        return f"the account {outcome}"

    def _left_by(self, guest: Account) -> list[str]:
        """Return the files that a guest has left behind; they are removed once the start is over."""
        deadline = time.monotonic() + _TIDY_SECONDS
        while left := [*self._home.storage.glob(f"*{guest.entry_id}*")]:
            if time.monotonic() > deadline:
                break
            time.sleep(_PAUSE_SECONDS)
        return [path.name for path in left]

    def _kill_at(self, moment: float) -> float:
        """Kill Home Assistant at a time; return when it was killed."""
        time.sleep(max(moment - time.time(), 0))
        killed_at = time.time()
        self._home.home_assistant.kill()
        return killed_at

    def _look(
        self, moment: Moment, killed_at: float, *, within: float = _LATEST_SECONDS
    ) -> str:
        """Use the accounts, sign in again where they ask for it; return what became of them.

        A kill counts for an account so many seconds after its rotation, and where it is lost.
        """
        home = self._home
        results = [self._ours, self._core]
        told = []
        for account, killed in zip(home.accounts, results, strict=False):
            after = killed_at - self._rotated_at(account)
            outcome = account.outcome()
            if after < within or outcome is not Outcome.WORKS:
                killed.append(Killed(moment=moment, after=after, outcome=outcome))
            if outcome is Outcome.ASKS:
                account.sign_in_again()
            elif outcome is not Outcome.WORKS:
                raise ReauthFailed(f"After a kill, {account.domain} {outcome}")
            told.append(
                f"{account.domain} {outcome}, {after * 1000:.0f} ms after its rotation"
            )
        return "; ".join(told)

    def _rotated_at(self, account: Account) -> float:
        """Return when the last token before this start was made, perhaps after the kill."""
        started_at = self._home.home_assistant.launched_at
        rotations = self._home.rotations.of(account.login)
        return max(each.at for each in rotations if each.at < started_at)
