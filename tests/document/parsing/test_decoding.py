"""A page is recognized by its beginning, in linear time."""

import pytest

from custom_components.oauth2_client.document.parsing import parse_document
from custom_components.oauth2_client.document.parsing.decoding import looks_like_html

from ...growth import takes_more_than_linear_time


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
    assert not takes_more_than_linear_time(
        lambda comments: "<!---->" * comments + "<a>1</a>", looks_like_html
    )
    assert parse_document(b"<!---->" * 5000 + b"<a>1</a>", None) == {"a": "1"}
