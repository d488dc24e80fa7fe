"""The credentials of Home Assistant at providers, and what can be requested with them."""
