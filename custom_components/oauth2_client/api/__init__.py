"""One request to an API and its answer, as values."""
