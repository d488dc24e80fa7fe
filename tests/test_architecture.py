"""docs/architecture.md names what is there, and imports go the way that one line of it says."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path
import re
from typing import Final

from .rows import check_rows

ROOT: Final = Path(__file__).parents[1]
PACKAGE: Final = ROOT / "custom_components/oauth2_client"
DOCUMENT: Final = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
MODULES: Final = {
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts): path
    for path in PACKAGE.rglob("*.py")
    if path.name != "__init__.py" or path.parent == PACKAGE
}
FOLDERS: Final = {path.parent for path in MODULES.values()} - {PACKAGE}
# Folders that hold more than their modules: what is imported of one is its own.
OWN: Final = {
    ".".join(folder.relative_to(PACKAGE).parts): folder / "__init__.py"
    for folder in FOLDERS
    if any(
        isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.parse((folder / "__init__.py").read_text("utf-8")).body
    )
}
ALL: Final = {**MODULES, **{f"{name}.__init__": path for name, path in OWN.items()}}

# The modules in the package's root that Home Assistant finds by their names, and the platforms.
TOP: Final = frozenset(
    {
        "__init__",
        "application_credentials",
        "binary_sensor",
        "button",
        "config_flow",
        "diagnostics",
        "entity",
        "entity_ids",
        "repairs",
        "sensor",
        "services",
        "system_health",
    }
)
# Beside `api`, as the line's own paragraph says.
BESIDE_API: Final = ("const", "errors")
MOST_IN_ROOT: Final = 16
MOST_IN_FOLDER: Final = 14


def _imported(name: str, path: Path) -> set[str]:
    """Return the modules that one imports; a package without its own stands for all of its modules."""
    imported: set[str] = set()
    folder = name.split(".")[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.ImportFrom) or not node.level:
            continue
        above = folder[: len(folder) - node.level + 1]
        target = ".".join([*above, *(node.module or "").split(".")]).rstrip(".")
        if target in OWN:
            imported.add(f"{target}.__init__")
        elif node.module is None:
            imported |= {".".join([*above, item.name]) for item in node.names}
        else:
            inside = [item for item in MODULES if item.startswith(f"{target}.")]
            imported.update(inside or {target})
    return imported


def _rows() -> dict[str, int]:
    """Return the place of each room in the line that gives the order of imports."""
    [line] = re.findall(r"^\*\*.* > .*\*\*$", DOCUMENT, re.MULTILINE)
    rows = {
        room: place
        for place, row in enumerate(line.strip("*").split(" > "))
        for room in re.findall(r"`(\w+)`", row)
    }
    assert len(rows) > 10
    return {
        **rows,
        **dict.fromkeys(TOP, 0),
        **dict.fromkeys(BESIDE_API, rows["api"]),
    }


def test_no_import_leads_back_to_where_it_came_from() -> None:
    graph = {name: _imported(name, path) for name, path in ALL.items()}
    assert set().union(*graph.values()) <= set(ALL)
    # Raises CycleError, which names the modules of a circle.
    assert len(list(TopologicalSorter(graph).static_order())) == len(ALL)


def test_imports_go_to_the_right() -> None:
    rows = _rows()

    def check(name: str) -> None:
        own = name.partition(".")[0]
        rooms = {module.partition(".")[0] for module in _imported(name, ALL[name])}
        assert own in rows, f"{name} is in no room of the line"
        assert {room for room in rooms - {own} if rows[room] < rows[own]} == set()

    check_rows({name: name for name in sorted(ALL)}, check)


def test_the_rooms_of_the_last_row_know_nothing_of_each_other() -> None:
    for name in ALL:
        rooms = {module.partition(".")[0] for module in _imported(name, ALL[name])}
        if (own := name.partition(".")[0]) in ("oauth2", "document"):
            assert rooms <= {own}, name


def test_the_root_holds_what_home_assistant_finds_and_what_all_share() -> None:
    assert len([name for name in MODULES if "." not in name]) <= MOST_IN_ROOT


def test_a_folder_can_be_taken_in_at_a_glance() -> None:
    sizes = {
        str(folder.relative_to(PACKAGE)): len(list(folder.glob("*.py")))
        for folder in FOLDERS
        if folder != PACKAGE / "oauth2"
    }
    assert {name: size for name, size in sizes.items() if size > MOST_IN_FOLDER} == {}


def test_the_document_names_every_module_and_no_other() -> None:
    table = DOCUMENT.split("## Rooms")[1].split("\n## ")[0]
    named: set[str] = set()
    for cells in re.findall(r"^\| `([\w/]+)` \| (.*) \|$", table, re.MULTILINE):
        room, modules = cells[0].rstrip("/"), re.findall(r"`([\w/]+)`", cells[1])
        if room.partition("/")[0] in {folder.name for folder in FOLDERS}:
            place = room.replace("/", ".")
            named |= {f"{place}.{module.replace('/', '.')}" for module in modules}
        else:
            named.add(room)
    assert named == set(MODULES)
