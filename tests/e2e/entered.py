"""What the walk through every form enters."""

from typing import Any, Final

from .provider import Provider

_TEMPERATURE: Final = {
    "key": "temperature",
    "name": "Temperature",
    "path": "$.home.temperature",
    "unit": "°C",
    "device_class": "temperature",
    "state_class": "measurement",
}
_HUMIDITY: Final = {
    "key": "humidity",
    "name": "Humidity",
    "path": "$.home.humidity",
    "unit": "%",
    "device_class": "humidity",
    "state_class": "measurement",
}
_CALLS: Final = {"key": "calls", "name": "Calls", "path": "$.calls"}


def certified(provider: Provider) -> dict[str, Any]:
    """Return the service as somebody shares it, with resources that it is known to have."""
    return {
        "name": "Certified",
        "authorize_url": provider.authorize_url,
        "token_url": provider.token_url,
        "api_base_url": provider.api_base_url,
        "console_url": f"{provider.issuer}/developers",
        "scopes": ["openid", "email", "api:read"],
        "known_resources": [
            {
                "id": "home",
                "name": "Home",
                "url": "/home",
                "interval": 60,
                "values": [_TEMPERATURE, _HUMIDITY],
            },
            {
                "id": "calls",
                "name": "Calls",
                "url": "/home",
                "interval": 600,
                "values": [_CALLS],
            },
            {
                "id": "window",
                "name": "Window",
                "url": "/home",
                "query": {"room": "{room}"},
                "interval": 600,
                "of": [
                    {
                        "url": "/home",
                        "path": "$.rooms",
                        "ids": {"room": "id"},
                        "name": ["name"],
                    }
                ],
                "values": [_HUMIDITY],
            },
        ],
    }


def somewhere(name: str, host: str, *variables: str) -> dict[str, Any]:
    """Return a service whose addresses have variables."""
    return {
        "name": name,
        "authorize_url": f"https://{host}/auth",
        "token_url": f"https://{host}/token",
        "api_base_url": f"https://{host}/api",
        "variables": [{"name": variable} for variable in variables],
    }


def rest_sensors(provider: Provider) -> str:
    """Return sensors of `rest`, as they are in configuration.yaml."""
    return f"""- resource: {provider.api_base_url}/home
  verify_ssl: false
  sensor:
    - name: Outside
      value_template: '{{{{ value_json.home.temperature }}}}'
      force_update: true
- resource: {provider.api_base_url}/me
  sensor:
    - name: Me
      value_template: '{{{{ value_json.sub }}}}'
"""
