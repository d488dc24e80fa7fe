"""Requests as they are stored, and what they become when they are sent."""

from typing import Any

import pytest

from custom_components.oauth2_client.api import content_type
from custom_components.oauth2_client.definitions import (
    InvalidDefinition,
    RequestRenderer,
    RequestTemplate,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import TemplateError

STORED: dict[str, Any] = {
    "url": "/lamps/{{ lamp }}",
    "method": "PUT",
    "query": {"room": "{{ room }}"},
    "headers": {"X-Mode": "{{ mode }}"},
    "body": "{{ level }}",
}
VARIABLES = {"lamp": "desk", "room": "a b", "mode": "dim", "level": 5}


def test_what_is_stored_is_what_is_read() -> None:
    assert RequestTemplate.from_dict(STORED).as_dict() == STORED


def test_an_address_is_enough() -> None:
    request = RequestTemplate.from_dict({"url": "/lamps"})

    assert (request.method, request.query, request.headers, request.body) == (
        "GET",
        {},
        {},
        None,
    )


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"url": None}, "url"),
        ({"url": 5}, "url"),
        ({"method": "SHOUT"}, "method"),
        ({"query": ["a"]}, "query"),
        ({"query": {"a": 1}}, "query"),
        ({"headers": {"a": None}}, "headers"),
        ({"body": {"a": 1}}, "body"),
    ],
)
def test_what_is_stored_wrongly_is_named_and_not_quoted(
    changed: dict[str, Any], place: str
) -> None:
    with pytest.raises(InvalidDefinition, match=f"^{place}$"):
        RequestTemplate.from_dict({**STORED, **changed})


async def test_each_text_is_rendered(hass: HomeAssistant) -> None:
    renderer = RequestRenderer(hass, RequestTemplate.from_dict(STORED))
    request = renderer.render(VARIABLES)

    assert (request.method, request.url) == ("PUT", "/lamps/desk")
    assert request.query == (("room", "a b"),)
    assert request.headers == (("X-Mode", "dim"), ("Content-Type", "application/json"))
    assert request.body == b"5"


async def test_a_template_sees_the_states_of_home_assistant(
    hass: HomeAssistant,
) -> None:
    hass.states.async_set("sun.sun", "below_horizon")
    template = RequestTemplate(url="/lamps", body="{{ states('sun.sun') }}")

    assert RequestRenderer(hass, template).render().body == b"below_horizon"


async def test_a_text_without_a_template_is_sent_to_the_letter(
    hass: HomeAssistant,
) -> None:
    body = '{"a":{"b":1}}\n'
    template = RequestTemplate(url="/lamps", headers={"X": " y "}, body=body)
    request = RequestRenderer(hass, template).render({"a": 1})

    assert (request.body, request.headers[0]) == (body.encode(), ("X", " y "))


async def test_a_content_type_of_ones_own_stays(hass: HomeAssistant) -> None:
    template = RequestTemplate(
        url="/lamps", headers={"content-type": "application/merge-patch+json"}, body="1"
    )

    assert RequestRenderer(hass, template).render().headers == (
        ("content-type", "application/merge-patch+json"),
    )


async def test_a_body_that_is_rendered_to_nothing_is_not_sent(
    hass: HomeAssistant,
) -> None:
    template = RequestTemplate(url="/lamps", body="{{ '' }}")
    request = RequestRenderer(hass, template).render()

    assert (request.body, request.headers) == (None, ())


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ('{"a": 1}', "application/json"),
        ("[1, 2]", "application/json"),
        ('"text"', "application/json"),
        ("a=1&b=2", "application/x-www-form-urlencoded"),
        ("filter[name]=a%20b", "application/x-www-form-urlencoded"),
        ("a=1", "application/x-www-form-urlencoded"),
        ("a = 1", "text/plain; charset=utf-8"),
        ("hello", "text/plain; charset=utf-8"),
        ('{"a": }', "text/plain; charset=utf-8"),
        ("<a b='1'/>", "text/plain; charset=utf-8"),
    ],
)
def test_a_body_says_itself_what_it_is(body: str, kind: str) -> None:
    assert content_type(body) == kind


async def test_a_template_that_cannot_be_compiled_is_found_before_it_is_sent(
    hass: HomeAssistant,
) -> None:
    template = RequestTemplate(url="/lamps", headers={"X": "{% for %}"})

    with pytest.raises(TemplateError):
        RequestRenderer(hass, template).check()


def test_nothing_but_the_method_is_shown() -> None:
    request = RequestTemplate(
        url="https://x/planted",
        query={"a": "planted"},
        headers={"a": "planted"},
        body="planted",
    )

    assert repr(request) == "RequestTemplate(method='GET')"
