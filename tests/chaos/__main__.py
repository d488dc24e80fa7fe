"""Kills Home Assistant, and does worse: `python -m tests.chaos`, from scripts/chaos."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
import signal
import sys
import tempfile
import time
from typing import Final

from .disasters import Disasters
from .home import Home, running_home
from .kills import Killer
from .report import last_lines, table
from .schedule import schedule

_KILLS: Final = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """What is asked for."""

    kills: int = _KILLS
    seed: int = 0
    core: bool = False
    quick: bool = False
    long: bool = False


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is asked for; 0 where no account was lost."""
    options = parse(arguments)
    # As Ctrl-C does: nothing may go on running.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    _say("Home Assistant starts")
    with (
        tempfile.TemporaryDirectory(prefix="chaos-") as folder,
        running_home(Path(folder), core=options.core, progress=_say) as home,
    ):
        # Home Assistant saves entries and credentials some seconds later, or when it stops.
        home.home_assistant.restart()
        killer = _kill(home, options)
        ours, core = killer.ours, killer.core
        all_good = _survive(home, options)
    lines = last_lines(ours, core, len(killer.left_behind))
    print("", *lines, sep="\n", flush=True)
    return 1 if ours.is_lost or not all_good else 0


def parse(arguments: Sequence[str] | None) -> Options:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="scripts/chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=_KILLS, metavar="N")
    parser.add_argument(
        "--seed", type=int, default=0, metavar="S", help="another order, other moments"
    )
    parser.add_argument(
        "--core", action="store_true", help="kill an account of core's helper as well"
    )
    parser.add_argument(
        "--quick", action="store_true", help="leave out the disasters that take long"
    )
    parser.add_argument(
        "--long", action="store_true", help="take the network away for ten minutes"
    )
    return Options(**vars(parser.parse_args(arguments)))


def _kill(home: Home, options: Options) -> Killer:
    """Take all kills."""
    killer = Killer(home)
    kills = schedule(options.kills, options.seed)
    for number, kill in enumerate(kills, start=1):
        begun = time.monotonic()
        result = killer.kill(kill)
        _say(
            f"Kill {number} of {len(kills)}, {kill.moment}, after {kill.delay:.3f} s:"
            f" {result} ({time.monotonic() - begun:.1f} s)"
        )
    return killer


def _survive(home: Home, options: Options) -> bool:
    """Print a table of disasters; return whether each one leaves nothing to be desired."""
    disasters = Disasters(home, long=options.long)
    rows = [("disaster", "meanwhile", "afterwards")]
    all_good = True
    for disaster in disasters.all():
        if disaster.is_slow and options.quick:
            continue
        begun = time.monotonic()
        survived = disasters.survive(disaster)
        all_good = all_good and survived.is_good
        _say(f"{disaster.name} ({time.monotonic() - begun:.1f} s)")
        rows.append((disaster.name, survived.meanwhile, survived.afterwards))
    print(*table(rows), sep="\n", flush=True)
    return all_good


def _say(text: str) -> None:
    print(f"==> {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
