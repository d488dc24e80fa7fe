"""The command line of scripts/scaffold."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from shlex import quote
from shutil import which
import sys
from typing import Final

from .integration import Integration, integration_of
from .limits import check_possible
from .names import Refused, check_domain, check_folder, find_provider, unwritable
from .writing import write

# Where scripts/setup puts the tools of this repository.
_TOOLS: Final = str(Path(__file__).parents[2] / ".tools/uv/bin")


def main(arguments: list[str]) -> int:
    """Write an integration, and return the exit code: 1 where nothing is written."""
    options = _parsed(arguments)
    folder = Path(options.folder or options.domain)
    try:
        check_domain(options.domain)
        values = dict(_pair(text) for text in options.set)
        provider = find_provider(options.provider, values)
        if not options.account:
            check_possible(provider)
        check_folder(folder)
        integration = integration_of(
            provider,
            options.domain,
            is_account=options.account,
            has_yaml=options.yaml,
        )
        _write(integration, folder)
    except Refused as refused:
        print(refused, file=sys.stderr)
        return 1
    _report(integration, folder)
    return 0


def _write(integration: Integration, folder: Path) -> None:
    try:
        write(integration, folder)
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
    options = parser.parse_args(arguments)
    if options.account and options.yaml:
        parser.error("with --account there is no client, and so none in YAML")
    return options


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise Refused(f"{text!r} is not NAME=VALUE.")
    return name, value


def _report(integration: Integration, folder: Path) -> None:
    """Print what was written, and what was not."""
    entities = len(integration.sensors) + len(integration.binary_sensors)
    noun = "entity" if entities == 1 else "entities"
    print(f"{integration.title}: {entities} {noun}, in {folder}")
    for limit in integration.limits:
        print(f"It cannot do all that {integration.provider.name} wants. {limit}")
    if integration.limits:
        print("With --account it could: OAuth2 Client does that.")
    for each in integration.left_to_author:
        print(f"Left for you: {each}")
    if not entities:
        print("Left for you: what to fetch; README says where.")
    print(f"Test it: cd {quote(str(folder))} && {_test_command()}")


def _test_command() -> str:
    """Return the command that runs the tests, with this repository's uv where the system has none."""
    uv = "uv" if which("uv") else which("uv", path=_TOOLS) or "uv"
    return f"{quote(uv)} run --group test pytest"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
