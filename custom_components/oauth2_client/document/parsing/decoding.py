"""From the bytes of a body to text, and what its type and its first bytes say about it."""

from encodings.aliases import aliases
import json
import re
from typing import Final

from .formats import UnreadableDocument

_BEGINNING_BYTES: Final = 1024
# Python's names of the charsets that answers may be in. It has other codecs, some of which take
# quadratic time, compress, or make lone surrogates.
_CHARSETS: Final = frozenset(
    {
        "ascii",
        "big5",
        "big5hkscs",
        "cp437",
        "cp850",
        "cp852",
        "cp866",
        "cp874",
        "cp932",
        "cp949",
        *(f"cp{number}" for number in range(1250, 1259)),
        "euc_jp",
        "euc_kr",
        "gb18030",
        "gb2312",
        "gbk",
        "iso2022_jp",
        *(f"iso8859_{number}" for number in range(1, 17)),
        "koi8_r",
        "koi8_u",
        "latin_1",
        "mac_roman",
        "shift_jis",
        "tis_620",
        "utf_8",
        "utf_8_sig",
        "utf_16",
        "utf_16_be",
        "utf_16_le",
        "utf_32",
        "utf_32_be",
        "utf_32_le",
    }
)
_LONGEST_CHARSET: Final = 40
_DECLARED: Final = re.compile(
    r"""<\?xml\s[^>]{0,200}?\bencoding\s{0,9}=\s{0,9}["']([\w.:-]{1,40})"""
)
# Byte order marks, also of UTF-8 that was read as Windows-1252 and written again.
_MARKS: Final = re.compile(r"(?:\s*+(?:\ufeff|ï»¿))++")
# A shorter text may be one character of UTF-16.
_SHORTEST_TEXT: Final = 4
# The share of every other byte that is null where text is UTF-16: at least some, or nearly all.
_FEW_NULLS: Final = 0.2
_MANY_NULLS: Final = 0.6
# The letters and signs of Windows-1252 that texts have. Few of them stand together, unlike those of
# other alphabets, and most characters are ASCII.
_WESTERN: Final = frozenset(
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝßàáâãäåæçèéêëìíîïñòóôõöøùúûüý"
    "€ŠŒŽšœžŸ‘’“”•–—…™\xa0¡£§©ª«®°±²³´µ·º»¼½¾¿".encode("cp1252")
)
_LONGEST_RUN: Final = 3
# A whole letter of UTF-8 shows that the text is UTF-8 in which other bytes are damaged.
_UTF8_LETTER: Final = rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}"
_FEWEST_BYTES_PER_LETTER: Final = 3
_REPLACEMENT: Final = "\ufffd"
# Text has none of these; nearly all other files have some.
_CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
# So many replaced characters of all make a text that nobody can read.
_MOST_REPLACED_SHARE: Final = 1 / 3
# Possessive and atomic: a comment ends at its first `-->`, and nothing is matched a second time.
# Otherwise each comment would double the ways to match the comments before it.
_HTML: Final = re.compile(
    r"(?:<\?xml[^>]*+>|(?><!--.*?-->)|\s)*+<(?:!doctype\s+html|html|head|body)\b",
    re.DOTALL | re.IGNORECASE,
)


def media_type(content_type: str | None) -> str:
    """Return what a Content-Type names, without its parameters (RFC 9110, 8.3.1)."""
    return (content_type or "").partition(";")[0].strip().lower()


def charset(content_type: str | None) -> str | None:
    """Return the charset that a Content-Type claims."""
    for parameter in (content_type or "").split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip('"')
    return None


def declared_charset(beginning: str) -> str | None:
    """Return the charset that XML with this beginning declares."""
    declared = _DECLARED.match(beginning)
    return declared.group(1) if declared else None


def decode(body: bytes, claimed: str | None) -> str:
    """Return a body as text; bytes that its charset does not have become U+FFFD.

    UTF-8, UTF-16 and UTF-32 are recognized by the bytes. Any other charset is the claimed one, or
    UTF-8 where that is none of those that we know. Where none is claimed and nothing is UTF-8, it may
    be Western European (Windows-1252). Byte order marks are left out, however many there are.

    Raises UnreadableDocument.
    """
    try:
        text = body.decode(detected(body))
    except UnicodeDecodeError:
        text = decode_as(body, claimed or _guessed(body))
        if not _is_text(text):
            raise UnreadableDocument("not_text") from None
    if marks := _MARKS.match(text):
        text = text[marks.end() :]
    if not text.strip():
        raise UnreadableDocument("empty")
    return text


def decode_as(body: bytes, claimed: str | None) -> str:
    """Return a body in the claimed charset, or in UTF-8 where that is none that we know."""
    name = re.sub(r"[^a-z0-9]", "_", (claimed or "")[:_LONGEST_CHARSET].lower())
    name = name.removeprefix("x_")
    codec = aliases.get(name, name)
    return body.decode(codec if codec in _CHARSETS else "utf-8", "replace")


def beginning(body: bytes) -> str:
    """Return the first characters of a body of any kind, to judge its format by."""
    first = body[:_BEGINNING_BYTES]
    text = first.decode(detected(first), "replace")
    if marks := _MARKS.match(text):
        text = text[marks.end() :]
    return text.lstrip()


def detected(body: bytes) -> str:
    """Return the charset of Unicode that the first bytes of a body tell."""
    by_mark = json.detect_encoding(body)
    if by_mark != "utf-8" or b"\0" not in body[:_BEGINNING_BYTES]:
        return by_mark
    # JSON begins with two characters of ASCII, of which one byte each is null. Text may not.
    return _by_nulls(body, _FEW_NULLS) or by_mark


def _by_nulls(body: bytes, least: float) -> str | None:
    """Return the UTF-16 of a body in which a share above `least` of every other byte is null."""
    first = body[:_BEGINNING_BYTES]
    if len(first) > _SHORTEST_TEXT and b"\0" not in first.rstrip(b"\0"):
        # What a program in C left at the end.
        return None
    even, odd = first[::2].count(0), first[1::2].count(0)
    if not even and odd > least * len(first[1::2]):
        return "utf-16-le"
    if not odd and even > least * len(first[::2]):
        return "utf-16-be"
    return None


def _guessed(body: bytes) -> str | None:
    """Return the charset of a body that is no UTF-8 and claims none, None where it is not clear."""
    if charset := _by_nulls(body, _MANY_NULLS):
        return charset
    runs = re.findall(rb"[\x80-\xff]++", body)
    if len(runs) * _FEWEST_BYTES_PER_LETTER > len(body):
        return None
    is_western = all(
        len(run) <= _LONGEST_RUN and _WESTERN.issuperset(run) for run in runs
    )
    return "cp1252" if is_western and not re.search(_UTF8_LETTER, body) else None


def looks_like_html(beginning: str) -> bool:
    """Return whether a text with this beginning is a page: an error, a sign-in, a portal."""
    return _HTML.match(beginning) is not None


def _is_text(text: str) -> bool:
    """Return whether a text with replaced characters can still be read."""
    if _CONTROL.search(text):
        return False
    return text.count(_REPLACEMENT) <= max(1, len(text) * _MOST_REPLACED_SHARE)
