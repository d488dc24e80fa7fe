"""The conformance kit, held to faults that are planted."""
