"""What an API says when it refuses a request."""

import json
from unittest import mock

from hypothesis import given, strategies as st
import pytest

from custom_components.oauth2_client.api import refusal as module
from custom_components.oauth2_client.api.answer import is_refusal
from custom_components.oauth2_client.api.redaction import Redaction
from custom_components.oauth2_client.api.refusal import provider_message, refusal
from custom_components.oauth2_client.oauth2 import Response

from ..growth import takes_more_than_linear_time

GITHUB = {"message": "Bad credentials", "documentation_url": "https://example.com"}
GOOGLE = {"error": {"code": 403, "message": "Request had insufficient scopes."}}
MICROSOFT = {"error": {"code": "ErrorItemNotFound", "message": "Not found in store."}}
PROBLEM = {"type": "about:blank", "title": "Out of credit", "detail": "Balance is 30"}
OAUTH = {"error": "insufficient_scope", "error_description": "Needs read"}
FITBIT = {"errors": [{"errorType": "system", "message": "Too many requests"}]}


NOTHING = Redaction(())


def _response(status: int, body: bytes, **headers: str) -> Response:
    return Response(status=status, headers=headers, body=body)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (GITHUB, "Bad credentials"),
        (GOOGLE, "Request had insufficient scopes."),
        (MICROSOFT, "Not found in store."),
        (PROBLEM, "Balance is 30"),
        (OAUTH, "Needs read"),
        (FITBIT, "Too many requests"),
        ({"error": "nope"}, "nope"),
        ("It is closed", "It is closed"),
        ({"status": 404}, ""),
        ([], ""),
        ({"message": {"message": {"message": {"message": {"message": "deep"}}}}}, ""),
    ],
)
def test_its_words_are_found_where_apis_put_them(
    document: object, message: str
) -> None:
    assert (
        provider_message(_response(400, json.dumps(document).encode()), NOTHING)
        == message
    )


def test_the_title_of_a_page_is_what_it_says() -> None:
    page = b"<html><head><title>503 Service &amp; more</title></head>"

    assert provider_message(_response(503, page), NOTHING) == "503 Service & more"


def test_a_page_of_begun_titles_takes_linear_time() -> None:
    def make(titles: int) -> Response:
        return _response(503, b"<title" * titles)

    assert provider_message(make(10_000), NOTHING) == ""
    assert not takes_more_than_linear_time(
        make, lambda page: provider_message(page, NOTHING)
    )


def test_of_a_long_refusal_only_json_is_read() -> None:
    long = {"padding": "x" * 20_000, "message": "Out of order"}
    assert (
        provider_message(_response(400, json.dumps(long).encode()), NOTHING)
        == "Out of order"
    )
    rows = b"a,b\n" * 10_000
    with mock.patch.object(module, "parse_document") as parse:
        assert provider_message(_response(400, rows), NOTHING) == ""
    parse.assert_not_called()


def test_it_is_one_line_and_cut() -> None:
    long = json.dumps({"message": "a\nb\u202e\t" + "x" * 999}).encode()

    message = provider_message(_response(400, long), NOTHING)
    assert message.startswith("a b x")
    assert len(message) == 201


def test_what_was_sent_is_not_repeated() -> None:
    body = json.dumps({"message": "The key planted-key-1 is of planted-key"}).encode()

    message = provider_message(
        _response(400, body), Redaction((), sent=["planted-key", "planted-key-1", "is"])
    )
    assert message == "The key **redacted** is of **redacted**"


@pytest.mark.parametrize(
    ("status", "refused"),
    [(200, False), (204, False), (304, True), (302, True), (404, True), (500, True)],
)
def test_an_answer_that_is_no_success_is_a_refusal(status: int, refused: bool) -> None:
    assert is_refusal(_response(status, b"{}")) is refused


def test_a_refusal_says_what_when_and_why() -> None:
    response = _response(503, b'{"message": "Not now"}', **{"retry-after": "120"})
    error = refusal(response, now=0, redaction=NOTHING)

    assert (error.status, error.retry_after, error.message) == (503, 120, "Not now")
    assert "Not now" not in str(error)


@given(st.binary(max_size=300), st.sampled_from(["application/json", "text/html", ""]))
def test_whatever_it_says_is_a_line(body: bytes, content_type: str) -> None:
    message = provider_message(
        _response(400, body, **{"Content-Type": content_type}), NOTHING
    )

    assert len(message) <= 201
    assert message == " ".join(message.split())
