"""The flows that fix issues."""
