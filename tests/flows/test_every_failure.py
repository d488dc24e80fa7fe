"""What keeps a request from being answered is told in each form that sends one."""

from typing import Final

import pytest

from custom_components.oauth2_client.oauth2 import OAuth2Error
from homeassistant.core import HomeAssistant

from ..account_flow import AccountFlow
from ..failures import each_failure, fail
from ..resources import WEATHER, SubentryFlow

_REQUEST: Final = {key: each for key, each in WEATHER.items() if key != "values"}


@each_failure
async def test_a_credential_that_cannot_be_tried_says_why(
    flow: AccountFlow,
    monkeypatch: pytest.MonkeyPatch,
    failure: OAuth2Error,
    key: str,
) -> None:
    await flow.to_credential(grants=["client_credentials"], authorize_url="")
    fail(monkeypatch, failure)
    result = await flow.to_sign_in()

    assert (result["step_id"], result["errors"]) == (
        "stored_credential",
        {"base": key},
    )


@each_failure
async def test_an_answer_that_does_not_come_says_why(
    hass: HomeAssistant,
    flow: AccountFlow,
    monkeypatch: pytest.MonkeyPatch,
    failure: OAuth2Error,
    key: str,
) -> None:
    adding = SubentryFlow(hass, await flow.add_account())
    await adding.start()
    fail(monkeypatch, failure)
    result = await adding.submit(**_REQUEST)

    [error] = {*result["errors"].values()}
    assert (result["step_id"], error) == ("address", key)
