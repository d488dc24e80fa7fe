"""Decides by a name whether its value is secret.

A name is split into words: `refreshToken` and `wifi-psk` are secret, `token_count` and `monkey` are not.
"""

from functools import lru_cache
from typing import Final, Literal

from ..document.guessing.words import words_of

type Kind = Literal["one", "several"]

# Of a longer name only the end is read, since its last words matter.
_MAX_NAME_CHARACTERS: Final = 80
# A name that ends with one of these words is secret.
_SECRETS: Final = frozenset(
    {"auth", "authorization", "bearer", "cookie", "credential", "credentials", "cvc"}
    | {"cvv", "jwt", "kennwort", "otp", "passcode", "passphrase", "passwd", "password"}
    | {"passwort", "psk", "pwd", "secret", "senha", "signature", "token", "wachtwoord"}
    | {"adgangskode", "contrasena", "contraseña", "csrf", "haslo", "hasło", "heslo"}
    | {"hmac", "losenord", "lösenord", "mdp", "mnemonic", "passkey", "privkey"}
    | {"pswd", "psw", "pword", "puk", "salasana", "sig", "totp", "xsrf"}
)
# Names that are secret only as a whole: boarding_pass and account_sid are not.
_WHOLE: Final = frozenset({("pass",), ("sid",)})
# Endings of names that run their words together: accesstoken, jsessionid.
_ENDINGS: Final = (
    *("apikey", "passphrase", "passwd", "password", "psk", "secret", "secretkey"),
    *("sessid", "sessionid", "token"),
)
# Last words that are secret behind certain other words.
_QUALIFIED: Final = {
    "code": frozenset(
        {"access", "activation", "auth", "authorization", "backup", "device", "login"}
        | {"mfa", "otp", "pairing", "pin", "recovery", "security", "sms", "totp"}
        | {"verification"}
    ),
    "answer": frozenset({"security"}),
    "id": frozenset({"session"}),
    "key": frozenset(
        {"access", "account", "admin", "aes", "api", "app", "application", "auth"}
        | {"authentication", "authorization", "client", "consumer", "crypto", "enc"}
        | {"encryption", "iapp", "lan", "license", "local", "mesh", "routing", "rsa"}
        | {"licence", "master", "network", "preshared", "private", "rapidapi", "secur"}
        | {"recovery", "root", "zigbee", "zwave"}
        | {"secret", "security", "server", "service", "session", "shared", "signing"}
        | {"ssh", "ssl", "stream", "subscription", "tls", "webhook", "wifi", "wpa"}
    ),
    "pass": frozenset(
        {"account", "admin", "api", "app", "auth", "db", "ftp", "http", "imap", "login"}
        | {"mail", "mqtt", "my", "proxy", "root", "router", "smtp", "user", "wifi"}
        | {"wlan"}
    ),
    "passe": frozenset({"de"}),
    "phrase": frozenset({"backup", "pass", "recovery", "seed"}),
    "sid": frozenset({"connect", "session"}),
}
# The words before `key` in headers that find, sort or tell apart.
_OF_OTHER_KEYS: Final = frozenset(
    {"axis", "cache", "data", "idempotency", "partition", "scenario", "sort", "trace"}
    | {"surrogate"}
)
_JOINED: Final = frozenset(
    word + last for last, words in _QUALIFIED.items() for word in words
)
# Words before `token` in the names of cursors, which are not secret.
_OF_PAGES: Final = frozenset(
    {"continuation", "cursor", "delta", "next", "page", "pagination", "previous"}
    | {"sync"}
)
# Last words that say nothing about secrecy: the word before them decides.
_NEUTRAL: Final = frozenset(
    {
        "access",
        "b64",
        "base64",
        "confirmation",
        "encoded",
        "encrypted",
        "hash",
        "hashed",
    }
    | {"hex", "pem", "plain", "raw", "refresh", "string", "text", "value"}
)
# Last words that are secret in a request, but seldom in an answer.
_SECRETS_SENT: Final = frozenset(
    {"assertion", "key", "pin", "session", "sid", "sign", "verifier"}
)


def is_pin(name: str) -> bool:
    """Return whether a name ends with `pin`: a PIN, or a pin of a board."""
    return _words(name[-_MAX_NAME_CHARACTERS:])[-1:] == ("pin",)


def is_sent_secretly(name: str) -> bool:
    """Return whether a name may be that of a secret in a request, where doubtful names count too."""
    words = _words(name[-_MAX_NAME_CHARACTERS:])
    pairs = zip(("", *words), words, strict=False)
    return (
        kind_of(name) is not None
        or words[-1:] in {(word,) for word in _SECRETS_SENT}
        or any(_is_secret(before, word) for before, word in pairs)
    )


def kind_of(name: str) -> Kind | None:
    """Return whether a name is that of one secret, of several (`tokens`), or None for any other."""
    words = _words(name[-_MAX_NAME_CHARACTERS:])
    if name[:2] in ("X-", "x-") and _is_header_of_key(words):
        return "one"
    return _kind_of_words(words)


@lru_cache(2048)
def _kind_of_words(words: tuple[str, ...]) -> Kind | None:
    if not words:
        return None
    before, last = ("", *words)[-2:]
    if words in _WHOLE or _is_secret(before, last):
        return "one"
    return "several" if _is_secret(before, last.removesuffix("s")) else None


@lru_cache(2048)
def _words(name: str) -> tuple[str, ...]:
    """Return the words of a name in lower case, without numbers and neutral words at its end."""
    words = [word.lower().rstrip("0123456789") for word in words_of(name)]
    words = [word for word in words if word]
    while len(words) > 1 and words[-1] in _NEUTRAL:
        words.pop()
    return tuple(words)


def _is_header_of_key(words: tuple[str, ...]) -> bool:
    """Return whether the words of a header are those of a vendor's own key: X-ClickHouse-Key.

    Fields with an x have other signs between their words: x_axis_key.
    """
    return len(words) > 2 and words[-1] == "key" and words[-2] not in _OF_OTHER_KEYS


def _is_secret(before: str, last: str) -> bool:
    """Return whether a word and the one before it name a secret."""
    if last == "token" and before in _OF_PAGES:
        return False
    return (
        last in _SECRETS
        or last in _JOINED
        or last.endswith(_ENDINGS)
        or before in _QUALIFIED.get(last, ())
    )
