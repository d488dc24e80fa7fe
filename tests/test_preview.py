"""What a person sees of a request and of its answer."""

from hypothesis import given, strategies as st
import pytest

from custom_components.oauth2_client.answers import Answer
from custom_components.oauth2_client.api_request import ApiRequest
from custom_components.oauth2_client.oauth2 import Response
from custom_components.oauth2_client.preview import (
    answer_summary,
    document_preview,
    sent_preview,
)
from homeassistant.config_entries import ConfigEntry

from .account_flow import AccountFlow


@pytest.fixture
async def account(flow: AccountFlow) -> ConfigEntry:
    """An account that works."""
    return await flow.add_account()


@pytest.mark.parametrize(
    "request_",
    [
        ApiRequest(url="/echo?api_key=hide-me"),
        ApiRequest(url="/echo", query=(("access_token", "hide-me"),)),
        ApiRequest(url="/echo", headers=(("X-Api-Key", "hide-me"),)),
        ApiRequest(url="/echo", body='{"client_secret": "hide-me", "a": 1}'),
        ApiRequest(url="/echo", body="password=hide-me&a=1"),
    ],
)
async def test_what_is_sent_is_shown_less_its_secrets(
    account: ConfigEntry, request_: ApiRequest
) -> None:
    shown = sent_preview(account.runtime_data.account, request_)

    assert shown.startswith("```\nGET http://127.0.0.1:")
    assert "Authorization: …" in shown
    assert "hide-me" not in shown


async def test_what_is_no_secret_is_shown_as_it_is_sent(account: ConfigEntry) -> None:
    request = ApiRequest(
        url="/echo?a=1",
        method="PUT",
        query=(("keywords", "x"), ("day", "2026-11-24")),
        headers=(("Accept", "text/csv"),),
        body='{"content": "Milk"}',
    )
    shown = sent_preview(account.runtime_data.account, request)

    assert "/api/echo?a=1&" in shown
    assert "day=2026-11-24" in shown
    assert "\nAccept: text/csv\n" in shown
    assert '{"content": "Milk"}' in shown


def test_a_summary_tells_status_type_size_and_pages() -> None:
    part = Response(
        status=200, headers={"Content-Type": "text/csv; charset=utf-8"}, body=b"12345"
    )

    assert (
        answer_summary(Answer(responses=(part,), version=1)) == "200 · text/csv · 5 B"
    )
    two = Answer(responses=(part, part), version=1)
    assert answer_summary(two) == "200 · text/csv · 10 B · 2×"


def test_a_document_is_shown_for_people_and_cut() -> None:
    assert document_preview({"a": ["ä"]}) == ('```\n{\n  "a": [\n    "ä"\n  ]\n}\n```')
    assert len(document_preview(list(range(100_000)))) < 1100
    assert len(document_preview("x" * 100_000)) < 1100


def test_a_secret_is_not_shown() -> None:
    assert "hide" not in document_preview({"a": "x hide y"}, secrets=["hide"])


@given(st.text(alphabet="`\n a<", max_size=60))
def test_nothing_breaks_out_of_its_block(text: str) -> None:
    first, *lines, last = document_preview(text).split("\n")

    assert set(first) == {"`"}
    assert first == last
    assert all(first not in line for line in lines)


def test_markup_is_letters() -> None:
    shown = document_preview("<script>alert(1)</script>```\n# Title")

    assert shown.startswith("````\n<script>")
    assert shown.endswith("\n````")
