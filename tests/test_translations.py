"""Every message that is used exists, and every one that exists is used.

What flows show is checked as they show it, by the drivers of their tests.
"""

import ast
from collections.abc import Iterator, Mapping
from copy import replace
import json
from pathlib import Path
import re
from typing import Any, Final, get_args

import pytest
import voluptuous as vol

from custom_components.oauth2_client import errors
from custom_components.oauth2_client.actions import command
from custom_components.oauth2_client.actions.schema import request_schema
from custom_components.oauth2_client.api import refusal
from custom_components.oauth2_client.catalogue import (
    JWT_BEARER,
    USER_CATEGORY,
    KnownResource,
    load_gone,
    parse_provider,
)
from custom_components.oauth2_client.credentials.unbound_implementation import (
    UnboundImplementation,
)
from custom_components.oauth2_client.document.parsing import UnreadableReason
from custom_components.oauth2_client.flows.account_form import (
    CONF_DOCUMENT,
    CONF_REGISTER,
    GRANT_TYPES,
    callback_schema,
    credential_schema,
    device_schema,
    stored_schema,
)
from custom_components.oauth2_client.flows.command_flow import command_schema
from custom_components.oauth2_client.flows.credential_forms import STORED
from custom_components.oauth2_client.flows.resource.form import (
    pages_fields,
    resource_schema,
)
from custom_components.oauth2_client.flows.resource.groups import (
    MAX_GROUPS,
    Choice,
    Group,
)
from custom_components.oauth2_client.flows.resource.known.form import (
    known_schema,
    things_schema,
)
from custom_components.oauth2_client.flows.resource.pick_form import pick_schema
from custom_components.oauth2_client.flows.resource.rest_form import (
    choice_schema,
    rest_schema,
)
from custom_components.oauth2_client.flows.resource.values.form import (
    value_schema,
    values_schema,
)
from custom_components.oauth2_client.flows.service.exchange import definition_schema
from custom_components.oauth2_client.flows.service.form import (
    CATALOGUE,
    CHOSEN,
    CORRECT,
    GONE,
    OWN_SERVICE,
    catalogue_schema,
    discovery_schema,
    own_services_schema,
    services_schema,
)
from custom_components.oauth2_client.flows.service.manual_provider import (
    change_schema,
    manual_schema,
)
from custom_components.oauth2_client.health.endings import ENDING_KEYS
from custom_components.oauth2_client.health.issues import ACCOUNT_ISSUES, SIGN_IN_ISSUES
from custom_components.oauth2_client.oauth2 import ServerMetadata
from custom_components.oauth2_client.oauth2.assertion import InvalidKeyReason
from custom_components.oauth2_client.oauth2.callback import InvalidCallbackReason
from custom_components.oauth2_client.providers.found import Found
from custom_components.oauth2_client.system_health import async_health
from homeassistant.components.application_credentials import ClientCredential
from homeassistant.const import CONF_ICON
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import SelectSelector
from homeassistant.util.yaml import load_yaml_dict

from .catalogue.completed import every_provider
from .translations import CORE_ABORTS, ENGLISH, placeholders, subentry_words

