"""Every way to sign in, at a certified provider: read the API, renew, and sign out with removal."""

from collections.abc import Callable, Iterator
import json
import time
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from jwt.algorithms import ECAlgorithm, RSAAlgorithm
import pytest

from tests.live import HomeAssistant
from tests.live.flows import find_account, finish_account, step, where

from .conftest import running_home_assistant
from .provider import Provider, running_provider, sign_in

LIFETIME = 8
SCOPES = ["openid", "email", "api:read"]


@pytest.fixture(scope="module")
def home_assistant(
    tmp_path_factory: pytest.TempPathFactory, say: Callable[[str], None]
) -> Iterator[HomeAssistant]:
    """One Home Assistant for all tests here: each leaves no account behind."""
    config = tmp_path_factory.mktemp("grants") / "config"
    with running_home_assistant(config, say) as running:
        yield running


@pytest.fixture(scope="module")
def key() -> ec.EllipticCurvePrivateKey:
    """The key of the client `key-client`."""
    return ec.generate_private_key(ec.SECP256R1())


@pytest.fixture(scope="module")
def service_key() -> rsa.RSAPrivateKey:
    """The key of the service account."""
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture
def provider(
    home_assistant: HomeAssistant,
    key: ec.EllipticCurvePrivateKey,
    service_key: rsa.RSAPrivateKey,
) -> Iterator[Provider]:
    """A provider of the test's own, which counts from nothing; its tokens live for seconds."""
    callback = f"{home_assistant.base_url}/auth/external/callback"
    public = json.loads(ECAlgorithm.to_jwk(key.public_key()))
    with running_provider(
        callback,
        access_token_lifetime=LIFETIME,
        key_client_jwks=json.dumps({"keys": [public]}),
        service_account_jwk=RSAAlgorithm.to_jwk(service_key.public_key()),
    ) as running:
        yield running


def _find(
    home_assistant: HomeAssistant,
    provider: Provider,
    name: str,
    *,
    grant: str = "authorization_code",
    scopes: list[str] = SCOPES,
    client: dict[str, str] | None = None,
    details: dict[str, Any] | None = None,
) -> Any:
    """Find the provider by its issuer and send the credential; return where the flow stands."""
    credential = {
        "client_id": provider.client_id,
        "client_secret": provider.client_secret,
    }
    return find_account(
        home_assistant.rest,
        address=provider.issuer,
        changed={"name": name, "api_base_url": provider.api_base_url},
        details=details or {},
        credential={
            "register": False,
            **credential,
            **(client or {}),
            "details": {"scopes": scopes, "grant": grant},
        },
    )


def _register(
    home_assistant: HomeAssistant, provider: Provider, grant: str, scopes: list[str]
) -> Any:
    """Let the provider make the client; return where the flow stands."""
    return find_account(
        home_assistant.rest,
        address=provider.issuer,
        changed={"name": f"registered {grant}", "api_base_url": provider.api_base_url},
        details={},
        credential={"register": True, "details": {"scopes": scopes, "grant": grant}},
    )


def _in_browser(home_assistant: HomeAssistant, result: Any) -> str:
    """Sign in at the address that a flow opens; return the id of the account."""
    assert result["type"] == "external", result
    sign_in(result["url"], login="ada")
    return finish_account(home_assistant.rest, result["flow_id"])


def _without_person(result: Any) -> str:
    """Return the id of an account that needed no sign-in."""
    assert result["type"] == "create_entry", result
    return str(result["result"]["entry_id"])


def _pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _with_key_file(
    home_assistant: HomeAssistant, provider: Provider, key: rsa.RSAPrivateKey, name: str
) -> Any:
    """Find the provider and paste a service account's key file; return where the flow stands."""
    file = {
        "type": "service_account",
        "client_email": "robot@example.com",
        "private_key": _pem(key),
        "token_uri": provider.token_url,
    }
    return find_account(
        home_assistant.rest,
        address=provider.issuer,
        changed={"name": name, "api_base_url": provider.api_base_url},
        details={"grants": ["jwt_bearer"]},
        credential={
            "register": False,
            "client_secret": json.dumps(file, indent=2),
            "details": {"scopes": ["api:read"]},
        },
    )


