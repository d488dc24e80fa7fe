"""The grant of an account: its token set, which is refreshed and kept only here."""
