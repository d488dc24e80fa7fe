"""docs/architecture.md draws what is there, and imports point one way."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path
import re
from typing import Final

ROOT: Final = Path(__file__).parents[1]
PACKAGE: Final = ROOT / "custom_components/oauth2_client"
DOCUMENT: Final = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
MODULES: Final = {
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts): path
    for path in PACKAGE.rglob("*.py")
    if path.name != "__init__.py" or path.parent == PACKAGE
}


def _imported(name: str, path: Path) -> set[str]:
    """Return the modules that one imports; a package stands for all of its modules."""
    imported: set[str] = set()
    folder = name.split(".")[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.ImportFrom) or not node.level:
            continue
        above = folder[: len(folder) - node.level + 1]
        names = [node.module] if node.module else [item.name for item in node.names]
        for module in names:
            target = ".".join([*above, *module.split(".")])
            inside = [item for item in MODULES if item.startswith(f"{target}.")]
            imported.update(inside or {target})
    return imported


def test_no_import_leads_back() -> None:
    graph = {name: _imported(name, path) for name, path in MODULES.items()}
    assert set().union(*graph.values()) <= set(MODULES)
    # Raises CycleError, which names the modules of a circle.
    assert len(list(TopologicalSorter(graph).static_order())) == len(MODULES)


def test_the_table_names_every_module_and_no_other() -> None:
    table = DOCUMENT.split("## Modules")[1].split("## What happens")[0]
    named: set[str] = set()
    for row in re.findall(r"^\| (`.*?) \| (.*) \|$", table, re.MULTILINE):
        modules, what = (re.findall(r"`(\w+/?)`", cell) for cell in row)
        package = modules[0] if modules[0].endswith("/") else None
        if package is None:
            named |= set(modules)
        else:
            known = {item for item in MODULES if item.startswith(package[:-1] + ".")}
            inside = {f"{package[:-1]}.{module}" for module in what}
            assert known <= inside, package
            named |= known
    assert named == set(MODULES) - {"const"}


def test_the_picture_draws_every_module() -> None:
    picture = DOCUMENT.split("```")[1]
    drawn = set(re.findall(r"[a-z_0-9]+", picture))
    top = {name for name in MODULES if "." not in name} - {"__init__", "const"}
    assert top - drawn == set()
