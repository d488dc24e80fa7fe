"""The bench measures what it says, and prints it as it promises; how fast anything is counts not."""

import asyncio
import json
import subprocess
import sys
import time
from unittest.mock import AsyncMock, patch

import pytest

from homeassistant.const import MAJOR_VERSION, MINOR_VERSION
from homeassistant.core import HomeAssistant

from .__main__ import main
from .answers import answer, large_answer, numbers, read_numbers
from .crowd import Crowded
from .crowds import Crowds
from .figures import (
    FIGURES,
    OURS,
    REST,
    SHORT,
    Crowd,
    Figure,
    FirstForm,
    Get,
    Measured,
    StartUp,
    Update,
)
from .measure import longest_pass, longest_stall
from .readers import Reader
from .requests import Requests
from .rounds import Bench
from .site import Site
from .start import Started
from .starts import Starts


@pytest.mark.skipif(
    (MAJOR_VERSION, MINOR_VERSION) < (2026, 10),
    reason="rest keeps its coordinators elsewhere in this Home Assistant",
)
@pytest.mark.slow
def test_figures_are_measured_and_printed_as_json() -> None:
    # One or more of each kind but the stalls. Those of a bare home take two processes more, and
    # differ from startup_vs_rest in a list of integrations.
    names = [
        "update_10_vs_rest",
        "best_10_vs_rest",
        "plain_10_vs_rest",
        "update_10_vs_floor",
        "request_vs_bare",
        "request_100kb_vs_bare",
        "request_cpu_vs_bare",
        "core_request_vs_bare",
        "stampede_token_requests",
        "startup_vs_rest",
        "startup_cpu_vs_rest",
        "first_form_ms",
        "provider_list_ms",
        "catalogue_load_ms",
        "catalogue_mb",
        "account_entry_ms",
    ]
    # As a process: the test plugin's clock and sockets are not those of a Home Assistant.
    options = ["--json", "--rounds=1", "--warm-up=0"]
    printed = subprocess.run(
        [sys.executable, "-m", "tests.bench", *options, *names],
        check=True,
        capture_output=True,
        text=True,
    ).stdout

    figures = json.loads(printed)
    assert list(figures) == names
    assert all(value > 0 for value in figures.values())
    assert figures["stampede_token_requests"] == 1


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
    measured: Measured = {rest: 12.0, ours: 2.5}

    assert Figure(meaning="", sample=rest).value(measured) == 12.0
    assert Figure(meaning="", sample=rest, base=ours).value(measured) == 4.8


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
    bench = Bench(
        hass,
        AsyncMock(spec=Site),
        readers={OURS: {"1": lazy}},
        requests=AsyncMock(spec=Requests),
        starts=AsyncMock(spec=Starts),
        crowds=AsyncMock(spec=Crowds),
    )

    with pytest.raises(RuntimeError):
        await bench.take(Update(by=OURS, values=1))


async def test_what_a_request_waits_for_is_no_cpu_time() -> None:
    async def send(_path: str) -> bytes:
        await asyncio.sleep(0.01)
        return b"{}"

    requests = Requests(senders={OURS: send}, bodies={SHORT: b"{}"}, count=5)

    assert await requests.take(Get(by=OURS)) >= 10
    assert await requests.take(Get(by=OURS, cpu=True)) < 10


async def test_a_request_that_brought_another_answer_is_no_sample() -> None:
    async def send(_path: str) -> bytes:
        return b""

    requests = Requests(senders={OURS: send}, bodies={SHORT: b"{}"})

    with pytest.raises(RuntimeError):
        await requests.take(Get(by=OURS))


async def test_a_process_is_started_once_a_round_for_all_that_it_measures() -> None:
    starts = Starts("", AsyncMock(spec=Site))
    started = Started(
        modules=[], set_up=80.0, set_up_cpu=70.0, first_form=5.0, provider_list=9.0
    )
    with patch.object(starts, "_start", return_value=started) as start:
        taken = [
            await starts.take(StartUp(by=OURS)),
            await starts.take(StartUp(by=OURS, cpu=True)),
            await starts.take(FirstForm()),
            await starts.take(FirstForm(to_list=True)),
        ]
        assert taken == [80.0, 70.0, 5.0, 9.0]
        start.assert_awaited_once_with(OURS, bare=False)

        starts.begin_round()
        await starts.take(StartUp(by=OURS))
        await starts.take(StartUp(by=OURS, bare=True))
        assert start.await_count == 3


async def test_a_crowd_is_set_up_once_for_all_that_it_measures() -> None:
    site = AsyncMock(spec=Site)
    crowds = Crowds(site, 7)
    ours = Crowded(set_up=90.0, kilobytes=200.0, stall=40.0, stall_at_once=80.0)
    bare = Crowded(set_up=30.0, kilobytes=110.0)
    with patch.object(crowds, "_run", side_effect=[ours, bare]) as run:
        measured: Measured = {
            sample: await crowds.take(sample)
            for name in ("accounts_setup_s", "account_kb", "accounts_stall_ms")
            for sample in FIGURES[name].samples
            if isinstance(sample, Crowd)
        }

    assert run.await_count == 2
    assert FIGURES["accounts_setup_s"].value(measured) == 0.06
    assert FIGURES["account_kb"].value(measured) == 90.0
    assert FIGURES["accounts_stall_ms"].value(measured) == 40.0
    # What the updates and the starts fetch stays as they put it.
    assert {call.args[0].partition("/")[0] for call in site.put.await_args_list} == {
        "crowd"
    }


async def test_of_a_pass_only_its_own_cpu_time_counts() -> None:
    async def wait_and_work() -> None:
        await asyncio.to_thread(time.sleep, 0.2)
        end = time.thread_time() + 0.03
        while time.thread_time() < end:
            pass

    assert 29 <= await longest_pass(wait_and_work) < 200


async def test_what_blocks_the_event_loop_is_a_stall() -> None:
    async def block() -> None:
        time.sleep(0.05)  # noqa: ASYNC251 - what is to be seen

    assert await longest_stall(block) >= 49
