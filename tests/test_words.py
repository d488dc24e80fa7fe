"""The words of every form: none is missing, raw or in the wrong place, and none leads nowhere."""

from collections.abc import Iterator, Mapping
from copy import replace
from functools import cache
import re
from typing import Any, Final

import pytest

from custom_components.oauth2_client.const import DOMAIN
from custom_components.oauth2_client.errors import as_code, as_markdown
from custom_components.oauth2_client.providers.store import async_get_provider_store
from homeassistant.config_entries import SOURCE_REAUTH, SOURCE_RECONFIGURE
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from .account_flow import ODD_NAME, AccountFlow, suggested
from .commands import add_command
from .fake_server import FakeServer
from .resources import WEATHER, SubentryFlow, add_resource
from .translations import ENGLISH, placeholders, subentry_words

# What a word for a service is in code only.
_PROVIDER: Final = re.compile(r"(?<![{`\w/])providers?(?![}`\w])", re.IGNORECASE)
_SENTENCE: Final = re.compile(r"[A-Z{].*[.?:]( \{\w+\})?", re.DOTALL)
# Names that the documentation of services has, too.
_TECHNICAL: Final = re.compile(r"\([a-z_0-9]+\)")
_FILLED: Final = re.compile(r"\{\w+\}")
# The names of keys in configuration.yaml.
_OF_YAML: Final = ("yaml_",)
# In the words of these the frontend shows no Markdown.
_PLAIN_ENDS: Final = ("title", "name", "entry_type")
_PLAIN_PARTS: Final = (
    "data",
    "error",
    "menu_options",
    "menu_option_descriptions",
    "options",
    "initiate_flow",
)
_REQUEST: Final = {key: WEATHER[key] for key in WEATHER.keys() - {"values"}}
_VALUES: Final = [{"key": "a", "name": "A", "path": "$.a"}]
_SENSORS: Final = [{"name": "A", "value_template": "{{ value_json.current }}"}]
# Steps that a person comes to by signing in, or with an account.
_OF_SIGN_IN: Final = {
    "auth",
    "credential_without_browser",
    "device",
    "found",
    "host",
    "paste",
    "reauth_confirm",
    "reconfigure",
    "region",
    "service_changed",
    "service_imported",
    "service_in_use",
    "service_removed",
    "variables",
}


def _texts(words: Any, *path: str) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(words, str):
        yield path, words
        return
    for key, value in words.items():
        yield from _texts(value, *path, key)


def _steps() -> dict[str, Mapping[str, Any]]:
    """Return all steps by where they are."""
    found = {f"config.{key}": step for key, step in ENGLISH["config"]["step"].items()}
    for kind, words in ENGLISH["config_subentries"].items():
        found |= {f"{kind}.{key}": step for key, step in words["step"].items()}
    for issue, words in ENGLISH["issues"].items():
        steps = words.get("fix_flow", {}).get("step", {})
        found |= {f"{issue}.{key}": step for key, step in steps.items()}
    return found


# Sentences of a form's description, which is Markdown; some name options of YAML.
_NOTES: Final = frozenset({"rest_notes", "notes", "gone", "own_service"})

STEPS: Final = _steps()
TEXTS: Final = [(".".join(path), path, text) for path, text in _texts(ENGLISH)]


@cache
def _is_plain(path: tuple[str, ...]) -> bool:
    """Return whether the frontend shows a text as it is, and not as Markdown."""
    if _NOTES & {*path}:
        return False
    in_section = "sections" in path and "data_description" not in path
    return (
        path[-1] in _PLAIN_ENDS
        or any(part in path[:-1] for part in _PLAIN_PARTS)
        or (in_section and path[-1] == "description")
    )


@pytest.mark.parametrize("where", STEPS)
def test_each_step_has_a_title_and_each_field_a_name_and_a_description(
    where: str,
) -> None:
    step = STEPS[where]
    # The frontend shows no title beside the sign-in window.
    assert "title" in step or where == "config.auth"
    for form in (step, *step.get("sections", {}).values()):
        # Boxes to tick say all in their choices.
        described = set(form.get("data_description", {})) | {"ticked"}
        assert set(form.get("data", {})) <= described
        for key, label in form.get("data", {}).items():
            assert label != key
            assert _begins_well(label)
    for words in step.get("sections", {}).values():
        assert _begins_well(words["name"])


