"""From CSV to a document."""

from collections.abc import Iterator
import csv
import io
from itertools import chain, islice
import re
from typing import Final

from .formats import MAX_NODES, UnreadableDocument

# Where two fit alike, the first of them is taken: it stands in fewer texts and numbers.
_DELIMITERS: Final = "\t;|,"
_LONGEST_SAMPLE: Final = 64 * 1024
_SAMPLED_LINES: Final = 6
_QUOTED: Final = r'"(?:[^"]|"")*+"?+'
_LINE_END: Final = r"\r\n|\r|\n"
# The line with which Excel declares its delimiter.
_SEPARATOR_LINE: Final = r'(?i)\s*+"?sep=(.)"?[ \t]*+(?:\r\n|\r|\n|\Z)'
# Lines before the header.
_COMMENTS: Final = r"(?:[ \t]*+(?:#[^\r\n]*+)?(?:\r\n|\r|\n))++"
# A title above the table: some lines, with an empty one after them.
_TITLE: Final = r"(?:[^\r\n]++(?:\r\n|\r|\n)){1,5}?(?:[ \t]*+(?:\r\n|\r|\n))++"
# Numbers as people write them, by language: a sign, digits in threes, a decimal part.
_SIGN: Final = r"[-+]?"
_ENGLISH: Final = rf"{_SIGN}(?:[0-9]{{1,3}}(?:,[0-9]{{3}})+|[0-9]+)(?:\.[0-9]+)?"
_CONTINENTAL: Final = (
    rf"{_SIGN}(?:[0-9]{{1,3}}(?:[.'’ \xa0\u202f][0-9]{{3}})+|[0-9]+)(?:,[0-9]+)?"
)

_NO_NUMBER: Final = frozenset({"", "-", "–", "nan", "null", "none", "n/a", "na"})
_CONTINENTAL_SIGNS: Final = str.maketrans({",": ".", **dict.fromkeys(".'’ \xa0\u202f")})


def parse_csv(text: str) -> list[object]:
    """Return the rows below the header, each an object of texts by column (RFC 4180).

    The delimiter is the one that a line `sep=;` tells, or the comma, semicolon, tab or bar that parts
    the first lines alike, outside of quotation marks. Lines that begin with `#` before the header are
    left out, as is a title with an empty line below it. A short row lacks the last columns; cells beyond
    the header are left out. Numbers with a decimal comma or thousands apart are written as JSON has
    them, where a whole column shows which they are.

    Raises UnreadableDocument.
    """
    separator_line = re.match(_SEPARATOR_LINE, text)
    if separator_line:
        text = text[separator_line.end() :]
    text = _without_title(_without_comments(text.strip("\r\n")))
    delimiter = separator_line[1] if separator_line else _delimiter(text)
    rows = csv.reader(
        io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True
    )
    document: list[dict[str, str]] = []
    try:
        header, *others = _headed(rows)
        columns = _columns(header)
        cells = 0
        for row in chain(others, rows):
            cells += len(row)
            if cells > MAX_NODES:
                raise UnreadableDocument("too_large")
            if len(row) > 1 or any(map(str.strip, row)):
                stripped = map(_cell, row)
                document.append(dict(zip(columns, stripped, strict=False)))
    except csv.Error:
        raise UnreadableDocument("not_csv") from None
    if delimiter != "\t":
        _write_numbers(document, columns)
    return [*document]


def _headed(rows: Iterator[list[str]]) -> list[list[str]]:
    """Return the header, and the row that was read to tell it from a title: that fills one cell."""
    first = next(rows, [])
    if len(first) < 3 or not first[0].strip() or any(map(str.strip, first[1:])):
        return [first]
    second = next(rows, [])
    is_title = len(second) == len(first) and all(map(str.strip, second))
    return [second] if is_title else [first, second]


