"""Find a service by its address and sign in on another device, by clicking."""

from collections.abc import Callable

from tests.live import HomeAssistant, wait_until

from .browser import Browser
from .provider import running_provider, sign_in

LIFETIME = 3600


def test_a_person_finds_a_service_and_signs_in_on_the_phone(
    home_assistant: HomeAssistant, browser: Browser, say: Callable[[str], None]
) -> None:
    callback = f"{home_assistant.base_url}/auth/external/callback"
    with running_provider(callback, access_token_lifetime=LIFETIME) as provider:
        say("A person finds a service by its address")
        browser.open("/config/integrations/dashboard/add?domain=oauth2_client")
        browser.click("OK")
        browser.click("Find a service by its address")
        browser.see("Enter the name of the host")
        browser.fill(address=provider.api_base_url)
        browser.submit()
        browser.see("tells how to sign in")
        browser.shoot("discover-nothing")
        browser.fill(address=provider.issuer)
        browser.submit()
        browser.see("Authorize URL")
        browser.fill(name="Certified", api_base_url=provider.api_base_url)
        browser.shoot("discover-found")
        browser.submit()

        say("… and signs in on the phone")
        browser.see("Credential for Certified")
        browser.page.locator("ha-formfield, ha-checkbox, ha-switch").first.click()
        browser.fill(client_id=provider.client_id, client_secret=provider.client_secret)
        browser.click("Scopes and way to sign in")
        browser.click("With a code on another device")
        browser.shoot("credential-other-device")
        browser.submit()
        browser.see("enter this code")
        browser.shoot("device-code")
        code = browser.page.locator("dialog-data-entry-flow h2").last.inner_text()
        sign_in(f"{provider.issuer}/device?user_code={code}", login="ada")
        browser.submit()
        browser.see("Add a resource by its address")
        browser.shoot("device-signed-in")

        say("… and ticks values in the live answer")
        browser.fill(name="Home", url="/home")
        browser.submit()
        browser.see("Pick values")
        for label in ("Temperature · ", "Humidity · ", "Updated · "):
            browser.page.get_by_text(label).first.click()
        browser.shoot("picked")
        browser.submit()
        browser.see("Created configuration for Home")
        # The account is reloaded for it.
        wait_until(lambda: "sensor.home_updated" in home_assistant.states())
        states = home_assistant.states()
        assert states["sensor.home_temperature"] == "21.5"
        assert states["sensor.home_humidity"] == "48"
