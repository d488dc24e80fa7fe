"""What goes wrong in the network and in answers, and what becomes of an account then."""
