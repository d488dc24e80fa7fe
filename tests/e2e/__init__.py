"""End to end: a real Home Assistant, a certified OpenID provider, a real browser."""
