"""The one table from protocol errors to Home Assistant's."""

import pytest

from custom_components.oauth2_client.api.refusal import refusal_error
from custom_components.oauth2_client.errors import (
    as_home_assistant_error,
    as_set_up_error,
    as_update_failure,
    message_key,
    message_placeholders,
)
from custom_components.oauth2_client.oauth2 import (
    ClientRejected,
    GrantRejected,
    OAuth2Error,
    RefusedByPolicy,
    ScopeRejected,
    TemporaryFailure,
)
from homeassistant.exceptions import (
    ConfigEntryAuthFailed,
    ConfigEntryError,
    ConfigEntryNotReady,
    HomeAssistantError,
)
from homeassistant.helpers.update_coordinator import UpdateFailed

WAIT = TemporaryFailure("slow_down", retry_after=7)


@pytest.mark.parametrize(
    ("error", "at_set_up", "at_update"),
    [
        (GrantRejected("invalid_grant"), ConfigEntryAuthFailed, ConfigEntryAuthFailed),
        (ClientRejected("invalid_client"), ConfigEntryNotReady, UpdateFailed),
        (ScopeRejected("invalid_scope"), ConfigEntryNotReady, UpdateFailed),
        (WAIT, ConfigEntryNotReady, UpdateFailed),
        (RefusedByPolicy("https_required"), ConfigEntryError, UpdateFailed),
    ],
)
def test_each_error_becomes_what_mends_it(
    error: OAuth2Error, at_set_up: type[Exception], at_update: type[Exception]
) -> None:
    assert type(as_set_up_error(error)) is at_set_up
    assert type(as_update_failure(error, "")) is at_update
    assert type(as_home_assistant_error(error, "")) is HomeAssistantError


def test_the_time_to_wait_is_handed_on() -> None:
    failure = as_update_failure(WAIT, "")
    assert isinstance(failure, UpdateFailed)
    assert failure.retry_after == 7


@pytest.mark.parametrize(
    ("error", "key"),
    [
        (TemporaryFailure("timeout"), "timeout"),
        (TemporaryFailure("http_502"), "temporary_failure"),
        (GrantRejected("access_denied"), "access_denied"),
        (GrantRejected("invalid_grant"), "grant_rejected"),
        (RefusedByPolicy("something_new"), "refused_by_policy"),
    ],
)
def test_a_code_has_its_own_message_or_that_of_its_class(
    error: OAuth2Error, key: str
) -> None:
    assert message_key(error) == key


def test_a_message_says_what_the_server_said_and_which_scopes() -> None:
    error = as_home_assistant_error(
        ScopeRejected("invalid_scope", scopes=("a", "b"), description="No such scope"),
        "https://api.example.com/me?key=a",
    )
    assert error.translation_placeholders == {
        "reason": "invalid_scope: No such scope",
        "scopes": ": a, b",
        "sent": " (https://api.example.com/me)",
    }


def test_a_message_names_no_scopes_where_none_were_asked_for() -> None:
    placeholders = message_placeholders(ScopeRejected("invalid_scope"))

    assert placeholders["scopes"] == ""


@pytest.mark.parametrize(("message", "shown"), [("No", ": “No”"), ("", "")])
def test_a_refusal_quotes_what_the_api_said_and_nothing_where_it_said_nothing(
    message: str, shown: str
) -> None:
    error = refusal_error(404, message, "https://api.example.com/me?key=a")

    assert error.translation_placeholders == {
        "status": "404",
        "quotation": shown,
        "address": "https://api.example.com/me",
    }
