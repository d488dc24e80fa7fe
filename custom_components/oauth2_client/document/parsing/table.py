"""Parses CSV into a document."""

from collections.abc import Iterator
import csv
import io
from itertools import chain, islice
import re
from typing import Final

from .formats import MAX_NODES, UnreadableDocument

# The first one is preferred among those that fit equally, since it is rarer in texts and numbers.
_DELIMITERS: Final = "\t;|,"
_MAX_SAMPLE_CHARACTERS: Final = 64 * 1024
_SAMPLED_LINES: Final = 6
_QUOTED: Final = r'"(?:[^"]|"")*+"?+'
_LINE_END: Final = r"\r\n|\r|\n"
# The line with which Excel declares its delimiter.
_SEPARATOR_LINE: Final = r'(?i)\s*+"?sep=(.)"?[ \t]*+(?:\r\n|\r|\n|\Z)'
# Empty lines and comments before the header.
_COMMENTS: Final = r"(?:[ \t]*+(?:#[^\r\n]*+)?(?:\r\n|\r|\n))++"
# A title above the table: at most five lines, and an empty line.
_TITLE: Final = r"(?:[^\r\n]++(?:\r\n|\r|\n)){1,5}?(?:[ \t]*+(?:\r\n|\r|\n))++"
# Numbers with thousands separators and decimals, in English (1,234.5) and elsewhere (1.234,5).
_SIGN: Final = r"[-+]?"
_ENGLISH: Final = rf"{_SIGN}(?:[0-9]{{1,3}}(?:,[0-9]{{3}})+|[0-9]+)(?:\.[0-9]+)?"
_CONTINENTAL: Final = (
    rf"{_SIGN}(?:[0-9]{{1,3}}(?:[.'’ \xa0\u202f][0-9]{{3}})+|[0-9]+)(?:,[0-9]+)?"
)

# Cells of numeric columns without a number.
_NO_NUMBER: Final = frozenset({"", "-", "–", "nan", "null", "none", "n/a", "na"})
# Turns continental notation into that of JSON.
_FROM_CONTINENTAL: Final = str.maketrans({",": ".", **dict.fromkeys(".'’ \xa0\u202f")})


