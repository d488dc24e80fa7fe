"""Who Home Assistant is at a provider."""
