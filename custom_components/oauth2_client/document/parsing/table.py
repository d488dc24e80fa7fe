"""From CSV to a document."""

import csv
import io
from typing import Final

from .formats import MAX_NODES, UnreadableDocument

_DELIMITERS: Final = ",;\t"


def parse_csv(text: str) -> list[object]:
    """Return the rows below the header, each an object of texts by column (RFC 4180).

    The delimiter is the comma, semicolon or tab that is most frequent in the header. A short row
    lacks the last columns; cells beyond the header are left out.

    Raises UnreadableDocument.
    """
    text = text.strip("\r\n")
    header = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=header.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        columns = _columns(next(rows, []))
        cells = 0
        document: list[object] = []
        for row in rows:
            cells += len(row)
            if cells > MAX_NODES:
                raise UnreadableDocument("too_large")
            if row:
                document.append(
                    {
                        column: cell.strip()
                        for column, cell in zip(columns, row, strict=False)
                    }
                )
    except csv.Error:
        raise UnreadableDocument("not_csv") from None
    return document


def _columns(header: list[str]) -> list[str]:
    """Return a different name for each column; its place in the header makes the difference."""
    if len(header) > MAX_NODES:
        raise UnreadableDocument("too_large")
    columns: dict[str, None] = {}
    for place, name in enumerate(header, 1):
        name = name.strip() or f"column_{place}"
        columns[name if name not in columns else f"{name}_{place}"] = None
    return [*columns]
