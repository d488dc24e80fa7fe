"""The bench measures what it says, and prints it as it promises; how fast anything is counts not."""

import json
import subprocess
import sys
import time
from unittest.mock import AsyncMock

import pytest

from homeassistant.const import MAJOR_VERSION, MINOR_VERSION
from homeassistant.core import HomeAssistant

from .__main__ import main
from .answers import answer, large_answer, numbers, read_numbers
from .figures import FIGURES, OURS, REST, Figure, Medians, Update
from .measure import longest_stall
from .readers import Reader
from .rounds import Bench
from .site import Site


@pytest.mark.skipif(
    (MAJOR_VERSION, MINOR_VERSION) < (2026, 10),
    reason="rest keeps its coordinators elsewhere in this Home Assistant",
)
def test_a_figure_is_measured_and_printed_as_json() -> None:
    names = ["update_10_vs_rest", "update_10_vs_floor"]
    # As a process: the test plugin's clock and sockets are not those of a Home Assistant.
    printed = subprocess.run(
        [sys.executable, "-m", "tests.bench", "--json", "--rounds=1", *names],
        check=True,
        capture_output=True,
        text=True,
    ).stdout

    figures = json.loads(printed)
    assert list(figures) == names
    assert all(value > 0 for value in figures.values())


def test_every_figure_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list"]) == 0

    listed = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert listed == list(FIGURES)


def test_a_figure_that_there_is_not_is_refused(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["update_7_vs_rest"])

    assert "update_7_vs_rest" in capsys.readouterr().err


def test_a_figure_is_a_median_or_how_many_times_another() -> None:
    rest, ours = Update(by=REST, values=10), Update(by=OURS, values=10)
    medians: Medians = {rest: 12.0, ours: 2.5}

    assert Figure(meaning="", sample=rest).value(medians) == 12.0
    assert Figure(meaning="", sample=rest, base=ours).value(medians) == 4.8


def test_every_number_changes_with_the_generation() -> None:
    assert list(read_numbers(json.loads(answer(10, 3)))) == numbers(10, 3)
    pairs = zip(numbers(1000, 3), numbers(1000, 4), strict=True)
    assert all(before != after for before, after in pairs)


def test_a_large_answer_has_ten_megabytes() -> None:
    assert len(large_answer(1)) == pytest.approx(10_000_000, rel=0.02)


async def test_an_update_that_wrote_no_states_is_no_sample(hass: HomeAssistant) -> None:
    async def do_nothing() -> None:
        pass

    lazy = Reader(update=do_nothing, entities=("sensor.v0",))
    bench = Bench(hass, AsyncMock(spec=Site), {OURS: {"1": lazy}})

    with pytest.raises(RuntimeError):
        await bench.take(Update(by=OURS, values=1))


async def test_what_blocks_the_event_loop_is_a_stall() -> None:
    async def block() -> None:
        time.sleep(0.05)  # noqa: ASYNC251 - what is to be seen

    assert await longest_stall(block) >= 49
