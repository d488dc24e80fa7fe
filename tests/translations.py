"""The English translations, and a check that what a flow shows is in them."""

from collections.abc import Mapping
import json
from pathlib import Path
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


def check_result(result: Mapping[str, Any], words: Mapping[str, Any]) -> None:
    """Fail where a flow shows what `words`, its part of the translations, has no words for."""
    filled = set(result.get("description_placeholders") or {}) | {"name"}
    if result["type"] is FlowResultType.FORM:
        step = words["step"][result["step_id"]]
        texts = [step["title"], step.get("description", "")]
        texts += _check_fields(result["data_schema"], step)
        texts += [words["error"][key] for key in (result["errors"] or {}).values()]
    elif result["type"] is FlowResultType.MENU:
        step = words["step"][result["step_id"]]
        offered = set(result["menu_options"])
        assert offered <= set(step["menu_options"])
        described = step.get("menu_option_descriptions")
        assert described is None or offered <= set(described)
        texts = [step["title"], step["description"]]
    elif result["type"] is FlowResultType.ABORT:
        if result["reason"] in CORE_ABORTS:
            return
        texts = [words["abort"][result["reason"]]]
    else:
        return
    for text in texts:
        assert placeholders(text) <= filled, text


def _check_fields(schema: Any, step: Mapping[str, Any]) -> list[str]:
    """Check that each field has a name and a description; return them all."""
    texts: list[str] = []
    for key, value in schema.schema.items() if schema else ():
        if isinstance(value, section):
            words = step["sections"][str(key)]
            texts += [words["name"], words.get("description", "")]
            texts += _check_fields(value.schema, words)
        else:
            texts.append(step["data"][str(key)])
            if key != "ticked":
                # A list of values to tick says all by its section and its labels.
                texts.append(step["data_description"][str(key)])
    return texts
