"""What the actions of automations do, and what diagnostics tell."""