PACKAGE: Final = Path(__file__).parents[1] / "custom_components/oauth2_client"
TREES: Final = [
    ast.parse(path.read_text(encoding="utf-8")) for path in PACKAGE.rglob("*.py")
]
PROTOCOL_ERRORS: Final = set(errors._CODES_WITH_MESSAGE) | set(
    errors._CLASS_MESSAGE.values()
)
REFUSALS: Final = {refusal.refusal_key(status) for status in (200, *range(400, 600))}
FILE_ERRORS: Final = {
    "file_not_allowed",
    "file_not_written",
    "file_unreadable",
    "files_too_large",
    "target_not_allowed",
}
TEMPLATE_ERRORS: Final = set(command._FAULTY_TEMPLATE.values())
UNREADABLE: Final = {
    f"answer_{reason}" for reason in get_args(UnreadableReason.__value__)
}
RESOURCE: Final = subentry_words("resource")
COMMAND: Final = subentry_words("command")
# One for each field that describes pages.
PAGES_ERRORS: Final = {f"pages_{field}" for field in pages_fields()}
# The fields of the form have bounds of their own, and a switch is on or off.
NOT_OF_THE_FORM: Final = {"pages_in_body", "pages_most", "pages_size"}
KEY_ERRORS: Final = {f"key_{reason}" for reason in get_args(InvalidKeyReason.__value__)}
CALLBACK_ERRORS: Final = {
    f"callback_{reason}" for reason in get_args(InvalidCallbackReason.__value__)
}
# Of the home, not of an account.
HOME_ISSUES: Final = {"storage_not_writable", "yaml_imported", "yaml_provider_unknown"}
# What no refresh with a new credential leads to.
NOT_OF_A_REFRESH: Final = {
    "authorization_header",
    "client_unknown",
    "grant_rejected",
    "host_busy",
    "host_not_allowed",
    "no_api_base_url",
    "token_not_saved",
}
# Named although the oldest supported Home Assistant does not offer them.
LATER_CHOICES: Final = {"glass_break"}
CHOICES: Final = {"a": UnboundImplementation("a", ClientCredential("id", "", "A"))}
PROVIDER: Final = parse_provider(
    {
        "id": "all",
        "name": "All",
        "authorize_url": "https://example.com/authorize",
        "token_url": "https://example.com/token",
        "registration_url": "https://example.com/register",
        "grants": list(GRANT_TYPES),
    },
    category="home",
)
EVERYTHING: Final = Found(
    metadata=ServerMetadata(
        issuer="https://example.com",
        token_url="https://example.com/token",
        dpop_algorithms=("ES256",),
        device_authorization_url="https://example.com/device",
    )
)
KNOWN: Final = KnownResource(id="a", name="A", url="/a")
# Hassfest: addresses are placeholders, so that no translator changes one.
ADDRESS: Final = re.compile(r"https?://\w|www\.\w")


def _calls(*names: str) -> Iterator[ast.Call]:
    for tree in TREES:
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if not names or name in names:
                    yield node


def _keyword(call: ast.Call, name: str) -> str | None:
    for keyword in call.keywords:
        if keyword.arg == name and isinstance(keyword.value, ast.Constant):
            return str(keyword.value.value)
    return None


def _literal_keys(name: str) -> set[str]:
    return {key for call in _calls() if (key := _keyword(call, name)) is not None}


