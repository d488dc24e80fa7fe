"""What a person's browser does at the consent page, over HTTP."""

from html.parser import HTMLParser
from http import HTTPStatus
from typing import override
from urllib.parse import urljoin

import aiohttp


class SignInRefused(Exception):
    """The server showed a page that cannot be answered."""


class _ConsentForm(HTMLParser):
    """The one form of the consent page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action: str | None = None
        self.fields: dict[str, str] = {}
        self.decisions: set[str] = set()
        self.feed(page)

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action = attributes["action"]
        elif tag == "input":
            self.fields[attributes["name"]] = attributes["value"]
        elif tag == "button":
            self.decisions.add(attributes["value"])


async def answer_consent(
    session: aiohttp.ClientSession, authorize_url: str, *, decision: str
) -> str:
    """Press a button of the consent page and return where the browser would be sent."""
    async with session.get(authorize_url, allow_redirects=False) as response:
        if response.status == HTTPStatus.FOUND:
            return response.headers["Location"]
        form = _ConsentForm(await response.text())
        if response.status != HTTPStatus.OK or form.action is None:
            raise SignInRefused(f"status {response.status} and no consent page")
    if decision not in form.decisions:
        raise SignInRefused(f"no button for {decision}")
    async with session.post(
        urljoin(authorize_url, form.action),
        data=form.fields | {"decision": decision},
        allow_redirects=False,
    ) as response:
        if response.status != HTTPStatus.FOUND:
            raise SignInRefused(f"status {response.status} after {decision}")
        return response.headers["Location"]
