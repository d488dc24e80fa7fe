"""A code on another device that nobody enters in time, by clicking."""

from collections.abc import Callable

from tests.live import HomeAssistant

from .browser import Browser
from .provider import running_provider, sign_in


def test_a_person_who_is_slow_sees_a_new_code(
    home_assistant: HomeAssistant, browser: Browser, say: Callable[[str], None]
) -> None:
    callback = f"{home_assistant.base_url}/auth/external/callback"
    with running_provider(
        callback, access_token_lifetime=3600, device_code_lifetime=6
    ) as provider:
        browser.open("/config/integrations/dashboard/add?domain=oauth2_client")
        browser.click("OK")
        browser.click("Find a service by its address")
        browser.fill(address=provider.issuer)
        browser.submit()
        browser.see("Authorize URL")
        browser.fill(name="Certified", api_base_url=provider.api_base_url)
        browser.submit()
        browser.see("Credential for Certified")
        browser.page.locator("ha-formfield, ha-checkbox, ha-switch").first.click()
        browser.fill(client_id=provider.client_id, client_secret=provider.client_secret)
        browser.click("Scopes and way to sign in")
        browser.click("With a code on another device")
        browser.submit()
        browser.see("enter this code")
        first = browser.page.locator("dialog-data-entry-flow h2").last.inner_text()

        say("A person is too slow, and does nothing")
        # The next code does not end before it is entered.
        provider.command(device_code_ttl=600)
        browser.submit()
        browser.see("The last code was not entered in time")
        browser.shoot("device-new-code")
        code = browser.page.locator("dialog-data-entry-flow h2").last.inner_text()
        assert code != first
        sign_in(f"{provider.issuer}/device?user_code={code}", login="ada")
        browser.submit()
        browser.see("Add a resource by its address")
