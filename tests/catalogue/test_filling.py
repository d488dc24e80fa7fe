"""What a sign-in told, in a provider's addresses; and what a person should know of a provider."""

from typing import Any

import pytest

from custom_components.oauth2_client.catalogue import (
    About,
    Condition,
    InvalidProvider,
    Provider,
    parse_provider,
)


def _provider(**changed: Any) -> Provider:
    minimal = {"id": "example", "name": "Example", "token_url": "https://example.com"}
    return parse_provider({**minimal, **changed}, category="dev")


def _with_host(**changed: Any) -> Provider:
    return _provider(
        api_base_url="{host}/v1",
        token_values={"host": "api_host"},
        value_hosts={"host": ["example.com"]},
        **changed,
    )


@pytest.mark.parametrize(
    "told",
    ["https://eu.example.com", "https://example.com", "https://example.com:8443"],
)
def test_a_sign_in_tells_the_host_of_the_api(told: str) -> None:
    assert _with_host().signed_in({"host": told}).api_base_url == f"{told}/v1"


@pytest.mark.parametrize("told", ["eu.example.com", "https://eu.example.com"])
def test_a_host_is_taken_from_a_host_or_an_address(told: str) -> None:
    provider = _provider(
        api_base_url="https://{host}/v1",
        callback_values={"host": "hostname"},
        value_hosts={"host": ["example.com"]},
    )

    signed_in = provider.signed_in({"host": told})
    assert signed_in.api_base_url == "https://eu.example.com/v1"


@pytest.mark.parametrize(
    "told",
    [
        "https://evil.test",
        "https://example.com.evil.test",
        "https://evilexample.com",
        "https://example.com@evil.test",
        "http://eu.example.com",
        "https://eu.example.com/path?x",
        "evil.test",
        "",
        "a" * 999,
    ],
)
def test_what_a_sign_in_tells_makes_no_other_host_of_it(told: str) -> None:
    assert _with_host().signed_in({"host": told}).api_base_url == "{host}/v1"


def test_a_value_that_is_no_host_stays_in_its_part_of_an_address() -> None:
    provider = _provider(
        api_base_url="https://api.example.com/{realm}",
        api_headers={"Realm": "{realm}"},
        api_query={"realm": "{realm}"},
        callback_values={"realm": "realmId"},
        identity={"url": "/info/{realm}", "id": ["id"]},
        first_request={"url": "/register", "body": '{"realm": "{realm}"}'},
    )

    signed_in = provider.signed_in({"realm": "../a?b#c@d\r\n"})

    encoded = "..%2Fa%3Fb%23c%40d%0D%0A"
    assert signed_in.api_base_url == f"https://api.example.com/{encoded}"
    assert signed_in.api_headers == {"Realm": encoded}
    # Encoded when it is sent.
    assert signed_in.api_query == {"realm": "../a?b#c@d\r\n"}
    assert signed_in.identity is not None
    assert signed_in.identity.url == f"/info/{encoded}"
    assert signed_in.first_request is not None
    assert signed_in.first_request.body == r'{"realm": "../a?b#c@d\r\n"}'


def test_only_what_a_provider_names_is_filled_in() -> None:
    provider = _provider(api_base_url="https://api.example.com/{other}")

    assert provider.signed_in({"other": "x"}) is provider


def test_known_resources_have_the_accounts_id_in_their_address() -> None:
    known = {
        "id": "stats",
        "name": "Statistics",
        "url": "/athletes/{account_id}/stats",
        "query": {"user": "{account_id}"},
        "values": [{"key": "a", "name": "A", "path": "$.a"}],
    }
    provider = _provider(known_resources=[known])

    [resource] = provider.signed_in({}, "1/2").known_resources
    assert resource.url == "/athletes/1%2F2/stats"
    # Encoded when it is sent, and only once.
    assert resource.query == {"user": "1/2"}
    assert provider.signed_in({}, None) is provider


def test_what_a_sign_in_tells_is_no_template_of_a_known_resource() -> None:
    known = {
        "id": "stats",
        "name": "Statistics",
        "url": "/stats",
        "query": {"user": "{account_id}"},
        "headers": {"User": "{account_id}"},
        "values": [{"key": "a", "name": "A", "path": "$.a"}],
    }
    provider = _provider(known_resources=[known])

    [resource] = provider.signed_in({}, "{{states}}").known_resources
    assert resource.query == {"user": "%7B%7Bstates%7D%7D"}
    assert resource.headers == {"User": "%7B%7Bstates%7D%7D"}


@pytest.mark.parametrize("told", [".", ".."])
def test_what_a_sign_in_tells_leads_to_no_other_path(told: str) -> None:
    provider = _provider(
        api_base_url="https://api.example.com/{realm}/v1",
        callback_values={"realm": "realmId"},
    )

    signed_in = provider.signed_in({"realm": told})
    assert signed_in.api_base_url == provider.api_base_url


def test_a_value_is_not_filled_in_by_another_one() -> None:
    provider = _provider(
        api_query={"a": "{first}", "b": "{second}"},
        token_values={"first": "first", "second": "second"},
    )

    signed_in = provider.signed_in({"first": "{second}", "second": "x"})
    assert signed_in.api_query == {"a": "%7Bsecond%7D", "b": "x"}


