"""Sends a command, and returns how the API answered."""

from functools import partial
from typing import Any, Final, NamedTuple

from homeassistant.const import CONF_HEADERS, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from ..account import Account
from ..account.preview import loggable_address
from ..account.reading import ErrorInAnswer, TokenRetry, refuse_error, refused
from ..api import ApiRequest, InvalidRequest
from ..api.answer import ApiRefused, async_read_answer
from ..api.refusal import provider_message, refusal_error
from ..const import CONF_BODY, CONF_QUERY, DOMAIN
from ..definitions import RequestRenderer, Variables
from ..definitions.template_texts import FaultyTemplate
from ..document.parsing import UnreadableDocument
from ..errors import as_home_assistant_error
from ..oauth2 import OAuth2Error

# The messages of faulty templates, by field.
_FAULTY_TEMPLATE: Final = {
    CONF_URL: "address_template",
    CONF_QUERY: "query_template",
    CONF_HEADERS: "headers_template",
    CONF_BODY: "body_template",
}


class CommandAnswer(NamedTuple):
    """How an API answered a command.

    Where it refused, `refused_at` is the address of the request, and `message` is what the API says, if
    anything. The status may be a success even then.
    """

    status: int
    message: str = ""
    refused_at: str | None = None
    document: object = None

    def check(self) -> None:
        """Raise HomeAssistantError where the API refused."""
        if self.refused_at is not None:
            raise refusal_error(self.status, self.message, self.refused_at)

    def as_response(self) -> dict[str, Any]:
        """Return the response of the action, which an automation gets."""
        return {"status": self.status, "data": self.document}


async def async_send(
    hass: HomeAssistant,
    account: Account,
    renderer: RequestRenderer,
    variables: Variables | None,
) -> CommandAnswer:
    """Send a command; return how the API answered, whatever its status.

    Raises HomeAssistantError, translated, where there is no answer.
    """
    try:
        request = renderer.render(variables)
    except FaultyTemplate as err:
        raise HomeAssistantError(
            translation_domain=DOMAIN, translation_key=_FAULTY_TEMPLATE[err.field]
        ) from err
    except InvalidRequest as err:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key=err.key,
            translation_placeholders=err.placeholders,
        ) from err
    try:
        status, document = await TokenRetry(account).call(
            partial(_async_answer, hass, account, request)
        )
    except OAuth2Error as err:
        account.note_host(renderer, err)
        raise as_home_assistant_error(err, loggable_address(account, request)) from err
    except ApiRefused as err:
        account.note_host(renderer, None)
        address = loggable_address(account, request)
        return CommandAnswer(err.status, err.message, address)
    account.note_host(renderer, None)
    return CommandAnswer(status, document=document)


async def _async_answer(
    hass: HomeAssistant, account: Account, request: ApiRequest
) -> tuple[int, object]:
    """Return the status and the document of an answer. Raises OAuth2Error and ApiRefused."""
    response = await account.send(request)
    if response.status >= 400:
        message = provider_message(response, account.redaction(request))
        raise ApiRefused(response.status, message=message)
    redaction, now = account.redaction(), account.clock.now()

    def read(document: object) -> object:
        refuse_error(document, now=now, is_certain=True)
        return redaction.redact(document)

    try:
        return response.status, await async_read_answer(hass, (response,), read)
    except UnreadableDocument:
        # Many APIs answer a command with an empty body or an HTML page.
        return response.status, None
    except ErrorInAnswer as err:
        raise refused(account, request, err) from None
