"""Sends a command and returns the API's answer."""

from typing import Any, Final, NamedTuple

from homeassistant.const import CONF_HEADERS, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from ..account.account import Account
from ..account.preview import shown_address
from ..api.answer import async_read_answer
from ..api.refusal import provider_message, refusal_error
from ..api.request import InvalidRequest
from ..const import CONF_BODY, CONF_QUERY, DOMAIN
from ..definitions.request_template import RequestRenderer, Variables
from ..definitions.template_texts import FaultyTemplate
from ..document.parsing import UnreadableDocument
from ..errors import as_home_assistant_error
from ..oauth2 import OAuth2Error

_FAULTY: Final = {
    CONF_URL: "address_template",
    CONF_QUERY: "query_template",
    CONF_HEADERS: "headers_template",
    CONF_BODY: "body_template",
}


class Sent(NamedTuple):
    """How an API answered a command. Where it refuses: `message` is its text, `address` who it is."""

    status: int
    message: str = ""
    address: str = ""
    document: object = None

    def check(self) -> None:
        """Raise HomeAssistantError where the API refused."""
        if self.status < 400:
            return
        raise refusal_error(self.status, self.message, self.address)

    def as_answer(self) -> dict[str, Any]:
        """Return what an automation gets."""
        return {"status": self.status, "data": self.document}


async def async_send(
    hass: HomeAssistant,
    account: Account,
    renderer: RequestRenderer,
    variables: Variables | None,
) -> Sent:
    """Send a command; return how the API answered, whatever its status.

    Raises HomeAssistantError, translated, where there is no answer.
    """
    try:
        request = renderer.render(variables)
    except FaultyTemplate as err:
        raise HomeAssistantError(
            translation_domain=DOMAIN, translation_key=_FAULTY[err.field]
        ) from err
    except InvalidRequest as err:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key=err.key,
            translation_placeholders=err.placeholders,
        ) from err
    try:
        response = await account.send(request)
    except OAuth2Error as err:
        account.note_host(renderer, err)
        address = shown_address(account, request)
        raise as_home_assistant_error(err, address) from err
    account.note_host(renderer, None)
    if response.status >= 400:
        message = provider_message(response, account.redaction(request))
        address = shown_address(account, request)
        return Sent(status=response.status, message=message, address=address)
    try:
        document = await async_read_answer(
            hass, (response,), account.redaction().redact
        )
    except UnreadableDocument:
        # Many APIs answer a command with an empty body or an HTML page.
        document = None
    return Sent(status=response.status, document=document)
