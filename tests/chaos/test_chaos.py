"""The kills are when they should be, and what came of them is counted right."""

from collections import Counter
from pathlib import Path
import time

import pytest

from tests.e2e.provider import Rotation

from .__main__ import parse
from .report import Killed, Outcome, Tally, Window, last_lines, percentile, table
from .schedule import Moment, schedule
from .watch import Rotations, TokenFiles


def _killed(
    after: float,
    outcome: Outcome = Outcome.WORKS,
    moment: Moment = Moment.RUNNING,
) -> Killed:
    return Killed(moment=moment, after=after, outcome=outcome)


def _window(answered: float | None = None, on_disk: float | None = None) -> Window:
    """Return a window; the times are milliseconds after the rotation."""
    return Window(
        rotated_at=100.0,
        answered_at=None if answered is None else 100 + answered / 1000,
        on_disk_at=None if on_disk is None else 100 + on_disk / 1000,
    )


def test_kills_are_at_start_while_running_and_after_sign_ins() -> None:
    kills = schedule(200, seed=1)

    assert Counter(kill.moment for kill in kills) == {
        Moment.SIGN_IN: 20,
        Moment.START: 90,
        Moment.RUNNING: 90,
    }


@pytest.mark.parametrize("moment", [Moment.START, Moment.RUNNING])
def test_a_third_of_the_kills_is_early(moment: Moment) -> None:
    delays = [kill.delay for kill in schedule(200, seed=1) if kill.moment is moment]

    assert sum(delay < 0.12 for delay in delays) == 30
    assert min(delays) >= 0
    assert 2.8 < max(delays) < 3


def test_kills_after_a_sign_in_are_spread_over_its_first_seconds() -> None:
    kills = schedule(200, seed=1)
    delays = sorted(kill.delay for kill in kills if kill.moment is Moment.SIGN_IN)

    assert [int(delay / 0.75) for delay in delays] == list(range(20))


def test_a_seed_gives_the_same_kills_each_time() -> None:
    assert schedule(30, seed=1) == schedule(30, seed=1)
    assert schedule(30, seed=1) != schedule(30, seed=2)


@pytest.mark.parametrize("count", [0, 1, 2, 10, 33])
def test_there_are_as_many_kills_as_are_asked_for(count: int) -> None:
    assert len(schedule(count, seed=0)) == count


@pytest.mark.parametrize(
    ("percent", "expected"), [(0, 1), (50, 5), (90, 9), (91, 10), (100, 10)]
)
def test_a_percentile_is_one_of_the_values(percent: int, expected: int) -> None:
    assert percentile([10, 1, 9, 2, 8, 3, 7, 4, 6, 5], percent) == expected


def test_the_last_line_counts_what_came_later_than_the_answer_may_have() -> None:
    ours = Tally(
        kills=[
            _killed(-0.001, Outcome.ASKS),
            _killed(0.05),
            _killed(0.051),
            _killed(2.9),
            _killed(1.0, Outcome.GONE, Moment.SIGN_IN),
            _killed(0.5, Outcome.GONE, Moment.SIGN_IN),
            _killed(12.0, Outcome.WORKS, Moment.SIGN_IN),
        ],
        windows=[_window(8, 10), _window(5), _window(3, 12), _window(6, 30)],
    )
    core = Tally(kills=[_killed(0.7, Outcome.ASKS)], windows=[_window()])

    assert last_lines(ours, core, 2) == [
        "killed 12.0 to 12.0 s after a sign-in: 1 of 3, the account works",
        "killed 0.5 to 1.0 s after a sign-in: 2 of 3, the account is gone: sign in again",
        "files left behind by accounts that are gone: 2",
        (
            "core's helper: 0 lock-outs in 0 kills up to 50 ms after the server rotated;"
            " 0 of 1 got to the disk, never (never after the answer)"
        ),
        "core's helper: 1 lock-outs in 1 kills",
        (
            "1 lock-outs in 2 kills up to 50 ms after the server rotated; 3 of 4 got to"
            " the disk, 12 ms in the middle, 30 ms for 90 %, 30 ms at most"
            " (9 ms in the middle, 24 ms for 90 %, 24 ms at most after the answer)"
        ),
        "0 lock-outs in 2 kills",
    ]


@pytest.mark.parametrize(
    ("killed", "is_lost"),
    [
        (_killed(0.06, Outcome.ASKS), True),
        (_killed(0.04, Outcome.ASKS), False),
        (_killed(0.04, Outcome.STUCK), True),
        (_killed(3, Outcome.STUCK, Moment.SIGN_IN), True),
        (_killed(3, Outcome.ASKS, Moment.SIGN_IN), False),
        (_killed(0.06), False),
    ],
)
def test_only_what_must_not_happen_makes_a_run_fail(
    killed: Killed, is_lost: bool
) -> None:
    assert Tally(kills=[killed], windows=[]).is_lost is is_lost


def test_a_table_is_markdown() -> None:
    assert table([("a", "bb"), ("ccc", "d")]) == [
        "| a   | bb |",
        "| --- | -- |",
        "| ccc | d  |",
    ]


def test_a_token_is_on_disk_once_it_is_in_a_file_of_the_account(tmp_path: Path) -> None:
    begun = time.time()
    with TokenFiles(tmp_path, "account.") as on_disk:
        (tmp_path / "other").write_text('{"refresh_token": "third"}')
        (tmp_path / "account.1").write_text('{"refresh_token": "first"}')
        (tmp_path / "new").write_text('{"refresh_token": "second"}')
        (tmp_path / "new").rename(tmp_path / "account.1")
        deadline = time.monotonic() + 10
        while on_disk.seen_at("second") is None and time.monotonic() < deadline:
            time.sleep(0.001)

    assert begun <= (on_disk.seen_at("second") or 0) <= time.time()
    assert on_disk.seen_at("third") is None


def test_the_next_rotation_is_that_of_the_login() -> None:
    rotations = Rotations()
    wanted = Rotation(login="ada", refresh_token="a", at=2.0)
    rotations.add(Rotation(login="ada", refresh_token="b", at=1.0))
    rotations.add(Rotation(login="grace", refresh_token="c", at=2.0))
    rotations.add(wanted)

    assert rotations.next("ada", since=2.0, seconds=0) == wanted
    with pytest.raises(TimeoutError):
        rotations.next("ada", since=2.1, seconds=0)


def test_there_are_200_kills_unless_told() -> None:
    assert parse([]).kills == 200
    assert parse(["--kills", "7"]).kills == 7
