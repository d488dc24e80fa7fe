"""How the accounts do."""
