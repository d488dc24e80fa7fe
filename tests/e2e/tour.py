"""A walk through forms: each is seen on a desktop and a phone, light and dark, and remembered."""

from collections.abc import Callable, Mapping
from itertools import product
import os
import re
from typing import Any, Final

from tests.translations import ENGLISH, subentry_words

from .browser import Browser

_DEVICES: Final = {"desktop": (1100, 900), "phone": (412, 915)}
_SCHEMES: Final = ("light", "dark")
# Each device and each scheme, once: a picture takes two seconds. `scripts/screenshots` takes all four.
_LOOKS: Final = tuple(
    product(_DEVICES, _SCHEMES)
    if os.environ.get("EVERY_LOOK")
    else zip(_DEVICES, _SCHEMES, strict=True)
)
# Pixels. No form is higher.
_HIGHEST: Final = 12_000
# Milliseconds until a form has what was clicked, and a section is open, also on a busy machine.
_TAKEN_OVER: Final = 500
# Milliseconds until a dialog is there, and until it is drawn again in another look.
_SLIDES_IN: Final = 500
_REDRAWN: Final = 600
_DIALOG: Final = "dialog-data-entry-flow"
_FIND_DIALOG: Final = (
    'const dialog = document.querySelector("home-assistant")?.shadowRoot'
    f'?.querySelector("{_DIALOG}");'
)
# The step that Home Assistant's dialog shows, as the server sent it.
_STEP: Final = f"""() => {{
  {_FIND_DIALOG}
  const step = dialog && dialog._step;
  return step ? {{
    type: dialog._params.flowConfig.flowType,
    handler: step.handler,
    step_id: step.step_id ?? step.type,
  }} : null;
}}"""
# Whether its form has a text in what it would send.
_HAS_TAKEN_OVER: Final = f"""(text) => {{
  {_FIND_DIALOG}
  const form = dialog?.shadowRoot?.querySelector("step-flow-form");
  return JSON.stringify(form?._stepData ?? null).includes(text);
}}"""
# Its whole text, that in shadow roots too, without code.
_TEXT: Final = f"""() => {{
  const text = (node) =>
    node.nodeType === Node.TEXT_NODE ? node.data :
    ["STYLE", "SCRIPT", "CODE", "PRE", "TEXTAREA"].includes(node.nodeName) ? "" :
    [...(node.shadowRoot ?? node).childNodes,
     ...(node.assignedNodes ? node.assignedNodes() : [])].map(text).join(" ");
  {_FIND_DIALOG}
  return text(dialog);
}}"""
# How many pixels of it are out of view. Editors and fields for text are as high as they are.
_OUT_OF_VIEW: Final = f"""() => {{
  const most = (node) => {{
    if (["TEXTAREA", "HA-CODE-EDITOR"].includes(node.nodeName)) return 0;
    const scrolls = node.nodeType === Node.ELEMENT_NODE &&
      ["auto", "scroll"].includes(getComputedStyle(node).overflowY);
    return Math.max(
      scrolls ? node.scrollHeight - node.clientHeight : 0,
      ...[...(node.shadowRoot?.childNodes ?? []), ...node.childNodes].map(most));
  }};
  {_FIND_DIALOG}
  return dialog ? most(dialog) : 0;
}}"""
# What looks like a key or an unfilled placeholder. What OAuth2 and HA call their own is a word.
_RAW_KEY: Final = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b|\{\w+\}")
_WORDS_OF_THE_FIELD: Final = frozenset(
    [
        "{token}",
        "access_token",
        "access_type",
        "client_id",
        "client_secret",
        "client_secret_basic",
        "client_secret_post",
        "error",
        "expires_at",
        "expires_in",
        "invalid_client",
        "invalid_grant",
        "invalid_scope",
        "offline_access",
        "oauth2_client",
        "private_key_jwt",
        "client_secret_jwt",
        "redirect_uri",
        "refresh_token",
        "token_type",
        "token_endpoint_auth_method",
        # A scope that the raised issues name.
        "user_read",
    ]
)


def _options(form: str | None) -> Mapping[str, str]:
    """Return the options of a menu by their keys; of anything else there are none."""
    if form is None:
        return {}
    kind, step = form.split(".")
    if kind in ENGLISH["issues"]:
        # A repair shows forms only.
        return {}
    words = ENGLISH["config"] if kind == "config" else subentry_words(kind)
    options: Mapping[str, str] = words["step"].get(step, {}).get("menu_options", {})
    return options


