"""What entries and subentries store, parsed."""
