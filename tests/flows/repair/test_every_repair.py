"""Every repair has words, and shows the names in it letter by letter."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from ...account_flow import ODD_NAME, AccountFlow
from ...e2e.raised_issues import async_setup
from ...issue_flow import IssueFlow
from ...translations import ENGLISH


async def _open_each(
    hass: HomeAssistant, issue: IssueFlow, account: ConfigEntry
) -> set[tuple[str, str]]:
    """Open each issue that can be mended; return which step of which was shown."""
    await hass.services.async_call("raised_issues", "create", blocking=True)
    shown = set()
    for key, words in ENGLISH["issues"].items():
        if "fix_flow" in words:
            # Its words are checked as it is shown.
            form = await issue.open(
                key, account if "{account}" in words["title"] else None
            )
            shown.add((key, form["step_id"]))
    return shown


async def test_every_form_of_a_repair_is_shown_and_has_words(
    hass: HomeAssistant, flow: AccountFlow, issue: IssueFlow
) -> None:
    account = await flow.add_account(name=ODD_NAME)
    # The second one loses its token set.
    other = await flow.add_account(name="Other")
    await async_setup(hass, {})
    shown = await _open_each(hass, issue, account)
    form = await issue.open("client_rejected", other)
    shown.add(("client_rejected", form["step_id"]))

    assert shown == {
        (key, step)
        for key, words in ENGLISH["issues"].items()
        for step in words.get("fix_flow", {}).get("step", ())
    }
