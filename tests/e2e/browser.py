"""Chromium at Home Assistant's own frontend: what a person sees and clicks."""

from collections.abc import Iterator
from contextlib import contextmanager
import json
from pathlib import Path
import shutil
from typing import Any, Final

from playwright.sync_api import Page, sync_playwright

from tests.live import HomeAssistant

_ARGUMENTS: Final = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
# A wait ends when what it is for is there: also on a machine that is busy.
_TIMEOUT: Final = 120_000
# Dialogs slide in; a screenshot in between shows neither.
_SETTLE: Final = 700


class Browser:
    """A browser; each form that is seen is kept as a screenshot."""

    def __init__(self, page: Page, base_url: str, output: Path) -> None:
        self.page = page
        self._base_url = base_url
        self._output = output
        self._shots = 0

    def open(self, path: str) -> None:
        """Open a page of the frontend."""
        self.page.goto(self._base_url + path)

    def see(self, text: str) -> None:
        """Wait until a text is on the page."""
        self.page.get_by_text(text).filter(visible=True).first.wait_for()

    def click(self, text: str, within: str = "body") -> None:
        """Click a button, or else what has this text, as soon as there is one of them."""
        place = self.page.locator(within)
        button = place.get_by_role("button", name=text, exact=True)
        words = place.get_by_text(text, exact=True)
        button.or_(words).filter(visible=True).first.wait_for()
        (button if button.count() else words).filter(visible=True).first.click()

    def fill(self, within: str = "dialog-data-entry-flow", **fields: str) -> None:
        """Type into fields by their names in the form."""
        for name, text in fields.items():
            self.page.locator(f"{within} input[name={name}]").fill(text)

    def upload(self, path: Path) -> None:
        """Put a file where the form wants one."""
        self.page.locator("ha-file-upload input[type=file]").set_input_files(path)

    def choose(self, field: str, option: str) -> None:
        """Open a list that can be searched, and choose from it."""
        self.page.locator("ha-generic-picker").filter(has_text=field).click()
        search = self.page.locator("ha-picker-combo-box input")
        search.fill(option)
        found = self.page.locator("ha-picker-combo-box ha-combo-box-item")
        # The last entry is what was typed: once it is there, the others are those found for it.
        found.filter(has_text=f'"{option}"').wait_for()
        found.first.click()

    def submit(self) -> None:
        """Send the form."""
        self.page.get_by_role("button", name="Submit", exact=True).click()

    def submit_to_other_window(self) -> Any:
        """Send the form that opens the provider's page, and return that page."""
        with self.page.context.expect_page() as opened:
            self.submit()
        page = opened.value
        page.wait_for_load_state()
        return page

    def shoot(
        self, name: str, page: Page | None = None, *, settle: int = _SETTLE
    ) -> None:
        """Keep a screenshot, numbered in the order of the run, after `settle` milliseconds."""
        shown = page or self.page
        shown.wait_for_timeout(settle)
        self._shots += 1
        shown.screenshot(path=self._output / f"{self._shots:02}-{name}.png")


@contextmanager
def running_browser(home_assistant: HomeAssistant, output: Path) -> Iterator[Browser]:
    """Run a browser that is signed in; its screenshots replace those of the last run."""
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir(parents=True)
    tokens = json.dumps(home_assistant.rest.frontend_tokens())
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=_ARGUMENTS
        )
        context = chromium.new_context(viewport={"width": 1100, "height": 900})
        context.add_init_script(
            f"localStorage.hassTokens || (localStorage.hassTokens = {tokens})"
        )
        context.set_default_timeout(_TIMEOUT)
        page = context.new_page()
        try:
            yield Browser(page, home_assistant.base_url, output)
        except BaseException:
            page.screenshot(path=output / "failed.png")
            raise
        finally:
            chromium.close()
