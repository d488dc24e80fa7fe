"""How the integration that is written identifies an account."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from custom_components.oauth2_client.api import content_type
from custom_components.oauth2_client.catalogue import Identity, Provider

from .answers import with_member
from .expressions import Untranslatable, text_expression
from .resources import Entity, Resource

# The key of the resource that is made of the identity request where no resource is known.
_ACCOUNT: Final = "account"
# The expressions for placeholders of the client.
CLIENT: Final[Mapping[str, str]] = {
    "client_id": "self._client_id",
    "client_secret": "self._client_secret",
}


@dataclass(frozen=True, kw_only=True)
class AccountId:
    """What identifies an account: the answer to a request, or without a `url` the token answer.

    `id` and `name` are expressions of `data`, which is that answer. With `is_claim`, it is the claims of
    the access token. `id_path` and `name_path` are the same as keys. `url` and `body` are expressions.
    """

    method: str = "GET"
    url: str | None = None
    path: str = ""
    host: str = ""
    body: str | None = None
    body_type: str | None = None
    id: str
    name: str | None = None
    is_claim: bool = False
    id_path: tuple[str, ...] = ()
    name_path: tuple[str, ...] = ()

    def can_be_shown(self, *, is_account: bool) -> bool:
        """Tell whether the request can be written as a resource."""
        return self.url is not None and not (is_account and "self." in self.url)

    def resource(self) -> Resource:
        """Return the resource whose sensor shows whose account it is."""
        name = Entity(
            key=_ACCOUNT,
            name="Account",
            resource=_ACCOUNT,
            value=self.name or self.id,
            unit=None,
            device_class=None,
            state_class=None,
            precision=None,
            is_diagnostic=True,
            icon="mdi:account",
        )
        headers = {"Content-Type": repr(self.body_type)} if self.body else {}
        return Resource(
            key=_ACCOUNT,
            name="Account",
            method=self.method,
            url=self.url or "",
            query={},
            headers=headers,
            body=self.body,
            interval=3600,
            path=self.path,
            host=self.host,
            sensors=(name,),
            binary_sensors=(),
            pages=None,
            answer=with_member(
                with_member({}, self.name_path or self.id_path, "Ada Lovelace"),
                self.id_path,
                "ada",
            ),
        )


def account_id_of(provider: Provider) -> AccountId | None:
    """Return what identifies an account of a provider, None where nothing does."""
    identity = provider.identity
    if identity is None and provider.server.userinfo_url is not None:
        identity = Identity(
            url=provider.server.userinfo_url, id=("sub",), name=("name",)
        )
    if identity is None:
        return None
    if not identity.url:
        return _account_id_of_token(provider, identity)
    parts = urlsplit(
        identity.url
        if "://" in identity.url
        else (provider.api_base_url or "") + identity.url
    )
    try:
        url = text_expression(identity.url, CLIENT)
    except Untranslatable:
        return None
    return AccountId(
        method=identity.method,
        url=url,
        path=parts.path,
        host=parts.netloc,
        body=None if identity.body is None else repr(identity.body),
        body_type=None if identity.body is None else content_type(identity.body),
        id=_keys(identity.id),
        name=_keys(identity.name) if identity.name else None,
        id_path=identity.id,
        name_path=identity.name,
    )


def _account_id_of_token(provider: Provider, identity: Identity) -> AccountId | None:
    [name] = identity.id
    keys = tuple(provider.server.token_values.get(name, "").split("."))
    if keys[0] in ("access_token", "id_token"):
        return AccountId(id=_keys(keys[1:]), is_claim=True, id_path=keys)
    return AccountId(id=_keys(keys), id_path=keys) if keys[0] else None


def _keys(keys: tuple[str, ...]) -> str:
    """Return the expression of `data` for a path of keys, in which numbers are positions."""
    return "data" + "".join(
        f"[{key}]" if key.isdigit() else f"[{key!r}]" for key in keys
    )