def parse_csv(text: str) -> list[object]:
    """Return the rows below the header, each an object of texts by column (RFC 4180).

    The delimiter is the one in a line `sep=;`, else the comma, semicolon, tab or bar of which the first
    lines have the same number, outside of quotation marks. Comments (`#`) before the header are left
    out, as is a title with an empty line below it. A short row lacks the last columns; cells beyond the
    header are left out. Numbers with a decimal comma or thousands separators get the notation of JSON,
    where whole columns show which notation they have.

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
        header, *read_ahead = _header_and_read_ahead(rows)
        columns = _columns(header)
        cells = 0
        for row in chain(read_ahead, rows):
            cells += len(row)
            if cells > MAX_NODES:
                raise UnreadableDocument("too_large")
            if len(row) > 1 or any(map(str.strip, row)):
                stripped = map(_cell, row)
                document.append(dict(zip(columns, stripped, strict=False)))
    except csv.Error:
        raise UnreadableDocument("not_csv") from None
    if delimiter != "\t":
        _convert_numbers(document, columns)
    return [*document]


def _header_and_read_ahead(rows: Iterator[list[str]]) -> list[list[str]]:
    """Return the header, and a row after it if one was read to tell the header from a title.

    A title fills only the first cell of its row, and is left out.
    """
    first = next(rows, [])
    if len(first) < 3 or not first[0].strip() or any(map(str.strip, first[1:])):
        return [first]
    second = next(rows, [])
    is_title = len(second) == len(first) and all(map(str.strip, second))
    return [second] if is_title else [first, second]


def _cell(text: str) -> str:
    """Return the text of a cell, also one written as a formula to stay a text in Excel: `="007"`."""
    text = text.strip()
    is_formula = text.startswith('="') and text.endswith('"') and len(text) > 2
    return text[2:-1] if is_formula else text


def _without_title(text: str) -> str:
    """Return a table without the title above it: lines without columns, and an empty line."""
    title = re.match(_TITLE, text)
    if title is None:
        return text
    table = text[title.end() :]
    delimiter, header = _delimiter(table), next(_lines(table), "")
    is_title = delimiter in header and delimiter not in _without_quoted(title[0])
    return table if is_title else text


def _without_comments(text: str) -> str:
    """Return a table without the comments above it, except the last one if that is the header."""
    comments = re.match(_COMMENTS, text)
    if comments is None:
        return text
    table = text[comments.end() :]
    *_, last = re.split(_LINE_END, comments[0][-_MAX_SAMPLE_CHARACTERS:].rstrip())
    header = last.strip().lstrip("#").strip()
    first = next(_lines(table), "")
    delimiter = _delimiter(table)
    is_header = (
        header != ""
        and re.match(r"[-+]?[0-9]", first) is not None
        and _without_quoted(header).count(delimiter)
        == _without_quoted(first).count(delimiter)
    )
    return f"{header}\n{table}" if is_header else table


def _delimiter(text: str) -> str:
    """Return the delimiter in the header that is equally frequent in the lines after it."""
    header, *lines = [*islice(_lines(text), _SAMPLED_LINES)] or [""]
    counts = {each: header.count(each) for each in _DELIMITERS}

    def rank(delimiter: str) -> tuple[bool, bool, int]:
        count = counts[delimiter]
        is_regular = all(line.count(delimiter) == count for line in lines)
        return count > 0, is_regular, count

    if any(counts.values()):
        return max(_DELIMITERS, key=rank)
    # A single column, whose numbers may have a decimal comma.
    return ";" if _all_match(_CONTINENTAL, [line.strip() for line in lines]) else ","


def _lines(text: str) -> Iterator[str]:
    """Yield the first lines that are not empty, without texts in quotation marks."""
    sample = _without_quoted(text[:_MAX_SAMPLE_CHARACTERS])
    return (line for line in re.split(_LINE_END, sample) if line.strip())


def _without_quoted(text: str) -> str:
    return re.sub(_QUOTED, "", text)


def _columns(header: list[str]) -> list[str]:
    """Return unique names for the columns; equal ones get their position added."""
    if len(header) > MAX_NODES:
        raise UnreadableDocument("too_large")
    columns: dict[str, None] = {}
    for position, name in enumerate(header, 1):
        name = name.strip() or f"column_{position}"
        columns[name if name not in columns else f"{name}_{position}"] = None
    return [*columns]


def _convert_numbers(document: list[dict[str, str]], columns: list[str]) -> None:
    """Convert columns that have only numbers to the notation of JSON.

    `1,234` fits both notations: a number that fits only one shows which one the document has.
    """
    by_column: dict[str, list[str]] = {}
    for name in columns:
        cells = [row[name] for row in document if name in row]
        if any("," in cell for cell in cells):
            by_column[name] = [cell for cell in cells if cell.lower() not in _NO_NUMBER]
    english = {name for name, cells in by_column.items() if _all_match(_ENGLISH, cells)}
    continental = {
        name for name, cells in by_column.items() if _all_match(_CONTINENTAL, cells)
    }
    both = english & continental
    if english - both and not continental - both:
        _translate(document, english, {ord(","): None})
    elif continental - both and not english - both:
        _translate(document, continental, _FROM_CONTINENTAL)


def _all_match(pattern: str, cells: list[str]) -> bool:
    return bool(cells) and all(re.fullmatch(pattern, cell) for cell in cells)


def _translate(
    document: list[dict[str, str]], columns: set[str], table: dict[int, str | None]
) -> None:
    for row in document:
        for name in columns & row.keys():
            if row[name].lower() not in _NO_NUMBER:
                row[name] = row[name].translate(table)
