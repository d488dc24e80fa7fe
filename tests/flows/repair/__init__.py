"""The flows that mend issues."""
