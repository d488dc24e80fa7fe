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
            inside = {item for item in known if item.rpartition(".")[2] in what}
            assert known == inside, package
            named |= known
    assert named == set(MODULES) - {"const"}


def _rows() -> dict[str, int]:
    """Return the row of the picture that each module is drawn in, counted from the top."""
    rows: dict[str, int] = {}
    row = 0
    for line in DOCUMENT.split("```")[1].strip("\n").split("\n"):
        # A row goes on in lines that begin with nothing.
        row += not line.startswith("  ")
        drawn = line.split()[line[1] != " " :]
        rows |= {name.rstrip("/"): row for name in drawn}
    return rows


def test_the_picture_draws_every_module_and_imports_go_down_in_it() -> None:
    rows = _rows()
    top = {name for name in MODULES if "." not in name} - {"__init__", "const"}
    assert top - set(rows) == set()
    for name in top:
        below = {module.partition(".")[0] for module in _imported(name, MODULES[name])}
        up = {module for module in below - {"const"} if rows[module] < rows[name]}
        assert up == set(), name
