"""Kills Home Assistant, and does worse: the provider ends a grant whose old token is used."""

import pytest

from tests.chaos.__main__ import main


def test_no_kill_and_no_disaster_loses_an_account(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with capsys.disabled():
        assert main(["--kills", "10", "--quick"]) == 0
