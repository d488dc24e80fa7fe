"""Sends a command and tells how it went."""

from dataclasses import dataclass, field
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, TemplateError

from .account import Account
from .api_answer import async_read_answer, sent_texts
from .api_refusal import provider_message, refusal_error
from .const import DOMAIN
from .document import UnreadableDocument
from .errors import as_home_assistant_error
from .oauth2 import OAuth2Error
from .request_template import RequestRenderer, Variables
from .shown_answer import without_secrets


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """How an API answered a command. `message` is what a refusal says in words."""

    status: int
    message: str = ""
    document: object = field(default=None, repr=False)

    def check(self) -> None:
        """Raise HomeAssistantError where the API refused."""
        if self.status < 400:
            return
        raise refusal_error(self.status, self.message)

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
    except TemplateError as err:
        raise HomeAssistantError(
            translation_domain=DOMAIN, translation_key="template_failed"
        ) from err
    secrets = {account.token_set.access_token}
    try:
        response = await account.send(request)
    except OAuth2Error as err:
        raise as_home_assistant_error(err) from err
    # The token may have been renewed meanwhile.
    secrets.add(account.token_set.access_token)
    if response.status >= 400:
        sent = secrets.union(sent_texts(account, request))
        return Sent(
            status=response.status, message=provider_message(response, sent=sent)
        )
    try:
        document = await async_read_answer(hass, (response,), _as_it_is)
    except UnreadableDocument:
        # Many answer with nothing, or with a page for people.
        document = None
    return Sent(status=response.status, document=without_secrets(document, secrets))


def _as_it_is(document: object) -> object:
    return document
