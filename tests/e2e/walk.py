"""Where forms begin: the places at which a person opens them."""

from collections.abc import Mapping
import json
from typing import Any, Final

from tests.translations import ENGLISH

from .provider import Provider
from .tour import Tour

ADD: Final = "/config/integrations/dashboard/add?domain=oauth2_client"
INTEGRATION: Final = "/config/integrations/integration/oauth2_client"
REPAIRS: Final = "/config/repairs"


class Walk(Tour):
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

    def repair(self, key: str, account: str) -> None:
        """Open an issue of an account, by its key, in the dashboard of repairs."""
        self.issue = key
        self.browser.open(REPAIRS)
        self.browser.click(ENGLISH["issues"][key]["title"].format(account=account))

    def sign_in_again(self) -> None:
        """Open what asks for a new sign-in."""
        self.browser.open(INTEGRATION)
        self.browser.see("Attention required")
        self.browser.click("Reconfigure")


def every_form() -> set[str]:
    """Return the names of all forms that the translations have."""
    steps = {f"config.{step}" for step in ENGLISH["config"]["step"]}
    for kind, words in ENGLISH["config_subentries"].items():
        steps |= {f"{kind}.{step}" for step in words["step"]}
    return steps | {f"{issue}.{step}" for issue, step in repair_forms()}


def repair_forms() -> list[tuple[str, str]]:
    """Return the forms that mend issues, each as the key of its issue and its own."""
    return [
        (issue, step)
        for issue, words in ENGLISH["issues"].items()
        for step in words.get("fix_flow", {}).get("step", ())
    ]
