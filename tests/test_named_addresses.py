"""Each address that a server names is checked before anything is sent to it: docs/security.md."""

import ast
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from custom_components.oauth2_client.account import Account
from custom_components.oauth2_client.account.identity import async_identify
from custom_components.oauth2_client.api import ApiRequest
from custom_components.oauth2_client.catalogue import Provider, parse_provider
from custom_components.oauth2_client.credentials.provider_client import (
    Keep,
    ProviderClient,
)
from custom_components.oauth2_client.credentials.registration import async_register
from custom_components.oauth2_client.credentials.sign_in import (
    async_authorize_url,
    async_device_authorization,
)
from custom_components.oauth2_client.credentials.token_endings import (
    async_introspect,
    async_revoke,
)
from custom_components.oauth2_client.credentials.token_requests import (
    async_exchange,
    async_refresh,
)
from custom_components.oauth2_client.grant import Grant
from custom_components.oauth2_client.oauth2 import (
    Client,
    OAuth2Error,
    RefusedByPolicy,
    Request,
    TokenSet,
)
from custom_components.oauth2_client.providers.discovery import async_discover
from custom_components.oauth2_client.wire import async_get_transport
from custom_components.oauth2_client.wire.clock import async_get_clock
from homeassistant.core import HomeAssistant

from .account_flow import AccountFlow, suggested
from .internet import ELSEWHERE, HOME, OUTSIDE, Internet, Place

PACKAGE: Final = Path(__file__).parents[1] / "custom_components/oauth2_client"
# Each of them sends to what a person typed, or is the check itself.
SENDS: Final = {
    # A person's own requests; what an answer names goes through the check.
    "account/sending.py",
    # What the catalogue or a person named; the rest goes through the check.
    "credentials/provider_client.py",
    # Endpoints that a person typed.
    "providers/endpoint_probe.py",
    # The address that a person typed; what it leads to goes through the check.
    "providers/search.py",
    "wire/named_address.py",
}
ISSUER: Final = "https://auth.example.com"
# A name that anybody may use, and one of the home.
NAMES_OF_HOME: Final = ("127.0.0.1.nip.io", "router.example.org")
ENDPOINTS: Final = (
    "authorization_endpoint",
    "token_endpoint",
    "device_authorization_endpoint",
    "pushed_authorization_request_endpoint",
    "revocation_endpoint",
    "introspection_endpoint",
    "registration_endpoint",
    "userinfo_endpoint",
    "jwks_uri",
)

if TYPE_CHECKING:
    from custom_components.oauth2_client.grant.refreshing import NextFile


def _metadata(issuer: str = ISSUER, **changes: Any) -> dict[str, Any]:
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        **changes,
    }


async def _publish(internet: Internet, **changes: Any) -> Place:
    """Put a server outside that publishes what it is, and another one at home."""
    place = await internet.put(OUTSIDE, "auth.example.com")
    url = f"{ISSUER}/.well-known/oauth-authorization-server"
    place.answers[url] = _metadata(**changes)
    return place


async def _home(internet: Internet) -> Place:
    """Put a server at home that has a certificate for all its names."""
    return await internet.put(HOME, *NAMES_OF_HOME)


@pytest.mark.parametrize("name", NAMES_OF_HOME)
@pytest.mark.parametrize("endpoint", ENDPOINTS)
async def test_what_is_published_outside_cannot_lead_into_the_home(
    flow: AccountFlow, internet: Internet, endpoint: str, name: str
) -> None:
    home = await _home(internet)
    await _publish(internet, **{endpoint: f"https://{name}/x"})

    result = await flow.discover(ISSUER)

    assert result["errors"] == {"address": "private_address"}
    assert home.asked == []


async def test_what_a_person_may_know_better_cannot_lead_into_the_home(
    flow: AccountFlow, internet: Internet
) -> None:
    home = await _home(internet)
    # Another issuer of the same host is offered by hand elsewhere.
    token_url = f"https://{NAMES_OF_HOME[0]}/token"
    await _publish(internet, issuer=f"{ISSUER}/other", token_endpoint=token_url)

    result = await flow.discover(ISSUER)

    assert result["errors"] == {"address": "private_address"}
    assert home.asked == []


async def test_a_service_of_ones_own_is_found_where_its_names_lead(
    flow: AccountFlow, internet: Internet
) -> None:
    home = await internet.put(HOME, "auth.example.com", "id.example.com")
    url = f"{ISSUER}/.well-known/oauth-authorization-server"
    home.answers[url] = _metadata(
        token_endpoint="https://id.example.com/token",
        revocation_endpoint="https://192.168.1.5/revoke",
    )

    found = suggested(await flow.discover(ISSUER))

    assert found["token_url"] == "https://id.example.com/token"


