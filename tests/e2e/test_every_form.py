"""Every form of this integration, by clicking: on a desktop and a phone, light and dark.

The pictures are in output/e2e/every-form; `scripts/screenshots` takes more, and those of README from them.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.live import HomeAssistant
from tests.live.flows import find_account
from tests.live.rest import RequestFailed, Rest

from .browser import Browser
from .conftest import running_home_assistant
from .entered import certified, rest_sensors, somewhere
from .provider import Provider, running_provider
from .walk import Walk, every_form, repair_forms

_ACCOUNT: Final = "Certified · ada@example.com"
_ROBOT: Final = "Robot"
# An integration whose only action creates issues.
_ISSUES: Final = Path(__file__).parent / "raised_issues"


def _connect(walk: Walk, provider: Provider) -> None:
    browser = walk.browser
    walk.paste(certified(provider))
    walk.take("connect_own")
    walk.at("config.credential")
    browser.fill(client_id=provider.client_id, client_secret=provider.client_secret)
    page = browser.submit_to_other_window()
    walk.at("config.auth")
    page.locator("input[name=login]").fill("ada")
    page.locator("input[name=password]").fill("any")
    page.locator("button[type=submit]").click()
    page.wait_for_load_state()
    page.get_by_text("Continue").click()
    walk.at("resource.user")
    browser.submit()
    browser.see("Tick at least one.")
    walk.at("resource.user", "nothing-ticked")
    walk.tick("Home · Temperature", "Calls · Calls", "Window · Humidity")
    browser.submit()
    walk.at("resource.things")
    walk.tick("Kitchen window")
    browser.submit()
    browser.see("Created configuration for")


def _see_the_device(walk: Walk, home_assistant: HomeAssistant) -> None:
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


def _add_by_address(walk: Walk) -> None:
    browser = walk.browser
    walk.add("resource")
    walk.tick("Something else")
    browser.submit()
    walk.at("resource.address")
    browser.fill(url="/nothing")
    browser.submit()
    browser.see("(status 404: “")
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
    walk.tick("Temperature · ")
    browser.submit()
    walk.at("resource.value")
    browser.submit()
    walk.at("resource.values", "changed")
    browser.submit()
    browser.see("Created configuration for")


def _move_over(walk: Walk, provider: Provider) -> None:
    browser = walk.browser
    walk.add("resource")
    walk.tick("Something else")
    browser.submit()
    walk.at("resource.address", "again")
    walk.open("Move over from rest")
    editor = browser.page.locator("dialog-data-entry-flow .cm-content").last
    editor.click()
    browser.page.keyboard.insert_text(rest_sensors(provider))
    walk.wait_until_taken_over("Outside")
    browser.submit()
    walk.at("resource.rest_choice")
    browser.submit()
    for _ in range(2):
        walk.at("resource.rest")
        browser.submit()
        walk.at("resource.pick", "rest")
        browser.submit()
    browser.see("Created configuration for")


def _command(walk: Walk) -> None:
    walk.add("command")
    walk.at("command.user")
    walk.browser.fill(name="Hello", url="/home")
    walk.browser.submit()
    walk.browser.see("Created configuration for Hello")


def _change(walk: Walk) -> None:
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
    walk.close()
    walk.reconfigure()
    walk.take("export_service")
    walk.at("config.export_service")
    walk.close()
    walk.reconfigure()
    walk.take("account")
    walk.at("config.reconfigure")
    walk.close()


def _own_services(walk: Walk) -> None:
    walk.paste(somewhere("By host", "{host}", "host"))
    walk.take("connect_own")
    walk.at("config.host")
    walk.paste(somewhere("By region", "{region}.example.com", "region"))
    walk.take("connect_own")
    walk.at("config.region")
    walk.paste(somewhere("By both", "{region}.{host}", "region", "host"))
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


def _known_services(walk: Walk) -> None:
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


def _ways_to_sign_in(walk: Walk, provider: Provider) -> None:
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
    walk.open("Redirect URI")
    walk.tick("Another address: after the sign-in")
    walk.at("config.credential", "redirect")
    browser.fill(other_redirect_uri="http://localhost:9/callback")
    browser.submit()
    walk.at("config.paste")


def _repairs(walk: Walk, provider: Provider, rest: Rest) -> None:
    # Of this one, the token set is lost.
    find_account(
        rest,
        address=provider.issuer,
        changed={"name": _ROBOT, "api_base_url": provider.api_base_url},
        details={},
        credential={
            "register": False,
            "client_id": provider.client_id,
            "client_secret": provider.client_secret,
            "details": {"scopes": [], "grant": "client_credentials"},
        },
    )
    rest.request("POST", "/api/services/raised_issues/create", {})
    for issue, step in repair_forms():
        is_proven = (issue, step) != ("client_rejected", "confirm")
        walk.repair(issue, _ACCOUNT if is_proven else _ROBOT)
        walk.at(f"{issue}.{step}")
    walk.repair("client_rejected", _ACCOUNT)
    walk.at("client_rejected.credential")
    walk.browser.fill(client_secret="wrong")
    walk.browser.submit()
    walk.browser.see("does not accept this client ID and secret")
    walk.at("client_rejected.credential", "refused")
    walk.browser.fill(client_secret=provider.client_secret)
    walk.browser.submit()
    walk.browser.see("The issue is repaired!")


def _sign_in_again(walk: Walk, provider: Provider, rest: Rest) -> None:
    provider.end_grant()
    [account] = [
        entry["entry_id"]
        for entry in rest.request("GET", "/api/config/config_entries/entry")
        if entry["title"] == _ACCOUNT
    ]
    asked = {"account": account, "url": "/home"}
    with pytest.raises(RequestFailed):
        rest.request("POST", "/api/services/oauth2_client/request", asked)
    walk.sign_in_again()
    walk.at("config.reauth_confirm")


@pytest.fixture
def home_assistant(
    tmp_path: Path, say: Callable[[str], None]
) -> Iterator[HomeAssistant]:
    """A Home Assistant that can be told to create issues."""
    components = tmp_path / "config/custom_components"
    components.mkdir(parents=True)
    (components / _ISSUES.name).symlink_to(_ISSUES)
    with running_home_assistant(
        tmp_path / "config", say, f"{_ISSUES.name}:\n"
    ) as running:
        yield running


# Some 200 pictures; also while the machine does something else.
@pytest.mark.timeout(3600)
def test_every_form_is_seen_and_shows_words(
    home_assistant: HomeAssistant, browser: Browser, say: Callable[[str], None]
) -> None:
    walk = Walk(browser)
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
        say("What went wrong is mended")
        _repairs(walk, provider, home_assistant.rest)
        _sign_in_again(walk, provider, home_assistant.rest)
    assert walk.seen == every_form()
    assert walk.raw_keys == {}
