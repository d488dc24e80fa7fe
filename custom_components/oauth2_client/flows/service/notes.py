"""What forms say of a service of the catalogue, and of what it is known to have."""

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
# The kinds of conditions in the order in which they are shown: what may stop a person, …
BEFORE: Final = (
    "api_ends",
    "paid",
    "approval",
    "subscription",
    "administrator",
    "app_account",
    "own_server",
    "shared_client",
    "device_only",
    "personal_token",
)
# … what to mind where the application is registered, …
OF_REDIRECT_URI: Final = ("https_redirect", "one_redirect", "exact_redirect")
AT_CONSOLE: Final = ("console_scopes", "api_enabled", "console_key", "secret_once")
# … and what comes later.
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
# By the reason for which grants end: the condition that says less, and the one shown in its place.
_ENDS: Final = (
    ("always", "sign_in_again", "sign_in_again"),
    ("testing", "testing", "testing_days"),
)


async def async_notes(
    hass: HomeAssistant,
    provider: Provider,
    *,
    browser: bool,
    new_account: bool,
    by_itself: bool,
) -> dict[str, str]:
    """Return the notes on a service, in Markdown. All but its pages are empty or end a paragraph.

    Without a `browser` nothing is told of redirect URIs, and Home Assistant's own integration is only
    for a `new_account`. `by_itself` tells that nobody needs to register an application. Of a service
    that a person entered, nothing else is known than where its server is.
    """
    is_own = provider.category == USER_CATEGORY
    about = About() if is_own else about_of(provider)
    notes = _Notes(
        provider=provider,
        about=about,
        words=await async_words(hass, NOTES),
        filled={
            "rest": await async_link_to(hass, REST) or REST,
            "report": await async_report_url(hass, provider.id),
            "scopes": ", ".join(f"`{scope}`" for scope in provider.scopes),
            "client_id": provider.shared_client_id or "",
        },
    )
    own = None
    if about.integration is not None and new_account:
        own = await async_link_to(hass, about.integration)
    return {
        "developer_pages": _list(notes.pages()).rstrip(),
        "before": _list(notes.before(own, by_itself=by_itself)),
        "at_console": _list(
            notes.at_console(browser=browser), notes.note("at_console")
        ),
        "later": _list(notes.later(), notes.note("later")) + notes.looked_up(),
    }


async def async_unseen(
    hass: HomeAssistant, provider: Provider, known: Sequence[KnownResource]
) -> str:
    """Return the note on known resources that nobody with an account has confirmed, in Markdown."""
    unseen = [as_markdown(each.name) for each in known if not each.confirmed]
    if provider.category == USER_CATEGORY or not unseen:
        return ""
    words = await async_words(hass, NOTES)
    return words["unseen" if len(unseen) < len(known) else "all_unseen"].format(
        names=", ".join(unseen), report=await async_report_url(hass, provider.id)
    )


def about_of(provider: Provider) -> About:
    """Return what a person should know of a service: nothing where that cannot be read."""
    try:
        return provider.about
    except InvalidProvider as err:
        _LOGGER.error("The entry of %s in the catalogue is wrong: %s", provider.id, err)
        return About()


def needs_https(provider: Provider) -> bool:
    """Tell whether a service is known to take no redirect URI without https."""
    return any(each.kind == "https_redirect" for each in about_of(provider).conditions)


class _Notes(Frozen):
    """The notes on a service. `filled` has the placeholders that any of the `words` may have."""

    provider: Provider
    about: About
    words: Mapping[str, str]
    filled: Mapping[str, str]

    def note(self, key: str, /, **values: str) -> str:
        """Return words, filled in."""
        return self.words[key].format_map({**self.filled, **values})

    def pages(self) -> Iterator[str]:
        """Yield where an application is registered, as far as that is known, and what explains it."""
        provider, suggested = self.provider, self.about.console_url
        if provider.console_url is not None:
            yield provider.console_url
        elif suggested is not None:
            yield self.note("console", url=suggested)
        else:
            origin = URL(provider.server.token_url).origin()
            yield self.note("no_console", url=str(origin))
        if provider.docs_url is not None:
            yield provider.docs_url

    def before(self, own: str | None, *, by_itself: bool) -> Iterator[str]:
        """Yield what may stop a person. `own` is the link to Home Assistant's own integration."""
        if by_itself:
            yield self.note("by_itself")
        if own:
            yield self.note("integration", integration=own)
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
        """Return when somebody looked up the conditions, and where to report what has changed."""
        about = self.about
        if not about.conditions or about.looked_up is None:
            return ""
        return self.note("looked_up", date=about.looked_up)

    def _conditions(self, kinds: Iterable[str]) -> Iterator[str]:
        found = {each.kind: each for each in self.about.conditions}
        if "subscription" in found:
            # The subscription is what the access costs.
            found.pop("paid", None)
        ends = self.provider.grant_ends
        for reason, before, kind in _ENDS:
            if reason in ends:
                known = found.pop(before, None) or Condition(kind=kind)
                days = {"days": str(ends[reason])}
                found[kind] = replace(known, kind=kind, values=days)
        yield from (self._condition(found[kind]) for kind in kinds if kind in found)

    def _condition(self, condition: Condition) -> str:
        """Return the note on a condition, with its date unless all were looked up on that date."""
        note = self.note(self._key(condition), **condition.values)
        since, looked_up = condition.since, self.about.looked_up
        if since is not None and since != looked_up:
            is_coming = looked_up is not None and since > looked_up
            note = self.note("from" if is_coming else "since", note=note, date=since)
        if condition.url is not None:
            note = self.note("more", note=note, url=condition.url)
        return note

    def _key(self, condition: Condition) -> str:
        """Return the key of the words for a condition."""
        match condition.kind:
            case "quota":
                # Spans of time have other words in each language.
                return f"quota_{condition.values['per']}"
            case "console_scopes" if self.provider.scopes:
                return "console_scopes_named"
            case "shared_client" if self.provider.shared_client_id:
                return "shared_client_id"
            case kind:
                return kind


def _list(notes: Iterable[str], heading: str = "") -> str:
    """Return notes as a list in Markdown, nothing where there are none."""
    points = "\n".join(f"- {note}" for note in notes)
    return f"{heading}\n\n{points}\n\n".lstrip() if points else ""