async def test_an_endpoint_outside_need_not_be_known_yet(
    flow: AccountFlow, internet: Internet
) -> None:
    # A name that nobody knows leads nowhere, an address outside is one.
    await _publish(
        internet,
        userinfo_endpoint="https://unknown.example.com/me",
        jwks_uri=f"https://{ELSEWHERE}/keys",
    )

    assert (await flow.discover(ISSUER))["step_id"] == "found"


@pytest.mark.parametrize("name", NAMES_OF_HOME)
async def test_an_api_outside_cannot_name_a_server_at_home(
    hass: HomeAssistant, internet: Internet, name: str
) -> None:
    home = await _home(internet)
    api = await internet.put(OUTSIDE, "api.example.com")
    api.answers["https://api.example.com/.well-known/oauth-protected-resource"] = {
        "resource": "https://api.example.com",
        "authorization_servers": [f"https://{name}"],
    }

    with pytest.raises(RefusedByPolicy, match="private_address"):
        await async_discover(async_get_transport(hass), "https://api.example.com")
    assert home.asked == []


async def test_a_challenge_from_outside_cannot_name_metadata_at_home(
    hass: HomeAssistant, internet: Internet
) -> None:
    home = await _home(internet)
    api = await internet.put(OUTSIDE, "api.example.com")
    api.challenges["https://api.example.com/v1"] = (
        f'Bearer resource_metadata="https://{NAMES_OF_HOME[0]}/metadata"'
    )

    with pytest.raises(RefusedByPolicy, match="private_address"):
        await async_discover(async_get_transport(hass), "https://api.example.com/v1")
    assert home.asked == []


async def test_an_api_whose_name_leads_home_may_name_metadata_at_home_over_http(
    hass: HomeAssistant, internet: Internet
) -> None:
    api = await internet.put(HOME, "api.example.com")
    api.challenges["https://api.example.com/v1"] = (
        'Bearer resource_metadata="http://192.168.1.6/metadata"'
    )
    await async_discover(async_get_transport(hass), "https://api.example.com/v1")

    assert ("192.168.1.6", 80) in internet.connected


def _provider(**changes: Any) -> Provider:
    raw = {
        "id": "user_x",
        "name": "X",
        "issuer": ISSUER,
        "token_url": f"{ISSUER}/token",
        "api_base_url": "https://api.example.com",
        **changes,
    }
    return parse_provider(raw, category="user")


def _token_set(**changes: Any) -> TokenSet:
    raw = {
        "access_token": "planted-access",
        "refresh_token": "planted-refresh",
        "expires_at": 9_999_999_999,
        **changes,
    }
    return TokenSet.from_dict(raw)


type Use = Callable[[ProviderClient], Awaitable[object]]

USES: Final[dict[str, tuple[str, Use]]] = {
    "exchange": (
        "token_url",
        lambda client: async_exchange(
            client,
            code="planted-code",
            redirect_uri="https://x/",
            code_verifier=None,
            values={},
        ),
    ),
    "refresh": ("token_url", lambda client: async_refresh(client, _token_set())),
    "refresh elsewhere": (
        "refresh_url",
        lambda client: async_refresh(client, _token_set()),
    ),
    "device": ("device_authorization_url", async_device_authorization),
    "push": (
        "pushed_authorization_url",
        lambda client: async_authorize_url(
            client, redirect_uri="https://x/", state="s", verifier=None, nonce=None
        ),
    ),
    "revoke": ("revocation_url", lambda client: async_revoke(client, _token_set())),
    "introspect": (
        "introspection_url",
        lambda client: async_introspect(client, _token_set()),
    ),
    "register": (
        "registration_url",
        lambda client: async_register(
            client.hass,
            client.provider,
            redirect_uri="https://x/",
            grant_type="authorization_code",
            scopes=(),
        ),
    ),
}


@pytest.mark.parametrize("name", NAMES_OF_HOME)
@pytest.mark.parametrize(("field", "use"), USES.values(), ids=USES)
async def test_no_secret_reaches_an_address_at_home_that_was_named_outside(
    hass: HomeAssistant, internet: Internet, field: str, use: Use, name: str
) -> None:
    await internet.put(OUTSIDE, "auth.example.com")
    home = await _home(internet)
    provider = _provider(**{field: f"https://{name}/x"})
    client = ProviderClient(hass, provider, "demo-client", "planted-secret")

    with pytest.raises(RefusedByPolicy, match="private_address"):
        await use(client)
    assert home.asked == []
    assert HOME not in {address for address, _ in internet.connected}


@pytest.mark.parametrize(("field", "use"), USES.values(), ids=USES)
async def test_what_a_person_typed_is_used_wherever_it_leads(
    hass: HomeAssistant, internet: Internet, field: str, use: Use
) -> None:
    await internet.put(OUTSIDE, "auth.example.com")
    home = await _home(internet)
    provider = _provider(
        **{field: "https://router.example.org/x"},
        entered_hosts=["router.example.org"],
    )
    client = ProviderClient(hass, provider, "demo-client", "planted-secret")

    with pytest.raises(OAuth2Error) as raised:
        await use(client)
    assert raised.value.code != "private_address"
    assert {each.url for each in home.asked} == {"https://router.example.org/x"}


