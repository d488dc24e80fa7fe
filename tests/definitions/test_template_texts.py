"""A value that a template inserts into a request stays within its segment, field or text."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st
import pytest
from yarl import URL

from custom_components.oauth2_client.api import InvalidRequest
from custom_components.oauth2_client.definitions import RequestRenderer, RequestTemplate
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import TemplateError


def _render(hass: HomeAssistant, stored: dict[str, Any], **variables: object) -> Any:
    template = RequestTemplate.from_dict({"url": "/x", **stored})
    return RequestRenderer(hass, template).render(variables)


@pytest.mark.parametrize(
    ("template", "value", "url"),
    [
        ("/lamps/{{ x }}/on", "desk", "/lamps/desk/on"),
        ("/lamps/{{ x }}/on", 5, "/lamps/5/on"),
        ("/lamps/{{ x }}/on", "../../admin", "/lamps/..%2F..%2Fadmin/on"),
        ("/lamps/{{ x }}/on", "a?b=c&d#e", "/lamps/a%3Fb%3Dc%26d%23e/on"),
        ("/lamps/{{ x }}", "%2e%2e%2fadmin", "/lamps/%252e%252e%252fadmin"),
        ("/lamps?room={{ x }}&on=1", "a b&on=0", "/lamps?room=a%20b%26on%3D0&on=1"),
        ("/lamps/{{- x -}}", "a/b", "/lamps/a%2Fb"),
        ("/lamps/{{ x | urlencode }}", "a/b c", "/lamps/a%2Fb%20c"),
        ("/lamps/{{ x if x else 'all' }}", "", "/lamps/all"),
        ("/lamps/{{ x|upper }}", "a/b", "/lamps/A%2FB"),
        ("/lamps/{% if x %}{{ x }}{% else %}all/on{% endif %}", "", "/lamps/all/on"),
        ("/lamps/{{ x | safe }}", "desk/on?a=1", "/lamps/desk/on?a=1"),
        ("{{ x }}", "https://api.example/a/b?c=1", "https://api.example/a/b?c=1"),
    ],
)
async def test_in_an_address_it_stays_within_its_segment(
    hass: HomeAssistant, template: str, value: object, url: str
) -> None:
    assert _render(hass, {"url": template}, x=value).url == url


@pytest.mark.parametrize(
    "template", ["/lamps/{{ x }}/on", "/a/{{ x|safe }}", "{{ x }}"]
)
@pytest.mark.parametrize("value", ["..", "."])
async def test_a_segment_that_leads_out_of_its_place_is_refused(
    hass: HomeAssistant, template: str, value: str
) -> None:
    with pytest.raises(InvalidRequest) as raised:
        _render(hass, {"url": template}, x=value)
    assert raised.value.key == "leaves_segment"


@given(text=st.text(max_size=20))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_no_text_leaves_its_segment(hass: HomeAssistant, text: str) -> None:
    try:
        rendered = _render(hass, {"url": "/api/lamps/{{ x }}/on?room={{ x }}"}, x=text)
    except InvalidRequest:
        assert text in (".", "..")
        return
    url = URL(f"https://api.example{rendered.url}", encoded=True)

    assert url.raw_path.split("/")[1:3] == ["api", "lamps"]
    assert len(url.raw_path.split("/")) == 5
    assert url.query["room"] == text


@pytest.mark.parametrize(
    ("body", "value", "sent"),
    [
        ('{"name": "{{ x }}"}', 'a", "admin": "1', {"name": 'a", "admin": "1'}),
        ('[{"a": ["{{ x }}"], "b": 1.5}]', "a\n\\", [{"a": ["a\n\\"], "b": 1.5}]),
        ('{"{{ x }}": true}', 'a"', {'a"': True}),
        ('{"a": "\\u0000{{ x }}"}', 5, {"a": "\x005"}),
        # A template outside of quotes is one value, or elements of its list.
        ('{"a": {{ x }}}', 5, {"a": 5}),
        ('{"a": {{ x | to_json }}}', 'a"', {"a": 'a"'}),
        ('{"a": {{ x | to_json }}}', {"b": [1]}, {"a": {"b": [1]}}),
        ('{"a": {{ x }}}', '1, "admin": true', {"a": '1, "admin": true'}),
        ('{"a": {{ x }}}', '1}, {"admin": true', {"a": '1}, {"admin": true'}),
        ('{"a": "{{ x }}", "b": {{ 2 }}}', '", "c": "1', {"a": '", "c": "1', "b": 2}),
        ('{"a": "\\"{{ x }}", "b": {{ 2 }}}', '"', {"a": '""', "b": 2}),
        ('{"a": {{ x }}}', "desk", {"a": "desk"}),
        ('{"a": {{ x }}}', True, {"a": True}),
        ('{"a": {{ x }}}', float("nan"), {"a": "nan"}),
        ('{"a": {{ x }}}', "NaN", {"a": "NaN"}),
        ('{"a": {{ x }}}', "", {"a": ""}),
        ('{"a": {{- x -}} }', "[" * 100_000, {"a": "[" * 100_000}),
        ("[{{ x }}, 3]", "1, 2", [1, 2, 3]),
        ("[{{ x }}]", "", []),
        ('{"a": [{{ x }}]}', '1], "b": [2', {"a": ['1], "b": [2']}),
        ('{ {{ x | to_json }}: 1, "b": {{ x }}}', "a", {"a": 1, "b": "a"}),
        # Statements make the JSON, and a value stays in its place all the same.
        ('{"a": 1{% if x %}, "b": {{ x }}{% endif %}}', 5, {"a": 1, "b": 5}),
        ('{"a": {% if x %}"{{ x }}"{% else %}null{% endif %}}', 'b"', {"a": 'b"'}),
        ('{% if x %}{"a": "{{ x }}"}{% endif %}', '", "b": "', {"a": '", "b": "'}),
        ('{"a": {% if x %}{{ x }}{% endif %}}', '1, "b": 2', {"a": '1, "b": 2'}),
        ('{"a": {% if x %}{{ x }}{% endif %}}', "a\\\n", {"a": "a\\\n"}),
        (
            '[{% for i in x %}{"a": "{{ i }}"}{{ "," if not loop.last }}{% endfor %}]',
            ['"', "b"],
            [{"a": '"'}, {"a": "b"}],
        ),
        (
            '[{% for i in x %}"{{ i }}"{% if not loop.last %},{% endif %}{% endfor %}]',
            ['"}', "\\", 5],
            ['"}', "\\", "5"],
        ),
        (
            '{% macro of(i) %}"{{ i }}"{% endmacro %}{"a": [{{ of(x) }}], "b": true}',
            'b"',
            {"a": ['b"'], "b": True},
        ),
        ('{% set y = x %}{"a": {{ y | to_json }}}', {"b": [1]}, {"a": {"b": [1]}}),
        ('{"a": "{{ x | safe }}"{% if x %}{% endif %}}', "\\n", {"a": "\n"}),
    ],
)
async def test_no_value_leaves_its_place_in_a_body_of_json(
    hass: HomeAssistant, body: str, value: object, sent: object
) -> None:
    request = _render(hass, {"body": body}, x=value)

    assert json.loads(request.body) == sent
    assert ("Content-Type", "application/json") in request.headers


@given(text=st.text(max_size=20))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_no_text_leaves_its_member(hass: HomeAssistant, text: str) -> None:
    body = '{"a": {{ x }}, "b": "{{ x }}", "c": [[{{ x }}], 1]}'
    sent = json.loads(_render(hass, {"body": body}, x=text).body)

    assert [*sent] == ["a", "b", "c"]
    assert [*sent["c"][1:]] == [1]


async def test_in_a_form_it_stays_within_its_field(hass: HomeAssistant) -> None:
    request = _render(hass, {"body": "name={{ x }}&on=1"}, x="a b&on=0/ü")

    assert request.body == b"name=a%20b%26on%3D0%2F%C3%BC&on=1"
    assert ("Content-Type", "application/x-www-form-urlencoded") in request.headers


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("filter%5Bname%5D={{ x }}&on=1", None),
        ("name={{ x }}{% if x %}&on=1{% endif %}", None),
        ("name={{ x }} ", "application/x-www-form-urlencoded"),
        (
            "{% for i in [x] %}name={{ i }}&{% endfor %}",
            "Application/x-www-form-urlencoded",
        ),
    ],
)
async def test_what_a_form_is_its_names_and_its_type_tell(
    hass: HomeAssistant, body: str, content_type: str | None
) -> None:
    headers = {} if content_type is None else {"content-type": content_type}
    request = _render(hass, {"body": body, "headers": headers}, x="a b&on=0")

    assert b"name%5D=a%20b%26on%3D0" in request.body or (
        b"name=a%20b%26on%3D0" in request.body
    )
    [kind] = [text for name, text in request.headers if name.lower() == "content-type"]
    assert kind.lower() == "application/x-www-form-urlencoded"


async def test_a_single_expression_makes_a_body_of_any_kind(
    hass: HomeAssistant,
) -> None:
    for kind in ("application/x-www-form-urlencoded", "text/xml", "text/plain"):
        headers = {"Content-Type": kind}
        request = _render(hass, {"body": "{{ x }}", "headers": headers}, x="<a>&b=1")
        assert request.body == b"<a>&b=1"


@pytest.mark.parametrize(
    ("body", "value", "sent"),
    [
        ("<a>{{ x }}</a>", "b</a><c>&", "<a>b&lt;/a&gt;&lt;c&gt;&amp;</a>"),
        ('<a b="{{ x }}"/>', '" c="', '<a b="&#34; c=&#34;"/>'),
        ("<a b='{{ x }}'/>", "' c='", "<a b='&#39; c=&#39;'/>"),
        ("<a>{{ x | upper }}</a>", "b&", "<a>B&amp;</a>"),
        ("<a>{{ x | e }}</a>", "b&", "<a>b&amp;</a>"),
        ("<a>{{ x | safe }}</a>", "<b/>", "<a><b/></a>"),
        ("<a>{{ x }}</a>", 5, "<a>5</a>"),
        ("<a><![CDATA[{{ x }}]]>{{ x }}</a>", "&", "<a><![CDATA[&]]>&amp;</a>"),
        (
            "<a><![CDATA[{{ x }}]]></a>",
            "]]><b/>",
            "<a><![CDATA[]]]]><![CDATA[><b/>]]></a>",
        ),
        (
            "<a>{% for i in x %}<b>{{ i }}</b>{% endfor %}</a>",
            "<",
            "<a><b>&lt;</b></a>",
        ),
        (
            "{% macro b(i) %}<b>{{ i }}</b>{% endmacro %}<a>{{ b(x) }}</a>",
            "<",
            "<a><b>&lt;</b></a>",
        ),
        (
            "{% set b %}<b>{{ x }}</b>{% endset %}<a>{{ b }}</a>",
            "<",
            "<a><b>&lt;</b></a>",
        ),
        ("{% if x %}<a>{{ x }}</a>{% endif %}", "<", "<a>&lt;</a>"),
    ],
)
async def test_no_value_leaves_its_place_in_a_body_of_xml(
    hass: HomeAssistant, body: str, value: object, sent: str
) -> None:
    assert _render(hass, {"body": body}, x=value).body.decode() == sent
    headers = {"Content-Type": "application/soap+xml; charset=utf-8"}
    stored = {"body": body, "headers": headers}
    assert _render(hass, stored, x=value).body.decode() == sent
    headers = {"Content-Type": "text/plain"}
    plain = _render(hass, {"body": "<a>{{ x }}</a>", "headers": headers}, x="<")
    assert plain.body == b"<a><</a>"


async def test_a_text_that_is_no_form_is_sent_as_it_is_rendered(
    hass: HomeAssistant,
) -> None:
    request = _render(hass, {"body": "Say {{ x }}"}, x="a&b=c/d")

    assert request.body == b"Say a&b=c/d"


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\nb", "a\0"])
async def test_a_line_break_in_a_header_names_the_header(
    hass: HomeAssistant, value: str
) -> None:
    with pytest.raises(InvalidRequest) as raised:
        _render(hass, {"headers": {"X-Mode": "{{ x }}"}}, x=value)

    assert raised.value.key == "invalid_header"
    assert raised.value.placeholders == {"header": "X-Mode"}


@pytest.mark.parametrize("text", ["{{ x", "{% if %}", "{{ x }} {{"])
async def test_a_template_that_cannot_be_compiled_is_refused(
    hass: HomeAssistant, text: str
) -> None:
    renderer = RequestRenderer(hass, RequestTemplate(url=f"/a/{text}"))
    with pytest.raises(TemplateError):
        renderer.check()
