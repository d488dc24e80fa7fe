"""What a server refuses is told in the form, and nothing that was typed is lost (A4, A5, A9, A13)."""

from typing import Any

import pytest
from yarl import URL

from homeassistant.helpers.http import current_request

from ..account_flow import AccountFlow


async def _come_back(flow: AccountFlow, **answer: str) -> Any:
    """Come back from the provider with an error."""
    asked = URL(await flow.open_window()).query
    callback = URL("/auth/external/callback").with_query(state=asked["state"], **answer)
    with pytest.MonkeyPatch.context() as patched:
        # Home Assistant's own, in place of the fixture's request that is always the same.
        patched.setattr("homeassistant.helpers.http.current_request", current_request)
        return await flow.come_back(str(callback))


@pytest.mark.parametrize(
    ("answer", "error", "reason"),
    [
        (
            {"error": "foutje", "error_description": "Neen,  bedankt"},
            "grant_rejected",
            "foutje: Neen, bedankt",
        ),
        (
            {"error": "invalid_scope", "error_description": "No [write](https://a.b)"},
            "scope_rejected",
            "invalid_scope: No [write](https://a.b)",
        ),
        (
            {"error": "unauthorized_client", "error_uri": "https://a.b/"},
            "client_rejected",
            "unauthorized_client",
        ),
    ],
)
async def test_a13_an_error_of_the_callback_is_told_in_the_servers_words(
    flow: AccountFlow, answer: dict[str, str], error: str, reason: str
) -> None:
    await flow.to_credential()
    await flow.to_sign_in()
    result = await _come_back(flow, **answer)

    assert result["step_id"] == "credential"
    assert result["errors"]["base"] == error
    shown = result["description_placeholders"]
    assert shown["reason"] == reason
    assert shown["scopes"] == ("read, write" if error == "scope_rejected" else "")
