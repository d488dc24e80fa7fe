"""What values show now, for the forms that change them."""

from collections.abc import Iterable
from typing import Final

from homeassistant.core import HomeAssistant

from ....account import Account
from ....api.masking import masked_document
from ....definitions.readings import Readings, ValueReader
from ....definitions.resource import Resource
from ....definitions.value import Value
from ...request_form import FormError, render_request
from ..fetch import async_fetch

# How old the answer may be that was fetched to pick values of it.
_MAX_AGE_SECONDS: Final = 300.0


async def async_readings(
    hass: HomeAssistant, account: Account, resource: Resource, values: Iterable[Value]
) -> Readings | None:
    """Return the readings of a resource's answer without secrets, None where there is no answer.

    An answer that is a few minutes old is read again.
    """
    reader, redact = ValueReader(values), account.redaction().redact
    try:
        *_, readings = await async_fetch(
            hass,
            account,
            resource,
            render_request(hass, account, resource.request),
            lambda document: reader.read(masked_document(redact(document))),
            is_found=lambda readings: readings.are_found,
            max_age=_MAX_AGE_SECONDS,
        )
    except FormError:
        # The forms work without it: names can be changed while an API is down.
        return None
    return readings
