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

from .provider import Provider, running_provider, sign_in

LIFETIME = 8
SCOPES = ["openid", "email", "api:read"]


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
    """The provider, whose tokens live for seconds."""
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
    grant: str,
    scopes: list[str],
    *,
    private_key: str | None = None,
) -> Any:
    """Find the provider by its issuer and send the credential; return where the flow stands."""
    name = grant if private_key is None else "private_key_jwt"
    details = {} if private_key is None else {"client_authentication": name}
    return find_account(
        home_assistant.rest,
        address=provider.issuer,
        changed={"name": name, "api_base_url": provider.api_base_url},
        details=details,
        credential={
            "client_id": "key-client" if private_key else provider.client_id,
            "client_secret": private_key or provider.client_secret,
            "details": {"scopes": scopes, "grant": grant},
        },
    )


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


def _request(home_assistant: HomeAssistant, entry_id: str) -> Any:
    return home_assistant.call_action(
        "oauth2_client", "request", account=entry_id, url="/home"
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


def test_every_way_to_sign_in_works_and_ends(
    home_assistant: HomeAssistant,
    provider: Provider,
    key: ec.EllipticCurvePrivateKey,
    service_key: rsa.RSAPrivateKey,
    say: Callable[[str], None],
) -> None:
    rest = home_assistant.rest

    say("With the browser, the request pushed")
    result = _find(home_assistant, provider, "authorization_code", SCOPES)
    assert "request_uri=" in result["url"]
    assert "scope=" not in result["url"]
    sign_in(result["url"], login="ada")
    browser = finish_account(rest, result["flow_id"])
    assert provider.seen()["pushed"] == 1
    _goes_on(home_assistant, provider, browser, "refresh_token")
    _remove(home_assistant, browser)
    assert provider.seen()["revoked"] == 1

    say("With a code on another device")
    result = _find(home_assistant, provider, "device_code", SCOPES)
    assert result["step_id"] == "device"
    code = result["description_placeholders"]
    sign_in(f"{code['verification_uri']}?user_code={code['user_code']}", login="ada")
    result = step(rest, result["flow_id"], {})
    while result["type"] == "progress":
        time.sleep(0.5)
        result = where(rest, result["flow_id"])
    assert result["type"] == "create_entry"
    device = result["result"]["entry_id"]
    assert result["title"] == "device_code · ada@example.com"
    _goes_on(home_assistant, provider, device, "refresh_token")
    _remove(home_assistant, device)
    assert provider.seen()["revoked"] == 2

    say("Without a person, also as a client that the provider makes itself")
    result = _find(home_assistant, provider, "client_credentials", [])
    assert result["type"] == "create_entry"
    client = result["result"]["entry_id"]
    _goes_on(home_assistant, provider, client, "client_credentials")
    _remove(home_assistant, client)
    assert provider.seen()["destroyed"] == 1
    result = find_account(
        rest,
        address=provider.issuer,
        changed={"name": "registered alone", "api_base_url": provider.api_base_url},
        details={},
        credential={
            "register": True,
            "details": {"scopes": [], "grant": "client_credentials"},
        },
    )
    assert result["type"] == "create_entry", result
    _remove(home_assistant, result["result"]["entry_id"])
    assert (provider.seen()["registered"], provider.seen()["deleted"]) == (1, 1)

    say("As a service account, with its key file")
    stranger = rsa.generate_private_key(65537, 2048)
    result = _with_key_file(home_assistant, provider, stranger, "stranger")
    assert result["errors"] == {"base": "grant_rejected"}
    result = _with_key_file(home_assistant, provider, service_key, "robot")
    assert result["type"] == "create_entry", result
    robot = result["result"]["entry_id"]
    bearer = "urn:ietf:params:oauth:grant-type:jwt-bearer"
    _goes_on(home_assistant, provider, robot, bearer)
    answer = home_assistant.call_action(
        "oauth2_client", "request", account=robot, url="/me"
    )
    assert answer["data"]["scope"] == "api:read"
    _remove(home_assistant, robot)
    assert provider.seen()["destroyed"] == 3
    assert "PRIVATE KEY" not in home_assistant.log

    say("With a private key instead of a secret")
    result = _find(
        home_assistant, provider, "authorization_code", SCOPES, private_key=_pem(key)
    )
    sign_in(result["url"], login="ada")
    signed = finish_account(rest, result["flow_id"])
    _goes_on(home_assistant, provider, signed, "refresh_token")
    _remove(home_assistant, signed)
    assert provider.seen()["revoked"] == 3
    assert "PRIVATE KEY" not in home_assistant.log

    say("As a client that the provider makes itself")
    result = find_account(
        rest,
        address=provider.issuer,
        changed={"name": "registered", "api_base_url": provider.api_base_url},
        details={},
        credential={
            "register": True,
            "details": {"scopes": SCOPES, "grant": "authorization_code"},
        },
    )
    assert result["type"] == "external", result
    sign_in(result["url"], login="ada")
    registered = finish_account(rest, result["flow_id"])
    _goes_on(home_assistant, provider, registered, "refresh_token")
    _remove(home_assistant, registered)
    assert (provider.seen()["registered"], provider.seen()["deleted"]) == (2, 2)
    assert provider.seen()["revoked"] == 4

    say("With tokens that are bound to a key")
    result = find_account(
        rest,
        address=provider.issuer,
        changed={"name": "bound", "api_base_url": provider.api_base_url},
        details={"dpop": True},
        credential={
            "register": False,
            "client_id": provider.client_id,
            "client_secret": provider.client_secret,
            "details": {"scopes": SCOPES, "grant": "authorization_code"},
        },
    )
    sign_in(result["url"], login="ada")
    bound = finish_account(rest, result["flow_id"])
    _goes_on(home_assistant, provider, bound, "refresh_token")
    answer = home_assistant.call_action(
        "oauth2_client", "request", account=bound, url="/me"
    )
    assert answer["data"]["bound"] is True
    home_assistant.restart()
    assert _request(home_assistant, bound)["home"]["temperature"] == 21.5
    _remove(home_assistant, bound)
    assert provider.seen()["revoked"] == 5

    say("With a secret that is never sent, for a resource that is named")
    resource = "https://api.example.com/"
    result = find_account(
        rest,
        address=provider.issuer,
        changed={"name": "signing", "api_base_url": provider.api_base_url},
        details={"client_authentication": "client_secret_jwt", "resources": [resource]},
        credential={
            "register": False,
            "client_id": "signing-client",
            "client_secret": provider.client_secret,
            "details": {"scopes": SCOPES, "grant": "authorization_code"},
        },
    )
    sign_in(result["url"], login="ada")
    signing = finish_account(rest, result["flow_id"])
    _goes_on(home_assistant, provider, signing, "refresh_token")
    answer = home_assistant.call_action(
        "oauth2_client", "request", account=signing, url="/me"
    )
    assert answer["data"]["aud"] == resource

    say("Diagnostics say that the token is active")
    shown = rest.request("GET", f"/api/diagnostics/config_entry/{signing}")
    assert shown["data"]["token"]["active"] is True
    _remove(home_assistant, signing)
    assert provider.seen()["revoked"] == 6
