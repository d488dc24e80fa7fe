"""Chooses the flow that fixes an issue."""

from collections.abc import Mapping

from homeassistant.components.repairs import ConfirmRepairFlow, RepairsFlow
from homeassistant.core import HomeAssistant

from ...const import (
    ADD_SCOPES,
    REGISTER_ANEW,
    REGISTRATION_LOST,
    SECRET_EXPIRES,
    STORAGE_NOT_WRITABLE,
)
from ...credentials.yaml_import import YAML_IMPORTED, YAML_PROVIDER_UNKNOWN
from ...health.issues import (
    CLIENT_REJECTED,
    HOST,
    HOST_NOT_ALLOWED,
    PROVIDER_GONE,
    IssueValue,
    async_entry_of,
    issue_id as id_of,
)
from .credential import CredentialFlow
from .host import HostFlow
from .provider import ProviderFlow
from .reconfigure import ReconfigureFlow
from .storage import StorageFlow
from .yaml import YamlFlow


def fix_flow(
    hass: HomeAssistant, issue_id: str, data: Mapping[str, IssueValue]
) -> RepairsFlow:
    """Return the flow that fixes an issue, by the issue's id and data."""
    if issue_id == STORAGE_NOT_WRITABLE:
        return StorageFlow()
    if issue_id in (YAML_IMPORTED, YAML_PROVIDER_UNKNOWN):
        return YamlFlow()
    if (entry := async_entry_of(hass, data)) is None:
        # The account was removed in the meantime, so that there is nothing left to fix.
        return ConfirmRepairFlow()
    if issue_id == id_of(CLIENT_REJECTED, entry):
        return CredentialFlow(entry)
    if issue_id == id_of(HOST_NOT_ALLOWED, entry):
        return HostFlow(entry, str(data[HOST]))
    if issue_id == id_of(PROVIDER_GONE, entry):
        return ProviderFlow(entry)
    if issue_id in (id_of(REGISTRATION_LOST, entry), id_of(SECRET_EXPIRES, entry)):
        return ReconfigureFlow(entry, REGISTER_ANEW)
    if ADD_SCOPES in data:
        return ReconfigureFlow(entry, {ADD_SCOPES: str(data[ADD_SCOPES]).split()})
    return ReconfigureFlow(entry)
