"""The token set: how it is stored and read back, and who its id token says signed in."""

from base64 import urlsafe_b64encode
from copy import replace
import json
from typing import Any

import pytest

from custom_components.oauth2_client.oauth2 import (
    TokenSet,
    id_token_name,
    id_token_subject,
    missing_scopes,
)

NOW = 1_800_000_000.0
FULL = TokenSet(
    access_token="access-1",
    token_type="Bearer",
    refresh_token="refresh-1",
    received_at=NOW,
    expires_at=NOW + 3600.5,
    scopes=("read", "write"),
    id_token="header.claims.signature",
)
BARE = TokenSet(access_token="access-1", received_at=NOW)


def _id_token(**claims: Any) -> str:
    payload = urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return f"eyJhbGciOiJSUzI1NiJ9.{payload}.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    "token_set",
    [
        FULL,
        BARE,
        TokenSet(access_token="a", received_at=NOW, scopes=()),
        FULL.rotated("refresh-2"),
        replace(FULL, refresh_expires_at=NOW + 7200),
    ],
    ids=["full", "bare", "no-scopes-granted", "rotated", "refresh-expires"],
)
def test_a_token_set_comes_back_from_json_as_it_was(token_set: TokenSet) -> None:
    stored = json.loads(json.dumps(token_set.as_dict()))

    assert TokenSet.from_dict(stored) == token_set


def test_the_stored_keys_do_not_change() -> None:
    assert FULL.as_dict() == {
        "access_token": "access-1",
        "token_type": "Bearer",
        "refresh_token": "refresh-1",
        "received_at": NOW,
        "expires_at": NOW + 3600.5,
        "scopes": ["read", "write"],
        "id_token": "header.claims.signature",
    }


def test_a_token_of_home_assistants_helper_is_read() -> None:
    completed = {
        "access_token": "access-1",
        "token_type": "bearer",
        "refresh_token": "refresh-1",
        "expires_in": 3600,
        "expires_at": NOW + 3600,
        "scope": "read write",
    }

    assert TokenSet.from_dict(completed) == TokenSet(
        access_token="access-1",
        token_type="bearer",
        refresh_token="refresh-1",
        received_at=NOW,
        expires_at=NOW + 3600,
        scopes=("read", "write"),
    )


def test_an_access_token_alone_is_enough() -> None:
    assert TokenSet.from_dict({"access_token": "access-1"}) == TokenSet(
        access_token="access-1", received_at=0
    )


def test_unknown_stored_keys_are_ignored() -> None:
    assert TokenSet.from_dict({**FULL.as_dict(), "user_id": [7]}) == FULL


@pytest.mark.parametrize("key", ["refresh_token", "id_token"])
def test_an_empty_stored_token_is_none(key: str) -> None:
    stored = {**FULL.as_dict(), key: ""}

    assert getattr(TokenSet.from_dict(stored), key) is None


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("access_token", None),
        ("access_token", ""),
        ("access_token", 7),
        ("access_token", ["access-1"]),
        ("token_type", 7),
        ("refresh_token", 7),
        ("refresh_token", {}),
        ("id_token", False),
        ("received_at", "yesterday"),
        ("received_at", True),
        ("expires_at", "tomorrow"),
        ("expires_at", []),
        ("refresh_expires_at", "tomorrow"),
        pytest.param("received_at", 10**400, id="received_at-beyond-a-float"),
        pytest.param("expires_at", 10**400, id="expires_at-beyond-a-float"),
        ("scopes", 7),
        ("scopes", {"read": True}),
        ("scopes", ["read", 7]),
    ],
)
def test_an_invalid_stored_key_is_named_and_its_value_not_quoted(
    key: str, value: object
) -> None:
    with pytest.raises(ValueError) as unreadable:
        TokenSet.from_dict({**FULL.as_dict(), key: value})

    assert str(unreadable.value) == key


def test_no_token_is_in_the_repr() -> None:
    shown = repr(FULL)

    for token in ("access-1", "refresh-1", "header.claims.signature"):
        assert token not in shown


@pytest.mark.parametrize(
    ("granted", "missing"),
    [
        (None, ()),
        # Earlier versions stored nothing said as nothing granted, and `a,b` as one scope.
        ((), ()),
        (("",), ()),
        (("read",), ("write",)),
        (("read,write",), ()),
        (("read;write",), ()),
        (("read", "write", "more"), ()),
        (("extapi:read", "extapi:write"), ()),
        (("read:write",), ("read",)),
        (("extapi:read",), ("write",)),
    ],
)
def test_scopes_not_granted_are_missing(
    granted: tuple[str, ...] | None, missing: tuple[str, ...]
) -> None:
    token_set = TokenSet(access_token="a", received_at=NOW, scopes=granted)

    assert missing_scopes(token_set, ["write", "read"]) == missing


def test_the_id_token_says_who_signed_in() -> None:
    assert id_token_subject(_id_token(sub="248289761001")) == "248289761001"


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        (
            {"email": "j@example.com", "preferred_username": "j", "name": "Jane"},
            "j@example.com",
        ),
        ({"preferred_username": "j", "name": "Jane"}, "j"),
        ({"email": "", "name": "Zoë"}, "Zoë"),
        ({"email": 7, "name": "Jane"}, "Jane"),
        ({"sub": "248289761001"}, None),
        ({"sub": "7", "preferred_username": "7", "name": "Jane"}, "Jane"),
        ({"preferred_username": "8f14e45f-ceea-467f-a830-3f1d6e2b9c10"}, None),
        ({"preferred_username": "8F14E45FCEEA467FA8303F1D6E2B9C10"}, None),
    ],
)
def test_the_id_token_says_a_name_that_the_person_knows(
    claims: dict[str, Any], name: str | None
) -> None:
    assert id_token_name(_id_token(**claims)) == name


@pytest.mark.parametrize(
    "id_token",
    [
        "",
        "opaque",
        "a.b.c",
        "a.b.c.d.e",
        _id_token(),
        _id_token(sub=7),
        _id_token(sub=""),
    ],
)
def test_a_text_that_is_not_a_jwt_names_nobody(id_token: str) -> None:
    assert id_token_subject(id_token) is None
    assert id_token_name(id_token) is None


def test_every_token_of_a_token_set_is_a_secret() -> None:
    token_set = TokenSet(
        access_token="a",
        refresh_token="r",
        id_token="i",
        earlier_refresh_token="e",
        received_at=0,
    )

    assert token_set.secrets == ("a", "r", "i", "e")
    assert TokenSet(access_token="b", received_at=0).secrets == ("b",)
