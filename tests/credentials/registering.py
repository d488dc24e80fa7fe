"""Registers a client at the fake server, as a person does who ticks the field for it."""

from typing import Any

from ..account_flow import SCOPES, AccountFlow
from ..fake_server import FakeServer, Fault


def made(server: FakeServer, **changed: Any) -> Fault:
    """Return the answer of a registration: a client that the fake server knows."""
    answer = {
        "client_id": "demo-client",
        "client_secret": "demo-secret",
        "client_secret_expires_at": 0,
        "token_endpoint_auth_method": "client_secret_basic",
        "registration_client_uri": f"{server.api_base_url}/register/1",
        "registration_access_token": "planted-management",
    }
    return Fault.json(201, answer | changed)


async def register(
    flow: AccountFlow,
    server: FakeServer,
    answer: Fault,
    *,
    grant: str = "authorization_code",
    preset: str = "client_secret_basic",
) -> Any:
    """Find the server, and tick *Register Home Assistant by itself*."""
    endpoint = f"{server.api_base_url}/register"
    server.settings.metadata_changes |= {"registration_endpoint": endpoint}
    await flow.discover(server.base_url)
    await flow.confirm_found(
        name="Sandbox",
        api_base_url=server.api_base_url,
        details={"client_authentication": preset},
    )
    # What asks whether this is a token endpoint at all.
    server.token_requests.clear()
    server.token_headers.clear()
    server.api_faults.append(answer)
    details = {"scopes": SCOPES, "grant": grant}
    return await flow.submit(register=True, details=details)
