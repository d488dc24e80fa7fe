"""Decodes the bytes of a body, and tells its type and charset from the header and its first bytes."""

from encodings.aliases import aliases
import json
import re
from typing import Final

from .formats import UnreadableDocument

_BEGINNING_BYTES: Final = 1024
# Python's names of the charsets that answers may be in. Others of its codecs take quadratic time,
# decompress, or produce lone surrogates.
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
_MAX_CHARSET_CHARACTERS: Final = 40
_XML_DECLARATION: Final = re.compile(
    r"""<\?xml\s[^>]{0,200}?\bencoding\s{0,9}=\s{0,9}["']([\w.:-]{1,40})"""
)
# Byte order marks, also a mark in UTF-8 that was decoded as Windows-1252 and encoded again.
_MARKS: Final = re.compile(r"(?:\s*+(?:\ufeff|ï»¿))++")
# In a body of at most so many bytes, null bytes at the end may belong to characters of UTF-16.
_MAX_SHORT_BYTES: Final = 4
# In UTF-16, every other byte of Western text is null. A body that is UTF-8 as well needs a small share
# of nulls, any other a large one.
_FEW_NULLS_SHARE: Final = 0.2
_MANY_NULLS_SHARE: Final = 0.6
# The letters and signs of Windows-1252 in Western European texts. Only a few of them follow each other,
# unlike the letters of other alphabets, and most characters are ASCII.
_WESTERN: Final = frozenset(
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝßàáâãäåæçèéêëìíîïñòóôõöøùúûüý"
    "€ŠŒŽšœžŸ‘’“”•–—…™\xa0¡£§©ª«®°±²³´µ·º»¼½¾¿".encode("cp1252")
)
_MAX_RUN_BYTES: Final = 3
# A valid letter of UTF-8 shows that the text is UTF-8, and that only other bytes of it are damaged.
_UTF8_LETTER: Final = rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}"
_MIN_BYTES_PER_RUN: Final = 3
_REPLACEMENT: Final = "\ufffd"
# Texts have none of these characters, nearly all binary files have some.
_CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
# With a larger share of replaced characters, nobody can read a text.
_MAX_REPLACED_SHARE: Final = 1 / 3
# Possessive and atomic, so that a comment ends at its first `-->` and nothing is matched twice:
# otherwise each comment would double the ways to match the comments before it.
_HTML: Final = re.compile(
    r"(?:<\?xml[^>]*+>|(?><!--.*?-->)|\s)*+<(?:!doctype\s+html|html|head|body)\b",
    re.DOTALL | re.IGNORECASE,
)


def media_type(content_type: str | None) -> str:
    """Return the media type in a Content-Type, without its parameters (RFC 9110, 8.3.1)."""
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
    declared = _XML_DECLARATION.match(beginning)
    return declared.group(1) if declared else None


def decode(body: bytes, claimed: str | None) -> str:
    """Return a body as text; bytes that are invalid in its charset become U+FFFD.

    UTF-8, UTF-16 and UTF-32 are recognized by the bytes. For any other body, the charset is the claimed
    one, or UTF-8 if that one is unknown. If none is claimed, it may be Western European (Windows-1252).
    All byte order marks at the beginning are removed.

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
    """Return a body decoded in the claimed charset, or in UTF-8 if that one is unknown."""
    name = re.sub(r"[^a-z0-9]", "_", (claimed or "")[:_MAX_CHARSET_CHARACTERS].lower())
    name = name.removeprefix("x_")
    codec = aliases.get(name, name)
    return body.decode(codec if codec in _CHARSETS else "utf-8", "replace")


def beginning(body: bytes) -> str:
    """Return the first characters of a body, by which its format is recognized."""
    first = body[:_BEGINNING_BYTES]
    text = first.decode(detected(first), "replace")
    if marks := _MARKS.match(text):
        text = text[marks.end() :]
    return text.lstrip()


def detected(body: bytes) -> str:
    """Return the encoding of Unicode that the first bytes of a body indicate."""
    by_mark = json.detect_encoding(body)
    if by_mark != "utf-8" or b"\0" not in body[:_BEGINNING_BYTES]:
        return by_mark
    # That was for JSON, which begins with ASCII characters. A text may not.
    return _utf_16_by_nulls(body, _FEW_NULLS_SHARE) or by_mark


def _utf_16_by_nulls(body: bytes, min_share: float) -> str | None:
    """Return the byte order of UTF-16 if more than this share of every other byte is null, else None."""
    first = body[:_BEGINNING_BYTES]
    if len(first) > _MAX_SHORT_BYTES and b"\0" not in first.rstrip(b"\0"):
        # Null bytes only at the end, as C programs leave them.
        return None
    even, odd = first[::2].count(0), first[1::2].count(0)
    if not even and odd > min_share * len(first[1::2]):
        return "utf-16-le"
    if not odd and even > min_share * len(first[::2]):
        return "utf-16-be"
    return None


def _guessed(body: bytes) -> str | None:
    """Return the charset of a body that is not UTF-8 and claims none, None where it is not clear."""
    if charset := _utf_16_by_nulls(body, _MANY_NULLS_SHARE):
        return charset
    runs = re.findall(rb"[\x80-\xff]++", body)
    if len(runs) * _MIN_BYTES_PER_RUN > len(body):
        return None
    is_western = all(
        len(run) <= _MAX_RUN_BYTES and _WESTERN.issuperset(run) for run in runs
    )
    return "cp1252" if is_western and not re.search(_UTF8_LETTER, body) else None


def looks_like_html(beginning: str) -> bool:
    """Return whether a text with this beginning is an HTML page: an error, a sign-in, a portal."""
    return _HTML.match(beginning) is not None


def _is_text(text: str) -> bool:
    """Return whether a text with replaced characters can still be read."""
    if _CONTROL.search(text):
        return False
    return text.count(_REPLACEMENT) <= max(1, len(text) * _MAX_REPLACED_SHARE)