def _request(home_assistant: HomeAssistant, entry_id: str, url: str = "/home") -> Any:
    return home_assistant.call_action(
        "oauth2_client", "request", account=entry_id, url=url
    )["data"]


def _goes_on(
    home_assistant: HomeAssistant, provider: Provider, entry_id: str, renewed_by: str
) -> None:
    """Read the API now, and again once the token has expired."""
    assert _request(home_assistant, entry_id)["home"]["temperature"] == 21.5
    before = provider.seen()["grants"].count(renewed_by)
    time.sleep(LIFETIME + 1)
    assert _request(home_assistant, entry_id)["home"]["temperature"] == 21.5
    assert provider.seen()["grants"].count(renewed_by) > before


def _remove(home_assistant: HomeAssistant, entry_id: str) -> None:
    home_assistant.rest.request(
        "DELETE", f"/api/config/config_entries/entry/{entry_id}"
    )


def test_with_the_browser_the_request_is_pushed(
    home_assistant: HomeAssistant, provider: Provider
) -> None:
    result = _find(home_assistant, provider, "browser")
    # The window is led to the provider, with what was pushed.
    assert "scope=" not in result["url"]
    account = _in_browser(home_assistant, result)
    assert provider.seen()["pushed"] == 1

    _goes_on(home_assistant, provider, account, "refresh_token")
    _remove(home_assistant, account)
    assert provider.seen()["revoked"] == 1


def test_with_a_code_on_another_device(
    home_assistant: HomeAssistant, provider: Provider
) -> None:
    result = _find(home_assistant, provider, "device", grant="device_code")
    assert result["step_id"] == "device"
    code = result["description_placeholders"]
    sign_in(f"{code['verification_uri']}?user_code={code['user_code']}", login="ada")
    result = step(home_assistant.rest, result["flow_id"], {})
    while result["type"] == "progress":
        time.sleep(0.5)
        result = where(home_assistant.rest, result["flow_id"])
    assert result["type"] == "create_entry"
    assert result["title"] == "device · ada@example.com"

    account = result["result"]["entry_id"]
    _goes_on(home_assistant, provider, account, "refresh_token")
    _remove(home_assistant, account)
    assert provider.seen()["revoked"] == 1


def test_without_a_person(home_assistant: HomeAssistant, provider: Provider) -> None:
    grant = "client_credentials"
    result = _find(home_assistant, provider, "client", grant=grant, scopes=[])
    account = _without_person(result)

    _goes_on(home_assistant, provider, account, grant)
    _remove(home_assistant, account)
    assert provider.seen()["destroyed"] == 1


def test_without_a_person_as_a_client_that_the_provider_makes(
    home_assistant: HomeAssistant, provider: Provider
) -> None:
    result = _register(home_assistant, provider, "client_credentials", [])

    _remove(home_assistant, _without_person(result))
    assert (provider.seen()["registered"], provider.seen()["deleted"]) == (1, 1)


def test_as_a_service_account_with_its_key_file(
    home_assistant: HomeAssistant, provider: Provider, service_key: rsa.RSAPrivateKey
) -> None:
    stranger = rsa.generate_private_key(65537, 2048)
    result = _with_key_file(home_assistant, provider, stranger, "stranger")
    assert result["errors"] == {"base": "grant_rejected"}
    result = _with_key_file(home_assistant, provider, service_key, "robot")
    account = _without_person(result)

    bearer = "urn:ietf:params:oauth:grant-type:jwt-bearer"
    _goes_on(home_assistant, provider, account, bearer)
    assert _request(home_assistant, account, "/me")["scope"] == "api:read"
    _remove(home_assistant, account)
    assert provider.seen()["destroyed"] == 1
    assert "PRIVATE KEY" not in home_assistant.log


