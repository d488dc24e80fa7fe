"""Every form of this integration, by clicking: on a desktop and a phone, light and dark.

The pictures are in output/e2e/every-form; `scripts/screenshots` takes those of README from them.
"""

from collections.abc import Callable, Mapping
import json
from typing import Any, Final

from tests.live import HomeAssistant
from tests.translations import ENGLISH

from .browser import Browser
from .provider import Provider, running_provider
from .tour import Tour

ADD: Final = "/config/integrations/dashboard/add?domain=oauth2_client"
INTEGRATION: Final = "/config/integrations/integration/oauth2_client"
# The provider would have to end the account's grant.
NOT_SEEN: Final = {"config.reauth_confirm"}
_TEMPERATURE: Final = {
    "key": "temperature",
    "name": "Temperature",
    "path": "$.home.temperature",
    "unit": "°C",
    "device_class": "temperature",
    "state_class": "measurement",
}
_HUMIDITY: Final = {
    "key": "humidity",
    "name": "Humidity",
    "path": "$.home.humidity",
    "unit": "%",
    "device_class": "humidity",
    "state_class": "measurement",
}
_CALLS: Final = {"key": "calls", "name": "Calls", "path": "$.calls"}


def _certified(provider: Provider) -> dict[str, Any]:
    """Return the service as somebody shares it, with two resources that it is known to have."""
    return {
        "name": "Certified",
        "authorize_url": provider.authorize_url,
        "token_url": provider.token_url,
        "api_base_url": provider.api_base_url,
        "scopes": ["openid", "email", "api:read"],
        "known_resources": [
            {
                "id": "home",
                "name": "Home",
                "url": "/home",
                "interval": 60,
                "values": [_TEMPERATURE, _HUMIDITY],
            },
            {
                "id": "calls",
                "name": "Calls",
                "url": "/home",
                "interval": 600,
                "values": [_CALLS],
            },
        ],
    }


def _somewhere(name: str, host: str, *variables: str) -> dict[str, Any]:
    """Return a service whose addresses have variables."""
    return {
        "name": name,
        "authorize_url": f"https://{host}/auth",
        "token_url": f"https://{host}/token",
        "api_base_url": f"https://{host}/api",
        "variables": [{"name": variable} for variable in variables],
    }


def _rest(provider: Provider) -> str:
    """Return sensors of `rest`, as they are in configuration.yaml."""
    return f"""- resource: {provider.api_base_url}/home
  verify_ssl: false
  sensor:
    - name: Outside
      value_template: '{{{{ value_json.home.temperature }}}}'
      force_update: true
- resource: {provider.api_base_url}/me
  sensor:
    - name: Me
      value_template: '{{{{ value_json.sub }}}}'
"""


class _Walk(Tour):
    """Goes to where forms begin."""

    def begin(self, option: str) -> None:
        """Begin to connect an account."""
        self.browser.open(ADD)
        self.browser.click("OK")
        self.at("config.user")
        self.take(option)

    def paste(self, definition: Mapping[str, Any]) -> None:
        """Add a service that somebody shared."""
        self.begin("own_services")
        self.at("config.own_services")
        self.take("import_service")
        self.at("config.import_service")
        self.write(json.dumps(definition))
        self.browser.submit()
        self.at("config.service_imported")

    def find(self, provider: Provider, name: str) -> None:
        """Find the provider by its address."""
        self.begin("discover")
        self.at("config.discover")
        self.browser.fill(address=provider.issuer)
        self.browser.submit()
        self.at("config.found")
        self.browser.fill(name=name, api_base_url=provider.api_base_url)
        self.browser.submit()
        self.at("config.credential", name)

    def add(self, kind: str) -> None:
        """Begin to add a resource or a command."""
        self.browser.open(INTEGRATION)
        self.browser.see("Add command")
        self.browser.click(f"Add {kind}")

    def change(self, what: str) -> None:
        """Begin to change the first resource or command."""
        self.browser.open(INTEGRATION)
        self.browser.see("Add command")
        self.browser.page.get_by_role("button", name=f"Change {what}").first.click()

    def reconfigure(self) -> None:
        """Begin to change the account, whose service is the user's own."""
        page = self.browser.page
        self.browser.open(INTEGRATION)
        self.browser.see("Add command")
        page.locator("ha-config-entry-row").get_by_role(
            "button", name="Menu"
        ).first.click()
        self.browser.click("Reconfigure")
        self.at("config.own_service")


