"""How fast requests, updates and starts are, beside core's and beside what cannot be saved."""

# First of all: it replaces voluptuous, as it does where Home Assistant runs.
import homeassistant  # noqa: F401 - imported for what it does
