"""`scripts/guesses` prints what is offered of each answer in a folder."""

from pathlib import Path

import pytest

from .guesses import main, offered

ANSWER = (
    '{"outside": {"temp": 21.5, "unit": "celsius"}, "api_token": "s3cret", "on": true}'
)


def test_each_value_is_a_line_with_what_it_becomes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside" / "answer.json").write_text(ANSWER)
    (tmp_path / "README.md").write_text("about them")

    assert main([str(tmp_path)]) == 0

    title, heading, temperature, unit, switch, end = capsys.readouterr().out.split(
        "\n"
    )[:6]
    assert title == "== inside/answer.json"
    assert heading.split("  ")[0] == "label"
    assert temperature.split() == [
        *("Temperature", "·", "21.5", "°C", "sensor", "temperature", "°C"),
        *("measurement", "$.outside.temp"),
    ]
    assert unit.split()[:3] == ["Outside", "unit", "·"]
    assert switch.split() == ["On", "·", "true", "binary_sensor", *"···", "$.on"]
    assert end == ""
    # What stands below each other belongs together.
    assert heading.index("path") == temperature.index("$.") == switch.index("$.")


def test_what_looks_like_a_secret_is_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "answer.json").write_text(ANSWER)
    main([str(tmp_path)])

    assert "s3cret" not in capsys.readouterr().out


def test_what_is_no_answer_says_why_and_the_others_follow(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.json").write_text("")
    (tmp_path / "b.json").write_text('{"humidity": 44}')
    main([str(tmp_path)])

    assert "unreadable: empty" in (shown := capsys.readouterr().out)
    assert "Humidity · 44 %" in shown


def test_a_folder_that_is_not_there_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main([str(tmp_path / "nowhere")])

    assert "no such folder" in capsys.readouterr().err


def test_what_home_assistant_would_refuse_is_not_shown() -> None:
    rows = offered({"price": 1.5, "currency": "EUR"})

    assert rows[0][2:5] == ("monetary", "EUR", "·")
