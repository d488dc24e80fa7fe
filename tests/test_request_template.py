"""Requests whose texts are templates."""

import pytest

from custom_components.oauth2_client.request_template import (
    RequestRenderer,
    RequestTemplate,
    content_type,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import TemplateError


def test_each_text_may_be_a_template(hass: HomeAssistant) -> None:
    hass.states.async_set("sensor.day", "2026-11-24")
    template = RequestTemplate(
        url=" /days/{{ states('sensor.day') }} ",
        method="PUT",
        query={"n": "{{ n }}", "plain": "{ not one }"},
        headers={"X-Own": "{{ n * 2 }}"},
        body='{"n": {{ n }}}',
    )
    request = RequestRenderer(hass, template).render({"n": 21})

    assert request.url == "/days/2026-11-24"
    assert request.query == (("n", "21"), ("plain", "{ not one }"))
    assert request.headers == (("X-Own", "42"), ("Content-Type", "application/json"))
    assert request.body == '{"n": 21}'


def test_a_type_of_ones_own_stays(hass: HomeAssistant) -> None:
    template = RequestTemplate(
        url="/", headers={"content-type": "application/x-mine"}, body="{}"
    )

    assert RequestRenderer(hass, template).render().headers == (
        ("content-type", "application/x-mine"),
    )


def test_a_body_that_is_empty_is_none(hass: HomeAssistant) -> None:
    template = RequestTemplate(url="/", body="{{ '' }}")
    request = RequestRenderer(hass, template).render()

    assert (request.body, request.headers) == (None, ())


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ('{"a": 1}', "application/json"),
        ("[1]", "application/json"),
        ("a=1&b=x%20y", "application/x-www-form-urlencoded"),
        ("a=1&b[]=", "application/x-www-form-urlencoded"),
        ("a = 1", "text/plain; charset=utf-8"),
        ("Hello", "text/plain; charset=utf-8"),
    ],
)
def test_a_body_has_the_type_that_it_looks_like(body: str, kind: str) -> None:
    assert content_type(body) == kind


def test_a_template_that_is_wrong_or_fails_says_so(hass: HomeAssistant) -> None:
    with pytest.raises(TemplateError):
        RequestRenderer(hass, RequestTemplate(url="/{{ open")).check()
    with pytest.raises(TemplateError):
        RequestRenderer(hass, RequestTemplate(url="/{{ 1 / 0 }}")).render()
