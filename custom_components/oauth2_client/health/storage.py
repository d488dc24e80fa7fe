"""The issue of a home whose token sets cannot be written: a disk that is full or read-only."""

from pathlib import Path
import tempfile
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.storage import STORAGE_DIR

from ..const import DOMAIN, STORAGE_NOT_WRITABLE

# More than a block of usual file systems: where there is no space, a smaller file may still fit.
_PROBE_BYTES: Final = 64 * 1024


@callback
def async_report_storage(hass: HomeAssistant, *, writable: bool) -> None:
    """Create the issue that the folder of the token sets cannot be written, or delete it.

    There is one for the home, however many accounts there are and however often it is told.
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
    """Return what the words of the issue are filled in with."""
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
