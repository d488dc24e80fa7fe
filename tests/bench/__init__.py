"""How fast an answer becomes states, beside core's rest and beside what cannot be saved."""
