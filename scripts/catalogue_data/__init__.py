"""What scripts/catalogue does: mine facts, check entries, write docs/providers.md."""
