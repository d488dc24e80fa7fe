"""The pure packages need the standard library and nothing else, but for what is named here.

Each is imported in a process of its own, behind a wall that lets nothing else through, and
without the parent package's `__init__`.
"""

from pathlib import Path
import subprocess
import sys
from typing import Final

import pytest

COMPONENT: Final = Path(__file__).parents[1] / "custom_components" / "oauth2_client"

# What each may import of its siblings.
PACKAGES: Final = {"oauth2": (), "catalogue": ("oauth2",), "document": ()}
# What each may import of others, and what is part of that.
LIBRARIES: Final = {
    "document": ("orjson", "xmltodict", "jsonpath_rfc9535", "iregexp_check", "regex")
}

PARENT: Final = """
import importlib, pkgutil, sys, types

folder, libraries, *names = sys.argv[1:]
parent = sys.modules["parent"] = types.ModuleType("parent")
parent.__path__ = [folder]
"""

WALL: Final = """
class Wall:
    def find_spec(self, name, path=None, target=None):
        top, _, rest = name.partition(".")
        if top == "parent":
            allowed = rest.partition(".")[0] in names
        else:
            allowed = top in sys.stdlib_module_names or top in libraries.split(",")
        if not allowed:
            raise ImportError(f"refused by the wall: {name}")

for module in [*sys.modules]:
    top = module.partition(".")[0]
    if top not in sys.stdlib_module_names | {"__main__", "parent"}:
        del sys.modules[module]
sys.meta_path.insert(0, Wall())
"""

IMPORT_ALL: Final = """
package = importlib.import_module(f"parent.{names[0]}")
assert package.__file__, "no package"
for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
    importlib.import_module(module.name)
    print(module.name.removeprefix(f"{package.__name__}."))
"""

IMPORT_EVERY_MODULE: Final = """
before = set(sys.modules)
package = importlib.import_module(f"parent.{names[0]}")
for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
    importlib.import_module(module.name)
print(*sorted(set(sys.modules) - before), sep="\\n")
"""

IMPORT_ONE: Final = """
before = set(sys.modules)
importlib.import_module(f"parent.{names[0]}")
print(*sorted(set(sys.modules) - before), sep="\\n")
"""


