"""Tables of words, units and currencies, by which values are guessed. They know nothing of an answer."""