def _literals() -> set[str]:
    return {
        node.value
        for tree in TREES
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def _entity_names() -> set[str]:
    """Return the translation keys of entities: those of descriptions."""
    return {
        key
        for call in _calls("SensorEntityDescription", "ButtonEntityDescription")
        if (key := _keyword(call, "translation_key")) is not None
    }


def _resource_schema() -> Any:
    return resource_schema("user", new=True)


def _pick_schema(back: str = "address") -> Any:
    """Return the form with each section that it can have."""
    choice = Choice("$.a", ("a",), "A · 1")
    top = Group((), [choice], unnamed=0)
    groups = [Group((str(number),), [choice], 0) for number in range(MAX_GROUPS)]
    return pick_schema([top, *groups], [choice], searched="", back=back)


def _texts(words: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(words, str):
        yield path, words
        return
    for key, value in words.items():
        yield from _texts(value, f"{path}.{key}".lstrip("."))


def _fields(schema: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for key, value in schema.schema.items():
        inner = getattr(value, "schema", None)
        fields |= {str(key): value} if inner is None else _fields(inner)
    return fields


def _entity_keys() -> set[str]:
    return {key for entities in ENGLISH["entity"].values() for key in entities}


def test_every_exception_has_its_message_and_every_message_its_exception() -> None:
    used = (
        PROTOCOL_ERRORS
        | REFUSALS
        | UNREADABLE
        | (_literal_keys("translation_key") - _entity_keys())
        | {"invalid_header", "header_not_allowed", "leaves_segment"}
        | FILE_ERRORS
        | TEMPLATE_ERRORS
        | PAGES_ERRORS
    )
    assert set(ENGLISH["exceptions"]) == used - _entity_names()


def test_every_entity_has_its_name_and_every_name_its_entity() -> None:
    assert {key for names in ENGLISH["entity"].values() for key in names} == (
        _entity_names()
    )


@pytest.mark.parametrize(
    ("words", "errors_of_its_own"),
    [
        (
            ENGLISH["config"]["error"],
            set(errors._CODES_WITH_FLOW_MESSAGE) | KEY_ERRORS | CALLBACK_ERRORS,
        ),
        (RESOURCE["error"], REFUSALS | UNREADABLE | PAGES_ERRORS - NOT_OF_THE_FORM),
    ],
)
def test_every_error_of_a_form_exists_and_is_used(
    words: Mapping[str, str], errors_of_its_own: set[str]
) -> None:
    used = PROTOCOL_ERRORS | errors_of_its_own
    assert used - {"authorization_header", "no_api_base_url"} <= set(words)
    assert set(words) - used <= _literals()


def test_every_error_of_a_command_exists_and_is_used() -> None:
    # What the address, the headers and the templates of a request can be refused for.
    of_a_request = {
        "authorization_header",
        "header_not_allowed",
        "host_not_allowed",
        "https_required",
        "invalid_header",
        "invalid_template",
        "invalid_url",
        "no_api_base_url",
        "body_not_json",
        "body_template",
        "headers_not_a_mapping",
        "headers_template",
        "query_not_a_mapping",
        "query_template",
    }
    own = {"address_missing", "name_missing", "name_taken"}
    assert set(COMMAND["error"]) == of_a_request | own
    assert of_a_request < set(RESOURCE["error"])
    assert of_a_request | own <= _literals()


def test_every_reason_to_abort_exists_and_is_used() -> None:
    reasons = _literal_keys("reason") | {"already_configured"}
    known = set(ENGLISH["config"]["abort"]) | set(RESOURCE["abort"])
    known |= set(COMMAND["abort"])
    for issue in ENGLISH["issues"].values():
        known |= set(issue.get("fix_flow", {}).get("abort", {}))
    assert reasons - CORE_ABORTS == known


def test_every_step_is_there() -> None:
    steps = {
        node.name.removeprefix("async_step_")
        for tree in TREES
        for node in ast.walk(tree)
        if isinstance(node, ast.AsyncFunctionDef)
        and node.name.startswith("async_step_")
    }
    # Steps with the same form as another one.
    steps |= {
        target.id.removeprefix("async_step_")
        for tree in TREES
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id.startswith("async_step_")
    }
    shown = set(ENGLISH["config"]["step"]) | set(RESOURCE["step"])
    for issue in ENGLISH["issues"].values():
        shown |= set(issue.get("fix_flow", {}).get("step", {}))
    assert shown | set(COMMAND["step"]) <= steps


async def test_every_figure_of_system_health_has_a_name(hass: HomeAssistant) -> None:
    assert set(ENGLISH["system_health"]["info"]) == set(await async_health(hass))


def test_every_issue_exists_and_is_used() -> None:
    assert set(ENGLISH["issues"]) == {*ACCOUNT_ISSUES, *ENDING_KEYS, *HOME_ISSUES}
    assert _literals() >= HOME_ISSUES


def test_every_issue_that_leads_to_a_form_says_how_to_get_there_by_hand() -> None:
    for key in SIGN_IN_ISSUES:
        flow = ENGLISH["issues"][key]["fix_flow"]
        assert "confirm" in flow["step"]
        assert "reconfigure_by_hand" in flow["abort"]


def test_a_credential_that_fails_is_told_in_the_same_words_everywhere() -> None:
    words = ENGLISH["issues"]["client_rejected"]["fix_flow"]["error"]
    # A repair keeps the token that it got, a sign-in is made again.
    of_storage = ENGLISH["exceptions"]["token_not_saved"]["message"]
    elsewhere = {**ENGLISH["config"]["error"], "token_not_saved": of_storage}
    assert words["token_not_saved"] == of_storage
    of_a_provider = ENGLISH["issues"]["provider_gone"]["fix_flow"]["error"]
    for shown in (words, of_a_provider):
        assert {key: elsewhere[key] for key in shown} == shown
    assert set(of_a_provider) >= PROTOCOL_ERRORS - NOT_OF_A_REFRESH
    # A sign-in that is not accepted leads to the form for a new one.
    of_a_client = PROTOCOL_ERRORS - NOT_OF_A_REFRESH - {"access_denied"}
    assert set(words) >= of_a_client | KEY_ERRORS
    assert set(words) <= set(elsewhere)


URIS: Final = ["https://a/callback", "https://b/callback"]
REGISTRATIONS: Final = [CONF_DOCUMENT, CONF_REGISTER]
WAYS: Final = [CHOSEN, CORRECT, STORED, CATALOGUE, OWN_SERVICE]


def test_no_field_has_words_that_no_form_shows() -> None:
    steps = ENGLISH["config"]["step"]
    for step, schema in (
        ("catalogue", catalogue_schema((), {})),
        ("which_service", services_schema((), {})),
        ("choose_own", own_services_schema({})),
        ("change_service", change_schema()),
        ("export_service", definition_schema()),
        ("import_service", definition_schema()),
        ("discover", discovery_schema()),
        ("paste", callback_schema()),
        ("device", device_schema("address")),
        ("found", manual_schema(EVERYTHING)),
        ("manual", manual_schema()),
        (
            "credential",
            credential_schema(PROVIDER, auto_registrations=REGISTRATIONS, ways=WAYS),
        ),
        (
            "stored_credential",
            stored_schema(
                CHOICES, PROVIDER, auto_registrations=REGISTRATIONS, ways=WAYS
            ),
        ),
        (
            "reconfigure",
            stored_schema(
                CHOICES,
                PROVIDER,
                auto_registrations=REGISTRATIONS,
                hosts=True,
                ways=WAYS,
            ),
        ),
    ):
        _check_named(steps[step], schema)
    # Of one that takes a key file only, its field is not beside the way to sign in.
    _check_named(
        steps["credential_without_browser"],
        credential_schema(
            PROVIDER, browser=False, auto_registrations=REGISTRATIONS, ways=WAYS
        ),
        credential_schema(replace(PROVIDER, grant_types=(JWT_BEARER,)), browser=False),
    )


def _check_named(step: Mapping[str, Any], *schemas: Any) -> None:
    """Check that the words of a step are those of its fields, and of each section those of its.

    The step may have several forms.
    """
    inner: dict[str, list[Any]] = {}
    fields = [field for schema in schemas for field in schema.schema.items()]
    for key, field in fields:
        if isinstance(field, section):
            inner.setdefault(str(key), []).append(field.schema)
    sections = step.get("sections", {})
    assert set(sections) == set(inner)
    for key, inside in inner.items():
        _check_named(sections[key], *inside)
    named = {str(key) for key, _ in fields} - set(inner)
    assert set(step["data"]) == named
    # A list of values to tick says all by its section and its labels.
    assert set(step.get("data_description", ())) == named - {"ticked"}


@pytest.mark.parametrize(
    ("words", "step", "schema"),
    [
        (RESOURCE, "user", known_schema([KNOWN])),
        (RESOURCE, "things", things_schema([KNOWN])),
        (RESOURCE, "address", _resource_schema()),
        (RESOURCE, "request", resource_schema("reconfigure", new=False)),
        (RESOURCE, "pick", _pick_schema()),
        (RESOURCE, "rest", rest_schema(offers_ids=True)),
        (RESOURCE, "rest_choice", choice_schema((), base=None)),
        (RESOURCE, "values", values_schema((), back="pick")),
        (RESOURCE, "value", value_schema(new=False)),
        (COMMAND, "user", command_schema()),
        (COMMAND, "reconfigure", command_schema()),
    ],
)
def test_no_field_of_a_subentry_is_without_words_and_none_has_words_too_many(
    words: Mapping[str, Any], step: str, schema: Any
) -> None:
    _check_named(words["step"][step], schema)


def test_every_choice_of_the_subentry_forms_has_a_name() -> None:
    fields = _fields(_resource_schema()) | _fields(command_schema())
    fields |= _fields(value_schema(new=False))
    fields |= _fields(known_schema([KNOWN]))
    _check_choices(fields, *(_fields(form) for form in _forms_that_lead_back()))


def _forms_that_lead_back() -> list[Any]:
    """Return the forms of which the ways back differ."""
    return [
        _resource_schema(),
        resource_schema("reconfigure", new=False),
        things_schema([KNOWN]),
        *(_pick_schema(back) for back in ("address", "request", "reconfigure")),
        *(values_schema((), back=back) for back in ("pick", "reconfigure")),
        value_schema(new=True),
    ]


def test_every_choice_of_the_account_forms_has_a_name() -> None:
    _check_choices(
        _fields(manual_schema()),
        _fields(manual_schema(EVERYTHING)),
        _fields(services_schema((), {})),
        _fields(catalogue_schema((), {})),
        _fields(own_services_schema({})),
        _fields(callback_schema()),
        _fields(credential_schema(PROVIDER, redirect_uris=URIS, ways=WAYS)),
        _fields(stored_schema(CHOICES, PROVIDER)),
    )


def _check_choices(*forms: Mapping[str, Any]) -> None:
    """Check that each choice of each field has a name, and that no name is left over."""
    offered: dict[str, set[str]] = {}
    for field in (field for form in forms for field in form.values()):
        if isinstance(field, SelectSelector) and "translation_key" in field.config:
            # "a" is the credential of CHOICES: its name is its own. Addresses have none.
            offered.setdefault(field.config["translation_key"], set()).update(
                value
                for option in field.config["options"]
                if (value := option if isinstance(option, str) else option["value"])
                not in ("a", *URIS)
            )
    for key, values in offered.items():
        named = set(ENGLISH["selector"][key]["options"])
        assert named - LATER_CHOICES <= values <= named, key


def test_every_note_of_an_import_has_words_and_all_words_are_used() -> None:
    words = ENGLISH["selector"]["rest_notes"]["options"]
    assert all(placeholders(text) <= {"names"} for text in words.values())
    # The notes of some options have the names of these.
    assert set(words) - _literals() <= {CONF_ICON}


def test_every_note_of_a_service_has_words_and_all_words_are_used() -> None:
    words = set(ENGLISH["selector"]["notes"]["options"])
    conditions = [
        each for provider in every_provider() for each in provider.about.conditions
    ]
    spans = {
        f"quota_{each.values['per']}" for each in conditions if "per" in each.values
    }
    of_kinds = {each.kind for each in conditions} - {"quota"} | spans

    assert of_kinds <= words
    assert words - of_kinds <= _literals()


@pytest.mark.parametrize("selector", ["values", "address_form", "things", "window"])
def test_every_word_for_a_form_of_a_resource_is_used(selector: str) -> None:
    assert set(ENGLISH["selector"][selector]["options"]) <= _literals()


def test_every_note_of_a_service_of_ones_own_is_used() -> None:
    assert set(ENGLISH["selector"]["own_service"]["options"]) <= _literals()


def test_every_category_of_services_has_words_and_all_words_are_used() -> None:
    categories = {each.category for each in every_provider()}
    words = ENGLISH["selector"]["service_category"]["options"]

    assert set(words) == categories | {USER_CATEGORY, GONE}


def test_what_became_of_a_service_has_words_and_all_words_are_used() -> None:
    words = set(ENGLISH["selector"]["gone"]["options"])
    told = {each.what for each in load_gone()}

    assert told <= words
    assert words - told <= _literals()


def _actions() -> dict[str, Any]:
    return load_yaml_dict(str(PACKAGE / "services.yaml"))


def test_every_action_section_and_field_has_words() -> None:
    actions = _actions()
    assert set(ENGLISH["services"]) == set(actions)
    for name, action in actions.items():
        words = ENGLISH["services"][name]
        sections = {key for key, field in action["fields"].items() if "fields" in field}
        assert set(words.get("sections", {})) == sections
        assert set(words["fields"]) == set(_action_fields(action["fields"]))


def _action_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, field in fields.items():
        found |= _action_fields(field["fields"]) if "fields" in field else {key: field}
    return found


def test_each_field_and_section_of_an_action_is_named_and_fields_are_described() -> (
    None
):
    for action in ENGLISH["services"].values():
        assert action["name"]
        assert action["description"]
        for words in action["fields"].values():
            assert set(words) == {"name", "description"}
        for words in action.get("sections", {}).values():
            assert set(words) <= {"name", "description"}
            assert words["name"]


def test_each_choice_of_an_action_has_words_or_is_a_method() -> None:
    for action in _actions().values():
        for key, field in _action_fields(action["fields"]).items():
            select = field["selector"].get("select") or {}
            if "translation_key" in select:
                words = ENGLISH["selector"][select["translation_key"]]["options"]
                assert set(words) == set(select["options"]), key
            elif select:
                assert all(option.isupper() for option in select["options"]), key


def test_an_action_has_the_fields_of_its_schema() -> None:
    fields = _action_fields(_actions()["request"]["fields"])

    assert set(fields) == {str(key) for key in request_schema().schema}
    assert {key for key, field in fields.items() if field.get("required")} == {
        str(key) for key in request_schema().schema if isinstance(key, vol.Required)
    }


def test_every_field_of_an_object_in_an_action_has_words() -> None:
    fields = _action_fields(_actions()["request"]["fields"])
    objects = {
        key: field["selector"]["object"]["fields"]
        for key, field in fields.items()
        if "fields" in (field["selector"].get("object") or {})
    }
    assert set(objects) == {"files", "pages"}
    for key, inner in objects.items():
        words = ENGLISH["selector"][key]["fields"]
        assert set(words) == set(inner)
        assert all(set(each) == {"name", "description"} for each in words.values())
    form = {str(key): field for key, field in pages_fields().items()}
    assert set(objects["pages"]) == set(form)
    for key in ("size", "most"):
        number = objects["pages"][key]["selector"]["number"]
        assert (number["min"], number["max"]) == (
            form[key].config["min"],
            form[key].config["max"],
        )


def test_the_kinds_of_pages_are_called_the_same_everywhere() -> None:
    # The dialog of an object shows the labels, and no translation.
    fields = _action_fields(_actions()["request"]["fields"])
    kind = fields["pages"]["selector"]["object"]["fields"]["kind"]
    options = kind["selector"]["select"]["options"]

    labels = {option["value"]: option["label"] for option in options}
    assert labels == ENGLISH["selector"]["kind"]["options"]


def test_each_thing_has_one_name() -> None:
    """The word on the left is not used: that on the right is."""
    others = {
        r"API address": "API base URL",
        r"consoles?": "developer pages",
        r"entity ids?": "entity ID",
        r"[Ii]d tokens?": "ID token",
        r"please": "nothing",
        r"redirects": "sends on",
        r"[Ss]end (?:it|the form)": "submit",
    }
    used = {
        word
        for word in others
        for text in _all_texts(ENGLISH)
        if re.search(rf"\b{word}\b", text)
    }
    assert used == set()


def _all_texts(words: Any) -> Iterator[str]:
    """Yield each text, not its key."""
    if isinstance(words, str):
        yield re.sub(r"{\w+}", "", words)
        return
    for inner in words.values():
        yield from _all_texts(inner)


def test_no_key_is_there_twice() -> None:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = [key for key, _ in pairs]
        assert len(set(keys)) == len(keys), keys
        return dict(pairs)

    path = PACKAGE / "translations/en.json"
    assert json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=once)


def test_no_address_is_left_to_translators() -> None:
    assert [path for path, text in _texts(ENGLISH) if ADDRESS.search(text)] == []


def test_messages_are_filled_with_what_errors_carry() -> None:
    known = {"reason", "scopes", "sent", "status", "quotation", "address"}
    own = {
        "entry_stored_wrongly": {"entry", "place"},
        "file_not_written": {"path"},
        "file_unreadable": {"path"},
        "files_too_large": {"path"},
        "invalid_path": {"path", "position"},
        "not_a_command": {"entity"},
        "file_not_allowed": {"path"},
        "target_not_allowed": {"path"},
        "path_not_found": {"path"},
        "not_a_resource": {"device"},
        "credential_without_provider": {"credential"},
        "header_not_allowed": {"header"},
        "invalid_header": {"header"},
        "part_not_a_line": {"text"},
        "unknown_provider": {"provider"},
    }
    for key, message in ENGLISH["exceptions"].items():
        assert placeholders(message["message"]) <= own.get(key, known), key


def test_issues_are_filled_with_what_is_handed_over() -> None:
    for path, text in _texts(ENGLISH["issues"]):
        known = {"provider"} if path.startswith("yaml") else {"account", "whose"}
        if path.startswith("storage"):
            known = {"folder"}
        if path.startswith("host_not_allowed"):
            known |= {"host"}
        if path.startswith("provider_gone"):
            known |= {"provider"}
        if path.startswith("grant_ends"):
            known |= {"provider", "days", "hours", "known"}
        if ".fix_flow.error." in path:
            known |= {"reason", "scopes", "address"}
        if path.startswith("client_rejected.fix_flow.step.credential"):
            known |= {"refusal"}
        if path.startswith(
            ("client_rejected", "document_", "registration_", "scope_rejected")
        ):
            known |= {"reason", "scopes"}
        if path.startswith(("scope_missing", "scope_refused")):
            known |= {"scopes"}
        if path.startswith("secret_expires"):
            known |= {"date"}
        assert placeholders(text) <= known, path
