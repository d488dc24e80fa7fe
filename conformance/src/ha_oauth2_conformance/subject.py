"""The integration that is held: found by its path, or what is missing for that."""

from dataclasses import dataclass
import importlib
import json
from pathlib import Path
from shlex import join
import sys
from types import ModuleType
from typing import Any, Final

from homeassistant.config_entries import HANDLERS
from homeassistant.core import valid_domain
from homeassistant.helpers.config_entry_oauth2_flow import AbstractOAuth2FlowHandler
from homeassistant.util.package import is_installed

from .canned import Unreadable, check

_HOOKS: Final = ("async_get_authorization_server", "async_get_auth_implementation")
_NEEDED: Final = ("manifest.json", "__init__.py")


class Unusable(Exception):
    """The path leads to nothing that could be held; the text says what is missing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """An integration: its folder, its manifest, and where its canned answers are."""

    folder: Path
    manifest: dict[str, Any]
    answers: Path | None = None

    @property
    def domain(self) -> str:
        """The integration's domain."""
        return str(self.manifest["domain"])

    @property
    def is_core(self) -> bool:
        """Whether it is one of those that come with Home Assistant."""
        return self.folder.parent == _core()

    @property
    def package(self) -> str:
        """The name under which Home Assistant imports it."""
        parent = "homeassistant.components" if self.is_core else "custom_components"
        return f"{parent}.{self.domain}"

    def module(self, name: str) -> ModuleType | None:
        """Import one of its modules; None where there is none."""
        if (
            not (self.folder / f"{name}.py").is_file()
            and not (self.folder / name / "__init__.py").is_file()
        ):
            return None
        return importlib.import_module(f"{self.package}.{name}")

    def translations(self) -> dict[str, Any]:
        """Return its English texts, {} where it has none."""
        for file in ("translations/en.json", "strings.json"):
            if (path := self.folder / file).is_file():
                texts: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
                return texts
        return {}


def common_texts() -> dict[str, Any]:
    """Return the English texts that Home Assistant has for all integrations."""
    path = _core() / "homeassistant/translations/en.json"
    texts: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return texts


def find_subject(path: Path, answers: Path | None = None) -> Subject:
    """Find the integration at a path; raises Unusable."""
    folder = path.resolve()
    if not folder.is_dir():
        raise Unusable(
            f"{path} is no folder; name that of the integration, such as custom_components/my_spotify"
        )
    if missing := [file for file in _NEEDED if not (folder / file).is_file()]:
        near = sorted(folder.glob("**/custom_components/*/manifest.json"))
        instead = (
            f"; meant: {path / near[0].parent.relative_to(folder)}" if near else ""
        )
        raise Unusable(
            f"{path} is no integration: it has no {' and no '.join(missing)}{instead}"
        )
    if answers is not None:
        try:
            check(answers)
        except Unreadable as err:
            raise Unusable(str(err)) from None
    subject = Subject(folder=folder, manifest=_manifest(folder), answers=answers)
    if missing := _missing_requirements(subject):
        raise Unusable(
            f"{subject.domain} needs what is not installed; do: pip install {join(missing)}"
        )
    if not subject.is_core:
        _make_importable(folder)
    _import_all(subject)
    return subject


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except ValueError as err:
        raise Unusable(f"{folder}/manifest.json is no JSON: {err}") from None
    if not isinstance(manifest, dict) or "domain" not in manifest:
        raise Unusable(
            f"{folder}/manifest.json names no domain: add the folder's name as 'domain'"
        )
    if not valid_domain(str(manifest["domain"])):
        raise Unusable(
            f"{manifest['domain']} is no domain: small letters, digits and single underscores"
        )
    if manifest["domain"] != folder.name:
        raise Unusable(
            f"the folder {folder.name} has another name than its domain {manifest['domain']}"
        )
    return manifest


def _missing_requirements(subject: Subject) -> list[str]:
    """Return what is to be installed, of the integration and what it depends on."""
    missing: list[str] = []
    seen: set[str] = set()
    waiting = [subject.manifest]
    while waiting:
        manifest = waiting.pop()
        missing += [
            requirement
            for requirement in manifest.get("requirements", [])
            if requirement not in missing and not is_installed(requirement)
        ]
        for domain in manifest.get("dependencies", []):
            if domain in seen:
                continue
            seen.add(domain)
            places = (folder / domain for folder in (_core(), subject.folder.parent))
            files = [place / "manifest.json" for place in places]
            if not (found := [file for file in files if file.is_file()]):
                raise Unusable(
                    f"{manifest['domain']} depends on {domain}, which is neither in Home Assistant"
                    " nor beside it: correct 'dependencies' in manifest.json"
                )
            waiting.append(json.loads(found[0].read_text(encoding="utf-8")))
    return missing


def _make_importable(folder: Path) -> None:
    """Let `custom_components` have the folder, wherever it is."""
    try:
        package = importlib.import_module("custom_components")
    except ImportError:
        package = sys.modules["custom_components"] = ModuleType("custom_components")
        package.__path__ = []
    # A list of its own: that of a namespace package is made anew when `sys.path` changes.
    others = [path for path in package.__path__ if path != str(folder.parent)]
    package.__path__ = [str(folder.parent), *others]


def _import_all(subject: Subject) -> None:
    """Import what a sign-in needs; raises Unusable."""
    try:
        importlib.import_module(subject.package)
        subject.module("config_flow")
        platform = subject.module("application_credentials")
    except ModuleNotFoundError as err:
        raise Unusable(
            f"{subject.domain} cannot be imported: {err}; have it in 'requirements' of manifest.json,"
            " and install it"
        ) from None
    except Exception as err:  # noqa: BLE001  # what an author's module raises is told, whatever it is
        raise Unusable(
            f"{subject.domain} cannot be imported: {type(err).__name__}: {err}"
        ) from None
    if platform is None:
        raise Unusable(
            f"{subject.domain} has no application credentials: add application_credentials.py"
            f" with {' or '.join(_HOOKS)}, and 'application_credentials' to the dependencies"
            " in manifest.json"
        )
    if not any(hasattr(platform, hook) for hook in _HOOKS):
        raise Unusable(
            f"application_credentials.py of {subject.domain} has neither {' nor '.join(_HOOKS)}"
        )
    if not subject.manifest.get("config_flow"):
        raise Unusable(
            f"manifest.json of {subject.domain} says no 'config_flow': true; add it"
        )
    handler = HANDLERS.get(subject.domain)
    if handler is None or not issubclass(handler, AbstractOAuth2FlowHandler):
        raise Unusable(
            f"config_flow.py of {subject.domain} has no sign-in: add a flow of the domain"
            " that is an AbstractOAuth2FlowHandler"
        )


def _core() -> Path:
    components = importlib.import_module("homeassistant.components")
    return Path(components.__path__[0]).resolve()
