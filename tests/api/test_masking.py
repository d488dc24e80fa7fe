"""Values that are named like secrets are masked in what is shown; their neighbours are not."""

from typing import Any

import pytest

from custom_components.oauth2_client.api.masking import MASK, masked_document
from custom_components.oauth2_client.api.secret_names import is_sent_secretly, kind_of

SECRETS = """
    token access_token accessToken access-token ACCESS_TOKEN accesstoken AccessToken refreshToken
    refresh_token id_token idToken authToken auth_token apiToken bot_token x-auth-token token_value
    token1 csrfToken sessionToken device_token
    client_secret clientSecret CLIENT_SECRET clientsecret secret app_secret sharedSecret secretValue
    totp_secret webhook_secret secret_key_hash
    password passwd passphrase passcode userPassword admin-password password2 new_password pwd
    password_hash hashedPassword passwordConfirmation Passwort
    api_key apiKey APIKey APIKEY API_KEY apikey x-api-key X-Api-Key xapikey private_key privateKey
    secretKey access_key encryptionKey signing-key subscription_key Ocp-Apim-Subscription-Key
    masterKey ssh_key stream_key sharedKey pre_shared_key session_key
    psk wifi_psk wifiPsk wpa-psk
    authorization Authorization proxy-authorization basic_auth bearer jwt id_jwt
    sessionId session_id sessionid SESSIONID PHPSESSID jsessionid
    cookie set-cookie credential credentials aws_credentials signature otp pin_code auth_code
    authorization_code deviceCode recovery_code cvv card_cvc
    tokens secrets passwords api_keys apiKeys
    pass sid connect.sid wifiPass smtp_pass user_pass mqttPass motDePasse mot_de_passe
    x_iapp_key X-RapidAPI-Key x-functions-key X-CMC_PRO_API_KEY securKey local_key localKey enc_key
    zigbee_key routing_key passkey privkey privateKeyPem psw pswd puk totp mfa_code sms_code sig hmac
    csrf xsrf_token seed_phrase mnemonic security_answer contraseña haslo salasana lösenord
    X-ListenAPI-Key X-Mashape-Key X-ClickHouse-Key X-Master-Key X-Auth-Key X-MBX-APIKEY
    rapidapi_key rapidApiKey RAPIDAPI_KEY x_rapidapi_key
"""
OTHERS = """
    key keys keyboard monkey turkey keyword key_id apiKeyId access_key_id primary_key sort_key
    issueKey foreignKey public_key publicKey key_count hotkey keynote
    token_count tokens_used max_tokens_left tokenType token_type token_expires_in token_url
    tokenEndpoint tokenized broken taken next_page_token nextPageToken pageToken sync_token
    author authors authorized authority authorName authorization_status authorization_endpoint
    requires_authentication is_authenticated oauth_version
    session session_duration sessionCount sessions session_start obsession
    secretary secret_name secret_count secrets_total password_changed_at password_required
    password_length passwordExpires passenger passive bypass compass passport
    code status_code zipCode postal_code country_code product_code
    id user_id client_id clientId device_id name email cookie_policy cookies_enabled
    signature_algorithm signed_at credential_type pin pins pinned spinning opinion temperature
    bearer_type hash commit_hash text value data hidden
    passed pass_count pass_rate passes season_pass boarding_pass low_pass pass_type side inside asid
    ssid bssid account_sid residual sign zodiac_sign design signal_strength sigma x_key xkey key_color
    local locals lan_name phrase phrases answer answers passe_compose mdp_count csrf_enabled
    enc_type encoding device_key user_key song_key code_count
    x_axis_key xAxisKey x_axis_keys y_axis_key X-Axis-Key x_key_name x_sort_key x_data_key x_value_key
    X-Idempotency-Key X-Cache-Key X-Surrogate-Key X-Sort-Key X-Trace-Key X-Scenario-Key x-data-key
    X-Partition-Key X-Key-Id X-Keyboard X-Monkey
"""


@pytest.mark.parametrize("name", SECRETS.split())
def test_a_name_of_a_secret_is_known_by_its_words(name: str) -> None:
    assert kind_of(name)
    assert masked_document({name: "hidden"}) == {name: MASK}
    assert masked_document([{"a": {name: "hidden"}}]) == [{"a": {name: MASK}}]
    assert is_sent_secretly(name)


@pytest.mark.parametrize("name", OTHERS.split())
def test_a_name_that_only_resembles_one_is_not(name: str) -> None:
    document = {name: "shown", "other": [{name: 12345678}]}
    if name == "pin":
        document = {name: "shown"}

    assert kind_of(name) is None
    assert masked_document(document) is document


@pytest.mark.parametrize(
    ("document", "shown"),
    [
        (
            {"authorized": True, "password": None},
            {"authorized": True, "password": None},
        ),
        ({"password": False, "secret": ""}, {"password": False, "secret": ""}),
        ({"tokens": 81234, "token": 12}, {"tokens": 81234, "token": 12}),
        ({"tokens": {"used": 81234}}, {"tokens": {"used": 81234}}),
        ({"password": 81234}, {"password": MASK}),
        ({"pin": "4711"}, {"pin": MASK}),
        ({"pin": 4711}, {"pin": MASK}),
        ({"pin": 4}, {"pin": 4}),
        ({"pin": "GPIO4"}, {"pin": "GPIO4"}),
        ({"tokens": ["a", 1]}, {"tokens": [MASK, 1]}),
        ({"tokens": {"read": "a"}}, {"tokens": {"read": MASK}}),
        (
            {"tokens": [{"name": "ETH", "balance": "1.2", "value": "a"}]},
            {"tokens": [{"name": "ETH", "balance": "1.2", "value": MASK}]},
        ),
        (
            {"access_token": {"value": "a", "expires_in": 3600}},
            {"access_token": {"value": MASK, "expires_in": 3600}},
        ),
        ({"auth": {"user": [{"deep": "a"}]}}, {"auth": {"user": [{"deep": MASK}]}}),
        (
            [{"name": "api_key", "value": "a"}, {"name": "mode", "value": "b"}],
            [{"name": "api_key", "value": MASK}, {"name": "mode", "value": "b"}],
        ),
        (
            {"key": "password", "value": 12345, "title": "x"},
            {"key": "password", "value": MASK, "title": "x"},
        ),
        ("access_token=a&scope=b", "access_token=…"),
        ("mode: b\napi-key: a\nlevel: 2", "mode: b\napi-key: …\nlevel: 2"),
        ("key: a", "key: …"),
        ("just text", "just text"),
        (5, 5),
    ],
)
def test_what_is_secret_is_masked_and_what_is_beside_it_is_shown(
    document: Any, shown: Any
) -> None:
    assert masked_document(document) == shown


def test_a_long_name_is_judged_by_its_end() -> None:
    name = f"{'very_long_' * 50}password"

    assert masked_document({name: "hidden"}) == {name: MASK}


def test_what_has_no_secret_is_not_copied_for_the_mask() -> None:
    document = {"a": [{"token": "a"}], "b": [{"c": "d"}]}
    shown: Any = masked_document(document)

    assert shown == {"a": [{"token": MASK}], "b": [{"c": "d"}]}
    assert shown["b"] is document["b"]
