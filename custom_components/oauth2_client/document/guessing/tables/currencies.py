"""Currencies, as answers and the words of keys name them."""

from typing import Final

# The codes of currencies (ISO 4217).
_CURRENCIES: Final = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL
BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP
ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR
IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL
LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR
NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD
SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX
USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG
"""
_CURRENCY_CODES: Final = frozenset(_CURRENCIES.split())
# Signs of one currency only: several countries write $, ¥ and kr.
_CURRENCY_SIGNS: Final = {
    "€": "EUR",
    "£": "GBP",
    "₹": "INR",
    "₽": "RUB",
    "₴": "UAH",
    "₩": "KRW",
}
# Codes that mean a currency as a word of a key too. Others are English words: all, try, top.
_WORDS_FOR_CURRENCIES: Final = """
usd eur gbp chf jpy aud cad nzd sek nok dkk pln czk inr cny brl mxn huf zar
"""
_CURRENCY_WORDS: Final = frozenset(_WORDS_FOR_CURRENCIES.split())
# Currencies without decimal places: a whole number is an amount, and not cents.
_WITHOUT_CENTS: Final = frozenset(
    {"CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND", "XAF", "XOF"}
)


def has_no_cents(currency: str) -> bool:
    """Return whether amounts of a currency have no decimal places."""
    return currency in _WITHOUT_CENTS


def currency_of(text: str) -> str | None:
    """Return the code of the currency that a text is the code or the sign of."""
    text = text.strip()
    if text in _CURRENCY_SIGNS:
        return _CURRENCY_SIGNS[text]
    return text.upper() if len(text) == 3 and text.upper() in _CURRENCY_CODES else None


def currency_word(word: str) -> str | None:
    """Return the code of the currency that a word of a key means."""
    return word.upper() if word in _CURRENCY_WORDS else None