def _cell(text: str) -> str:
    """Return what a cell has, also one that shall stay a text in Excel: `="007"`."""
    text = text.strip()
    is_formula = text.startswith('="') and text.endswith('"') and len(text) > 2
    return text[2:-1] if is_formula else text


def _without_title(text: str) -> str:
    """Return a table without the lines above it that have no columns and an empty line below."""
    title = re.match(_TITLE, text)
    if title is None:
        return text
    table = text[title.end() :]
    delimiter, header = _delimiter(table), next(_lines(table), "")
    is_title = delimiter in header and delimiter not in _outside(title[0])
    return table if is_title else text


def _without_comments(text: str) -> str:
    """Return a table without the comments before its header, unless the last one is the header."""
    comments = re.match(_COMMENTS, text)
    if comments is None:
        return text
    table = text[comments.end() :]
    *_, last = re.split(_LINE_END, comments[0][-_LONGEST_SAMPLE:].rstrip())
    header = last.strip().lstrip("#").strip()
    first = next(_lines(table), "")
    delimiter = _delimiter(table)
    is_header = (
        header != ""
        and re.match(r"[-+]?[0-9]", first) is not None
        and _outside(header).count(delimiter) == _outside(first).count(delimiter)
    )
    return f"{header}\n{table}" if is_header else table


def _delimiter(text: str) -> str:
    """Return the delimiter that the header has, and the lines after it as often."""
    header, *lines = [*islice(_lines(text), _SAMPLED_LINES)] or [""]
    counts = {each: header.count(each) for each in _DELIMITERS}

    def rank(delimiter: str) -> tuple[bool, bool, int]:
        count = counts[delimiter]
        is_alike = all(line.count(delimiter) == count for line in lines)
        return count > 0, is_alike, count

    if any(counts.values()):
        return max(_DELIMITERS, key=rank)
    # One column, whose numbers may have a decimal comma.
    return ";" if _all(_CONTINENTAL, [line.strip() for line in lines]) else ","


def _lines(text: str) -> Iterator[str]:
    """Yield the first lines that are not empty, without what is in quotation marks."""
    sample = _outside(text[:_LONGEST_SAMPLE])
    return (line for line in re.split(_LINE_END, sample) if line.strip())


def _outside(text: str) -> str:
    return re.sub(_QUOTED, "", text)


def _columns(header: list[str]) -> list[str]:
    """Return a different name for each column; its place in the header makes the difference."""
    if len(header) > MAX_NODES:
        raise UnreadableDocument("too_large")
    columns: dict[str, None] = {}
    for place, name in enumerate(header, 1):
        name = name.strip() or f"column_{place}"
        columns[name if name not in columns else f"{name}_{place}"] = None
    return [*columns]


def _write_numbers(document: list[dict[str, str]], columns: list[str]) -> None:
    """Write the numbers of columns that have nothing else as JSON has them.

    `1,234` alone may be either; other columns tell which.
    """
    by_column: dict[str, list[str]] = {}
    for name in columns:
        cells = [row[name] for row in document if name in row]
        written = [cell for cell in cells if "," in cell or "." in cell]
        if any("," in cell for cell in written):
            by_column[name] = [cell for cell in cells if cell.lower() not in _NO_NUMBER]
    english = {name for name, cells in by_column.items() if _all(_ENGLISH, cells)}
    continental = {
        name for name, cells in by_column.items() if _all(_CONTINENTAL, cells)
    }
    either = english & continental
    if english - either and not continental - either:
        _write(document, english, {ord(","): None})
    elif continental - either and not english - either:
        _write(document, continental, _CONTINENTAL_SIGNS)


def _all(pattern: str, cells: list[str]) -> bool:
    return bool(cells) and all(re.fullmatch(pattern, cell) for cell in cells)


def _write(
    document: list[dict[str, str]], columns: set[str], signs: dict[int, str | None]
) -> None:
    for row in document:
        for name in columns & row.keys():
            if row[name].lower() not in _NO_NUMBER:
                row[name] = row[name].translate(signs)
