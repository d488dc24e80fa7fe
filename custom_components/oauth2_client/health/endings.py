"""Reports grants that end again and again. The remedy depends on why the service ends them."""

from collections.abc import Mapping
from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from ..catalogue import Provider
from ..const import DOMAIN
from ..definitions.account import CONF_GRANTS_LASTED, CONF_SIGNED_IN_AT, stored_seconds
from ..errors import as_markdown
from ..wire.clock import async_get_clock
from .issues import GRANT_ENDS, async_delete, issue_id

_MAX_GRANTS_KEPT: Final = 5
# Two durations count as equal where they differ by at most this share, or this time: the end of a grant
# is only noticed at the next refresh.
_MAX_DIFFERENCE_SHARE: Final = 0.15
_MAX_DIFFERENCE_SECONDS: Final = 1800.0
# A grant that lasts this many times longer shows that those before did not end because of their age.
_CLEARLY_LONGER_FACTOR: Final = 1.5
_DAY_SECONDS: Final = 86400
# Shorter durations are shown in hours.
_MIN_SECONDS_SHOWN_IN_DAYS: Final = 1.5 * _DAY_SECONDS
_HOURS: Final = f"{GRANT_ENDS}_hours"
# The texts of issues by the reasons in the catalogue (`grant_ends`).
_REASONS: Final[Mapping[str, str]] = {
    "always": f"{GRANT_ENDS}_always",
    "testing": f"{GRANT_ENDS}_testing",
    "unused": f"{GRANT_ENDS}_unused",
}
ENDING_KEYS: Final = (GRANT_ENDS, _HOURS, *_REASONS.values())


def past_durations(entry: ConfigEntry) -> list[float]:
    """Return how many seconds each of the last grants lasted."""
    stored = entry.data.get(CONF_GRANTS_LASTED)
    seconds = map(stored_seconds, stored if isinstance(stored, list | tuple) else ())
    return [each for each in seconds if each is not None]


@callback
def async_note_sign_in(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Remember that a grant begins now."""
    _store(hass, entry, async_get_clock(hass).now(), past_durations(entry))


@callback
def async_note_ending(
    hass: HomeAssistant, entry: ConfigEntry, provider: Provider
) -> None:
    """Remember how long the grant lasted, once; create the issue where grants end again and again."""
    if (since := stored_seconds(entry.data.get(CONF_SIGNED_IN_AT))) is None:
        return
    lasted = async_get_clock(hass).now() - since
    _store(hass, entry, None, [*past_durations(entry), lasted] if lasted > 0 else [])
    async_tell_endings(hass, entry, provider)


@callback
def async_note_refresh(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Delete the issue where the grant has already lasted clearly longer than those before."""
    usual = _usual_duration(entry)
    since = stored_seconds(entry.data.get(CONF_SIGNED_IN_AT))
    if usual is None or since is None:
        return
    if async_get_clock(hass).now() - since > usual * _CLEARLY_LONGER_FACTOR:
        _store(hass, entry, since, [])
        async_delete(hass, entry, (GRANT_ENDS,))


@callback
def async_tell_endings(
    hass: HomeAssistant, entry: ConfigEntry, provider: Provider
) -> None:
    """Create the issue where grants have ended after equal times, with the reason if it is known."""
    if (usual := _usual_duration(entry)) is None:
        return
    reason, known = _known_reason(provider, usual)
    key = _HOURS if usual < _MIN_SECONDS_SHOWN_IN_DAYS else GRANT_ENDS
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id(GRANT_ENDS, entry),
        is_fixable=False,
        severity=ir.IssueSeverity.WARNING,
        translation_key=key if reason is None else _REASONS[reason],
        translation_placeholders={
            "account": entry.title,
            "provider": as_markdown(provider.name),
            "days": str(round(usual / _DAY_SECONDS)),
            "hours": str(max(1, round(usual / 3600))),
            "known": str(known),
        },
        learn_more_url=provider.console_url or provider.docs_url,
    )


def _known_reason(provider: Provider, usual: float) -> tuple[str | None, int]:
    """Return why the service ends grants after about `usual` seconds, and its number of days.

    None and 0 where the catalogue does not know.
    """
    for reason, days in provider.grant_ends.items():
        if _are_equal(usual, float(days * _DAY_SECONDS)):
            return reason, days
    return None, 0


def _usual_duration(entry: ConfigEntry) -> float | None:
    """Return how many seconds grants last, None unless the last two lasted equally long."""
    if len(lasted := past_durations(entry)) < 2 or not _are_equal(*lasted[-2:]):
        return None
    return (lasted[-1] + lasted[-2]) / 2


def _are_equal(one: float, other: float) -> bool:
    return abs(one - other) <= max(
        min(one, other) * _MAX_DIFFERENCE_SHARE, _MAX_DIFFERENCE_SECONDS
    )


@callback
def _store(
    hass: HomeAssistant, entry: ConfigEntry, since: float | None, lasted: list[float]
) -> None:
    ours = {CONF_SIGNED_IN_AT: since, CONF_GRANTS_LASTED: lasted[-_MAX_GRANTS_KEPT:]}
    others = {key: value for key, value in entry.data.items() if key not in ours}
    known = {key: value for key, value in ours.items() if value}
    hass.config_entries.async_update_entry(entry, data={**others, **known})