# The provider takes each assertion once, also where it asks for a nonce in the proof of a key.
@pytest.mark.parametrize("bound", [False, True], ids=["bearer", "bound"])
def test_with_a_private_key_instead_of_a_secret(
    home_assistant: HomeAssistant,
    provider: Provider,
    key: ec.EllipticCurvePrivateKey,
    *,
    bound: bool,
) -> None:
    result = _find(
        home_assistant,
        provider,
        f"private key, bound: {bound}",
        client={"client_id": "key-client", "client_secret": _pem(key)},
        details={"client_authentication": "private_key_jwt", "dpop": bound},
    )
    account = _in_browser(home_assistant, result)

    _goes_on(home_assistant, provider, account, "refresh_token")
    assert _request(home_assistant, account, "/me")["bound"] is bound
    _remove(home_assistant, account)
    assert provider.seen()["revoked"] == 1
    assert "PRIVATE KEY" not in home_assistant.log


def test_as_a_client_that_the_provider_makes(
    home_assistant: HomeAssistant, provider: Provider
) -> None:
    result = _register(home_assistant, provider, "authorization_code", SCOPES)
    account = _in_browser(home_assistant, result)

    _goes_on(home_assistant, provider, account, "refresh_token")
    _remove(home_assistant, account)
    assert (provider.seen()["registered"], provider.seen()["deleted"]) == (1, 1)
    assert provider.seen()["revoked"] == 1


def test_without_a_client_id(home_assistant: HomeAssistant) -> None:
    home_urls = ("https://home.example.org", home_assistant.base_url)
    external = {"type": "config/core/update", "external_url": home_urls[0]}
    home_assistant.rest.websocket(external)
    with running_provider(
        "https://other.example.org", access_token_lifetime=LIFETIME, home_urls=home_urls
    ) as provider:
        result = find_account(
            home_assistant.rest,
            address=provider.issuer,
            changed={"name": "no client id", "api_base_url": provider.api_base_url},
            details={},
            credential={"details": {"scopes": SCOPES, "grant": "authorization_code"}},
        )
        assert result["type"] == "external", result
        sign_in(result["url"], login="ada", home_urls=home_urls)
        account = finish_account(home_assistant.rest, result["flow_id"])
        _goes_on(home_assistant, provider, account, "refresh_token")
        home_assistant.restart()
        assert _request(home_assistant, account)["home"]["temperature"] == 21.5
        _remove(home_assistant, account)
        assert (provider.seen()["registered"], provider.seen()["revoked"]) == (0, 1)
    home_assistant.rest.websocket({**external, "external_url": None})


def test_with_tokens_that_are_bound_to_a_key(
    home_assistant: HomeAssistant, provider: Provider
) -> None:
    result = _find(home_assistant, provider, "bound", details={"dpop": True})
    account = _in_browser(home_assistant, result)

    _goes_on(home_assistant, provider, account, "refresh_token")
    assert _request(home_assistant, account, "/me")["bound"] is True
    home_assistant.restart()
    assert _request(home_assistant, account)["home"]["temperature"] == 21.5
    _remove(home_assistant, account)
    assert provider.seen()["revoked"] == 1


def test_with_a_secret_that_is_never_sent_for_a_resource_that_is_named(
    home_assistant: HomeAssistant, provider: Provider
) -> None:
    resource = "https://api.example.com/"
    result = _find(
        home_assistant,
        provider,
        "signing",
        client={"client_id": "signing-client"},
        details={"client_authentication": "client_secret_jwt", "resources": [resource]},
    )
    account = _in_browser(home_assistant, result)

    _goes_on(home_assistant, provider, account, "refresh_token")
    assert _request(home_assistant, account, "/me")["aud"] == resource
    diagnostics = home_assistant.rest.request(
        "GET", f"/api/diagnostics/config_entry/{account}"
    )
    assert diagnostics["data"]["token"]["active"] is True
    _remove(home_assistant, account)
    assert provider.seen()["revoked"] == 1
