"""The formats of answers, the bounds of documents, and why a body is no document."""

from typing import Final, Literal

type DocumentFormat = Literal["auto", "json", "ndjson", "xml", "csv", "text"]

type UnreadableReason = Literal[
    "empty",
    "html",
    "not_csv",
    "not_json",
    "not_text",
    "not_xml",
    "too_deep",
    "too_large",
]

# Documents of APIs have some ten levels. The bound lets functions that walk one call themselves.
MAX_DEPTH: Final = 100
# Two bytes of JSON may become an object of 64. With this bound, a document takes at most some
# hundred megabytes (docs/benchmarks.md).
MAX_ELEMENTS: Final = 1_000_000
# The same for XML and CSV, whose elements become larger objects.
MAX_NODES: Final = 500_000


class UnreadableDocument(ValueError):
    """The bytes are no document. `reason` says why, and the error's text is the reason alone."""

    def __init__(self, reason: UnreadableReason) -> None:
        super().__init__(reason)
        self.reason: Final = reason