def _connect(walk: _Walk, provider: Provider) -> None:
    browser = walk.browser
    walk.paste(_certified(provider))
    walk.take("connect_own")
    walk.at("config.credential")
    browser.fill(client_id=provider.client_id, client_secret=provider.client_secret)
    page = browser.submit_to_other_window()
    page.locator("input[name=login]").fill("ada")
    page.locator("input[name=password]").fill("any")
    page.locator("button[type=submit]").click()
    page.wait_for_load_state()
    page.get_by_text("Continue").click()
    walk.at("resource.user")
    browser.submit()
    browser.see("Tick at least one.")
    walk.at("resource.user", "nothing-ticked")
    walk.tick("Home · Temperature", "Calls · Calls")
    browser.submit()
    browser.see("Created configuration for")


def _see_the_device(walk: _Walk, home_assistant: HomeAssistant) -> None:
    """See the sensors where a person looks for them."""
    [device] = [
        device["id"]
        for device in home_assistant.rest.websocket(
            {"type": "config/device_registry/list"}
        )
        if device["name"] == "Certified home"
    ]
    walk.browser.open(f"/config/devices/device/{device}")
    walk.browser.see("21.5")
    walk.look("device")


def _add_by_address(walk: _Walk) -> None:
    browser = walk.browser
    walk.add("resource")
    walk.at("resource.address")
    browser.fill(url="/nothing")
    browser.submit()
    browser.see("(status 404)")
    walk.at("resource.address", "not-found")
    browser.fill(url="/home")
    browser.submit()
    walk.at("resource.pick")
    browser.submit()
    browser.see("Tick at least one value.")
    walk.at("resource.pick", "nothing-ticked")
    walk.tick("Temperature · ", "Calls · ")
    walk.switch()
    browser.submit()
    walk.at("resource.values")
    walk.tick("Temperature — ")
    browser.submit()
    walk.at("resource.value")
    browser.submit()
    walk.at("resource.values", "changed")
    browser.submit()
    browser.see("Created configuration for")


def _move_over(walk: _Walk, provider: Provider) -> None:
    browser = walk.browser
    walk.add("resource")
    walk.at("resource.address", "again")
    walk.open("Move over from rest")
    editor = browser.page.locator("dialog-data-entry-flow .cm-content").last
    editor.click()
    browser.page.keyboard.insert_text(_rest(provider))
    # The editor tells the form after a moment.
    browser.page.wait_for_timeout(1000)
    browser.submit()
    walk.at("resource.rest_choice")
    browser.submit()
    for _ in range(2):
        walk.at("resource.rest")
        browser.submit()
        walk.at("resource.pick", "rest")
        browser.submit()
    browser.see("Created configuration for")


def _command(walk: _Walk) -> None:
    walk.add("command")
    walk.at("command.user")
    walk.browser.fill(name="Hello", url="/home")
    walk.browser.submit()
    walk.browser.see("Created configuration for Hello")


def _change(walk: _Walk) -> None:
    walk.change("resource")
    walk.at("resource.reconfigure")
    walk.take("request")
    walk.at("resource.request")
    walk.change("command")
    walk.at("command.reconfigure")
    walk.reconfigure()
    walk.take("change_service")
    walk.at("config.change_service")
    walk.open("Details")
    walk.at("config.change_service", "details")
    walk.browser.fill(scopes="openid email")
    walk.browser.submit()
    walk.at("config.service_changed")
    walk.reconfigure()
    walk.take("export_service")
    walk.at("config.export_service")
    walk.reconfigure()
    walk.take("account")
    walk.at("config.reconfigure")


