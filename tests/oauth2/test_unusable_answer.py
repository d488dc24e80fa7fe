"""Answers to a refresh without a usable access token: their new refresh token is kept."""

import json
from typing import Any

import pytest

from custom_components.oauth2_client.oauth2 import (
    AuthorizationServer,
    ClientRejected,
    GrantRejected,
    OAuth2Error,
    Response,
    TemporaryFailure,
    TokenSet,
    parse_token_response,
)

NOW = 1_800_000_000.0
SERVER = AuthorizationServer(token_url="https://auth.example/token")
PREVIOUS = TokenSet(
    access_token="access-1",
    refresh_token="refresh-1",
    received_at=NOW - 3600,
    expires_at=NOW,
    scopes=("read",),
    id_token="header.claims.signature",
)
ROTATED = TokenSet(
    access_token="access-1",
    refresh_token="refresh-2",
    earlier_refresh_token="refresh-1",
    received_at=NOW - 3600,
    expires_at=NOW,
    scopes=("read",),
    id_token="header.claims.signature",
)


def _refused(
    body: bytes | dict[str, Any],
    *,
    status: int = 200,
    previous: TokenSet | None = PREVIOUS,
    server: AuthorizationServer = SERVER,
) -> OAuth2Error:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    with pytest.raises(OAuth2Error) as refused:
        parse_token_response(
            Response(status=status, headers={}, body=content),
            server=server,
            now=NOW,
            previous=previous,
        )
    return refused.value


@pytest.mark.parametrize(
    "unusable",
    [
        {},
        {"access_token": None},
        {"access_token": ""},
        {"access_token": 5},
        {"access_token": ["access-2"]},
        {"access_token": False},
        {"access_token": "access\r\nX: y"},
        {"access_token": "a" * 65537},
        {"access_token": None, "message": "OK"},
    ],
)
def test_the_new_refresh_token_of_an_unusable_answer_is_kept(
    unusable: dict[str, Any],
) -> None:
    error = _refused({**unusable, "refresh_token": "refresh-2", "expires_in": 60})

    assert isinstance(error, TemporaryFailure)
    assert error.next_refresh_token == "refresh-2"
    assert "refresh-2" not in f"{error!r}{error}{ROTATED!r}"


@pytest.mark.parametrize("token_type", ["mac", "DPoP", 5, ["bearer"]])
def test_the_new_refresh_token_beside_an_unknown_token_type_is_kept(
    token_type: object,
) -> None:
    answer = {"access_token": "access-2", "refresh_token": "refresh-2"}

    error = _refused({**answer, "token_type": token_type})

    assert isinstance(error, ClientRejected)
    assert error.next_refresh_token == "refresh-2"


def test_the_new_refresh_token_of_a_form_encoded_answer_is_kept() -> None:
    error = _refused(b"refresh_token=refresh-2&token_type=bearer")

    assert error.next_refresh_token == "refresh-2"


def test_the_new_refresh_token_is_found_under_the_servers_names() -> None:
    server = AuthorizationServer(
        token_url="https://auth.example/token",
        token_path=("data",),
        token_fields={"refresh_token": "refresh"},
    )

    error = _refused({"data": {"refresh": "refresh-2"}}, server=server)

    assert error.next_refresh_token == "refresh-2"


@pytest.mark.parametrize(
    "refresh_token",
    [None, "", 5, True, ["refresh-2"], {"a": 1}, "line\nbreak", "é", "r" * 65537],
)
def test_an_invalid_refresh_token_is_not_kept(refresh_token: object) -> None:
    error = _refused({"access_token": None, "refresh_token": refresh_token})

    assert error.next_refresh_token is None


def test_the_same_refresh_token_again_is_not_a_new_one() -> None:
    assert _refused({"refresh_token": "refresh-1"}).next_refresh_token is None
    assert _refused({"token_type": "bearer"}).next_refresh_token is None


def test_a_rotated_token_set_remembers_the_refresh_token_of_its_access_token() -> None:
    assert PREVIOUS.rotated("refresh-2") == ROTATED
    again = ROTATED.rotated("refresh-3")

    assert again.refresh_token == "refresh-3"
    assert again.earlier_refresh_token == "refresh-1"


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (200, "invalid_grant"),
        (400, "invalid_grant"),
        (500, "server_error"),
        (401, "temporarily_unavailable"),
    ],
)
def test_a_refusal_that_repeats_a_refresh_token_rotates_nothing(
    status: int, code: str
) -> None:
    error = _refused({"error": code, "refresh_token": "****-1"}, status=status)

    assert error.next_refresh_token is None


def test_an_error_message_that_refuses_the_grant_still_counts() -> None:
    error = _refused({"message": "invalid_grant", "refresh_token": "****-1"})

    assert isinstance(error, GrantRejected)
    assert error.next_refresh_token is None


@pytest.mark.parametrize("previous", [None, TokenSet(access_token="a", received_at=1)])
def test_without_a_previous_refresh_token_none_of_an_unusable_answer_is_kept(
    previous: TokenSet | None,
) -> None:
    error = _refused({"refresh_token": "refresh-2"}, previous=previous)

    assert error.next_refresh_token is None


def test_a_usable_answer_forgets_the_earlier_refresh_token() -> None:
    token_set = parse_token_response(
        Response(status=200, headers={}, body=b'{"access_token": "access-3"}'),
        server=SERVER,
        now=NOW,
        previous=ROTATED,
    )

    assert token_set.refresh_token == "refresh-2"
    assert token_set.earlier_refresh_token is None
