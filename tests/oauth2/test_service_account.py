"""Key files of service accounts, and the assertions that they sign."""

from collections.abc import Callable, Mapping
from functools import cache
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given, strategies as st
import jwt
import pytest

from custom_components.oauth2_client.oauth2 import AuthorizationServer
from custom_components.oauth2_client.oauth2.assertion import (
    InvalidKey,
    bearer_assertion_request,
)
from custom_components.oauth2_client.oauth2.service_account import (
    ServiceAccount,
    parse_service_account,
    service_account_assertion,
)

NOW = 1_800_000_000.9
TOKEN_URI = "https://oauth2.googleapis.com/token"
EMAIL = "home@project-1.iam.gserviceaccount.com"


@cache
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def _pem(key: Any, password: bytes | None = None) -> str:
    encryption = BestAvailableEncryption(password) if password else NoEncryption()
    content: bytes = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)
    return content.decode()


def _file(**changed: Any) -> str:
    """Return a key file as Google makes it, with fields changed, or left out for None."""
    fields = {
        "type": "service_account",
        "project_id": "project-1",
        "private_key_id": "key-1",
        "private_key": _pem(_key()),
        "client_email": EMAIL,
        "client_id": "102345678901234567890",
        "auth_uri": "https://accounts.google.com/o/oauth2/auth",
        "token_uri": TOKEN_URI,
        "auth_provider_x509_cert_url": "https://www.googleapis.com/oauth2/v1/certs",
        "client_x509_cert_url": "https://www.googleapis.com/robot/v1/metadata/x509/home",
        "universe_domain": "googleapis.com",
        **changed,
    }
    return json.dumps({k: v for k, v in fields.items() if v is not None}, indent=2)


def _account(**changed: Any) -> ServiceAccount:
    return parse_service_account(_file(**changed))


def _claims(token: str) -> dict[str, Any]:
    options: Any = {"verify_aud": False, "verify_exp": False, "verify_iat": False}
    claims: dict[str, Any] = jwt.decode(
        token, _key().public_key(), algorithms=["RS256"], options=options
    )
    return claims


def test_a_key_file_is_read() -> None:
    assert _account() == ServiceAccount(
        client_email=EMAIL,
        private_key=_pem(_key()).strip(),
        key_id="key-1",
        token_uri=TOKEN_URI,
    )


def test_the_key_is_not_in_the_repr() -> None:
    assert repr(_account()) == (
        f"ServiceAccount(client_email='{EMAIL}', key_id='key-1',"
        f" token_uri='{TOKEN_URI}')"
    )


def test_key_id_and_token_uri_are_optional() -> None:
    account = _account(private_key_id=None, token_uri=None)

    assert (account.key_id, account.token_uri) == (None, TOKEN_URI)
    token = service_account_assertion(account, now=NOW)
    assert jwt.get_unverified_header(token) == {"alg": "RS256", "typ": "JWT"}


def test_the_assertion_follows_googles_documentation() -> None:
    token = service_account_assertion(_account(), scopes=["a:read", "b"], now=NOW)

    assert jwt.get_unverified_header(token) == {
        "alg": "RS256",
        "kid": "key-1",
        "typ": "JWT",
    }
    assert _claims(token) == {
        "iss": EMAIL,
        "aud": TOKEN_URI,
        "scope": "a:read b",
        "iat": 1_800_000_000,
        "exp": 1_800_003_600,
    }


def test_without_scopes_the_assertion_has_none() -> None:
    assert "scope" not in _claims(service_account_assertion(_account(), now=NOW))


@pytest.mark.parametrize(
    ("token_uri", "subject"),
    [
        ("https://oauth2.googleapis.com/token", None),
        ("https://accounts.google.com/o/oauth2/token", None),
        ("https://notgoogle.com/token", EMAIL),
        ("https://google.com.example/token", EMAIL),
    ],
)
def test_an_account_is_its_own_subject_except_at_google(
    token_uri: str, subject: str | None
) -> None:
    token = service_account_assertion(_account(token_uri=token_uri), now=NOW)

    assert _claims(token).get("sub") == subject


