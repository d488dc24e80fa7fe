"""Deviations of servers as data: names, places and methods of parameters, and values that are kept."""

from base64 import urlsafe_b64encode
import json
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import pytest

from custom_components.oauth2_client.oauth2 import (
    AuthorizationServer,
    Client,
    GrantRejected,
    RefusedByPolicy,
    Request,
    Response,
    TokenSet,
    authorization_code_request,
    authorization_parameters,
    device_authorization_request,
    device_token_request,
    exchange_request,
    parse_token_response,
    refresh_request,
)

TOKEN_URL: Final = "https://auth.example/token"
CLIENT: Final = Client(id="client-1", secret="very-secret")


def _server(**changed: Any) -> AuthorizationServer:
    return AuthorizationServer(
        authorize_url="https://auth.example/authorize",
        token_url=TOKEN_URL,
        device_authorization_url="https://auth.example/device",
        **changed,
    )


def _exchange(server: AuthorizationServer) -> Request:
    return authorization_code_request(
        server, CLIENT, code="c/d", redirect_uri="https://home.example/back"
    )


def _fields(text: bytes | str | None) -> dict[str, str]:
    return dict(
        parse_qsl((text or b"").decode() if isinstance(text, bytes) else text or "")
    )


def _parsed(server: AuthorizationServer, answer: object, **more: Any) -> TokenSet:
    response = Response(status=200, body=json.dumps(answer).encode())
    return parse_token_response(response, server=server, now=1.0, **more)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_parameters_of_a_token_request_may_be_in_the_query(method: str) -> None:
    server = _server(
        token_encoding="query", token_method=method, token_headers={"X": "y"}
    )

    request = _exchange(server)

    assert request.method == method
    assert request.body is None
    assert request.headers == {"Accept": "application/json", "X": "y"}
    assert _fields(urlsplit(request.url).query)["client_secret"] == "very-secret"


def test_a_token_request_with_get_has_no_body() -> None:
    request = _exchange(_server(token_method="GET", resources=("https://api.example",)))

    assert (request.method, request.body) == ("GET", None)
    assert _fields(urlsplit(request.url).query)["resource"] == "https://api.example"


def test_the_query_of_the_token_address_stays() -> None:
    server = AuthorizationServer(
        token_url=f"{TOKEN_URL}?output=json", token_method="GET"
    )

    assert _exchange(server).url.startswith(f"{TOKEN_URL}?output=json&grant_type=")


def test_what_was_sent_in_a_query_is_not_shown_in_an_error() -> None:
    server = _server(token_method="GET")
    words = {"error": "invalid_grant", "error_description": "wrong: very-secret"}

    with pytest.raises(GrantRejected) as raised:
        _parsed(server, words, request=_exchange(server))

    assert "very-secret" not in str(raised.value.description)


def test_parameters_have_the_names_that_a_server_gives_them() -> None:
    names = {"client_id": "client_key", "scope": "user_scope"}
    server = _server(parameter_names=names)

    browser = authorization_parameters(
        server, CLIENT, redirect_uri="https://x", state="s", scopes=("a",)
    )
    device = device_authorization_request(server, CLIENT, scopes=("a",))
    token = _fields(_exchange(server).body)

    assert (browser["client_key"], browser["user_scope"]) == ("client-1", "a")
    assert "client_id" not in browser
    assert _fields(device.body)["client_key"] == "client-1"
    assert token["client_key"] == "client-1"
    assert token["client_secret"] == "very-secret"


def test_the_code_challenge_method_may_be_plain() -> None:
    parameters = authorization_parameters(
        _server(code_challenge_method="plain"),
        CLIENT,
        redirect_uri="https://x",
        state="s",
        code_verifier="v" * 64,
    )

    assert parameters["code_challenge"] == "v" * 64
    assert parameters["code_challenge_method"] == "plain"


def test_a_device_flow_may_use_pkce() -> None:
    asked = device_authorization_request(_server(), CLIENT, code_verifier="v" * 64)
    polled = device_token_request(
        _server(), CLIENT, device_code="d", code_verifier="v" * 64
    )

    challenge = _fields(asked.body)
    assert challenge["code_challenge_method"] == "S256"
    assert challenge["code_challenge"] != "v" * 64
    assert _fields(polled.body)["code_verifier"] == "v" * 64


def test_scopes_may_stand_in_another_parameter_as_well() -> None:
    server = _server(device_parameters={"scopes": "{scopes}"}, scope_separator=",")

    asked = device_authorization_request(server, CLIENT, scopes=("a", "b"))

    assert _fields(asked.body) | {"scopes": "a,b", "scope": "a,b"} == _fields(
        asked.body
    )


