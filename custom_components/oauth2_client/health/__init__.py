"""How the accounts do: the issues that a person can mend, and what is told of refreshes."""
