"""Credentials that a flow stored or bound for a sign-in, and that no account has yet.

A sign-in needs a stored credential, which may turn out to be wrong on a page of the service. Until
then no other flow offers the credential. When the flow ends without an account, it is deleted. What was
typed is kept in memory for the next flow, so that it need not be typed again.
"""

from typing import NamedTuple

from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from ..definitions.account import AccountSettings, Binding
from ..oauth2 import Client
from ..providers.store import async_get_provider_store
from . import async_delete_credential
from .registration import async_deregister


class _Unproven(NamedTuple):
    """The flow that uses a credential, and whether a flow stored it. Otherwise one only bound it."""

    flow_id: str
    is_new: bool


_UNPROVEN: HassKey[dict[str, _Unproven]] = HassKey(f"{DOMAIN}.unproven_credentials")
# The clients that were typed last, by what identifies a binding.
_TYPED: HassKey[dict[tuple[str, ...], Client]] = HassKey(f"{DOMAIN}.typed_clients")


@callback
def async_note(
    hass: HomeAssistant, credential: str, flow_id: str, *, is_new: bool
) -> None:
    """Note that a flow has just stored a credential, or else bound it."""
    unproven = hass.data.setdefault(_UNPROVEN, {})
    unproven[credential] = _Unproven(flow_id, is_new)


@callback
def async_take_over(hass: HomeAssistant, credential: str, flow_id: str) -> None:
    """Note that a flow goes on with a credential, which may be that of another open flow."""
    unproven = hass.data.get(_UNPROVEN, {})
    if (noted := unproven.get(credential)) is not None:
        unproven[credential] = noted._replace(flow_id=flow_id)


@callback
def async_is_anothers(
    hass: HomeAssistant, credential: str, flow_id: str | None
) -> bool:
    """Return whether another open flow has stored a credential, which may turn out to be wrong."""
    noted = hass.data.get(_UNPROVEN, {}).get(credential)
    return noted is not None and noted.is_new and noted.flow_id != flow_id


@callback
def async_keep_typed(hass: HomeAssistant, binding: Binding, client: Client) -> None:
    """Keep a client in memory that a person typed for a provider."""
    hass.data.setdefault(_TYPED, {})[binding.identity] = client


@callback
def async_typed_client(hass: HomeAssistant, binding: Binding) -> Client | None:
    """Return the client that was typed for a provider in another flow, which came to no account."""
    return hass.data.get(_TYPED, {}).get(binding.identity)


async def async_remove_unproven(hass: HomeAssistant, flow_id: str) -> None:
    """Remove what an ended flow has stored, unless an account uses it."""
    unproven = hass.data.get(_UNPROVEN, {})
    for credential in [*unproven]:
        # Another flow may take one over while others are removed.
        noted = unproven.get(credential)
        if noted is None or noted.flow_id != flow_id:
            continue
        del unproven[credential]
        if async_is_used(hass, credential):
            await _async_forget_typed(hass, credential)
        elif noted.is_new:
            await async_delete(hass, credential)
        else:
            await (await async_get_provider_store(hass)).async_unbind(credential)


@callback
def async_is_used(hass: HomeAssistant, credential: str) -> bool:
    """Return whether an account has a credential."""
    return any(
        AccountSettings.from_entry(entry).credential == credential
        for entry in hass.config_entries.async_entries(DOMAIN)
    )


async def async_delete(hass: HomeAssistant, credential: str) -> None:
    """Delete a credential, and its client where it was registered dynamically."""
    hass.data.get(_UNPROVEN, {}).pop(credential, None)
    await async_deregister(hass, credential)
    await async_delete_credential(hass, credential)


async def _async_forget_typed(hass: HomeAssistant, credential: str) -> None:
    """Forget what was typed for a provider, now that an account has a credential."""
    store = await async_get_provider_store(hass)
    if (binding := store.binding(credential)) is not None:
        hass.data.get(_TYPED, {}).pop(binding.identity, None)
