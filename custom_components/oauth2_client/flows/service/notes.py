"""The notes of forms on a service of the catalogue: its conditions, and its known resources."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import replace
import logging
from typing import Final

from yarl import URL

from homeassistant.core import HomeAssistant

from ...catalogue import (
    USER_CATEGORY,
    About,
    Condition,
    InvalidProvider,
    KnownResource,
    Provider,
)
from ...errors import as_markdown
from ...oauth2.frozen import Frozen
from ..words import async_words
from .links import REST, async_link_to, async_report_url

_LOGGER = logging.getLogger(__name__)

NOTES: Final = "notes"
# The kinds of conditions, in groups and in the order in which they are shown. These may keep a person
# from connecting the service.
BEFORE: Final = (
    "api_ends",
    "paid",
    "approval",
    "subscription",
    "administrator",
    "app_account",
    "account_age",
    "own_server",
    "shared_client",
    "device_only",
    "personal_token",
)
# What to mind where the application is registered: first of its redirect URI.
OF_REDIRECT_URI: Final = ("https_redirect", "one_redirect", "exact_redirect")
AT_CONSOLE: Final = ("console_scopes", "api_enabled", "console_key", "secret_once")
# What comes after the registration.
LATER: Final = (
    "testing",
    "testing_days",
    "users",
    "choose_at_sign_in",
    "sign_in_again",
    "quota",
    "allow_in_app",
    "domain_key",
    "single_use_refresh",
    "new_base_url",
    "own_headers",
)
# The reason for which a provider ends grants, the kind of condition that says so without a time, and the
# kind that is shown in its place, with the number of days.
_GRANT_ENDS: Final = (
    ("always", "sign_in_again", "sign_in_again"),
    ("testing", "testing", "testing_days"),
)


async def async_notes(
    hass: HomeAssistant,
    provider: Provider,
    *,
    browser: bool,
    has_https: bool,
    new_account: bool,
    by_itself: bool,
) -> dict[str, str]:
    """Return the notes on a service as placeholders, in Markdown.

    All but `developer_pages` end a paragraph where they are not empty.

    `browser` adds the notes on redirect URIs, of which one leads back here with https if `has_https`;
    `new_account` adds that on Home Assistant's own integration for
    the service, `by_itself` that nobody needs to register an application. There are no notes on a service
    that a person entered, but for the address of its server.
    """
    is_own = provider.category == USER_CATEGORY
    about = About() if is_own else about_of(provider)
    notes = _Notes(
        provider=provider,
        about=about,
        has_https=has_https,
        words=await async_words(hass, NOTES),
        placeholders={
            "rest": await async_link_to(hass, REST) or REST,
            "report": await async_report_url(hass, provider.id),
            "scopes": ", ".join(f"`{scope}`" for scope in provider.scopes),
            "client_id": provider.shared_client_id or "",
        },
    )
    integration = None
    if about.integration is not None and new_account:
        integration = await async_link_to(hass, about.integration)
    return {
        "developer_pages": _list(notes.pages()).rstrip(),
        "before": _list(notes.before(integration, by_itself=by_itself)),
        "at_console": _list(
            notes.at_console(browser=browser), notes.note("at_console")
        ),
        "later": _list(notes.later(), notes.note("later")) + notes.looked_up(),
    }


async def async_unseen(
    hass: HomeAssistant, provider: Provider, known: Sequence[KnownResource]
) -> str:
    """Return the note on known resources that nobody with an account has confirmed, in Markdown."""
    unconfirmed = [as_markdown(each.name) for each in known if not each.confirmed]
    if provider.category == USER_CATEGORY or not unconfirmed:
        return ""
    words = await async_words(hass, NOTES)
    key = "unseen" if len(unconfirmed) < len(known) else "all_unseen"
    return words[key].format(
        names=", ".join(unconfirmed), report=await async_report_url(hass, provider.id)
    )


def about_of(provider: Provider) -> About:
    """Return what a person should know of a service: nothing where its entry is invalid."""
    try:
        return provider.about
    except InvalidProvider as err:
        _LOGGER.error("The entry of %s in the catalogue is wrong: %s", provider.id, err)
        return About()


def needs_https(provider: Provider) -> bool:
    """Tell whether a service is known to accept only redirect URIs with https."""
    return any(each.kind == "https_redirect" for each in about_of(provider).conditions)


class _Notes(Frozen):
    """Makes the notes on a service of the translated `words`, and of `placeholders` in any of them."""

    provider: Provider
    about: About
    has_https: bool
    words: Mapping[str, str]
    placeholders: Mapping[str, str]

    def note(self, key: str, /, **values: str) -> str:
        """Return the note of this key, with `values` and the placeholders filled in."""
        return self.words[key].format_map({**self.placeholders, **values})

    def pages(self) -> Iterator[str]:
        """Yield the provider's console, or a note on where it may be, and its documentation."""
        provider, assumed = self.provider, self.about.console_url
        if provider.console_url is not None:
            yield provider.console_url
        elif assumed is not None:
            yield self.note("console", url=assumed)
        else:
            origin = URL(provider.server.token_url).origin()
            yield self.note("no_console", url=str(origin))
        if provider.docs_url is not None:
            yield provider.docs_url

    def before(self, integration: str | None, *, by_itself: bool) -> Iterator[str]:
        """Yield what to know first. `integration` is the link to Home Assistant's own integration."""
        if by_itself:
            yield self.note("by_itself")
        if integration:
            yield self.note("integration", integration=integration)
        yield from self._conditions(BEFORE)
        if not self.about.confirmed:
            yield self.note("unconfirmed")

    def at_console(self, *, browser: bool) -> Iterator[str]:
        """Yield what to mind where the application is registered."""
        if browser:
            if self.about.redirect_field is not None:
                field = as_markdown(self.about.redirect_field)
                yield self.note("redirect_field", field=field)
            yield from self._conditions(OF_REDIRECT_URI)
        yield from self._conditions(AT_CONSOLE)

    def later(self) -> Iterator[str]:
        """Yield what comes after the registration."""
        if self.about.scopes and not self.provider.scopes:
            yield self.note("scopes")
        yield from self._conditions(LATER)

    def looked_up(self) -> str:
        """Return the note on when the conditions were looked up, and where to report a change."""
        about = self.about
        if not about.conditions or about.looked_up is None:
            return ""
        return self.note("looked_up", date=about.looked_up)

    def _conditions(self, kinds: Iterable[str]) -> Iterator[str]:
        found = {each.kind: each for each in self.about.conditions}
        if "subscription" in found:
            # The note on the subscription says already that the access is paid for.
            found.pop("paid", None)
        ends = self.provider.grant_ends
        for reason, without_days, kind in _GRANT_ENDS:
            if reason in ends:
                known = found.pop(without_days, None) or Condition(kind=kind)
                days = {"days": str(ends[reason])}
                found[kind] = replace(known, kind=kind, values=days)
        yield from (self._condition(found[kind]) for kind in kinds if kind in found)

    def _condition(self, condition: Condition) -> str:
        """Return the note on a condition, with its date unless that is when all were looked up."""
        note = self.note(self._key(condition), **condition.values)
        since, looked_up = condition.since, self.about.looked_up
        if since is not None and since != looked_up:
            is_coming = looked_up is not None and since > looked_up
            note = self.note("from" if is_coming else "since", note=note, date=since)
        if condition.url is not None:
            note = self.note("more", note=note, url=condition.url)
        return note

    def _key(self, condition: Condition) -> str:
        """Return the key of the note on a condition."""
        match condition.kind:
            case "quota":
                # A note for each span of time, since languages say them in different ways.
                return f"quota_{condition.values['per']}"
            case "sign_in_again" if condition.values["days"] == "1":
                return "sign_in_daily"
            case "https_redirect" if not self.has_https:
                return "https_redirect_missing"
            case "console_scopes" if self.provider.scopes:
                return "console_scopes_named"
            case "shared_client" if self.provider.shared_client_id:
                return "shared_client_id"
            case kind:
                return kind


def _list(notes: Iterable[str], heading: str = "") -> str:
    """Return notes as a list in Markdown, below a heading; nothing where there are none."""
    points = "\n".join(f"- {note}" for note in notes)
    return f"{heading}\n\n{points}\n\n".lstrip() if points else ""