def _run(
    program: str, folder: Path, *names: str, libraries: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    # -I: neither this folder nor the environment adds to what can be imported.
    return subprocess.run(
        [
            sys.executable,
            "-I",
            "-B",
            "-c",
            program,
            str(folder),
            ",".join(libraries),
            *names,
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def _printed(run: subprocess.CompletedProcess[str]) -> set[str]:
    assert run.returncode == 0, run.stderr
    return set(run.stdout.split())


def _modules(folder: Path) -> set[str]:
    """Return the names of a package's modules, by its files."""
    files = {file.relative_to(folder).with_suffix("") for file in folder.rglob("*.py")}
    names = {".".join(file.parts).removesuffix("__init__") for file in files}
    return {name.removesuffix(".") for name in names} - {""}


@pytest.mark.parametrize("name", PACKAGES)
def test_a_pure_package_imports_the_standard_library_and_what_is_named(
    name: str,
) -> None:
    run = _run(
        PARENT + WALL + IMPORT_ALL,
        COMPONENT,
        name,
        *PACKAGES[name],
        libraries=LIBRARIES.get(name, ()),
    )

    assert _printed(run) == _modules(COMPONENT / name)


@pytest.mark.parametrize(
    ("source", "refused"),
    [
        ("import homeassistant", "homeassistant"),
        ("from homeassistant.core import HomeAssistant", "homeassistant"),
        ("import aiohttp", "aiohttp"),
        ("import yarl", "yarl"),
        ("import multidict", "multidict"),
        ("import voluptuous", "voluptuous"),
        ("import probatio", "probatio"),
        ("import orjson", "orjson"),
        ("import jwt", "jwt"),
        ("from ..const import DOMAIN", "parent.const"),
        ("from .. import const", "parent.const"),
    ],
)
@pytest.mark.parametrize("file", ["__init__.py", "inner.py", "deep/__init__.py"])
def test_the_wall_refuses_all_else(
    tmp_path: Path, file: str, source: str, refused: str
) -> None:
    (tmp_path / "const.py").write_text('DOMAIN = "oauth2_client"\n')
    package = tmp_path / "impure"
    (package / "deep").mkdir(parents=True)
    (package / "__init__.py").touch()
    if file.startswith("deep"):
        source = source.replace("..", "...")
    (package / file).write_text(f"{source}\n")

    run = _run(PARENT + WALL + IMPORT_ALL, tmp_path, "impure")

    assert run.returncode != 0
    assert f"ImportError: refused by the wall: {refused}" in run.stderr


def test_a_folder_without_a_package_is_not_pure_but_empty(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    run = _run(PARENT + WALL + IMPORT_ALL, tmp_path, "empty")

    assert "AssertionError: no package" in run.stderr


@pytest.mark.parametrize("slow", ["jwt", "cryptography", "email"])
def test_importing_the_protocol_imports_nothing_slow(slow: str) -> None:
    imported = _printed(_run(PARENT + IMPORT_EVERY_MODULE, COMPONENT, "oauth2"))

    assert {"parent.oauth2.token_response", "parent.oauth2.dpop"} <= imported
    assert {name for name in imported if name.partition(".")[0] == slow} == set()


@pytest.mark.parametrize("name", ["oauth2", "catalogue"])
def test_importing_a_package_of_lazy_names_imports_no_module_of_it(name: str) -> None:
    imported = _printed(_run(PARENT + IMPORT_ONE, COMPONENT, name, *PACKAGES[name]))

    assert {item for item in imported if item.startswith("parent.")} == {
        f"parent.{name}"
    }


REFRESH: Final = """
before = set(sys.modules)
from parent.catalogue import UnknownProvider, load_provider
from parent.oauth2 import (
    Client, GrantRejected, Request, Response, TemporaryFailure, TokenSet,
    parse_token_response, refresh_request, retry_after,
)
provider = load_provider("github")
server = provider.resolve({}).server
stored = {"access_token": "a", "refresh_token": "r"}
token_set = TokenSet.from_dict(stored)
request = refresh_request(
    server, Client(id="id", secret="secret"), refresh_token=token_set.refresh_token
)
body = b'{"access_token": "b", "expires_in": 60}'
response = Response(status=200, body=body)
parse_token_response(
    response, server=server, now=1.0, previous=token_set, request=request
).as_dict()
retry_after(response, now=1.0)
print(*sorted(set(sys.modules) - before), sep="\\n")
"""


def test_an_account_loads_only_what_a_refresh_needs() -> None:
    imported = _printed(_run(PARENT + REFRESH, COMPONENT, "oauth2"))

    ours = {name for name in imported if name.startswith("parent.")}
    assert ours == {
        "parent.catalogue",
        *(
            f"parent.catalogue.{name}"
            for name in ("fields", "identity", "load", "provider")
        ),
        "parent.oauth2",
        *(
            f"parent.oauth2.{name}"
            for name in (
                "base64url",
                "client",
                "echo",
                "endpoint_request",
                "error_codes",
                "errors",
                "frozen",
                "jwt_claims",
                "lifetime",
                "message",
                "retry",
                "scopes",
                "server",
                "token_requests",
                "token_response",
                "token_set",
            )
        ),
    }


@pytest.mark.parametrize("slow", LIBRARIES["document"][1:])
def test_importing_the_documents_imports_nothing_slow(slow: str) -> None:
    imported = _printed(_run(PARENT + IMPORT_ONE, COMPONENT, "document.parsing"))

    assert {"parent.document.parsing.formats", "orjson"} <= imported
    assert {name for name in imported if name.partition(".")[0] == slow} == set()


CODE_GRANT: Final = """
from parent.oauth2 import *
server = AuthorizationServer(authorize_url="https://a/x", token_url="https://a/t")
client = Client(id="id", secret="secret")
verifier = code_verifier(lambda size: bytes(size))
parameters = authorization_parameters(
    server, client, redirect_uri="https://h/", state="s", code_verifier=verifier
)
assert authorization_url(server, parameters)
request = authorization_code_request(
    server, client, code="c", redirect_uri="https://h/", code_verifier=verifier
)
body = b'{"access_token": "a", "refresh_token": "r", "expires_in": 60}'
token_set = parse_token_response(
    Response(status=200, body=body), server=server, now=1.0, request=request
)
refresh_request(server, client, refresh_token=token_set.refresh_token)
"""


def test_a_code_grant_needs_no_signing_code() -> None:
    # What signs is refused by the wall: using it would be an ImportError.
    run = _run(PARENT + WALL + CODE_GRANT, COMPONENT, "oauth2")

    assert run.returncode == 0, run.stderr
