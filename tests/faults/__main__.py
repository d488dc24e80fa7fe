"""Writes the table as a document: `python -m tests.faults > docs/faults.md`."""

import sys

from .matrix import document

if __name__ == "__main__":
    sys.stdout.write(document())
