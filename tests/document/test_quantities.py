"""Numbers as people write them, with a comma, marks between thousands and a unit."""

from hypothesis import given, strategies as st
import pytest

from custom_components.oauth2_client.document.quantities import Written, as_written


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("116,33", 116.33),
        ("0,125", 0.125),
        ("1234,567", 1234.567),
        ("1,2345", 1.2345),
        ("1.234,56", 1234.56),
        ("1,234.5", 1234.5),
        ("1,234,567", 1_234_567),
        ("12 345,6", 12_345.6),
        ("12\u00a0345", 12_345),
        ("1'234.5", 1234.5),
        ("-3,5", -3.5),
        ("\u22123", -3),
        ("+4", 4),
    ],
)
def test_a_number_may_have_a_comma_and_marks_between_thousands(
    text: str, number: float
) -> None:
    assert as_written(text) == Written(number)


@pytest.mark.parametrize(
    ("text", "number", "units"),
    [
        ("21.5 °C", 21.5, ("°C",)),
        ("85%", 85, ("%",)),
        ("1.234,5 kWh", 1234.5, ("kWh",)),
        ("12 μg/m3", 12, ("μg/m³",)),
        (" 5 mins ", 5, ("min",)),
        ("12 points", 12, ()),
        ("1013 mb", 1013, ("MB", "mbar")),
        ("1 h 5 min", 65, ("min",)),
        ("2 days, 3 hours", 51, ("h",)),
        ("1d2h3m4s", 93_784, ("s",)),
    ],
)
def test_a_number_may_have_its_unit(
    text: str, number: float, units: tuple[str, ...]
) -> None:
    written = as_written(text)

    assert written is not None
    assert (written.number, written.units) == (number, units)


@pytest.mark.parametrize(
    "text",
    [
        *("", "warm", "-- °C", "N/A", "$5", "3/5", "5-10 km", "10:30", "5 min 1 h"),
        *("12.05.2026", "192.168.1.1", "1.234.567", "1,2,3", "52.5,13.4", "1 2"),
        *("1,234", "12,345 km", "1,23,456", "1,234,56.7", "9" * 81, "1,5,", "٣,٥"),
    ],
)
def test_a_text_that_may_mean_another_number_is_none(text: str) -> None:
    written = as_written(text)

    assert written is None or (written.unit and not written.units)


@given(st.text("0123456789.,' -+\u2212\u00a0hdmskW°C%/", max_size=100))
def test_no_text_raises(text: str) -> None:
    written = as_written(text)

    assert written is None or isinstance(written.number, int | float)


@given(st.integers(-(10**12), 10**12), st.sampled_from(["°C", "kWh", "%", ""]))
def test_a_number_is_read_as_it_was_written(number: int, unit: str) -> None:
    grouped = f"{number:,}.5 {unit}"
    written = as_written(grouped)

    assert written is not None
    assert written.number == float(f"{number}.5")
    assert written.unit == unit
