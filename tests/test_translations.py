"""Every message that is used exists, and every one that exists is used.

What flows show is checked as they show it, by the drivers of their tests.
"""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
import re
from typing import Any, Final, get_args

import pytest

from custom_components.oauth2_client import api_refusal, errors
from custom_components.oauth2_client.account_form import (
    GRANTS,
    credential_schema,
    discovery_schema,
    provider_schema,
)
from custom_components.oauth2_client.catalogue import parse_provider
from custom_components.oauth2_client.document import UnreadableReason
from custom_components.oauth2_client.manual_provider import manual_schema
from custom_components.oauth2_client.oauth2 import ServerMetadata
from custom_components.oauth2_client.oauth2.assertion import InvalidKeyReason
from custom_components.oauth2_client.provider_discovery import Found
from custom_components.oauth2_client.repairs import _ALL as ACCOUNT_ISSUES
from custom_components.oauth2_client.unbound_implementation import UnboundImplementation
from homeassistant.components.application_credentials import ClientCredential
from homeassistant.helpers.selector import SelectSelector
from homeassistant.util.yaml import load_yaml_dict

from .translations import CORE_ABORTS, ENGLISH, placeholders, subentry_words

PACKAGE: Final = Path(__file__).parents[1] / "custom_components/oauth2_client"
TREES: Final = [
    ast.parse(path.read_text(encoding="utf-8")) for path in PACKAGE.rglob("*.py")
]
PROTOCOL_ERRORS: Final = set(errors._OWN_MESSAGE) | set(errors._CLASS_MESSAGE.values())
REFUSALS: Final = {api_refusal.refusal_key(status) for status in range(400, 600)}
FILE_ERRORS: Final = {
    "file_not_written",
    "file_unreadable",
    "files_too_large",
    "path_not_allowed",
}
UNREADABLE: Final = {
    f"answer_{reason}" for reason in get_args(UnreadableReason.__value__)
}
RESOURCE: Final = subentry_words("resource")
COMMAND: Final = subentry_words("command")
KEY_ERRORS: Final = {f"key_{reason}" for reason in get_args(InvalidKeyReason.__value__)}
YAML_ISSUES: Final = {"yaml_imported", "yaml_provider_unknown"}
CHOICES: Final = {"a": UnboundImplementation("a", ClientCredential("id", "", "A"))}
PROVIDER: Final = parse_provider(
    {
        "id": "all",
        "name": "All",
        "authorize_url": "https://example.com/authorize",
        "token_url": "https://example.com/token",
        "registration_url": "https://example.com/register",
        "grants": list(GRANTS),
    },
    category="home",
)
EVERYTHING: Final = Found(
    metadata=ServerMetadata(
        issuer="https://example.com",
        token_url="https://example.com/token",
        dpop_algorithms=("ES256",),
    )
)
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
        | {"invalid_header", "header_not_allowed"}
        | FILE_ERRORS
    )
    assert set(ENGLISH["exceptions"]) == used


@pytest.mark.parametrize(
    ("words", "errors_of_its_own"),
    [
        (ENGLISH["config"]["error"], set(errors._FLOW_MESSAGE) | KEY_ERRORS),
        (RESOURCE["error"], REFUSALS | UNREADABLE),
    ],
)
def test_every_error_of_a_form_exists_and_is_used(
    words: Mapping[str, str], errors_of_its_own: set[str]
) -> None:
    used = PROTOCOL_ERRORS | errors_of_its_own
    assert used - {"authorization_header", "token_not_saved", "no_api_base_url"} <= set(
        words
    )
    assert set(words) - used <= _literals()


def test_every_reason_to_abort_exists_and_is_used() -> None:
    reasons = _literal_keys("reason") | {"already_configured"}
    known = set(ENGLISH["config"]["abort"]) | set(RESOURCE["abort"])
    known |= set(COMMAND["abort"])
    assert reasons - CORE_ABORTS - {"reconfigure_by_hand"} == known


