"""Equal names get numbers."""

from itertools import islice

from custom_components.oauth2_client.document.numbering import numbered_names


def test_the_name_itself_comes_first_and_numbers_begin_with_two() -> None:
    assert [*islice(numbered_names("wind"), 3)] == ["wind", "wind_2", "wind_3"]


def test_the_number_may_stand_apart() -> None:
    assert [*islice(numbered_names("Wind speed", " "), 2)] == [
        "Wind speed",
        "Wind speed 2",
    ]
