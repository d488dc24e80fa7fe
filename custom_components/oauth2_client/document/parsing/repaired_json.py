"""Turns what is nearly JSON into JSON: JavaScript, JSON5, and output of Python, C and templates."""

import json
import re
from typing import Final

# In front of the document: a callback (JSONP) or a variable.
_WRAPPER: Final = re.compile(
    r"\s*+(?:/\*[^*]{0,100}\*/\s*+)?"
    r"(?:[A-Za-z_$][\w$.]{0,100}+\s*+(\()|(?:var|let|const)\s++[\w$]{1,100}+\s*+=)\s*+(?=[\[{])"
)
# The tokens that may differ from those of JSON. All are possessive, so that none is matched twice.
_TOKEN: Final = re.compile(
    r"""(?P<text>"(?:[^"\\]|\\.)*+"?+|'(?:[^'\\]|\\.)*+'?+)"""
    r"|(?P<comment>//[^\r\n]*+|/\*(?:[^*]|\*(?!/))*+(?:\*/)?+)"
    r"|(?P<not_a_number>[-+]?(?:[0-9]\.\#[A-Z]{3,4}0*+|(?i:nan|inf(?:inity)?)\b(?!\s*+:)))"
    r"|(?P<number>[-+]?(?:[0-9]++\.?[0-9]*+|\.[0-9]++)(?:[eE][-+]?[0-9]++)?+)"
    r"|(?P<key>[A-Za-z_$][\w$]*+(?=\s*+:))"
    r"|(?P<word>[A-Za-z_$][\w$]*+)",
    re.DOTALL,
)
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][-+]?[0-9]++)?")
# A comma behind the last value, or a colon without a value. Texts match too, so that nothing is found
# inside them.
_DANGLING: Final = re.compile(
    r"""("(?:[^"\\]|\\.)*+"?+)|,(?=\s*+[\]}])|(:)(?=\s*+[,}])""", re.DOTALL
)
# Invisible characters that may surround a document.
_INVISIBLE: Final = " \t\r\n\ufeff\u200b\u200c\u200d\u2060\xa0"
_ESCAPE: Final = re.compile(
    r"""\\(?:(["\\/bfnrt]|u[0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|(['`$])|)|(")""", re.DOTALL
)
_WORDS: Final = {
    "true": "true",
    "false": "false",
    **dict.fromkeys(("null", "none", "nil", "undefined", "na"), "null"),
}


def repaired_json(text: str) -> str | None:
    """Return a text that may be JSON now, None for one that cannot be an object or a list.

    Comments, trailing commas and a wrapper around the document are removed. Keys and texts get double
    quotation marks, and numbers the form of JSON. `nan` and the like become null, as does a missing value.
    """
    text = text.strip(_INVISIBLE).rstrip("\0\x1a").rstrip("; \t\r\n")
    if wrapper := _WRAPPER.match(text):
        text = text[wrapper.end() :]
        if wrapper[1]:
            if not text.endswith(")"):
                return None
            text = text[:-1]
    whole = _TOKEN.fullmatch(text)
    if whole is not None and whole.lastgroup == "not_a_number":
        return "null"
    text = _TOKEN.sub(_as_json, text).strip()
    if not text.startswith(("{", "[")):
        return None
    return _DANGLING.sub(_completed, text)


def _as_json(token: re.Match[str]) -> str:
    found = token[0]
    match token.lastgroup:
        case "text":
            return _text(found)
        case "comment":
            return " "
        case "not_a_number":
            return "null"
        case "number":
            return _number(found)
        case "key":
            return json.dumps(found)
    # An unknown word stays, so that the text does not become JSON.
    return _WORDS.get(found.lower(), found)


def _text(literal: str) -> str:
    """Return a text with the quotation marks and escapes of JSON."""
    quote = literal[0]
    if len(literal) < 2 or not literal.endswith(quote):
        return literal
    if quote == '"' and "\\" not in literal:
        return literal
    return f'"{_ESCAPE.sub(_escape, literal[1:-1])}"'


def _escape(found: re.Match[str]) -> str:
    known, code, plain, mark = found.groups()
    if known or mark:
        return found[0] if known else '\\"'
    if code:
        return f"\\u00{code}"
    # A backslash before any other character stands for itself.
    return plain or "\\\\"


def _number(text: str) -> str:
    if _NUMBER.fullmatch(text):
        return text
    sign = "-" if text.startswith("-") else ""
    whole, point, rest = text.lstrip("+-").partition(".")
    if not point:
        # Only leading zeros are to be removed.
        return f"{sign}{whole.lstrip('0') or '0'}" if whole.isdecimal() else text
    digits = re.match(r"[0-9]*+", rest)
    end = 0 if digits is None else digits.end()
    return f"{sign}{whole.lstrip('0') or '0'}.{rest[:end] or '0'}{rest[end:]}"


def _completed(found: re.Match[str]) -> str:
    text, colon = found.groups()
    return ": null" if colon else text or ""
