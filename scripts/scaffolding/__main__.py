"""The command line of scripts/scaffold."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from shlex import quote
from shutil import which
import sys
from typing import Final

from .integration import Integration, integration
from .limits import check_possible
from .names import Refused, check_domain, check_folder, find_provider, unwritable
from .writing import write

# Where scripts/setup puts its own.
_TOOLS: Final = str(Path(__file__).parents[2] / ".tools/uv/bin")


def main(arguments: list[str]) -> int:
    """Write an integration, and return the exit code: 1 where nothing is written."""
    asked = _parsed(arguments)
    folder = Path(asked.folder or asked.domain)
    try:
        check_domain(asked.domain)
        values = dict(_pair(text) for text in asked.set)
        provider = find_provider(asked.provider, values)
        if not asked.account:
            check_possible(provider)
        check_folder(folder)
        it = integration(
            provider, asked.domain, is_account=asked.account, has_yaml=asked.yaml
        )
        _write(it, folder)
    except Refused as refused:
        print(refused, file=sys.stderr)
        return 1
    _tell(it, folder)
    return 0


def _write(it: Integration, folder: Path) -> None:
    try:
        write(it, folder)
    except OSError as err:
        raise unwritable(folder, err) from None


def _parsed(arguments: list[str]) -> Namespace:
    parser = ArgumentParser(
        prog="scripts/scaffold",
        description="Write the repository of a Home Assistant integration for a service.",
    )
    parser.add_argument("provider", help="an id of docs/providers.md, or a JSON file")
    parser.add_argument("domain", help="such as my_spotify")
    parser.add_argument("folder", nargs="?", help="the domain if left out")
    parser.add_argument(
        "--yaml", action="store_true", help="also take a client in YAML"
    )
    parser.add_argument(
        "--account", action="store_true", help="use an account of OAuth2 Client"
    )
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="a variable"
    )
    asked = parser.parse_args(arguments)
    if asked.account and asked.yaml:
        parser.error("with --account there is no client, and so none in YAML")
    return asked


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise Refused(f"{text!r} is not NAME=VALUE.")
    return name, value


def _tell(it: Integration, folder: Path) -> None:
    """Say what was made, and what was not."""
    entities = len(it.sensors) + len(it.binary_sensors)
    noun = "entity" if entities == 1 else "entities"
    print(f"{it.title}: {entities} {noun}, in {folder}")
    for limit in it.limits:
        print(f"It cannot do all that {it.provider.name} wants. {limit}")
    if it.limits:
        print("With --account it could: OAuth2 Client does that.")
    for each in it.left:
        print(f"Left for you: {each}")
    if not entities:
        print("Left for you: what to fetch; README says where.")
    print(f"Test it: cd {quote(str(folder))} && {_test_command()}")


def _test_command() -> str:
    """Return what runs the tests: with the uv of this repository where the system has none."""
    uv = "uv" if which("uv") else which("uv", path=_TOOLS) or "uv"
    return f"{quote(uv)} run --group test pytest"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
