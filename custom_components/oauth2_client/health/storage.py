"""The issue for token sets that cannot be written: the disk is full or read-only."""

from pathlib import Path
import tempfile
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.storage import STORAGE_DIR

from ..const import DOMAIN, STORAGE_NOT_WRITABLE

# More than a block of usual file systems, since a smaller file may fit on a full disk.
_PROBE_BYTES: Final = 64 * 1024


@callback
def async_report_storage(hass: HomeAssistant, *, writable: bool) -> None:
    """Create the issue for a folder that cannot be written, or delete it.

    All accounts share one issue.
    """
    if writable:
        ir.async_delete_issue(hass, DOMAIN, STORAGE_NOT_WRITABLE)
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        STORAGE_NOT_WRITABLE,
        is_fixable=True,
        severity=ir.IssueSeverity.CRITICAL,
        translation_key=STORAGE_NOT_WRITABLE,
        translation_placeholders=async_storage_placeholders(hass),
    )


@callback
def async_storage_placeholders(hass: HomeAssistant) -> dict[str, str]:
    """Return the placeholders of the issue."""
    return {"folder": hass.config.path(STORAGE_DIR)}


async def async_check_storage(hass: HomeAssistant) -> bool:
    """Return whether the folder of the token sets can be written now."""
    folder = Path(hass.config.path(STORAGE_DIR))
    return await hass.async_add_executor_job(_is_writable, folder)


def _is_writable(folder: Path) -> bool:
    try:
        folder.mkdir(exist_ok=True)
        # Deleted when it is closed, and where writing fails.
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(bytes(_PROBE_BYTES))
            probe.flush()
    except OSError:
        return False
    return True
