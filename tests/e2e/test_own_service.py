"""A service of one's own: pasted, shown, changed and removed, by clicking."""

from collections.abc import Callable
import json

from tests.live import HomeAssistant

from .browser import Browser

_SERVICE = {
    "name": "Acme",
    "authorize_url": "http://127.0.0.1:9/authorize",
    "token_url": "http://127.0.0.1:9/token",
    "api_base_url": "http://127.0.0.1:9/api",
}


def _paste(browser: Browser, text: str) -> None:
    browser.page.locator("dialog-data-entry-flow textarea").first.fill(text)
    browser.submit()


def test_a_person_shares_changes_and_removes_a_service(
    home_assistant: HomeAssistant, browser: Browser, say: Callable[[str], None]
) -> None:
    say("A person pastes a service")
    browser.open("/config/integrations/dashboard/add?domain=oauth2_client")
    browser.click("OK")
    browser.click("Choose a known service")
    browser.see("Other names work too")
    browser.choose("Service", "outlook")
    browser.submit()
    browser.see("Which organization?")
    browser.shoot("organization")
    browser.open("/config/integrations/dashboard/add?domain=oauth2_client")
    browser.click("OK")
    browser.click("Your own services")
    browser.click("Paste a service")
    _paste(browser, json.dumps(_SERVICE | {"scopes": "read"}))
    browser.see("scopes is missing or wrong")
    browser.shoot("paste-wrong")
    _paste(browser, json.dumps(_SERVICE))
    browser.see("The service is added")
    browser.shoot("pasted")

    say("… changes it")
    browser.click("Change, share or remove it")
    browser.click("Change the service")
    browser.see("Change Acme")
    browser.fill(api_base_url="http://127.0.0.1:9/v2")
    browser.shoot("change")
    browser.submit()
    browser.see("The service is changed")
    browser.click("Back to the service")
    browser.click("Show the service as JSON")
    browser.see("Acme as JSON")
    browser.shoot("json")
    browser.submit()

    say("… and removes it")
    browser.click("Remove the service")
    browser.see("its name is free again")
    browser.shoot("remove")
    browser.click("Remove it")
    browser.see("The service is removed")
    browser.shoot("removed")
    stored = json.loads(
        (home_assistant.config_dir / ".storage" / "oauth2_client").read_text()
    )
    assert stored["data"]["providers"] == {}
