"""*Find by address* with the address of an API: its metadata and challenges lead to its server."""

from typing import Any

import pytest

from .account_flow import AccountFlow, suggested
from .fake_server import FakeServer, Fault

# Answers of the host's own two metadata documents, which are asked for before the API is.
_NOTHING_AT_THE_HOST = (Fault(404), Fault(404))


def _challenge(server: FakeServer, path: str) -> Fault:
    """Return an API's answer to who has no token (RFC 9728, 5.1)."""
    url = f"{server.base_url}{path}"
    return Fault(401, {"WWW-Authenticate": f'Bearer resource_metadata="{url}"'})


def _only_challenge(server: FakeServer, challenge: Fault) -> str:
    """Let only the challenge of an API lead on; return the API's address."""
    server.metadata_faults.extend(_NOTHING_AT_THE_HOST)
    # The first is asked for what OpenID providers publish below their own address.
    server.api_faults.extend([Fault(404), challenge])
    address = f"{server.api_base_url}/me"
    server.settings.metadata_changes = {"resource": address}
    return address


async def test_the_challenge_of_an_api_leads_to_its_server(
    flow: AccountFlow, server: FakeServer
) -> None:
    challenge = _challenge(server, "/.well-known/oauth-protected-resource/api")
    address = _only_challenge(server, challenge)
    found = suggested(await flow.discover(address))

    assert found["token_url"] == server.token_url
    assert found["api_base_url"] == address


@pytest.mark.parametrize(
    "challenge",
    [
        Fault(200),
        Fault(401),
        Fault(401, {"WWW-Authenticate": "Bearer"}),
        Fault(401, {"WWW-Authenticate": 'Bearer resource_metadata="nowhere"'}),
    ],
    ids=["no-refusal", "no-challenge", "no-metadata", "no-address"],
)
async def test_a_challenge_that_names_no_metadata_leads_nowhere(
    flow: AccountFlow, server: FakeServer, challenge: Fault
) -> None:
    result = await flow.discover(_only_challenge(server, challenge))

    assert result["errors"] == {"address": "nothing_found"}


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"resource": "https://example.com/"}, "resource_mismatch"),
        ({"authorization_servers": []}, "nothing_found"),
        ({"authorization_servers": ["http://127.0.0.1:9/"]}, "nothing_found"),
    ],
    ids=["of-another-api", "no-server", "no-answer"],
)
async def test_metadata_of_an_api_that_leads_to_no_server_is_told(
    flow: AccountFlow, server: FakeServer, changes: dict[str, Any], error: str
) -> None:
    server.settings.metadata_changes = changes
    # The first is asked for the API's metadata, and answers as it is.
    server.metadata_faults.extend([Fault(None), *_NOTHING_AT_THE_HOST])
    result = await flow.discover(server.api_base_url)

    assert result["errors"] == {"address": error}