def _own_services(walk: _Walk) -> None:
    walk.paste(_somewhere("By host", "{host}", "host"))
    walk.take("connect_own")
    walk.at("config.host")
    walk.paste(_somewhere("By region", "{region}.example.com", "region"))
    walk.take("connect_own")
    walk.at("config.region")
    walk.paste(_somewhere("By both", "{region}.{host}", "region", "host"))
    walk.take("connect_own")
    walk.at("config.variables")
    for service, next_form in (("Certified", "in_use"), ("By both", "removed")):
        walk.begin("own_services")
        walk.at("config.own_services", "some")
        walk.take("choose_own")
        walk.at("config.choose_own")
        walk.tick(service)
        walk.browser.submit()
        walk.at("config.own_service", service)
        walk.take("remove_service")
        if next_form == "in_use":
            walk.at("config.service_in_use")
    walk.at("config.remove_service")
    walk.take("service_removed")
    walk.at("config.service_removed")


def _known_services(walk: _Walk) -> None:
    for typed, form in (
        ("Frobnicator", "not_listed"),
        ("git", "which_service"),
        ("Fitbit", "gone"),
        ("Outlook", "tenant"),
        ("Nextcloud", "base_url"),
    ):
        walk.begin("catalogue")
        walk.at("config.catalogue")
        walk.browser.page.locator("ha-generic-picker").first.click()
        walk.browser.page.locator("ha-picker-combo-box input").fill(typed)
        # The last entry is what was typed.
        walk.browser.page.locator("ha-combo-box-item").filter(
            has_text=f'"{typed}"'
        ).click()
        walk.browser.submit()
        walk.at(f"config.{form}")
    walk.begin("manual")
    walk.at("config.manual")
    walk.browser.submit()
    walk.browser.see("Enter a name.")
    walk.at("config.manual", "mistakes")


def _ways_to_sign_in(walk: _Walk, provider: Provider) -> None:
    browser = walk.browser
    walk.find(provider, "Phone")
    walk.open("Scopes and way to sign in")
    walk.tick("With a code on another device")
    walk.at("config.credential", "ways")
    browser.submit()
    walk.at("config.device")
    walk.find(provider, "Robot")
    walk.switch()
    walk.open("Scopes and way to sign in")
    walk.tick("Without a person")
    browser.submit()
    walk.at("config.credential_without_browser")
    walk.begin("own_services")
    walk.take("choose_own")
    walk.at("config.choose_own", "again")
    walk.tick("Certified")
    browser.submit()
    walk.at("config.own_service", "connect")
    walk.take("connect_own")
    walk.at("config.stored_credential")
    walk.tick("New credential")
    browser.submit()
    walk.at("config.credential", "new")
    browser.fill(client_id=provider.client_id, client_secret=provider.client_secret)
    walk.tick("Another address: after the sign-in")
    browser.fill(other_redirect_uri="http://localhost:9/callback")
    browser.submit()
    walk.at("config.paste")


def _forms() -> set[str]:
    """Return the names of all forms that the translations have."""
    steps = {f"config.{step}" for step in ENGLISH["config"]["step"]}
    for kind, words in ENGLISH["config_subentries"].items():
        steps |= {f"{kind}.{step}" for step in words["step"]}
    return steps


def test_every_form_is_seen_and_shows_words(
    home_assistant: HomeAssistant, browser: Browser, say: Callable[[str], None]
) -> None:
    walk = _Walk(browser)
    callback = f"{home_assistant.base_url}/auth/external/callback"
    with running_provider(callback, access_token_lifetime=3600) as provider:
        say("An account, and what is known of its service")
        _connect(walk, provider)
        _see_the_device(walk, home_assistant)
        say("Resources by their address and from rest, a command")
        _add_by_address(walk)
        _move_over(walk, provider)
        _command(walk)
        say("All of it is changed")
        _change(walk)
        say("Services of one's own, and known ones")
        _own_services(walk)
        _known_services(walk)
        say("Ways to sign in")
        _ways_to_sign_in(walk, provider)
    assert _forms() - walk.seen == NOT_SEEN
    assert walk.raw_keys == {}