def test_every_step_is_there() -> None:
    steps = {
        node.name.removeprefix("async_step_")
        for tree in TREES
        for node in ast.walk(tree)
        if isinstance(node, ast.AsyncFunctionDef)
        and node.name.startswith("async_step_")
    }
    shown = set(ENGLISH["config"]["step"]) | set(RESOURCE["step"])
    assert shown | set(COMMAND["step"]) <= steps


def test_every_issue_exists_and_is_used() -> None:
    assert set(ENGLISH["issues"]) == set(ACCOUNT_ISSUES) | YAML_ISSUES
    for key in ACCOUNT_ISSUES:
        flow = ENGLISH["issues"][key]["fix_flow"]
        assert set(flow["step"]) == {"confirm"}
        assert set(flow["abort"]) == {"reconfigure_by_hand"}
    assert _literals() >= YAML_ISSUES


def test_no_field_has_words_that_no_form_shows() -> None:
    steps = ENGLISH["config"]["step"]
    for step, schema in (
        ("catalogue", provider_schema(())),
        ("discover", discovery_schema()),
        ("found", manual_schema(EVERYTHING)),
        ("manual", manual_schema()),
        ("credential", credential_schema(CHOICES, PROVIDER)),
        ("reconfigure", credential_schema(CHOICES, PROVIDER, hosts=True)),
    ):
        sections = steps[step].get("sections", {}).values()
        named = set(steps[step]["data"]).union(*(item["data"] for item in sections))
        assert named == set(_fields(schema)), step


def test_every_choice_of_the_account_forms_has_a_name() -> None:
    fields = _fields(manual_schema()) | _fields(provider_schema(()))
    fields |= _fields(credential_schema(CHOICES, PROVIDER))
    for name, field in fields.items():
        if (
            not isinstance(field, SelectSelector)
            or "translation_key" not in field.config
        ):
            continue
        named = ENGLISH["selector"][field.config["translation_key"]]["options"]
        offered = {
            option if isinstance(option, str) else option["value"]
            for option in field.config["options"]
        }
        # A credential is called what it is called.
        assert set(named) == offered - {"a"}, name


def test_every_action_and_field_has_words() -> None:
    actions = load_yaml_dict(str(PACKAGE / "services.yaml"))
    assert set(ENGLISH["services"]) == set(actions)
    for name, action in actions.items():
        assert isinstance(action, dict)
        assert set(ENGLISH["services"][name]["fields"]) == set(action["fields"])


def test_no_address_is_left_to_translators() -> None:
    assert [path for path, text in _texts(ENGLISH) if ADDRESS.search(text)] == []


def test_messages_are_filled_with_what_errors_carry() -> None:
    known = {"reason", "scopes", "status", "message"}
    own = {
        "file_not_written": {"path"},
        "file_unreadable": {"path"},
        "files_too_large": {"path"},
        "invalid_path": {"path", "position"},
        "not_a_command": {"entity"},
        "pages_incomplete": {"detail"},
        "path_not_allowed": {"path"},
        "path_not_found": {"path"},
        "not_a_resource": {"device"},
        "credential_without_provider": {"credential"},
        "header_not_allowed": {"header"},
        "invalid_header": {"header"},
        "unknown_provider": {"provider"},
    }
    for key, message in ENGLISH["exceptions"].items():
        assert placeholders(message["message"]) <= own.get(key, known), key


def test_issues_are_filled_with_what_is_handed_over() -> None:
    for path, text in _texts(ENGLISH["issues"]):
        known = {"provider"} if path.startswith("yaml") else {"account"}
        if path.startswith(("client_rejected", "scope_rejected")):
            known |= {"reason", "scopes"}
        if path.startswith("scope_missing"):
            known |= {"scopes"}
        if path.startswith("secret_expires"):
            known |= {"date"}
        assert placeholders(text) <= known, path
