"""From XML to a document."""

import re
from types import SimpleNamespace
from typing import Final
from xml.parsers import expat

from .formats import MAX_DEPTH, MAX_NODES, UnreadableDocument

# Elements inside each other: each may become an object in a list.
_MAX_ELEMENTS: Final = MAX_DEPTH // 2 - 1
# Possessive and atomic: a comment ends at its first `-->`, and nothing is matched a second time.
# Otherwise each comment would double the ways to read those before it.
_HTML: Final = re.compile(
    r"(?:<\?xml[^>]*+>|(?><!--.*?-->)|\s)*+<(?:!doctype\s+html|html|head|body)\b",
    re.DOTALL | re.IGNORECASE,
)


def looks_like_html(beginning: str) -> bool:
    """Return whether a text that begins like this is a page: of an error, a sign-in, a portal."""
    return _HTML.match(beginning) is not None


def parse_xml(source: bytes | str) -> object:
    """Return the document of XML: elements by name, several of one name as a list.

    An attribute's key is `@name`, that of a text beside attributes or elements `#text`. Prefixes
    of namespaces stay as they are written. Bytes are decoded as they declare themselves.

    Raises UnreadableDocument, also for a document type, since that is where entities come from.
    """
    import xmltodict  # noqa: PLC0415 - loaded where an answer is XML

    nodes = 0

    def count(path: list[object], key: str, value: object) -> tuple[str, object]:
        nonlocal nodes
        nodes += 1
        if nodes > MAX_NODES:
            raise UnreadableDocument("too_large")
        if len(path) > _MAX_ELEMENTS:
            raise UnreadableDocument("too_deep")
        return key, value

    try:
        document: object = xmltodict.parse(
            source, expat=SimpleNamespace(ParserCreate=_parser), postprocessor=count
        )
    except UnreadableDocument:
        raise
    except expat.ExpatError, LookupError, ValueError:
        raise UnreadableDocument("not_xml") from None
    return document


def _parser(
    encoding: str | None, namespace_separator: str | None
) -> expat.XMLParserType:
    parser = expat.ParserCreate(encoding, namespace_separator)
    parser.StartDoctypeDeclHandler = _refuse
    return parser


def _refuse(*_: object) -> None:
    raise UnreadableDocument("not_xml")
