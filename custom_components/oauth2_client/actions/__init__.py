"""What the actions of automations do."""
