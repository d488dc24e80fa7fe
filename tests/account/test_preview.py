"""What a person sees of a request and its answer: no secret, and no live Markdown."""

import json
import time
from typing import Any

import pytest

from custom_components.oauth2_client.account.answers import Answer
from custom_components.oauth2_client.account.preview import (
    answer_summary,
    document_preview,
    sent_preview,
)
from custom_components.oauth2_client.api import ApiRequest
from custom_components.oauth2_client.oauth2 import Response
from homeassistant.config_entries import ConfigEntry

from ..account_flow import AccountFlow


@pytest.fixture
async def account(flow: AccountFlow) -> ConfigEntry:
    """An account that works."""
    return await flow.add_account()


def _sent(
    account: ConfigEntry, url: str = "/echo", body: str | None = None, **request: Any
) -> str:
    if body is not None:
        request["body"] = body.encode()
    shown = sent_preview(account.runtime_data.account, ApiRequest(url=url, **request))
    first, *lines, last = shown.split("\n")
    assert first == last == "```"
    return "\n".join(lines)


def _response(content_type: str | None, body: bytes = b"{}") -> Response:
    headers = {} if content_type is None else {"Content-Type": content_type}
    return Response(status=200, headers=headers, body=body)


async def test_a_request_is_shown_as_it_is_sent(account: ConfigEntry) -> None:
    base = account.runtime_data.account.provider.api_base_url
    shown = _sent(
        account,
        "/echo?a=1",
        method="POST",
        query=(("b", "x y"),),
        headers=(("X-Mode", "dim"),),
        body='{"level": 5}',
    )

    assert shown == (
        f'POST {base}/echo?a=1&b=x y\nAuthorization: …\nX-Mode: dim\n\n{{"level": 5}}'
    )


@pytest.mark.parametrize(
    "request_",
    [
        {"url": "/echo?api_key=hidden"},
        {"query": (("access_token", "hidden"),)},
        {"headers": (("X-Api-Key", "hidden"),)},
        {"headers": (("Cookie", "a=hidden"),)},
        {"body": '{"password": "hidden"}'},
        {"body": '{"password": "a\\"hidden"}'},
        {"body": '{"auth": {"user": "hidden", "other": ["hidden"]}}'},
        {"body": '{"clients": [{"secret": 5, "token": ["hidden"]}]}'},
        {"body": "user=a&password=a,hidden"},
        {"body": "user[token]=a}hidden&b=1"},
        {"body": "<a><Password>hidden</Password></a>"},
        {"body": '<a sessionKey="hidden"/>'},
        {"body": "Token: a hidden"},
        {"body": 'mutation { login(password: "a\\"hidden") }'},
        {"body": "mutation { login(password: 'hidden') }"},
        {"body": '{"password": "hidden" '},
    ],
)
async def test_a_secret_is_not_shown(
    account: ConfigEntry, request_: dict[str, Any]
) -> None:
    shown = _sent(account, **request_)

    assert "hidden" not in shown
    assert shown.count("…") >= 2


async def test_what_is_beside_a_secret_is_shown(account: ConfigEntry) -> None:
    assert "user=ada" in _sent(account, body="password=x&user=ada")
    assert '"user": "ada"' in _sent(account, body='{"token": 1, "user": "ada"}')


async def test_a_long_body_is_cut_in_good_time(account: ConfigEntry) -> None:
    began = time.process_time()
    shown = _sent(account, body="key" * 500_000)

    assert len(shown) < 700
    assert shown.endswith("…")
    assert time.process_time() - began < 1


@pytest.mark.parametrize("text", ["```", "a\n````\n# Title", "``", "~~~"])
def test_no_text_ends_the_block_that_it_is_in(text: str) -> None:
    first, *lines, last = document_preview(text).split("\n")

    assert "\n".join(lines) == text
    assert first == last
    assert set(first) == {"`"}
    assert len(first) >= 3
    assert first not in text


def test_a_document_is_shown_as_json_for_people() -> None:
    assert document_preview({"ä": [1]}) == '```\n{\n  "ä": [\n    1\n  ]\n}\n```'


def test_of_a_large_document_only_the_beginning_is_encoded() -> None:
    began = time.process_time()
    shown = document_preview(list(range(1_000_000)))

    assert len(shown) < 2100
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    ("content_type", "shown"),
    [
        ("application/json; charset=utf-8", "application/json · "),
        ("application/vnd.github+json", "application/vnd.github+json · "),
        (None, ""),
        ("[click](https://evil.example)", ""),
        ("www.evil.example/page", ""),
        ("<img src=x>", ""),
    ],
)
def test_a_summary_shows_a_content_type_and_no_markdown(
    content_type: str | None, shown: str
) -> None:
    answer = Answer(responses=(_response(content_type),), version=1)

    assert answer_summary(answer) == f"200 · {shown}2 B"


def test_a_summary_counts_pages_and_their_bytes() -> None:
    page = _response("application/json", json.dumps([1]).encode())
    answer = Answer(responses=(page, page), version=1)

    assert answer_summary(answer) == "200 · application/json · 6 B · 2×"
