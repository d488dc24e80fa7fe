"""The public names of the packages that load their modules late."""

import ast
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from custom_components.oauth2_client import catalogue, oauth2

PACKAGES = [oauth2, catalogue]
each_package = pytest.mark.parametrize(
    "package", PACKAGES, ids=lambda package: package.__name__.rpartition(".")[2]
)


def _imports_for_type_checkers(package: ModuleType) -> dict[str, str | None]:
    """Return the module of each name, as the package's head imports it for type checkers."""
    tree = ast.parse(Path(str(package.__file__)).read_text(encoding="utf-8"))
    [block] = [
        node
        for node in tree.body
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name)
    ]
    return {
        alias.name: node.module
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


@each_package
def test_every_public_name_is_loaded_from_its_module(package: ModuleType) -> None:
    assert package.__all__
    for name in package.__all__:
        module = import_module(f"{package.__name__}.{package._MODULES[name]}")
        assert getattr(package, name) is getattr(module, name)


@each_package
def test_the_imports_for_type_checkers_match_the_lazy_ones(package: ModuleType) -> None:
    assert _imports_for_type_checkers(package) == package._MODULES


@each_package
def test_the_public_names_are_complete_and_sorted(package: ModuleType) -> None:
    assert set(package.__all__) == set(package._MODULES)
    # Constants, then classes, then functions, as the linter sorts imports.
    assert package.__all__ == sorted(
        package.__all__, key=lambda name: (not name.isupper(), name[0].islower(), name)
    )
    assert len(set(package.__all__)) == len(package.__all__)


@each_package
def test_every_public_name_is_listed(package: ModuleType) -> None:
    assert set(package.__all__) <= set(dir(package))
    assert "__name__" in dir(package)


@each_package
def test_an_unknown_name_raises_attribute_error(package: ModuleType) -> None:
    with pytest.raises(AttributeError, match="has no attribute 'no_such_name'"):
        _ = package.no_such_name
