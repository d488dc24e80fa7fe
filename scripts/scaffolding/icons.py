"""Icons of entities whose device class brings none, by the words of their names."""

from typing import Final

from custom_components.oauth2_client.catalogue import KnownValue

_WORDS: Final = {
    "account": "artist author owner profile user",
    "account-group": "followers following members subscribers",
    "alert-circle": "issues",
    "apps": "application apps",
    "bell": "disturb notifications",
    "bike": "ride rides routes",
    "calendar": "calendar day event meeting meetings",
    "card-account-details": "subscription subscriptions",
    "cart": "order orders sales",
    "cash": "amount balance price",
    "checkbox-marked-circle": "task tasks",
    "clock": "end start time",
    "comment": "comments reviews",
    "devices": "device devices",
    "domain": "organisation team workspace",
    "email": "inbox mail message messages unread",
    "file-document": "document documents files page",
    "fire": "calories",
    "folder": "folder project projects",
    "format-title": "title",
    "gamepad-variant": "game games",
    "gauge": "limit quota remaining requests",
    "heart-pulse": "heart",
    "lightbulb": "light lights",
    "lock": "lock locks",
    "map-marker": "location locations place",
    "movie": "episodes movies shows watched watching",
    "music": "album plays song track tracks",
    "post": "article articles post posts",
    "receipt-text": "invoice invoices",
    "run": "activity steps workout workouts",
    "server": "server servers",
    "sleep": "sleep",
    "source-repository": "repositories",
    "star": "badges rating score starred stars",
    "television": "channel channels",
    "thumb-up": "karma likes reputation",
    "video": "video videos views",
    "view-dashboard": "board boards",
    "volume-high": "volume",
    "water": "glucose",
}
_ICONS: Final = {word: icon for icon, words in _WORDS.items() for word in words.split()}


def icon_of(name: str, value: KnownValue) -> str:
    """Return the icon of an entity. The last word of its name is looked up first: it says what it is."""
    for word in reversed(name.lower().split()):
        if word in _ICONS:
            return f"mdi:{_ICONS[word]}"
    if value.platform == "binary_sensor":
        return "mdi:check-circle"
    return "mdi:counter" if value.state_class else "mdi:text"
