"""What values are offered, and what they are guessed to be."""
