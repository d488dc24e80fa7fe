"""Parses XML into a document."""

from types import SimpleNamespace
from typing import Final
from xml.parsers import expat

import xmltodict

from .formats import MAX_DEPTH, MAX_NODES, UnreadableDocument

# Each level of elements may become two levels of a document: an object inside a list.
_MAX_ELEMENT_DEPTH: Final = MAX_DEPTH // 2 - 1


def parse_xml(source: bytes | str) -> object:
    """Return the document of XML: elements by name, several with one name as a list.

    The key of an attribute is `@name`, that of a text beside attributes or elements `#text`. Prefixes
    of namespaces are kept. Bytes are decoded in the charset that they declare.

    Raises UnreadableDocument, also for a document type, which could define entities.
    """
    nodes = 0

    def count(path: list[object], key: str, value: object) -> tuple[str, object]:
        nonlocal nodes
        nodes += 1
        if nodes > MAX_NODES:
            raise UnreadableDocument("too_large")
        if len(path) > _MAX_ELEMENT_DEPTH:
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
    parser.StartDoctypeDeclHandler = _refuse_document_type
    return parser


def _refuse_document_type(*_: object) -> None:
    raise UnreadableDocument("not_xml")
