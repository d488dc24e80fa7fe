"""What other integrations may use, as docs/library.md names it: review sees what changes of it.

A change on purpose is recorded with `--snapshot-update`, and belongs in CHANGELOG.md.
"""

from collections.abc import Callable
from inspect import Parameter, Signature, signature
from pathlib import Path
import re
from typing import Any, Final, get_type_hints

from syrupy.assertion import SnapshotAssertion

from custom_components.oauth2_client import library, oauth2

_LIBRARY: Final = (Path(__file__).parents[1] / "docs/library.md").read_text(
    encoding="utf-8"
)
_Account: Final = library.Account
_MODULE: Final = re.compile(r"\b(?:[a-z_]\w*\.)+(?=[A-Z_a-z])")


def _written(name: str, called: Callable[..., Any]) -> str:
    """Return how something is called, without the modules that its types are in."""
    return name + _MODULE.sub("", str(signature(called)))


def _constructed(value: type) -> str:
    """Return how a value is made, of which Python knows the annotations only."""
    fields = [
        Parameter(
            name,
            Parameter.KEYWORD_ONLY,
            default=vars(value).get(name, Parameter.empty),
            annotation=annotation,
        )
        for name, annotation in get_type_hints(value).items()
        if not name.startswith("_")
    ]
    return value.__name__ + _MODULE.sub("", str(Signature(fields)))


def _errors() -> list[str]:
    """Return the errors of the document's table."""
    return re.findall(r"^\| `([A-Z]\w+[a-z])` \|", _LIBRARY, re.MULTILINE)


def test_the_account_api_is_as_it_was_reviewed(snapshot: SnapshotAssertion) -> None:
    methods = re.findall(r"`Account\.(\w+)\(", _LIBRARY)
    functions = re.findall(r"^`(async_\w+)\(", _LIBRARY, re.MULTILINE)
    assert methods
    assert functions

    assert [
        *(_written(name, getattr(library, name)) for name in functions),
        *(_written(f"Account.{name}", getattr(_Account, name)) for name in methods),
        _constructed(oauth2.Response),
        _written("Response.header", oauth2.Response.header),
        *(_written(name, getattr(library, name)) for name in _errors()),
        sorted(library.AccountChange.__members__),
    ] == snapshot


def test_the_document_names_all_that_can_be_imported() -> None:
    assert {name for name in library.__all__ if f"`{name}" not in _LIBRARY} == set()


def test_the_document_names_each_change() -> None:
    assert {
        name
        for name in library.AccountChange.__members__
        if f"| `{name}` |" in _LIBRARY
    } == set(library.AccountChange.__members__)


def test_the_document_names_each_parameter_of_a_request() -> None:
    [named] = re.findall(r"`Account\.request\((.+?)\)`", _LIBRARY)

    assert ["self", *named.replace(" *,", "").split(", ")] == list(
        signature(_Account.request).parameters
    )


def test_the_document_names_each_error() -> None:
    assert set(_errors()) == {
        error.__name__
        for error in vars(oauth2).values()
        if isinstance(error, type)
        and error.__base__ is oauth2.OAuth2Error
        and error.__name__ in oauth2.__all__
    }


def test_the_names_of_the_protocol_core_are_as_they_were_reviewed(
    snapshot: SnapshotAssertion,
) -> None:
    assert sorted(oauth2.__all__) == snapshot