def _begins_well(text: str) -> bool:
    return text[0].isupper() or text[0] == "{"


def test_no_label_and_no_choice_is_a_raw_key() -> None:
    for where, path, text in TEXTS:
        if _NOTES & {*path}:
            continue
        if "data" in path[:-1] or "options" in path[:-1] or path[-1] == "name":
            assert "_" not in _TECHNICAL.sub("", _FILLED.sub("", text)), where


def test_each_error_and_each_end_is_a_sentence() -> None:
    for where, path, text in TEXTS:
        if {"error", "abort", "message"} & {*path[:-1], path[-1]}:
            assert _SENTENCE.fullmatch(text), where


def test_what_is_shown_as_it_is_has_no_markdown() -> None:
    for where, path, text in TEXTS:
        if _is_plain(path):
            assert not re.search(r"`|\*\w|\]\(", text), where


@pytest.mark.parametrize("part", ["config", "issues"])
def test_the_description_of_a_field_has_no_code(part: str) -> None:
    for where, path, text in TEXTS:
        if path[0] == part and "data_description" in path:
            assert "`" not in text, where


def test_a_service_is_called_a_service() -> None:
    for where, path, text in TEXTS:
        if not any(part.startswith(_OF_YAML) for part in path):
            assert not _PROVIDER.search(text), where


def test_a_resource_is_called_so_and_nothing_else_is() -> None:
    for where, path, text in TEXTS:
        if path[0] in ("config", "selector"):
            assert "Resources" not in text, where


def test_nothing_says_that_it_does_not_know_a_word() -> None:
    for where, _, text in TEXTS:
        assert "<unknown>" not in text, where


MENUS: Final = {key: step for key, step in STEPS.items() if "menu_options" in step}


@pytest.mark.parametrize("where", MENUS)
def test_a_menu_leads_on_and_its_title_is_complete(where: str) -> None:
    menu = MENUS[where]

    assert menu["menu_options"]
    assert menu["description"]
    # The frontend fills the title of a form, but not that of a menu.
    assert not placeholders(menu["title"])


async def _kept(hass: HomeAssistant, flow: AccountFlow) -> None:
    """Store a service of one's own with a credential, whose account is gone."""
    entry = await flow.add_account(name=ODD_NAME)
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    store = await async_get_provider_store(hass)
    assert store.own_names()
    raw = {"name": "Weather", "token_url": "https://weather.example/token"}
    await store.async_keep_provider(store.draft_provider(raw))


def _answers(result: Any, own: str) -> Iterator[dict[str, Any]]:
    """Yield what a person may send on from a step without signing in.

    `own` is the id of the service that has a credential.
    """
    if result["type"] is FlowResultType.MENU:
        options = set(result["menu_options"])
        # It would leave nothing to walk on.
        yield from (
            {"next_step_id": step} for step in sorted(options - {"service_removed"})
        )
        return
    schema = result["data_schema"].schema
    filled = suggested(result)
    if "way" in schema:
        [_, *others] = schema["way"].config["options"]
        yield from ({**filled, "way": way} for way in others)
    if "provider" in schema:
        options = schema["provider"].config["options"]
        wanted = {own, ODD_NAME, "Microsoft", "Nextcloud", "Fitbit"}
        wanted |= {"discover", "manual"}
        for value in sorted(wanted & {option["value"] for option in options}):
            yield {**filled, "provider": value}
        if schema["provider"].config["custom_value"]:
            yield from ({**filled, "provider": name} for name in ("git", "Frobnicator"))
    elif "way" not in schema or "definition" in schema:
        yield filled
    if "tenant" in schema:
        yield filled
    if "credential" in schema:
        yield {**filled, "credential": "new"}


async def _walk(flow: AccountFlow) -> dict[str, set[str]]:
    """Go to all steps that can be reached; return for each where it leads."""
    names = (await async_get_provider_store(flow.hass)).own_names()
    [own] = [key for key, name in names.items() if name == ODD_NAME]
    leads: dict[str, set[str]] = {}
    waiting: list[list[dict[str, Any]]] = [[]]
    while waiting:
        path = waiting.pop()
        result = await flow.start()
        for answers in path:
            result = await flow.submit(**answers)
        step = result["step_id"]
        if step in leads:
            flow.hass.config_entries.flow.async_abort(result["flow_id"])
            continue
        leads[step] = set()
        flow.hass.config_entries.flow.async_abort(result["flow_id"])
        for answers in _answers(result, own):
            await flow.start()
            for each in path:
                await flow.submit(**each)
            following = await flow.submit(**answers)
            leads[step].add(following["step_id"])
            if following["step_id"] not in leads:
                waiting.append([*path, answers])
            flow.hass.config_entries.flow.async_abort(following["flow_id"])
    return leads


