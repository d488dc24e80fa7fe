"""The main job, by clicking: an account, a resource, a sensor that goes on for good."""

from collections.abc import Callable

from tests.live import HomeAssistant, wait_until

from .browser import Browser
from .provider import Provider, running_provider

# Seconds that the first token lives, and later ones, which are seen to expire.
LIFETIME = 40
SHORT_LIFETIME = 8
SENSOR = "sensor.home_temperature"
CALLS = "sensor.home_calls"
# Five values of a nested answer, by their labels.
PICKED = (
    "Temperature · 21.5",
    "Humidity · 48",
    "Rooms count · 2 items",
    "Kitchen window · ",
    "Calls · ",
)
PICKED_STATES = {
    "sensor.home_humidity": "48",
    "sensor.home_rooms_count": "2",
    "binary_sensor.home_kitchen_window": "on",
}


def _state(home_assistant: HomeAssistant, entity_id: str) -> str | None:
    return home_assistant.states().get(entity_id)


def _make_mistakes(browser: Browser, provider: Provider) -> None:
    """See what the forms say to what cannot be right."""
    browser.fill(
        name="Certified",
        authorize_url="http://example.com/auth",
        token_url=f"{provider.token_url}s",
        api_base_url="example.com",
        scopes="openid email api:read",
    )
    browser.submit()
    browser.see("This address has to begin with https")
    browser.see("This is not a complete address")
    browser.shoot("by-hand-mistakes")
    browser.fill(
        authorize_url=provider.authorize_url, api_base_url=provider.api_base_url
    )
    browser.submit()
    browser.see("No OAuth2 server answers at this address")
    browser.shoot("by-hand-no-server")
    browser.fill(token_url=provider.token_url)
    browser.submit()


def _answer(browser: Browser, button: str) -> None:
    """Go to the provider's page, sign in if need be, and press a button of its consent page."""
    page = browser.submit_to_other_window()
    # Both of the provider's pages have a button.
    page.locator("button[type=submit]").wait_for()
    login = page.locator("input[name=login]")
    if login.count():
        browser.shoot("provider-login", page)
        login.fill("ada")
        page.locator("input[name=password]").fill("any")
        page.locator("button[type=submit]").click()
        login.wait_for(state="detached")
    browser.shoot("provider-consent", page)
    page.get_by_text(button).click()


def _connect(browser: Browser, provider: Provider) -> None:
    """Add the integration by hand-entered endpoints."""
    browser.open("/config/integrations/dashboard/add?domain=oauth2_client")
    browser.click("OK")
    browser.see("Which service do you want to connect?")
    browser.shoot("menu")
    browser.click("Enter a service by hand")
    browser.see("Authorize URL")
    browser.shoot("by-hand")
    _make_mistakes(browser, provider)
    browser.see("Credential for Certified")
    browser.fill(client_id=provider.client_id, client_secret="not-the-right-secret")
    browser.shoot("credential")
    _answer(browser, "Cancel")
    browser.see("Access was not allowed at the service")
    browser.shoot("credential-consent-refused")
    _answer(browser, "Continue")
    browser.see("does not accept this client ID and secret")
    browser.shoot("credential-wrong-secret")
    browser.fill(client_id=provider.client_id, client_secret=provider.client_secret)
    # The provider remembers the consent and sends straight back.
    browser.submit()


def _add_resource(browser: Browser) -> None:
    """Add the resource that is asked for right after the account, without typing a path."""
    browser.see("Add a resource by its address")
    browser.shoot("resource")
    browser.fill(name="Home", url="/nothing")
    browser.page.locator("dialog-data-entry-flow input[type=number]").first.fill("10")
    browser.submit()
    browser.see("(status 404: “")
    browser.shoot("resource-not-found")
    browser.fill(url="/home")
    browser.submit()
    browser.see("Pick values")
    browser.shoot("pick")
    for label in PICKED:
        browser.page.get_by_text(label).first.click()
    browser.shoot("picked")
    browser.submit()


def _see_the_value(home_assistant: HomeAssistant, browser: Browser, name: str) -> None:
    """See the sensor where a person looks for it."""
    browser.open("/config/integrations/integration/oauth2_client")
    browser.see("Certified · ada@example.com")
    browser.shoot(f"integration-{name}")
    [device] = [
        device["id"]
        for device in home_assistant.rest.websocket(
            {"type": "config/device_registry/list"}
        )
        if device["name"] == "Home"
    ]
    browser.open(f"/config/devices/device/{device}")
    browser.see("21.5")
    browser.shoot(f"device-{name}")


def test_a_person_connects_an_account_and_has_a_sensor_for_good(
    home_assistant: HomeAssistant, browser: Browser, say: Callable[[str], None]
) -> None:
    callback = f"{home_assistant.base_url}/auth/external/callback"
    with running_provider(callback, access_token_lifetime=LIFETIME) as provider:
        say("A person connects an account")
        _connect(browser, provider)
        say("… and adds a resource")
        _add_resource(browser)
        wait_until(lambda: _state(home_assistant, SENSOR) == "21.5")
        browser.shoot("resource-added")
        # Each platform adds its entities when it is set up.
        wait_until(lambda: PICKED_STATES.items() <= home_assistant.states().items())
        _see_the_value(home_assistant, browser, "first")

        say("Home Assistant restarts")
        home_assistant.restart()
        wait_until(lambda: _state(home_assistant, SENSOR) == "21.5")
        _see_the_value(home_assistant, browser, "restarted")

        say("The token expires, twice")
        provider.command(access_token_ttl=SHORT_LIFETIME)
        before = provider.rotations()
        wait_until(lambda: provider.rotations() >= before + 2)
        calls = int(_state(home_assistant, CALLS) or 0)
        wait_until(lambda: int(_state(home_assistant, CALLS) or 0) > calls + 1)
        assert _state(home_assistant, SENSOR) == "21.5"

        say("An automation sends a request")
        [entry] = home_assistant.rest.request(
            "GET", "/api/config/config_entries/entry?domain=oauth2_client"
        )
        answer = home_assistant.call_action(
            "oauth2_client", "request", account=entry["entry_id"], url="/me"
        )
        assert (answer["status"], answer["data"]["sub"]) == (200, "ada")
        assert provider.client_secret not in home_assistant.log