def test_a_body_that_is_a_form_takes_a_value_encoded() -> None:
    provider = _provider(
        callback_values={"realm": "realm"},
        first_request={"url": "/register", "body": "realm={realm}"},
    )

    first = provider.signed_in({"realm": "a&b=c"}).first_request
    assert first is not None
    assert first.body == "realm=a%26b%3Dc"


def test_a_users_secret_is_in_headers_and_parameters_and_in_no_address() -> None:
    known = {
        "id": "stats",
        "name": "Statistics",
        "url": "/{api_key}",
        "query": {"key": "{api_key}"},
        "values": [{"key": "a", "name": "A", "path": "$.a"}],
    }
    provider = _provider(
        api_base_url="https://api.example.com/{api_key}",
        api_headers={"X-Key": "{api_key}"},
        api_query={"key": "{api_key}"},
        token_parameters={"key": "{api_key}"},
        known_resources=[known],
        variables=[{"name": "api_key"}],
    ).resolve({"api_key": "a/b+c=="})

    assert provider.api_headers == {"X-Key": "a/b+c=="}
    assert provider.api_query == {"key": "a/b+c=="}
    assert provider.server.token_parameters == {"key": "a/b+c=="}
    assert provider.secret_values == ("a/b+c==",)
    assert provider.api_base_url == "https://api.example.com/{api_key}"
    assert provider.known_resources_json == (known,)
    assert "a/b+c==" not in repr(provider)


def test_a_users_variables_are_filled_in_headers_and_parameters_too() -> None:
    provider = _provider(
        token_url="https://{region}.example.com/token",
        token_parameters={"audience": "https://{region}.example.com"},
        api_headers={"Subscription": "{region}", "Client-Id": "{client_id}"},
        variables=[{"name": "region"}],
    ).resolve({"region": "eu"})

    assert provider.server.token_parameters == {"audience": "https://eu.example.com"}
    assert provider.api_headers == {"Subscription": "eu", "Client-Id": "{client_id}"}


def test_what_a_person_should_know_is_told() -> None:
    provider = _provider(
        about={
            "confirmed": False,
            "looked_up": "2026-11",
            "conditions": [
                {"kind": "paid_plan", "since": "2026-06-01", "values": {"plan": "Pro"}}
            ],
            "integration": "example",
            "redirect_field": "Callback URL",
            "scopes": ["read"],
        }
    )

    assert provider.about == About(
        confirmed=False,
        looked_up="2026-11",
        conditions=(
            Condition(kind="paid_plan", since="2026-06-01", values={"plan": "Pro"}),
        ),
        integration="example",
        redirect_field="Callback URL",
        scopes=("read",),
    )
    assert _provider().about == About()


@pytest.mark.parametrize(
    ("about", "key"),
    [
        ({"surprise": 1}, "about: surprise"),
        ({"looked_up": "November"}, "looked_up"),
        ({"looked_up": 2026}, "looked_up"),
        ({"conditions": {}}, "conditions"),
        ({"conditions": ["paid"]}, "conditions"),
        ({"conditions": [{"since": "2026-01"}]}, "kind"),
        ({"conditions": [{"kind": "paid", "more": 1}]}, "conditions"),
        ({"conditions": [{"kind": "paid", "since": "2026-13"}]}, "since"),
        ({"conditions": [{"kind": "users"}]}, "conditions: users"),
        ({"conditions": [{"kind": "sign_in_again"}]}, "conditions: sign_in_again"),
        (
            {
                "conditions": [
                    {"kind": "quota", "values": {"count": "1", "per": "fortnight"}}
                ]
            },
            "conditions: quota",
        ),
        ({"confirmed": "yes"}, "confirmed"),
    ],
)
def test_what_is_said_otherwise_is_named(about: dict[str, Any], key: str) -> None:
    with pytest.raises(InvalidProvider) as raised:
        _ = _provider(about=about).about
    assert str(raised.value) == key


@pytest.mark.parametrize(
    "changed",
    [
        {"token_method": "PUT"},
        {"token_method": ["GET"]},
        {"code_challenge_method": "S512"},
        {"parameter_names": {"client_id": 1}},
        {"token_values": ["x"]},
        {"value_hosts": ["example.com"]},
        {"value_hosts": {"host": "example.com"}},
        {"first_request": {"method": "POST"}},
        {"first_request": {"url": "/x", "more": 1}},
        {"about": []},
        {"api_token_query": 1},
    ],
)
def test_a_deviation_that_is_not_as_the_schema_says_is_refused(
    changed: dict[str, Any],
) -> None:
    with pytest.raises(InvalidProvider):
        _provider(**changed)


def test_what_is_stored_of_deviations_is_what_was_read() -> None:
    provider = _with_host(
        token_method="GET",
        parameter_names={"client_id": "app"},
        code_challenge_method="plain",
        first_request={"url": "/register"},
        identity={"id": ["who"]},
        api_token_query="token",
        shared_client_id="public",
        about={"looked_up": "2026-11"},
    )

    assert parse_provider(provider.as_dict(), category="dev") == provider
