"""Renders the templates, and writes the files of the integration."""

from collections.abc import Iterator
import json
from pathlib import Path
import shutil
import subprocess
import sys
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from .exchanges import Exchanges
from .integration import Integration
from .units import unit, unit_names

_TEMPLATES: Final = Path(__file__).parents[1] / "scaffold_templates"
_SUFFIX: Final = ".jinja"
_BASE: Final = "{API_BASE_URL}"
_SECONDS_OF_UNITS: Final = (
    ("days", 86400),
    ("hours", 3600),
    ("minutes", 60),
    ("seconds", 1),
)


def write(integration: Integration, folder: Path) -> None:
    """Write the repository of an integration into a folder that is empty or does not exist."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in _files(integration):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    # Unused imports are removed, and all is formatted as in core.
    ruff = shutil.which("ruff", path=Path(sys.executable).parent) or "ruff"
    for command in (("check", "--fix-only", "--select", "F401,I,UP034"), ("format",)):
        # A repository around the folder may ignore it.
        options = ("--quiet", "--no-cache", "--no-respect-gitignore")
        subprocess.run([ruff, *command, *options, "."], cwd=folder, check=True)


def _files(integration: Integration) -> Iterator[tuple[str, str]]:
    """Yield the name and the text of each file."""
    environment = _environment()
    exchanges = Exchanges(integration)
    for branch in ("both", "account" if integration.is_account else "credentials"):
        root = _TEMPLATES / branch
        for path in sorted(root.rglob("*")):
            if path.is_dir() or not _has_file(integration, path):
                continue
            name = str(path.relative_to(root)).replace("DOMAIN", integration.domain)
            if path.suffix != _SUFFIX:
                yield name, path.read_text(encoding="utf-8")
                continue
            template = environment.get_template(str(path.relative_to(_TEMPLATES)))
            name = name.removesuffix(_SUFFIX)
            # The templates say `it` for the integration, which is in most of their lines.
            text = template.render(it=integration, exchanges=exchanges)
            text = text.strip("\n") + "\n"
            yield name, _as_json(text) if name.endswith(".json") else text
    for name, text in exchanges.files().items():
        yield f"tests/answers/{name}", text


def _has_file(integration: Integration, path: Path) -> bool:
    """Tell whether an integration has the file of a template."""
    if path.name.startswith("binary_sensor"):
        return bool(integration.binary_sensors)
    return bool(integration.paged) or path.stem not in ("pages.py", "test_pages.py")


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        # The templates are Python, JSON and Markdown, not HTML.
        autoescape=False,
    )
    environment.filters |= {
        "json": lambda value: json.dumps(value, ensure_ascii=False),
        "py": _py,
        "address": _address,
        "interval": _interval,
        "unit": unit,
        "unit_names": unit_names,
    }
    return environment


def _as_json(text: str) -> str:
    """Return JSON in the format of Home Assistant's own files."""
    return json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n"


def _py(value: Any) -> str:
    """Return the literal of a value. The formatter chooses the quotation marks."""
    return repr(dict(value) if isinstance(value, dict) else value)


def _address(expression: str) -> str:
    """Return the expression of a whole URL for one that may be relative to the API's base URL."""
    is_f_string = expression.startswith("f")
    text = expression.removeprefix("f")
    if "://" in text:
        return expression
    quote, inner = text[0], text[1:-1]
    if not is_f_string:
        inner = inner.replace("{", "{{").replace("}", "}}")
    return f"f{quote}{_BASE}{inner}{quote}"


def _interval(seconds: int) -> str:
    """Return the timedelta of some seconds, in the largest unit that divides them."""
    unit, size = next(each for each in _SECONDS_OF_UNITS if seconds % each[1] == 0)
    return f"timedelta({unit}={seconds // size})"
