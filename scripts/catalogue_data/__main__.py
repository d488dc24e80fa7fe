"""The command line of scripts/catalogue."""

from collections import Counter
import json
from pathlib import Path
import sys

from .attestation import SEEN
from .check import PROVIDERS, faults
from .compare import differences
from .coverage import DOCUMENT as COVERAGE, unknown, written
from .decisions import read_decisions
from .document import DOCUMENT, document
from .mine import Mined, mine, write
from .seen import seen

_USAGE = (
    "scripts/catalogue mine FACTS FOLDER | compare FACTS | coverage FACTS"
    " | seen FACTS SOURCES | check [FILE] | document [--check]"
)


def main(arguments: list[str]) -> int:
    """Run a command, and return its exit code."""
    match arguments:
        case ["mine", facts, folder]:
            mined = mine(Path(facts), read_decisions())
            write(mined, Path(folder))
            _tell(mined)
            return 0
        case ["coverage", facts]:
            text = COVERAGE.read_text(encoding="utf-8")
            COVERAGE.write_text(written(text, Path(facts)), encoding="utf-8")
            for fault in (left := unknown(Path(facts))):
                print(fault)
            return 1 if left else 0
        case ["compare", facts]:
            for difference in differences(mine(Path(facts), read_decisions())):
                print(difference)
            return 0
        case ["seen", facts, sources]:
            entries = mine(Path(facts), read_decisions()).entries
            kept = json.loads(SEEN.read_text(encoding="utf-8"))
            SEEN.write_text(seen(Path(sources), entries, kept), encoding="utf-8")
            return 0
        case ["check", *files] if len(files) <= 1:
            return _check([*map(Path, files)])
        case ["document"]:
            DOCUMENT.write_text(document(), encoding="utf-8")
            return 0
        case ["document", "--check"]:
            if DOCUMENT.read_text(encoding="utf-8") == document():
                return 0
            print("Not up to date: run scripts/catalogue document", file=sys.stderr)
            return 1
    print(_USAGE, file=sys.stderr)
    return 2


def _check(files: list[Path]) -> int:
    found = [fault for path in files or _shipped() for fault in faults(path)]
    if not files:
        found += _double()
    for fault in found:
        print(fault)
    return 1 if found else 0


def _shipped() -> list[Path]:
    return sorted(PROVIDERS.glob("*.json"))


def _double() -> list[str]:
    ids = Counter(
        raw.get("id")
        for path in _shipped()
        for raw in json.loads(path.read_text(encoding="utf-8"))
    )
    return [
        f"the id {each} is there {count} times"
        for each, count in ids.items()
        if count > 1
    ]


def _tell(mined: Mined) -> None:
    confirmed = sum(
        entry.get("about", {}).get("confirmed", True)
        for entry in mined.entries.values()
    )
    print(
        f"{len(mined.entries)} entries, {confirmed} confirmed; "
        f"{len(mined.gone)} gone, {len(mined.left_out)} left out"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
