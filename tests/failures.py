"""What keeps a request from being answered, each way with the key of its message."""

from typing import Any, Final

import pytest

from custom_components.oauth2_client.oauth2 import (
    OAuth2Error,
    RefusedByPolicy,
    TemporaryFailure,
)
from custom_components.oauth2_client.wire import Transport
from custom_components.oauth2_client.wire.thread import ThreadedTransport

# What the transport raises, with the key of its message. Loopback can fail in few of these ways.
FAILURES: Final = [
    (TemporaryFailure("cannot_connect"), "cannot_connect"),
    (TemporaryFailure("host_busy"), "host_busy"),
    (TemporaryFailure("rate_limited", retry_after=60), "rate_limited"),
    (TemporaryFailure("timeout"), "timeout"),
    (RefusedByPolicy("private_address"), "private_address"),
    (RefusedByPolicy("response_too_large"), "response_too_large"),
    (RefusedByPolicy("response_malformed"), "refused_by_policy"),
    (RefusedByPolicy("too_many_redirects"), "too_many_redirects"),
    (RefusedByPolicy("host_not_allowed", host="example.com"), "host_not_allowed"),
    (RefusedByPolicy("https_required"), "https_required"),
    (RefusedByPolicy("invalid_url"), "invalid_url"),
]

each_failure = pytest.mark.parametrize(
    ("failure", "key"), FAILURES, ids=[key for _, key in FAILURES]
)


def fail(monkeypatch: pytest.MonkeyPatch, failure: OAuth2Error) -> None:
    """Let each request end like this from now on."""

    async def send(*_: Any, **__: Any) -> None:
        raise failure

    monkeypatch.setattr(Transport, "send", send)
    monkeypatch.setattr(ThreadedTransport, "send", send)
