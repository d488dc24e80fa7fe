"""The action `send_command`: sends the commands of buttons, and returns their answers."""

from functools import cache
from typing import Final

import voluptuous as vol

from homeassistant.const import Platform
from homeassistant.core import (
    EntityServiceResponse,
    HassJob,
    ServiceCall,
    ServiceResponse,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import async_get_platforms
from homeassistant.helpers.service import entity_service_call
from homeassistant.helpers.typing import VolSchemaType

from ..const import CONF_VARIABLES, DOMAIN
from .command_entities import CommandButton
from .schema import valid_call


async def async_send_commands(call: ServiceCall) -> EntityServiceResponse | None:
    """Send the commands of the buttons that a call is for. Return their answers by entity id.

    Home Assistant finds the buttons, and checks that the user may control them. Raises
    voluptuous.Invalid, and ServiceValidationError for a button that is not a command's.
    """
    buttons = {
        entity_id: entity
        for platform in async_get_platforms(call.hass, DOMAIN)
        if platform.domain == Platform.BUTTON
        for entity_id, entity in platform.entities.items()
    }
    valid = valid_call(call, _schema())
    return await entity_service_call(call.hass, buttons, _SEND, valid)


@cache
def _schema() -> VolSchemaType:
    return cv.make_entity_service_schema(
        {vol.Optional(CONF_VARIABLES, default=dict): dict}
    )


async def _async_send(entity: Entity, call: ServiceCall) -> ServiceResponse:
    if not isinstance(entity, CommandButton):
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="not_a_command",
            translation_placeholders={"entity": entity.entity_id},
        )
    return await entity.async_send_command(call.data[CONF_VARIABLES])


_SEND: Final = HassJob(_async_send)
