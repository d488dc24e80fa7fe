"""A sign-in whose browser ends at an address where nothing answers, by clicking."""

from collections.abc import Callable

from tests.live import HomeAssistant, free_port

from .browser import Browser
from .provider import Provider, running_provider


def _to_paste(browser: Browser, provider: Provider, redirect_uri: str) -> None:
    """Find the provider and choose another redirect URI than Home Assistant's own."""
    browser.open("/config/integrations/dashboard/add?domain=oauth2_client")
    browser.click("OK")
    browser.click("Find a service by its address")
    browser.fill(address=provider.issuer)
    browser.submit()
    browser.see("Authorize URL")
    browser.fill(name="Certified", api_base_url=provider.api_base_url)
    browser.submit()
    browser.see("Credential for Certified")
    browser.shoot("credential-before")
    # Do not register: the client exists.
    browser.page.locator("ha-formfield, ha-checkbox, ha-switch").first.click()
    browser.fill(client_id=provider.client_id, client_secret=provider.client_secret)
    browser.page.locator("ha-expansion-panel").filter(has_text="Redirect URI").click()
    browser.page.get_by_text("Another address: after the sign-in").click()
    browser.fill(other_redirect_uri=redirect_uri)
    browser.shoot("credential")
    browser.submit()
    browser.see("Open the sign-in page")
    browser.shoot("paste")


def _sign_in(browser: Browser) -> str:
    """Sign in in a new tab; return the address that it ends at."""
    with browser.page.context.expect_page() as opened:
        browser.page.get_by_text("Open the sign-in page").first.click()
    page = opened.value
    page.locator("input[name=login]").fill("ada")
    page.locator("input[name=password]").fill("any")
    page.locator("button[type=submit]").click()
    page.wait_for_load_state()
    # Nobody answers there, so that only the address bar shows it.
    with page.expect_event("requestfailed") as failed:
        page.get_by_text("Continue").click()
    browser.shoot("nowhere", page)
    page.close()
    return str(failed.value.url)


def test_a_sign_in_by_pasted_address(
    home_assistant: HomeAssistant, browser: Browser, say: Callable[[str], None]
) -> None:
    nowhere = f"http://localhost:{free_port()}/callback"
    with running_provider(nowhere, access_token_lifetime=3600) as provider:
        say("A person chooses another address")
        _to_paste(browser, provider, nowhere)
        address = _sign_in(browser)
        assert address.startswith(f"{nowhere}?code=")
        assert "&iss=" in address

        say("… pastes that of another sign-in by mistake, then the right one")
        browser.fill(callback=address.replace("&state=", "&state=of-before-"))
        browser.submit()
        browser.see("This address is of another sign-in")
        browser.shoot("other-sign-in")
        browser.fill(callback=address)
        browser.submit()
        browser.see("Add a resource by its address")

        [entry] = home_assistant.rest.request(
            "GET", "/api/config/config_entries/entry?domain=oauth2_client"
        )
        answer = home_assistant.call_action(
            "oauth2_client", "request", account=entry["entry_id"], url="/me"
        )
        assert (answer["status"], answer["data"]["sub"]) == (200, "ada")
        # One for each time that the form was shown.
        assert provider.seen()["pushed"] == 2
        for secret in (provider.client_secret, address.partition("?")[2]):
            assert secret not in home_assistant.log