def test_a_refresh_may_have_to_name_the_redirect_uri() -> None:
    server = _server(refresh_parameters={"redirect_uri": "{redirect_uri}"})

    request = refresh_request(
        server, CLIENT, refresh_token="r", redirect_uri="https://home.example/back"
    )

    assert _fields(request.body)["redirect_uri"] == "https://home.example/back"
    earlier = refresh_request(server, CLIENT, refresh_token="r")
    assert "redirect_uri" not in _fields(earlier.body)


def test_a_token_is_exchanged_for_one_that_lasts_longer() -> None:
    server = _server(
        exchange_url="https://auth.example/longer",
        exchange_parameters={
            "grant_type": "longer",
            "client_secret": "{client_secret}",
            "token": "{access_token}",
        },
    )

    request = exchange_request(server, CLIENT, access_token="short")

    assert (request.method, request.body) == ("GET", None)
    assert _fields(urlsplit(request.url).query) == {
        "grant_type": "longer",
        "client_secret": "very-secret",
        "token": "short",
    }
    with pytest.raises(RefusedByPolicy):
        exchange_request(_server(), CLIENT, access_token="short")


JWT: Final = f"x.{urlsafe_b64encode(b'{"who": {"sub": "7"}}').decode()}.x"


@pytest.mark.parametrize(
    ("path", "answer", "kept"),
    [
        ("instance_url", {"instance_url": "https://eu.example"}, "https://eu.example"),
        ("athlete.id", {"athlete": {"id": 5}}, "5"),
        ("hosts.0.name", {"hosts": [{"name": "a"}]}, "a"),
        ("access_token.who.sub", {"access_token": JWT}, "7"),
        ("athlete.id", {"athlete": {"id": True}}, None),
        ("athlete.id", {"athlete": []}, None),
        ("athlete.id", {"athlete": {"id": "a\nb"}}, None),
        ("athlete.id", {"athlete": {"id": "a" * 999}}, None),
        ("athlete", {"athlete": {"id": 5}}, None),
        ("hosts.9", {"hosts": ["a"]}, None),
        ("access_token.who", {}, None),
    ],
)
def test_token_values_of_the_answer_are_kept(
    path: str, answer: dict[str, Any], kept: str | None
) -> None:
    server = _server(token_values={"told": path})

    token_set = _parsed(server, {"access_token": "a", **answer})

    assert token_set.values == ({} if kept is None else {"told": kept})
    assert TokenSet.from_dict(json.loads(json.dumps(token_set.as_dict()))) == token_set


def test_token_values_stay_where_a_refresh_omits_them() -> None:
    server = _server(token_values={"host": "host"})
    before = _parsed(server, {"access_token": "a", "host": "one"})

    silent = _parsed(server, {"access_token": "b"}, previous=before)
    moved = _parsed(server, {"access_token": "b", "host": "two"}, previous=before)

    assert silent.values == {"host": "one"}
    assert moved.values == {"host": "two"}


def test_token_values_are_in_no_repr() -> None:
    token_set = _parsed(
        _server(token_values={"who": "who"}), {"access_token": "a", "who": "ada"}
    )

    assert "ada" not in repr(token_set)


@pytest.mark.parametrize("values", ["x", {"a": 1}, {1: "a"}])
def test_stored_token_values_of_a_wrong_type_are_refused(values: object) -> None:
    with pytest.raises(ValueError, match="values"):
        TokenSet.from_dict({"access_token": "a", "values": values})


def test_a_header_of_token_requests_may_contain_id_and_secret() -> None:
    headers = {"Client-ID": "{client_id}", "secret_key": "{client_secret}"}
    server = _server(token_headers=headers, client_authentication="none")
    refreshed = refresh_request(server, CLIENT, refresh_token="r")
    for request in (_exchange(server), refreshed):
        assert request.headers["Client-ID"] == "client-1"
        assert request.headers["secret_key"] == "very-secret"
        assert "very-secret" not in (request.body or b"").decode()
        assert "very-secret" not in repr(request)


def test_a_client_without_a_secret_sends_no_header_with_the_secret() -> None:
    server = _server(token_headers={"secret_key": "{client_secret}", "X": "y"})
    request = authorization_code_request(
        server, Client(id="client-1"), code="c", redirect_uri="https://home.example/"
    )

    assert "secret_key" not in request.headers
    assert request.headers["X"] == "y"


def test_a_parameter_may_have_another_name_in_token_requests_only() -> None:
    server = _server(
        parameter_names={"client_id": "client_key"},
        token_parameter_names={"client_id": "clientId", "code": "auth_code"},
    )
    asked = authorization_parameters(
        server, CLIENT, redirect_uri="https://home.example/back", state="s"
    )
    fields = _fields(_exchange(server).body)
    device = _fields(device_authorization_request(server, CLIENT).body)

    assert (asked["client_key"], device["client_key"]) == ("client-1", "client-1")
    assert (fields["clientId"], fields["auth_code"]) == ("client-1", "c/d")
    assert "client_key" not in fields
