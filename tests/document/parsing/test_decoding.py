"""A page is recognized by its beginning, in linear time."""

from time import thread_time
from timeit import repeat

import pytest

from custom_components.oauth2_client.document.parsing import parse_document
from custom_components.oauth2_client.document.parsing.decoding import looks_like_html


@pytest.mark.parametrize(
    ("beginning", "is_page"),
    [
        ("<html>", True),
        ("<!-- a --> <!-- b --><!DOCTYPE html>", True),
        ('<?xml version="1.0"?>\n<!-- a -->\n<html>', True),
        ("<!-- <html> --><a>", False),
        ("<!-- a --><a/><!-- b --><html>", False),
        ("<!-- <html>", False),
        ("<htmlish>", False),
    ],
)
def test_a_page_is_recognized_by_its_first_element(
    beginning: str, is_page: bool
) -> None:
    assert looks_like_html(beginning) is is_page


def test_comments_before_the_first_element_take_linear_time() -> None:
    def seconds(comments: int) -> float:
        beginning = "<!---->" * comments + "<a>1</a>"
        return min(
            repeat(
                lambda: looks_like_html(beginning),
                timer=thread_time,
                number=1,
                repeat=5,
            )
        )

    # If each comment doubled the time, eight more would take 256 times as long.
    assert seconds(20) < 64 * max(seconds(12), 1e-6)
    assert parse_document(b"<!---->" * 5000 + b"<a>1</a>", None) == {"a": "1"}
