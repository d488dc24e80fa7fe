"""The English translations, and a check that what a flow shows is in them."""

from collections.abc import Iterable, Mapping
import json
from pathlib import Path
import re
import string
from typing import Any, Final

from homeassistant.data_entry_flow import FlowResultType, section

_FILE: Final = (
    Path(__file__).parents[1] / "custom_components/oauth2_client/translations/en.json"
)
ENGLISH: Final[Mapping[str, Any]] = json.loads(_FILE.read_text(encoding="utf-8"))
# Translated by core for every integration (helpers/config_entry_oauth2_flow.py and strings.json).
CORE_ABORTS: Final = {
    "authorize_url_timeout",
    "no_url_available",
    "reauth_successful",
    "reconfigure_successful",
}


def subentry_words(kind: str) -> Mapping[str, Any]:
    """Return what the flow of a kind of subentry says."""
    words: Mapping[str, Any] = ENGLISH["config_subentries"][kind]
    return words


def placeholders(text: str) -> set[str]:
    """Return what a text is to be filled with."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


# What a placeholder is filled with as Markdown on purpose: lists, blocks of code, links.
_MARKUP: Final = {
    "address_form",
    "answer",
    "at_console",
    "authorize_url",
    "became",
    "before",
    "developer_pages",
    "document_url",
    "later",
    "notes",
    "redirect_uris",
    "sent",
    "unseen",
    "verification_uri",
}
# What may be empty: a sentence or more of its own, or the words of a server after a colon.
_MAY_BE_EMPTY: Final = {
    "at_console",
    "before",
    "credentials",
    "known",
    "later",
    "left_out",
    "matches",
    "more",
    "not_listed",
    "now",
    "offered",
    "others",
    "redirect_uris",
    "quotation",
    "scopes",
    "stated",
    "unseen",
}
_ESCAPED: Final = re.compile(r"\\[!-/:-@\[-`{-~]")
_CODE: Final = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")
# What marks up a text, begins a line of its own, or makes a link of an address.
_ACTIVE: Final = re.compile(r"[*_`~<>\[\]|@\n]|://|www\.|^\s*(?:#|[-+] |\d+[.)] )")


def check_markdown(text: str, filled: Mapping[str, str]) -> None:
    """Fail where what fills in a Markdown text marks something up, or may do so."""
    for name in placeholders(text) - _MARKUP:
        value = filled[name]
        if f"`{{{name}}}`" in text:
            assert not set("`\n") & set(value), (text, value)
        else:
            left = _CODE.sub("", _ESCAPED.sub("", value))
            assert not _ACTIVE.search(left), (text, value)


def check_plain(text: str, filled: Mapping[str, str]) -> None:
    """Fail where what fills in a text that is shown as it is has the escapes of Markdown."""
    for name in placeholders(text):
        assert not _ESCAPED.search(filled[name]), (text, filled[name])


def check_result(result: Mapping[str, Any], words: Mapping[str, Any]) -> None:
    """Fail where a flow shows what `words`, its part of the translations, has no words for."""
    filled = result.get("description_placeholders") or {}
    plain, markdown = [], []
    if result["type"] is FlowResultType.FORM:
        step = words["step"][result["step_id"]]
        plain, markdown = [step["title"]], [step.get("description", "")]
        _check_fields(result["data_schema"], step, plain, markdown)
        plain += [words["error"][key] for key in (result["errors"] or {}).values()]
    elif result["type"] is FlowResultType.MENU:
        step = words["step"][result["step_id"]]
        offered = set(result["menu_options"])
        assert offered <= set(step["menu_options"])
        described = step.get("menu_option_descriptions")
        assert described is None or offered <= set(described)
        plain, markdown = [step["title"]], [step["description"]]
        plain += [step["menu_options"][option] for option in offered]
        plain += [text for key, text in (described or {}).items() if key in offered]
    elif result["type"] is FlowResultType.EXTERNAL_STEP:
        # The frontend shows no title.
        markdown = [words["step"][result["step_id"]]["description"]]
    elif result["type"] is FlowResultType.SHOW_PROGRESS:
        markdown = [words["progress"][result["progress_action"]]]
    elif result["type"] is FlowResultType.ABORT:
        if result["reason"] in CORE_ABORTS:
            return
        markdown = [words["abort"][result["reason"]]]
    check_filled(plain, markdown, filled)


def check_filled(
    plain: Iterable[str], markdown: Iterable[str], filled: Mapping[str, str]
) -> None:
    """Fail where a text lacks what it is filled in with, or gets what is not for it."""
    for text in (*plain, *markdown):
        assert placeholders(text) <= set(filled), text
        for name in placeholders(text) - _MAY_BE_EMPTY:
            assert filled[name].strip(" –"), (text, name)
    for text in plain:
        check_plain(text, filled)
    for text in markdown:
        check_markdown(text, filled)


def _check_fields(
    schema: Any, step: Mapping[str, Any], plain: list[str], markdown: list[str]
) -> None:
    """Check that each field has a name and a description; add them to the texts."""
    for key, value in schema.schema.items() if schema else ():
        if isinstance(value, section):
            words = step["sections"][str(key)]
            plain += [words["name"], words.get("description", "")]
            _check_fields(value.schema, words, plain, markdown)
        else:
            plain.append(step["data"][str(key)])
            if key != "ticked":
                # A list of values to tick says all by its section and its labels.
                markdown.append(step["data_description"][str(key)])
