"""The catalogue of providers: the schema and the loader of `providers/*.json`.

Nothing here imports Home Assistant. Call functions that read files off the event loop. Importing the
package loads none of its modules: each name is loaded when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .about import About, Condition
    from .fields import (
        InvalidProvider,
        InvalidVariable,
        UnknownProvider,
        headers,
        token_header,
    )
    from .gone import Gone, load_gone
    from .identity import FirstRequest, Identity
    from .index import Summary, load_summaries
    from .known_resource import Elements, KnownResource, KnownValue, Level
    from .load import load_provider, load_providers
    from .provider import (
        AT_END,
        AUTHORIZATION_CODE,
        BEFORE_USE,
        CLIENT_CREDENTIALS,
        DAILY,
        DEVICE_CODE,
        JWT_BEARER,
        USER_CATEGORY,
        WITHOUT_PERSON,
        Provider,
        parse_provider,
    )
    from .variable import Variable

__all__ = [
    "AT_END",
    "AUTHORIZATION_CODE",
    "BEFORE_USE",
    "CLIENT_CREDENTIALS",
    "DAILY",
    "DEVICE_CODE",
    "JWT_BEARER",
    "USER_CATEGORY",
    "WITHOUT_PERSON",
    "About",
    "Condition",
    "Elements",
    "FirstRequest",
    "Gone",
    "Identity",
    "InvalidProvider",
    "InvalidVariable",
    "KnownResource",
    "KnownValue",
    "Level",
    "Provider",
    "Summary",
    "UnknownProvider",
    "Variable",
    "headers",
    "load_gone",
    "load_provider",
    "load_providers",
    "load_summaries",
    "parse_provider",
    "token_header",
]

# The module of each public name. Type checkers go by the imports above; a test compares them.
_MODULES: Final = {
    "AT_END": "provider",
    "AUTHORIZATION_CODE": "provider",
    "BEFORE_USE": "provider",
    "CLIENT_CREDENTIALS": "provider",
    "DAILY": "provider",
    "DEVICE_CODE": "provider",
    "JWT_BEARER": "provider",
    "USER_CATEGORY": "provider",
    "WITHOUT_PERSON": "provider",
    "About": "about",
    "Condition": "about",
    "Elements": "known_resource",
    "FirstRequest": "identity",
    "Gone": "gone",
    "Identity": "identity",
    "InvalidProvider": "fields",
    "InvalidVariable": "fields",
    "KnownResource": "known_resource",
    "KnownValue": "known_resource",
    "Level": "known_resource",
    "Provider": "provider",
    "Summary": "index",
    "UnknownProvider": "fields",
    "Variable": "variable",
    "headers": "fields",
    "load_gone": "gone",
    "load_provider": "load",
    "load_providers": "load",
    "load_summaries": "index",
    "parse_provider": "provider",
    "token_header": "fields",
}

if not TYPE_CHECKING:
    # Hidden from type checkers, which with `__getattr__` would accept any name.
    def __getattr__(name: str) -> object:
        """Load the module of a public name (PEP 562)."""
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
        globals()[name] = value
        return value

    def __dir__() -> list[str]:
        return sorted(globals().keys() | _MODULES.keys())
