"""What sends requests, and where it may send them."""
