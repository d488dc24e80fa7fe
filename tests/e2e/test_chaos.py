"""Kills Home Assistant, and does worse: the provider ends a grant whose old token is used."""

from tests.chaos.__main__ import main


def test_no_kill_and_no_disaster_loses_an_account() -> None:
    assert main(["--kills", "10", "--quick"]) == 0