async def test_every_form_can_be_left_for_where_it_began(
    hass: HomeAssistant, flow: AccountFlow
) -> None:
    await _kept(hass, flow)
    # Each step is checked for words as it is shown.
    leads = await _walk(flow)
    assert set(ENGLISH["config"]["step"]) - _OF_SIGN_IN <= set(leads)

    back = {"user"}
    while more := {step for step, to in leads.items() if to & back} - back:
        back |= more
    assert set(leads) <= back


async def test_names_are_shown_letter_by_letter_in_the_forms_of_an_account(
    hass: HomeAssistant, flow: AccountFlow
) -> None:
    account = await flow.add_account(name=ODD_NAME)
    # Each form is checked as it is shown.
    account.async_start_reauth(hass)
    await hass.async_block_till_done()
    [reauth] = account.async_get_active_flows(hass, {SOURCE_REAUTH})
    await flow.take(await hass.config_entries.flow.async_configure(reauth["flow_id"]))
    for option in ("account", "change_service", "export_service"):
        await flow.take(
            await hass.config_entries.flow.async_init(
                DOMAIN,
                context={"source": SOURCE_RECONFIGURE, "entry_id": account.entry_id},
            )
        )
        await flow.submit(next_step_id=option)
    adding = SubentryFlow(hass, account)
    await adding.start()
    await adding.submit(**{**_REQUEST, "url": "/nothing"})
    await adding.submit(**_REQUEST)
    command = await SubentryFlow(hass, account, "command").start()

    shown = command["description_placeholders"]
    assert shown["account"] == as_markdown(account.title)
    assert as_markdown("*a*\n_b_ a@b.c") == r"\*a\* \_b\_ a\@b\.c"


@pytest.mark.parametrize(
    ("text", "code"), [("a", "`a`"), ("a`b\nc", "`` a`b c ``"), ("``", "``` `` ```")]
)
def test_code_is_shown_letter_by_letter(text: str, code: str) -> None:
    assert as_code(text) == code


async def test_every_form_of_a_resource_and_of_a_command_is_shown_and_has_words(
    hass: HomeAssistant, flow: AccountFlow, server: FakeServer
) -> None:
    account = await flow.add_account()
    resource = await add_resource(hass, account)
    command = await add_command(hass, account)
    connected = account.runtime_data.account
    known = {"id": "me", "name": "Me", "url": "/me", "values": _VALUES}
    level = {"url": "/weather", "path": "$.forecast", "ids": {"day": "date"}}
    of_a_day = {**known, "id": "day", "url": "/echo/{day}", "of": [level]}
    known_resources = (known, of_a_day)
    connected.provider = replace(
        connected.provider, known_resources_json=known_resources
    )
    rest = [
        {"resource": f"{server.api_base_url}/{path}", "sensor": _SENSORS}
        for path in ("weather", "usage")
    ]
    shown = set()

    adding = SubentryFlow(hass, account)
    for kind in ("pick", "rest"):
        shown.add((await adding.start())["step_id"])
        shown.add((await adding.submit(known=["other"]))["step_id"])
        if kind == "rest":
            answers = {**_REQUEST, "url": "", "import": {"rest": rest}}
            shown.add((await adding.submit(**answers))["step_id"])
            chosen = suggested(adding.result)
            shown.add((await adding.submit(**chosen))["step_id"])
            continue
        shown.add((await adding.submit(**_REQUEST))["step_id"])
        shown.add((await adding.pick(adjust=True))["step_id"])
        shown.add((await adding.submit(value="new"))["step_id"])
    await adding.start()
    shown.add((await adding.submit(known=["day"]))["step_id"])
    shown.add((await adding.change(resource))["step_id"])
    shown.add((await adding.choose("request"))["step_id"])
    sending = SubentryFlow(hass, account, "command")
    of_command = {(await sending.start())["step_id"]}
    of_command.add((await sending.change(command))["step_id"])

    assert shown == set(subentry_words("resource")["step"])
    assert of_command == set(subentry_words("command")["step"])
