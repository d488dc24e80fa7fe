"""Sends a request once while a person waits for a form, and reads its answer."""

from collections.abc import Callable
from typing import Final

from homeassistant.core import HomeAssistant

from ...account import Account
from ...account.answers import Answer
from ...account.preview import shown_address
from ...account.reading import TokenRetry, async_read
from ...api import ApiRequest
from ...api.answer import ApiRefused
from ...definitions.resource import Resource
from ...document.parsing import UnreadableDocument
from ...oauth2 import OAuth2Error
from ..request_form import form_error

_TIMEOUT_SECONDS: Final = 15.0


async def async_fetch[Read](
    hass: HomeAssistant,
    account: Account,
    resource: Resource,
    request: ApiRequest,
    read: Callable[[object], Read],
    *,
    is_found: Callable[[Read], bool],
    max_age: float = 0.0,
) -> tuple[Answer, Read]:
    """Return the answer of a resource, and what is read of it. Raises FormError."""

    async def fetched() -> tuple[Answer, Read]:
        answer = await account.answers.fetch(
            request,
            pages=resource.pages,
            timeout=_TIMEOUT_SECONDS,
            max_age=max_age,
        )
        found = await async_read(
            hass,
            account,
            request,
            answer,
            read,
            is_found=is_found,
            format=resource.format,
            pages=resource.pages,
        )
        return answer, found

    try:
        return await TokenRetry(account).call(fetched)
    except (OAuth2Error, ApiRefused, UnreadableDocument) as err:
        raise form_error(err, shown_address(account, request)) from err