@pytest.mark.parametrize("field", ["jwks_url", "userinfo_url"])
async def test_who_signed_in_is_not_asked_at_home(
    hass: HomeAssistant, internet: Internet, field: str
) -> None:
    await internet.put(OUTSIDE, "auth.example.com")
    home = await _home(internet)
    provider = _provider(**{field: "https://router.example.org/x"})

    identity = await async_identify(
        hass,
        provider,
        Client(id="demo-client", secret=None),
        # Claims: an issuer and a subject.
        _token_set(id_token="eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.x"),
        asked=False,
    )

    assert (identity.id, identity.name) == (None, None)
    assert home.asked == []


async def test_an_edited_form_says_which_hosts_a_person_typed(
    hass: HomeAssistant, flow: AccountFlow, internet: Internet
) -> None:
    await _publish(internet, device_authorization_endpoint=f"{ISSUER}/device")
    await flow.discover(ISSUER)
    await flow.confirm_found(
        name="Sandbox",
        api_base_url="https://api.example.com",
        details={"revocation_url": "https://router.example.org/revoke"},
    )
    handler = hass.config_entries.flow._progress[flow.result["flow_id"]]
    provider = handler._provider  # type: ignore[attr-defined]  # of our own flow

    assert provider.entered_hosts == ("api.example.com", "router.example.org")
    assert provider.named_by("https://router.example.org/revoke") is None
    assert provider.named_by("https://elsewhere.example.com/x") == ISSUER


def _account(hass: HomeAssistant, *hosts: str) -> Account:
    class _Kept:
        async def load(self) -> None:
            """Nothing is stored."""

        def next(self) -> AbstractAsyncContextManager[NextFile]:
            raise NotImplementedError

        async def save(self, token_set: TokenSet) -> None:
            """Nothing is refreshed."""

        async def keep_backoff(self, backoff: object) -> None:
            """Nothing fails."""

    async def refuse(_: TokenSet, _keep: Keep) -> TokenSet:
        raise NotImplementedError

    async def ignore(_: object) -> None:
        """Nothing is refreshed."""

    clock = async_get_clock(hass)
    return Account(
        entry_id="",
        title="X",
        provider=_provider(),
        client=None,
        allowed_hosts=hosts,
        grant=Grant(
            _token_set(),
            refresh=refuse,
            storage=_Kept(),
            report=ignore,
            spawn=hass.async_create_task,
            clock=clock,
        ),
        transport=async_get_transport(hass),
        clock=clock,
    )


async def test_an_api_outside_cannot_send_on_into_the_home(
    hass: HomeAssistant, internet: Internet
) -> None:
    home = await _home(internet)
    api = await internet.put(OUTSIDE, "api.example.com")
    api.redirects["https://api.example.com/a"] = "https://router.example.org/admin"
    # A host that may receive the token, when a person asks for it.
    account = _account(hass, "router.example.org")

    with pytest.raises(RefusedByPolicy, match="private_address"):
        await account.request("GET", "/a")
    assert home.asked == []
    await account.request("GET", "https://router.example.org/admin")
    assert [each.url for each in home.asked] == ["https://router.example.org/admin"]


async def test_a_page_from_outside_cannot_lead_into_the_home(
    hass: HomeAssistant, internet: Internet
) -> None:
    home = await _home(internet)
    await internet.put(OUTSIDE, "api.example.com")
    account = _account(hass, "router.example.org")

    with pytest.raises(RefusedByPolicy, match="private_address"):
        await account.send(
            ApiRequest(
                url="https://router.example.org/2",
                named_by="https://api.example.com/1",
            )
        )
    assert home.asked == []


async def test_an_api_outside_may_send_on_to_another_host_outside(
    hass: HomeAssistant, internet: Internet
) -> None:
    api = await internet.put(OUTSIDE, "api.example.com")
    other = await internet.put(ELSEWHERE, "eu.example.com")
    api.redirects["https://api.example.com/a"] = "https://eu.example.com/a"

    await _account(hass, "eu.example.com").request("GET", "/a")

    assert [each.url for each in other.asked] == ["https://eu.example.com/a"]


def test_nothing_else_sends() -> None:
    found = set()
    for path in PACKAGE.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            sent = isinstance(node, ast.Attribute) and node.attr == "send"
            if sent and "ransport" in ast.unparse(node):
                found.add(str(path.relative_to(PACKAGE)))
    assert found == SENDS


def test_a_request_names_who_named_its_address_nowhere_in_its_repr() -> None:
    request = ApiRequest(url="https://a/", named_by="https://a/?token=planted-1")
    assert "planted" not in repr(request)
    assert "planted" not in repr(Request(method="GET", url="https://a/?planted-2"))
