"""What is known of providers: the schema and the loader of `providers/*.json`.

Nothing here knows Home Assistant. What reads files is to be called off the event loop.
"""

from .known_resource import KnownResource, KnownValue
from .load import Summary, UnknownProvider, load_provider, load_summaries
from .provider import (
    AUTHORIZATION_CODE,
    CLIENT_CREDENTIALS,
    DEVICE_CODE,
    JWT_BEARER,
    WITHOUT_PERSON,
    Identity,
    InvalidProvider,
    InvalidVariable,
    Provider,
    Variable,
    parse_provider,
)

__all__ = [
    "AUTHORIZATION_CODE",
    "CLIENT_CREDENTIALS",
    "DEVICE_CODE",
    "JWT_BEARER",
    "WITHOUT_PERSON",
    "Identity",
    "InvalidProvider",
    "InvalidVariable",
    "KnownResource",
    "KnownValue",
    "Provider",
    "Summary",
    "UnknownProvider",
    "Variable",
    "load_provider",
    "load_summaries",
    "parse_provider",
]