def test_the_assertion_is_exchanged() -> None:
    account = _account()
    server = AuthorizationServer(authorize_url="", token_url=account.token_uri)
    token = service_account_assertion(account, scopes=["a"], now=NOW)

    request = bearer_assertion_request(server, assertion=token)
    assert request.url == TOKEN_URI
    assert (request.body or b"").endswith(f"&assertion={token}".encode())


REFUSED: Mapping[str, tuple[Callable[[], str], str]] = {
    "user": (lambda: _file(type="authorized_user"), "unsupported"),
    "federated": (lambda: _file(type="external_account"), "unsupported"),
    "other-type": (lambda: _file(type="something"), "not_a_key"),
    "without-type": (lambda: _file(type=None), "not_a_key"),
    "type-list": (lambda: _file(type=["service_account"]), "not_a_key"),
    "client-secret-file": (
        lambda: json.dumps({"web": json.loads(_file())}),
        "not_a_key",
    ),
    "without-email": (lambda: _file(client_email=None), "not_a_key"),
    "email-number": (lambda: _file(client_email=1), "not_a_key"),
    "email-empty": (lambda: _file(client_email=""), "not_a_key"),
    "email-lines": (lambda: _file(client_email="a\nb"), "not_a_key"),
    "email-long": (lambda: _file(client_email="a" * 321), "not_a_key"),
    "token-uri-number": (lambda: _file(token_uri=1), "not_a_key"),
    "token-uri-empty": (lambda: _file(token_uri=""), "not_a_key"),
    "token-uri-file": (lambda: _file(token_uri="file:///etc/passwd"), "not_a_key"),
    "token-uri-user": (
        lambda: _file(token_uri="https://oauth2.googleapis.com@evil.example/"),
        "not_a_key",
    ),
    "without-key": (lambda: _file(private_key=None), "not_a_key"),
    "key-list": (lambda: _file(private_key=["x"]), "not_a_key"),
    "key-cut": (lambda: _file(private_key=_pem(_key())[:900]), "not_a_key"),
    "key-public": (
        lambda: _file(
            private_key=_key()
            .public_key()
            .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            .decode()
        ),
        "public_key",
    ),
    "key-encrypted": (
        lambda: _file(private_key=_pem(_key(), b"very-secret")),
        "encrypted",
    ),
    "key-short": (
        lambda: _file(private_key=_pem(rsa.generate_private_key(65537, 1024))),
        "too_short",
    ),
    "key-of-another-kind": (
        lambda: _file(private_key=_pem(ec.generate_private_key(ec.SECP256R1()))),
        "unsupported",
    ),
    "key-alone": (lambda: _pem(_key()), "not_a_key"),
    "empty": (lambda: "", "not_a_key"),
    "array": (lambda: f"[{_file()}]", "not_a_key"),
    "deep": (lambda: '{"type":' * 10_000, "not_a_key"),
    "too-much": (lambda: _file() + " " * 100_000, "not_a_key"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_other_files_are_refused_and_not_quoted(name: str) -> None:
    make, reason = REFUSED[name]
    text = make()

    with pytest.raises(InvalidKey) as caught:
        parse_service_account(text)
    assert (caught.value.reason, str(caught.value)) == (reason, reason)
    assert repr(caught.value) == f"InvalidKey({reason!r})"


values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(),
    st.lists(st.text(), max_size=2),
    st.dictionaries(st.text(), st.text(), max_size=2),
)
fields = st.sampled_from(
    ["type", "private_key_id", "private_key", "client_email", "token_uri"]
)


@given(
    st.one_of(
        st.text(),
        st.binary().map(lambda content: content.decode(errors="replace")),
        st.dictionaries(fields, values, max_size=2).map(lambda new: _file(**new)),
    )
)
def test_any_text_is_an_account_or_refused(text: str) -> None:
    try:
        account = parse_service_account(text)
    except InvalidKey:
        return
    assert account.private_key not in repr(account)
    assert _claims(service_account_assertion(account, now=NOW))
