"""Currencies, by their codes (ISO 4217) and signs."""

from typing import Final

_LIST: Final = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL
BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP
ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR
IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL
LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR
NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD
SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX
USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG
"""
_CODES: Final = frozenset(_LIST.split())
# The dollar, the yen and the crown have several countries.
_SIGNS: Final = {"€": "EUR", "£": "GBP", "₹": "INR", "₽": "RUB", "₴": "UAH", "₩": "KRW"}
# Codes that mean a currency in a key as well; others, such as all, try and top, are words.
_WORDS: Final = frozenset(
    {
        "usd",
        "eur",
        "gbp",
        "chf",
        "jpy",
        "aud",
        "cad",
        "nzd",
        "sek",
        "nok",
        "dkk",
        "pln",
        "czk",
    }
    | {"inr", "cny", "brl", "mxn", "huf", "zar"}
)


# Whose notes have no cents, so that a whole number of them is an amount.
_WHOLE: Final = frozenset(
    {"CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND", "XAF", "XOF"}
)


def is_whole(currency: str) -> bool:
    """Tell whether amounts of a currency have no decimal places."""
    return currency in _WHOLE


def currency_of(text: str) -> str | None:
    """Return the code of a currency that a value names, None where it names none."""
    text = text.strip()
    if text in _SIGNS:
        return _SIGNS[text]
    return text.upper() if len(text) == 3 and text.upper() in _CODES else None


def currency_word(word: str) -> str | None:
    """Return the code of a currency that a word of a key names, None where it names none."""
    return word.upper() if word in _WORDS else None