class Tour:
    """What was seen of the forms: their names, as in the translations, and raw keys on them."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.seen: set[str] = set()
        self.raw_keys: dict[str, set[str]] = {}
        # The issue that is being mended, by its key: the frontend's dialog does not tell.
        self.issue = ""
        # What there are pictures of.
        self._shown: set[str] = set()

    def at(self, form: str, name: str = "") -> None:
        """Wait for a form, `config.user` or `resource.pick`, and see it in each look, the first time.

        `name` tells one picture of a form from others, such as one with an error.
        """
        shown = self._wait_for(lambda shown: shown == form)
        assert shown == form
        self.seen.add(form)
        label = f"{form}-{name}" if name else form
        if label in self._shown:
            self.browser.page.wait_for_timeout(_SLIDES_IN)
        else:
            self._shown.add(label)
            self.look(label)
        # Markdown is drawn after the form.
        self._read(form)

    def look(self, name: str) -> None:
        """See the page in each look: as it opens, and the whole of a form that is longer."""
        page = self.browser.page
        page.wait_for_timeout(_SLIDES_IN)
        for device, scheme in _LOOKS:
            width, height = _DEVICES[device]
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=scheme)
            shown = f"{name}-{device}-{scheme}"
            self.browser.shoot(shown, settle=_REDRAWN)
            if self._grow(width, height):
                self.browser.shoot(f"{shown}-whole", settle=0)
        width, height = _DEVICES["desktop"]
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme="light")

    def _grow(self, width: int, height: int) -> bool:
        """Make the window as high as the form; return whether that is more than it has."""
        grown = height
        while more := self.browser.page.evaluate(_OUT_OF_VIEW):
            grown += more
            if grown > _HIGHEST:
                raise AssertionError("The form does not end")
            self.browser.page.set_viewport_size({"width": width, "height": grown})
            self.browser.page.wait_for_timeout(_TAKEN_OVER)
        return grown > height

    def take(self, option: str) -> None:
        """Take an option of the menu that is open, or that is about to open."""
        menu = self._wait_for(lambda shown: option in _options(shown))
        self.browser.click(_options(menu)[option], within=_DIALOG)

    def close(self) -> None:
        """Close the form, which ends its flow."""
        self.browser.page.locator(_DIALOG).get_by_role("button", name="Close").click()
        self._wait_for(lambda shown: shown is None)

    def open(self, section: str) -> None:
        """Open a section of the form."""
        panels = self.browser.page.locator(f"{_DIALOG} ha-expansion-panel")
        panels.filter(has_text=section).first.click()
        self.browser.page.wait_for_timeout(_TAKEN_OVER)

    def tick(self, *labels: str) -> None:
        """Tick options, or choose one of a list."""
        for label in labels:
            self.browser.page.locator(_DIALOG).get_by_text(label).first.click()
            self.browser.page.wait_for_timeout(_TAKEN_OVER)

    def switch(self) -> None:
        """Turn on what the form has a switch for."""
        self.browser.page.locator(f"{_DIALOG} ha-switch").first.click()
        self.browser.page.wait_for_timeout(_TAKEN_OVER)

    def wait_until_taken_over(self, text: str) -> None:
        """Wait until the form has a text that was typed into an editor, which tells it later."""
        self.browser.page.wait_for_function(_HAS_TAKEN_OVER, arg=text)

    def write(self, text: str) -> None:
        """Write into the first field for a longer text."""
        self.browser.page.locator(f"{_DIALOG} textarea").first.fill(text)

    def _wait_for(self, wanted: Callable[[str | None], bool]) -> str | None:
        """Wait until the form that is shown is a wanted one, two minutes at most, and return it."""
        for _ in range(400):
            if wanted(self._form()):
                break
            self.browser.page.wait_for_timeout(300)
        return self._form()

    def _form(self) -> str | None:
        step: Mapping[str, Any] | None = self.browser.page.evaluate(_STEP)
        if step is None:
            return None
        handler = step["handler"]
        kind = handler[1] if isinstance(handler, list) else "config"
        if step["type"] == "repair_flow":
            kind = self.issue
        return f"{kind}.{step['step_id']}"

    def _read(self, form: str) -> None:
        text = self.browser.page.evaluate(_TEXT)
        if raw := {*_RAW_KEY.findall(text)} - _WORDS_OF_THE_FIELD:
            self.raw_keys[form] = raw
