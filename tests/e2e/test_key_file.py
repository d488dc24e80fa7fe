"""A service account's key file, uploaded by clicking."""

from collections.abc import Callable
import json
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from jwt.algorithms import RSAAlgorithm

from tests.live import HomeAssistant

from .browser import Browser
from .provider import running_provider


def test_a_person_uploads_a_key_file(
    home_assistant: HomeAssistant,
    browser: Browser,
    tmp_path: Path,
    say: Callable[[str], None],
) -> None:
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    callback = f"{home_assistant.base_url}/auth/external/callback"
    with running_provider(
        callback,
        access_token_lifetime=3600,
        service_account_jwk=RSAAlgorithm.to_jwk(key.public_key()),
    ) as provider:
        content = {
            "type": "service_account",
            "client_email": "robot@example.com",
            "private_key": pem.decode(),
            "token_uri": provider.token_url,
        }
        file = tmp_path / "key.json"
        file.write_text(json.dumps(content), encoding="utf-8")

        say("A person uploads a key file")
        browser.open("/config/integrations/dashboard/add?domain=oauth2_client")
        browser.click("OK")
        browser.click("Find a service by its address")
        browser.fill(address=provider.issuer)
        browser.submit()
        browser.see("Authorize URL")
        browser.fill(name="Certified", api_base_url=provider.api_base_url, scopes="")
        browser.submit()
        browser.see("Credential for Certified")
        section = browser.page.locator("ha-expansion-panel")
        section.filter(has_text="Scopes and way to sign in").click()
        browser.upload(file)
        browser.see("key.json")
        browser.shoot("key-file")
        browser.submit()
        browser.see("Add a resource by its address")
        assert provider.seen()["grants"] == [
            "urn:ietf:params:oauth:grant-type:jwt-bearer"
        ]
